use serde_json::{Value, json};

use super::*;
use crate::iam::counted;
use crate::model::status::Status::{Fail, Pass, Unknown, Warn};
use crate::testing::trails::{TrailFixture, TrailScene, documented, policy, trail};
use crate::testing::{ACCOUNT, denied, hours_ago, judge, overall, status_of};

mod choice;
mod context;
mod delivery;
mod entitlement;
mod legacy;
mod readers;
mod remedies;
mod source_arn;
mod unseen;
mod writers;

const BUCKET: &str = "arn:aws:s3:::logs-main";
const OBJECTS: &str = "arn:aws:s3:::logs-main/*";
const SOURCE: &str = "arn:aws:cloudtrail:us-west-2:111122223333:trail/main";

/// What one requirement comes to in an account.
fn link(requirement: &str, scene: &TrailFixture) -> Status {
    status_of(&judge(&CHECK, scene.facts()), &format!("trail-bucket-policy/{requirement}"))
}

/// What one requirement comes to with something changed about the ready trail and its bucket.
fn of(requirement: &str, change: impl FnOnce(&mut TrailScene)) -> Status {
    link(requirement, &TrailFixture::ready().with(change))
}

fn message(judged: &CheckResult, requirement: &str) -> String {
    judged.findings.iter().find(|finding| finding.id.ends_with(requirement)).unwrap().message.clone()
}

/// A change that adds statements to the bucket's policy, beside CloudTrail's own.
fn adding(statements: Vec<Value>) -> impl FnOnce(&mut TrailScene) {
    move |scene| scene.policy = Some(policy(&[documented("aws", "main", "", ACCOUNT), statements].concat()))
}

/// A change that makes these statements the bucket's policy.
fn only(statements: Vec<Value>) -> impl FnOnce(&mut TrailScene) {
    move |scene| scene.policy = Some(policy(&statements))
}

/// A statement of a bucket's policy.
fn allow(principal: impl Into<Value>, action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Allow", "Principal": principal.into(), "Action": action.into(), "Resource": resource.into()})
}

fn deny(principal: Value, action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    with(allow(principal, action, resource), "Effect", json!("Deny"))
}

/// The statement with one element set.
fn with(mut statement: Value, element: &str, value: Value) -> Value {
    statement[element] = value;
    statement
}

fn when(statement: Value, condition: Value) -> Value {
    with(statement, "Condition", condition)
}

/// The statement with an element under another name: `Action` as `NotAction`.
fn renamed(mut statement: Value, element: &str, name: &str) -> Value {
    let value = statement.as_object_mut().unwrap().remove(element).unwrap();
    with(statement, name, value)
}

fn cloudtrail() -> Value {
    json!({"Service": "cloudtrail.amazonaws.com"})
}

#[test]
fn a_bucket_as_the_labs_make_it_passes() {
    let judged = judge(&CHECK, TrailFixture::ready().facts());
    assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
    assert_eq!(judged.findings.len(), REQUIREMENTS.len());
}

#[test]
fn a_ready_account_of_another_partition_passes() {
    for partition in ["aws-cn", "aws-us-gov"] {
        let text = serde_json::to_string(&TrailFixture::ready().facts()).unwrap();
        let facts = serde_json::from_str(&text.replace("arn:aws:", &format!("arn:{partition}:"))).unwrap();
        let judged = judge(&CHECK, facts);
        assert_eq!(overall(&judged), Pass, "{partition} {:#?}", judged.findings);
    }
}

#[test]
fn the_policy_of_another_partition_fits_nothing() {
    assert_eq!(of("delivery", only(documented("aws-cn", "main", "", ACCOUNT))), Fail);
}

#[test]
fn messages_start_upper_case_and_end_without_a_stop() {
    let world = allow(json!("*"), "s3:*", json!([BUCKET, OBJECTS]));
    let mut bare = TrailFixture::ready().with(|scene| scene.policy = None);
    bare.policies.clear();
    for scene in [TrailFixture::ready(), TrailFixture::ready().with(only(vec![world])), bare, TrailFixture::of(vec![])]
    {
        for finding in judge(&CHECK, scene.facts()).findings {
            let starts_up = finding.message.chars().next().is_some_and(char::is_uppercase);
            assert!(starts_up && !finding.message.ends_with('.'), "{}", finding.message);
        }
    }
}

#[test]
fn a_policy_of_ten_thousand_statements_is_not_evaluated() {
    let statement = |number: usize| {
        when(
            allow(json!({"AWS": format!("{number:012}")}), "s3:*", format!("{BUCKET}/{number}/*")),
            json!({"StringEquals": {"aws:PrincipalArn": format!("arn:aws:iam::{number:012}:user/x")}}),
        )
    };
    let mut scene = TrailFixture::ready().with(only((0..10_000).map(statement).collect()));
    assert_eq!(counted(1_000_000, || link("writers", &scene)).0, Unknown);
    let reads =
        |number: usize| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("{BUCKET}/{number}")});
    let denies = |number| with(reads(number), "Effect", json!("Deny"));
    scene = TrailFixture::ready();
    scene.policies[0].document = Some(policy(&(0..5_000).flat_map(|n| [reads(n), denies(n)]).collect::<Vec<_>>()));
    assert_eq!(counted(1_000_000, || link("entitlement", &scene)).0, Unknown);
}

#[test]
fn a_policy_as_large_as_s3_stores_is_judged() {
    let statement = |number: usize| {
        allow(
            json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:role/r{number}")}),
            "s3:Get*",
            format!("{BUCKET}/{number}/*"),
        )
    };
    let statements: Vec<Value> = (0..150).map(statement).collect();
    assert_eq!(of("writers", adding(statements.clone())), Pass);
    assert_eq!(of("readers", adding(statements)), Pass);
}
