//! `/keys`: a key works without MFA, unless a policy demands it.

use super::KEYS;
use super::remedy::Keys;
use super::suspect::AdminCandidate;
use crate::account::facts::{Caller, User};
use crate::account::{Fact, Observed, Unavailable};
use crate::analysis::documents::{Library, PolicyHolder, aws_policy};
use crate::analysis::tristate::{self, Sure};
use crate::model::finding::{Evidence, Finding, Outcome, Subject};

/// The policies that AWS attaches to a user whose key it found in public, in all their versions.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";

/// What AWS wrote into such a user before it had those policies.
const OLD_QUARANTINE: &str = "AWSExposedCredentialPolicy_DO_NOT_REMOVE";

const LOOKED_INTO: &str = "when you have reviewed what the access key was used for and detached AWS's policy";

/// One finding for each user whose key AWS holds for leaked, and for each who is or may be administrator.
pub(super) fn judge(
    library: &Library<'_>,
    users: Observed<'_, Vec<User>>,
    suspects: &[AdminCandidate<'_>],
    caller: Fact<'_, Caller>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut open: Option<Unavailable> = None;
    let mut suspects = suspects.iter().peekable();
    for user in users.each() {
        let suspect = suspects.next_if(|suspect| suspect.user.get().arn == user.get().arn);
        let leaked = is_quarantined(library, user);
        let administrator = suspect.filter(|suspect| suspect.standing.administrator != Ok(false));
        match (leaked, administrator) {
            (Ok(true), _) => findings.push(quarantined(user, &keys_of(user, suspect, caller))),
            (leaked, Some(suspect)) => {
                findings.push(of_administrator(suspect, leaked, &keys_of(user, Some(suspect), caller)));
            }
            (Ok(false), None) => {}
            (Err(unavailable), None) => open = open.or(Some(unavailable)),
        }
    }
    // Whatever hides one user's groups hides everybody's: one line says it for all.
    findings.extend(open.map(|unavailable| KEYS.unknown(&Subject::account(), &unavailable)));
    findings
}

fn is_quarantined(library: &Library<'_>, user: Observed<'_, User>) -> Sure {
    if has_old_quarantine(user.get()) {
        return Ok(true);
    }
    let attached = library.attached(&PolicyHolder::user(user));
    tristate::any(attached.into_iter().map(|arn| Ok(aws_policy(arn?).is_some_and(is_quarantine))))
}

fn has_old_quarantine(user: &User) -> bool {
    user.inline_policies.iter().any(|policy| policy.name == OLD_QUARANTINE)
}

fn is_quarantine(name: &str) -> bool {
    name.strip_prefix(QUARANTINE).is_some_and(|version| {
        version.is_empty() || version.strip_prefix('V').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// An administrator with a device and no password has the key as the only way in: without it there might be none.
fn keys_of<'a>(user: Observed<'a, User>, suspect: Option<&AdminCandidate<'_>>, caller: Fact<'_, Caller>) -> Keys<'a> {
    let needs_password = suspect.is_some_and(|suspect| {
        let has_password = matches!(suspect.login, Ok(login) if login.get().is_some());
        suspect.standing.administrator != Ok(false) && suspect.has_device() != Ok(false) && !has_password
    });
    // To cut off the branch that the audit sits on is for whoever knows another way in.
    let is_own = match caller {
        Ok(caller) => caller.get().arn == user.get().arn,
        Err(_) => true,
    };
    Keys { user: user.get(), needs_password, is_own }
}

fn quarantined(user: Observed<'_, User>, keys: &Keys<'_>) -> Finding {
    let User { name, arn, .. } = user.get();
    KEYS.judge(&Subject::global(arn), || {
        let policy = if has_old_quarantine(user.get()) { OLD_QUARANTINE } else { QUARANTINE };
        let message = format!("AWS flagged an access key of `{name}` as compromised (`{policy}` is attached)");
        Ok(Outcome::fail(message, Evidence::new(user, "user", name), keys.replace_leaked()).resolves(LOOKED_INTO))
    })
}

fn of_administrator(suspect: &AdminCandidate<'_>, leaked: Sure, keys: &Keys<'_>) -> Finding {
    let name = suspect.name();
    let administrator = suspect.standing.administrator.clone();
    let guarded: Sure = administrator.clone().map(|_| !suspect.standing.key_works_without_mfa);
    KEYS.judge(&suspect.subject(), || {
        leaked?;
        let active = suspect.has_active_key();
        if active == Ok(false) {
            return Ok(Outcome::pass(format!("User `{name}` has no active access key"), suspect.evidence()));
        }
        if tristate::all([administrator, guarded.clone()])? {
            let message = format!("Access keys of `{name}` need MFA: a policy demands it");
            return Ok(Outcome::pass(message, suspect.evidence()));
        }
        active?;
        guarded?;
        let message = format!("Administrator `{name}` has an active access key that works without MFA");
        Ok(Outcome::warn(message, suspect.evidence(), keys.deactivate()))
    })
}
