//! The account to audit: AWS, or the facts in a file.

use std::path::Path;

use crate::account::{Account, snapshot};
use crate::cli::Audit;
use crate::config::Config;
use crate::error::Error;
use crate::expectations::{Expectations, Origin};
use crate::files;
use crate::report::Source;

/// The account, what is expected of it, and where both came from.
pub(super) struct Subject {
    pub(super) account: Account,
    pub(super) expectations: Expectations,
    pub(super) source: Source,
    /// The config file that a snapshot's operator used.
    pub(super) config: Option<String>,
}

#[cfg_attr(not(feature = "live"), expect(clippy::unused_async, reason = "with the `live` feature it asks AWS"))]
pub(super) async fn open(options: &Audit, config: &Config) -> Result<Subject, Error> {
    match &options.snapshot {
        Some(path) => recorded(path, options, config),
        #[cfg(feature = "live")]
        None => super::live::open(options, config).await,
        #[cfg(not(feature = "live"))]
        None => Err(Error::usage(
            "this build cannot ask AWS: it was made without the `live` feature",
            "audit a file with --snapshot, or build the whole with `cargo build --release`",
        )),
    }
}

fn recorded(path: &Path, options: &Audit, config: &Config) -> Result<Subject, Error> {
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
