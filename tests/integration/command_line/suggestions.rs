//! Spelling mistakes are answered with what was meant.

use super::{audit_of, refusal};
use crate::support::run::Run;

/// What clap says in its tip.
fn tip(run: Run) -> String {
    let ran = run.expect(2);
    assert_eq!(ran.stdout, "");
    let tip = ran
        .stderr
        .lines()
        .find_map(|line| line.trim().strip_prefix("tip: "))
        .unwrap_or_else(|| panic!("{}", ran.stderr));
    tip.to_owned()
}

#[test]
fn a_command() {
    for (typed, meant) in
        [("audti", "audit"), ("explian", "explain"), ("iam-polcy", "iam-policy"), ("completion", "completions")]
    {
        assert!(tip(Run::stagecheck([typed])).ends_with(&format!("'{meant}'")), "{typed}");
    }
}

#[test]
fn an_option() {
    for (typed, meant) in
        [("--snapshto", "--snapshot"), ("--treshold", "--threshold"), ("--expect-acount", "--expect-account")]
    {
        assert!(tip(Run::stagecheck(["audit", typed, "1"])).ends_with(&format!("'{meant}'")), "{typed}");
    }
}

#[test]
fn a_value_of_an_option() {
    for (args, meant) in [
        (["audit", "--format", "jsno"], "json"),
        (["audit", "--color", "allways"], "always"),
        (["iam-policy", "--format", "terrafrom"], "terraform"),
    ] {
        assert!(tip(Run::stagecheck(args)).ends_with(&format!("'{meant}'")), "{args:?}");
    }
}

#[test]
fn output_format_unless_the_name_says_file() {
    let ran = audit_of("ready").args(["--output", "jsno=report.txt"]).expect(2);
    assert!(ran.stderr.contains("no format \"jsno\". Did you mean \"json\"?"), "{}", ran.stderr);
    assert!(!ran.path("jsno=report.txt").exists());
    let ran = audit_of("ready").args(["--output", "./jsno=report.txt"]).expect(0);
    assert!(!ran.wrote("jsno=report.txt").is_empty());
}

#[test]
fn a_check_wherever_one_is_named() {
    let wrong = "rootmfa";
    for run in [
        Run::stagecheck(["explain", wrong]),
        audit_of("ready").args(["--only", wrong]),
        audit_of("ready").args(["--skip", wrong]),
        audit_of("ready").file("mine.toml", "skip = ['rootmfa']\n").args(["--config", "mine.toml"]),
    ] {
        let (error, help) = refusal(&run.expect(2));
        assert_eq!(error, "error: there is no check \"rootmfa\"");
        assert!(help.starts_with("help: did you mean \"root-mfa\"? the checks are root-mfa, "), "{help}");
    }
}

#[test]
fn a_key_of_the_config_file() {
    for (typed, meant) in
        [("treshold = 3", "threshold"), ("billing_region = 'us-east-1'", "billing-region"), ("tpoic = ''", "topic")]
    {
        let run = audit_of("ready").file("mine.toml", typed).args(["--config", "mine.toml"]);
        let (_, help) = refusal(&run.expect(2));
        assert!(help.starts_with(&format!("help: did you mean {meant:?}? ")), "{typed}: {help}");
    }
}

#[test]
fn a_command_whose_man_page_is_asked_for() {
    let (error, help) = refusal(&Run::stagecheck(["man", "adit"]).expect(2));
    assert_eq!(error, "error: there is no command \"adit\"");
    assert!(help.starts_with("help: did you mean \"audit\"? the commands are "), "{help}");
}

#[test]
fn a_word_like_no_other_gets_no_guess() {
    let (_, help) = refusal(&Run::stagecheck(["explain", "guardduty"]).expect(2));
    assert!(help.starts_with("help: the checks are "), "{help}");
    let (_, help) = refusal(&audit_of("ready").file("m.toml", "qqq = 1\n").args(["--config", "m.toml"]).expect(2));
    assert!(help.starts_with("help: its keys are "), "{help}");
}
