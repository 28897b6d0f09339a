//! Every fixture's report held still: a line a finding of all, and six whole tables.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::stories::{STORIES, Story, fixtures, updating};
use crate::support::run::Run;

/// What the program prints of a fixture, without the program's own version.
fn report(story: &Story, format: &str) -> String {
    let audit = Run::stagecheck(["audit", "--format", format, "--snapshot"]).arg(story.fixture());
    let ran = audit.expect(story.exit);
    assert_eq!(ran.stderr, "", "{}", story.name);
    let version = env!("CARGO_PKG_VERSION");
    ran.stdout
        .replace(&format!("stagecheck {version}:"), "stagecheck [version]:")
        .replace(&format!("\"version\": \"{version}\""), "\"version\": \"[version]\"")
}

/// Held in `tests/integration/snapshots`, one file a fixture and format.
fn hold(story: &Story, format: &str, report: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("{}.{format}", story.name), report));
}

/// The accounts whose tables are read whole: one of each kind of screen.
const WHOLE: [&str; 6] =
    ["ready", "empty", "alarm-in-the-wrong-region", "denied-auditor", "hidden-administrator", "member-account"];

#[test]
fn tables_of_six_fixtures_stay_as_they_are() {
    for name in WHOLE {
        let story = STORIES.iter().find(|story| story.name == name).unwrap();
        hold(story, "table", &report(story, "table"));
    }
}

/// The verdict, and a line a finding: ID, status, resource and message.
fn projection(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!("{}: {}", text(&report["verdict"]), text(&report["headline"]))];
    for check in report["checks"].as_array().unwrap() {
        for finding in check["findings"].as_array().unwrap() {
            let [id, status, message] = ["id", "status", "message"].map(|key| text(&finding[key]));
            lines.push(format!("{id} {status} [{}] {message}", text(&finding["resource"])));
        }
    }
    lines.join("\n")
}

#[test]
fn default_reports_fit_a_screen() {
    for (name, most) in [("ready", 24), ("alarm-in-the-wrong-region", 30), ("denied-auditor", 30), ("empty", 50)] {
        let story = STORIES.iter().find(|story| story.name == name).unwrap();
        let lines = report(story, "table").lines().count();
        assert!(lines <= most, "{name}: {lines} lines");
    }
}

#[test]
fn findings_of_every_fixture_stay_as_they_are() {
    for story in STORIES {
        let json = serde_json::from_str(&report(story, "json")).unwrap();
        hold(story, "findings", &projection(&json));
    }
}

#[test]
fn json_of_every_fixture_keeps_to_its_schema() {
    let schema = include_str!("../../schema/report-v1.schema.json");
    let schema = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    for story in STORIES {
        let json: Value = serde_json::from_str(&report(story, "json")).unwrap();
        let faults: Vec<String> =
            schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", story.name);
    }
}

#[test]
fn every_check_of_a_fixture_comes_to_what_its_story_says() {
    for story in STORIES {
        let report: Value = serde_json::from_str(&report(story, "json")).unwrap();
        assert_eq!(report["verdict"], verdict(story), "{}", story.name);
        for (check, (id, status)) in report["checks"].as_array().unwrap().iter().zip(story.expected.by_id()) {
            assert_eq!(
                (&check["id"], &check["status"]),
                (&Value::from(id), &Value::from(status.word())),
                "{}",
                story.name
            );
        }
    }
}

#[test]
fn every_fixture_has_its_story_and_every_story_its_fixture() {
    let files: BTreeSet<String> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    let stories: BTreeSet<String> = STORIES.iter().map(|story| format!("{}.json", story.name)).collect();
    assert_eq!(files, stories);
}

#[test]
fn the_readme_of_the_fixtures_tells_every_story() {
    let path = fixtures().join("README.md");
    if updating() {
        fs::write(&path, readme()).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), readme(), "UPDATE_FIXTURES=1 writes it anew");
}

fn verdict(story: &Story) -> &'static str {
    match story.exit {
        0 => "ready",
        1 => "not-ready",
        3 => "undetermined",
        other => panic!("no verdict ends with {other}"),
    }
}

fn readme() -> String {
    let mut text = "\
# Sample accounts

Recorded snapshots that you can audit without AWS:

```
stagecheck audit --snapshot fixtures/accounts/empty.json
```

Tests in `tests/integration/stories/` write these files and this page: see \"Fixtures\" in CONTRIBUTING.md.

| Account | What is special | Verdict | Not passed |
| --- | --- | --- | --- |
"
    .to_owned();
    for story in STORIES {
        let Story { name, tells, expected, .. } = story;
        let not_passed: Vec<String> = expected
            .by_id()
            .iter()
            .filter(|(_, status)| status.word() != "pass")
            .map(|(id, status)| format!("{id}: {}", status.word()))
            .collect();
        writeln!(text, "| [{name}]({name}.json) | {tells} | {} | {} |", verdict(story), not_passed.join(", ")).unwrap();
    }
    text
}

/// Everything that a report of any fixture tells people to run.
fn commands() -> Vec<String> {
    let mut commands = Vec::new();
    for story in STORIES {
        let report: Value = serde_json::from_str(&report(story, "json")).unwrap();
        for finding in
            report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap())
        {
            let remedy = &finding["remediation"];
            if matches!(finding["status"].as_str(), Some("fail" | "warn")) {
                let has = |key: &str| !remedy[key].as_array().unwrap().is_empty();
                assert!(has("references"), "{finding:#}");
                assert!(has("commands") || remedy["console"].is_string(), "{finding:#}");
            }
            if let Some(list) = remedy["commands"].as_array() {
                commands.extend(list.iter().map(|command| command.as_str().unwrap().to_owned()));
            }
        }
    }
    commands
}

#[test]
fn every_failure_has_a_fix_that_a_shell_parses() {
    let commands = commands();
    assert!(commands.len() > 30, "{}", commands.len());
    for command in commands {
        for shell in ["sh", "bash"] {
            // Reads the command and runs nothing.
            let read = std::process::Command::new(shell).args(["-n", "-c", &command]).output().expect(shell);
            assert!(read.status.success(), "{shell}: {command}\n{}", String::from_utf8_lossy(&read.stderr));
        }
    }
}
