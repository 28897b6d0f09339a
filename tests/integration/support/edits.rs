//! Ready-made rules for what AWS knows and the emulator cannot hold.

#[cfg(feature = "live")]
pub(crate) mod organizations;

use std::time::Duration;

use ciborium::value::Value as Cbor;
use serde_json::{Value, json};

use super::call::Protocol;
use super::cbor;
use super::http::Answer;
use super::refusal::{self, escaped};
use super::rules::{Matching, Rule};

/// An hour, the measure of most of these stories.
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// What a finished account has beyond what the emulator holds: root's MFA, and a trail that delivered a while ago.
pub(crate) fn ready() -> Vec<Rule> {
    vec![root(Root::default()), trail_status(TrailStatus::default())]
}

/// The root user, as `iam:GetAccountSummary` tells of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root {
    pub(crate) mfa: bool,
    /// `None` leaves the entry out, as the emulator does.
    pub(crate) password: Option<bool>,
    pub(crate) access_keys: u32,
    pub(crate) certificates: u32,
}

impl Default for Root {
    /// A root user as it should be.
    fn default() -> Self {
        Self { mfa: true, password: Some(true), access_keys: 0, certificates: 0 }
    }
}

/// Makes the root user so.
pub(crate) fn root(root: Root) -> Rule {
    Rule::on("iam", "GetAccountSummary").edit(move |answer| {
        set_summary(answer, "AccountMFAEnabled", Some(root.mfa.into()));
        set_summary(answer, "AccountPasswordPresent", root.password.map(u32::from));
        set_summary(answer, "AccountAccessKeysPresent", Some(root.access_keys));
        set_summary(answer, "AccountSigningCertificatesPresent", Some(root.certificates));
    })
}

/// Takes an entry out of `iam:GetAccountSummary`.
pub(crate) fn without_summary_entry(key: &'static str) -> Rule {
    Rule::on("iam", "GetAccountSummary").edit(move |answer| set_summary(answer, key, None))
}

fn set_summary(answer: &mut Answer, key: &str, value: Option<u32>) {
    let mut text = answer.text().to_owned();
    if let Some(start) = text.find(&format!("<entry><key>{key}</key>")) {
        let end = start + text[start..].find("</entry>").expect("an entry's end") + "</entry>".len();
        text.replace_range(start..end, "");
    }
    let entry = value.map(|value| format!("<entry><key>{key}</key><value>{value}</value></entry>")).unwrap_or_default();
    answer.body = inserted(&text, "<SummaryMap>", &entry).into();
}

/// An account of its own. Every proxy begins with this: the emulator makes an organization when it is first asked for one.
///
/// Both this and [`organization_of`] edit what the emulator answers, so that one that enforces IAM still denies.
pub(crate) fn standalone() -> Rule {
    Rule::on("organizations", "DescribeOrganization").edit_by_call(|call, answer| {
        let message = "Your account is not a member of an organization.";
        *answer = refusal::error(call, 400, "AWSOrganizationsNotInUseException", message);
    })
}

/// A member of the organization that `management_account` manages; the same number as the account's own makes it the management account.
pub(crate) fn organization_of(management_account: &str) -> Rule {
    let organization = json!({"Organization": {
        "Id": "o-exampleorgid",
        "Arn": format!("arn:aws:organizations::{management_account}:organization/o-exampleorgid"),
        "FeatureSet": "ALL",
        "MasterAccountArn": format!("arn:aws:organizations::{management_account}:account/o-exampleorgid/{management_account}"),
        "MasterAccountId": management_account,
        "MasterAccountEmail": "management@example.com",
    }});
    Rule::on("organizations", "DescribeOrganization").edit(move |answer| *answer = Answer::json(200, &organization))
}

/// How a trail fares. Times are how long ago.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrailStatus {
    pub(crate) logging: bool,
    pub(crate) started: Option<Duration>,
    pub(crate) stopped: Option<Duration>,
    pub(crate) delivered: Option<Duration>,
    pub(crate) digest_delivered: Option<Duration>,
    /// S3's error code.
    pub(crate) delivery_error: Option<&'static str>,
    pub(crate) digest_error: Option<&'static str>,
}

impl Default for TrailStatus {
    /// A trail that has run for a month and delivered ten minutes ago.
    fn default() -> Self {
        Self {
            logging: true,
            started: Some(HOUR * 24 * 30),
            stopped: None,
            delivered: Some(HOUR / 6),
            digest_delivered: Some(HOUR / 2),
            delivery_error: None,
            digest_error: None,
        }
    }
}

/// Makes the status of every trail so. AWS leaves out what it has nothing to say about.
pub(crate) fn trail_status(status: TrailStatus) -> Rule {
    trail_status_where("", status)
}

