//! Who has an administrator permission set, in which accounts.

use futures_util::future::join_all;

use super::remedy::Remedies;
use super::role::Administrators;
use crate::account::facts::{AccountAssignment, PermissionSet};
use crate::account::source::InstanceIn;
use crate::account::{Account, Fact, Unavailable};
use crate::analysis::organization::Tree;
use crate::analysis::organization::security::{Found, SecurityAccount, security_ou};
use crate::analysis::tristate::Sure;
use crate::config::settings::Settings;
use crate::model::finding::{Evidence, Judgement, Outcome};

/// A permission set that is provisioned to the management account.
struct Set<'a> {
    arn: &'a str,
    told: Fact<'a, PermissionSet>,
    assigned: Fact<'a, Vec<AccountAssignment>>,
}

impl<'a> Set<'a> {
    /// Whether it makes administrators in the management account, and whether it does so in other accounts.
    fn makes_administrators(&self, admins: &Administrators<'a>) -> (Sure, Sure) {
        match self.told {
            Ok(set) => admins.of_set(&set.get().name),
            Err(why) => (Err(why.clone()), Err(why.clone())),
        }
    }
}

/// The permission sets of the management account, and who has them there.
pub(super) struct Assigned<'a> {
    provisioned: Fact<'a, Vec<String>>,
    sets: Vec<Set<'a>>,
}

/// Who has an administrator set in an account.
enum Holders {
    Group,
    /// Only users.
    Users,
    Nobody,
    Unknown(Unavailable),
}

impl<'a> Assigned<'a> {
    pub(super) async fn of(account: &'a Account, instance: InstanceIn<'a>, management: &'a str) -> Self {
        let provisioned = account.provisioned_permission_sets(instance, management).await;
        let arns = match provisioned {
            Ok(provisioned) => provisioned.get().as_slice(),
            Err(_) => &[],
        };
        let asked = arns.iter().map(|arn| async move {
            let (told, assigned) = tokio::join!(
                account.permission_set(instance, arn),
                account.account_assignments(instance, management, arn)
            );
            Set { arn, told, assigned }
        });
        Assigned { provisioned, sets: join_all(asked).await }
    }

    /// The permission sets that are provisioned to the management account.
    pub(super) fn provisioned(&self) -> Fact<'a, Vec<String>> {
        self.provisioned
    }

    pub(super) fn administrators(&self, admins: &Administrators<'a>, remedies: &Remedies<'_>) -> Judgement {
        let of_sets = self.sets.iter().map(|set| holders(&set.makes_administrators(admins).0, set.assigned));
        let evidence = Evidence::new(self.provisioned?, "permission_sets", self.names(admins));
        match best(of_sets) {
            Holders::Group => {
                Ok(Outcome::pass("A group administers the management account through IAM Identity Center", evidence))
            }
            Holders::Unknown(why) => Err(why),
            Holders::Users => {
                let message = "Only users, not a group, administer the management account through IAM Identity Center";
                Ok(Outcome::warn(message, evidence, remedies.assign()).brief("only users are administrators, no group"))
            }
            Holders::Nobody => {
                let message = "No one administers the management account through IAM Identity Center";
                Ok(Outcome::fail(message, evidence, remedies.assign())
                    .brief("no administrator in the management account"))
            }
        }
    }

    /// The names of the administrator sets.
    fn names(&self, admins: &Administrators<'a>) -> Vec<&'a str> {
        let makers = self.sets.iter().filter(|set| set.makes_administrators(admins).0 == Ok(true));
        makers
            .filter_map(|set| match set.told {
                Ok(set) => Some(set.get().name.as_str()),
                Err(_) => None,
            })
            .collect()
    }

    /// The same in the two security accounts; `None` where neither exists.
    pub(super) async fn in_security_accounts<'t>(
        &'t self,
        account: &'a Account,
        instance: InstanceIn<'a>,
        (tree, admins): (&'t Tree<'a>, &'t Administrators<'a>),
        expect: &Settings,
    ) -> Option<Security<'t, 'a>> {
        let ids = match (security_ou(tree, expect), &tree.accounts) {
            (Ok(ou), Ok(accounts)) => {
                let of = |which: SecurityAccount| match which.find(accounts, ou, expect) {
                    Found::InTheOu(found)
                    | Found::Elsewhere(found)
                    | Found::Unknown(found, _)
                    | Found::Similar(found) => Some((found.id(), found.name())),
                    Found::Inactive(..) | Found::Management(_) | Found::Absent => None,
                };
                let both = [of(SecurityAccount::LogArchive), of(SecurityAccount::SecurityAudit)];
                both.into_iter().flat_map(Option::into_iter).collect::<Vec<_>>()
            }
            (Err(why), _) => return Some(Security { assigned: self, accounts: Err(why) }),
            (_, Err(why)) => return Some(Security { assigned: self, accounts: Err(why.clone()) }),
        };
        if ids.is_empty() {
            return None;
        }
        let asked = ids.into_iter().map(|(id, name)| async move {
            let makers = self.sets.iter().map(|set| (set, set.makes_administrators(admins)));
            let of_sets = makers.filter(|(_, (here, _))| *here != Ok(false)).map(|(set, (_, elsewhere))| async move {
                let assigned = account.account_assignments(instance, id, set.arn).await;
                holders(&elsewhere, assigned)
            });
            (name, best(join_all(of_sets).await))
        });
        Some(Security { assigned: self, accounts: Ok(join_all(asked).await) })
    }
}

