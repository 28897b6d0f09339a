//! The ready-made edits supply what the emulator cannot hold.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::support::account::{Account, Alarm, BILLING, HOME, Trail, trust_in_service};
use crate::support::cbor;
use crate::support::edits::{self, HOUR, Root, TrailStatus};
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;

fn summary(proxy: &Proxy, account: Account, key: &str) -> Option<String> {
    let answer = account.through(proxy).call("iam", BILLING, "GetAccountSummary", json!({}));
    let entry = answer.text().split_once(&format!("<key>{key}</key><value>"))?.1;
    Some(entry.split('<').next()?.to_owned())
}

#[test]
fn the_root_user_is_as_the_test_says() {
    let account = Account::new("130000000001").admin_user("admin");
    let proxy = Proxy::to(account).with(edits::root(Root {
        mfa: false,
        password: Some(false),
        access_keys: 2,
        certificates: 1,
    }));
    let told = [
        "AccountMFAEnabled",
        "AccountPasswordPresent",
        "AccountAccessKeysPresent",
        "AccountSigningCertificatesPresent",
    ]
    .map(|key| summary(&proxy, account, key).unwrap_or_default());
    assert_eq!(told, ["0", "0", "2", "1"]);
    assert_eq!(summary(&proxy, account, "Users").as_deref(), Some("1"), "the rest is as it was");
    proxy.add(edits::without_summary_entry("AccountMFAEnabled"));
    assert_eq!(summary(&proxy, account, "AccountMFAEnabled"), None);
}

#[test]
fn an_account_is_standalone_until_a_test_says_otherwise() {
    let account = Account::new("130000000002");
    let proxy = Proxy::to(account);
    let ask =
        || account.through(&proxy).try_call("organizations", BILLING, "DescribeOrganization", json!({})).as_json();
    assert_eq!(ask()["__type"], "AWSOrganizationsNotInUseException");
    proxy.add(edits::organization_of("999999999999"));
    assert_eq!(ask()["Organization"]["MasterAccountId"], "999999999999");
}

#[test]
fn a_trail_tells_of_its_deliveries() {
    let account = Account::new("130000000003").recorded();
    let arn = account.trail_arn(&Trail::default());
    let proxy = Proxy::to(account).with_all(edits::ready());
    let ask = || account.through(&proxy).call("cloudtrail", HOME, "GetTrailStatus", json!({"Name": arn})).as_json();
    let now = cbor::seconds_since_1970(Duration::ZERO);
    let healthy = ask();
    assert!(healthy["LatestDeliveryTime"].as_f64().is_some_and(|time| time < now && time > now - 3600.0), "{healthy}");
    assert_eq!(healthy.get("LatestDeliveryError"), None, "AWS leaves out what there is not");

    let broken =
        TrailStatus { delivered: Some(HOUR * 30), delivery_error: Some("AccessDenied"), ..TrailStatus::default() };
    proxy.add(edits::trail_status_where("trail/management-events", broken));
    proxy
        .add(edits::trail_status_where("trail/another", TrailStatus { logging: false, stopped: Some(HOUR), ..broken }));
    assert_eq!(ask()["LatestDeliveryError"], "AccessDenied");
    assert_eq!(ask()["IsLogging"], true);
}

#[test]
fn a_subscription_can_be_pending_beside_a_confirmed_one() {
    let account = Account::new("130000000004")
        .topic(HOME, "SecurityAlerts")
        .subscription(HOME, "SecurityAlerts", "email", "late@example.com")
        .subscription(HOME, "SecurityAlerts", "email", "ops@example.com");
    let proxy = Proxy::to(account).with(edits::pending("late@example.com"));
    let topic = json!({"TopicArn": account.topic_arn(HOME, "SecurityAlerts")});
    let listed = account.through(&proxy).call("sns", HOME, "ListSubscriptionsByTopic", topic);
    let members: Vec<_> = listed.text().split("<member>").skip(1).collect();
    assert_eq!(members.len(), 2);
    for member in members {
        let pending = member.contains("<SubscriptionArn>PendingConfirmation</SubscriptionArn>");
        assert_eq!(pending, member.contains("late@example.com"), "{member}");
    }
}

