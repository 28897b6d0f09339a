//! The Region in which AWS publishes billing metrics.

use crate::account::facts::Caller;
use crate::account::{Fact, Unavailable};
use crate::config::settings::{SettingSource, Settings};

/// The billing Region. It is known in the partition `aws` only; elsewhere the operator must name it.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html>
pub fn known<'a>(caller: Fact<'_, Caller>, expect: &'a Settings) -> Result<&'a str, Unavailable> {
    if expect.billing_region.origin != SettingSource::Default {
        return Ok(expect.billing());
    }
    let caller = caller?;
    match caller.get().partition() {
        "aws" => Ok(expect.billing()),
        partition => {
            // <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cw.html>
            let govcloud = match partition {
                "aws-us-gov" => "; billing data exists only in the associated standard account",
                _ => "",
            };
            Err(caller.undetermined(format!(
                "The Region of the billing metrics isn't known in the partition {partition}{govcloud}. Name it \
                 with --billing-region"
            )))
        }
    }
}
