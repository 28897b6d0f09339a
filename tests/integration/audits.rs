//! Audits of whole accounts: the real binary, the emulator, and a proxy that supplies what the emulator cannot hold.

use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;
use crate::support::run::Run;

mod rounds;

/// The status of each check, by id.
fn statuses(report: &serde_json::Value) -> Vec<(String, String)> {
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let checks = report["checks"].as_array().unwrap();
    checks.iter().map(|check| (word(&check["id"]), word(&check["status"]))).collect()
}

#[test]
fn an_empty_account_fails_all_seven_checks() {
    let account = Account::new("310000000002");
    let proxy =
        Proxy::to(account).with_all(edits::ready()).with(edits::root(edits::Root { mfa: false, ..Default::default() }));
    let report = Run::audit(account, &proxy).args(["--format", "json"]).expect(1).json();
    let statuses = statuses(&report);
    assert_eq!(statuses.len(), 7);
    for (check, status) in statuses {
        assert_eq!(status, "fail", "{check}: {report:#}");
    }
}

#[test]
fn mute_rules_count_unless_expired() {
    for (account, status, comes_to) in
        [("310000000011", "ACTIVE", "fail"), ("310000000012", "SCHEDULED", "warn"), ("310000000013", "EXPIRED", "pass")]
    {
        let account = Account::new(account).ready();
        let proxy = Proxy::to(account).with_all(edits::ready()).with(edits::muted("billing-25", status));
        let report = Run::audit(account, &proxy).args(["--format", "json"]).whatever().json();
        let found = statuses(&report).into_iter().find(|(check, _)| check == "billing-alarm").unwrap();
        assert_eq!(found.1, comes_to, "{status}: {report:#}");
    }
}

#[test]
fn with_every_iam_call_denied_a_ready_account_is_undetermined() {
    let account = Account::new("310000000003").ready();
    let proxy = Proxy::to(account).with_all(edits::ready()).with(Rule::on("iam", "*").deny());
    let report = Run::audit(account, &proxy).args(["--format", "json"]).expect(3).json();
    assert_eq!(report["verdict"], "undetermined");
    for (check, status) in statuses(&report) {
        assert_ne!(status, "fail", "{check}: {report:#}");
    }
}
