//! What checks and reports are made of.

pub mod cfn_resource;
pub mod chain;
pub mod check;
pub mod finding;
pub mod membership;
pub mod remediation;
pub mod status;
