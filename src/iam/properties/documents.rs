use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases;
use crate::iam::Document;

/// Something of the form of JSON, with the words of the policy language here and there.
fn anything() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("Allow".to_owned()),
        Just("*".to_owned()),
        Just("2012-10-17".to_owned()),
        Just("s3:Get*".to_owned()),
        Just("arn:aws:s3:::b/${aws:username}".to_owned()),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from)
    ];
    let name = prop_oneof![
        Just("Version".to_owned()),
        Just("Statement".to_owned()),
        Just("Effect".to_owned()),
        Just("Action".to_owned()),
        Just("NotAction".to_owned()),
        Just("Resource".to_owned()),
        Just("Principal".to_owned()),
        Just("AWS".to_owned()),
        Just("Condition".to_owned()),
        Just("StringLike".to_owned()),
        Just("Sid".to_owned()),
        any::<String>(),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A statement that is nearly right: each element is what it should be, or anything.
fn nearly_right() -> impl Strategy<Value = Value> {
    let or_anything = |right: Value| prop_oneof![6 => Just(right), 1 => anything()];
    (
        or_anything(json!("Allow")),
        or_anything(json!(["s3:*", "iam:Get?"])),
        or_anything(json!("*")),
        or_anything(json!({"AWS": ["111122223333", "*"]})),
        or_anything(json!({"StringLike": {"aws:userid": ["a*", 1, true]}})),
    )
        .prop_map(|(effect, action, resource, principal, condition)| {
            json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource,
                   "Principal": principal, "Condition": condition}]})
        })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = Document::parse(&text);
    }

    #[test]
    fn what_parses_is_the_same_however_it_is_written(json in prop_oneof![anything(), nearly_right()]) {
        let plain = Document::parse(&json.to_string());
        prop_assert_eq!(&plain, &Document::parse(&serde_json::to_string_pretty(&json).unwrap_or_default()));
        if let (Ok(document), Some(Value::Array(statements))) = (plain, json.get("Statement")) {
            prop_assert_eq!(document.statements.len(), statements.len(), "none is lost");
        }
    }

    #[test]
    fn a_document_that_was_cut_is_unread(json in nearly_right(), part in 0.0..1.0f64) {
        let text: Vec<char> = json.to_string().chars().collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let kept = (part * text.len() as f64) as usize;
        prop_assert!(Document::parse(&text[..kept].iter().collect::<String>()).is_err());
    }

    #[test]
    fn the_words_of_an_error_hold_no_control_character(json in prop_oneof![anything(), nearly_right()]) {
        if let Err(error) = Document::parse(&json.to_string()) {
            prop_assert!(!error.to_string().contains(char::is_control) && error.to_string().chars().count() < 1_000);
        }
    }
}
