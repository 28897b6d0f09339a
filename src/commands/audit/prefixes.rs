//! Whoever follows a plan may stop anywhere: after any number of its steps no finding that was closed is open again. The commands are run
//! on facts in memory, as far as [`commands`](crate::testing::commands) knows what they do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;
use crate::model::status::Status;
use crate::report::plan::Plan;
use crate::testing::commands;

const ACCOUNT: &str = "320000000001";
const BUCKET: &str = "trail-logs-320000000001";
const TOPIC: &str = "arn:aws:sns:us-east-1:320000000001:SecurityAlerts";
const KEY: &str = "arn:aws:kms:us-east-1:320000000001:key/93100728-f777-420d-858c-42535bd04235";

fn fixture(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/accounts")
}

fn audited(snapshot: &Value, strict: bool) -> Report {
    let report = of_snapshot(&snapshot.to_string(), Path::new("snapshot")).unwrap();
    Report { strict, ..report }
}

/// The findings that stand, each with its status, and for whom.
fn open(report: &Report) -> BTreeSet<(String, String, Status)> {
    let findings = report.checks.iter().flat_map(|check| &check.findings);
    let stands = findings.filter(|finding| matches!(finding.status, Status::Fail | Status::Warn));
    let told = |it: &crate::model::finding::Finding| {
        (it.id.to_owned(), it.subject.resource.clone().unwrap_or_default(), it.status)
    };
    stands.map(told).collect()
}

/// Runs the plan step by step. Gives the findings that are open at the end, and tells where one that was closed is open again.
fn follow(name: &str, snapshot: &Value, strict: bool, wrong: &mut Vec<String>) -> BTreeSet<String> {
    let mut snapshot = snapshot.clone();
    let first = audited(&snapshot, strict);
    let begun = open(&first);
    let mut closed = BTreeSet::new();
    let mut stand = begun.clone();
    for (number, step) in Plan::of(&first).steps.iter().enumerate() {
        let before = snapshot.clone();
        for command in &step.remedy.commands {
            commands::run(&mut snapshot["facts"], command);
        }
        if snapshot == before {
            continue;
        }
        stand = open(&audited(&snapshot, strict));
        // A failure that became a warning is closed as a failure.
        let again: Vec<_> = closed.intersection(&stand).collect();
        if !again.is_empty() {
            wrong.push(format!("{name}, strict {strict}, step {}: {again:?} again", number + 1));
        }
        closed.extend(begun.difference(&stand).cloned());
    }
    stand.into_iter().map(|(id, ..)| id).collect()
}

