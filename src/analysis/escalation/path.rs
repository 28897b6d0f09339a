//! A way to administrator access as it is told: a chain of steps, each with the policy and statement that allow it.

use serde::Serialize;

use super::methods::{Class, Method};
use super::run::Grant;
use super::search::{Link, Search, State, Step};
use super::writes::Write;
use crate::analysis::documents::PolicyHolder;

/// How many steps are told in a sentence.
const TOLD_STEPS: usize = 5;

/// A user or a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Name {
    /// `user` or `role`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

impl Name {
    pub(super) fn of(holder: &PolicyHolder<'_>) -> Self {
        let kind = if holder.is_user { "user" } else { "role" };
        Name { kind, name: holder.name.to_owned(), arn: holder.arn.to_owned() }
    }

    /// As it stands in a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        format!("{} `{}`", self.kind, self.name)
    }
}

/// One step of a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// The id of its method, e.g. `T1`.
    pub method: &'static str,
    #[serde(skip)]
    pub(super) class: Class,
    /// Who makes it: an ARN.
    pub from: String,
    /// To whom or into what: an ARN.
    pub to: String,
    /// The actions.
    pub actions: Vec<&'static str>,
    /// The policy that allows the first of them; null where the role's trust policy does.
    pub policy: Option<String>,
    /// The number of its statement there, from 1.
    pub statement: Option<usize>,
    /// The service or the identity provider through which it leads.
    pub via: Option<String>,
}

/// A way to administrator access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Who has it.
    pub from: Name,
    /// Its steps; of an administrator there are none.
    pub hops: Vec<Hop>,
    /// Who is the administrator at its end, where it is another.
    pub administrator: Option<Name>,
    /// Whether it goes on only with an MFA device, which the user enrolls first.
    pub needs_mfa: bool,
}

impl Path {
    /// The greatest kind of its steps: what exists outweighs a passed role, and so on.
    #[must_use]
    pub fn class(&self) -> Class {
        let mut classes = self.hops.iter().filter(|hop| hop.method != "MFA").map(|hop| hop.class);
        if self.hops.iter().any(|hop| hop.class == Class::Existing) {
            return Class::Existing;
        }
        classes.next().unwrap_or(Class::Iam)
    }

    /// The chain in one line: `dev → sts:AssumeRole (policy team, statement 2) → role Deploy → …`.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut chain = self.from.name.clone();
        for hop in self.hops.iter().take(TOLD_STEPS) {
            let actions = hop.actions.join(" + ");
            let by = match (&hop.policy, hop.statement) {
                (Some(policy), Some(statement)) => format!(" (policy {policy}, statement {statement})"),
                _ => " (its trust policy)".to_owned(),
            };
            chain = format!("{chain} → {actions}{by} → {}", short(&hop.to));
        }
        if self.hops.len() > TOLD_STEPS {
            return format!("{chain} → …");
        }
        match &self.administrator {
            Some(_) => format!("{chain} (administrator access)"),
            None => chain,
        }
    }

    /// What follows the first node: users with the same are told of together.
    #[must_use]
    pub fn rest(&self) -> String {
        let of = |hop: &Hop| {
            let to = if hop.to == self.from.arn { "itself" } else { &hop.to };
            format!("{} {} {to}", hop.method, hop.actions.join("+"))
        };
        self.hops.iter().map(of).collect::<Vec<_>>().join(" → ")
    }
}

/// An ARN as its kind and name: `role Deploy`.
pub(super) fn short(arn: &str) -> String {
    let Some(resource) = arn.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4)) else {
        return arn.to_owned();
    };
    match resource.split_once('/') {
        Some((kind, "*")) => format!("every {kind}"),
        Some((kind, path)) => format!("{kind} {}", path.rsplit('/').next().unwrap_or(path)),
        None => resource.to_owned(),
    }
}

