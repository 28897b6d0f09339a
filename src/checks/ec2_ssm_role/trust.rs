//! `/trust`: EC2 may assume the role.

use jiff::Timestamp;

use super::remedy;
use super::role::RoleUnderTest;
use crate::account::facts::{Caller, Role};
use crate::account::{Fact, Observed};
use crate::analysis::documents::home_of;
use crate::analysis::role_trust::document;
use crate::analysis::tristate::Sure;
use crate::iam::{Context, Decision, Document, Effect, Principal, Principals, Request, Statement, Who, decide};
use crate::model::finding::{Evidence, Judgement, Outcome};

const ASSUME: &str = "sts:AssumeRole";

/// Keys of a request that EC2 never sends when it assumes a role for an instance: it acts for no organization, no user, no session,
/// and, other than most services, it says neither for which account nor for which resource.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const NEVER_SENT: &[&str] = &[
    "sts:ExternalId",
    "sts:SourceIdentity",
    "aws:SourceIdentity",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:username",
    "aws:userid",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:TokenIssueTime",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "sts:TransitiveTagKeys",
    "aws:TagKeys",
];

/// The names of the service EC2 in a partition.
fn names_of_ec2(partition: &str) -> &'static [&'static str] {
    if partition == "aws-cn" { &["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] } else { &["ec2.amazonaws.com"] }
}

/// Whether the trust policy allows EC2 anything at all, be it under a condition that EC2 cannot meet.
pub(super) fn names_ec2(role: Observed<'_, Role>) -> Sure {
    let (partition, _) = home_of(&role.get().arn);
    Ok(document(role)?.statements.iter().any(|statement| allows_by_name(statement, names_of_ec2(partition))))
}

/// An Allow that names EC2. One for everyone is not meant for EC2.
fn allows_by_name(statement: &Statement, names: &[&str]) -> bool {
    statement.effect == Effect::Allow
        && match &statement.principals {
            Some(Principals::Only(principals)) => principals
                .iter()
                .any(|principal| matches!(principal, Principal::Service(name) if names.contains(&name.as_str()))),
            Some(Principals::AllBut(_)) | None => false,
        }
}

/// Whether a key comes with users, tags of sessions and identity providers only (`accounts.google.com:aud`, `SAML:sub`).
fn is_foreign_to_services(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let of_tags = ["aws:principaltag/", "aws:requesttag/"].iter().any(|prefix| key.starts_with(prefix));
    of_tags || !["aws:", "sts:", "ec2:", "iam:"].iter().any(|prefix| key.starts_with(prefix))
}

fn context(role: &Role, trust: &Document, now: Timestamp) -> Context {
    let (partition, account) = home_of(&role.arn);
    let context = Context::new()
        .with("aws:CurrentTime", now.to_string())
        .with("aws:EpochTime", now.as_second().to_string())
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:SecureTransport", "true")
        .with("aws:ViaAWSService", "false")
        .with("aws:ResourceAccount", account);
    // Of two names AWS does not say which one it sends.
    let context = match names_of_ec2(partition) {
        [name] => context.with("aws:PrincipalServiceName", *name),
        _ => context.carries("aws:PrincipalServiceName"),
    };
    let keys =
        trust.statements.iter().flat_map(|statement| &statement.conditions).map(|condition| condition.key.as_str());
    let foreign = keys.filter(|key| is_foreign_to_services(key));
    NEVER_SENT.iter().copied().chain(foreign).fold(context, Context::absent)
}

/// What the trust policy says to EC2.
fn decision(role: &Role, trust: &Document, now: Timestamp) -> Decision {
    let (partition, _) = home_of(&role.arn);
    let names = names_of_ec2(partition);
    let counts = |statement: &&Statement| statement.effect == Effect::Deny || allows_by_name(statement, names);
    let statements = trust.statements.iter().filter(counts).cloned().collect();
    let of_ec2 = Document { version: trust.version, id: None, statements };
    let context = context(role, trust, now);
    let who = Who::Service { names };
    decide(&[&of_ec2], &Request { who, action: ASSUME, resource: &role.arn, context: &context })
}

/// Whether a trust policy of the role surely lets EC2 assume it.
pub(super) fn lets_ec2_in(judging: &RoleUnderTest<'_>, trust: &Document) -> bool {
    decision(judging.role.get(), trust, judging.circumstances.now) == Decision::Allowed
}

pub(super) fn judge(judging: &RoleUnderTest<'_>) -> Judgement {
    let role = judging.role.get();
    let trust = document(judging.role)?;
    let evidence =
        Evidence::new(judging.role, "role", &role.name).and(judging.role, "trust_policy", &role.trust_policy);
    let fail =
        |message: String| Ok(Outcome::fail(message, evidence.clone(), remedy::new_role(judging.roles, &role.arn)));
    match decision(role, &trust, judging.circumstances.now) {
        Decision::Allowed => {
            Ok(Outcome::pass(format!("EC2 instances can assume role `{}`", role.name), evidence.clone()))
        }
        Decision::Denied { explicit: true } => {
            fail(format!("The trust policy of role `{}` denies EC2 what it may allow elsewhere", role.name))
        }
        Decision::Denied { explicit: false } if names_ec2(judging.role)? => fail(format!(
            "The trust policy of role `{}` names EC2, but not for {ASSUME}, or under a condition that EC2 can't \
             meet",
            role.name
        )),
        Decision::Denied { explicit: false } => {
            fail(format!("The trust policy of role `{}` doesn't allow EC2 to assume it", role.name))
        }
        Decision::Depends(keys) => {
            let keys: Vec<String> = keys.into_iter().collect();
            Err(judging.role.undetermined(format!(
                "It can't be evaluated whether EC2 can assume role {}: it depends on {}",
                role.name,
                keys.join(", ")
            )))
        }
    }
}

/// There is no role for instances at all.
pub(super) fn none(roles: Observed<'_, Vec<Role>>, caller: Fact<'_, Caller>) -> Outcome {
    let mut message = "No IAM role can be assumed by EC2".to_owned();
    if roles.each().any(super::role::is_default_host_management) {
        message = format!("{message}. Default Host Management may serve instead, where it is enabled");
    }
    let arn = match (roles.get().first(), caller) {
        (Some(role), _) => Some(role.arn.as_str()),
        (None, Ok(caller)) => Some(caller.get().arn.as_str()),
        (None, Err(_)) => None,
    };
    let evidence = Evidence::new(roles, "roles", roles.get().len());
    let remedy = match arn {
        Some(arn) => remedy::new_role(roles, arn),
        None => remedy::new_role_by_console(),
    };
    Outcome::fail(message, evidence, remedy).brief("no role trusts EC2")
}
