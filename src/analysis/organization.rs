//! The organization as its management account sees it: the tree of OUs and accounts, and the service control policies (SCPs) on it.
//!
//! An account's path and the SCPs on it are judged here alike for every check; what a check wants of them is its own.

pub mod commands;
mod coverage;
pub mod names;
mod principal;
pub mod scp_remedies;
mod scps;
pub mod security;
pub mod tally;
#[cfg(test)]
mod tests;
mod tree;

pub use commands::is_control_tower;
pub use coverage::{Coverage, Covered, Covering, Member, MemberGroup, Members, ScpMap};
pub use principal::MemberPrincipal;
pub use scps::{AttachedScp, ScpStatus, Scps, are_being_enabled, scp_status};
pub use tree::{AccountPlace, Exemption, Life, Tree};

/// The Region of a partition from which AWS Organizations answers.
/// <https://docs.aws.amazon.com/general/latest/gr/ao.html>
#[must_use]
pub fn organizations_region(partition: &str) -> &'static str {
    match partition {
        "aws-us-gov" => "us-gov-west-1",
        "aws-cn" => "cn-northwest-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}
