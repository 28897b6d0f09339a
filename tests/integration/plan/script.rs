//! The script: read by shells and by shellcheck, and run whole against a program that only notes what it is told.

use std::process::Command;

use serde_json::Value;

use super::{plan_of, strings};
use crate::stories::{STORIES, Story, fixtures};
use crate::support::python;
use crate::support::run::{Ran, Run};

/// In place of the AWS CLI: notes its words, answers who asks, and finds nothing of what a command may look for first.
const AWS: &str = r#"#!/bin/sh
refused() { echo "An error occurred ($1) when calling the operation: not found" >&2; exit 254; }
{ printf '%s\037' "$@"; echo; } >> "$CALLS"
case "$1 $2" in
  "sts get-caller-identity") echo "$ACCOUNT" ;;
  *" head-bucket"*) refused 404 ;;
  *" get-bucket-policy"*) refused NoSuchBucketPolicy ;;
  *" get-trail"*) refused TrailNotFoundException ;;
  "iam get-instance-profile") case "$*" in *" --query "*) ;; *) refused NoSuchEntity ;; esac ;;
  "iam get-"*) refused NoSuchEntity ;;
esac
"#;

/// Makes the script of a fixture and runs it, with this said to it by the one who runs it.
fn run(story: &Story, arguments: &str, environment: &[(&str, &str)], said: &str) -> Run {
    let script = format!(
        r#"set -u
mkdir bin && mv aws bin/aws && chmod +x bin/aws
"$0" plan --snapshot "$SNAPSHOT" --format script {arguments} > plan.sh
test $? -le 3 || exit 99
: > calls
CALLS=$PWD/calls PATH="$PWD/bin:$PATH" sh plan.sh"#
    );
    let run = Run::shell(&script).file("aws", AWS).input(said).env("SNAPSHOT", story.fixture());
    let run =
        if environment.iter().any(|(name, _)| *name == "ACCOUNT") { run } else { run.env("ACCOUNT", account(story)) };
    environment.iter().fold(run, |run, (name, value)| run.env(name, value))
}

fn account(story: &Story) -> String {
    let report = plan_of(story.name, &["--format", "json"]).expect(story.exit).json();
    report["account"]["id"].as_str().unwrap().to_owned()
}

/// The calls that were made, word by word.
fn noted(ran: &Ran) -> Vec<Vec<String>> {
    let noted = ran.wrote("calls");
    noted.lines().map(|call| call.split_terminator('\u{1f}').map(str::to_owned).collect()).collect()
}

/// The same of a script, which asks first whose credentials they are; where it runs nothing, it asks nobody.
fn calls(ran: &Ran) -> Vec<Vec<String>> {
    let mut calls = noted(ran);
    if !calls.is_empty() {
        assert_eq!(calls.remove(0)[..2], ["sts", "get-caller-identity"]);
    }
    calls
}

/// The calls that a shell makes of the commands of the steps that must be done, with the inputs' values in place.
fn expected(steps: &[Value]) -> Vec<Vec<String>> {
    let musts = steps.iter().filter(|step| step["need"] == "must" || step["need"] == "see");
    let mut commands = Vec::new();
    for step in musts {
        // What is learned on the way is known from the first command that cannot do without it to the end of its step.
        let learned = strings(&step["learned"]);
        commands.extend(learned.iter().map(|name| format!("unset {name}")));
        for command in strings(&step["commands"]) {
            let known = learned.iter().filter(|name| command.contains(&format!("${{{name}:?")));
            commands.extend(known.map(|name| format!("{name}={}", shell_words::quote(value_of(name)))));
            commands.push(command.to_owned());
        }
    }
    let script = r#"mkdir bin && mv aws bin/aws && chmod +x bin/aws && : > calls
CALLS=$PWD/calls PATH="$PWD/bin:$PATH" sh -e commands.sh"#;
    let run = Run::shell(script).file("aws", AWS).file("commands.sh", &commands.join("\n")).env("ACCOUNT", "");
    noted(&INPUTS.iter().fold(run, |run, (name, value)| run.env(name, value)).expect(0))
}

fn story(name: &str) -> &'static Story {
    STORIES.iter().find(|story| story.name == name).unwrap()
}

const INPUTS: [(&str, &str); 8] = [
    ("ALERT_EMAIL", "alerts+aws@example.com"),
    ("ADMIN_USER", "o'neil; touch broken"),
    ("ADMIN_PASSWORD", "$(touch broken) \"x\""),
    ("LOG_READER", "reader"),
    ("MFA_SERIAL", "arn:aws:iam::1:mfa/x"),
    ("MFA_CODE_1", "123456"),
    ("MFA_CODE_2", "654321"),
    ("ACCESS_KEY_ID", "AKIAEXAMPLE"),
];

