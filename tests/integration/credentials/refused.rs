//! Credentials that AWS refuses.

use super::{SECRET, no_audit};
use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;
use crate::support::run::Run;

/// What AWS says to a bad key: never to be repeated, since it quotes what was signed.
fn refused(account: Account, code: &str) -> super::NoAudit {
    let words = format!("The request signature we calculated does not match. The Canonical String was {SECRET}");
    let proxy = Proxy::to(account).with(Rule::on("*", "*").fail(403, code, &words));
    let run = Run::audit(account, &proxy).env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_SESSION_TOKEN", SECRET);
    let refused = no_audit(run);
    assert_eq!(refused.error, format!("error: AWS refused the credentials ({code})"));
    refused
}

#[test]
fn wrong_key_or_secret_says_how_to_see_its_owner() {
    let account = Account::new("350000000021");
    for code in ["InvalidClientTokenId", "SignatureDoesNotMatch"] {
        let refused = refused(account, code);
        assert!(refused.help.contains("get-caller-identity"), "{}", refused.help);
    }
}

#[test]
fn an_expired_session_is_told_with_how_to_begin_another() {
    let account = Account::new("350000000022");
    for code in ["ExpiredToken", "ExpiredTokenException"] {
        let refused = refused(account, code);
        assert!(refused.help.contains("they have expired: sign in again"), "{}", refused.help);
    }
}

#[test]
fn refused_credentials_keep_old_reports_and_recordings() {
    let account = Account::new("350000000023");
    let proxy = Proxy::to(account).with(Rule::on("*", "*").fail(403, "InvalidClientTokenId", "no"));
    let run = Run::audit(account, &proxy).file("recorded.json", "old").file("report.json", "old");
    let refused = no_audit(run.args(["--record", "recorded.json", "--output", "json=report.json"]));
    assert_eq!((refused.ran.wrote("recorded.json"), refused.ran.wrote("report.json")), ("old".into(), "old".into()));
}

#[test]
fn a_home_region_that_is_not_enabled_is_no_refusal() {
    let account = Account::new("350000000024").ready();
    for code in ["UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"] {
        let proxy = Proxy::to(account).with_all(edits::ready()).with(Rule::on("sts", "*").fail(403, code, "not here"));
        let report = Run::audit(account, &proxy).args(["--format", "json"]).expect(3).json();
        assert_eq!(report["account"]["id"], serde_json::Value::Null, "{report:#}");
        assert_eq!(report["checks"][0]["status"], "pass", "what needs no account id is judged: {report:#}");
    }
}

#[test]
fn a_session_that_expired_while_the_audit_was_made_is_refused() {
    let account = Account::new("350000000025").ready();
    let proxy = Proxy::to(account).with_all(edits::ready());
    let proxy = proxy.with(Rule::on("sts", "*").fail(403, "ExpiredToken", "over"));
    let refused = no_audit(Run::audit(account, &proxy));
    assert!(refused.help.contains("sign in again"), "{}", refused.help);
}
