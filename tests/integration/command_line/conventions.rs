//! What users of other command-line tools expect.

use super::{audit_of, refusal};
use crate::support::run::Run;

#[test]
fn a_variable_is_read_before_the_default_and_after_a_flag() {
    let json = || audit_of("ready").env("STAGECHECK_FORMAT", "json");
    assert_eq!(json().expect(0).json()["verdict"], "ready");
    assert!(json().args(["-f", "markdown"]).expect(0).stdout.starts_with("## "));
    let other = audit_of("ready").env("STAGECHECK_EXPECT_ACCOUNT", "111122223333").expect(4);
    assert!(refusal(&other).0.ends_with("not to 111122223333"), "{}", other.stderr);
}

#[test]
fn an_empty_variable_is_unset() {
    let mut run = audit_of("ready");
    for name in ["FORMAT", "EXPECT_ACCOUNT", "TIMEOUT", "REGION", "CONFIG"] {
        run = run.env(&format!("STAGECHECK_{name}"), "");
    }
    assert!(run.expect(0).stdout.starts_with("stagecheck "));
}

#[test]
fn an_invalid_variable_is_named() {
    for (name, value) in [("STAGECHECK_FORMAT", "jsno"), ("STAGECHECK_TIMEOUT", "soon")] {
        let ran = audit_of("ready").env(name, value).expect(2);
        assert!(ran.stderr.contains(&format!("variable {name}")), "{}", ran.stderr);
    }
}

#[test]
fn a_hyphen_names_standard_output() {
    let ran = audit_of("ready").args(["-o", "json=-", "-o", "report.md"]).expect(0);
    assert_eq!(ran.json()["verdict"], "ready");
    assert_eq!(ran.stderr, "Wrote report.md\n");
    let (error, _) = refusal(&audit_of("ready").args(["-o", "json=-", "-o", "-"]).expect(2));
    assert_eq!(error, "error: --output names standard output twice");
}

#[test]
fn files_that_were_written_are_reported_unless_quiet() {
    let run = || audit_of("ready").args(["--output", "a.json", "--output", "b.html"]);
    assert_eq!(run().expect(0).stderr, "Wrote a.json\nWrote b.html\n");
    assert_eq!(run().arg("-q").expect(0).stderr, "");
}

#[test]
fn a_config_file_that_a_snapshot_does_not_use_is_noted() {
    let run = || audit_of("ready").file("stagecheck.toml", "threshold = 10\n");
    let ran = run().expect(0);
    assert_eq!(
        ran.stderr,
        "note: stagecheck.toml is not used: the snapshot has its own settings. To use it, add --config stagecheck.toml\n"
    );
    assert_eq!(run().arg("-q").expect(0).stderr, "");
    assert_eq!(run().args(["--config", "stagecheck.toml"]).expect(1).stderr, "");
}

#[test]
fn exit_zero_leaves_only_faults_of_use_and_of_the_audit() {
    let code = |story: &str, args: &[&str], code| {
        audit_of(story).arg("--exit-zero").args(args.iter().copied()).expect(code);
    };
    code("empty", &[], 0);
    code("denied-auditor", &[], 0);
    code("empty", &["--expect-account", "111122223333"], 4);
    code("empty", &["--only", "nothing"], 2);
}

#[test]
fn spellings_of_other_tools_are_understood() {
    for args in [["--no-color"].as_slice(), &["--colour", "never"], &["-f", "text"]] {
        assert!(audit_of("ready").args(args.iter().copied()).expect(0).stdout.contains("✔ PASS"), "{args:?}");
    }
    for command in ["plan", "preview"] {
        let snapshot = super::fixture("ready");
        Run::stagecheck([command, "--no-color", "-f", "table", "--snapshot"]).arg(snapshot).expect(0);
    }
    assert_eq!(
        Run::stagecheck(["help", "audit"]).expect(0).stdout,
        Run::stagecheck(["audit", "--help"]).expect(0).stdout
    );
    assert_eq!(Run::stagecheck(["checks"]).expect(0).stdout, Run::stagecheck(["explain"]).expect(0).stdout);
}

