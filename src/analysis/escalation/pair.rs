//! The pair rule: whoever reaches two identities, of which one may write the other, has both.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::methods::{I1, I2, I3, I4, I5, I6, I7};
use super::mode::Mode;
use super::node::{Doc, Node};
use super::path::{Hop, hop_of_write};
use super::run::{Ask, Extent, customer_arn};
use super::search::{Link, Reached, Search, State, Step};
use super::writes::{Then, Write};

/// What writes into another.
const WRITES_OTHERS: &[&str] = &[
    "iam:PutUserPolicy",
    "iam:AttachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:AttachGroupPolicy",
    "iam:AddUserToGroup",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
];

/// Whoever reaches a state, each with the next step on the shortest way there.
type Ancestors<'e> = Rc<BTreeMap<State, Option<(Step<'e>, State)>>>;

impl<'e> Search<'e> {
    /// Adds whoever the pair rule finds; says whether there was anybody.
    pub(super) fn pair(&mut self) -> bool {
        let bits = self.run.index.bits(WRITES_OTHERS);
        let mut known: HashMap<State, Ancestors<'e>> = HashMap::new();
        let mut found: Vec<(State, u8, Vec<Hop>)> = Vec::new();
        for (number, writer) in self.nodes.iter().enumerate() {
            if number >= self.trusts.len() || !writer.has_any(&bits) {
                continue;
            }
            for mode in Mode::of(writer.principal.holder.is_user) {
                let state = State { node: number, mode: *mode };
                if self.at(state).is_none() {
                    self.pairs_with(state, writer, &mut known, &mut found);
                }
            }
        }
        let any = !found.is_empty();
        for (state, order, hops) in found {
            let distance = hops.len();
            let link = Link::Whole(Rc::new(hops));
            self.offer(state, order, "", Reached { distance, link, by_itself: false, possible: false });
        }
        any
    }

    fn pairs_with(
        &self,
        writing: State,
        writer: &Node<'e>,
        known: &mut HashMap<State, Ancestors<'e>>,
        found: &mut Vec<(State, u8, Vec<Hop>)>,
    ) {
        let to_writer = self.ancestors(writing, known);
        for (number, other) in self.nodes.iter().enumerate().take(self.trusts.len()) {
            if number == writing.node {
                continue;
            }
            let writes = self.writes_of_another(writer, writing.mode, other);
            if writes.is_empty() {
                continue;
            }
            for mode in Mode::of(other.principal.holder.is_user) {
                let written = State { node: number, mode: *mode };
                if self.at(written).is_some() {
                    continue;
                }
                let Some((write, then)) = writes.iter().find_map(|write| self.helps(write, *mode)) else { continue };
                let to_written = self.ancestors(written, known);
                for both in to_writer.keys().filter(|state| to_written.contains_key(state)) {
                    let mut hops = self.way(*both, &to_writer);
                    hops.push(hop_of_write(writer.principal.holder.arn, write));
                    hops.extend(self.way(*both, &to_written));
                    hops.extend(then.iter().map(|write| hop_of_write(other.principal.holder.arn, write)));
                    found.push((*both, write.method.order, hops));
                }
            }
        }
    }

