//! What is left of an administrator who did not sign in with MFA: what a stolen access key is good for.

use super::grant::is_possible;
use super::reach::{self, Fit, Service, denied, grants, is_open};
use super::{BECOMING, Boundary, Powers, of};
use crate::policy::{Choice, Context, Effect, Statement, covers_action};

/// What a Deny without MFA may except: to look around in IAM, and to set up MFA in the first place.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html>
const HARMLESS: &[&str] = &[
    "iam:Get*",
    "iam:List*",
    "iam:CreateVirtualMFADevice",
    "iam:DeleteVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:ResyncMFADevice",
    "iam:TagMFADevice",
    "iam:ChangePassword",
    "sts:GetSessionToken",
    "sts:GetCallerIdentity",
];

impl Powers<'_> {
    /// Whether an access key of this administrator is worth something without MFA: not where MFA is a condition of what makes the
    /// administrator, nor where a Deny without MFA leaves no more than to set it up.
    #[must_use]
    pub fn key_works_without_mfa(&self) -> bool {
        // A long-term key brings no word about MFA; the session token that it can get without MFA says that there was none.
        let bare = |context: Context| {
            context
                .absent("aws:MultiFactorAuthAge")
                .with("aws:ViaAWSService", "false")
                .absent("aws:CalledVia")
                .absent("aws:SourceAccount")
                .absent("aws:SourceArn")
        };
        let key = bare(self.context.clone()).absent("aws:MultiFactorAuthPresent").absent("aws:TokenIssueTime");
        let session = bare(self.context.clone()).with("aws:MultiFactorAuthPresent", "false");
        [key, session].iter().any(|context| self.work_in(context))
    }

    fn work_in(&self, context: &Context) -> bool {
        let possible = |statement: &&Statement| is_possible(statement, context);
        let allows: Vec<&Statement> = self.allows.iter().map(|allow| allow.statement).filter(possible).collect();
        let boundary = match self.boundary {
            Boundary::Read(document) => Some(document),
            Boundary::None | Boundary::Unread(_) => None,
        };
        let bound: Option<Vec<&Statement>> =
            boundary.map(|document| of(document, Effect::Allow).filter(possible).collect());
        let denies: Vec<&Statement> = self
            .denies
            .iter()
            .copied()
            .chain(boundary.into_iter().flat_map(|document| of(document, Effect::Deny)))
            .filter(|deny| deny.condition(context).is_yes())
            .collect();

        let left = |services: &[Service], act: &dyn Fn(&Statement) -> bool| {
            bound.as_ref().is_none_or(|bound| reach::may_leave(bound, services, context, act))
        };
        let everything = reach::on(&allows, "*", context, Fit::Perhaps, is_open)
            && left(&self.services, &is_open)
            && !denies.iter().any(|deny| leaves_only_mfa(deny, &denies, context));
        let iam = &self.services[..1];
        let becoming = |action: &&str| {
            grants(&allows, action, "*", context, Fit::Perhaps)
                && left(iam, &|statement| statement.covers_action(action))
                && !denies.iter().any(|deny| iam.iter().any(|iam| denied(deny, action, iam, context)))
        };
        everything || BECOMING.iter().any(becoming)
    }
}

/// Whether a Deny, with the others, denies all but setting up MFA.
fn leaves_only_mfa(deny: &Statement, denies: &[&Statement], context: &Context) -> bool {
    let everywhere = |deny: &Statement| deny.covers_resource("*", context).is_yes();
    everywhere(deny)
        && match &deny.actions {
            Choice::Only(_) => deny.covers_action("*"),
            Choice::AllBut(exceptions) => exceptions.iter().all(|exception| {
                HARMLESS.iter().any(|harmless| covers_action(harmless, exception))
                    || denies.iter().any(|other| everywhere(other) && other.covers_action(exception))
            }),
        }
}
