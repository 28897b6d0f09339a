//! The context of a principal's own request, by how they signed in.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use jiff::Timestamp;

use crate::account::Account;
use crate::analysis::documents::{PolicyHolder, home_of};
use crate::analysis::own_organization::Membership;
use crate::iam::Context;

/// How whoever makes a request signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Not known: what hangs on MFA, or on a user's session, is undecidable.
    Any,
    /// A user's access key. "The key … is not present in requests made with long-term credentials", and neither is the session's time.
    Key,
    /// A user's console session without MFA.
    Session,
    /// A user's console session with MFA.
    SessionWithMfa,
    /// A role's session without MFA; also every session that an AWS service makes, for an instance for one.
    Role,
    /// A role's session that was assumed with MFA.
    RoleWithMfa,
}

/// What is so of every request of the account.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The audit's time, for conditions on time: every session is made now.
    pub now: Timestamp,
    /// The account's organization.
    pub membership: Membership<'a>,
}

impl<'a> Circumstances<'a> {
    /// Asks for the membership, which every audit asks for.
    pub async fn of(account: &'a Account) -> Self {
        Circumstances { now: account.now(), membership: Membership::of(account.organization().await) }
    }
}

/// What is known of a request that somebody makes. Every other key is undecidable.
#[must_use]
pub fn context(holder: &PolicyHolder<'_>, mode: Mode, circumstances: &Circumstances<'_>) -> Context {
    const MFA: &str = "aws:MultiFactorAuthPresent";
    const MFA_AGE: &str = "aws:MultiFactorAuthAge";
    const ISSUED: &str = "aws:TokenIssueTime";
    let Circumstances { now, membership } = circumstances;
    let (_, account) = home_of(holder.arn);
    let context = Context::new()
        .with("aws:CurrentTime", now.to_string())
        .with("aws:EpochTime", now.as_second().to_string())
        .with("aws:PrincipalArn", holder.arn)
        .with("aws:PrincipalAccount", account)
        .with("aws:PrincipalIsAWSService", "false")
        .with("aws:ResourceAccount", account)
        .with("aws:SecureTransport", "true")
        .absent("aws:SourceAccount")
        .absent("aws:SourceArn")
        // It is true only for the actions of AWS's MCP servers themselves, and no policy about IAM or Systems Manager is about these.
        .with("aws:IsMcpServiceAction", "false");
    let context = membership.bring(context);
    let context = if holder.is_user {
        context.with("aws:username", holder.name).with("aws:PrincipalType", "User")
    } else {
        context.absent("aws:username").with("aws:PrincipalType", "AssumedRole")
    };
    let issued = |context: Context| context.with(ISSUED, now.to_string());
    match mode {
        Mode::Any if holder.is_user => context,
        Mode::Any => issued(context),
        Mode::Key => context.absent(MFA).absent(MFA_AGE).absent(ISSUED),
        Mode::Session | Mode::Role => issued(context.with(MFA, "false").absent(MFA_AGE)),
        Mode::SessionWithMfa | Mode::RoleWithMfa => issued(context.with(MFA, "true").carries(MFA_AGE)),
    }
}