#[test]
fn no_step_of_any_fixtures_plan_undoes_another() {
    let mut wrong = Vec::new();
    let mut files: Vec<_> = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    for path in &files {
        for strict in [false, true] {
            follow(&path.display().to_string(), &fixture(path), strict, &mut wrong);
        }
    }
    assert!(files.len() > 20 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An account that is ready, in which all is in one region, so that both checks of alerts look at one topic.
fn ready() -> Value {
    let mut snapshot = fixture(&fixtures().join("ready.json"));
    snapshot["expectations"]["home_region"] = json!({"value": "us-east-1", "origin": "flag"});
    let facts = &mut snapshot["facts"];
    facts["trails"]["us-east-1"] = facts["trails"]["us-west-2"].clone();
    let known = |value: Value| json!({"call": {"operation": "GetCallerIdentity", "region": null, "target": null}, "known": value});
    let block = json!({"present": {"ignore_public_acls": false, "restrict_public_buckets": false}});
    facts["public_access_blocks"][BUCKET] = known(block);
    facts["ownership_controls"][BUCKET] = known(json!({"present": "ObjectWriter"}));
    snapshot
}

/// Adds a statement to a policy, or takes all away where there is none to add.
fn add(policy: &mut Value, statement: impl Into<Value>) {
    let mut read: Value = serde_json::from_str(policy.as_str().unwrap()).unwrap();
    read["Statement"].as_array_mut().unwrap().push(statement.into());
    *policy = json!(read.to_string());
}

type Fault = (&'static str, fn(&mut Value));

fn bucket(facts: &mut Value) -> &mut Value {
    &mut facts["bucket_policies"][BUCKET]["known"]["present"]
}

fn topic(facts: &mut Value) -> &mut Value {
    &mut facts["topic_attributes"][TOPIC]["known"]["policy"]
}

fn alarm(facts: &mut Value) -> &mut Value {
    &mut facts["alarms"]["us-east-1"]["known"]["metric"][0]
}

fn on_log(principal: impl Into<Value>, action: impl Into<Value>) -> Value {
    let (principal, action) = (principal.into(), action.into());
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": format!("arn:aws:s3:::{BUCKET}/*")})
}

fn replaced(text: &mut Value, from: &str, to: &str) {
    let new = text.as_str().unwrap().replace(from, to);
    assert_ne!(*text, json!(new), "{from} is not there");
    *text = json!(new);
}

/// As many faults as one document has.
const NEAR: usize = 7;

const FAULTS: &[Fault] = &[
    ("anyone reads the log", |facts| add(bucket(facts), on_log(json!("*"), json!("s3:GetObject")))),
    ("another account reads and writes it", |facts| {
        add(bucket(facts), on_log(json!({"AWS": ["444455556666", ACCOUNT]}), json!(["s3:GetObject", "s3:PutObject"])));
    }),
    ("this account deletes from it", |facts| {
        add(bucket(facts), on_log(json!({"AWS": ACCOUNT}), json!(["s3:GetObject", "s3:DeleteObject"])));
    }),
    ("another service writes into it, for CloudTrail too", |facts| {
        let services = json!({"Service": ["cloudtrail.amazonaws.com", "logs.amazonaws.com"]});
        add(bucket(facts), on_log(services, json!("s3:PutObject")));
    }),
    ("CloudTrail serves every account", |facts| {
        let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
        add(bucket(facts), on_log(cloudtrail, json!("s3:PutObject")));
    }),
    ("the bucket's policy is another trail's", |facts| {
        replaced(bucket(facts), "trail/management-events", "trail/other");
    }),
    ("a Deny stops CloudTrail", |facts| {
        let mut deny = on_log(json!("*"), json!("s3:PutObject"));
        deny["Effect"] = json!("Deny");
        deny["Condition"] = json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}});
        add(bucket(facts), deny);
    }),
    ("anyone publishes", |facts| {
        add(topic(facts), json!({"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC}));
    }),
    ("another account subscribes", |facts| {
        let other = json!({"AWS": "arn:aws:iam::444455556666:root"});
        add(topic(facts), json!({"Effect": "Allow", "Principal": other, "Action": "sns:Subscribe", "Resource": TOPIC}));
    }),
    ("the topic's policy forgets CloudWatch", |facts| {
        let mut policy: Value = serde_json::from_str(topic(facts).as_str().unwrap()).unwrap();
        policy["Statement"][0]["Principal"] = json!({"AWS": ACCOUNT});
        *topic(facts) = json!(policy.to_string());
    }),
    ("a Deny stops CloudWatch", |facts| {
        add(
            topic(facts),
            json!({"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC,
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}}),
        );
    }),
    ("the topic's key forgets CloudWatch", |facts| {
        let id = KEY.rsplit('/').next().unwrap();
        let known = |value: Value| json!({"call": {"operation": "DescribeKey", "region": "us-east-1", "target": null}, "known": value});
        let name = format!("us-east-1 {id}");
        facts["topic_attributes"][TOPIC]["known"]["kms_key"] = json!(id);
        facts["keys"][&name] = known(json!({"arn": KEY, "manager": "CUSTOMER", "state": "Enabled"}));
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT},
            "Action": "kms:*", "Resource": "*"}]});
        facts["key_policies"][&name] = known(json!(policy.to_string()));
    }),
    ("the threshold is too high", |facts| alarm(facts)["threshold"] = json!(100.0)),
    ("the alarm adds up", |facts| alarm(facts)["metric"]["statistic"] = json!("Sum")),
    ("the alarm watches one service", |facts| {
        alarm(facts)["metric"]["dimensions"] = json!([{"name": "ServiceName", "value": "AmazonEC2"}]);
    }),
    ("the alarm notifies nobody", |facts| alarm(facts)["alarm_actions"] = json!([])),
    ("the alarm's actions are disabled", |facts| alarm(facts)["actions_enabled"] = json!(false)),
    ("the role trusts another account", |facts| {
        let trust = &mut facts["roles"]["known"][0]["trust_policy"];
        add(trust, json!({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}));
    }),
];

/// The checks whose documents the faults are about. Everything that the commands in memory can close must be closed at the end.
#[test]
fn a_plan_for_two_faults_undoes_nothing_and_closes_both() {
    let mut wrong = Vec::new();
    let healthy: BTreeSet<String> = open(&audited(&ready(), true)).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(healthy, BTreeSet::new());
    for (at, (one, make_one)) in FAULTS.iter().enumerate() {
        // Those that change one document stand together, so all pairs of one document are among these.
        for (other, make_other) in FAULTS[at..].iter().take(NEAR) {
            let mut snapshot = ready();
            make_one(&mut snapshot["facts"]);
            if one != other {
                make_other(&mut snapshot["facts"]);
            }
            let name = format!("{one} and {other}");
            let begun = open(&audited(&snapshot, true));
            if begun.is_empty() {
                wrong.push(format!("{name} is no fault"));
            }
            // Without a warning the plan is the same.
            let warns = begun.iter().any(|(.., status)| *status == Status::Warn);
            for strict in [true, false].into_iter().filter(|strict| *strict || warns) {
                let left = follow(&name, &snapshot, strict, &mut wrong);
                let may_stay = |id: &String| id.starts_with("billing-alarm/state");
                let left: Vec<_> = left.iter().filter(|id| !may_stay(id)).collect();
                if !left.is_empty() {
                    wrong.push(format!("{name}, strict {strict}: {left:?} is left"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
