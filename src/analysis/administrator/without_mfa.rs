//! What is left of an administrator who did not sign in with MFA: what a stolen access key is good for.

use super::grant::is_possible;
use super::{Mode, Privileges, of};
use crate::analysis::administrator::coverage::{self, Fit, is_open};
use crate::analysis::documents::Library;
use crate::iam::{Choice, Context, Effect, Statement, covers_action};

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

impl Privileges<'_> {
    /// Whether an access key of this administrator is worth something without MFA: not where MFA is a condition of what makes the
    /// administrator, nor where a Deny without MFA leaves no more than to set it up.
    #[must_use]
    pub fn key_works_without_mfa(&self, library: &Library<'_>) -> bool {
        // A long-term key brings no word about MFA; the session token that it can get without MFA says that there was none.
        [Mode::Key, Mode::Session].into_iter().any(|mode| {
            let context = self.context(mode).with("aws:ViaAWSService", "false").absent("aws:CalledVia");
            self.may_do_everything_in(&context) || self.can_become_in(library, &context) == Ok(true)
        })
    }

    /// Whether what makes the administrator is left in requests with this context.
    pub(in crate::analysis) fn may_do_everything_in(&self, context: &Context) -> bool {
        let possible = |statement: &&Statement| is_possible(statement, context);
        let allows: Vec<&Statement> = self.allows.iter().map(|allow| allow.placed.statement).filter(possible).collect();
        let bound: Option<Vec<&Statement>> =
            self.bounding().map(|document| of(document, Effect::Allow).filter(possible).collect());
        let denies: Vec<&Statement> =
            self.all_denies().map(|placed| placed.statement).filter(|deny| deny.condition(context).is_yes()).collect();
        coverage::on(&allows, "*", context, Fit::Perhaps, is_open)
            && bound.is_none_or(|bound| coverage::may_leave(&bound, &self.services, context, is_open))
            && !denies.iter().any(|deny| leaves_only_mfa(deny, &denies, context))
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
