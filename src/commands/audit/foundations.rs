//! Whole organizations, audited for the stage `org-foundation`. They are in `fixtures/organizations`, too, where `UPDATE_FIXTURES=1`
//! writes them.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use futures_util::FutureExt;
use serde_json::{Value, json};

use super::{Format, Selection, Subject};
use crate::account::Account;
use crate::account::facts::{Facts, Organization, OrganizationalUnit, RootPolicyType};
use crate::account::operation::Operation;
use crate::checks::{ORG_FOUNDATION, SINGLE_ACCOUNT};
use crate::config::settings::{PartialFoundation, PartialSettings, SettingSource, Settings};
use crate::io::terminal::Style;
use crate::model::status::Status::{self, Fail, Pass, Unknown, Warn};
use crate::report::Verdict::{self, NotReady, Ready, Undetermined};
use crate::report::snapshot::{self, Recorded};
use crate::report::{Report, Source};
use crate::testing::foundation::{
    AttachedText, DEV, FULL, Foundation, GUARD, LOCK, PROD, ROOT, account as member, foundation, protecting, scp,
    target, unit,
};
use crate::testing::{ACCOUNT, denied, known, now};

/// An organization, and what an audit says of it.
struct Story {
    name: &'static str,
    /// What it is about: a line of the folder's README.
    about: &'static str,
    facts: Facts,
    settings: Settings,
    verdict: Verdict,
    /// The checks that don't pass.
    others: Vec<(&'static str, Status)>,
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "organizations"].iter().collect()
}

/// The facts of an account that is ready, for the checks that both stages have.
fn with_account(organization: Facts) -> Facts {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "fixtures", "accounts", "ready.json"].iter().collect();
    let text = fs::read_to_string(path).unwrap().replace("320000000001", ACCOUNT);
    let Recorded { facts, .. } = snapshot::read(&text).unwrap();
    let mut aws_policies = facts.aws_policies;
    if let Some(found) = serde_json::to_value(&organization.aws_policies).unwrap().pointer("/known") {
        let mut all = serde_json::to_value(&aws_policies).unwrap();
        let known = all["known"].as_array_mut().unwrap();
        for policy in found.as_array().unwrap() {
            if !known.iter().any(|listed| listed["arn"] == policy["arn"]) {
                known.push(policy.clone());
            }
        }
        aws_policies = serde_json::from_value(all).unwrap();
    }
    let mut roles = serde_json::to_value(&facts.roles).unwrap();
    let more = serde_json::to_value(&organization.roles).unwrap();
    roles["known"].as_array_mut().unwrap().extend(more["known"].as_array().unwrap().iter().cloned());
    Facts {
        roles: serde_json::from_value(roles).unwrap(),
        aws_policies,
        account_summary: facts.account_summary,
        account_alias: facts.account_alias,
        users: facts.users,
        groups: facts.groups,
        customer_policies: facts.customer_policies,
        mfa_devices: facts.mfa_devices,
        login_profiles: facts.login_profiles,
        access_keys: facts.access_keys,
        topics: facts.topics,
        topic_attributes: facts.topic_attributes,
        subscriptions: facts.subscriptions,
        subscription_attributes: facts.subscription_attributes,
        alarms: facts.alarms,
        alarm_mute_rules: facts.alarm_mute_rules,
        billing_metrics: facts.billing_metrics,
        keys: facts.keys,
        key_policies: facts.key_policies,
        ..organization
    }
}

fn labs() -> Settings {
    Settings::default()
}

