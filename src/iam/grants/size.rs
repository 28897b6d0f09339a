//! How much work it is to answer for a policy.

use super::IdentityKey;
use super::access_point::are_told_apart;
use super::caller::Pattern;
use crate::iam::{Choice, Document, Principals, has_variables};

const MOST: usize = 10_000_000;
/// 30 KB, the most that S3 and SNS store, in statements of the shortest kind.
const MOST_STATEMENTS: usize = 500;

/// What the work grows with.
struct Size {
    /// Principals and values of conditions, against which whoever asks is held.
    compared: usize,
    named_actions: usize,
    callers: usize,
    sources: usize,
    /// Patterns that take one in each account.
    many_principals: usize,
    many_sources: usize,
    /// Access points that the policy names.
    points: usize,
    many_points: usize,
    /// Values that differ by whoever asks.
    varying: usize,
    patterns: usize,
    pattern_work: usize,
    /// The same of patterns with variables, which are taken to pieces for each request.
    varying_work: usize,
}

/// Whether a policy is so large, or its patterns so many-starred, that to answer for it would take more than a second or two. None that
/// people write comes near.
#[must_use]
pub fn is_too_large(policy: &Document) -> bool {
    if policy.statements.len() > MOST_STATEMENTS {
        return true;
    }
    let size = Size::of(policy);
    // Whom a pattern of accounts takes is asked for in each account, and each source of such a pattern for each caller.
    let accounts = size.callers.saturating_add(size.sources);
    let callers = size.callers.saturating_add(accounts.saturating_mul(size.many_principals));
    // Of the other sources each caller asks for those of its own account.
    let asking = callers.saturating_add(size.sources).saturating_add(callers.saturating_mul(size.many_sources));
    // Each asks directly, and through each access point.
    let asking = asking.saturating_mul(size.points_in(policy, callers).saturating_add(1));
    let asked = asking.saturating_mul(size.patterns).saturating_mul(policy.statements.len());
    asked > MOST
        || size.pattern_work > MOST
        || size.varying_work.saturating_mul(asking) > MOST
        || size.named_actions > MOST / 10_000
        || callers.saturating_mul(size.sources) > MOST / 10
        // Each caller, for each of its sources, is held against each principal and each value of a condition.
        || asking.saturating_mul(size.compared) > MOST / 100
}

impl Size {
    fn of(policy: &Document) -> Size {
        let mut size = Size {
            compared: 0,
            named_actions: 0,
            callers: 4,
            sources: 2,
            many_principals: 0,
            many_sources: 0,
            points: 2,
            many_points: 0,
            varying: 0,
            patterns: 2,
            pattern_work: 0,
            varying_work: 0,
        };
        for statement in &policy.statements {
            if let Some(Principals::Only(named) | Principals::AllBut(named)) = &statement.principals {
                size.callers = size.callers.saturating_add(named.len());
                size.compared = size.compared.saturating_add(named.len());
            }
            for condition in &statement.conditions {
                let values = condition.values.len();
                let varying = condition.values.iter().filter(|value| has_variables(value, statement.version)).count();
                let is_many = |value: &&String| Pattern::new(value, statement.version).is_of_many_accounts();
                let many = condition.values.iter().filter(is_many).count();
                size.compared = size.compared.saturating_add(values);
                size.varying = size.varying.saturating_add(varying);
                size.pattern_work =
                    condition.values.iter().map(|text| work(text)).fold(size.pattern_work, usize::saturating_add);
                match IdentityKey::of(&condition.key) {
                    Some(IdentityKey::Source) => {
                        size.sources = size.sources.saturating_add(values);
                        size.many_sources = size.many_sources.saturating_add(many);
                    }
                    Some(IdentityKey::Principal) => {
                        size.callers = size.callers.saturating_add(values);
                        size.many_principals = size.many_principals.saturating_add(many);
                    }
                    Some(IdentityKey::Account) => size.callers = size.callers.saturating_add(values),
                    Some(IdentityKey::PointAccount) => size.points = size.points.saturating_add(values),
                    Some(IdentityKey::PointArn) => {
                        size.points = size.points.saturating_add(values);
                        size.many_points = size.many_points.saturating_add(many);
                    }
                    None => {}
                }
            }
            let (Choice::Only(actions) | Choice::AllBut(actions)) = &statement.actions;
            size.named_actions = size.named_actions.saturating_add(actions.len());
            size.pattern_work = actions.iter().map(|text| work(text)).fold(size.pattern_work, usize::saturating_add);
            if let Some(Choice::Only(named) | Choice::AllBut(named)) = &statement.resources {
                let varying = named.iter().filter(|pattern| has_variables(pattern, statement.version));
                size.patterns = size.patterns.saturating_add(named.len());
                size.pattern_work = named.iter().map(|text| work(text)).fold(size.pattern_work, usize::saturating_add);
                size.varying_work = varying.map(|text| work(text)).fold(size.varying_work, usize::saturating_add);
            }
        }
        size
    }

    /// Through how many access points each caller asks.
    fn points_in(&self, policy: &Document, callers: usize) -> usize {
        if !are_told_apart(policy) {
            return 0;
        }
        let accounts = self.points.saturating_add(if self.varying > 0 { callers } else { 0 });
        accounts.saturating_mul(self.many_points.saturating_add(1))
    }
}

/// Each `*` may stand for the rest of what is asked about, and each such guess is held against every pattern.
fn work(pattern: &str) -> usize {
    let stars = pattern.matches('*').count().saturating_add(1);
    pattern.len().saturating_mul(pattern.len()).saturating_mul(stars)
}
