//! What becomes of the members of good answers.

use serde_json::json;

use super::answers::{self, attributes, good, query};
use super::*;
use crate::account::facts::{AttachedPolicy, Dimension, InlinePolicy, PolicyVersion, RareSettings, WallClockWindow};

#[tokio::test]
async fn only_enabled_regions_are_listed() {
    let (aws, canned) = aws([good(Operation::DescribeRegions)]);
    assert_eq!(aws.enabled_regions("us-west-2").await, Ok(vec!["eu-south-1".to_owned(), "us-west-2".to_owned()]));
    assert!(canned.asked()[0].body.contains("AllRegions=false"));
}

#[tokio::test]
async fn the_account_summary_keeps_awss_names() {
    let (aws, _) = aws([good(Operation::GetAccountSummary)]);
    let summary = aws.account_summary().await.unwrap();
    assert_eq!(summary.get("AccountMFAEnabled"), Some(&1));
    assert_eq!(summary.get("AccountPasswordPresent"), Some(&1));
}

#[tokio::test]
async fn user_without_inline_policies_has_none_with_one_filter_a_call() {
    let (aws, canned) = aws([good(Operation::GetAccountAuthorizationDetails)]);
    let users = aws.users().await.unwrap();
    assert_eq!(users[0].inline_policies, []);
    assert_eq!(users[0].groups, ["admins"]);
    let sent = &canned.asked()[0].body;
    assert!(sent.contains("Filter.member.1=User") && !sent.contains("Filter.member.2"), "{sent}");
    assert!(sent.contains("MaxItems=1000"), "{sent}");
}

