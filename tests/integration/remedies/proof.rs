//! How a remedy is proven: audit, run what is printed, audit again, and once more of both, since whatever was cut off is run anew.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::time::Duration;

use serde_json::Value;

use super::Case;
use crate::support::account::Account;
use crate::support::aws_cli;
use crate::support::proxy::Proxy;
use crate::support::run::Run;

/// What an operator gives for each input.
const INPUTS: [(&str, &str); 6] = [
    ("ALERT_EMAIL", "security@example.com"),
    ("ADMIN_USER", "new-admin"),
    ("ADMIN_PASSWORD", "correct horse $HOME `id` \"1\" 'battery'!"),
    ("MFA_CODE_1", "123456"),
    ("MFA_CODE_2", "654321"),
    ("LOG_READER", ""),
];

/// The worse, the greater.
const ORDER: [&str; 4] = ["pass", "warn", "unknown", "fail"];

/// Builds the account and closes its findings.
pub(super) fn prove(case: &Case) {
    let account = Account::new(case.account);
    let proxy = (case.make)(account);
    let mut before = audit(case, account, &proxy);
    for (step, (id, says)) in case.closes.iter().enumerate() {
        let finding = open_finding(&before, id, says);
        // Whatever is quoted for a POSIX shell is quoted for each of them.
        let shell = ["sh", "bash"][step % 2];
        run(case, account, &proxy, finding, shell);
        let after = audit(case, account, &proxy);
        let told = format!("{finding:#}\nand then\n{after:#}\n{}", proxy.log());
        assert!(is_closed(finding, &after), "{id} is not closed: {told}");
        assert_eq!(worse(&before, &after), Vec::<String>::new(), "is worse after {id}: {told}");
        run(case, account, &proxy, finding, shell);
        before = audit(case, account, &proxy);
        assert_eq!(statuses(&before), statuses(&after), "the commands of {id}, run again, change something");
    }
    let mut left: Vec<_> = findings(&before).filter(|finding| finding["status"] == "fail").map(id_of).collect();
    left.dedup();
    assert_eq!(left, case.leaves, "what fails at the end: {before:#}");
}

/// Builds the account anew under a number that begins with 37, follows the whole plan with all warnings, twice, and finds everything
/// closed that it has commands for.
pub(super) fn prove_plan(case: &Case) {
    let account = Account::new(case.account.replacen("33", "37", 1).leak());
    let proxy = (case.make)(account);
    let plan = |format: &str| {
        let run = Run::stagecheck(["plan", "--strict", "--format", format])
            .env("AWS_ENDPOINT_URL", proxy.url())
            .env("AWS_ACCESS_KEY_ID", account.id)
            .env("AWS_SECRET_ACCESS_KEY", "of no matter");
        run.args(case.arguments.iter().copied()).whatever()
    };
    let before = audit(case, account, &proxy);
    let steps = plan("json").json()["plan"].as_array().unwrap().clone();
    let script = plan("script").stdout;
    follow(case, account, &proxy, &script);
    let after = audit(case, account, &proxy);
    let told = format!("{script}\nand then\n{after:#}\n{}", proxy.log());
    assert_eq!(worse(&before, &after), Vec::<String>::new(), "is worse after the plan: {told}");
    let done =
        steps.iter().filter(|step| step["need"] == "must" && step["commands"] != Value::from(Vec::<Value>::new()));
    for closes in done.flat_map(|step| step["findings"].as_array().unwrap()) {
        let same = |it: &&Value| it["id"] == closes["id"] && it["resource"] == closes["resource"];
        let finding = findings(&before).find(same).unwrap_or_else(|| panic!("{closes} is not in the report"));
        assert!(is_closed(finding, &after), "{} is not closed: {told}", closes["id"]);
    }
    follow(case, account, &proxy, &script);
    let again = audit(case, account, &proxy);
    assert_eq!(statuses(&again), statuses(&after), "the script, run again, changes something: {script}");
}

/// Runs a plan's script with what an operator gives, and says the codes of further devices.
fn follow(case: &Case, account: Account, proxy: &Proxy, script: &str) {
    let given = INPUTS.into_iter().map(|(name, value)| (name, if name == "LOG_READER" { case.reader } else { value }));
    let shell = given.fold(in_shell("sh", script, account, proxy), |shell, (name, value)| shell.env(name, value));
    let shell = shell.input(&"123456\n654321\n".repeat(9));
    let ran = proxy.changing(|| shell.whatever());
    assert_eq!(ran.status, 0, "{script}\n--- stdout\n{}\n--- stderr\n{}\n{}", ran.stdout, ran.stderr, proxy.log());
}