/// Who administers the security accounts.
pub(super) struct Security<'t, 'a> {
    assigned: &'t Assigned<'a>,
    accounts: Result<Vec<(&'a str, Holders)>, Unavailable>,
}

impl<'a> Security<'_, 'a> {
    pub(super) fn judge(&self, admins: &Administrators<'a>, remedies: &Remedies<'_>) -> Judgement {
        let accounts = self.accounts.as_ref().map_err(Clone::clone)?;
        let names: Vec<&str> = accounts.iter().map(|(name, _)| *name).collect();
        let provisioned = self.assigned.provisioned?;
        let evidence = Evidence::new(provisioned, "permission_sets", self.assigned.names(admins)).and(
            provisioned,
            "accounts",
            &names,
        );
        let unknown = accounts.iter().find_map(|(_, holders)| match holders {
            Holders::Unknown(why) => Some(why),
            _ => None,
        });
        if let Some(why) = unknown {
            return Err(why.clone());
        }
        let of = |wanted: fn(&Holders) -> bool| -> Vec<&str> {
            accounts.iter().filter(|(_, holders)| wanted(holders)).map(|(name, _)| *name).collect()
        };
        let nobody = of(|holders| matches!(holders, Holders::Nobody));
        let users = of(|holders| matches!(holders, Holders::Users));
        if nobody.is_empty() && users.is_empty() {
            let message = format!("A group administers {}", names.join(" and "));
            return Ok(Outcome::pass(message, evidence));
        }
        let message = if nobody.is_empty() {
            format!("Only users, not a group, administer {}", users.join(" and "))
        } else {
            format!("No group administers {}", nobody.join(" and "))
        };
        Ok(Outcome::warn(message, evidence, remedies.assign()))
    }
}

/// Who has one set, if it makes administrators.
fn holders(is_administrator: &Sure, assigned: Fact<'_, Vec<AccountAssignment>>) -> Holders {
    if *is_administrator == Ok(false) {
        return Holders::Nobody;
    }
    let assigned = match assigned {
        Ok(assigned) => assigned,
        Err(why) => return Holders::Unknown(why.clone()),
    };
    let has = |kind: &str| assigned.get().iter().any(|one| one.principal_type.as_deref() == Some(kind));
    let strange = assigned.get().iter().any(|one| !matches!(one.principal_type.as_deref(), Some("GROUP" | "USER")));
    let found = if has("GROUP") {
        Holders::Group
    } else if strange {
        return Holders::Unknown(
            assigned.undetermined("IAM Identity Center doesn't return whether a group or a user is assigned"),
        );
    } else if has("USER") {
        Holders::Users
    } else {
        return Holders::Nobody;
    };
    match is_administrator {
        Ok(_) => found,
        Err(why) => Holders::Unknown(why.clone()),
    }
}

/// The best of several sets: one group is enough.
fn best(sets: impl IntoIterator<Item = Holders>) -> Holders {
    let rank = |holders: &Holders| match holders {
        Holders::Group => 0,
        Holders::Users => 1,
        Holders::Unknown(_) => 2,
        Holders::Nobody => 3,
    };
    sets.into_iter().min_by_key(rank).unwrap_or(Holders::Nobody)
}
