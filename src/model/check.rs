//! What a stage, a check and a link of a check's chain are.

use futures_util::future::{LocalBoxFuture, join_all};

use crate::account::operation::{Operation, Purpose};
use crate::account::{Account, Unavailable};
use crate::config::settings::Settings;
use crate::io::error::Error;
use crate::io::suggest;
use crate::model::finding::{CheckResult, Finding, Requirement, Subject};
use crate::model::membership::Membership;
use crate::model::remediation::Remediation;

/// The operations of the report's header, which belong to no check.
const HEADER: &[Operation] = &[
    Operation::GetCallerIdentity,
    Operation::DescribeOrganization,
    Operation::ListAccountAliases,
    Operation::DescribeRegions,
];

/// One item of a stage.
pub struct Check {
    /// Its id, e.g. `billing-alarm`; its file's name with hyphens.
    pub id: &'static str,
    /// Its title in a report.
    pub title: fn(&Settings) -> String,
    /// When it passes, in a line: what the README's table shows.
    pub passes_when: &'static str,
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
    /// The operations that its verdict needs: without an answer, a requirement may be unknown.
    pub operations: &'static [Operation],
    /// The operations that only explain a failure: without an answer the failure stands, and says less.
    pub explains_with: &'static [Operation],
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
    /// Its ID, e.g. `single-account`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What an account that passes is ready for: the end of "ready to …".
    pub ready_to: &'static str,
    /// Whether an account with this place in an organization is one that the stage is for.
    pub precondition: fn(&Result<Membership, Unavailable>) -> Precondition,
    /// Its checks, in the order in which they are shown.
    pub checks: &'static [&'static Check],
    /// What selects it behind a command's name, e.g. ` --stage org-foundation`; nothing for the first stage.
    pub option: &'static str,
    /// The name of the role that `iam-policy` prints for it.
    pub role: &'static str,
    /// The settings that its checks read, by the names of their options.
    pub settings: &'static [&'static str],
}

/// Whether an account is one that a stage is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Precondition {
    /// It is.
    Holds,
    /// It is not, so it is not ready, whatever the checks find.
    Fails {
        /// Why: the end of "Not ready to …:"; or a sentence of its own, where it outweighs the checks.
        why: String,
        /// What to do about it.
        remedy: Option<Box<Remediation>>,
        /// Whether it is said instead of how many checks fail.
        outweighs: bool,
    },
    /// It is, and it has done already what the stage makes it ready for.
    Passed {
        /// What: the beginning of the headline.
        already: String,
        /// What comes next.
        next: &'static str,
    },
    /// It is unknown, so the verdict is undetermined, unless a check fails.
    Unknown,
}

/// One link of a check's chain.
#[derive(Debug)]
pub struct Link {
    /// What it is called, e.g. `topic`.
    pub name: &'static str,
    /// The requirements of the check that are about it: all of them must hold.
    pub requirements: &'static [&'static Requirement],
}

impl Check {
    /// What an operation is for in this check, if it is called at all.
    #[must_use]
    pub fn purpose(&self, operation: Operation) -> Option<Purpose> {
        if self.operations.contains(&operation) {
            return Some(Purpose::Evaluate);
        }
        self.explains_with.contains(&operation).then_some(Purpose::Explain)
    }

    /// A finding for each of its requirements: all are unknown, for the same reason.
    #[must_use]
    pub fn unknown(&self, subject: &Subject, unavailable: &Unavailable) -> Vec<Finding> {
        self.requirements.iter().map(|requirement| requirement.unknown(subject, unavailable)).collect()
    }
}

impl Stage {
    /// What an operation is for in this stage, if it is called at all.
    #[must_use]
    pub fn purpose(&self, operation: Operation) -> Option<Purpose> {
        let of_checks = self.checks.iter().filter_map(|check| check.purpose(operation)).min();
        of_checks.or_else(|| HEADER.contains(&operation).then_some(Purpose::Describe))
    }

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
