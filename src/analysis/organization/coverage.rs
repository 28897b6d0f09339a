//! What the SCPs on the path of a member account deny.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::principal::{From, MemberPrincipal};
use super::scps::{AttachedScp, ScpStatus, Scps};
use super::tree::{AccountPlace, Exemption, Life, Tree};
use crate::account::facts::Organization;
use crate::account::{Account, Unavailable};
use crate::iam::{Denied, Document, Exempts, Level, Request, Who, denied};

/// An organization's tree with its SCPs, to be asked what they deny.
pub struct ScpMap<'a> {
    /// The tree.
    pub tree: Tree<'a>,
    /// The SCPs.
    pub scps: Scps<'a>,
    /// The positions of the policies on each node, by the node's ID.
    attached: BTreeMap<&'a str, Vec<usize>>,
    /// The positions of the policies of which it is unknown where they are attached.
    loose: Vec<usize>,
    /// The names of OUs that are targets, by ID.
    target_names: BTreeMap<&'a str, &'a str>,
    now: Timestamp,
}

/// The accounts that SCPs have to cover, and those that they need not.
pub struct Members<'m, 'a> {
    /// The members, by what the SCPs on their paths say.
    pub groups: Vec<MemberGroup<'m, 'a>>,
    /// The accounts in or below `exceptions-ou`.
    pub exempt: Vec<&'m AccountPlace<'a>>,
}

/// Members to whose requests the SCPs say the same.
pub struct MemberGroup<'m, 'a> {
    map: &'m ScpMap<'a>,
    /// The members, in the order of their IDs.
    pub members: Vec<Member<'m, 'a>>,
    /// The nodes from the root down to the account; `None`: no SCP is in force.
    nodes: Result<Option<Vec<Node<'m, 'a>>>, Unavailable>,
}

/// A member account.
#[derive(Debug, Clone)]
pub struct Member<'m, 'a> {
    /// The account.
    pub account: &'m AccountPlace<'a>,
    /// Why it may be no member at all: its state, or whether it is exempt, is unknown.
    pub doubt: Option<Unavailable>,
}

/// Whether the SCPs on a path deny a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Coverage {
    /// They do.
    Denied(Covered),
    /// They don't, or only if these condition keys have the right values.
    Open(BTreeSet<String>),
    /// What stands in the way.
    Unknown(Unavailable),
}

/// By what a request is denied.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// The SCPs that deny it.
    pub by: Vec<Covering>,
    /// The IDs of the nodes at which no SCP allows it.
    pub missing_allow: Vec<String>,
    /// Whom the denial leaves out.
    pub exempts: Exempts,
}

/// An SCP that denies a request, where it is attached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Covering {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The ID of the root, OU or account.
    pub node: String,
}

/// A node of a path and the SCPs on it.
struct Node<'m, 'a> {
    id: String,
    known: Vec<(&'m AttachedScp<'a>, &'m Document)>,
    /// Why the document of an SCP that is here, or may be, is unknown.
    unread: Option<Unavailable>,
    /// Why an Allow that is missing here may be there all the same.
    open: Option<Unavailable>,
}

impl<'a> ScpMap<'a> {
    /// The tree and the SCPs of an organization, as far as they can be read.
    pub async fn of(account: &'a Account) -> ScpMap<'a> {
        // The SCPs are listed while the tree is read.
        let (tree, _) = tokio::join!(Tree::of(account), account.scps());
        let scps = Scps::of(account, &tree).await;
        let mut map = ScpMap {
            tree,
            scps,
            attached: BTreeMap::new(),
            loose: Vec::new(),
            target_names: BTreeMap::new(),
            now: account.now(),
        };
        map.index();
        map
    }

    fn index(&mut self) {
        let Ok(policies) = &self.scps.policies else { return };
        for (at, policy) in policies.iter().enumerate() {
            let Ok(targets) = &policy.targets else {
                self.loose.push(at);
                continue;
            };
            for target in targets.get() {
                self.attached.entry(&target.id).or_default().push(at);
                if let (Some(name), true) = (&target.name, target.id.starts_with("ou-")) {
                    self.target_names.insert(&target.id, name);
                }
            }
        }
    }

    /// The members: accounts that are active, or may be, and neither the management account nor exempt.
    ///
    /// # Errors
    /// Why the accounts are unknown.
    pub fn members<'m>(&'m self, exceptions_ou: &str) -> Result<Members<'m, 'a>, Unavailable> {
        let mut exempt = Vec::new();
        let mut groups: BTreeMap<Key, Vec<Member<'m, 'a>>> = BTreeMap::new();
        for account in self.tree.accounts.as_ref().map_err(Clone::clone)? {
            let of_state = match &account.life {
                Life::Active => None,
                Life::Unknown(unavailable) => Some(unavailable.clone()),
                Life::Inactive(_) => continue,
            };
            if account.is_management {
                continue;
            }
            let of_place = match self.tree.exemption(account, exceptions_ou) {
                Exemption::Exempt => {
                    exempt.push(account);
                    continue;
                }
                Exemption::None => None,
                Exemption::Unknown(unavailable) => Some(unavailable),
            };
            let member = Member { account, doubt: of_state.or(of_place) };
            groups.entry(self.key(account)).or_default().push(member);
        }
        let group = |members: Vec<Member<'m, 'a>>| MemberGroup { nodes: self.nodes(&members), map: self, members };
        let groups = groups.into_values().map(group).collect();
        Ok(Members { groups, exempt })
    }