fn policy_of(grant: &Grant<'_>) -> (Option<String>, Option<usize>) {
    (Some(grant.doc.name.to_owned()), Some(grant.statement))
}

pub(super) fn hop_of_write(from: &str, write: &Write<'_>) -> Hop {
    let mut actions: Vec<&'static str> = Vec::new();
    for grant in &write.grants {
        if !actions.contains(&grant.action) {
            actions.push(grant.action);
        }
    }
    let (policy, statement) = write.grants.first().map_or((None, None), policy_of);
    let Method { id, class, .. } = write.method;
    Hop { method: id, class, from: from.to_owned(), to: write.into.clone(), actions, policy, statement, via: None }
}

impl<'e> Search<'e> {
    /// The way of a state that reaches administrator access.
    pub(super) fn path(&self, state: State) -> Path {
        let from = self.name_of(state.node);
        let hops = self.hops(state);
        let needs_mfa = hops.first().is_some_and(|hop| hop.method == "MFA");
        let administrator = self.last(state).filter(|last| *last != from);
        Path { from, hops, administrator, needs_mfa }
    }

    pub(super) fn hops(&self, state: State) -> Vec<Hop> {
        let mut hops = Vec::new();
        let mut state = state;
        // No way is longer than there are states, since each step leads nearer.
        for _ in 0..=self.nodes.len() * 5 {
            let from = self.name_of(state.node).arn;
            let Some(reached) = self.at(state) else { break };
            match &reached.link {
                Link::Administrator => break,
                Link::Writes(writes) => {
                    hops.extend(writes.iter().map(|write| hop_of_write(&from, write)));
                    break;
                }
                Link::Whole(whole) => {
                    hops.extend(whole.iter().cloned());
                    break;
                }
                Link::Becomes(writes, next) => {
                    hops.extend(writes.iter().map(|write| hop_of_write(&from, write)));
                    state = *next;
                }
                Link::Step(step, next) => {
                    hops.push(self.hop_of_step(&from, step, *next));
                    state = *next;
                }
            }
        }
        hops
    }

    pub(super) fn hop_of_step(&self, from: &str, step: &Step<'e>, next: State) -> Hop {
        let Step { method, actions, grants, via, .. } = step;
        let (policy, statement) = grants.first().map_or((None, None), policy_of);
        Hop {
            method: method.id,
            class: method.class,
            from: from.to_owned(),
            to: self.name_of(next.node).arn,
            actions: actions.clone(),
            policy,
            statement,
            via: via.clone(),
        }
    }

    /// Who is the administrator at the end of a way.
    fn last(&self, state: State) -> Option<Name> {
        let mut state = state;
        for _ in 0..=self.nodes.len() * 5 {
            match &self.at(state)?.link {
                Link::Administrator => return Some(self.name_of(state.node)),
                Link::Writes(_) | Link::Whole(_) => return None,
                Link::Becomes(_, next) | Link::Step(_, next) => state = *next,
            }
        }
        None
    }

    /// The first thing that is not known on the way of a state.
    pub(super) fn unread_on(&self, state: State) -> Option<&'e crate::account::Unavailable> {
        let mut state = state;
        for _ in 0..=self.nodes.len() * 5 {
            let node = self.node(state.node)?;
            let reached = self.at(state)?;
            let of_writes =
                |writes: &[Write<'e>]| writes.iter().flat_map(|write| &write.grants).find_map(|grant| grant.doc.unread);
            match &reached.link {
                Link::Administrator | Link::Whole(_) => return node.unread(),
                Link::Writes(writes) => return node.unread().or_else(|| of_writes(writes)),
                Link::Becomes(writes, next) => {
                    if let Some(unread) = node.unread().or_else(|| of_writes(writes)) {
                        return Some(unread);
                    }
                    state = *next;
                }
                Link::Step(step, next) => {
                    if let Some(unread) = node.unread().or(step.unread) {
                        return Some(unread);
                    }
                    state = *next;
                }
            }
        }
        None
    }
}
