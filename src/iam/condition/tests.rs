use super::super::{Context, Match, Version};
use super::*;

const KEY: &str = "aws:Key";

/// Whether `operator` holds for these values of the policy, in a document with variables.
fn holds(operator: &str, values: &[&str], context: &Context) -> Match {
    condition(operator, values).holds(Version::V2012, context)
}

fn condition(operator: &str, values: &[&str]) -> Condition {
    Condition {
        operator: Operator::parse(operator),
        key: "AWS:KEY".into(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

fn with(value: &str) -> Context {
    Context::closed().with(KEY, value)
}

fn depends() -> Match {
    Match::depends_on(KEY)
}

const POSITIVE: &[(&str, &str, &str, &str)] = &[
    // operator, a value of the policy, one of the request that matches it, and one that does not
    ("StringEquals", "a", "a", "A"),
    ("StringEqualsIgnoreCase", "Straße", "STRAßE", "b"),
    ("StringLike", "a*c", "abc", "ab"),
    ("NumericEquals", "10", "10.0", "11"),
    ("NumericLessThan", "10", "9.5", "10"),
    ("NumericLessThanEquals", "10", "10", "10.5"),
    ("NumericGreaterThan", "10", "11", "10"),
    ("NumericGreaterThanEquals", "10", "10", "-11"),
    ("DateEquals", "2024-01-01T00:00:00Z", "1704067200", "1704067201"),
    ("DateLessThan", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z"),
    ("DateLessThanEquals", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:01Z"),
    ("DateGreaterThan", "1704067200", "2024-01-02", "2024-01-01"),
    ("DateGreaterThanEquals", "2024-01-01", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z"),
    ("Bool", "true", "TRUE", "false"),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", "Qmlu"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.7", "203.0.114.7"),
    ("ArnEquals", "arn:aws:sns:*:1:T", "arn:aws:sns:us-east-1:1:T", "arn:aws:sns:us-east-1:2:T"),
    ("ArnLike", "arn:aws:sns:*:1:T", "arn:aws:sns:us-east-1:1:T", "arn:aws:sns:us-east-1:2:T"),
];

const NEGATED: &[(&str, &str, &str, &str)] = &[
    // the same, with the one that matches last: that is where they do not hold
    ("StringNotEquals", "a", "A", "a"),
    ("StringNotEqualsIgnoreCase", "a", "b", "A"),
    ("StringNotLike", "a*c", "ab", "abc"),
    ("NumericNotEquals", "10", "11", "10.0"),
    ("DateNotEquals", "2024-01-01T00:00:00Z", "1704067201", "1704067200"),
    ("NotIpAddress", "203.0.113.0/24", "203.0.114.7", "203.0.113.7"),
    ("ArnNotEquals", "arn:aws:sns:*:1:T", "arn:aws:sns:us-east-1:2:T", "arn:aws:sns:us-east-1:1:T"),
    ("ArnNotLike", "arn:aws:sns:*:1:T", "arn:aws:sns:us-east-1:2:T", "arn:aws:sns:us-east-1:1:T"),
];

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str, &'static str)> {
    POSITIVE.iter().chain(NEGATED)
}

#[test]
fn every_operator_is_in_these_tables() {
    for (name, ..) in all() {
        assert!(!matches!(Operator::parse(name).test, Test::Unknown(_)), "{name}");
    }
    // All but `Null`, which has tests of its own.
    assert_eq!(all().count(), 26);
    assert!(POSITIVE.iter().all(|(name, ..)| !Operator::parse(name).test.is_negated()));
    assert!(NEGATED.iter().all(|(name, ..)| Operator::parse(name).test.is_negated()));
}

#[test]
fn an_operator_holds_for_what_it_asks_and_only_for_that() {
    for (name, policy, yes, no) in all() {
        for operator in [name.to_string(), format!("{name}IfExists"), name.to_uppercase()] {
            assert_eq!(holds(&operator, &[policy], &with(yes)), Match::Yes, "{operator} {policy} of {yes}");
            assert_eq!(holds(&operator, &[policy], &with(no)), Match::No, "{operator} {policy} of {no}");
        }
    }
}

#[test]
fn absent_key_fails_positive_and_satisfies_negated_operators() {
    for context in [Context::closed(), Context::new().absent("aws:key"), Context::new().with_many(KEY, [""; 0])] {
        for (name, policy, ..) in POSITIVE {
            assert_eq!(holds(name, &[policy], &context), Match::No, "{name}");
        }
        for (name, policy, ..) in NEGATED {
            assert_eq!(holds(name, &[policy], &context), Match::Yes, "{name}");
        }
    }
}

#[test]
fn an_absent_key_satisfies_every_operator_if_exists() {
    for (name, policy, ..) in all() {
        for prefix in ["", "ForAllValues:", "ForAnyValue:"] {
            let operator = format!("{prefix}{name}IfExists");
            assert_eq!(holds(&operator, &[policy], &Context::closed()), Match::Yes, "{operator}");
        }
    }
}

#[test]
fn absent_key_satisfies_for_all_and_fails_for_any_value() {
    for context in [Context::closed(), Context::new().with_many(KEY, [""; 0]), with("")] {
        for (name, policy, ..) in all() {
            assert_eq!(holds(&format!("ForAllValues:{name}"), &[policy], &context), Match::Yes, "{name}");
            assert_eq!(holds(&format!("ForAnyValue:{name}"), &[policy], &context), Match::No, "{name}");
        }
    }
}

#[test]
fn an_undecidable_key_leaves_every_operator_open() {
    for context in [Context::new().undecidable(KEY), Context::closed().undecidable(KEY)] {
        for (name, policy, ..) in all() {
            for (prefix, suffix) in
                [("", ""), ("", "IfExists"), ("ForAllValues:", ""), ("ForAnyValue:", ""), ("ForAnyValue:", "IfExists")]
            {
                let operator = format!("{prefix}{name}{suffix}");
                assert_eq!(holds(&operator, &[policy], &context), depends(), "{operator}");
            }
        }
    }
}

#[test]
fn a_carried_key_is_present_and_its_value_is_undecidable() {
    let context = Context::closed().carries(KEY);
    for (operator, values, expected) in [
        ("Null", &["true"][..], Match::No),
        ("Null", &["false"], Match::Yes),
        ("StringEquals", &["a"], depends()),
        ("StringEqualsIfExists", &["a"], depends()),
        ("StringNotEquals", &["a"], depends()),
        ("NumericLessThan", &["10"], depends()),
        ("StringLike", &["*"], Match::Yes),
        ("StringNotLike", &["*"], Match::No),
        ("ForAnyValue:StringLike", &["*"], Match::Yes),
        ("ForAllValues:StringLike", &["*"], Match::Yes),
        ("Bool", &["maybe"], Match::No),
        ("BoolIfExists", &["maybe"], Match::No),
    ] {
        assert_eq!(holds(operator, values, &context), expected, "{operator} {values:?}");
    }
}

#[test]
fn undecidable_key_is_named_as_the_policy_spells_it() {
    assert_eq!(holds("StringEquals", &["a"], &Context::new()), Match::depends_on("AWS:KEY"));
    assert_eq!(holds("StringEquals", &["a"], &Context::new().undecidable("aws:kEY")), Match::depends_on("aws:kEY"));
}

#[test]
fn for_all_values_wants_every_value_and_for_any_value_wants_one() {
    for (name, policy, yes, no) in all() {
        let (only, mixed, none) = (
            Context::new().with_many(KEY, [*yes, *yes]),
            Context::new().with_many(KEY, [*no, *yes]),
            Context::new().with_many(KEY, [*no, *no]),
        );
        for (context, of_all, of_any) in
            [(&only, Match::Yes, Match::Yes), (&mixed, Match::No, Match::Yes), (&none, Match::No, Match::No)]
        {
            assert_eq!(holds(&format!("ForAllValues:{name}"), &[policy], context), of_all, "{name} of {context:?}");
            assert_eq!(holds(&format!("ForAnyValue:{name}"), &[policy], context), of_any, "{name} of {context:?}");
        }
    }
}

#[test]
fn plain_operator_on_many_values_is_sure_if_they_agree() {
    for (name, policy, yes, no) in all() {
        assert_eq!(holds(name, &[policy], &Context::new().with_many(KEY, [*yes, *yes])), Match::Yes, "{name}");
        assert_eq!(holds(name, &[policy], &Context::new().with_many(KEY, [*no, *no])), Match::No, "{name}");
        assert_eq!(holds(name, &[policy], &Context::new().with_many(KEY, [*yes, *no])), depends(), "{name}");
    }
}

#[test]
fn one_policy_value_suffices_and_none_for_negated_operators() {
    for (name, policy, yes, no) in POSITIVE {
        assert_eq!(holds(name, &["nothing", policy], &with(yes)), Match::Yes, "{name}");
        assert_eq!(holds(name, &["nothing", policy], &with(no)), Match::No, "{name}");
    }
    for (name, policy, yes, no) in NEGATED {
        assert_eq!(holds(name, &["nothing", policy], &with(yes)), Match::Yes, "{name}");
        assert_eq!(holds(name, &["nothing", policy], &with(no)), Match::No, "{name}");
    }
}

#[test]
fn no_values_in_the_policy_match_nothing() {
    for context in [with("a"), Context::closed()] {
        assert_eq!(holds("StringEquals", &[], &context), Match::No);
        assert_eq!(holds("StringNotEquals", &[], &context), Match::Yes);
    }
    assert_eq!(holds("StringEquals", &[], &Context::new()), Match::No, "whether the key is there or not");
    assert_eq!(holds("StringNotEquals", &[], &Context::new()), Match::Yes, "whether the key is there or not");
}

#[test]
fn value_that_the_operator_cannot_read_matches_nothing() {
    for (positive, negated, value, request) in [
        ("NumericEquals", Some("NumericNotEquals"), "ten", "10"),
        ("NumericEquals", None, "NaN", "NaN"),
        ("NumericLessThan", None, "inf", "1"),
        ("NumericEquals", None, "10", "ten"),
        ("DateEquals", Some("DateNotEquals"), "yesterday", "2024-01-01"),
        ("DateLessThan", None, "2024-01-01", "never"),
        ("Bool", None, "yes", "true"),
        ("Bool", None, "1", "true"),
        ("BinaryEquals", None, "not base64!", "not base64!"),
        ("IpAddress", Some("NotIpAddress"), "203.0.113.*", "203.0.113.7"),
        ("IpAddress", None, "203.0.113.0/33", "203.0.113.7"),
        ("IpAddress", None, "0.0.0.0/0", "AWS Internal"),
        ("ArnLike", Some("ArnNotLike"), "*", "arn:aws:s3:::b"),
        ("ArnEquals", Some("ArnNotEquals"), "arn:aws:s3:::b", "b"),
    ] {
        assert_eq!(holds(positive, &[value], &with(request)), Match::No, "{positive} {value} of {request}");
        if let Some(negated) = negated {
            assert_eq!(holds(negated, &[value], &with(request)), Match::Yes, "{negated} {value} of {request}");
        }
    }
}

#[test]
fn undecidable_key_is_sure_if_no_value_matters() {
    let unseen = Context::new();
    for (operator, value, sure) in [
        // No text matches, and an absent key does not either.
        ("NumericEquals", "ten", Match::No),
        ("NumericNotEquals", "ten", Match::Yes),
        ("ForAnyValue:ArnLike", "b", Match::No),
        // Every text matches; an absent key only where the operator says so.
        ("StringLikeIfExists", "*", Match::Yes),
        ("ForAllValues:StringLike", "*", Match::Yes),
    ] {
        assert_eq!(holds(operator, &[value], &unseen), sure, "{operator} {value}");
    }
    for (operator, value) in [
        ("StringLike", "*"),
        ("StringNotLike", "*"),
        ("ForAnyValue:StringLike", "*"),
        ("ForAnyValue:StringLikeIfExists", "*"),
        ("StringEqualsIfExists", "*"),
        ("IpAddress", "0.0.0.0/0"),
        ("NumericEqualsIfExists", "ten"),
        ("ForAllValues:NumericEquals", "ten"),
    ] {
        assert_eq!(holds(operator, &[value], &unseen), Match::depends_on("AWS:KEY"), "{operator} {value}");
    }
}

#[test]
fn null_asks_whether_the_key_is_there() {
    for (values, absent, present, unseen) in [
        (&["true"][..], Match::Yes, Match::No, depends()),
        (&["TRUE"], Match::Yes, Match::No, depends()),
        (&["false"], Match::No, Match::Yes, depends()),
        (&["true", "false"], Match::Yes, Match::Yes, Match::Yes),
        (&["maybe"], Match::No, Match::No, Match::No),
        (&[], Match::No, Match::No, Match::No),
    ] {
        assert_eq!(holds("Null", values, &Context::new().absent(KEY)), absent, "{values:?}");
        assert_eq!(holds("Null", values, &Context::new().with_many(KEY, [""; 0])), absent, "{values:?}");
        assert_eq!(holds("Null", values, &with("x")), present, "{values:?}");
        assert_eq!(holds("Null", values, &Context::closed().undecidable(KEY)), unseen, "{values:?}");
        assert_eq!(holds("Null", values, &with("")), unseen, "an empty string may be null: {values:?}");
    }
}

#[test]
fn an_unknown_operator_is_never_decided() {
    for operator in ["StringMatches", "NullIfExists", "ForAllValues:Null", "StringMatchesIfExists"] {
        for context in [with("a"), Context::closed().absent(KEY), Context::closed().undecidable(KEY)] {
            assert_eq!(holds(operator, &["a"], &context), depends(), "{operator}");
        }
    }
}

#[test]
fn only_like_knows_wildcards() {
    assert_eq!(holds("StringEquals", &["a*"], &with("ab")), Match::No);
    assert_eq!(holds("StringEquals", &["a*"], &with("a*")), Match::Yes);
    assert_eq!(holds("StringEqualsIgnoreCase", &["A?"], &with("ab")), Match::No);
    assert_eq!(holds("StringLike", &["A*"], &with("ab")), Match::No, "case counts");
    assert_eq!(holds("StringLike", &["*"], &with("")), Match::Yes);
}

#[test]
fn addresses_of_both_families_with_and_without_prefix() {
    for (net, address, within) in [
        ("203.0.113.7", "203.0.113.7", true),
        ("203.0.113.7", "203.0.113.8", false),
        ("203.0.113.9/24", "203.0.113.200", true),
        ("0.0.0.0/0", "198.51.100.1", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:DB8:0:1::5", true),
        ("2001:db8::1", "2001:db8:0:0::1", true),
        ("::/0", "198.51.100.1", false),
    ] {
        assert_eq!(holds("IpAddress", &[net], &with(address)), within.into(), "{net} {address}");
        assert_eq!(holds("NotIpAddress", &[net], &with(address)), (!within).into(), "{net} {address}");
    }
}

#[test]
fn dates_are_taken_in_all_their_forms() {
    for date in [
        "2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00.000Z",
        "2024-01-01T00:00Z",
        "2023-12-31T19:00:00-05:00",
        "2024-01-01T00:00:00",
        "2024-01-01",
        "2024-01",
        "1704067200",
    ] {
        assert_eq!(holds("DateEquals", &[date], &with("2024-01-01T00:00:00Z")), Match::Yes, "{date}");
    }
}

#[test]
fn numbers_are_compared_exactly() {
    assert_eq!(holds("NumericEquals", &["9007199254740993"], &with("9007199254740992")), Match::No);
    assert_eq!(holds("NumericLessThan", &["0"], &with("-0.0")), Match::No);
    assert_eq!(holds("NumericEquals", &["0"], &with("-0.0")), Match::Yes);
    assert_eq!(holds("NumericLessThan", &["9"], &with("10")), Match::No, "not as text");
}

#[test]
fn a_variable_takes_its_value_from_the_request() {
    let context = with("ann").with("aws:username", "ann");
    assert_eq!(holds("StringEquals", &["${aws:username}"], &context), Match::Yes);
    assert_eq!(holds("StringEquals", &["${AWS:UserName}"], &context), Match::Yes, "case does not count");
    assert_eq!(holds("StringEquals", &["${ aws:username , 'x'}"], &context), Match::Yes);
    assert_eq!(holds("StringNotEquals", &["${aws:username}"], &context), Match::No);
    assert_eq!(holds("StringLike", &["a${aws:username}*"], &with("aann-x").with("aws:username", "ann")), Match::Yes);
    let arn = with("arn:aws:iam::1:user/ann").with("aws:username", "ann");
    assert_eq!(holds("ArnLike", &["arn:aws:iam::*:user/${aws:username}"], &arn), Match::Yes);
    let whole = with("arn:aws:iam::1:user/ann").with("aws:PrincipalArn", "arn:aws:iam::1:user/ann");
    assert_eq!(holds("ArnEquals", &["${aws:PrincipalArn}"], &whole), Match::Yes);
}

#[test]
fn a_document_of_2008_has_no_variables() {
    let condition = condition("StringLike", &["${aws:username}"]);
    assert_eq!(condition.holds(Version::V2008, &with("ann").with("aws:username", "ann")), Match::No);
    assert_eq!(condition.holds(Version::V2008, &with("${aws:username}")), Match::Yes);
    let star = self::condition("StringLike", &["${*}"]);
    assert_eq!(star.holds(Version::V2008, &with("${anything}")), Match::Yes, "there it is a wildcard in braces");
}

#[test]
fn a_variable_without_a_value_matches_nothing() {
    let context = with("ann");
    for value in ["${aws:username}", "*${aws:username}*"] {
        assert_eq!(holds("StringLike", &[value], &context), Match::No, "{value}");
        assert_eq!(holds("StringNotLike", &[value], &context), Match::Yes, "{value}");
    }
    assert_eq!(holds("StringEquals", &["${aws:username}", "ann"], &context), Match::Yes, "the other value does");
    assert_eq!(holds("ArnLike", &["arn:aws:iam::1:user/${aws:username}"], &with("arn:aws:iam::1:user/")), Match::No);
}

#[test]
fn a_variable_without_a_value_takes_its_default() {
    assert_eq!(holds("StringEquals", &["${aws:username, 'ann'}"], &with("ann")), Match::Yes);
    assert_eq!(holds("StringEquals", &["${aws:username,'a}n'}"], &with("a}n")), Match::Yes);
    assert_eq!(holds("StringEquals", &["${aws:username, ''}x"], &with("x")), Match::Yes);
    let empty = with("ann").with_many("aws:username", [""; 0]);
    assert_eq!(holds("StringEquals", &["${aws:username, 'ann'}"], &empty), Match::Yes);
    assert_eq!(holds("StringEquals", &["${aws:username}ann"], &empty), Match::No);
    assert_eq!(holds("StringEquals", &["${aws:username, 'ann'}"], &with("ann").with("aws:username", "bob")), Match::No);
    assert_eq!(holds("StringLike", &["${aws:username, '*'}"], &with("ann")), Match::No, "which is no wildcard");
}

#[test]
fn an_undecidable_variable_leaves_open_what_it_could_fit() {
    let context = with("team/ann").undecidable("aws:username");
    for value in ["${aws:username}", "team/${aws:username}", "${aws:username, 'x'}", "*${aws:username}"] {
        assert_eq!(holds("StringLike", &[value], &context), Match::depends_on("aws:username"), "{value}");
        assert_eq!(holds("StringNotLike", &[value], &context), Match::depends_on("aws:username"), "{value}");
    }
    assert_eq!(holds("StringLike", &["other/${aws:username}"], &context), Match::No, "whatever the name is");
    assert_eq!(holds("StringLike", &["other/${aws:username}", "team/*"], &context), Match::Yes, "the other value does");
    let arn = with("arn:aws:iam::1:user/ann").undecidable("aws:PrincipalArn");
    assert_eq!(holds("ArnLike", &["${aws:PrincipalArn}"], &arn), Match::depends_on("aws:PrincipalArn"));
    assert_eq!(holds("ArnLike", &["arn:aws:s3:::${aws:PrincipalArn}"], &arn), Match::No);
    assert_eq!(holds("StringEqualsIgnoreCase", &["TEAM/${aws:username}"], &context), Match::depends_on("aws:username"));
}

#[test]
fn what_comes_from_a_variable_is_no_wildcard() {
    let context = |value: &str| with(value).with("aws:username", "*");
    assert_eq!(holds("StringLike", &["${aws:username}"], &context("ann")), Match::No);
    assert_eq!(holds("StringLike", &["${aws:username}"], &context("*")), Match::Yes);
    assert_eq!(holds("StringLike", &["a${*}"], &with("ab")), Match::No);
    assert_eq!(holds("StringLike", &["a${*}*"], &with("a*b")), Match::Yes);
    assert_eq!(holds("StringLike", &["a${?}"], &with("ab")), Match::No);
    assert_eq!(holds("StringLike", &["a${?}"], &with("a?")), Match::Yes);
    assert_eq!(holds("StringEquals", &["${$}{x}"], &with("${x}")), Match::Yes);
    assert_eq!(holds("StringEquals", &["$a{b}$"], &with("$a{b}$")), Match::Yes, "no variable at all");
}

#[test]
fn a_variable_with_several_values_is_never_decided() {
    let context = with("a").with_many("aws:TagKeys", ["a", "b"]);
    assert_eq!(holds("StringEquals", &["${aws:TagKeys}"], &context), Match::depends_on("aws:TagKeys"));
}

#[test]
fn a_broken_variable_is_never_decided() {
    for value in ["${aws:username", "${}", "${aws:username, x}", "${aws:username, 'x}", "${a${b}}"] {
        let context = with("anything").with("aws:username", "anything");
        assert!(matches!(holds("StringEquals", &[value], &context), Match::Depends(_)), "{value}");
    }
}

#[test]
fn only_text_and_arns_have_variables() {
    let context = |value: &str| with(value).with("aws:x", value);
    for (operator, value) in [
        ("NumericEquals", "1"),
        ("DateEquals", "2024-01-01"),
        ("BinaryEquals", "QmluYXJ5"),
        ("IpAddress", "203.0.113.7"),
    ] {
        assert_eq!(holds(operator, &["${aws:x}"], &context(value)), Match::No, "{operator}");
    }
    assert_eq!(
        holds("Bool", &["${aws:x}"], &context("true")),
        Match::depends_on("aws:x"),
        "AWS's pages contradict each other"
    );
}

#[test]
fn one_of_several_values_decides_only_what_all_decide() {
    let context = Context::closed().with_one_of(KEY, ["1.2", "1.3"]);
    for (operator, value, expected) in [
        ("NumericLessThan", "1.2", Match::No),
        ("NumericLessThan", "1.3", depends()),
        ("NumericLessThan", "1.4", Match::Yes),
        ("NumericNotEquals", "1.1", Match::Yes),
        ("StringEquals", "1.2", depends()),
        ("StringLikeIfExists", "1.*", Match::Yes),
        ("Null", "true", Match::No),
        ("Null", "false", Match::Yes),
    ] {
        assert_eq!(holds(operator, &[value], &context), expected, "{operator} {value}");
    }
    let none = Context::closed().with_one_of(KEY, [""; 0]);
    assert_eq!(holds("StringEquals", &["a"], &none), depends());
    let variable = Context::closed().with(KEY, "a").with_one_of("aws:x", ["a", "b"]);
    assert_eq!(holds("StringEquals", &["${aws:x}"], &variable), Match::depends_on("aws:x"));
}
