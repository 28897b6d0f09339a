//! The template: read by cfn-lint, and deployed on the emulator.

use std::process::Command;

use serde_json::{Value, json};

use super::plan_of;
use crate::stories::{STORIES, fixtures};
use crate::support::account::{Account, BILLING, HOME};
#[cfg(feature = "live")]
use crate::support::edits;
#[cfg(feature = "live")]
use crate::support::proxy::Proxy;
use crate::support::python;
use crate::support::run::Run;

#[test]
fn every_template_is_one_that_cfn_lint_accepts() {
    let python = python::CHECKERS.interpreter();
    let folder = python::fresh_folder("templates");
    let mut files = Vec::new();
    for story in STORIES {
        for strict in [None, Some("--strict")] {
            let arguments: Vec<&str> = ["--format", "cloudformation"].into_iter().chain(strict).collect();
            let template = plan_of(story.name, &arguments).whatever().stdout;
            if template.contains("\nResources:\n") {
                let file = folder.join(format!("{}{}.yaml", story.name, strict.unwrap_or_default()));
                std::fs::write(&file, template).unwrap();
                files.push(file);
            } else {
                assert!(template.lines().all(|line| line.starts_with('#')), "{template}");
            }
        }
    }
    assert!(files.len() >= 5, "{files:?}");
    let linted = Command::new(python.with_file_name("cfn-lint"))
        .args(["--regions", HOME, BILLING, "--non-zero-exit-code", "informational", "--"])
        .args(&files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&linted.stdout);
    assert!(linted.status.success(), "{said}{}", String::from_utf8_lossy(&linted.stderr));
}

#[test]
fn template_head_says_where_to_deploy_and_what_is_left() {
    let template = plan_of("empty", &["--format", "cloudformation"]).expect(1).stdout;
    let deploys: Vec<&str> = template.lines().filter(|line| line.contains("aws cloudformation deploy ")).collect();
    assert_eq!(deploys.len(), 2, "{template}");
    assert!(deploys[0].contains(" --region us-west-2 --capabilities CAPABILITY_IAM "), "{}", deploys[0]);
    assert!(deploys[1].contains(" --region us-east-1 ") && !deploys[1].contains("CAPABILITY"), "{}", deploys[1]);
    assert!(template.contains("# - root user: Sign in as the root user and assign an MFA device\n"));
    assert!(!template.contains("- administrator: Create the topic"), "what it does is not what remains:\n{template}");
}

#[test]
fn only_what_is_missing_is_in_the_template() {
    let template = plan_of("alarm-in-the-wrong-region", &["--format", "cloudformation"]).expect(1).stdout;
    let types: Vec<&str> = template.lines().filter_map(|line| line.trim().strip_prefix("Type: AWS::")).collect();
    assert_eq!(types, ["CloudWatch::Alarm"], "its topic is in the billing Region already");
    assert_eq!(template.matches("aws cloudformation deploy ").count(), 1);
}

