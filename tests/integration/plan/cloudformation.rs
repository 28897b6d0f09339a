//! The template: read by cfn-lint, and deployed on the emulator.

use std::process::Command;

use serde_json::{Value, json};

use super::plan_of;
use crate::stories::{STORIES, fixtures};
use crate::support::account::{Account, BILLING, HOME};
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
fn the_head_of_a_template_says_where_to_deploy_it_and_what_it_cannot_do() {
    let template = plan_of("empty", &["--format", "cloudformation"]).expect(1).stdout;
    let deploys: Vec<&str> = template.lines().filter(|line| line.contains("aws cloudformation deploy ")).collect();
    assert_eq!(deploys.len(), 2, "{template}");
    assert!(deploys[0].contains(" --region us-west-2 --capabilities CAPABILITY_IAM "), "{}", deploys[0]);
    assert!(deploys[1].contains(" --region us-east-1 ") && !deploys[1].contains("CAPABILITY"), "{}", deploys[1]);
    assert!(template.contains("# - root user: Sign in as the root user and add an MFA device\n"));
    assert!(!template.contains("- administrator: Create the topic"), "what it does is not what remains:\n{template}");
}

#[test]
fn only_what_is_missing_is_in_the_template() {
    let template = plan_of("alarm-in-the-wrong-region", &["--format", "cloudformation"]).expect(1).stdout;
    let types: Vec<&str> = template.lines().filter_map(|line| line.trim().strip_prefix("Type: AWS::")).collect();
    assert_eq!(types, ["CloudWatch::Alarm"], "its topic is in the billing region already");
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
    let mut left_out = false;
    let kept = template.lines().filter(|line| {
        let is_block = line.starts_with("  ") && !line.starts_with("   ");
        left_out = if is_block { *line == begins } else { left_out && line.starts_with("   ") };
        !left_out
    });
    kept.collect::<Vec<_>>().join("\n")
}

#[test]
fn deployed_in_both_regions_it_makes_what_belongs_to_each() {
    const ID: &str = "610000000001";
    let account = Account::new(ID);
    account.call("iam", HOME, "CreateUser", json!({"UserName": "reader"}));
    let empty = std::fs::read_to_string(fixtures().join("empty.json")).unwrap();
    let run = Run::stagecheck(["plan", "--format", "cloudformation", "--snapshot", "account.json"]);
    let template = run.file("account.json", &empty.replace("320000000002", ID)).expect(1).stdout;
    // The emulator has no CloudTrail in its CloudFormation.
    let template = without(&template, "Trail");
    for region in [HOME, BILLING] {
        // Nor does it know where it is when it looks at conditions.
        let template = template
            .replace("- Ref: AWS::Region\n", &format!("- {region}\n"))
            .replace("- Ref: AWS::AccountId\n", &format!("- \"{ID}\"\n"));
        let parameter = |key: &str, value: &str| json!({"ParameterKey": key, "ParameterValue": value});
        account.call(
            "cloudformation",
            region,
            "CreateStack",
            json!({
                "StackName": "stagecheck",
                "TemplateBody": template,
                "Capabilities": ["CAPABILITY_IAM"],
                "Parameters": [parameter("AlertEmail", "me@example.com"), parameter("LogReader", "reader")],
            }),
        );
        let mut stack = String::new();
        // A minute, and the calls.
        for _ in 0..600 {
            let answer = account.call("cloudformation", region, "DescribeStacks", json!({"StackName": "stagecheck"}));
            stack = String::from_utf8(answer.body).unwrap();
            if !stack.contains("_IN_PROGRESS") {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        assert!(stack.contains("<StackStatus>CREATE_COMPLETE</StackStatus>"), "{region}: {stack}");
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
