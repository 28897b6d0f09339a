//! An audit of AWS itself: credentials, the home region, and who watches the calls.

use std::io::IsTerminal;
use std::time::Duration;

use jiff::Timestamp;

use super::Subject;
use crate::account::{Account, CallObserver};
use crate::aws::{AmbientOrigin, Aws, ConnectError, Options, Setup};
use crate::cli::{Auditing, Global};
use crate::commands::progress;
use crate::config::file::Config;
use crate::config::settings::{PartialSettings, SettingSource, Settings};
use crate::io::error::Error;
use crate::report::Source;

/// The deadline of an audit where neither `--timeout` nor the config file names one.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) async fn open(options: &Auditing, global: Global, config: &Config) -> Result<Subject, Error> {
    let profile = options.profile.as_ref().or(config.profile.as_ref());
    let setup = Setup::read(profile.map(String::as_str)).map_err(|error| no_credentials(&error))?;
    let mut expectations = Settings::default();
    if let Some((region, origin)) = setup.region().map_err(|error| no_credentials(&error))? {
        let origin = match origin {
            AmbientOrigin::Environment => SettingSource::Environment,
            AmbientOrigin::Profile => SettingSource::Profile,
        };
        expectations = expectations
            .overridden(PartialSettings { home_region: Some(region), ..PartialSettings::default() }, origin);
    }
    let expectations = expectations
        .overridden(config.wishes(), SettingSource::Config)
        .overridden(environment(), SettingSource::Environment)
        .overridden(options.wishes(), SettingSource::Flag);
    expectations.check_ambient()?;

    let timeout = match options.timeout.or(config.timeout) {
        // More seconds than a clock can count are no deadline at all.
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        None => Some(TIMEOUT),
    };
    let reach = Options { home_region: expectations.home().to_owned(), timeout };
    let aws = Aws::connect(setup, reach).await.map_err(|error| no_credentials(&error))?;
    let account = Account::live(Box::new(aws), Timestamp::now(), timeout, watcher(options, global));
    Ok(Subject { account, expectations, source: Source::Live, config: None, waivers: Vec::new() })
}

/// The settings of the program's own variables.
fn environment() -> PartialSettings {
    let home_region = std::env::var("STAGECHECK_REGION").ok().filter(|region| !region.is_empty());
    PartialSettings { home_region, ..PartialSettings::default() }
}

fn no_credentials(error: &ConnectError) -> Error {
    if error.is_usage() {
        Error::usage(error.to_string(), error.help())
    } else {
        Error::no_audit(error.to_string(), error.help())
    }
}

fn watcher(options: &Auditing, global: Global) -> CallObserver {
    if global.verbose {
        progress::every_call()
    } else if !options.no_progress && !global.quiet && std::io::stderr().is_terminal() {
        progress::on_a_terminal()
    } else {
        progress::none()
    }
}
