//! The search: backward from administrators, the shortest way first.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;

use super::credentials::Preconditions;
use super::estate::Estate;
use super::index::{Index, WRITES};
use super::methods::{Class, Method};
use super::mode::Mode;
use super::node::Node;
use super::path::{Hop, Name};
use super::run::{Grant, Run};
use super::services::Calls;
use super::trust::Trust;
use super::writes::{Climb, Write};

/// A principal, or what it makes of itself, in a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct State {
    pub(super) node: usize,
    pub(super) mode: Mode,
}

/// What comes next on the way to administrator access.
#[derive(Clone)]
pub(super) enum Link<'e> {
    /// Nothing: it is there.
    Administrator,
    /// Writes into IAM, the last of which is enough.
    Writes(Rc<Vec<Write<'e>>>),
    /// Writes into IAM, and then what this self does.
    Becomes(Rc<Vec<Write<'e>>>, State),
    /// A step to another identity.
    Step(Step<'e>, State),
    /// The whole way, as the pair rule found it.
    Whole(Rc<Vec<Hop>>),
}

/// A step to another identity.
#[derive(Clone)]
pub(super) struct Step<'e> {
    pub(super) method: Method,
    pub(super) actions: Vec<&'static str>,
    pub(super) grants: Vec<Grant<'e>>,
    /// What could not be read and was taken for a yes.
    pub(super) unread: Option<&'e crate::account::Unavailable>,
    /// The service through which it leads.
    pub(super) via: Option<String>,
}

#[derive(Clone)]
pub(super) struct Reached<'e> {
    pub(super) distance: usize,
    pub(super) link: Link<'e>,
    /// By itself: an administrator, or by writes alone.
    pub(super) by_itself: bool,
    /// On the way something that exists is taken over.
    pub(super) possible: bool,
}

/// Principals whose policies are the same and say nothing of who has them.
pub(super) struct Alike {
    pub(super) first: usize,
    /// Those that are not known to reach administrator access, by mode: a state that is reached leaves the list, or a thousand
    /// administrators would each be looked at for each of the others.
    open: RefCell<[Vec<usize>; 5]>,
}

impl Alike {
    fn of(members: &[usize]) -> Option<Alike> {
        let first = *members.first()?;
        Some(Alike { first, open: RefCell::new([(); 5].map(|()| members.to_vec())) })
    }
}

/// Who made a self, and by which writes.
type Made<'e> = (State, Rc<Vec<Write<'e>>>);
/// A node by where it is, a way by its place in the tables, and in which modes.
type WayKey = (usize, usize, Calls);

pub(super) struct Search<'e> {
    pub(super) run: Run<'e>,
    pub(super) preconditions: &'e Preconditions<'e>,
    /// Principals, each at its place in the estate, then what they make of themselves.
    pub(super) nodes: Vec<Node<'e>>,
    pub(super) classes: Vec<Alike>,
    pub(super) trusts: Vec<Option<Trust<'e>>>,
    pub(super) by_arn: HashMap<&'e str, usize>,
    /// Of a self, who it was and the writes that made it.
    pub(super) made_of: HashMap<usize, Vec<Made<'e>>>,
    /// The selves of each principal.
    pub(super) selves_of: HashMap<usize, Vec<usize>>,
    selves: HashMap<(usize, Vec<usize>), usize>,
    /// What principals may do to what is new or exists, whichever role it is for.
    pub(super) ways: RefCell<HashMap<WayKey, Option<Vec<Grant<'e>>>>>,
    pub(super) reached: Vec<[Option<Reached<'e>>; 5]>,
    /// The ways that take over what exists count too.
    pub(super) existing: bool,
    queue: Queue<'e>,
}

type Rank = (usize, u8, Rc<str>);

#[derive(Default)]
struct Queue<'e> {
    heap: BinaryHeap<Reverse<(Rank, State, usize)>>,
    candidates: Vec<Option<Reached<'e>>>,
    best: HashMap<State, Rank>,
}

