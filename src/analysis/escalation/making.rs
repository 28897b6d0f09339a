//! What a principal can attach, and whom it can make: policies, users and roles that do not exist yet.

use super::mode::Mode;
use super::node::{Doc, Node};
use super::resource::{Kind, POLICY, ROLE, USER, filled};
use super::run::{Ask, Extent, Grant, Run};
use crate::analysis::documents::{ADMINISTRATOR_ACCESS, aws_policy};
use crate::iam::{Effect, Statement, matches};

/// AWS managed policies that lead to administrator access, whoever has them.
const AWS_POLICIES: [&str; 2] = [ADMINISTRATOR_ACCESS, "IAMFullAccess"];

impl<'e> Run<'e> {
    /// Whether the principal may attach, by this call, a policy that leads to administrator access.
    pub(super) fn attaches(&self, node: &Node<'e>, mode: Mode, ask: Ask<'_>, depth: usize) -> Option<Vec<Grant<'e>>> {
        if !node.has_any(&self.index.bits(&[ask.action])) {
            return None;
        }
        let attach = |arn: &str| {
            let mut keys = ask.keys.to_vec();
            keys.push(("iam:PolicyARN", Some(arn)));
            self.may(node, mode, Ask { keys: &keys, ..ask })
        };
        if let Some(grant) = AWS_POLICIES.iter().find_map(|name| attach(&self.aws(name))) {
            return Some(vec![grant]);
        }
        let statements: Vec<&Statement> = allows_of(node, ask.action).collect();
        // Without a condition on the policy, whatever it is would have been allowed above or is not at all.
        if !statements.iter().any(|statement| asks_for(statement, "iam:PolicyARN")) {
            return None;
        }
        for listed in self.estate.listed.values() {
            let Some(grant) = attach(listed.arn) else { continue };
            if aws_policy(listed.arn).is_none()
                && let Some(grants) = self.rewrites(node, mode, listed.arn)
            {
                return Some(grants.into_iter().chain([grant]).collect());
            }
            if self.leads_on(node, vec![self.doc(&listed.policy)], None, mode, depth) {
                return Some(vec![grant]);
            }
        }
        let home = self.estate.home();
        // A condition may also name what is excepted, so any new policy is tried beside those of its patterns.
        let patterns = statements.iter().flat_map(|statement| values(statement, "iam:PolicyARN")).chain(["*"]);
        for pattern in patterns {
            for arn in POLICY.witnesses(pattern, home) {
                let is_new = !self.estate.listed.contains_key(arn.as_str());
                if is_new
                    && self.may_exist_unlisted(&arn)
                    && let Some(grant) = attach(&arn)
                {
                    return Some(vec![grant]);
                }
                if is_new
                    && let Some(create) = self.may(node, mode, Ask::new("iam:CreatePolicy", &arn))
                    && let Some(grant) = attach(&arn)
                {
                    return Some(vec![create, grant]);
                }
            }
        }
        None
    }

    /// Whether there may be a customer managed policy of that ARN that could not be listed: perhaps one with administrator access.
    fn may_exist_unlisted(&self, arn: &str) -> bool {
        self.perhaps && self.estate.may_be_unlisted && aws_policy(arn).is_none()
    }

    /// Whether somebody with these policies alone is an administrator, or becomes one by writes alone.
    fn leads_on(
        &self,
        node: &Node<'e>,
        docs: Vec<Doc<'e>>,
        boundary: Option<Doc<'e>>,
        mode: Mode,
        depth: usize,
    ) -> bool {
        let mut alone = node.changed(self.index, docs, boundary);
        alone.groups.clear();
        self.is_administrator(&alone, mode) || self.climb(&alone, mode, depth + 1).to_administrator.is_some()
    }

    /// The boundaries with which a principal may make somebody: none, and those that its policies name.
    fn boundaries_for(&self, node: &Node<'e>, action: &str) -> Vec<Option<String>> {
        let mut boundaries = vec![None];
        for pattern in allows_of(node, action).flat_map(|statement| values(statement, "iam:PermissionsBoundary")) {
            let listed = self.estate.listed.keys().filter(|arn| matches(pattern, arn)).map(|arn| (*arn).to_owned());
            boundaries.extend(listed.map(Some));
            boundaries.push(Some(filled(pattern)));
        }
        boundaries.dedup();
        boundaries
    }

    /// Whether whoever is made with this boundary, and is given everything, leads to administrator access.
    fn is_free_under(&self, node: &Node<'e>, boundary: Option<&str>, mode: Mode, depth: usize) -> bool {
        let Some(arn) = boundary else { return true };
        if aws_policy(arn) == Some(ADMINISTRATOR_ACCESS) {
            return true;
        }
        if aws_policy(arn).is_none() {
            let is_new = !self.estate.listed.contains_key(arn);
            if self.rewrites(node, mode, arn).is_some()
                || (is_new && self.may(node, mode, Ask::new("iam:CreatePolicy", arn)).is_some())
            {
                return true;
            }
        }
        if self.may_exist_unlisted(arn) && !self.estate.listed.contains_key(arn) {
            return true;
        }
        self.listed(arn).is_some_and(|doc| {
            let everything = Doc::written(&self.estate.stock.allow_all);
            self.leads_on(node, vec![everything], Some(doc), mode_of_new(node), depth)
        })
    }

    /// ARNs of new users or roles that the principal may make.
    fn new_arns(&self, node: &Node<'e>, action: &str, kind: Kind) -> Vec<String> {
        let exists = |arn: &String| self.estate.principals.iter().any(|principal| principal.holder.arn == arn);
        let home = self.estate.home();
        let mut arns: Vec<String> =
            allows_of(node, action).flat_map(|statement| kind.witnesses_of(statement, home)).collect();
        arns.sort_unstable();
        arns.dedup();
        arns.retain(|arn| !exists(arn));
        arns
    }

    /// A new user with administrator access and a credential.
    pub(super) fn makes_user(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Option<Vec<Grant<'e>>> {
        if !node.has_any(&self.index.bits(&["iam:CreateUser"])) {
            return None;
        }
        let boundaries = self.boundaries_for(node, "iam:CreateUser");
        let made = |arn: &str, boundary: Option<&str>| {
            let keys: Vec<(&'static str, Option<&str>)> =
                boundary.map(|arn| ("iam:PermissionsBoundary", Some(arn))).into_iter().collect();
            let create = self.may(node, mode, Ask::new("iam:CreateUser", arn).with(&keys))?;
            let credential = ["iam:CreateAccessKey", "iam:CreateLoginProfile"]
                .iter()
                .find_map(|action| self.may(node, mode, Ask::new(action, arn)))?;
            let policy = [super::methods::I1, super::methods::I2]
                .iter()
                .find_map(|method| self.writes_into(node, mode, (*method, arn), boundary, Extent::This, depth))
                .or_else(|| self.joins_administrators(node, mode, depth))?;
            self.is_free_under(node, boundary, mode, depth)
                .then(|| [create].into_iter().chain(policy).chain([credential]).collect())
        };
        let arns = self.new_arns(node, "iam:CreateUser", USER);
        arns.iter().find_map(|arn| boundaries.iter().find_map(|boundary| made(arn, boundary.as_deref())))
    }

    /// Whether the principal may add a new user to a group that leads to administrator access.
    fn joins_administrators(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Option<Vec<Grant<'e>>> {
        let mut nobody = node.changed(self.index, Vec::new(), None);
        nobody.groups.clear();
        let groups = self.joinable(node, &nobody, mode);
        let mode_of_new = mode_of_new(node);
        let leads =
            groups.into_iter().find(|(_, _, (_, docs))| self.leads_on(node, docs.clone(), None, mode_of_new, depth));
        leads.map(|(grants, _, _)| grants)
    }

    /// A new role with administrator access, whose trust policy names whoever makes it.
    pub(super) fn makes_role(&self, node: &Node<'e>, mode: Mode, depth: usize) -> Option<Vec<Grant<'e>>> {
        if !node.has_any(&self.index.bits(&["iam:CreateRole"])) {
            return None;
        }
        let boundaries = self.boundaries_for(node, "iam:CreateRole");
        let made = |arn: &str, boundary: Option<&str>| {
            let keys: Vec<(&'static str, Option<&str>)> =
                boundary.map(|arn| ("iam:PermissionsBoundary", Some(arn))).into_iter().collect();
            let create = self.may(node, mode, Ask::new("iam:CreateRole", arn).with(&keys))?;
            let policy = self.writes_into_role(node, mode, arn, boundary, Extent::This, depth)?;
            let assumes = !self.is_denied(node, mode, Ask::new("sts:AssumeRole", arn));
            (assumes && self.is_free_under(node, boundary, mode, depth))
                .then(|| [create].into_iter().chain(policy).collect())
        };
        let arns = self.new_arns(node, "iam:CreateRole", ROLE);
        arns.iter().find_map(|arn| boundaries.iter().find_map(|boundary| made(arn, boundary.as_deref())))
    }
}

/// The Allows of a principal for an action.
fn allows_of<'e, 'n>(node: &'n Node<'e>, action: &'n str) -> impl Iterator<Item = &'e Statement> + use<'e, 'n> {
    let allows = move |statement: &&'e Statement| statement.effect == Effect::Allow && statement.covers_action(action);
    node.docs.iter().flat_map(|doc| &doc.document.statements).filter(allows)
}

/// Whoever is new has no device.
fn mode_of_new(node: &Node<'_>) -> Mode {
    if node.principal.holder.is_user { Mode::Session } else { Mode::Role }
}

fn asks_for(statement: &Statement, key: &str) -> bool {
    statement.conditions.iter().any(|condition| condition.key.eq_ignore_ascii_case(key))
}

/// The values of a statement's conditions on a key.
fn values<'s>(statement: &'s Statement, key: &'static str) -> impl Iterator<Item = &'s str> {
    let of_key = statement.conditions.iter().filter(move |condition| condition.key.eq_ignore_ascii_case(key));
    of_key.flat_map(|condition| condition.values.iter().map(String::as_str))
}
