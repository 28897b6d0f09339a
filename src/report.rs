//! The report of one audit: everything that a renderer shows, and the verdict and exit status that follow from it.

pub(crate) mod permissions;
pub mod plan;
pub mod regions;
pub mod snapshot;
pub mod waivers;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::account::facts::Caller;
use crate::account::{Cause, Unavailable, denial};
use crate::config::settings::Settings;
use crate::io::exit_status::ExitStatus;
use crate::model::cfn_resource::Resource;
use crate::model::chain::{self, EvaluatedLink};
use crate::model::check::{Check, Precondition, Stage};
use crate::model::finding::{CheckResult, Chosen, Finding, Requirement};
use crate::model::membership::Membership;
use crate::model::remediation::Remediation;
use crate::model::status::Status;
use crate::report::regions::RegionMap;
use crate::report::waivers::WaiverOutcome;

/// Everything that an audit has to say.
pub struct Report {
    /// The stage that was audited.
    pub stage: &'static Stage,
    /// The clock of the audit; of a replayed snapshot, when its facts were recorded.
    pub generated_at: Timestamp,
    /// Where the facts came from.
    pub source: Source,
    /// What is known of the account as a whole.
    pub account: AccountHeader,
    /// What the operator requires.
    pub expectations: Settings,
    /// The config file that was read, if one was.
    pub config: Option<String>,
    /// The checks that were selected, in the stage's order. Every one of them is here.
    pub checks: Vec<CheckReport>,
    /// The waivers, and what became of each, in the order in which they are written.
    pub waivers: Vec<WaiverOutcome>,
    /// What the auditor was not allowed to ask.
    pub missing_permissions: Vec<MissingPermission>,
    /// The ids of the checks that `--only` or `--skip` left out.
    pub skipped: Vec<&'static str>,
    /// Whether a warning counts as a failure.
    pub strict: bool,
}

/// Where the facts came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// AWS.
    Live,
    /// A file.
    Snapshot,
}

/// What is known of the account as a whole. Nothing but membership bears on the verdict.
#[derive(Debug, Clone)]
pub struct AccountHeader {
    /// Who asked.
    pub caller: Result<Caller, Unavailable>,
    /// The account's alias, if it has one.
    pub alias: Result<Option<String>, Unavailable>,
    /// The enabled regions, sorted.
    pub enabled_regions: Result<Vec<String>, Unavailable>,
    /// Whether it is in an organization.
    pub membership: Result<Membership, Unavailable>,
}

/// What one check came to.
pub struct CheckReport {
    /// The check.
    pub check: &'static Check,
    /// Its title, with what the operator requires.
    pub title: String,
    /// All of its findings must hold.
    pub status: Status,
    /// One sentence: what was found.
    pub summary: String,
    /// The same as one short line, for a table.
    pub result: String,
    /// Its findings, in the order of its requirements.
    pub findings: Vec<Finding>,
    /// The candidate that they are about, where there could be several.
    pub chosen: Option<Chosen>,
    /// How it is tried for real.
    pub trial: Option<Remediation>,
    /// What is missing, as far as a template can make it.
    pub template: Vec<Resource>,
}

/// The most characters of a result in the table. The block below the table has the whole sentence.
const RESULT: usize = 60;

/// The beginning of a message that fits a table's cell: up to where its consequence or its detail begins, else up to a word's end.
fn clipped(message: &str) -> String {
    const ENDS: [&str; 9] = [", so ", ", but ", ", also ", ", because ", ": ", " (", "; ", ". ", ", and "];
    if message.chars().count() <= RESULT {
        return message.to_owned();
    }
    let ends = ENDS.iter().flat_map(|end| message.match_indices(end)).map(|(at, _)| message.split_at(at).0);
    if let Some(clause) = ends.filter(|clause| clause.chars().count() <= RESULT).max_by_key(|clause| clause.len()) {
        return clause.to_owned();
    }
    let mut clip = String::new();
    for word in message.split(' ') {
        if clip.chars().count() + word.chars().count() + 2 > RESULT {
            break;
        }
        clip.push_str(if clip.is_empty() { "" } else { " " });
        clip.push_str(word);
    }
    if clip.is_empty() { message.to_owned() } else { clip + "…" }
}

