//! What a preview says of accounts in memory.

use serde_json::json;

use super::*;
use crate::account::facts::{Facts, InlinePolicy, Organization};
use crate::config::settings::Settings;
use crate::testing::delayed::far_away;
use crate::testing::trails::{HOME, TrailFixture, documented, policy, role, user};
use crate::testing::{ACCOUNT, audited, now};

fn preview(facts: Facts) -> Preview {
    let account = Account::recorded(facts, now());
    let report = audited(&account, Settings::default()).now_or_never().unwrap();
    Preview::of(&account.closed(), &report).now_or_never().unwrap()
}

fn change<'p>(preview: &'p Preview, id: &str) -> &'p Change {
    preview.changes.iter().find(|change| change.id == id).unwrap()
}

fn says(preview: &Preview, id: &str, words: &str) {
    let change = change(preview, id);
    assert!(change.messages.iter().any(|message| message.contains(words)), "{words}: {change:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_preview_asks_nothing_that_the_audit_did_not_ask() {
    let mut scene = TrailFixture::ready();
    // Its policy is in no listing, so an audit of roles would ask for it, and the checks do not.
    scene.roles = vec![role("deploy", &["Unlisted"])];
    let (account, asked) = far_away(scene.facts(), None);
    let report = audited(&account, Settings::default()).await;
    let before = asked.borrow().len();
    let preview = Preview::of(&account.closed(), &report).await;
    assert!(before > 10, "{before} calls");
    assert_eq!(asked.borrow().len(), before);
    assert_eq!(preview.can_create(), Some(true));
}

#[test]
fn of_an_account_that_nobody_saw_every_fact_is_unseen() {
    let preview = preview(Facts::default());
    assert_eq!((preview.can_create(), preview.account.as_deref()), (None, None));
    for id in [
        "organization",
        "service-control-policies",
        "billing-alarm",
        "organization-trail",
        "trail-bucket-policy",
        "workloads",
    ] {
        assert_ne!(change(&preview, id).unseen, [], "{id}");
    }
    assert_eq!(change(&preview, "service-control-policies").people, []);
}

#[test]
fn whether_it_can_create_one_follows_from_where_it_is() {
    let mut scene = TrailFixture::ready();
    assert_eq!(preview(scene.facts()).can_create(), Some(true));
    scene.organization = Some(organization("444455556666", None));
    let member = preview(scene.facts());
    assert_eq!(member.can_create(), Some(false));
    says(&member, "organization", "it can't create one while it is a member");
    says(&member, "organization", "Not every member account can leave");
    scene.organization = Some(organization(ACCOUNT, None));
    says(&preview(scene.facts()), "organization", "already manages organization o-abc");
}

fn organization(management_account: &str, feature_set: Option<&str>) -> Organization {
    let management_account = management_account.to_owned();
    Organization { id: "o-abc".to_owned(), management_account, feature_set: feature_set.map(str::to_owned) }
}

#[test]
fn the_feature_set_of_an_organization_is_reported() {
    for (feature_set, words) in [
        (Some("ALL"), "organization o-abc has all features"),
        (Some("CONSOLIDATED_BILLING"), "organization o-abc has consolidated billing only"),
        (Some("SOMETHING_NEW"), "organization o-abc has the feature set SOMETHING_NEW, which"),
        (None, "the feature set of organization o-abc is unknown"),
    ] {
        for management_account in [ACCOUNT, "444455556666"] {
            let mut scene = TrailFixture::ready();
            scene.organization = Some(organization(management_account, feature_set));
            says(&preview(scene.facts()), "features", words);
        }
    }
    let standalone = preview(TrailFixture::ready().facts());
    assert!(!change(&standalone, "features").messages.iter().any(|message| message.contains("organization o-")));
}

fn with_inline(mut holder: Vec<InlinePolicy>, document: &str) -> Vec<InlinePolicy> {
    holder.push(InlinePolicy { name: "inline".to_owned(), document: document.to_owned() });
    holder
}

#[test]
fn administrators_are_named_users_and_roles_only() {
    const EVERYTHING: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    const BECOMES: &str = r#"{"Statement": {"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"}}"#;
    let mut scene = TrailFixture::ready();
    let mut add_user = |name: &str, document: &str| {
        let mut user = user(name, &[]);
        user.inline_policies = with_inline(user.inline_policies, document);
        scene.users.push(user);
    };
    add_user("root-like", EVERYTHING);
    add_user("climber", BECOMES);
    add_user("reader", r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#);
    add_user("riddle", "no document");
    let mut add_role = |name: &str, path: &str| {
        let mut role = role(name, &[]);
        role.inline_policies = with_inline(role.inline_policies, EVERYTHING);
        role.path = path.to_owned();
        scene.roles.push(role);
    };
    add_role("Admins", "/");
    add_role("OfAService", "/aws-service-role/x.amazonaws.com/");
    let preview = preview(scene.facts());
    let people: Vec<_> = change(&preview, "service-control-policies")
        .people
        .iter()
        .map(|person| (person.name.as_str(), person.kind, person.privilege))
        .collect();
    assert_eq!(
        people,
        [
            ("root-like", PersonKind::User, Privilege::Administrator),
            ("Admins", PersonKind::Role, Privilege::Administrator),
            ("climber", PersonKind::User, Privilege::CanBecome),
            ("riddle", PersonKind::User, Privilege::MayBe),
        ]
    );
    let counted = "1 user and 1 role can do everything; 1 user can become an administrator; 1 user may be an \
                   administrator";
    says(&preview, "service-control-policies", counted);
}

/// The statement that a bucket of this policy lacks.
fn lacking(policy_text: Option<String>) -> (Option<Value>, Preview) {
    let preview = preview(TrailFixture::ready().with(|trail| trail.policy = policy_text).facts());
    (change(&preview, "trail-bucket-policy").statement.clone(), preview)
}

fn organization_statement(resource: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
           "Resource": format!("arn:aws:s3:::logs-main/{resource}")})
}