impl<'e> Search<'e> {
    pub(super) fn new(
        estate: &'e Estate<'e>,
        index: &'e Index,
        perhaps: bool,
        preconditions: &'e Preconditions<'e>,
    ) -> Self {
        let run = Run { estate, index, perhaps };
        let nodes: Vec<Node<'e>> =
            estate.principals.iter().enumerate().map(|(who, principal)| run.node(who, principal)).collect();
        let trusts: Vec<Option<Trust<'e>>> = estate
            .principals
            .iter()
            .map(|principal| principal.trust.is_some().then(|| Trust::of(&run, principal)))
            .collect();
        let by_arn = estate.principals.iter().enumerate().map(|(who, p)| (p.holder.arn, who)).collect();
        let reached = nodes.iter().map(|_| [const { None }; 5]).collect();
        let mut search = Search {
            run,
            preconditions,
            nodes,
            classes: Vec::new(),
            trusts,
            by_arn,
            made_of: HashMap::new(),
            selves_of: HashMap::new(),
            selves: HashMap::new(),
            ways: RefCell::default(),
            reached,
            existing: false,
            queue: Queue::default(),
        };
        search.classify();
        search
    }

    /// Puts together those whose policies are the same and say nothing of who has them.
    fn classify(&mut self) {
        let mut numbers: HashMap<(bool, Option<usize>, Vec<usize>), usize> = HashMap::new();
        let mut classes: Vec<Vec<usize>> = Vec::new();
        for (number, node) in self.nodes.iter().enumerate() {
            let itself = node.traits.by_principal.then_some(number);
            let key = (node.principal.holder.is_user, itself, node.key());
            let class = *numbers.entry(key).or_insert(classes.len());
            match classes.get_mut(class) {
                Some(members) => members.push(number),
                None => classes.push(vec![number]),
            }
        }
        self.classes = classes.iter().filter_map(|members| Alike::of(members)).collect();
    }

    /// Drops the classes whose members are all known to reach administrator access, however they sign in.
    fn leave_closed_classes(&mut self) {
        let is_open = |class: &Alike| {
            let is_user = self.node(class.first).is_some_and(|node| node.principal.holder.is_user);
            Mode::of(is_user).iter().any(|mode| !self.open_of(class, *mode).is_empty())
        };
        let open: Vec<bool> = self.classes.iter().map(is_open).collect();
        let mut open = open.into_iter();
        self.classes.retain(|_| open.next().unwrap_or(true));
    }

    /// The members of a class that are not known to reach administrator access in a mode.
    pub(super) fn open_of<'s>(&'s self, class: &'s Alike, mode: Mode) -> std::cell::Ref<'s, [usize]> {
        let is_open = |node: &usize| self.at(State { node: *node, mode }).is_none();
        if let Some(open) = class.open.borrow_mut().get_mut(mode.index())
            && !(open.first().is_none_or(is_open) && open.last().is_none_or(is_open))
        {
            open.retain(is_open);
        }
        std::cell::Ref::map(class.open.borrow(), |open| open.get(mode.index()).map_or(&[][..], Vec::as_slice))
    }

