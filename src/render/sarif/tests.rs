use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::formats::Format;
use crate::io::exit_status::ExitStatus;
use crate::io::terminal::{Style, clean, is_hidden};
use crate::render::sample::{HOSTILE, every_audit, hostile, mixed, waived, without_findings};
use crate::report::Report;

/// The schema of SARIF 2.1.0: see its own first lines.
const SCHEMA: &str = include_str!("../../../tests/integration/formats/sarif-2.1.0.json");

fn text(report: &Report) -> String {
    let mut out = Vec::new();
    Format::Sarif.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn run(report: &Report) -> Value {
    let log: Value = serde_json::from_str(&text(report)).unwrap();
    log["runs"][0].clone()
}

fn results(run: &Value) -> &Vec<Value> {
    run["results"].as_array().unwrap()
}

fn count(run: &Value, key: &str, value: &str) -> usize {
    results(run).iter().filter(|result| result[key] == value).count()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft7::options().should_validate_formats(true).build(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

#[test]
fn every_report_is_as_the_schema_of_sarif_says() {
    let schema = validator();
    let mut wrong = Vec::new();
    for (name, report) in every_audit() {
        let log: Value = serde_json::from_str(&text(&report)).unwrap();
        wrong.extend(schema.iter_errors(&log).map(|error| format!("{name}: {}: {error}", error.instance_path())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_of_sarif_refuses_what_is_no_report() {
    let schema = validator();
    let log: Value = serde_json::from_str(&text(&mixed())).unwrap();
    assert!(schema.is_valid(&log));
    for (place, value) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/message", json!({"words": "x"})),
        ("/runs/0/tool/driver/rules/0/helpUri", json!(1)),
        ("/runs/0/invocations/0/exitCode", json!("1")),
    ] {
        let mut broken = log.clone();
        match broken.pointer_mut(place) {
            Some(inner) => *inner = value,
            None => broken["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"] = value,
        }
        assert!(!schema.is_valid(&broken), "{place}");
    }
}

#[test]
fn errors_and_open_results_come_to_the_verdict() {
    for (name, report) in every_audit().into_iter().filter(|(_, report)| !report.checks.is_empty()) {
        let run = run(&report);
        let status = match (count(&run, "level", "error"), count(&run, "kind", "open")) {
            (0, 0) => ExitStatus::Ready,
            (0, _) => ExitStatus::Undetermined,
            _ => ExitStatus::NotReady,
        };
        assert_eq!(status, report.exit_status(), "{name}: {run:#}");
        assert_eq!(run["invocations"][0]["exitCode"], report.exit_status().code(), "{name}");
    }
}

#[test]
fn a_level_is_none_unless_the_result_fails() {
    for (name, report) in every_audit() {
        for result in results(&run(&report)) {
            assert_eq!(result["kind"] == "fail", result["level"] != "none", "{name}: {result:#}");
        }
    }
}

#[test]
fn every_result_of_a_fixture_has_a_rule_and_a_fingerprint() {
    for (name, report) in every_audit().into_iter().filter(|(name, _)| !name.starts_with("sample")) {
        let run = run(&report);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rules.len(), "{name}: ids are unique");
        let mut seen = BTreeSet::new();
        for result in results(&run) {
            assert!(ids.contains(result["ruleId"].as_str().unwrap()), "{name}: {result:#}");
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            assert!(place.as_str().unwrap().starts_with("aws/"), "{name}: {place}");
            if report.account.caller.is_ok() {
                let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
                assert!(seen.insert(print.to_owned()), "{name}: twice {result:#}");
            }
        }
    }
}

#[test]
fn a_failed_precondition_is_an_error_of_its_own() {
    let fixtures = every_audit();
    for name in ["member-account", "foundation-standalone", "foundation-from-a-member"] {
        let (_, report) = fixtures.iter().find(|(one, _)| one.starts_with(&format!("{name},"))).unwrap();
        let run = run(report);
        let first = &results(&run)[0];
        assert_eq!((&first["ruleId"], &first["level"]), (&json!("account/organization"), &json!("error")), "{name}");
    }
}

#[test]
fn a_check_without_findings_is_an_open_result() {
    let run = run(&without_findings());
    assert_eq!((count(&run, "ruleId", "root-mfa"), count(&run, "kind", "open")), (1, 1), "{run:#}");
}

#[test]
fn a_waived_failure_is_a_suppressed_warning() {
    let run = run(&waived());
    let suppressed: Vec<&Value> = results(&run).iter().filter(|result| !result["suppressions"].is_null()).collect();
    assert_eq!(suppressed.len(), 2, "{run:#}");
    for result in suppressed {
        assert_eq!((&result["level"], &result["suppressions"][0]["kind"]), (&json!("warning"), &json!("external")));
    }
}

#[test]
fn a_failure_has_its_resource_message_and_fix() {
    let run = run(&mixed());
    let result = results(&run).iter().find(|result| result["ruleId"] == "alarm/data").unwrap();
    insta::assert_json_snapshot!(result, @r#"
    {
      "ruleId": "alarm/data",
      "kind": "fail",
      "level": "error",
      "message": {
        "text": "AWS has sent no billing data for two weeks\nResource: arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25\nResolves: AWS sends the first billing data within a day after billing alerts are switched on\nFix: Make the alarm anew in us-east-1, where AWS publishes the billing metric"
      },
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "aws/111122223333/alarm"
            },
            "region": {
              "startLine": 1
            }
          },
          "logicalLocations": [
            {
              "fullyQualifiedName": "arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25",
              "kind": "resource"
            }
          ]
        }
      ],
      "partialFingerprints": {
        "primaryLocationLineHash": "10e603c0c6438a669b33c026b3f5116efcde0870",
        "stagecheck/v1": "10e603c0c6438a669b33c026b3f5116efcde0870"
      },
      "properties": {
        "status": "fail",
        "severity": null,
        "region": "us-west-2"
      }
    }
    "#);
}

#[test]
fn a_rule_has_severity_and_help() {
    let (_, report) = every_audit().into_iter().find(|(name, _)| name.starts_with("ready,")).unwrap();
    let run = run(&report);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "billing-alarm/region").unwrap();
    insta::assert_json_snapshot!(rule, @r#"
    {
      "id": "billing-alarm/region",
      "shortDescription": {
        "text": "$25 billing alarm: the alarm is in the billing Region"
      },
      "fullDescription": {
        "text": "Checks that a CloudWatch alarm on AWS/Billing EstimatedCharges fires at the limit and that its message reaches a human. That covers the Region, metric, threshold, data, actions, the topic's policy and KMS key, and the topic's subscribers."
      },
      "help": {
        "text": "Passes: the alarm is in the billing Region\nFails: only an alarm in your home Region: AWS publishes the metric in one Region, so it never fires\nWhy: An unexpected bill is often the first sign of a stolen access key. An alarm in the wrong Region, or one whose message is dropped on the way, looks right in the console and sends nothing.\nFix: Enable \"Receive CloudWatch billing alerts\" in the billing preferences. In us-east-1, create the topic, subscribe an email address, confirm the subscription, and create an alarm on AWS/Billing EstimatedCharges, Currency USD, that notifies the topic."
      },
      "helpUri": "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
      "defaultConfiguration": {
        "level": "error"
      },
      "properties": {
        "tags": [
          "security",
          "aws"
        ],
        "severity": "high",
        "security-severity": "8.0"
      }
    }
    "#);
    assert_eq!(results(&run).len(), 0, "what passes is left out");
}

#[test]
fn a_hostile_name_is_no_link_placeholder_or_path() {
    let text = text(&hostile());
    assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    let run = run(&hostile());
    for result in results(&run) {
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.replace("{{", "").contains('{'), "{message}");
        let place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(place.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '/'), "{place}");
    }
    let shown = clean(HOSTILE).replace('{', "{{").replace('}', "}}");
    assert!(results(&run).iter().any(|result| result["message"]["text"].as_str().unwrap().contains(&shown)));
}

#[test]
fn a_link_in_a_message_is_broken() {
    assert_eq!(super::text::plain("see [x](https://a) {0}"), "see [x]\\(https://a) {{0}}");
}
