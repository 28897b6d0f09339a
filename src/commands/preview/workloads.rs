//! What should not stay in a management account: signs of workloads, by the roles that services take here.

use std::collections::{BTreeMap, BTreeSet};

use super::Change;
use crate::account::Account;
use crate::iam::{Document, Effect, Principal, Principals};

const PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html";

pub(super) async fn change(account: &Account) -> Change {
    let change = Change::new("workloads", "Workloads belong in other accounts", PAGE)
        .says("AWS recommends no workloads in the management account: SCPs can't restrict them");
    let roles = match account.roles().await {
        Ok(roles) => roles,
        Err(unavailable) => {
            return change.says("The roles, which are signs of workloads, could not be read").lacks(unavailable);
        }
    };
    let mut services: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut unread = Vec::new();
    for role in roles.each().filter(|role| !role.get().path.starts_with("/aws-service-role/")) {
        match Document::parse(&role.get().trust_policy) {
            Ok(document) => {
                for service in trusted(&document) {
                    services.entry(service).or_default().insert(&role.get().name);
                }
            }
            Err(error) => unread.push(
                role.undetermined(format!("The trust policy of role {} can't be read: {error}", role.get().name)),
            ),
        }
    }
    let told = services.into_iter().map(|(service, roles)| {
        let roles: Vec<&str> = roles.into_iter().collect();
        format!("{service} can assume {} here", listed(&roles))
    });
    let told: Vec<String> = told.collect();
    let change = if told.is_empty() {
        change.says("None of the roles that were read is for a service, so there is no sign of one")
    } else {
        change
            .needs("Move workloads to member accounts, or create the organization from an empty account")
            .says(format!("Signs of workloads: {}", told.join("; ")))
    };
    let change = change.says("stagecheck reads no instances, functions or data: look for them yourself");
    unread.into_iter().fold(change, Change::lacks)
}

/// The services that a trust policy lets in.
fn trusted(document: &Document) -> BTreeSet<String> {
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows
        .flat_map(|statement| match &statement.principals {
            Some(Principals::Only(named)) => named.as_slice(),
            Some(Principals::AllBut(_)) | None => &[],
        })
        .filter_map(|principal| match principal {
            Principal::Service(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

/// A few names, and how many more there are.
fn listed(names: &[&str]) -> String {
    const NAMED: usize = 5;
    let (named, more) = names.split_at(names.len().min(NAMED));
    let word = if names.len() == 1 { "the role" } else { "the roles" };
    let list = named.join(", ");
    if more.is_empty() { format!("{word} {list}") } else { format!("{word} {list} and {} more", more.len()) }
}
