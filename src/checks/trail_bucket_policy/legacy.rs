//! Delivery under a grant to the account IDs that CloudTrail had before its service principal: each ID delivers from its own Region.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-supported-regions.html>

use std::collections::BTreeSet;

use super::bucket::Bucket;
use super::delivery::Need;
use crate::account::Unavailable;
use crate::analysis::trail::delivery_request::WHO;
use crate::iam::aws_accounts::{LogDelivery, delivering, of_cloudtrail_in};
use crate::iam::{Decision, Document, Effect, Principal, Principals, Request, Statement, Who, decide};

/// Enabled Regions from which CloudTrail can't deliver.
pub(super) struct Uncovered {
    pub(super) regions: Vec<String>,
    pub(super) enabled: usize,
}

/// How far the service principal and legacy account IDs together let CloudTrail do what a trail needs.
pub(super) enum Coverage {
    /// From every enabled Region.
    Whole,
    /// From these enabled Regions surely not.
    Gap(Uncovered),
    /// The answer depends on these condition keys.
    Depends(BTreeSet<String>),
}

/// The legacy account IDs that a statement names.
pub(super) fn accounts(statement: &Statement) -> impl Iterator<Item = &str> {
    let named = match &statement.principals {
        Some(Principals::Only(named)) => named.as_slice(),
        Some(Principals::AllBut(_)) | None => &[],
    };
    named.iter().filter_map(|principal| match principal {
        Principal::Aws(name) => {
            let account = name.split(':').nth(4).unwrap_or(name);
            (delivering(account) == Some(LogDelivery::CloudTrail)).then_some(account)
        }
        _ => None,
    })
}

/// Whether the policy lets any legacy account ID do the action anywhere.
pub(super) fn is_named(policy: &Document, action: &str) -> bool {
    let mut allows = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows.any(|statement| statement.touches_action(action) && accounts(statement).next().is_some())
}

/// Evaluates one need for each enabled Region: as the service principal, else as the account IDs of that Region.
pub(super) fn coverage(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>) -> Result<Coverage, Unavailable> {
    let enabled = bucket.regions?.get();
    let (mut regions, mut open) = (Vec::new(), BTreeSet::new());
    for region in enabled {
        match in_region(bucket, policy, need, region) {
            Decision::Allowed => {}
            Decision::Depends(keys) => open.extend(keys),
            Decision::Denied { .. } => regions.push(region.clone()),
        }
    }
    Ok(match (regions.is_empty(), open.is_empty()) {
        (false, _) => Coverage::Gap(Uncovered { regions, enabled: enabled.len() }),
        (true, false) => Coverage::Depends(open),
        (true, true) => Coverage::Whole,
    })
}

fn in_region(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>, region: &str) -> Decision {
    let resource = need.resource_in(region);
    let context = bucket.asking().context(need.action);
    let service = decide(&[policy], &Request { who: WHO, action: need.action, resource: &resource, context: &context });
    if service == Decision::Allowed {
        return service;
    }
    let as_account = |account: &str| {
        let context = bucket.asking().context_of_legacy_account(need.action, account);
        let who = Who::Root { account };
        decide(&[policy], &Request { who, action: need.action, resource: &resource, context: &context })
    };
    let mut accounts: Vec<Decision> = of_cloudtrail_in(region).map(as_account).collect();
    accounts.dedup();
    match accounts.as_slice() {
        [] => service,
        [alike] => match (alike, service) {
            (Decision::Denied { .. }, service) => service,
            (Decision::Depends(keys), Decision::Depends(more)) => {
                Decision::Depends(keys.union(&more).cloned().collect())
            }
            (alike, _) => alike.clone(),
        },
        // AWS's lists differ on the ID of this Region, and the policy tells them apart.
        _ => Decision::Depends(BTreeSet::from([format!("the account ID that CloudTrail delivers with in {region}")])),
    }
}