#[test]
fn a_misspelt_region_is_refused_with_the_one_that_is_meant() {
    for (option, text, meant) in [("--region", "uswest2", "us-west-2"), ("--billing-region", "useast1", "us-east-1")] {
        let ran = audit_of("ready").args([option, text]).expect(2);
        assert!(ran.stderr.contains(&format!("Did you mean {meant}?")), "{}", ran.stderr);
    }
}

#[test]
fn a_requirement_is_explained_and_not_selected() {
    let json = Run::stagecheck(["explain", "billing-alarm/region", "--format", "json"]).expect(0).json();
    assert_eq!(json["checks"][0]["requirements"][0]["id"], "billing-alarm/region");
    let (error, help) = refusal(&audit_of("ready").args(["--only", "billing-alarm/region"]).expect(2));
    assert!(error.contains("only whole checks") && help.ends_with("billing-alarm"), "{error}\n{help}");
}

#[cfg(feature = "live")]
mod live {
    use crate::support::account::Account;
    use crate::support::edits;
    use crate::support::proxy::Proxy;
    use crate::support::run::Run;

    #[test]
    fn the_region_of_the_variable_is_that_of_the_environment() {
        let account = Account::new("350000000190");
        let proxy = Proxy::to(account).with_all(edits::ready());
        let run = || Run::audit(account, &proxy).env("AWS_REGION", "eu-west-1").args(["-f", "json"]);
        let of = |run: Run| {
            let report = run.whatever().json();
            format!("{} {}", report["account"]["home_region"], report["account"]["home_region_source"])
        };
        assert_eq!(of(run()), r#""eu-west-1" "environment""#);
        assert_eq!(of(run().env("STAGECHECK_REGION", "eu-north-1")), r#""eu-north-1" "environment""#);
        let flagged = run().env("STAGECHECK_REGION", "eu-north-1").args(["--region", "us-east-2"]);
        assert_eq!(of(flagged), r#""us-east-2" "flag""#);
    }

    #[test]
    fn the_config_file_is_found_up_to_the_root_of_the_repository() {
        let account = Account::new("350000000191");
        let proxy = Proxy::to(account).with_all(edits::ready());
        let run = |script: &str| {
            let run = Run::shell(script).env("AWS_ENDPOINT_URL", proxy.url());
            run.env("AWS_ACCESS_KEY_ID", account.id).env("AWS_SECRET_ACCESS_KEY", "s").whatever().json()
        };
        let below = r#"mkdir -p top/repo/.git top/repo/a/b; echo 'topic = "T"' > FILE; cd top/repo/a/b; exec "$0" audit -f json"#;
        for (file, topic) in [
            ("top/repo/stagecheck.toml", "T"),
            ("top/repo/a/stagecheck.toml", "T"),
            ("top/stagecheck.toml", "SecurityAlerts"),
        ] {
            assert_eq!(run(&below.replace("FILE", file))["settings"]["topic"], topic, "{file}");
        }
        let named = r#"echo 'topic = "N"' > named.toml; STAGECHECK_CONFIG=named.toml exec "$0" audit -f json"#;
        assert_eq!(run(named)["settings"]["topic"], "N");
    }

    #[test]
    fn plan_and_preview_record_as_an_audit_does() {
        let account = Account::new("350000000192").ready();
        let proxy = Proxy::to(account).with_all(edits::ready());
        for command in ["plan", "preview"] {
            let run = Run::stagecheck([command, "--record", "x.json"]).env("AWS_ENDPOINT_URL", proxy.url());
            let ran = run.env("AWS_ACCESS_KEY_ID", account.id).env("AWS_SECRET_ACCESS_KEY", "s").expect(0);
            assert_eq!(ran.stderr, "Wrote x.json\n", "{command}");
            Run::stagecheck(["audit", "--snapshot"]).arg(ran.path("x.json")).expect(0);
        }
    }
}
