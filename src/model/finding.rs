//! Findings: what one requirement comes to for one subject, with its proof and its remedy.

use jiff::civil::Date;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::account::{Observed, Unavailable};
use crate::model::cfn_resource::Resource;
use crate::model::remediation::Remediation;
use crate::model::status::Status;

/// One link in a check's chain.
#[derive(Debug)]
pub struct Requirement {
    /// Its id: its check's, a slash, and its own name, e.g. `billing-alarm/threshold`.
    pub id: &'static str,
    /// What its failure lets happen.
    pub severity: Severity,
    /// The page of AWS's documentation that it comes from.
    pub docs: &'static str,
    /// When it passes.
    pub pass: &'static str,
    /// When it warns; empty where it never does.
    pub warn: &'static str,
    /// When it fails, and what that lets happen; empty where it never does.
    pub fail: &'static str,
}

impl Requirement {
    /// Its own name: its ID without that of its check.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(_, name)| name)
    }

    /// When it passes, warns and fails, for those of the three that it ever does.
    pub fn outcomes(&self) -> impl Iterator<Item = (Status, &'static str)> {
        [(Status::Pass, self.pass), (Status::Warn, self.warn), (Status::Fail, self.fail)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
    }
}

/// How much a failure lets happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing by itself: a convention, or what cannot be changed here.
    Informational,
    /// Something works worse than it could.
    Low,
    /// A safeguard is missing or does not work.
    Medium,
    /// An attack or a cost goes unnoticed, or logs can be forged or read.
    High,
    /// The whole account can be taken over.
    Critical,
}

impl Severity {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// What a requirement is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The resource's ARN, or its name where AWS gives none.
    pub resource: Option<String>,
    /// The region that it is in; `None` for what has none.
    pub region: Option<String>,
}

impl Subject {
    /// Nothing in particular: the account.
    #[must_use]
    pub fn account() -> Self {
        Subject::default()
    }

    /// A resource of a global service.
    #[must_use]
    pub fn global(resource: &str) -> Self {
        Subject { resource: Some(resource.to_owned()), region: None }
    }

    /// A resource in a region.
    #[must_use]
    pub fn regional(resource: &str, region: &str) -> Self {
        Subject { resource: Some(resource.to_owned()), region: Some(region.to_owned()) }
    }
}

/// What stays the same of a finding from audit to audit: a hash of account, requirement, resource and Region.
#[must_use]
pub fn fingerprint(account: &str, id: &str, subject: &Subject) -> String {
    let Subject { resource, region } = subject;
    let parts = [Some(account), Some(id), resource.as_deref(), region.as_deref()];
    let mut hash = Sha1::new();
    for part in parts.map(Option::unwrap_or_default) {
        hash.update(part);
        hash.update([0]);
    }
    format!("{:x}", hash.finalize())
}

/// Proof: values with the calls that told them. It can only be made from a fact that was seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The calls, each once, as `Operation` or `Operation in region`.
    source: Vec<String>,
    #[serde(flatten)]
    values: BTreeMap<&'static str, Value>,
}

impl Evidence {
    /// A value that `seen` told.
    #[must_use]
    pub fn new<T>(seen: Observed<'_, T>, name: &'static str, value: impl Serialize) -> Self {
        Evidence { source: Vec::new(), values: BTreeMap::new() }.and(seen, name, value)
    }

    /// One more value, told by `seen`.
    #[must_use]
    pub fn and<T>(mut self, seen: Observed<'_, T>, name: &'static str, value: impl Serialize) -> Self {
        let call = seen.call();
        let source = match &call.region {
            Some(region) => format!("{} in {region}", call.operation),
            None => call.operation.to_string(),
        };
        if !self.source.contains(&source) {
            self.source.push(source);
        }
        self.values.insert(name, serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// The value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The calls that told it, each once, as `Operation` or `Operation in region`.
    pub fn source(&self) -> &[String] {
        &self.source
    }

    /// The values by name.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.values.iter().map(|(name, value)| (*name, value))
    }
}

/// What a requirement comes to when all that it needs was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    status: Status,
    message: String,
    evidence: Evidence,
    brief: Option<String>,
    remediation: Option<Remediation>,
    resolves: Option<String>,
}

impl Outcome {
    fn new(status: Status, message: impl Into<String>, evidence: Evidence) -> Self {
        Outcome { status, message: message.into(), evidence, brief: None, remediation: None, resolves: None }
    }

    /// Seen, and as it must be.
    #[must_use]
    pub fn pass(message: impl Into<String>, evidence: Evidence) -> Self {
        Outcome::new(Status::Pass, message, evidence)
    }

