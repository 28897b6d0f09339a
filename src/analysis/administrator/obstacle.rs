//! What keeps one who is allowed everything from being the administrator: for what a failure says.

use std::fmt;

use super::{Boundary, Placed, Privileges};
use crate::analysis::administrator::coverage::{taken_actions, takes};

/// What takes something of `iam`, `sts`, `organizations` or `account` from one who is allowed everything.
#[derive(Debug, Clone)]
pub enum Obstacle<'l> {
    /// A Deny, with the actions that it takes as it names them; none where it says `NotAction`.
    Deny(Placed<'l>, Vec<&'l str>),
    /// The permissions boundary, by its name.
    Boundary(&'l str),
}

impl<'l> Privileges<'l> {
    /// The first obstacle; `None` for the administrator, and for one who is not allowed everything.
    #[must_use]
    pub fn obstacle(&self) -> Option<Obstacle<'l>> {
        if !self.allows_everything(&self.context) {
            return None;
        }
        let mut denies = self.all_denies();
        if let Some(deny) = denies.find(|deny| takes(deny.statement, &self.services, &self.context)) {
            return Some(Obstacle::Deny(deny, taken_actions(deny.statement, &self.services)));
        }
        match self.boundary {
            Boundary::Read(policy, document) if !self.leaves_an_administrator(document, &self.context) => {
                Some(Obstacle::Boundary(policy.name))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Obstacle<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let boundary = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        match self {
            Obstacle::Deny(Placed { policy, number, .. }, actions) => {
                write!(out, "statement {number} of policy `{}` denies ", boundary(policy.name))?;
                match actions.as_slice() {
                    [] => write!(out, "a part of iam, sts, organizations or account"),
                    [first] => write!(out, "{first}"),
                    [first, others @ ..] => write!(out, "{first} and {} more", others.len()),
                }
            }
            Obstacle::Boundary(name) => {
                write!(
                    out,
                    "permissions boundary `{}` removes a part of iam, sts, organizations or account",
                    boundary(name)
                )
            }
        }
    }
}
