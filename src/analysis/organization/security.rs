//! The two security accounts: the one for logs and the one for security tools.

use super::names::{is_same, named};
use super::tree::{AccountPlace, Life, Tree};
use crate::account::Unavailable;
use crate::account::facts::OrganizationalUnit;
use crate::config::settings::Settings;
use crate::model::status::Status;

/// One of the two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityAccount {
    /// The one that keeps the logs.
    LogArchive,
    /// The one of the security tools.
    SecurityAudit,
}

/// The OU of the two accounts.
#[derive(Debug, Clone, Copy)]
pub enum SecurityOu<'a> {
    /// The one that the settings name.
    Named(&'a OrganizationalUnit),
    /// Another one directly under the root, which has both accounts.
    Other(&'a OrganizationalUnit),
    /// There is none.
    Absent,
}

/// What was found of an account.
#[derive(Debug, Clone)]
pub enum Found<'t, 'a> {
    /// It is active, in or below the OU.
    InTheOu(&'t AccountPlace<'a>),
    /// It is active, and elsewhere.
    Elsewhere(&'t AccountPlace<'a>),
    /// It is there, and its state or place is unknown.
    Unknown(&'t AccountPlace<'a>, Unavailable),
    /// It is in this state, which is not `ACTIVE`.
    Inactive(&'t AccountPlace<'a>, &'t str),
    /// No account has the name; this one in the OU has a similar one.
    Similar(&'t AccountPlace<'a>),
    /// Only the management account has the name.
    Management(&'t AccountPlace<'a>),
    /// No account has the name.
    Absent,
}

impl SecurityAccount {
    /// Its name or ID by the settings.
    #[must_use]
    pub fn expected(self, expect: &Settings) -> &str {
        match self {
            SecurityAccount::LogArchive => &expect.foundation.log_archive.value,
            SecurityAccount::SecurityAudit => &expect.foundation.security_audit.value,
        }
    }

    /// The name of its setting.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            SecurityAccount::LogArchive => "log-archive",
            SecurityAccount::SecurityAudit => "security-audit",
        }
    }

    /// Words in the name of an account that serves as it.
    const fn words(self) -> &'static [&'static str] {
        match self {
            SecurityAccount::LogArchive => &["log", "archive"],
            SecurityAccount::SecurityAudit => &["audit", "security", "tooling"],
        }
    }

    fn sounds_like(self, account: &AccountPlace<'_>) -> bool {
        let name = account.account.get().name.as_deref().unwrap_or_default().to_lowercase();
        self.words().iter().any(|word| name.contains(word))
    }

    fn is_expected(self, account: &AccountPlace<'_>, expect: &Settings) -> bool {
        let wanted = self.expected(expect);
        account.id() == wanted || account.account.get().name.as_deref().is_some_and(|name| is_same(name, wanted))
    }

    /// The account, of several that match the one that serves best: active in the OU, active elsewhere, unknown, others; then the one
    /// with exactly that name, the one that joined first, and the first by ID.
    #[must_use]
    pub fn find<'t, 'a>(
        self,
        accounts: &'t [AccountPlace<'a>],
        ou: SecurityOu<'_>,
        expect: &Settings,
    ) -> Found<'t, 'a> {
        let matching: Vec<&AccountPlace<'_>> =
            accounts.iter().filter(|account| self.is_expected(account, expect)).collect();
        let wanted = self.expected(expect);
        let best = matching.iter().copied().filter(|account| !account.is_management).min_by_key(|account| {
            let told = account.account.get();
            let is_exact = account.id() == wanted || told.name.as_deref() == Some(wanted);
            (place(account, ou).0, !is_exact, told.joined, account.id())
        });
        if let Some(account) = best {
            return place(account, ou).1;
        }
        if let Some(management) = matching.first() {
            return Found::Management(management);
        }
        let is_similar = |account: &&AccountPlace<'_>| {
            !account.is_management && self.sounds_like(account) && matches!(place(account, ou).1, Found::InTheOu(_))
        };
        accounts.iter().find(is_similar).map_or(Found::Absent, Found::Similar)
    }
}

/// The OU of the two accounts: the named one, else another directly under the root that has both.
///
/// # Errors
/// Why the OUs, or the accounts in them, are unknown.
pub fn security_ou<'a>(tree: &Tree<'a>, expect: &Settings) -> Result<SecurityOu<'a>, Unavailable> {
    let top = tree.top.as_ref().map_err(Clone::clone)?.get();
    let units = named(top, |unit| Some(&unit.name), &expect.foundation.security_ou.value);
    if let Some(unit) = units.into_iter().min_by(|a, b| a.id.cmp(&b.id)) {
        return Ok(SecurityOu::Named(unit));
    }
    let accounts = tree.accounts.as_ref().map_err(Clone::clone)?;
    let mut units: Vec<&OrganizationalUnit> = top.iter().collect();
    units.sort_by(|a, b| a.id.cmp(&b.id));
    let serves = |unit: &&OrganizationalUnit| {
        let ou = SecurityOu::Other(unit);
        let of = |which: SecurityAccount| {
            let fits = move |account: &&AccountPlace<'_>| {
                !account.is_management
                    && (which.is_expected(account, expect) || which.sounds_like(account))
                    && matches!(place(account, ou).1, Found::InTheOu(_))
            };
            accounts.iter().filter(fits).map(AccountPlace::id)
        };
        // One account that sounds like both is not two.
        of(SecurityAccount::LogArchive).any(|logs| of(SecurityAccount::SecurityAudit).any(|audit| audit != logs))
    };
    Ok(units.into_iter().find(serves).map_or(SecurityOu::Absent, SecurityOu::Other))
}

/// How an account serves, and what that comes to.
fn place<'t, 'a>(account: &'t AccountPlace<'a>, ou: SecurityOu<'_>) -> (Status, Found<'t, 'a>) {
    match &account.life {
        Life::Inactive(state) => return (Status::Fail, Found::Inactive(account, state)),
        Life::Unknown(unavailable) => return (Status::Unknown, Found::Unknown(account, unavailable.clone())),
        Life::Active => {}
    }
    match ou {
        SecurityOu::Absent => (Status::Warn, Found::Elsewhere(account)),
        SecurityOu::Named(unit) | SecurityOu::Other(unit) => match account.is_in(&unit.id) {
            Ok(true) => (Status::Pass, Found::InTheOu(account)),
            Ok(false) => (Status::Warn, Found::Elsewhere(account)),
            Err(unavailable) => (Status::Unknown, Found::Unknown(account, unavailable)),
        },
    }
}

impl<'a> Found<'_, 'a> {
    /// The ID of the account, if it is there and active as far as is known.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        match self {
            Found::InTheOu(account)
            | Found::Elsewhere(account)
            | Found::Unknown(account, _)
            | Found::Similar(account) => Some(account.id()),
            Found::Inactive(..) | Found::Management(_) | Found::Absent => None,
        }
    }
}
