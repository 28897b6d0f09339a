//! A Deny that leaves out some principals by their ARN, as the guards of many organizations do.

use std::collections::BTreeSet;

use crate::iam::condition::Condition;
use crate::iam::context::{Context, Value};
use crate::iam::document::Version;
use crate::iam::logic::Match;
use crate::iam::operator::Test;
use crate::iam::pattern::covers;
use crate::iam::request::Request;
use crate::iam::statement::Statement;
use crate::iam::variable::{has_variables, value_within};

/// The key that such a Deny asks for.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
const PRINCIPAL_ARN: &str = "aws:PrincipalArn";

/// Whom a Deny leaves out, from none to many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exempts {
    /// No one who can ask.
    NoOne,
    /// Roles or users that are named, by the patterns of their ARNs.
    Named(BTreeSet<String>),
    /// All roles of IAM Identity Center, by the patterns of their ARNs.
    IdentityCenter(BTreeSet<String>),
}

impl Exempts {
    /// How many it leaves out, as a rank: of two that name some, the shorter list.
    pub(super) fn rank(&self) -> (u8, usize) {
        match self {
            Exempts::NoOne => (0, 0),
            Exempts::Named(patterns) => (1, patterns.len()),
            Exempts::IdentityCenter(patterns) => (2, patterns.len()),
        }
    }
}

/// Whom one value leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    NoOne,
    Named,
    IdentityCenter,
    Everyone,
}

/// Whom a Deny leaves out that surely covers the request for everyone else.
///
/// # Errors
/// It is not so; whether it matches at least a part of the request.
pub(super) fn denies(statement: &Statement, request: &Request<'_>) -> Result<Exempts, Match> {
    let context = request.context;
    let whole = statement.covers(request);
    if whole.is_no() {
        return Err(statement.touches(request));
    }
    // Where it is known who asks, the conditions say all.
    if *context.get(PRINCIPAL_ARN) != Value::Undecidable {
        return if whole.is_yes() { Ok(Exempts::NoOne) } else { Err(whole) };
    }
    let (on_arn, others): (Vec<&Condition>, Vec<&Condition>) =
        statement.conditions.iter().partition(|condition| condition.key.eq_ignore_ascii_case(PRINCIPAL_ARN));
    let open = match whole {
        Match::Depends(keys) => Match::Depends(keys),
        Match::Yes | Match::No => Match::depends_on(PRINCIPAL_ARN),
    };
    let others_hold = Match::all(others.iter().map(|other| other.holds(statement.version, context))).is_yes();
    if !others_hold || !statement.covers_resource(request.resource, context).is_yes() {
        return Err(open);
    }
    // A pattern that is no whole ARN, such as `*`, is looked at too: whether it takes no one or everyone is not for a guess.
    let mut worst = Who::NoOne;
    let mut patterns = BTreeSet::new();
    for condition in on_arn {
        for value in &condition.values {
            let who = exempted(condition, value, statement.version, context);
            if who != Who::NoOne {
                patterns.insert(value.clone());
            }
            worst = worst.max(who);
        }
    }
    match worst {
        Who::NoOne => Ok(Exempts::NoOne),
        Who::Named => Ok(Exempts::Named(patterns)),
        Who::IdentityCenter => Ok(Exempts::IdentityCenter(patterns)),
        Who::Everyone => Err(open),
    }
}

/// Whom a value of a condition on the principal's ARN leaves out. Variables that the context decides are substituted.
fn exempted(condition: &Condition, value: &str, version: Version, context: &Context) -> Who {
    let operator = &condition.operator;
    let Some(open) = value_within(value, version, context) else { return Who::NoOne };
    match operator.test {
        _ if operator.set.is_some() => Who::Everyone,
        // Here a wildcard is a character like any other, which no ARN of a principal has.
        // The `*` that stands in `open` for an undecidable variable is none of the author's.
        Test::StringNotEquals if value.contains(['*', '?']) && !has_variables(value, version) => Who::NoOne,
        Test::StringNotEquals | Test::StringNotLike | Test::ArnNotEquals | Test::ArnNotLike => by_arn(&open),
        _ => Who::Everyone,
    }
}

/// The roles of IAM Identity Center, whatever their permission set: their path and name.
const EVERY_SET: &str = "aws-reserved/sso.amazonaws.com/*AWSReservedSSO_*";

/// Whether a path takes the roles of every permission set in a Region, as `*eu-west-1/*` does: Identity Center's path ends with the
/// Region's name.
fn takes_every_set_of_a_region(path: &str) -> bool {
    let region = path.rsplit('/').nth(1).unwrap_or_default().trim_matches('*');
    // The name, or its end behind the pattern's own `*`.
    let last = region.rsplit('-').next().unwrap_or_default();
    last.bytes().all(|digit| digit.is_ascii_digit())
        && !last.is_empty()
        && covers(path, &format!("aws-reserved/sso.amazonaws.com/{region}/*AWSReservedSSO_*"))
}

/// Whom a pattern of a principal's ARN takes. Of a session, `aws:PrincipalArn` has the ARN of its role, never that of the session.
pub(super) fn by_arn(pattern: &str) -> Who {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let ["arn", _, service, _, _, resource] = parts.as_slice() else { return Who::Everyone };
    match *service {
        "sts" => return Who::NoOne,
        "iam" | "*" => {}
        _ => return Who::Everyone,
    }
    let Some((kind @ ("role" | "user"), path)) = resource.split_once('/') else { return Who::Everyone };
    // SCPs do not affect service-linked roles.
    if kind == "role" && path.starts_with("aws-service-role/") {
        return Who::NoOne;
    }
    let is_literal = |text: &str| text.chars().next().is_some_and(|first| !matches!(first, '*' | '?' | '/'));
    let last = path.rsplit('/').next().unwrap_or(path).trim_start_matches('*');
    if !is_literal(last) && !is_literal(path.trim_start_matches('*')) {
        return Who::Everyone;
    }
    let of_set = last.strip_prefix("AWSReservedSSO").map(|rest| rest.trim_start_matches('_'));
    let is_of_identity_center = path.starts_with("aws-reserved/") || of_set.is_some();
    let is_one_set = of_set.is_some_and(is_literal);
    if kind == "role"
        && (covers(path, EVERY_SET) || takes_every_set_of_a_region(path) || is_of_identity_center && !is_one_set)
    {
        return Who::IdentityCenter;
    }
    Who::Named
}
