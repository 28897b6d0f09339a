//! Access points of S3. `s3:DataAccessPointAccount` and `s3:DataAccessPointArn` name the access point and its owner, not whoever asks, and
//! only requests through one carry them; so a request is made directly, or through this account's access points, or through another's.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>

use std::collections::BTreeSet;

use super::caller::{FILLER, Pattern, account_for, accounts_named, at, is_account_id, of_account, stranger};
use super::{Grantee, IdentityKey, Owner};
use crate::iam::{Choice, Context, Document, has_variables};

const ACCOUNT: &str = "s3:DataAccessPointAccount";
const ARN: &str = "s3:DataAccessPointArn";
/// "Internet" or "VPC", as the access point's owner made it.
const NETWORK_ORIGIN: &str = "s3:AccessPointNetworkOrigin";

/// An access point through which somebody may ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AccessPoint {
    account: String,
    arn: String,
}

/// The request, made through no access point.
pub(super) fn directly(context: Context) -> Context {
    context.absent(ACCOUNT).absent(ARN).absent(NETWORK_ORIGIN)
}

/// Whether a condition key is one of those that only requests through access points carry.
pub(super) fn is_key(key: &str) -> bool {
    [ACCOUNT, ARN, NETWORK_ORIGIN].iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// Whether the policy tells requests through access points from others.
pub(super) fn are_told_apart(policy: &Document) -> bool {
    policy.statements.iter().any(|statement| {
        let names = |text: &String| {
            has_variables(text, statement.version) && {
                let text = text.to_lowercase();
                [ACCOUNT, ARN, NETWORK_ORIGIN].iter().any(|key| text.contains(&key.to_lowercase()))
            }
        };
        let by_resource = match &statement.resources {
            Some(Choice::Only(patterns) | Choice::AllBut(patterns)) => patterns.iter().any(names),
            None => false,
        };
        by_resource
            || statement.conditions.iter().any(|condition| is_key(&condition.key) || condition.values.iter().any(names))
    })
}

impl AccessPoint {
    /// Those of this account and of one that no policy names, and whichever the policy names. None where it does not tell requests
    /// through access points from others: then what is so of a direct request is so of each.
    pub(super) fn all_that_matter(policy: &Document, owner: Owner<'_>) -> Vec<AccessPoint> {
        if !are_told_apart(policy) {
            return Vec::new();
        }
        let mut accounts = BTreeSet::from([owner.account.to_owned(), stranger(owner)]);
        let mut patterns = BTreeSet::new();
        let mut has_variable = false;
        for statement in &policy.statements {
            for condition in &statement.conditions {
                let key = IdentityKey::of(&condition.key);
                let values = condition.values.iter().map(|value| Pattern::new(value, statement.version));
                match key {
                    Some(IdentityKey::PointAccount) => {
                        let fitting = values.filter_map(|value| Some(account_for(&value.within(&at(owner))?, owner)));
                        accounts.extend(fitting.filter(|account| is_account_id(account)));
                    }
                    Some(IdentityKey::PointArn) => patterns.extend(values),
                    _ => {}
                }
            }
        }
        for statement in &policy.statements {
            let texts = statement.conditions.iter().flat_map(|condition| &condition.values);
            has_variable |= texts.into_iter().any(|text| has_variables(text, statement.version));
        }
        // Whoever is named may ask through an access point of their own.
        if has_variable {
            accounts.extend(accounts_named(policy, owner));
        }
        accounts.extend(patterns.iter().filter_map(|pattern| pattern.account(owner)));
        let mut points = BTreeSet::new();
        for account in accounts {
            let context = context_of(&account, owner);
            let arns = patterns.iter().filter_map(|pattern| of_account(&pattern.within(&context)?, &account, owner));
            points.extend(arns.map(|arn| AccessPoint { account: account.clone(), arn }));
            let arn = format!("arn:{}:s3:{FILLER}:{account}:accesspoint/{FILLER}", owner.partition);
            points.insert(AccessPoint { account, arn });
        }
        points.into_iter().collect()
    }

    /// The request, made through this access point.
    pub(super) fn within(&self, context: Context) -> Context {
        context.with(ACCOUNT, &self.account).with(ARN, &self.arn).undecidable(NETWORK_ORIGIN)
    }

    /// To whom something is granted that everybody may do through this access point.
    pub(super) fn to(&self, owner: Owner<'_>) -> Grantee {
        if self.account == owner.account {
            Grantee::AccessPoints
        } else if self.account == stranger(owner) {
            Grantee::World
        } else {
            Grantee::other_account(&self.account)
        }
    }
}

/// What is known of a request of somebody in the account through an access point of it.
fn context_of(account: &str, owner: Owner<'_>) -> Context {
    at(owner).with("aws:PrincipalAccount", account).with(ACCOUNT, account)
}
