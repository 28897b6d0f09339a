//! What the two evaluations come to for each user and role: §4 of the specification.

use std::collections::{BTreeMap, BTreeSet};

use super::credentials::{Credentials, Preconditions};
use super::estate::Estate;
use super::index::Index;
use super::mode::Mode;
use super::path::Path;
use super::search::{Search, State};
use crate::account::Unavailable;
use crate::analysis::tristate::{self, Sure};

/// What a user's ways come to.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// There is a way, and an MFA device.
    Guarded(Path),
    /// There is a way that the user can use without MFA.
    Open(Path),
    /// There is a way without MFA, but nothing to sign in with.
    Idle(Path),
    /// There is only a way through what exists, if it does.
    Existing(Path),
    /// Something that could not be read decides.
    Unknown(Unavailable),
}

/// Whether a role reaches administrator access.
#[derive(Debug, Clone, PartialEq)]
pub enum Way {
    /// It does.
    Surely(Path),
    /// Something that could not be read decides.
    Perhaps(Unavailable),
}

/// What is concluded of an account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conclusions {
    /// Users by name; who is not named has no way.
    pub users: BTreeMap<String, Verdict>,
    /// Users by ARN, in any mode, whatever they have to sign in with.
    pub reaching_users: BTreeMap<String, Way>,
    /// Roles by ARN, in any mode.
    pub roles: BTreeMap<String, Way>,
    /// Roles by ARN, as a service uses them.
    pub roles_of_services: BTreeMap<String, Way>,
    /// What leaves the account as a whole open.
    pub account: Vec<Unavailable>,
    /// How many statements were evaluated.
    pub evaluations: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Guarded,
    Open,
    Idle,
    Existing,
}

/// What a user has, where all is known.
#[derive(Clone, Copy)]
struct Has {
    device: bool,
    password: bool,
    key: bool,
}

/// The table of §4: what a user's ways come to.
fn kind(in_w: impl Fn(Mode) -> bool, in_possible: impl Fn(Mode) -> bool, has: Has) -> Option<Kind> {
    let usable = |mode: Mode| match mode {
        Mode::Key => has.key,
        Mode::Session => has.password,
        _ => false,
    };
    let plain = [Mode::Key, Mode::Session];
    let modes = || Mode::of(true).iter().copied();
    if has.device {
        return modes().any(|mode| in_w(mode) || in_possible(mode)).then_some(Kind::Guarded);
    }
    if plain.iter().any(|mode| usable(*mode) && in_w(*mode)) {
        Some(Kind::Open)
    } else if !has.key && !has.password && plain.iter().any(|mode| in_w(*mode)) {
        Some(Kind::Idle)
    } else if plain.iter().any(|mode| usable(*mode) && in_possible(*mode)) {
        Some(Kind::Existing)
    } else {
        None
    }
}

/// The users who may have a way once all is known that is to be asked of each.
#[must_use]
pub fn suspects<'e>(estate: &'e Estate<'e>, index: &Index) -> BTreeSet<&'e str> {
    let assumed = Preconditions::Assumed;
    let search = completed(estate, index, true, &assumed);
    let users = estate.principals.iter().enumerate().filter(|(who, principal)| {
        let state = |mode: &Mode| State { node: *who, mode: *mode };
        principal.holder.is_user && Mode::of(true).iter().any(|mode| search.at(state(mode)).is_some())
    });
    users.map(|(_, principal)| principal.holder.name).collect()
}

fn completed<'e>(
    estate: &'e Estate<'e>,
    index: &'e Index,
    perhaps: bool,
    preconditions: &'e Preconditions<'e>,
) -> Search<'e> {
    let mut search = Search::new(estate, index, perhaps, preconditions);
    search.complete();
    search.complete_possible();
    search
}

/// Concludes what all that was read comes to.
#[must_use]
pub fn conclude<'e>(estate: &'e Estate<'e>, index: &'e Index, preconditions: &'e Preconditions<'e>) -> Conclusions {
    let sure = completed(estate, index, false, preconditions);
    let is_all_read = estate.is_all_read() && preconditions.are_all_read();
    let perhaps = (!is_all_read).then(|| completed(estate, index, true, preconditions));
    let both = Both { sure: &sure, perhaps: perhaps.as_ref().unwrap_or(&sure) };
    let mut conclusions = Conclusions::default();
    let mut is_quiet = false;
    for (who, principal) in estate.principals.iter().enumerate() {
        let holder = principal.holder;
        if holder.is_user {
            let any = both.reach(who, Mode::of(true));
            conclusions.reaching_users.extend(any.map(|reach| (holder.arn.to_owned(), reach)));
            let credentials = match preconditions {
                Preconditions::Asked(told) => told.get(holder.name),
                Preconditions::Assumed => None,
            };
            match credentials.and_then(|credentials| both.of_user(who, credentials)) {
                Some(verdict) => {
                    conclusions.users.insert(holder.name.to_owned(), verdict);
                }
                None => is_quiet = true,
            }
            continue;
        }
        let any = both.reach(who, Mode::of(false));
        if let (Some(Err(unavailable)), Some(_)) = (&principal.trust, &any) {
            conclusions.account.push(unavailable.clone());
        }
        let arn = || holder.arn.to_owned();
        conclusions.roles.extend(any.map(|reach| (arn(), reach)));
        let of_services = both.reach(who, &[Mode::Role]);
        conclusions.roles_of_services.extend(of_services.map(|reach| (arn(), reach)));
    }
    if is_quiet {
        conclusions.account.extend(estate.unread_roles.clone());
    }
    conclusions.evaluations = index.evaluations.get();
    conclusions
}