    /// Seen, works, should be better.
    #[must_use]
    pub fn warn(message: impl Into<String>, evidence: Evidence, remediation: Remediation) -> Self {
        Outcome { remediation: Some(remediation), ..Outcome::new(Status::Warn, message, evidence) }
    }

    /// Seen, and not as it must be.
    #[must_use]
    pub fn fail(message: impl Into<String>, evidence: Evidence, remediation: Remediation) -> Self {
        Outcome { remediation: Some(remediation), ..Outcome::new(Status::Fail, message, evidence) }
    }

    /// Seen, and not as it must be, and what to do about it is told by another requirement.
    #[must_use]
    pub fn consequence(message: impl Into<String>, evidence: Evidence) -> Self {
        Outcome::new(Status::Fail, message, evidence)
    }

    /// The same, with its message in at most 60 characters, for a table's cell.
    #[must_use]
    pub fn brief(self, text: impl Into<String>) -> Self {
        Outcome { brief: Some(text.into()), ..self }
    }

    /// The same, with one more sentence in its message.
    #[must_use]
    pub fn adding(self, sentence: &str) -> Self {
        Outcome { message: format!("{}. {sentence}", self.message), ..self }
    }

    /// What it comes to.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// What to do about it, if there is anything to do.
    #[must_use]
    pub fn remediation(&self) -> Option<&Remediation> {
        self.remediation.as_ref()
    }

    /// The same as a warning, for a reason that makes up for the failure.
    #[must_use]
    pub fn milder(self, message: impl Into<String>, proof: impl FnOnce(Evidence) -> Evidence) -> Self {
        Outcome { status: Status::Warn, message: message.into(), evidence: proof(self.evidence), ..self }
    }

    /// It resolves by itself, or when somebody does what only they can: `when` says how, and how long that takes.
    #[must_use]
    pub fn resolves(self, when: impl Into<String>) -> Self {
        Outcome { resolves: Some(when.into()), ..self }
    }
}

/// What a requirement comes to, or what stood in the way of judging it.
pub type Judgement = Result<Outcome, Unavailable>;

/// A requirement, its status, one sentence, and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The requirement's id.
    pub id: &'static str,
    /// What it comes to.
    pub status: Status,
    /// One sentence without a full stop.
    pub message: String,
    /// What it is about.
    pub subject: Subject,
    /// The same fault in at most 60 characters, for the table's cell; `None`: the message serves.
    pub brief: Option<String>,
    /// The proof; `None` when nothing was seen.
    pub evidence: Option<Evidence>,
    /// What to do about it.
    pub remediation: Option<Remediation>,
    /// How it resolves by itself, if it does.
    pub resolves: Option<String>,
    /// What stood in the way, when it is unknown.
    pub unavailable: Option<Unavailable>,
    /// Where it is about several links of a chain that come to different things, each by its name: see [`chain`](crate::model::chain).
    pub links: Vec<(&'static str, Option<Status>)>,
    /// Who answers for it, where it fails and somebody does.
    pub waived: Option<Waived>,
    /// With which others it is told of where people read, if with any.
    pub alike: Option<Alike>,
}

/// What several findings of one requirement have in common: people read of them once, programs of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// The same for all of them.
    pub key: String,
    /// The name of what this one is about.
    pub name: String,
    /// What is so of all: the middle of a sentence, e.g. "users without MFA can assume role `Admin`".
    pub says: String,
}

impl Finding {
    /// The same, to be told of together with those that are alike.
    #[must_use]
    pub fn alike(self, alike: Alike) -> Self {
        Finding { alike: Some(alike), ..self }
    }

