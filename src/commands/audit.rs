//! `stagecheck audit`: from the options to a report on standard output.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::account::unavailable::help_to_reach_aws;
use crate::account::{Account, Cause};
use crate::checks::{self, SINGLE_ACCOUNT, STAGES};
use crate::cli::formats::Format;
use crate::cli::{AuditOptions, Auditing, Global, OutputTarget};
use crate::config::file::{self, Config, FILE_NAME, invalid_on};
use crate::config::settings::Settings;
use crate::config::waivers::{self, Waiver, cannot_stand};
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::files::{Access, Output};
use crate::io::stdout::{to_stdout, unprintable};
use crate::io::terminal::{Style, clean};
use crate::model::check::{Check, Stage};
use crate::model::membership::Membership;
use crate::render;
use crate::report::snapshot;
use crate::report::waivers::{apply, fits};
use crate::report::{AccountHeader, CheckReport, MissingPermission, Report, Source};

#[cfg(test)]
mod foundations;
#[cfg(test)]
mod growth;
pub(crate) mod header;
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
pub(crate) fn run(options: &AuditOptions, global: Global) -> Result<ExitStatus, Error> {
    let prepared = Prepared::new(&options.auditing, global, None)?;
    let mut outputs = Outputs::open(options)?;
    let (_, report) = prepared.audit()?;
    for message in report.waivers.iter().filter_map(|standing| standing.message.as_ref()) {
        let _ = writeln!(io::stderr(), "warning: {}", clean(message));
    }
    outputs.files(&report, options.full, global)?;
    outputs.stdout(&report, options.full, global)?;
    Ok(if options.exit_zero { ExitStatus::Ready } else { report.exit_status() })
}

/// The audit that these options ask for, for whoever shows it in another way: the account as far as it was asked, and the report.
///
/// # Errors
/// Bad usage, or no audit could be made.
pub(crate) fn audited_by(options: &Auditing, global: Global) -> Result<(Account, Report), Error> {
    Prepared::new(options, global, None)?.audit()
}

/// The same in the first stage, whatever the config file and a snapshot say.
///
/// # Errors
/// Bad usage, or no audit could be made.
pub(crate) fn audited_in_the_first_stage(options: &Auditing, global: Global) -> Result<(Account, Report), Error> {
    Prepared::new(options, global, Some(&SINGLE_ACCOUNT))?.audit()
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
        Error::no_audit(format!("stagecheck can't run: {error}"), "check that the system has resources left")
    })
}

/// All that can be refused before anything is asked or written.
struct Prepared<'a> {
    options: &'a Auditing,
    global: Global,
    record: Option<Output>,
    config_path: Option<PathBuf>,
    config: Config,
    selection: Selection,
    /// The account in a file, if it is one.
    recorded: Option<Subject>,
}

