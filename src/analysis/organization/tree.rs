//! The root, its OUs and the accounts in them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use super::names::named;
use crate::account::facts::{Organization, OrganizationAccount, OrganizationRoot, OrganizationalUnit};
use crate::account::{Account, Fact, Observed, Unavailable};

/// The tree of an organization.
pub struct Tree<'a> {
    /// The organization.
    pub organization: Result<Observed<'a, Organization>, Unavailable>,
    /// Its one root.
    pub root: Result<Observed<'a, OrganizationRoot>, Unavailable>,
    /// The OUs directly under the root.
    pub top: Result<Observed<'a, Vec<OrganizationalUnit>>, Unavailable>,
    /// The accounts, the management account included, in the order of their IDs.
    pub accounts: Result<Vec<AccountPlace<'a>>, Unavailable>,
    /// The names of OUs, by ID, as far as they were read.
    pub(super) names: BTreeMap<&'a str, &'a str>,
}

/// An account and its place in the tree.
#[derive(Debug, Clone)]
pub struct AccountPlace<'a> {
    /// The account.
    pub account: Observed<'a, OrganizationAccount>,
    /// The IDs of the root and of the OUs that lead to it, in that order.
    pub path: Result<Vec<String>, Unavailable>,
    /// Whether it is in use.
    pub life: Life,
    /// Whether it is the management account, to which no SCP applies.
    pub is_management: bool,
}

/// Whether an account is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Life {
    /// `ACTIVE`.
    Active,
    /// `SUSPENDED`, `CLOSED`, `PENDING_CLOSURE` or `PENDING_ACTIVATION`: it does not count.
    Inactive(String),
    /// AWS did not say, or in a word that stagecheck does not know: it may count.
    Unknown(Unavailable),
}

/// Whether the checks of SCPs skip an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exemption {
    /// It is in or below `exceptions-ou`.
    Exempt,
    /// It is not.
    None,
    /// Where it is, or which OU that is, is unknown.
    Unknown(Unavailable),
}

impl<'a> AccountPlace<'a> {
    /// Its ID.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.account.get().id
    }

    /// Its name, else its ID.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.account.get().name.as_deref().unwrap_or(self.id())
    }

    /// How a message names it: `name (id)`.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.account.get().name {
            Some(name) => format!("{name} ({})", self.id()),
            None => self.id().to_owned(),
        }
    }

    /// Whether it is in or below an OU.
    ///
    /// # Errors
    /// Why its path is unknown.
    pub fn is_in(&self, unit: &str) -> Result<bool, Unavailable> {
        self.path.as_ref().map(|path| path.iter().any(|node| node == unit)).map_err(Clone::clone)
    }

    /// Whether it is directly under the root.
    ///
    /// # Errors
    /// Why its path is unknown.
    pub fn is_under_the_root(&self) -> Result<bool, Unavailable> {
        self.path.as_ref().map(|path| path.len() == 1).map_err(Clone::clone)
    }
}

