//! `/mfa`: everyone who is an administrator, or can escalate to one, has a device.

use super::MFA;
use super::remedy::{add_mfa, add_mfa_or_close};
use super::suspect::AdminCandidate;
use crate::analysis::escalation::verdict::Verdict;
use crate::model::finding::{Alike, Finding, Judgement, Outcome};

/// `None` for one who is no subject: surely no administrator, and without a way to administrator access that it can use.
pub(super) fn judge(suspect: &AdminCandidate<'_>) -> Option<Finding> {
    let judgement = match (&suspect.standing.administrator, &suspect.standing.ways) {
        (Ok(true), _) => of_administrator(suspect),
        (_, Some(verdict)) => {
            // What would be a warning at most is not worth an unknown that asking again would not settle.
            let is_moot = suspect.standing.lacks_only_what_is_gone && suspect.can_sign_in() == Ok(false);
            if is_moot && matches!(verdict, Verdict::Unknown(_)) {
                return None;
            }
            by_way(suspect, verdict)
        }
        (Ok(false), None) => return None,
        (Err(unavailable), None) => {
            if suspect.standing.lacks_only_what_is_gone && suspect.can_sign_in() == Ok(false) {
                return None;
            }
            let may = |device: bool| {
                if device { Ok(pass(suspect, "may be an administrator")) } else { Err(unavailable.clone()) }
            };
            suspect.has_device().and_then(may)
        }
    };
    let finding = MFA.judge(&suspect.subject(), || judgement);
    Some(match alike(suspect) {
        Some(alike) => finding.alike(alike),
        None => finding,
    })
}

/// Users with the same path are told of together.
fn alike(suspect: &AdminCandidate<'_>) -> Option<Alike> {
    let (path, says) = match &suspect.standing.ways {
        _ if suspect.standing.administrator == Ok(true) => return None,
        Some(Verdict::Open(path) | Verdict::Existing(path)) => (path, "users without MFA can"),
        Some(Verdict::Idle(path)) => (path, "users without MFA and without anything to sign in with can"),
        _ => return None,
    };
    let says = format!("{says} {}", path.told().replace("itself", "themselves").replace(" its ", " their "));
    Some(Alike { key: path.rest(), name: suspect.name().to_owned(), says })
}

fn pass(suspect: &AdminCandidate<'_>, is: &str) -> Outcome {
    Outcome::pass(format!("User `{}` {is} and has an MFA device", suspect.name()), suspect.evidence())
}

fn of_administrator(suspect: &AdminCandidate<'_>) -> Judgement {
    let name = suspect.name();
    if suspect.has_device()? {
        return Ok(pass(suspect, "is administrator"));
    }
    if suspect.can_sign_in()? {
        let message = format!("Administrator `{name}` has no MFA device");
        let outcome = Outcome::fail(message, suspect.evidence(), add_mfa(suspect.user.get()));
        return Ok(outcome.brief(format!("{name} is an administrator without MFA")));
    }
    let message =
        format!("Administrator `{name}` has no MFA device, but can't sign in (no password, no active access key)");
    Ok(Outcome::warn(message, suspect.evidence(), add_mfa(suspect.user.get())))
}

fn by_way(suspect: &AdminCandidate<'_>, verdict: &Verdict) -> Judgement {
    let name = suspect.name();
    match verdict {
        Verdict::Unknown(unavailable) => Err(unavailable.clone()),
        Verdict::Guarded(path) if suspect.standing.administrator == Ok(false) => {
            let message =
                format!("User `{name}` can escalate to administrator ({}) and has an MFA device", path.told());
            Ok(Outcome::pass(message, suspect.evidence_of(path)))
        }
        Verdict::Guarded(_) => Ok(pass(suspect, "may be an administrator")),
        Verdict::Open(path) => {
            let message = format!("User `{name}` can escalate to administrator and has no MFA device: {}", path.told());
            let remedy = add_mfa_or_close(suspect.user.get(), path);
            let outcome = Outcome::fail(message, suspect.evidence_of(path), remedy);
            Ok(outcome.brief(format!("{name} can become an administrator without MFA")))
        }
        Verdict::Idle(path) => {
            let message = format!(
                "User `{name}` can escalate to administrator and has no MFA device, but can't sign in (no \
                 password, no active access key): {}",
                path.told()
            );
            let remedy = add_mfa_or_close(suspect.user.get(), path);
            Ok(Outcome::warn(message, suspect.evidence_of(path), remedy))
        }
        Verdict::Existing(path) => {
            let message = format!("User `{name}` has no MFA device and can {}", path.told());
            let remedy = add_mfa_or_close(suspect.user.get(), path);
            Ok(Outcome::warn(message, suspect.evidence_of(path), remedy))
        }
    }
}