impl<'a> Prepared<'a> {
    /// `fixed` is the stage of a command that has one of its own, whatever option and config file say.
    fn new(options: &'a Auditing, global: Global, fixed: Option<&Stage>) -> Result<Self, Error> {
        options.wishes().check().map_err(|misnamed| Error::usage(format!("--{misnamed}"), misnamed.help))?;
        let config = match &options.snapshot {
            // A snapshot's report is the same everywhere, so the directory has no say in it.
            Some(_) if options.config.is_none() => {
                not_used(global);
                None
            }
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
        let named = fixed.map(|stage| stage.id).or(options.stage.as_deref()).or(config.stage.as_deref());
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
        if let Some(option) = options.wishes().foundation.named().find(|name| !stage.settings.contains(name)) {
            let reads = STAGES.iter().find(|other| other.settings.contains(&option)).map_or("", |other| other.id);
            return Err(Error::usage(
                format!("--{option} has no effect in stage {}", stage.id),
                format!("add --stage {reads}, or leave the option out"),
            ));
        }
        let selection = Selection::new(stage, options, &config)?;
        let record = options.record.as_deref().map(|path| Output::open(path, Access::Private)).transpose()?;
        Ok(Prepared { options, global, record, config_path, config, selection, recorded })
    }

    fn audit(self) -> Result<(Account, Report), Error> {
        runtime()?.block_on(self.audited())
    }

    async fn audited(self) -> Result<(Account, Report), Error> {
        let Prepared { options, global, record, config_path, config, selection, recorded } = self;
        let mut subject = match recorded {
            Some(subject) => subject,
            None => Subject::open(options, global, &config).await?,
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
            wrote(options.record.as_deref(), global);
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
    async fn open(options: &Auditing, global: Global, config: &Config) -> Result<Subject, Error> {
        live::open(options, global, config).await
    }

    #[cfg(not(feature = "live"))]
    #[expect(clippy::unused_async, reason = "with the `live` feature it calls AWS")]
    async fn open(_: &Auditing, _: Global, _: &Config) -> Result<Subject, Error> {
        Err(Error::usage(
            "this build can't call AWS: it was built without the `live` feature",
            "audit a file with --snapshot, or build everything with `cargo build --release`",
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
            tokio::join!(header::of(account, expectations.home()), Stage::run(&selection.checks, account, expectations))
        })
        .await;
        let mut denied = account.denied();
        if matches!(header.membership, Ok(Membership::Standalone | Membership::Member(_))) {
            denied.retain(|unavailable| !unavailable.call.operation.is_of_an_organization());
        }
        let waivers = apply(self.waivers.clone(), self.today(), &mut judged, &selection.skipped);
        Report {
            stage: selection.stage,
            generated_at: account.now(),
            source: self.source,
            account: header,
            expectations: expectations.clone(),
            config: self.config.clone(),
            checks: judged.into_iter().map(|(check, judged)| CheckReport::new(check, judged, expectations)).collect(),
            waivers,
            missing_permissions: MissingPermission::of(&denied),
            skipped: selection.skipped,
            strict,
        }
    }

    /// What it holds, as a snapshot.
    fn snapshot(&self, stage: &Stage) -> Result<String, Error> {
        let Subject { account, expectations, config, waivers, .. } = self;
        snapshot::write(stage.id, account.now(), expectations, config.as_deref(), waivers, account.facts())
            .map_err(|error| Error::usage(format!("the snapshot can't be written: {error}"), "report this as a bug"))
    }
}

/// Which checks are judged.
struct Selection {
    stage: &'static Stage,
    checks: Vec<&'static Check>,
    skipped: Vec<&'static str>,
}

impl Selection {
    fn all(stage: &'static Stage) -> Self {
        Selection { stage, checks: stage.checks.to_vec(), skipped: Vec::new() }
    }

    fn new(stage: &'static Stage, options: &Auditing, config: &Config) -> Result<Self, Error> {
        // Flags replace what the file says: whoever types --only wants these and no others.
        let flagged = !options.only.is_empty() || !options.skip.is_empty();
        let (only, skip) = if flagged { (&options.only, &options.skip) } else { (&config.only, &config.skip) };
        for id in only.iter().chain(skip) {
            if let Some((check, _)) = id.split_once('/').filter(|(check, _)| checks::stage_with(check).is_some()) {
                return Err(Error::usage(
                    format!("{id} is a requirement of a check, and only whole checks can be selected"),
                    format!("select the check: {check}"),
                ));
            }
            // One file may serve every stage.
            if flagged || checks::stage_with(id).is_none() {
                checks::check_of(stage, id)?;
            }
        }
        let selected = |check: &&'static Check| {
            (only.is_empty() || only.iter().any(|id| id == check.id)) && !skip.iter().any(|id| id == check.id)
        };
        let (checks, rest): (Vec<_>, Vec<_>) = stage.checks.iter().copied().partition(selected);
        if checks.is_empty() {
            return Err(Error::usage("no check is left to run", "name fewer checks with --skip, or more with --only"));
        }
        Ok(Selection { stage, checks, skipped: rest.into_iter().map(|check| check.id).collect() })
    }
}

/// Where the report is written to. Each file is opened before the audit begins.
struct Outputs<'a> {
    files: Vec<(Format, &'a Path, Output)>,
    /// The format of standard output.
    stdout: Format,
}

impl<'a> Outputs<'a> {
    fn open(options: &'a AuditOptions) -> Result<Self, Error> {
        let mut outputs = Outputs { files: Vec::new(), stdout: options.format };
        let mut named = options.output.iter().filter(|output| output.target == OutputTarget::Stdout);
        if let (Some(first), None) = (named.next(), named.next()) {
            outputs.stdout = first.format.unwrap_or(options.format);
        } else if options.output.iter().any(|output| output.target == OutputTarget::Stdout) {
            return Err(Error::usage(
                "--output names standard output twice",
                "keep one `-`, and give the others a file",
            ));
        }
        for output in &options.output {
            if let OutputTarget::File(path) = &output.target {
                let format = output.format.unwrap_or(options.format);
                outputs.files.push((format, path, Output::open(path, Access::Usual)?));
            }
        }
        Ok(outputs)
    }

    fn files(&mut self, report: &Report, full: bool, global: Global) -> Result<(), Error> {
        for (format, path, output) in self.files.drain(..) {
            let mut text = Vec::new();
            write(format, full, report, &Style::plain(), &mut text).map_err(|error| unprintable(&error))?;
            output.finish(&text)?;
            wrote(Some(path), global);
        }
        Ok(())
    }

    fn stdout(&self, report: &Report, full: bool, global: Global) -> Result<(), Error> {
        let mut text = Vec::new();
        let style = global.style();
        let rendered = if global.quiet && self.stdout == Format::Table {
            render::verdict_line(report, &style, &mut text)
        } else {
            write(self.stdout, full, report, &style, &mut text)
        };
        rendered.map_err(|error| unprintable(&error))?;
        to_stdout(&text)
    }
}

/// Notes what an audit of a snapshot makes no use of.
fn not_used(global: Global) {
    let note = |text: &str| {
        if !global.quiet {
            let _ = writeln!(io::stderr(), "note: {text}");
        }
    };
    if let Some(path) = file::nearest() {
        let path = path.display();
        note(&clean(&format!("{path} is not used: the snapshot has its own settings. To use it, add --config {path}")));
    }
    if global.verbose {
        note("--verbose has no effect: an audit of a snapshot makes no API calls");
    }
}

/// Reports a file that was written.
fn wrote(path: Option<&Path>, global: Global) {
    if let Some(path) = path.filter(|_| !global.quiet) {
        let _ = writeln!(io::stderr(), "Wrote {}", clean(&path.display().to_string()));
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
            format!("the account of the credentials could not be read: {}", unavailable.reason()),
            "audit again, or without --expect-account",
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
                "they have expired: sign in again (`aws sso login`, `aws login`) or export new ones"
            } else {
                "check whose they are with `aws sts get-caller-identity`, that --region is in the account's \
                 partition (GovCloud, China), and that the clock of this machine is right"
            },
        )),
        Cause::Unreachable { why } if !heard.anything => {
            Err(Error::no_audit(format!("AWS could not be reached: {why}"), help_to_reach_aws(why)))
        }
        Cause::TimedOut | Cause::CallTimedOut { .. } if !heard.anything => Err(Error::no_audit(
            format!("AWS didn't answer in time: {}", unavailable.reason()),
            "check that this machine reaches the internet, or give more seconds with --timeout",
        )),
        _ => Ok(()),
    }
}

fn write(format: Format, full: bool, report: &Report, style: &Style, text: &mut Vec<u8>) -> io::Result<()> {
    if full && format == Format::Table {
        return render::table::write_full(report, style, text);
    }
    format.write(report, style, text)
}