impl<'a> Tree<'a> {
    /// The tree without OUs and accounts, for whoever needs the root alone.
    pub async fn root_of(account: &'a Account) -> Result<Observed<'a, OrganizationRoot>, Unavailable> {
        the_root(account.organization_roots().await)
    }

    /// The tree as far as it can be read. Accounts whose path AWS does not return are found by walking from the root.
    pub async fn of(account: &'a Account) -> Tree<'a> {
        let units = async {
            let root = the_root(account.organization_roots().await)?;
            Ok::<_, Unavailable>((root, account.organizational_units(&root.get().id).await))
        };
        let (organization, root, listed) = tokio::join!(account.organization(), units, account.organization_accounts());
        let (root, top) = match root {
            Ok((root, top)) => (Ok(root), top.map_err(Unavailable::from)),
            Err(unavailable) => (Err(unavailable.clone()), Err(unavailable)),
        };
        let organization = match organization {
            Ok(fact) => fact.present().ok_or_else(|| fact.undetermined("the account is in no organization")),
            Err(unavailable) => Err(unavailable.clone()),
        };
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        if let Ok(top) = &top {
            names.extend(top.get().iter().map(|unit| (unit.id.as_str(), unit.name.as_str())));
        }
        let accounts = match listed {
            Err(unavailable) => Err(unavailable.clone()),
            Ok(listed) => {
                let found = listed.each().map(|each| (each, own_path(each, &organization, &root))).collect::<Vec<_>>();
                let walked = match (&organization, &root) {
                    (Ok(_), Ok(root)) if found.iter().any(|(_, path)| path.is_none()) => {
                        Some(walk(account, root.get()).await)
                    }
                    _ => None,
                };
                if let Some(walked) = &walked {
                    names.extend(walked.names.iter());
                }
                Ok(placed(found, walked.as_ref(), &organization, &root))
            }
        };
        Tree { organization, root, top, accounts, names }
    }

    /// The OU directly under the root that has this name; of several, the first by ID.
    ///
    /// # Errors
    /// Why the OUs are unknown.
    pub fn top_unit(&self, name: &str) -> Result<Option<&'a OrganizationalUnit>, Unavailable> {
        let top = self.top.as_ref().map_err(Clone::clone)?;
        let found = named(top.get(), |unit| Some(&unit.name), name);
        Ok(found.into_iter().min_by(|a, b| a.id.cmp(&b.id)))
    }

    /// An OU's name; `None` where it was not read.
    #[must_use]
    pub fn name_of(&self, unit: &str) -> Option<&'a str> {
        self.names.get(unit).copied()
    }

    /// The names of all OUs that were read, wherever they are, with their IDs.
    pub fn unit_names(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.names.iter().map(|(id, name)| (*id, *name))
    }

    /// Whether the checks of SCPs skip an account. An empty name stands for no OU.
    #[must_use]
    pub fn exemption(&self, account: &AccountPlace<'_>, exceptions_ou: &str) -> Exemption {
        if exceptions_ou.is_empty() {
            return Exemption::None;
        }
        let is_in = |unit: Option<&OrganizationalUnit>| match unit {
            Some(unit) => account.is_in(&unit.id),
            None => Ok(false),
        };
        match self.top_unit(exceptions_ou).and_then(is_in) {
            Ok(true) => Exemption::Exempt,
            Ok(false) => Exemption::None,
            Err(unavailable) => Exemption::Unknown(unavailable),
        }
    }
}

/// "Each organization has one root": <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_getting-started_concepts.html>.
fn the_root(roots: Fact<'_, Vec<OrganizationRoot>>) -> Result<Observed<'_, OrganizationRoot>, Unavailable> {
    let roots = roots?;
    let mut each = roots.each();
    match (each.next(), each.next()) {
        (Some(root), None) => Ok(root),
        (None, _) => Err(roots.undetermined("Organizations returned no root")),
        (Some(_), Some(_)) => Err(roots.undetermined("Organizations returned several roots")),
    }
}

fn life(account: Observed<'_, OrganizationAccount>) -> Life {
    let told = account.get();
    match told.state.as_deref().or(told.status.as_deref()) {
        Some("ACTIVE") => Life::Active,
        Some(state @ ("SUSPENDED" | "CLOSED" | "PENDING_CLOSURE" | "PENDING_ACTIVATION")) => {
            Life::Inactive(state.to_owned())
        }
        Some(state) => {
            Life::Unknown(account.undetermined(format!("account {} is in an unknown state, {state}", told.id)))
        }
        None => Life::Unknown(account.undetermined(format!("Organizations doesn't return the state of {}", told.id))),
    }
}

/// The path that AWS returns with an account, if it is one of this organization: `o-…/r-…/ou-…/…/ID/`.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html>
fn own_path(
    account: Observed<'_, OrganizationAccount>,
    organization: &Result<Observed<'_, Organization>, Unavailable>,
    root: &Result<Observed<'_, OrganizationRoot>, Unavailable>,
) -> Option<Vec<String>> {
    let (Ok(organization), Ok(root)) = (organization, root) else { return None };
    let [path] = account.get().paths.as_deref()? else { return None };
    let mut nodes: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    if nodes.last() == Some(&account.get().id.as_str()) {
        nodes.pop();
    }
    let (first, nodes) = nodes.split_first()?;
    let (top, units) = nodes.split_first()?;
    let is_ours = *first == organization.get().id && *top == root.get().id;
    let are_units = units.iter().all(|unit| unit.starts_with("ou-"));
    (is_ours && are_units).then(|| nodes.iter().map(|node| (*node).to_owned()).collect())
}

/// What a walk from the root found.
#[derive(Default)]
struct Walked<'a> {
    /// The path of each account, by its ID.
    paths: BTreeMap<&'a str, Vec<String>>,
    /// The name of each OU, by its ID.
    names: BTreeMap<&'a str, &'a str>,
    /// The first by node of what could not be read.
    missing: Option<Unavailable>,
}

