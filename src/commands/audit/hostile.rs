//! Documents that are made to hurt, in every place where an account holds one, through the whole audit. Held by the steps of evaluating
//! and the memory that an audit asks for: seconds would hold the machine.

use std::collections::BTreeSet;

use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::account::Account;
use crate::checks::SINGLE_ACCOUNT;
use crate::model::check::Check;
use crate::model::status::Status::{self, Pass, Unknown, Warn};
use crate::report::snapshot;
use crate::testing::cost::{Cost, cost_within};

/// How many steps of evaluating one audit may take: a few times what the worst of these documents takes. Work that grows with the power
/// of a document takes thousands of times as many.
const MOST_STEPS: u64 = 50_000_000;

/// How many bytes one audit may ask for, freed meanwhile or not.
const MOST_BYTES: u64 = 4 << 30;

/// The accounts that hold a document of every kind: trust, inline, managed, bucket, topic, filter and key policies.
const HOLDERS: [&str; 3] = ["hidden-administrator", "filtered-subscription", "customer-key"];

/// What a check comes to, in the stage's order, and what reading and evaluating the account took.
fn audit(text: &str) -> (Vec<Status>, Cost) {
    cost_within(MOST_STEPS, || {
        let recorded = snapshot::read(text).unwrap();
        let account = Account::recorded(recorded.facts, recorded.recorded_at);
        let status = |check: &&'static Check| {
            let judged = (check.run)(&account, &recorded.expectations);
            let findings = judged.now_or_never().expect("nothing is waited for in a file").findings;
            Status::all(findings.iter().map(|finding| finding.status))
        };
        SINGLE_ACCOUNT.checks.iter().map(status).collect()
    })
}

