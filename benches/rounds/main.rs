//! How long an audit takes when AWS is far away, in round trips: `cargo bench --bench rounds`.
//!
//! The program audits accounts through a proxy that delays every answer. `STAGECHECK=path` measures another program than the one that
//! cargo built.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "a benchmark ends where something is not as it must be, and prints what it saw"
)]

use std::time::Duration;

mod accounts;
mod conversation;
mod far_tls;
#[expect(dead_code, reason = "the other benchmark uses the rest")]
#[path = "../measuring/mod.rs"]
mod measuring;
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
#[path = "../../tests/integration/support/mod.rs"]
mod support;
mod waiting;
mod waterfall;

use accounts::{FAILING, READY};
use conversation::{Audit, Conversation};
use measuring::{Times, ms};

/// How far the answers are away, in milliseconds.
const AWAY: [u64; 3] = [0, 50, 200];

/// How often each audit is made.
const RUNS: usize = 9;

fn main() {
    println!("{}\n", measuring::headline());
    let ready = Conversation::with(&READY);
    let furthest = table(READY.name, &ready);
    for failing in &FAILING {
        table(failing.name, &Conversation::with(failing));
    }
    over_tls(&ready);
    println!("a ready account, its answers {} ms away:\n", AWAY[AWAY.len() - 1]);
    waterfall::print(&ready, &furthest, &waiting::who_waits_for_whom(&ready));
}

/// Prints what a ready account's audit costs over TLS, where every new connection has to be paid for.
fn over_tls(conversation: &Conversation) {
    println!("ready, over TLS, each service a host of its own; medians of {RUNS} runs, in ms");
    println!("  round trip  wall time   ratio  its rounds reach AWS, in round trips");
    for away in AWAY.map(Duration::from_millis).into_iter().filter(|away| !away.is_zero()) {
        let audits: Option<Vec<Audit>> = (0..RUNS).map(|_| conversation.audit_over_tls(away)).collect();
        let Some(mut audits) = audits else {
            println!("  not measured: there is no openssl to make a certificate with");
            break;
        };
        audits.sort_by_key(|audit| audit.took);
        let audit = audits.swap_remove(RUNS / 2);
        let reach = |round| {
            let mut at: Vec<_> = audit.calls_of_round(conversation, round).collect();
            at.sort_unstable();
            format!("{} to {}", ratio(at[0], away), ratio(at[at.len() - 1], away))
        };
        let rounds: Vec<_> = (1..=conversation.by_round().len()).map(reach).collect();
        println!(
            "  {:>10.0}  {:>9.1}  {:>6}  {}",
            ms(away),
            ms(audit.took),
            ratio(audit.took, away),
            rounds.join("; ")
        );
    }
    println!();
}

/// How many round trips an audit took.
fn ratio(took: Duration, away: Duration) -> String {
    if away.is_zero() { "–".to_owned() } else { format!("{:.2}", ms(took) / ms(away)) }
}

/// Prints what an account's audit costs; gives the median audit of those with the furthest answers.
fn table(name: &str, conversation: &Conversation) -> Audit {
    let rounds = conversation.by_round();
    let calls: Vec<String> = rounds.iter().map(ToString::to_string).collect();
    println!("{name}: {} rounds of {} calls; medians of {RUNS} runs, in ms", rounds.len(), calls.join(" + "));
    println!("  round trip  wall time   ratio  first call after  end after last answer");
    let mut furthest = None;
    for away in AWAY.map(Duration::from_millis) {
        let mut audits: Vec<Audit> = (0..RUNS).map(|_| conversation.audit(away)).collect();
        let first = Times::new(audits.iter().map(Audit::first_call).collect()).median();
        let last = Times::new(audits.iter().map(Audit::after_the_last_answer).collect()).median();
        audits.sort_by_key(|audit| audit.took);
        let audit = audits.swap_remove(RUNS / 2);
        let ratio = ratio(audit.took, away);
        println!("  {:>10.0}  {:>9.1}  {ratio:>6}  {:>16.1}  {:>21.1}", ms(away), ms(audit.took), ms(first), ms(last));
        furthest = Some(audit);
    }
    println!();
    furthest.expect("a distance")
}
