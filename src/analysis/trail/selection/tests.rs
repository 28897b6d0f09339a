use super::*;
use crate::account::facts::Trail;
use crate::account::operation::Operation;
use crate::account::{Account, Call, Cause};
use crate::model::finding::{Finding, Subject};
use crate::testing::now;
use crate::testing::trails::{HOME, TrailFixture, trail};
use futures_util::FutureExt;

const STATUSES: [Status; 4] = [Status::Pass, Status::Warn, Status::Unknown, Status::Fail];

fn finding(status: Status) -> Finding {
    let unseen = Unavailable { call: Call::global(Operation::GetTrailStatus), cause: Cause::Throttled };
    Finding {
        id: "x/y",
        status,
        message: String::new(),
        subject: Subject::account(),
        evidence: None,
        remediation: None,
        resolves: None,
        unavailable: (status == Status::Unknown).then_some(unseen),
        links: Vec::new(),
        alike: None,
        brief: None,
        waived: None,
    }
}

/// For each trail the statuses of its requirements.
fn judged<'a>(trails: &'a [crate::account::Observed<'a, Trail>], statuses: &[Vec<Status>]) -> Vec<EvaluatedTrail<'a>> {
    trails
        .iter()
        .zip(statuses)
        .map(|(trail, statuses)| EvaluatedTrail {
            trail: *trail,
            home_region: Some(HOME),
            status: Err(Unavailable { call: Call::global(Operation::GetTrailStatus), cause: Cause::Throttled }),
            candidate: Candidate {
                name: trail.get().name.clone(),
                findings: statuses.iter().copied().map(finding).collect(),
            },
        })
        .collect()
}

/// Which trails are equally good and best, when all is known.
fn chosen(candidates: &[Candidate]) -> Vec<String> {
    let best = candidates.iter().map(Candidate::status).min().unwrap();
    let names = |candidates: &mut dyn Iterator<Item = &Candidate>| candidates.map(|one| one.name.clone()).collect();
    match best {
        Status::Fail => vec![Candidate::best(candidates.to_vec()).unwrap().chosen.unwrap().name],
        _ => names(&mut candidates.iter().filter(|candidate| candidate.status() == best)),
    }
}

/// Every way in which what is unknown may turn out.
fn worlds(statuses: &[Vec<Status>]) -> Vec<Vec<Vec<Status>>> {
    let Some((trail, rest)) = statuses.iter().enumerate().find(|(_, one)| one.contains(&Status::Unknown)) else {
        return vec![statuses.to_vec()];
    };
    let at = rest.iter().position(|status| *status == Status::Unknown).unwrap();
    let turned = [Status::Pass, Status::Warn, Status::Fail].map(|status| {
        let mut statuses = statuses.to_vec();
        statuses[trail][at] = status;
        statuses
    });
    turned.iter().flat_map(|statuses| worlds(statuses)).collect()
}

fn all_of(trails: usize) -> Vec<Vec<Vec<Status>>> {
    let one: Vec<Vec<Status>> = STATUSES.iter().flat_map(|a| STATUSES.map(|b| vec![*a, b])).collect();
    let mut all = vec![vec![]];
    for _ in 0..trails {
        all = all
            .iter()
            .flat_map(|some| one.iter().map(move |last| [some.as_slice(), std::slice::from_ref(last)].concat()))
            .collect();
    }
    all
}

/// Runs `test` with the trails `a`, `b`, … in the account.
fn with_trails(names: &[&str], test: impl Fn(&[crate::account::Observed<'_, Trail>])) {
    let account = Account::recorded(TrailFixture::of(names.iter().copied().map(trail).collect()).facts(), now());
    let listed = account.trails(HOME).now_or_never().unwrap().unwrap();
    test(&listed.each().collect::<Vec<_>>());
}

fn names(trails: &[&EvaluatedTrail<'_>]) -> Vec<String> {
    trails.iter().map(|trail| trail.candidate.name.clone()).collect()
}

#[test]
fn whatever_turns_out_the_choice_was_among_the_possible_ones() {
    with_trails(&["a", "b"], |trails| {
        for statuses in all_of(2) {
            let judged = judged(trails, &statuses);
            let possible = Possible::of(&judged);
            let (surely, perhaps, instead) =
                (names(&possible.surely), names(&possible.perhaps), names(&possible.instead));
            for world in worlds(&statuses) {
                let chosen =
                    chosen(&self::judged(trails, &world).into_iter().map(|one| one.candidate).collect::<Vec<_>>());
                let stays = !surely.is_empty()
                    && surely.iter().all(|name| chosen.contains(name))
                    && chosen.iter().all(|name| surely.contains(name) || perhaps.contains(name));
                let is_replaced = chosen.iter().all(|name| instead.contains(name));
                assert!(stays || is_replaced, "{statuses:?} → {world:?}: {chosen:?}");
            }
        }
    });
}

#[test]
fn with_all_known_exactly_the_chosen_ones_are_possible() {
    with_trails(&["a", "b", "c"], |trails| {
        for statuses in all_of(3).into_iter().filter(|all| !all.concat().contains(&Status::Unknown)) {
            let judged = judged(trails, &statuses);
            let possible = Possible::of(&judged);
            let all: Vec<_> = judged.iter().map(|one| one.candidate.clone()).collect();
            assert_eq!(names(&[possible.surely.as_slice(), &possible.instead].concat()), chosen(&all), "{statuses:?}");
            assert!(possible.perhaps.is_empty() && possible.unseen().is_none());
        }
    });
}

#[test]
fn unknown_named_facts_belong_to_a_trail_that_can_be_chosen() {
    with_trails(&["a", "b"], |trails| {
        let sure = judged(trails, &[vec![Status::Pass, Status::Pass], vec![Status::Fail, Status::Unknown]]);
        assert!(Possible::of(&sure).unseen().is_none());
        let open = judged(trails, &[vec![Status::Pass, Status::Pass], vec![Status::Pass, Status::Unknown]]);
        assert!(Possible::of(&open).unseen().is_some());
    });
}

#[test]
fn of_no_trails_nothing_is_possible() {
    let possible = Possible::of(&[]);
    assert!(possible.surely.is_empty() && possible.perhaps.is_empty() && possible.instead.is_empty());
}
