//! The blocks below the default report's table: one a cause, with its fix. Commands stand in the plan.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::chain;
use crate::io::terminal::{Lead, Page, Paint};
use crate::model::check::Precondition;
use crate::model::finding::Finding;
use crate::model::membership::Membership;
use crate::model::status::Status;
use crate::render::view::{self, Fix};
use crate::render::{mark_on, symbol};
use crate::report::plan::Plan;
use crate::report::{AccountHeader, CheckReport, Report, Verdict};

/// The columns of the header's labels.
const HEADER: usize = 14;
/// The columns of a block's labels.
const LABELS: usize = 12;
/// How far all that belongs to a block is indented.
const INDENT: usize = 2;
/// With more blocks than this, pages and paths would push the table off the screen.
const FEW: usize = 2;

/// Writes who was audited, by whom, and which Regions count.
pub(super) fn header(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&view::origin(report))?;
    page.blank()?;
    let mut line = |label, text: &str| page.beside(0, Lead::label(label, HEADER), text);
    let AccountHeader { caller, alias, membership, .. } = &report.account;
    let id = caller.as_ref().map_or("unknown", |caller| caller.account.as_str());
    let alias = alias.as_ref().ok().and_then(Option::as_ref).map(|alias| format!(" ({alias})")).unwrap_or_default();
    let place = match membership {
        Ok(Membership::Standalone) => "not in an organization".to_owned(),
        Ok(Membership::Management(organization)) => format!("manages organization {}", organization.id),
        Ok(Membership::Member(organization)) => {
            format!("member of {} (management account {})", organization.id, organization.management_account)
        }
        Err(_) => "membership in an organization unknown".to_owned(),
    };
    line("Account", &format!("{id}{alias}, {place}"))?;
    if let Ok(caller) = caller {
        line("Audited as", &caller.arn)?;
    }
    for advice in view::header(report).into_iter().filter_map(|line| line.advice) {
        line("", advice)?;
    }
    let (home, billing) = (&report.expectations.home_region, &report.expectations.billing_region);
    let regions = [("home", home, "--region"), ("billing", billing, "--billing-region")]
        .map(|(name, setting, option)| format!("{name} {}", view::placed(setting, option)));
    line("Regions", &regions.join(", "))?;
    report.config.as_ref().map_or(Ok(()), |file| line("Config file", file))
}

/// Writes a block for every finding that does not pass, and one for all permissions that are missing.
pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let is_denied = |finding: &Finding| finding.unavailable.as_ref().is_some_and(|why| why.needs().is_some());
    let is_short = view::open(report).filter(|check| check.findings.iter().any(|one| !is_denied(one))).count() <= FEW;
    let mut shown = Vec::new();
    for check in view::open(report) {
        let mut is_first = true;
        for group in view::grouped(check).iter().filter(|group| !is_denied(&group.finding)) {
            // That the account is none for this stage is said once.
            if is_consequence(report, &group.finding) {
                continue;
            }
            page.blank()?;
            heading(check, &group.finding, page)?;
            page.text(INDENT, &sentence(&group.finding.message))?;
            if is_first && is_short {
                chain::path(INDENT + 2, "Alert path", LABELS, check, page)?;
                is_first = false;
            }
            if let Some(waived) = view::waived(&group.finding) {
                page.beside(INDENT + 2, Lead::label("Waived", LABELS), &waived)?;
            }
            if let Some(Fix::Anew(remedy)) = group.fix {
                let elsewhere = remedy.planned.within.filter(|id| shown.contains(id));
                let fix = elsewhere.map_or_else(|| sentence(&remedy.summary), |id| format!("The same as for {id}."));
                page.beside(INDENT + 2, Lead { text: "Fix", paint: Paint::Strong, columns: LABELS }, &fix)?;
            }
            shown.push(group.finding.id);
            if let Some(resolves) = &group.finding.resolves {
                page.beside(INDENT + 2, Lead::label("Resolves", LABELS), resolves)?;
            }
            if is_short {
                if let Some(resource) = &group.finding.subject.resource {
                    page.whole_beside(INDENT + 2, Lead::label("Resource", LABELS), resource)?;
                }
                if let Some(Fix::Anew(remedy)) = group.fix
                    && let Some(page_of_aws) = remedy.references.first()
                {
                    page.whole_beside(INDENT + 2, Lead::label("Docs", LABELS), page_of_aws)?;
                }
            }
        }
    }
    permissions(report, page)
}

