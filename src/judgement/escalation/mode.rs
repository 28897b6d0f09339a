//! How a user or a role comes to make a call, and what is known of such a request.

use jiff::Timestamp;

use crate::judgement::administrator;
use crate::judgement::documents::Holder;
use crate::policy::Context;

/// With which credentials a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// An access key of a user.
    Key,
    /// A console session of a user, without MFA.
    Session,
    /// A session of a user, with MFA.
    Mfa,
    /// A session of a role that was assumed without MFA, or by a service.
    Role,
    /// A session of a role that was assumed with MFA.
    RoleMfa,
}

impl Mode {
    /// All modes, each at its own [index](Mode::index).
    pub const ALL: [Mode; 5] = [Mode::Key, Mode::Session, Mode::Mfa, Mode::Role, Mode::RoleMfa];

    /// The modes of a user, or of a role.
    #[must_use]
    pub const fn of(is_user: bool) -> &'static [Mode] {
        if is_user { &[Mode::Key, Mode::Session, Mode::Mfa] } else { &[Mode::Role, Mode::RoleMfa] }
    }

    /// Where it stands among all.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Mode::Key => 0,
            Mode::Session => 1,
            Mode::Mfa => 2,
            Mode::Role => 3,
            Mode::RoleMfa => 4,
        }
    }

    /// The mode of a role's session that is assumed in this mode.
    #[must_use]
    pub const fn of_assumed(self) -> Mode {
        match self {
            Mode::Mfa | Mode::RoleMfa => Mode::RoleMfa,
            Mode::Key | Mode::Session | Mode::Role => Mode::Role,
        }
    }

    /// Whether the session was made with MFA.
    #[must_use]
    pub const fn has_mfa(self) -> bool {
        matches!(self, Mode::Mfa | Mode::RoleMfa)
    }
}

/// Whether the account is in an organization, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organization<'a> {
    /// It stands alone.
    None,
    /// It is in the organization of this id.
    Member(&'a str),
    /// That could not be read.
    Unknown,
}

/// What is known of every request that somebody makes in a mode.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[must_use]
pub fn context(holder: &Holder<'_>, mode: Mode, now: Timestamp, organization: Organization<'_>) -> Context {
    let (_, account) = crate::judgement::documents::home_of(holder.arn);
    let context = administrator::context(holder, now)
        .with("aws:ResourceAccount", account)
        .with("aws:SecureTransport", "true")
        // "Only the MCP actions themselves": no action that leads to administrator access is one.
        .with("aws:IsMcpServiceAction", "false")
        .absent("aws:SourceAccount")
        .absent("aws:SourceArn")
        .absent("iam:PolicyARN")
        .absent("iam:PermissionsBoundary")
        .absent("iam:PassedToService");
    let context = match organization {
        Organization::None => context.absent("aws:PrincipalOrgID").absent("aws:PrincipalOrgPaths"),
        Organization::Member(id) => context.with("aws:PrincipalOrgID", id),
        Organization::Unknown => context,
    };
    match mode {
        // "The key is not present in requests made with long-term credentials".
        Mode::Key => {
            context.absent("aws:MultiFactorAuthPresent").absent("aws:MultiFactorAuthAge").absent("aws:TokenIssueTime")
        }
        // Every new session is younger than any time that a policy names.
        Mode::Session | Mode::Role => context
            .with("aws:MultiFactorAuthPresent", "false")
            .absent("aws:MultiFactorAuthAge")
            .with("aws:TokenIssueTime", now.to_string()),
        Mode::Mfa | Mode::RoleMfa => {
            context.with("aws:MultiFactorAuthPresent", "true").with("aws:TokenIssueTime", now.to_string())
        }
    }
}

/// Whether what is known of a key hangs on the mode.
#[must_use]
pub fn hangs_on_mode(key: &str) -> bool {
    ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:TokenIssueTime"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(key))
}

/// Whether what is known of a key hangs on who asks.
#[must_use]
pub fn hangs_on_principal(key: &str) -> bool {
    ["aws:PrincipalArn", "aws:username", "aws:PrincipalType", "aws:userid"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(key))
}
