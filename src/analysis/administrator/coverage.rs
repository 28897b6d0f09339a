//! How far statements reach, taken together: what several Allows add up to, and what a Deny takes.
//!
//! A yes about an Allow is sure. Where several Allows add up, only a `NotAction` (or `NotResource`) is completed by others that name
//! what it excepts: that is how people write it, and nothing else can add up to everything.

use crate::iam::{Choice, Context, Statement, covers_action, matches_action, overlaps_action, overlaps_resource};

/// An action of a service that nobody has: what a `NotAction` allows beyond what it names.
const UNNAMED: &str = "zzq:Zzq";

/// A service of which nothing may be taken from an administrator.
pub(super) struct Service {
    actions: &'static str,
    /// What a Deny must fit, one of them, to fit all resources of the service: all that it owns in this account, or, for `sts`, all
    /// roles, which it acts upon.
    resources: Vec<String>,
    /// Whatever it acts upon, in any account: what a boundary must leave to take nothing of the service.
    everywhere: Vec<String>,
}

impl Service {
    pub(super) fn all(partition: &str, account: &str) -> [Service; 4] {
        let own = |service: &str| format!("arn:{partition}:{service}::{account}:*");
        let any = |service: &str| format!("arn:{partition}:{service}::*:*");
        let roles = format!("arn:{partition}:iam::{account}:role/*");
        let of = |actions, name| Service { actions, resources: vec![own(name)], everywhere: vec![any(name)] };
        [
            of("iam:*", "iam"),
            Service { actions: "sts:*", resources: vec![own("sts"), roles], everywhere: vec![any("sts"), any("iam")] },
            of("organizations:*", "organizations"),
            of("account:*", "account"),
        ]
    }

    fn name(&self) -> &'static str {
        self.actions.trim_end_matches(":*")
    }

    /// Whether a Deny fits all resources of the service; `*` does.
    fn is_covered_by(&self, deny: &Statement, context: &Context) -> bool {
        self.resources.iter().any(|resource| deny.covers_resource(resource, context).is_yes())
    }
}

/// Whether a resource must surely fit, or may hang on a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Surely,
    Perhaps,
}

/// Whether these Allows, taken together, allow every action on every resource. What they except outside the services does not count.
pub(super) fn everything(allows: &[&Statement], services: &[Service; 4], context: &Context) -> bool {
    on(allows, "*", context, Fit::Surely, is_open)
        && services.iter().all(|service| grants_service(allows, service, context))
}

/// Whether a statement's actions go beyond those that are named: only what is written as everything does.
pub(super) fn is_open(statement: &Statement) -> bool {
    match &statement.actions {
        Choice::Only(_) => statement.covers_action("*"),
        Choice::AllBut(_) => statement.covers_action(UNNAMED),
    }
}

/// Whether these Allows, taken together, allow all that a service can do.
pub(super) fn grants_service(allows: &[&Statement], service: &Service, context: &Context) -> bool {
    grants_service_on(allows, service, "*", context, |_| false)
}

/// Whether these Allows of a boundary, taken together, take nothing of a service but guardrails: they leave all else that it can do, on
/// whatever it acts upon.
pub(super) fn leaves_service(allows: &[&Statement], service: &Service, context: &Context) -> bool {
    let mut resources = service.everywhere.iter();
    resources.all(|resource| grants_service_on(allows, service, resource, context, is_guardrail))
}

/// Whether statements of a boundary that `act` may fit whatever these services act upon.
pub(super) fn may_leave(
    allows: &[&Statement],
    services: &[Service],
    context: &Context,
    act: impl Fn(&Statement) -> bool,
) -> bool {
    let mut resources = services.iter().flat_map(|service| &service.everywhere);
    resources.all(|resource| on(allows, resource, context, Fit::Perhaps, &act))
}

/// `spared` are exceptions that nobody need make up for.
fn grants_service_on(
    allows: &[&Statement],
    service: &Service,
    resource: &str,
    context: &Context,
    spared: fn(&str) -> bool,
) -> bool {
    grants(allows, service.actions, resource, context, Fit::Surely) || {
        let completed = |statement: &Statement| match &statement.actions {
            Choice::Only(_) => false,
            Choice::AllBut(exceptions) => exceptions
                .iter()
                .filter(|exception| !spared(exception))
                .filter_map(|exception| within(service, exception))
                .all(|exception| grants(allows, &exception, resource, context, Fit::Surely)),
        };
        on(allows, resource, context, Fit::Surely, completed)
    }
}

