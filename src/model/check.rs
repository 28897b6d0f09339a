//! What a stage, a check and a link of a check's chain are.

use futures_util::future::{LocalBoxFuture, join_all};

use crate::account::Account;
use crate::account::operation::Operation;
use crate::config::settings::Settings;
use crate::io::error::Error;
use crate::io::suggest;
use crate::model::finding::{CheckResult, Requirement};

/// One item of a stage.
pub struct Check {
    /// Its id, e.g. `billing-alarm`; its file's name with hyphens.
    pub id: &'static str,
    /// Its title in a report.
    pub title: fn(&Settings) -> String,
    /// What it checks: a paragraph.
    pub what: &'static str,
    /// Why it matters before an account becomes an organization: a paragraph.
    pub why: &'static str,
    /// What was decided where AWS's documentation or the labs are silent, a sentence or two each.
    pub decisions: &'static [&'static str],
    /// Its requirements, in the order in which they are judged.
    pub requirements: &'static [&'static Requirement],
    /// The links of the chain that some of them form, from end to end; `[]` where they form none.
    pub chain: &'static [Link],
    /// Whether somebody may answer for its failures, with a waiver.
    pub waivable: bool,
    /// The operations that it may ask.
    pub operations: &'static [Operation],
    /// The ids of the checks that it builds on: what they ask for is mended first, where they fail.
    pub after: &'static [&'static str],
    /// How to meet it, in a few sentences; the findings' own remedies are exact.
    pub fix: &'static str,
    /// Pages of AWS's documentation.
    pub references: &'static [&'static str],
    /// Judges an account.
    pub run: for<'a> fn(&'a Account, &'a Settings) -> LocalBoxFuture<'a, CheckResult>,
}

/// A named list of checks.
pub struct Stage {
    /// Its id, e.g. `single-account`.
    pub id: &'static str,
    /// What an account that passes is ready for: the end of "ready to …".
    pub ready_to: &'static str,
    /// Its checks, in the order in which they are shown.
    pub checks: &'static [&'static Check],
}

/// One link of a check's chain.
#[derive(Debug)]
pub struct Link {
    /// What it is called, e.g. `topic`.
    pub name: &'static str,
    /// The requirements of the check that are about it: all of them must hold.
    pub requirements: &'static [&'static Requirement],
}

impl Stage {
    /// The check of that id.
    ///
    /// # Errors
    /// There is none; the error names those that there are.
    pub fn check(&self, id: &str) -> Result<&'static Check, Error> {
        self.checks.iter().copied().find(|check| check.id == id).ok_or_else(|| {
            let ids: Vec<&str> = self.checks.iter().map(|check| check.id).collect();
            let all = format!("the checks are {}", ids.join(", "));
            Error::usage(format!("there is no check {id:?}"), suggest::did_you_mean(id, ids, &all))
        })
    }

    /// Starts the checks together, and gives what each found, in their order.
    pub async fn run(
        checks: &[&'static Check],
        account: &Account,
        expect: &Settings,
    ) -> Vec<(&'static Check, CheckResult)> {
        let running = checks.iter().map(|check| async move { (*check, (check.run)(account, expect).await) });
        join_all(running).await
    }
}
