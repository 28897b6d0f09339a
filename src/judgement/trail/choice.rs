//! Which trail `multi-region-trail` comes to choose, once all were known.
//!
//! A check that builds on that choice must not rest on one that something unseen could turn round: so all choices that are
//! still possible are given, and where they lead to different answers the answer is unknown.

use super::JudgedTrail;
use crate::account::Unavailable;
use crate::finding::Candidate;
use crate::status::Status;

/// A choice that is possible: of these trails, all equally good, one good bucket is enough.
pub type Choice<'t, 'a> = Vec<&'t JudgedTrail<'a>>;

/// Every choice that is possible. With all known it is one; of no trails there is none.
#[must_use]
pub fn possible_choices<'t, 'a>(trails: &'t [JudgedTrail<'a>]) -> Vec<Choice<'t, 'a>> {
    let these = |fits: fn(&Candidate) -> bool| -> Choice<'t, 'a> {
        trails.iter().filter(|trail| fits(&trail.candidate)).collect()
    };
    let mut choices = Vec::new();
    let (surely, perhaps) = (these(|c| c.status() == Status::Pass), these(could_pass));
    if !surely.is_empty() {
        let more = perhaps.len() > surely.len();
        choices.push(surely);
        if more {
            choices.push(perhaps);
        }
        return choices;
    }
    choices.extend(perhaps.into_iter().map(|trail| vec![trail]));
    let (surely, perhaps) = (these(|c| c.status() == Status::Warn), these(could_warn));
    if !surely.is_empty() {
        let more = perhaps.len() > surely.len();
        choices.push(surely);
        if more {
            choices.push(perhaps);
        }
        return choices;
    }
    choices.extend(perhaps.into_iter().map(|trail| vec![trail]));
    choices.extend(trails.iter().filter(|trail| could_be_closest(trail, trails)).map(|trail| vec![trail]));
    choices
}

/// What stands in the way of knowing which trail is chosen, if anything does.
#[must_use]
pub fn unseen<'t>(trails: &'t [JudgedTrail<'_>]) -> Option<&'t Unavailable> {
    trails.iter().flat_map(|trail| &trail.candidate.findings).find_map(|finding| finding.unavailable.as_ref())
}

fn has(candidate: &Candidate, status: Status) -> bool {
    count(candidate, status) > 0
}

fn count(candidate: &Candidate, status: Status) -> usize {
    candidate.findings.iter().filter(|finding| finding.status == status).count()
}

fn could_pass(candidate: &Candidate) -> bool {
    !has(candidate, Status::Fail) && !has(candidate, Status::Warn)
}

fn could_warn(candidate: &Candidate) -> bool {
    !has(candidate, Status::Fail) && (has(candidate, Status::Warn) || has(candidate, Status::Unknown))
}

/// Whether a trail could be the closest, should all of them fail: with the fewest failures that it can have, against the
/// most that each other one can have.
fn could_be_closest(trail: &JudgedTrail<'_>, trails: &[JudgedTrail<'_>]) -> bool {
    let fewest = |candidate: &Candidate| count(candidate, Status::Fail).max(1);
    let most = |candidate: &Candidate| count(candidate, Status::Fail) + count(candidate, Status::Unknown);
    let could_fail = |candidate: &Candidate| most(candidate) > 0;
    let this = &trail.candidate;
    could_fail(this)
        && trails.iter().filter(|other| !std::ptr::eq(*other, trail)).all(|other| {
            let other = &other.candidate;
            (fewest(this), &this.name) <= (most(other).max(1), &other.name)
        })
}
