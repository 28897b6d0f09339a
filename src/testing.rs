//! Accounts in memory, for the tests of judgement.

use futures_util::FutureExt;
use jiff::Timestamp;

use crate::account::facts::{Caller, Facts};
use crate::account::operation::Operation;
use crate::account::{Account, CachedFact, Call, Cause};
use crate::checks::SINGLE_ACCOUNT;
use crate::commands::audit::header;
use crate::config::settings::Settings;
use crate::model::check::{Check, Stage};
use crate::model::finding::{CheckResult, Finding};
use crate::model::status::Status;
use crate::report::{CheckReport, Report, Source};

pub(crate) mod commands;
pub(crate) mod cost;
pub(crate) mod delayed;
mod english;
mod floors;
pub(crate) mod foundation;
pub(crate) mod iam;
pub(crate) mod missing_facts;
pub(crate) mod sources;
mod test_names;
mod type_names;

/// The account that the tests are about.
pub(crate) const ACCOUNT: &str = "111122223333";

/// The clock of the tests: 2026-11-24T02:00:00Z.
pub(crate) fn now() -> Timestamp {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

/// That many hours before [`now`].
pub(crate) fn hours_ago(hours: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(hours)
}

/// A fact that a call told.
pub(crate) fn known<V>(operation: Operation, value: V) -> CachedFact<V> {
    CachedFact::known(Call::global(operation), value)
}

/// A fact that a denied call did not tell.
pub(crate) fn denied<V>(operation: Operation) -> CachedFact<V> {
    CachedFact::unavailable(Call::global(operation), Cause::Denied { message: None })
}

/// Facts of a standalone account of which nothing is known but who asks.
pub(crate) fn standalone() -> Facts {
    Facts {
        caller: known(
            Operation::GetCallerIdentity,
            Caller { account: ACCOUNT.to_owned(), arn: format!("arn:aws:iam::{ACCOUNT}:user/admin") },
        ),
        organization: known(Operation::DescribeOrganization, None),
        ..Facts::default()
    }
}

/// What a check finds in an account of these facts, with the labs' expectations.
pub(crate) fn judge(check: &Check, facts: Facts) -> CheckResult {
    judge_expecting(check, facts, &Settings::default())
}

/// The same, with other expectations.
pub(crate) fn judge_expecting(check: &Check, facts: Facts, expect: &Settings) -> CheckResult {
    let account = Account::recorded(facts, now());
    (check.run)(&account, expect).now_or_never().expect("a recorded account answers at once")
}

/// The status of one requirement; of several subjects the greatest. Panics, with all findings, where it was not judged.
pub(crate) fn status_of(judged: &CheckResult, requirement: &str) -> Status {
    let of = |finding: &&Finding| finding.id == requirement;
    let statuses: Vec<Status> = judged.findings.iter().filter(of).map(|finding| finding.status).collect();
    assert!(!statuses.is_empty(), "{requirement} was not judged: {:#?}", judged.findings);
    Status::all(statuses)
}

/// The status of the whole check.
pub(crate) fn overall(judged: &CheckResult) -> Status {
    Status::all(judged.findings.iter().map(|finding| finding.status))
}

pub(crate) mod trails;

/// The report of a whole audit, without what a config file adds.
pub(crate) async fn audited(account: &Account, expectations: Settings) -> Report {
    let (header, judged) = tokio::join!(
        header::of(account, expectations.home()),
        Stage::run(SINGLE_ACCOUNT.checks, account, &expectations)
    );
    let checks = judged.into_iter().map(|(check, judged)| CheckReport::new(check, judged, &expectations)).collect();
    Report {
        stage: &SINGLE_ACCOUNT,
        generated_at: now(),
        source: Source::Snapshot,
        account: header,
        expectations,
        config: None,
        checks,
        waivers: Vec::new(),
        missing_permissions: Vec::new(),
        skipped: Vec::new(),
        strict: false,
    }
}
