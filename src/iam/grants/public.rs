//! What S3 calls public, which is all that `RestrictPublicBuckets` holds back.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>

use std::net::IpAddr;

use ipnet::IpNet;

use crate::iam::arn::Arn;
use crate::iam::{Condition, Document, Effect, Principal, Principals, SetOperator, Statement, Test};

/// Whether `policy` is public for S3: one statement that grants access neither to fixed principals nor under a condition on fixed values
/// makes it so, whatever the statement grants and whatever Denies stand beside it.
#[must_use]
pub fn is_public(policy: &Document) -> bool {
    let grants_access = |statement: &&Statement| statement.effect == Effect::Allow;
    policy
        .statements
        .iter()
        .filter(grants_access)
        .any(|statement| !has_fixed_principals(statement) && !statement.conditions.iter().any(is_of_fixed_values))
}

fn has_fixed_principals(statement: &Statement) -> bool {
    match &statement.principals {
        Some(Principals::Only(named)) => !named.iter().any(|principal| matches!(principal, Principal::Everyone { .. })),
        Some(Principals::AllBut(_)) => false,
        // S3 stores no policy without principals.
        None => true,
    }
}

/// Whether a condition lets nobody by but those of the fixed values that it names, of a key that counts for S3.
fn is_of_fixed_values(condition: &Condition) -> bool {
    // With these nobody need have the key.
    if condition.operator.if_exists || condition.operator.set == Some(SetOperator::ForAllValues) {
        return false;
    }
    let test = &condition.operator.test;
    let of = |is_fixed: fn(&str) -> bool| condition.values.iter().all(|value| is_fixed(value));
    match condition.key.to_lowercase().as_str() {
        "aws:sourceip" => *test == Test::IpAddress && of(is_narrow),
        "aws:userid" => compares_text(test) && of(|value| is_plain(value) && !is_session(value)),
        "s3:dataaccesspointarn" => compares_text(test) && of(is_of_one_account_and_region),
        "aws:principalaccount"
        | "aws:principalarn"
        | "aws:principalorgid"
        | "aws:sourceaccount"
        | "aws:sourcearn"
        | "aws:sourceowner"
        | "aws:sourcevpc"
        | "aws:sourcevpce"
        | "s3:dataaccesspointaccount"
        | "s3:x-amz-server-side-encryption-aws-kms-key-id" => compares_text(test) && of(is_plain),
        _ => false,
    }
}

fn compares_text(test: &Test) -> bool {
    matches!(
        test,
        Test::StringEquals | Test::StringEqualsIgnoreCase | Test::StringLike | Test::ArnEquals | Test::ArnLike
    )
}

/// "values that don't contain a wildcard or an AWS Identity and Access Management Policy Variable".
fn is_plain(value: &str) -> bool {
    !value.contains(['*', '?']) && !value.contains("${")
}

/// "aws:userid, outside the pattern "AROLEID:*"": whoever assumes the role chooses the session's name.
fn is_session(value: &str) -> bool {
    value.starts_with("AROA") && value.contains(':')
}

/// "this value can contain a wildcard for the access point name without rendering the policy public, as long as the account id is fixed".
fn is_of_one_account_and_region(value: &str) -> bool {
    let Some(Arn { partition, service, region, account, resource }) = Arn::parse(value) else { return false };
    let fixed = [partition, service, region, account];
    fixed.iter().all(|part| is_plain(part))
        && !account.is_empty()
        && resource.starts_with("accesspoint/")
        && !resource.contains("${")
}

/// "values broader than /8 for IPv4 and /32 for IPv6 (excluding RFC1918 private ranges)". IPv6 has a private range too.
fn is_narrow(value: &str) -> bool {
    let Ok(net) = value.parse::<IpNet>().or_else(|_| value.parse::<IpAddr>().map(IpNet::from)) else { return false };
    let broadest = match net {
        IpNet::V4(_) => 8,
        IpNet::V6(_) => 32,
    };
    net.prefix_len() >= broadest
        || PRIVATE.iter().any(|private| matches!(private.parse::<IpNet>(), Ok(private) if private.contains(&net)))
}

const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
