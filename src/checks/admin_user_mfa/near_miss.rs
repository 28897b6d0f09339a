//! Who nearly is the administrator that there should be: for the sentence of a failure. Nothing hangs on it.

use super::remedy;
use super::suspect::AdminCandidate;
use crate::account::facts::{Caller, User};
use crate::account::{Fact, Observed};
use crate::analysis::administrator::{Circumstances, Privileges};
use crate::analysis::documents::{Library, Policies, PolicyHolder, aws_policy};
use crate::model::finding::{Evidence, Outcome};

/// Near misses beyond these are counted only.
const NAMED: usize = 3;

/// The failure: there is none.
pub(super) fn none(
    (users, suspects): (Observed<'_, Vec<User>>, &[AdminCandidate<'_>]),
    roles: &[&str],
    caller: Fact<'_, Caller>,
    (library, circumstances): (&Library<'_>, &Circumstances<'_>),
) -> Outcome {
    let mut near: Vec<String> = suspects.iter().filter_map(nearly).collect();
    near.extend(users.each().filter_map(|user| {
        let policies = Policies::of(library, &PolicyHolder::user(user));
        let obstacle = Privileges::of(&policies, circumstances).obstacle()?;
        Some(format!("`{}` is allowed everything, but {obstacle}", user.get().name))
    }));
    near.extend(
        users
            .get()
            .iter()
            .filter(|user| is_power_user(user, suspects))
            .map(|user| format!("`{}` has PowerUserAccess, which excludes IAM and AWS Organizations", user.name)),
    );
    let of_role = |role| format!("role `{role}` does, but you need a user that works when role access breaks");
    near.extend(roles.iter().map(of_role));

    let (message, brief) = if users.get().is_empty() {
        ("The account has no IAM users", "no IAM users")
    } else if suspects.iter().any(|suspect| suspect.standing.administrator == Ok(true)) {
        ("No administrator has MFA and can sign in", "no administrator has MFA and can sign in")
    } else {
        ("No IAM user has administrator access", "no IAM user has administrator access")
    };
    let mut message = message.to_owned();
    let (named, more) = near.split_at(near.len().min(NAMED));
    if !named.is_empty() {
        message = format!("{message}: {}", named.join("; "));
    }
    if !more.is_empty() {
        message = format!("{message}; and {} more", more.len());
    }
    let all: Vec<&str> = users.get().iter().map(|user| user.name.as_str()).collect();
    let evidence = Evidence::new(users, "iam_users", all).and(users, "near_misses", &near);
    Outcome::fail(message, evidence, remedy::for_none(users, suspects, caller)).brief(brief)
}

fn nearly(suspect: &AdminCandidate<'_>) -> Option<String> {
    let name = suspect.name();
    match (&suspect.standing.administrator, suspect.standing.can_escalate()) {
        (Ok(true), _) => Some(match (suspect.has_device(), suspect.can_sign_in()) {
            (Ok(false), Ok(false)) => format!("`{name}` has no MFA device and can't sign in"),
            (Ok(false), _) => format!("`{name}` has no MFA device"),
            _ => format!("`{name}` can't sign in (no password, no active access key)"),
        }),
        (_, true) if !suspect.standing.is_kept_from_it => {
            Some(format!("`{name}` can escalate to administrator but isn't one"))
        }
        _ => None,
    }
}

fn is_power_user(user: &User, suspects: &[AdminCandidate<'_>]) -> bool {
    user.attached_policies.iter().any(|policy| aws_policy(&policy.arn) == Some("PowerUserAccess"))
        && !suspects.iter().any(|suspect| suspect.user.get().arn == user.arn)
}
