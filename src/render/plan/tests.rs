use super::*;
use crate::cli::formats::PlanFormat;
use crate::io::terminal::{Style, is_hidden};
use crate::render::sample::{HOSTILE, every_report, hostile, mixed, ready};
use crate::report::Report;

fn written(format: PlanFormat, report: &Report) -> String {
    let mut out = Vec::new();
    format.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn nothing_hidden_is_in_a_plan_of_any_format() {
    for report in every_report() {
        for format in [PlanFormat::Text, PlanFormat::Json, PlanFormat::Script, PlanFormat::Cloudformation] {
            let text = written(format, &report);
            let hidden: Vec<char> = text.chars().filter(|c| *c != '\n' && is_hidden(*c)).collect();
            assert!(hidden.is_empty(), "{format:?}: {hidden:?}\n{text}");
        }
    }
}

/// What a line of the script does, as far as the words at its beginning tell.
fn does(line: &str) -> bool {
    !(line.is_empty() || line.starts_with('#'))
}

#[test]
fn hostile_name_stays_in_the_scripts_comment() {
    let script = written(PlanFormat::Script, &hostile());
    assert!(script.contains(r"# - ") && script.contains(r"evil\u{1b}[2J\u{a}"), "{script}");
    for line in script.lines().filter(|line| does(line)) {
        let words = [
            "set -eu",
            "export AWS_PAGER='' AWS_CLI_ERROR_FORMAT=legacy",
            ": \"${",
            "printf ",
            "account=$(aws sts get-caller-identity ",
            "if [",
            "  exit 1",
            "fi",
            "aws ",
        ];
        assert!(words.iter().any(|word| line.trim_start().starts_with(word.trim_start())), "{line}");
        assert!(!line.starts_with("aws ") || !line.contains("evil"), "{line}");
    }
}

#[test]
fn command_with_hidden_characters_is_not_in_the_script() {
    let mut report = mixed();
    for finding in report.checks.iter_mut().flat_map(|check| &mut check.findings) {
        if let Some(remedy) = &mut finding.remediation {
            remedy.commands = vec![format!("aws sns {HOSTILE}").into()];
        }
    }
    let script = written(PlanFormat::Script, &report);
    assert!(!script.lines().any(|line| line.contains("aws sns")), "{script}");
}

#[test]
fn script_asks_for_values_before_the_first_command() {
    let script = written(PlanFormat::Script, &mixed());
    let inputs = script.find(": \"${ALERT_EMAIL:?your address}\"\n").unwrap();
    assert!(script.find("set -eu").unwrap() < inputs);
    assert!(inputs < script.find("\naws ").unwrap());
    assert_eq!(script.matches(": \"${ALERT_EMAIL:?your address}\"").count(), 1);
}

#[test]
fn the_test_of_the_alarm_is_the_last_line_and_a_comment() {
    let script = written(PlanFormat::Script, &mixed());
    assert!(script.lines().last().unwrap().starts_with("# aws cloudwatch set-alarm-state "), "{script}");
}

#[test]
fn where_nothing_is_to_be_done_every_format_says_so() {
    assert!(written(PlanFormat::Text, &ready()).contains(NOTHING));
    assert!(written(PlanFormat::Script, &ready()).ends_with(&format!("printf '%s\\n' '{NOTHING}'\n")));
    let json: serde_json::Value = serde_json::from_str(&written(PlanFormat::Json, &ready())).unwrap();
    assert_eq!(json["plan"], serde_json::json!([]));
}