/// A shell that runs this script with the AWS CLI and the account's credentials.
fn in_shell(shell: &str, script: &str, account: Account, proxy: &Proxy) -> Run {
    let mut path = OsString::from(aws_cli::folder());
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    Run::program(shell)
        .args(["-eu", "-c", script])
        .env("PATH", path)
        .env("AWS_ENDPOINT_URL", proxy.url())
        .env("AWS_ACCESS_KEY_ID", account.id)
        .env("AWS_SECRET_ACCESS_KEY", "of no matter")
        .within(Duration::from_mins(2))
}

fn audit(case: &Case, account: Account, proxy: &Proxy) -> Value {
    let audited = Run::audit(account, proxy).args(["--format", "json"]).args(case.arguments.iter().copied()).whatever();
    let report = audited.json();
    // A finding that says how it fails says what to do, whoever has to do it.
    for finding in findings(&report).filter(|finding| ["fail", "warn"].contains(&text(&finding["status"]))) {
        let remedy = &finding["remediation"];
        assert!(remedy["summary"].is_string() && remedy["console"].is_string(), "{finding:#}");
        assert_ne!(remedy["references"], Value::from(Vec::<Value>::new()), "{finding:#}");
    }
    report
}

fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap())
}

fn id_of(finding: &Value) -> &str {
    text(&finding["id"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The finding of this requirement that is to be closed by this remedy.
fn open_finding<'r>(report: &'r Value, id: &str, says: &str) -> &'r Value {
    let mut open = findings(report).filter(|finding| {
        id_of(finding) == id
            && ["fail", "warn"].contains(&text(&finding["status"]))
            && text(&finding["remediation"]["summary"]).starts_with(says)
    });
    open.next().unwrap_or_else(|| panic!("no finding {id} that is to be closed by {says:?}: {report:#}"))
}

/// Runs the commands of a finding exactly as they are printed.
fn run(case: &Case, account: Account, proxy: &Proxy, finding: &Value, shell: &str) {
    let remedy = &finding["remediation"];
    let commands: Vec<&str> = remedy["commands"].as_array().unwrap().iter().map(text).collect();
    assert!(!commands.is_empty(), "{finding:#}");
    let script = commands.join("\n");
    let mut shell = in_shell(shell, &script, account, proxy);
    for input in remedy["inputs"].as_array().unwrap().iter().map(text) {
        let given = INPUTS.iter().find(|(name, _)| *name == input);
        let (_, value) = given.unwrap_or_else(|| panic!("nobody knows what to give for {input}"));
        shell = shell.env(input, if input == "LOG_READER" { case.reader } else { value });
    }
    let ran = proxy.changing(|| shell.whatever());
    assert_eq!(ran.status, 0, "{script}\n--- stdout\n{}\n--- stderr\n{}\n{}", ran.stdout, ran.stderr, proxy.log());
}

/// Whether the finding no longer stands, or had said what it waits for.
fn is_closed(finding: &Value, after: &Value) -> bool {
    let same: Vec<_> = findings(after).filter(|other| other["id"] == finding["id"]).collect();
    let of_resource: Vec<_> = same.iter().filter(|other| other["resource"] == finding["resource"]).copied().collect();
    let judged = if of_resource.is_empty() { same } else { of_resource };
    judged.into_iter().all(|other| rank(other) < rank(finding)) || finding["resolves"].is_string()
}

fn rank(finding: &Value) -> usize {
    ORDER.iter().position(|status| finding["status"] == *status).expect("a status")
}

/// The worst of each requirement, and what each comes to for each resource.
fn statuses(report: &Value) -> BTreeMap<(String, String), usize> {
    let mut statuses = BTreeMap::new();
    for finding in findings(report) {
        for resource in ["", text(&finding["resource"])] {
            let status = statuses.entry((id_of(finding).to_owned(), resource.to_owned())).or_default();
            *status = rank(finding).max(*status);
        }
    }
    statuses
}

/// What was judged before and is worse now, and what was not and fails: unless it says that it resolves.
fn worse(before: &Value, after: &Value) -> Vec<String> {
    let (was, is) = (statuses(before), statuses(after));
    let resolves = |id: &str| findings(after).any(|finding| finding["id"] == id && finding["resolves"].is_string());
    let is_worse = |((id, resource), status): &(&(String, String), &usize)| {
        match was.get(&(id.clone(), resource.clone())) {
            Some(was) => *status > was,
            // Another candidate was chosen, or there was none: then nothing of it may fail.
            None => resource.is_empty() && **status == ORDER.len() - 1 && !resolves(id),
        }
    };
    is.iter().filter(is_worse).map(|((id, resource), status)| format!("{id} {resource} {}", ORDER[*status])).collect()
}
