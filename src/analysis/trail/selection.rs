//! Which trail `multi-region-trail` comes to choose, once all were known.
//!
//! A check that builds on that choice must not rest on one that something unseen could turn round: so all trails are given that
//! can still be chosen, and where they lead to different answers the answer is unknown.

use super::EvaluatedTrail;
use crate::account::Unavailable;
use crate::model::finding::Candidate;
use crate::model::status::Status;

/// The trails that can be chosen.
pub struct Possible<'t, 'a> {
    /// Those that are chosen, unless one of `instead` is. They are equally good: one good bucket among them is enough.
    pub surely: Vec<&'t EvaluatedTrail<'a>>,
    /// Any of these may come to be as good as `surely`, and stand beside them.
    pub perhaps: Vec<&'t EvaluatedTrail<'a>>,
    /// Any of these may come to be chosen in their place; of several that are equally good at last, the answer is one of theirs.
    pub instead: Vec<&'t EvaluatedTrail<'a>>,
}

impl<'t, 'a> Possible<'t, 'a> {
    /// What is possible with what was seen. Of no trails, nothing.
    #[must_use]
    pub fn of(trails: &'t [EvaluatedTrail<'a>]) -> Self {
        let those = |fits: &dyn Fn(&EvaluatedTrail<'a>) -> bool| trails.iter().filter(|trail| fits(trail)).collect();
        let is = |status: Status| move |trail: &EvaluatedTrail<'a>| trail.candidate.status() == status;
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
        let mut rivals: Vec<&EvaluatedTrail<'a>> = trails.iter().collect();
        rivals.sort_by_key(|rival| at_worst(&rival.candidate));
        let mut instead: Vec<&EvaluatedTrail<'a>> =
            those(&|trail| could_warn(&trail.candidate) || could_be_closest(trail, &rivals));
        // The one that `multi-region-trail` shows comes first.
        instead
            .sort_by_key(|EvaluatedTrail { candidate, .. }| (candidate.status(), candidate.failed(), &candidate.name));
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

/// How close a trail comes, the closer the less: with the most failures that it can have.
fn at_worst(candidate: &Candidate) -> (usize, &str) {
    let most = count(candidate, Status::Fail) + count(candidate, Status::Unknown);
    (most.max(1), &candidate.name)
}

/// Whether a trail could be the closest, should all of them fail: with the fewest failures that it can have, against the
/// most that each other one can have. Of the `rivals`, sorted by that, the first other one stands for all.
fn could_be_closest(trail: &EvaluatedTrail<'_>, rivals: &[&EvaluatedTrail<'_>]) -> bool {
    let this = &trail.candidate;
    let at_best = (count(this, Status::Fail).max(1), this.name.as_str());
    let closest = rivals.iter().find(|rival| !std::ptr::eq(**rival, trail));
    closest.is_none_or(|rival| at_best <= at_worst(&rival.candidate))
}

#[cfg(test)]
mod tests;
