//! `stagecheck preview`: what changes when the account creates an organization, from its own facts.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::command_line::{fixture, refusal};
use crate::stories::STORIES;
use crate::support::run::Run;
use crate::untrusted_input::{assert_clean, is_hidden, poisoned};

fn preview_of(story: &str) -> Run {
    Run::stagecheck(["preview", "--snapshot"]).arg(fixture(story))
}

fn schema() -> jsonschema::Validator {
    let schema = include_str!("../../schema/preview-v1.schema.json");
    jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[track_caller]
fn assert_valid(schema: &jsonschema::Validator, what: &str, preview: &Value) {
    let faults: Vec<String> =
        schema.iter_errors(preview).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

fn json_of(story: &str) -> Value {
    preview_of(story).args(["--format", "json"]).expect(0).json()
}

fn change<'p>(preview: &'p Value, id: &str) -> &'p Value {
    preview["changes"].as_array().unwrap().iter().find(|change| change["id"] == id).unwrap()
}

fn said(preview: &Value, id: &str) -> String {
    change(preview, id)["messages"].to_string()
}

#[test]
fn every_account_has_a_preview_that_fits_its_schema() {
    let schema = schema();
    for story in STORIES {
        let preview = json_of(story.name);
        assert_valid(&schema, story.name, &preview);
        assert_eq!(preview["changes"].as_array().unwrap().len(), 9, "{}", story.name);
        let text = preview_of(story.name).expect(0);
        assert_eq!(text.stderr, "");
        for change in preview["changes"].as_array().unwrap() {
            assert!(text.stdout.contains(change["reference"].as_str().unwrap()), "{}: {change}", story.name);
        }
        let wide = text.stdout.lines().find(|line| {
            let copied = line.trim_start().starts_with("https://") || line.trim_start().starts_with('"');
            line.width() > 80 && !copied
        });
        assert_eq!(wide, None, "{}", story.name);
    }
}

#[test]
fn a_member_cannot_and_a_management_account_need_not() {
    let of = |story| {
        let preview = json_of(story);
        (preview["organization"].clone(), preview["can_create"].clone())
    };
    assert_eq!(of("ready"), (json!("standalone"), json!(true)));
    assert_eq!(of("organization-trail"), (json!("management"), json!(false)));
    assert_eq!(of("member-account"), (json!("member"), json!(false)));
    let quiet = |story| preview_of(story).arg("--quiet").expect(0).stdout;
    assert_eq!(quiet("ready"), "✔ This account can create an organization\n");
    assert_eq!(quiet("organization-trail"), "! This account already manages organization o-exampleorgid\n");
    let member = "✘ This account can't create an organization: it is a member of o-exampleorgid\n";
    assert_eq!(quiet("member-account"), member);
}

