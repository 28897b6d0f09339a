//! Two reports side by side: which finding of the one is which of the other, and what changed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::change::{Change, Kind, State, of_both, of_new, of_old};
use super::document::{Document, Finding, Organization};
use super::side::Side;
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::model::status::Status;
use crate::report::Verdict;

/// What changed from one report to another.
pub(super) struct Diff<'a> {
    pub(super) old: &'a Side,
    pub(super) new: &'a Side,
    /// In the order of the new report; what is only in the old one stands last.
    pub(super) changes: Vec<Change<'a>>,
    /// What else one must know to compare them, a sentence each without a full stop.
    pub(super) notes: Vec<String>,
}

impl<'a> Diff<'a> {
    /// # Errors
    /// The reports are of different accounts or stages, so that nothing can be said of one by the other.
    pub(super) fn new(old: &'a Side, new: &'a Side) -> Result<Self, Error> {
        let (before, after) = (&old.report, &new.report);
        if before.stage != after.stage {
            return Err(different("stages", &before.stage, &after.stage));
        }
        if let (Some(one), Some(other)) = (&before.account.id, &after.account.id)
            && one != other
        {
            return Err(different("accounts", one, other));
        }
        let mut changes: Vec<Change<'a>> = organization(before, after).into_iter().collect();
        changes.extend(findings(before, after));
        changes.extend(skipped(before, after));
        Ok(Diff { old, new, changes, notes: notes(before, after) })
    }

    /// Whether anything got worse: a finding, the verdict, or what is judged at all.
    pub(super) fn got_worse(&self) -> bool {
        self.count(Kind::Worse) > 0 || rank(self.new.report.verdict) > rank(self.old.report.verdict)
    }

    pub(super) fn exit_status(&self) -> ExitStatus {
        if self.got_worse() { ExitStatus::Worse } else { ExitStatus::Ready }
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.of(kind).count()
    }

    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Change<'a>> {
        self.changes.iter().filter(move |change| change.kind == kind)
    }
}

fn different(what: &str, old: &str, new: &str) -> Error {
    Error::usage(
        format!("These files are from different {what}: {old} and {new}"),
        "compare two reports or snapshots of one account",
    )
}

/// From good to bad. What passes of a selection says less than what passes of all.
const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Ready => 0,
        Verdict::SelectedPassed => 1,
        Verdict::Undetermined => 2,
        Verdict::NotReady => 3,
    }
}

fn all(report: &Document) -> impl Iterator<Item = &Finding> {
    report.checks.iter().flat_map(|check| &check.findings)
}

/// What each check comes to.
fn statuses(report: &Document) -> BTreeMap<&str, Status> {
    report.checks.iter().map(|check| (check.id.as_str(), check.status)).collect()
}

/// The check that a requirement belongs to.
fn check_of(finding: &Finding) -> &str {
    finding.id.split('/').next().unwrap_or(&finding.id)
}

fn findings<'a>(before: &'a Document, after: &'a Document) -> Vec<Change<'a>> {
    let mut pairs = Pairs::new(before, after);
    let mut changes = Vec::new();
    let checks = statuses(before);
    for finding in all(after) {
        let new = State::from(finding);
        let old = pairs.take(finding).map(State::from);
        let kind = match &old {
            Some(old) => of_both(old, &new, after.strict),
            None => of_new(&new, checks.get(check_of(finding)).copied(), after.strict),
        };
        changes.extend(kind.map(|kind| Change { kind, id: &finding.id, old, new: Some(new) }));
    }
    let checks = statuses(after);
    let judged: BTreeSet<&str> = all(after).map(|finding| finding.id.as_str()).collect();
    for finding in pairs.rest(before) {
        // Of a check that is not judged any more, one change tells all.
        let Some(check) = checks.get(check_of(finding)) else { continue };
        let old = State::from(finding);
        let kind = of_old(&old, *check, judged.contains(finding.id.as_str()));
        changes.extend(kind.map(|kind| Change { kind, id: &finding.id, old: Some(old), new: None }));
    }
    changes
}

/// A finding's requirement and what it is about.
type Key<'a> = (&'a str, Option<&'a str>);

fn key(finding: &Finding) -> Key<'_> {
    (&finding.id, finding.resource.as_deref())
}

/// The findings of the old report that have not yet found theirs in the new one.
struct Pairs<'a> {
    waiting: BTreeMap<Key<'a>, VecDeque<&'a Finding>>,
    /// Requirements with one finding on either side: that is the same one, even if it is about another resource now.
    single: BTreeMap<&'a str, Key<'a>>,
}

impl<'a> Pairs<'a> {
    fn new(before: &'a Document, after: &'a Document) -> Self {
        let mut waiting: BTreeMap<Key<'a>, VecDeque<&'a Finding>> = BTreeMap::new();
        for finding in all(before) {
            waiting.entry(key(finding)).or_default().push_back(finding);
        }
        let (before, after) = (alone(before), alone(after));
        let single = before.into_iter().filter(|(id, _)| after.contains_key(id)).collect();
        Pairs { waiting, single }
    }

