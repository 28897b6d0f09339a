use unicode_width::UnicodeWidthStr;

use super::{explain, markdown_table};
use crate::checks::SINGLE_ACCOUNT;
use crate::config::settings::Settings;
use crate::io::terminal::Style;
use crate::model::check::{Check, Stage};
use crate::render::sample::STAGE;

fn explained(stage: &Stage, check: Option<&Check>) -> String {
    let mut out = Vec::new();
    explain(stage, check, &Settings::default(), &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn without_a_check_all_are_listed() {
    insta::assert_snapshot!(explained(&STAGE, None), @"
    Checks of sample: is the account ready to create an organization?

      root-mfa  Root user MFA
      topic     SecurityAlerts SNS topic
      alarm     $25 billing alarm
      trail     A trail records every region

    `stagecheck explain CHECK` tells what one checks, why, how to fix it, and which
    calls it makes
    ");
}

#[test]
fn a_check_explains_itself() {
    insta::assert_snapshot!(explained(&STAGE, Some(STAGE.checks[2])), @"
    alarm: $25 billing alarm

    What it checks
      An alarm watches the account's bill, and reaches somebody: it is read link by
      link, from the alarm to the mailbox | of a person.

    Why it matters
      The management account pays for every account of the organization.

    Requirements
      alarm/region
        passes when  the alarm is in the billing region
        otherwise    fails elsewhere: AWS publishes the metric nowhere else, so the
                     alarm can never fire
      alarm/subscriber
        passes when  a person is subscribed to the topic | of the alarm
        otherwise    fails

    Decisions
      - A budget does not count: it may be late.

    How to fix it
      Make the alarm in the billing region.

    Calls that it makes
      GetCallerIdentity (no permission needed)
        reads whose account the credentials belong to
      DescribeAlarms (cloudwatch:DescribeAlarms)
        reads the alarms on the billing metric
      ListTopics (sns:ListTopics)
        reads topics that nearly have the expected name (only to explain a failure)

    See also
      https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
    ");
}

#[test]
fn every_check_of_the_stage_has_something_to_say_and_fits_the_page() {
    for check in SINGLE_ACCOUNT.checks {
        let text = explained(&SINGLE_ACCOUNT, Some(check));
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
fn every_requirement_is_named_after_its_check_and_no_sentence_repeats_its_lead() {
    for check in SINGLE_ACCOUNT.checks {
        for requirement in check.requirements {
            assert!(requirement.id.starts_with(&format!("{}/", check.id)), "{}", requirement.id);
            assert!(!requirement.pass.starts_with("passes") && !requirement.pass.ends_with('.'), "{}", requirement.id);
            assert!(!requirement.fail.starts_with("otherwise"), "{}", requirement.id);
        }
    }
}

#[test]
fn the_readmes_table_has_a_row_a_check_and_escapes_its_own_syntax() {
    insta::assert_snapshot!(markdown_table(&STAGE), @r"
    | check | title | what it checks |
    | --- | --- | --- |
    | `root-mfa` | Root user MFA | An alarm watches the account's bill, and reaches somebody: it is read link by link, from the alarm to the mailbox \| of a person. |
    | `topic` | SecurityAlerts SNS topic | An alarm watches the account's bill, and reaches somebody: it is read link by link, from the alarm to the mailbox \| of a person. |
    | `alarm` | $25 billing alarm | An alarm watches the account's bill, and reaches somebody: it is read link by link, from the alarm to the mailbox \| of a person. |
    | `trail` | A trail records every region | An alarm watches the account's bill, and reaches somebody: it is read link by link, from the alarm to the mailbox \| of a person. |
    ");
    assert_eq!(markdown_table(&SINGLE_ACCOUNT).lines().count(), 2 + SINGLE_ACCOUNT.checks.len());
}
