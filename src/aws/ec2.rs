//! Which regions are enabled.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::config::{Builder, Region};
use aws_types::SdkConfig;

use super::convert::{each, malformed, need, need_text};
use super::errors::cause;
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use crate::account::source::Answer;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

/// Without `AllRegions`, only regions that are enabled are listed:
/// [DescribeRegions](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html).
pub(super) async fn enabled_regions(client: &Client) -> Answer<Vec<String>> {
    let answer = client.describe_regions().all_regions(false).send().await.map_err(|error| cause(&error, 1))?;
    let mut regions = need(answer.regions, "regionInfo")?;
    regions.retain(|region| region.opt_in_status.as_deref() != Some("not-opted-in"));
    let mut names = each(regions, |region| need_text(region.region_name, "regionName"))?;
    if names.is_empty() {
        return Err(malformed("no Region is enabled, which can't be"));
    }
    names.sort_unstable();
    Ok(names)
}
