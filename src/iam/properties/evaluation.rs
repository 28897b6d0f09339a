use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::cases;
use crate::iam::{Context, Decision, Document, Policies, Request, Who, decide, may};

const KEYS: [&str; 4] = ["aws:username", "aws:SourceIp", "aws:CurrentTime", "aws:MultiFactorAuthAge"];
const VALUES: [&str; 5] = ["ann", "10.0.0.1", "2026-01-01T00:00:00Z", "5", ""];
const OPERATORS: [&str; 16] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "NumericLessThan",
    "NumericNotEquals",
    "DateGreaterThan",
    "IpAddress",
    "NotIpAddress",
    "Bool",
    "Null",
    "StringLikeIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "ForAllValues:StringNotLike",
];
const ANN: &str = "arn:aws:iam::111122223333:user/ann";

fn one_of(these: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(these)
}

fn conditions() -> impl Strategy<Value = Json> {
    let value =
        prop_oneof![one_of(&VALUES), one_of(&["*", "a*", "10.0.0.0/8", "true", "false", "${aws:username}", "?nn"])];
    let condition = (one_of(&OPERATORS), one_of(&KEYS), prop::collection::vec(value, 1..3));
    prop::collection::vec(condition, 0..3).prop_map(|all| {
        let mut json = json!({});
        for (operator, key, values) in all {
            json[operator][key] = json!(values);
        }
        json
    })
}