#[test]
fn statement_is_for_this_trail_and_organization_files_only() {
    let (statement, _) = lacking(Some(policy(&documented("aws", "main", "", ACCOUNT))));
    assert_eq!(
        statement,
        Some(json!({
            "Sid": "AWSCloudTrailOrganizationWrite",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::logs-main/AWSLogs/o-ORGANIZATION-ID/*",
            "Condition": {"StringEquals": {
                "s3:x-amz-acl": "bucket-owner-full-control",
                "aws:SourceArn": format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/main"),
            }},
        }))
    );
    let (statement, _) = lacking(None);
    assert!(statement.is_some(), "a bucket without a policy lets nothing in");
}

/// The statement is proven by the judge that found it missing.
#[test]
fn with_the_statement_the_policy_allows_organization_files() {
    let documented = documented("aws", "main", "", ACCOUNT);
    let scene = |statements: &[Value]| {
        let text = Some(policy(statements));
        TrailFixture::ready().in_organization("o-abcdefghij").with(|trail| trail.policy = text)
    };
    let before = preview(scene(&documented).facts());
    let statement = change(&before, "trail-bucket-policy").statement.clone().unwrap();
    assert_eq!(statement["Resource"], "arn:aws:s3:::logs-main/AWSLogs/o-abcdefghij/*", "its id is known");
    let after = preview(scene(&[documented, vec![statement]].concat()).facts());
    assert_eq!(change(&after, "trail-bucket-policy").statement, None);
    says(&after, "trail-bucket-policy", "already allows the log files of all accounts");
}

#[test]
fn policy_that_allows_all_files_lacks_nothing() {
    assert_eq!(lacking(Some(policy(&[organization_statement("*")]))).0, None);
    assert_eq!(lacking(Some(policy(&[organization_statement("AWSLogs/*")]))).0, None);
    assert!(lacking(Some(policy(&[organization_statement("AWSLogs/o-oldoldoldold/*")]))).0.is_some());
}

#[test]
fn a_deny_is_to_be_lifted_and_what_cannot_be_decided_is_unseen() {
    let mut deny = organization_statement("AWSLogs/o-*");
    deny["Effect"] = "Deny".into();
    let (statement, preview) = lacking(Some(policy(&[organization_statement("*"), deny])));
    assert_eq!(statement, None);
    says(&preview, "trail-bucket-policy", "remove it first");
    let mut hangs = organization_statement("*");
    hangs["Condition"] = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    let (statement, preview) = lacking(Some(policy(&[hangs])));
    assert!(statement.is_some());
    assert_eq!(change(&preview, "trail-bucket-policy").unseen.len(), 1);
}

#[test]
fn a_prefix_is_part_of_the_place() {
    let facts = TrailFixture::ready().with(|trail| trail.trail.prefix = Some("logs/".to_owned())).facts();
    let statement = change(&preview(facts), "trail-bucket-policy").statement.clone().unwrap();
    assert_eq!(statement["Resource"], "arn:aws:s3:::logs-main/logs/AWSLogs/o-ORGANIZATION-ID/*");
}

#[test]
fn unsafe_name_gets_no_statement() {
    for hostile in ["\u{202e}", "*", "${aws:username}"] {
        let facts = TrailFixture::ready().with(|trail| trail.trail.prefix = Some(hostile.to_owned())).facts();
        let preview = preview(facts);
        assert_eq!(change(&preview, "trail-bucket-policy").statement, None);
        says(&preview, "trail-bucket-policy", "no statement is shown");
    }
}

#[test]
fn roles_that_services_take_are_signs_of_workloads() {
    let mut scene = TrailFixture::ready();
    let mut function = role("function", &[]);
    function.trust_policy =
        r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#
            .to_owned();
    scene.roles = vec![function];
    says(&preview(scene.facts()), "workloads", "lambda.amazonaws.com can assume the role function here");
    scene.roles[0].trust_policy = "no document".to_owned();
    assert_eq!(change(&preview(scene.facts()), "workloads").unseen.len(), 1);
}

#[test]
fn every_change_has_awss_own_page() {
    for change in preview(Facts::default()).changes {
        assert!(change.reference.starts_with("https://docs.aws.amazon.com/"), "{}", change.reference);
    }
}
