//! Whether there is anything that a waiver may be for.

use crate::config::waivers::Waiver;
use crate::model::check::{Check, Stage};

/// Why a waiver is for nothing, whatever the account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Nobody may answer for that check's failures.
    #[error("{0} can never be waived: whoever controls the root user controls the account")]
    NeverWaived(String),
    /// No check has such a requirement.
    #[error("there is no finding {id:?}{hint}")]
    NoSuchFinding {
        /// What was named.
        id: String,
        /// What may have been meant.
        hint: String,
    },
}

/// # Errors
/// No check of these stages has the requirement that the waiver is for, or it is never waived.
pub fn fits(waiver: &Waiver, stages: &[&Stage]) -> Result<(), Misfit> {
    let id = waiver.finding.as_str();
    let checks: Vec<&Check> = stages.iter().flat_map(|stage| stage.checks).copied().collect();
    let named = checks.iter().find(|check| id.split('/').next() == Some(check.id));
    match named {
        Some(check) if !check.waivable => Err(Misfit::NeverWaived(id.to_owned())),
        Some(check) if check.requirements.iter().any(|requirement| requirement.id == id) => Ok(()),
        _ => Err(Misfit::NoSuchFinding { id: id.to_owned(), hint: hint(named.copied(), &checks) }),
    }
}

/// What may have been meant.
fn hint(named: Option<&Check>, checks: &[&Check]) -> String {
    let Some(check) = named else {
        let checks: Vec<&str> = checks.iter().map(|check| check.id).collect();
        return format!("; it starts with a check's ID, one of {}", checks.join(", "));
    };
    let requirements: Vec<&str> = check.requirements.iter().map(|requirement| requirement.id).collect();
    format!("; those of {} are {}", check.id, requirements.join(", "))
}
