//! A JSON report, version 1, as it is read: what a comparison needs of it. Keys that it does not know are passed over, since the report
//! is only ever added to; a key that an older one lacks says nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::model::status::Status;
use crate::report::Verdict;

/// The newest schema that is read.
pub(super) const SCHEMA_VERSION: u64 = 1;

#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) tool: Tool,
    pub(super) stage: String,
    #[serde(deserialize_with = "verdict")]
    pub(super) verdict: Verdict,
    pub(super) headline: String,
    #[serde(default)]
    pub(super) strict: bool,
    pub(super) generated_at: Timestamp,
    pub(super) account: Account,
    #[serde(default)]
    pub(super) settings: Expectations,
    pub(super) checks: Vec<Check>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    pub(super) version: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) id: Option<String>,
    pub(super) home_region: Option<String>,
    pub(super) billing_region: Option<String>,
    #[serde(default)]
    pub(super) organization: Organization,
}

/// The account's place in an organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Organization {
    Standalone,
    Management,
    Member,
    #[default]
    Unknown,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Expectations {
    pub(super) topic: Option<String>,
    pub(super) threshold: Option<f64>,
    /// What is expected of an organization, by name; absent in a stage that expects nothing of one.
    pub(super) organization: Option<BTreeMap<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Check {
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) summary: String,
    pub(super) findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Finding {
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) message: String,
    pub(super) resource: Option<String>,
    pub(super) region: Option<String>,
    pub(super) waived: Option<Waived>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Waived {
    pub(super) reason: String,
    pub(super) owner: String,
    pub(super) until: String,
}

fn verdict<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Verdict, D::Error> {
    let word = String::deserialize(deserializer)?;
    [Verdict::Ready, Verdict::SelectedPassed, Verdict::Undetermined, Verdict::NotReady]
        .into_iter()
        .find(|verdict| verdict.word() == word)
        .ok_or_else(|| de::Error::custom(format!("unknown verdict {word:?}")))
}