impl CheckReport {
    /// The requirement that a finding is about; `None` for a finding of no requirement of this check.
    #[must_use]
    pub fn requirement(&self, finding: &Finding) -> Option<&'static Requirement> {
        self.check.requirements.iter().copied().find(|requirement| requirement.id == finding.id)
    }

    /// What a check found, summed up.
    #[must_use]
    pub fn new(check: &'static Check, judged: CheckResult, expect: &Settings) -> Self {
        let CheckResult { mut findings, chosen, mut trial, template, passed } = judged;
        let remedies = findings.iter_mut().filter_map(|finding| finding.remediation.as_mut());
        for remediation in remedies.chain(&mut trial) {
            remediation.name_region(expect.home());
        }
        let status = Status::all(findings.iter().map(|finding| finding.status));
        // What stands in the way is told before what somebody answers for.
        let gate = gate(status, &findings);
        let told = if gate >= Status::Unknown { gate } else { status };
        let mut deciding = findings.iter().filter(|one| one.status == told && (told != gate || !one.is_waived()));
        let (mut summary, mut result) = match deciding.next() {
            Some(Finding { unavailable: Some(unavailable), .. }) => (unavailable.brief(), unavailable.short()),
            Some(finding) => {
                let brief = finding.brief.clone().unwrap_or_else(|| clipped(&finding.message));
                (finding.message.clone(), brief)
            }
            None => ("could not be evaluated".to_owned(), "could not be evaluated".to_owned()),
        };
        let rest: Vec<&Finding> = deciding.collect();
        let more = rest.len();
        let mut needs: Vec<&str> = rest.iter().filter_map(|one| one.unavailable.as_ref()?.needs()).collect();
        let is_all_denied = needs.len() == more && result.starts_with("needs ");
        if is_all_denied {
            needs.retain({
                let first = result.clone();
                move |action| first != format!("needs {action}")
            });
            needs.sort_unstable();
            needs.dedup();
            result = match needs.as_slice() {
                [] => result,
                [other] => format!("{result} and {other}"),
                others => format!("{result} and {} more permissions", others.len()),
            };
        }
        if status != Status::Pass && more > 0 {
            summary = format!("{summary} (and {more} more)");
            if !is_all_denied {
                result = format!("{result} (and {more} more)");
            }
        }
        if let Some(passed) = passed.filter(|_| status == Status::Pass) {
            result = passed;
        }
        CheckReport { check, title: (check.title)(expect), status, summary, result, findings, chosen, trial, template }
    }

    /// What the links of its chain come to, from end to end; none where its requirements form no chain.
    #[must_use]
    pub fn chain(&self) -> Vec<EvaluatedLink> {
        chain::judged(self.check.chain, &self.findings)
    }

    /// What its findings come to without those that are waived: what the verdict hangs on.
    #[must_use]
    pub fn gate(&self) -> Status {
        gate(self.status, &self.findings)
    }

    /// Whether it fails, and somebody answers for each of its failures.
    #[must_use]
    pub fn is_waived(&self) -> bool {
        self.status != self.gate()
    }
}

/// What findings that come to `status` come to without those that are waived.
fn gate(status: Status, findings: &[Finding]) -> Status {
    if findings.iter().any(Finding::is_waived) {
        let rest = findings.iter().filter(|finding| !finding.is_waived()).map(|finding| finding.status);
        rest.max().unwrap_or(Status::Pass)
    } else {
        status
    }
}

/// An action that the auditor was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPermission {
    /// The IAM action.
    pub action: &'static str,
    /// What denied it, each as the end of "access denied", where that is more than that no policy allows it.
    pub denied_by: BTreeSet<&'static str>,
    /// Whether a policy that allows it brings anything.
    pub granting_helps: bool,
}

impl MissingPermission {
    /// What these denials say that the auditor lacks, by action.
    #[must_use]
    pub fn of<'a>(denied: impl IntoIterator<Item = &'a Unavailable>) -> Vec<MissingPermission> {
        let mut lacking: BTreeMap<&'static str, MissingPermission> = BTreeMap::new();
        for unavailable in denied {
            let (Some(action), Cause::Denied { message }) = (unavailable.call.operation.action(), &unavailable.cause)
            else {
                continue;
            };
            let entry = lacking.entry(action).or_insert(MissingPermission {
                action,
                denied_by: BTreeSet::new(),
                granting_helps: false,
            });
            match message.as_deref().and_then(denial::told_by) {
                Some(by) if !by.granting_helps => {
                    entry.denied_by.insert(by.told);
                }
                _ => entry.granting_helps = true,
            }
        }
        lacking.into_values().collect()
    }
}

/// The answer to the tool's one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No check failed, but by what is waived, and none is unknown.
    Ready,
    /// The same of the selected checks only: it says nothing of the account.
    SelectedPassed,
    /// At least one check failed, or the account is a member of an organization.
    NotReady,
    /// Nothing failed, but at least one check is unknown.
    Undetermined,
}

impl Verdict {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Ready => "ready",
            Verdict::SelectedPassed => "selected-passed",
            Verdict::NotReady => "not-ready",
            Verdict::Undetermined => "undetermined",
        }
    }
}

