//! What the listings hold by itself, whoever has it: for those who ask what somebody could come to have.

use super::{Call, Library, Operation, Policies, Policy, PolicyHolder, aws_policy};
use crate::account::facts::ManagedPolicy;
use crate::account::{Cause, Unavailable};
use crate::iam::Document;

impl Library<'_> {
    /// The policies of a group, by its name. Of one that could not be read there is one, which is unread.
    #[must_use]
    pub fn policies_of_group<'l>(&'l self, name: &'l str) -> Vec<Policy<'l>> {
        self.of_group(name)
    }

    /// A managed policy by its ARN, as whoever it is attached to would have it.
    #[must_use]
    pub fn attachable<'l>(&'l self, name: &'l str, arn: &'l str) -> Policy<'l> {
        self.managed(name, arn, None)
    }
}

impl<'l> Policies<'l> {
    /// These policies and this boundary, as if the holder had them.
    #[must_use]
    pub fn made(holder: PolicyHolder<'l>, identity: Vec<Policy<'l>>, boundary: Option<Policy<'l>>) -> Self {
        Policies { holder, identity, boundary }
    }
}

/// A version of a policy: its id and its document.
pub type VersionRead<'a> = (&'a str, Result<Document, Unavailable>);

/// The other versions of a customer managed policy, each with its id and its document. `None`: they were not collected.
#[must_use]
pub fn versions(policy: &ManagedPolicy) -> Option<Vec<VersionRead<'_>>> {
    let call = Call::global(Operation::GetAccountAuthorizationDetails).about("customer managed policies");
    let unread = |why: String| Unavailable { call: call.clone(), cause: Cause::Malformed { why } };
    let versions = policy.versions.as_ref().filter(|_| aws_policy(&policy.arn).is_none())?;
    let read = |version: &Option<String>, id: &str| match version {
        None => Err(unread(format!("Version {id} of policy {} has no document", policy.name))),
        Some(text) => Document::parse(text)
            .map_err(|error| unread(format!("Version {id} of policy {} can't be read: {error}", policy.name))),
    };
    Some(versions.iter().map(|version| (version.id.as_str(), read(&version.document, &version.id))).collect())
}
