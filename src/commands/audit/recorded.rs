//! An audit of the facts in a file.

use std::path::Path;

use super::Subject;
use crate::account::Account;
use crate::checks::{SINGLE_ACCOUNT, STAGES};
use crate::cli::Auditing;
use crate::config::file::Config;
use crate::config::settings::SettingSource;
use crate::config::waivers;
use crate::io::error::Error;
use crate::io::files;
use crate::report::Source;
use crate::report::snapshot;
use crate::report::waivers::{Misfit, fits};

/// The account in a file, with what its operator expected; flags come first.
pub(super) fn open(path: &Path, options: &Auditing, config: &Config) -> Result<Subject, Error> {
    let mut subject = read(&files::read(path, "snapshot")?, path)?;
    subject.expectations = subject
        .expectations
        .overridden(config.wishes(), SettingSource::Config)
        .overridden(options.wishes(), SettingSource::Flag);
    Ok(subject)
}

/// The account in the text of a file, with what its operator expected and waived.
pub(super) fn read(text: &str, path: &Path) -> Result<Subject, Error> {
    let unusable = |why: &dyn std::fmt::Display| {
        Error::usage(
            format!("the snapshot {} cannot be judged: {why}", path.display()),
            "record one with `stagecheck audit --record FILE`, or update stagecheck if it is from a newer one",
        )
    };
    let snapshot::Recorded { stage, recorded_at, expectations, config, waivers, facts } =
        snapshot::read(text).map_err(|why| unusable(&why))?;
    // The checks of another stage have read other facts, so a verdict on them would be about nothing that was asked.
    if let Some(stage) = stage.filter(|stage| stage != SINGLE_ACCOUNT.id) {
        return Err(unusable(&format!(
            "its stage is {stage:?}, and this version of stagecheck evaluates {} only",
            SINGLE_ACCOUNT.id
        )));
    }
    let today = waivers::day(recorded_at);
    for waiver in &waivers {
        let refused =
            |why: &dyn std::fmt::Display| unusable(&format!("its waiver of {} cannot stand: {why}", waiver.name()));
        waiver.is_sound().and_then(|()| waiver.is_within_a_year_of(today)).map_err(|fault| refused(&fault))?;
        match fits(waiver, STAGES) {
            // Which requirements there are changes from version to version, so one that there is not is only unmatched.
            Ok(()) | Err(Misfit::NoSuchFinding { .. }) => {}
            Err(never) => return Err(refused(&never)),
        }
    }
    Ok(Subject {
        account: Account::recorded(facts, recorded_at),
        expectations,
        source: Source::Snapshot,
        config,
        waivers,
    })
}
