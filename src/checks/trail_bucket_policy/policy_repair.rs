//! The bucket's policy as it should be: what does not hurt stays as it stands, and CloudTrail may write.

use serde_json::{Value, json};

use super::access::{CLOUDFRONT, readers_by, writers_by};
use super::bucket::Bucket;
use super::delivery::{lets_cloudtrail_write, serves_outsiders};
use super::legacy;
use crate::analysis::trail::delivery_request::CLOUDTRAIL;
use crate::iam::arn::Arn;
use crate::iam::grants::{Grantee, Owner, is_public};
use crate::iam::policy_edit::{Policy, allows, under, under_any, with, without, without_actions, without_principals};
use crate::iam::{Choice, Document, Effect, Principal, Principals, Statement, covers_resource};

/// S3 stores no longer one.
const LONGEST: usize = 20 << 10;
/// A policy of more statements, or of more principals, is for a person to look at: each is judged alone.
const MOST_STATEMENTS: usize = 40;
const MOST_PRINCIPALS: usize = 60;

/// Who has to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Nobody.
    Nobody,
    /// The world and other accounts, with whatever lets them write or read.
    Outsiders,
    /// Whoever else may write, too.
    Writers,
}

/// The policy that mends it: `None` where none is found that does, or where nothing has to be changed.
pub(super) fn mended(bucket: &Bucket<'_>, cut: Cut, held: bool) -> Option<String> {
    // Whether the other statements are worth keeping cannot be told of a policy that was not seen.
    let Ok((seen, document)) = &bucket.policy else { return None };
    let text = seen.get().present();
    let mut policy = text.map_or_else(|| Some(Policy::empty()), |text| Policy::of(text))?;
    if document.as_ref().is_some_and(is_for_a_person) {
        return None;
    }
    let before = policy.statements.clone();
    // S3 takes no policy that lets the world in where the bucket's public access block keeps that off.
    let cut = if cut == Cut::Nobody && document.as_ref().is_some_and(is_public) { Cut::Outsiders } else { cut };

    policy.statements = policy.statements.iter().flat_map(|statement| kept(bucket, &policy, statement, cut)).collect();
    if held {
        // The service principal takes their place.
        policy.statements = policy.statements.iter().filter_map(without_legacy_accounts).collect();
        policy.statements =
            policy.statements.iter().flat_map(|statement| held_to(bucket, &policy, statement)).collect();
    }
    let is_mended = |policy: &Policy, statements: &[Value]| {
        policy.read(statements).is_some_and(|document| {
            // The cheapest question first.
            lets_cloudtrail_write(bucket, &document)
                && (!held || !serves_outsiders(bucket, &document))
                && !hurts(bucket, &document, cut)
        })
    };
    // As little as does it: nothing more, an exception in a Deny, new statements for CloudTrail, or both.
    let replaced = || {
        let kept = policy.statements.iter().filter(|statement| !is_replaced(bucket, statement));
        kept.cloned().chain(cloudtrails_statements(bucket)).collect::<Vec<_>>()
    };
    let except =
        |statements: &[Value]| statements.iter().map(|each| excepted(bucket, &policy, each)).collect::<Vec<_>>();
    let plain = policy.statements.clone();
    let mut candidates = vec![plain.clone(), except(&plain), replaced(), except(&replaced())];
    candidates.dedup();
    policy.statements = candidates.into_iter().find(|statements| is_mended(&policy, statements))?;
    let text = policy.text();
    (policy.statements != before && text.len() <= LONGEST).then_some(text)
}

/// Whether there are so many in it that to judge each alone would take long.
fn is_for_a_person(policy: &Document) -> bool {
    let principals = policy.statements.iter().map(|statement| match &statement.principals {
        Some(Principals::Only(named) | Principals::AllBut(named)) => named.len(),
        None => 0,
    });
    policy.statements.len() > MOST_STATEMENTS || principals.sum::<usize>() > MOST_PRINCIPALS
}

/// Whether the policy lets somebody in who has to go, or may.
pub(super) fn is_open(bucket: &Bucket<'_>, cut: Cut) -> bool {
    match &bucket.policy {
        Ok((_, Some(document))) => is_for_a_person(document) || hurts(bucket, document, cut),
        Ok((_, None)) | Err(_) => false,
    }
}

/// A statement alone, to be asked about itself.
fn policy_of(statement: &Value) -> Option<Document> {
    Policy::empty().read(std::slice::from_ref(statement))
}

/// Whether a policy lets somebody in who has to go.
fn hurts(bucket: &Bucket<'_>, policy: &Document, cut: Cut) -> bool {
    let canonical_id = match &bucket.acl {
        Ok(acl) => acl.get().present().and_then(|acl| acl.owner.as_deref()),
        Err(_) => None,
    };
    let owner = Owner { account: bucket.account, partition: bucket.partition, canonical_id, now: bucket.now };
    match cut {
        Cut::Nobody => false,
        Cut::Outsiders => {
            !readers_by(bucket, policy, owner).is_empty() || writers_by(bucket, policy, owner).keys().any(is_outside)
        }
        Cut::Writers => !writers_by(bucket, policy, owner).is_empty() || hurts(bucket, policy, Cut::Outsiders),
    }
}

