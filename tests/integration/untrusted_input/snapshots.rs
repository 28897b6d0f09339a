//! Snapshots that were cut, edited, made up, or are no snapshots.

use std::fs::File;

use futures_util::FutureExt;
use proptest::prelude::*;
use serde_json::{Value, json};
use stagecheck::account::Account;
use stagecheck::checks::SINGLE_ACCOUNT;
use stagecheck::model::status::Status::{self, Pass, Unknown, Warn};
use stagecheck::report::snapshot;

use super::poison::fixture;
use super::raw::assert_clean;
use crate::command_line::refusal;
use crate::stories::STORIES;
use crate::support::run::Run;

/// What every check comes to; `None` for what is no snapshot.
fn audit(text: &str) -> Option<Vec<Status>> {
    let recorded = snapshot::read(text).ok()?;
    let account = Account::recorded(recorded.facts, recorded.recorded_at);
    let status = |check: &&'static stagecheck::model::check::Check| {
        let judged =
            (check.run)(&account, &recorded.expectations).now_or_never().expect("nothing is waited for in a file");
        Status::all(judged.findings.iter().map(|finding| finding.status))
    };
    Some(SINGLE_ACCOUNT.checks.iter().map(status).collect())
}

#[test]
fn a_snapshot_that_was_cut_anywhere_is_refused() {
    for story in STORIES {
        let text = std::fs::read_to_string(story.fixture()).unwrap();
        let whole = text.trim_end().len();
        for fiftieth in 0..50 {
            let end = text.floor_char_boundary(whole * fiftieth / 50);
            assert!(snapshot::read(&text[..end]).is_err(), "{}: {fiftieth}/50", story.name);
        }
        assert!(snapshot::read(&text[..whole - 1]).is_err(), "{}", story.name);
    }
}

#[test]
fn a_file_longer_than_the_limit_is_refused_unread() {
    // A terabyte of nothing, which no disk has to hold, and which nobody reads within the test's limit.
    for length in [(128 << 20) + 1, 1 << 40] {
        let run = Run::stagecheck(["audit", "--snapshot", "long.json"]).file("long.json", "");
        let file = File::options().write(true).open(run.path("long.json")).unwrap();
        file.set_len(length).unwrap();
        let ran = run.expect(2);
        assert!(refusal(&ran).0.contains("longer than 128 MiB"), "{}", ran.stderr);
    }
}

#[test]
fn a_file_of_open_brackets_is_refused() {
    for text in ["[".repeat(1 << 20), "{\"facts\":".repeat(1 << 18)] {
        refusal(&Run::stagecheck(["audit", "--snapshot", "-"]).input(&text).expect(2));
    }
}

#[test]
fn a_number_of_a_schema_that_never_was_is_refused() {
    let text = fixture(&STORIES[0]).to_string();
    for version in ["2", "18446744073709551615", "-1", "1.5", "\"1\"", "null", "1e400"] {
        let edited = text.replacen("\"schema_version\":1", &format!("\"schema_version\":{version}"), 1);
        assert!(edited != text && snapshot::read(&edited).is_err(), "{version}");
    }
}

#[test]
fn a_snapshot_of_an_unknown_stage_is_refused() {
    let refused = |stage: Value| {
        let mut snapshot = fixture(&STORIES[0]);
        snapshot["stage"] = stage;
        for command in ["audit", "plan", "preview"] {
            let run = Run::stagecheck([command, "--snapshot", "-"]).input(&snapshot.to_string());
            let (error, _) = refusal(&run.expect(2));
            assert_clean(&error, command);
        }
        snapshot.to_string()
    };
    let text = refused("org-harvest".into());
    let run = Run::stagecheck(["diff", "other.json"]).arg(STORIES[0].fixture()).file("other.json", &text);
    let (error, _) = refusal(&run.expect(2));
    assert!(error.contains("there is no stage \"org-harvest\""), "{error}");
    for stage in ["", "Single-Account", "single-account ", "\u{1b}[2J\u{202e}"] {
        refused(stage.into());
    }
    for stage in [json!(1), json!(["single-account"]), json!({})] {
        refused(stage);
    }
}

#[test]
fn a_snapshot_without_a_stage_is_one_of_a_single_account() {
    for stage in [None, Some(Value::Null), Some("single-account".into())] {
        let mut snapshot = fixture(&STORIES[0]);
        match stage {
            Some(stage) => snapshot["stage"] = stage,
            None => drop(snapshot.as_object_mut().unwrap().remove("stage")),
        }
        let run = Run::stagecheck(["audit", "--snapshot", "-", "--format", "json"]).input(&snapshot.to_string());
        assert_eq!(run.whatever().json()["stage"], "single-account");
    }
}

