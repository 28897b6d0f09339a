//! The JUnit report is held to the schema of the xUnit plugin of Jenkins, which other servers follow: `junit-10.xsd`, as `pytest` ships it.

use std::path::Path;

use crate::command_line::audit_of;
use crate::stories::STORIES;
use crate::support::python::XML_SCHEMA;
use crate::support::run::Run;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/formats/junit-10.xsd");
/// Tells what is wrong with the reports in its standard input, which stand there one after the other between lines of their own.
const VALIDATOR: &str = "
import sys, xmlschema
schema = xmlschema.XMLSchema(sys.argv[1])
for number, report in enumerate(sys.stdin.read().split('\\f')):
    for error in schema.iter_errors(report):
        print(number, error.path, error.reason)
    print('read', number)
";

/// What the schema has against these reports.
fn faults(reports: &[String]) -> Vec<String> {
    assert!(Path::new(SCHEMA).exists());
    let python = Run::program(XML_SCHEMA.interpreter()).args(["-c", VALIDATOR, SCHEMA]);
    let ran = python.input(&reports.join("\u{c}")).expect(0);
    let (read, faults): (Vec<&str>, Vec<&str>) = ran.stdout.lines().partition(|line| line.starts_with("read "));
    assert_eq!(read.len(), reports.len());
    faults.into_iter().map(str::to_owned).collect()
}

#[test]
fn every_fixtures_report_is_as_the_schema_says() {
    let mut reports = Vec::new();
    for story in STORIES {
        let report = audit_of(story.name).args(["--format", "junit"]).expect(story.exit).stdout;
        reports.push(report);
    }
    let some = audit_of("ready-with-warnings").args(["--format", "junit", "--strict", "--skip", "root-mfa"]);
    reports.push(some.expect(1).stdout);
    assert_eq!(faults(&reports), Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let report = audit_of("empty").args(["--format", "junit"]).expect(1).stdout;
    let broken = [
        report.replace("<testcase ", "<case ").replace("</testcase>", "</case>"),
        report.replacen("tests=", "test=", 2),
        report.replace(" name=", " nam="),
    ];
    for broken in broken {
        assert_ne!(faults(&[broken]), Vec::<String>::new());
    }
}

#[test]
fn what_a_server_counts_comes_to_the_exit_status() {
    for story in STORIES {
        for strict in [false, true] {
            let run = audit_of(story.name).args(["--format", "junit"]).args(strict.then_some("--strict"));
            let ran = run.whatever();
            let document = roxmltree::Document::parse(&ran.stdout).unwrap();
            let count = |name| document.root_element().attribute(name).unwrap().parse::<usize>().unwrap();
            let status = match (count("failures"), count("errors")) {
                (0, 0) => 0,
                (0, _) => 3,
                _ => 1,
            };
            assert_eq!(status, ran.status, "{} strict {strict}", story.name);
        }
    }
}
