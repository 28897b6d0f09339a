//! `/enabled`: the alarm's actions run when it goes into ALARM state: they are enabled, and no rule mutes them.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html>

use super::faults::faults;
use crate::account::facts::{MetricAlarm, MuteRule};
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::iam::arn::Arn;
use crate::model::finding::{Evidence, Judgement, Outcome};
use crate::model::remediation::{Command, Remediation};

const ACTIONS_PAGE: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html";
const MUTE_PAGE: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html";

/// The rules that mute an alarm; `None`: its actions are disabled, so that nothing hangs on them.
pub(super) type Rules<'a> = Option<Fact<'a, Vec<MuteRule>>>;

pub(super) async fn rules<'a>(account: &'a Account, region: &str, alarm: &MetricAlarm) -> Rules<'a> {
    match alarm.actions_enabled {
        Some(false) => None,
        Some(true) | None => Some(account.alarm_mute_rules(region, &alarm.name).await),
    }
}

/// Why the actions do not run now.
enum Fault<'a> {
    Disabled,
    Muted(&'a MuteRule),
}

pub(super) fn judge(alarm: Observed<'_, MetricAlarm>, rules: Rules<'_>, region: &str) -> Judgement {
    let name = &alarm.get().name;
    let sure = faults([disabled(alarm), muted(rules)])?;
    let mut evidence = Evidence::new(alarm, "actions_enabled", alarm.get().actions_enabled);
    if let Some(Ok(rules)) = rules {
        evidence = evidence.and(rules, "mute_rules", rules.get());
    }
    let sentence = |fault: &Fault<'_>| match fault {
        Fault::Disabled => format!("Alarm `{name}` has actions disabled, so it sends no notification"),
        Fault::Muted(rule) => {
            format!("Mute rule `{}` is active, so alarm `{name}` sends no notification", named(rule))
        }
    };
    let remedy = |fault: &Fault<'_>| match fault {
        Fault::Disabled => enable(name, region),
        Fault::Muted(rule) => unmute(rule, name, region),
    };
    if let Some(remedy) = sure.iter().map(remedy).reduce(Remediation::and) {
        let sentences: Vec<_> = sure.iter().map(sentence).collect();
        return Ok(Outcome::fail(sentences.join(". "), evidence, remedy));
    }
    match with_status(rules, "SCHEDULED") {
        None => Ok(Outcome::pass(format!("Alarm `{name}` has actions enabled, and no mute rule applies"), evidence)),
        Some(rule) => {
            let message =
                format!("Mute rule `{}` is scheduled: it will mute the alarm's notifications at times", named(rule));
            Ok(Outcome::warn(message, evidence, unmute(rule, name, region)))
        }
    }
}

fn disabled<'a>(alarm: Observed<'_, MetricAlarm>) -> Result<Option<Fault<'a>>, Unavailable> {
    match alarm.get().actions_enabled {
        Some(enabled) => Ok((!enabled).then_some(Fault::Disabled)),
        None => Err(alarm.undetermined("CloudWatch doesn't return whether the alarm's actions are enabled")),
    }
}

fn muted(rules: Rules<'_>) -> Result<Option<Fault<'_>>, Unavailable> {
    if let Some(rule) = with_status(rules, "ACTIVE") {
        return Ok(Some(Fault::Muted(rule)));
    }
    let Some(rules) = rules else { return Ok(None) };
    let rules = rules?;
    let is_known = |rule: &MuteRule| matches!(rule.status.as_deref(), Some("ACTIVE" | "SCHEDULED" | "EXPIRED"));
    match rules.get().iter().find(|rule| !is_known(rule)) {
        Some(rule) => {
            Err(rules.undetermined(format!("CloudWatch doesn't return whether mute rule {} is active", named(rule))))
        }
        None => Ok(None),
    }
}

fn with_status<'a>(rules: Rules<'a>, status: &str) -> Option<&'a MuteRule> {
    match rules? {
        Ok(rules) => rules.get().iter().find(|rule| rule.status.as_deref() == Some(status)),
        Err(_) => None,
    }
}

/// A rule's name, from its ARN.
fn named(rule: &MuteRule) -> &str {
    Arn::parse(&rule.arn).and_then(|arn| arn.resource.strip_prefix("alarm-mute-rule:")).unwrap_or(&rule.arn)
}

fn enable(alarm: &str, region: &str) -> Remediation {
    Remediation::new("Enable the alarm's actions")
        .run(
            Command::aws("cloudwatch", "enable-alarm-actions")
                .option("--alarm-names", &one_in_a_list(alarm))
                .option("--region", region),
        )
        .console(format!("CloudWatch in {region} > Alarms > the alarm > Actions > Alarm actions > Enable"))
        .see(ACTIONS_PAGE)
        .finished()
}

/// A rule may mute other alarms too, and the command that changes it replaces it as a whole: so there is none here.
fn unmute(rule: &MuteRule, alarm: &str, region: &str) -> Remediation {
    Remediation::new("Remove the billing alarm from the mute rule, or delete the rule")
        .console(format!(
            "CloudWatch in {region} > Alarms > Mute rules > {} > Edit > remove {alarm} from the alarms; or Delete",
            named(rule)
        ))
        .see(MUTE_PAGE)
        .takes(3)
}

/// One name as the value of an option that takes a list: one in square brackets would be read as JSON.
/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-types.html>
fn one_in_a_list(name: &str) -> String {
    if name.trim_start().starts_with('[') { serde_json::json!([name]).to_string() } else { name.to_owned() }
}
