//! One file a command.

pub(crate) mod audit;
pub(crate) mod diff;
pub mod explain;
pub mod iam_policy;
pub(crate) mod man;
pub mod preview;
#[cfg(feature = "live")]
pub(crate) mod progress;
