//! The one report that the tests of all renderers share: every status, every kind of finding, and names that mean harm.

use std::path::{Path, PathBuf};

use futures_util::FutureExt;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::json;

use crate::account::facts::{Caller, Facts, Organization};
use crate::account::operation::Operation;
use crate::account::{Account, Call, Cause, Unavailable};
use crate::checks::SINGLE_ACCOUNT;
use crate::commands::audit::of_snapshot;
use crate::config::settings::{Setting, SettingSource, Settings};
use crate::config::waivers::{Waiver, day};
use crate::model::cfn_resource::Resource;
use crate::model::check::Link;
use crate::model::check::{Check, Stage};
use crate::model::finding::{CheckResult, Chosen, Evidence, Finding, Outcome, Requirement, Severity, Subject};
use crate::model::membership::Membership;
use crate::model::remediation::{Command, Remediation};
use crate::model::status::Status;
use crate::report::waivers::{State, WaiverOutcome, apply, waived_by};
use crate::report::{AccountHeader, CheckReport, MissingPermission, Report, Source};
use crate::testing::{ACCOUNT, known, now};

/// A name that clears the screen, forges a line and turns text around, and a format's own syntax besides.
pub(crate) const HOSTILE: &str = "evil\u{1b}[2J\n✔ PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`\"'&";

const REQUIREMENT: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "alarm/region",
    pass: "the alarm is in the billing Region",
    warn: "",
    fail: "fails elsewhere: AWS publishes the metric nowhere else, so the alarm can never fire",
};
const SUBSCRIBER: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "alarm/subscriber",
    pass: "a person is subscribed to the topic | of the alarm",
    warn: "",
    fail: "fails",
};

const fn check(id: &'static str, title: fn(&Settings) -> String) -> Check {
    Check {
        id,
        title,
        passes_when: "an alarm reaches a person | in time",
        what: "An alarm watches the account's bill, and reaches somebody: it is read link by link, from the alarm to the mailbox | \
               of a person.",
        why: "The management account pays for every account of the organization.",
        decisions: &["A budget does not count: it may be late."],
        requirements: &[&REQUIREMENT, &SUBSCRIBER],
        chain: &[],
        waivable: true,
        operations: &[Operation::GetCallerIdentity, Operation::DescribeAlarms],
        explains_with: &[Operation::ListTopics],
        after: &[],
        fix: "Make the alarm in the billing Region.",
        references: &[
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
        ],
        run: |_, _| async { CheckResult::default() }.boxed_local(),
    }
}

static ROOT: Check = check("root-mfa", |_| "Root user MFA".to_owned());
static TOPIC: Check = check("topic", |expect| format!("{} SNS topic", expect.topic.value));
static ALARM: Check = Check {
    chain: &[
        Link { name: "alarm", requirements: &[&REQUIREMENT] },
        Link { name: "subscriber", requirements: &[&SUBSCRIBER] },
    ],
    ..check("alarm", |expect| format!("${} billing alarm", expect.threshold.value))
};
static TRAIL: Check = check("trail", |_| "A trail records every region".to_owned());

/// The stage of the samples.
pub(crate) static STAGE: Stage = Stage {
    id: "sample",
    title: "Sample",
    ready_to: "create an organization",
    precondition: SINGLE_ACCOUNT.precondition,
    checks: &[&ROOT, &TOPIC, &ALARM, &TRAIL],
    option: "",
    role: "sample",
    settings: &[],
};

fn evidence() -> Evidence {
    let facts =
        Facts { account_alias: known(Operation::ListAccountAliases, Some("prod".to_owned())), ..Facts::default() };
    let account = Account::recorded(facts, now());
    let alias = account.account_alias().now_or_never().unwrap().unwrap();
    Evidence::new(alias, "alias", "prod").and(alias, "name", HOSTILE)
}

/// A finding of that id, which a check's own requirement would have made.
fn finding(id: &'static str, subject: &Subject, outcome: Result<Outcome, Unavailable>) -> Finding {
    Requirement { id, severity: Severity::High, docs: "", pass: "", warn: "", fail: "" }.judge(subject, || outcome)
}

pub(crate) fn denied(operation: Operation) -> Unavailable {
    Unavailable {
        call: Call::regional(operation, "us-west-2").about("trail-a"),
        cause: Cause::Denied { message: None },
    }
}

fn alarm_findings() -> Vec<Finding> {
    let alarm = Subject::regional("arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25", "us-west-2");
    let remedy = Remediation::new("Make the alarm anew in us-east-1, where AWS publishes the billing metric")
        .run(Command::aws("sns", "subscribe").input("--notification-endpoint", "ALERT_EMAIL", "your address").option(
            "--topic-arn",
            "arn:aws:sns:us-east-1:111122223333:SecurityAlerts",
        ).option("--region", "us-east-1"))
        .run(Command::aws("cloudwatch", "put-metric-alarm").option("--alarm-name", "billing 25").option("--region", "us-east-1"))
        .console("CloudWatch > region US East (N. Virginia) > Alarms > Create alarm > Select metric > Billing > Total estimated charge")
        .see("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html")
        .finished();
    vec![
        finding("alarm/exists", &alarm, Ok(Outcome::pass("the alarm billing-25 exists", evidence()))),
        finding(
            "alarm/region",
            &alarm,
            Ok(Outcome::fail(
                "the alarm is in us-west-2, where AWS publishes no billing metric",
                evidence(),
                remedy.clone(),
            )),
        ),
        finding(
            "alarm/data",
            &alarm,
            Ok(Outcome::fail("AWS has sent no billing data for two weeks", evidence(), remedy)
                .resolves("AWS sends the first billing data within a day after billing alerts are switched on")),
        ),
    ]
}

