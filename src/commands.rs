//! One file a command.

pub(crate) mod audit;
pub(crate) mod completions;
pub(crate) mod diff;
pub mod explain;
pub mod iam_policy;
pub(crate) mod man;
pub(crate) mod plan;
pub mod preview;
#[cfg(feature = "live")]
pub(crate) mod progress;
