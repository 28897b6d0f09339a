use serde_json::{Value, json};

use super::change::Kind;
use super::compare::Diff;
use super::document::Document;
use super::side::{Kind as Holds, Side};
use super::words;
use crate::io::exit_status::ExitStatus;

/// A finding: its requirement, its status, what it is about.
type One<'a> = (&'a str, &'a str, Option<&'a str>);

fn finding((id, status, resource): One<'_>) -> Value {
    let (status, waived) = match status {
        "waived" => ("fail", json!({"reason": "agreed", "owner": "mia", "until": "2027-03-01"})),
        other => (other, Value::Null),
    };
    json!({
        "id": id, "status": status, "message": format!("{} is {status}", resource.unwrap_or(id)), "resource": resource, "region": null,
        "waived": waived
    })
}

/// A report of one check; the status of that is the greatest of what is not waived, which decides the verdict too.
fn report(findings: &[One<'_>]) -> Value {
    let has = |word| findings.iter().any(|(_, status, _)| *status == word);
    let (status, verdict) = match () {
        () if has("fail") => ("fail", "not-ready"),
        () if has("unknown") => ("unknown", "undetermined"),
        () if has("waived") => ("fail", "ready"),
        () if has("warn") => ("warn", "ready"),
        () => ("pass", "ready"),
    };
    let findings: Vec<Value> = findings.iter().copied().map(finding).collect();
    json!({
        "schema_version": 1, "tool": {"name": "stagecheck", "version": "0.1.0"}, "stage": "single-account", "verdict": verdict,
        "headline": verdict, "generated_at": "2026-11-24T02:00:00Z", "account": {"id": "111122223333", "organization": "standalone"},
        "a key of a later version": [1], "checks": [{"id": "alarm", "status": status, "summary": "alarm", "findings": findings}]
    })
}

fn side(report: &Value) -> Side {
    let report: Document = serde_json::from_value(report.clone()).unwrap();
    Side { file: "report.json".to_owned(), kind: Holds::Report, report }
}

/// What changed from the one to the other, each as its kind, its id and its transition; and how that ends.
fn between(old: &Value, new: &Value) -> (Vec<(Kind, String)>, ExitStatus) {
    let (old, new) = (side(old), side(new));
    let diff = Diff::new(&old, &new).unwrap();
    let changes = diff.changes.iter().map(|one| (one.kind, format!("{}: {}", one.id, words::transition(one))));
    (changes.collect(), diff.exit_status())
}

fn changed(old: &[One<'_>], new: &[One<'_>]) -> (Vec<(Kind, String)>, ExitStatus) {
    between(&report(old), &report(new))
}

/// The one change from a status to another of the same finding.
fn from_to(old: &str, new: &str) -> Option<(Kind, ExitStatus)> {
    let id = "alarm/threshold";
    // Beside it something fails, so that the verdict stays as it is.
    let (changes, status) = changed(
        &[(id, old, Some("arn")), ("alarm/data", "fail", Some("arn"))],
        &[(id, new, Some("arn")), ("alarm/data", "fail", Some("arn"))],
    );
    assert!(changes.len() < 2, "{changes:?}");
    changes.first().map(|(kind, _)| (*kind, status))
}

#[test]
fn failed_or_unknown_after_better_is_worse() {
    use ExitStatus::{Ready, Worse};
    let table = [
        (
            "pass",
            [
                None,
                Some((Kind::Changed, Ready)),
                Some((Kind::Worse, Worse)),
                Some((Kind::Worse, Worse)),
                Some((Kind::Waived, Ready)),
            ],
        ),
        (
            "warn",
            [
                Some((Kind::Better, Ready)),
                None,
                Some((Kind::Worse, Worse)),
                Some((Kind::Worse, Worse)),
                Some((Kind::Waived, Ready)),
            ],
        ),
        (
            "unknown",
            [
                Some((Kind::Better, Ready)),
                Some((Kind::Better, Ready)),
                None,
                Some((Kind::Worse, Worse)),
                Some((Kind::Waived, Ready)),
            ],
        ),
        (
            "fail",
            [
                Some((Kind::Better, Ready)),
                Some((Kind::Better, Ready)),
                Some((Kind::Changed, Ready)),
                None,
                Some((Kind::Waived, Ready)),
            ],
        ),
        (
            "waived",
            [
                Some((Kind::Better, Ready)),
                Some((Kind::Better, Ready)),
                Some((Kind::Worse, Worse)),
                Some((Kind::Worse, Worse)),
                None,
            ],
        ),
    ];
    for (old, row) in table {
        for (new, expected) in ["pass", "warn", "unknown", "fail", "waived"].into_iter().zip(row) {
            assert_eq!(from_to(old, new), expected, "{old} → {new}");
        }
    }
}

#[test]
fn new_failing_resource_is_worse_beside_old_failures() {
    let alice = ("alarm/mfa", "fail", Some("alice"));
    let (changes, status) =
        changed(&[alice], &[alice, ("alarm/mfa", "fail", Some("deploy")), ("alarm/mfa", "pass", Some("bob"))]);
    assert_eq!(changes, [(Kind::Worse, "alarm/mfa: new: fail".to_owned())]);
    assert_eq!(status, ExitStatus::Worse);
}

#[test]
fn gone_failure_is_better_only_if_still_evaluated() {
    let bob = ("alarm/mfa", "fail", Some("bob"));
    let (changes, _) = changed(&[("alarm/mfa", "fail", Some("alice")), bob], &[bob]);
    assert_eq!(changes, [(Kind::Better, "alarm/mfa: fail → gone".to_owned())]);

    // The alarm itself is gone: what was wrong with it is not mended by that.
    let (changes, status) = changed(
        &[("alarm/exists", "pass", Some("arn")), ("alarm/threshold", "fail", Some("arn"))],
        &[("alarm/exists", "fail", None)],
    );
    assert_eq!(
        changes,
        [
            (Kind::Worse, "alarm/exists: pass → fail".to_owned()),
            (Kind::Changed, "alarm/threshold: fail → not evaluated".to_owned())
        ]
    );
    assert_eq!(status, ExitStatus::Worse);
}

#[test]
fn single_subject_requirement_matches_across_resources() {
    let (changes, status) =
        changed(&[("alarm/threshold", "pass", Some("old"))], &[("alarm/threshold", "fail", Some("new"))]);
    assert_eq!(changes, [(Kind::Worse, "alarm/threshold: pass → fail".to_owned())]);
    assert_eq!(status, ExitStatus::Worse);
    let (changes, _) =
        changed(&[("alarm/threshold", "fail", Some("old"))], &[("alarm/threshold", "fail", Some("new"))]);
    assert_eq!(changes, [(Kind::Worse, "alarm/threshold: fail, for another resource".to_owned())]);
    let (changes, status) = changed(&[("alarm/exists", "fail", None)], &[("alarm/exists", "fail", Some("near miss"))]);
    assert_eq!(changes, [(Kind::Changed, "alarm/exists: still fail, for another reason".to_owned())]);
    assert_eq!(status, ExitStatus::Ready);
}

#[test]
fn first_unknown_is_worse_only_if_its_check_was_well() {
    let unknown = ("alarm/data", "unknown", Some("arn"));
    let (changes, status) =
        changed(&[("alarm/exists", "fail", None)], &[("alarm/exists", "pass", Some("arn")), unknown]);
    assert_eq!(
        changes,
        [
            (Kind::Better, "alarm/exists: fail → pass".to_owned()),
            (Kind::Changed, "alarm/data: new: unknown".to_owned())
        ]
    );
    assert_eq!(status, ExitStatus::Ready);
    let (changes, _) =
        changed(&[("alarm/exists", "pass", Some("arn"))], &[("alarm/exists", "pass", Some("arn")), unknown]);
    assert_eq!(changes, [(Kind::Worse, "alarm/data: new: unknown".to_owned())]);
}

#[test]
fn equal_findings_are_paired_one_by_one() {
    let one = ("alarm/mfa", "fail", Some("alice"));
    assert_eq!(changed(&[one, one], &[one, one]).0, []);
    assert_eq!(changed(&[one], &[one, one]).0, [(Kind::Worse, "alarm/mfa: new: fail".to_owned())]);
    assert_eq!(changed(&[one, one], &[one]).0, [(Kind::Better, "alarm/mfa: fail → gone".to_owned())]);
}

#[test]
fn check_no_longer_evaluated_is_worse() {
    for status in ["pass", "fail"] {
        let old = report(&[("alarm/exists", status, None)]);
        let mut new = report(&[]);
        new["checks"] = json!([]);
        new["verdict"] = old["verdict"].clone();
        let (changes, ended) = between(&old, &new);
        assert_eq!(changes, [(Kind::Worse, format!("alarm: {status} → not evaluated"))]);
        assert_eq!(ended, ExitStatus::Worse);
    }
}

#[test]
fn a_verdict_that_is_worse_is_enough() {
    let verdicts = ["ready", "selected-passed", "undetermined", "not-ready"];
    for (good, old) in verdicts.into_iter().enumerate() {
        for (bad, new) in verdicts.into_iter().enumerate() {
            let of = |verdict: &str| {
                let mut report = report(&[]);
                report["verdict"] = verdict.into();
                report
            };
            let worse = between(&of(old), &of(new)).1 == ExitStatus::Worse;
            assert_eq!(worse, bad > good, "{old} → {new}");
        }
    }
}

#[test]
fn with_strict_a_warning_is_worse() {
    let old = report(&[("alarm/state", "pass", Some("arn"))]);
    let mut new = report(&[("alarm/state", "warn", Some("arn")), ("alarm/data", "warn", Some("arn"))]);
    assert_eq!(between(&old, &new).1, ExitStatus::Ready);
    new["strict"] = true.into();
    assert_eq!(between(&old, &new).0.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [Kind::Worse; 2]);
}

#[test]
fn becoming_a_member_is_worse_and_unknown_membership_is_not() {
    let of = |organization: &str| {
        let mut report = report(&[]);
        report["account"]["organization"] = organization.into();
        report
    };
    for (old, new, expected) in [
        ("standalone", "member", Some(Kind::Worse)),
        ("unknown", "member", Some(Kind::Worse)),
        ("member", "standalone", Some(Kind::Better)),
        ("standalone", "unknown", Some(Kind::Changed)),
        ("member", "unknown", Some(Kind::Changed)),
        ("standalone", "management", Some(Kind::Changed)),
        ("member", "member", None),
    ] {
        assert_eq!(between(&of(old), &of(new)).0.first().map(|(kind, _)| *kind), expected, "{old} → {new}");
    }
}

#[test]
fn what_makes_two_reports_hard_to_compare_is_noted() {
    let mut old = report(&[]);
    old["settings"] = json!({"topic": "SecurityAlerts", "threshold": 25.0});
    let mut new = report(&[]);
    new["settings"] = json!({"topic": "Alarms", "threshold": 50});
    new["generated_at"] = "2026-11-23T02:00:00Z".into();
    new["account"] = json!({"id": null});
    new["strict"] = true.into();
    new["tool"]["version"] = "0.2.0".into();
    new["checks"].as_array_mut().unwrap().push(json!({"id": "trail", "status": "pass", "summary": "", "findings": []}));
    let (old, new) = (side(&old), side(&new));
    insta::assert_snapshot!(Diff::new(&old, &new).unwrap().notes.join("\n"), @r"
    the new file is older than the old one: are they in the right order?
    one of the files doesn't say which account it is of, so they may be from different accounts
    the expected topic was SecurityAlerts and is Alarms
    the expected threshold was $25 and is $50
    --strict was off and is on
    the version of stagecheck was 0.1.0 and is 0.2.0
    not evaluated before: trail
    ");
}

#[test]
fn reports_of_different_accounts_or_stages_are_not_compared() {
    let old = report(&[]);
    for (key, other) in [("/account/id", "999988887777"), ("/stage", "org-foundation")] {
        let mut new = old.clone();
        *new.pointer_mut(key).unwrap() = other.into();
        let (old, new) = (side(&old), side(&new));
        let error = Diff::new(&old, &new).err().unwrap();
        assert!(error.status == ExitStatus::Usage && error.message.contains(other), "{error}");
    }
}

#[test]
fn a_report_says_nothing_by_a_word_that_is_unknown() {
    for (key, word) in [("/verdict", "splendid"), ("/checks/0/status", "fine"), ("/checks/0/findings/0/status", "Fail")]
    {
        let mut report = report(&[("alarm/exists", "pass", None)]);
        *report.pointer_mut(key).unwrap() = word.into();
        assert!(serde_json::from_value::<Document>(report).unwrap_err().to_string().contains(word), "{key}");
    }
}

#[test]
fn a_pass_that_says_that_it_is_waived_is_a_pass() {
    let old = report(&[("alarm/exists", "fail", None)]);
    let mut new = report(&[("alarm/exists", "pass", None)]);
    new["checks"][0]["findings"][0]["waived"] = json!({"reason": "r", "owner": "o", "until": "u"});
    assert_eq!(between(&old, &new).0, [(Kind::Better, "alarm/exists: fail → pass".to_owned())]);
}
