use futures_util::FutureExt;

use super::*;
use crate::account::operation::Operation;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Evidence, Outcome, Requirement, Severity, Subject};
use crate::model::remediation::{Command, Target};
use crate::model::status::Status;
use crate::render::sample;
use crate::report::CheckReport;
use crate::testing::{known, now};

/// A stage in the wrong order: each check stands before what it builds on.
static BUCKET: Check = check("bucket", &["trail"]);
static TRAIL: Check = check("trail", &["administrator"]);
static ADMINISTRATOR: Check = check("administrator", &[]);

const fn check(id: &'static str, after: &'static [&'static str]) -> Check {
    Check {
        id,
        title: |_| String::new(),
        passes_when: "",
        what: "",
        why: "",
        decisions: &[],
        requirements: &[],
        waivable: true,
        operations: &[],
        explains_with: &[],
        chain: &[],
        after,
        fix: "",
        references: &[],
        run: |_, _| async { CheckResult::default() }.boxed_local(),
    }
}

fn evidence() -> Evidence {
    let facts = crate::account::facts::Facts {
        account_alias: known(Operation::ListAccountAliases, Some("prod".to_owned())),
        ..Default::default()
    };
    let account = crate::account::Account::recorded(facts, now());
    Evidence::new(account.account_alias().now_or_never().unwrap().unwrap(), "alias", "prod")
}

fn finding(id: &'static str, status: Status, remedy: &Remediation) -> Finding {
    Requirement { id, severity: Severity::High, docs: "", pass: "", warn: "", fail: "" }.judge(
        &Subject::account(),
        || {
            Ok(match status {
                Status::Pass => Outcome::pass("it passes", evidence()),
                Status::Warn => Outcome::warn("it warns", evidence(), remedy.clone()),
                Status::Fail => Outcome::fail("it fails", evidence(), remedy.clone()),
                Status::Unknown => return Err(sample::denied(Operation::GetTrailStatus)),
            })
        },
    )
}

/// A remedy of one command.
fn remedy(summary: &str, command: &str) -> Remediation {
    Remediation::new(summary).run(Command::aws("sns", command)).finished()
}

fn fails(id: &'static str, remedy: &Remediation) -> Finding {
    finding(id, Status::Fail, remedy)
}

/// A report of these findings, check by check.
fn report(checks: Vec<(&'static Check, Vec<Finding>)>) -> Report {
    let expectations = Settings::default();
    let checks =
        checks.into_iter().map(|(check, findings)| CheckReport::new(check, findings.into(), &expectations)).collect();
    Report { checks, skipped: Vec::new(), missing_permissions: Vec::new(), ..sample::mixed() }
}

fn ids(report: &Report) -> Vec<Vec<&'static str>> {
    let ids = |step: &Step<'_>| step.findings.iter().map(|finding| finding.id).collect();
    Plan::of(report).steps.iter().map(ids).collect()
}

#[test]
fn step_that_others_build_on_comes_first() {
    let report = report(vec![
        (&BUCKET, vec![fails("bucket/policy", &remedy("policy", "a"))]),
        (&TRAIL, vec![fails("trail/exists", &remedy("trail", "b"))]),
        (&ADMINISTRATOR, vec![fails("administrator/exists", &remedy("administrator", "c"))]),
    ]);
    assert_eq!(ids(&report), [["administrator/exists"], ["trail/exists"], ["bucket/policy"]]);
}

#[test]
fn what_a_remedy_says_of_its_place_beats_what_its_check_says() {
    let update = remedy("update", "b").after("bucket/policy");
    let report = report(vec![
        (&BUCKET, vec![fails("bucket/policy", &remedy("policy", "a"))]),
        (&TRAIL, vec![fails("trail/logging", &remedy("start", "d")), fails("trail/multi-region", &update)]),
    ]);
    assert_eq!(ids(&report), [["trail/logging"], ["bucket/policy"], ["trail/multi-region"]]);
}

#[test]
fn remedies_that_wait_for_each_other_lose_no_step() {
    let report = report(vec![
        (&BUCKET, vec![fails("bucket/policy", &remedy("policy", "a").after("trail/exists"))]),
        (&TRAIL, vec![fails("trail/exists", &remedy("trail", "b").after("bucket"))]),
    ]);
    assert_eq!(ids(&report), [["bucket/policy"], ["trail/exists"]]);
}

#[test]
fn findings_that_share_a_remedy_are_one_step() {
    let shared = remedy("both", "a");
    let report = report(vec![
        (&TRAIL, vec![fails("trail/exists", &shared), fails("trail/logging", &shared)]),
        (&ADMINISTRATOR, vec![fails("administrator/exists", &shared)]),
    ]);
    assert_eq!(ids(&report), [["trail/exists", "trail/logging", "administrator/exists"]]);
    assert_eq!(Plan::of(&report).steps[0].minutes, 2);
}

#[test]
fn remedy_covered_by_another_is_no_own_step() {
    let topic = remedy("topic", "a");
    let alarm = Remediation::new("alarm").run(Command::aws("sns", "a")).run(Command::aws("sns", "b")).finished();
    let report = report(vec![
        (&TRAIL, vec![fails("trail/exists", &topic)]),
        (&BUCKET, vec![fails("bucket/policy", &alarm)]),
        (&ADMINISTRATOR, vec![fails("administrator/exists", &topic.clone().by(Who::Mailbox))]),
    ]);
    assert_eq!(ids(&report), [vec!["administrator/exists"], vec!["trail/exists", "bucket/policy"]]);
    let plan = Plan::of(&report);
    assert_eq!(plan.steps[1].remedy.summary, "alarm");
    assert_eq!(plan.steps[1].remedy.commands.len(), 2);
}

#[test]
fn remedy_that_defers_joins_the_other_step() {
    let policy = remedy("policy", "a");
    let look = Remediation::new("look at the policy").within("bucket/policy").then(FollowUp::Resolves("soon"));
    let both =
        report(vec![(&TRAIL, vec![fails("trail/delivery", &look)]), (&BUCKET, vec![fails("bucket/policy", &policy)])]);
    assert_eq!(ids(&both), [["bucket/policy", "trail/delivery"]]);
    assert_eq!(Plan::of(&both).steps[0].resolves(), ["soon"]);
    let alone = report(vec![(&TRAIL, vec![fails("trail/delivery", &look)])]);
    assert_eq!(ids(&alone), [["trail/delivery"]]);
    let only_better = report(vec![
        (&TRAIL, vec![fails("trail/delivery", &look)]),
        (&BUCKET, vec![finding("bucket/policy", Status::Warn, &policy)]),
    ]);
    assert_eq!(ids(&only_better), [["trail/delivery"], ["bucket/policy"]]);
}

#[test]
fn required_comes_before_unknown_before_recommended() {
    let findings = vec![
        finding("trail/validation", Status::Warn, &remedy("better", "a")),
        finding("trail/delivery", Status::Unknown, &remedy("", "")),
        fails("trail/exists", &remedy("must", "b")),
        finding("trail/bucket", Status::Pass, &remedy("", "")),
    ];
    let mut report = report(vec![(&TRAIL, findings)]);
    assert_eq!(ids(&report), [["trail/exists"], ["trail/delivery"], ["trail/validation"]]);
    let needs: Vec<StepKind> = Plan::of(&report).steps.iter().map(|step| step.need).collect();
    assert_eq!(needs, [StepKind::Required, StepKind::Diagnose, StepKind::Recommended]);

    report.strict = true;
    let needs: Vec<StepKind> = Plan::of(&report).steps.iter().map(|step| step.need).collect();
    assert_eq!(needs, [StepKind::Required, StepKind::Required, StepKind::Diagnose]);
}

#[test]
fn follow_up_by_others_is_one_step_after_all_that_need_it() {
    let link = Remediation::new("Open the link").by(Who::Mailbox).takes(1);
    let asks = |name: &str| remedy(name, name).then(FollowUp::Does(Box::new(link.clone())));
    let report = report(vec![
        (&TRAIL, vec![fails("trail/a", &asks("a")), fails("trail/b", &asks("b"))]),
        (&BUCKET, vec![fails("bucket/policy", &remedy("policy", "c"))]),
    ]);
    assert_eq!(ids(&report), [vec!["trail/a"], vec!["trail/b"], vec!["trail/a", "trail/b"], vec!["bucket/policy"]]);
    let plan = Plan::of(&report);
    assert_eq!((plan.steps[2].who(), plan.steps[2].minutes), (Who::Mailbox, 2));
}

#[test]
fn what_is_unseen_says_what_to_mend_and_to_audit_again() {
    let report = sample::mixed();
    let plan = Plan::of(&report);
    let grant = plan.steps.iter().find(|step| step.remedy.summary.starts_with("Grant")).unwrap();
    assert_eq!(grant.need, StepKind::Diagnose);
    assert_eq!(
        grant.remedy.summary,
        "Grant the auditor the missing permissions, and audit again: \
                                      cloudtrail:GetTrailStatus"
    );
    let ids: Vec<&str> = grant.findings.iter().map(|finding| finding.id).collect();
    assert_eq!(ids, ["trail/logging", "trail/delivery"]);
    assert!(grant.remedy.console.as_ref().unwrap().contains(r#""Action":["cloudtrail:GetTrailStatus"]"#));
}

#[test]
fn what_a_limit_denies_is_for_whoever_manages_the_limit() {
    use crate::account::Cause;
    let message = "not authorized to perform: x with an explicit deny in a service control policy".to_owned();
    let mut unavailable = sample::denied(Operation::GetTrailStatus);
    unavailable.cause = Cause::Denied { message: Some(message) };
    let denied = Requirement { severity: Severity::High, docs: "", id: "trail/logging", pass: "", warn: "", fail: "" }
        .unknown(&Subject::account(), &unavailable);
    let report = report(vec![(&TRAIL, vec![denied])]);
    let plan = Plan::of(&report);
    assert_eq!(plan.steps[0].who(), Who::Organization);
    assert!(plan.steps[0].remedy.summary.contains("by an explicit deny in a service control policy, and audit again"));
}

#[test]
fn a_ready_account_has_nothing_to_do_and_nothing_to_try() {
    let report = sample::ready();
    assert!(Plan::of(&report).is_empty());
}

#[test]
fn a_member_of_an_organization_has_to_leave_it_first() {
    let report = sample::hostile();
    let plan = Plan::of(&report);
    assert_eq!((plan.steps[0].need, plan.steps[0].who()), (StepKind::Required, Who::Organization));
    assert!(plan.steps[0].findings.is_empty());
}

#[test]
fn the_trial_of_what_was_made_comes_last() {
    let report = sample::mixed();
    let plan = Plan::of(&report);
    let last = plan.steps.last().unwrap();
    assert_eq!(last.need, StepKind::Verify);
    assert!(last.remedy.commands[0].starts_with("aws cloudwatch set-alarm-state "), "{:?}", last.remedy);
    assert!(plan.steps.iter().rev().skip(1).all(|step| step.need != StepKind::Verify));
}

/// A remedy that replaces the policy of one topic, whose words are these.
fn rewrite(summary: &str, words: &str) -> Remediation {
    let target = Target::TopicPolicy { topic: "t".to_owned(), region: "us-west-2".to_owned() };
    Remediation::new(summary).replace(target, r#"{"a":["1","2"]}"#, words).finished()
}

fn commands(report: &Report) -> Vec<Vec<String>> {
    Plan::of(report)
        .steps
        .into_iter()
        .map(|step| step.remedy.commands.iter().map(ToString::to_string).collect())
        .collect()
}

fn puts(words: &str) -> String {
    format!(
        "aws sns set-topic-attributes --topic-arn t --attribute-name Policy --attribute-value '{words}' --region us-west-2"
    )
}

#[test]
fn one_document_is_one_step_whichever_checks_change_it() {
    let more = rewrite("add", r#"{"a":["1","2","3"]}"#).run(Command::aws("sns", "x")).finished();
    let report = report(vec![
        (
            &TRAIL,
            vec![fails("trail/policy", &rewrite("cut", r#"{"a":["1"]}"#)), fails("trail/other", &remedy("o", "b"))],
        ),
        (&BUCKET, vec![fails("bucket/policy", &more)]),
    ]);
    // It builds on whatever one of them builds on.
    assert_eq!(ids(&report), [vec!["trail/other"], vec!["trail/policy", "bucket/policy"]]);
    let all = commands(&report);
    assert_eq!(all[1], [puts(r#"{"a":["1","3"]}"#), "aws sns x --region us-west-2".to_owned()]);
    assert_eq!(Plan::of(&report).steps[1].remedy.summary, "cut; add");
}

#[test]
fn a_recommended_step_keeps_what_the_required_one_did() {
    let findings = vec![
        finding("trail/better", Status::Warn, &rewrite("add", r#"{"a":["1","2","3"]}"#)),
        fails("trail/policy", &rewrite("cut", r#"{"a":["1"]}"#)),
    ];
    let mut report = report(vec![(&TRAIL, findings)]);
    assert_eq!(ids(&report), [["trail/policy"], ["trail/better"]]);
    assert_eq!(commands(&report), [[puts(r#"{"a":["1"]}"#)], [puts(r#"{"a":["1","3"]}"#)]]);
    report.strict = true;
    assert_eq!(ids(&report), [["trail/better", "trail/policy"]]);
    assert_eq!(commands(&report), [[puts(r#"{"a":["1","3"]}"#)]]);
}

#[test]
fn a_step_carries_every_finding_that_its_document_closes() {
    let report = report(vec![
        (&TRAIL, vec![finding("trail/better", Status::Warn, &rewrite("cut one", r#"{"a":["1"]}"#))]),
        (&BUCKET, vec![fails("bucket/policy", &rewrite("cut both", r#"{"a":[]}"#))]),
    ]);
    assert_eq!(ids(&report), [["bucket/policy", "trail/better"]]);
    assert_eq!(commands(&report), [[puts(r#"{"a":[]}"#)]]);
}

#[test]
fn fixes_that_contradict_each_other_wait_for_an_audit() {
    let report = report(vec![(
        &TRAIL,
        vec![fails("trail/a", &rewrite("one", r#"{"a":"x"}"#)), fails("trail/b", &rewrite("other", r#"{"a":"y"}"#))],
    )]);
    assert_eq!(commands(&report), [vec![puts(r#"{"a":"x"}"#)], vec![]]);
    assert!(Plan::of(&report).steps[1].remedy.summary.starts_with("Audit again after the step that"));
}

#[test]
fn steps_that_share_documents_in_a_chain_are_one() {
    let role = |name: &str| Target::TrustPolicy { role: name.to_owned() };
    let alone = Remediation::new("role").replace(role("r"), "{}", r#"{"a":"x"}"#).finished();
    let both = rewrite("both", r#"{"a":["1"]}"#).replace(role("r"), "{}", r#"{"b":"y"}"#).finished();
    let report = report(vec![
        (&TRAIL, vec![fails("trail/a", &rewrite("topic", r#"{"a":["2"]}"#)), fails("trail/b", &alone)]),
        (&BUCKET, vec![fails("bucket/policy", &both)]),
    ]);
    assert_eq!(ids(&report), [["trail/a", "trail/b", "bucket/policy"]]);
    let all = commands(&report).concat();
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all[0].contains(r#"'{"a":[]}'"#) && all[1].contains(r#"'{"a":"x","b":"y"}'"#), "{all:?}");
}