fn fixture(name: &str) -> Value {
    let file = format!("{}/fixtures/accounts/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Where the account holds documents, as JSON pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) if matches!(serde_json::from_str(text), Ok(Value::Object(_))) => {
            found.push(here.to_owned());
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{here}/{index}"), found));
        }
        Value::Object(fields) => {
            for (name, inner) in fields {
                places(inner, &format!("{here}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

/// What kind of document stands in a place: each is hurt alone in one account only.
fn kind(place: &str) -> (String, String) {
    let parts: Vec<&str> = place.split('/').collect();
    (parts[2].to_owned(), parts[parts.len() - 1].to_owned())
}

/// Audits every holder with what `hurt` makes of a document in one place after the other, and then in all at once.
fn in_every_place(what: &str, hurt: impl Fn(&str) -> String, holds: impl Fn(Status, Status) -> bool) {
    let (mut audits, mut most, mut kinds) = (0, 0, BTreeSet::new());
    for name in HOLDERS {
        let before = fixture(name);
        let (expected, _) = audit(&before.to_string());
        let mut found = Vec::new();
        places(&before["facts"], "/facts", &mut found);
        let singly: Vec<String> = found.iter().filter(|place| kinds.insert(kind(place))).cloned().collect();
        let each = singly.iter().map(std::slice::from_ref);
        for places in each.chain([found.as_slice()]) {
            let mut snapshot = before.clone();
            for place in places {
                let document = snapshot.pointer_mut(place).unwrap();
                *document = hurt(document.as_str().unwrap()).into();
            }
            let text = snapshot.to_string();
            let (statuses, cost) = audit(&text);
            audits += 1;
            most = most.max(cost.steps);
            assert!(cost.bytes < MOST_BYTES, "{what}: {cost:?} in {name}: {places:?}");
            for ((check, before), after) in SINGLE_ACCOUNT.checks.iter().zip(&expected).zip(statuses) {
                let id = check.id;
                assert!(holds(*before, after), "{what}: {name}: {id} from {before:?} to {after:?}: {places:?}");
            }
        }
    }
    println!("{what}: {audits} audits of at most {most} steps");
}

/// What an unread document may make of a check: a fact is lost.
fn is_a_loss(before: Status, after: Status) -> bool {
    after == before || after == Unknown || (before == Pass && after == Warn)
}

fn anything(_: Status, _: Status) -> bool {
    true
}

/// The document with this many copies of its statements.
fn multiplied(document: &str, statements: usize) -> String {
    let mut json: Value = serde_json::from_str(document).unwrap();
    let Some(some) = json.get("Statement").cloned() else {
        // A filter policy: as many keys.
        return Value::Object((0..statements).map(|number| (number.to_string(), json!(["x"]))).collect()).to_string();
    };
    let some = match some {
        Value::Array(statements) => statements,
        one => vec![one],
    };
    json["Statement"] = some.iter().cycle().take(statements).cloned().collect();
    json.to_string()
}

/// The document with something set in each of its statements.
fn with_each(document: &str, element: &str, value: &Value) -> String {
    let mut json: Value = serde_json::from_str(document).unwrap();
    match json.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().for_each(|each| each[element] = value.clone()),
        Some(one) => one[element] = value.clone(),
        None => json[element] = value.clone(),
    }
    json.to_string()
}

#[test]
fn megabytes_are_unread() {
    const LONG: usize = 1_200_000;
    in_every_place("megabytes of statements", |document| multiplied(document, LONG / 160), is_a_loss);
    let one_text = |document: &str| document.replacen('{', &format!("{{\"Id\":\"{}\",", "x".repeat(LONG)), 1);
    in_every_place("megabytes of one text", one_text, is_a_loss);
    let blanks = |document: &str| format!("{document}{}", " ".repeat(2 * LONG));
    in_every_place("megabytes of blanks", blanks, is_a_loss);
}

#[test]
fn ten_thousand_statements_are_unread() {
    in_every_place("10,000 statements", |document| multiplied(document, 10_000), is_a_loss);
    in_every_place("1,000 statements", |document| multiplied(document, 1_000), anything);
}

#[test]
fn depth_is_refused() {
    for depth in [1_000, 100_000] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let nested = |document: &str| document.replacen('{', &format!("{{\"Deep\":{deep},"), 1);
        in_every_place(&format!("nesting {depth} deep"), nested, is_a_loss);
        let unclosed = |_: &str| "{\"Statement\":".repeat(depth);
        in_every_place(&format!("{depth} open braces"), unclosed, is_a_loss);
    }
}

#[test]
fn patterns_that_explode_elsewhere_do_not_here() {
    let exploding = |times: usize| format!("{}b", "*a".repeat(times));
    for times in [30, 10_000] {
        let pattern = exploding(times);
        for (element, value) in [
            ("Action", json!(format!("s3:{pattern}"))),
            ("NotAction", json!(pattern)),
            ("Resource", json!([pattern, format!("arn:aws:s3:::{pattern}")])),
            ("NotResource", json!(format!("arn:aws:s3:::trail-logs-{pattern}"))),
            ("Condition", json!({"StringLike": {"aws:SourceArn": pattern, "aws:PrincipalArn": "a".repeat(times)}})),
            ("Condition", json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:{pattern}:*:*:*")}})),
            ("Resource", json!(format!("${{aws:username}}{pattern}${{aws:userid}}"))),
        ] {
            let hurt = |document: &str| {
                let document = match element {
                    "NotAction" => document.replace("\"Action\"", "\"NotAction\""),
                    "NotResource" => document.replace("\"Resource\"", "\"NotResource\""),
                    _ => document.to_owned(),
                };
                with_each(&document, element, &value)
            };
            in_every_place(&format!("{times} stars in {element}"), hurt, anything);
        }
    }
}

#[test]
fn as_much_as_fits_into_a_document_is_evaluated() {
    for many in [60, 4_000] {
        let list = |one: fn(usize) -> String| (0..many).map(|number| json!(one(number))).collect::<Value>();
        let principals = list(|number| format!("arn:aws:iam::{number:012}:root"));
        let sources = list(|number| format!("arn:aws:s3:::b{number}"));
        let addresses = list(|number| format!("10.{}.{}.0/24", number / 256, number % 256));
        for (element, value) in [
            ("Principal", json!({"AWS": principals})),
            ("Principal", json!({"Service": principals, "AWS": "*"})),
            ("Condition", json!({"ArnLike": {"aws:SourceArn": sources}})),
            ("Condition", json!({"StringNotLike": {"aws:PrincipalArn": sources}})),
            ("Condition", json!({"NotIpAddress": {"aws:SourceIp": addresses}})),
            ("Resource", list(|number| format!("arn:aws:s3:::b{number}*/x*y*"))),
            ("Action", list(|number| format!("s3:*a{number}*b"))),
        ] {
            in_every_place(&format!("{many} in {element}"), |document| with_each(document, element, &value), anything);
        }
    }
}

#[test]
fn what_is_not_understood_is_unread() {
    for (what, hurt) in [
        ("not JSON", "{\"Version\":\"2012-10-17\","),
        ("nothing", ""),
        ("a list", "[]"),
        ("a number", "1e999"),
        ("a future version", r#"{"Version":"2099-01-01","Statement":[]}"#),
        ("a key that stands twice", r#"{"Statement":[],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#),
        ("a statement of a wrong type", r#"{"Version":"2012-10-17","Statement":[1]}"#),
        ("a lone surrogate", r#"{"Version":"2012-10-17","Statement":[],"Id":"\ud800"}"#),
        ("a NUL", "{\"Version\":\"2012-10-17\",\"Statement\":[]}\0"),
    ] {
        // An empty filter policy filters nothing.
        let loses = |before, after| is_a_loss(before, after) || hurt.is_empty();
        in_every_place(what, |_| hurt.to_owned(), loses);
    }
}

#[test]
fn wrong_types_everywhere_are_unread() {
    for value in [json!(null), json!([[]]), json!({"a": {}})] {
        for element in ["Effect", "Principal", "Action", "Resource", "Condition", "Sid", "NotPrincipal"] {
            // Some of these are policies all the same: an empty list of actions, no condition.
            in_every_place(&format!("{value} as {element}"), |document| with_each(document, element, &value), anything);
        }
        in_every_place(&format!("{value} as Statement"), |_| json!({"Statement": value}).to_string(), anything);
    }
}

#[test]
fn an_operator_that_is_not_known_leaves_its_statement_open() {
    for operator in ["StringResembles", "ForAllValues:", "ForSomeValues:StringLike", "IfExists", "", "Null\u{202e}"] {
        let condition = json!({operator: {"aws:SourceAccount": "320000000001"}});
        in_every_place(operator, |document| with_each(document, "Condition", &condition), anything);
    }
}
