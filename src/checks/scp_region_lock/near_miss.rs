//! The SCP that comes closest to a Region lock where none locks, and what to do about it.

use super::{FUTURE, Lock, WORKLOADS};
use crate::analysis::organization::tally::Tally;
use crate::analysis::organization::{AttachedScp, Coverage, MemberPrincipal};
use crate::iam::{Choice, Effect, Statement, Test};
use crate::model::finding::Outcome;
use crate::model::remediation::Remediation;
use crate::model::status::Status;

const KEY: &str = "aws:requestedregion";

impl<'m, 'a> Lock<'m, 'a> {
    /// The same, with the SCP that comes closest.
    pub(super) fn with_near_miss(&self, outcome: Outcome, tally: &Tally<'m, 'a>) -> Outcome {
        if outcome.status() != Status::Fail {
            return outcome;
        }
        match self.near_miss() {
            Some(near) => outcome.adding(&near).brief(tally.brief()),
            None => outcome,
        }
    }

    /// Attaches an SCP that is there and would lock, else creates one.
    pub(super) fn lock_with(&self, tally: &Tally<'_, '_>) -> Remediation {
        let targets = self.fewest_first(tally.targets());
        match self.policies().iter().find(|policy| self.locks(policy)) {
            Some(policy) => self.remedy.attach((policy.id(), policy.name()), &targets),
            None => self.create(&targets),
        }
    }

    /// The OU with the fewest members first: a mistake is noticed there.
    fn fewest_first(&self, mut targets: Vec<String>) -> Vec<String> {
        let count = |target: &String| {
            let members = self.members.groups.iter().flat_map(|group| &group.members);
            members.filter(|member| matches!(member.account.is_in(target), Ok(true))).count()
        };
        targets.sort_by_key(count);
        targets
    }

    fn policies(&self) -> &'m [AttachedScp<'a>] {
        match &self.map.scps.policies {
            Ok(policies) => policies,
            Err(_) => &[],
        }
    }

    /// Whether an SCP would deny a workload in a Region to come, and not in the home Region.
    fn locks(&self, policy: &AttachedScp<'a>) -> bool {
        let Some(group) = self.members.groups.first() else { return false };
        let denies = |region| {
            let request = (MemberPrincipal::Any, "ec2:RunInstances", "*");
            matches!(group.alone(policy, request, Some(region)), Coverage::Denied(_))
        };
        denies(FUTURE) && !denies(self.expect.home())
    }

    fn near_miss(&self) -> Option<String> {
        let policies = self.policies();
        if let Some(policy) = policies.iter().find(|policy| self.locks(policy)) {
            return self.map.where_attached(policy);
        }
        let mut near = policies.iter().filter_map(|policy| {
            let Ok(document) = &policy.document else { return None };
            let why = document.statements.iter().find_map(why_not)?;
            Some(format!("SCP {} comes closest: {why}", policy.name()))
        });
        near.next()
    }
}

/// Why a statement about Regions locks nothing.
fn why_not(statement: &Statement) -> Option<&'static str> {
    let on_region = statement.conditions.iter().find(|condition| condition.key.eq_ignore_ascii_case(KEY));
    let misspelled = statement.conditions.iter().any(|condition| {
        let key = condition.key.to_lowercase();
        key != KEY && strsim::damerau_levenshtein(&key, KEY) <= 4
    });
    match (statement.effect, on_region) {
        (Effect::Deny, None) if misspelled => Some("its condition key isn't aws:RequestedRegion"),
        (Effect::Deny, Some(condition)) if condition.operator.test == Test::StringEquals => {
            Some("StringEquals denies the Regions that it names")
        }
        (Effect::Deny, Some(_)) => match &statement.actions {
            Choice::AllBut(actions) if WORKLOADS.iter().any(|workload| takes(actions, workload)) => {
                Some("its NotAction leaves out a workload")
            }
            _ => Some("it depends on more than the Region"),
        },
        (Effect::Allow, Some(_)) => Some("it allows by Region, and another SCP beside it allows everywhere"),
        (Effect::Deny | Effect::Allow, None) => None,
    }
}

fn takes(patterns: &[String], action: &str) -> bool {
    patterns.iter().any(|pattern| crate::iam::matches_action(pattern, action))
}
