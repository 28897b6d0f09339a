use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::exemption::{Who, by_arn};
use super::*;
use crate::iam::{Context, Who as Asker};

const FULL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn scp(statements: &Value) -> Document {
    parse_scp(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

fn deny(rest: &Value) -> Document {
    let mut statement = json!({"Effect": "Deny", "Resource": "*"});
    for (key, value) in rest.as_object().unwrap() {
        statement[key] = value.clone();
    }
    if statement.get("NotResource").is_some() {
        statement.as_object_mut().unwrap().remove("Resource");
    }
    scp(&statement)
}

/// What the SCPs say of leaving, with `FullAWSAccess` beside them at each of two levels.
fn leaving(document: &Document, context: &Context) -> Denied {
    asked(&[&[document], &[]], "organizations:LeaveOrganization", "*", context)
}

fn asked(levels: &[&[&Document]], action: &str, resource: &str, context: &Context) -> Denied {
    let full = Document::parse(FULL).unwrap();
    let with: Vec<Vec<&Document>> = levels.iter().map(|level| [&[&full], *level].concat()).collect();
    let levels: Vec<Level<'_>> = with.iter().map(|policies| Level { policies, open: false }).collect();
    denied(&levels, &Request { who: Asker::Identity, action, resource, context })
}

fn depends(keys: &[&str]) -> Denied {
    Denied::Depends(keys.iter().map(|key| (*key).to_owned()).collect())
}

fn is_yes(denied: &Denied) -> bool {
    matches!(denied, Denied::Yes(_))
}

#[test]
fn a_deny_must_cover_the_whole_of_a_request() {
    let any = Context::new().with("aws:RequestedRegion", "us-east-1");
    let mut wrong = Vec::new();
    for (rest, yes) in [
        (json!({"Action": "organizations:LeaveOrganization"}), true),
        (json!({"Action": "organizations:*"}), true),
        (json!({"Action": "*"}), true),
        (json!({"NotAction": "iam:*"}), true),
        (json!({"NotAction": "organizations:Leave*"}), false),
        (json!({"Action": "iam:*"}), false),
        (json!({"Action": "*", "Resource": "arn:aws:s3:::x"}), false),
        (json!({"Action": "*", "NotResource": "arn:aws:s3:::x"}), false),
        (json!({"Action": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}), true),
        (json!({"Action": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}), false),
        (json!({"Action": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}), false),
    ] {
        if is_yes(&leaving(&deny(&rest), &any)) != yes {
            wrong.push(rest);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_undecidable_condition_is_named_and_does_not_deny() {
    let guard = deny(&json!({"Action": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}));
    assert_eq!(leaving(&guard, &Context::new()), depends(&["aws:MultiFactorAuthPresent"]));
    let part = deny(&json!({"Action": "*", "Resource": "arn:aws:s3:::x"}));
    assert_eq!(leaving(&part, &Context::new()), depends(&[]));
    assert_eq!(leaving(&deny(&json!({"Action": "iam:*"})), &Context::new()), Denied::No);
}

#[test]
fn a_level_without_a_touching_allow_denies_unless_it_is_open() {
    let full = Document::parse(FULL).unwrap();
    let allow = |action: &str| scp(&json!({"Effect": "Allow", "Action": action, "Resource": "*"}));
    let (s3, all, conditional) = (
        allow("s3:*"),
        allow("*"),
        scp(&json!({"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}})),
    );
    let part = scp(&json!({"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/a"}));
    let region = |name: &str| Context::new().with("aws:RequestedRegion", name);
    let mut wrong = Vec::new();
    for (name, document, context, open, yes) in [
        ("another service", &s3, Context::new(), false, true),
        ("another service, open", &s3, Context::new(), true, false),
        ("all", &all, Context::new(), false, false),
        ("an undecidable condition", &conditional, Context::new(), false, false),
        ("a true condition", &conditional, region("us-east-1"), false, false),
        ("a false condition", &conditional, region("eu-west-1"), false, true),
        ("a part of the resource", &part, Context::new(), false, false),
    ] {
        for at in [0, 1] {
            let (everything, own) = ([&full], [document]);
            let mut levels = [Level { policies: &everything, open: false }; 2];
            levels[at] = Level { policies: &own, open };
            let request = Request {
                who: Asker::Identity,
                action: "iam:CreateRole",
                resource: "arn:aws:iam::1:*",
                context: &context,
            };
            let told = denied(&levels, &request);
            let is_right = match &told {
                Denied::Yes(denial) => yes && denial.missing_allow == [at] && denial.exempts == Exempts::NoOne,
                Denied::No | Denied::Depends(_) => !yes,
            };
            if !is_right {
                wrong.push(format!("{name} at {at}: {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn two_denies_that_add_up_do_not_cover_everything() {
    let (some, rest) = (deny(&json!({"Action": "iam:*"})), deny(&json!({"NotAction": "iam:*"})));
    assert!(!is_yes(&asked(&[&[&some], &[&rest]], "*", "*", &Context::new())));
    for all in ["*", "*:*"] {
        assert!(is_yes(&asked(&[&[&deny(&json!({"Action": all}))], &[]], "*", "*", &Context::new())), "{all}");
    }
}

#[test]
fn a_document_with_a_principal_is_no_scp() {
    for name in ["Principal", "NotPrincipal"] {
        let text = json!({"Statement": {"Effect": "Deny", name: "*", "Action": "*", "Resource": "*"}}).to_string();
        assert_eq!(parse_scp(&text).unwrap_err().to_string(), "an SCP has no \"Principal\"");
    }
    assert!(parse_scp("{").is_err());
}

#[test]
fn a_pattern_of_arns_takes_no_one_the_named_or_everyone() {
    let mut wrong = Vec::new();
    for (resource, who) in [
        ("role/aws-service-role/*", Who::NoOne),
        ("role/aws-service-role/ops.amazonaws.com/x", Who::NoOne),
        ("role/ops", Who::Named),
        ("role/ops*", Who::Named),
        ("role/ops/*", Who::Named),
        ("role/*/ops*", Who::Named),
        ("role/*ops", Who::Named),
        ("user/ann", Who::Named),
        ("role/*", Who::Everyone),
        ("role/?ps", Who::Everyone),
        ("user/*", Who::Everyone),
        ("*", Who::Everyone),
        ("root", Who::Everyone),
        ("*/ops", Who::Everyone),
        ("role/aws-reserved/sso.amazonaws.com/*", Who::IdentityCenter),
        ("role/aws-reserved/*", Who::IdentityCenter),
        ("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO*", Who::IdentityCenter),
        ("role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_*", Who::IdentityCenter),
        ("role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*", Who::Named),
        ("role/*AWSReservedSSO_Admin*", Who::Named),
        ("role/*eu-west-1/*", Who::IdentityCenter),
        ("role/*west-1/*", Who::IdentityCenter),
        ("role/*eu-west-1/Ops*", Who::Named),
        ("role/ops/*", Who::Named),
        ("role/*AWSReservedSSO_*", Who::IdentityCenter),
        ("role/aws*", Who::IdentityCenter),
        ("role/a*", Who::IdentityCenter),
        ("role/*AWS*", Who::IdentityCenter),
        ("role/aws-reserved/sso.amazonaws.com/eu-*", Who::IdentityCenter),
        ("role/*ops/*", Who::Named),
        ("role/*/*", Who::Everyone),
        ("user/a*", Who::Named),
    ] {
        let told = by_arn(&format!("arn:aws:iam::*:{resource}"));
        if told != who {
            wrong.push(format!("{resource}: {told:?}"));
        }
    }
    for (pattern, who) in [
        ("*", Who::Everyone),
        ("arn:aws:sts::*:assumed-role/ops/*", Who::NoOne),
        ("arn:*:iam::*:role/ops", Who::Named),
        ("arn:aws:ec2::*:role/ops", Who::Everyone),
        ("", Who::Everyone),
    ] {
        let told = by_arn(pattern);
        if told != who {
            wrong.push(format!("{pattern}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_denial_leaves_out_whom_its_worst_value_takes() {
    let named = "arn:aws:iam::*:role/ops";
    let center = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*";
    let service = "arn:aws:iam::*:role/aws-service-role/*";
    let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<BTreeSet<_>>();
    let mut wrong = Vec::new();
    for operator in ["ArnNotLike", "ArnNotEquals", "StringNotLike", "ArnNotLikeIfExists", "StringNotLikeIfExists"] {
        for (values, exempts) in [
            (json!([service]), Some(Exempts::NoOne)),
            (json!([named, service]), Some(Exempts::Named(set(&[named])))),
            (json!([named, center]), Some(Exempts::IdentityCenter(set(&[named, center])))),
            (json!([named, "arn:aws:iam::*:role/*"]), None),
            (json!(["arn:aws:iam::*:role/${aws:username}"]), None),
            (json!(["*"]), None),
            (json!(["arn:aws:iam::*"]), None),
            (json!([named, "*"]), None),
        ] {
            let guard = deny(&json!({"Action": "*", "Condition": {operator: {"aws:PrincipalArn": values}}}));
            let told = leaving(&guard, &Context::new());
            let is_right = match (&told, &exempts) {
                (Denied::Yes(denial), Some(exempts)) => denial.exempts == *exempts && denial.by == [(0, 1)],
                (told, None) => *told == depends(&["aws:PrincipalArn"]),
                _ => false,
            };
            if !is_right {
                wrong.push(format!("{operator} {values}: {told:?}"));
            }
        }
    }
    for (condition, yes) in [
        (json!({"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}), true),
        (json!({"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/${aws:username}"}}), false),
        (json!({"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ops"}}), true),
        (json!({"ForAllValues:ArnNotLike": {"aws:PrincipalArn": named}}), false),
        (json!({"ArnLike": {"aws:PrincipalArn": named}}), false),
        (json!({"ArnNotLike": {"aws:PrincipalArn": named}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}), false),
        (json!({"ArnNotLike": {"aws:PrincipalArn": named}, "StringEquals": {"aws:PrincipalTag/x": "y"}}), false),
    ] {
        let guard = deny(&json!({"Action": "*", "Condition": condition}));
        let told = leaving(&guard, &Context::new());
        if is_yes(&told) != yes {
            wrong.push(format!("{condition}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_variable_that_the_context_decides_is_substituted() {
    let arn = "arn:aws:iam::${aws:PrincipalAccount}:role/ops";
    let guard = deny(&json!({"Action": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": arn}}}));
    let known = Context::new().with("aws:PrincipalAccount", "111122223333");
    assert!(matches!(leaving(&guard, &known), Denied::Yes(Denial { exempts: Exempts::Named(_), .. })));
}

#[test]
fn of_several_denies_the_one_that_leaves_out_least_counts() {
    let by_all = |arns: &[&str]| deny(&json!({"Action": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": arns}}}));
    let by = |arn: &str| by_all(&[arn]);
    let (named, all) = (by("arn:aws:iam::*:role/ops"), deny(&json!({"Action": "*"})));
    let (two, one) = (by_all(&["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/b"]), by("arn:aws:iam::*:role/b"));
    let Denied::Yes(fewer) = asked(&[&[&two], &[&one]], "iam:CreateUser", "*", &Context::new()) else {
        panic!("not denied")
    };
    assert_eq!(fewer.by, [(1, 1)]);
    let Denied::Yes(denial) = asked(&[&[&named], &[&all]], "iam:CreateUser", "*", &Context::new()) else {
        panic!("not denied")
    };
    assert_eq!((denial.exempts, denial.by), (Exempts::NoOne, vec![(1, 1)]));
}

// A naive evaluator: a world gives each of four keys a value or none, and says of one action what two levels of at most three policies
// make of it.
const KEYS: [&str; 4] =
    ["aws:PrincipalArn", "aws:MultiFactorAuthPresent", "aws:RequestedRegion", "aws:PrincipalTag/team"];
const ACTIONS: [&str; 3] = ["s3:GetObject", "iam:CreateUser", "ec2:RunInstances"];
const ARNS: [&str; 4] = [
    "arn:aws:iam::111122223333:role/ops",
    "arn:aws:iam::111122223333:role/dev",
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
    "arn:aws:iam::111122223333:user/ann",
];

type World = [Option<&'static str>; 4];

fn worlds() -> Vec<World> {
    let mut all = Vec::new();
    for arn in ARNS {
        for mfa in [None, Some("true"), Some("false")] {
            for region in ["us-east-1", "eu-west-1"] {
                for team in [None, Some("a"), Some("b")] {
                    all.push([Some(arn), mfa, Some(region), team]);
                }
            }
        }
    }
    all
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|skip| rest.get(skip..).is_some_and(|rest| matches(after, rest)))),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => panic!("{value}"),
    }
}

fn applies(statement: &Value, action: &str, world: &World) -> bool {
    let takes = |value: &Value| texts(value).iter().any(|pattern| matches(pattern, action));
    let has_action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(actions), _) => takes(actions),
        (None, Some(actions)) => !takes(actions),
        (None, None) => panic!("{statement}"),
    };
    let holds = |operator: &str, key: &str, values: &Value| {
        let (operator, if_exists) =
            operator.strip_suffix("IfExists").map_or((operator, false), |operator| (operator, true));
        let is_negated = operator.contains("Not");
        let at = KEYS.iter().position(|known| *known == key).unwrap();
        match world[at] {
            None => is_negated || if_exists,
            Some(carried) => {
                let has_wildcards = operator.contains("Like") || operator.contains("Arn");
                let found = texts(values)
                    .iter()
                    .any(|value| if has_wildcards { matches(value, carried) } else { *value == carried });
                found != is_negated
            }
        }
    };
    has_action
        && statement["Condition"]
            .as_object()
            .unwrap()
            .iter()
            .all(|(operator, keys)| keys.as_object().unwrap().iter().all(|(key, values)| holds(operator, key, values)))
}

fn naively_denied(levels: &[Vec<Value>], action: &str, world: &World) -> bool {
    levels.iter().any(|policies| {
        let of =
            |effect: &str| policies.iter().filter(|one| one["Effect"] == effect).any(|one| applies(one, action, world));
        of("Deny") || !of("Allow")
    })
}

fn statements() -> impl Strategy<Value = Value> {
    let conditions = prop::collection::vec(
        (
            prop::sample::select(vec![
                "StringEquals",
                "StringNotEquals",
                "StringLike",
                "StringNotLike",
                "StringNotLikeIfExists",
            ]),
            0..4_usize,
            prop::collection::vec(0..5_usize, 1..3),
        ),
        0..3,
    );
    let actions = prop::collection::vec(prop::sample::select(vec!["*", "s3:*", "iam:CreateUser", "ec2:Run*"]), 1..3);
    (any::<bool>(), any::<bool>(), actions, conditions).prop_map(|(allows, not_action, actions, conditions)| {
        let mut condition = json!({});
        for (operator, key, values) in conditions {
            let of_key: [&[&str]; 4] = [
                &[
                    ARNS[0],
                    ARNS[1],
                    "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*",
                    "arn:aws:iam::*:role/*",
                    "*",
                ],
                &["true", "false", "true", "false", "*"],
                &["us-east-1", "eu-west-1", "us-*", "*", "x"],
                &["a", "b", "*", "x", "a"],
            ];
            condition[operator][KEYS[key]] = values.iter().map(|at| of_key[key][*at]).collect();
        }
        let name = if not_action { "NotAction" } else { "Action" };
        json!({"Effect": if allows { "Allow" } else { "Deny" }, name: actions, "Resource": "*", "Condition": condition})
    })
}

fn trees() -> impl Strategy<Value = Vec<Vec<Value>>> {
    prop::collection::vec(prop::collection::vec(statements(), 0..4), 2)
}

/// What the SCPs say where the Region alone is known.
fn judged(levels: &[Vec<Value>], action: &str, region: &str) -> Denied {
    let read: Vec<Vec<Document>> = levels.iter().map(|level| level.iter().map(scp).collect()).collect();
    let documents: Vec<Vec<&Document>> = read.iter().map(|level| level.iter().collect()).collect();
    let levels: Vec<Level<'_>> = documents.iter().map(|policies| Level { policies, open: false }).collect();
    let context = Context::new().with("aws:RequestedRegion", region);
    denied(&levels, &Request { who: Asker::Identity, action, resource: "*", context: &context })
}

/// Whether a denial leaves this principal out.
fn is_left_out(exempts: &Exempts, arn: &str) -> bool {
    match exempts {
        Exempts::NoOne => false,
        Exempts::Named(patterns) | Exempts::IdentityCenter(patterns) => {
            patterns.iter().any(|pattern| matches(pattern, arn))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_sure_answer_is_that_of_every_world(levels in trees(), action in prop::sample::select(ACTIONS.to_vec())) {
        for region in ["us-east-1", "eu-west-1"] {
            let told = judged(&levels, action, region);
            for world in worlds().iter().filter(|world| world[2] == Some(region)) {
                let naive = naively_denied(&levels, action, world);
                match &told {
                    Denied::Yes(denial) => {
                        let left_out = is_left_out(&denial.exempts, world[0].unwrap());
                        prop_assert!(naive || left_out, "{world:?} escapes {told:?}");
                    }
                    Denied::No => {
                        // An Allow with a condition touches, and in some worlds it does not hold.
                        let by_deny = levels.iter().flatten().any(|one| one["Effect"] == "Deny" && applies(one, action, world));
                        prop_assert!(!by_deny, "{world:?} is denied");
                    }
                    Denied::Depends(_) => {}
                }
            }
        }
    }

    #[test]
    fn one_more_deny_never_uncovers_a_request(
        levels in trees(),
        more in statements(),
        at in 0..2_usize,
        action in prop::sample::select(ACTIONS.to_vec()),
    ) {
        prop_assume!(more["Effect"] == "Deny");
        if let Denied::Yes(before) = judged(&levels, action, "us-east-1") {
            let mut with = levels.clone();
            with[at].push(more);
            let Denied::Yes(after) = judged(&with, action, "us-east-1") else { panic!("it is open") };
            prop_assert!(after.exempts.rank() <= before.exempts.rank());
        }
    }

    #[test]
    fn the_order_of_levels_and_policies_does_not_matter(
        levels in trees(),
        action in prop::sample::select(ACTIONS.to_vec()),
    ) {
        let mut turned = levels.clone();
        turned.reverse();
        for level in &mut turned {
            level.reverse();
        }
        let (one, other) = (judged(&levels, action, "eu-west-1"), judged(&turned, action, "eu-west-1"));
        match (one, other) {
            (Denied::Yes(one), Denied::Yes(other)) => prop_assert_eq!(one.exempts, other.exempts),
            (one, other) => prop_assert_eq!(one, other),
        }
    }
}
