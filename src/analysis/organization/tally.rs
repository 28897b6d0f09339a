//! What a requirement about SCPs comes to for all members together: one finding of the organization.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;

use super::coverage::{Coverage, Covering, MemberGroup, Members, ScpMap};
use super::tree::AccountPlace;
use crate::account::Unavailable;
use crate::model::finding::{Evidence, Judgement, Outcome};
use crate::model::remediation::Remediation;
use crate::model::status::Status;

/// The most accounts that a message names.
const NAMED: usize = 5;
/// The most accounts that an evidence lists.
const LISTED: usize = 20;

/// What a requirement comes to for the members of one group.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupVerdict {
    /// It holds.
    Pass,
    /// It should be better: the rest of a sentence that begins with the members, e.g. "can accept invitations".
    Warn(String),
    /// It does not hold: the same.
    Fail(String),
    /// What stands in the way.
    Unknown(Unavailable),
}

/// All members, by what the requirement comes to.
pub struct Tally<'m, 'a> {
    map: &'m ScpMap<'a>,
    exempt: &'m [&'m AccountPlace<'a>],
    passed: Vec<&'m AccountPlace<'a>>,
    /// By what is the matter.
    warned: BTreeMap<String, Vec<&'m AccountPlace<'a>>>,
    failed: BTreeMap<String, Vec<&'m AccountPlace<'a>>>,
    unknown: Vec<(&'m AccountPlace<'a>, Unavailable)>,
    covering: RefCell<BTreeSet<Covering>>,
}

/// An account as evidence shows it.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    /// The names of its OUs, from the root down; an ID where a name is unknown.
    path: String,
}

impl<'m, 'a> Tally<'m, 'a> {
    /// Judges each group once. What is unknown of a member itself, its state or whether it is exempt, makes unknown what does not pass.
    pub fn of(
        map: &'m ScpMap<'a>,
        members: &'m Members<'m, 'a>,
        is_counted: impl Fn(&MemberGroup<'m, 'a>) -> bool,
        judge: impl Fn(&MemberGroup<'m, 'a>, &Tally<'m, 'a>) -> GroupVerdict,
    ) -> Tally<'m, 'a> {
        let mut tally = Tally {
            map,
            exempt: &members.exempt,
            passed: Vec::new(),
            warned: BTreeMap::new(),
            failed: BTreeMap::new(),
            unknown: Vec::new(),
            covering: RefCell::default(),
        };
        for group in members.groups.iter().filter(|group| is_counted(group)) {
            let verdict = judge(group, &tally);
            for member in &group.members {
                match (&verdict, &member.doubt) {
                    (GroupVerdict::Pass, _) => tally.passed.push(member.account),
                    (GroupVerdict::Unknown(why), _) | (_, Some(why)) => {
                        tally.unknown.push((member.account, why.clone()));
                    }
                    (GroupVerdict::Warn(what), None) => {
                        tally.warned.entry(what.clone()).or_default().push(member.account);
                    }
                    (GroupVerdict::Fail(what), None) => {
                        tally.failed.entry(what.clone()).or_default().push(member.account);
                    }
                }
            }
        }
        tally
    }

    /// Keeps by which SCPs a request is denied.
    pub fn note(&self, coverage: &Coverage) {
        if let Coverage::Denied(covered) = coverage {
            self.covering.borrow_mut().extend(covered.by.iter().cloned());
        }
    }

    /// The status of all of them.
    fn status(&self) -> Status {
        if !self.failed.is_empty() {
            Status::Fail
        } else if !self.unknown.is_empty() {
            Status::Unknown
        } else if !self.warned.is_empty() {
            Status::Warn
        } else {
            Status::Pass
        }
    }

    /// Whether it is no more than a warning.
    #[must_use]
    pub fn is_a_warning(&self) -> bool {
        self.status() == Status::Warn
    }

