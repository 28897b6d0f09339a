//! One audit, written in every format at once.

use serde_json::Value;

use super::names;
use crate::command_line::audit_of;
use crate::support::run::Run;

#[test]
fn one_audit_writes_every_format_by_the_ending_of_its_file() {
    let files = ["report.json", "report.xml", "report.md", "report.html"];
    let run = audit_of("alarm-in-the-wrong-region").args(files.iter().flat_map(|file| ["--output", file]));
    let ran = run.args(["--output", "github=annotations.txt", "--output", "table=report.txt"]).expect(1);
    let headline = "Not ready to create an organization: 1 of 7 checks failed";
    assert_eq!(ran.stdout, ran.wrote("report.txt"));
    let json: Value = serde_json::from_str(&ran.wrote("report.json")).unwrap();
    assert_eq!(json["headline"], headline);
    for (file, begins) in [
        ("report.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"stagecheck: "),
        ("report.md", "## ✘ "),
        ("report.html", "<!DOCTYPE html>"),
        ("annotations.txt", "::error title=stagecheck::✘ "),
    ] {
        let text = ran.wrote(file);
        assert!(text.starts_with(begins) && text.contains(headline), "{file}: {text}");
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{file}");
    }
}

#[test]
fn a_format_says_the_same_on_standard_output_and_in_a_file() {
    for name in names() {
        let ran = audit_of("denied-auditor").args(["--format", &name, "--output", &format!("{name}=report")]).expect(3);
        assert_eq!(ran.stdout, ran.wrote("report"), "{name}");
        assert_eq!(ran.stderr, "Wrote report\n", "{name}");
    }
}

#[test]
fn every_format_names_failing_checks_and_missing_permissions() {
    for name in names() {
        let ran = audit_of("denied-auditor").args(["--format", &name, "--full"]).expect(3);
        let json = audit_of("denied-auditor").args(["--format", "json"]).expect(3).json();
        for check in json["checks"].as_array().unwrap() {
            let id =
                check["findings"].as_array().unwrap().iter().find(|finding| finding["status"] == "unknown").unwrap();
            let id = id["id"].as_str().unwrap();
            assert!(ran.stdout.contains(id), "{name} names {id}");
        }
        for lacking in json["missing_permissions"].as_array().unwrap() {
            let action = lacking["action"].as_str().unwrap();
            assert!(ran.stdout.contains(action), "{name} names {action}");
        }
    }
}

#[test]
fn step_summary_is_replaced_or_can_be_appended() {
    let summary = |script: &str| {
        let run = Run::shell(script).arg(crate::command_line::fixture("ready")).file("summary", "before\n");
        let ran = run.env("GITHUB_STEP_SUMMARY", "summary").expect(0);
        ran.wrote("summary")
    };
    let alone = summary(r#""$0" audit -q --snapshot "$1" --output "markdown=$GITHUB_STEP_SUMMARY""#);
    assert!(alone.starts_with("## ✔ Ready to create an organization"), "{alone}");
    let behind = summary(r#""$0" audit --snapshot "$1" --format markdown >> "$GITHUB_STEP_SUMMARY""#);
    assert_eq!(behind, format!("before\n{alone}"));
}
