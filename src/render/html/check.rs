//! One check: what does not pass with what to do about it, and the proof of all.

use maud::{Markup, html};
use serde_json::Value;

use super::{is_open, prose, status};
use crate::model::finding::{Evidence, Finding, Subject};
use crate::model::remediation::Remediation;
use crate::model::status::Status;
use crate::render::view::{self, FindingGroup, Fix};
use crate::report::CheckReport;

pub(super) fn section(check: &CheckReport) -> Markup {
    let shared = view::shared_subject(check);
    let passed: Vec<&Finding> = check.findings.iter().filter(|finding| finding.status == Status::Pass).collect();
    html! {
        details class={ "check " (check.status.word()) } id=(check.check.id) open[is_open(check)] {
            summary { (status(check.status)) " " h3 { (check.title) } }
            dl {
                @if let Some(judged) = view::judged(check) { (row("Evaluated", &html! { (judged) })) }
                (chain(check))
                @if let Some(shared) = shared { (subject(shared)) }
            }
            @for grouped in view::grouped(check) { (finding(check, &grouped, shared.is_none())) }
            @for finding in passed {
                div class="finding" {
                    p { (status(Status::Pass)) " " code { (finding.id) } }
                    p { (prose(&finding.message)) }
                    (proof(finding))
                }
            }
        }
    }
}

fn finding(check: &CheckReport, grouped: &FindingGroup<'_>, with_subject: bool) -> Markup {
    let FindingGroup { ids, finding, read_from, fix } = grouped;
    let severity = check.requirement(finding).map(|requirement| requirement.severity);
    html! {
        div class="finding" {
            p {
                (status(finding.status))
                @for id in ids { " " code { (id) } }
                @if let Some(severity) = severity { span class="faint" { " " (severity.word()) " severity" } }
            }
            p { strong { (prose(&finding.message)) } }
            dl {
                @if with_subject { (subject(&finding.subject)) }
                @if let Some(call) = read_from { (row("Source", &html! { (call) })) }
                @if let Some(waived) = view::waived(finding) { (row("Waived", &prose(&waived))) }
                @if let Some(resolves) = &finding.resolves { (row("Resolves", &prose(resolves))) }
                @match fix {
                    Some(Fix::Anew(remedy)) => { (row("Fix", &prose(&remedy.summary))) (remediation(remedy)) }
                    Some(Fix::SameAs(id)) => (row("Fix", &html! { "the same as for " code { (id) } })),
                    None => {}
                }
            }
            (proof(finding))
        }
    }
}

/// The way that a message takes, and the link to look at first.
fn chain(check: &CheckReport) -> Markup {
    let chain = check.chain();
    html! {
        @if !chain.is_empty() {
            (row("Alert path", &html! {
                ol class="chain" {
                    @for link in &chain { li class=[link.status.map(Status::word)] { (view::link(link)) } }
                }
            }))
        }
        @if let Some((label, why)) = view::first_broken_link(check) { (row(label, &prose(&why))) }
    }
}

fn subject(subject: &Subject) -> Markup {
    html! {
        @if let Some(resource) = &subject.resource { (row("Resource", &html! { code { (resource) } })) }
        @if let Some(region) = &subject.region { (row("Region", &html! { (region) })) }
    }
}

fn row(label: &str, text: &Markup) -> Markup {
    html! { div { dt { (label) } dd { (text) } } }
}

/// Commands stand each in a block of its own, which a click selects whole.
fn remediation(remedy: &Remediation) -> Markup {
    html! {
        @if !remedy.inputs.is_empty() {
            (row("Variables", &html! {
                "with your own values:"
                @for input in &remedy.inputs { pre { code { (view::export(input, remedy)) } } }
            }))
        }
        @if !remedy.commands.is_empty() {
            (row("Commands", &html! {
                "in this order:"
                @for command in &remedy.commands { pre { code { (&**command) } } }
            }))
        }
        @if let Some(console) = &remedy.console { (row("Console", &prose(console))) }
        @if !remedy.references.is_empty() {
            (row("Docs", &html! {
                @for page in &remedy.references { a href=(page) rel="noreferrer" { (page) } " " }
            }))
        }
    }
}

/// What a finding rests on.
fn proof(finding: &Finding) -> Markup {
    let Some(evidence) = &finding.evidence else { return html! {} };
    html! {
        details class="evidence" {
            summary { "Evidence" span class="for-readers" { " of " (finding.id) } }
            dl {
                (row("Source", &html! { (evidence.source().join(", ")) }))
                (values(evidence))
            }
        }
    }
}

fn values(evidence: &Evidence) -> Markup {
    html! {
        @for (name, value) in evidence.values() {
            (row(name, &match value {
                Value::String(text) => html! { (text) },
                other => html! { (other.to_string()) },
            }))
        }
    }
}