    /// How many members there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let many = |by: &BTreeMap<String, Vec<&AccountPlace<'_>>>| by.values().map(Vec::len).sum::<usize>();
        self.passed.len() + self.unknown.len() + many(&self.warned) + many(&self.failed)
    }

    /// The members that decide, with what is the matter: "2 of 6 members can leave: Dev (…), Prod (…)".
    fn sentence(&self) -> String {
        let (by, all) = (self.worst(), self.count());
        let mut parts: Vec<String> = Vec::new();
        for (what, accounts) in by {
            let names: Vec<String> = accounts.iter().take(NAMED).map(|account| account.label()).collect();
            let more = match accounts.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let members =
                if all == 1 { "1 of 1 member".to_owned() } else { format!("{} of {all} members", accounts.len()) };
            parts.push(format!("{members} {what}: {}{more}", names.join(", ")));
        }
        parts.join("; ")
    }

    /// The same without names, for a table's cell.
    #[must_use]
    pub fn brief(&self) -> String {
        let decide: usize = self.worst().values().map(Vec::len).sum();
        let what = self.worst().keys().next().map(String::as_str).unwrap_or_default();
        let what = what.split(" (").next().unwrap_or(what);
        format!("{decide} of {} members {what}", self.count())
    }

    fn worst(&self) -> &BTreeMap<String, Vec<&'m AccountPlace<'a>>> {
        if self.failed.is_empty() { &self.warned } else { &self.failed }
    }

    /// "6 of 6 members are protected by Guard; 1 account in Exceptions is exempt".
    fn passes(&self, are: &str, exceptions: &str) -> String {
        let count = self.count();
        let members =
            if count == 1 { "1 of 1 member is".to_owned() } else { format!("{count} of {count} members are") };
        let mut sentence = format!("{members} {are}");
        let names = self.names();
        if !names.is_empty() {
            sentence = format!("{sentence} by {}", names.join(" and "));
        }
        match self.exempt.len() {
            0 => sentence,
            1 => format!("{sentence}; 1 account in {exceptions} is exempt"),
            many => format!("{sentence}; {many} accounts in {exceptions} are exempt"),
        }
    }

    /// What the requirement comes to; where it passes, the members `are` so.
    ///
    /// # Errors
    /// What stands in the way; that there is no member, too.
    pub fn outcome(&self, are: &str, exceptions: &str, remedy: impl FnOnce() -> Remediation) -> Judgement {
        if self.count() == 0 {
            let root = *self.map.tree.root.as_ref().map_err(Clone::clone)?;
            return Err(root.undetermined("There is no member account"));
        }
        if let (Status::Unknown, Some((_, why))) = (self.status(), self.unknown.first()) {
            return Err(why.clone());
        }
        let evidence = self.evidence()?;
        Ok(match self.status() {
            Status::Pass | Status::Unknown => Outcome::pass(self.passes(are, exceptions), evidence),
            Status::Warn => Outcome::warn(self.sentence(), evidence, remedy()).brief(self.brief()),
            Status::Fail => Outcome::fail(self.sentence(), evidence, remedy()).brief(self.brief()),
        })
    }

    /// The names of the SCPs that deny, each once.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<String> = self.covering.borrow().iter().map(|each| each.name.clone()).collect();
        names.into_iter().collect()
    }

    /// The nodes below the root to which an SCP must be attached to reach all members that decide: their top OUs, and accounts that are
    /// directly under the root.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        let mut targets = BTreeSet::new();
        for account in self.worst().values().flat_map(|accounts| accounts.iter()) {
            if let Ok(path) = &account.path {
                targets.insert(path.get(1).cloned().unwrap_or_else(|| account.id().to_owned()));
            }
        }
        targets.into_iter().collect()
    }

    /// The proof: which members are covered by which SCPs, and which are not.
    fn evidence(&self) -> Result<Evidence, Unavailable> {
        let organization = *self.map.tree.organization.as_ref().map_err(Clone::clone)?;
        let covering: Vec<_> = self
            .covering
            .borrow()
            .iter()
            .map(|each| json!({"id": each.id, "name": each.name, "attached_to": self.map.name_of(&each.node)}))
            .collect();
        let open: Vec<&AccountPlace<'_>> =
            self.worst().values().flat_map(|accounts| accounts.iter().copied()).collect();
        let unknown: Vec<&AccountPlace<'_>> = self.unknown.iter().map(|(account, _)| *account).collect();
        let evidence = Evidence::new(organization, "organization", &organization.get().id)
            .and(organization, "covered_by", covering)
            .and(organization, "uncovered", self.shown(&open))
            .and(organization, "exempt", self.shown(self.exempt))
            .and(organization, "unknown", self.shown(&unknown));
        let of_accounts = match &self.map.tree.accounts {
            Ok(accounts) => accounts.first(),
            Err(_) => None,
        };
        Ok(match of_accounts {
            Some(first) => evidence.and(first.account, "members", self.count()),
            None => evidence,
        })
    }

    fn shown<'s>(&self, accounts: &[&'s AccountPlace<'a>]) -> Vec<Shown<'s>> {
        let path = |account: &AccountPlace<'_>| match &account.path {
            Ok(path) => {
                let units = path.iter().skip(1);
                units.map(|unit| self.map.unit_name(unit).unwrap_or(unit)).collect::<Vec<_>>().join("/")
            }
            Err(_) => "unknown".to_owned(),
        };
        accounts.iter().take(LISTED).map(|account| Shown { id: account.id(), path: path(account) }).collect()
    }
}
