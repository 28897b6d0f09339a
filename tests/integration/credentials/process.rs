//! `credential_process`: a command of the operator's own.

use std::thread;
use std::time::{Duration, Instant};

use super::{SECRET, configured, no_audit};
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::Run;

fn by(command: &str) -> Run {
    let path = std::env::var_os("PATH").unwrap_or_default();
    configured(&format!("[profile lab]\ncredential_process = {command}\n")).env("PATH", path).args(["--profile", "lab"])
}

#[track_caller]
fn is_blamed(command: &str) {
    let refused = no_audit(by(command));
    assert_eq!(refused.error, "error: the credential_process of the AWS profile lab failed");
    assert!(refused.help.contains("yourself"), "{}", refused.help);
}

#[test]
fn failing_command_is_blamed_and_its_output_not_repeated() {
    is_blamed("false");
    is_blamed(&format!("echo {SECRET} >&2; exit 3"));
    is_blamed("/no/such/command --of mine");
}

#[test]
fn a_command_that_prints_garbage_is_blamed() {
    is_blamed("echo");
    is_blamed(&format!("echo {SECRET}"));
    is_blamed(&format!(r#"echo '{{"Version": 1, "SecretAccessKey": "{SECRET}"}}'"#));
    is_blamed(&format!(r#"echo '{{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "{SECRET}"}}'"#));
    is_blamed(r"printf '\377\376'");
}

#[test]
fn credentials_expired_before_use_are_not_used() {
    let keys = format!(
        r#"{{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "{SECRET}", "Expiration": "2020-01-01T00:00:00Z"}}"#
    );
    let refused = no_audit(by(&format!("echo '{keys}'")));
    let from = "from credential_process of the AWS profile lab";
    assert_eq!(refused.error, format!("error: the AWS credentials {from} have expired already"));
    assert!(refused.help.contains("clock"), "{}", refused.help);
}

#[test]
fn slow_command_is_waited_for_and_the_operator_is_told() {
    let account = Account::new("350000000085");
    let proxy = Proxy::to(account);
    let keys = format!(r#"{{"Version": 1, "AccessKeyId": "{}", "SecretAccessKey": "s"}}"#, account.id);
    for command in ["sleep 6; cat keys", "sh -c 'sleep 6; cat keys'"] {
        let run = by(command).file("keys", &keys).env("AWS_ENDPOINT_URL", proxy.url());
        let ran = run.args(["--expect-account", account.id]).expect(1);
        assert_eq!(ran.stderr, "waiting for the credential_process of profile lab\n");
    }
}

#[test]
fn quick_command_is_not_spoken_of() {
    let refused = no_audit(by("false"));
    assert!(!refused.ran.stderr.contains("waiting"), "{}", refused.ran.stderr);
}

/// The command's own process, and not only the program that waits for it.
#[test]
fn ctrl_c_ends_a_command_that_is_waited_for() {
    let run = by("python3 wait.py");
    let script =
        "import os, time\nopen('pid.new', 'w').write(str(os.getpid()))\nos.rename('pid.new', 'pid')\ntime.sleep(300)\n";
    let run = run.file("wait.py", script);
    let pid = run.path("pid");
    let ran = run.interrupted_when(move || pid.exists()).expect(130);
    assert_eq!(ran.stdout, "");
    // A killed process ends when the system gets to it, and stays in the table of processes until its parent asks for it.
    let stat = format!("/proc/{}/stat", ran.wrote("pid"));
    let has_ended = || std::fs::read_to_string(&stat).map_or(true, |state| state.contains(") Z "));
    let by = Instant::now() + Duration::from_secs(30);
    while !has_ended() {
        assert!(Instant::now() < by, "it still runs");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn command_line_is_split_as_the_aws_cli_splits_it() {
    let account = Account::new("350000000086");
    let proxy = Proxy::to(account);
    let keys = format!(r#"{{"Version": 1, "AccessKeyId": "{}", "SecretAccessKey": "s"}}"#, account.id);
    for command in ["cat 'my keys'", "cat \"my keys\"", "cat\n  'my keys'", "cat my\\ keys"] {
        let run = by(command).file("my keys", &keys).env("AWS_ENDPOINT_URL", proxy.url());
        let ran = run.args(["--expect-account", account.id]).whatever();
        assert_eq!(ran.status, 1, "{command}: {}", ran.stderr);
    }
}
