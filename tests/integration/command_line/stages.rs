//! The second stage on the command line.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::refusal;
use crate::support::run::Run;

fn organizations() -> Vec<PathBuf> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "fixtures", "organizations"].iter().collect();
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    assert!(files.len() > 15, "{files:?}");
    files
}

fn organization(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "organizations", &format!("foundation-{name}.json")].iter().collect()
}

fn account(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "accounts", &format!("{name}.json")].iter().collect()
}

fn audit(snapshot: PathBuf) -> Run {
    Run::stagecheck(["audit", "--snapshot"]).arg(snapshot)
}

/// What a report tells people to run; each failure and warning says what to do, and where.
fn commands(report: &Value) -> Vec<String> {
    let findings = report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap());
    let mut commands = Vec::new();
    for finding in findings.filter(|finding| ["fail", "warn"].contains(&finding["status"].as_str().unwrap())) {
        let remedy = &finding["remediation"];
        let is_a_consequence = finding["message"] == "There is no organization";
        assert!(
            is_a_consequence || (remedy["console"].is_string() && remedy["references"] != json!([])),
            "{finding:#}"
        );
        commands
            .extend(remedy["commands"].as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()));
    }
    commands
}

#[test]
fn every_format_of_every_organization_can_be_read() {
    let schema = include_str!("../../../schema/report-v1.schema.json");
    let schema = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for path in organizations() {
        let json: Value = audit(path.clone()).args(["--format", "json"]).whatever().json();
        wrong.extend(schema.iter_errors(&json).map(|error| format!("{}: {error}", path.display())));
        assert_eq!((&json["stage"], json["checks"].as_array().unwrap().len()), (&"org-foundation".into(), 11));
        assert_eq!(json["settings"]["organization"]["security_ou"], "Security");
        for command in commands(&json) {
            // Reads the command and runs nothing.
            let read = std::process::Command::new("sh").args(["-n", "-c", &command]).output().unwrap();
            if !read.status.success() {
                wrong.push(format!("{}: {command}", path.display()));
            }
        }
        for format in ["table", "junit", "sarif", "ocsf", "github", "markdown", "html"] {
            let ran = audit(path.clone()).args(["--format", format]).whatever();
            if ran.stdout.is_empty() || !ran.stderr.is_empty() {
                wrong.push(format!("{} as {format}: {}", path.display(), ran.stderr));
            }
        }
        for format in ["text", "json", "script", "cloudformation"] {
            let plan = Run::stagecheck(["plan", "--format", format, "--snapshot"]).arg(&path).whatever();
            if plan.stdout.is_empty() || !plan.stderr.is_empty() {
                wrong.push(format!("plan of {} as {format}: {}", path.display(), plan.stderr));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_snapshot_is_audited_for_the_stage_that_it_was_recorded_for() {
    let ran = audit(organization("ready")).expect(0);
    assert!(ran.stdout.contains("Ready to build on the organization: 11 of 11 checks passed"), "{}", ran.stdout);
    let other = audit(account("ready")).args(["--stage", "org-foundation"]).expect(1);
    let warning = "warning: the snapshot was recorded for stage single-account, so data that only org-foundation needs is \
                   unknown\n";
    assert_eq!(other.stderr, warning);
}

#[test]
fn what_belongs_to_another_stage_is_refused() {
    let mut wrong = Vec::new();
    for (snapshot, arguments, said) in [
        (account("ready"), ["--security-ou", "Core"], "--security-ou has no effect in stage single-account"),
        (account("ready"), ["--only", "identity-center"], "check identity-center belongs to stage org-foundation"),
        (
            account("ready"),
            ["--only", "scp-region-lock/locked"],
            "scp-region-lock/locked is a requirement of a check, and only whole checks can be selected",
        ),
        (organization("ready"), ["--skip", "ec2-ssm-role"], "check ec2-ssm-role belongs to stage single-account"),
        (organization("ready"), ["--stage", "second"], "there is no stage \"second\""),
        (organization("ready"), ["--allowed-regions", ""], "--allowed-regions \"\" isn't a valid name of a Region"),
        (organization("ready"), ["--security-ou", ""], "--security-ou \"\" isn't a valid name of an OU or account"),
    ] {
        let (error, _) = refusal(&audit(snapshot).args(arguments).expect(2));
        if !error.contains(said) {
            wrong.push(format!("{arguments:?}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn settings_of_the_organization_change_what_is_expected() {
    let verdict =
        |arguments: &[&str]| audit(organization("ready")).args(["--format", "json"]).args(arguments).whatever().json();
    let status = |report: &Value, id: &str| {
        report["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap()["status"].clone()
    };
    assert_eq!(status(&verdict(&["--organizational-units", ""]), "organizational-units"), "pass");
    assert_eq!(status(&verdict(&["--organizational-units", "Security,Extra"]), "organizational-units"), "warn");
    assert_eq!(status(&verdict(&["--exceptions-ou", ""]), "scp-protect-root-and-leave"), "fail");
    assert_eq!(status(&verdict(&["--allowed-regions", "eu-central-1"]), "scp-region-lock"), "warn");
    assert_eq!(status(&verdict(&["--log-archive", "222233334444"]), "security-accounts"), "pass");
}

#[test]
fn config_keys_of_the_organization_are_read_in_every_stage() {
    let config = "stage = 'org-foundation'\nsecurity-audit = 'Audit'\nexceptions-ou = ''\nonly = ['security-accounts', \
                  'ec2-ssm-role']\n";
    let ran = Run::stagecheck(["audit", "--config", "stagecheck.toml", "--format", "json", "--snapshot"])
        .arg(organization("ready"))
        .file("stagecheck.toml", config)
        .expect(0);
    let report = ran.json();
    assert_eq!((&report["stage"], &report["verdict"]), (&"org-foundation".into(), &"selected-passed".into()));
    let unused = Run::stagecheck(["audit", "--config", "stagecheck.toml", "--format", "json", "--snapshot"])
        .arg(account("ready"))
        .file("stagecheck.toml", "security-ou = 'Core'\n")
        .expect(0);
    assert_eq!(unused.json()["settings"]["organization"], Value::Null);
}

#[test]
fn two_stages_are_not_compared() {
    let ran = Run::stagecheck(["diff"]).arg(account("ready")).arg(organization("ready")).expect(2);
    assert!(refusal(&ran).0.contains("are from different stages"), "{}", ran.stderr);
}

#[test]
fn a_check_is_explained_whatever_its_stage() {
    let text = Run::stagecheck(["explain", "scp-region-lock"]).expect(0).stdout;
    assert!(text.contains("organizations:ListPolicies"), "{text}");
    let list = Run::stagecheck(["explain", "--stage", "org-foundation"]).expect(0).stdout;
    assert!(list.contains("identity-center") && !list.contains("ec2-ssm-role"), "{list}");
}

#[test]
fn explaining_names_the_stage_that_has_the_check() {
    let run = Run::stagecheck(["explain", "--stage", "org-foundation", "trail-bucket-policy"]);
    let (error, _) = refusal(&run.expect(2));
    assert_eq!(error, "error: check trail-bucket-policy belongs to stage single-account, not to org-foundation");
}

#[test]
fn checks_of_another_stage_alone_leave_nothing_to_run() {
    let run = audit(account("ready")).file("stagecheck.toml", "only = ['scp-region-lock']\n");
    let (error, _) = refusal(&run.args(["--config", "stagecheck.toml"]).expect(2));
    assert_eq!(error, "error: no check is left to run");
}

#[test]
fn a_preview_has_no_stage() {
    let preview = |arguments: &[&str]| Run::stagecheck(["preview", "--snapshot"]).arg(account("ready")).args(arguments);
    let (error, _) = refusal(&preview(&["--stage", "org-foundation"]).expect(2));
    assert_eq!(error, "error: --stage has no effect in preview: a preview has no stage");
    let config = preview(&["--config", "stagecheck.toml"]).file("stagecheck.toml", "stage = 'org-foundation'\n");
    assert_eq!(config.expect(0).stdout, preview(&[]).expect(0).stdout);
    let help = Run::stagecheck(["preview", "--help"]).expect(0).stdout;
    assert!(!help.contains("--stage") && !help.contains("--security-ou"), "{help}");
}

#[test]
fn diff_says_which_settings_of_the_organization_changed() {
    let report = |arguments: &[&str]| {
        let run = audit(organization("ready")).args(["--format", "json", "--security-audit", "Audit"]).args(arguments);
        run.whatever().stdout
    };
    let (old, new) = (report(&[]), report(&["--exceptions-ou", "", "--allowed-regions", "eu-central-1,eu-west-1"]));
    let run = Run::stagecheck(["diff", "old.json", "new.json"]).file("old.json", &old).file("new.json", &new);
    let said = run.whatever().stdout;
    for note in ["exceptions-ou was Exceptions and is none", "and is eu-central-1, eu-west-1"] {
        assert!(said.contains(note), "{note}: {said}");
    }
}