fn missing_topic(name: &str) -> Resource {
    Resource::new("alarm/region", "Topic", "AWS::SNS::Topic", json!({"TopicName": name}))
}

fn trial() -> Remediation {
    Remediation::new("Test the alarm: set its state once, and see that an e-mail arrives")
        .run(
            Command::aws("cloudwatch", "set-alarm-state")
                .option("--alarm-name", "billing 25")
                .option("--state-value", "ALARM")
                .option("--state-reason", "a test")
                .option("--region", "us-east-1"),
        )
        .finished()
}

fn topic_findings() -> Vec<Finding> {
    let topic = Subject::global(HOSTILE);
    let remedy = Remediation::new(format!("Subscribe to {HOSTILE}"))
        .run(Command::aws("sns", "subscribe").option("--topic-arn", HOSTILE))
        .console("SNS > Topics > Create subscription")
        .finished();
    let message = format!("only machines read {HOSTILE}, and {}", "n".repeat(2_000));
    vec![finding("topic/subscriber", &topic, Ok(Outcome::warn(message, evidence(), remedy)))]
}

fn trail_findings() -> Vec<Finding> {
    let first = Subject::regional("trail-a", "us-west-2");
    let open = Unavailable::undetermined(&Call::global(Operation::DescribeTrails), "the trail's start was not told");
    vec![
        finding("trail/logging", &first, Err(denied(Operation::GetTrailStatus))),
        finding("trail/delivery", &first, Err(denied(Operation::GetTrailStatus))),
        finding("trail/bucket", &Subject::global("logs"), Err(open)),
    ]
}

/// A report with every status, in an account where much is unseen.
pub(crate) fn mixed() -> Report {
    let expectations = Settings {
        topic: Setting::new("SecurityAlerts".to_owned(), SettingSource::Config),
        home_region: Setting::new("us-west-2".to_owned(), SettingSource::Default),
        ..Settings::default()
    };
    let root = vec![finding(
        "root-mfa/mfa",
        &Subject::account(),
        Ok(Outcome::pass("The root user has an MFA device", evidence())),
    )];
    let chosen = Some(Chosen { name: "billing-25".to_owned(), others: 2 });
    let checks = vec![
        CheckReport::new(&ROOT, root.into(), &expectations),
        CheckReport::new(
            &TOPIC,
            CheckResult::from(topic_findings())
                .with_template(vec![Resource { id: "Hostile".to_owned(), ..missing_topic(HOSTILE) }]),
            &expectations,
        ),
        CheckReport::new(
            &ALARM,
            CheckResult {
                findings: alarm_findings(),
                chosen,
                trial: Some(trial()),
                passed: None,
                template: vec![missing_topic("no").at("us-east-1")],
            },
            &expectations,
        ),
        CheckReport::new(&TRAIL, trail_findings().into(), &expectations),
    ];
    Report {
        missing_permissions: MissingPermission::of(&[
            denied(Operation::ListAccountAliases),
            denied(Operation::GetTrailStatus),
        ]),
        stage: &STAGE,
        generated_at: now(),
        source: Source::Snapshot,
        account: AccountHeader {
            caller: Ok(Caller { account: ACCOUNT.to_owned(), arn: format!("arn:aws:iam::{ACCOUNT}:user/admin") }),
            alias: Err(Unavailable {
                call: Call::global(Operation::ListAccountAliases),
                cause: Cause::Denied { message: None },
            }),
            enabled_regions: Ok(vec!["us-east-1".to_owned(), "us-west-2".to_owned()]),
            membership: Ok(Membership::Standalone),
        },
        expectations,
        config: Some("stagecheck.toml".to_owned()),
        checks,
        waivers: Vec::new(),
        skipped: vec!["ec2-ssm-role"],
        strict: false,
    }
}

/// The same without its 2,000-character name.
pub(crate) fn modest() -> Report {
    let mut report = mixed();
    report.checks.remove(1);
    report
}

/// The same account with only what passes.
pub(crate) fn ready() -> Report {
    let mut report = mixed();
    report.checks.truncate(1);
    report.skipped.clear();
    report.missing_permissions.clear();
    report.source = Source::Live;
    report.account.alias = Ok(Some("prod".to_owned()));
    report
}

