//! Who is an administrator, and who can become one.
//!
//! *The administrator* may do every action on every resource, and neither a permissions boundary nor a Deny that surely holds takes
//! anything of `iam`, `sts`, `organizations` or `account`, but what an administrator may give back. *One who can become administrator*
//! may attach a policy to a user, or write one into a user, be it under a condition; of a role, to a role or into it too.
//!
//! [`Privileges::may`] is the one place that answers whether a principal may do something: an Allow that can hold, the boundary, and no
//! Deny that surely holds. The context says how they signed in ([`Privileges::context`]) and what the request is about.
//!
//! An unread document may allow or deny anything, so it leaves open what the read ones do not decide. But of AWS's managed policies
//! only `AdministratorAccess` makes the administrator.

use std::collections::BTreeSet;

use super::documents::{ADMINISTRATOR_ACCESS, Policies, Policy, PolicyHolder, Unread, aws_policy, home_of};
use super::own_organization::organizations_in;
use crate::analysis::tristate::{self, Sure};
use crate::iam::{Context, Document, Effect, Statement};

mod becoming;
mod commanding;
mod coverage;
mod grant;
mod mode;
mod obstacle;
mod on_everyone;
#[cfg(test)]
mod tests;
mod without_mfa;

pub use commanding::meets;
use coverage::{Fit, Service, everything, grants, leaves_service, takes};
use grant::{grant, is_possible};
pub use mode::{Circumstances, Mode, context};
pub use obstacle::Obstacle;

/// What a user's or a role's policies come to.
pub struct Privileges<'l> {
    holder: PolicyHolder<'l>,
    circumstances: Circumstances<'l>,
    context: Context,
    services: [Service; 4],
    allows: Vec<Allow<'l>>,
    denies: Vec<Placed<'l>>,
    unread: Vec<(&'l Policy<'l>, &'l Unread)>,
    boundary: Boundary<'l>,
    /// The organizations that the statements ask for.
    organizations: BTreeSet<String>,
}

/// A statement, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'l> {
    /// The policy.
    pub policy: &'l Policy<'l>,
    /// Which of its statements it is, from 1.
    pub number: usize,
    /// The statement.
    pub statement: &'l Statement,
}

/// An Allow of an identity policy.
struct Allow<'l> {
    placed: Placed<'l>,
    /// Whether it may make the administrator.
    counts: bool,
}