    fn take(&mut self, finding: &'a Finding) -> Option<&'a Finding> {
        let exact = self.waiting.get_mut(&key(finding)).and_then(VecDeque::pop_front);
        exact.or_else(|| {
            let key = self.single.get(finding.id.as_str())?;
            self.waiting.get_mut(key)?.pop_front()
        })
    }

    /// What nobody took, in the order of its report.
    fn rest(mut self, before: &'a Document) -> Vec<&'a Finding> {
        // Of equals the last are left: whichever is at the front of its queue is one that nobody took.
        all(before)
            .filter_map(|finding| {
                let left = self.waiting.get_mut(&key(finding))?;
                (left.front().is_some_and(|first| std::ptr::eq(*first, finding))).then(|| left.pop_front()).flatten()
            })
            .collect()
    }
}

/// The requirements that have one finding, with its key.
fn alone(report: &Document) -> BTreeMap<&str, Key<'_>> {
    let mut count: BTreeMap<&str, (usize, Key<'_>)> = BTreeMap::new();
    for finding in all(report) {
        count.entry(&finding.id).or_insert((0, key(finding))).0 += 1;
    }
    count.into_iter().filter(|(_, (count, _))| *count == 1).map(|(id, (_, key))| (id, key)).collect()
}

/// Checks that were judged and are not any more. What is not seen is never a pass, so that is for the worse whatever they came to.
fn skipped<'a>(before: &'a Document, after: &'a Document) -> impl Iterator<Item = Change<'a>> {
    let judged: BTreeSet<&str> = after.checks.iter().map(|check| check.id.as_str()).collect();
    before.checks.iter().filter(move |check| !judged.contains(check.id.as_str())).map(|check| Change {
        kind: Kind::Worse,
        id: &check.id,
        old: Some(State::from(check)),
        new: None,
    })
}

fn organization<'a>(before: &Document, after: &Document) -> Option<Change<'a>> {
    let (old, new) = (before.account.organization, after.account.organization);
    let kind = match (old, new) {
        _ if old == new => return None,
        (_, Organization::Member) => Kind::Worse,
        (Organization::Member, Organization::Standalone | Organization::Management) => Kind::Better,
        _ => Kind::Changed,
    };
    Some(Change { kind, id: "organization", old: Some(membership(old)), new: Some(membership(new)) })
}

fn membership(organization: Organization) -> State<'static> {
    let (status, message) = match organization {
        Organization::Standalone => (Status::Pass, "the account is in no organization"),
        Organization::Management => (Status::Pass, "the account manages an organization"),
        Organization::Member => {
            (Status::Fail, "the account is a member of an organization: it can't create one while it is a member")
        }
        Organization::Unknown => (Status::Unknown, "membership in an organization could not be read"),
    };
    State { status, message, resource: None, region: None, waived: None }
}

/// A setting's value in words; `None` for what is no setting.
fn listed(value: &Value) -> Option<String> {
    let words = match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => return None,
    };
    Some(if words.is_empty() { "none".to_owned() } else { words })
}

fn notes(before: &Document, after: &Document) -> Vec<String> {
    let mut notes = Vec::new();
    if after.generated_at < before.generated_at {
        notes.push("the new file is older than the old one: are they in the right order?".to_owned());
    }
    if before.account.id.is_none() || after.account.id.is_none() {
        notes.push(
            "one of the files doesn't say which account it is of, so they may be from different accounts".to_owned(),
        );
    }
    let mut differs = |what: &str, old: Option<String>, new: Option<String>| {
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            notes.push(format!("{what} was {old} and is {new}"));
        }
    };
    let (one, other) = (&before.settings, &after.settings);
    differs("the home Region", before.account.home_region.clone(), after.account.home_region.clone());
    differs("the billing Region", before.account.billing_region.clone(), after.account.billing_region.clone());
    differs("the expected topic", one.topic.clone(), other.topic.clone());
    let dollars = |limit: f64| format!("${limit}");
    differs("the expected threshold", one.threshold.map(dollars), other.threshold.map(dollars));
    if let (Some(one), Some(other)) = (&one.organization, &other.organization) {
        for (name, old) in one {
            differs(&name.replace('_', "-"), listed(old), other.get(name).and_then(listed));
        }
    }
    let word = |strict: bool| Some(if strict { "on" } else { "off" }.to_owned());
    differs("--strict", word(before.strict), word(after.strict));
    differs("the version of stagecheck", Some(before.tool.version.clone()), Some(after.tool.version.clone()));
    let judged: BTreeSet<&str> = before.checks.iter().map(|check| check.id.as_str()).collect();
    let fresh: Vec<&str> =
        after.checks.iter().map(|check| check.id.as_str()).filter(|id| !judged.contains(id)).collect();
    if !fresh.is_empty() {
        notes.push(format!("not evaluated before: {}", fresh.join(", ")));
    }
    notes
}
