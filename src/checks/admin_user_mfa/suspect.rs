//! One who is, can become, or may be administrator.

use crate::account::facts::{AccessKey, LoginProfile, MfaDevice, User};
use crate::account::{Account, Fact, Seen};
use crate::finding::{Evidence, Subject};
use crate::judgement::administrator::{Circumstances, Powers};
use crate::judgement::documents::{Holder, Library, Policies};
use crate::judgement::sure::{self, Sure};

/// What a user's policies come to.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) administrator: Sure,
    pub(super) can_become: Sure,
    pub(super) key_works_without_mfa: bool,
    /// Whether they are allowed everything, and a Deny or the boundary takes something of it.
    pub(super) is_kept_from_it: bool,
    /// What is unread is of AWS's policies only, and AWS says that they do not exist.
    pub(super) lacks_only_what_is_gone: bool,
}

impl Standing {
    pub(super) fn of(library: &Library<'_>, holder: &Holder<'_>, circumstances: &Circumstances<'_>) -> Self {
        let policies = Policies::of(library, holder);
        let powers = Powers::of(&policies, circumstances);
        let (administrator, can_become) = (powers.administrator(), powers.can_become(library));
        // Most users are neither, and of them no more is asked.
        let may_be_one = administrator != Ok(false);
        Standing {
            key_works_without_mfa: may_be_one && powers.key_works_without_mfa(library),
            is_kept_from_it: administrator == Ok(false) && can_become == Ok(true) && powers.obstacle().is_some(),
            lacks_only_what_is_gone: policies.lack_only_what_is_gone(),
            administrator,
            can_become,
        }
    }

    /// Whether they are or can become administrator.
    pub(super) fn dangerous(&self) -> Sure {
        sure::any([self.administrator.clone(), self.can_become.clone()])
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.dangerous() != Ok(false)
    }
}

/// A user worth asking about, with what AWS said.
#[derive(Debug, Clone)]
pub(super) struct Suspect<'a> {
    pub(super) user: Seen<'a, User>,
    pub(super) standing: Standing,
    pub(super) devices: Fact<'a, Vec<MfaDevice>>,
    pub(super) login: Fact<'a, Option<LoginProfile>>,
    pub(super) keys: Fact<'a, Vec<AccessKey>>,
}

impl<'a> Suspect<'a> {
    pub(super) async fn ask(account: &'a Account, user: Seen<'a, User>, standing: Standing) -> Self {
        let name = &user.get().name;
        let (devices, login, keys) =
            tokio::join!(account.mfa_devices(name), account.login_profile(name), account.access_keys(name));
        Suspect { user, standing, devices, login, keys }
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
        sure::any(keys.each().map(|key| match &key.get().status {
            Some(status) => Ok(status == "Active"),
            None => Err(key.unknowable(format!("AWS does not say whether a key of {} is active", self.name()))),
        }))
    }

    /// By a console password, or a key that is active.
    pub(super) fn can_sign_in(&self) -> Sure {
        let has_password = self.login.map(|login| login.get().is_some()).map_err(Into::into);
        sure::any([has_password, self.has_active_key()])
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
}
