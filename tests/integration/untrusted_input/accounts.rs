//! Every fixture as somebody who means harm would have named it, in every format, byte by byte.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::ValueEnum;
use serde_json::Value;
use stagecheck::cli::formats::Format;
use unicode_width::UnicodeWidthStr;

use super::markup;
use super::poison::{Poison, fixture, poisons, with_all_texts, with_names, with_refusals};
use super::raw::{assert_clean, is_hidden, without_colours};
use crate::stories::STORIES;
use crate::support::run::{Ran, Run};

/// Audits a snapshot; it must end as an audit, whatever the verdict.
#[track_caller]
fn audited<A: Into<OsString>>(snapshot: &Value, arguments: impl IntoIterator<Item = A>) -> Ran {
    let run = Run::stagecheck(["audit", "--snapshot", "-"]).args(arguments).input(&snapshot.to_string());
    let ran = run.whatever();
    assert!([0, 1, 3].contains(&ran.status), "{}: {}", ran.status, ran.stderr);
    assert!(ran.stderr.lines().all(|line| line.starts_with("Wrote report.")), "{}", ran.stderr);
    ran
}

/// All that is said of a snapshot is clean in every format, and says the same.
fn assert_harmless(what: &str, snapshot: &Value, schema: &jsonschema::Validator) -> Value {
    let formats = Format::value_variants();
    let outputs = formats.iter().flat_map(|format| ["--output".to_owned(), format!("{0}=report.{0}", name(*format))]);
    let json = audited(snapshot, outputs.chain(["--format".to_owned(), "json".to_owned()]));
    let report = json.json();
    let faults: Vec<String> =
        schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
    for command in texts(&report, "commands") {
        let words = shell_words::split(&command).unwrap_or_else(|error| panic!("{what}: {error}: {command}"));
        assert!(words.iter().all(|word| !word.contains(is_hidden)), "{what}: {command:?}");
        // A guarded command begins by asking what is there already.
        let first = words.first().map(String::as_str);
        let guarded = first.is_some_and(|first| ["if", "printf"].contains(&first) || first.ends_with("$(aws"));
        assert!(guarded || first == Some("aws"), "{what}: {command}");
        let foreign = words.iter().any(|word| word.starts_with("--endpoint-url"));
        assert!(!foreign && !command.contains('\n'), "{what}: {command}");
    }

    for format in formats {
        let text = json.wrote(&format!("report.{}", name(*format)));
        let what = format!("{what} as {}", name(*format));
        assert_clean(&text, &what);
        // Every format is held by what its readers take for markup: a new one does not compile before it is.
        match format {
            Format::Table => assert_bounded(&what, &text, &report),
            Format::Json => assert_eq!(text, json.stdout, "{what}"),
            Format::Junit => markup::assert_junit(&what, &text, &report),
            Format::Sarif => markup::assert_sarif(&what, &text, &report),
            Format::Ocsf => markup::assert_ocsf(&what, &text, &report),
            Format::Github => markup::assert_github(&what, &text),
            Format::Markdown => markup::assert_markdown(&what, &text),
            Format::Html => markup::assert_html(&what, &text),
        }
    }
    let coloured = audited(snapshot, ["--format", "table", "--color", "always"]);
    let bare = without_colours(&coloured.stdout);
    assert_clean(&bare, &format!("{what} as a coloured table"));
    assert!(bare == json.wrote("report.table"), "{what}: colours change the words");
    report
}

/// A format's name on the command line.
fn name(format: Format) -> String {
    format.to_possible_value().unwrap().get_name().to_owned()
}

/// A line is as wide as a pipe, unless it is to be copied: then it is what the JSON report has, and nothing else.
fn assert_bounded(what: &str, table: &str, report: &Value) {
    let mut whole: BTreeSet<String> = texts(report, "commands").into_iter().collect();
    whole.extend(texts(report, "resource").iter().map(|resource| escaped(resource)));
    whole.extend(texts(report, "references"));
    for line in table.lines().filter(|line| line.width() > 80) {
        let text = line.trim();
        let copied = whole.contains(text) || text.starts_with("export ") || text.starts_with("{\"Version\":");
        let verdict = table.lines().last() == Some(line) && line.width() < 200;
        assert!(copied || verdict, "{what}: a line of {} columns: {line}", line.width());
    }
}

fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// All texts under a name, wherever it stands.
fn texts(value: &Value, name: &str) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(field, inner)| match inner {
                Value::String(text) if field == name => vec![text.clone()],
                Value::Array(items) if field == name => {
                    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                inner => texts(inner, name),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| texts(item, name)).collect(),
        _ => Vec::new(),
    }
}

/// Every poison in the accounts whose story's name is in `stories`.
fn every_account(stories: &[&str], change: fn(&Value, &str) -> Value) -> Vec<(String, Value)> {
    let schema = include_str!("../../../schema/report-v1.schema.json");
    let schema = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let mut reports = Vec::new();
    for Poison { what, text } in poisons() {
        for story in STORIES.iter().filter(|story| stories.contains(&story.name)) {
            let what = format!("{} ({what})", story.name);
            let report = assert_harmless(&what, &change(&fixture(story), &text), &schema);
            reports.push((what, report));
        }
    }
    reports
}

/// Between them they show every remedy and every kind of name.
const TELLING: [&str; 9] = [
    "ready-with-warnings",
    "empty",
    "hidden-administrator",
    "weak-role",
    "stopped-trail",
    "foreign-bucket-policy",
    "alarm-in-the-wrong-region",
    "filtered-subscription",
    "customer-key",
];

#[test]
fn names_that_mean_harm_do_none_in_any_format() {
    let reports = every_account(&TELLING, with_names);
    let with_commands = reports.iter().filter(|(_, report)| !texts(report, "commands").is_empty()).count();
    assert!(with_commands > 20, "{with_commands} reports with commands");
    let mut hidden = reports.iter().filter(|(what, _)| what.ends_with("(hidden)"));
    assert!(
        hidden.all(|(_, report)| report["checks"].to_string().contains('\u{202e}')),
        "the names are in the reports"
    );
}

#[test]
fn texts_that_mean_harm_do_none_wherever_they_stand() {
    every_account(&["ready", "weak-role", "denied-auditor"], with_all_texts);
}

#[test]
fn hostile_error_messages_are_harmless_and_improve_nothing() {
    for (what, report) in every_account(&["ready", "customer-key"], with_refusals) {
        assert_eq!(report["verdict"], "undetermined", "{what}");
        assert_eq!(report["summary"]["unknown"], 7, "{what}: {}", report["summary"]);
    }
}
