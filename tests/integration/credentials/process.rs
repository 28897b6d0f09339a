//! `credential_process`: a command of the operator's own.

use super::{SECRET, configured, no_audit};
use crate::support::run::Run;

fn by(command: &str) -> Run {
    let path = std::env::var_os("PATH").unwrap_or_default();
    configured(&format!("[profile lab]\ncredential_process = {command}\n")).env("PATH", path).args(["--profile", "lab"])
}

#[track_caller]
fn is_blamed(command: &str) {
    let refused = no_audit(by(command));
    assert_eq!(refused.error, "error: the credential_process of the AWS profile lab failed");
    assert!(refused.help.contains("by hand"), "{}", refused.help);
}

#[test]
fn a_command_that_fails_is_blamed_and_what_it_said_is_not_repeated() {
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
fn credentials_that_have_expired_before_they_are_used_are_not_used() {
    let keys = format!(
        r#"{{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "{SECRET}", "Expiration": "2020-01-01T00:00:00Z"}}"#
    );
    let refused = no_audit(by(&format!("echo '{keys}'")));
    let from = "from credential_process of the AWS profile lab";
    assert_eq!(refused.error, format!("error: the AWS credentials {from} have expired already"));
    assert!(refused.help.contains("clock"), "{}", refused.help);
}

#[test]
fn a_command_that_hangs_is_not_waited_for() {
    // Longer than the test's own limit; without its standard error, whose end the test waits for.
    let refused = no_audit(by("echo $$ > begun; exec sleep 600 2>&-"));
    Run::shell(r#"kill "$1""#).arg(refused.ran.wrote("begun").trim()).expect(0);
    assert_eq!(
        refused.error,
        "error: no AWS credentials were had within 4.5 seconds from credential_process of the AWS profile lab"
    );
}