    /// Whether whoever is written is an administrator then, or becomes one by more writes.
    fn helps<'w>(&self, write: &'w Write<'e>, mode: Mode) -> Option<(&'w Write<'e>, Vec<Write<'e>>)> {
        let Then::Changed(changed) = &write.then else { return None };
        if self.run.is_administrator(changed, mode) {
            return Some((write, Vec::new()));
        }
        Some((write, self.run.climb(changed, mode, 1).to_administrator?))
    }

    /// What `writer` may write into another principal, and who that is then.
    fn writes_of_another(&self, writer: &Node<'e>, mode: Mode, other: &Node<'e>) -> Vec<Write<'e>> {
        let holder = other.principal.holder;
        let boundary = other.boundary.and_then(|boundary| boundary.arn);
        let everything = || Then::Changed(self.run.with_everything(other));
        let into = || holder.arn.to_owned();
        let mut writes = Vec::new();
        if holder.is_user {
            for method in [I1, I2] {
                let grants = self.run.writes_into(writer, mode, (method, holder.arn), boundary, Extent::This, 0);
                writes.extend(grants.map(|grants| Write { method, grants, into: into(), then: everything() }));
            }
            if let Ok(groups) = &self.run.estate.groups {
                for group in groups.iter().filter(|group| other.groups.contains(&group.name)) {
                    let grants = self.run.writes_into_group(writer, mode, group.arn, 0);
                    let into = group.arn.to_owned();
                    writes.extend(grants.map(|grants| Write { method: I3, grants, into, then: everything() }));
                }
            }
            for (grants, into, joined) in self.run.joinable(writer, other, mode) {
                let then = Then::Changed(Box::new(self.run.joined(other, &joined)));
                writes.push(Write { method: I4, grants, into, then });
            }
        } else if !other.principal.is_reserved() {
            let grants = self.run.writes_into_role(writer, mode, holder.arn, boundary, Extent::This, 0);
            writes.extend(grants.map(|grants| Write { method: I7, grants, into: into(), then: everything() }));
        }
        let mut policies: Vec<&'e str> = other.docs.iter().filter_map(customer_arn).collect();
        policies.sort_unstable();
        policies.dedup();
        for arn in policies {
            if let Some(grants) = self.run.rewrites(writer, mode, arn) {
                let written = Doc::written(&self.run.estate.stock.allow_all);
                let others = other.docs.iter().filter(|doc| doc.arn != Some(arn)).copied();
                let changed = other.changed(self.run.index, others.chain([written]).collect(), other.boundary);
                let then = Then::Changed(Box::new(changed));
                writes.push(Write { method: I5, grants, into: arn.to_owned(), then });
            }
            if let Some(grant) = self.run.may(writer, mode, Ask::new("iam:SetDefaultPolicyVersion", arn)) {
                for version in self.run.versions(arn) {
                    let replaced = |doc: &Doc<'e>| {
                        let version = Doc { document: version.document, unread: version.unread, ..*doc };
                        if doc.arn == Some(arn) { version } else { *doc }
                    };
                    let docs = other.docs.iter().map(replaced).collect();
                    let then = Then::Changed(Box::new(other.changed(self.run.index, docs, other.boundary)));
                    writes.push(Write { method: I6, grants: vec![grant], into: arn.to_owned(), then });
                }
            }
        }
        writes
    }

    /// Whoever reaches a state by steps and is not known to reach administrator access, itself included.
    fn ancestors(&self, target: State, known: &mut HashMap<State, Ancestors<'e>>) -> Ancestors<'e> {
        if let Some(known) = known.get(&target) {
            return Rc::clone(known);
        }
        let mut ancestors: BTreeMap<State, Option<(Step<'e>, State)>> = BTreeMap::from([(target, None)]);
        let mut queue = std::collections::VecDeque::from([target]);
        while let Some(state) = queue.pop_front() {
            if state.node >= self.trusts.len() {
                continue;
            }
            let edges = self.edges_into(state, false, &|source| {
                self.at(source).is_none() && !ancestors.contains_key(&source) && source.node < self.trusts.len()
            });
            for (source, step) in edges {
                if let std::collections::btree_map::Entry::Vacant(entry) = ancestors.entry(source) {
                    entry.insert(Some((step, state)));
                    queue.push_back(source);
                }
            }
        }
        let ancestors = Rc::new(ancestors);
        known.insert(target, Rc::clone(&ancestors));
        ancestors
    }

    /// The steps from a state to the one whose ancestors these are.
    fn way(&self, from: State, ancestors: &BTreeMap<State, Option<(Step<'e>, State)>>) -> Vec<Hop> {
        let mut hops = Vec::new();
        let mut state = from;
        while let Some(Some((step, next))) = ancestors.get(&state) {
            hops.push(self.hop_of_step(&self.name_of(state.node).arn, step, *next));
            state = *next;
        }
        hops
    }
}
