//! What a principal makes of itself by a write into IAM: §2.1 of the specification, I1 to I11.

use super::index::WRITES;
use super::methods::{I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, Method};
use super::mode::Mode;
use super::node::{Doc, Node};
use super::resource::{ROLE, USER};
use super::run::{Ask, Extent, Grant, Run, customer_arn};
use crate::analysis::documents::{ADMINISTRATOR_ACCESS, Origin};

/// A write, and what it leads to.
pub(super) struct Write<'e> {
    pub(super) method: Method,
    pub(super) grants: Vec<Grant<'e>>,
    /// Into what it writes.
    pub(super) into: String,
    pub(super) then: Then<'e>,
}

/// What a write leads to.
pub(super) enum Then<'e> {
    /// Administrator access, by another principal.
    Administrator,
    /// The principal with other policies.
    Changed(Box<Node<'e>>),
}

/// How many versions a policy can have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_VERSIONS: usize = 5;
/// How many changes of itself in a row are looked at, and how many changed selves in all.
const MOST_CHANGES: usize = 4;
const MOST_SELVES: usize = 64;

/// The keys of a call that asks for the boundary of whom it is done to.
type Keys<'c> = Vec<(&'static str, Option<&'c str>)>;

fn boundary_key(boundary: Option<&str>) -> Keys<'_> {
    boundary.map(|arn| ("iam:PermissionsBoundary", Some(arn))).into_iter().collect()
}

/// A group by its name, and what it gives to its members.
pub(super) type Joined<'e> = (&'e str, Vec<Doc<'e>>);

/// Self-made ways: the writes in a row, and who is there then.
pub(super) struct Climb<'e> {
    /// The writes that lead to administrator access, if they do.
    pub(super) to_administrator: Option<Vec<Write<'e>>>,
    /// Whoever the principal can make of itself that is no administrator: each with the writes that lead there.
    pub(super) selves: Vec<(Vec<Write<'e>>, Node<'e>)>,
}

impl<'e> Run<'e> {
    /// What a principal can make of itself in a mode by writes alone; the shortest way, then the first by the table.
    pub(super) fn climb(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Climb<'e> {
        let mut climb = Climb { to_administrator: None, selves: Vec::new() };
        let writes = self.index.bits(WRITES);
        if !node.has_any(&writes) || depth >= MOST_CHANGES {
            return climb;
        }
        let mut known = std::collections::BTreeSet::from([node.key()]);
        // Each self by where it is among `selves`, the principal as it is at first.
        let mut next = 0;
        let mut current: Option<usize> = None;
        loop {
            let (from, before): (&Node<'e>, usize) = match current.and_then(|at| climb.selves.get(at)) {
                Some((writes, from)) => (from, writes.len()),
                None => (node, 0),
            };
            let mut found = Vec::new();
            let mut done = None;
            if before + depth < MOST_CHANGES && from.has_any(&writes) {
                self.each_write(from, mode, depth + before, &mut |write| {
                    let reaches = match &write.then {
                        Then::Administrator => true,
                        Then::Changed(changed) => self.is_administrator(changed, mode),
                    };
                    if reaches {
                        done = Some(write);
                        return false;
                    }
                    found.push(write);
                    true
                });
            }
            let so_far = |climb: &Climb<'e>| -> Vec<Write<'e>> {
                let writes = current.and_then(|at| climb.selves.get(at)).map(|(writes, _)| writes);
                writes.into_iter().flat_map(|writes| writes.iter().map(Write::again)).collect()
            };
            if let Some(write) = done {
                let mut way = so_far(&climb);
                way.push(write);
                climb.to_administrator = Some(way);
                return climb;
            }
            for write in found {
                let Then::Changed(changed) = write.then else { continue };
                if climb.selves.len() < MOST_SELVES && known.insert(changed.key()) {
                    let mut way = so_far(&climb);
                    way.push(Write { then: Then::Administrator, ..write });
                    climb.selves.push((way, *changed));
                }
            }
            if next >= climb.selves.len() {
                return climb;
            }
            current = Some(next);
            next += 1;
        }
    }

