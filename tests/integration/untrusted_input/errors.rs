//! Errors tell of file names, values and keys that somebody else may have chosen.

use super::poison::poisons;
use super::raw::assert_clean;
use crate::command_line::audit_of;
use crate::support::run::{Ran, Run};

#[track_caller]
fn assert_refused(what: &str, ran: &Ran) {
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{what}: {}", ran.stderr);
    assert_clean(&ran.stderr, what);
    assert!(ran.stderr.starts_with("error: "), "{what}: {}", ran.stderr);
    let longest = ran.stderr.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(longest < 10_000, "{what}: a line of {longest} characters");
}

#[test]
fn file_names_and_options_that_mean_harm_are_told_in_clean_text() {
    for poison in poisons() {
        let text = poison.text.replace('\0', "");
        for option in [
            "--snapshot",
            "--config",
            "--only",
            "--skip",
            "--region",
            "--billing-region",
            "--threshold",
            "--timeout",
            "--format",
            "--color",
            "--expect-account",
        ] {
            let ran = audit_of("ready").args([option, &format!("no/{text}")]).whatever();
            assert_refused(&format!("{option} ({})", poison.what), &ran);
        }
        for argument in [format!("--{text}"), text.clone(), format!("-{text}"), format!("--quiet={text}")] {
            let ran = audit_of("ready").arg(&argument).whatever();
            assert_refused(&format!("an argument ({})", poison.what), &ran);
            let ran = Run::stagecheck([]).arg(argument).whatever();
            assert_refused(&format!("a command ({})", poison.what), &ran);
        }
        let output = audit_of("ready").args(["--output".to_owned(), format!("no/{text}/x.json")]).whatever();
        assert_refused(&format!("--output ({})", poison.what), &output);
        let explain = Run::stagecheck(["explain"]).arg(format!("x{text}")).whatever();
        assert_refused(&format!("explain ({})", poison.what), &explain);
    }
}

#[test]
fn config_files_that_mean_harm_are_told_in_clean_text() {
    for poison in poisons() {
        let quoted = toml::Value::from(poison.text.as_str()).to_string();
        let quoted = if quoted.starts_with('"') && !quoted.starts_with("\"\"\"") {
            quoted
        } else {
            serde_json::to_string(&poison.text).unwrap()
        };
        for config in [
            format!("{quoted} = 1\n"),
            format!("only = [{quoted}]\n"),
            format!("strict = {quoted}\n"),
            format!("threshold = {quoted}\n"),
            format!("topic = {{ {quoted} = 1 }}\n"),
            poison.text.clone(),
            format!("topic = '{}", poison.text),
        ] {
            let ran = audit_of("ready").file("mine.toml", &config).args(["--config", "mine.toml"]).whatever();
            assert_refused(&format!("{config:?}"), &ran);
        }
    }
}

#[test]
fn snapshots_that_mean_harm_are_told_in_clean_text() {
    for poison in poisons() {
        let quoted = serde_json::to_string(&poison.text).unwrap();
        for snapshot in [
            poison.text.clone(),
            quoted.clone(),
            format!("{{\"schema_version\": 1, \"facts\": {{}}, \"recorded_at\": {quoted}}}"),
            format!(
                "{{\"schema_version\": 1, \"facts\": {{}}, \"recorded_at\": \"2026-11-24T00:00:00Z\", \"expectations\": {quoted}}}"
            ),
        ] {
            let ran = Run::stagecheck(["audit", "--snapshot", "-"]).input(&snapshot).whatever();
            assert_refused(poison.what, &ran);
        }
    }
}
