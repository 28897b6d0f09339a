//! An organization's folder whose id was not read: what is so whatever the id is.

use crate::iam::{Decision, Document, Effect, Match, Request, decide};

/// What a policy says about a folder of which only a pattern is known.
pub(super) enum Folder {
    /// The same, whichever folder it is.
    Alike(Decision),
    /// It hangs on which one it is.
    Hangs,
}

/// What `policy` says to a request for all folders that the request's resource takes: only what it surely says of each of them.
pub(super) fn whichever(policy: &Document, request: &Request<'_>) -> Folder {
    match decide(&[policy], request) {
        Decision::Allowed => Folder::Alike(Decision::Allowed),
        Decision::Depends(keys) if tells_none_apart(policy, request) => Folder::Alike(Decision::Depends(keys)),
        Decision::Denied { explicit: true } if is_denied_whole(policy, request) => {
            Folder::Alike(Decision::Denied { explicit: true })
        }
        Decision::Depends(_) | Decision::Denied { .. } => Folder::Hangs,
    }
}

/// Whether each statement about the request fits all of the folders or none.
pub(super) fn tells_none_apart(policy: &Document, request: &Request<'_>) -> bool {
    let touching = policy.statements.iter().filter(|statement| !statement.touches(request).is_no());
    touching.into_iter().all(|statement| {
        statement.covers_action(request.action)
            && statement.covers_resource(request.resource, request.context) == Match::Yes
    })
}

fn is_denied_whole(policy: &Document, request: &Request<'_>) -> bool {
    let mut denies = policy.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    denies.any(|statement| statement.covers(request).is_yes())
}
