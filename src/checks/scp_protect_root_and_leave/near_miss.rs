//! The SCP that comes closest where none protects: it is named, and counts for nothing.

use super::Guard;
use crate::analysis::organization::tally::Tally;
use crate::analysis::organization::{AttachedScp, Coverage, MemberPrincipal};
use crate::iam::{Effect, Test};
use crate::model::finding::Outcome;
use crate::model::status::Status;

impl<'m, 'a> Guard<'m, 'a> {
    /// The same, with the SCP that comes closest.
    pub(super) fn with_near_miss(
        &self,
        outcome: Outcome,
        tally: &Tally<'m, 'a>,
        action: &str,
        who: MemberPrincipal,
    ) -> Outcome {
        if outcome.status() != Status::Fail {
            return outcome;
        }
        match self.near_miss(action, who) {
            Some(near) => outcome.adding(&near).brief(tally.brief()),
            None => outcome,
        }
    }

    /// An SCP that would deny it to the members that are open if it were attached there.
    pub(super) fn suitable(&self, of_leaving: bool) -> Option<&'m AttachedScp<'a>> {
        let (action, who) = if of_leaving {
            ("organizations:LeaveOrganization", MemberPrincipal::Any)
        } else {
            ("*", MemberPrincipal::Root)
        };
        self.policies().iter().find(|policy| self.denies(policy, action, who))
    }

    fn policies(&self) -> &'m [AttachedScp<'a>] {
        match &self.map.scps.policies {
            Ok(policies) => policies,
            Err(_) => &[],
        }
    }

    fn denies(&self, policy: &AttachedScp<'a>, action: &str, who: MemberPrincipal) -> bool {
        let first = self.members.groups.first();
        first.is_some_and(|group| matches!(group.alone(policy, (who, action, "*"), None), Coverage::Denied(_)))
    }

    fn near_miss(&self, action: &str, who: MemberPrincipal) -> Option<String> {
        let policies = self.policies();
        if let Some(policy) = policies.iter().find(|policy| self.denies(policy, action, who)) {
            return self.map.where_attached(policy);
        }
        let group = self.members.groups.first()?;
        let depends = |policy: &&AttachedScp<'a>| matches!(group.alone(policy, (who, action, "*"), None), Coverage::Open(keys) if !keys.is_empty());
        if let Some(policy) = policies.iter().find(depends) {
            let has_wildcard = |policy: &AttachedScp<'_>| match &policy.document {
                Ok(document) => {
                    document.statements.iter().flat_map(|statement| &statement.conditions).any(|condition| {
                        condition.operator.test == Test::StringEquals
                            && condition.values.iter().any(|value| value.contains('*'))
                    })
                }
                Err(_) => false,
            };
            let why = if has_wildcard(policy) { "StringEquals takes * literally" } else { "it depends on a condition" };
            return Some(format!("SCP {} comes closest: {why}", policy.name()));
        }
        let allows = |policy: &&AttachedScp<'a>| match &policy.document {
            Ok(document) => document.statements.iter().any(|statement| {
                let is_named = |pattern: &String| pattern.to_lowercase().starts_with("organizations:leave");
                let names = match &statement.actions {
                    crate::iam::Choice::Only(actions) => actions.iter().any(is_named),
                    crate::iam::Choice::AllBut(_) => false,
                };
                statement.effect == Effect::Allow && names
            }),
            Err(_) => false,
        };
        let policy = policies.iter().find(allows)?;
        Some(format!("SCP {} has Effect Allow, which denies nothing", policy.name()))
    }
}
