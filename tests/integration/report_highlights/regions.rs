//! The region map: whole in JSON, in brief below the table, and in the headline where the home region seems to be another.

use serde_json::{Value, json};

use crate::command_line::{audit_of, fixture};
use crate::support::run::Run;
use crate::untrusted_input::{assert_clean, is_hidden};

fn report_of(run: Run) -> Value {
    run.args(["--format", "json"]).whatever().json()
}

/// Each place as `thing region standing`.
fn places(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let place = |it: &Value| format!("{} {} {}", text(&it["thing"]), text(&it["region"]), text(&it["standing"]));
    report["regions"]["places"].as_array().unwrap().iter().map(place).collect()
}

/// The lines below the table that tell where things are.
fn footer(table: &str) -> String {
    let lines =
        table.lines().skip_while(|line| !line.starts_with("Resources by Region")).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// The account of the story `empty`, with the topic in another region, as whoever made it there would record it.
fn with_topic_in(region: &str) -> Value {
    let mut snapshot: Value = serde_json::from_str(&std::fs::read_to_string(fixture("empty")).unwrap()).unwrap();
    let account = snapshot["facts"]["caller"]["known"]["account"].as_str().unwrap().to_owned();
    let topics = &mut snapshot["facts"]["topics"][region];
    assert!(topics["known"].is_array(), "the audit looked there: {topics}");
    topics["known"] = json!([format!("arn:aws:sns:{region}:{account}:SecurityAlerts")]);
    snapshot
}

fn audit_from(snapshot: &Value) -> Run {
    Run::stagecheck(["audit", "--snapshot", "-"]).input(&snapshot.to_string())
}

#[test]
fn each_thing_is_where_it_is_and_what_is_global_says_so() {
    let report = report_of(audit_of("customer-key"));
    assert_eq!(
        places(&report),
        [
            "root user - present",
            "administrator - present",
            "trail us-west-2 present",
            "bucket us-west-2 present",
            "topic us-west-2 present",
            "KMS key of the topic us-west-2 present",
            "alarm us-east-1 present",
            "topic of the alarm us-east-1 present",
            "KMS key of the alarm's topic us-east-1 present",
            "instance role - present",
            "log policy - present",
        ]
    );
    let regions = &report["regions"];
    assert_eq!(regions["home"], json!({"region": "us-west-2", "source": "default"}));
    assert_eq!(regions["enabled"].as_array().unwrap().len(), 31);
    assert_eq!((&regions["mismatches"], &regions["suggested_region"]), (&json!([]), &Value::Null));
    let global = regions["places"].as_array().unwrap().iter().filter(|place| place["scope"] == "global").count();
    assert_eq!(global, 4);
}

#[test]
fn what_was_not_seen_is_unseen_in_its_place() {
    let report = report_of(audit_of("denied-auditor"));
    let unseen: Vec<String> = places(&report).into_iter().filter(|place| place.ends_with("unknown")).collect();
    assert_eq!(unseen, ["administrator - unknown", "instance role - unknown"]);
}

#[test]
fn region_map_shows_places_and_mismatches() {
    insta::assert_snapshot!(footer(&audit_of("alarm-in-the-wrong-region").arg("--full").whatever().stdout), @"
    Resources by Region (31 Regions are enabled)
      home     us-west-2 (default): trail management-events, bucket
               trail-logs-320000000031, topic SecurityAlerts, alarm billing-25
      billing  us-east-1 (default): no audited resource
      global   root user, administrator admin, instance role EC2-SSM, log policy
               LogReaders
      ✘ Alarm billing-25 is in us-west-2, but AWS publishes the billing metric only
        in us-east-1
    ");
    insta::assert_snapshot!(footer(&audit_of("empty").arg("--full").whatever().stdout), @"
    Resources by \
        Region (31 Regions are enabled)
      home     us-west-2 (default): no audited resource
      billing  \
        us-east-1 (default): no audited resource
      global   root user
      missing  administrator, trail \
        (us-west-2), topic SecurityAlerts (us-west-2),
               alarm (us-east-1), instance role
    ");
}

#[test]
fn headline_suggests_the_region_where_the_topic_exists() {
    let snapshot = with_topic_in("eu-central-1");
    let report = report_of(audit_from(&snapshot));
    assert_eq!(
        report["headline"],
        "Not ready to create an organization: 7 of 7 checks failed. Try `--region eu-central-1`: the topic exists \
         there"
    );
    assert_eq!(report["regions"]["suggested_region"], "eu-central-1");
    let ran = audit_from(&snapshot).args(["--quiet"]).expect(1);
    assert!(ran.stdout.trim_end().ends_with("Try `--region eu-central-1`: the topic exists there"), "{}", ran.stdout);
    assert!(
        footer(&audit_from(&snapshot).arg("--full").expect(1).stdout).contains("eu-central-1: topic SecurityAlerts")
    );
}

#[test]
fn named_home_region_gets_the_mismatch_and_no_suggestion() {
    let report = report_of(audit_from(&with_topic_in("eu-central-1")).args(["--region", "us-west-2"]));
    assert_eq!(report["headline"], "Not ready to create an organization: 7 of 7 checks failed");
    assert_eq!(report["regions"]["suggested_region"], Value::Null);
    let told = "The topic SecurityAlerts is in eu-central-1, not in the home Region us-west-2";
    assert_eq!(report["regions"]["mismatches"], json!([{"message": told, "works": false}]));
}

#[test]
fn hostile_region_is_shown_and_never_suggested() {
    let mut snapshot = with_topic_in("eu-central-1");
    let hostile = "eu\u{1b}[2J`$(touch owned)`\u{202e}";
    let facts = snapshot["facts"].as_object_mut().unwrap();
    let listing = facts["topics"].as_object_mut().unwrap().remove("eu-central-1").unwrap();
    facts["topics"][hostile] = listing;
    let regions = facts["enabled_regions"]["known"].as_array_mut().unwrap();
    for region in regions.iter_mut().filter(|region| **region == "eu-central-1") {
        *region = hostile.into();
    }
    let table = audit_from(&snapshot).arg("--full").expect(1).stdout;
    assert_clean(&table, "the table");
    assert!(footer(&table).contains("eu\\u{1b}[2J"), "{table}");
    let ran = audit_from(&snapshot).args(["--format", "json"]).expect(1);
    assert!(!ran.stdout.contains(|c| c != '\n' && is_hidden(c)));
    assert_eq!(ran.json()["headline"], "Not ready to create an organization: 7 of 7 checks failed");
}
