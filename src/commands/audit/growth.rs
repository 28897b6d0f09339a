//! What many administrators cost: four times as many, about four times as much. Work that grows with the square of an account would
//! keep the audit of a large one busy for hours. Held by the memory that the work asks for, which no machine changes, and for each part by
//! itself, so that a cheap one cannot hide behind an expensive one.

use std::path::Path;

use futures_util::FutureExt;

use super::*;
use crate::account::facts::Facts;
use crate::account::operation::Operation;
use crate::account::{CachedFact, Call, Cause};
use crate::checks::SINGLE_ACCOUNT;
use crate::report::plan::Plan;
use crate::testing::cost::{Cost, cost};
use crate::testing::iam::{ADMINISTRATOR_ACCESS, EntityBuilder, Iam};
use crate::testing::now;

const FEW: usize = 1_000;
const MANY: usize = 4 * FEW;

/// Between what fourfold work costs and what sixteenfold work costs.
const MOST: u64 = 6;

/// Administrators without MFA, each with a key: each needs steps of their own.
fn failing(count: usize) -> Facts {
    let user = |iam: Iam, number: usize| {
        let name = format!("user-{number}");
        iam.user(&name, EntityBuilder::nothing().attached(ADMINISTRATOR_ACCESS)).password(&name).key(&name, "Active")
    };
    let mut facts = (0..count).fold(Iam::new(), user).facts();
    for number in 0..count {
        let name = format!("user-{number}");
        facts
            .mfa_devices
            .set(&name, CachedFact::known(Call::global(Operation::ListMfaDevices).about(&name), Vec::new()));
    }
    facts
}

/// Administrators of whom nothing more was asked.
fn unasked(count: usize) -> Facts {
    let user =
        |iam: Iam, number| iam.user(&format!("user-{number}"), EntityBuilder::nothing().attached(ADMINISTRATOR_ACCESS));
    (0..count).fold(Iam::new(), user).facts()
}

/// Administrators of whom nothing may be asked.
fn denied(count: usize) -> Facts {
    let mut facts = unasked(count);
    for number in 0..count {
        let name = format!("user-{number}");
        let call = Call::global(Operation::ListMfaDevices).about(&name);
        facts
            .mfa_devices
            .set(&name, CachedFact::unavailable(call, Cause::Denied { message: Some(format!("not {name}")) }));
    }
    facts
}

fn text(facts: &Facts) -> String {
    snapshot::write(SINGLE_ACCOUNT.id, now(), &Settings::default(), None, &[], facts).unwrap()
}

fn report(facts: &Facts) -> Report {
    of_snapshot(&text(facts), Path::new("snapshot")).unwrap()
}

fn grows_with(what: &str, few: Cost, many: Cost) {
    let grows = many.allocations < MOST * few.allocations && many.bytes < MOST * few.bytes;
    assert!(grows, "{what}: {FEW} administrators cost {few:?}, {MANY} {many:?}");
}

#[test]
fn recorded_facts_answer_at_once_in_any_number() {
    let subject = recorded::read(&text(&unasked(MANY)), Path::new("snapshot")).unwrap().0;
    let mut polls = 0;
    let mut judged = std::pin::pin!(subject.judged(Selection::all(&SINGLE_ACCOUNT), false));
    let counted = std::future::poll_fn(|context| {
        polls += 1;
        judged.as_mut().poll(context)
    });
    runtime().unwrap().block_on(counted);
    // The runtime puts off who asks more than 128 times.
    assert!(polls < 8, "{polls}");
}

#[test]
fn keeping_what_was_denied_grows_with_the_number_of_denials() {
    let ask = |count: usize| {
        let account = Account::recorded(denied(count), now());
        cost(|| {
            for number in 0..count {
                let told = account.mfa_devices(&format!("user-{number}")).now_or_never();
                assert!(told.is_some_and(|devices| devices.is_err()));
            }
        })
    };
    grows_with("denied", ask(FEW), ask(MANY));
}

#[test]
fn a_plan_grows_with_its_steps() {
    for (what, facts) in [("failing", failing as fn(usize) -> Facts), ("unasked", unasked), ("denied", denied)] {
        let (few, many) = (report(&facts(FEW)), report(&facts(MANY)));
        assert!(Plan::of(&many).steps.len() > 1);
        grows_with(what, cost(|| Plan::of(&few)), cost(|| Plan::of(&many)));
    }
}

#[test]
fn every_format_grows_with_the_number_of_findings() {
    let (few, many) = (report(&failing(FEW)), report(&failing(MANY)));
    let written = |format: Format, report| {
        cost(|| {
            let mut text = Vec::new();
            format.write(report, &Style::plain(), &mut text).unwrap();
            text
        })
    };
    for format in <Format as clap::ValueEnum>::value_variants() {
        grows_with(&format!("{format:?}"), written(*format, &few), written(*format, &many));
    }
}