#[test]
fn whoever_no_policy_of_the_organization_will_bind_is_named() {
    let people = |story| -> Vec<String> {
        let preview = json_of(story);
        let people = change(&preview, "service-control-policies")["people"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        people
            .iter()
            .map(|it| format!("{} {} {}", text(&it["kind"]), text(&it["name"]), text(&it["privilege"])))
            .collect()
    };
    assert_eq!(people("ready"), ["user admin administrator"]);
    assert_eq!(
        people("hidden-administrator"),
        [
            "user admin administrator",
            "user intern administrator",
            "user backup can-become-administrator",
            "user helpdesk can-become-administrator",
        ]
    );
    assert!(people("administrator-role-only").iter().any(|person| person.starts_with("role ")));
}

#[test]
fn the_alarms_number_is_to_be_thought_about_again() {
    assert!(
        said(&json_of("ready"), "billing-alarm")
            .contains("billing-25 will track the consolidated bill of all accounts")
    );
    for story in ["empty", "alarm-in-the-wrong-region", "managed-by-budget-only"] {
        assert!(said(&json_of(story), "billing-alarm").contains("There is no alarm that can fire yet"), "{story}");
    }
    let skipped = preview_of("ready").args(["--skip", "billing-alarm", "--format", "json"]).expect(0).json();
    assert!(said(&skipped, "billing-alarm").contains("billing-alarm was skipped"));
}

#[test]
fn missing_bucket_statement_is_as_narrow_as_documented() {
    let preview = json_of("ready");
    let statement = &change(&preview, "trail-bucket-policy")["statement"];
    assert_eq!(statement["Resource"], "arn:aws:s3:::trail-logs-320000000001/AWSLogs/o-ORGANIZATION-ID/*");
    assert_eq!(
        statement["Condition"]["StringEquals"]["aws:SourceArn"],
        "arn:aws:cloudtrail:us-west-2:320000000001:trail/management-events"
    );
    let preview = json_of("organization-trail");
    assert_eq!(change(&preview, "trail-bucket-policy")["statement"], Value::Null);
    assert!(said(&preview, "organization-trail").contains("is already an organization trail"));
    assert!(said(&json_of("empty"), "organization-trail").contains("There is no trail yet"));
}

#[test]
fn what_was_not_seen_says_so_in_its_place() {
    let preview = json_of("denied-auditor");
    let unseen = |id| {
        change(&preview, id)["unknown"].as_array().unwrap().iter().map(|it| it["action"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(unseen("service-control-policies"), ["iam:GetAccountAuthorizationDetails"]);
    assert_eq!(unseen("trail-bucket-policy"), ["s3:GetBucketPolicy"]);
    assert!(said(&preview, "service-control-policies").contains("Its roles could not be read"));
    let nothing = r#"{"schema_version": 1, "recorded_at": "2026-11-24T02:00:00Z", "expectations": {}, "facts": {}}"#;
    let of_nothing = || Run::stagecheck(["preview", "--snapshot", "-"]).input(nothing);
    let preview = of_nothing().args(["--format", "json"]).expect(0).json();
    assert_valid(&schema(), "nothing", &preview);
    assert_eq!((&preview["can_create"], &preview["account"]), (&Value::Null, &Value::Null));
    let quiet = of_nothing().arg("-q").expect(0).stdout;
    assert_eq!(quiet, "? Unknown whether this account can create an organization\n");
}

#[test]
fn expectations_are_those_of_an_audit() {
    let moved = preview_of("ready").args(["--region", "eu-west-1", "--format", "json"]).expect(0).json();
    assert!(said(&moved, "organization-trail").contains("Whether there is a trail could not be read"));
}

#[test]
fn bad_usage_and_another_account_are_refused_as_by_an_audit() {
    let (error, _) = refusal(&Run::stagecheck(["preview", "--snapshot", "missing.json"]).expect(2));
    assert!(error.starts_with("error: the snapshot missing.json can't be read: "), "{error}");
    assert_eq!(preview_of("ready").args(["--format", "junit"]).expect(2).stdout, "");
    assert_eq!(preview_of("ready").args(["--record", "x.json"]).expect(2).stdout, "");
    let (error, _) = refusal(&preview_of("ready").args(["--expect-account", "111122223333"]).expect(4));
    assert_eq!(error, "error: the credentials belong to account 320000000001, not to 111122223333");
}

#[test]
fn names_that_mean_harm_do_none() {
    let schema = schema();
    for (what, snapshot) in poisoned(&["ready", "hidden-administrator", "organization-trail", "denied-auditor"]) {
        let run = || Run::stagecheck(["preview", "--snapshot", "-"]).input(&snapshot.to_string());
        let text = run().expect(0).stdout;
        assert_clean(&text, &what);
        let json = run().args(["--format", "json"]).expect(0);
        assert!(!json.stdout.contains(|c| c != '\n' && is_hidden(c)), "{what}");
        let preview = json.json();
        assert_valid(&schema, &what, &preview);
        let statement = &change(&preview, "trail-bucket-policy")["statement"];
        assert!(!statement.to_string().contains(is_hidden), "{what}: {statement}");
    }
}

#[cfg(feature = "live")]
mod live {
    use crate::support::account::Account;
    use crate::support::edits;
    use crate::support::proxy::Proxy;
    use crate::support::run::Run;

    /// What was asked, in no order.
    fn asked(proxy: &Proxy) -> Vec<String> {
        let mut asked: Vec<String> = Vec::new();
        for seen in proxy.calls() {
            let call = seen.call;
            asked.push(format!("{}:{} {} {}", call.service, call.operation, call.region, call.target));
        }
        asked.sort_unstable();
        asked
    }

    #[test]
    fn a_preview_makes_the_calls_of_an_audit_and_no_other() {
        let account = Account::new("360000000011").ready();
        let proxy = || Proxy::to(account).with_all(edits::ready());
        let (by_audit, by_preview) = (proxy(), proxy());
        Run::audit(account, &by_audit).expect(0);
        let preview = Run::stagecheck(["preview", "--format", "json"])
            .env("AWS_ENDPOINT_URL", by_preview.url())
            .env("AWS_ACCESS_KEY_ID", account.id)
            .env("AWS_SECRET_ACCESS_KEY", "of no matter")
            .expect(0)
            .json();
        assert_eq!((&preview["can_create"], &preview["source"]), (&true.into(), &"live".into()));
        assert_eq!(asked(&by_preview), asked(&by_audit));
    }
}
