//! A fact that we do not know, and the reason.

use serde::{Deserialize, Serialize};

use super::denial;
use crate::account::operation::Operation;

/// One call to AWS: the operation, where it was sent, and the thing that it asked about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// The API operation.
    pub operation: Operation,
    /// The region that was asked; `None` for a global service.
    #[serde(deserialize_with = "crate::account::facts::required")]
    pub region: Option<String>,
    /// What was asked about: a bucket, a trail's ARN, a user's name …
    #[serde(deserialize_with = "crate::account::facts::required")]
    pub target: Option<String>,
}

impl Call {
    /// A call to a global service about the account as a whole.
    #[must_use]
    pub fn global(operation: Operation) -> Self {
        Call { operation, region: None, target: None }
    }

    /// A call to one region's endpoint.
    #[must_use]
    pub fn regional(operation: Operation, region: &str) -> Self {
        Call { operation, region: Some(region.to_owned()), target: None }
    }

    /// The same call, about one thing.
    #[must_use]
    pub fn about(mut self, target: &str) -> Self {
        self.target = Some(target.to_owned());
        self
    }
}

/// Why a fact is not known. Never "it does not exist": that is a known fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// AWS said that the caller may not ask.
    Denied {
        /// AWS's own words, which often name the user, the action and what denies it.
        #[serde(deserialize_with = "crate::account::facts::required")]
        message: Option<String>,
    },
    /// AWS kept asking us to slow down.
    Throttled,
    /// No answer before the audit's time was over.
    TimedOut,
    /// No answer within the time that one call may take.
    CallTimedOut {
        /// The limit that was hit, e.g. `15s`.
        within: String,
    },
    /// The credentials were refused or have expired; from a single region, also how a region that is not enabled answers.
    Credentials {
        /// AWS's error code, e.g. `ExpiredToken`.
        code: String,
    },
    /// No connection to AWS was made.
    Unreachable {
        /// What stood in the way, e.g. "the name does not resolve".
        why: String,
    },
    /// AWS answered with an error that says nothing about the account.
    Fault {
        /// AWS's error code, or the HTTP status where it gave none.
        code: String,
        /// Which page of a list failed, counted from 1.
        page: u32,
    },
    /// AWS answered, but not in the form of an answer to this question.
    Malformed {
        /// What is wrong with the answer.
        why: String,
    },
    /// All was read, and it still does not tell.
    Unknowable {
        /// What stays open.
        why: String,
    },
    /// The snapshot does not hold this fact.
    NotCollected,
}

/// What stands in the way of a connection where the machine knows no authority that signed the other side's certificate.
pub(crate) const UNTRUSTED: &str = "no authority that this machine trusts signed the certificate";

/// What to do where no connection is made.
pub(crate) fn help_to_reach_aws(why: &str) -> &'static str {
    if why == UNTRUSTED {
        "install the system's root certificates (Debian, Ubuntu: `apt-get install ca-certificates`), or name the \
         file of your proxy's authority in AWS_CA_BUNDLE (or SSL_CERT_FILE)"
    } else {
        "check that this machine reaches the internet: proxy variables, AWS_ENDPOINT_URL, the name of the Region"
    }
}

/// A fact that is not known: the call that should have told it, and why it did not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unavailable {
    /// The call.
    pub call: Call,
    /// Why it told nothing.
    pub cause: Cause,
}

impl From<&Unavailable> for Unavailable {
    fn from(unavailable: &Unavailable) -> Self {
        unavailable.clone()
    }
}

impl Unavailable {
    /// What one call told leaves open: all was read, and it does not decide.
    #[must_use]
    pub fn undetermined(call: &Call, why: impl Into<String>) -> Self {
        Unavailable { call: call.clone(), cause: Cause::Unknowable { why: why.into() } }
    }

    /// One sentence without a full stop: which call, in which region, and what happened.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.with_call(self.reason())
    }

    /// The same without AWS's own words: for a table.
    #[must_use]
    pub fn brief(&self) -> String {
        match &self.cause {
            Cause::Denied { message } => self.with_call(self.denial(message.as_deref())),
            _ => self.sentence(),
        }
    }

    /// The same in a few words, for a table's cell: what the auditor needs, else the sentence.
    #[must_use]
    pub fn short(&self) -> String {
        self.needs().map_or_else(|| self.brief(), |action| format!("needs {action}"))
    }

    /// The permission that the auditor lacks, where that is the cause.
    #[must_use]
    pub fn needs(&self) -> Option<&'static str> {
        matches!(self.cause, Cause::Denied { .. }).then(|| self.call.operation.action())?
    }

    /// The call, as "GetTopicAttributes of arn:… in us-west-2".
    fn subject(&self) -> String {
        let mut subject = self.call.operation.name().to_owned();
        if let Some(target) = &self.call.target {
            subject = format!("{subject} of {target}");
        }
        if let Some(region) = &self.call.region {
            subject = format!("{subject} in {region}");
        }
        subject
    }

    fn with_call(&self, reason: String) -> String {
        match &self.cause {
            Cause::Unknowable { .. } => reason,
            Cause::NotCollected => format!("{} isn't in this snapshot", self.subject()),
            _ => format!("{}: {reason}", self.subject()),
        }
    }

    fn denial(&self, message: Option<&str>) -> String {
        let by = message.and_then(denial::told_by);
        let told = by.map(|by| format!(" {}", by.told)).unwrap_or_default();
        let grant = match self.call.operation.action() {
            Some(action) if by.is_none_or(|by| by.granting_helps) => format!(". Grant `{action}`"),
            Some(action) => format!(" (needs `{action}`)"),
            None => String::new(),
        };
        format!("access denied{told}{grant}")
    }

    /// The cause alone, without the call.
    #[must_use]
    pub fn reason(&self) -> String {
        match &self.cause {
            Cause::Denied { message: None } => self.denial(None),
            Cause::Denied { message: Some(message) } => {
                format!("{} (AWS says: {message})", self.denial(Some(message)))
            }
            Cause::Throttled => "AWS throttled the call until the retries ended".to_owned(),
            Cause::TimedOut => "no answer within --timeout".to_owned(),
            Cause::CallTimedOut { within } => {
                format!("no answer within {within}, the limit of a call; a greater --timeout lengthens it")
            }
            Cause::Credentials { code } => match &self.call.region {
                Some(region) => format!(
                    "AWS refused the credentials there ({code}): they have expired, or {region} isn't enabled for \
                     this account"
                ),
                None => format!("AWS refused the credentials ({code})"),
            },
            Cause::Unreachable { why } => format!("AWS could not be reached: {why}"),
            Cause::Fault { code, page } if *page > 1 => format!("AWS answered {code} on page {page}"),
            Cause::Fault { code, .. } => format!("AWS answered {code}"),
            Cause::Malformed { why } => format!("the response is malformed: {why}"),
            Cause::Unknowable { why } => why.clone(),
            Cause::NotCollected => "it isn't in this snapshot".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denied_call_names_the_permission_that_it_needs() {
        let denied = Unavailable {
            call: Call::regional(Operation::GetPublicAccessBlock, "us-west-2").about("logs"),
            cause: Cause::Denied { message: None },
        };
        assert_eq!(
            denied.sentence(),
            "GetPublicAccessBlock of logs in us-west-2: access denied. Grant `s3:GetBucketPublicAccessBlock`"
        );
    }

    #[test]
    fn what_was_read_and_does_not_decide_is_told_in_its_own_words() {
        let open = Unavailable::undetermined(&Call::global(Operation::GetAccountSummary), "the entry is absent");
        assert_eq!(open.sentence(), "the entry is absent");
    }
}
