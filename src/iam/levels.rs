//! What service control policies (SCPs) on a path, from the root of an organization down to an account, deny.
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
//!
//! It is another question than [`decide`](super::decide) answers: a request is denied for sure only where a Deny covers the *whole* of
//! it, and an SCP allows nothing by itself: it only must not be missing.

use std::collections::BTreeSet;

use super::document::{Document, ParseError};
use super::logic::Match;
use super::request::Request;
use super::statement::Effect;

mod exemption;
#[cfg(test)]
mod tests;

pub use exemption::Exempts;

/// The SCPs attached to one node of a path: the root, an OU or the account.
#[derive(Debug, Clone, Copy)]
pub struct Level<'a> {
    /// The documents that are attached for sure.
    pub policies: &'a [&'a Document],
    /// Something may be attached beside them, so that a missing Allow denies nothing for sure.
    pub open: bool,
}

/// Whether a request is denied.
#[derive(Debug, Clone, PartialEq)]
pub enum Denied {
    /// The whole of it is, for sure.
    Yes(Denial),
    /// No Deny can match, and each level has an Allow that may.
    No,
    /// It depends on these condition keys. Without any, a Deny matches a part of the request.
    Depends(BTreeSet<String>),
}

/// By what a request is denied.
#[derive(Debug, Clone, PartialEq)]
pub struct Denial {
    /// The documents with a Deny that covers it and leaves out the fewest, by the positions of their level and of themselves there.
    pub by: Vec<(usize, usize)>,
    /// The positions of the levels at which no Allow touches it.
    pub missing_allow: Vec<usize>,
    /// Whom the denial leaves out.
    pub exempts: Exempts,
}

/// Reads a service control policy. It has no `Principal`:
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
///
/// # Errors
/// As [`Document::parse`]; or a statement names a principal.
pub fn parse_scp(text: &str) -> Result<Document, ParseError> {
    let document = Document::parse(text)?;
    if document.statements.iter().any(|statement| statement.principals.is_some()) {
        return Err(ParseError::new("an SCP has no \"Principal\""));
    }
    Ok(document)
}

/// Whether SCPs on these levels deny a request.
///
/// A Deny at any level that covers the action, the whole resource and all conditions denies it; so does a level at which no Allow
/// touches it: none whose action and resource overlap with it, and of which no condition is known to be false.
pub fn denied(levels: &[Level<'_>], request: &Request<'_>) -> Denied {
    let mut covering: Vec<(Exempts, (usize, usize))> = Vec::new();
    let mut missing_allow = Vec::new();
    let mut may_match = Match::No;
    for (at, level) in levels.iter().enumerate() {
        let mut allows = level.open;
        for (position, document) in level.policies.iter().enumerate() {
            for statement in &document.statements {
                match statement.effect {
                    Effect::Allow => allows = allows || !statement.touches(request).is_no(),
                    Effect::Deny => match exemption::denies(statement, request) {
                        Ok(exempts) => covering.push((exempts, (at, position))),
                        Err(why) => may_match = may_match.or(why),
                    },
                }
            }
        }
        if !allows {
            missing_allow.push(at);
        }
    }
    let least = covering.iter().map(|(exempts, _)| exempts).min_by_key(|exempts| (exempts.rank(), *exempts)).cloned();
    let exempts = match (missing_allow.is_empty(), least) {
        (false, _) => Exempts::NoOne,
        (true, Some(exempts)) => exempts,
        (true, None) => {
            return match may_match {
                Match::No => Denied::No,
                Match::Yes => Denied::Depends(BTreeSet::new()),
                Match::Depends(keys) => Denied::Depends(keys),
            };
        }
    };
    let mut by: Vec<(usize, usize)> =
        covering.into_iter().filter(|(each, _)| each.rank() == exempts.rank()).map(|(_, place)| place).collect();
    by.dedup();
    Denied::Yes(Denial { by, missing_allow, exempts })
}
