use super::super::{Choice, Effect, Operator, Principal, Principals, SetOperator, Test};
use super::*;

fn parse(text: &str) -> Document {
    Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn statement(elements: &str) -> Statement {
    parse(&format!(r#"{{"Version":"2012-10-17","Statement":{{{elements}}}}}"#)).statements.remove(0)
}

fn refused(text: &str) -> String {
    Document::parse(text).expect_err(text).to_string()
}

#[test]
fn a_document_is_read_with_all_its_elements() {
    let document = parse(
        r#"{"Version": "2012-10-17", "Id": "the-id", "Statement": [{"Sid": "one", "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringEquals": {"aws:SourceArn": ["a", "b"]}}},
            {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "NotAction": ["s3:*"], "NotResource": ["x", "y"]}]}"#,
    );
    assert_eq!((document.version, document.id.as_deref()), (Version::V2012, Some("the-id")));
    let [first, second] = document.statements.as_slice() else { panic!("two statements") };
    assert_eq!((first.sid.as_deref(), first.effect), (Some("one"), Effect::Allow));
    assert_eq!(first.principals, Some(Principals::Only(vec![Principal::Service("cloudtrail.amazonaws.com".into())])));
    assert_eq!(first.actions, Choice::Only(vec!["s3:PutObject".into()]));
    assert_eq!(first.resources, Some(Choice::Only(vec!["arn:aws:s3:::b/*".into()])));
    let [condition] = first.conditions.as_slice() else { panic!("one condition") };
    assert_eq!((condition.operator.test.clone(), condition.key.as_str()), (Test::StringEquals, "aws:SourceArn"));
    assert_eq!(condition.values, ["a", "b"]);
    assert_eq!((second.sid.as_deref(), second.effect), (None, Effect::Deny));
    assert_eq!(second.principals, Some(Principals::AllBut(vec![Principal::Aws("111122223333".into())])));
    assert_eq!(second.actions, Choice::AllBut(vec!["s3:*".into()]));
    assert_eq!(second.resources, Some(Choice::AllBut(vec!["x".into(), "y".into()])));
    assert!(second.conditions.is_empty());
}

#[test]
fn a_document_without_a_version_is_of_2008() {
    assert_eq!(parse(r#"{"Statement": []}"#).version, Version::V2008);
    assert_eq!(parse(r#"{"Version": "2008-10-17", "Statement": []}"#).version, Version::V2008);
}

#[test]
fn the_version_reaches_the_statements_wherever_it_stands() {
    let document =
        parse(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}, "Version": "2012-10-17"}"#);
    // `Version` stands behind `Statement`, and is known to it all the same.
    assert_eq!(document.statements.iter().map(|statement| statement.version).collect::<Vec<_>>(), [Version::V2012]);
}

#[test]
fn one_and_a_list_of_one_are_the_same() {
    let one = statement(
        r#""Effect":"Allow","Principal":{"AWS":"1"},"Action":"a:b","Resource":"r","Condition":{"Bool":{"k":"true"}}"#,
    );
    let list = statement(
        r#""Effect":"Allow","Principal":{"AWS":["1"]},"Action":["a:b"],"Resource":["r"],"Condition":{"Bool":{"k":["true"]}}"#,
    );
    assert_eq!(one, list);
}

#[test]
fn no_statements_and_empty_lists_are_legal() {
    assert_eq!(parse(r#"{"Statement": []}"#).statements, []);
    let empty = statement(r#""Effect":"Allow","Principal":{},"Action":[],"Resource":[],"Condition":{"Bool":{"k":[]}}"#);
    assert_eq!(empty.actions, Choice::Only(vec![]));
    assert_eq!(empty.conditions.first().map(|condition| condition.values.len()), Some(0));
    assert!(statement(r#""Effect":"Allow","Action":"*","Condition":{}"#).conditions.is_empty());
}

#[test]
fn a_statement_may_lack_its_resource() {
    assert_eq!(statement(r#""Effect":"Allow","Action":"sts:AssumeRole""#).resources, None);
}

#[test]
fn values_of_conditions_may_stand_without_quotes() {
    let statement = statement(
        r#""Effect":"Allow","Action":"*","Condition":{"Bool":{"k":true},"NumericEquals":{"n":[1, -2.5, 111122223333]}}"#,
    );
    let values: Vec<_> = statement.conditions.iter().map(|condition| condition.values.clone()).collect();
    assert_eq!(values, [vec!["true"], vec!["1", "-2.5", "111122223333"]]);
}

#[test]
fn every_operator_and_key_is_its_own_condition() {
    let statement =
        statement(r#""Effect":"Allow","Action":"*","Condition":{"Bool":{"a":"true","b":"true"},"Null":{"a":"false"}}"#);
    let keys: Vec<_> = statement
        .conditions
        .iter()
        .map(|condition| (condition.operator.spelling.as_str(), condition.key.as_str()))
        .collect();
    assert_eq!(keys, [("Bool", "a"), ("Bool", "b"), ("Null", "a")]);
}

#[test]
fn every_kind_of_principal_is_kept_apart() {
    let principals =
        |principal: &str| statement(&format!(r#""Effect":"Allow","Action":"*","Principal":{principal}"#)).principals;
    let only = |principal| Some(Principals::Only(vec![principal]));
    assert_eq!(principals(r#""*""#), only(Principal::Everyone { bare: true }));
    assert_eq!(principals(r#"{"AWS":"*"}"#), only(Principal::Everyone { bare: false }));
    assert_eq!(principals(r#"{"AWS":"1"}"#), only(Principal::Aws("1".into())));
    assert_eq!(principals(r#"{"Service":"*"}"#), only(Principal::Service("*".into())));
    assert_eq!(principals(r#"{"Federated":"*"}"#), only(Principal::Federated("*".into())));
    assert_eq!(principals(r#"{"CanonicalUser":"c"}"#), only(Principal::CanonicalUser("c".into())));
    assert_eq!(principals(r#"{"aws":"*"}"#), only(Principal::Other { kind: "aws".into(), value: "*".into() }));
    assert_eq!(
        principals(r#"{"AWS":["1","*"],"Service":"s"}"#),
        Some(Principals::Only(vec![
            Principal::Aws("1".into()),
            Principal::Everyone { bare: false },
            Principal::Service("s".into())
        ]))
    );
}

#[test]
fn what_is_not_understood_whole_is_refused() {
    let allow = |more: &str| format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"*",{more}}}]}}"#);
    for (text, why) in [
        (String::new(), "the policy isn't valid JSON"),
        ("null".into(), "the policy is null, not an object"),
        ("[]".into(), "the policy is a list, not an object"),
        ("{}".into(), "the policy has no \"Statement\""),
        (r#"{"Statement":[]"#.into(), "the policy isn't valid JSON"),
        (r#"{"Statement":[]} x"#.into(), "the policy isn't valid JSON"),
        ("%7B%22Statement%22%3A%5B%5D%7D".into(), "the policy isn't valid JSON"),
        (r#"{"Statement":[],"Version":"2030-01-01"}"#.into(), "the policy language has no version \"2030-01-01\""),
        (r#"{"Statement":[],"Version":2012}"#.into(), "\"Version\" is a number, not a string"),
        (r#"{"Statement":[],"Version":null}"#.into(), "\"Version\" is null, not a string"),
        (r#"{"statement":[]}"#.into(), "a policy has no element \"statement\""),
        (r#"{"Statement":[],"Statement":[]}"#.into(), "the key \"Statement\" occurs twice"),
        (r#"{"Statement":"x"}"#.into(), "statement 1: it is a string, not an object"),
        (r#"{"Statement":[{}]}"#.into(), "statement 1: it has no \"Effect\""),
        (r#"{"Statement":[{"Effect":"Allow"}]}"#.into(), "statement 1: it has neither \"Action\" nor \"NotAction\""),
        (r#"{"Statement":[{"Effect":"allow","Action":"*"}]}"#.into(), "statement 1: \"Effect\" is \"allow\", neither"),
        (
            r#"{"Statement":[{"effect":"Allow","Action":"*"}]}"#.into(),
            "statement 1: a statement has no element \"effect\"",
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"*"},{"Effect":"Deny","Effect":"Allow","Action":"*"}]}"#.into(),
            "the key \"Effect\" occurs twice",
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"*"},{"Effect":"Deny","Action":7}]}"#.into(),
            "statement 2: the element \"Action\" is a number, not a string",
        ),
        (allow(r#""NotAction":"x""#), "it has both \"Action\" and \"NotAction\""),
        (allow(r#""Resource":"x","NotResource":"y""#), "it has both \"Resource\" and \"NotResource\""),
        (allow(r#""NotPrincipal":"*","Principal":"*""#), "it has both \"Principal\" and \"NotPrincipal\""),
        (allow(r#""Resource":[["x"]]"#), "\"Resource\" is a list, not a string"),
        (allow(r#""Resource":null"#), "\"Resource\" is null, not a string"),
        (allow(r#""Sid":1"#), "\"Sid\" is a number, not a string"),
        (allow(r#""Principal":"arn:aws:iam::1:root""#), "as a string it can only be \"*\""),
        (allow(r#""Principal":["*"]"#), "\"Principal\" is a list, neither"),
        (allow(r#""Principal":{"AWS":{"a":"b"}}"#), "\"Principal\" is an object, not a string"),
        (allow(r#""Principal":{"AWS":111122223333}"#), "\"Principal\" is a number, not a string"),
        (allow(r#""Condition":[]"#), "\"Condition\" is a list, not an object"),
        (allow(r#""Condition":{"Bool":"true"}"#), "the condition \"Bool\" is a string, not an object"),
        (allow(r#""Condition":{"Bool":{"k":null}}"#), "a value of the condition key \"k\" is null"),
        (allow(r#""Condition":{"Bool":{"k":[["x"]]}}"#), "a value of the condition key \"k\" is a list"),
        (allow(r#""Condition":{"Bool":{"k":"true","k":"false"}}"#), "the key \"k\" occurs twice"),
    ] {
        let message = refused(&text);
        assert!(message.contains(why), "{text} is refused by {message:?}, which does not say {why:?}");
        assert!(!message.contains('\n'), "{message:?} is one line");
        assert!(message.starts_with(char::is_lowercase), "{message:?} starts in lower case");
    }
}

#[test]
fn a_hostile_name_is_short_and_harmless_in_the_message() {
    let message = refused(&format!(r#"{{"\u001b[31m{}":1}}"#, "x".repeat(1_000)));
    assert!(message.len() < 200, "{message}");
    assert!(!message.contains('\u{1b}'), "{message:?}");
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    for text in ["[".repeat(100_000), format!(r#"{{"Statement":{}"#, r#"{"a":"#.repeat(20_000))] {
        assert!(refused(&text).contains("isn't valid JSON"));
    }
}

#[test]
fn document_is_read_up_to_awss_length_without_blanks() {
    let text = |statements: usize| {
        let one = format!(r#"{{"Effect":"Allow","Action":"s3:{}","Resource":"arn:aws:s3:::b/*"}}"#, "x".repeat(1_000));
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, vec![one; statements].join(",\n  "))
    };
    // `AWSSupportServiceRolePolicy` has 135,200 characters.
    assert_eq!(parse(&text(130)).statements.len(), 130);
    assert_eq!(parse(&text(980)).statements.len(), 980);
    assert_eq!(parse(&format!("{}{}", text(980), " ".repeat(2_000_000))).statements.len(), 980);
    assert!(refused(&text(1_020)).contains("longer than AWS stores"));
    assert!(refused(&format!("{}{}", text(1), " ".repeat(5_000_000))).contains("longer than AWS stores"));
}

#[test]
fn operators_are_read_with_prefix_and_suffix_in_any_case() {
    for (spelling, set, test, if_exists) in [
        ("StringEquals", None, Test::StringEquals, false),
        ("stringequalsIFEXISTS", None, Test::StringEquals, true),
        (
            "ForAllValues:StringNotEqualsIgnoreCase",
            Some(SetOperator::ForAllValues),
            Test::StringNotEqualsIgnoreCase,
            false,
        ),
        ("foranyvalue:ArnLikeIfExists", Some(SetOperator::ForAnyValue), Test::ArnLike, true),
        ("NumericGreaterThanEquals", None, Test::NumericGreaterThanEquals, false),
        ("NotIpAddress", None, Test::NotIpAddress, false),
        ("Null", None, Test::Null, false),
    ] {
        let operator = Operator { set, test, if_exists, spelling: spelling.to_owned() };
        assert_eq!(Operator::parse(spelling), operator);
    }
}

#[test]
fn operators_that_do_not_exist_are_read_as_unknown() {
    for spelling in [
        "StringMatches",
        "NullIfExists",
        "ForAnyValue:Null",
        "ForSomeValues:StringEquals",
        "ForAllValues:",
        "IfExists",
        "",
        "StringEqualsIfExistsIfExists",
        "é",
    ] {
        assert_eq!(Operator::parse(spelling).test, Test::Unknown(spelling.to_owned()));
    }
}
