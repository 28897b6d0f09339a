//! One evaluation of an account: what is unread counts as no (sure), or as yes (perhaps).

use std::cell::OnceCell;

use super::estate::{Estate, Principal};
use super::index::Index;
use super::mode::Mode;
use super::node::{Doc, Node};
use crate::analysis::administrator::Privileges;
use crate::analysis::documents::{Origin, Policies, Policy, aws_policy};
use crate::iam::{Choice, Context, Effect, Statement};

/// A call that somebody would make.
#[derive(Clone, Copy)]
pub(super) struct Ask<'c> {
    pub(super) action: &'static str,
    pub(super) resource: &'c str,
    /// What else is known of the request, by key; `None`: the key is there, or not, with a value that cannot be known.
    pub(super) keys: &'c [(&'static str, Option<&'c str>)],
    pub(super) extent: Extent,
}

/// How much of the resource is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// This one.
    This,
    /// All that the pattern takes, but for single ones.
    NearlyAll,
    /// All that the pattern takes, whatever its tags.
    All,
}

impl<'c> Ask<'c> {
    pub(super) fn new(action: &'static str, resource: &'c str) -> Self {
        Ask { action, resource, keys: &[], extent: Extent::This }
    }

    pub(super) fn with(self, keys: &'c [(&'static str, Option<&'c str>)]) -> Self {
        Ask { keys, ..self }
    }

    pub(super) fn on(self, extent: Extent) -> Self {
        Ask { extent, ..self }
    }
}

/// What allows a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant<'e> {
    pub(super) action: &'static str,
    pub(super) doc: Doc<'e>,
    /// Its number in the document, from 1.
    pub(super) statement: usize,
}

/// One evaluation of an account.
pub(super) struct Run<'e> {
    pub(super) estate: &'e Estate<'e>,
    pub(super) index: &'e Index,
    /// What is unread counts as yes.
    pub(super) perhaps: bool,
}

impl<'e> Run<'e> {
    /// A document as it counts in this evaluation: an unread one allows everything, or denies it.
    pub(super) fn doc(&self, policy: &'e Policy<'_>) -> Doc<'e> {
        let stock = &self.estate.stock;
        let stands_for_it = match (self.perhaps, policy.may_deny()) {
            (true, _) => &stock.allow_all,
            (false, true) => &stock.deny_all,
            (false, false) => &stock.nothing,
        };
        Doc::of(policy, stands_for_it)
    }

    /// A principal as its policies stand.
    pub(super) fn node(&self, who: usize, principal: &'e Principal<'e>) -> Node<'e> {
        let docs = principal.policies.identity().iter().map(|policy| self.doc(policy)).collect();
        let boundary = principal.policies.boundary().map(|policy| self.doc(policy));
        Node::new(self.index, (who, principal), docs, boundary, principal.groups.iter().map(String::as_str).collect())
    }

    pub(super) fn context(&self, node: &Node<'e>, mode: Mode) -> &'e Context {
        node.principal.context(mode, &self.estate.circumstances)
    }

    /// What allows a call in a mode, if anything does: a policy and, where there is one, the boundary, and no Deny surely takes it.
    pub(super) fn may(&self, node: &Node<'e>, mode: Mode, ask: Ask<'_>) -> Option<Grant<'e>> {
        let bit = self.index.bits(&[ask.action]);
        if !node.traits.allows.meets(&bit) {
            return None;
        }
        let evaluated = Evaluated { index: self.index, base: self.context(node, mode), ask, full: OnceCell::new() };
        let allows = |doc: &Doc<'e>| {
            let mut statements = doc.document.statements.iter().zip(1..);
            let found = statements.find(|(statement, _)| evaluated.is_allowed_by(statement));
            found.map(|(_, statement)| Grant { action: ask.action, doc: *doc, statement })
        };
        let of_these = |doc: &&Doc<'e>| self.index.traits(doc.document).allows.meets(&bit);
        let grant = node.docs.iter().filter(of_these).find_map(allows)?;
        if let Some(boundary) = &node.boundary {
            allows(boundary)?;
        }
        (!self.is_denied_by(node, &evaluated)).then_some(grant)
    }

    /// Whether a Deny of the principal's policies or its boundary surely takes a call.
    pub(super) fn is_denied(&self, node: &Node<'e>, mode: Mode, ask: Ask<'_>) -> bool {
        let evaluated = Evaluated { index: self.index, base: self.context(node, mode), ask, full: OnceCell::new() };
        self.is_denied_by(node, &evaluated)
    }

    fn is_denied_by(&self, node: &Node<'e>, evaluated: &Evaluated<'_, '_>) -> bool {
        let bit = self.index.bits(&[evaluated.ask.action]);
        node.traits.denies.meets(&bit)
            && node
                .docs
                .iter()
                .chain(&node.boundary)
                .filter(|doc| self.index.traits(doc.document).denies.meets(&bit))
                .any(|doc| doc.document.statements.iter().any(|statement| evaluated.is_denied_by(statement)))
    }

    /// Whether the boundary, if there is one, leaves a call.
    pub(super) fn boundary_leaves(&self, node: &Node<'e>, mode: Mode, ask: Ask<'_>) -> bool {
        let evaluated = Evaluated { index: self.index, base: self.context(node, mode), ask, full: OnceCell::new() };
        node.boundary.as_ref().is_none_or(|boundary| {
            boundary.document.statements.iter().any(|statement| evaluated.is_allowed_by(statement))
        })
    }

    /// Whether this is the administrator in a mode.
    pub(super) fn is_administrator(&self, node: &Node<'e>, mode: Mode) -> bool {
        if !node.traits.is_open {
            return false;
        }
        let identity: Vec<Policy<'e>> = node.docs.iter().map(policy).collect();
        let boundary = node.boundary.as_ref().map(policy);
        let policies = Policies::made(node.principal.holder, identity, boundary);
        let powers = Privileges::of(&policies, &self.estate.circumstances);
        let administrator = match powers.administrator() {
            Ok(administrator) => administrator,
            // All documents stand for themselves here, so only the organization can leave it open.
            Err(_) => self.perhaps,
        };
        administrator && (mode.has_mfa() || powers.may_do_everything_in(self.context(node, mode)))
    }

    /// The ARN of an AWS managed policy.
    pub(super) fn aws(&self, name: &str) -> String {
        format!("arn:{}:iam::aws:policy/{name}", self.estate.partition)
    }

    /// A policy by its ARN, as it would count if it were attached.
    pub(super) fn listed(&self, arn: &str) -> Option<Doc<'e>> {
        self.estate.listed.get(arn).map(|listed| self.doc(&listed.policy))
    }
}

