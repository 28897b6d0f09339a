//! The report for programs, version 1: `schema/report-v1.schema.json`. The contract is only ever added to, so these types
//! are its own, and no type of the audit is serialised as it is but a finding's evidence.

use std::io::{self, Write};

use serde::Serialize;

use crate::account::facts::Caller;
use crate::account::{Cause, Unavailable};
use crate::analysis::clock;
use crate::config::settings::SettingSource;
use crate::config::waivers::Waiver;
use crate::io::terminal::is_hidden;
use crate::model::chain::EvaluatedLink;
use crate::model::finding::{Chosen, Evidence, Finding, Waived, fingerprint};
use crate::model::membership::Membership;
use crate::model::remediation::{CommandLine, Remediation};
use crate::model::status::Status;
use crate::report::regions::RegionMap;
use crate::report::waivers::WaiverOutcome;
use crate::report::{AccountHeader, CheckReport, MissingPermission, Report, Source};

mod plan;

pub(crate) use plan::write as write_plan;
mod regions;

/// Writes a report for programs.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&ReportV1::from(report))?;
    writeln!(out, "{}", escaped(&text))
}

/// The document with its hidden characters as `\u` escapes: it means the same, and is safe on a terminal. JSON knows such
/// characters only within strings, but for the line feeds between.
pub(crate) fn escaped(document: &str) -> String {
    let mut escaped = String::with_capacity(document.len());
    for c in document.chars() {
        if c == '\n' || !is_hidden(c) {
            escaped.push(c);
        } else {
            escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    escaped
}

/// What every document about an audit begins with.
#[derive(Serialize)]
struct Head<'a> {
    schema_version: u32,
    tool: Tool,
    stage: &'a str,
    verdict: &'static str,
    headline: String,
    exit_code: u8,
    strict: bool,
    generated_at: String,
    source: &'static str,
    account: Account<'a>,
    settings: Expected<'a>,
    config: Option<&'a str>,
}

#[derive(Serialize)]
struct ReportV1<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    summary: Summary,
    waivers: Vec<WaiverV1<'a>>,
    missing_permissions: Vec<MissingPermissionV1<'a>>,
    skipped: &'a [&'static str],
    regions: regions::Regions,
    checks: Vec<Check<'a>>,
    plan: Vec<plan::StepV1<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Account<'a> {
    id: Option<&'a str>,
    alias: Option<&'a str>,
    partition: Option<&'a str>,
    home_region: &'a str,
    home_region_source: &'static str,
    billing_region: &'a str,
    enabled_regions: Option<&'a [String]>,
    organization: &'static str,
    organization_id: Option<&'a str>,
    caller: Option<&'a str>,
    unknown: Vec<Unknown<'a>>,
}

/// A fact of the account itself that is not known: an `alias` of `null` may be no alias, or one that was not seen.
#[derive(Serialize)]
struct Unknown<'a> {
    fact: &'static str,
    #[serde(flatten)]
    unavailable: Unavailability<'a>,
}

#[derive(Serialize)]
pub(crate) struct Unavailability<'a> {
    operation: &'static str,
    action: Option<&'static str>,
    region: Option<&'a str>,
    target: Option<&'a str>,
    cause: &'static str,
    message: String,
}

#[derive(Serialize)]
struct Expected<'a> {
    topic: &'a str,
    threshold: f64,
    organization: Option<Foundation<'a>>,
    sources: Sources,
}

/// The settings of the stage `org-foundation`.
#[derive(Serialize)]
struct Foundation<'a> {
    organizational_units: &'a [String],
    security_ou: &'a str,
    log_archive: &'a str,
    security_audit: &'a str,
    exceptions_ou: &'a str,
    allowed_regions: Vec<&'a str>,
    sources: FoundationSources,
}

#[derive(Serialize)]
struct Sources {
    home_region: &'static str,
    billing_region: &'static str,
    topic: &'static str,
    threshold: &'static str,
}

