//! stagecheck: is this AWS account ready to become an Organization?

pub mod account;
pub mod checks;
pub mod expectations;
pub mod explain;
pub mod finding;
pub mod iam_policy;
pub mod judgement;
pub mod operation;
pub mod remediation;
pub mod render;
pub mod report;
pub mod status;
pub mod terminal;
#[cfg(test)]
mod testing;
