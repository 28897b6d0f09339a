//! The IDs of checks as values: all of them are offered for completion, and every word is accepted, since the stage decides.

use std::collections::BTreeSet;

use clap::builder::{PossibleValue, TypedValueParser};

use crate::checks::STAGES;

/// The parser of a check's ID.
#[derive(Debug, Clone, Copy)]
pub(super) struct CheckId;

impl TypedValueParser for CheckId {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let ids: BTreeSet<&str> = STAGES.iter().flat_map(|stage| stage.checks).map(|check| check.id).collect();
        Some(Box::new(ids.into_iter().map(PossibleValue::new)))
    }
}
