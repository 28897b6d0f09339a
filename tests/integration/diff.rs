//! What changed between two reports or snapshots, as those who compare them meet it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::command_line::{audit_of, fixture, refusal};
use crate::stories::{STORIES, fixtures};
use crate::support::gfm;
use crate::support::run::{Ran, Run};

/// A report that is kept for comparisons: of monday or tuesday, of one account.
fn kept(day: &str) -> PathBuf {
    fixtures().parent().unwrap().join(format!("diff/{day}.json"))
}

fn diff(old: impl AsRef<Path>, new: impl AsRef<Path>) -> Run {
    Run::stagecheck(["diff"]).arg(old.as_ref()).arg(new.as_ref())
}

/// The comparison for programs, held to its schema, and to its exit status.
fn compared(run: Run) -> Value {
    let ran = run.args(["--format", "json"]).whatever();
    let json = ran.json();
    let schema = include_str!("../../schema/diff-v1.schema.json");
    let schema = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let faults: Vec<String> =
        schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!((json["worse"].as_bool().unwrap(), &json["exit_code"]), (ran.status == 1, &json!(ran.status)));
    assert_eq!(ran.stderr, "");
    json
}

/// Each change as its kind, id and transition.
fn changes(json: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let changes = json["changes"].as_array().unwrap().iter();
    changes.map(|one| format!("{} {}: {}", word(&one["kind"]), word(&one["id"]), word(&one["transition"]))).collect()
}

/// A fixture's snapshot as if it were of another account.
fn of_one_account(story: &str) -> String {
    let text = fs::read_to_string(fixture(story)).unwrap();
    let snapshot: Value = serde_json::from_str(&text).unwrap();
    text.replace(snapshot["facts"]["caller"]["known"]["account"].as_str().unwrap(), "111122223333")
}

#[test]
fn two_reports_are_told_apart_in_the_words_of_their_findings() {
    let json = compared(diff(kept("monday"), kept("tuesday")));
    assert_eq!(
        changes(&json),
        [
            "worse admin-user-mfa/mfa: new: fail",
            "better billing-alarm/threshold: fail → pass",
            "worse billing-alarm/subscriber: pass → fail",
            "waived ec2-ssm-role/instance-profile: pass → fail, waived",
            "worse trail-bucket-policy/writers: pass → unknown",
            "worse trail-bucket-policy/readers: pass → unknown",
        ]
    );
    assert_eq!(json["changes"][0]["message"], "Administrator `deploy` has no MFA device");
    assert_eq!(json["changes"][2]["message"], "The topic has no subscription");
    let text = diff(kept("monday"), kept("tuesday")).expect(1);
    for words in [
        "Administrator `deploy` has no MFA device",
        "✘ billing-alarm/subscriber: pass → fail",
        "✘ Worse: 4 regressions, ",
    ] {
        assert!(text.stdout.contains(words), "{words}\n{}", text.stdout);
    }
}

#[test]
fn nothing_changed_between_a_snapshot_and_the_report_of_it() {
    for story in STORIES {
        let report = audit_of(story.name).args(["--format", "json"]).expect(story.exit).stdout;
        let run = || Run::stagecheck(["diff", "report.json"]).file("report.json", &report).arg(story.fixture());
        let json = compared(run());
        assert_eq!(
            (changes(&json).len(), &json["worse"], &json["notes"]),
            (0, &json!(false), &json!([])),
            "{}",
            story.name
        );
        assert_eq!((&json["old"]["kind"], &json["new"]["kind"]), (&json!("report"), &json!("snapshot")));
        assert!(run().expect(0).stdout.contains("✔ Nothing changed. Still "), "{}", story.name);
    }
}

