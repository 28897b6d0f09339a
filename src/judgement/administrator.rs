//! Who is an administrator, and who can become one.
//!
//! *The administrator* may do every action on every resource, and neither a permissions boundary nor an unconditional Deny takes
//! anything of `iam`, `sts`, `organizations` or `account`. *One who can become administrator* may attach a policy to a user, or write
//! one into a user, be it under a condition; of a role, to a role or into it too.
//!
//! An unread document may allow or deny anything, so it leaves open what the read ones do not decide. But of AWS's managed policies
//! only `AdministratorAccess` makes the administrator.

use jiff::Timestamp;

use super::documents::{ADMINISTRATOR_ACCESS, Holder, Policies, Policy, Unread, aws_policy, home_of};
use super::sure::{self, Sure};
use crate::policy::{Context, Document, Effect, Statement};

mod grant;
mod reach;
#[cfg(test)]
mod tests;
mod without_mfa;

use grant::{grant, is_possible};
use reach::{Fit, Service, denied, everything, grants, leaves_service, takes};

/// Either of these on a user is enough to become administrator.
const BECOMING: [&str; 2] = ["iam:AttachUserPolicy", "iam:PutUserPolicy"];
/// And, of a role, either of these on a role.
const BECOMING_AS_A_ROLE: [&str; 2] = ["iam:AttachRolePolicy", "iam:PutRolePolicy"];

/// What a user's or a role's policies come to.
pub struct Powers<'l> {
    arn: &'l str,
    is_user: bool,
    context: Context,
    services: [Service; 4],
    allows: Vec<Allow<'l>>,
    denies: Vec<&'l Statement>,
    unread: Vec<(&'l Policy<'l>, &'l Unread)>,
    boundary: Boundary<'l>,
}

/// A statement of an identity policy.
struct Allow<'l> {
    statement: &'l Statement,
    /// Whether it may make the administrator.
    counts: bool,
}

