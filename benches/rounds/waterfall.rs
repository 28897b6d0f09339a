//! A picture of one audit: a line a call, in the order in which they were asked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::conversation::{Asked, Audit, Conversation, Question};
use crate::measuring::ms;

/// How many characters the whole audit is long.
const WIDTH: u32 = 36;

pub(crate) fn print(conversation: &Conversation, audit: &Audit, waits: &BTreeMap<Question, BTreeSet<Question>>) {
    let mut calls: Vec<&Asked> = audit.calls.iter().collect();
    calls.sort_by_key(|asked| (conversation.round(&asked.question), asked.at));
    let names: BTreeMap<&Question, String> = calls.iter().map(|asked| (&asked.question, name(asked))).collect();
    let width = names.values().map(|name| name.chars().count()).max().unwrap_or(0);
    let space = WIDTH as usize;
    println!("round  {:<width$}  asked +took, ms  {:<space$}  it waited for", "call", "");
    for asked in calls {
        let waited: BTreeSet<&str> =
            waits.get(&asked.question).into_iter().flatten().map(Question::operation).collect();
        println!(
            "{:>5}  {:<width$}  {:>5.0} + {:>5.0}    {}  {}",
            conversation.round(&asked.question),
            names[&asked.question],
            ms(asked.at),
            ms(asked.took),
            bar(asked.at, asked.at + asked.took, audit.took),
            waited.into_iter().collect::<Vec<_>>().join(", "),
        );
    }
}

/// The call without the account's number: what is asked, where, and about what.
fn name(asked: &Asked) -> String {
    let target = asked.call.target.rsplit([':', '/']).next().unwrap_or_default();
    // The emulator draws ids at random.
    let target: String = target.chars().take(18).collect();
    format!("{}:{} {} {target}", asked.call.service, asked.call.operation, asked.call.region).trim_end().to_owned()
}

fn bar(from: Duration, to: Duration, whole: Duration) -> String {
    let column = |time: Duration| (time.as_secs_f64() / whole.as_secs_f64() * f64::from(WIDTH)).round();
    (0..WIDTH)
        .map(|place| {
            let middle = f64::from(place) + 0.5;
            if (column(from)..column(to)).contains(&middle) { '█' } else { '·' }
        })
        .collect()
}