#[derive(Serialize)]
struct FoundationSources {
    organizational_units: &'static str,
    security_ou: &'static str,
    log_archive: &'static str,
    security_audit: &'static str,
    exceptions_ou: &'static str,
    allowed_regions: &'static str,
}

#[derive(Serialize)]
struct Summary {
    pass: usize,
    warn: usize,
    fail: usize,
    unknown: usize,
    waived: usize,
}

/// A waiver, and what became of it.
#[derive(Serialize)]
struct WaiverV1<'a> {
    finding: &'a str,
    resource: Option<&'a str>,
    reason: &'a str,
    owner: &'a str,
    until: String,
    state: &'static str,
    message: Option<&'a str>,
}

/// An action that the auditor was not allowed.
#[derive(Serialize)]
struct MissingPermissionV1<'a> {
    action: &'static str,
    denied_by: Vec<&'a str>,
    granting_helps: bool,
}

#[derive(Serialize)]
struct Check<'a> {
    id: &'a str,
    title: &'a str,
    status: &'static str,
    summary: &'a str,
    chosen: Option<Candidate<'a>>,
    chain: Vec<ChainLink>,
    findings: Vec<FindingV1<'a>>,
}

#[derive(Serialize)]
struct Candidate<'a> {
    name: &'a str,
    others: usize,
}

/// One link of a check's chain; its status is null where it was not judged.
#[derive(Serialize)]
struct ChainLink {
    link: &'static str,
    requirement: &'static str,
    status: Option<&'static str>,
}

#[derive(Serialize)]
struct FindingV1<'a> {
    id: &'a str,
    status: &'static str,
    severity: Option<&'static str>,
    message: &'a str,
    resource: Option<&'a str>,
    region: Option<&'a str>,
    fingerprint: Option<String>,
    documentation_url: Option<&'static str>,
    evidence: &'a [Evidence],
    remediation: Option<Remedy<'a>>,
    resolves: Option<&'a str>,
    unavailable: Option<Unavailability<'a>>,
    waived: Option<WaivedV1<'a>>,
}

/// Who answers for a failure.
#[derive(Serialize)]
struct WaivedV1<'a> {
    reason: &'a str,
    owner: &'a str,
    until: String,
}

#[derive(Serialize)]
struct Remedy<'a> {
    summary: &'a str,
    inputs: &'a [&'static str],
    commands: &'a [CommandLine],
    console: Option<&'a str>,
    references: &'a [&'static str],
}

impl<'a> From<&'a Report> for Head<'a> {
    fn from(report: &'a Report) -> Self {
        Head {
            schema_version: 1,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            stage: report.stage.id,
            verdict: report.verdict().word(),
            headline: report.headline(),
            exit_code: report.exit_status().code(),
            strict: report.strict,
            generated_at: clock::in_full(report.generated_at),
            source: source(report.source),
            account: Account::from(report),
            settings: Expected::of(report),
            config: report.config.as_deref(),
        }
    }
}

impl<'a> From<&'a Report> for ReportV1<'a> {
    fn from(report: &'a Report) -> Self {
        let account = report.account.caller.as_ref().ok().map(|caller| caller.account.as_str());
        ReportV1 {
            head: Head::from(report),
            summary: Summary::from(report),
            waivers: report.waivers.iter().map(WaiverV1::from).collect(),
            missing_permissions: report.missing_permissions.iter().map(MissingPermissionV1::from).collect(),
            skipped: &report.skipped,
            regions: RegionMap::of(report).into(),
            checks: report.checks.iter().map(|check| Check::new(check, account)).collect(),
            plan: plan::steps(report),
        }
    }
}