/// An edit: where, by a walk from the top that takes a child by its number at every step, and what.
#[derive(Debug, Clone)]
struct Edit {
    walk: Vec<usize>,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Remove,
    Put(Value),
    Double,
    Rename(String),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let values = prop::sample::select(vec![
        json!(null),
        json!(0),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("*"),
        json!([]),
        json!({}),
        json!(true),
        json!([null]),
        json!({"known": null}),
        json!("arn:aws:iam::aws:policy/AdministratorAccess"),
        json!("arn:::"),
        json!("9999-12-31T23:59:59Z"),
        json!("-009999-01-01T00:00:00Z"),
        json!("{\"Statement\":[]}"),
        json!("é\u{202e}"),
    ]);
    let what = prop_oneof![
        2 => Just(What::Remove), 4 => values.prop_map(What::Put), 1 => Just(What::Double),
        1 => any::<String>().prop_map(What::Rename),
    ];
    let edit = (prop::collection::vec(any::<usize>(), 1..9), what).prop_map(|(walk, what)| Edit { walk, what });
    prop::collection::vec(edit, 1..6)
}

fn edit(value: &mut Value, walk: &[usize], what: &What) {
    let Some((first, rest)) = walk.split_first() else {
        if let What::Put(new) = what {
            *value = new.clone();
        }
        return;
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(first % fields.len()).unwrap().clone();
            match what {
                What::Remove if rest.is_empty() => drop(fields.remove(&name)),
                What::Rename(new) if rest.is_empty() => {
                    let inner = fields.remove(&name).unwrap();
                    fields.insert(new.clone(), inner);
                }
                _ => edit(&mut fields[&name], rest, what),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let index = first % items.len();
            match what {
                What::Remove if rest.is_empty() => drop(items.remove(index)),
                What::Double if rest.is_empty() => items.push(items[index].clone()),
                _ => edit(&mut items[index], rest, what),
            }
        }
        other => edit(other, &[], what),
    }
}

/// Takes a part of the facts away so that a fact is lost: a whole one, or a field of one (items of lists are no fields, and a list that
/// is shorter is another fact; entries of the account's summary are AWS's own).
fn lose(facts: &mut Value, walk: &[usize]) {
    let Some(fields) = facts.as_object_mut().filter(|fields| !fields.is_empty()) else { return };
    let Some((first, rest)) = walk.split_first() else { return };
    let name = fields.keys().nth(first % fields.len()).unwrap().clone();
    let inner = &mut fields[&name];
    let is_slot = inner.get("call").is_some();
    match inner {
        Value::Object(slots) if !is_slot && !slots.is_empty() && !rest.is_empty() => {
            let key = slots.keys().nth(rest[0] % slots.len()).unwrap().clone();
            slots.remove(&key);
        }
        _ => drop(fields.remove(&name)),
    }
}

/// Each case is a whole audit or two, so there are a quarter as many of them as of others.
fn cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.div_ceil(4), failure_persistence: None, ..usual }
}

fn stories() -> impl Strategy<Value = usize> {
    0..STORIES.len()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_edit_makes_reading_or_judging_panic(story in stories(), edits in edits()) {
        let mut snapshot = fixture(&STORIES[story]);
        for one in &edits {
            edit(&mut snapshot, &one.walk, &one.what);
            // Most of the file is facts, and a file without a head is refused before they are read.
            edit(&mut snapshot["facts"], &one.walk, &one.what);
        }
        audit(&snapshot.to_string());
    }

    #[test]
    fn no_text_in_place_of_a_part_makes_reading_panic(story in stories(), at in any::<usize>(), text in any::<String>()) {
        let mut whole = fixture(&STORIES[story]).to_string();
        let at = (0..=whole.len()).rev().filter(|at| whole.is_char_boundary(*at)).nth(at % 4_000).unwrap_or_default();
        let end = (at + text.len()..=whole.len()).find(|end| whole.is_char_boundary(*end)).unwrap_or(whole.len());
        whole.replace_range(at..end, &text);
        audit(&whole);
    }

    #[test]
    fn facts_that_are_lost_improve_nothing(story in stories(), walks in prop::collection::vec(prop::collection::vec(any::<usize>(), 1..3), 1..8)) {
        let mut snapshot = fixture(&STORIES[story]);
        let before = audit(&snapshot.to_string()).unwrap();
        for walk in &walks {
            lose(&mut snapshot["facts"], walk);
        }
        for (before, after) in before.iter().zip(audit(&snapshot.to_string()).unwrap()) {
            let holds = after == *before || after == Unknown || (*before == Pass && after == Warn);
            prop_assert!(holds, "{:?} became {:?}", before, after);
        }
    }
}
