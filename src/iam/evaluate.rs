//! Whether a statement applies to a request, and what several documents say about it together.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use std::collections::BTreeSet;

use super::context::Context;
use super::document::Document;
use super::glob;
use super::logic::Match;
use super::operator::Test;
use super::pattern::{covers_action, overlaps_action, resource_tokens};
use super::principal::{Naming, Principal, Principals};
use super::request::{Request, Who};
use super::statement::{Choice, Effect, Statement};
use super::variable::{Place, resolve};
use super::work;

/// How much of a request's action or resource is asked about.
#[derive(Clone, Copy)]
enum Extent {
    Whole,
    Part,
}

impl Extent {
    /// An exception must stay clear of the whole for the whole to be left, and take the whole for no part to be left.
    fn of_an_exception(self) -> Extent {
        match self {
            Extent::Whole => Extent::Part,
            Extent::Part => Extent::Whole,
        }
    }
}

impl Statement {
    /// Does the statement apply to the *whole* of the request: every action and every resource for which it stands? For an Allow.
    pub fn covers(&self, request: &Request) -> Match {
        self.applies(request, Extent::Whole)
    }

    /// Does the statement apply to at least *part* of the request? For a Deny. Where the request has no wildcards, it is the same
    /// as [`Statement::covers`].
    pub fn touches(&self, request: &Request) -> Match {
        self.applies(request, Extent::Part)
    }

    /// Does the statement fit whoever asks? One without `Principal` fits [`Who::Identity`] only; a resource policy cannot lack it, so
    /// where one does, a Deny is taken to fit and an Allow is not.
    pub fn fits(&self, who: &Who) -> bool {
        self.naming(who) != Naming::Not
    }

    /// Does the statement apply to every action that this pattern takes?
    pub fn covers_action(&self, action: &str) -> bool {
        self.has_action(action, Extent::Whole)
    }

    /// Does the statement apply to any action that this pattern takes?
    pub fn touches_action(&self, action: &str) -> bool {
        self.has_action(action, Extent::Part)
    }

    /// Does the statement apply to every resource that this pattern takes? The context decides variables.
    pub fn covers_resource(&self, resource: &str, context: &Context) -> Match {
        self.has_resource(resource, context, Extent::Whole)
    }

    /// Does the statement apply to any resource that this pattern takes? The context decides variables.
    pub fn touches_resource(&self, resource: &str, context: &Context) -> Match {
        self.has_resource(resource, context, Extent::Part)
    }

    /// Do all conditions hold?
    pub fn condition(&self, context: &Context) -> Match {
        Match::all(self.conditions.iter().map(|condition| condition.holds(self.version, context)))
    }

    fn applies(&self, request: &Request, extent: Extent) -> Match {
        work::steps(1);
        if !self.fits(&request.who) || !self.has_action(request.action, extent) {
            return Match::No;
        }
        match self.has_resource(request.resource, request.context, extent) {
            Match::No => Match::No,
            fits => fits.and(self.condition(request.context)),
        }
    }

    fn naming(&self, who: &Who) -> Naming {
        match &self.principals {
            // "Identity-based policy types, such as permissions boundaries or session policies, do not limit permissions granted using
            // the aws:PrincipalArn condition key with a wildcard(*) in the Principal element".
            // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles>
            Some(Principals::Only(named)) if named.iter().any(is_everyone) && self.asks_for_the_arn() => Naming::Itself,
            Some(principals) => principals.naming(who),
            None if matches!(who, Who::Identity) || self.effect == Effect::Deny => Naming::Everyone,
            None => Naming::Not,
        }
    }

    fn asks_for_the_arn(&self) -> bool {
        self.conditions.iter().any(|condition| {
            condition.key.eq_ignore_ascii_case("aws:PrincipalArn")
                && condition.operator.test != Test::Null
                && !condition.operator.test.is_negated()
        })
    }

    fn has_action(&self, action: &str, extent: Extent) -> bool {
        let fits = |patterns: &[String], extent| {
            patterns.iter().any(|pattern| match extent {
                Extent::Whole => covers_action(pattern, action),
                Extent::Part => overlaps_action(pattern, action),
            })
        };
        match &self.actions {
            Choice::Only(patterns) => fits(patterns, extent),
            Choice::AllBut(exceptions) => !fits(exceptions, extent.of_an_exception()),
        }
    }

    fn has_resource(&self, resource: &str, context: &Context, extent: Extent) -> Match {
        let resource = resource_tokens(resource);
        let fits = |patterns: &[String], extent| {
            Match::any(patterns.iter().map(|pattern| {
                let Some(mut pattern) = resolve(pattern, Place::Resource, self.version, context) else {
                    return Match::No;
                };
                pattern.tokens = glob::tidy(glob::confine(pattern.tokens));
                pattern.if_fits(match extent {
                    Extent::Whole => glob::covers(&pattern.tokens, &resource),
                    Extent::Part => glob::overlaps(&pattern.tokens, &resource),
                })
            }))
        };
        match &self.resources {
            None => Match::Yes,
            Some(Choice::Only(patterns)) => fits(patterns, extent),
            Some(Choice::AllBut(exceptions)) => fits(exceptions, extent.of_an_exception()).not(),
        }
    }
}

