use unicode_width::UnicodeWidthStr;

use super::{Explained, find, json, markdown_table, page, text};
use crate::checks::SINGLE_ACCOUNT;
use crate::config::settings::Settings;
use crate::io::terminal::Style;
use crate::model::check::Stage;
use crate::render::sample::STAGE;

fn explained(stage: &Stage, topic: Explained<'_>, verbose: bool) -> String {
    let mut out = Vec::new();
    text::write(stage, topic, verbose, &Settings::default(), &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn without_a_check_all_are_listed() {
    insta::assert_snapshot!(explained(&STAGE, Explained::List, false), @"
    Checks of stage sample: is the account ready to create an organization?

      root-mfa  Root user MFA
      topic     SecurityAlerts SNS topic
      alarm     $25 billing alarm
      trail     A trail records every region

    Run `stagecheck explain CHECK` for one check in full.
    Other stages (--stage): single-account, org-foundation.
    ");
}

#[test]
fn a_check_explains_itself() {
    insta::assert_snapshot!(explained(&STAGE, Explained::Check(STAGE.checks[2]), true), @"
    alarm: $25 billing alarm

      An alarm watches the account's bill, and reaches somebody: it is read link by
      link, from the alarm to the mailbox | of a person.

    Why it matters
      The management account pays for every account of the organization.

    How to fix it
      Make the alarm in the billing Region.

    Requirements
      region      pass  the alarm is in the billing Region
                  fail  fails elsewhere: AWS publishes the metric nowhere else, so
                        the alarm can never fire
      subscriber  pass  a person is subscribed to the topic | of the alarm
                  fail  fails

    API calls (permission)
      cloudwatch:DescribeAlarms, sns:ListTopics (only to explain a failure);
      GetCallerIdentity needs no permission

    Edge cases
      - A budget does not count: it may be late.

    Docs
      https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
    ");
}

#[test]
fn every_check_has_something_to_say_and_fits_the_page() {
    for check in SINGLE_ACCOUNT.checks {
        let text = explained(&SINGLE_ACCOUNT, Explained::Check(check), true);
        for words in [check.what, check.why, check.fix] {
            assert!(words.ends_with('.') && words.len() > 20, "{}: {words}", check.id);
        }
        assert!(!check.requirements.is_empty() && !check.operations.is_empty() && !check.references.is_empty());
        for line in text.lines() {
            assert!(line.width() <= 80 || line.trim_start().starts_with("https://"), "{}: {line}", check.id);
        }
    }
}

#[test]
fn edge_cases_are_counted_and_shown_with_verbose() {
    for check in SINGLE_ACCOUNT.checks {
        let (short, long) = [false, true].map(|it| explained(&SINGLE_ACCOUNT, Explained::Check(check), it)).into();
        let pointer = format!("{} edge cases: stagecheck explain {} --verbose", check.decisions.len(), check.id);
        assert!(short.contains(&pointer) && !long.contains(&pointer), "{short}");
        assert!(long.contains("\nEdge cases\n") && !short.contains("\nEdge cases\n"), "{long}");
    }
}

#[test]
fn a_requirement_is_explained_by_its_id() {
    let topic = find(&SINGLE_ACCOUNT, "billing-alarm/region").unwrap();
    insta::assert_snapshot!(explained(&SINGLE_ACCOUNT, topic, false), @"
    billing-alarm/region: $25 billing alarm

      pass  the alarm is in the billing Region
      fail  only an alarm in your home Region: AWS publishes the metric in one
            Region, so it never fires

      severity  high
      docs
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html

    Run `stagecheck explain billing-alarm` for the whole check.
    ");
    let error = find(&SINGLE_ACCOUNT, "billing-alarm/regoin").err().unwrap();
    assert!(error.help.contains(r#"did you mean "region"?"#), "{}", error.help);
    assert!(find(&SINGLE_ACCOUNT, "no-check/region").is_err());
}

#[test]
fn json_has_every_check_or_the_one_that_is_asked_for() {
    let document = |topic| {
        let mut out = Vec::new();
        json::write(&SINGLE_ACCOUNT, topic, &mut out).unwrap();
        serde_json::from_slice::<serde_json::Value>(&out).unwrap()
    };
    let all = document(Explained::List);
    assert_eq!(all["checks"].as_array().unwrap().len(), SINGLE_ACCOUNT.checks.len());
    for check in SINGLE_ACCOUNT.checks {
        let one = document(Explained::Check(check));
        assert_eq!(one["checks"].as_array().unwrap().len(), 1, "{}", check.id);
        for requirement in check.requirements {
            let single = document(Explained::Requirement(check, requirement));
            let requirements = single["checks"][0]["requirements"].as_array().unwrap();
            assert_eq!(requirements.len(), 1, "{}", requirement.id);
            assert_eq!(requirements[0]["id"], requirement.id);
            assert!(requirements[0]["documentation_url"].as_str().unwrap().starts_with("https://"));
        }
    }
}

#[test]
fn a_page_has_each_requirement_once_and_its_severity() {
    for check in SINGLE_ACCOUNT.checks {
        let page = page(check);
        for requirement in check.requirements {
            let cell =
                format!("| [`{}`]({}) | {} |", requirement.name(), requirement.docs, requirement.severity.word());
            assert_eq!(page.matches(&cell).count(), 1, "{cell}\n{page}");
        }
    }
}

#[test]
fn requirement_ids_begin_with_their_check_and_no_lead_repeats() {
    for check in SINGLE_ACCOUNT.checks {
        for requirement in check.requirements {
            assert!(requirement.id.starts_with(&format!("{}/", check.id)), "{}", requirement.id);
            assert!(!requirement.pass.starts_with("passes") && !requirement.pass.ends_with('.'), "{}", requirement.id);
            assert!(!requirement.fail.starts_with("otherwise"), "{}", requirement.id);
        }
    }
}

#[test]
fn readme_table_has_a_row_a_check_and_escapes_pipes() {
    insta::assert_snapshot!(markdown_table(&STAGE), @r"
    | Check | Passes when |
    | --- | --- |
    | [`root-mfa`](docs/checks/root-mfa.md) | an alarm reaches a person \| in time |
    | [`topic`](docs/checks/topic.md) | an alarm reaches a person \| in time |
    | [`alarm`](docs/checks/alarm.md) | an alarm reaches a person \| in time |
    | [`trail`](docs/checks/trail.md) | an alarm reaches a person \| in time |
    ");
    assert_eq!(markdown_table(&SINGLE_ACCOUNT).lines().count(), 2 + SINGLE_ACCOUNT.checks.len());
}
