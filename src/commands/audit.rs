//! `stagecheck audit`: from the options to a report on standard output.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::account::unavailable::help_to_reach_aws;
use crate::account::{Account, Cause};
use crate::checks::{self, STAGES};
use crate::cli::formats::Format;
use crate::cli::{Audit, Auditing};
use crate::config::file::{Config, FILE_NAME, invalid_on};
use crate::config::settings::Settings;
use crate::config::waivers::{self, Waiver, cannot_stand};
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::files::{Access, Output};
use crate::io::stdout::{to_stdout, unprintable};
use crate::io::terminal::{Style, clean};
use crate::model::check::{Check, Stage};
use crate::render;
use crate::report::snapshot;
use crate::report::waivers::{apply, fits};
use crate::report::{AccountHeader, CheckReport, MissingPermission, Report, Source};

#[cfg(test)]
mod growth;
#[cfg(test)]
mod hostile;
#[cfg(feature = "live")]
mod live;
#[cfg(test)]
mod prefixes;
mod recorded;
#[cfg(test)]
mod rounds;

/// Audits an account and writes the report.
///
/// # Errors
/// Bad usage, or no audit could be made.
pub(crate) fn run(options: &Audit) -> Result<ExitStatus, Error> {
    let prepared = Prepared::new(&options.auditing)?;
    let outputs = Outputs::open(options)?;
    let record = options.record.as_deref().map(|path| Output::open(path, Access::Private)).transpose()?;
    let (_, report) = prepared.audit(record)?;
    for message in report.waivers.iter().filter_map(|standing| standing.message.as_ref()) {
        let _ = writeln!(io::stderr(), "warning: {}", clean(message));
    }
    outputs.write(&report, options.full)?;
    print(options, &report)?;
    Ok(report.exit_status())
}

/// The audit that these options ask for, for whoever shows it in another way: the account as far as it was asked, and the report.
///
/// # Errors
/// Bad usage, or no audit could be made.
pub(crate) fn audited_by(options: &Auditing) -> Result<(Account, Report), Error> {
    Prepared::new(options)?.audit(None)
}

/// The report of a snapshot as its own operator would have it: by what it holds of expectations and waivers, all checks.
///
/// # Errors
/// The text is no snapshot that can be judged; `name` is its file's.
pub(crate) fn of_snapshot(text: &str, name: &Path) -> Result<Report, Error> {
    let (subject, stage) = recorded::read(text, name)?;
    runtime()?.block_on(async { Ok(subject.judged(Selection::all(stage), false).await) })
}

/// One thread serves: the work is waiting for AWS.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Error::no_audit(format!("the program cannot run: {error}"), "see that the system has resources left")
    })
}

/// All that can be refused before anything is asked or written.
struct Prepared<'a> {
    options: &'a Auditing,
    config_path: Option<PathBuf>,
    config: Config,
    selection: Selection,
    /// The account in a file, if it is one.
    recorded: Option<Subject>,
}

impl<'a> Prepared<'a> {
    fn new(options: &'a Auditing) -> Result<Self, Error> {
        options.wishes().check().map_err(|misnamed| Error::usage(format!("--{misnamed}"), misnamed.help))?;
        let config = match &options.snapshot {
            // A snapshot's report is the same everywhere, so the working folder has no say in it.
            Some(_) if options.config.is_none() => None,
            _ => Config::find(options.config.as_deref())?,
        };
        let (config_path, config) = match config {
            Some((path, config)) => (Some(path), config),
            None => (None, Config::default()),
        };
        for placed in config.waivers().unwrap_or_default() {
            let name = config_path.as_ref().map(|path: &PathBuf| path.display().to_string()).unwrap_or_default();
            fits(&placed.waiver, STAGES).map_err(|why| invalid_on(&name, placed.finding_line, &cannot_stand(&why)))?;
        }
        let named = options.stage.as_deref().or(config.stage.as_deref());
        let (recorded, stage) = match &options.snapshot {
            Some(path) => {
                let (subject, of_snapshot) = recorded::open(path, options, &config)?;
                let stage = named.map_or(Ok(of_snapshot), |id| checks::stage(Some(id)))?;
                if stage.id != of_snapshot.id {
                    let _ = writeln!(
                        io::stderr(),
                        "warning: the snapshot was recorded for stage {}, so data that only {} needs is unknown",
                        of_snapshot.id,
                        stage.id
                    );
                }
                (Some(subject), stage)
            }
            None => (None, checks::stage(named)?),
        };
        let selection = Selection::new(stage, options, &config)?;
        Ok(Prepared { options, config_path, config, selection, recorded })
    }