enum Boundary<'l> {
    None,
    Read(&'l Document),
    Unread(&'l Unread),
}

/// What is known of every request that somebody makes: the time, and who they are.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[must_use]
pub fn context(holder: &Holder<'_>, now: Timestamp) -> Context {
    let (_, account) = home_of(holder.arn);
    let context = Context::new()
        .with("aws:CurrentTime", now.to_string())
        .with("aws:EpochTime", now.as_second().to_string())
        .with("aws:PrincipalArn", holder.arn)
        .with("aws:PrincipalAccount", account)
        .with("aws:PrincipalIsAWSService", "false");
    if holder.is_user {
        context.with("aws:username", holder.name).with("aws:PrincipalType", "User")
    } else {
        context.absent("aws:username").with("aws:PrincipalType", "AssumedRole")
    }
}

/// Whether a policy, unread, may make the administrator: of AWS's only the one.
fn may_make_administrator(policy: &Policy<'_>) -> bool {
    policy.arn.and_then(aws_policy).is_none_or(|name| name == ADMINISTRATOR_ACCESS)
}

impl<'l> Powers<'l> {
    /// What these policies come to at this time.
    #[must_use]
    pub fn of(policies: &'l Policies<'l>, now: Timestamp) -> Self {
        let holder = policies.holder();
        let (partition, account) = home_of(holder.arn);
        let mut powers = Powers {
            arn: holder.arn,
            is_user: holder.is_user,
            context: context(holder, now),
            services: Service::all(partition, account),
            allows: Vec::new(),
            denies: Vec::new(),
            unread: Vec::new(),
            boundary: match policies.boundary().map(|policy| &policy.document) {
                None => Boundary::None,
                Some(Ok(document)) => Boundary::Read(document),
                Some(Err(unread)) => Boundary::Unread(unread),
            },
        };
        for policy in policies.identity() {
            match &policy.document {
                Ok(document) => powers.add(policy, document),
                Err(unread) => powers.unread.push((policy, unread)),
            }
        }
        powers
    }

    fn add(&mut self, policy: &Policy<'_>, document: &'l Document) {
        let of = |effect| document.statements.iter().filter(move |statement| statement.effect == effect);
        let allows: Vec<&Statement> = of(Effect::Allow).collect();
        // AWS's other policies are judged by their documents, and their Allows add up; but one that would make an administrator by
        // itself is not what AWS publishes under that name.
        let counts = match policy.arn.and_then(aws_policy) {
            Some(name) if name != ADMINISTRATOR_ACCESS => !everything(&allows, &self.services, &self.context),
            _ => true,
        };
        self.allows.extend(allows.into_iter().map(|statement| Allow { statement, counts }));
        self.denies.extend(of(Effect::Deny));
    }

    /// Whether this is the administrator.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn administrator(&self) -> Sure {
        let allows: Vec<&Statement> = self
            .allows
            .iter()
            .filter(|allow| allow.counts && grant(allow.statement, &self.context).makes_administrator())
            .map(|allow| allow.statement)
            .collect();
        let allowed = everything(&allows, &self.services, &self.context);
        let unread = self.unread.iter().find(|(policy, _)| may_make_administrator(policy));
        sure::all([
            unless(allowed, true, unread.map(|(_, unread)| *unread)),
            self.nothing_denied(|deny| takes(deny, &self.services, &self.context)),
            match self.boundary {
                Boundary::None => Ok(true),
                Boundary::Unread(unread) => Err(unread.why.clone()),
                Boundary::Read(document) => Ok(self.leaves_an_administrator(document)),
            },
        ])
    }

    /// Whether this is one who can become administrator.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn can_become(&self) -> Sure {
        let whole = &self.services[0];
        let everywhere = |action: &str| self.may(action, "*", |deny| denied(deny, action, whole, &self.context));
        let itself = |action: &str| {
            self.may(action, self.arn, |deny| {
                deny.covers_action(action) && deny.covers_resource(self.arn, &self.context).is_yes()
            })
        };
        let (of_itself, of_others): (&[&str], &[&str]) =
            if self.is_user { (&BECOMING, &[]) } else { (&BECOMING_AS_A_ROLE, &BECOMING) };
        let on_others = of_others.iter().map(|action| everywhere(action));
        sure::any(of_itself.iter().flat_map(|action| [everywhere(action), itself(action)]).chain(on_others))
    }

    /// Whether an action is allowed on a resource, be it under a condition that can hold.
    fn may(&self, action: &str, resource: &str, takes: impl Fn(&Statement) -> bool) -> Sure {
        let can_hold = |statement: &&Statement| is_possible(statement, &self.context);
        let allows: Vec<&Statement> = self.allows.iter().map(|allow| allow.statement).filter(can_hold).collect();
        let allowed = grants(&allows, action, resource, &self.context, Fit::Perhaps);
        let unread = self.unread.first().map(|(_, unread)| *unread);
        sure::all([
            unless(allowed, true, unread),
            self.nothing_denied(|deny| deny.condition(&self.context).is_yes() && takes(deny)),
            match self.boundary {
                Boundary::None => Ok(true),
                Boundary::Unread(unread) => Err(unread.why.clone()),
                Boundary::Read(document) => {
                    let allows: Vec<&Statement> = of(document, Effect::Allow).filter(can_hold).collect();
                    Ok(grants(&allows, action, resource, &self.context, Fit::Perhaps))
                }
            },
        ])
    }

    fn nothing_denied(&self, takes: impl Fn(&Statement) -> bool) -> Sure {
        let in_boundary = match self.boundary {
            Boundary::Read(document) => Some(document),
            Boundary::None | Boundary::Unread(_) => None,
        };
        let mut denies = self.denies.iter().copied().chain(in_boundary.into_iter().flat_map(|b| of(b, Effect::Deny)));
        let unread = self.unread.iter().find(|(policy, _)| policy.may_deny());
        unless(denies.any(takes), false, unread.map(|(_, unread)| *unread))
    }

    fn leaves_an_administrator(&self, boundary: &Document) -> bool {
        let allows: Vec<&Statement> = of(boundary, Effect::Allow)
            .filter(|statement| grant(statement, &self.context).makes_administrator())
            .collect();
        self.services.iter().all(|service| leaves_service(&allows, service, &self.context))
    }
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
