//! Under which condition an Allow grants what it grants.

use crate::iam::{Condition, Context, Statement, Test};

/// Under which condition an Allow grants what it grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    /// None; also one about the time that holds now.
    Free,
    /// With MFA.
    WithMfa,
    /// Some other one that can hold.
    Conditional,
    /// One that cannot hold: a time that has passed, another user.
    Never,
}

impl Grant {
    pub(super) fn makes_administrator(self) -> bool {
        matches!(self, Grant::Free | Grant::WithMfa)
    }
}

pub(super) fn grant(statement: &Statement, context: &Context) -> Grant {
    if !is_possible(statement, context) {
        return Grant::Never;
    }
    let holds_now = |condition: &&Condition| {
        !(is_about_time(&condition.key) && condition.holds(statement.version, context).is_yes())
    };
    let rest: Vec<&Condition> = statement.conditions.iter().filter(holds_now).collect();
    if rest.is_empty() {
        Grant::Free
    } else if rest.into_iter().all(demands_mfa) {
        Grant::WithMfa
    } else {
        Grant::Conditional
    }
}

/// Whether its condition, if it has one, can hold.
pub(super) fn is_possible(statement: &Statement, context: &Context) -> bool {
    !statement.condition(context).is_no()
}

fn is_about_time(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:CurrentTime") || key.eq_ignore_ascii_case("aws:EpochTime")
}

/// MFA, or MFA that is not too old. `BoolIfExists` is no such condition: "the key … is not present in requests made with long-term
/// credentials"; and the age is present only "if the principal that makes the request was authenticated using MFA".
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
fn demands_mfa(condition: &Condition) -> bool {
    let is_age = condition.key.eq_ignore_ascii_case("aws:MultiFactorAuthAge");
    let says = |word: &str| condition.values.iter().all(|value| value.eq_ignore_ascii_case(word));
    let is_some_time = |value: &String| matches!(value.trim().parse::<f64>(), Ok(seconds) if seconds > 0.0);
    !condition.operator.if_exists
        && condition.operator.set.is_none()
        && !condition.values.is_empty()
        && match condition.operator.test {
            Test::Bool => condition.key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent") && says("true"),
            Test::NumericLessThan | Test::NumericLessThanEquals => is_age && condition.values.iter().any(is_some_time),
            Test::Null => is_age && says("false"),
            _ => false,
        }
}
