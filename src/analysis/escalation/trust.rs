//! What the trust policies of roles say: who may assume which.

use std::collections::BTreeSet;

use super::estate::Principal;
use super::mode::{Mode, hangs_on_mode, hangs_on_principal};
use super::node::Node;
use super::run::{Ask, Grant, Run};
use crate::iam::{Context, Document, Effect, Principal as Named, Principals, Statement, Who};

pub(super) const ASSUME: &str = "sts:AssumeRole";
const ASSUME_WITH_SAML: &str = "sts:AssumeRoleWithSAML";

/// A role's trust policy, as far as it lets the account's own principals and services in.
pub(super) struct Trust<'e> {
    /// Its document; an unread one lets in everybody, or nobody.
    pub(super) document: Option<&'e Document>,
    /// The ARNs of users and roles that it names.
    pub(super) named: BTreeSet<&'e str>,
    /// It lets in the account, whose own policies then decide.
    pub(super) account: bool,
    /// The services that it names, each without `.amazonaws.com`.
    pub(super) services: BTreeSet<&'e str>,
    /// The SAML providers that it names.
    pub(super) providers: BTreeSet<&'e str>,
    /// Whether it hangs on the mode, or on who asks.
    pub(super) by_mode: bool,
    pub(super) by_principal: bool,
}

impl<'e> Trust<'e> {
    pub(super) fn of(run: &Run<'e>, role: &'e Principal<'e>) -> Trust<'e> {
        let mut trust = Trust {
            document: None,
            named: BTreeSet::new(),
            account: false,
            services: BTreeSet::new(),
            providers: BTreeSet::new(),
            by_mode: false,
            by_principal: false,
        };
        let Some(Ok(document)) = &role.trust else {
            trust.account = run.perhaps;
            return trust;
        };
        trust.document = Some(document);
        for statement in &document.statements {
            let keys = || statement.conditions.iter().map(|condition| condition.key.as_str());
            trust.by_mode |= keys().any(hangs_on_mode);
            trust.by_principal |= keys().any(hangs_on_principal)
                || statement.conditions.iter().any(|c| c.values.iter().any(|value| value.contains("${")));
            if statement.effect == Effect::Deny {
                // Whom a Deny names, the account may not hold for all.
                trust.by_principal |=
                    !matches!(&statement.principals, Some(Principals::Only(named)) if named.iter().all(is_everyone));
                continue;
            }
            match &statement.principals {
                Some(Principals::Only(named)) => {
                    for name in named {
                        trust.add(name, run.estate.account);
                    }
                }
                Some(Principals::AllBut(_)) => {
                    trust.account = true;
                    trust.by_principal = true;
                }
                None => {}
            }
        }
        trust
    }

    /// Whether a role's trust lets in whoever a SAML provider speaks for.
    pub(super) fn has_provider(&self, provider: &str) -> bool {
        let Some(document) = self.document else { return false };
        let context = Context::new();
        document.statements.iter().any(|statement| {
            statement.effect == Effect::Allow
                && statement.covers_action(ASSUME_WITH_SAML)
                && matches!(&statement.principals, Some(Principals::Only(named))
                    if named.iter().any(|name| matches!(name, Named::Federated(name) if name == provider)))
                && !statement.condition(&context).is_no()
        })
    }

    fn add(&mut self, name: &'e Named, account: &str) {
        match name {
            Named::Everyone { .. } => self.account = true,
            Named::Aws(arn) if is_account(arn, account) => self.account = true,
            Named::Aws(arn) => {
                self.named.insert(arn);
            }
            Named::Service(name) => {
                let suffixes = [".amazonaws.com.cn", ".amazonaws.com"];
                let name = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
                self.services.insert(name);
            }
            Named::Federated(provider) => {
                self.providers.insert(provider);
            }
            Named::CanonicalUser(_) | Named::Other { .. } => {}
        }
    }
}

fn is_everyone(name: &Named) -> bool {
    matches!(name, Named::Everyone { .. })
}

fn is_account(name: &str, account: &str) -> bool {
    name == account || name.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next()).is_some_and(|id| id == account)
}

/// Whether `arn` names sessions of a role.
pub(super) fn is_session_of(arn: &str, role: &str) -> bool {
    let session = arn.split(":assumed-role/").nth(1).and_then(|rest| rest.split('/').next());
    let name = role.split(":role/").nth(1).and_then(|path| path.rsplit('/').next());
    session.is_some() && session == name
}

/// How a role's trust lets a principal in.
pub(super) enum Entry<'e> {
    /// It names the principal, who needs no policy of its own.
    Named,
    /// It names the account, and this allows the principal.
    Allowed(Grant<'e>),
}

