//! An audit of the facts in a file.

use std::path::Path;

use super::Subject;
use crate::account::{Account, snapshot};
use crate::cli::Auditing;
use crate::config::Config;
use crate::error::Error;
use crate::expectations::Origin;
use crate::files;
use crate::report::Source;

/// The account in a file, with what its operator expected; flags come first.
pub(super) fn open(path: &Path, options: &Auditing, config: &Config) -> Result<Subject, Error> {
    let text = files::read(path, "snapshot")?;
    let snapshot::Recorded { recorded_at, expectations, config: config_name, facts } =
        snapshot::read(&text).map_err(|why| {
            Error::usage(
                format!("the snapshot {} cannot be judged: {why}", path.display()),
                "record one with `stagecheck audit --record FILE`, or update stagecheck if it is from a newer one",
            )
        })?;
    let expectations =
        expectations.overridden(config.wishes(), Origin::Config).overridden(options.wishes(), Origin::Flag);
    Ok(Subject {
        account: Account::recorded(facts, recorded_at),
        expectations,
        source: Source::Snapshot,
        config: config_name,
    })
}
