//! How commands are written, over every finding of every recorded account, in every partition: each call names its region and the
//! account's own partition, each input is listed, and each shell reads the same.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::stories::STORIES;
use crate::support::run::Run;

/// Stands in for the AWS CLI: writes its words down, one a line, and prints or fails as it is told.
const AWS: &str = r#"#!/bin/sh
{ echo CALL; for word in "$@"; do printf '%s\n' "$word"; done; } >> calls
test -z "$PRINTS" || echo "$PRINTS"
exit "$STATUS"
"#;

/// A report of the fixture, with this in the place of the partition `aws`.
fn report(story: &str, partition: &str) -> Value {
    let recorded = fs::read_to_string(crate::stories::fixtures().join(format!("{story}.json"))).unwrap();
    let recorded = recorded.replace("arn:aws:", &format!("arn:{partition}:"));
    let run =
        Run::stagecheck(["audit", "--format", "json", "--billing-region", "us-east-1", "--snapshot", "account.json"]);
    run.file("account.json", &recorded).whatever().json()
}

fn remedies(report: &Value) -> impl Iterator<Item = &Value> {
    let checks = report["checks"].as_array().unwrap().iter();
    let findings = checks.flat_map(|check| check["findings"].as_array().unwrap());
    findings.map(|finding| &finding["remediation"]).filter(|remedy| remedy.is_object())
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

/// All commands of all fixtures, each once, with the inputs of its remedy.
fn commands(partition: &str) -> BTreeSet<(String, Vec<String>)> {
    let mut commands = BTreeSet::new();
    for story in STORIES {
        let report = report(story.name, partition);
        for remedy in remedies(&report) {
            let inputs: Vec<String> = texts(&remedy["inputs"]).into_iter().map(str::to_owned).collect();
            commands.extend(texts(&remedy["commands"]).into_iter().map(|command| (command.to_owned(), inputs.clone())));
        }
    }
    assert!(commands.len() > 20, "{commands:?}");
    commands
}

#[test]
fn no_command_names_another_partition() {
    for partition in ["aws-cn", "aws-us-gov"] {
        for (command, _) in commands(partition) {
            assert!(!command.contains("arn:aws:"), "{partition}: {command}");
        }
    }
}

/// Which variables a command reads.
fn variables(command: &str) -> BTreeSet<&str> {
    let parts = command.split("${").skip(1);
    parts
        .map(|part| &part[..part.find(|c: char| !c.is_ascii_uppercase() && c != '_' && !c.is_ascii_digit()).unwrap()])
        .collect()
}

#[test]
fn every_call_names_its_region_once_and_every_input_is_listed() {
    let mut calls = 0;
    for (command, inputs) in commands("aws") {
        let read = variables(&command);
        assert!(read.iter().all(|variable| inputs.iter().any(|input| input == variable)), "{inputs:?}: {command}");
        // Whatever a call says or prints, one way or the other each is made.
        for (status, prints) in [("0", "x"), ("0", ""), ("1", "")] {
            for shell in ["sh", "bash"] {
                let mut run = Run::program(shell)
                    .args(["-eu", "-c", &format!("PATH=\"$PWD:$PATH\"; chmod +x aws\n{command}")])
                    .env("PATH", std::env::var_os("PATH").unwrap())
                    .env("STATUS", status)
                    .env("PRINTS", prints)
                    .file("aws", AWS)
                    .file("calls", "");
                for input in &inputs {
                    run = run.env(input, "given");
                }
                let ran = run.whatever();
                let written = ran.wrote("calls");
                for call in written.split("CALL\n").skip(1) {
                    let words: Vec<&str> = call.lines().collect();
                    let regions = words.iter().filter(|word| **word == "--region").count();
                    assert_eq!(regions, 1, "{words:?} of {command}");
                    calls += 1;
                }
                assert!(!ran.stderr.contains("yntax"), "{command}: {}", ran.stderr);
            }
        }
    }
    assert!(calls > 200, "{calls}");
}
