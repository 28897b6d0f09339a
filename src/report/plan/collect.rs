//! The findings that ask for something, those that share one remedy together.

use std::collections::{BTreeSet, HashMap};

use super::{Step, StepKind, documents};
use crate::model::check::Check;
use crate::model::finding::Finding;
use crate::model::remediation::{Remediation, RemediationMeta};
use crate::model::status::Status;
use crate::report::Report;
use crate::report::plan::unknowns::Unseen;

/// A step that has yet to find its place.
pub(super) struct StepBuilder<'a> {
    pub(super) step: Step<'a>,
    /// The checks whose findings it closes.
    pub(super) checks: Vec<&'static Check>,
}

/// The steps in the order of the report.
pub(super) fn drafts(report: &Report) -> Vec<StepBuilder<'_>> {
    let unseen = Unseen::of(report);
    let mut wanted: Vec<(StepKind, &'static Check, &Finding, Remediation)> = Vec::new();
    for check in &report.checks {
        for finding in &check.findings {
            if let Some(need) = need(finding, report.strict) {
                wanted.push((need, check.check, finding, remedy(finding, &unseen)));
            }
        }
    }
    // The needful first, so that what is only better joins a step that is there anyway.
    wanted.sort_by_key(|(need, ..)| *need);
    let mut most_needful: HashMap<&'static str, StepKind> = HashMap::new();
    for (need, _, finding, _) in &wanted {
        most_needful.entry(finding.id).or_insert(*need);
    }
    let (within, wanted) = wanted.into_iter().partition::<Vec<_>, _>(|(need, _, finding, remedy)| {
        // What is needful is not left to what is only better.
        let does_it = |id| id != finding.id && most_needful.get(id).is_some_and(|by| by <= need);
        remedy.commands.is_empty() && remedy.planned.within.is_some_and(does_it)
    });
    let mut drafts = StepBuilders::default();
    for (need, check, finding, remedy) in wanted {
        drafts.add(need, check, finding, remedy);
    }
    // Two that each leave it to the other: then the first does it.
    let mut closing = drafts.closing();
    for (need, check, finding, remedy) in within {
        let does_it = remedy.planned.within.and_then(|id| closing.get(id)).copied();
        let at = does_it.unwrap_or(drafts.all.len());
        match drafts.all.get_mut(at) {
            Some(draft) => draft.include(check, finding, remedy),
            None => drafts.all.push(StepBuilder::new(need, check, finding, remedy)),
        }
        closing.entry(finding.id).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }
    documents::composed(drafts.all, report.expectations.home())
}

/// The steps so far. There may be thousands, one for each administrator, so each remedy is held against those only that it can belong to.
#[derive(Default)]
struct StepBuilders<'a> {
    all: Vec<StepBuilder<'a>>,
    /// The places of the steps by what they do.
    places: HashMap<String, BTreeSet<usize>>,
}

impl<'a> StepBuilders<'a> {
    /// Lets the first step that takes it close a finding, else a new one.
    fn add(&mut self, need: StepKind, check: &'static Check, finding: &'a Finding, remedy: Remediation) {
        let does = what_it_does(&remedy);
        let near: BTreeSet<usize> = does.iter().filter_map(|what| self.places.get(what)).flatten().copied().collect();
        let takes = |at: &usize| self.all.get(*at).is_some_and(|draft| draft.takes(need, &remedy));
        let at = near.into_iter().find(takes).unwrap_or(self.all.len());
        match self.all.get_mut(at) {
            Some(draft) => draft.join(check, finding, remedy),
            None => self.all.push(StepBuilder::new(need, check, finding, remedy)),
        }
        for what in does {
            self.places.entry(what).or_default().insert(at);
        }
    }

    /// The place of the first step that closes a finding, by the finding's id.
    fn closing(&self) -> HashMap<&'static str, usize> {
        let mut closing = HashMap::new();
        for (at, draft) in self.all.iter().enumerate() {
            for finding in &draft.step.findings {
                closing.entry(finding.id).or_insert(at);
            }
        }
        closing
    }
}

/// What two remedies have in common where one step can do both: a command; or, where neither has commands, what it says.
fn what_it_does(remedy: &Remediation) -> Vec<String> {
    if remedy.commands.is_empty() {
        vec![remedy.summary.clone()]
    } else {
        remedy.commands.iter().map(ToString::to_string).collect()
    }
}

/// Why something has to be done about a finding, if anything has.
fn need(finding: &Finding, strict: bool) -> Option<StepKind> {
    match finding.status {
        Status::Pass => None,
        // Somebody answers for it.
        Status::Fail if finding.is_waived() => None,
        Status::Fail => Some(StepKind::Required),
        Status::Warn if strict => Some(StepKind::Required),
        Status::Warn => Some(StepKind::Recommended),
        Status::Unknown => Some(StepKind::Diagnose),
    }
}

