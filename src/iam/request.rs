//! What is asked: may somebody do something to something?

use super::context::Context;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// An AWS service, under any of these names, e.g. `cloudtrail.amazonaws.com`.
    Service {
        /// Its service principals.
        names: &'a [&'a str],
    },
    /// A user, role or session.
    Aws {
        /// Its own ARN.
        arn: &'a str,
        /// The id of its account.
        account: &'a str,
    },
    /// The root user of an account.
    Root {
        /// The account's id.
        account: &'a str,
    },
    /// Somebody from an identity provider.
    Federated {
        /// The provider, as a policy names it.
        provider: &'a str,
    },
    /// Somebody without credentials.
    Anonymous,
    /// Whoever the identity policy belongs to: its statements name no principal, and none is judged.
    Identity,
}

/// A request. Action and resource may be patterns, and then stand for everything that they take.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub who: Who<'a>,
    /// E.g. `s3:PutObject`, or a pattern of actions.
    pub action: &'a str,
    /// An ARN, or a pattern of ARNs; `*` for what is done to no resource in particular.
    pub resource: &'a str,
    /// What else is known of it.
    pub context: &'a Context,
}
