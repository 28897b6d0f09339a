//! The builders make what they say.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::account::{Account, Alarm, BILLING, HOME, Trail, trust_in_service};
use crate::support::call::percent_decoded;
use crate::support::cbor;

fn details(account: Account, filter: &str) -> String {
    percent_decoded(account.call("iam", BILLING, "GetAccountAuthorizationDetails", json!({"Filter": [filter]})).text())
}

#[test]
fn ready_account_has_an_admin_with_password_and_device() {
    let account = Account::new("110000000001").ready();
    let users = details(account, "User");
    assert!(users.contains("<PolicyArn>arn:aws:iam::aws:policy/AdministratorAccess</PolicyArn>"), "{users}");
    assert!(users.contains("<GroupList><member>LogReaders</member></GroupList>"), "{users}");
    account.call("iam", BILLING, "GetLoginProfile", json!({"UserName": "admin"}));
    let devices = account.call("iam", BILLING, "ListMFADevices", json!({"UserName": "admin"}));
    assert_eq!(devices.element("SerialNumber"), Some("arn:aws:iam::110000000001:mfa/admin"));
}

#[test]
fn a_ready_account_is_recorded_into_a_bucket_of_its_own() {
    let account = Account::new("110000000002").ready();
    let trails = account.call("cloudtrail", HOME, "DescribeTrails", json!({})).as_json();
    let trail = &trails["trailList"][0];
    assert_eq!(trail["S3BucketName"], "trail-logs-110000000002");
    assert_eq!(trail["HomeRegion"], HOME);
    for switch in ["IsMultiRegionTrail", "IncludeGlobalServiceEvents", "LogFileValidationEnabled"] {
        assert_eq!(trail[switch], true, "{switch}");
    }
    let status = account.call("cloudtrail", HOME, "GetTrailStatus", json!({"Name": trail["TrailARN"]})).as_json();
    assert_eq!(status["IsLogging"], true);

    let policy = account.s3(HOME, Method::GET, "/trail-logs-110000000002?policy", "").as_json();
    assert_eq!(policy["Statement"][0]["Sid"], "AWSCloudTrailAclCheck");
    assert_eq!(policy["Statement"][1]["Sid"], "AWSCloudTrailWrite");
    assert_eq!(policy["Statement"][1]["Resource"], "arn:aws:s3:::trail-logs-110000000002/AWSLogs/110000000002/*");
    assert_eq!(policy["Statement"][1]["Condition"]["StringEquals"]["aws:SourceArn"], trail["TrailARN"]);
    let block = account.s3(HOME, Method::GET, "/trail-logs-110000000002?publicAccessBlock", "");
    assert_eq!(block.text().matches(">true<").count(), 4);
}

#[test]
fn a_ready_account_has_an_alarm_whose_topic_somebody_reads() {
    let account = Account::new("110000000003").ready();
    let listed = account.cbor(BILLING, "DescribeAlarms", &json!({}));
    let alarm = &cbor::to_json(&cbor::decode(&listed.body).expect("CBOR"))["MetricAlarms"][0];
    assert_eq!(alarm["Threshold"], 25.0);
    assert_eq!(alarm["StateValue"], "OK");
    assert_eq!(alarm["AlarmActions"], json!(["arn:aws:sns:us-east-1:110000000003:SecurityAlerts"]));
    let metrics = account.cbor(BILLING, "ListMetrics", &json!({"Namespace": "AWS/Billing"}));
    let metrics = cbor::to_json(&cbor::decode(&metrics.body).expect("CBOR"));
    assert_eq!(metrics["Metrics"][0]["Dimensions"], json!([{"Name": "Currency", "Value": "USD"}]));

    for region in [HOME, BILLING] {
        let topic = json!({"TopicArn": account.topic_arn(region, "SecurityAlerts")});
        let readers = account.call("sns", region, "ListSubscriptionsByTopic", topic.clone());
        assert_eq!(readers.element("Protocol"), Some("email"), "{region}");
        let attributes = account.call("sns", region, "GetTopicAttributes", topic);
        assert!(attributes.text().contains("AWS:SourceOwner"), "SNS's default policy in {region}");
    }
}