    /// The partition of the organization, by its root's ARN.
    ///
    /// # Errors
    /// Why the root is unknown.
    pub fn partition(&self) -> Result<&'a str, Unavailable> {
        let root = self.tree.root.as_ref().map_err(Clone::clone)?;
        Ok(root.get().arn.split(':').nth(1).unwrap_or_default())
    }

    /// The organization's ARN; `None` where the organization or its partition is unknown.
    #[must_use]
    pub fn arn(&self) -> Option<String> {
        let (Ok(organization), Ok(partition)) = (&self.tree.organization, self.partition()) else { return None };
        let Organization { id, management_account, .. } = organization.get();
        Some(format!("arn:{partition}:organizations::{management_account}:organization/{id}"))
    }

    /// How a message names a node: an OU's name, else its ID.
    #[must_use]
    pub fn name_of(&self, node: &str) -> String {
        if node.starts_with("r-") {
            return "the root".to_owned();
        }
        match self.unit_name(node) {
            Some(name) => format!("OU {name}"),
            None if node.starts_with("ou-") => format!("OU {node}"),
            None => format!("account {node}"),
        }
    }

    /// Where an SCP is attached that protects nobody: "SCP … would deny it, and is attached to nothing". `None`: its targets are unknown.
    #[must_use]
    pub fn where_attached(&self, policy: &AttachedScp<'_>) -> Option<String> {
        let name = policy.name();
        let Ok(targets) = &policy.targets else { return None };
        Some(match targets.get().as_slice() {
            [] => format!("SCP {name} would deny it, and is attached to nothing"),
            [one] => format!("SCP {name} would deny it, and is attached only to {}", self.name_of(&one.id)),
            several => format!("SCP {name} would deny it, and is attached only to {} targets", several.len()),
        })
    }

