//! stagecheck: is this AWS account ready to become an Organization?

pub mod account;
pub mod checks;
mod config;
pub mod error;
pub mod expectations;
pub mod explain;
mod files;
pub mod finding;
pub mod iam_policy;
pub mod judgement;
pub mod operation;
pub mod policy;
pub mod remediation;
pub mod render;
pub mod report;
pub mod status;
pub mod terminal;
#[cfg(test)]
mod testing;
