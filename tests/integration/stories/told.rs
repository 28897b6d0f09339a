//! How a story is told: a live audit that is recorded, and the same audit again from the recording alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use serde_json::Value;

use super::{Story, updating};
use crate::support::account::Account;
use crate::support::rules::Rule;
use crate::support::run::Run;

/// What no recording may hold: the secret of the caller's key, a password, and addresses that are not masked.
const SECRETS: [&str; 5] =
    ["of no matter", "correct horse", "security@example.com", "management@example.com", "SessionToken"];

/// Builds the account, audits it, records it, audits the recording, and holds the fixture to it.
pub(super) fn tell(story: &Story) {
    let account = Account::new(story.account);
    let proxy = (story.make)(account).with(audited_by_a_user());
    let live = Run::audit(account, &proxy).args(["--record", "recorded.json", "--format", "json"]).expect(story.exit);
    let report = live.json();
    let found: Vec<_> = report["checks"].as_array().unwrap().iter().map(|check| check["status"].clone()).collect();
    let expected = story.expected.by_id().map(|(_, status)| Value::from(status.word()));
    assert_eq!(found, expected, "{report:#}\n{}", proxy.log());

    let path = live.path("recorded.json");
    let recorded = live.wrote("recorded.json");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for secret in SECRETS {
        assert!(!recorded.contains(secret), "{secret} in {recorded}");
    }

    let offline = Run::stagecheck(["audit", "--format", "json", "--snapshot"]).arg(&path).expect(story.exit);
    let mut replayed = offline.json();
    assert_eq!(replayed["source"], "snapshot");
    replayed["source"] = report["source"].clone();
    assert_eq!(replayed, report, "the report of the recording");

    if updating() {
        fs::write(story.fixture(), &recorded).unwrap();
    } else {
        let fixture = fs::read_to_string(story.fixture()).unwrap_or_else(|error| {
            panic!("{}: {error}; UPDATE_FIXTURES=1 writes it", story.fixture().display());
        });
        assert_eq!(lasting(&fixture), lasting(&recorded), "the fixture is stale; UPDATE_FIXTURES=1 writes it anew");
    }
}

/// The audit is made by the IAM user `auditor`, and not by root.
fn audited_by_a_user() -> Rule {
    Rule::on("sts", "GetCallerIdentity").edit(|answer| {
        answer.body = answer.text().replacen(":root</Arn>", ":user/auditor</Arn>", 1).into();
    })
}

/// The facts of a recording, a line each, but for what is another at each recording: times, and what is drawn at random.
fn lasting(recording: &str) -> String {
    let whole: Value = serde_json::from_str(recording).unwrap();
    let mut lines = Vec::new();
    write(&whole["facts"], "", &mut lines);
    // The order of a map hangs on its keys, which may be random.
    lines.sort();
    lines.join("\n")
}

fn write(value: &Value, path: &str, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                write(value, &format!("{path}.{}", scrubbed(key)), lines);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| write(item, &format!("{path}[]"), lines)),
        Value::String(text) if path.ends_with(".id_ends_with") => {
            lines.push(format!("{path}: {} characters", text.len()));
        }
        Value::String(text) => match serde_json::from_str(text) {
            // A policy document: the order of its fields says nothing.
            Ok(document @ Value::Object(_)) => write(&document, &format!("{path}.json"), lines),
            _ => lines.push(format!("{path}: {}", scrubbed(text))),
        },
        other => lines.push(format!("{path}: {other}")),
    }
}

/// A text without a time, and without the UUIDs in it.
fn scrubbed(text: &str) -> String {
    if text.parse::<Timestamp>().is_ok() {
        return "a time".to_owned();
    }
    let is_uuid = |part: &str| {
        let lengths: Vec<usize> = part.split('-').map(str::len).collect();
        lengths == [8, 4, 4, 4, 12] && part.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
    };
    let parts = text.split_inclusive([':', '/', ' ']).map(|part| {
        let (name, end) = part.split_at(part.trim_end_matches([':', '/', ' ']).len());
        format!("{}{end}", if is_uuid(name) { "a UUID" } else { name })
    });
    parts.collect()
}
