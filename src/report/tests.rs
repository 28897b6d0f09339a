use futures_util::FutureExt;

use super::*;
use crate::account::facts::Facts;
use crate::account::operation::Operation;
use crate::account::{Account, Call};
use crate::render::sample;
use crate::testing::{ACCOUNT, denied, known, now, standalone};

fn header(facts: Facts) -> AccountHeader {
    let account = Account::recorded(facts, now());
    crate::commands::audit::header::of(&account, "us-west-2").now_or_never().unwrap()
}

fn in_organization_of(management_account: &str) -> Facts {
    let management_account = management_account.to_owned();
    let organization =
        crate::account::facts::Organization { id: "o-abc".to_owned(), management_account, feature_set: None };
    Facts { organization: known(Operation::DescribeOrganization, Some(organization)), ..standalone() }
}

#[test]
fn only_the_account_that_manages_its_organization_is_no_member() {
    assert_eq!(header(standalone()).membership, Ok(Membership::Standalone));
    assert!(matches!(header(in_organization_of(ACCOUNT)).membership, Ok(Membership::Management(_))));
    assert!(matches!(header(in_organization_of("444455556666")).membership, Ok(Membership::Member(_))));
    let unseen = Facts { caller: denied(Operation::GetCallerIdentity), ..in_organization_of(ACCOUNT) };
    assert!(header(unseen).membership.is_err());
}

#[test]
fn grantable_action_differs_from_one_denied_elsewhere() {
    let denied = |operation, because: &str| Unavailable {
        call: Call::global(operation),
        cause: Cause::Denied { message: Some(format!("not authorized to perform it {because}")) },
    };
    let lacking = MissingPermission::of(&[
        denied(Operation::DescribeTrails, "because no identity-based policy allows the action"),
        denied(Operation::ListTopics, "with an explicit deny in a service control policy"),
    ]);
    let told: Vec<_> = lacking.iter().map(|one| (one.action, one.granting_helps, one.denied_by.len())).collect();
    assert_eq!(told, [("cloudtrail:DescribeTrails", true, 0), ("sns:ListTopics", false, 1)]);
}

/// A report in which each of these is what a check came to.
fn of(statuses: &[Status]) -> Report {
    let mut report = sample::ready();
    let expectations = report.expectations.clone();
    report.checks = statuses
        .iter()
        .map(|status| {
            let mut check = CheckReport::new(sample::STAGE.checks[0], CheckResult::default(), &expectations);
            check.status = *status;
            check
        })
        .collect();
    report
}

#[test]
fn warning_blocks_only_with_strict() {
    use Status::{Fail, Pass, Unknown, Warn};
    for (statuses, lenient, strict) in [
        (&[Pass, Pass][..], Verdict::Ready, Verdict::Ready),
        (&[Pass, Warn], Verdict::Ready, Verdict::NotReady),
        (&[Warn, Unknown], Verdict::Undetermined, Verdict::NotReady),
        (&[Pass, Unknown], Verdict::Undetermined, Verdict::Undetermined),
        (&[Unknown, Fail], Verdict::NotReady, Verdict::NotReady),
        (&[], Verdict::Undetermined, Verdict::Undetermined),
    ] {
        let report = Report { strict: false, ..of(statuses) };
        assert_eq!(report.verdict(), lenient, "{statuses:?}");
        let report = Report { strict: true, ..of(statuses) };
        assert_eq!(report.verdict(), strict, "{statuses:?}");
    }
}

#[test]
fn the_headline_counts_what_decides() {
    use Status::{Fail, Pass, Unknown, Warn};
    let selected = |statuses| Report { skipped: vec!["trail"], ..of(statuses) }.headline();
    assert_eq!(of(&[Pass, Pass]).headline(), "Ready to create an organization: 2 of 2 checks passed");
    assert_eq!(of(&[Pass, Warn]).headline(), "Ready to create an organization, with 1 warning");
    assert_eq!(selected(&[Pass]), "1 of 1 selected checks passed");
    assert_eq!(selected(&[Pass, Warn, Warn]), "3 of 3 selected checks passed, 2 with warnings");
    assert_eq!(of(&[Fail, Unknown]).headline(), "Not ready to create an organization: 1 of 2 checks failed");
    assert_eq!(of(&[Unknown, Unknown]).headline(), "Undetermined: 2 of 2 checks could not be evaluated");
    let strict = Report { strict: true, ..of(&[Pass, Warn]) };
    assert_eq!(strict.headline(), "Not ready to create an organization: 1 of 2 checks has warnings (--strict)");
}

#[test]
fn a_long_message_is_clipped_where_its_detail_begins() {
    for (message, result) in [
        ("Short enough", "Short enough"),
        (
            "No subscriber receives the alarm: the filter policy of s••@example.com (email) drops it",
            "No subscriber receives the alarm",
        ),
        (
            "Topic uses the AWS managed key 1234abcd-12ab, so most services can't publish to it",
            "Topic uses the AWS managed key 1234abcd-12ab",
        ),
        (
            "Every word of this message goes on and on without a clause that could end it anywhere",
            "Every word of this message goes on and on without a clause…",
        ),
    ] {
        assert_eq!(super::clipped(message), result);
    }
}
