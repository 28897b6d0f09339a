//! stagecheck: is this AWS account ready to become an Organization?

pub mod account;
pub mod checks;
mod config;
pub mod error;
pub mod expectations;
mod files;
pub mod finding;
pub mod judgement;
pub mod operation;
pub mod policy;
pub mod remediation;
pub mod report;
pub mod status;
#[cfg(test)]
mod testing;