fn story(
    name: &'static str,
    about: &'static str,
    change: impl FnOnce(&mut Foundation),
    verdict: Verdict,
    others: &[(&'static str, Status)],
) -> Story {
    let mut organization = foundation();
    change(&mut organization);
    let facts = with_account(organization.facts());
    Story { name, about, facts, settings: labs(), verdict, others: others.to_vec() }
}

/// The guard of the labs with other statements.
fn guard(it: &mut Foundation, statements: &Value) {
    let targets = it.scp(GUARD).targets.clone();
    *it.scp(GUARD) = AttachedText { targets, ..scp(GUARD, "SCPProtectRootAndOrg", statements, &[]) };
}

fn leaving(condition: &Value) -> Value {
    json!([
        {
            "Effect": "Deny", "Resource": "*", "Condition": condition,
            "Action": ["organizations:LeaveOrganization", "organizations:AcceptHandshake"],
        },
        protecting()[1],
    ])
}

/// Other names of Regions in all that was recorded.
fn in_region(facts: &Facts, home: &str) -> Facts {
    let text = serde_json::to_string(facts).unwrap();
    let swapped = text.replace(home, "<home>").replace("us-west-2", home).replace("<home>", "us-west-2");
    serde_json::from_str(&swapped).unwrap()
}

const ORGANIZATION: &str = "organization";
const UNITS: &str = "organizational-units";
const SECURITY: &str = "security-accounts";
const TRAIL: &str = "organization-trail";
const PROTECT: &str = "scp-protect-root-and-leave";
const REGIONS: &str = "scp-region-lock";
const CENTER: &str = "identity-center";

fn ready() -> Story {
    let mut organization = foundation();
    *organization.account("333344445555") = member("333344445555", "Audit", Some("Security"));
    let nested = "ou-ab12-99999999";
    organization.units.insert(
        unit("Workloads"),
        vec![OrganizationalUnit { id: nested.to_owned(), arn: None, name: "Prod".to_owned() }],
    );
    organization.account(PROD).paths =
        Some(vec![format!("o-abc1234567/{ROOT}/{}/{nested}/{PROD}/", unit("Workloads"))]);
    organization.scp(FULL).targets.push(target(nested));
    let facts = in_region(&with_account(organization.facts_without_paths()), "eu-central-1");
    let wishes = PartialSettings {
        home_region: Some("eu-central-1".to_owned()),
        foundation: PartialFoundation { security_audit: Some("Audit".to_owned()), ..PartialFoundation::default() },
        ..PartialSettings::default()
    };
    let settings = labs().overridden(wishes, SettingSource::Config);
    let about = "ready in eu-central-1, with nested OUs, an exempt account, and no `Paths` from ListAccounts";
    Story { name: "foundation-ready", about, facts, settings, verdict: Ready, others: Vec::new() }
}

fn denied_auditor() -> Story {
    let mut story = story(
        "foundation-denied-auditor",
        "the auditor may not read the document of one SCP",
        |_| {},
        Undetermined,
        &[(PROTECT, Unknown)],
    );
    story.facts.scp_documents.remove(GUARD);
    let call = crate::account::Call::global(Operation::DescribePolicy).about(GUARD);
    let cause = crate::account::Cause::Denied { message: None };
    story.facts.scp_documents.set(GUARD, crate::account::CachedFact::unavailable(call, cause));
    story
}

fn stories() -> Vec<Story> {
    let leave_alone = json!([
        {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
        protecting()[1],
    ]);
    let control_tower = |it: &mut Foundation| {
        it.trusted.push("controltower.amazonaws.com".to_owned());
        it.units.get_mut(ROOT).unwrap().iter_mut().find(|unit| unit.name == "Security").unwrap().name =
            "Core".to_owned();
        *it.account("222233334444") = member("222233334444", "Log Archive", Some("Security"));
        *it.account("333344445555") = member("333344445555", "Audit", Some("Security"));
        it.scps.push(scp(
            "p-ctregion1",
            "aws-guardrails-RegionDeny",
            &json!({
                "Sid": "GRREGIONDENY", "Effect": "Deny", "Resource": "*",
                "NotAction": ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*"],
                "Condition": {
                    "StringNotEquals": {"aws:RequestedRegion": ["us-west-2", "us-east-1"]},
                    "ArnNotLike": {"aws:PrincipalARN": ["arn:aws:iam::*:role/AWSControlTowerExecution"]},
                },
            }),
            &[ROOT],
        ));
        it.scps.retain(|policy| policy.scp.id != LOCK);
    };
    let mut all = vec![
        story(
            "foundation-as-the-labs-leave-it",
            "as the labs leave it: nothing keeps members from accepting another organization's invitation",
            |it| guard(it, &leave_alone),
            Ready,
            &[(PROTECT, Warn)],
        ),
        ready(),
        story(
            "foundation-control-tower",
            "AWS Control Tower with its Region deny, a `Core` OU and the account `Audit`",
            control_tower,
            Ready,
            &[(UNITS, Warn), (SECURITY, Warn)],
        ),
        story(
            "foundation-scp-attached-nowhere",
            "the SCP is there and attached to nothing",
            |it| it.scp(GUARD).targets.clear(),
            NotReady,
            &[(PROTECT, Fail)],
        ),
        story(
            "foundation-account-under-the-root",
            "an account is directly under the root, where no SCP of an OU reaches it",
            |it| *it.account(DEV) = member(DEV, "Dev", None),
            NotReady,
            &[(UNITS, Warn), (PROTECT, Fail)],
        ),
        story(
            "foundation-region-lock-without-iam",
            "the Region lock forgets global services, and no one can create roles",
            |it| {
                let lock = json!({
                    "Effect": "Deny", "NotAction": "sts:*", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-west-2"}},
                });
                *it.scp(LOCK) = scp(LOCK, "RegionLockout", &lock, &[ROOT]);
            },
            NotReady,
            &[(REGIONS, Fail)],
        ),
        story(
            "foundation-trail-without-trusted-access",
            "CloudTrail lost its trusted access, so the trail no longer logs member accounts",
            |it| it.trusted.retain(|service| !service.starts_with("cloudtrail")),
            NotReady,
            &[(TRAIL, Fail)],
        ),
        story(
            "foundation-left-over-instance",
            "IAM Identity Center has an account instance from before the organization",
            |it| {
                it.trusted.retain(|service| !service.starts_with("sso"));
                for region in ["us-east-1", "eu-west-1", "eu-central-1"] {
                    it.instances.insert(region.to_owned(), vec![]);
                }
            },
            NotReady,
            &[(CENTER, Fail)],
        ),
        story(
            "foundation-consolidated-billing",
            "consolidated billing only: no SCPs and no organization trail",
            |it| {
                it.organization.as_mut().unwrap().feature_set = Some("CONSOLIDATED_BILLING".to_owned());
                it.root.policy_types.clear();
                it.scps.clear();
                it.trusted.clear();
                it.trail.trails.clear();
                for region in ["us-west-2", "us-east-1", "eu-west-1", "eu-central-1"] {
                    it.instances.insert(region.to_owned(), vec![]);
                    it.trail.elsewhere.retain(|(elsewhere, _)| *elsewhere != region);
                }
            },
            NotReady,
            &[(ORGANIZATION, Fail), (TRAIL, Fail), (PROTECT, Fail), (REGIONS, Fail), (CENTER, Fail)],
        ),
        story(
            "foundation-central-root",
            "no SCP for root users; their credentials are managed centrally",
            |it| {
                guard(it, &json!([leaving(&json!({}))[0]]));
                it.features = vec!["RootCredentialsManagement".to_owned()];
            },
            Ready,
            &[(PROTECT, Warn)],
        ),
        story(
            "foundation-root-sessions-refused",
            "the SCP for root users also refuses privileged root tasks, which are on",
            |it| {
                let root = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}});
                let statements = json!([
                    leaving(&json!({}))[0],
                    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": root},
                ]);
                guard(it, &statements);
                it.features = vec!["RootCredentialsManagement".to_owned(), "RootSessions".to_owned()];
            },
            Ready,
            &[(PROTECT, Warn)],
        ),
        story(
            "foundation-logs-in-the-management-account",
            "the organization trail's bucket is in the management account",
            |it| it.owns_bucket = true,
            Ready,
            &[(TRAIL, Warn)],
        ),
        story(
            "foundation-conditional-guard",
            "leaving is denied only without MFA",
            |it| guard(it, &leaving(&json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}))),
            NotReady,
            &[(PROTECT, Fail)],
        ),
        story(
            "foundation-named-role",
            "leaving is denied to all but a named role",
            |it| guard(it, &leaving(&json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrgAdmin"}}))),
            Ready,
            &[(PROTECT, Warn)],
        ),
        story(
            "foundation-allow-list",
            "an Allow by Region instead of `FullAWSAccess`, and an OU with a Deny only",
            |it| {
                let allow = json!({
                    "Effect": "Allow", "Action": "*", "Resource": "*",
                    "Condition": {"StringEquals": {"aws:RequestedRegion": ["us-west-2", "us-east-1"]}},
                });
                it.scps.push(scp("p-allowlist", "AllowList", &allow, &[&unit("Workloads")]));
                let gone = [unit("Workloads"), unit("Sandbox")];
                it.scp(FULL).targets.retain(|target| !gone.contains(&target.id));
            },
            Ready,
            &[(PROTECT, Warn)],
        ),
        denied_auditor(),
        story(
            "foundation-pending-scps",
            "service control policies are being enabled",
            |it| {
                it.root.policy_types = vec![RootPolicyType {
                    kind: Some("SERVICE_CONTROL_POLICY".to_owned()),
                    status: Some("PENDING_ENABLE".to_owned()),
                }];
            },
            Undetermined,
            &[(ORGANIZATION, Unknown), (PROTECT, Unknown), (REGIONS, Unknown)],
        ),
        story(
            "foundation-from-a-member",
            "audited with credentials of a member account",
            |it| it.organization.as_mut().unwrap().management_account = "999988887777".to_owned(),
            NotReady,
            &[
                (ORGANIZATION, Fail),
                (UNITS, Unknown),
                (SECURITY, Unknown),
                (TRAIL, Unknown),
                (PROTECT, Unknown),
                (REGIONS, Unknown),
                (CENTER, Unknown),
            ],
        ),
        story(
            "foundation-standalone",
            "audited in an account that is in no organization",
            |it| it.organization = None,
            NotReady,
            &[
                (ORGANIZATION, Fail),
                (UNITS, Fail),
                (SECURITY, Fail),
                (TRAIL, Fail),
                (PROTECT, Fail),
                (REGIONS, Fail),
                (CENTER, Fail),
            ],
        ),
    ];
    for story in
        all.iter_mut().filter(|story| story.name.ends_with("from-a-member") || story.name.ends_with("standalone"))
    {
        story.facts.organization_roots = denied(Operation::ListRoots);
        story.facts.organization_accounts = denied(Operation::ListAccounts);
        story.facts.scps = denied(Operation::ListPolicies);
        story.facts.trusted_services = denied(Operation::ListAwsServiceAccessForOrganization);
    }
    all
}