#[test]
fn ready_account_has_an_ec2_role_and_a_log_reader_policy() {
    let account = Account::new("110000000004").ready();
    let roles = details(account, "Role");
    assert!(roles.contains(r#""Service":"ec2.amazonaws.com""#), "{roles}");
    assert!(roles.contains("policy/AmazonSSMManagedInstanceCore"), "{roles}");
    assert!(roles.contains("<InstanceProfileName>EC2-SSM</InstanceProfileName>"), "{roles}");
    let policies = details(account, "LocalManagedPolicy");
    assert!(policies.contains("arn:aws:s3:::trail-logs-110000000004/*"), "{policies}");
    let groups = details(account, "Group");
    assert!(groups.contains("<PolicyArn>arn:aws:iam::110000000004:policy/LogReaders</PolicyArn>"), "{groups}");
}

#[test]
fn a_story_can_differ_from_the_labs_in_one_thing() {
    let trail = Trail { name: "quiet", prefix: Some("logs"), validation: false, ..Trail::default() };
    let alarm = Alarm {
        name: "never-fires",
        region: HOME,
        threshold: 100.0,
        topics: &[],
        actions_enabled: false,
        ..Alarm::default()
    };
    let account = Account::new("110000000005")
        .log_bucket_for(&trail)
        .trail(trail)
        .stop_logging(&trail)
        .event_selectors("quiet", &json!([{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]))
        .alarm(alarm);
    let listed = account.call("cloudtrail", HOME, "DescribeTrails", json!({})).as_json();
    assert_eq!(listed["trailList"][0]["LogFileValidationEnabled"], false);
    assert_eq!(listed["trailList"][0]["S3KeyPrefix"], "logs");
    let arn = account.trail_arn(&trail);
    assert_eq!(account.call("cloudtrail", HOME, "GetTrailStatus", json!({"Name": arn})).as_json()["IsLogging"], false);
    let selectors = account.call("cloudtrail", HOME, "GetEventSelectors", json!({"TrailName": arn})).as_json();
    assert_eq!(selectors["EventSelectors"][0]["ReadWriteType"], "WriteOnly");
    let here = cbor::to_json(&cbor::decode(&account.cbor(HOME, "DescribeAlarms", &json!({})).body).expect("CBOR"));
    assert_eq!(here["MetricAlarms"][0]["ActionsEnabled"], false);
}

#[test]
fn identities_can_be_of_every_kind() {
    let everything = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let nothing = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}});
    let account = Account::new("110000000006")
        .alias("labs-of-mine")
        .user("hidden")
        .user_inline_policy("hidden", "all", &everything)
        .managed_policy("Versions", &everything)
        .new_policy_version("Versions", &nothing)
        .role("lambda", &trust_in_service("lambda.amazonaws.com"));
    assert!(details(account, "User").contains(r#""Action":"*""#));
    let policies = details(account, "LocalManagedPolicy");
    assert!(policies.contains("<DefaultVersionId>v2</DefaultVersionId>"), "{policies}");
    assert!(details(account, "Role").contains("lambda.amazonaws.com"));
    assert!(account.call("iam", BILLING, "ListAccountAliases", json!({})).text().contains("labs-of-mine"));
}

#[test]
fn topics_and_buckets_take_policies_and_attributes() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}]});
    let account = Account::new("110000000007")
        .topic(HOME, "Alerts")
        .topic_policy(HOME, "Alerts", &policy)
        .topic_attribute(HOME, "Alerts", "KmsMasterKeyId", "alias/aws/sns")
        .subscription_with(HOME, "Alerts", "email", "ops@example.com", &[("FilterPolicy", r#"{"level":["high"]}"#)])
        .bucket("shared-110000000007", HOME)
        .object_ownership("shared-110000000007", "ObjectWriter")
        .blocked_from_public("shared-110000000007", false);
    let topic = json!({"TopicArn": account.topic_arn(HOME, "Alerts")});
    let attributes = account.call("sns", HOME, "GetTopicAttributes", topic.clone()).text().replace("&quot;", "\"");
    assert!(attributes.contains("<value>alias/aws/sns</value>"), "{attributes}");
    assert!(attributes.contains(r#""Action":"sns:Publish""#), "{attributes}");
    let readers = account.call("sns", HOME, "ListSubscriptionsByTopic", topic);
    let subscription = json!({"SubscriptionArn": readers.element("SubscriptionArn")});
    let attributes = account.call("sns", HOME, "GetSubscriptionAttributes", subscription);
    assert!(attributes.text().contains("FilterPolicy"), "{}", attributes.text());
    let ownership = account.s3(HOME, Method::GET, "/shared-110000000007?ownershipControls", "");
    assert_eq!(ownership.element("ObjectOwnership"), Some("ObjectWriter"));
}

#[test]
fn a_refused_call_fails_the_test_in_awss_words() {
    let account = Account::new("110000000008");
    let refused = account.try_call("iam", BILLING, "GetUser", json!({"UserName": "nobody"}));
    assert_eq!(refused.element("Code"), Some("NoSuchEntity"));
    let panic = std::panic::catch_unwind(|| account.call("iam", BILLING, "GetUser", json!({"UserName": "nobody"})));
    let words = panic.expect_err("a panic").downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(words.contains("NoSuchEntity"), "{words}");
}

#[test]
fn the_reading_policy_grants_objects_and_no_writing() {
    let policy = Account::new("110000000009").log_reading_policy();
    let actions: Vec<&Value> =
        policy["Statement"].as_array().expect("statements").iter().map(|statement| &statement["Action"]).collect();
    assert_eq!(actions, ["s3:ListBucket", "s3:GetObject"]);
}