/// Asks for the OUs and accounts of every node, a level at a time.
async fn walk<'a>(account: &'a Account, root: &'a OrganizationRoot) -> Walked<'a> {
    let mut walked = Walked::default();
    let mut seen = BTreeSet::from([root.id.as_str()]);
    let mut level = vec![vec![root.id.clone()]];
    while !level.is_empty() {
        let asked = level
            .iter()
            .filter_map(|path| path.last())
            .map(|node| async move { tokio::join!(account.organizational_units(node), account.accounts_of(node)) });
        let answers = join_all(asked).await;
        let mut next = Vec::new();
        for (path, (units, accounts)) in level.iter().zip(answers) {
            match units {
                Err(unavailable) => _ = walked.missing.get_or_insert_with(|| unavailable.clone()),
                Ok(units) => {
                    // A node that is its own descendant would be walked for ever.
                    for unit in units.get().iter().filter(|unit| seen.insert(&unit.id)) {
                        walked.names.insert(&unit.id, &unit.name);
                        next.push([path.as_slice(), std::slice::from_ref(&unit.id)].concat());
                    }
                }
            }
            match accounts {
                Err(unavailable) => _ = walked.missing.get_or_insert_with(|| unavailable.clone()),
                Ok(accounts) => walked.paths.extend(accounts.get().iter().map(|id| (id.as_str(), path.clone()))),
            }
        }
        level = next;
    }
    walked
}

fn placed<'a>(
    found: Vec<(Observed<'a, OrganizationAccount>, Option<Vec<String>>)>,
    walked: Option<&Walked<'a>>,
    organization: &Result<Observed<'a, Organization>, Unavailable>,
    root: &Result<Observed<'a, OrganizationRoot>, Unavailable>,
) -> Vec<AccountPlace<'a>> {
    let of_tree = |account: Observed<'a, OrganizationAccount>| {
        let id = account.get().id.as_str();
        let walked = match (walked, organization, root) {
            (Some(walked), ..) => walked,
            (None, Err(unavailable), _) | (None, _, Err(unavailable)) => return Err(unavailable.clone()),
            (None, Ok(_), Ok(_)) => {
                return Err(account.undetermined(format!("the path of account {id} is unknown")));
            }
        };
        match (walked.paths.get(id), &walked.missing) {
            (Some(path), _) => Ok(path.clone()),
            (None, Some(missing)) => Err(missing.clone()),
            (None, None) => Err(account.undetermined(format!("account {id} is in no OU and not under the root"))),
        }
    };
    let manages = |id: &str| match organization {
        Ok(organization) => organization.get().management_account == id,
        // Without the organization no check of its accounts is evaluated.
        Err(_) => false,
    };
    let mut placed: Vec<AccountPlace<'_>> = found
        .into_iter()
        .map(|(account, own)| AccountPlace {
            account,
            path: own.map_or_else(|| of_tree(account), Ok),
            life: life(account),
            is_management: manages(&account.get().id),
        })
        .collect();
    placed.sort_by_key(AccountPlace::id);
    placed
}