/// Whatever two accounts: a failure that was none, a finding that is not seen any more, and a worse verdict are never passed over.
#[test]
fn no_regression_between_any_two_accounts_is_missed() {
    let mut worse = 0;
    for (old, new) in STORIES.iter().zip(STORIES.iter().cycle().skip(1)) {
        for (old, new) in [(old, new), (new, old)] {
            let (one, other) = (of_one_account(old.name), of_one_account(new.name));
            let json = compared(
                Run::stagecheck(["diff", "old.json", "new.json"]).file("old.json", &one).file("new.json", &other),
            );
            let told: BTreeSet<(String, String)> = json["changes"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["kind"] == "worse")
                .map(|one| (one["id"].as_str().unwrap().to_owned(), one["new"]["resource"].to_string()))
                .collect();
            let (before, after) = (statuses(&one), statuses(&other));
            for (id, resource, status) in &after {
                let same: Vec<&str> = before
                    .iter()
                    .filter(|(one, what, _)| one == id && (what == resource || what == "null" || resource == "null"))
                    .map(|(_, _, status)| status.as_str())
                    .collect();
                let is_worse = match status.as_str() {
                    "fail" => !same.contains(&"fail"),
                    "unknown" => same.iter().any(|status| ["pass", "warn"].contains(status)),
                    _ => false,
                };
                let is_told = told.contains(&(id.clone(), resource.clone()));
                assert!(
                    is_told || !is_worse,
                    "{} → {}: {id} of {resource} is {status}: {:#?}",
                    old.name,
                    new.name,
                    changes(&json)
                );
                worse += usize::from(is_worse);
            }
            let rank = |verdict: &Value| {
                ["ready", "undetermined", "not-ready"].iter().position(|word| verdict == word).unwrap()
            };
            if rank(&json["new"]["verdict"]) > rank(&json["old"]["verdict"]) {
                assert_eq!(json["worse"], true, "{} → {}", old.name, new.name);
            }
        }
    }
    assert!(worse > 50, "{worse} cases");
}