    fn audit(self, record: Option<Output>) -> Result<(Account, Report), Error> {
        runtime()?.block_on(self.audit_with(record))
    }

    async fn audit_with(self, record: Option<Output>) -> Result<(Account, Report), Error> {
        let Prepared { options, config_path, config, selection, recorded } = self;
        let mut subject = match recorded {
            Some(subject) => subject,
            None => Subject::open(options, &config).await?,
        };
        subject.config = config_path.map(|path| path.display().to_string()).or(subject.config);
        if let Some(waivers) = config.waivers_on(subject.today(), subject.config.as_deref().unwrap_or(FILE_NAME)) {
            subject.waivers = waivers?;
        }
        if let Some(expected) = options.expect_account.as_ref().or(config.expect_account.as_ref()) {
            expect_account(&subject.account, expected).await?;
        }
        let report = subject.judged(selection, options.strict || config.strict.unwrap_or(false)).await;
        audited(&subject.account, &report.account)?;
        if let Some(record) = record {
            record.finish(subject.snapshot(report.stage)?.as_bytes())?;
        }
        Ok((subject.account, report))
    }
}

/// The account, what is expected of it, and where both came from.
struct Subject {
    account: Account,
    expectations: Settings,
    source: Source,
    /// The config file that was read, or that a snapshot's operator used.
    config: Option<String>,
    /// The waivers of the config file, or of a snapshot's operator.
    waivers: Vec<Waiver>,
}

impl Subject {
    #[cfg(feature = "live")]
    async fn open(options: &Auditing, config: &Config) -> Result<Subject, Error> {
        live::open(options, config).await
    }

    #[cfg(not(feature = "live"))]
    #[expect(clippy::unused_async, reason = "with the `live` feature it asks AWS")]
    async fn open(_: &Auditing, _: &Config) -> Result<Subject, Error> {
        Err(Error::usage(
            "this build cannot ask AWS: it was made without the `live` feature",
            "audit a file with --snapshot, or build the whole with `cargo build --release`",
        ))
    }

    /// The day of its clock, in UTC.
    fn today(&self) -> Date {
        waivers::day(self.account.now())
    }

    /// Its report: the checks side by side, and the waivers put to what they found.
    async fn judged(&self, selection: Selection, strict: bool) -> Report {
        let Subject { account, expectations, .. } = self;
        // Whoever asks thousands of facts side by side would else be put off by the runtime after each 128, all of them together, and
        // be woken in vain as often. Nobody else waits for this thread.
        let (header, mut judged) = tokio::task::unconstrained(async {
            tokio::join!(
                AccountHeader::of(account, expectations.home()),
                Stage::run(&selection.checks, account, expectations)
            )
        })
        .await;
        let waivers = apply(self.waivers.clone(), self.today(), &mut judged, &selection.left_out);
        Report {
            stage: selection.stage,
            generated_at: account.now(),
            source: self.source,
            account: header,
            expectations: expectations.clone(),
            config: self.config.clone(),
            checks: judged.into_iter().map(|(check, judged)| CheckReport::new(check, judged, expectations)).collect(),
            waivers,
            lacking: MissingPermission::of(&account.denied()),
            left_out: selection.left_out,
            strict,
        }
    }

    /// What it holds, as a snapshot.
    fn snapshot(&self, stage: &Stage) -> Result<String, Error> {
        let Subject { account, expectations, config, waivers, .. } = self;
        snapshot::write(stage.id, account.now(), expectations, config.as_deref(), waivers, account.facts())
            .map_err(|error| Error::usage(format!("the snapshot cannot be written: {error}"), "report this as a bug"))
    }
}

/// Which checks are judged.
struct Selection {
    stage: &'static Stage,
    checks: Vec<&'static Check>,
    left_out: Vec<&'static str>,
}

impl Selection {
    fn all(stage: &'static Stage) -> Self {
        Selection { stage, checks: stage.checks.to_vec(), left_out: Vec::new() }
    }

