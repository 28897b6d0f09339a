//! Who nearly is the administrator that there should be: for the sentence of a failure. Nothing hangs on it.

use super::remedy;
use super::suspect::Suspect;
use crate::account::facts::{Caller, Role, User};
use crate::account::{Account, Fact, Seen};
use crate::finding::{Evidence, Outcome};
use crate::judgement::administrator::Powers;
use crate::judgement::documents::{Holder, Library, Policies, aws_policy};

/// Near misses beyond these are counted only.
const NAMED: usize = 3;

/// The names of the roles that are administrators. Where roles cannot be read, the failure stands and says less.
pub(super) async fn roles<'a>(account: &'a Account, library: &mut Library<'a>) -> Vec<&'a str> {
    let Ok(roles) = account.roles().await else { return Vec::new() };
    let of_people = |role: &Seen<'a, Role>| !role.get().path.starts_with("/aws-service-role/");
    let holders: Vec<Holder<'a>> = roles.each().filter(of_people).map(Holder::role).collect();
    library.complete(account, &holders).await;
    let is_administrator =
        |holder: &&Holder<'a>| Powers::of(&Policies::of(library, holder), account.now()).administrator() == Ok(true);
    holders.iter().filter(is_administrator).map(|holder| holder.name).collect()
}

/// The failure: there is none.
pub(super) fn none(
    users: Seen<'_, Vec<User>>,
    suspects: &[Suspect<'_>],
    roles: &[&str],
    caller: Fact<'_, Caller>,
) -> Outcome {
    let mut near: Vec<String> = suspects.iter().filter_map(nearly).collect();
    near.extend(
        users
            .get()
            .iter()
            .filter(|user| is_power_user(user, suspects))
            .map(|user| format!("`{}` has PowerUserAccess, which leaves out IAM and the organization", user.name)),
    );
    near.extend(roles.iter().map(|role| format!("the role `{role}` is one, but a role does not stand in for a user")));

    let mut message = if users.get().is_empty() {
        "there is no IAM user, so none is administrator".to_owned()
    } else if suspects.iter().any(|suspect| suspect.standing.administrator == Ok(true)) {
        "no administrator has MFA and can sign in".to_owned()
    } else {
        "no IAM user is administrator".to_owned()
    };
    let (named, more) = near.split_at(near.len().min(NAMED));
    if !named.is_empty() {
        message = format!("{message}: {}", named.join("; "));
    }
    if !more.is_empty() {
        message = format!("{message}; and {} more", more.len());
    }
    let all: Vec<&str> = users.get().iter().map(|user| user.name.as_str()).collect();
    let evidence = Evidence::new(users, "iam_users", all).and(users, "near_misses", &near);
    Outcome::fail(message, evidence, remedy::for_none(users, suspects, caller))
}

fn nearly(suspect: &Suspect<'_>) -> Option<String> {
    let name = suspect.name();
    match (&suspect.standing.administrator, &suspect.standing.can_become) {
        (Ok(true), _) => Some(match (suspect.has_device(), suspect.can_sign_in()) {
            (Ok(false), Ok(false)) => format!("`{name}` has no MFA device and cannot sign in"),
            (Ok(false), _) => format!("`{name}` has no MFA device"),
            _ => format!("`{name}` cannot sign in: no password, no active key"),
        }),
        (_, Ok(true)) => Some(format!("`{name}` can become administrator but is none")),
        _ => None,
    }
}

fn is_power_user(user: &User, suspects: &[Suspect<'_>]) -> bool {
    user.attached_policies.iter().any(|policy| aws_policy(&policy.arn) == Some("PowerUserAccess"))
        && !suspects.iter().any(|suspect| suspect.user.get().arn == user.arn)
}