    /// An OU's name: from the tree, else as the target of a policy.
    #[must_use]
    pub fn unit_name(&self, unit: &str) -> Option<&'a str> {
        self.tree.name_of(unit).or_else(|| self.target_names.get(unit).copied())
    }

    fn policies(&self) -> &[AttachedScp<'a>] {
        match &self.scps.policies {
            Ok(policies) => policies,
            // Whoever asks what they deny is told first that they are unknown.
            Err(_) => &[],
        }
    }

    /// The policies that are on a node, and those that may be.
    fn on(&self, node: &str) -> impl Iterator<Item = &AttachedScp<'a>> {
        let attached = self.attached.get(node).into_iter().flat_map(|at| at.iter());
        attached.chain(&self.loose).filter_map(|at| self.policies().get(*at))
    }

    /// What decides which answers an account gets: its path, the SCPs on the account itself, and, where an SCP asks for more of the
    /// account than its path, the account.
    fn key(&self, account: &AccountPlace<'_>) -> Key {
        let id = account.id();
        let Ok(path) = &account.path else {
            return Key { path: Vec::new(), own: Vec::new(), account: Some(id.to_owned()) };
        };
        let mut nodes = path.iter().map(String::as_str).chain([id]);
        let is_personal = nodes.any(|node| self.on(node).any(|policy| policy.tells_accounts_apart));
        Key {
            path: path.clone(),
            own: self.on(id).map(|policy| policy.id().to_owned()).collect(),
            account: is_personal.then(|| id.to_owned()),
        }
    }

    /// The nodes from the root down to the first of these members; `None`: no SCP is in force.
    fn nodes<'m>(&'m self, members: &[Member<'m, 'a>]) -> Result<Option<Vec<Node<'m, 'a>>>, Unavailable> {
        if let ScpStatus::Off(_) = self.scps.status.as_ref().map_err(Clone::clone)? {
            return Ok(None);
        }
        self.scps.policies.as_ref().map_err(Clone::clone)?;
        let Some(Member { account, .. }) = members.first() else { return Ok(None) };
        let path = account.path.as_ref().map_err(Clone::clone)?;
        let ids = path.iter().map(String::as_str).chain([account.id()]);
        Ok(Some(ids.map(|id| self.node(id)).collect()))
    }

    fn node(&self, id: &str) -> Node<'_, 'a> {
        let mut node = Node { id: id.to_owned(), known: Vec::new(), unread: None, open: None };
        let policies = self.policies();
        for at in self.attached.get(id).into_iter().flat_map(|at| at.iter()) {
            match policies.get(*at).map(|policy| (policy, &policy.document)) {
                Some((policy, Ok(document))) => node.known.push((policy, document)),
                Some((_, Err(unread))) => node.unread = Some(unread.clone()),
                None => {}
            }
        }
        let is_bare = node.known.is_empty() && node.unread.is_none();
        for policy in self.loose.iter().filter_map(|at| policies.get(*at)) {
            match (&policy.targets, &policy.document) {
                (_, Err(unread)) => _ = node.unread.get_or_insert_with(|| unread.clone()),
                (Err(unread), Ok(_)) if policy.may_allow() => _ = node.open.get_or_insert_with(|| unread.clone()),
                (Ok(_) | Err(_), Ok(_)) => {}
            }
        }
        if let Some(unread) = &node.unread {
            node.open.get_or_insert_with(|| unread.clone());
        }
        // AWS keeps an SCP on every node, so of one without any not all was read.
        if let (true, Ok(ScpStatus::On(root) | ScpStatus::Off(root))) = (is_bare, &self.scps.status) {
            let none = || root.undetermined(format!("no SCP is listed for {}", self.name_of(id)));
            node.open.get_or_insert_with(none);
        }
        node
    }
}

/// See [`ScpMap::key`].
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    path: Vec<String>,
    own: Vec<String>,
    account: Option<String>,
}

impl<'m, 'a> MemberGroup<'m, 'a> {
    /// Whether a request of these members is denied. Without a Region, it is unknown which one is asked for.
    #[must_use]
    pub fn coverage(&self, who: MemberPrincipal, action: &str, resource: &str, region: Option<&str>) -> Coverage {
        match &self.nodes {
            Err(unavailable) => Coverage::Unknown(unavailable.clone()),
            Ok(None) => Coverage::Open(BTreeSet::new()),
            Ok(Some(nodes)) => {
                let asked = self.request((who, action, resource), region, |request| self.asked(nodes, request));
                match asked {
                    Ok(coverage) => coverage,
                    Err(unavailable) => Coverage::Unknown(unavailable),
                }
            }
        }
    }