    /// Every write that the principal may make in a mode and that may help, in the order of the table, until `found` says no.
    fn each_write(&self, node: &Node<'e>, mode: Mode, depth: usize, found: &mut dyn FnMut(Write<'e>) -> bool) {
        let writers = [
            Self::writes_of_users,
            Self::writes_of_groups,
            Self::joins,
            Self::new_versions,
            Self::older_versions,
            Self::writes_of_roles,
            Self::boundaries,
            Self::removals,
            Self::new_users,
            Self::new_roles,
        ];
        for writer in writers {
            for write in writer(self, node, mode, depth) {
                if !found(write) {
                    return;
                }
            }
        }
    }

    /// Whoever has written what it likes into its own policies.
    pub(super) fn with_everything(&self, node: &Node<'e>) -> Box<Node<'e>> {
        let written = Doc::written(&self.estate.stock.allow_all);
        let docs = node.docs.iter().copied().chain([written]).collect();
        Box::new(node.changed(self.index, docs, node.boundary))
    }

    /// I1, I2
    fn writes_of_users(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Vec<Write<'e>> {
        let mut writes = Vec::new();
        let holder = node.principal.holder;
        let boundary = node.boundary.and_then(|boundary| boundary.arn);
        let everyone = USER.all(self.estate.home());
        for method in [I1, I2] {
            if holder.is_user
                && let Some(grants) = self.writes_into(node, mode, (method, holder.arn), boundary, Extent::This, depth)
            {
                let then = Then::Changed(self.with_everything(node));
                writes.push(Write { method, grants, into: holder.arn.to_owned(), then });
            }
            if let Some(grants) = self.writes_into(node, mode, (method, &everyone), None, Extent::NearlyAll, depth) {
                writes.push(Write { method, grants, into: everyone.clone(), then: Then::Administrator });
            }
        }
        writes
    }

    /// Whether the principal may write a policy into a user, or attach one that makes an administrator.
    pub(super) fn writes_into(
        &self,
        node: &Node<'e>,
        mode: Mode,
        (method, arn): (Method, &str),
        boundary: Option<&str>,
        extent: Extent,
        depth: usize,
    ) -> Option<Vec<Grant<'e>>> {
        let keys = boundary_key(boundary);
        if method == I1 {
            let ask = Ask::new("iam:PutUserPolicy", arn).with(&keys).on(extent);
            return self.may(node, mode, ask).map(|grant| vec![grant]);
        }
        self.attaches(node, mode, Ask::new("iam:AttachUserPolicy", arn).with(&keys).on(extent), depth)
    }

    /// I3
    fn writes_of_groups(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Vec<Write<'e>> {
        let mut writes = Vec::new();
        let Ok(groups) = &self.estate.groups else { return writes };
        for group in groups.iter().filter(|group| node.groups.contains(&group.name)) {
            if let Some(grants) = self.writes_into_group(node, mode, group.arn, depth) {
                let then = Then::Changed(self.with_everything(node));
                writes.push(Write { method: I3, grants, into: group.arn.to_owned(), then });
            }
        }
        writes
    }

    pub(super) fn writes_into_group(
        &self,
        node: &Node<'e>,
        mode: Mode,
        arn: &str,
        depth: usize,
    ) -> Option<Vec<Grant<'e>>> {
        self.may(node, mode, Ask::new("iam:PutGroupPolicy", arn))
            .map(|grant| vec![grant])
            .or_else(|| self.attaches(node, mode, Ask::new("iam:AttachGroupPolicy", arn), depth))
    }

    /// I4: one group at a time, then all.
    fn joins(&self, node: &Node<'e>, mode: Mode, _depth: usize) -> Vec<Write<'e>> {
        if !node.principal.holder.is_user || !node.has_any(&self.index.bits(&["iam:AddUserToGroup"])) {
            return Vec::new();
        }
        let mut writes = Vec::new();
        let mut together: Option<(Vec<Grant<'e>>, Node<'e>)> = None;
        for (grants, arn, joined) in self.joinable(node, node, mode) {
            let both = match together.take() {
                None => (grants.clone(), self.joined(node, &joined)),
                Some((_, all)) => (grants.clone(), self.joined(&all, &joined)),
            };
            together = Some(both);
            let then = Then::Changed(Box::new(self.joined(node, &joined)));
            writes.push(Write { method: I4, grants, into: arn, then });
        }
        if writes.len() > 1
            && let Some((grants, all)) = together
        {
            let into = "every group".to_owned();
            writes.push(Write { method: I4, grants, into, then: Then::Changed(Box::new(all)) });
        }
        writes
    }

    /// The groups to which `node` may add `member` and that may help: what allows it, the group's ARN, its name and policies.
    pub(super) fn joinable(
        &self,
        node: &Node<'e>,
        member: &Node<'e>,
        mode: Mode,
    ) -> Vec<(Vec<Grant<'e>>, String, Joined<'e>)> {
        let groups = match &self.estate.groups {
            Ok(groups) => groups,
            Err(unavailable) => {
                let arn = format!("arn:{}:iam::{}:group/stagecheck", self.estate.partition, self.estate.account);
                let grant = self.may(node, mode, Ask::new("iam:AddUserToGroup", &arn)).filter(|_| self.perhaps);
                let unread = Doc { unread: Some(unavailable), ..Doc::written(&self.estate.stock.allow_all) };
                return grant.map(|grant| (vec![grant], arn, ("", vec![unread]))).into_iter().collect();
            }
        };
        let not_yet = groups.iter().filter(|group| !member.groups.contains(&group.name));
        let mut joinable = Vec::new();
        for group in not_yet {
            let docs: Vec<Doc<'e>> = group.policies.iter().map(|policy| self.doc(policy)).collect();
            let leads_on = docs.iter().any(|doc| {
                let traits = self.index.traits(doc.document);
                traits.is_open || traits.allows != super::index::Bits::default()
            });
            if leads_on && let Some(grant) = self.may(node, mode, Ask::new("iam:AddUserToGroup", group.arn)) {
                joinable.push((vec![grant], group.arn.to_owned(), (group.name, docs)));
            }
        }
        joinable
    }

    pub(super) fn joined(&self, node: &Node<'e>, (name, policies): &Joined<'e>) -> Node<'e> {
        let docs = node.docs.iter().chain(policies).copied().collect();
        let mut joined = node.changed(self.index, docs, node.boundary);
        joined.groups.push(name);
        joined
    }

    /// Whether the principal may write a new version of a policy, also where it has to delete one first.
    pub(super) fn rewrites(&self, node: &Node<'e>, mode: Mode, arn: &str) -> Option<Vec<Grant<'e>>> {
        let create = self.may(node, mode, Ask::new("iam:CreatePolicyVersion", arn))?;
        let versions = self.estate.listed.get(arn).and_then(|listed| listed.versions.as_ref());
        // Those that were not collected are taken to leave room, and so is the default version.
        if versions.is_none_or(|others| others.len() + 1 < MOST_VERSIONS) {
            return Some(vec![create]);
        }
        Some(vec![create, self.may(node, mode, Ask::new("iam:DeletePolicyVersion", arn))?])
    }

    /// I5
    fn new_versions(&self, node: &Node<'e>, mode: Mode, _depth: usize) -> Vec<Write<'e>> {
        if !node.has_any(&self.index.bits(&["iam:CreatePolicyVersion"])) {
            return Vec::new();
        }
        let mut writes = Vec::new();
        for arn in own_policies(node) {
            if let Some(grants) = self.rewrites(node, mode, arn) {
                let written = Doc::written(&self.estate.stock.allow_all);
                let others = node.docs.iter().filter(|doc| doc.arn != Some(arn)).copied();
                let changed = node.changed(self.index, others.chain([written]).collect(), node.boundary);
                let then = Then::Changed(Box::new(without_boundary(self, changed, arn)));
                writes.push(Write { method: I5, grants, into: arn.to_owned(), then });
            }
        }
        let boundary = node.boundary.as_ref().and_then(customer_arn);
        let is_attached = |arn: &str| node.docs.iter().any(|doc| doc.arn == Some(arn));
        if let Some(arn) = boundary.filter(|arn| !is_attached(arn))
            && let Some(grants) = self.rewrites(node, mode, arn)
        {
            let then = Then::Changed(Box::new(node.changed(self.index, node.docs.clone(), None)));
            writes.push(Write { method: I5, grants, into: arn.to_owned(), then });
        }
        writes
    }

    /// I6
    fn older_versions(&self, node: &Node<'e>, mode: Mode, _depth: usize) -> Vec<Write<'e>> {
        if !node.has_any(&self.index.bits(&["iam:SetDefaultPolicyVersion"])) {
            return Vec::new();
        }
        let mut arns = own_policies(node);
        arns.extend(node.boundary.as_ref().and_then(customer_arn).filter(|arn| !arns.contains(arn)));
        let mut writes = Vec::new();
        for arn in arns {
            let Some(grant) = self.may(node, mode, Ask::new("iam:SetDefaultPolicyVersion", arn)) else { continue };
            for version in self.versions(arn) {
                let replaced = |doc: &Doc<'e>| {
                    if doc.arn == Some(arn) {
                        Doc { document: version.document, unread: version.unread, ..*doc }
                    } else {
                        *doc
                    }
                };
                let docs = node.docs.iter().map(replaced).collect();
                let changed = node.changed(self.index, docs, node.boundary.as_ref().map(replaced));
                let then = Then::Changed(Box::new(changed));
                writes.push(Write { method: I6, grants: vec![grant], into: arn.to_owned(), then });
            }
        }
        writes
    }

    /// The documents of the other versions of a policy, as they count in this evaluation.
    pub(super) fn versions(&self, arn: &str) -> Vec<Doc<'e>> {
        let Some(listed) = self.estate.listed.get(arn) else { return Vec::new() };
        let stock = &self.estate.stock;
        let of = |document, unread| Doc { unread, ..Doc::written(document) };
        match &listed.versions {
            None if self.perhaps => vec![of(&stock.allow_all, Some(&self.estate.uncollected))],
            None => Vec::new(),
            Some(versions) => versions
                .iter()
                .filter_map(|(_, read)| match read {
                    Ok(document) => Some(of(document, None)),
                    Err(unavailable) => self.perhaps.then(|| of(&stock.allow_all, Some(unavailable))),
                })
                .collect(),
        }
    }

    /// I7 of a role: itself, or every role.
    fn writes_of_roles(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Vec<Write<'e>> {
        let holder = node.principal.holder;
        if holder.is_user || !node.has_any(&self.index.bits(&["iam:PutRolePolicy", "iam:AttachRolePolicy"])) {
            return Vec::new();
        }
        let mut writes = Vec::new();
        let boundary = node.boundary.and_then(|boundary| boundary.arn);
        if !node.principal.is_reserved()
            && let Some(grants) = self.writes_into_role(node, mode, holder.arn, boundary, Extent::This, depth)
        {
            let then = Then::Changed(self.with_everything(node));
            writes.push(Write { method: I7, grants, into: holder.arn.to_owned(), then });
        }
        let every = ROLE.all(self.estate.home());
        if let Some(grants) = self.writes_into_role(node, mode, &every, None, Extent::NearlyAll, depth) {
            writes.push(Write { method: I7, grants, into: every, then: Then::Administrator });
        }
        writes
    }

    pub(super) fn writes_into_role(
        &self,
        node: &Node<'e>,
        mode: Mode,
        arn: &str,
        boundary: Option<&str>,
        extent: Extent,
        depth: usize,
    ) -> Option<Vec<Grant<'e>>> {
        let keys = boundary_key(boundary);
        self.may(node, mode, Ask::new("iam:PutRolePolicy", arn).with(&keys).on(extent))
            .map(|grant| vec![grant])
            .or_else(|| self.attaches(node, mode, Ask::new("iam:AttachRolePolicy", arn).with(&keys).on(extent), depth))
    }

    /// I8
    fn boundaries(&self, node: &Node<'e>, mode: Mode, _depth: usize) -> Vec<Write<'e>> {
        let Some(boundary) = &node.boundary else { return Vec::new() };
        let holder = node.principal.holder;
        if node.principal.is_reserved() {
            return Vec::new();
        }
        let (delete, put) = if holder.is_user {
            ("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary")
        } else {
            ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary")
        };
        let mut writes = Vec::new();
        let keys = boundary_key(boundary.arn);
        let mut changed = |grant: Grant<'e>, boundary: Option<Doc<'e>>| {
            let then = Then::Changed(Box::new(node.changed(self.index, node.docs.clone(), boundary)));
            writes.push(Write { method: I8, grants: vec![grant], into: holder.arn.to_owned(), then });
        };
        if let Some(grant) = self.may(node, mode, Ask::new(delete, holder.arn).with(&keys)) {
            changed(grant, None);
        }
        if node.has_any(&self.index.bits(&[put])) {
            let administrator = self.aws(ADMINISTRATOR_ACCESS);
            let keys = boundary_key(Some(&administrator));
            if let Some(grant) = self.may(node, mode, Ask::new(put, holder.arn).with(&keys)) {
                changed(grant, None);
            } else {
                for listed in self.estate.listed.values().filter(|listed| Some(listed.arn) != boundary.arn) {
                    let keys = boundary_key(Some(listed.arn));
                    if let Some(grant) = self.may(node, mode, Ask::new(put, holder.arn).with(&keys)) {
                        changed(grant, Some(self.doc(&listed.policy)));
                    }
                }
            }
        }
        writes
    }

    /// I9: only a policy that denies is worth removing.
    fn removals(&self, node: &Node<'e>, mode: Mode, _depth: usize) -> Vec<Write<'e>> {
        let holder = node.principal.holder;
        if node.principal.is_reserved() {
            return Vec::new();
        }
        let (detach, delete) = if holder.is_user {
            ("iam:DetachUserPolicy", "iam:DeleteUserPolicy")
        } else {
            ("iam:DetachRolePolicy", "iam:DeleteRolePolicy")
        };
        let own_boundary = node.boundary.and_then(|boundary| boundary.arn);
        let group_arn = |name: &str| match &self.estate.groups {
            Ok(groups) => groups.iter().find(|group| group.name == name).map(|group| group.arn),
            Err(_) => None,
        };
        let mut writes = Vec::new();
        for (at, doc) in node.docs.iter().enumerate() {
            if !self.index.traits(doc.document).has_deny || doc.name == "(written)" {
                continue;
            }
            let without = |gone: &dyn Fn(usize, &Doc<'e>) -> bool| {
                let docs = node.docs.iter().enumerate().filter(|(at, doc)| !gone(*at, doc)).map(|(_, doc)| *doc);
                Box::new(node.changed(self.index, docs.collect(), node.boundary))
            };
            let Some(into) = doc.group.map_or(Some(holder.arn), group_arn) else { continue };
            let mut keys: Keys<'_> = doc.arn.map(|arn| ("iam:PolicyARN", Some(arn))).into_iter().collect();
            let action = match (doc.group, doc.arn, doc.origin) {
                (None, Some(_), _) => detach,
                (None, None, Origin::Inline) => delete,
                (Some(_), Some(_), _) => "iam:DetachGroupPolicy",
                (Some(_), None, Origin::Inline) => "iam:DeleteGroupPolicy",
                (_, None, _) => continue,
            };
            if doc.group.is_none() {
                keys.extend(boundary_key(own_boundary));
            }
            if let Some(grant) = self.may(node, mode, Ask::new(action, into).with(&keys)) {
                let then = Then::Changed(without(&|other, _| other == at));
                writes.push(Write { method: I9, grants: vec![grant], into: into.to_owned(), then });
            } else if let Some(group) = doc.group
                && let Some(grant) = self.may(node, mode, Ask::new("iam:RemoveUserFromGroup", into))
            {
                let mut left = without(&|_, doc| doc.group == Some(group));
                left.groups.retain(|name| *name != group);
                writes.push(Write {
                    method: I9,
                    grants: vec![grant],
                    into: into.to_owned(),
                    then: Then::Changed(left),
                });
            }
        }
        writes
    }

    /// I10
    fn new_users(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Vec<Write<'e>> {
        let grants = self.makes_user(node, mode, depth);
        let write = |grants| Write { method: I10, grants, into: "a new user".to_owned(), then: Then::Administrator };
        grants.map(write).into_iter().collect()
    }

    /// I11
    fn new_roles(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Vec<Write<'e>> {
        let grants = self.makes_role(node, mode, depth);
        let write = |grants| Write { method: I11, grants, into: "a new role".to_owned(), then: Then::Administrator };
        grants.map(write).into_iter().collect()
    }
}

/// The customer managed policies that a principal has, itself or by a group, each once.
fn own_policies<'e>(node: &Node<'e>) -> Vec<&'e str> {
    let mut arns: Vec<&str> = node.docs.iter().filter_map(customer_arn).collect();
    arns.sort_unstable();
    arns.dedup();
    arns
}

fn without_boundary<'e>(run: &Run<'e>, node: Node<'e>, arn: &str) -> Node<'e> {
    if node.boundary.and_then(|boundary| boundary.arn) == Some(arn) {
        node.changed(run.index, node.docs.clone(), None)
    } else {
        node
    }
}

impl<'e> Write<'e> {
    /// The same write, for the way of another self.
    pub(super) fn again(&self) -> Write<'e> {
        let Write { method, grants, into, .. } = self;
        Write { method: *method, grants: grants.clone(), into: into.clone(), then: Then::Administrator }
    }
}
