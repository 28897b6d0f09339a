use jiff::civil::{Date, date};

use super::*;
use crate::account::operation::Operation;
use crate::account::{Call, Cause, Unavailable};
use crate::checks::SINGLE_ACCOUNT;
use crate::checks::STAGES;
use crate::config::settings::Settings;
use crate::config::waivers::{Fault, Waiver, day};
use crate::io::exit_status::ExitStatus;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Finding, Subject};
use crate::model::status::Status;
use crate::render::sample::{ready, waived};
use crate::report::{CheckReport, Report, Verdict};

const TODAY: Date = date(2026, 11, 24);
const ALARM: &str = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:billing-100";

fn waiver(finding: &str, resource: Option<&str>, until: Date) -> Waiver {
    Waiver {
        finding: finding.to_owned(),
        resource: resource.map(str::to_owned),
        reason: "finance has agreed".to_owned(),
        owner: "mia".to_owned(),
        until,
    }
}

fn finding(id: &'static str, status: Status, resource: Option<&str>) -> Finding {
    let unavailable =
        Unavailable { call: Call::global(Operation::DescribeAlarms), cause: Cause::Denied { message: None } };
    Finding {
        id,
        status,
        message: format!("{id} comes to {}", status.word()),
        subject: resource.map_or_else(Subject::account, Subject::global),
        evidence: None,
        remediation: None,
        resolves: None,
        unavailable: (status == Status::Unknown).then_some(unavailable),
        links: Vec::new(),
        alike: None,
        brief: None,
        waived: None,
    }
}

fn alarm() -> &'static Check {
    SINGLE_ACCOUNT.check("billing-alarm").unwrap()
}

/// A report of the billing alarm alone, with these waivers on `TODAY`.
fn report(waivers: Vec<Waiver>, findings: Vec<Finding>) -> Report {
    let mut report = ready();
    let mut judged = vec![(alarm(), CheckResult::from(findings))];
    report.waivers = apply(waivers, TODAY, &mut judged, &report.skipped);
    let check = |(check, judged)| CheckReport::new(check, judged, &Settings::default());
    report.checks.extend(judged.into_iter().map(check));
    report
}

fn states(report: &Report) -> Vec<State> {
    report.waivers.iter().map(|standing| standing.state).collect()
}

#[test]
fn a_waived_failure_stays_a_failure_and_does_not_gate() {
    let waiver = waiver("billing-alarm/threshold", Some("arn:*:alarm:billing-*"), date(2027, 3, 1));
    let report = report(vec![waiver], vec![finding("billing-alarm/threshold", Status::Fail, Some(ALARM))]);
    let check = &report.checks[1];
    assert_eq!((check.status, check.gate(), check.is_waived()), (Status::Fail, Status::Pass, true));
    assert_eq!((report.verdict(), report.exit_status()), (Verdict::Ready, ExitStatus::Ready));
    assert_eq!((report.count(Status::Fail), report.waived(), states(&report)), (1, 1, vec![State::Used]));
    assert_eq!(report.headline(), "Ready to create an organization: 1 of 2 checks passed, 1 waived");
}

#[test]
fn a_waiver_holds_through_its_last_day_in_utc_and_not_beyond() {
    let failing = || vec![finding("billing-alarm/threshold", Status::Fail, Some(ALARM))];
    let until = |until| report(vec![waiver("billing-alarm/threshold", Some("*"), until)], failing());
    assert_eq!(until(TODAY).verdict(), Verdict::Ready);
    let expired = until(date(2026, 11, 23));
    assert_eq!((expired.verdict(), states(&expired)), (Verdict::NotReady, vec![State::Expired]));
    assert!(expired.waivers[0].message.as_ref().unwrap().contains("expired on 2026-11-23"));
    assert_eq!(expired.waived(), 0);
}

#[test]
fn a_day_begins_and_ends_in_utc() {
    let day = |clock: &str| day(clock.parse().unwrap());
    assert_eq!(day("2026-11-24T23:59:59.999Z"), date(2026, 11, 24));
    assert_eq!(day("2026-11-25T00:00:00Z"), date(2026, 11, 25));
    assert_eq!(day("2026-11-24T23:30:00-05:00"), date(2026, 11, 25));
}

