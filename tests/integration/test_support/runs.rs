//! Runs are bare, judged by their exit status, and end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::support::account::{AccessKey, Account};
use crate::support::proxy::Proxy;
use crate::support::run::Run;

fn words_of(panics: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(panics)).expect_err("a panic");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn a_run_sees_nothing_of_our_environment() {
    let ran = Run::program("/usr/bin/env").expect(0);
    let mut names: Vec<_> = ran.stdout.lines().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["AWS_EC2_METADATA_DISABLED", "HOME"]);
}

#[test]
fn an_audit_is_given_the_proxy_and_the_accounts_own_key() {
    let account = Account::new("140000000001");
    let proxy = Proxy::to(account);
    let environment = Run::audit(account, &proxy).instead("/usr/bin/env").expect(0).stdout;
    assert!(environment.contains(&format!("AWS_ENDPOINT_URL={}\n", proxy.url())), "{environment}");
    assert!(environment.contains("AWS_ACCESS_KEY_ID=140000000001\n"), "{environment}");
    let key = AccessKey { id: "AKIAEXAMPLE".to_owned(), secret: "s".to_owned() };
    let environment = Run::audit_as(&key, &proxy).instead("/usr/bin/env").expect(0).stdout;
    assert!(environment.contains("AWS_ACCESS_KEY_ID=AKIAEXAMPLE\n"), "{environment}");
}

#[test]
fn an_unplanned_exit_status_shows_what_the_program_said() {
    let script = "echo to-stdout; echo to-stderr >&2; exit 3";
    let words = words_of(|| drop(Run::program("/bin/sh").args(["-c", script]).expect(0)));
    for part in ["to-stdout", "to-stderr", "left: 3", "right: 0"] {
        assert!(words.contains(part), "{part} in {words}");
    }
}

#[test]
fn a_run_that_hangs_is_killed() {
    let run = Run::program("/bin/sh").args(["-c", "exec sleep 600"]).within(Duration::from_millis(200));
    let words = words_of(|| drop(run.expect(0)));
    assert!(words.contains("did not end within 200ms"), "{words}");
}

#[test]
fn a_run_reads_and_writes_files_in_a_folder_of_its_own() {
    let run = Run::program("/bin/sh").file("in/data.json", r#"{"answer": 42}"#);
    let ran = run.args(["-c", "cat in/data.json | tee out.json; echo \"$HOME\" > home; pwd > here"]).expect(0);
    assert_eq!(ran.json()["answer"], 42);
    assert_eq!(ran.wrote("out.json"), r#"{"answer": 42}"#);
    assert_eq!(ran.wrote("home"), ran.wrote("here"));
    assert_eq!(ran.stderr, "");
}

#[cfg(feature = "live")]
#[test]
fn ctrl_c_ends_a_program_that_was_started_to_ignore_it() {
    let ignoring = r#"trap "" INT; exec "$@""#;
    let run = Run::program("/bin/sh").args(["-c", "touch begun; exec sleep 600"]);
    let begun = run.path("begun");
    run.interrupted_when(move || begun.exists()).by("/bin/sh", ["-c", ignoring, "sh"]).expect(130);
}

#[test]
fn the_program_itself_can_be_run() {
    Run::stagecheck(["--version"]).expect(0);
}
