//! The emulator starts once, alone, and does not outlive its tests.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::account::{Account, BILLING};
use crate::support::emulator::Emulator;
use crate::support::python;

#[test]
fn all_tests_of_a_process_share_one_emulator() {
    let started: Vec<_> = (0..4).map(|_| thread::spawn(|| Emulator::shared().process)).collect();
    for other in started {
        assert_eq!(other.join().expect("an emulator"), Emulator::shared().process);
    }
}

#[test]
fn the_installation_is_made_once_and_then_found() {
    let first = python::EMULATOR.interpreter();
    let made = fs::metadata(first.parent().expect("bin").join("../installed"))
        .expect("the mark")
        .modified()
        .expect("its time");
    assert_eq!(python::EMULATOR.interpreter(), first);
    let now = fs::metadata(first.parent().expect("bin").join("../installed"))
        .expect("the mark")
        .modified()
        .expect("its time");
    assert_eq!(made, now);
}

#[test]
fn two_accounts_on_one_emulator_do_not_see_each_other() {
    let one = Account::new("100000000001").user("only-here");
    let other = Account::new("100000000002");
    let users = |account: Account| account.call("iam", BILLING, "ListUsers", json!({})).text().to_owned();
    assert!(users(one).contains("<UserName>only-here</UserName>"));
    assert!(!users(other).contains("<UserName>"));
}

#[test]
fn an_account_number_cannot_be_taken_twice() {
    Account::new("100000000003");
    let again = thread::spawn(|| Account::new("100000000003")).join();
    assert!(again.is_err());
}

#[test]
fn the_enforcing_emulator_checks_a_users_key_and_lets_root_in() {
    let account = Account::enforced("100000000004").user("auditor");
    let key = account.access_key("auditor");
    assert!(key.id.starts_with("AKIA") && !key.secret.is_empty());
    let unsigned = Account { id: key.id.leak(), ..account };
    assert!(!unsigned.try_call("iam", BILLING, "ListUsers", json!({})).succeeded(), "a made-up signature of a user");
    assert!(account.try_call("iam", BILLING, "ListUsers", json!({})).succeeded(), "a made-up signature of root");
}

#[test]
fn the_emulator_ends_when_its_test_process_does() {
    let sleeper = r#"[sys.executable, "-c", "print('runs', flush=True); import time; time.sleep(600)"]"#;
    let mut watchdog = Command::new("python3")
        .args(["-c", &Emulator::watchdog_of(sleeper)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a watchdog");
    let mut said = watchdog.stdout.take().expect("its output");
    let mut begin = [0; 4];
    said.read_exact(&mut begin).expect("the sleeper's word");
    assert_eq!(&begin, b"runs");

    drop(watchdog.stdin.take());
    // The output ends only when nobody is left who could write to it: neither the watchdog nor what it watched.
    let (ended, end) = mpsc::channel();
    thread::spawn(move || ended.send(said.read_to_end(&mut Vec::new())));
    end.recv_timeout(Duration::from_mins(1)).expect("the sleeper has ended").expect("the output's end");
    watchdog.wait().expect("the watchdog's end");
}
