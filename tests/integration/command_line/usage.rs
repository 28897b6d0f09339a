//! Bad usage ends with 2, before anything is audited or written.

use super::{audit_of, fixture, refusal};
use crate::support::run::Run;

#[test]
fn an_unknown_option_is_refused_with_the_likely_one() {
    let ran = Run::stagecheck(["audit", "--snapshoot", "x"]).expect(2);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("--snapshot"), "{}", ran.stderr);
}

#[test]
fn an_unknown_check_is_refused_with_those_that_there_are() {
    for option in ["--only", "--skip"] {
        let (error, help) = refusal(&audit_of("ready").args([option, "billing-alarm,root-mfaa"]).expect(2));
        assert_eq!(error, "error: there is no check \"root-mfaa\"");
        assert!(help.contains("root-mfa, admin-user-mfa"), "{help}");
    }
}

#[test]
fn leaving_every_check_out_is_refused() {
    let (error, _) = refusal(&audit_of("ready").args(["--only", "root-mfa", "--skip", "root-mfa"]).expect(2));
    assert_eq!(error, "error: no check is left to run");
}

#[test]
fn a_snapshot_that_is_no_file_is_refused_without_waiting() {
    for path in ["missing.json", ".", "/dev/zero"] {
        let (error, _) = refusal(&Run::stagecheck(["audit", "--snapshot", path]).expect(2));
        assert!(error.starts_with(&format!("error: the snapshot {path} can't be read: ")), "{error}");
    }
}

#[test]
fn a_fifo_is_refused_without_waiting_for_a_writer() {
    let script = r#"mkfifo fifo && exec "$0" audit --snapshot fifo"#;
    let ran = Run::shell(script).expect(2);
    assert!(refusal(&ran).0.contains("isn't a regular file"), "{}", ran.stderr);
}

#[test]
fn utf8_byte_order_mark_changes_nothing() {
    let marked = |text: &str| format!("\u{feff}{text}");
    let ready = std::fs::read_to_string(fixture("ready")).unwrap();
    let audit = |text: &str, config: &str| {
        let run = Run::stagecheck(["audit", "--snapshot", "account.json", "--config", "config.toml"]);
        run.args(["--format", "json"]).file("account.json", text).file("config.toml", config).expect(0).stdout
    };
    let config = "strict = false\n";
    let report = audit(&ready, config);
    assert_eq!(audit(&marked(&ready), &marked(config)), report);
    let diff = Run::stagecheck(["diff", "old.json", "-"]).file("old.json", &marked(&report)).input(&marked(&report));
    diff.expect(0);
}

#[test]
fn utf16_is_refused_wherever_a_file_is_read() {
    // As PowerShell's `>` writes it.
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let refused = |run: Run, what: &str| {
        let (error, help) = refusal(&run.arg("file").bytes("file", &utf16).expect(2));
        assert_eq!(error, format!("error: the {what} file is UTF-16, not UTF-8"));
        assert!(help.contains("`| Out-File -Encoding utf8` instead of `>`"), "{help}");
    };
    refused(Run::stagecheck(["audit", "--snapshot"]), "snapshot");
    refused(audit_of("ready").arg("--config"), "config file");
    refused(Run::stagecheck(["diff"]).arg(fixture("ready")), "report or snapshot");
}

#[test]
fn a_file_that_is_no_snapshot_is_refused_with_the_reason() {
    let ready = std::fs::read_to_string(fixture("ready")).unwrap();
    let newer = ready.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1);
    let cases = [
        (ready[..ready.len() / 2].to_owned(), "it isn't JSON"),
        (newer, "its schema is version 2"),
        ("[1, 2]".to_owned(), "it isn't an object"),
        ("{}".to_owned(), "it has no schema_version"),
        (r#"{"schema_version": 1}"#.to_owned(), "it has no facts"),
        (String::new(), "it isn't JSON"),
    ];
    for (text, why) in cases {
        let run = Run::stagecheck(["audit", "--snapshot", "account.json"]).file("account.json", &text);
        let (error, _) = refusal(&run.expect(2));
        assert!(
            error.starts_with("error: the snapshot account.json can't be audited: ") && error.contains(why),
            "{error}"
        );
    }
}

#[test]
fn unknown_config_key_is_refused_with_file_and_line() {
    let run = audit_of("ready").file("mine.toml", "strict = true\nthreshhold = 30\n").args(["--config", "mine.toml"]);
    let (error, help) = refusal(&run.expect(2));
    assert!(error.contains("mine.toml is invalid: line 2: ") && error.contains("threshhold"), "{error}");
    assert!(help.contains("threshold"), "{help}");
}

#[test]
fn an_unknown_check_in_the_config_file_is_refused() {
    let run = audit_of("ready").file("mine.toml", "only = ['root']\n").args(["--config", "mine.toml"]);
    assert_eq!(refusal(&run.expect(2)).0, "error: there is no check \"root\"");
}

#[test]
fn invalid_config_name_is_refused_by_its_key() {
    for (text, key) in [
        ("region = 'a b'\n", "region \"a b\" isn't a valid name of a region"),
        ("billing-region = 'US-EAST-1'\n", "billing-region \"US-EAST-1\" isn't a valid name of a region"),
        ("region = ''\n", "region \"\" isn't a valid name of a region"),
        ("topic = 'arn:aws:sns:us-west-2:111122223333:A'\n", "topic \"arn:aws:sns:us-west-2:111122223333:A\" isn't"),
        ("topic = ''\n", "topic \"\" isn't a valid name of a topic"),
    ] {
        let run = audit_of("ready").file("mine.toml", text).args(["--config", "mine.toml"]);
        let (error, help) = refusal(&run.expect(2));
        assert!(error.starts_with(&format!("error: the config file mine.toml is invalid: {key}")), "{error}");
        assert!(help.contains(if text.starts_with("topic") { "the name, not the ARN" } else { "us-west-2" }), "{help}");
    }
}

#[test]
fn a_topic_that_is_no_name_of_one_is_refused() {
    for topic in ["", "arn:aws:sns:us-west-2:111122223333:SecurityAlerts", "a b", &"a".repeat(257)] {
        let (error, help) = refusal(&audit_of("ready").args(["--topic", topic]).expect(2));
        assert_eq!(error, format!("error: --topic {topic:?} isn't a valid name of a topic"));
        assert!(help.contains("the name, not the ARN"), "{help}");
    }
}

#[test]
fn a_config_file_that_is_named_and_missing_is_refused() {
    let (error, _) = refusal(&audit_of("ready").args(["--config", "missing.toml"]).expect(2));
    assert!(error.starts_with("error: the config file missing.toml can't be read"), "{error}");
}

#[test]
fn unwritable_output_is_refused_before_others_are_written() {
    let script = r#""$0" audit --snapshot "$1" --output first.json --output no/second.json; status=$?; ls first.json; exit $status"#;
    let ran = Run::shell(script).arg(fixture("ready")).expect(2);
    assert_eq!(ran.stdout, "", "no report, and no first.json");
    assert!(ran.stderr.contains("error: no/second.json can't be written"), "{}", ran.stderr);
}

#[test]
fn numbers_regions_and_accounts_that_make_no_sense_are_refused() {
    for wrong in [["--threshold", "0"], ["--timeout", "soon"], ["--region", "US West"], ["--expect-account", "12"]] {
        let ran = audit_of("ready").args(wrong).expect(2);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains(wrong[0]), "{}", ran.stderr);
    }
}

#[test]
fn recording_a_snapshot_again_is_refused() {
    let ran = audit_of("ready").args(["--record", "again.json"]).expect(2);
    assert_eq!(ran.stdout, "");
}
