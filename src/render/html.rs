//! The report for a browser: one page that needs nothing else, neither a script nor the network. What does not pass stands open, and all that was
//! seen, the proof of what passes too, can be unfolded.
//!
//! Maud escapes every text. The policy at the top of the page forbids whatever could come of one that it did not: all but the page's own style sheet.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{badge, standing, symbol};
use crate::analysis::clock;
use crate::io::terminal::{clean, shorten};
use crate::model::status::Status;
use crate::render::plan::{again, effort, remark, totals};
use crate::render::view::{self, Permissions};
use crate::report::plan::Plan;
use crate::report::regions::RegionMap;
use crate::report::{CheckReport, Report};

mod check;
mod regions;

/// The page's only style sheet, light and dark, on a screen and on paper.
const STYLE: &str = include_str!("html/report.css");
/// Its hash, which the page's policy lets through; a test holds it.
const STYLE_HASH: &str = "sha256-5tV463phAHP9FB6dWXkRjXR6D+/S49GKSwlbn4ZoYVI=";

/// Writes a report for a browser.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("{} · {} · stagecheck", view::verdict(report), account_id(report));
    writeln!(out, "{}", head(&clean(&title)).into_string())?;
    writeln!(out, "<style>{STYLE}</style></head><body>")?;
    for section in sections(report)? {
        // Markup has no hidden character of its own: so all that are here come from the account, and none stays.
        writeln!(out, "{}", clean(&section.into_string()))?;
    }
    writeln!(out, "</body></html>")
}

fn head(title: &str) -> Markup {
    let policy = format!("default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'");
    html! {
        (DOCTYPE)
        // The rest of the page follows.
        (PreEscaped("<html lang=\"en\"><head>"))
        meta charset="utf-8";
        meta http-equiv="Content-Security-Policy" content=(policy);
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        meta name="referrer" content="no-referrer";
        title { (title) }
    }
}

fn sections(report: &Report) -> io::Result<Vec<Markup>> {
    let mut sections = vec![top(report), PreEscaped("<main id=\"report\">".to_owned()), overview(report)];
    sections.extend(steps(report));
    sections.push(account(report));
    if !report.checks.is_empty() {
        sections.push(html! { h2 { "Details" } });
    }
    sections.extend(report.checks.iter().map(check::section));
    let map = RegionMap::of(report);
    if !map.places.is_empty() {
        sections.push(regions::section(&map));
    }
    sections.extend(view::permissions(report)?.map(permissions));
    sections.extend(waivers(report));
    sections.push(PreEscaped("</main>".to_owned()));
    sections.push(foot(report));
    Ok(sections)
}

/// The verdict, before all else.
fn top(report: &Report) -> Markup {
    let status = view::verdict_status(report.verdict());
    html! {
        header class=(status.word()) {
            h1 { span aria-hidden="true" { (symbol(status).0) } " " (report.headline()) }
            p { "Account " (account_id(report)) " · " (clock::at(report.generated_at)) }
        }
    }
}

fn account_id(report: &Report) -> &str {
    report.account.caller.as_ref().map_or("unknown", |caller| caller.account.as_str())
}

/// What to do next, if anything is to be done.
fn steps(report: &Report) -> Option<Markup> {
    let plan = Plan::of(report);
    (!plan.is_empty()).then(|| {
        html! {
            section aria-labelledby="next" {
                h2 id="next" { "Next steps" }
                ol {
                    @for step in &plan.steps {
                        li {
                            (prose(&short(&step.remedy.summary)))
                            span class="faint" {
                                " (" (effort(step)) @if let Some(remark) = remark(step.need) { "; " (remark) } ")"
                            }
                        }
                    }
                }
                p { (totals(&plan)) ". " (again(report)) }
            }
        }
    })
}

fn account(report: &Report) -> Markup {
    html! {
        section aria-labelledby="account" {
            h2 id="account" { "Account" }
            dl class="account" {
                @for line in view::header(report) {
                    div {
                        dt { (line.label) }
                        dd {
                            (line.text)
                            @if let Some(advice) = line.advice { p { (advice) } }
                        }
                    }
                }
                @if !report.skipped.is_empty() {
                    div { dt { "Skipped" } dd { (report.skipped.join(", ")) } }
                }
            }
        }
    }
}

fn overview(report: &Report) -> Markup {
    html! {
        section aria-labelledby="checks" {
            h2 id="checks" { "Checks" }
            @if report.checks.is_empty() {
                p { "No check was selected" }
            } @else {
                table {
                    caption { "Every check, its status and its result" }
                    thead { tr { th scope="col" { "Check" } th scope="col" { "Status" } th scope="col" { "Result" } } }
                    tbody {
                        @for check in &report.checks {
                            tr {
                                th scope="row" { a href={ "#" (check.check.id) } { (short(&check.title)) } }
                                td { (status(check.status)) @for more in standing(check).lines().skip(1) { div { (more) } } }
                                td { (prose(&short(&check.summary))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn permissions(Permissions { actions, policy, limit }: Permissions) -> Markup {
    html! {
        section aria-labelledby="permissions" {
            h2 id="permissions" { (view::PERMISSIONS) }
            ul { @for action in actions { li { (action) } } }
            @if let Some((sentence, policy)) = policy {
                p { (prose(&sentence)) }
                pre { code { (policy) } }
            }
            @if let Some(limit) = limit { p { (limit) } }
        }
    }
}

/// The waivers that excuse nothing: whoever wrote them believes that they do.
fn waivers(report: &Report) -> Option<Markup> {
    let mut idle = view::idle_waivers(report).peekable();
    idle.peek()?;
    Some(html! {
        section aria-labelledby="waivers" {
            h2 id="waivers" { (view::IDLE_WAIVERS) }
            ul { @for message in idle { li { (prose(message)) } } }
        }
    })
}

fn foot(report: &Report) -> Markup {
    html! { footer { p { (view::origin(report)) } } }
}

/// A status by symbol, word and colour.
fn status(status: Status) -> Markup {
    html! { span class={ "status " (status.word()) } { (badge(status)) } }
}

/// A text of the table, which a name of 2,000 characters would tear.
fn short(text: &str) -> String {
    shorten(&clean(text))
}

/// A sentence, in which names are quoted with backticks. Where a name has one too, the sentence stays as it is.
fn prose(sentence: &str) -> Markup {
    let quoted = sentence.matches('`').count().is_multiple_of(2);
    html! {
        @if quoted {
            @for (place, part) in sentence.split('`').enumerate() {
                @if place % 2 == 0 { (part) } @else { code { (part) } }
            }
        } @else {
            (sentence)
        }
    }
}

/// Whether a check's details stand open: whoever opens the page wants to know what to do.
fn is_open(check: &CheckReport) -> bool {
    matches!(check.status, Status::Fail | Status::Unknown) && !check.is_waived()
}

#[cfg(test)]
mod tests;
