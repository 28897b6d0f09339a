//! How a user or a role comes to make a call, and what is known of such a request.

use crate::analysis::administrator::{self, Circumstances};
use crate::analysis::documents::PolicyHolder;
use crate::iam::Context;

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

/// What is known of every request that somebody makes in a mode. What a request is about is added by whoever asks.
#[must_use]
pub fn context(holder: &PolicyHolder<'_>, mode: Mode, circumstances: &Circumstances<'_>) -> Context {
    let signed_in = match mode {
        Mode::Key => administrator::Mode::Key,
        Mode::Session => administrator::Mode::Session,
        Mode::Mfa => administrator::Mode::SessionWithMfa,
        Mode::Role => administrator::Mode::Role,
        Mode::RoleMfa => administrator::Mode::RoleWithMfa,
    };
    administrator::context(holder, signed_in, circumstances)
        .absent("iam:PolicyARN")
        .absent("iam:PermissionsBoundary")
        .absent("iam:PassedToService")
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
