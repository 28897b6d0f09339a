//! A principal as its policies stand, or as they would stand after it changed them.

use super::estate::Principal;
use super::index::{Bits, Index, Traits};
use crate::account::Unavailable;
use crate::analysis::documents::{Origin, Policy};
use crate::iam::Document;

/// A policy document in force, with the policy that it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doc<'e> {
    pub(super) name: &'e str,
    pub(super) arn: Option<&'e str>,
    pub(super) group: Option<&'e str>,
    pub(super) origin: Origin,
    pub(super) document: &'e Document,
    /// Why it is not known, where another stands for it.
    pub(super) unread: Option<&'e Unavailable>,
}

impl<'e> Doc<'e> {
    /// A policy as it is; where it is unread, `stands_for_it`.
    pub(super) fn of(policy: &'e Policy<'_>, stands_for_it: &'e Document) -> Self {
        let (document, unread) = match &policy.document {
            Ok(document) => (document.as_ref(), None),
            Err(unread) => (stands_for_it, Some(&unread.why)),
        };
        Doc { name: policy.name, arn: policy.arn, group: policy.group, origin: policy.origin, document, unread }
    }

    /// A document that the principal wrote.
    pub(super) fn written(document: &'e Document) -> Self {
        Doc { name: "(written)", arn: None, group: None, origin: Origin::Inline, document, unread: None }
    }

    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self.document).addr()
    }
}

/// A principal with certain policies.
pub(super) struct Node<'e> {
    /// Which principal it is.
    pub(super) who: usize,
    pub(super) principal: &'e Principal<'e>,
    pub(super) docs: Vec<Doc<'e>>,
    pub(super) boundary: Option<Doc<'e>>,
    /// The groups that it is in.
    pub(super) groups: Vec<&'e str>,
    /// What all its documents together say of themselves.
    pub(super) traits: Traits,
}

impl<'e> Node<'e> {
    pub(super) fn new(
        index: &Index,
        (who, principal): (usize, &'e Principal<'e>),
        docs: Vec<Doc<'e>>,
        boundary: Option<Doc<'e>>,
        groups: Vec<&'e str>,
    ) -> Self {
        let mut traits = docs.iter().map(|doc| index.traits(doc.document)).fold(Traits::default(), Traits::with);
        if let Some(boundary) = &boundary {
            traits = traits.bounded_by(index.traits(boundary.document));
        }
        Node { who, principal, docs, boundary, groups, traits }
    }

    /// Whether any of its Allows may grant any of these actions.
    pub(super) fn has_any(&self, actions: &Bits) -> bool {
        self.traits.allows.meets(actions)
    }

    /// Why something of it is not known, if it is.
    pub(super) fn unread(&self) -> Option<&'e Unavailable> {
        self.docs.iter().chain(&self.boundary).find_map(|doc| doc.unread)
    }

    /// The same principal with other policies.
    pub(super) fn changed(&self, index: &Index, docs: Vec<Doc<'e>>, boundary: Option<Doc<'e>>) -> Self {
        Node::new(index, (self.who, self.principal), docs, boundary, self.groups.clone())
    }

    /// Its documents by where they are: two nodes of one principal that agree in this are the same.
    pub(super) fn key(&self) -> Vec<usize> {
        let mut key: Vec<usize> = self.docs.iter().map(Doc::address).collect();
        key.sort_unstable();
        key.push(0);
        key.extend(self.boundary.as_ref().map(Doc::address));
        key
    }
}