/// What policies say about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The whole of it is surely allowed.
    Allowed,
    /// It is surely not allowed.
    Denied {
        /// A Deny says so; else nothing allows it.
        explicit: bool,
    },
    /// It hangs on these condition keys.
    Depends(BTreeSet<String>),
}

/// The policies that bear on one request. None of them is an organization's: those are not seen from within an account.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// The identity policies of whoever asks, their groups' included.
    pub identity: &'a [&'a Document],
    /// Their permissions boundary, if they have one.
    pub boundary: Option<&'a Document>,
    /// The policy of the resource, if it has one.
    pub resource: Option<&'a Document>,
}

/// What one set of documents, taken together, says about a request. A Deny that touches any part of it wins; else an Allow must cover
/// the whole of it. A Deny that only may apply leaves the answer open where something allows, and changes nothing where nothing can.
pub fn decide(documents: &[&Document], request: &Request) -> Decision {
    conclude(denies(documents, request), || allows(documents, request))
}

/// What all policies that bear on a request say about it together.
///
/// A Deny anywhere wins. Within an account either side may grant: identity policies as far as the
/// [boundary](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html) lets them, or the resource's policy; one
/// that names only the account leaves it to the identity policies, and only one that names a user or session in person passes by the
/// boundary. [Across accounts](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html)
/// both sides must grant. Services, federated and anonymous callers have no identity policies, so the resource's policy decides alone;
/// the root user needs none in its own account.
///
/// With [`Who::Identity`] nobody can say whom the resource's policy names: its Denies count, its Allows do not.
///
/// A Deny with `NotPrincipal` denies whoever has a boundary, named or not.
///
/// KMS keys and role trust policies are stricter, there the resource's policy must grant within an account too: say `false` for
/// `same_account`. That asks too much of one whom such a policy names beyond the account, who needs no identity policy: for them ask
/// again with `true` and without identity policies.
pub fn may(policies: &Policies, request: &Request, same_account: bool) -> Decision {
    let as_identity = Request { who: Who::Identity, ..*request };
    let (has_identity, is_root) = match request.who {
        Who::Aws { .. } | Who::Identity => (true, false),
        Who::Root { .. } => (false, true),
        Who::Service { .. } | Who::Federated { .. } | Who::Anonymous => (false, false),
    };
    let identity = if has_identity { policies.identity } else { &[] };
    let boundary = policies.boundary.filter(|_| has_identity);
    let resource = policies.resource.as_slice();

    let denied = Match::any([
        denies(identity, &as_identity),
        denies(boundary.as_slice(), &as_identity),
        denies(resource, request),
        denies_the_bounded(resource, &as_identity).and(boundary.is_some().into()),
    ]);
    conclude(denied, || {
        let bounded = match boundary {
            Some(boundary) => allows(&[boundary], &as_identity),
            None => Match::Yes,
        };
        let by_resource = |wanted: fn(Naming) -> bool| match request.who {
            Who::Identity => Match::No,
            _ => allows_naming(resource, request, wanted),
        };
        let by_identity = if is_root { Match::Yes } else { allows(identity, &as_identity).and(bounded.clone()) };
        match (has_identity || is_root, same_account) {
            (false, _) => by_resource(|naming| naming != Naming::Not),
            (true, false) => by_identity.and(by_resource(|naming| naming != Naming::Not)),
            (true, true) => Match::any([
                by_identity,
                by_resource(|naming| naming == Naming::Itself),
                by_resource(|naming| naming > Naming::Account).and(bounded),
            ]),
        }
    })
}

fn conclude(denied: Match, allowed: impl FnOnce() -> Match) -> Decision {
    if denied.is_yes() {
        return Decision::Denied { explicit: true };
    }
    match allowed().and(denied.not()) {
        Match::Yes => Decision::Allowed,
        Match::No => Decision::Denied { explicit: false },
        Match::Depends(keys) => Decision::Depends(keys),
    }
}

fn denies(documents: &[&Document], request: &Request) -> Match {
    Match::any(statements(documents, Effect::Deny).map(|statement| statement.touches(request)))
}

/// "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary policy attached,
/// regardless of the values specified in the NotPrincipal element."
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
fn denies_the_bounded(documents: &[&Document], as_identity: &Request) -> Match {
    Match::any(
        statements(documents, Effect::Deny)
            .filter(|statement| matches!(statement.principals, Some(Principals::AllBut(_))))
            .map(|statement| statement.touches(as_identity)),
    )
}

fn allows(documents: &[&Document], request: &Request) -> Match {
    allows_naming(documents, request, |_| true)
}

fn allows_naming(documents: &[&Document], request: &Request, wanted: fn(Naming) -> bool) -> Match {
    Match::any(
        statements(documents, Effect::Allow)
            .filter(|statement| wanted(statement.naming(&request.who)))
            .map(|statement| statement.covers(request)),
    )
}

fn is_everyone(principal: &Principal) -> bool {
    matches!(principal, Principal::Everyone { .. })
}

fn statements<'a>(documents: &'a [&'a Document], effect: Effect) -> impl Iterator<Item = &'a Statement> {
    documents.iter().flat_map(|document| &document.statements).filter(move |statement| statement.effect == effect)
}

#[cfg(test)]
mod tests;