/// Whether a finding says no more than that the account is none for this stage.
fn is_consequence(report: &Report, finding: &Finding) -> bool {
    matches!(report.precondition(), Precondition::Fails { outweighs: true, .. }) && finding.remediation.is_none()
}

/// The text with a full stop.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{text}{stop}")
}

/// The check's title, and at the right end the requirement.
fn heading(check: &CheckReport, finding: &Finding, page: &mut Page<'_>) -> io::Result<()> {
    let style = *page.style();
    let (badge, paint) = symbol(finding.status);
    let badge = if style.ascii { mark_on(&style, finding.status) } else { badge.to_string() };
    let title = style.visible(&check.title).into_owned();
    let used = badge.width() + 1 + title.width() + finding.id.width();
    if used + 1 > style.width {
        page.painted(0, paint, &format!("{badge} {title}"))?;
        return page.painted(INDENT, Paint::Faint, finding.id);
    }
    let gap = " ".repeat(style.width - used);
    let (badge, title) = (style.paint(paint, &badge), style.paint(Paint::Strong, &title));
    let id = style.paint(Paint::Faint, finding.id);
    let id = check.requirement(finding).map_or(id.clone(), |requirement| style.link(requirement.docs, &id));
    page.drawn(&format!("{badge} {title}{gap}{id}"))
}

/// All that is missing, told once: one grant fixes it all.
fn permissions(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let Some(missing) = view::permissions(report)? else { return Ok(()) };
    let who = report.account.caller.as_ref().map_or("the auditor", |caller| caller.arn.as_str());
    let apis = match missing.actions.len() {
        1 => "1 API".to_owned(),
        count => format!("{count} APIs"),
    };
    let (badge, paint) = symbol(Status::Unknown);
    page.blank()?;
    page.painted(0, paint, &format!("{badge} Missing permissions: {who} can't call {apis}"))?;
    page.text(INDENT, &missing.actions.join(", "))?;
    if missing.policy.is_some() {
        let fix = Lead { text: "Fix", paint: Paint::Strong, columns: LABELS };
        page.beside(INDENT + 2, fix, "Attach the stagecheck policy to the auditor and run again:")?;
        let print = format!("stagecheck iam-policy{} > stagecheck-policy.json", report.stage.option);
        page.whole_beside(INDENT + 2, Lead::label("", LABELS), &print)?;
    }
    missing.limit.map_or(Ok(()), |limit| page.text(INDENT, limit))
}

/// The command to run next.
pub(super) fn next(report: &Report) -> Option<String> {
    let plan = Plan::of(report);
    match report.verdict() {
        // Where there is an organization already, nothing changes any more.
        Verdict::Ready if plan.is_empty() => match report.account.membership {
            Ok(Membership::Management(_)) => None,
            Ok(Membership::Standalone | Membership::Member(_)) | Err(_) => {
                Some("Next: run `stagecheck preview` to see what changes in this account.".to_owned())
            }
        },
        Verdict::Undetermined if report.checks.iter().flat_map(|check| &check.findings).all(is_passed_or_denied) => {
            let option = report.stage.option;
            Some(format!("Next: grant the permissions above, then run `stagecheck audit{option}` again."))
        }
        _ if plan.is_empty() => None,
        _ => {
            let steps = match plan.steps.len() {
                1 => "the step and its commands".to_owned(),
                count => format!("the {count} steps and their commands"),
            };
            let option = report.stage.option;
            Some(format!("Next: run `stagecheck plan{option}` for {steps} (about {} min).", plan.minutes()))
        }
    }
}

fn is_passed_or_denied(finding: &Finding) -> bool {
    finding.status == Status::Pass || finding.unavailable.as_ref().is_some_and(|why| why.needs().is_some())
}
