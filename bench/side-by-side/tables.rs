//! What was seen, in Markdown, as docs/performance.md has it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Spent;
use crate::aws_cli::Sum;
use crate::stories::STORIES;
use crate::verdicts::{Score, Verdicts};

/// Wall time, time of the processor, peak of memory in KiB, calls.
type Costs = (Duration, Duration, u64, usize);

/// What everybody made of one account.
pub(crate) struct Audited {
    pub(crate) name: &'static str,
    pub(crate) truth: Verdicts,
    pub(crate) own: (Spent, Verdicts),
    pub(crate) by_hand: Sum,
    pub(crate) prowler: Option<(Spent, Verdicts)>,
}

/// Prints what each tool cost: medians over the accounts, and the highest peak of memory.
pub(crate) fn costs(audited: &[Audited]) {
    println!("| {} accounts | wall | CPU | peak memory | calls |", audited.len());
    println!("| :--- | ---: | ---: | ---: | ---: |");
    let spent = |spent: &Spent| (spent.cost.wall, spent.cost.cpu, spent.cost.peak, spent.calls);
    row("stagecheck", &audited.iter().map(|audited| spent(&audited.own.0)).collect::<Vec<_>>());
    row("prowler", &audited.iter().filter_map(|audited| Some(spent(&audited.prowler.as_ref()?.0))).collect::<Vec<_>>());
    let sums = audited.iter().map(|audited| &audited.by_hand);
    row("AWS CLI", &sums.map(|sum| (sum.wall, sum.cpu, sum.peak, sum.calls)).collect::<Vec<_>>());
    println!();
}

fn row(tool: &str, spent: &[Costs]) {
    if spent.is_empty() {
        return;
    }
    let seconds = |of: fn(&Costs) -> Duration| median(spent.iter().map(of)).as_secs_f64();
    let peak = spent.iter().map(|(_, _, peak, _)| peak * 1024 / 1_000_000).max().expect("an account");
    let (wall, cpu) = (seconds(|spent| spent.0), seconds(|spent| spent.1));
    let calls = median(spent.iter().map(|spent| spent.3));
    println!("| {tool} | {wall:.2} s | {cpu:.2} s | {peak} MB | {calls} |");
}

fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

/// Prints how each tool's verdicts compare with what is so, and every verdict that is not right.
pub(crate) fn verdicts(audited: &[Audited]) {
    let columns = [
        ("right", Score::Right),
        ("wrong pass", Score::WrongPass),
        ("wrong fail", Score::WrongFail),
        ("unproven pass", Score::UnprovenPass),
        ("unproven fail", Score::UnprovenFail),
        ("no answer", Score::NoAnswer),
    ];
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    println!("| {} verdicts | {} |", audited.len() * items().len(), names.join(" | "));
    println!("| :--- |{}", " ---: |".repeat(columns.len()));
    let own = audited.iter().map(|audited| (audited, &audited.own.1)).collect();
    let others = audited.iter().filter_map(|audited| Some((audited, &audited.prowler.as_ref()?.1))).collect();
    for (tool, verdicts) in [("stagecheck", own), ("prowler", others)] {
        let verdicts: Vec<(&Audited, &Verdicts)> = verdicts;
        if verdicts.is_empty() {
            continue;
        }
        let mut scores: BTreeMap<Score, usize> = BTreeMap::new();
        for (audited, said) in &verdicts {
            for item in items() {
                *scores.entry(said.on(item).score(audited.truth.on(item))).or_default() += 1;
            }
        }
        let counts: Vec<String> =
            columns.iter().map(|(_, score)| scores.get(score).copied().unwrap_or(0).to_string()).collect();
        println!("| {tool} | {} |", counts.join(" | "));
    }

    println!("\n| account | item | it is | stagecheck | prowler | which is | in its words |");
    println!("| :--- | :--- | :--- | :--- | :--- | :--- | :--- |");
    for audited in audited {
        for item in items() {
            let truth = audited.truth.on(item);
            let own = audited.own.1.on(item);
            let others = audited.prowler.as_ref().map_or(own, |(_, verdicts)| verdicts.on(item));
            let score = others.score(truth);
            if score == Score::Right && own.score(truth) == Score::Right {
                continue;
            }
            let name = columns.iter().find(|(_, known)| *known == score).expect("a column").0;
            let words = audited.prowler.as_ref().map_or("", |(_, verdicts)| verdicts.words(item));
            let (truth, own, others) = (truth.word(), own.word(), others.word());
            println!("| {} | `{item}` | {truth} | {own} | {others} | {name} | {words} |", audited.name);
        }
    }
}

fn items() -> [&'static str; 7] {
    STORIES[0].expected.by_id().map(|(item, _)| item)
}
