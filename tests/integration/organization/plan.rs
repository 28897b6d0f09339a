//! The plan of an organization that has nothing yet, run as printed, twice.

use std::env;
use std::ffi::OsString;
use std::time::Duration;

use serde_json::{Value, json};

use super::audited;
use crate::support::account::Account;
use crate::support::aws_cli;
use crate::support::organization::{Administrator, Paths, empty, organization};
use crate::support::proxy::Proxy;
use crate::support::run::Run;

fn plan(account: Account, proxy: &Proxy) -> String {
    let run = Run::stagecheck(["plan", "--stage", "org-foundation", "--strict", "--format", "script"])
        .env("AWS_ENDPOINT_URL", proxy.url())
        .env("AWS_ACCESS_KEY_ID", account.id)
        .env("AWS_SECRET_ACCESS_KEY", "of no matter");
    run.whatever().stdout
}

/// Runs every command that the report prints for these checks, with what an operator gives for each input.
fn follow(account: Account, proxy: &Proxy, report: &Value, checks: &[&str]) {
    let mut path = OsString::from(aws_cli::folder());
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    let of_checks =
        report["checks"].as_array().unwrap().iter().filter(|check| checks.iter().any(|id| check["id"] == *id));
    for finding in of_checks.flat_map(|check| check["findings"].as_array().unwrap()) {
        for command in finding["remediation"]["commands"].as_array().into_iter().flatten() {
            let command = command.as_str().unwrap();
            let ran = proxy.changing(|| {
                Run::program("sh")
                    .args(["-eu", "-c", command])
                    .env("PATH", &path)
                    .env("AWS_ENDPOINT_URL", proxy.url())
                    .env("AWS_ACCESS_KEY_ID", account.id)
                    .env("AWS_SECRET_ACCESS_KEY", "of no matter")
                    .env("LOG_ARCHIVE_EMAIL", "logs@example.com")
                    .env("SECURITY_AUDIT_EMAIL", "audit@example.com")
                    .within(Duration::from_mins(2))
                    .whatever()
            });
            assert_eq!(ran.status, 0, "{command}\n{}\n{}", ran.stdout, ran.stderr);
        }
    }
}

fn statuses(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    report["checks"].as_array().unwrap().iter().map(|check| (text(&check["id"]), text(&check["status"]))).collect()
}

fn status(report: &Value, id: &str) -> String {
    statuses(report).into_iter().find(|(check, _)| check == id).unwrap().1
}

#[test]
fn commands_make_ous_accounts_and_scps_and_change_nothing_again() {
    let account = Account::new("380000000005");
    let proxy = empty(account);
    let before = audited(account, &proxy);
    assert_eq!(status(&before, "organizational-units"), "fail");
    let made = ["organization", "organizational-units", "security-accounts"];
    follow(account, &proxy, &before, &made);
    let with_ous = audited(account, &proxy);
    follow(account, &proxy, &before, &made);
    assert_eq!(statuses(&audited(account, &proxy)), statuses(&with_ous), "the commands, run again, change something");
    assert_eq!(status(&with_ous, "organizational-units"), "warn", "{with_ous:#}");

    let scps = ["scp-protect-root-and-leave", "scp-region-lock"];
    follow(account, &proxy, &with_ous, &scps);
    let guarded = audited(account, &proxy);
    follow(account, &proxy, &with_ous, &scps);
    assert_eq!(statuses(&audited(account, &proxy)), statuses(&guarded), "the commands, run again, change something");
    for id in scps {
        assert_eq!(status(&guarded, id), "pass", "{guarded:#}\n{}", proxy.log());
    }
}

#[test]
fn the_script_of_a_plan_attaches_scps_last() {
    let account = Account::new("380000000006");
    let proxy = organization(account, Paths::Returned);
    proxy.changing(|| {
        let admin = Administrator::of(account, &proxy);
        for policy in admin.organizations("ListPolicies", json!({"Filter": "SERVICE_CONTROL_POLICY"}))["Policies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|policy| policy["AwsManaged"] != true)
        {
            let id = policy["Id"].clone();
            let targets = admin.organizations("ListTargetsForPolicy", json!({"PolicyId": id}));
            for target in targets["Targets"].as_array().unwrap() {
                admin.organizations("DetachPolicy", json!({"PolicyId": id, "TargetId": target["TargetId"]}));
            }
        }
        let untrusted = json!({"ServicePrincipal": "cloudtrail.amazonaws.com"});
        admin.organizations("DisableAWSServiceAccess", untrusted);
    });
    let script = plan(account, &proxy);
    let at = |text: &str| script.find(text).unwrap_or_else(|| panic!("{text} is not in {script}"));
    assert!(at("enable-aws-service-access") < at("attach-policy"), "{script}");
    assert!(script.contains("Run again: stagecheck audit --stage org-foundation"), "{script}");
}