#[test]
fn script_makes_the_required_calls_in_order_and_no_other() {
    let mut made = 0;
    for story in STORIES {
        for strict in [None, Some("--strict")] {
            let arguments: Vec<&str> = ["--format", "json"].into_iter().chain(strict).collect();
            let plan = plan_of(story.name, &arguments).whatever().json();
            let steps = plan["plan"].as_array().unwrap();
            // What a step learned holds for that step only, so each further one asks anew.
            let asked: Vec<&str> = steps.iter().flat_map(|step| strings(&step["learned"])).collect();
            let given: Vec<(&str, &str)> = INPUTS.into_iter().filter(|(name, _)| !asked.contains(name)).collect();
            let said: String = asked.iter().flat_map(|name| [value_of(name), "\n"]).collect();
            let ran = run(story, strict.unwrap_or_default(), &given, &said).expect(0);
            let calls = calls(&ran);
            assert_eq!(calls, expected(steps), "{} {strict:?}\n{}", story.name, ran.stdout);
            assert!(!ran.path("broken").exists());
            made += calls.len();
        }
    }
    assert!(made > 60, "{made}");
}

fn value_of(input: &str) -> &'static str {
    INPUTS.iter().find(|(name, _)| *name == input).unwrap().1
}

#[test]
fn without_the_operators_values_the_script_makes_no_call() {
    let empty = story("empty");
    let ran = run(empty, "", &[], "").whatever();
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains("ADMIN_USER: name of the new administrator"), "{}", ran.stderr);
    assert_eq!(ran.wrote("calls"), "");
}

#[test]
fn in_another_account_the_script_changes_nothing() {
    let mut given = INPUTS.to_vec();
    given.push(("ACCOUNT", "999999999999"));
    let ran = run(story("empty"), "", &given, "").expect(1);
    assert_eq!(calls(&ran), Vec::<Vec<String>>::new());
    assert!(ran.stderr.contains("these are the credentials of account 999999999999"), "{}", ran.stderr);
}

#[test]
fn the_script_stops_where_a_command_fails() {
    let fails = AWS.replace("esac", "  \"iam attach-user-policy\") exit 254 ;;\nesac");
    let ran = run(story("empty"), "", &INPUTS, "").file("aws", &fails).expect(254);
    let calls = calls(&ran);
    assert_eq!(calls.last().unwrap()[..2], ["iam", "attach-user-policy"]);
}

#[test]
fn script_ends_with_an_alarm_test_that_it_does_not_run() {
    let script = plan_of("empty", &["--format", "script"]).expect(1).stdout;
    let last = script.lines().last().unwrap();
    assert!(last.starts_with("# aws cloudwatch set-alarm-state --alarm-name billing-over-25-usd "), "{last}");
    assert!(script.contains("check that the email arrives"), "{script}");
    let back = script.find("── When to audit again ──").unwrap();
    assert!(back < script.find("set-alarm-state").unwrap());
    assert!(script[back..].contains("when the first log file arrives, within about 15 minutes"), "{script}");
}

#[test]
fn every_script_is_one_that_shells_and_shellcheck_read() {
    let python = python::CHECKERS.interpreter();
    let shellcheck = python.with_file_name("shellcheck");
    let folder = python::fresh_folder("scripts");
    let mut files = Vec::new();
    for story in STORIES {
        for strict in [None, Some("--strict")] {
            let arguments: Vec<&str> = ["--format", "script"].into_iter().chain(strict).collect();
            let script = plan_of(story.name, &arguments).whatever().stdout;
            let file = folder.join(format!("{}{}.sh", story.name, strict.unwrap_or_default()));
            std::fs::write(&file, script).unwrap();
            for shell in ["sh", "bash"] {
                let read = Command::new(shell).arg("-n").arg(&file).output().unwrap();
                assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr));
            }
            files.push(file);
        }
    }
    let checked = Command::new(shellcheck).args(&files).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn names_that_mean_harm_stay_in_their_comments_and_quotes() {
    let weak = std::fs::read_to_string(fixtures().join("hidden-administrator.json")).unwrap();
    let names = [
        "a\\n touch broken\\n",
        "$(touch broken)",
        "`touch broken`",
        "'; touch broken; '",
        "\\u001b[2J\\u2028touch broken",
    ];
    for name in names {
        // A user's name stands in messages, in commands and in what is said on the way.
        let hostile =
            weak.replace("\"helpdesk\"", &format!("\"{name}\"")).replace("user/helpdesk", &format!("user/{name}"));
        let script = r#"mkdir bin && mv aws bin/aws && chmod +x bin/aws
"$0" plan --snapshot account.json --format script > plan.sh
test $? -eq 1 || exit 99
CALLS=$PWD/calls PATH="$PWD/bin:$PATH" sh plan.sh"#;
        let run = Run::shell(script)
            .file("aws", AWS)
            .file("account.json", &hostile)
            .env("ACCOUNT", account(story("hidden-administrator")));
        let ran = run.input(&"123456\n".repeat(20)).expect(0);
        assert!(!ran.path("broken").exists(), "{name}");
        let hidden = |c: char| c.is_control() && c != '\n';
        assert!(!ran.wrote("plan.sh").contains(hidden), "{name}");
    }
}