impl<'a> From<&'a Report> for Account<'a> {
    fn from(report: &'a Report) -> Self {
        let header = &report.account;
        let caller = header.caller.as_ref().ok();
        let (organization, organization_id) = organization(header);
        Account {
            id: caller.map(|caller| caller.account.as_str()),
            alias: header.alias.as_ref().ok().and_then(Option::as_deref),
            partition: caller.map(Caller::partition),
            home_region: report.expectations.home(),
            home_region_source: origin(report.expectations.home_region.origin),
            billing_region: report.expectations.billing(),
            enabled_regions: header.enabled_regions.as_deref().ok(),
            organization,
            organization_id,
            caller: caller.map(|caller| caller.arn.as_str()),
            unknown: unknown(header),
        }
    }
}

fn organization(header: &AccountHeader) -> (&'static str, Option<&str>) {
    match &header.membership {
        Ok(Membership::Standalone) => ("standalone", None),
        Ok(Membership::Management(organization)) => ("management", Some(organization.id.as_str())),
        Ok(Membership::Member(organization)) => ("member", Some(organization.id.as_str())),
        Err(_) => ("unknown", None),
    }
}

fn unknown(header: &AccountHeader) -> Vec<Unknown<'_>> {
    [
        ("caller", header.caller.as_ref().err()),
        ("alias", header.alias.as_ref().err()),
        ("enabled_regions", header.enabled_regions.as_ref().err()),
        ("organization", header.membership.as_ref().err()),
    ]
    .into_iter()
    .filter_map(|(fact, unavailable)| Some(Unknown { fact, unavailable: unavailable?.into() }))
    .collect()
}

impl<'a> From<&'a Unavailable> for Unavailability<'a> {
    fn from(unavailable: &'a Unavailable) -> Self {
        Unavailability {
            operation: unavailable.call.operation.name(),
            action: unavailable.call.operation.action(),
            region: unavailable.call.region.as_deref(),
            target: unavailable.call.target.as_deref(),
            cause: cause(&unavailable.cause),
            message: unavailable.reason(),
        }
    }
}

impl<'a> Expected<'a> {
    fn of(report: &'a Report) -> Self {
        let expect = &report.expectations;
        // A stage names the settings that its checks read.
        let reads_foundation = report.stage.settings.contains(&"organizational-units");
        let of = &expect.foundation;
        Expected {
            topic: &expect.topic.value,
            threshold: expect.threshold.value,
            organization: reads_foundation.then(|| Foundation {
                organizational_units: &of.organizational_units.value,
                security_ou: &of.security_ou.value,
                log_archive: &of.log_archive.value,
                security_audit: &of.security_audit.value,
                exceptions_ou: &of.exceptions_ou.value,
                allowed_regions: expect.allowed_regions(),
                sources: FoundationSources {
                    organizational_units: origin(of.organizational_units.origin),
                    security_ou: origin(of.security_ou.origin),
                    log_archive: origin(of.log_archive.origin),
                    security_audit: origin(of.security_audit.origin),
                    exceptions_ou: origin(of.exceptions_ou.origin),
                    allowed_regions: origin(of.allowed_regions.origin),
                },
            }),
            sources: Sources {
                home_region: origin(expect.home_region.origin),
                billing_region: origin(expect.billing_region.origin),
                topic: origin(expect.topic.origin),
                threshold: origin(expect.threshold.origin),
            },
        }
    }
}

impl From<&Report> for Summary {
    fn from(report: &Report) -> Self {
        Summary {
            pass: report.count(Status::Pass),
            warn: report.count(Status::Warn),
            fail: report.count(Status::Fail),
            unknown: report.count(Status::Unknown),
            waived: report.waived(),
        }
    }
}

impl<'a> From<&'a WaiverOutcome> for WaiverV1<'a> {
    fn from(standing: &'a WaiverOutcome) -> Self {
        let Waiver { finding, resource, reason, owner, until } = &standing.waiver;
        WaiverV1 {
            finding,
            resource: resource.as_deref(),
            reason,
            owner,
            until: until.to_string(),
            state: standing.state.word(),
            message: standing.message.as_deref(),
        }
    }
}