#[test]
fn a_year_from_the_audit_is_the_furthest_day() {
    let far = |until, today| waiver("billing-alarm/threshold", None, until).is_within_a_year_of(today).is_ok();
    assert!(far(date(2027, 11, 24), TODAY) && !far(date(2027, 11, 25), TODAY));
    assert!(far(date(2029, 2, 28), date(2028, 2, 29)) && !far(date(2029, 3, 1), date(2028, 2, 29)), "a leap day");
    assert!(far(Date::MAX, Date::MAX), "the end of the calendar");
}

#[test]
fn nothing_but_a_seen_failure_is_ever_waived() {
    for (status, why) in
        [(Status::Unknown, "could not be evaluated"), (Status::Warn, "is a warning"), (Status::Pass, "passes")]
    {
        let waiver = waiver("billing-alarm/state", Some("*"), date(2027, 3, 1));
        let mut report = report(vec![waiver], vec![finding("billing-alarm/state", status, Some(ALARM))]);
        assert_eq!((states(&report), report.waived()), (vec![State::Unmatched], 0), "{why}");
        assert!(report.waivers[0].message.as_ref().unwrap().contains(why), "{:?}", report.waivers);
        assert_eq!(report.checks[1].gate(), status);
        // Not even if a mark were there.
        report.checks[1].findings[0].waived = Some(waived_by(&report.waivers[0].waiver));
        assert_eq!(report.checks[1].gate(), status);
    }
}

#[test]
fn with_strict_a_warning_gates_beside_a_waived_failure() {
    let findings = vec![
        finding("billing-alarm/threshold", Status::Fail, Some(ALARM)),
        finding("billing-alarm/state", Status::Warn, Some(ALARM)),
    ];
    let waivers = ["threshold", "state"].map(|link| {
        let id = format!("billing-alarm/{link}");
        waiver(&id, Some("*"), date(2027, 3, 1))
    });
    let mut report = report(waivers.into(), findings);
    assert_eq!(report.verdict(), Verdict::Ready);
    report.strict = true;
    assert_eq!(report.verdict(), Verdict::NotReady);
    assert_eq!(
        report.headline(),
        "Not ready to create an organization: 1 of 2 checks has warnings (--strict), 1 waived"
    );
}

#[test]
fn unknown_or_failure_beside_a_waived_one_still_gates() {
    for (status, verdict) in [(Status::Unknown, Verdict::Undetermined), (Status::Fail, Verdict::NotReady)] {
        let waiver = waiver("billing-alarm/threshold", Some(ALARM), date(2027, 3, 1));
        let findings = vec![
            finding("billing-alarm/threshold", Status::Fail, Some(ALARM)),
            finding("billing-alarm/publish", status, Some(ALARM)),
        ];
        let report = report(vec![waiver], findings);
        assert_eq!((report.verdict(), report.checks[1].status), (verdict, Status::Fail));
        assert_eq!(report.checks[1].is_waived(), status == Status::Unknown);
        assert!(!report.checks[1].summary.contains("threshold"), "{}", report.checks[1].summary);
        assert!(report.headline().ends_with(", 1 waived"), "{}", report.headline());
    }
}

#[test]
fn a_waiver_without_a_resource_is_for_what_is_about_none() {
    let none = || waiver("admin-user-mfa/mfa", None, date(2027, 3, 1));
    let user = finding("admin-user-mfa/mfa", Status::Fail, Some("arn:aws:iam::111122223333:user/intern"));
    assert!(is_for(&none(), &finding("admin-user-mfa/mfa", Status::Fail, None)) && !is_for(&none(), &user));
    let message = report(vec![none()], vec![user]).waivers.remove(0).message.unwrap();
    assert!(
        message.contains("it names no resource, and the failures are of arn:aws:iam::111122223333:user/intern"),
        "{message}"
    );
}

