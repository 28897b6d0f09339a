//! This tool.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::account::Account;
use crate::support::call::Call;
use crate::support::proxy::Proxy;
use crate::verdicts::{Verdict, Verdicts};
use crate::{Spent, measuring, spent};

/// Audits the account; gives the calls that were made as well.
pub(crate) fn audit(account: Account, proxy: &Proxy) -> ((Spent, Verdicts), Vec<Call>) {
    let program = PathBuf::from(measuring::program());
    let spent = spent(&program, account, proxy, |command| {
        command.args(["audit", "--format", "json"]);
    });
    let ended = spent.cost.ended;
    assert!(matches!(ended.code(), Some(0..=3)), "the audit ended with {ended}");
    let report: Value = serde_json::from_str(&spent.cost.stdout).expect("a report");
    let mut verdicts = Verdicts::default();
    for check in report["checks"].as_array().expect("checks") {
        let text = |key: &str| check[key].as_str().expect("a text");
        verdicts.add(text("id"), Verdict::of(text("status")), "");
    }
    ((spent, verdicts), proxy.calls().into_iter().map(|seen| seen.call).collect())
}