    /// What stands in the way of any answer: the path of the members, or the SCPs.
    ///
    /// # Errors
    /// It.
    pub fn is_readable(&self) -> Result<(), Unavailable> {
        self.nodes.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// The first member, which stands for all.
    fn first(&self) -> Option<&'m AccountPlace<'a>> {
        self.members.first().map(|member| member.account)
    }

    /// Puts a request of the first member, which stands for all, together.
    fn request<R>(
        &self,
        (who, action, resource): (MemberPrincipal, &str, &str),
        region: Option<&str>,
        ask: impl FnOnce(&Request<'_>) -> R,
    ) -> Result<R, Unavailable> {
        let organization = self.map.tree.organization.as_ref().map_err(Clone::clone)?.get();
        let first = self.first();
        let path = match first {
            Some(account) => Some(account.path.as_ref().map_err(Clone::clone)?.as_slice()),
            None => None,
        };
        let from = From {
            partition: self.map.partition()?,
            organization: &organization.id,
            account: first.map(AccountPlace::id).unwrap_or_default(),
            path,
            now: self.map.now,
        };
        let context = who.context(&from, region);
        Ok(ask(&Request { who: Who::Identity, action, resource, context: &context }))
    }

    fn asked(&self, nodes: &[Node<'m, 'a>], request: &Request<'_>) -> Coverage {
        let documents = nodes.iter().map(|node| node.known.iter().map(|(_, document)| *document).collect());
        let documents: Vec<Vec<&Document>> = documents.collect();
        let levels = |is_open: fn(&Node<'m, 'a>) -> bool| {
            let pairs = nodes.iter().zip(&documents);
            pairs.map(|(node, known)| Level { policies: known, open: is_open(node) }).collect::<Vec<_>>()
        };
        let may_be_more = levels(|node| node.open.is_some());
        let keys = match denied(&may_be_more, request) {
            Denied::Yes(denial) => {
                let by = denial.by.iter().filter_map(|(level, policy)| {
                    let node = nodes.get(*level)?;
                    let (scp, _) = node.known.get(*policy)?;
                    Some(Covering { id: scp.id().to_owned(), name: scp.name().to_owned(), node: node.id.clone() })
                });
                let missing = denial.missing_allow.iter().filter_map(|level| Some(nodes.get(*level)?.id.clone()));
                return Coverage::Denied(Covered {
                    by: by.collect(),
                    missing_allow: missing.collect(),
                    exempts: denial.exempts,
                });
            }
            Denied::No => BTreeSet::new(),
            Denied::Depends(keys) => keys,
        };
        // Whatever is attached beside could deny it, or be the Allow that a node lacks.
        if let Some(unread) = nodes.iter().find_map(|node| node.unread.clone()) {
            return Coverage::Unknown(unread);
        }
        if let Denied::Yes(denial) = denied(&levels(|_| false), request) {
            let unread = denial.missing_allow.iter().find_map(|level| nodes.get(*level)?.open.clone());
            if let Some(unread) = unread {
                return Coverage::Unknown(unread);
            }
        }
        for policy in self.map.loose.iter().filter_map(|at| self.map.policies().get(*at)) {
            if let (Err(unread), Ok(document)) = (&policy.targets, &policy.document) {
                let beside = [document];
                let with = [may_be_more.as_slice(), &[Level { policies: &beside, open: true }]].concat();
                if matches!(denied(&with, request), Denied::Yes(_)) {
                    return Coverage::Unknown(unread.clone());
                }
            }
        }
        Coverage::Open(keys)
    }

    /// What one SCP would do to a request of these members if it were attached to their path.
    #[must_use]
    pub fn alone(
        &self,
        policy: &AttachedScp<'a>,
        request: (MemberPrincipal, &str, &str),
        region: Option<&str>,
    ) -> Coverage {
        let document = match &policy.document {
            Ok(document) => document,
            Err(unavailable) => return Coverage::Unknown(unavailable.clone()),
        };
        let asked =
            self.request(request, region, |request| denied(&[Level { policies: &[document], open: true }], request));
        match asked {
            Err(unavailable) => Coverage::Unknown(unavailable),
            Ok(Denied::No) => Coverage::Open(BTreeSet::new()),
            Ok(Denied::Depends(keys)) => Coverage::Open(keys),
            Ok(Denied::Yes(denial)) => {
                Coverage::Denied(Covered { by: Vec::new(), missing_allow: Vec::new(), exempts: denial.exempts })
            }
        }
    }

    /// Whether the members are in or below an OU of that name; an OU without a known name has none.
    #[must_use]
    pub fn is_below(&self, name: &str) -> bool {
        match self.first().map(|first| &first.path) {
            Some(Ok(path)) => {
                path.iter().any(|node| self.map.unit_name(node).is_some_and(|unit| super::names::is_same(unit, name)))
            }
            Some(Err(_)) | None => false,
        }
    }
}