enum Boundary<'l> {
    None,
    Read(&'l Policy<'l>, &'l Document),
    Unread(&'l Unread),
}

/// Whether a policy, unread, may make the administrator: of AWS's only the one.
fn may_make_administrator(policy: &Policy<'_>) -> bool {
    policy.arn.and_then(aws_policy).is_none_or(|name| name == ADMINISTRATOR_ACCESS)
}

impl<'l> Privileges<'l> {
    /// What these policies come to.
    #[must_use]
    pub fn of(policies: &'l Policies<'l>, circumstances: &Circumstances<'l>) -> Self {
        let mut powers = Privileges::none(policies.holder(), circumstances);
        powers.boundary = match policies.boundary().map(|policy| (policy, &policy.document)) {
            None => Boundary::None,
            Some((policy, Ok(document))) => Boundary::Read(policy, document),
            Some((_, Err(unread))) => Boundary::Unread(unread),
        };
        for policy in policies.identity() {
            match &policy.document {
                Ok(document) => powers.add(policy, document),
                Err(unread) => powers.unread.push((policy, unread)),
            }
        }
        let bounded = powers.bounding().into_iter().flat_map(|document| &document.statements);
        powers.organizations.extend(organizations_in(bounded));
        powers
    }

    /// Nothing at all.
    fn none(holder: &PolicyHolder<'l>, circumstances: &Circumstances<'l>) -> Self {
        let (partition, account) = home_of(holder.arn);
        Privileges {
            holder: *holder,
            circumstances: *circumstances,
            context: context(holder, Mode::Any, circumstances),
            services: Service::all(partition, account),
            allows: Vec::new(),
            denies: Vec::new(),
            unread: Vec::new(),
            boundary: Boundary::None,
            organizations: BTreeSet::new(),
        }
    }

    fn add(&mut self, policy: &'l Policy<'l>, document: &'l Document) {
        let of = |effect| placed(policy, document).filter(move |placed| placed.statement.effect == effect);
        let allows: Vec<&Statement> = of(Effect::Allow).map(|placed| placed.statement).collect();
        // AWS's other policies are judged by their documents, and their Allows add up; but one that would make an administrator by
        // itself is not what AWS publishes under that name.
        let counts = match policy.arn.and_then(aws_policy) {
            Some(name) if name != ADMINISTRATOR_ACCESS => !everything(&allows, &self.services, &self.context),
            _ => true,
        };
        self.allows.extend(of(Effect::Allow).map(|placed| Allow { placed, counts }));
        self.denies.extend(of(Effect::Deny));
        self.organizations.extend(organizations_in(&document.statements));
    }

    /// Whose they are.
    #[must_use]
    pub fn holder(&self) -> &PolicyHolder<'l> {
        &self.holder
    }

    /// What is known of their own requests, by how they signed in. What a request is about is added by whoever asks.
    #[must_use]
    pub fn context(&self, mode: Mode) -> Context {
        context(&self.holder, mode, &self.circumstances)
    }

    /// Whether this is the administrator, however they sign in.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn administrator(&self) -> Sure {
        self.administrator_in(&self.context)
    }

    /// Whether this is the administrator in a request with this context: without MFA, one who is so only with MFA is none.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn administrator_in(&self, context: &Context) -> Sure {
        self.settled(context, |context| {
            let unread = self.unread.iter().find(|(policy, _)| may_make_administrator(policy));
            tristate::all([
                unless(self.allows_everything(context), true, unread.map(|(_, unread)| *unread)),
                self.nothing_denied(|deny| takes(deny, &self.services, context)),
                match self.boundary {
                    Boundary::None => Ok(true),
                    Boundary::Unread(unread) => Err(unread.why.clone()),
                    Boundary::Read(_, document) => Ok(self.leaves_an_administrator(document, context)),
                },
            ])
        })
    }

    fn allows_everything(&self, context: &Context) -> bool {
        let makes_one =
            |allow: &&Allow<'l>| allow.counts && grant(allow.placed.statement, context).makes_administrator();
        let allows: Vec<&Statement> =
            self.allows.iter().filter(makes_one).map(|allow| allow.placed.statement).collect();
        everything(&allows, &self.services, context)
    }

    /// Whether an action is allowed on a resource, be it under a condition that can hold: an Allow of theirs fits, the boundary has
    /// such an Allow too, and no Deny surely fits. The resource is an ARN; of a pattern it is asked whether all of it is allowed, and
    /// only a Deny of all of it takes it.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn may(&self, action: &str, resource: &str, context: &Context) -> Sure {
        self.settled(context, |context| {
            self.decided(
                context,
                |allows| grants(allows, action, resource, context, Fit::Perhaps),
                |deny| deny.covers_action(action) && deny.covers_resource(resource, context).is_yes(),
            )
        })
    }

    /// Whether an action is allowed on some resource of these, be it under a condition that can hold.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn may_on_some(&self, action: &str, resources: &str, context: &Context) -> Sure {
        let fits = |statement: &&Statement, context: &Context| {
            statement.covers_action(action)
                && statement.resources.is_some()
                && !statement.touches_resource(resources, context).is_no()
        };
        self.settled(context, |context| {
            self.decided(
                context,
                |allows| allows.iter().any(|statement| fits(statement, context)),
                |deny| deny.covers_action(action) && deny.covers_resource(resources, context).is_yes(),
            )
        })
    }

    /// The first Allow that lets them do it, for what is told of it.
    #[must_use]
    pub fn allowed_by(&self, action: &str, resource: &str, context: &Context) -> Option<Placed<'l>> {
        let fits = |placed: &&Placed<'l>| {
            is_possible(placed.statement, context)
                && grants(&[placed.statement], action, resource, context, Fit::Perhaps)
        };
        self.allows.iter().map(|allow| &allow.placed).find(fits).copied()
    }

    /// Whether Allows that can hold, of their own and of the boundary, are enough, and no Deny that surely holds takes it.
    fn decided(
        &self,
        context: &Context,
        enough: impl Fn(&[&Statement]) -> bool,
        takes: impl Fn(&Statement) -> bool,
    ) -> Sure {
        let can_hold = |statement: &&Statement| is_possible(statement, context);
        let allows: Vec<&Statement> = self.allows.iter().map(|allow| allow.placed.statement).filter(can_hold).collect();
        let unread = self.unread.first().map(|(_, unread)| *unread);
        tristate::all([
            unless(enough(&allows), true, unread),
            self.nothing_denied(|deny| takes(deny) && deny.condition(context).is_yes()),
            match self.boundary {
                Boundary::None => Ok(true),
                Boundary::Unread(unread) => Err(unread.why.clone()),
                Boundary::Read(_, document) => {
                    let allows: Vec<&Statement> = of(document, Effect::Allow).filter(can_hold).collect();
                    Ok(enough(&allows))
                }
            },
        ])
    }

    fn nothing_denied(&self, takes: impl Fn(&Statement) -> bool) -> Sure {
        let mut denies = self.all_denies();
        let unread = self.unread.iter().find(|(policy, _)| policy.may_deny());
        unless(denies.any(|deny| takes(deny.statement)), false, unread.map(|(_, unread)| *unread))
    }

    /// Those of the boundary too.
    fn all_denies(&self) -> impl Iterator<Item = Placed<'l>> {
        let boundary = match self.boundary {
            Boundary::Read(policy, document) => Some((policy, document)),
            Boundary::None | Boundary::Unread(_) => None,
        };
        let in_boundary = boundary.into_iter().flat_map(|(policy, document)| placed(policy, document));
        self.denies.iter().copied().chain(in_boundary.filter(|placed| placed.statement.effect == Effect::Deny))
    }

    /// The boundary's document, if it was read.
    fn bounding(&self) -> Option<&'l Document> {
        match self.boundary {
            Boundary::Read(_, document) => Some(document),
            Boundary::None | Boundary::Unread(_) => None,
        }
    }

    fn leaves_an_administrator(&self, boundary: &Document, context: &Context) -> bool {
        let allows: Vec<&Statement> =
            of(boundary, Effect::Allow).filter(|statement| grant(statement, context).makes_administrator()).collect();
        self.services.iter().all(|service| leaves_service(&allows, service, context))
    }

    /// What is so whatever organization the account is in, where that could not be read.
    fn settled(&self, context: &Context, ask: impl Fn(&Context) -> Sure) -> Sure {
        self.circumstances.membership.settle(&self.organizations, context, ask)
    }
}

/// The statements of a document, each with its place.
fn placed<'l>(policy: &'l Policy<'l>, document: &'l Document) -> impl Iterator<Item = Placed<'l>> {
    document.statements.iter().zip(1..).map(move |(statement, number)| Placed { policy, number, statement })
}

/// The statements of one effect.
fn of(document: &Document, effect: Effect) -> impl Iterator<Item = &Statement> {
    document.statements.iter().filter(move |statement| statement.effect == effect)
}

/// `outcome` where the read documents decide; else its opposite, unless something unread could decide it.
fn unless(decided: bool, outcome: bool, unread: Option<&Unread>) -> Sure {
    match unread {
        _ if decided => Ok(outcome),
        None => Ok(!outcome),
        Some(unread) => Err(unread.why.clone()),
    }
}