fn policy<'e>(doc: &Doc<'e>) -> Policy<'e> {
    let document = Ok(std::borrow::Cow::Borrowed(doc.document));
    Policy { name: doc.name, arn: doc.arn, origin: doc.origin, group: doc.group, document }
}

/// Whether a document is a customer managed policy.
pub(super) fn customer_arn<'e>(doc: &Doc<'e>) -> Option<&'e str> {
    doc.arn.filter(|arn| doc.origin == Origin::Customer && aws_policy(arn).is_none())
}

struct Evaluated<'c, 'n> {
    index: &'c Index,
    base: &'n Context,
    ask: Ask<'c>,
    full: OnceCell<Context>,
}

impl Evaluated<'_, '_> {
    fn is_allowed_by(&self, statement: &Statement) -> bool {
        if statement.effect != Effect::Allow || !statement.covers_action(self.ask.action) {
            return false;
        }
        self.index.count();
        let resource = self.ask.resource;
        let fits = match (&statement.resources, self.ask.extent) {
            // An identity policy without resources is no policy that AWS would store, so it grants nothing.
            (None, _) => return false,
            (Some(Choice::AllBut(_)), Extent::NearlyAll) => statement.touches_resource(resource, self.base),
            _ => statement.covers_resource(resource, self.base),
        };
        !fits.is_no()
            && (self.ask.extent != Extent::All || !asks_for_a_tag(statement))
            && (statement.conditions.is_empty() || !statement.condition(self.full()).is_no())
    }

    fn is_denied_by(&self, statement: &Statement) -> bool {
        if statement.effect != Effect::Deny || !statement.covers_action(self.ask.action) {
            return false;
        }
        self.index.count();
        statement.covers_resource(self.ask.resource, self.base).is_yes()
            && (statement.conditions.is_empty() || statement.condition(self.full()).is_yes())
    }

    fn full(&self) -> &Context {
        if self.ask.keys.is_empty() {
            return self.base;
        }
        self.full.get_or_init(|| {
            self.ask.keys.iter().fold(self.base.clone(), |context, (key, value)| match value {
                Some(value) => context.with(key, *value),
                None => context.undecidable(key),
            })
        })
    }
}

/// Whether an Allow is narrowed by tags, which is as good as naming single resources.
fn asks_for_a_tag(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| condition.key.to_ascii_lowercase().contains("tag"))
}