#[test]
fn a_topic_whose_name_means_harm_gets_no_resource() {
    let text = std::fs::read_to_string(fixtures().join("empty.json")).unwrap();
    let mut snapshot: Value = serde_json::from_str(&text).unwrap();
    snapshot["expectations"]["topic"]["value"] = "a\u{202e}b".into();
    let ran = Run::stagecheck(["plan", "--format", "cloudformation", "--snapshot", "account.json"])
        .file("account.json", &snapshot.to_string())
        .expect(1);
    assert!(!ran.stdout.contains("AWS::SNS"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{202e}'));
}

/// The template without one resource, which is a block of lines.
fn without(template: &str, resource: &str) -> String {
    let begins = format!("  {resource}:");
    let mut skipped = false;
    let kept = template.lines().filter(|line| {
        let is_block = line.starts_with("  ") && !line.starts_with("   ");
        skipped = if is_block { *line == begins } else { skipped && line.starts_with("   ") };
        !skipped
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// The plan's template of a fixture, with its account's number and more of the snapshot replaced.
fn template_of(fixture: &str, replaced: &[(&str, &str)]) -> String {
    let snapshot = std::fs::read_to_string(fixtures().join(fixture)).unwrap();
    let snapshot = replaced.iter().fold(snapshot, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let run = Run::stagecheck(["plan", "--format", "cloudformation", "--snapshot", "account.json"]);
    run.file("account.json", &snapshot).expect(1).stdout
}

/// The stack that the head of a template says to deploy it to.
fn stack_of(template: &str) -> String {
    let (_, name) = template.split_once("--stack-name ").expect("a command that deploys it");
    name.split_whitespace().next().unwrap().to_owned()
}

/// Deploys a template as `aws cloudformation deploy` does: what its stack has and the template lacks is deleted.
fn deploy(account: Account, region: &str, template: &str, parameters: &[(&str, &str)], deployed: &mut Vec<String>) {
    let name = stack_of(template);
    // The emulator has no CloudTrail in its CloudFormation, nor does it know where it is when it looks at conditions.
    let template = without(template, "Trail")
        .replace("- Ref: AWS::Region\n", &format!("- {region}\n"))
        .replace("- Ref: AWS::AccountId\n", &format!("- \"{}\"\n", account.id));
    let parameters: Vec<Value> = parameters
        .iter()
        .filter(|(key, _)| template.contains(&format!("\n  {key}:\n")))
        .map(|(key, value)| json!({"ParameterKey": key, "ParameterValue": value}))
        .collect();
    let key = format!("{region} {name}");
    let operation = if deployed.contains(&key) { "UpdateStack" } else { "CreateStack" };
    account.call(
        "cloudformation",
        region,
        operation,
        json!({
            "StackName": name,
            "TemplateBody": template,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": parameters,
        }),
    );
    deployed.push(key);
    let mut stack = String::new();
    // A minute, and the calls.
    for _ in 0..600 {
        let answer = account.call("cloudformation", region, "DescribeStacks", json!({"StackName": name}));
        stack = String::from_utf8(answer.body).unwrap();
        if !stack.contains("_IN_PROGRESS") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(stack.contains("_COMPLETE</StackStatus>") && !stack.contains("ROLLBACK"), "{region}: {stack}");
}

const GIVEN: [(&str, &str); 3] = [
    ("AlertEmail", "me@example.com"),
    ("LogReader", "reader"),
    ("GitHubSubject", "repo:OWNER/REPOSITORY:environment:audit"),
];

#[cfg(feature = "live")]
#[test]
fn plans_and_role_deployed_in_turn_delete_nothing() {
    const ID: &str = "610000000002";
    let account = Account::new(ID);
    account.call("iam", HOME, "CreateUser", json!({"UserName": "reader"}));
    let first = template_of("empty.json", &[("320000000002", ID)]);
    let second = template_of(
        "alarm-in-the-wrong-region.json",
        &[("320000000031", ID), ("2026-11-24T07:09:52.31198509Z", "2026-11-25T10:00:01Z"), ("25.0", "12.5")],
    );
    let role = Run::stagecheck(["iam-policy", "--format", "cloudformation"]).expect(0).stdout;
    let names = [&first, &second, &role].map(|template| stack_of(template));
    assert_eq!(names, ["stagecheck-plan-20261124-070953", "stagecheck-plan-20261125-100001", "stagecheck-auditor"]);
    let mut deployed = Vec::new();
    for region in [HOME, BILLING] {
        deploy(account, region, &first, &GIVEN, &mut deployed);
    }
    deploy(account, BILLING, &second, &GIVEN, &mut deployed);
    deploy(account, HOME, &role, &GIVEN, &mut deployed);
    let proxy = Proxy::to(account).with_all(edits::ready());
    let report = Run::audit(account, &proxy).args(["--format", "json"]).whatever().json();
    let findings: Vec<&Value> =
        report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap()).collect();
    for id in [
        "security-alerts-topic/exists",
        "billing-alarm/exists",
        "billing-alarm/action",
        "ec2-ssm-role/instance-profile",
    ] {
        let status = findings.iter().find(|finding| finding["id"] == id).map(|finding| &finding["status"]);
        assert_eq!(status, Some(&json!("pass")), "{id}: {report:#}");
    }
    // The emulator does not tell the ARN of a subscription that its CloudFormation made, so the audit leaves that open.
    for region in [HOME, BILLING] {
        let topic = json!({"TopicArn": account.arn("sns", region, "SecurityAlerts")});
        let listed = account.call("sns", region, "ListSubscriptionsByTopic", topic);
        assert!(String::from_utf8_lossy(&listed.body).contains("me@example.com"), "{region}");
    }
    let alarms = account.call("cloudwatch", BILLING, "DescribeAlarms", json!({}));
    let alarms = String::from_utf8_lossy(&alarms.body).into_owned();
    assert!(alarms.contains("billing-over-25-usd") && alarms.contains("billing-over-12.5-usd"), "{alarms}");
    let bucket = account.s3(HOME, hyper::Method::GET, &format!("/cloudtrail-{ID}-us-west-2-an?policy"), "");
    assert!(String::from_utf8_lossy(&bucket.body).contains("AWSCloudTrailWrite"));
}

#[test]
fn what_holds_data_stays_when_its_stack_is_deleted() {
    let template = template_of("empty.json", &[]);
    let resources = template.split("\nResources:\n").nth(1).unwrap();
    for (kind, stays) in [
        ("S3::Bucket", true),
        ("S3::BucketPolicy", true),
        ("CloudTrail::Trail", true),
        ("SNS::Topic", true),
        ("SNS::Subscription", true),
        ("CloudWatch::Alarm", false),
    ] {
        let (_, block) = resources.split_once(&format!("Type: AWS::{kind}\n")).unwrap_or_else(|| panic!("no {kind}"));
        let head = block.split("    Properties:").next().unwrap();
        let keeps =
            ["DeletionPolicy: Retain", "UpdateReplacePolicy: Retain"].iter().all(|policy| head.contains(policy));
        assert_eq!(keeps, stays, "{kind}: {head}");
    }
}

#[test]
fn deployed_in_both_regions_it_makes_what_belongs_to_each() {
    const ID: &str = "610000000001";
    let account = Account::new(ID);
    account.call("iam", HOME, "CreateUser", json!({"UserName": "reader"}));
    let template = template_of("empty.json", &[("320000000002", ID)]);
    let mut deployed = Vec::new();
    for region in [HOME, BILLING] {
        deploy(account, region, &template, &GIVEN, &mut deployed);
    }
    let ask = |service: &str, region: &str, operation: &str, parameters| {
        String::from_utf8(account.call(service, region, operation, parameters).body).unwrap()
    };
    for region in [HOME, BILLING] {
        let topic = json!({"TopicArn": account.arn("sns", region, "SecurityAlerts")});
        let attributes = ask("sns", region, "GetTopicAttributes", topic.clone());
        assert!(attributes.contains("OwnAlarms"), "{region}: {attributes}");
        assert!(ask("sns", region, "ListSubscriptionsByTopic", topic).contains("me@example.com"));
    }
    let alarms = ask("cloudwatch", BILLING, "DescribeAlarms", json!({}));
    assert!(alarms.contains("billing-over-25-usd") && alarms.contains("EstimatedCharges"), "{alarms}");
    assert!(!ask("cloudwatch", HOME, "DescribeAlarms", json!({})).contains("billing-over"));
    let profiles = ask("iam", HOME, "ListInstanceProfiles", json!({}));
    assert!(profiles.contains("InstanceRole"), "{profiles}");
    let attached = ask("iam", HOME, "ListAttachedUserPolicies", json!({"UserName": "reader"}));
    assert!(attached.contains("TrailLogPolicy"), "{attached}");
    let bucket = account.s3(HOME, hyper::Method::GET, &format!("/cloudtrail-{ID}-us-west-2-an?policy"), "");
    assert!(String::from_utf8_lossy(&bucket.body).contains("AWSCloudTrailWrite"));
}
