//! What users have to sign in with, and what that decides of others' ways to them.

use std::collections::HashMap;

use crate::account::Fact;
use crate::account::Unavailable;
use crate::account::facts::{AccessKey, LoginProfile, MfaDevice};

/// What AWS told of one user's devices, password and keys.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    /// MFA devices.
    pub devices: Fact<'a, Vec<MfaDevice>>,
    /// The console password.
    pub login: Fact<'a, Option<LoginProfile>>,
    /// Access keys.
    pub keys: Fact<'a, Vec<AccessKey>>,
}

/// What the ways to users hang on.
pub enum Preconditions<'a> {
    /// Nothing was asked yet, and everything is taken to fit.
    Assumed,
    /// What was told, by the user's name.
    Asked(HashMap<&'a str, Credentials<'a>>),
}

/// A precondition: it holds, it does not, or it is not known and taken for a yes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds<'a> {
    Yes,
    No,
    Taken(Option<&'a Unavailable>),
}

impl<'a> Holds<'a> {
    pub(super) fn is_surely_so(self) -> bool {
        matches!(self, Holds::Yes)
    }

    /// `None` where it does not hold; else what is not known.
    #[expect(clippy::option_option, reason = "the outer says whether it holds, the inner what was not read")]
    pub(super) fn so(self) -> Option<Option<&'a Unavailable>> {
        match self {
            Holds::Yes => Some(None),
            Holds::No => None,
            Holds::Taken(unavailable) => Some(unavailable),
        }
    }
}

/// What holds of one user whose credentials somebody else would make.
pub(super) struct OfTarget<'a> {
    pub(super) room_for_a_key: Holds<'a>,
    pub(super) password: Holds<'a>,
    pub(super) no_password: Holds<'a>,
    pub(super) no_device: Holds<'a>,
}

/// How many access keys a user can have, of any status.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_KEYS: usize = 2;

impl<'a> Preconditions<'a> {
    /// Whether everything that was asked was told, and there is nothing to take for a yes.
    pub(super) fn are_all_read(&self) -> bool {
        match self {
            Preconditions::Assumed => false,
            Preconditions::Asked(users) => {
                users.values().all(|told| matches!((told.devices, told.login, told.keys), (Ok(_), Ok(_), Ok(_))))
            }
        }
    }

    pub(super) fn of(&self, user: &str, perhaps: bool) -> OfTarget<'a> {
        let told = match self {
            Preconditions::Assumed => None,
            Preconditions::Asked(users) => users.get(user),
        };
        let Some(told) = told else {
            let taken = if perhaps { Holds::Taken(None) } else { Holds::No };
            return OfTarget { room_for_a_key: taken, password: taken, no_password: taken, no_device: taken };
        };
        OfTarget {
            room_for_a_key: holds(told.keys, perhaps, |keys| keys.len() < MOST_KEYS),
            password: holds(told.login, perhaps, Option::is_some),
            no_password: holds(told.login, perhaps, Option::is_none),
            no_device: holds(told.devices, perhaps, Vec::is_empty),
        }
    }
}

fn holds<T>(fact: Fact<'_, T>, perhaps: bool, holds: impl Fn(&T) -> bool) -> Holds<'_> {
    match fact {
        Ok(seen) if holds(seen.get()) => Holds::Yes,
        Err(unavailable) if perhaps => Holds::Taken(Some(unavailable)),
        Ok(_) | Err(_) => Holds::No,
    }
}