fn is_outside(to: &Grantee) -> bool {
    matches!(to, Grantee::World | Grantee::Account(_) | Grantee::AccessPoints)
}

/// What of a statement may stay. Outsiders go whole; whoever is of this account, or a service of AWS, keeps what does not hurt.
fn kept(bucket: &Bucket<'_>, policy: &Policy, statement: &Value, cut: Cut) -> Vec<Value> {
    let alone =
        |statement: &Value, cut: Cut| policy_of(statement).is_none_or(|statement| hurts(bucket, &statement, cut));
    if cut == Cut::Nobody || !allows(statement) || !alone(statement, cut) {
        return vec![statement.clone()];
    }
    // Of what hurts by itself, the Denies beside it may leave nothing. They are looked at once, since there may be many.
    let denies = policy.statements.iter().filter(|other| !allows(other)).cloned();
    let with_denies: Vec<Value> = denies.chain([statement.clone()]).collect();
    if policy.read(&with_denies).is_some_and(|together| !hurts(bucket, &together, cut)) {
        return vec![statement.clone()];
    }
    let harmless = |mut statement: Value| {
        if alone(&statement, Cut::Outsiders) {
            statement = without_principals(&statement, |one| alone(one, Cut::Outsiders))?;
        }
        if cut == Cut::Writers && alone(&statement, Cut::Writers) {
            statement = without_actions(&statement, |one| alone(one, Cut::Writers))
                .or_else(|| without_principals(&statement, |one| alone(one, Cut::Writers)))?;
        }
        (!alone(&statement, cut)).then_some(statement)
    };
    restricted(bucket, statement).into_iter().filter_map(harmless).collect()
}

/// A statement for whoever asks through `CloudFront` or an access point, restricted to this account's distributions and principals.
fn restricted(bucket: &Bucket<'_>, statement: &Value) -> Vec<Value> {
    let to_principals = |statement: Value| {
        let owner = Owner { account: bucket.account, partition: bucket.partition, canonical_id: None, now: bucket.now };
        let outside: Vec<Grantee> = policy_of(&statement).map_or_else(Vec::new, |alone| {
            let readers = readers_by(bucket, &alone, owner).into_keys();
            readers.chain(writers_by(bucket, &alone, owner).into_keys()).filter(is_outside).collect()
        });
        let is_of_points = !outside.is_empty() && outside.iter().all(|to| *to == Grantee::AccessPoints);
        is_of_points
            .then(|| under(&statement, "StringEquals", "aws:PrincipalAccount", bucket.account))
            .flatten()
            .unwrap_or(statement)
    };
    let cloudfronts = with(statement, "Principal", json!({"Service": CLOUDFRONT}));
    let is_cloudfront = |alone: &Value| alone.pointer("/Principal/Service").is_some_and(|name| name == CLOUDFRONT);
    let rest = without_principals(statement, is_cloudfront);
    let is_named = match statement.pointer("/Principal/Service") {
        Some(Value::Array(names)) => names.iter().any(|name| name == CLOUDFRONT),
        one => one.is_some_and(|name| name == CLOUDFRONT),
    };
    if !is_named || !policy_of(&cloudfronts).is_some_and(|alone| hurts(bucket, &alone, Cut::Outsiders)) {
        return vec![to_principals(statement.clone())];
    }
    let distributions = format!("arn:{}:cloudfront::{}:distribution/*", bucket.partition, bucket.account);
    let mut held = under(&cloudfronts, "ArnLike", "aws:SourceArn", &distributions);
    // No two statements may have the same name.
    if let (Some(_), Some(Value::Object(held))) = (&rest, &mut held) {
        held.remove("Sid");
    }
    rest.map(to_principals).into_iter().chain(held).collect()
}

/// A statement without the account IDs that CloudTrail had before its service principal; `None` where it names no one else.
fn without_legacy_accounts(statement: &Value) -> Option<Value> {
    let is_legacy = |one: &Value| {
        policy_of(one).is_some_and(|alone| alone.statements.iter().any(|one| legacy::accounts(one).next().is_some()))
    };
    if allows(statement) && is_legacy(statement) {
        without_principals(statement, is_legacy)
    } else {
        Some(statement.clone())
    }
}

