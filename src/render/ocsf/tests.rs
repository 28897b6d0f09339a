use serde_json::{Value, json};

use crate::cli::formats::Format;
use crate::io::exit_status::ExitStatus;
use crate::io::terminal::{Style, is_hidden};
use crate::render::sample::{every_audit, hostile, mixed, waived, without_findings};
use crate::report::Report;

/// The schema of the class: see its own first lines.
const SCHEMA: &str = include_str!("../../../tests/integration/formats/ocsf-1.5.0-compliance-finding.json");

fn text(report: &Report) -> String {
    let mut out = Vec::new();
    Format::Ocsf.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn events(report: &Report) -> Vec<Value> {
    serde_json::from_str(&text(report)).unwrap()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

/// How many events count for the verdict with this status.
fn count(events: &[Value], status: &str) -> usize {
    let idle = |event: &Value| {
        event["compliance"]["requirements"][0] == "account/organization" && event["severity"] == "Informational"
    };
    let counts = |event: &&Value| event["status"] != "Suppressed" && !idle(event);
    events.iter().filter(counts).filter(|event| event["compliance"]["status"] == status).count()
}

#[test]
fn every_event_is_as_the_schema_of_ocsf_says() {
    let schema = validator();
    let mut wrong = Vec::new();
    for (name, report) in every_audit() {
        for event in events(&report) {
            wrong.extend(schema.iter_errors(&event).map(|error| format!("{name}: {}: {error}", error.instance_path())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_of_ocsf_refuses_what_is_no_event() {
    let schema = validator();
    for (place, value) in [
        ("/class_uid", json!(2004)),
        ("/compliance/status_id", json!(7)),
        ("/cloud", json!({})),
        ("/finding_info/uid", json!(1)),
        ("/resources", json!([{}])),
    ] {
        let mut event = events(&mixed())[0].clone();
        assert!(schema.is_valid(&event));
        *event.pointer_mut(place).unwrap() = value;
        assert!(!schema.is_valid(&event), "{place}");
    }
}

#[test]
fn failed_and_unknown_events_come_to_the_verdict() {
    for (name, report) in every_audit().into_iter().filter(|(_, report)| !report.checks.is_empty()) {
        let events = events(&report);
        let status = match (count(&events, "Fail"), count(&events, "Unknown")) {
            (0, 0) => ExitStatus::Ready,
            (0, _) => ExitStatus::Undetermined,
            _ => ExitStatus::NotReady,
        };
        assert_eq!(status, report.exit_status(), "{name}: {events:#?}");
        assert_eq!(events[0]["unmapped"]["verdict"], report.verdict().word(), "{name}");
    }
}

#[test]
fn an_event_is_a_finding_and_passes_are_events_too() {
    for (name, report) in every_audit() {
        let findings: usize = report.checks.iter().map(|check| check.findings.len().max(1)).sum();
        assert_eq!(events(&report).len(), 1 + findings, "{name}");
    }
}

#[test]
fn a_check_without_findings_is_an_unknown_event() {
    let events = events(&without_findings());
    assert_eq!((&events[1]["compliance"]["control"], count(&events, "Unknown")), (&json!("root-mfa"), 1));
}

#[test]
fn a_waived_failure_is_a_suppressed_event() {
    let events = events(&waived());
    let suppressed: Vec<&Value> = events.iter().filter(|event| event["status_id"] == 3).collect();
    assert_eq!(suppressed.len(), 2);
    for event in suppressed {
        assert_eq!(event["compliance"]["status"], "Fail");
        assert!(event["status_detail"].as_str().unwrap().starts_with("Waived by finance@example.com"), "{event:#}");
    }
}

#[test]
fn a_failure_is_an_event_with_its_resource_and_fix() {
    let mut events = events(&mixed());
    let event = events.iter_mut().find(|event| event["compliance"]["requirements"][0] == "alarm/data").unwrap();
    event["metadata"]["product"]["version"] = "0.0.0".into();
    insta::assert_json_snapshot!(event, @r#"
    {
      "activity_id": 1,
      "activity_name": "Create",
      "category_uid": 2,
      "category_name": "Findings",
      "class_uid": 2003,
      "class_name": "Compliance Finding",
      "type_uid": 200301,
      "type_name": "Compliance Finding: Create",
      "time": 1795485600000,
      "message": "AWS has sent no billing data for two weeks",
      "severity_id": 0,
      "severity": "Unknown",
      "status_id": 1,
      "status": "New",
      "metadata": {
        "version": "1.5.0",
        "product": {
          "name": "stagecheck",
          "vendor_name": "stagecheck",
          "version": "0.0.0"
        },
        "profiles": [
          "cloud"
        ]
      },
      "finding_info": {
        "uid": "10e603c0c6438a669b33c026b3f5116efcde0870",
        "title": "$25 billing alarm",
        "desc": "AWS has sent no billing data for two weeks",
        "created_time": 1795485600000
      },
      "compliance": {
        "control": "alarm",
        "requirements": [
          "alarm/data"
        ],
        "standards": [
          "stagecheck sample"
        ],
        "status_id": 3,
        "status": "Fail"
      },
      "cloud": {
        "provider": "AWS",
        "account": {
          "uid": "111122223333",
          "type": "AWS Account",
          "type_id": 10
        },
        "region": "us-west-2",
        "cloud_partition": "aws"
      },
      "resources": [
        {
          "uid": "arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25",
          "region": "us-west-2"
        }
      ],
      "remediation": {
        "desc": "Make the alarm anew in us-east-1, where AWS publishes the billing metric",
        "references": [
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html"
        ]
      }
    }
    "#);
}

#[test]
fn a_hostile_name_is_escaped_in_every_event() {
    let text = text(&hostile());
    assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
}