fn statement() -> impl Strategy<Value = Json> {
    let action = prop::collection::vec(one_of(&["s3:GetObject", "s3:*", "*", "s3:Put*", "iam:?etUser"]), 1..3);
    let resource = prop::collection::vec(
        one_of(&["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/ann", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::c*"]),
        1..3,
    );
    let principal = prop_oneof![
        4 => Just(Json::Null), 1 => Just(json!("*")), 1 => Just(json!({"AWS": "111122223333"})), 1 => Just(json!({"AWS": ANN})),
    ];
    (any::<bool>(), any::<bool>(), any::<bool>(), action, resource, principal, conditions()).prop_map(
        |(allows, not_action, not_resource, action, resource, principal, conditions)| {
            let mut json = json!({"Effect": if allows { "Allow" } else { "Deny" }, "Condition": conditions});
            json[if not_action { "NotAction" } else { "Action" }] = json!(action);
            json[if not_resource { "NotResource" } else { "Resource" }] = json!(resource);
            if !principal.is_null() {
                json["Principal"] = principal;
            }
            json
        },
    )
}

fn document(statements: &[Json]) -> Document {
    Document::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

/// For each key what is known of it: nothing, that it is absent, or its values.
type Known = Vec<(u8, Vec<&'static str>)>;

fn known() -> impl Strategy<Value = Known> {
    prop::collection::vec((0..4_u8, prop::collection::vec(one_of(&VALUES), 0..3)), KEYS.len())
}

fn context(known: &Known, undecidable: &[usize]) -> Context {
    let mut context = Context::new();
    for (index, (key, (kind, values))) in KEYS.iter().zip(known).enumerate() {
        context = match kind {
            _ if undecidable.contains(&index) => context.undecidable(key),
            0 => context.undecidable(key),
            1 => context.absent(key),
            2 => context.with_many(key, values.clone()),
            _ => context.with(key, *values.first().unwrap_or(&"ann")),
        };
    }
    context
}

fn who() -> impl Strategy<Value = Who<'static>> {
    prop::sample::select(vec![
        Who::Identity,
        Who::Aws { arn: ANN, account: "111122223333" },
        Who::Root { account: "111122223333" },
        Who::Anonymous,
        Who::Service { names: &["s3.amazonaws.com"] },
    ])
}

fn question() -> impl Strategy<Value = (Who<'static>, &'static str, &'static str)> {
    let action = one_of(&["s3:GetObject", "s3:PutObject", "s3:*", "iam:GetUser", "*"]);
    (who(), action, one_of(&["arn:aws:s3:::b/ann", "arn:aws:s3:::b/*", "arn:aws:s3:::c", "*"]))
}

fn is_sure(decision: &Decision) -> Option<bool> {
    match decision {
        Decision::Allowed => Some(true),
        Decision::Denied { .. } => Some(false),
        Decision::Depends(_) => None,
    }
}

/// The statements as one document, and as every kind of policy at once.
fn answers(statements: &[Json], request: &Request) -> Vec<Decision> {
    let all = document(statements);
    let (one, two) = statements.split_at(statements.len() / 2);
    let (one, two) = (document(one), document(two));
    let policies = Policies { identity: &[&all, &two], boundary: Some(&one), resource: Some(&all) };
    vec![
        decide(&[&all], request),
        decide(&[&one, &two], request),
        may(&policies, request, true),
        may(&policies, request, false),
    ]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn one_more_deny_allows_nothing(
        statements in prop::collection::vec(statement(), 0..5), mut deny in statement(), known in known(),
        (who, action, resource) in question(),
    ) {
        deny["Effect"] = json!("Deny");
        let context = context(&known, &[]);
        let request = Request { who, action, resource, context: &context };
        let before = decide(&[&document(&statements)], &request);
        let with = [statements, vec![deny]].concat();
        match (before, decide(&[&document(&with)], &request)) {
            (Decision::Denied { explicit }, after) => {
                let stays = matches!(after, Decision::Denied { explicit: now } if now || !explicit);
                prop_assert!(stays, "{:?}", after);
            }
            (Decision::Depends(_), after) => prop_assert!(after != Decision::Allowed),
            (Decision::Allowed, _) => {}
        }
    }

    #[test]
    fn one_more_allow_denies_nothing(
        statements in prop::collection::vec(statement(), 0..5), mut allow in statement(), known in known(),
        (who, action, resource) in question(),
    ) {
        allow["Effect"] = json!("Allow");
        let context = context(&known, &[]);
        let request = Request { who, action, resource, context: &context };
        let before = decide(&[&document(&statements)], &request);
        let after = decide(&[&document(&[statements, vec![allow]].concat())], &request);
        match before {
            Decision::Allowed => prop_assert_eq!(after, Decision::Allowed),
            Decision::Depends(_) => prop_assert!(is_sure(&after) != Some(false)),
            Decision::Denied { explicit: true } => prop_assert_eq!(after, Decision::Denied { explicit: true }),
            Decision::Denied { explicit: false } => {}
        }
    }

    #[test]
    fn what_is_unknown_never_turns_a_sure_answer_around(
        statements in prop::collection::vec(statement(), 0..6), known in known(), hidden in 0..KEYS.len(),
        (who, action, resource) in question(),
    ) {
        let (seen, unseen) = (context(&known, &[]), context(&known, &[hidden]));
        let before = answers(&statements, &Request { who, action, resource, context: &seen });
        let after = answers(&statements, &Request { who, action, resource, context: &unseen });
        for (before, after) in before.iter().zip(&after) {
            match (is_sure(before), is_sure(after)) {
                (Some(before), Some(after)) => prop_assert_eq!(before, after),
                // What was open for another key stays open, or it was never decided by this one.
                (None, after) => prop_assert!(after.is_none(), "{:?} became {:?}", before, after),
                (Some(_), None) => {}
            }
        }
    }

    #[test]
    fn the_order_of_statements_says_nothing(
        statements in prop::collection::vec(statement(), 0..6), rotated in 0..6_usize, known in known(),
        (who, action, resource) in question(),
    ) {
        let context = context(&known, &[]);
        let request = Request { who, action, resource, context: &context };
        let before = decide(&[&document(&statements)], &request);
        let mut others = statements.clone();
        others.reverse();
        prop_assert_eq!(&before, &decide(&[&document(&others)], &request));
        others.rotate_left(rotated.min(statements.len()));
        prop_assert_eq!(&before, &decide(&[&document(&others)], &request));
        let (one, two) = statements.split_at(statements.len() / 2);
        prop_assert_eq!(&before, &decide(&[&document(two), &document(one)], &request));
    }

    #[test]
    fn a_document_says_the_same_within_its_context(
        statements in prop::collection::vec(statement(), 0..6), known in known(), (who, action, resource) in question(),
    ) {
        let context = context(&known, &[]);
        let request = Request { who, action, resource, context: &context };
        let document = document(&statements);
        prop_assert_eq!(decide(&[&document], &request), decide(&[&document.within(&context)], &request));
    }
}
