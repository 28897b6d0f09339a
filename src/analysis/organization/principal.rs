//! Who asks, and what is known of such a request from a member account.

use jiff::Timestamp;

use crate::iam::Context;

/// A principal of a member account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberPrincipal {
    /// Anyone in the account.
    Any,
    /// The root user with its own credentials.
    Root,
    /// A session of the root user that the management account has by `sts:AssumeRoot`.
    RootSession,
}

/// What is known of an account when a request comes from it.
pub(super) struct From<'f> {
    pub(super) partition: &'f str,
    pub(super) organization: &'f str,
    pub(super) account: &'f str,
    /// The IDs from the root down; `None` where they are unknown.
    pub(super) path: Option<&'f [String]>,
    pub(super) now: Timestamp,
}

impl MemberPrincipal {
    /// The context of a request; every key that is not named is undecidable.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub(super) fn context(self, from: &From<'_>, region: Option<&str>) -> Context {
        let mut context = Context::new()
            .with("aws:PrincipalAccount", from.account)
            .with("aws:PrincipalOrgID", from.organization)
            .with("aws:CurrentTime", from.now.to_string())
            .with("aws:EpochTime", from.now.as_second().to_string())
            .with("aws:PrincipalIsAWSService", "false")
            .with("aws:ViaAWSService", "false")
            .with("aws:SecureTransport", "true")
            .absent("aws:CalledVia")
            .absent("aws:CalledViaFirst")
            .absent("aws:CalledViaLast");
        context = match from.path {
            Some(path) => {
                context.with_many("aws:PrincipalOrgPaths", [format!("{}/{}/", from.organization, path.join("/"))])
            }
            None => context.undecidable("aws:PrincipalOrgPaths"),
        };
        context = match region {
            Some(region) => context.with("aws:RequestedRegion", region),
            None => context.undecidable("aws:RequestedRegion"),
        };
        let of_root = |context: Context| {
            context
                .with("aws:PrincipalArn", format!("arn:{}:iam::{}:root", from.partition, from.account))
                .with("aws:PrincipalType", "Account")
                .with("aws:userid", from.account)
                .absent("aws:username")
        };
        match self {
            MemberPrincipal::Any => {
                ["aws:PrincipalArn", "aws:PrincipalType", "aws:username", "aws:userid", "aws:AssumedRoot"]
                    .into_iter()
                    .fold(context, Context::undecidable)
            }
            MemberPrincipal::Root => of_root(context).absent("aws:AssumedRoot"),
            MemberPrincipal::RootSession => of_root(context).with("aws:AssumedRoot", "true"),
        }
    }
}
