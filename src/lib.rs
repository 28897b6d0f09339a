//! stagecheck: is this AWS account ready to become an Organization?

pub mod account;
pub mod checks;
pub mod expectations;
pub mod finding;
pub mod judgement;
pub mod operation;
pub mod policy;
pub mod remediation;
pub mod status;
#[cfg(test)]
mod testing;
