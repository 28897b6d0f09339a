//! Identity providers that the whole world shares: whoever has an account there gets a token that AWS accepts, so only a condition on
//! whom the token is for tells one's own from anybody's.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>

use crate::iam::{Condition, Effect, Principal, Principals, SetOperator, Statement, Test};

pub(super) const BY_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The shared issuers, each with the claim that says whom a token is for. A path behind the name (GitHub Enterprise) is an issuer of its
/// own.
const SHARED: &[(&str, &str)] = &[
    ("token.actions.githubusercontent.com", "sub"),
    ("gitlab.com", "sub"),
    ("app.terraform.io", "sub"),
    ("agent.buildkite.com", "sub"),
    ("accounts.google.com", "sub"),
    ("graph.facebook.com", "sub"),
    ("www.amazon.com", "sub"),
    // Of Cognito the audience is the identity pool, which is the account's own.
    ("cognito-identity.amazonaws.com", "aud"),
];

/// The identity providers that a statement names.
pub(super) fn named_in(statement: &Statement) -> Vec<&str> {
    match &statement.principals {
        Some(Principals::Only(named)) => named.iter().filter_map(provider).collect(),
        Some(Principals::AllBut(_)) | None => Vec::new(),
    }
}

fn provider(principal: &Principal) -> Option<&str> {
    match principal {
        Principal::Federated(name) => Some(name),
        _ => None,
    }
}

/// Whether an Allow lets in whoever has an account at a shared issuer; `denies` are those of the same trust policy.
pub(super) fn is_shared_with_anyone(allow: &Statement, denies: &[Statement]) -> bool {
    allow.effect == Effect::Allow
        && allow.touches_action(BY_WEB_IDENTITY)
        && named_in(allow).iter().any(|provider| {
            let name = provider.split_once(":oidc-provider/").map_or(*provider, |(_, name)| name);
            SHARED.iter().find(|(shared, _)| shared.eq_ignore_ascii_case(name)).is_some_and(|(issuer, claim)| {
                let key = format!("{issuer}:{claim}");
                !allow.conditions.iter().any(|condition| restricts(condition, &key))
                    && !denies.iter().any(|deny| denies_all_but(deny, &key))
            })
        })
}

fn restricts(condition: &Condition, key: &str) -> bool {
    let is_positive =
        matches!(condition.operator.test, Test::StringEquals | Test::StringEqualsIgnoreCase | Test::StringLike);
    is_positive
        && !condition.operator.if_exists
        && condition.operator.set != Some(SetOperator::ForAllValues)
        && is_on_ones_own(condition, key)
}

/// A Deny of whoever is not one's own restricts as an Allow's condition does.
fn denies_all_but(deny: &Statement, key: &str) -> bool {
    deny.covers_action(BY_WEB_IDENTITY)
        && match deny.conditions.as_slice() {
            [condition] => {
                matches!(
                    condition.operator.test,
                    Test::StringNotEquals | Test::StringNotEqualsIgnoreCase | Test::StringNotLike
                ) && is_on_ones_own(condition, key)
            }
            _ => false,
        }
}

fn is_on_ones_own(condition: &Condition, key: &str) -> bool {
    let is_literal = |value: &String| {
        // `repo:acme/*`, `project_path:acme/*`, `organization:acme:project:*`: the first name is whose it is.
        let name = value.split_once(':').map_or(value.as_str(), |(_, rest)| rest);
        let first = name.split(['/', ':']).next().unwrap_or_default();
        let kind = value.split(':').next().unwrap_or_default();
        !first.is_empty() && !first.contains(['*', '?', '$']) && !kind.contains(['*', '?', '$'])
    };
    condition.key.eq_ignore_ascii_case(key) && !condition.values.is_empty() && condition.values.iter().all(is_literal)
}
