//! `/mfa`: everyone who is or can become administrator has a device.

use super::MFA;
use super::remedy::add_mfa;
use super::suspect::Suspect;
use crate::finding::{Finding, Outcome};

/// `None` for one who is no subject: surely neither an administrator nor able to become one.
pub(super) fn judge(suspect: &Suspect<'_>) -> Option<Finding> {
    let dangerous = suspect.standing.dangerous();
    let signs_in = suspect.can_sign_in();
    // What would be a warning at most is not worth an unknown that asking again would not settle.
    let is_moot = suspect.standing.lacks_only_what_is_gone && dangerous != Ok(true) && signs_in == Ok(false);
    if dangerous == Ok(false) || is_moot {
        return None;
    }
    let name = suspect.name();
    let is = match (&suspect.standing.administrator, &suspect.standing.can_become) {
        (Ok(true), _) => "is administrator",
        (_, Ok(true)) => "can become administrator",
        _ => "may be administrator",
    };
    Some(MFA.judge(&suspect.subject(), || {
        if suspect.has_device()? {
            return Ok(Outcome::pass(format!("`{name}` {is} and has an MFA device"), suspect.evidence()));
        }
        dangerous?;
        if signs_in? {
            let message = format!("`{name}` {is} and has no MFA device");
            return Ok(Outcome::fail(message, suspect.evidence(), add_mfa(suspect.user.get())));
        }
        let message = format!("`{name}` {is} and has no MFA device, but cannot sign in: no password, no active key");
        Ok(Outcome::warn(message, suspect.evidence(), add_mfa(suspect.user.get())))
    }))
}