fn remedy(finding: &Finding, unseen: &Unseen) -> Remediation {
    match (&finding.remediation, &finding.unavailable) {
        (Some(remedy), _) => remedy.clone(),
        (None, Some(unavailable)) => unseen.remedy(finding, unavailable),
        (None, None) => Remediation::new(finding.message.clone()),
    }
}

impl<'a> StepBuilder<'a> {
    fn new(need: StepKind, check: &'static Check, finding: &'a Finding, remedy: Remediation) -> Self {
        StepBuilder { step: Step::new(need, remedy).closes([finding]), checks: vec![check] }
    }

    /// Takes in a finding whose remedy leaves the work to this step, with what follows from it.
    fn include(&mut self, check: &'static Check, finding: &'a Finding, remedy: Remediation) {
        self.belongs_to(check);
        self.step.findings.push(finding);
        let own = std::mem::take(&mut self.step.remedy.planned);
        let RemediationMeta { then, .. } = remedy.planned;
        self.step.remedy.planned = own.and(RemediationMeta { then, ..RemediationMeta::default() });
    }

    /// Takes in another step all of which this one does.
    pub(super) fn take_in(&mut self, other: StepBuilder<'a>) {
        let StepBuilder { step: Step { findings, remedy, .. }, checks } = other;
        for check in checks {
            self.belongs_to(check);
        }
        self.step.findings.extend(findings);
        let own = std::mem::take(&mut self.step.remedy.planned);
        let RemediationMeta { then, .. } = remedy.planned;
        self.step.remedy.planned = own.and(RemediationMeta { then, ..RemediationMeta::default() });
    }

    /// Takes in another step that changes one of the same documents. What it makes of them holds what this one does already.
    pub(super) fn join_documents(&mut self, other: StepBuilder<'a>) {
        let StepBuilder { step: Step { findings, remedy, minutes, .. }, checks } = other;
        for check in checks {
            self.belongs_to(check);
        }
        self.step.findings.extend(findings);
        let mut own = std::mem::replace(&mut self.step.remedy, Remediation::new(""));
        for edit in &remedy.edits {
            for before in own.edits.iter_mut().filter(|own| own.target == edit.target) {
                for command in own.commands.iter_mut().filter(|command| **command == *before.line()) {
                    command.clone_from(edit.line());
                }
                *before = edit.clone();
            }
        }
        let summary = match &remedy.summary {
            same if *same == own.summary => own.summary.clone(),
            other => format!("{}; {other}", own.summary),
        };
        self.step.minutes = self.step.minutes.max(minutes);
        self.step.remedy = Remediation { summary, ..own.and(remedy) };
    }

    fn belongs_to(&mut self, check: &'static Check) {
        if !self.checks.iter().any(|known| known.id == check.id) {
            self.checks.push(check);
        }
    }

    /// Whether what this remedy asks for is done here: it is the same, or all of its commands are run here by the same person. A step
    /// grows only for what is as needful.
    fn takes(&self, need: StepKind, remedy: &Remediation) -> bool {
        let own = &self.step.remedy;
        let holds = |all: &Remediation, some: &Remediation| {
            !some.commands.is_empty() && some.commands.iter().all(|command| all.commands.contains(command))
        };
        let same = own == remedy;
        let covers = holds(own, remedy) || (need == self.step.need && holds(remedy, own));
        same || (covers && own.planned.who == remedy.planned.who)
    }

    fn join(&mut self, check: &'static Check, finding: &'a Finding, remedy: Remediation) {
        self.belongs_to(check);
        self.step.findings.push(finding);
        if self.step.remedy != remedy {
            let own = std::mem::replace(&mut self.step.remedy, Remediation::new(""));
            self.step.remedy = both(own, remedy);
            self.step.minutes = self.step.remedy.minutes();
        }
    }
}

/// Two remedies of which one runs all commands of the other.
fn both(one: Remediation, other: Remediation) -> Remediation {
    let (larger, smaller) = if one.commands.len() >= other.commands.len() { (one, other) } else { (other, one) };
    let minutes = larger.minutes().max(smaller.minutes());
    let summary = if larger.summary == smaller.summary || larger.commands.len() > smaller.commands.len() {
        larger.summary.clone()
    } else {
        format!("{}; {}", larger.summary, smaller.summary)
    };
    let joined = larger.and(smaller);
    Remediation { summary, ..joined }.takes(minutes)
}