#[test]
fn a_waiver_with_a_resource_is_for_what_its_pattern_takes() {
    let takes = |pattern: &str, resource: Option<&str>| {
        let id = "billing-alarm/threshold";
        is_for(&waiver(id, Some(pattern), TODAY), &finding(id, Status::Fail, resource))
    };
    assert!(takes("arn:*:alarm:billing-???", Some(ALARM)) && takes("*", Some(ALARM)) && takes(ALARM, Some(ALARM)));
    assert!(!takes("billing-100", Some(ALARM)) && !takes("*", None) && !takes("arn:*:alarm:billing", Some(ALARM)));
}

#[test]
fn only_failure_waived_is_not_unknown() {
    let report = report(
        vec![waiver("billing-alarm/exists", None, date(2027, 3, 1))],
        vec![finding("billing-alarm/exists", Status::Fail, None)],
    );
    assert_eq!(report.checks[1].gate(), Status::Pass);
    let nothing = CheckReport::new(alarm(), CheckResult::default(), &Settings::default());
    assert_eq!(nothing.gate(), Status::Unknown, "a check that found nothing at all stays unknown");
}

#[test]
fn waiver_of_a_skipped_check_is_neither_used_nor_unmatched() {
    let one = || waiver("billing-alarm/exists", None, date(2027, 3, 1));
    let standings = apply(vec![one()], TODAY, &mut [], &["billing-alarm"]);
    assert_eq!((standings[0].state, &standings[0].message), (State::LeftOut, &None));
}

#[test]
fn two_waivers_of_one_failure_are_used_expired_takes_nothing() {
    let id = "billing-alarm/threshold";
    let waivers = vec![
        waiver(id, Some("*"), date(2026, 1, 1)),
        waiver(id, Some("arn:*"), date(2027, 1, 1)),
        waiver(id, Some("*"), date(2027, 2, 2)),
    ];
    let report = report(waivers, vec![finding(id, Status::Fail, Some(ALARM))]);
    assert_eq!(states(&report), [State::Expired, State::Used, State::Used]);
    assert_eq!(report.checks[1].findings[0].waived.as_ref().unwrap().until, date(2027, 1, 1));
    assert_eq!(report.waived(), 1);
}

#[test]
fn waiver_of_root_or_without_owner_is_invalid() {
    let sound = || waiver("billing-alarm/threshold", Some("*"), TODAY);
    assert_eq!(sound().is_sound(), Ok(()));
    for check in SINGLE_ACCOUNT.checks {
        for requirement in check.requirements {
            let waiver = Waiver { finding: requirement.id.to_owned(), ..sound() };
            assert_eq!(fits(&waiver, STAGES).is_err(), check.id == "root-mfa", "{}", requirement.id);
        }
    }
    assert_eq!(Waiver { reason: " ".to_owned(), ..sound() }.is_sound(), Err(Fault::Empty("reason")));
    assert_eq!(Waiver { owner: String::new(), ..sound() }.is_sound(), Err(Fault::Empty("owner")));
    assert_eq!(Waiver { resource: Some(String::new()), ..sound() }.is_sound(), Err(Fault::Empty("resource")));
}

#[test]
fn waived_selection_says_so_in_its_headline() {
    let mut report = waived();
    report.skipped = vec!["trail"];
    assert_eq!(report.verdict(), Verdict::SelectedPassed);
    assert_eq!(report.headline(), "1 of 2 selected checks passed, 2 waived");
}

#[test]
fn a_snapshot_gives_its_waivers_back_as_they_were_written() {
    use crate::account::facts::Facts;
    use crate::report::snapshot;

    let waivers = vec![
        waiver("billing-alarm/threshold", Some("arn:*"), date(2027, 3, 1)),
        waiver("billing-alarm/exists", None, date(2026, 1, 1)),
    ];
    let (clock, expect) = (crate::testing::now(), Settings::default());
    let text = snapshot::write("single-account", clock, &expect, None, &waivers, &Facts::default()).unwrap();
    assert_eq!(snapshot::read(&text).unwrap().waivers, waivers);
}