/// Whether these Allows, taken together, allow all of these actions on all of these resources.
pub(super) fn grants(allows: &[&Statement], action: &str, resource: &str, context: &Context, fit: Fit) -> bool {
    on(allows, resource, context, fit, |statement| statement.covers_action(action))
}

/// Whether statements that `act` fit all of these resources: one by itself, or one with `NotResource` and others that fit what it excepts.
pub(super) fn on(
    statements: &[&Statement],
    resource: &str,
    context: &Context,
    fit: Fit,
    act: impl Fn(&Statement) -> bool,
) -> bool {
    let acting: Vec<&Statement> = statements.iter().copied().filter(|statement| act(statement)).collect();
    let fits = |statement: &Statement, resource: &str| {
        // An identity policy without resources is no policy that AWS would store, so it grants nothing.
        statement.resources.is_some()
            && match fit {
                Fit::Surely => statement.covers_resource(resource, context).is_yes(),
                Fit::Perhaps => !statement.covers_resource(resource, context).is_no(),
            }
    };
    acting.iter().any(|statement| match &statement.resources {
        _ if fits(statement, resource) => true,
        Some(Choice::AllBut(exceptions)) => {
            // What a statement excepts, only another can make up for. Variables are not resolved here, so an exception with one may be
            // anywhere, and it takes another that covers it whatever it is.
            let others = || acting.iter().filter(|other| !std::ptr::eq(**other, *statement));
            let mut relevant = exceptions
                .iter()
                .filter(|exception| exception.contains("${") || overlaps_resource(exception, resource));
            relevant.all(|exception| others().any(|other| fits(other, exception)))
        }
        _ => false,
    })
}

/// The part of a pattern of actions that lies within a service, if any; where that is hard to say, the whole service.
fn within(service: &Service, pattern: &str) -> Option<String> {
    if !overlaps_action(pattern, service.actions) {
        return None;
    }
    match pattern.split_once(':') {
        Some((prefix, action)) if matches_action(prefix, service.name()) => {
            Some(format!("{}:{action}", service.name()))
        }
        _ => Some(service.actions.to_owned()),
    }
}

/// What an administrator may be denied and stays one: guardrails against leaving the organization, against closing accounts and against
/// long-term keys. Whoever administers IAM can lift them.
const GUARDRAILS: &[&str] = &[
    "iam:CreateAccessKey",
    "iam:UpdateAccessKey",
    "iam:CreateServiceSpecificCredential",
    "iam:UploadSSHPublicKey",
    "iam:UploadSigningCertificate",
    "sts:GetFederationToken",
    "organizations:Leave*",
    "organizations:DeleteOrganization",
    "organizations:CloseAccount",
    "organizations:RemoveAccountFromOrganization",
    "account:CloseAccount",
    "account:DisableRegion",
];

/// Whether a pattern of actions names guardrails only: a pattern of several services is none.
fn is_guardrail(pattern: &str) -> bool {
    GUARDRAILS.iter().any(|guardrail| covers_action(guardrail, pattern))
}

/// Whether a Deny takes something of one of the services from everybody whom it fits, and not only guardrails: it surely holds, and it
/// fits all resources.
pub(super) fn takes(deny: &Statement, services: &[Service; 4], context: &Context) -> bool {
    deny.condition(context).is_yes()
        && services.iter().any(|service| takes_of(deny, service) && service.is_covered_by(deny, context))
}

fn takes_of(deny: &Statement, service: &Service) -> bool {
    match &deny.actions {
        Choice::Only(patterns) => patterns.iter().any(|pattern| is_taken(pattern, service)),
        Choice::AllBut(_) => deny.touches_action(service.actions),
    }
}

fn is_taken(pattern: &str, service: &Service) -> bool {
    overlaps_action(pattern, service.actions) && !is_guardrail(pattern)
}

/// What a Deny takes of the services, as it names it.
pub(super) fn taken_actions<'s>(deny: &'s Statement, services: &[Service; 4]) -> Vec<&'s str> {
    match &deny.actions {
        Choice::Only(patterns) => patterns
            .iter()
            .filter(|pattern| services.iter().any(|service| is_taken(pattern, service)))
            .map(String::as_str)
            .collect(),
        Choice::AllBut(_) => Vec::new(),
    }
}
