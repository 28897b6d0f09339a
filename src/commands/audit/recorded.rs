//! An audit of the facts in a file.

use std::path::Path;

use super::Subject;
use crate::account::Account;
use crate::checks::{self, STAGES};
use crate::cli::Auditing;
use crate::config::file::Config;
use crate::config::settings::SettingSource;
use crate::config::waivers;
use crate::io::error::Error;
use crate::io::files;
use crate::model::check::Stage;
use crate::report::Source;
use crate::report::snapshot;
use crate::report::waivers::{Misfit, fits};

/// The account in a file, with what its operator expected; flags come first.
pub(super) fn open(path: &Path, options: &Auditing, config: &Config) -> Result<(Subject, &'static Stage), Error> {
    let (mut subject, stage) = read(&files::read(path, "snapshot")?, path)?;
    subject.expectations = subject
        .expectations
        .overridden(config.wishes(), SettingSource::Config)
        .overridden(options.wishes(), SettingSource::Flag);
    Ok((subject, stage))
}

/// The account in the text of a file, with what its operator expected and waived.
pub(super) fn read(text: &str, path: &Path) -> Result<(Subject, &'static Stage), Error> {
    let unusable = |why: &dyn std::fmt::Display| {
        Error::usage(
            format!("the snapshot {} can't be audited: {why}", path.display()),
            "record one with `stagecheck audit --record FILE`, or update stagecheck if it is from a newer version",
        )
    };
    let snapshot::Recorded { stage, recorded_at, expectations, config, waivers, facts } =
        snapshot::read(text).map_err(|why| unusable(&why))?;
    // An older snapshot names none, since there was but one.
    let stage = checks::stage(stage.as_deref()).map_err(|error| unusable(&error.message))?;
    let today = waivers::day(recorded_at);
    for waiver in &waivers {
        let refused =
            |why: &dyn std::fmt::Display| unusable(&format!("its waiver of {} is invalid: {why}", waiver.name()));
        waiver.is_sound().and_then(|()| waiver.is_within_a_year_of(today)).map_err(|fault| refused(&fault))?;
        match fits(waiver, STAGES) {
            // Which requirements there are changes from version to version, so one that there is not is only unmatched.
            Ok(()) | Err(Misfit::NoSuchFinding { .. }) => {}
            Err(never) => return Err(refused(&never)),
        }
    }
    let subject = Subject {
        account: Account::recorded(facts, recorded_at),
        expectations,
        source: Source::Snapshot,
        config,
        waivers,
    };
    Ok((subject, stage))
}
