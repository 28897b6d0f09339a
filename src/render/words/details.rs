//! What is said of a check that does not pass: each finding that does not, in full, what is alike once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::account::{Call, Cause, Unavailable};
use crate::finding::{Finding, Subject};
use crate::remediation::Remediation;
use crate::report::CheckReport;
use crate::status::Status;

/// Findings that differ by their requirement only: they are told once.
pub(crate) struct Told<'a> {
    /// The requirements' ids.
    pub(crate) ids: Vec<&'static str>,
    /// What they found.
    pub(crate) finding: &'a Finding,
    /// The call that it hangs on, where the finding does not name it.
    pub(crate) read_from: Option<String>,
    /// What to do about it.
    pub(crate) fix: Option<Fix<'a>>,
}

/// What to do about a finding.
pub(crate) enum Fix<'a> {
    /// This.
    Anew(&'a Remediation),
    /// What is to be done about the finding of this id, which was told before.
    SameAs(&'static str),
}

/// The findings of a check that do not pass, in their order.
pub(crate) fn told(check: &CheckReport) -> Vec<Told<'_>> {
    let findings: Vec<&Finding> = not_passed(check).collect();
    let mut fixes: HashMap<&Remediation, &'static str> = HashMap::new();
    let mut told = Vec::new();
    for alike in findings.chunk_by(|a, b| Finding { id: a.id, ..(*b).clone() } == **a) {
        let Some((finding, _)) = alike.split_first() else { continue };
        let fix = finding.remediation.as_ref().map(|remedy| match fixes.entry(remedy) {
            Entry::Occupied(earlier) => Fix::SameAs(earlier.get()),
            Entry::Vacant(place) => {
                place.insert(finding.id);
                Fix::Anew(remedy)
            }
        });
        told.push(Told {
            ids: alike.iter().map(|finding| finding.id).collect(),
            finding,
            read_from: finding.unavailable.as_ref().and_then(read_from),
            fix,
        });
    }
    told
}

fn not_passed(check: &CheckReport) -> impl Iterator<Item = &Finding> {
    check.findings.iter().filter(|finding| finding.status != Status::Pass)
}

/// What all findings that do not pass are about, if that is one thing: then it is named once.
pub(crate) fn shared_subject(check: &CheckReport) -> Option<&Subject> {
    let mut findings = not_passed(check);
    let first = findings.next()?;
    findings.all(|finding| finding.subject == first.subject).then_some(&first.subject)
}

/// The candidate that was judged, and how many others there were.
pub(crate) fn judged(check: &CheckReport) -> Option<String> {
    let chosen = check.chosen.as_ref()?;
    let others = match chosen.others {
        0 => String::new(),
        1 => " (and 1 other was considered)".to_owned(),
        others => format!(" (and {others} others were considered)"),
    };
    Some(format!("{}{others}", chosen.name))
}

/// Where all was read and does not decide, the message tells what stays open, and this the call that it hangs on. Of every
/// other cause the message itself names the call.
pub(crate) fn read_from(unavailable: &Unavailable) -> Option<String> {
    let Cause::Unknowable { .. } = unavailable.cause else { return None };
    let Call { operation, region, .. } = &unavailable.call;
    Some(match region {
        Some(region) => format!("{operation} in {region}"),
        None => operation.to_string(),
    })
}

/// How to set an input, with what its command says that it is: `${ALERT_EMAIL:?your address}`.
pub(crate) fn export(input: &str, remedy: &Remediation) -> String {
    let example = if input.ends_with("EMAIL") { "you@example.com" } else { "…" };
    match remedy.meaning_of(input) {
        Some(what) => format!("export {input}={example}  # {what}"),
        None => format!("export {input}={example}"),
    }
}
