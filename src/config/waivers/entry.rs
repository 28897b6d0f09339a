//! A waiver as it is written in the config file, and the line that an error names.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{Fault, Waiver};

/// What a `[[waiver]]` of the config file says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    finding: Spanned<String>,
    resource: Option<Spanned<String>>,
    reason: Spanned<String>,
    owner: Spanned<String>,
    until: Spanned<toml::Value>,
}

/// A waiver that is sound, and the lines of what only others can judge, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The waiver.
    pub waiver: Waiver,
    /// The line of its `finding`: only the checks tell whether there is such a finding.
    pub finding_line: usize,
    /// The line of its `until`: only the audit's clock tells whether that is too far off.
    pub until_line: usize,
}

impl Entry {
    /// The waiver; `text` is the file that it stands in.
    ///
    /// # Errors
    /// What is wrong with it, with its line.
    pub fn read(self, text: &str) -> Result<Placed, String> {
        let on = |start: usize, why: &str| format!("line {}: {why}", line(text, start));
        let Entry { finding, resource, reason, owner, until } = self;
        let starts = |fault: &Fault| match fault {
            Fault::Empty("reason") => reason.span().start,
            Fault::Empty("owner") => owner.span().start,
            Fault::Empty(_) => resource.as_ref().map_or(finding.span().start, |resource| resource.span().start),
            Fault::TooFar { .. } => until.span().start,
        };
        let day = day(until.get_ref()).ok_or_else(|| {
            on(
                until.span().start,
                "a waiver's until is a date without quotes and without a time, such as \
                                    2027-03-01",
            )
        })?;
        let waiver = Waiver {
            finding: finding.get_ref().clone(),
            resource: resource.as_ref().map(|resource| resource.get_ref().clone()),
            reason: reason.get_ref().clone(),
            owner: owner.get_ref().clone(),
            until: day,
        };
        if let Err(fault) = waiver.is_sound() {
            return Err(on(starts(&fault), &cannot_stand(&fault)));
        }
        Ok(Placed {
            waiver,
            finding_line: line(text, finding.span().start),
            until_line: line(text, until.span().start),
        })
    }
}

/// The day that is written, if it is one, of the calendar, and nothing more.
fn day(until: &toml::Value) -> Option<Date> {
    match until.as_datetime()? {
        toml::value::Datetime { date: Some(date), time: None, offset: None } => {
            Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
        }
        _ => None,
    }
}

/// The line of a place in a text, counted from 1.
pub(crate) fn line(text: &str, start: usize) -> usize {
    text.get(..start).map_or(1, |before| before.matches('\n').count() + 1)
}

/// The sentence of a waiver that is refused.
pub(crate) fn cannot_stand(why: &dyn std::fmt::Display) -> String {
    format!("a waiver is invalid: {why}")
}
