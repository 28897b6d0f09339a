//! The billing alarm's metric becomes the bill of all accounts.

use serde_json::Value;

use super::Change;
use crate::model::finding::Finding;
use crate::model::status::Status;
use crate::report::Report;

const PAGE: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html";

pub(super) fn change(report: &Report) -> Change {
    let change = Change::new("billing-alarm", "The billing alarm watches the bill of all accounts", PAGE).says(
        "The metric AWS/Billing EstimatedCharges of this account becomes the consolidated bill of all \
               accounts; that of one account also has the dimension LinkedAccount",
    );
    let findings: Vec<&Finding> = report.checks.iter().flat_map(|check| check.findings.as_slice()).collect();
    let of = |id: &str| findings.iter().copied().find(|finding| finding.id == id);
    let (exists, threshold) = (of("billing-alarm/exists"), of("billing-alarm/threshold"));
    let limit = threshold.and_then(|finding| finding.evidence.as_ref()?.get("threshold")).and_then(Value::as_f64);
    let name =
        report.checks.iter().find(|check| check.check.id == "billing-alarm").and_then(|check| check.chosen.as_ref());
    let unseen = [exists, threshold].into_iter().flatten().find_map(|finding| finding.unavailable.as_ref());
    match (name, limit, unseen) {
        (Some(name), Some(limit), _) => change
            .needs("Raise the threshold when you add accounts")
            .says(format!("{} will track the consolidated bill of all accounts. Its threshold is ${limit}", name.name)),
        (_, _, Some(unavailable)) => {
            change.says("Whether there is an alarm, and its threshold, could not be read").lacks(unavailable)
        }
        (Some(name), None, None) => change.says(format!("The alarm {} has no threshold that it fires at", name.name)),
        _ if exists.is_some_and(|finding| finding.status == Status::Fail) || of("billing-alarm/region").is_some() => {
            change.needs("Choose a threshold for all accounts together").says("There is no alarm that can fire yet")
        }
        _ => change.says("The alarm wasn't read, since billing-alarm was skipped"),
    }
}
