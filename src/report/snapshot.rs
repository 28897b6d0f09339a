//! A snapshot: the facts of one audit in a file, with its clock and its expectations, and where they came from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::account::facts::Facts;
use crate::config::settings::Settings;
use crate::config::waivers::Waiver;

/// The schema that this version writes, and the newest that it reads.
pub const SCHEMA_VERSION: u64 = 1;

/// What a snapshot file holds.
#[derive(Serialize)]
pub struct Snapshot<'a> {
    schema_version: u64,
    tool: Tool,
    stage: &'a str,
    recorded_at: Timestamp,
    expectations: &'a Settings,
    config: Option<&'a str>,
    waivers: &'a [Waiver],
    facts: &'a Facts,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// A snapshot that was read.
pub struct Recorded {
    /// The name of the stage that was audited; an older snapshot has none.
    pub stage: Option<String>,
    /// The clock of the audit that recorded it.
    pub recorded_at: Timestamp,
    /// What its operator required.
    pub expectations: Settings,
    /// The config file that its operator used, if any.
    pub config: Option<String>,
    /// The waivers of that audit, as they were written.
    pub waivers: Vec<Waiver>,
    /// Its facts; what it lacks, or holds in a form that does not suffice, is not collected.
    pub facts: Facts,
}

/// Why a file is no snapshot that can be judged.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or not an object.
    #[error("it isn't JSON: {0}")]
    NotJson(serde_json::Error),
    /// JSON, but not a snapshot.
    #[error("it isn't a snapshot of stagecheck: {0}")]
    NotASnapshot(String),
    /// Written by a newer version.
    #[error("its schema is version {0}, and this version of stagecheck reads up to {SCHEMA_VERSION}")]
    Newer(u64),
}

/// The text of a snapshot of these facts. Maps are sorted, so that the same facts give the same text.
///
/// # Errors
/// None in practice: every fact can be written as JSON.
pub fn write(
    stage: &str,
    recorded_at: Timestamp,
    expectations: &Settings,
    config: Option<&str>,
    waivers: &[Waiver],
    facts: &Facts,
) -> Result<String, serde_json::Error> {
    let tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
    let snapshot =
        Snapshot { schema_version: SCHEMA_VERSION, tool, stage, recorded_at, expectations, config, waivers, facts };
    let mut text = serde_json::to_string_pretty(&snapshot)?;
    text.push('\n');
    Ok(text)
}

/// Reads a snapshot.
///
/// # Errors
/// The text is not JSON, is not a snapshot, or is one of a newer schema. Facts that it lacks are no error.
pub fn read(text: &str) -> Result<Recorded, ReadError> {
    let no_snapshot = |error: serde_json::Error| ReadError::NotASnapshot(error.to_string());
    // Member by member as text: a tree of values would take many times the room of the file.
    let whole: &RawValue = serde_json::from_str(text).map_err(ReadError::NotJson)?;
    let members: BTreeMap<String, &RawValue> =
        serde_json::from_str(whole.get()).map_err(|_| ReadError::NotASnapshot("it isn't an object".to_owned()))?;
    let member = |name: &str| {
        members.get(name).map(|value| value.get()).ok_or_else(|| ReadError::NotASnapshot(format!("it has no {name}")))
    };
    match serde_json::from_str(member("schema_version")?) {
        Err(error) => return Err(no_snapshot(error)),
        Ok(version) if version > SCHEMA_VERSION => return Err(ReadError::Newer(version)),
        Ok(_) => {}
    }
    let facts = member("facts")?;
    Ok(Recorded {
        stage: serde_json::from_str(members.get("stage").map_or("null", |value| value.get())).map_err(no_snapshot)?,
        recorded_at: serde_json::from_str(member("recorded_at")?).map_err(no_snapshot)?,
        expectations: serde_json::from_str(member("expectations")?).map_err(no_snapshot)?,
        config: serde_json::from_str(members.get("config").map_or("null", |value| value.get())).map_err(no_snapshot)?,
        // An older snapshot has none.
        waivers: serde_json::from_str(members.get("waivers").map_or("[]", |value| value.get())).map_err(no_snapshot)?,
        facts: serde_json::from_str(facts).map_err(no_snapshot)?,
    })
}