/// CloudTrail's part of a statement, held to this account, beside the rest of it. What another account's trails are let in for by name
/// stays: only its author knows what for.
fn held_to(bucket: &Bucket<'_>, policy: &Policy, statement: &Value) -> Vec<Value> {
    let serves = |statement: &Value| {
        allows(statement)
            && policy.read(std::slice::from_ref(statement)).is_some_and(|alone| serves_outsiders(bucket, &alone))
    };
    if !serves(statement) || names_another_account(bucket, statement) {
        return vec![statement.clone()];
    }
    let is_cloudtrail = |alone: &Value| alone.pointer("/Principal/Service").is_some_and(|name| name == CLOUDTRAIL);
    let rest = without_principals(statement, is_cloudtrail);
    let cloudtrails = with(statement, "Principal", json!({"Service": CLOUDTRAIL}));
    // In another place of the bucket another trail may write, of which nobody here knows.
    let here = policy_of(&cloudtrails).is_some_and(|alone| alone.statements.iter().all(|one| is_here(bucket, one)));
    let held = under(&cloudtrails, "StringEquals", "aws:SourceAccount", bucket.trail_account);
    let held = match held {
        Some(held) if here => with_source_arns(bucket, &held).or(Some(held)),
        held => held,
    };
    match held {
        Some(held) if !rest.as_ref().is_some_and(serves) => match rest {
            // A statement's Sid stands in a policy once.
            Some(rest) => vec![rest, without(&held, "Sid")],
            None => vec![held],
        },
        _ => vec![statement.clone()],
    }
}

/// The statement for this trail and the others that are known to write into the bucket.
fn with_source_arns(bucket: &Bucket<'_>, statement: &Value) -> Option<Value> {
    match bucket.sharing.as_slice() {
        [one] => under(statement, "StringEquals", "aws:SourceArn", one),
        several => under_any(statement, "StringEquals", "aws:SourceArn", several),
    }
}

/// Whether a condition on the source names another account, by its number or in an ARN.
fn names_another_account(bucket: &Bucket<'_>, statement: &Value) -> bool {
    let Some(document) = policy_of(statement) else { return true };
    let conditions = document.statements.iter().flat_map(|statement| &statement.conditions);
    let sources = conditions.filter(|condition| condition.key.to_ascii_lowercase().starts_with("aws:source"));
    let accounts = sources
        .flat_map(|condition| &condition.values)
        .map(|value| Arn::parse(value).map_or(value.as_str(), |arn| arn.account));
    let mut named = accounts.filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    named.any(|account| account != bucket.account && account != bucket.trail_account)
}

/// A Deny that stops CloudTrail, with this trail as an exception: nobody but AWS can name a trail as the source.
fn excepted(bucket: &Bucket<'_>, policy: &Policy, statement: &Value) -> Value {
    let stops = |statement: &Value| {
        let alone = [cloudtrails_statements(bucket).as_slice(), std::slice::from_ref(statement)].concat();
        policy.read(&alone).is_some_and(|alone| !lets_cloudtrail_write(bucket, &alone))
    };
    if allows(statement) || !stops(statement) {
        return statement.clone();
    }
    under(statement, "ArnNotEquals", "aws:SourceArn", &bucket.trail.get().arn).unwrap_or_else(|| statement.clone())
}

/// For this trail, and for the others of the account that are known to share the bucket, so that they go on.
fn cloudtrails_statements(bucket: &Bucket<'_>) -> [Value; 2] {
    let principal = json!({"Service": CLOUDTRAIL});
    let account = bucket.trail_account;
    let files = match &bucket.location.organization_files {
        Ok(Some(organization)) => json!([bucket.location.all_own, organization]),
        _ => json!(bucket.location.all_own),
    };
    let trails = match bucket.sharing.as_slice() {
        [one] => json!(one),
        several => json!(several),
    };
    [
        json!({
            "Effect": "Allow", "Principal": principal, "Action": "s3:GetBucketAcl",
            "Resource": bucket.location.bucket,
            "Condition": {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": trails}},
        }),
        json!({
            "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
            "Resource": files,
            "Condition": {"StringEquals": {
                "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account, "aws:SourceArn": trails,
            }},
        }),
    ]
}

/// Whether a statement says nothing that the new ones do not say better: CloudTrail alone, in this trail's places, and not for another
/// trail by name.
fn is_replaced(bucket: &Bucket<'_>, statement: &Value) -> bool {
    let Some(alone) = policy_of(statement) else { return false };
    let [statement] = alone.statements.as_slice() else { return false };
    let Statement { effect, principals, conditions, .. } = statement;
    let is_cloudtrails = match principals {
        Some(Principals::Only(named)) => {
            named.iter().all(|principal| matches!(principal, Principal::Service(name) if name == CLOUDTRAIL))
        }
        _ => false,
    };
    let names_a_source = conditions.iter().any(|condition| {
        let is_source = condition.key.to_ascii_lowercase().starts_with("aws:source");
        is_source && condition.values != [bucket.trail_account]
    });
    *effect == Effect::Allow && is_cloudtrails && is_here(bucket, statement) && !names_a_source
}

/// Whether a statement is about this trail's places alone.
fn is_here(bucket: &Bucket<'_>, statement: &Statement) -> bool {
    match &statement.resources {
        Some(Choice::Only(patterns)) => patterns
            .iter()
            .all(|pattern| *pattern == bucket.location.bucket || covers_resource(&bucket.location.all_own, pattern)),
        _ => false,
    }
}
