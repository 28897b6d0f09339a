//! What the program tells of itself.

use serde_json::Value;
use stagecheck::account::operation::Operation;
use stagecheck::checks::SINGLE_ACCOUNT;

use super::refusal;
use crate::support::run::Run;

#[test]
fn explain_lists_every_check() {
    let text = Run::stagecheck(["explain"]).expect(0).stdout;
    for check in SINGLE_ACCOUNT.checks {
        assert!(text.contains(check.id), "{}:\n{text}", check.id);
    }
}

#[test]
fn explain_shows_requirements_and_calls() {
    let text = Run::stagecheck(["explain", "billing-alarm"]).expect(0).stdout;
    for part in ["\n  region ", "\n  publish ", "cloudwatch:DescribeAlarms", "AWS/Billing EstimatedCharges"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
}

#[test]
fn explain_refuses_a_check_that_there_is_not() {
    assert_eq!(refusal(&Run::stagecheck(["explain", "billing"]).expect(2)).0, "error: there is no check \"billing\"");
}

#[test]
fn iam_policy_allows_every_action_of_the_list_and_no_other() {
    let policy = Run::stagecheck(["iam-policy"]).expect(0).json();
    let mut allowed: Vec<String> = Vec::new();
    for statement in policy["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
        let actions = match &statement["Action"] {
            Value::String(action) => vec![action.clone()],
            actions => actions.as_array().unwrap().iter().map(|action| action.as_str().unwrap().to_owned()).collect(),
        };
        allowed.extend(actions);
    }
    let of_stage = Operation::ALL.iter().filter(|operation| SINGLE_ACCOUNT.purpose(**operation).is_some());
    let mut wanted: Vec<&str> = of_stage.filter_map(|operation| operation.action()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    allowed.sort_unstable();
    assert_eq!(allowed, wanted);
}

#[test]
fn version_and_help_are_answers_and_no_errors() {
    let version = concat!("stagecheck ", env!("CARGO_PKG_VERSION"));
    assert_eq!(Run::stagecheck(["-V"]).expect(0).stdout, format!("{version}\n"));
    let long = Run::stagecheck(["--version"]).expect(0).stdout;
    assert!(long.starts_with(&format!("{version} (")) && long.contains(std::env::consts::ARCH), "{long}");
    for help in [Run::stagecheck(["--help"]), Run::stagecheck(["audit", "--help"])] {
        let ran = help.expect(0);
        assert!(ran.stdout.contains("Usage:") && ran.stderr.is_empty(), "{}", ran.stdout);
    }
}

#[test]
fn a_command_is_needed() {
    assert_eq!(Run::stagecheck([]).expect(2).stdout, "");
}