impl Report {
    /// The verdict: of the checks, and of the stage's precondition, which no check decides.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let some = |status| self.gating(status) > 0;
        let precondition = self.precondition();
        if matches!(precondition, Precondition::Fails { .. })
            || some(Status::Fail)
            || (self.strict && some(Status::Warn))
        {
            Verdict::NotReady
        } else if precondition == Precondition::Unknown || some(Status::Unknown) || self.checks.is_empty() {
            Verdict::Undetermined
        } else if self.skipped.is_empty() {
            Verdict::Ready
        } else {
            Verdict::SelectedPassed
        }
    }

    /// The exit status that follows from the verdict.
    #[must_use]
    pub fn exit_status(&self) -> ExitStatus {
        match self.verdict() {
            Verdict::Ready | Verdict::SelectedPassed => ExitStatus::Ready,
            Verdict::NotReady => ExitStatus::NotReady,
            Verdict::Undetermined => ExitStatus::Undetermined,
        }
    }

    /// How many checks came to a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.checks.iter().filter(|check| check.status == status).count()
    }

    /// How many findings fail and are waived.
    #[must_use]
    pub fn waived(&self) -> usize {
        self.checks.iter().flat_map(|check| &check.findings).filter(|finding| finding.is_waived()).count()
    }

    /// How many checks come to a status without what is waived.
    fn gating(&self, status: Status) -> usize {
        self.checks.iter().filter(|check| check.gate() == status).count()
    }

    /// The verdict as one sentence without a full stop.
    #[must_use]
    pub fn headline(&self) -> String {
        match RegionMap::of(self).suggested_region {
            Some(region) => format!("{}. Try `--region {region}`: the topic exists there", self.outcome()),
            None => self.outcome(),
        }
    }

    fn outcome(&self) -> String {
        let evaluated = self.checks.len();
        let of = |count: usize| match evaluated {
            1 => format!("{count} of 1 check"),
            _ => format!("{count} of {evaluated} checks"),
        };
        let passed = evaluated - self.count(Status::Fail);
        let ready_to = self.stage.ready_to;
        let precondition = self.precondition();
        let not_ready = match &precondition {
            Precondition::Passed { already, .. } => already.clone(),
            Precondition::Holds | Precondition::Fails { .. } | Precondition::Unknown => {
                format!("Not ready to {ready_to}")
            }
        };
        let sentence = match (self.verdict(), &precondition) {
            (Verdict::Ready, Precondition::Passed { already, next }) => match self.count(Status::Warn) {
                0 => format!("{already}: {} passed. Next: {next}", of(passed)),
                1 => format!("{already}: {} passed, 1 with a warning. Next: {next}", of(passed)),
                count => format!("{already}: {} passed, {count} with warnings. Next: {next}", of(passed)),
            },
            (Verdict::Ready, _) => match self.count(Status::Warn) {
                0 => format!("Ready to {ready_to}: {} passed", of(passed)),
                1 => format!("Ready to {ready_to}, with 1 warning"),
                count => format!("Ready to {ready_to}, with {count} warnings"),
            },
            (Verdict::SelectedPassed, _) => match self.count(Status::Warn) {
                0 => format!("{passed} of {evaluated} selected checks passed"),
                count => format!("{passed} of {evaluated} selected checks passed, {count} with warnings"),
            },
            (Verdict::NotReady, Precondition::Fails { why, outweighs: true, .. }) => format!("{not_ready}. {why}"),
            (Verdict::NotReady, precondition) => {
                let failed = self.gating(Status::Fail);
                if failed > 0 {
                    format!("{not_ready}: {} failed", of(failed))
                } else if let Precondition::Fails { why, .. } = precondition {
                    format!("{not_ready}: {why}")
                } else {
                    let warned = self.gating(Status::Warn);
                    let have = if warned == 1 { "has" } else { "have" };
                    format!("{not_ready}: {} {have} warnings (--strict)", of(warned))
                }
            }
            (Verdict::Undetermined, precondition) => {
                let unknown = format!("{} could not be evaluated", of(self.gating(Status::Unknown)));
                match precondition {
                    Precondition::Passed { already, .. } => format!("{already}: {unknown}"),
                    Precondition::Unknown if self.gating(Status::Unknown) == 0 => {
                        "Undetermined: the account's place in an organization is unknown".to_owned()
                    }
                    _ => format!("Undetermined: {unknown}"),
                }
            }
        };
        match self.waived() {
            0 => sentence,
            waived => format!("{sentence}, {waived} waived"),
        }
    }

    /// Whether the account is one that the stage is for.
    #[must_use]
    pub fn precondition(&self) -> Precondition {
        (self.stage.precondition)(&self.account.membership)
    }
}

#[cfg(test)]
mod tests;
