//! Which trail `multi-region-trail` comes to choose, once all were known.
//!
//! A check that builds on that choice must not rest on one that something unseen could turn round: so all trails are given that
//! can still be chosen, and where they lead to different answers the answer is unknown.

use super::JudgedTrail;
use crate::account::Unavailable;
use crate::finding::Candidate;
use crate::status::Status;

/// The trails that can be chosen.
pub struct Possible<'t, 'a> {
    /// Those that are chosen, unless one of `instead` is. They are equally good: one good bucket among them is enough.
    pub surely: Vec<&'t JudgedTrail<'a>>,
    /// Any of these may come to be as good as `surely`, and stand beside them.
    pub perhaps: Vec<&'t JudgedTrail<'a>>,
    /// Any of these may come to be chosen in their place; of several that are equally good at last, the answer is one of theirs.
    pub instead: Vec<&'t JudgedTrail<'a>>,
}

impl<'t, 'a> Possible<'t, 'a> {
    /// What is possible with what was seen. Of no trails, nothing.
    #[must_use]
    pub fn of(trails: &'t [JudgedTrail<'a>]) -> Self {
        let those = |fits: &dyn Fn(&JudgedTrail<'a>) -> bool| trails.iter().filter(|trail| fits(trail)).collect();
        let is = |status: Status| move |trail: &JudgedTrail<'a>| trail.candidate.status() == status;
        let surely: Vec<_> = those(&is(Status::Pass));
        if !surely.is_empty() {
            let perhaps = those(&|trail| !is(Status::Pass)(trail) && could_pass(&trail.candidate));
            return Possible { surely, perhaps, instead: Vec::new() };
        }
        let surely: Vec<_> = those(&is(Status::Warn));
        if !surely.is_empty() {
            let perhaps = those(&|trail| !is(Status::Warn)(trail) && could_warn(&trail.candidate));
            return Possible { surely, perhaps, instead: those(&|trail| could_pass(&trail.candidate)) };
        }
        let mut instead: Vec<&JudgedTrail<'a>> =
            those(&|trail| could_warn(&trail.candidate) || could_be_closest(trail, trails));
        // The one that `multi-region-trail` shows comes first.
        instead.sort_by_key(|JudgedTrail { candidate, .. }| (candidate.status(), candidate.failed(), &candidate.name));
        Possible { surely, perhaps: Vec::new(), instead }
    }

    /// What stands in the way of knowing which of them it is, if anything does.
    #[must_use]
    pub fn unseen(&self) -> Option<&'t Unavailable> {
        let mut findings =
            self.perhaps.iter().chain(&self.instead).flat_map(|trail| trail.candidate.findings.as_slice());
        findings.find_map(|finding| finding.unavailable.as_ref())
    }
}

fn count(candidate: &Candidate, status: Status) -> usize {
    candidate.findings.iter().filter(|finding| finding.status == status).count()
}

fn could_pass(candidate: &Candidate) -> bool {
    count(candidate, Status::Fail) == 0 && count(candidate, Status::Warn) == 0
}

/// Also true of what could pass but is not known to.
fn could_warn(candidate: &Candidate) -> bool {
    count(candidate, Status::Fail) == 0 && candidate.status() != Status::Pass
}

/// Whether a trail could be the closest, should all of them fail: with the fewest failures that it can have, against the
/// most that each other one can have.
fn could_be_closest(trail: &JudgedTrail<'_>, trails: &[JudgedTrail<'_>]) -> bool {
    let fewest = |candidate: &Candidate| count(candidate, Status::Fail).max(1);
    let most = |candidate: &Candidate| count(candidate, Status::Fail) + count(candidate, Status::Unknown);
    let this = &trail.candidate;
    trails.iter().filter(|other| !std::ptr::eq(*other, trail)).all(|other| {
        let other = &other.candidate;
        (fewest(this), &this.name) <= (most(other).max(1), &other.name)
    })
}

#[cfg(test)]
mod tests;