#[tokio::test]
async fn inline_documents_are_decoded_and_a_boundary_is_read() {
    let user = answers::USER.replace(
        "<AttachedManagedPolicies/>",
        "<AttachedManagedPolicies><member><PolicyName>P</PolicyName><PolicyArn>arn:aws:iam::aws:policy/P</PolicyArn></member>\
         </AttachedManagedPolicies><UserPolicyList><member><PolicyName>I</PolicyName>\
         <PolicyDocument>%7B%22Sid%22%3A%20%22a+b%22%7D</PolicyDocument></member></UserPolicyList><PermissionsBoundary>\
         <PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
         <PermissionsBoundaryArn>arn:aws:iam::aws:policy/B</PermissionsBoundaryArn></PermissionsBoundary>",
    );
    let body = query(
        "GetAccountAuthorizationDetails",
        &format!("<IsTruncated>false</IsTruncated><UserDetailList>{user}</UserDetailList>"),
    );
    let (aws_, _) = aws([Reply::ok(body.clone())]);
    let users = aws_.users().await.unwrap();
    let inline = InlinePolicy { name: "I".to_owned(), document: r#"{"Sid": "a+b"}"#.to_owned() };
    assert_eq!(users[0].inline_policies, [inline]);
    let attached = AttachedPolicy { name: "P".to_owned(), arn: "arn:aws:iam::aws:policy/P".to_owned() };
    assert_eq!(users[0].attached_policies, [attached]);
    assert_eq!(users[0].boundary.as_deref(), Some("arn:aws:iam::aws:policy/B"));

    let nameless = body.replace("<PermissionsBoundaryArn>arn:aws:iam::aws:policy/B</PermissionsBoundaryArn>", "");
    let (aws_, _) = aws([Reply::ok(nameless)]);
    assert!(matches!(aws_.users().await, Err(Cause::Malformed { .. })), "a boundary that is not named is not none");
}

#[tokio::test]
async fn roles_groups_and_policies_are_read_whole() {
    let role = "<member><RoleName>ec2</RoleName><Path>/</Path><Arn>arn:aws:iam::111122223333:role/ec2</Arn>\
        <AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument><InstanceProfileList><member>\
        <InstanceProfileName>ec2</InstanceProfileName><Path>/</Path><InstanceProfileId>AIPA</InstanceProfileId>\
        <Arn>arn:aws:iam::111122223333:instance-profile/ec2</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate><Roles/></member>\
        </InstanceProfileList><RolePolicyList/><AttachedManagedPolicies/></member>";
    let page = |list: &str| {
        Reply::ok(query("GetAccountAuthorizationDetails", &format!("<IsTruncated>false</IsTruncated>{list}")))
    };
    let roles = format!("<RoleDetailList>{role}</RoleDetailList>");
    let (aws_, _) = aws([page(&roles)]);
    let read = aws_.roles().await.unwrap();
    assert_eq!((read[0].trust_policy.as_str(), read[0].instance_profiles.as_slice()), ("{}", &["ec2".to_owned()][..]));
    for list in ["InstanceProfileList", "RolePolicyList", "AttachedManagedPolicies", "Path"] {
        let (aws_, _) = aws([page(&roles.replace(list, "Z"))]);
        assert!(matches!(aws_.roles().await, Err(Cause::Malformed { .. })), "{list}");
    }
    // A document that is not there leaves the rest of the role, and the other roles, read.
    let inline = "<RolePolicyList><member><PolicyName>i</PolicyName><PolicyDocument></PolicyDocument></member>\
        <member><PolicyName>j</PolicyName></member></RolePolicyList>";
    let without = roles.replace("AssumeRolePolicyDocument", "Z").replace("<RolePolicyList/>", inline);
    let (aws_, _) = aws([page(&without)]);
    let read = aws_.roles().await.unwrap();
    assert_eq!(read[0].trust_policy, "");
    let unread = |name: &str| InlinePolicy { name: name.to_owned(), document: String::new() };
    assert_eq!(read[0].inline_policies, [unread("i"), unread("j")]);

    let group = "<GroupDetailList><member><GroupName>g</GroupName><Arn>arn:aws:iam::111122223333:group/g</Arn>\
        <GroupPolicyList/><AttachedManagedPolicies/></member></GroupDetailList>";
    let (aws_, _) = aws([page(group)]);
    assert_eq!(aws_.groups().await.unwrap().len(), 1);

    let policy = "<Policies><member><PolicyName>p</PolicyName><Arn>arn:aws:iam::111122223333:policy/p</Arn>\
        <DefaultVersionId>v2</DefaultVersionId><PolicyVersionList>\
        <member><Document>%7B%22old%22%3A1%7D</Document><VersionId>v1</VersionId><IsDefaultVersion>false</IsDefaultVersion></member>\
        <member><Document>%7B%22new%22%3A1%7D</Document><VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></member>\
        </PolicyVersionList></member></Policies>";
    let (aws_, canned) = aws([page(policy)]);
    let read = aws_.policies(PolicyScope::Customer).await.unwrap();
    assert_eq!(read[0].document.as_deref(), Some(r#"{"new":1}"#));
    let old = PolicyVersion { id: "v1".to_owned(), document: Some(r#"{"old":1}"#.to_owned()) };
    assert_eq!(read[0].versions, Some(vec![old]));
    let (unlisted, _) = aws([page(
        "<Policies><member><PolicyName>p</PolicyName><Arn>a</Arn><DefaultVersionId>v1</DefaultVersionId></member></Policies>",
    )]);
    assert_eq!(unlisted.policies(PolicyScope::Customer).await.unwrap()[0].versions, None, "no list, not collected");
    assert!(canned.asked()[0].body.contains("Filter.member.1=LocalManagedPolicy"));
    let (aws_, _) = aws([page(&policy.replace("v2</VersionId>", "v3</VersionId>"))]);
    let read = aws_.policies(PolicyScope::Aws).await.unwrap();
    assert_eq!(read[0].document, None, "no default version, no document");
    assert_eq!(read[0].versions, None, "nobody in the account can choose a version of an AWS managed policy");
}

#[tokio::test]
async fn of_an_access_key_only_the_last_four_characters_are_kept() {
    let (aws, _) = aws([good(Operation::ListAccessKeys)]);
    let keys = aws.access_keys("admin").await.unwrap();
    assert_eq!((keys[0].id_ends_with.as_str(), keys[0].status.as_deref()), ("MPLE", Some("Active")));
}

#[tokio::test]
async fn a_login_profile_without_a_date_is_still_one() {
    let mut reply = good(Operation::GetLoginProfile);
    let body = String::from_utf8(reply.body).unwrap();
    reply.body = body.replace("<CreateDate>2024-01-01T00:00:00Z</CreateDate>", "").into_bytes();
    let (aws, _) = aws([reply]);
    assert_eq!(aws.login_profile("admin").await, Ok(Some(LoginProfile { created: None })));
}

#[tokio::test]
async fn trail_prefix_loses_its_last_slash() {
    let (aws_, _) = aws([good(Operation::DescribeTrails)]);
    assert_eq!(aws_.trails("us-west-2").await.unwrap()[0].prefix.as_deref(), Some("a/b"));
    let mut reply = good(Operation::DescribeTrails);
    reply.body = String::from_utf8(reply.body).unwrap().replace("a/b/", "").into_bytes();
    let (aws_, _) = aws([reply]);
    let trail = &aws_.trails("us-west-2").await.unwrap()[0];
    assert_eq!((trail.prefix.as_deref(), trail.kms_key.as_deref()), (None, None));
}

#[tokio::test]
async fn times_are_read_and_empty_ones_are_none() {
    let (aws_, _) = aws([good(Operation::GetTrailStatus)]);
    let status = aws_.trail_status("us-west-2", TRAIL).await.unwrap();
    assert_eq!(status.latest_delivery, "2023-11-14T22:13:20.5Z".parse().ok());
    let never = json!({"IsLogging": false, "LatestDeliveryError": "", "StopLoggingTime": null}).to_string();
    let (aws_, _) = aws([Reply::ok(never)]);
    let status = aws_.trail_status("us-west-2", TRAIL).await.unwrap();
    assert_eq!((status.is_logging, status.latest_delivery, status.latest_delivery_error), (Some(false), None, None));
}

#[tokio::test]
async fn advanced_selectors_keep_every_operator() {
    let body = json!({"TrailARN": TRAIL, "AdvancedEventSelectors": [{"Name": "m", "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"], "StartsWith": ["a"], "NotStartsWith": ["b"],
         "EndsWith": ["c"], "NotEndsWith": ["d"]}
    ]}]});
    let (aws, _) = aws([Reply::ok(body.to_string())]);
    let selectors = aws.event_selectors("us-west-2", TRAIL).await.unwrap();
    let field = &selectors.advanced[0].fields[1];
    assert_eq!(selectors.basic, []);
    assert_eq!((field.not_equals.len(), field.starts_with.len(), field.not_starts_with.len()), (1, 1, 1));
    assert_eq!((field.ends_with.len(), field.not_ends_with.len(), field.equals.len()), (1, 1, 0));
}

#[tokio::test]
async fn a_topics_empty_key_is_none_and_its_policy_is_plain_json() {
    let (aws_, _) = aws([good(Operation::GetTopicAttributes)]);
    let topic = aws_.topic("us-east-1", TOPIC).await.unwrap().unwrap();
    assert_eq!((topic.policy.as_deref(), topic.kms_key), (Some(r#"{"a":"b+c"}"#), None));
    let of_another = query("GetTopicAttributes", &attributes(&[("TopicArn", "arn:aws:sns:us-east-1:1:T")]));
    let (aws_, _) = aws([Reply::ok(of_another)]);
    assert!(matches!(aws_.topic("us-east-1", TOPIC).await, Err(Cause::Malformed { .. })));
}

#[tokio::test]
async fn endpoints_are_masked_where_they_enter() {
    let (aws, _) = aws([good(Operation::ListSubscriptionsByTopic)]);
    let subscriptions = aws.subscriptions("us-east-1", TOPIC).await.unwrap().unwrap();
    assert_eq!(subscriptions[0].endpoint.as_deref(), Some("o••@example.com"));
}

#[tokio::test]
async fn both_kinds_of_alarms_are_asked_for_and_read() {
    let alarms = cbor(&json!({
        "MetricAlarms": [
            {"AlarmName": "m", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:m", "Threshold": 25.5,
             "AlarmActions": [], "Metrics": [{"Id": "q", "ReturnData": true, "MetricStat": {"Stat": "Maximum", "Period": 60,
             "Metric": {"Namespace": "AWS/Billing", "MetricName": "EstimatedCharges",
             "Dimensions": [{"Name": "Currency", "Value": "USD"}]}}}]},
            {"AlarmName": "p", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:p", "Namespace": "AWS/EC2",
             "MetricName": "CPUUtilization", "ExtendedStatistic": "p99"}
        ],
        "CompositeAlarms": [{"AlarmName": "c", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:c", "AlarmRule": "ALARM(m)",
                             "AlarmActions": [TOPIC]}]
    }));
    let (aws, canned) = aws([alarms]);
    let alarms = aws.alarms("us-east-1").await.unwrap();
    let stat = alarms.metric[0].queries[0].metric.as_ref().unwrap();
    assert_eq!(stat.dimensions, Some(vec![Dimension { name: "Currency".to_owned(), value: "USD".to_owned() }]));
    assert_eq!(alarms.metric[0].metric.metric_name, None);
    // None, and not told.
    assert_eq!((&alarms.metric[0].alarm_actions, &alarms.metric[1].alarm_actions), (&Some(Vec::new()), &None));
    assert_eq!(alarms.metric[1].metric.statistic.as_deref(), Some("p99"));
    assert_eq!(alarms.composite[0].alarm_actions, [TOPIC]);
    let sent = &canned.asked()[0].body;
    assert!(sent.contains("MetricAlarm") && sent.contains("CompositeAlarm"), "{sent}");
}

/// AWS sends one of the two; the emulator sends `Average` beside every percentile.
#[tokio::test]
async fn a_plain_statistic_beside_a_percentile_does_not_hide_it() {
    let alarm = json!({"AlarmName": "p", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:p", "Namespace": "AWS/EC2",
                       "MetricName": "CPUUtilization", "Statistic": "Average", "ExtendedStatistic": "p99"});
    let (aws, _) = aws([cbor(&json!({"MetricAlarms": [alarm], "CompositeAlarms": []}))]);
    let alarms = aws.alarms("us-east-1").await.unwrap();
    assert_eq!(alarms.metric[0].metric.statistic.as_deref(), Some("p99"));
}

/// One alarm that CloudWatch does not tell all of must not take the others with it.
#[tokio::test]
async fn an_alarm_without_dimensions_leaves_the_list_read() {
    let bill = json!({"AlarmName": "b", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:b", "Namespace": "AWS/Billing",
                      "MetricName": "EstimatedCharges"});
    let with = |dimensions: serde_json::Value| {
        let mut alarm = bill.clone();
        alarm["Dimensions"] = dimensions;
        alarm
    };
    let (aws, _) = aws([cbor(&json!({"MetricAlarms": [bill, with(json!([]))], "CompositeAlarms": []}))]);
    let alarms = aws.alarms("us-east-1").await.unwrap();
    assert_eq!(alarms.metric[0].metric.dimensions, None);
    assert_eq!(alarms.metric[1].metric.dimensions, Some(Vec::new()));
}

#[tokio::test]
async fn what_few_alarms_have_is_read() {
    let plain = json!({"AlarmName": "p", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:p"});
    let mut rare = plain.clone();
    let settings = json!({
        "EvaluationState": "PARTIAL_DATA",
        "WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 90},
        "EvaluationWindow": {"WallClockWindow": {"Timezone": "Europe/Berlin"}},
        "EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}},
        "ActionConfiguration": {"AlarmTagsPropagation": {"Enabled": true}},
    });
    rare.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let mut sliding = plain.clone();
    sliding["EvaluationWindow"] = json!({"SlidingWindow": {}});
    sliding["EvaluationCriteria"] = json!({"CriteriaToCome": {}});
    let (aws, _) = aws([cbor(&json!({"MetricAlarms": [plain, rare, sliding], "CompositeAlarms": []}))]);
    let read: Vec<RareSettings> = aws.alarms("us-east-1").await.unwrap().metric.into_iter().map(|it| it.rare).collect();
    let all = RareSettings {
        evaluation_criteria: true,
        evaluation_state: Some("PARTIAL_DATA".to_owned()),
        warm_up_minutes: Some(90),
        wall_clock_window: Some(WallClockWindow { timezone: Some("Europe/Berlin".to_owned()) }),
        sends_tags: true,
    };
    let criteria_to_come = RareSettings { evaluation_criteria: true, ..RareSettings::default() };
    assert_eq!(read, [RareSettings::default(), all, criteria_to_come]);
}

#[tokio::test]
async fn mute_rules_are_asked_for_by_alarm_and_status() {
    let (aws, canned) = aws([good(Operation::ListAlarmMuteRules)]);
    let rules = aws.alarm_mute_rules("us-east-1", "bill").await.unwrap();
    assert_eq!((rules.len(), rules[0].status.as_deref()), (1, Some("SCHEDULED")));
    let sent = &canned.asked()[0].body;
    assert!(sent.contains("bill") && sent.contains("ACTIVE") && sent.contains("SCHEDULED"), "{sent}");
    assert!(!sent.contains("EXPIRED"), "{sent}");
}

#[tokio::test]
async fn the_billing_metric_is_asked_for_by_name() {
    let (aws, canned) = aws([good(Operation::ListMetrics)]);
    assert_eq!(aws.billing_metrics("us-east-1").await.unwrap().len(), 1);
    let sent = &canned.asked()[0].body;
    assert!(sent.contains("AWS/Billing") && sent.contains("EstimatedCharges"), "{sent}");
}
