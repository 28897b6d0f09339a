//! Fixtures with poison in them: the same account, but whoever named its things means harm.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Map, Value};

use crate::stories::{STORIES, Story};

/// What is put into every name, and what it is for.
pub(crate) struct Poison {
    pub(crate) what: &'static str,
    /// Behind the name.
    pub(crate) text: String,
}

/// Every kind of harm by itself, since what is hidden takes the commands away and so hides the harm of a quote in them.
pub(crate) fn poisons() -> Vec<Poison> {
    let poison = |what, text: &str| Poison { what, text: text.to_owned() };
    vec![
        poison(
            "hidden",
            "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]8;;http://evil\u{1b}\\\r\n✔ PASS\u{202e}\u{2066}\u{9b}31m\u{200b}\u{7f}\t\0\u{2028}\u{feff}\u{e0041}\u{8}",
        ),
        poison(
            "markup",
            "'\"`$(touch owned)${HOME};&|!<script>alert(1)</script>]]>&amp;</td>[x](javascript:x)|*_~#::error::%0A\\u001b\\x1b[31m\\'",
        ),
        poison("option", " --endpoint-url=http://evil"),
        poison("long", &"é名x".repeat(667)),
        poison("wide", &"－ ".repeat(300)),
    ]
}

/// A fixture's snapshot.
pub(crate) fn fixture(story: &Story) -> Value {
    serde_json::from_str(&fs::read_to_string(story.fixture()).unwrap()).unwrap()
}

/// The account with poison in every name that its people chose, the same everywhere, so that things still find one another.
pub(crate) fn with_names(snapshot: &Value, poison: &str) -> Value {
    let mut names = BTreeSet::new();
    collect_names(&snapshot["facts"], &mut names);
    names.insert(snapshot["expectations"]["topic"]["value"].as_str().unwrap().to_owned());
    // The longest first, or a name within another would be poisoned twice.
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    renamed(snapshot, &names, poison)
}

/// These accounts with every poison in every name, in every text, and in every refusal.
pub(crate) fn poisoned(stories: &[&str]) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for Poison { what, text } in poisons() {
        for story in STORIES.iter().filter(|story| stories.contains(&story.name)) {
            for (how, change) in [
                ("names", with_names as fn(&Value, &str) -> Value),
                ("texts", with_all_texts),
                ("refusals", with_refusals),
            ] {
                all.push((format!("{} ({what} in {how})", story.name), change(&fixture(story), &text)));
            }
        }
    }
    all
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (field, inner) in fields {
                match (field.as_str(), inner) {
                    // Which of AWS's own policies it is, is the point of its name.
                    ("name" | "bucket" | "prefix", Value::String(name)) if !name.is_empty() && !is_awss(fields) => {
                        names.insert(name.clone());
                    }
                    _ => collect_names(inner, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}

fn is_awss(fields: &Map<String, Value>) -> bool {
    fields.get("arn").and_then(Value::as_str).is_some_and(|arn| arn.starts_with("arn:aws:iam::aws:"))
}

fn renamed(value: &Value, names: &[String], poison: &str) -> Value {
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(document @ Value::Object(_)) => renamed(&document, names, poison).to_string().into(),
            _ => rename(text, names, poison).into(),
        },
        Value::Array(items) => items.iter().map(|item| renamed(item, names, poison)).collect(),
        Value::Object(fields) => {
            let field = |(name, inner): (&String, &Value)| {
                let kept = matches!(name.as_str(), "operation" | "origin" | "protocol" | "region");
                let inner = if kept { inner.clone() } else { renamed(inner, names, poison) };
                (rename(name, names, poison), inner)
            };
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

/// A name as a whole word of the text, with poison behind it.
fn rename(text: &str, names: &[String], poison: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    for name in names {
        let Some((before, behind)) = text.split_once(name.as_str()) else { continue };
        if before.ends_with(is_word) || behind.starts_with(is_word) {
            continue;
        }
        return format!("{}{name}{poison}{}", rename(before, names, poison), rename(behind, names, poison));
    }
    text.to_owned()
}

/// The account with poison behind every text of its facts but the moments, error messages included.
pub(crate) fn with_all_texts(snapshot: &Value, poison: &str) -> Value {
    let mut snapshot = snapshot.clone();
    snapshot["config"] = poison.into();
    spoil(&mut snapshot["facts"], poison);
    snapshot
}

fn spoil(value: &mut Value, poison: &str) {
    match value {
        Value::String(text) if text.parse::<jiff::Timestamp>().is_err() => text.push_str(poison),
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, poison)),
        Value::Object(fields) => {
            fields.iter_mut().filter(|(name, _)| *name != "operation").for_each(|(_, inner)| spoil(inner, poison));
        }
        _ => {}
    }
}

/// The account as an auditor meets it whom AWS, or whoever stands between, refuses everything with a message of harm.
pub(crate) fn with_refusals(snapshot: &Value, poison: &str) -> Value {
    let mut snapshot = snapshot.clone();
    refuse(&mut snapshot["facts"], poison);
    snapshot
}

fn refuse(value: &mut Value, poison: &str) {
    let Value::Object(fields) = value else { return };
    if fields.contains_key("call") {
        fields.remove("known");
        let causes = [
            serde_json::json!({"denied": {"message": poison}}),
            serde_json::json!({"fault": {"code": poison, "page": 2}}),
            serde_json::json!({"malformed": {"why": poison}}),
            serde_json::json!({"credentials": {"code": poison}}),
            serde_json::json!({"unreachable": {"why": poison}}),
            serde_json::json!({"unknowable": {"why": poison}}),
        ];
        let operation = fields["call"]["operation"].as_str().unwrap();
        let cause = causes[operation.len() % causes.len()].clone();
        fields.insert("unavailable".to_owned(), cause);
    } else {
        fields.iter_mut().for_each(|(_, inner)| refuse(inner, poison));
    }
}
