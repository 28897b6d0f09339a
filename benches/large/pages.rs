//! The account's lists as AWS gives them: pages, written once.

use serde_json::{Value, json};

use crate::account::{Account, BILLING, HOME};
use crate::support::cbor;
use crate::xml;

/// The most that IAM gives at once, and what the audit asks for.
const ENTITIES: usize = 1000;
/// <https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html>
const TOPICS: usize = 100;
/// The most that CloudWatch gives at once, and what the audit asks for.
const ALARMS: usize = 100;
/// AWS keeps five versions of a customer's policy, and gives them all.
const VERSIONS: usize = 5;

/// The pages of all lists that have several.
pub(crate) struct Pages {
    pub(crate) users: Vec<Vec<u8>>,
    pub(crate) groups: Vec<Vec<u8>>,
    pub(crate) roles: Vec<Vec<u8>>,
    pub(crate) customer_policies: Vec<Vec<u8>>,
    pub(crate) aws_policies: Vec<Vec<u8>>,
    pub(crate) topics: Vec<Vec<u8>>,
    pub(crate) alarms: Vec<Vec<u8>>,
}

impl Pages {
    pub(crate) fn of(account: &Account) -> Self {
        let details = |fact: &str, list: &str, member: &dyn Fn(&Value) -> String| {
            paged(items(account.told(fact)), ENTITIES, |members, next| {
                let more = next.map_or_else(String::new, |next| format!("<Marker>{next}</Marker>"));
                let members: String = members.iter().map(|it| format!("<member>{}</member>", member(it))).collect();
                let lists: String = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"]
                    .map(|name| if name == list { format!("<{name}>{members}</{name}>") } else { format!("<{name}/>") })
                    .concat();
                let truncated = next.is_some();
                let result = format!("<IsTruncated>{truncated}</IsTruncated>{more}{lists}");
                xml::query("GetAccountAuthorizationDetails", &result)
            })
        };
        Pages {
            users: details("users", "UserDetailList", &xml::user),
            groups: details("groups", "GroupDetailList", &xml::group),
            roles: details("roles", "RoleDetailList", &xml::role),
            customer_policies: details("customer_policies", "Policies", &|policy| xml::policy(policy, VERSIONS)),
            // Of AWS's own it gives the default version.
            aws_policies: details("aws_policies", "Policies", &|policy| xml::policy(policy, 1)),
            topics: paged(items(account.told_of("topics", HOME).expect("topics")), TOPICS, |topics, next| {
                let member = |topic: &Value| format!("<member><TopicArn>{}</TopicArn></member>", xml::text(topic));
                let members: String = topics.iter().map(member).collect();
                let more = next.map_or_else(String::new, |next| format!("<NextToken>{next}</NextToken>"));
                xml::query("ListTopics", &format!("<Topics>{members}</Topics>{more}"))
            }),
            alarms: alarms(account),
        }
    }
}

fn alarms(account: &Account) -> Vec<Vec<u8>> {
    let told = account.told_of("alarms", BILLING).expect("alarms");
    paged(items(&told["metric"]), ALARMS, |alarms, next| {
        let mut answer = cbor::from_json(&json!({
            "MetricAlarms": alarms.iter().map(alarm).collect::<Vec<_>>(), "CompositeAlarms": [],
        }));
        for (at, told) in alarms.iter().enumerate() {
            let written = cbor::get_mut(&mut answer, "MetricAlarms").and_then(|it| it.as_array_mut()?.get_mut(at));
            let written = written.expect("the alarm");
            cbor::set(written, "StateUpdatedTimestamp", moment(&told["state_updated"]));
            cbor::set(written, "AlarmConfigurationUpdatedTimestamp", moment(&told["configured"]));
        }
        if let Some(next) = next {
            cbor::set(&mut answer, "NextToken", next.to_string().into());
        }
        cbor::encode(&answer)
    })
}

fn alarm(told: &Value) -> Value {
    let metric = &told["metric"];
    let dimensions: Vec<Value> =
        items(&metric["dimensions"]).iter().map(|it| json!({"Name": it["name"], "Value": it["value"]})).collect();
    json!({
        "AlarmName": told["name"], "AlarmArn": told["arn"], "Namespace": metric["namespace"], "MetricName": metric["metric_name"],
        "Dimensions": dimensions, "Statistic": metric["statistic"], "Period": metric["period"], "Threshold": told["threshold"],
        "ComparisonOperator": told["comparison_operator"], "EvaluationPeriods": told["evaluation_periods"],
        "TreatMissingData": told["treat_missing_data"], "ActionsEnabled": told["actions_enabled"],
        "AlarmActions": told["alarm_actions"], "OKActions": [], "InsufficientDataActions": [], "StateValue": told["state"],
        "StateReason": "Threshold Crossed: 1 datapoint was not greater than the threshold.",
    })
}

/// A time of the snapshot, as CBOR has it.
fn moment(told: &Value) -> ciborium::Value {
    ciborium::Value::Tag(1, Box::new(ciborium::Value::Float(seconds(told))))
}

/// A time of the snapshot, in seconds since 1970 as AWS sends it.
#[expect(clippy::cast_precision_loss, reason = "AWS sends times so")]
pub(crate) fn seconds(told: &Value) -> f64 {
    let time: jiff::Timestamp = told.as_str().and_then(|text| text.parse().ok()).expect("a time");
    time.as_millisecond() as f64 / 1000.0
}

pub(crate) fn items(list: &Value) -> &[Value] {
    list.as_array().expect("a list")
}

/// The pages of a list; each is given the number of the next, if there is one.
fn paged<P: Into<Vec<u8>>>(all: &[Value], most: usize, write: impl Fn(&[Value], Option<usize>) -> P) -> Vec<Vec<u8>> {
    let count = all.len().div_ceil(most).max(1);
    (0..count)
        .map(|page| {
            let members = all.get(page * most..all.len().min((page + 1) * most)).unwrap_or_default();
            write(members, (page + 1 < count).then_some(page + 1)).into()
        })
        .collect()
}
