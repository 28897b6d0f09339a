//! What an operator sees while calls run: on a terminal a line that is gone when done, with `-v` every call, in a pipe nothing.

use std::time::Duration;

use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;
use crate::support::run::Run;

/// A ready account that is far enough away for somebody to see that something goes on.
fn far_away(id: &'static str) -> (Account, Proxy) {
    let account = Account::new(id).ready();
    let far = Rule::on("*", "*").delay(Duration::from_millis(300));
    (account, Proxy::to(account).with_all(edits::ready()).with(far))
}

#[test]
fn on_a_terminal_progress_is_shown_and_gone_when_done() {
    let (account, proxy) = far_away("310000000091");
    let screen = Run::audit(account, &proxy).on_a_terminal().expect(0).stdout;
    let (_, after) = screen.rsplit_once("API calls done").unwrap_or_else(|| panic!("{screen}"));
    assert!(screen.contains("waiting for "), "{screen}");
    let (_, report) = after.split_once("\u{1b}[2K").unwrap_or_else(|| panic!("the line is not taken away:\n{screen}"));
    assert!(report.contains("Ready to create an organization") && !report.contains("waiting for "), "{screen}");
}

#[test]
fn progress_can_be_switched_off_and_is_silent_in_a_pipe() {
    let (account, proxy) = far_away("310000000092");
    let screen = Run::audit(account, &proxy).arg("--no-progress").on_a_terminal().expect(0).stdout;
    assert!(!screen.contains("calls answered"), "{screen}");
    assert_eq!(Run::audit(account, &proxy).expect(0).stderr, "");
}

#[test]
fn every_call_is_told_with_its_region_its_time_and_its_tries() {
    let account = Account::new("310000000093").ready();
    let throttled = Rule::on("iam", "GetAccountSummary").throttle().times(2);
    let proxy = Proxy::to(account).with_all(edits::ready()).with(throttled);
    let ran = Run::audit(account, &proxy).args(["-v", "-q"]).expect(0);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), proxy.calls().len() - 2, "{}", ran.stderr);
    let of = |operation: &str| *lines.iter().find(|line| line.contains(operation)).unwrap();
    assert!(of("GetAccountSummary").ends_with(": ok, 2 retries"), "{}", ran.stderr);
    assert!(
        of("DescribeTrails").contains(" ms  DescribeTrails in us-west-2 ") && of("DescribeTrails").ends_with(": ok")
    );
}
