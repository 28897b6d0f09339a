//! Waivers: failures that somebody answers for, until a day. A waived failure stays a failure; it only does not gate.
//!
//! A waiver excuses what was *seen* to fail, and nothing else: what was not seen, a warning and the root user's MFA are never waived.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::checks::Stage;
use crate::iam;
use crate::model::finding::Finding;

mod apply;
mod entry;

pub use apply::{Standing, State, apply};
pub(crate) use entry::line;
pub use entry::{Entry, Placed};

/// The check that is never waived: whoever has the root user has the account, and no policy binds it.
const NEVER: &str = "root-mfa";

/// Somebody answers for a failure, until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The requirement's id, e.g. `billing-alarm/threshold`.
    pub finding: String,
    /// Which resources: a pattern with `*` and `?` over the whole ARN or name. Without one, only a failure that is about no resource:
    /// what somebody forgets to write must not excuse resources that do not exist yet.
    #[serde(deserialize_with = "crate::account::facts::required")]
    pub resource: Option<String>,
    /// Why it may stay as it is.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day, in UTC, on which it excuses anything.
    pub until: Date,
}

/// What a finding that is waived tells of its waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// Why it may stay as it is.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day, in UTC.
    pub until: Date,
}

/// What is wrong with a waiver, whatever the account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A text that must say something says nothing.
    #[error("its {0} is empty")]
    Empty(&'static str),
    /// The check whose failures are never waived.
    #[error("{0} can never be waived: whoever has the root user has the account")]
    Root(String),
    /// No check has such a requirement.
    #[error("there is no finding {0:?}")]
    NoSuchFinding(String),
    /// A waiver is for a year at most, or it is no waiver but another expectation.
    #[error("it is until {until}, more than a year after {today}, the day of the audit")]
    TooFar {
        /// The waiver's day.
        until: Date,
        /// The audit's day.
        today: Date,
    },
}

/// The day of a clock, in UTC.
#[must_use]
pub fn day(clock: Timestamp) -> Date {
    Offset::UTC.to_datetime(clock).date()
}

impl Waiver {
    /// # Errors
    /// It says nothing of who and why, or it is for what is never waived.
    pub fn is_sound(&self) -> Result<(), Fault> {
        let texts =
            [("reason", Some(&self.reason)), ("owner", Some(&self.owner)), ("resource", self.resource.as_ref())];
        for (name, text) in texts {
            if text.is_some_and(|text| text.trim().is_empty()) {
                return Err(Fault::Empty(name));
            }
        }
        if self.finding.split('/').next() == Some(NEVER) {
            return Err(Fault::Root(self.finding.clone()));
        }
        Ok(())
    }

    /// # Errors
    /// No check of the stage has the requirement that it is for.
    pub fn is_of(&self, stage: &Stage) -> Result<(), Fault> {
        let known = stage.checks.iter().flat_map(|check| check.requirements).any(|one| one.id == self.finding);
        if known { Ok(()) } else { Err(Fault::NoSuchFinding(self.finding.clone())) }
    }

    /// # Errors
    /// It is for more than a year from `today` on.
    pub fn is_within_a_year_of(&self, today: Date) -> Result<(), Fault> {
        // Where the calendar ends, nothing lies beyond it.
        let latest = today.checked_add(1.year()).unwrap_or(Date::MAX);
        if self.until <= latest { Ok(()) } else { Err(Fault::TooFar { until: self.until, today }) }
    }

    /// Whether it excuses nothing any more.
    #[must_use]
    pub fn has_expired(&self, today: Date) -> bool {
        self.until < today
    }

    /// Whether it is for this finding, whatever that comes to.
    #[must_use]
    pub fn is_for(&self, finding: &Finding) -> bool {
        finding.id == self.finding
            && match (&self.resource, &finding.subject.resource) {
                (None, None) => true,
                (Some(pattern), Some(resource)) => iam::matches(pattern, resource),
                (Some(_), None) | (None, Some(_)) => false,
            }
    }

    /// What it is for, as people are told.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.resource {
            Some(resource) => format!("{} of {resource}", self.finding),
            None => self.finding.clone(),
        }
    }
}

impl From<&Waiver> for Waived {
    fn from(waiver: &Waiver) -> Self {
        Waived { reason: waiver.reason.clone(), owner: waiver.owner.clone(), until: waiver.until }
    }
}

#[cfg(test)]
mod tests;