/// The findings of a snapshot: requirement, resource, status.
fn statuses(snapshot: &str) -> Vec<(String, String, String)> {
    let run = Run::stagecheck(["audit", "--format", "json", "--snapshot", "-"]).input(snapshot);
    let report = run.whatever().json();
    let findings = report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap());
    findings
        .map(|one| {
            (
                one["id"].as_str().unwrap().to_owned(),
                one["resource"].to_string(),
                one["status"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[test]
fn snapshot_is_evaluated_with_its_own_settings_and_waivers() {
    let mut old: Value = serde_json::from_str(&fs::read_to_string(fixture("ready")).unwrap()).unwrap();
    let mut new = old.clone();
    new["expectations"]["threshold"] = json!({"value": 10.0, "origin": "flag"});
    let run = |old: &Value, new: &Value| {
        Run::stagecheck(["diff", "old.json", "new.json"])
            .file("old.json", &old.to_string())
            .file("new.json", &new.to_string())
    };
    let json = compared(run(&old, &new));
    assert_eq!(changes(&json), ["worse billing-alarm/threshold: pass → fail"]);
    assert_eq!(json["notes"], json!(["the expected threshold was $25 and is $10"]));

    old = new.clone();
    old["recorded_at"] = "2026-11-24T08:00:00Z".into();
    new["recorded_at"] = "2026-11-25T08:00:00Z".into();
    let waiver = json!({"finding": "billing-alarm/threshold", "resource": "*", "reason": "credits", "owner": "mia", "until": "2026-11-24"});
    old["waivers"] = json!([waiver]);
    new["waivers"] = json!([waiver]);
    let json = compared(run(&old, &new));
    assert!(
        changes(&json).contains(&"worse billing-alarm/threshold: fail, waived → fail".to_owned()),
        "it expired: {json:#}"
    );
    assert_eq!(json["old"]["verdict"], "ready");
}

#[test]
fn skipped_check_is_worse_and_a_new_one_is_noted() {
    let all = audit_of("ready").args(["--format", "json"]).expect(0).stdout;
    let some = audit_of("ready").args(["--format", "json", "--skip", "billing-alarm"]).expect(0).stdout;
    let run = |old: &str, new: &str| Run::stagecheck(["diff", "old.json", "-"]).file("old.json", old).input(new);
    let json = compared(run(&all, &some));
    assert_eq!(changes(&json), ["worse billing-alarm: pass → not evaluated"]);
    let json = compared(run(&some, &all));
    assert_eq!((&json["worse"], &json["notes"]), (&json!(false), &json!(["not evaluated before: billing-alarm"])));
}

#[test]
fn two_accounts_are_not_compared() {
    let (error, help) = refusal(&diff(fixture("ready"), fixture("empty")).expect(2));
    assert!(error.contains("different accounts: 320000000001 and ") && help.contains("one account"), "{error}\n{help}");
}

#[test]
fn file_that_is_no_report_or_snapshot_is_refused() {
    let report = fs::read_to_string(kept("monday")).unwrap();
    let cases = [
        (report.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1), "its schema is version 2"),
        (report.replacen("\"schema_version\": 1", "\"schema_version\": \"1\"", 1), "it has no schema_version"),
        (report.replacen("not-ready", "splendid", 1), "unknown verdict \"splendid\""),
        (report[..report.len() / 2].to_owned(), "it isn't a JSON file of stagecheck"),
        ("[1, 2]".to_owned(), "it isn't a JSON file of stagecheck"),
        ("{}".to_owned(), "neither the checks of a report nor the data of a snapshot"),
        (r#"{"schema_version": 1, "checks": []}"#.to_owned(), "it isn't a report of stagecheck: missing field"),
        (r#"{"schema_version": 1, "facts": []}"#.to_owned(), "can't be audited"),
        ("[".repeat(1 << 20), "it isn't a JSON file of stagecheck"),
        (String::new(), "it isn't a JSON file of stagecheck"),
    ];
    for (text, why) in cases {
        for order in [["kept.json", "wrong.json"], ["wrong.json", "kept.json"]] {
            let run = Run::stagecheck(["diff"]).args(order).file("kept.json", &report).file("wrong.json", &text);
            let (error, _) = refusal(&run.expect(2));
            assert!(error.contains("wrong.json can't be ") && error.contains(why), "{why}: {error}");
        }
    }
    for path in ["missing.json", ".", "/dev/zero"] {
        let (error, _) = refusal(&diff(kept("monday"), path).expect(2));
        assert!(error.starts_with(&format!("error: the report or snapshot {path} can't be read: ")), "{error}");
    }
    refusal(&Run::stagecheck(["diff", "-", "-"]).input(&report).expect(2));
}

#[test]
fn a_report_of_a_later_release_with_keys_of_its_own_is_read() {
    let mut report: Value = serde_json::from_str(&fs::read_to_string(kept("monday")).unwrap()).unwrap();
    report["plan"] = json!([{"step": 1}]);
    report["checks"][0]["findings"][0]["chain"] = json!({"link": "x"});
    // And one of an earlier release, before there were waivers.
    report["summary"].as_object_mut().unwrap().remove("waived");
    report.as_object_mut().unwrap().remove("waivers");
    for check in report["checks"].as_array_mut().unwrap() {
        for finding in check["findings"].as_array_mut().unwrap() {
            finding.as_object_mut().unwrap().remove("waived");
        }
    }
    let run = Run::stagecheck(["diff", "other.json"]).file("other.json", &report.to_string()).arg(kept("monday"));
    assert_eq!(changes(&compared(run)), [""; 0]);
}

const HOSTILE: &str = "evil\u{1b}[2J\n# ✔ PASS\u{202e}txt <img src=x> @octocat `code` [x](https://x)|";

#[test]
fn a_report_that_means_harm_does_none_in_any_form() {
    let mut new: Value = serde_json::from_str(&fs::read_to_string(kept("tuesday")).unwrap()).unwrap();
    new["headline"] = HOSTILE.into();
    for check in new["checks"].as_array_mut().unwrap() {
        for finding in check["findings"].as_array_mut().unwrap() {
            for key in ["message", "region", "id"] {
                finding[key] = HOSTILE.into();
            }
            finding["resource"] = HOSTILE.into();
            finding["status"] = "fail".into();
        }
    }
    let run = |form: &str| -> Ran {
        let run = Run::stagecheck(["diff", "--format", form]).arg(kept("monday")).arg("new.json");
        run.file("new.json", &new.to_string()).expect(1)
    };
    for form in ["text", "json", "markdown"] {
        let said = run(form).stdout;
        assert!(!said.contains(['\u{1b}', '\u{202e}']) && said.contains("evil"), "{form}:\n{said}");
        assert!(!said.lines().any(|line| line.starts_with("# ✔")), "{form}:\n{said}");
    }
    let shown = gfm::shown(&run("markdown").stdout);
    assert!(shown.links.is_empty() && shown.html.is_empty() && shown.markup.is_empty(), "{shown:?}");
    let active = |text: &&String| ["@", "#", "<", "["].iter().any(|mark| text.contains(mark));
    assert_eq!(shown.texts.iter().find(active), None);
    let json: Value = run("json").json();
    assert_eq!(json["new"]["headline"], HOSTILE);
}
