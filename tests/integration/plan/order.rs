//! Which steps a plan has, and in which order.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{plan_of, steps_of, strings};
use crate::command_line::audit_of;
use crate::stories::STORIES;

#[test]
fn every_finding_not_passing_is_in_a_step_as_urgent() {
    let mut steps_seen = 0;
    for story in STORIES {
        let report = audit_of(story.name).args(["--format", "json"]).expect(story.exit).json();
        let steps = report["plan"].as_array().unwrap();
        steps_seen += steps.len();
        let findings =
            report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap());
        for finding in findings {
            let closing: BTreeSet<&str> = steps
                .iter()
                .filter(|step| {
                    let closes = |it: &Value| it["id"] == finding["id"] && it["resource"] == finding["resource"];
                    step["findings"].as_array().unwrap().iter().any(closes)
                })
                .map(|step| step["need"].as_str().unwrap())
                .collect();
            let needs: &[&str] = match finding["status"].as_str().unwrap() {
                "pass" => &[],
                "fail" => &["must"],
                "unknown" => &["see"],
                // What is only better may join a step that is there anyway.
                _ => &["should", "must"],
            };
            let fits =
                if needs.is_empty() { closing.is_empty() } else { needs.iter().any(|need| closing.contains(need)) };
            assert!(fits, "{}: {} is in {closing:?}", story.name, finding["id"]);
        }
    }
    assert!(steps_seen > 50, "{steps_seen}");
}

#[test]
fn plan_command_equals_the_reports_plan_and_its_schema() {
    let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let report_schema = read(include_str!("../../../schema/report-v1.schema.json"));
    let plan_schema = read(include_str!("../../../schema/plan-v1.schema.json"));
    let registry = jsonschema::Registry::new()
        .add("json-schema:///report-v1.schema.json", &report_schema)
        .unwrap()
        .prepare()
        .unwrap();
    let schema = jsonschema::options().with_registry(&registry).build(&plan_schema).unwrap();
    for story in STORIES {
        let report = audit_of(story.name).args(["--format", "json"]).expect(story.exit).json();
        let plan = plan_of(story.name, &["--format", "json"]).expect(story.exit).json();
        let faults: Vec<String> =
            schema.iter_errors(&plan).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", story.name);
        for (key, value) in plan.as_object().unwrap() {
            assert_eq!(value, &report[key], "{}: {key}", story.name);
        }
    }
    let mut strange = plan_of("empty", &["--format", "json"]).expect(1).json();
    strange["plan"][0]["who"] = "anybody".into();
    assert!(!schema.is_valid(&strange), "the schema holds what the steps are");
}

/// Where the first step stands that closes a finding.
fn place(steps: &[Value], id: &str) -> usize {
    steps.iter().position(|step| closes(step, id)).unwrap_or_else(|| panic!("no step closes {id}"))
}

fn closes(step: &Value, id: &str) -> bool {
    step["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == id)
}

#[test]
fn what_others_build_on_comes_before_them() {
    let empty = STORIES.iter().find(|story| story.name == "empty").unwrap();
    let steps = steps_of(empty);
    let before = |first: &str, second: &str| assert!(place(&steps, first) < place(&steps, second), "{first}, {second}");
    before("root-mfa/mfa", "admin-user-mfa/exists");
    before("admin-user-mfa/exists", "multi-region-trail/multi-region");
    before("security-alerts-topic/exists", "billing-alarm/exists");
    // The trail's commands make the bucket and its policy.
    assert_eq!(place(&steps, "multi-region-trail/multi-region"), place(&steps, "trail-bucket-policy/delivery"));
}

#[test]
fn plan_of_an_empty_account_has_who_minutes_and_costs() {
    let empty = STORIES.iter().find(|story| story.name == "empty").unwrap();
    let steps = steps_of(empty);
    let who: BTreeSet<&str> = steps.iter().map(|step| step["who"].as_str().unwrap()).collect();
    assert_eq!(who, BTreeSet::from(["administrator", "email-recipient", "root-user"]));
    for step in &steps {
        assert!(step["minutes"].as_u64().is_some_and(|minutes| minutes > 0), "{step:#}");
        for cost in step["costs"].as_array().unwrap() {
            assert!(cost["page"].as_str().unwrap().starts_with("https://aws.amazon.com/"), "{cost:#}");
        }
    }
    // What has to be done first, or by somebody else afterwards, is by hand.
    let with_commands = |step: &&Value| step["commands"].as_array().is_some_and(|commands| !commands.is_empty());
    let steps: Vec<Value> = steps.iter().filter(with_commands).cloned().collect();
    let of = |id: &str| &steps[place(&steps, id)];
    let of_the_alarm: Vec<&Value> = steps.iter().filter(|step| closes(step, "billing-alarm/exists")).collect();
    let costs = of_the_alarm.iter().flat_map(|step| step["costs"].as_array().unwrap());
    assert_eq!(
        costs.map(|cost| &cost["monthly_usd"]).collect::<Vec<_>>(),
        [&serde_json::json!(0.1)],
        "{of_the_alarm:#?}"
    );
    assert_eq!(of("multi-region-trail/multi-region")["costs"][0]["monthly_usd"], 0.03);
    assert_eq!(of("security-alerts-topic/exists")["costs"], serde_json::json!([]));
    assert!(strings(&of("multi-region-trail/multi-region")["resolves"])[0].contains("first log file"));
}

#[test]
fn plan_ends_like_its_audit_and_quiet_prints_the_verdict() {
    for story in STORIES {
        let ran = plan_of(story.name, &["-q"]).expect(story.exit);
        assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
        assert_eq!(ran.stderr, "");
    }
}

#[test]
fn a_ready_account_has_nothing_to_do() {
    let ready = plan_of("ready", &[]).expect(0).stdout;
    assert!(ready.contains("Nothing to do"), "{ready}");
    assert!(!audit_of("ready").expect(0).stdout.contains("Next steps"));
}

#[test]
fn options_that_belong_to_the_audit_alone_are_refused() {
    for option in [["--record", "x"], ["--output", "json=x"], ["--format", "junit"]] {
        plan_of("ready", &option).expect(2);
    }
}