impl<'a> From<&'a Waived> for WaivedV1<'a> {
    fn from(waived: &'a Waived) -> Self {
        WaivedV1 { reason: &waived.reason, owner: &waived.owner, until: waived.until.to_string() }
    }
}

impl<'a> From<&'a MissingPermission> for MissingPermissionV1<'a> {
    fn from(lacking: &'a MissingPermission) -> Self {
        MissingPermissionV1 {
            action: lacking.action,
            denied_by: lacking.denied_by.iter().copied().collect(),
            granting_helps: lacking.granting_helps,
        }
    }
}

impl<'a> Check<'a> {
    /// `account` is its ID, if it is known.
    fn new(report: &'a CheckReport, account: Option<&str>) -> Self {
        Check {
            id: report.check.id,
            title: &report.title,
            status: report.status.word(),
            summary: &report.summary,
            chosen: report.chosen.as_ref().map(Candidate::from),
            chain: report.chain().into_iter().map(ChainLink::from).collect(),
            findings: report.findings.iter().map(|finding| FindingV1::new(report, finding, account)).collect(),
        }
    }
}

impl<'a> From<&'a Chosen> for Candidate<'a> {
    fn from(chosen: &'a Chosen) -> Self {
        Candidate { name: &chosen.name, others: chosen.others }
    }
}

impl From<EvaluatedLink> for ChainLink {
    fn from(link: EvaluatedLink) -> Self {
        ChainLink { link: link.name, requirement: link.requirement, status: link.status.map(Status::word) }
    }
}

impl<'a> FindingV1<'a> {
    fn new(check: &CheckReport, finding: &'a Finding, account: Option<&str>) -> Self {
        let requirement = check.requirement(finding);
        FindingV1 {
            id: finding.id,
            status: finding.status.word(),
            severity: requirement.map(|requirement| requirement.severity.word()),
            message: &finding.message,
            resource: finding.subject.resource.as_deref(),
            region: finding.subject.region.as_deref(),
            fingerprint: account.map(|account| fingerprint(account, finding.id, &finding.subject)),
            documentation_url: requirement.map(|requirement| requirement.docs),
            evidence: finding.evidence.as_slice(),
            remediation: finding.remediation.as_ref().map(Remedy::from),
            resolves: finding.resolves.as_deref(),
            unavailable: finding.unavailable.as_ref().map(Unavailability::from),
            waived: finding.waived.as_ref().map(WaivedV1::from),
        }
    }
}

impl<'a> From<&'a Remediation> for Remedy<'a> {
    fn from(remedy: &'a Remediation) -> Self {
        Remedy {
            summary: &remedy.summary,
            inputs: &remedy.inputs,
            commands: &remedy.commands,
            console: remedy.console.as_deref(),
            references: &remedy.references,
        }
    }
}

pub(crate) const fn source(source: Source) -> &'static str {
    match source {
        Source::Live => "live",
        Source::Snapshot => "snapshot",
    }
}

const fn origin(origin: SettingSource) -> &'static str {
    match origin {
        SettingSource::Flag => "flag",
        SettingSource::Config => "config",
        SettingSource::Environment => "environment",
        SettingSource::Profile => "profile",
        SettingSource::Default => "default",
    }
}

const fn cause(cause: &Cause) -> &'static str {
    match cause {
        Cause::Denied { .. } => "denied",
        Cause::Throttled => "throttled",
        Cause::TimedOut | Cause::CallTimedOut { .. } => "timed-out",
        Cause::Credentials { .. } => "credentials",
        Cause::Unreachable { .. } => "unreachable",
        Cause::Fault { .. } => "fault",
        Cause::Malformed { .. } => "malformed",
        Cause::Unknowable { .. } => "unknowable",
        Cause::NotCollected => "not-collected",
    }
}

#[cfg(test)]
mod tests;
