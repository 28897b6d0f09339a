//! `action.yml`: its file keeps GitHub's schema, and its script does on this machine what it would do on a runner.

use serde_json::Value;

use super::{program, repository};
use crate::support::checkers::{holds_schema, holds_workflow_security, yaml};
use crate::support::run::{Ran, Run};

fn action() -> Value {
    yaml(&std::fs::read_to_string(repository("action.yml")).unwrap())
}

/// The step that audits, on a runner that is a folder.
fn step(story: &str, inputs: &[(&str, &str)]) -> Run {
    let run = Run::program("bash")
        .arg(repository("ci/action/audit.sh"))
        .file("stagecheck", &program(story))
        .env("PATH", std::env::var_os("PATH").unwrap());
    let shim = run.path("stagecheck");
    std::fs::set_permissions(&shim, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let folder = run.path("");
    let run = run
        .env("STAGECHECK", &shim)
        .env("RUNNER_TEMP", &folder)
        .env("GITHUB_OUTPUT", folder.join("output"))
        .env("GITHUB_STEP_SUMMARY", folder.join("summary"));
    // What action.yml gives where its caller gives nothing.
    let defaults = [("STAGECHECK_STRICT", "false"), ("STAGECHECK_GATE", "true")];
    inputs.iter().chain(&defaults).rev().fold(run, |run, (name, value)| run.env(name, value))
}

fn outputs(ran: &Ran) -> Vec<(String, String)> {
    let text = ran.wrote("output");
    text.lines().map(|line| line.split_once('=').unwrap()).map(|(name, value)| (name.into(), value.into())).collect()
}

#[track_caller]
fn verdict(ran: &Ran) -> String {
    let outputs = outputs(ran);
    let names: Vec<&str> = outputs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["verdict", "status", "report"]);
    outputs[0].1.clone()
}

#[test]
fn action_keeps_githubs_schema_and_no_input_enters_a_script() {
    let file = repository("action.yml");
    holds_schema("github-actions", &[&file]);
    holds_workflow_security(&[&file]);
    let action = action();
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step}");
    }
}

#[test]
fn every_input_reaches_a_script_and_every_output_comes_from_one() {
    let action = action();
    let steps = action["runs"]["steps"].to_string();
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(steps.contains(&format!("{{{{ inputs.{name} }}}}")), "{name}");
        assert!(input["default"].is_string(), "{name}");
    }
    let scripts =
        ["ci/action/audit.sh", "ci/action/install.sh"].map(|path| std::fs::read_to_string(repository(path)).unwrap());
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = &scripts[usize::from(step["id"] == "install")];
        for variable in step["env"].as_object().unwrap().keys().filter(|name| name.starts_with("STAGECHECK_")) {
            let option = variable.trim_start_matches("STAGECHECK_");
            let mut words = script.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
            assert!(words.any(|word| word == variable || word == option), "{variable}");
        }
    }
    for (name, output) in action["outputs"].as_object().unwrap() {
        assert_eq!(output["value"], format!("${{{{ steps.audit.outputs.{name} }}}}"));
        assert!(scripts[0].contains(&format!("{name}=%s")), "{name}");
    }
}

#[test]
fn verdict_status_and_report_are_outputs_with_a_summary() {
    for (story, status, word) in
        [("ready", 0, "ready"), ("empty", 1, "not-ready"), ("denied-auditor", 3, "undetermined")]
    {
        let ran = step(story, &[]).expect(status);
        assert_eq!(verdict(&ran), word);
        let outputs = outputs(&ran);
        assert_eq!(outputs[1].1, status.to_string());
        let report: Value = serde_json::from_str(&std::fs::read_to_string(&outputs[2].1).unwrap()).unwrap();
        assert_eq!(report["verdict"], word);
        assert!(
            ran.wrote("summary").contains("eady to create an organization") || status == 3,
            "{}",
            ran.wrote("summary")
        );
        let annotations = ran.stdout.lines().filter(|line| line.starts_with("::error ")).count();
        assert_eq!(annotations == 0, story == "ready", "{}", ran.stdout);
    }
}

#[test]
fn every_input_is_one_argument_whatever_is_in_it() {
    let hostile = "x; touch pwned $(touch pwned) `touch pwned` \"' --strict";
    let given = [
        ("STAGECHECK_PROFILE", "-rf"),
        ("STAGECHECK_EXPECT_ACCOUNT", "111122223333"),
        ("STAGECHECK_TOPIC", hostile),
        ("STAGECHECK_THRESHOLD", "30"),
        ("STAGECHECK_ONLY", "root-mfa,billing-alarm"),
    ];
    let ran = step("ready", &given).whatever();
    let called = ran.wrote("called");
    let arguments: Vec<&str> = called.lines().collect();
    for expected in [
        "--format",
        "github",
        "--profile=-rf",
        "--expect-account=111122223333",
        &format!("--topic={hostile}"),
        "--threshold=30",
        "--only=root-mfa,billing-alarm",
    ] {
        assert!(arguments.contains(&expected), "{expected}: {called}");
    }
    assert!(arguments.iter().any(|argument| argument.starts_with("--output=markdown=")), "{called}");
    assert!(!ran.path("pwned").exists());
    assert!(!arguments.contains(&"--strict"));
}

#[test]
fn strict_and_the_gate_are_switches() {
    let strict = step("ready-with-warnings", &[("STAGECHECK_STRICT", "true")]).expect(1);
    assert_eq!(verdict(&strict), "not-ready");
    let open = step("empty", &[("STAGECHECK_GATE", "false")]).expect(0);
    assert_eq!((verdict(&open).as_str(), outputs(&open)[1].1.as_str()), ("not-ready", "1"));
    for input in ["STAGECHECK_STRICT", "STAGECHECK_GATE"] {
        let ran = step("ready", &[(input, "yes")]).expect(2);
        assert!(ran.stdout.starts_with("::error title=stagecheck::the input "), "{}", ran.stdout);
    }
}

#[test]
fn failed_audit_fails_the_step_and_leaves_no_old_report() {
    let run = step("ready", &[("STAGECHECK_GATE", "false"), ("STAGECHECK_THRESHOLD", "soon")]);
    let ran = run.file("stagecheck-report.json", "{\n  \"verdict\": \"ready\",\n}").expect(2);
    assert_eq!(verdict(&ran), "none");
    assert_eq!(outputs(&ran)[2].1, "");
    assert!(!ran.path("stagecheck-report.json").exists());
}

#[test]
fn a_name_of_two_lines_writes_no_output_of_its_own() {
    let ran = step("empty", &[("STAGECHECK_REPORT", "x\nverdict=ready")]).expect(2);
    assert!(!ran.path("output").exists());
    assert!(ran.stdout.contains("more than one line"), "{}", ran.stdout);
}
