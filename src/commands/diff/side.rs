//! One side of a comparison: a file, read as what it holds.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::document::{Document, SCHEMA_VERSION};
use crate::cli::formats::Format;
use crate::commands::audit;
use crate::io::error::Error;
use crate::io::files;
use crate::io::stdout::unprintable;
use crate::io::terminal::Style;

/// A file and the report that it holds or comes to.
pub(super) struct Side {
    /// Its name, as it was given.
    pub(super) file: String,
    pub(super) kind: Kind,
    pub(super) report: Document,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Report,
    Snapshot,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Kind::Report => "report",
            Kind::Snapshot => "snapshot",
        }
    }
}

/// What tells a report from a snapshot.
#[derive(Deserialize)]
struct Probe {
    schema_version: Option<Value>,
    facts: Option<IgnoredAny>,
    checks: Option<IgnoredAny>,
}

impl Side {
    /// # Errors
    /// The file cannot be read, or is neither a report nor a snapshot that this version understands.
    pub(super) fn read(path: &Path) -> Result<Side, Error> {
        let text = files::read(path, "report or snapshot")?;
        let unusable = |why: &dyn std::fmt::Display| {
            Error::usage(
                format!("{} can't be compared: {why}", path.display()),
                "give a report of `stagecheck audit --format json`, or a snapshot of `stagecheck audit --record`",
            )
        };
        let probe: Probe = serde_json::from_str(&text).map_err(|error| {
            unusable(&format!(
                "it isn't a JSON file of stagecheck: \
                {error}"
            ))
        })?;
        let (kind, report) = match probe {
            Probe { facts: Some(_), .. } => (Kind::Snapshot, judged(&text, path)?),
            Probe { checks: None, .. } => {
                return Err(unusable(&"it has neither the checks of a report nor the data of a snapshot"));
            }
            Probe { schema_version: version, .. } => match version.as_ref().and_then(Value::as_u64) {
                None => return Err(unusable(&"it has no schema_version")),
                Some(version) if version > SCHEMA_VERSION => {
                    let why = format!(
                        "its schema is version {version}, and this version of stagecheck reads up to {SCHEMA_VERSION}"
                    );
                    return Err(unusable(&why));
                }
                Some(_) => (Kind::Report, text),
            },
        };
        let report = serde_json::from_str(&report).map_err(|error| {
            unusable(&format!(
                "it isn't a report of stagecheck: \
                {error}"
            ))
        })?;
        Ok(Side { file: path.display().to_string(), kind, report })
    }
}

/// The report of a snapshot, as it would be written.
fn judged(snapshot: &str, path: &Path) -> Result<String, Error> {
    let report = audit::of_snapshot(snapshot, path)?;
    let mut text = Vec::new();
    Format::Json.write(&report, &Style::plain(), &mut text).map_err(|error| unprintable(&error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
