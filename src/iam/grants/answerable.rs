//! A policy in terms that can be answered for: accounts by their IDs, ARNs as AWS writes them.

use super::{IdentityKey, Owner};
use crate::iam::{Choice, Condition, Document, Effect, Principal, Principals, Statement, Test};

/// The same policy in terms of accounts: a canonical id is the owner, or another account that goes by that name; an account that is
/// compared as a number is one by its id; ARNs whose case is ignored are written as AWS writes them; and any other comparison of accounts
/// or ARNs as something else than text is one that nobody can decide.
pub(super) fn made_answerable(policy: &Document, owner: Owner<'_>) -> Document {
    let mut policy = policy.clone();
    for statement in &mut policy.statements {
        if let Some(Principals::Only(named) | Principals::AllBut(named)) = &mut statement.principals {
            for principal in named {
                if let Principal::CanonicalUser(id) = principal {
                    let is_owner = owner.canonical_id == Some(id.as_str());
                    *principal = Principal::Aws(if is_owner { owner.account.to_owned() } else { root_of(owner, id) });
                }
            }
        }
        widen(statement);
        for condition in &mut statement.conditions {
            let Some(key) = IdentityKey::of(&condition.key) else { continue };
            if key.is_account() && names_accounts_by_number(condition) {
                condition.operator.test = Test::StringEquals;
                condition.values = condition.values.iter().map(|number| format!("{number:0>12}")).collect();
            } else if !compares_text(&condition.operator.test) {
                condition.operator.test = Test::Unknown(condition.operator.spelling.clone());
            } else if ignores_case(&condition.operator.test) {
                condition.values = condition.values.iter().map(|text| text.to_lowercase()).collect();
            }
        }
    }
    policy
}

/// A wildcard that stands for itself (`${*}`) takes objects that no representative asks for: here it grants what a wildcard grants.
fn widen(statement: &mut Statement) {
    if let (Effect::Allow, Some(Choice::Only(patterns))) | (Effect::Deny, Some(Choice::AllBut(patterns))) =
        (statement.effect, &mut statement.resources)
    {
        for pattern in patterns {
            *pattern = pattern.replace("${*}", "*").replace("${?}", "?");
        }
    }
}

fn root_of(owner: Owner<'_>, account: &str) -> String {
    format!("arn:{}:iam::{account}:root", owner.partition)
}

fn names_accounts_by_number(condition: &Condition) -> bool {
    let is_number = |value: &String| (1..=12).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    condition.operator.test == Test::NumericEquals && condition.values.iter().all(is_number)
}

fn ignores_case(test: &Test) -> bool {
    matches!(test, Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase)
}

fn compares_text(test: &Test) -> bool {
    matches!(
        test,
        Test::StringEquals
            | Test::StringNotEquals
            | Test::StringEqualsIgnoreCase
            | Test::StringNotEqualsIgnoreCase
            | Test::StringLike
            | Test::StringNotLike
            | Test::ArnEquals
            | Test::ArnLike
            | Test::ArnNotEquals
            | Test::ArnNotLike
            | Test::Null
            | Test::Unknown(_)
    )
}
