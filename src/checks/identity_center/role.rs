//! Which permission sets make administrators: their roles in this account say so.

use crate::account::facts::Role;
use crate::account::{Account, Fact, Observed};
use crate::analysis::administrator::{Circumstances, Privileges};
use crate::analysis::documents::{Library, Origin, Policies, PolicyHolder};
use crate::analysis::tristate::Sure;

/// Where IAM Identity Center puts its roles; a Region may follow.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>
const PATH: &str = "/aws-reserved/sso.amazonaws.com/";

/// The roles of IAM Identity Center in this account, and whether each is an administrator.
pub(super) struct Administrators<'a> {
    roles: Fact<'a, Vec<Role>>,
    judged: Vec<Judged<'a>>,
}

struct Judged<'a> {
    role: Observed<'a, Role>,
    here: Sure,
    /// Whether it is one by no policy that is this account's alone.
    elsewhere: Sure,
}

impl<'a> Administrators<'a> {
    pub(super) async fn of(account: &'a Account) -> Self {
        let (roles, mut library, circumstances) =
            tokio::join!(account.roles(), Library::gather(account), Circumstances::of(account));
        let of_identity_center: Vec<Observed<'a, Role>> = match roles {
            Ok(roles) => roles.each().filter(|role| is_of_identity_center(role.get())).collect(),
            Err(_) => Vec::new(),
        };
        let holders: Vec<PolicyHolder<'a>> = of_identity_center.iter().map(|role| PolicyHolder::role(*role)).collect();
        library.complete(account, &holders).await;
        let judged = of_identity_center.into_iter().map(|role| judge(role, &library, &circumstances)).collect();
        Administrators { roles, judged }
    }

    /// Whether a permission set makes administrators here, and whether it does so in other accounts.
    pub(super) fn of_set(&self, name: &str) -> (Sure, Sure) {
        let roles = match self.roles {
            Ok(roles) => roles,
            Err(why) => return (Err(why.clone()), Err(why.clone())),
        };
        let mut of_set = self.judged.iter().filter(|judged| is_role_of(&judged.role.get().name, name));
        match (of_set.next(), of_set.next()) {
            (Some(one), None) => (one.here.clone(), one.elsewhere.clone()),
            (first, _) => {
                let many = if first.is_none() { "no role" } else { "several roles" };
                let why = roles.undetermined(format!("Permission set {name} has {many} in this account"));
                (Err(why.clone()), Err(why))
            }
        }
    }
}

fn judge<'a>(role: Observed<'a, Role>, library: &Library<'a>, circumstances: &Circumstances<'a>) -> Judged<'a> {
    let holder = PolicyHolder::role(role);
    let policies = Policies::of(library, &holder);
    let here = Privileges::of(&policies, circumstances).administrator();
    let common = policies.without(|policy| policy.origin == Origin::Customer);
    let is_by_common = Privileges::of(&common, circumstances).administrator();
    let has_customer_boundary = policies.boundary().is_some_and(|boundary| boundary.origin == Origin::Customer);
    let elsewhere = match (&here, is_by_common, has_customer_boundary) {
        (Ok(true), Ok(true), false) => Ok(true),
        (Ok(false), ..) => Ok(false),
        (Err(why), ..) => Err(why.clone()),
        (Ok(true), ..) => Err(role.undetermined(format!(
            "Role {} depends on a customer managed policy, which may differ in another account",
            role.get().name
        ))),
    };
    Judged { role, here, elsewhere }
}

fn is_of_identity_center(role: &Role) -> bool {
    role.path.starts_with(PATH) && role.name.starts_with("AWSReservedSSO_")
}

/// Whether a role is that of a permission set: `AWSReservedSSO_<set>_` and 16 hexadecimal digits.
fn is_role_of(role: &str, set: &str) -> bool {
    let rest = role.strip_prefix("AWSReservedSSO_").and_then(|rest| rest.strip_prefix(set));
    let digits = rest.and_then(|rest| rest.strip_prefix('_')).unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}