/// The same for as long as this holds.
#[cfg(feature = "live")]
pub(crate) fn trail_status_when(
    holds: impl Fn(&super::call::Call) -> bool + Send + Sync + 'static,
    status: TrailStatus,
) -> Rule {
    edited_status(Rule::on("cloudtrail", "GetTrailStatus").when(holds), status)
}

/// The same for the trails whose ARN ends so.
pub(crate) fn trail_status_where(arn_ends: &'static str, status: TrailStatus) -> Rule {
    edited_status(Rule::on("cloudtrail", "GetTrailStatus").when(move |call| call.target.ends_with(arn_ends)), status)
}

fn edited_status(matching: Matching, status: TrailStatus) -> Rule {
    matching.edit(move |answer| {
        let time = |ago: Option<Duration>| ago.map(cbor::seconds_since_1970).map(Value::from);
        let text = |error: Option<&str>| error.map(Value::from);
        let told = [
            ("IsLogging", Some(status.logging.into())),
            ("StartLoggingTime", time(status.started)),
            ("StopLoggingTime", time(status.stopped)),
            ("LatestDeliveryTime", time(status.delivered)),
            ("LatestDigestDeliveryTime", time(status.digest_delivered)),
            ("LatestDeliveryError", text(status.delivery_error)),
            ("LatestDigestDeliveryError", text(status.digest_error)),
        ];
        let told: Value = told.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
        answer.body = told.to_string().into();
    })
}

/// Nobody has opened the link in the e-mail to this endpoint yet.
pub(crate) fn pending(endpoint: &'static str) -> Rule {
    pending_where(Rule::on("sns", "ListSubscriptionsByTopic"), endpoint)
}

/// The same for the topics of one region.
pub(crate) fn pending_in(region: &str, endpoint: &'static str) -> Rule {
    pending_where(Rule::on("sns", "ListSubscriptionsByTopic").in_region(region), endpoint)
}

fn pending_where(matching: Matching, endpoint: &'static str) -> Rule {
    matching.edit(move |answer| {
        let text = answer.text();
        let members = text.split("<member>").map(|member| {
            let subscription = member.contains(&format!("<Endpoint>{endpoint}</Endpoint>"));
            match (subscription, Answer::xml(200, member).element("SubscriptionArn")) {
                (true, Some(arn)) => member.replacen(arn, "PendingConfirmation", 1),
                _ => member.to_owned(),
            }
        });
        answer.body = members.collect::<Vec<_>>().join("<member>").into();
    })
}

/// What AWS tells of an alarm and the emulator does not: since when its state, and its configuration, are what they are (times are how long ago).
pub(crate) fn alarm_times(name: &'static str, state_since: Duration, configured: Duration) -> Rule {
    alarm(name, move |alarm| {
        cbor::set(alarm, "StateTransitionedTimestamp", cbor::moment(state_since));
        cbor::set(alarm, "StateUpdatedTimestamp", cbor::moment(state_since));
        cbor::set(alarm, "AlarmConfigurationUpdatedTimestamp", cbor::moment(configured));
    })
}

/// Sets a field of an alarm that the emulator drops, such as `Metrics`.
pub(crate) fn alarm_field(name: &'static str, field: &'static str, value: Value) -> Rule {
    alarm(name, move |alarm| {
        cbor::set(alarm, field, cbor::from_json(&value));
    })
}

/// Changes one alarm, wherever it is listed; who asks in an older protocol than the SDK's is told what the emulator has.
pub(crate) fn alarm(name: &'static str, change: impl Fn(&mut Cbor) + Send + Sync + 'static) -> Rule {
    Rule::on("cloudwatch", "DescribeAlarms").when(|call| call.protocol == Protocol::Cbor).edit(move |answer| {
        let mut listed = cbor::decode(&answer.body).expect("a list of alarms");
        let alarms = cbor::get_mut(&mut listed, "MetricAlarms").and_then(Cbor::as_array_mut);
        alarms
            .into_iter()
            .flatten()
            .filter_map(|alarm| (cbor::get_mut(alarm, "AlarmName")?.as_text() == Some(name)).then_some(alarm))
            .for_each(&change);
        answer.body = cbor::encode(&listed);
    })
}

/// An alarm that is changed keeps its state on AWS; in the emulator it begins anew.
#[cfg(feature = "live")]
pub(crate) fn stays_ok(name: &'static str) -> [Rule; 1] {
    [alarm_field(name, "StateValue", json!("OK"))]
}

/// Every proxy begins with this: the emulator lacks the operation. AWS answers with an empty list where no rule mutes the alarm.
pub(crate) fn no_mute_rules() -> Rule {
    Rule::on("cloudwatch", "ListAlarmMuteRules").supply_by_call(|_| mute_rules_answer(&[]))
}