/// An account of which nothing was seen, and no check selected.
pub(crate) fn unseen() -> Report {
    let mut report = mixed();
    let nothing = || Unavailable { call: Call::global(Operation::GetCallerIdentity), cause: Cause::TimedOut };
    report.account = AccountHeader {
        caller: Err(nothing()),
        alias: Err(nothing()),
        enabled_regions: Err(nothing()),
        membership: Err(nothing()),
    };
    report.checks.clear();
    report.missing_permissions.clear();
    report.config = None;
    report.generated_at = Timestamp::UNIX_EPOCH;
    report
}

/// A member account whose every outside string is hostile, in another partition.
pub(crate) fn hostile() -> Report {
    let mut report = mixed();
    let hostile = HOSTILE.to_owned();
    let organization =
        Organization { id: hostile.clone(), management_account: hostile.clone(), feature_set: Some(hostile) };
    report.account = AccountHeader {
        caller: Ok(Caller { account: HOSTILE.to_owned(), arn: format!("arn:aws-cn:iam::{HOSTILE}:root") }),
        alias: Ok(Some(HOSTILE.to_owned())),
        enabled_regions: Ok(vec![HOSTILE.to_owned()]),
        membership: Ok(Membership::Member(organization)),
    };
    report.config = Some(HOSTILE.to_owned());
    let text = HOSTILE.to_owned();
    let waiver = Waiver {
        finding: text.clone(),
        resource: Some(text.clone()),
        reason: text.clone(),
        owner: text.clone(),
        until: date(2027, 3, 1),
    };
    report.waivers =
        vec![WaiverOutcome { waiver: waiver.clone(), state: State::Unmatched, message: Some(text.clone()) }];
    report.expectations.home_region = Setting::new(text.clone(), SettingSource::Flag);
    for check in &mut report.checks {
        check.title.clone_from(&text);
        check.summary.clone_from(&text);
        check.chosen = Some(Chosen { name: text.clone(), others: 1 });
        for finding in &mut check.findings {
            finding.message.clone_from(&text);
            finding.subject = Subject::regional(HOSTILE, HOSTILE);
            finding.resolves = Some(text.clone());
            finding.waived = (finding.status == Status::Fail).then(|| waived_by(&waiver));
            if let Some(unavailable) = &mut finding.unavailable {
                unavailable.call = Call::regional(Operation::DescribeTrails, HOSTILE).about(HOSTILE);
                unavailable.cause = Cause::Denied { message: Some(text.clone()) };
            }
            if let Some(remedy) = &mut finding.remediation {
                remedy.summary.clone_from(&text);
                remedy.console = Some(text.clone());
                remedy.commands.push(text.clone().into());
            }
        }
    }
    report
}

/// An account whose failures are waived, and a waiver that excuses nothing.
pub(crate) fn waived() -> Report {
    let mut report = mixed();
    report.checks.truncate(3);
    report.checks.remove(1);
    report.skipped.clear();
    report.missing_permissions.clear();
    let waiver = |finding: &str, until| Waiver {
        finding: finding.to_owned(),
        resource: Some("arn:*".to_owned()),
        reason: "a Budget watches the bill".to_owned(),
        owner: "finance@example.com".to_owned(),
        until,
    };
    let waivers = vec![
        waiver("alarm/region", date(2027, 3, 1)),
        waiver("alarm/data", date(2027, 3, 1)),
        waiver("alarm/exists", date(2026, 11, 23)),
    ];
    let mut judged: Vec<(&'static Check, CheckResult)> =
        report.checks.into_iter().map(|check| (check.check, check.findings.into())).collect();
    report.waivers = apply(waivers, day(now()), &mut judged, &[]);
    report.checks =
        judged.into_iter().map(|(check, judged)| CheckReport::new(check, judged, &report.expectations)).collect();
    report
}

/// All of them.
pub(crate) fn every_report() -> Vec<Report> {
    vec![mixed(), ready(), unseen(), hostile(), waived()]
}

/// The report of every snapshot in `fixtures`, with its file's name.
pub(crate) fn every_fixture() -> Vec<(String, Report)> {
    let mut reports = Vec::new();
    for kind in ["accounts", "organizations"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(kind);
        let mut files: Vec<PathBuf> = directory.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        for file in files {
            let report = of_snapshot(&std::fs::read_to_string(&file).unwrap(), &file).unwrap();
            reports.push((file.file_stem().unwrap().to_string_lossy().into_owned(), report));
        }
    }
    assert!(reports.len() > 40, "{} fixtures", reports.len());
    reports
}

/// Every report that the formats for programs are tested with, each with a name, and with and without `--strict`.
pub(crate) fn every_audit() -> Vec<(String, Report)> {
    let both = [false, true].into_iter().flat_map(|strict| {
        let samples = every_report().into_iter().enumerate().map(|(at, report)| (format!("sample {at}"), report));
        let named = samples.chain(every_fixture());
        named.map(move |(name, report)| (format!("{name}, strict {strict}"), Report { strict, ..report }))
    });
    both.collect()
}

/// A report whose every check has lost its findings.
pub(crate) fn without_findings() -> Report {
    let mut report = ready();
    for check in &mut report.checks {
        *check = CheckReport::new(check.check, CheckResult::default(), &report.expectations);
    }
    report
}