impl<'e> Run<'e> {
    /// Whether a principal may assume a role in a mode: T1.
    pub(super) fn assumes(&self, node: &Node<'e>, mode: Mode, trust: &Trust<'e>, role: &str) -> Option<Entry<'e>> {
        let ask = Ask::new(ASSUME, role);
        let context = self.context(node, mode);
        let holder = node.principal.holder;
        let Some(document) = trust.document else {
            // An unread trust policy may let in the account. Whom it may name in person, one finding for the account tells of.
            return self.may(node, mode, ask).filter(|_| trust.account).map(Entry::Allowed);
        };
        let bounded = node.boundary.is_some();
        let denies = |statement: &Statement| {
            statement.effect == Effect::Deny
                && statement.covers_action(ASSUME)
                && (names(statement, holder.arn, self.estate.account)
                    // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary".
                    || (bounded && matches!(statement.principals, Some(Principals::AllBut(_)))))
                && statement.condition(context).is_yes()
        };
        let mut by_account = false;
        let mut by_name = false;
        for statement in &document.statements {
            if statement.effect != Effect::Allow || !statement.covers_action(ASSUME) {
                continue;
            }
            let named = match &statement.principals {
                Some(Principals::Only(principals)) => naming(principals, holder.arn, self.estate.account),
                Some(Principals::AllBut(_)) if names(statement, holder.arn, self.estate.account) => Naming::Account,
                Some(Principals::AllBut(_)) | None => Naming::Not,
            };
            if named == Naming::Not || statement.condition(context).is_no() {
                continue;
            }
            match named {
                Naming::Session => by_name = true,
                // "Permissions boundaries … limit permissions granted to a role by a resource-based policy", not to a user.
                Naming::Itself => by_name |= holder.is_user || self.boundary_leaves(node, mode, ask),
                Naming::Account => by_account = true,
                Naming::Not => {}
            }
        }
        if (!by_name && !by_account) || document.statements.iter().any(denies) || self.is_denied(node, mode, ask) {
            None
        } else if by_name {
            Some(Entry::Named)
        } else {
            self.may(node, mode, ask).map(Entry::Allowed)
        }
    }

    /// Whether a role's trust lets a service in that acts for this account.
    pub(super) fn serves(&self, trust: &Trust<'e>, service: &str) -> bool {
        let Some(document) = trust.document else { return trust.account };
        if !trust.services.contains(service) {
            return false;
        }
        let full = format!("{service}.amazonaws.com");
        let chinese = format!("{full}.cn");
        let names: &[&str] = if self.estate.partition == "aws-cn" { &[&full, &chinese] } else { &[&full] };
        let who = Who::Service { names };
        let context = self.of_service();
        let fits = |statement: &Statement| statement.covers_action(ASSUME) && statement.fits(&who);
        let statements = || document.statements.iter().filter(|statement| fits(statement));
        statements().any(|statement| {
            statement.effect == Effect::Allow
                && !matches!(statement.principals, Some(Principals::AllBut(_)))
                && !statement.condition(&context).is_no()
        }) && !statements().any(|statement| statement.effect == Effect::Deny && statement.condition(&context).is_yes())
    }

    /// What is known of a service's request on behalf of this account.
    fn of_service(&self) -> Context {
        let now = self.estate.circumstances.now;
        Context::new()
            .with("aws:CurrentTime", now.to_string())
            .with("aws:EpochTime", now.as_second().to_string())
            .with("aws:SourceAccount", self.estate.account)
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:SecureTransport", "true")
            .absent("aws:PrincipalArn")
            .absent("aws:PrincipalAccount")
            .absent("aws:MultiFactorAuthPresent")
            .absent("aws:MultiFactorAuthAge")
            .absent("sts:ExternalId")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    Not,
    Account,
    Itself,
    Session,
}

/// How directly these name a user or a role of the account. A unique ID (`AIDA…`) names nobody: its principal was deleted.
fn naming(principals: &[Named], arn: &str, account: &str) -> Naming {
    let of = |name: &Named| match name {
        Named::Everyone { .. } => Naming::Account,
        Named::Aws(name) if name == arn => Naming::Itself,
        Named::Aws(name) if is_account(name, account) => Naming::Account,
        Named::Aws(name) if is_session_of(name, arn) => Naming::Session,
        _ => Naming::Not,
    };
    principals.iter().map(of).max().unwrap_or(Naming::Not)
}

/// Whether a statement of a trust policy fits a user or a role of the account.
fn names(statement: &Statement, arn: &str, account: &str) -> bool {
    match &statement.principals {
        Some(Principals::Only(principals)) => naming(principals, arn, account) != Naming::Not,
        Some(Principals::AllBut(principals)) => naming(principals, arn, account) == Naming::Not,
        None => statement.effect == Effect::Deny,
    }
}