/// An alarm has a mute rule of this status, e.g. `ACTIVE`. AWS lists a rule only to who asks for its status.
#[cfg(feature = "live")]
pub(crate) fn muted(alarm: &'static str, status: &'static str) -> Rule {
    Rule::on("cloudwatch", "ListAlarmMuteRules").for_target(alarm).supply_by_call(move |call| {
        let is_asked = call.parameters.iter().any(|(name, value)| name.starts_with("Statuses") && value == status);
        let arn = format!("arn:aws:cloudwatch:{}:{}:alarm-mute-rule:nightly", call.region, call.account);
        let rule = json!({"AlarmMuteRuleArn": arn, "Status": status, "MuteType": "RECURRING"});
        mute_rules_answer(if is_asked { std::slice::from_ref(&rule) } else { &[] })
    })
}

fn mute_rules_answer(rules: &[Value]) -> Answer {
    let body = cbor::encode(&cbor::from_json(&json!({"AlarmMuteRuleSummaries": rules})));
    Answer::new(200, "application/cbor", body).header("smithy-protocol", "rpc-v2-cbor")
}

/// A permissions boundary of a user, where the audit reads it.
pub(crate) fn user_boundary(user: &str, policy_arn: &str) -> Rule {
    after_name("UserDetailList", "UserName", user, &boundary(policy_arn))
}

/// A permissions boundary of a role, where the audit reads it.
pub(crate) fn role_boundary(role: &str, policy_arn: &str) -> Rule {
    after_name("RoleDetailList", "RoleName", role, &boundary(policy_arn))
}

/// How often a policy of the account is attached.
pub(crate) fn attachment_count(policy: &str, count: u32) -> Rule {
    after_name("Policies", "PolicyName", policy, &format!("<AttachmentCount>{count}</AttachmentCount>"))
}

fn boundary(policy_arn: &str) -> String {
    format!(
        "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>{}</PermissionsBoundaryArn></PermissionsBoundary>",
        escaped(policy_arn)
    )
}

/// Writes `xml` behind a name of one list of `iam:GetAccountAuthorizationDetails`; an answer without the name is another filter's.
fn after_name(list: &str, tag: &str, name: &str, xml: &str) -> Rule {
    let (list, name, xml) = (format!("<{list}>"), format!("<{tag}>{name}</{tag}>"), xml.to_owned());
    Rule::on("iam", "GetAccountAuthorizationDetails").edit(move |answer| {
        let text = answer.text();
        let start = text.find(&list).expect("the list in the answer");
        let (before, listed) = text.split_at(start);
        if listed.contains(&name) {
            answer.body = format!("{before}{}", inserted(listed, &name, &xml)).into();
        }
    })
}

/// AWS's own key for SNS, which every account has.
pub(crate) fn sns_key_of_aws() -> Rule {
    key_of_aws("alias/aws/sns")
}

/// The same by another name of it.
pub(crate) fn key_of_aws(name: &str) -> Rule {
    Rule::on("kms", "DescribeKey").for_target(name).answer_by_call(|call| {
        let (region, account) = (&call.region, &call.account);
        let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
        Answer::json(
            200,
            &json!({"KeyMetadata": {
                "AWSAccountId": account,
                "KeyId": key,
                "Arn": format!("arn:aws:kms:{region}:{account}:key/{key}"),
                "Enabled": true,
                "KeyState": "Enabled",
                "KeyUsage": "ENCRYPT_DECRYPT",
                "KeyManager": "AWS",
            }}),
        )
    })
}

/// S3's answer to a call for a bucket of another region.
pub(crate) fn bucket_lives_in(bucket: &str, region: &'static str) -> Rule {
    let there = Rule::on("s3", "*").for_target(bucket).when(move |call| call.region != region);
    there.answer_by_call(move |call| {
        refusal::error(call, 301, "PermanentRedirect", "The bucket must be addressed using the specified endpoint.")
            .header("x-amz-bucket-region", region)
    })
}

/// Every proxy begins with this: the emulator answers `?policyStatus` with a list of objects.
pub(crate) fn bucket_policies_are_private() -> Rule {
    Rule::on("s3", "GetBucketPolicyStatus").edit(|answer| answer.body = policy_status_body("FALSE"))
}

/// S3 calls this bucket's policy public.
pub(crate) fn bucket_policy_is_public(bucket: &str) -> Rule {
    Rule::on("s3", "GetBucketPolicyStatus").for_target(bucket).edit(|answer| answer.body = policy_status_body("TRUE"))
}

fn policy_status_body(public: &str) -> Vec<u8> {
    format!(
        r#"<PolicyStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsPublic>{public}</IsPublic></PolicyStatus>"#
    )
    .into()
}

/// `text` with `more` behind the first `mark`.
fn inserted(text: &str, mark: &str, more: &str) -> String {
    assert!(text.contains(mark), "no {mark} in {text}");
    text.replacen(mark, &format!("{mark}{more}"), 1)
}