#[test]
fn an_alarm_tells_since_when_and_keeps_what_the_emulator_drops() {
    let account =
        Account::new("130000000005").alarm(Alarm::default()).alarm(Alarm { name: "another", ..Alarm::default() });
    let proxy = Proxy::to(account)
        .with(edits::alarm_times("billing-25", HOUR * 48, HOUR * 72))
        .with(edits::alarm_field("billing-25", "Metrics", json!([{"Id": "m1"}])));
    let listed = account.through(&proxy).cbor(BILLING, "DescribeAlarms", &json!({}));
    let listed = cbor::to_json(&cbor::decode(&listed.body).expect("CBOR"));
    let alarms = listed["MetricAlarms"].as_array().expect("alarms");
    let named = |name: &str| alarms.iter().find(|alarm| alarm["AlarmName"] == name).expect("an alarm");
    let since = named("billing-25")["StateTransitionedTimestamp"].as_f64().expect("a time");
    assert!((cbor::seconds_since_1970(HOUR * 48) - since).abs() < 60.0);
    assert_eq!(named("billing-25")["Metrics"], json!([{"Id": "m1"}]));
    assert_eq!(named("another")["StateTransitionedTimestamp"], Value::Null);
}

#[test]
fn boundaries_and_attachments_stand_where_aws_lists_them() {
    let boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let account = Account::new("130000000006")
        .user("held")
        .user("free")
        .role("bounded", &trust_in_service("ec2.amazonaws.com"))
        .managed_policy(
            "Used",
            &json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}),
        );
    let proxy = Proxy::to(account)
        .with(edits::user_boundary("held", boundary))
        .with(edits::role_boundary("bounded", boundary))
        .with(edits::attachment_count("Used", 3));
    let details = account.through(&proxy).call("iam", BILLING, "GetAccountAuthorizationDetails", json!({}));
    let text = details.text();
    for name in ["<UserName>held</UserName>", "<RoleName>bounded</RoleName>"] {
        assert!(text.contains(&format!("{name}<PermissionsBoundary>")), "{name} in {text}");
    }
    assert!(text.contains("<UserName>free</UserName><UserId>"), "{text}");
    assert_eq!(details.element("AttachmentCount"), Some("3"));
    let users =
        account.through(&proxy).call("iam", BILLING, "GetAccountAuthorizationDetails", json!({"Filter": ["User"]}));
    assert!(!users.text().contains("AttachmentCount"), "another filter's answer has no policies");
}

#[test]
fn awss_own_key_for_sns_is_there() {
    let account = Account::new("130000000007");
    let proxy = Proxy::to(account).with(edits::sns_key_of_aws());
    let key = account.through(&proxy).call("kms", HOME, "DescribeKey", json!({"KeyId": "alias/aws/sns"})).as_json();
    assert_eq!(key["KeyMetadata"]["KeyManager"], "AWS");
}

#[test]
fn s3_redirects_to_the_region_and_says_if_a_policy_is_public() {
    let account = Account::new("130000000008").bucket("moved-130000000008", HOME);
    let proxy = Proxy::to(account).with(edits::bucket_lives_in("moved-130000000008", "eu-west-1"));
    let client = account.through(&proxy);
    let redirect = client.s3(HOME, Method::HEAD, "/moved-130000000008", "");
    assert_eq!((redirect.status, redirect.headers["x-amz-bucket-region"].as_bytes()), (301, b"eu-west-1".as_slice()));
    let redirect = client.s3(HOME, Method::GET, "/moved-130000000008?policy", "");
    assert_eq!(redirect.element("Code"), Some("PermanentRedirect"));

    let proxy = Proxy::to(account);
    let public = || {
        account
            .through(&proxy)
            .s3(HOME, Method::GET, "/moved-130000000008?policyStatus", "")
            .element("IsPublic")
            .map(str::to_owned)
    };
    assert_eq!(public().as_deref(), Some("FALSE"));
    proxy.add(edits::bucket_policy_is_public("moved-130000000008"));
    assert_eq!(public().as_deref(), Some("TRUE"));
}

#[test]
fn an_edit_leaves_a_denial_alone() {
    let account = Account::new("130000000009");
    let proxy = Proxy::to(account).with_all(edits::ready()).with(Rule::on("iam", "GetAccountSummary").deny());
    let denied = account.through(&proxy).try_call("iam", BILLING, "GetAccountSummary", json!({}));
    assert_eq!((denied.status, denied.element("Code")), (403, Some("AccessDenied")));
}

#[test]
fn refusals_of_the_enforcing_emulator_pass_the_edits_untouched() {
    let account = Account::enforced("130000000010").user("auditor");
    let nobody = Account { id: account.access_key("auditor").id.leak(), ..account };
    let proxy = Proxy::to(account).with_all(edits::ready());
    let client = nobody.through(&proxy);
    for (service, operation) in
        [("organizations", "DescribeOrganization"), ("cloudtrail", "GetTrailStatus"), ("iam", "GetAccountSummary")]
    {
        let refused = client.try_call(service, BILLING, operation, json!({}));
        assert!(refused.text().contains("IncompleteSignature"), "{}", refused.text());
    }
}
