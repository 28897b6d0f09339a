//! One who is an administrator, can escalate to one, or may.

use crate::account::facts::{AccessKey, LoginProfile, MfaDevice, User};
use crate::account::{Account, Fact, Observed};
use crate::analysis::administrator::{Circumstances, Privileges};
use crate::analysis::documents::{Library, Policies, PolicyHolder};
use crate::analysis::escalation::path::Path;
use crate::analysis::escalation::verdict::Verdict;
use crate::analysis::tristate::{self, Sure};
use crate::model::finding::{Evidence, Subject};

/// What a user's policies come to.
#[derive(Debug, Clone)]
pub(super) struct PrivilegeState {
    pub(super) administrator: Sure,
    /// What its ways to administrator access come to; `None`: it has none, or none that it can use.
    pub(super) ways: Option<Verdict>,
    pub(super) key_works_without_mfa: bool,
    /// Whether they are allowed everything, and a Deny or the boundary takes something of it.
    pub(super) is_kept_from_it: bool,
    /// What is unread is of AWS's policies only, and AWS says that they do not exist.
    pub(super) lacks_only_what_is_gone: bool,
}

impl PrivilegeState {
    pub(super) fn of(
        library: &Library<'_>,
        holder: &PolicyHolder<'_>,
        circumstances: &Circumstances<'_>,
        ways: Option<&Verdict>,
    ) -> Self {
        let policies = Policies::of(library, holder);
        let powers = Privileges::of(&policies, circumstances);
        let administrator = powers.administrator();
        // Most users are neither, and of them no more is asked.
        let may_be_one = administrator != Ok(false);
        PrivilegeState {
            key_works_without_mfa: may_be_one && powers.key_works_without_mfa(library),
            is_kept_from_it: !may_be_one && ways.is_some() && powers.obstacle().is_some(),
            ways: ways.cloned(),
            lacks_only_what_is_gone: policies.lack_only_what_is_gone(),
            administrator,
        }
    }

    /// Whether there is a way to administrator access that the user can use, or could with something to sign in with.
    pub(super) fn can_escalate(&self) -> bool {
        matches!(&self.ways, Some(Verdict::Guarded(_) | Verdict::Open(_) | Verdict::Idle(_)))
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.administrator != Ok(false) || self.ways.is_some()
    }
}

/// A user worth asking about, with what AWS said.
#[derive(Debug, Clone)]
pub(super) struct AdminCandidate<'a> {
    pub(super) user: Observed<'a, User>,
    pub(super) standing: PrivilegeState,
    pub(super) devices: Fact<'a, Vec<MfaDevice>>,
    pub(super) login: Fact<'a, Option<LoginProfile>>,
    pub(super) keys: Fact<'a, Vec<AccessKey>>,
}

impl<'a> AdminCandidate<'a> {
    pub(super) async fn ask(account: &'a Account, user: Observed<'a, User>, standing: PrivilegeState) -> Self {
        let name = &user.get().name;
        let (devices, login, keys) =
            tokio::join!(account.mfa_devices(name), account.login_profile(name), account.access_keys(name));
        AdminCandidate { user, standing, devices, login, keys }
    }

    pub(super) fn name(&self) -> &'a str {
        &self.user.get().name
    }

    pub(super) fn subject(&self) -> Subject {
        Subject::global(&self.user.get().arn)
    }

    pub(super) fn has_device(&self) -> Sure {
        Ok(!self.devices?.get().is_empty())
    }

    pub(super) fn has_active_key(&self) -> Sure {
        let keys = self.keys?;
        tristate::any(keys.each().map(|key| match &key.get().status {
            Some(status) => Ok(status == "Active"),
            None => {
                Err(key.undetermined(format!("AWS doesn't return whether an access key of {} is active", self.name())))
            }
        }))
    }

    /// By a console password, or a key that is active.
    pub(super) fn can_sign_in(&self) -> Sure {
        let has_password = self.login.map(|login| login.get().is_some()).map_err(Into::into);
        tristate::any([has_password, self.has_active_key()])
    }

    /// Who it is, and all that AWS said of devices, password and keys.
    pub(super) fn evidence(&self) -> Evidence {
        let user = self.user.get();
        let attached: Vec<&str> = user.attached_policies.iter().map(|policy| policy.arn.as_str()).collect();
        let mut evidence = Evidence::new(self.user, "user", &user.name)
            .and(self.user, "attached_policies", attached)
            .and(self.user, "groups", &user.groups);
        if let Ok(devices) = self.devices {
            let serials: Vec<&str> = devices.get().iter().map(|device| device.serial_number.as_str()).collect();
            evidence = evidence.and(devices, "mfa_devices", serials);
        }
        if let Ok(login) = self.login {
            evidence = evidence.and(login, "console_password", login.get().is_some());
        }
        if let Ok(keys) = self.keys {
            let statuses: Vec<&Option<String>> = keys.get().iter().map(|key| &key.status).collect();
            evidence = evidence.and(keys, "access_keys", statuses);
        }
        evidence
    }
    /// The same, and the way to administrator access.
    pub(super) fn evidence_of(&self, path: &Path) -> Evidence {
        let evidence = self
            .evidence()
            .and(self.user, "chain", path.chain())
            .and(self.user, "path", &path.hops)
            .and(self.user, "needs_mfa", path.needs_mfa)
            .and(self.user, "class", path.class());
        match (self.keys, self.has_active_key()) {
            (Ok(keys), Ok(true)) => evidence.and(keys, "key_skips_mfa", true),
            _ => evidence,
        }
    }
}