fn subject(story: Story) -> Subject {
    Subject {
        account: Account::recorded(story.facts, now()),
        expectations: story.settings,
        source: Source::Snapshot,
        config: None,
        waivers: Vec::new(),
    }
}

fn audited(story: Story) -> Report {
    subject(story).judged(Selection::all(&ORG_FOUNDATION), false).now_or_never().unwrap()
}

#[test]
fn each_organization_has_its_verdict_and_its_statuses() {
    let mut wrong = Vec::new();
    for story in stories() {
        let (name, verdict, others) = (story.name, story.verdict, story.others.clone());
        let report = audited(story);
        let told: Vec<(&str, Status)> = report
            .checks
            .iter()
            .filter(|check| check.status != Pass)
            .map(|check| (check.check.id, check.status))
            .collect();
        if (report.verdict(), &told) != (verdict, &others) {
            let said: Vec<String> =
                report.checks.iter().map(|check| format!("{}: {}", check.check.id, check.summary)).collect();
            wrong.push(format!("{name}: {:?} {told:?}\n{}", report.verdict(), said.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn consolidated_billing_is_told_first_and_by_one_cause() {
    let report = audited(story_of("foundation-consolidated-billing"));
    let of = |id: &str| report.checks.iter().find(|check| check.check.id == id).unwrap();
    assert_eq!(of(ORGANIZATION).findings.iter().filter(|finding| finding.status == Fail).count(), 1);
    assert!(of(TRAIL).summary.contains("it needs all features"), "{}", of(TRAIL).summary);
}

/// The story whose name ends so.
fn story_of(end: &str) -> Story {
    stories().into_iter().find(|story| story.name.ends_with(end)).unwrap()
}

fn only_root(story: Story) -> Report {
    let (mut checks, mut skipped) = (Vec::new(), Vec::new());
    for check in ORG_FOUNDATION.checks {
        if check.id == "root-mfa" { checks.push(*check) } else { skipped.push(check.id) }
    }
    let selection = Selection { stage: &ORG_FOUNDATION, checks, skipped };
    subject(story).judged(selection, false).now_or_never().unwrap()
}

#[test]
fn formats_agree_with_the_verdict_on_the_wrong_account() {
    let mut wrong = Vec::new();
    for (name, story, junit, github) in [
        ("standalone", "standalone", r#"failures="1" errors="0""#, "This account is in no organization"),
        ("member", "from-a-member", r#"failures="1" errors="0""#, "Use credentials of management account"),
        ("unknown", "labs-leave-it", r#"failures="0" errors="1""#, "place in an organization is unknown"),
        ("management", "foundation-ready", r#"failures="0" errors="0""#, "1 of 1 selected checks passed"),
    ] {
        let mut story = story_of(story);
        if name == "unknown" {
            story.facts.organization = denied(Operation::DescribeOrganization);
        }
        let report = only_root(story);
        let written = |format: Format| {
            let mut out = Vec::new();
            format.write(&report, &Style::plain(), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let suites = written(Format::Junit);
        let suites = suites.lines().find(|line| line.starts_with("<testsuites")).unwrap_or_default().to_owned();
        let annotations = written(Format::Github);
        if !suites.contains(junit) || !annotations.contains(github) || annotations.contains("can't create") {
            wrong.push(format!("{name}: {suites}\n{annotations}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn without_an_organization_the_headline_says_so_always() {
    for (end, said) in [
        ("standalone", "This account is in no organization. Create one when `stagecheck audit` reports ready"),
        (
            "from-a-member",
            "This account is a member of o-abc1234567. Use credentials of management account 999988887777",
        ),
    ] {
        for report in [audited(story_of(end)), only_root(story_of(end))] {
            let told = (report.verdict(), report.headline());
            assert_eq!(told, (NotReady, format!("Not ready to build on the organization. {said}")), "{end}");
            assert_eq!(report.missing_permissions, [], "{end}");
        }
    }
    let mut unknown = story_of("labs-leave-it");
    unknown.facts.organization = denied(Operation::DescribeOrganization);
    assert_eq!(only_root(unknown).verdict(), Undetermined);
    let mut no_caller = story_of("foundation-ready");
    no_caller.facts.caller = denied(Operation::GetCallerIdentity);
    assert_eq!(only_root(no_caller).verdict(), Undetermined);
}

fn readme() -> String {
    let mut text = "# Recorded organizations\n\nSnapshots for stage `org-foundation`. `stagecheck audit --snapshot FILE` audits \
                    each. They are built in memory by the tests (`src/commands/audit/foundations.rs`), not recorded from AWS.\n\n\
                    | organization | what it is | verdict |\n| --- | --- | --- |\n"
        .to_owned();
    for story in stories() {
        writeln!(text, "| `{}` | {} | {} |", story.name, story.about, story.verdict.word()).unwrap();
    }
    text
}

#[test]
fn the_fixtures_of_organizations_are_these() {
    let updating = std::env::var_os("UPDATE_FIXTURES").is_some();
    let hold = |name: String, text: String| {
        let path = folder().join(&name);
        if updating {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let held = fs::read_to_string(&path).unwrap_or_default();
        assert!(held == text, "{name} is out of date: UPDATE_FIXTURES=1 writes it anew");
    };
    let mut files = vec!["README.md".to_owned()];
    for story in stories() {
        let name = format!("{}.json", story.name);
        let subject = subject(story);
        let _ = subject.judged(Selection::all(&ORG_FOUNDATION), false).now_or_never().unwrap();
        let text = subject.snapshot(&ORG_FOUNDATION).unwrap_or_else(|error| panic!("{}", error.message));
        hold(
            name.clone(),
            text.replace(&format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")), "\"version\": \"0.1.0\""),
        );
        files.push(name);
    }
    hold("README.md".to_owned(), readme());
    let mut found: Vec<String> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort_unstable();
    files.sort_unstable();
    assert_eq!(found, files);
}

/// The account of `ready.json`, as the management account of an organization.
fn managing(change: impl FnOnce(&mut Facts)) -> Report {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "fixtures", "accounts", "ready.json"].iter().collect();
    let Recorded { recorded_at, expectations, mut facts, .. } =
        snapshot::read(&fs::read_to_string(path).unwrap()).unwrap();
    let organization = Organization {
        id: "o-abc1234567".to_owned(),
        management_account: "320000000001".to_owned(),
        feature_set: Some("ALL".to_owned()),
    };
    facts.organization = known(Operation::DescribeOrganization, Some(organization));
    change(&mut facts);
    let subject = Subject {
        account: Account::recorded(facts, recorded_at),
        expectations,
        source: Source::Snapshot,
        config: None,
        waivers: Vec::new(),
    };
    subject.judged(Selection::all(&SINGLE_ACCOUNT), false).now_or_never().unwrap()
}

#[test]
fn an_account_that_manages_one_is_pointed_to_this_stage() {
    let ready = managing(|_| {});
    let pointer = "Already manages organization o-abc1234567: 7 of 7 checks passed. Next: `--stage org-foundation`";
    assert_eq!((ready.verdict(), ready.headline().as_str()), (Ready, pointer));
    let failing = managing(|facts| {
        let mut summary = serde_json::to_value(&facts.account_summary).unwrap();
        summary["known"]["AccountMFAEnabled"] = 0.into();
        facts.account_summary = serde_json::from_value(summary).unwrap();
    });
    let failed = "Already manages organization o-abc1234567: 1 of 7 checks failed";
    assert_eq!((failing.verdict(), failing.headline().as_str()), (NotReady, failed));
    let unknown = managing(|facts| facts.account_summary = denied(Operation::GetAccountSummary));
    let told = "Already manages organization o-abc1234567: 1 of 7 checks could not be evaluated";
    assert_eq!((unknown.verdict(), unknown.headline().as_str()), (Undetermined, told));
}

/// An organization of 1,000 accounts in 100 OUs with 50 SCPs.
fn large(accounts: usize) -> Facts {
    let mut organization = foundation();
    let full = organization.scp(FULL).clone();
    let units: Vec<String> = (0..accounts / 10).map(|number| format!("ou-ab12-{number:08}x")).collect();
    let of_unit = |id: &String| OrganizationalUnit { id: id.clone(), arn: None, name: format!("Unit {id}") };
    organization.units.get_mut(ROOT).unwrap().extend(units.iter().map(of_unit));
    let mut targets = full.targets;
    targets.extend(units.iter().map(|id| target(id)));
    for number in 0..accounts {
        let id = format!("{:012}", 700_000_000_000_usize + number);
        let mut one = member(&id, &format!("Account {number}"), None);
        one.paths = Some(vec![format!("o-abc1234567/{ROOT}/{}/{id}/", units[number % units.len()])]);
        organization.accounts.push(one);
        targets.push(target(&id));
    }
    organization.scp(FULL).targets = targets;
    for number in 0..50 {
        let statements = json!({"Effect": "Deny", "Action": format!("s3:Nothing{number}"), "Resource": "*"});
        let on = units.get(number).map_or(ROOT, String::as_str);
        organization.scps.push(scp(&format!("p-many{number:04}"), &format!("Many {number}"), &statements, &[on]));
    }
    organization.facts()
}

#[test]
fn the_work_of_a_large_organization_grows_with_its_ous() {
    let work = |accounts: usize| {
        let facts = large(accounts);
        let account = Account::recorded(facts, now());
        crate::iam::counted(u64::MAX, || {
            for id in [PROTECT, REGIONS] {
                let check = ORG_FOUNDATION.checks.iter().find(|check| check.id == id).unwrap();
                let judged = (check.run)(&account, &labs()).now_or_never().unwrap();
                let longest = judged.findings.iter().map(|finding| finding.message.matches(" (7").count()).max();
                assert!(longest <= Some(20), "{longest:?} names");
            }
        })
        .1
    };
    let (half, whole) = (work(500), work(1000));
    assert!(whole <= 3 * half, "{half} and {whole} steps");
}