    /// The same, with what its links come to each.
    #[must_use]
    pub fn with_links(self, links: impl Into<Vec<(&'static str, Option<Status>)>>) -> Self {
        Finding { links: links.into(), ..self }
    }

    /// What it says of a link of a chain: of the whole where it does not tell its links apart. `None`: that was not judged.
    #[must_use]
    pub fn status_of(&self, link: &str) -> Option<Status> {
        self.links.iter().find(|(name, _)| *name == link).map_or(Some(self.status), |(_, status)| *status)
    }

    /// Whether it fails and somebody answers for that, so that it does not gate.
    #[must_use]
    pub fn is_waived(&self) -> bool {
        self.status == Status::Fail && self.waived.is_some()
    }
}

impl Requirement {
    /// Judges this requirement for one subject. The only place where something unseen becomes a status, and that status
    /// is always unknown.
    #[must_use]
    pub fn judge(&self, subject: &Subject, judgement: impl FnOnce() -> Judgement) -> Finding {
        match judgement() {
            Ok(Outcome { status, message, evidence, brief, remediation, resolves }) => Finding {
                id: self.id,
                status,
                message,
                subject: subject.clone(),
                brief,
                evidence: Some(evidence),
                remediation,
                resolves,
                unavailable: None,
                links: Vec::new(),
                waived: None,
                alike: None,
            },
            Err(unavailable) => Finding {
                id: self.id,
                status: Status::Unknown,
                message: unavailable.sentence(),
                subject: subject.clone(),
                brief: None,
                evidence: None,
                remediation: None,
                resolves: None,
                unavailable: Some(unavailable),
                links: Vec::new(),
                waived: None,
                alike: None,
            },
        }
    }

    /// Names this requirement for one subject as not to be told, since `unavailable` stood in the way.
    #[must_use]
    pub fn unknown(&self, subject: &Subject, unavailable: &Unavailable) -> Finding {
        self.judge(subject, || Err(unavailable.clone()))
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckResult {
    /// Its findings, in the order of the check's requirements.
    pub findings: Vec<Finding>,
    /// The candidate that they are about, where there could be several.
    pub chosen: Option<Chosen>,
    /// How it is tried for real that all of it works, once nothing fails any more. The audit never does it.
    pub trial: Option<Remediation>,
    /// What is missing, as far as a template can make it.
    pub template: Vec<Resource>,
    /// One line for the table where the check passes: the values that prove it, e.g. who is subscribed.
    pub passed: Option<String>,
}

impl CheckResult {
    /// The same, with the one line that a table shows where the check passes; `None` where a value of it is absent.
    #[must_use]
    pub fn with_passed(self, line: impl FnOnce(&Self) -> Option<String>) -> Self {
        CheckResult { passed: line(&self), ..self }
    }

    /// The evidence of that name in the first finding of a requirement, as text; a list's items are joined.
    #[must_use]
    pub fn value(&self, requirement: &Requirement, name: &str) -> Option<String> {
        let finding = self.findings.iter().find(|finding| finding.id == requirement.id)?;
        shown(finding.evidence.as_ref()?.get(name)?)
    }

    /// The chosen candidate's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.chosen.as_ref().map(|chosen| chosen.name.as_str())
    }

    /// The same, with what a template makes of it.
    #[must_use]
    pub fn with_template(self, template: Vec<Resource>) -> Self {
        CheckResult { template, ..self }
    }

    /// The same, with how it is tried for real.
    #[must_use]
    pub fn with_verification(self, trial: Remediation) -> Self {
        CheckResult { trial: Some(trial), ..self }
    }
}

/// A value of an evidence as text; `None` for what is no text, number or list.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        // A whole number of dollars has no decimals.
        Value::Number(number) => number.as_f64().map(|number| number.to_string()),
        Value::Array(items) => Some(items.iter().filter_map(shown).collect::<Vec<_>>().join(", ")),
        _ => None,
    }
}

/// The candidate that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// How many others there were.
    pub others: usize,
}

impl From<Vec<Finding>> for CheckResult {
    fn from(findings: Vec<Finding>) -> Self {
        CheckResult { findings, ..CheckResult::default() }
    }
}

/// One of several things that could meet a check: a trail, an alarm, a role …
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its name, for telling equals apart.
    pub name: String,
    /// What its requirements come to.
    pub findings: Vec<Finding>,
}

impl Candidate {
    /// All of its requirements must hold.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::all(self.findings.iter().map(|finding| finding.status))
    }

    /// How many of its requirements fail.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.findings.iter().filter(|finding| finding.status == Status::Fail).count()
    }

    /// The candidate that decides: pass, then warn, then unknown, then fail; of equals the one with the fewest failed
    /// requirements, then the first by name.
    #[must_use]
    pub fn best(candidates: Vec<Candidate>) -> Option<CheckResult> {
        let others = candidates.len().saturating_sub(1);
        let best = candidates
            .into_iter()
            .min_by(|a, b| (a.status(), a.failed()).cmp(&(b.status(), b.failed())).then_with(|| a.name.cmp(&b.name)))?;
        Some(CheckResult {
            findings: best.findings,
            chosen: Some(Chosen { name: best.name, others }),
            ..CheckResult::default()
        })
    }
}

/// What a finding that is waived tells of its waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// Why it may stay as it is.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day, in UTC.
    pub until: Date,
}
