//! Ctrl-C, and pipes that are closed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{files, ready};
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::rules::{Break, Rule};
use crate::support::run::Run;

#[test]
fn ctrl_c_ends_an_audit_at_once_and_leaves_nothing_half_done() {
    let account = Account::new("350000000061");
    let proxy = Arc::new(Proxy::to(account).with(Rule::on("*", "*").disconnect(Break::Silence)));
    let asked = Arc::clone(&proxy);
    // Nothing but Ctrl-C ends it before the test's own limit.
    let run = Run::audit(account, &proxy)
        .file("report.json", "old")
        .args(["--timeout", "600", "--record", "recorded.json", "--output", "json=report.json", "--output", "new.json"])
        .interrupted_when(move || !asked.calls().is_empty());
    let ran = run.expect(130);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert_eq!(files(&ran), ["report.json"]);
    assert_eq!(ran.wrote("report.json"), "old");
}

#[test]
fn ctrl_c_ends_the_search_for_credentials() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let run = Run::stagecheck(["audit", "--profile", "lab", "--record", "recorded.json"])
        .file(".aws/config", "[profile lab]\ncredential_process = echo $$ > asked; exec sleep 600 2>&-\n")
        .env("PATH", path);
    let asked = run.path("asked");
    let ran = run.interrupted_when(move || asked.exists()).expect(130);
    // The command ends with the program, if not in the same instant; until somebody asks for its end it may stay in the table of processes.
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", ran.wrote("asked").trim())).unwrap_or_default();
    let is_over = || state().is_empty() || state().contains(") Z ");
    let limit = Instant::now() + Duration::from_mins(1);
    while !is_over() && Instant::now() < limit {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(is_over(), "it still runs: {}", state());
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert_eq!(files(&ran), [".aws", "asked"]);
}

#[test]
fn a_closed_pipe_ends_a_live_audit_quietly_with_its_status() {
    let (account, proxy) = ready("350000000062");
    let script = r#"{ "$0" audit; echo "$?" >&2; } | true"#;
    let run = Run::shell(script).env("AWS_ENDPOINT_URL", proxy.url());
    let ran = run.env("AWS_ACCESS_KEY_ID", account.id).env("AWS_SECRET_ACCESS_KEY", "s").expect(0);
    assert_eq!(ran.stderr, "0\n");
}

#[test]
fn a_closed_standard_error_is_no_reason_to_stop() {
    let (account, proxy) = ready("350000000063");
    let run = Run::shell(r#""$0" audit -v --format json 2>&-"#).env("AWS_ENDPOINT_URL", proxy.url());
    let ran = run.env("AWS_ACCESS_KEY_ID", account.id).env("AWS_SECRET_ACCESS_KEY", "s").expect(0);
    assert_eq!(ran.json()["verdict"], "ready");
}