    pub(super) fn at(&self, state: State) -> Option<&Reached<'e>> {
        self.reached.get(state.node)?.get(state.mode.index())?.as_ref()
    }

    pub(super) fn node(&self, number: usize) -> Option<&Node<'e>> {
        self.nodes.get(number)
    }

    /// Finds whoever reaches administrator access without taking over what exists.
    pub(super) fn complete(&mut self) {
        self.seed();
        self.spread();
        while self.pair() {
            self.spread();
        }
    }

    /// Goes on with the ways that take over what exists.
    pub(super) fn complete_possible(&mut self) {
        self.existing = true;
        let mut known = Vec::new();
        for (node, modes) in self.reached.iter().enumerate() {
            for mode in Mode::ALL {
                if modes.get(mode.index()).is_some_and(Option::is_some) {
                    known.push(State { node, mode });
                }
            }
        }
        for state in known {
            self.expand(state, true);
        }
        self.spread();
    }

    /// Administrators, and those who become one by writes alone.
    fn seed(&mut self) {
        let writes = self.run.index.bits(WRITES);
        let mut selves: Vec<(State, Vec<Write<'e>>, Node<'e>)> = Vec::new();
        let mut found: Vec<(State, Reached<'e>, u8)> = Vec::new();
        for (number, node) in self.nodes.iter().enumerate() {
            for mode in Mode::of(node.principal.holder.is_user) {
                let state = State { node: number, mode: *mode };
                if self.run.is_administrator(node, *mode) {
                    let reached = Reached { distance: 0, link: Link::Administrator, by_itself: true, possible: false };
                    found.push((state, reached, 0));
                } else if node.has_any(&writes) {
                    let Climb { to_administrator, selves: made } = self.run.climb(node, *mode, 0);
                    if let Some(way) = to_administrator {
                        let order = way.first().map_or(0, |write| write.method.order);
                        let distance = way.len();
                        let reached =
                            Reached { distance, link: Link::Writes(Rc::new(way)), by_itself: true, possible: false };
                        found.push((state, reached, order));
                    } else {
                        selves.extend(made.into_iter().map(|(way, node)| (state, way, node)));
                    }
                }
            }
        }
        for (state, reached, order) in found {
            self.offer(state, order, "", reached);
        }
        for (state, way, node) in selves {
            self.add_self(state, way, node);
        }
    }

    /// A self joins the nodes: it may reach administrator access by steps, where it does not by writes.
    fn add_self(&mut self, of: State, way: Vec<Write<'e>>, node: Node<'e>) {
        let number = *self.selves.entry((of.node, node.key())).or_insert_with(|| {
            let number = self.nodes.len();
            self.selves_of.entry(node.who).or_default().push(number);
            self.nodes.push(node);
            self.reached.push([const { None }; 5]);
            self.classes.extend(Alike::of(&[number]));
            number
        });
        self.made_of.entry(number).or_default().push((of, Rc::new(way)));
    }

    /// Offers a way to a state; the shortest is kept, then the first by the table, then by the name of where it leads.
    pub(super) fn offer(&mut self, state: State, order: u8, to: &str, reached: Reached<'e>) {
        let rank: Rank = (reached.distance, order, Rc::from(to));
        if self.at(state).is_some() || self.queue.best.get(&state).is_some_and(|best| *best <= rank) {
            return;
        }
        self.queue.best.insert(state, rank.clone());
        self.queue.heap.push(Reverse((rank, state, self.queue.candidates.len())));
        self.queue.candidates.push(Some(reached));
    }

    /// Whether a state needs no way of this length: it has a shorter one.
    pub(super) fn is_settled(&self, state: State, distance: usize) -> bool {
        self.at(state).is_some() || self.queue.best.get(&state).is_some_and(|best| best.0 < distance)
    }

    /// Those of one distance are reached together before any of them is gone on from: none of them is a way to another.
    fn spread(&mut self) {
        while let Some(Reverse(((distance, ..), ..))) = self.queue.heap.peek() {
            let distance = *distance;
            let mut reached = Vec::new();
            while let Some(Reverse(((next, ..), state, candidate))) = self.queue.heap.peek() {
                if *next != distance {
                    break;
                }
                let (state, candidate) = (*state, *candidate);
                self.queue.heap.pop();
                reached.extend(self.reach(state, candidate));
            }
            self.leave_closed_classes();
            for state in reached {
                self.expand(state, false);
            }
        }
    }

    /// Takes a candidate for the way of a state, unless that has a better one.
    fn reach(&mut self, state: State, candidate: usize) -> Option<State> {
        let reached = self.queue.candidates.get_mut(candidate)?.take()?;
        let slot = self.reached.get_mut(state.node)?.get_mut(state.mode.index())?;
        if slot.is_some() {
            return None;
        }
        *slot = Some(reached);
        Some(state)
    }

    /// Offers the ways that go on through a state.
    fn expand(&mut self, state: State, only_existing: bool) {
        let Some(target) = self.at(state) else { return };
        let (distance, possible) = (target.distance, target.possible);
        if !only_existing {
            for (maker, way) in self.made_of.get(&state.node).cloned().unwrap_or_default() {
                if maker.mode == state.mode {
                    let order = way.first().map_or(0, |write| write.method.order);
                    let distance = distance + way.len();
                    let link = Link::Becomes(way, state);
                    self.offer(maker, order, "", Reached { distance, link, by_itself: false, possible });
                }
            }
        }
        if self.trusts.len() <= state.node {
            return;
        }
        let to = self.name_of(state.node).name;
        let edges = self.edges_into(state, only_existing, &|source| !self.is_settled(source, distance + 1));
        for (source, step) in edges {
            let possible = possible || step.method.class == Class::Existing;
            let order = step.method.order;
            let link = Link::Step(step, state);
            self.offer(source, order, &to, Reached { distance: distance + 1, link, by_itself: false, possible });
        }
    }

    /// The name of a node's principal.
    pub(super) fn name_of(&self, number: usize) -> Name {
        self.node(number).map_or_else(Name::default, |node| Name::of(&node.principal.holder))
    }
}
