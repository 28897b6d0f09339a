//! Who can become administrator by giving themselves a policy.
//!
//! The request names the policy that is attached (`iam:PolicyARN`) and the boundary of whoever is given it
//! (`iam:PermissionsBoundary`), so a condition on either is decided.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>

use std::collections::BTreeSet;

use super::{Privileges, of};
use crate::analysis::documents::{ADMINISTRATOR_ACCESS, IAM_FULL_ACCESS, Library, Origin, Policy, aws_policy, home_of};
use crate::analysis::tristate::{self, Sure};
use crate::iam::arn::Arn;
use crate::iam::{Context, Document, Effect};

const POLICY: &str = "iam:PolicyARN";
const BOUNDARY: &str = "iam:PermissionsBoundary";

/// What a new policy is called: no policy means it by name.
const NEW: &str = "stagecheck";

/// Whoever may be given a policy, and by which actions.
struct Target {
    put: &'static str,
    attach: &'static str,
    resource: String,
    context: Context,
}

/// The same request about somebody without a boundary.
pub(super) fn unbounded(context: &Context) -> Context {
    context.clone().absent(BOUNDARY)
}

impl Privileges<'_> {
    /// Whether this is one who can become administrator: they may write a policy into themselves or into everyone, or attach one that
    /// makes an administrator.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn can_become(&self, library: &Library<'_>) -> Sure {
        self.can_become_in(library, &self.context)
    }

    /// The same in requests with this context.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn can_become_in(&self, library: &Library<'_>, context: &Context) -> Sure {
        tristate::any(self.targets(context).iter().flat_map(|target| {
            [
                self.may(target.put, &target.resource, &target.context),
                self.may_attach(library, target.attach, &target.resource, &target.context),
            ]
        }))
    }

    /// Themselves, and everyone: a user every user, a role every role and every user. Of everyone it is asked as of those without a
    /// boundary; who may give policies only to those with one cannot give them to everyone.
    fn targets(&self, context: &Context) -> Vec<Target> {
        let (partition, account) = home_of(self.holder.arn);
        let own = match self.holder.boundary {
            Some(boundary) => context.clone().with(BOUNDARY, boundary),
            None => context.clone().absent(BOUNDARY),
        };
        let every = |kind: &str| format!("arn:{partition}:iam::{account}:{kind}/*");
        let of = |is_user, resource, context| {
            let (put, attach) = if is_user {
                ("iam:PutUserPolicy", "iam:AttachUserPolicy")
            } else {
                ("iam:PutRolePolicy", "iam:AttachRolePolicy")
            };
            Target { put, attach, resource, context }
        };
        let mut targets = vec![of(self.holder.is_user, self.holder.arn.to_owned(), own)];
        targets.push(of(true, every("user"), unbounded(context)));
        if !self.holder.is_user {
            targets.push(of(false, every("role"), unbounded(context)));
        }
        targets
    }

    /// Whether they may do this with a policy that makes an administrator, or makes one who can become it.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn may_attach(&self, library: &Library<'_>, action: &str, resource: &str, context: &Context) -> Sure {
        let may_with = |arn: &str| self.may(action, resource, &context.clone().with(POLICY, arn));
        let known = tristate::any(self.always_attachable().iter().map(|arn| may_with(arn)));
        if known == Ok(true) || !self.asks_which_policy() {
            return known;
        }
        let listed = library.listed().into_iter().flat_map(|(origin, policies)| match policies {
            Ok(policies) => policies
                .into_iter()
                .map(|(arn, document)| {
                    tristate::all([
                        may_with(arn),
                        tristate::any([
                            document.map(|document| self.is_enough(arn, &document)).map_err(|unread| unread.why),
                            self.may_rewrite(arn, context),
                        ]),
                    ])
                })
                .collect::<Vec<Sure>>(),
            // Any of those that they may attach could be enough.
            Err(unavailable) => {
                let of_this_kind = |arn: &&String| aws_policy(arn).is_some() == (origin == Origin::Aws);
                let may =
                    self.policies_asked_for().into_iter().filter(|arn| of_this_kind(&arn)).map(|arn| may_with(&arn));
                vec![tristate::all([tristate::any(may), Err(unavailable.clone())])]
            }
        });
        let created = self
            .policies_asked_for()
            .into_iter()
            .filter(|arn| aws_policy(arn).is_none())
            .map(|arn| tristate::all([may_with(&arn), self.may("iam:CreatePolicy", &arn, context)]));
        tristate::any([known].into_iter().chain(listed).chain(created))
    }

    /// AWS's policies that make an administrator, or one who can become it.
    fn always_attachable(&self) -> [String; 2] {
        let (partition, _) = home_of(self.holder.arn);
        [ADMINISTRATOR_ACCESS, IAM_FULL_ACCESS].map(|name| format!("arn:{partition}:iam::aws:policy/{name}"))
    }

    fn asks_which_policy(&self) -> bool {
        let own = self.allows.iter().map(|allow| allow.placed).chain(self.all_denies()).map(|placed| placed.statement);
        let bounding = self.bounding().into_iter().flat_map(|document| &document.statements);
        let mut conditions = own.chain(bounding).flat_map(|statement| &statement.conditions);
        conditions.any(|condition| condition.key.eq_ignore_ascii_case(POLICY))
    }

    /// One policy for each pattern that the Allows name as what may be attached, and one that nobody names.
    fn policies_asked_for(&self) -> BTreeSet<String> {
        let (partition, account) = home_of(self.holder.arn);
        let own = self.allows.iter().map(|allow| allow.placed.statement);
        let bounding = self.bounding().into_iter().flat_map(|document| of(document, Effect::Allow));
        let conditions = own.chain(bounding).flat_map(|statement| &statement.conditions);
        let values = conditions
            .filter(|condition| condition.key.eq_ignore_ascii_case(POLICY))
            .flat_map(|condition| &condition.values);
        let mut asked: BTreeSet<String> = values.filter_map(|value| self.witness(value)).collect();
        asked.insert(format!("arn:{partition}:iam::{account}:policy/{NEW}"));
        asked
    }

    /// A policy that the pattern fits, of this account where the pattern says nothing else.
    fn witness(&self, pattern: &str) -> Option<String> {
        let (_, account) = home_of(self.holder.arn);
        let pattern =
            if self.holder.is_user { pattern.replace("${aws:username}", self.holder.name) } else { pattern.to_owned() };
        let arn = Arn::parse(&pattern)?;
        let of_account = if arn.account.contains('*') { account } else { arn.account };
        let (partition, _) = home_of(self.holder.arn);
        let policy = arn.resource.replace('*', NEW).replace('?', "x");
        Some(format!("arn:{partition}:iam::{of_account}:{policy}"))
    }

    /// Whether one with this policy alone is an administrator or can become it.
    fn is_enough(&self, arn: &str, document: &Document) -> bool {
        let policy = Policy {
            name: arn,
            arn: Some(arn),
            origin: Origin::Customer,
            group: None,
            document: Ok(std::borrow::Cow::Borrowed(document)),
        };
        let mut alone = Privileges::none(&self.holder, &self.circumstances);
        alone.add(&policy, document);
        let becomes = |target: &Target| {
            let attaches = |arn: &String| {
                alone.may(target.attach, &target.resource, &target.context.clone().with(POLICY, arn)) == Ok(true)
            };
            alone.may(target.put, &target.resource, &target.context) == Ok(true)
                || alone.always_attachable().iter().any(attaches)
        };
        alone.administrator() == Ok(true) || alone.targets(&self.context).iter().any(becomes)
    }

    /// Of an account's own policy a new version can say anything.
    fn may_rewrite(&self, arn: &str, context: &Context) -> Sure {
        if aws_policy(arn).is_some() { Ok(false) } else { self.may("iam:CreatePolicyVersion", arn, context) }
    }
}
