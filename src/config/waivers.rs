//! Waivers as they are written: failures that somebody answers for, until a day. What they are for is not known here.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

mod entry;

pub use entry::{Entry, Placed};
pub(crate) use entry::{cannot_stand, line};

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

/// What is wrong with a waiver, whatever the account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A text that must say something says nothing.
    #[error("its {0} is empty")]
    Empty(&'static str),
    /// A waiver is for a year at most, or it is no waiver but another expectation.
    #[error("its end is {until}, more than a year after {today}, the day of the audit")]
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
    /// It says nothing of who and why.
    pub fn is_sound(&self) -> Result<(), Fault> {
        let texts =
            [("reason", Some(&self.reason)), ("owner", Some(&self.owner)), ("resource", self.resource.as_ref())];
        for (name, text) in texts {
            if text.is_some_and(|text| text.trim().is_empty()) {
                return Err(Fault::Empty(name));
            }
        }
        Ok(())
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

    /// What it is for, as people are told.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.resource {
            Some(resource) => format!("{} of {resource}", self.finding),
            None => self.finding.clone(),
        }
    }
}