    fn new(stage: &'static Stage, options: &Auditing, config: &Config) -> Result<Self, Error> {
        // Flags replace what the file says: whoever types --only wants these and no others.
        let flagged = !options.only.is_empty() || !options.skip.is_empty();
        let (only, skip) = if flagged { (&options.only, &options.skip) } else { (&config.only, &config.skip) };
        for id in only.iter().chain(skip) {
            let found = stage.check(id).map(|_| ());
            let other = STAGES.iter().find(|other| other.checks.iter().any(|check| check.id == id));
            match (found, other) {
                (Ok(()), _) => {}
                // One file may serve every stage.
                (Err(_), Some(_)) if !flagged => {}
                (Err(_), Some(other)) => {
                    return Err(Error::usage(
                        format!("check {id} belongs to stage {}, not to {}", other.id, stage.id),
                        format!("add --stage {}, or leave {id} out", other.id),
                    ));
                }
                (Err(error), None) => return Err(error),
            }
        }
        let only: Vec<&String> = only.iter().filter(|id| stage.check(id).is_ok()).collect();
        let selected = |check: &&'static Check| {
            (only.is_empty() || only.iter().any(|id| *id == check.id)) && !skip.iter().any(|id| id == check.id)
        };
        let (checks, rest): (Vec<_>, Vec<_>) = stage.checks.iter().copied().partition(selected);
        if checks.is_empty() {
            return Err(Error::usage(
                "no check is left to judge",
                "name fewer checks with --skip, or more with --only",
            ));
        }
        Ok(Selection { stage, checks, left_out: rest.into_iter().map(|check| check.id).collect() })
    }
}

/// The files that the report is written to, each opened before the audit begins.
struct Outputs(Vec<(Format, Output)>);

impl Outputs {
    fn open(options: &Audit) -> Result<Self, Error> {
        let open = |file: &crate::cli::OutputFile| {
            let format = file.format.unwrap_or(options.format);
            Ok((format, Output::open(&file.path, Access::Usual)?))
        };
        options.output.iter().map(open).collect::<Result<_, _>>().map(Outputs)
    }

    fn write(self, report: &Report, full: bool) -> Result<(), Error> {
        for (format, output) in self.0 {
            let mut text = Vec::new();
            write(format, full, report, &Style::plain(), &mut text).map_err(|error| unprintable(&error))?;
            output.finish(&text)?;
        }
        Ok(())
    }
}

/// Ends an audit before any check when the credentials belong to another account.
async fn expect_account(account: &Account, expected: &str) -> Result<(), Error> {
    match account.caller().await {
        Ok(caller) if caller.get().account == expected => Ok(()),
        Ok(caller) => Err(Error::no_audit(
            format!("the credentials belong to account {}, not to {expected}", caller.get().account),
            "choose the profile of the account that you mean, or change --expect-account",
        )),
        Err(unavailable) => Err(Error::no_audit(
            format!("whose account the credentials belong to could not be seen: {}", unavailable.reason()),
            "run again, or without --expect-account",
        )),
    }
}

/// Tells an audit that saw little from one that could not be made: refused credentials, or AWS out of reach.
fn audited(account: &Account, header: &AccountHeader) -> Result<(), Error> {
    let Some(heard) = account.heard() else { return Ok(()) };
    let Err(unavailable) = &header.caller else { return Ok(()) };
    match &unavailable.cause {
        // A region that is not enabled answers as if the credentials were bad, but never that they have expired.
        Cause::Credentials { code } if !heard.accepted || code.contains("Expired") => Err(Error::no_audit(
            format!("AWS refused the credentials ({code})"),
            if code.contains("Expired") {
                "they have expired: sign in again (`aws sso login`, `aws login`) or export fresh ones"
            } else {
                "see whose they are with `aws sts get-caller-identity`, that --region is of the account's partition (GovCloud, China), and that the clock of this machine is right"
            },
        )),
        Cause::Unreachable { why } if !heard.anything => {
            Err(Error::no_audit(format!("AWS could not be reached: {why}"), help_to_reach_aws(why)))
        }
        Cause::TimedOut | Cause::CallTimedOut { .. } if !heard.anything => Err(Error::no_audit(
            format!("AWS did not answer in time: {}", unavailable.reason()),
            "see that this machine reaches the internet, or give the audit more seconds with --timeout",
        )),
        _ => Ok(()),
    }
}

/// The report on standard output, in the chosen form.
fn print(options: &Audit, report: &Report) -> Result<(), Error> {
    let mut text = Vec::new();
    let style = Style::of_stdout(options.auditing.color);
    let rendered = if options.auditing.quiet && options.format == Format::Table {
        render::verdict_line(report, &style, &mut text)
    } else {
        write(options.format, options.full, report, &style, &mut text)
    };
    rendered.map_err(|error| unprintable(&error))?;
    to_stdout(&text)
}

fn write(format: Format, full: bool, report: &Report, style: &Style, text: &mut Vec<u8>) -> io::Result<()> {
    if full && format == Format::Table {
        return render::table::write_full(report, style, text);
    }
    format.write(report, style, text)
}
