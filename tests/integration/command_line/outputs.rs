//! What is judged, and where the report goes.

use serde_json::Value;

use super::{audit_of, fixture, refusal};
use crate::support::run::Run;

#[test]
fn a_selection_that_passes_says_nothing_of_the_account() {
    let run = || audit_of("root-with-keys").args(["--only", "billing-alarm,ec2-ssm-role"]);
    let report = run().args(["--format", "json"]).expect(0).json();
    assert_eq!(report["verdict"], "selected-passed");
    let skipped: Vec<_> = report["skipped"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert_eq!(
        skipped,
        ["root-mfa", "admin-user-mfa", "multi-region-trail", "security-alerts-topic", "trail-bucket-policy"]
    );
    let table = run().expect(0).stdout;
    assert!(table.contains("2 of 2 selected checks passed") && !table.contains("eady to create"), "{table}");
}

#[test]
fn skipping_the_one_check_that_fails_leaves_the_others() {
    let report = audit_of("root-with-keys").args(["--skip", "root-mfa", "--format", "json"]).expect(0).json();
    assert_eq!((&report["verdict"], report["checks"].as_array().unwrap().len()), (&Value::from("selected-passed"), 6));
}

#[test]
fn with_strict_a_warning_is_a_failure() {
    let plain = audit_of("ready-with-warnings").args(["--format", "json"]).expect(0).json();
    assert_eq!(plain["verdict"], "ready");
    let strict = audit_of("ready-with-warnings").args(["--strict", "--format", "json"]).expect(1).json();
    assert_eq!(strict["verdict"], "not-ready");
}

#[test]
fn flags_come_before_what_the_snapshot_holds() {
    let report = audit_of("ready").args(["--threshold", "10", "--format", "json"]).expect(1).json();
    assert_eq!(report["checks"][4]["status"], "fail", "an alarm at 25 is too high then");
}

#[test]
fn the_working_folders_config_file_has_no_say_in_a_snapshot() {
    let report =
        audit_of("ready").file("stagecheck.toml", "nonsense = 1\n").args(["--format", "json"]).expect(0).json();
    assert_eq!(report["checks"].as_array().unwrap().len(), 7);
}

#[test]
fn a_config_file_that_is_named_has_its_say_in_a_snapshot() {
    let run = audit_of("ready").file("mine.toml", "threshold = 10\nskip = ['root-mfa']\n");
    let report = run.args(["--config", "mine.toml", "--format", "json"]).expect(1).json();
    assert_eq!((&report["config"], &report["skipped"][0]), (&Value::from("mine.toml"), &Value::from("root-mfa")));
}

#[test]
fn several_outputs_are_written_beside_standard_output() {
    let ran = audit_of("empty").args(["--output", "report.json", "--output", "table=report.txt"]).expect(1);
    let json: Value = serde_json::from_str(&ran.wrote("report.json")).unwrap();
    assert_eq!(json["verdict"], "not-ready");
    assert_eq!(ran.wrote("report.txt"), ran.stdout);
}

#[test]
fn quiet_leaves_the_verdict_alone() {
    let ran = audit_of("empty").arg("-q").expect(1);
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""), "{}", ran.stdout);
    assert!(ran.stdout.contains("Not ready to create an organization"), "{}", ran.stdout);
}

#[test]
fn a_pipe_has_no_colour_unless_it_is_asked_for() {
    let escapes = |run: Run| run.expect(1).stdout.contains('\u{1b}');
    assert!(!escapes(audit_of("empty")));
    assert!(!escapes(audit_of("empty").env("NO_COLOR", "1")));
    assert!(escapes(audit_of("empty").args(["--color", "always"])));
    assert!(escapes(audit_of("empty").args(["--color", "always"]).env("NO_COLOR", "1")), "--color beats NO_COLOR");
    assert!(!escapes(audit_of("empty").args(["--color", "never"])));
}

#[test]
fn closed_pipe_keeps_the_exit_status() {
    for (story, status) in [("ready", 0), ("empty", 1), ("denied-auditor", 3)] {
        // The first line is read before the rest is written, since a pipe holds 64 KiB and a bigger report waits for its reader.
        let script = r#""$0" audit --format json --snapshot "$1" | head -n 1; exit "${PIPESTATUS[0]}""#;
        let ran = Run::shell(script).arg(fixture(story)).expect(status);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("{\n", ""), "{story}");
    }
}

#[test]
fn a_pipe_that_was_closed_before_is_no_error() {
    let script = r#"{ sleep 0.2; "$0" audit --snapshot "$1"; echo "$?" >&2; } | true"#;
    let ran = Run::shell(script).arg(fixture("empty")).expect(0);
    assert_eq!(ran.stderr, "1\n");
}

#[test]
fn a_snapshot_may_come_by_standard_input() {
    let text = std::fs::read_to_string(fixture("empty")).unwrap();
    let ran = Run::stagecheck(["audit", "--snapshot", "-"]).input(&text).expect(1);
    assert_eq!(ran.stdout, audit_of("empty").expect(1).stdout);
    refusal(&Run::stagecheck(["audit", "--snapshot", "-"]).input("").expect(2));
}
