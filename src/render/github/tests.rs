use super::{LONGEST, Level, annotate};
use crate::cli::formats::Format;
use crate::io::exit_status::ExitStatus;
use crate::io::terminal::{Style, clean, is_hidden};
use crate::render::sample::{HOSTILE, every_report, hostile, mixed, modest, ready};
use crate::report::Report;

fn github(report: &Report) -> String {
    let mut out = Vec::new();
    Format::Github.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A line as GitHub's runner reads it: command, title, text.
fn read(line: &str) -> (&str, String, String) {
    let (command, text) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (command, title) = command.split_once(" title=").unwrap();
    assert!(!title.contains([',', ':']), "{title}");
    let data = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    (command, data(&title.replace("%3A", ":").replace("%2C", ",")), data(text))
}

fn commands(text: &str) -> Vec<(&str, String, String)> {
    text.lines().map(read).collect()
}

fn annotated(title: &str, lines: &[String]) -> String {
    let mut out = Vec::new();
    annotate(&mut out, Level::Error, title, lines).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn annotations_are_the_verdict_and_each_check_not_passing() {
    insta::assert_snapshot!(github(&modest()), @r#"
    ::error title=stagecheck::✘ Not ready to create an organization: 1 of 3 checks failed
    ::error title=$25 billing alarm%3A ✘ FAIL::✘ FAIL alarm/region: the alarm is in us-west-2, where AWS publishes no billing metric. Fix: Make the alarm anew in us-east-1, where AWS publishes the billing metric%0A✘ FAIL alarm/data: AWS has sent no billing data for two weeks. Resolves: AWS sends the first billing data within a day after billing alerts are switched on. Fix: the same as for alarm/region
    ::error title=A trail records every region%3A ? UNKNOWN::? UNKNOWN trail/logging, trail/delivery: GetTrailStatus of trail-a in us-west-2: access denied. Grant `cloudtrail:GetTrailStatus`%0A? UNKNOWN trail/bucket: the trail's start was not told
    ::warning title=Missing permissions::cloudtrail:GetTrailStatus%0Aiam:ListAccountAliases%0AThis policy grants them; `stagecheck iam-policy` prints one with everything that an audit needs:%0A{"Version":"2012-10-17","Statement":[{"Sid":"StagecheckMissing","Effect":"Allow","Action":["cloudtrail:GetTrailStatus","iam:ListAccountAliases"],"Resource":"*"}]}
    ::notice title=Skipped::ec2-ssm-role
    "#);
}

#[test]
fn a_ready_account_is_one_notice() {
    insta::assert_snapshot!(github(&ready()), @"::notice title=stagecheck::✔ Ready to create an organization: 1 of 1 check passed");
}

#[test]
fn an_error_is_what_keeps_the_account_from_being_ready() {
    for mut report in every_report() {
        for strict in [false, true] {
            report.strict = strict;
            let text = github(&report);
            let errors = commands(&text).iter().any(|(command, ..)| *command == "error");
            assert_eq!(errors, report.exit_status() != ExitStatus::Ready, "{text}");
        }
    }
}

#[test]
fn a_warning_is_an_error_only_where_it_is_strict() {
    let mut report = mixed();
    report.checks.swap(0, 1);
    report.checks.truncate(1);
    report.missing_permissions.clear();
    assert!(
        github(&report).lines().nth(1).unwrap().starts_with("::warning title=SecurityAlerts SNS topic%3A ! WARN::")
    );
    report.strict = true;
    assert!(github(&report).lines().nth(1).unwrap().starts_with("::error title="));
}

#[test]
fn a_command_ends_where_its_line_ends_and_not_before() {
    let text = annotated("a: 100%, b\n::error::x", &["100%\n::warning::y".to_owned(), "%0A".to_owned()]);
    assert_eq!(text, "::error title=a%3A 100%25%2C b\\u{a}%3A%3Aerror%3A%3Ax::100%25\\u{a}::warning::y%0A%250A\n");
    let (_, title, text) = read(text.trim_end());
    assert_eq!((title.as_str(), text.as_str()), ("a: 100%, b\\u{a}::error::x", "100%\\u{a}::warning::y\n%0A"));
}

#[test]
fn a_hostile_name_is_shown_and_begins_no_command() {
    let text = github(&hostile());
    assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    for (command, ..) in commands(&text) {
        assert!(["error", "warning", "notice"].contains(&command), "{command}");
    }
    assert!(
        commands(&text)
            .iter()
            .any(|(_, title, text)| title.contains(&*clean(HOSTILE)) && text.contains(&*clean(HOSTILE)))
    );
}

#[test]
fn what_github_would_cut_off_is_left_out_and_counted() {
    for (count, length) in [(1, 5_000), (3, 2_000), (200, 100), (40, 101)] {
        let lines: Vec<String> = (0..count).map(|place| format!("{place:03} {}", "x".repeat(length))).collect();
        let (_, _, text) = read(annotated("x", &lines).trim_end());
        assert!(text.chars().count() <= LONGEST, "{}", text.chars().count());
        let kept = text.lines().filter(|line| line.contains("xxx")).count();
        assert!(kept > 0, "something is always said");
        match text.lines().last().unwrap().strip_prefix("… and ") {
            Some(rest) => assert_eq!(rest, format!("{} more", count - kept)),
            None => assert_eq!(kept, count),
        }
    }
    let fits = vec!["x".repeat(LONGEST)];
    assert!(annotated("x", &fits).contains(&fits[0]), "exactly as much as there is room for");
}
