//! Audits of another account than the one that was meant, and calls that are not answered.

use crate::credentials::no_audit;
use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::{Break, Rule};
use crate::support::run::Run;

#[test]
fn other_accounts_credentials_make_only_one_call() {
    let account = Account::new("320000000051");
    let proxy = Proxy::to(account);
    let refused = no_audit(Run::audit(account, &proxy).args(["--expect-account", "111122223333"]));
    assert_eq!(refused.error, "error: the credentials belong to account 320000000051, not to 111122223333");
    assert_eq!(proxy.calls().len(), proxy.calls_of("sts", "GetCallerIdentity").len(), "{}", proxy.log());
}

#[test]
fn the_expected_account_is_audited() {
    let account = Account::new("320000000052");
    let proxy = Proxy::to(account);
    Run::audit(account, &proxy).args(["--expect-account", "3200-0000-0052"]).expect(1);
}

#[test]
fn calls_are_logged_on_stderr_and_stdout_stays_clean() {
    let account = Account::new("320000000055");
    let proxy = Proxy::to(account).with_all(edits::ready());
    let ran = Run::audit(account, &proxy).args(["-v", "--format", "json"]).expect(1);
    assert_eq!(ran.json()["verdict"], "not-ready");
    for call in ["GetCallerIdentity", "DescribeTrails", "ListMetrics"] {
        assert!(ran.stderr.contains(call), "{call}:\n{}", ran.stderr);
    }
}

#[test]
fn a_call_that_is_never_answered_is_unknown_when_the_time_is_up() {
    let account = Account::new("320000000056").ready();
    let silent = Rule::on("cloudtrail", "GetTrailStatus").disconnect(Break::Silence);
    let proxy = Proxy::to(account).with_all(edits::ready()).with(silent);
    let ran = Run::audit(account, &proxy).args(["--timeout", "20", "--format", "json"]).expect(3);
    let report = ran.json();
    assert_eq!(report["checks"][2]["status"], "unknown", "{report:#}");
    let unseen = report["checks"][2]["findings"].as_array().unwrap().iter().map(|finding| &finding["unavailable"]);
    assert!(unseen.into_iter().any(|unseen| unseen["operation"] == "GetTrailStatus" && unseen["cause"] != "denied"));
}

#[test]
fn the_working_folders_config_file_has_its_say_in_a_live_audit() {
    let account = Account::new("320000000057");
    let proxy = Proxy::to(account).with_all(edits::ready());
    let run = Run::audit(account, &proxy).file("stagecheck.toml", "region = 'eu-west-1'\nonly = ['root-mfa']\n");
    let report = run.args(["--format", "json"]).expect(0).json();
    assert_eq!(
        (&report["config"], &report["account"]["home_region"]),
        (&"stagecheck.toml".into(), &"eu-west-1".into())
    );
    assert_eq!(report["verdict"], "selected-passed");
}

#[test]
fn a_recording_is_not_written_where_no_audit_was_made() {
    let refused = no_audit(Run::stagecheck(["audit", "--record", "recorded.json"]));
    assert!(!refused.ran.path("recorded.json").exists());
}