struct Both<'s, 'e> {
    sure: &'s Search<'e>,
    perhaps: &'s Search<'e>,
}

impl Both<'_, '_> {
    fn reach(&self, who: usize, modes: &[Mode]) -> Option<Way> {
        let states = || modes.iter().map(|mode| State { node: who, mode: *mode });
        let reaches = |search: &Search<'_>, state: &State| search.at(*state).is_some_and(|reached| !reached.possible);
        let shortest = |state: &State| self.sure.at(*state).map_or(0, |reached| reached.distance);
        if let Some(state) = states().filter(|state| reaches(self.sure, state)).min_by_key(shortest) {
            return Some(Way::Surely(self.sure.path(state)));
        }
        let state = states().find(|state| reaches(self.perhaps, state))?;
        Some(Way::Perhaps(self.unread(state)))
    }

    fn unread(&self, state: State) -> Unavailable {
        let unread = self.perhaps.unread_on(state).or_else(|| self.perhaps.node(state.node)?.unread());
        // Where nothing on the way itself is unread, something of whom it leads through is.
        unread.unwrap_or(&self.sure.run.estate.uncollected).clone()
    }

    fn of_user(&self, who: usize, credentials: &Credentials<'_>) -> Option<Verdict> {
        let at = |search: &Search<'_>, mode: Mode, possible: bool| {
            search.at(State { node: who, mode }).is_some_and(|reached| reached.possible == possible)
        };
        let device: Sure = credentials.devices.map(|devices| !devices.get().is_empty()).map_err(Into::into);
        let password: Sure = credentials.login.map(|login| login.get().is_some()).map_err(Into::into);
        let key: Sure = match credentials.keys {
            Err(unavailable) => Err(unavailable.clone()),
            Ok(keys) => tristate::any(keys.each().map(|key| match &key.get().status {
                Some(status) => Ok(status == "Active"),
                None => Err(key.undetermined("AWS doesn't return whether an access key is active")),
            })),
        };
        let either = |known: &Sure| match known {
            Ok(known) => vec![*known],
            Err(_) => vec![true, false],
        };
        let mut kinds = BTreeSet::new();
        let mut by_search = BTreeSet::new();
        for search in [self.sure, self.perhaps] {
            let mut of_search = BTreeSet::new();
            for device in either(&device) {
                for password in either(&password) {
                    for key in either(&key) {
                        let has = Has { device, password, key };
                        let kind = kind(|mode| at(search, mode, false), |mode| at(search, mode, true), has);
                        of_search.insert(kind);
                    }
                }
            }
            kinds.extend(of_search.iter().copied());
            by_search.insert(of_search);
        }
        let usable = |mode: &Mode| match mode {
            Mode::Key => key == Ok(true),
            Mode::Session => password == Ok(true),
            _ => false,
        };
        let mut kinds = kinds.into_iter();
        let first = kinds.next()?;
        let second = kinds.next();
        match (first, second) {
            (kind, None) => {
                let kind = kind?;
                let modes: Vec<Mode> = match kind {
                    Kind::Open | Kind::Existing => Mode::of(true).iter().copied().filter(|mode| usable(mode)).collect(),
                    Kind::Idle => vec![Mode::Key, Mode::Session],
                    Kind::Guarded => Mode::of(true).to_vec(),
                };
                Some(self.verdict(kind, who, &modes))
            }
            // Whoever may have a way and has a device passes, whatever it is.
            (None, Some(Some(Kind::Guarded))) if device == Ok(true) => {
                Some(self.verdict(Kind::Guarded, who, Mode::of(true)))
            }
            _ => Some(Verdict::Unknown(self.why(who, by_search.len() > 1, [device, password, key]))),
        }
    }

    fn verdict(&self, kind: Kind, who: usize, modes: &[Mode]) -> Verdict {
        let possible = |kind: Kind, possible: bool| match kind {
            Kind::Open | Kind::Idle => !possible,
            Kind::Existing => possible,
            Kind::Guarded => true,
        };
        let best = |search: &Search<'_>| {
            let states = modes.iter().map(|mode| State { node: who, mode: *mode });
            let there = states.filter_map(|state| Some((search.at(state)?, state)));
            let fitting = there.filter(|(reached, _)| possible(kind, reached.possible));
            fitting.min_by_key(|(reached, _)| (reached.possible, reached.distance)).map(|(_, state)| state)
        };
        let path = best(self.sure)
            .map(|state| self.sure.path(state))
            .or_else(|| best(self.perhaps).map(|state| self.perhaps.path(state)));
        let path = path.unwrap_or_else(|| self.sure.path(State { node: who, mode: Mode::Session }));
        match kind {
            Kind::Guarded => Verdict::Guarded(path),
            Kind::Open => Verdict::Open(path),
            Kind::Idle => Verdict::Idle(path),
            Kind::Existing => Verdict::Existing(path),
        }
    }

    fn why(&self, who: usize, hangs_on_ways: bool, credentials: [Sure; 3]) -> Unavailable {
        if hangs_on_ways {
            for mode in Mode::of(true) {
                let state = State { node: who, mode: *mode };
                if self.perhaps.at(state).is_some()
                    && self.sure.at(state).map(|r| r.possible) != self.perhaps.at(state).map(|r| r.possible)
                {
                    return self.unread(state);
                }
            }
        }
        let unread = credentials.into_iter().find_map(Result::err);
        unread.unwrap_or_else(|| self.sure.run.estate.uncollected.clone())
    }
}
