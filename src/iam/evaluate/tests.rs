use super::super::{Principal, Principals, Version, counted};
use super::*;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const ANN: Who = Who::Aws { arn: "arn:aws:iam::111122223333:user/staff/ann", account: OWN };
const ROLE: Who = Who::Aws { arn: "arn:aws:iam::111122223333:role/app", account: OWN };
const SESSION: Who = Who::Aws { arn: "arn:aws:sts::111122223333:assumed-role/app/i-1", account: OWN };
const STRANGER: Who = Who::Aws { arn: "arn:aws:iam::444455556666:user/bob", account: OTHER };
const CLOUDTRAIL: Who = Who::Service { names: &["cloudtrail.amazonaws.com"] };
const BUCKET: &str = "arn:aws:s3:::b";
const LOGS: &str = "arn:aws:s3:::b/AWSLogs/111122223333/CloudTrail/*";

/// A document of these statements, each without its braces.
fn document(statements: &[&str]) -> Document {
    let statements: Vec<_> = statements.iter().map(|statement| format!("{{{statement}}}")).collect();
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn statement(elements: &str) -> Statement {
    document(&[elements]).statements.remove(0)
}

fn depends(keys: &[&str]) -> Decision {
    Decision::Depends(keys.iter().map(|key| (*key).to_owned()).collect())
}

const EXPLICIT: Decision = Decision::Denied { explicit: true };
const IMPLICIT: Decision = Decision::Denied { explicit: false };

fn ask<'a>(who: Who<'a>, action: &'a str, resource: &'a str, context: &'a Context) -> Request<'a> {
    Request { who, action, resource, context }
}

/// What these statements say to an identity, with nothing known of the request.
fn identity(statements: &[&str], action: &str, resource: &str) -> Decision {
    decide(&[&document(statements)], &ask(Who::Identity, action, resource, &Context::new()))
}

/// What these statements say to `who` about writing the logs, with nothing known of the request.
fn of_logs(statements: &[&str], who: Who) -> Decision {
    decide(&[&document(statements)], &ask(who, "s3:PutObject", LOGS, &Context::new()))
}

#[test]
fn nothing_is_allowed_that_no_statement_allows() {
    assert_eq!(decide(&[], &ask(Who::Identity, "s3:PutObject", LOGS, &Context::new())), IMPLICIT);
    assert_eq!(identity(&[], "s3:PutObject", LOGS), IMPLICIT);
    assert_eq!(identity(&[r#""Effect":"Allow","Action":"s3:Get*","Resource":"*""#], "s3:PutObject", LOGS), IMPLICIT);
}

#[test]
fn an_allow_must_cover_the_whole_of_the_request() {
    for (action, resource, decision) in [
        ("*", "*", Decision::Allowed),
        ("s3:PutObject", "arn:aws:s3:::b/*", Decision::Allowed),
        ("s3:Put*", "arn:aws:s3:::b/AWSLogs/*", Decision::Allowed),
        ("s3:PutObject", "arn:aws:s3:::b/AWSLogs/111122223333/CloudTrail/2024/*", IMPLICIT),
        ("s3:PutObject", "arn:aws:s3:::b/AWSLogs/111122223333/CloudTrail/x", IMPLICIT),
        ("s3:PutObject", "arn:aws:s3:::b", IMPLICIT),
        ("s3:PutObjectAcl", "*", IMPLICIT),
    ] {
        let allow = format!(r#""Effect":"Allow","Action":"{action}","Resource":"{resource}""#);
        assert_eq!(identity(&[&allow], "s3:PutObject", LOGS), decision, "{allow}");
    }
    let one = r#""Effect":"Allow","Action":"iam:CreateUser","Resource":"*""#;
    assert_eq!(identity(&[one], "iam:CreateUser", "*"), Decision::Allowed);
    assert_eq!(identity(&[one], "iam:*", "*"), IMPLICIT, "one action is not all");
}

#[test]
fn a_deny_that_touches_part_of_the_objects_stops_the_request() {
    for (action, resource, decision) in [
        ("*", "*", EXPLICIT),
        ("s3:PutObject", "arn:aws:s3:::b/AWSLogs/111122223333/CloudTrail/2024/*", EXPLICIT),
        ("s3:*", "arn:aws:s3:::b/*/us-west-2/*", EXPLICIT),
        ("s3:PutObject", "arn:aws:s3:::b/AWSLogs/444455556666/*", Decision::Allowed),
        ("s3:PutObject", "arn:aws:s3:::b", Decision::Allowed),
        ("s3:GetObject", "*", Decision::Allowed),
    ] {
        let deny = format!(r#""Effect":"Deny","Action":"{action}","Resource":"{resource}""#);
        let allow = r#""Effect":"Allow","Action":"*","Resource":"*""#;
        assert_eq!(identity(&[allow, &deny], "s3:PutObject", LOGS), decision, "{deny}");
        assert_eq!(identity(&[&deny, allow], "s3:PutObject", LOGS), decision, "{deny}, in the other order");
    }
    let deny = r#""Effect":"Deny","Action":"iam:DeleteUser","Resource":"*""#;
    let all = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    assert_eq!(identity(&[all, deny], "iam:*", "*"), EXPLICIT, "one action of all is denied");
}

#[test]
fn a_deny_alone_is_explicit_too() {
    assert_eq!(identity(&[r#""Effect":"Deny","Action":"*","Resource":"*""#], "s3:PutObject", LOGS), EXPLICIT);
}

#[test]
fn not_action_covers_and_touches_around_exceptions() {
    for (exceptions, action, covers, touches) in [
        (r#""iam:*""#, "s3:PutObject", true, true),
        (r#""iam:*""#, "iam:CreateUser", false, false),
        (r#""iam:*""#, "*", false, true),
        (r#""iam:CreateUser""#, "iam:*", false, true),
        (r#"["iam:*", "IAM:CreateUser"]"#, "iam:*", false, false),
        (r#""*""#, "s3:PutObject", false, false),
        ("[]", "*", true, true),
    ] {
        let statement = statement(&format!(r#""Effect":"Allow","NotAction":{exceptions},"Resource":"*""#));
        assert_eq!(statement.covers_action(action), covers, "all but {exceptions} covers {action}");
        assert_eq!(statement.touches_action(action), touches, "all but {exceptions} touches {action}");
    }
}

#[test]
fn not_resource_covers_and_touches_around_exceptions() {
    for (exceptions, covers, touches) in [
        (r#""arn:aws:s3:::c/*""#, Match::Yes, Match::Yes),
        (r#""arn:aws:s3:::b/AWSLogs/111122223333/CloudTrail/2024/*""#, Match::No, Match::Yes),
        (r#"["arn:aws:s3:::c/*", "arn:aws:s3:::b/*"]"#, Match::No, Match::No),
        (r#""*""#, Match::No, Match::No),
        ("[]", Match::Yes, Match::Yes),
    ] {
        let statement = statement(&format!(r#""Effect":"Deny","Action":"*","NotResource":{exceptions}"#));
        assert_eq!(statement.covers_resource(LOGS, &Context::new()), covers, "all but {exceptions}");
        assert_eq!(statement.touches_resource(LOGS, &Context::new()), touches, "all but {exceptions}");
    }
}

#[test]
fn covering_equals_touching_without_wildcards() {
    let context = Context::closed();
    for element in [
        r#""Action":"s3:*","Resource":"arn:aws:s3:::b/*""#,
        r#""NotAction":"s3:Get*","NotResource":"arn:aws:s3:::b""#,
        r#""Action":["s3:PutObject"],"NotResource":["arn:aws:s3:::b/k"]"#,
        r#""NotAction":"s3:PutObject","Resource":"*""#,
    ] {
        let statement = statement(&format!(r#""Effect":"Allow",{element}"#));
        for action in ["s3:PutObject", "s3:GetObject"] {
            for resource in ["arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::c/k"] {
                let request = ask(Who::Identity, action, resource, &context);
                assert_eq!(statement.covers(&request), statement.touches(&request), "{element} {action} {resource}");
            }
        }
    }
}

#[test]
fn no_action_and_no_resource_in_a_list_apply_to_nothing() {
    assert_eq!(identity(&[r#""Effect":"Allow","Action":[],"Resource":"*""#], "s3:PutObject", LOGS), IMPLICIT);
    assert_eq!(identity(&[r#""Effect":"Allow","Action":"*","Resource":[]"#], "s3:PutObject", LOGS), IMPLICIT);
}

#[test]
fn a_statement_without_a_resource_fits_any() {
    let trust = r#""Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole""#;
    let context = Context::new();
    let request = ask(Who::Service { names: &["ec2.amazonaws.com"] }, "sts:AssumeRole", "*", &context);
    assert_eq!(decide(&[&document(&[trust])], &request), Decision::Allowed);
}

#[test]
fn a_condition_that_hangs_on_the_unseen_leaves_an_allow_open() {
    let allow =
        r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#;
    assert_eq!(identity(&[allow], "s3:PutObject", LOGS), depends(&["aws:SourceIp"]));
    let unconditional = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    assert_eq!(identity(&[allow, unconditional], "s3:PutObject", LOGS), Decision::Allowed);
}

#[test]
fn all_conditions_must_hold_and_one_sure_no_is_enough() {
    let context = Context::new().with("aws:SourceAccount", OTHER).with("aws:SecureTransport", "true");
    let decide_with = |conditions: &str| {
        let allow = format!(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{{{conditions}}}"#);
        decide(&[&document(&[&allow])], &ask(Who::Identity, "s3:PutObject", LOGS, &context))
    };
    let unseen = r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#;
    let wrong = r#""StringEquals":{"aws:SourceAccount":"111122223333"}"#;
    let right = r#""Bool":{"aws:SecureTransport":true}"#;
    assert_eq!(decide_with(right), Decision::Allowed);
    assert_eq!(decide_with(&format!("{unseen},{wrong}")), IMPLICIT);
    assert_eq!(decide_with(&format!("{wrong},{unseen},{right}")), IMPLICIT);
    assert_eq!(decide_with(&format!("{right},{unseen}")), depends(&["aws:SourceIp"]));
    assert_eq!(
        decide_with(&format!(r#"{unseen},"Null":{{"aws:PrincipalOrgID":"false"}}"#)),
        depends(&["aws:SourceIp", "aws:PrincipalOrgID"])
    );
}

#[test]
fn possible_deny_leaves_only_allowed_requests_unknown() {
    let deny =
        r#""Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#;
    let allow = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    let maybe = r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#;
    assert_eq!(identity(&[allow, deny], "s3:PutObject", LOGS), depends(&["aws:SourceIp"]));
    assert_eq!(identity(&[deny], "s3:PutObject", LOGS), IMPLICIT);
    assert_eq!(identity(&[maybe, deny], "s3:PutObject", LOGS), depends(&["aws:SecureTransport", "aws:SourceIp"]));
    let sure = r#""Effect":"Deny","Action":"s3:*","Resource":"*""#;
    assert_eq!(identity(&[allow, deny, sure], "s3:PutObject", LOGS), EXPLICIT);
}

#[test]
fn an_absent_key_lets_a_negated_deny_through() {
    let statements = [
        r#""Effect":"Allow","Action":"*","Resource":"*""#,
        r#""Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
    ];
    let decide_with =
        |context: Context| decide(&[&document(&statements)], &ask(Who::Identity, "s3:PutObject", LOGS, &context));
    assert_eq!(decide_with(Context::new().absent("aws:PrincipalOrgID")), EXPLICIT);
    assert_eq!(decide_with(Context::new().with("aws:principalorgid", "o-1")), Decision::Allowed);
    assert_eq!(decide_with(Context::new()), depends(&["aws:PrincipalOrgID"]));
}

#[test]
fn an_unknown_operator_leaves_the_answer_open() {
    let allow = r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringResembles":{"aws:SourceArn":"x"}}"#;
    let context = Context::closed().with("aws:SourceArn", "x");
    let request = ask(Who::Identity, "s3:PutObject", LOGS, &context);
    assert_eq!(decide(&[&document(&[allow])], &request), depends(&["aws:SourceArn"]));
}

#[test]
fn several_documents_are_taken_together() {
    let allow = document(&[r#""Effect":"Allow","Action":"*","Resource":"*""#]);
    let deny = document(&[r#""Effect":"Deny","Action":"s3:*","Resource":"*""#]);
    let context = Context::new();
    let request = ask(Who::Identity, "s3:PutObject", LOGS, &context);
    assert_eq!(decide(&[&allow, &deny], &request), EXPLICIT);
    assert_eq!(decide(&[&allow], &request), Decision::Allowed);
}

#[test]
fn a_principal_fits_whom_it_names_and_nobody_else() {
    let federated = Who::Federated { provider: "cognito-identity.amazonaws.com" };
    let root = Who::Root { account: OWN };
    let token = Who::Aws { arn: "arn:aws:sts::555566667777:federated-user/app", account: "555566667777" };
    let everybody = [ANN, ROLE, SESSION, STRANGER, CLOUDTRAIL, federated, token, root, Who::Anonymous];
    for (principal, fits) in [
        (r#""*""#, &everybody[..]),
        (r#"{"AWS":"*"}"#, &everybody),
        (r#"{"AWS":"111122223333"}"#, &[ANN, ROLE, SESSION, root]),
        (r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, &[ANN, ROLE, SESSION, root]),
        (r#"{"AWS":"arn:aws-cn:iam::111122223333:root"}"#, &[ANN, ROLE, SESSION, root]),
        (r#"{"AWS":"arn:aws:iam::111122223333:user/staff/ann"}"#, &[ANN]),
        (r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#, &[ROLE, SESSION]),
        (r#"{"AWS":"arn:aws:iam::111122223333:role/with/path/app"}"#, &[SESSION]),
        (r#"{"AWS":"arn:aws:iam::111122223333:role/application"}"#, &[]),
        (r#"{"AWS":"arn:aws:iam::444455556666:role/app"}"#, &[]),
        (r#"{"AWS":"arn:aws-cn:iam::111122223333:role/app"}"#, &[]),
        (r#"{"AWS":"arn:aws:iam::555566667777:user/app"}"#, &[]),
        (r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/app/i-1"}"#, &[SESSION]),
        (r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#, &[]),
        (r#"{"AWS":"arn:aws:iam::*:root"}"#, &[]),
        (r#"{"AWS":"11112222333?"}"#, &[]),
        (r#"{"AWS":"AIDAEXAMPLE"}"#, &[]),
        (r#"{"AWS":["AROAEXAMPLE","444455556666"]}"#, &[STRANGER]),
        (r#"{"Service":"cloudtrail.amazonaws.com"}"#, &[CLOUDTRAIL]),
        (r#"{"Service":"*"}"#, &[]),
        (r#"{"Service":"cloudwatch.amazonaws.com"}"#, &[]),
        (r#"{"Federated":"cognito-identity.amazonaws.com"}"#, &[federated]),
        (r#"{"Federated":"*"}"#, &[]),
        (r#"{"CanonicalUser":"111122223333"}"#, &[]),
        (r#"{"aws":"*"}"#, &[]),
        ("{}", &[]),
    ] {
        let statement = statement(&format!(r#""Effect":"Allow","Principal":{principal},"Action":"*","Resource":"*""#));
        for who in &everybody {
            assert_eq!(statement.fits(who), fits.contains(who), "{principal} fits {who:?}");
        }
    }
}

#[test]
fn a_service_fits_by_any_of_its_names() {
    let who = Who::Service { names: &["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] };
    assert!(Principal::Service("ec2.amazonaws.com.cn".into()).names(&who));
    assert!(!Principal::Service("ec2".into()).names(&who));
    assert!(!Principals::AllBut(vec![Principal::Service("ec2.amazonaws.com.cn".into())]).fit(&who));
}

#[test]
fn not_principal_fits_everybody_whom_it_does_not_name() {
    for (principal, fits) in [
        (r#"{"AWS":"111122223333"}"#, [false, true, true, true]),
        (r#"{"AWS":"arn:aws:iam::444455556666:user/bob"}"#, [true, false, true, true]),
        (r#"{"Service":"cloudtrail.amazonaws.com"}"#, [true, true, false, true]),
        (r#""*""#, [false; 4]),
        ("{}", [true; 4]),
    ] {
        for effect in ["Allow", "Deny"] {
            let statement =
                statement(&format!(r#""Effect":"{effect}","NotPrincipal":{principal},"Action":"*","Resource":"*""#));
            for (who, fits) in [ANN, STRANGER, CLOUDTRAIL, Who::Anonymous].iter().zip(fits) {
                assert_eq!(statement.fits(who), fits, "{effect} to all but {principal} fits {who:?}");
            }
        }
    }
}

#[test]
fn a_deny_to_all_but_the_account_stops_the_service() {
    let allow =
        r#""Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"*""#;
    let deny = r#""Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*""#;
    let but_for =
        r#""Effect":"Deny","NotPrincipal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:*","Resource":"*""#;
    assert_eq!(of_logs(&[allow, deny], CLOUDTRAIL), EXPLICIT);
    assert_eq!(of_logs(&[allow, but_for], CLOUDTRAIL), Decision::Allowed);
    assert_eq!(of_logs(&[allow, but_for], ANN), EXPLICIT);
    assert_eq!(of_logs(&[allow], ANN), IMPLICIT);
}

#[test]
fn a_statement_without_a_principal_is_for_identities() {
    let (allow, deny) =
        (r#""Effect":"Allow","Action":"*","Resource":"*""#, r#""Effect":"Deny","Action":"*","Resource":"*""#);
    assert_eq!(of_logs(&[allow], Who::Identity), Decision::Allowed);
    assert_eq!(of_logs(&[allow], ANN), IMPLICIT);
    assert_eq!(of_logs(&[deny], ANN), EXPLICIT, "in doubt a Deny denies");
}

#[test]
fn an_identity_is_not_judged_by_the_principal() {
    let named = r#""Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"*","Resource":"*""#;
    let but_named = r#""Effect":"Allow","NotPrincipal":"*","Action":"*","Resource":"*""#;
    assert_eq!(of_logs(&[named], Who::Identity), Decision::Allowed);
    assert_eq!(of_logs(&[but_named], Who::Identity), Decision::Allowed);
}

#[test]
fn a_variable_in_a_resource_is_decided_by_the_context() {
    let allow = statement(r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*""#);
    let mine = "arn:aws:s3:::b/ann/*";
    for (context, covers) in [
        (Context::new().with("aws:username", "ann"), Match::Yes),
        (Context::new().with("aws:username", "bob"), Match::No),
        (Context::new().with("aws:username", "*"), Match::No),
        (Context::new().absent("aws:username"), Match::No),
        (Context::new(), Match::depends_on("aws:username")),
    ] {
        assert_eq!(allow.covers_resource(mine, &context), covers, "{context:?}");
        assert_eq!(allow.touches_resource(mine, &context), covers, "{context:?}");
    }
    assert_eq!(allow.covers_resource("arn:aws:s3:::c/ann/*", &Context::new()), Match::No, "whatever the name is");
    assert_eq!(allow.touches_resource("arn:aws:s3:::c/ann/*", &Context::new()), Match::No, "whatever the name is");
}

#[test]
fn a_variable_in_not_resource_is_decided_the_other_way_round() {
    let deny = statement(r#""Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::b/${aws:username}/*""#);
    let mine = "arn:aws:s3:::b/ann/*";
    for (context, touches) in [
        (Context::new().with("aws:username", "ann"), Match::No),
        (Context::new().with("aws:username", "bob"), Match::Yes),
        (Context::new().absent("aws:username"), Match::Yes),
        (Context::new(), Match::depends_on("aws:username")),
    ] {
        assert_eq!(deny.touches_resource(mine, &context), touches, "{context:?}");
        assert_eq!(deny.covers_resource(mine, &context), touches, "{context:?}");
    }
    assert_eq!(deny.touches_resource("arn:aws:s3:::c/ann/*", &Context::new()), Match::Yes, "whatever the name is");
}

#[test]
fn a_resource_takes_a_default_and_literal_wildcards() {
    let context = Context::closed();
    let covers = |resource: &str, asked: &str| {
        statement(&format!(r#""Effect":"Allow","Action":"*","Resource":"{resource}""#)).covers_resource(asked, &context)
    };
    assert_eq!(covers("arn:aws:s3:::b-${aws:PrincipalTag/team, 'all'}", "arn:aws:s3:::b-all"), Match::Yes);
    assert_eq!(covers("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x"), Match::No);
    assert_eq!(covers("arn:aws:s3:::b/x${$}${?}*", "arn:aws:s3:::b/x$"), Match::No);
    assert_eq!(covers("arn:aws:s3:::b/x${$}*", "arn:aws:s3:::b/x$y"), Match::Yes);
}

#[test]
fn a_variable_before_the_fifth_colon_is_never_sure_to_fit() {
    let context = Context::closed().with("aws:PrincipalAccount", OWN);
    let allow = statement(r#""Effect":"Allow","Action":"*","Resource":"arn:aws:sns:*:${aws:PrincipalAccount}:topic""#);
    let own = allow.covers_resource("arn:aws:sns:us-east-1:111122223333:topic", &context);
    assert_eq!(own, Match::depends_on("aws:PrincipalAccount"));
    assert_eq!(allow.covers_resource("arn:aws:sns:us-east-1:444455556666:topic", &context), Match::No);
    let late = statement(r#""Effect":"Allow","Action":"*","Resource":"arn:aws:sns:*:*:${aws:PrincipalAccount}-topic""#);
    assert_eq!(late.covers_resource("arn:aws:sns:us-east-1:1:111122223333-topic", &context), Match::Yes);
}

#[test]
fn a_resource_of_2008_has_no_variables() {
    let mut allow = statement(r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*""#);
    allow.version = Version::V2008;
    let context = Context::closed().with("aws:username", "ann");
    assert_eq!(allow.covers_resource("arn:aws:s3:::b/ann/x", &context), Match::No);
    assert_eq!(allow.covers_resource("arn:aws:s3:::b/${aws:username}/x", &context), Match::Yes);
}

#[test]
fn the_pieces_can_be_judged_one_at_a_time() {
    let statement = statement(
        r#""Effect":"Allow","Action":"s3:Put*","Resource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#,
    );
    assert!(
        statement.covers_action("s3:PutObject") && statement.touches_action("s3:*") && !statement.covers_action("s3:*")
    );
    assert_eq!(statement.covers_resource(LOGS, &Context::new()), Match::Yes);
    assert_eq!(statement.touches_resource(BUCKET, &Context::new()), Match::No);
    assert_eq!(statement.condition(&Context::new()), Match::depends_on("aws:SecureTransport"));
    assert_eq!(statement.condition(&Context::new().with("aws:securetransport", "false")), Match::No);
}

/// What CloudTrail's console writes, and what becomes of it by one change.
#[test]
fn documented_trail_policy_allows_cloudtrail() {
    let trail = "arn:aws:cloudtrail:us-west-2:111122223333:trail/main";
    let acl = r#""Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::b",
        "Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudtrail:us-west-2:111122223333:trail/main"}}"#;
    let write = r#""Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject",
        "Resource":"arn:aws:s3:::b/AWSLogs/111122223333/*","Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control",
        "aws:SourceArn":"arn:aws:cloudtrail:us-west-2:111122223333:trail/main"}}"#;
    let plain_http = r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],
        "Condition":{"Bool":{"aws:SecureTransport":"false"}}"#;
    let context =
        Context::new().with("aws:SourceArn", trail).with("aws:SecureTransport", "true").with("aws:SourceAccount", OWN);
    let with_acl = context.clone().with("s3:x-amz-acl", "bucket-owner-full-control");
    let decide_with = |statements: &[&str]| {
        let document = document(statements);
        (
            decide(&[&document], &ask(CLOUDTRAIL, "s3:GetBucketAcl", BUCKET, &context)),
            decide(&[&document], &ask(CLOUDTRAIL, "s3:PutObject", LOGS, &with_acl)),
        )
    };
    assert_eq!(decide_with(&[acl, write, plain_http]), (Decision::Allowed, Decision::Allowed));
    assert_eq!(decide_with(&[acl, plain_http]), (Decision::Allowed, IMPLICIT));
    let of_another = write.replace("trail/main", "trail/other");
    assert_eq!(decide_with(&[acl, &of_another]), (Decision::Allowed, IMPLICIT));
    let encrypted = r#""Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":
        {"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}"#;
    assert_eq!(
        decide_with(&[acl, write, encrypted]),
        (Decision::Allowed, depends(&["s3:x-amz-server-side-encryption"])),
        "the header is not known, and only the write has it"
    );
}

const ALL: &str = r#""Effect":"Allow","Action":"*","Resource":"*""#;
const ONLY_S3: &str = r#""Effect":"Allow","Action":"s3:*","Resource":"*""#;
const ONLY_IAM: &str = r#""Effect":"Allow","Action":"iam:*","Resource":"*""#;
const DENY: &str = r#""Effect":"Deny","Action":"s3:*","Resource":"*""#;
const MAYBE: &str =
    r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;

/// What identity policy, boundary and resource policy say together about `who` writing the logs.
fn together(
    who: Who,
    identity: &[&str],
    boundary: Option<&str>,
    resource: Option<&str>,
    same_account: bool,
) -> Decision {
    let (identity, boundary, resource) =
        (document(identity), boundary.map(|one| document(&[one])), resource.map(|one| document(&[one])));
    let policies = Policies { identity: &[&identity], boundary: boundary.as_ref(), resource: resource.as_ref() };
    may(&policies, &ask(who, "s3:PutObject", LOGS, &Context::new()), same_account)
}

fn granting(principal: &str) -> String {
    format!(r#""Effect":"Allow","Principal":{principal},"Action":"s3:*","Resource":"*""#)
}

#[test]
fn a_boundary_limits_what_identity_policies_allow() {
    for (boundary, decision) in [
        (None, Decision::Allowed),
        (Some(ALL), Decision::Allowed),
        (Some(ONLY_S3), Decision::Allowed),
        (Some(ONLY_IAM), IMPLICIT),
        (Some(DENY), EXPLICIT),
        (Some(MAYBE), depends(&["aws:MultiFactorAuthPresent"])),
    ] {
        for who in [ANN, SESSION, Who::Identity] {
            assert_eq!(together(who, &[ALL], boundary, None, true), decision, "{boundary:?} for {who:?}");
        }
    }
    assert_eq!(together(ANN, &[ONLY_IAM], Some(ALL), None, true), IMPLICIT, "a boundary grants nothing");
}

#[test]
fn a_deny_anywhere_wins() {
    let deny_all = r#""Effect":"Deny","Principal":"*","Action":"*","Resource":"*""#;
    let grant = granting(r#""*""#);
    for same_account in [true, false] {
        assert_eq!(together(ANN, &[ALL, DENY], None, Some(&grant), same_account), EXPLICIT);
        assert_eq!(together(ANN, &[ALL], Some(DENY), Some(&grant), same_account), EXPLICIT);
        assert_eq!(together(ANN, &[ALL], None, Some(deny_all), same_account), EXPLICIT);
        assert_eq!(together(Who::Root { account: OWN }, &[], None, Some(deny_all), same_account), EXPLICIT);
    }
}

#[test]
fn a_deny_to_another_stops_nobody_else() {
    let deny = r#""Effect":"Deny","Principal":{"AWS":"444455556666"},"Action":"*","Resource":"*""#;
    assert_eq!(together(ANN, &[ALL], None, Some(deny), true), Decision::Allowed);
    assert_eq!(together(STRANGER, &[ALL], None, Some(deny), true), EXPLICIT);
    assert_eq!(together(Who::Identity, &[ALL], None, Some(deny), true), EXPLICIT, "who it is, nobody says");
}

#[test]
fn within_an_account_either_side_may_grant() {
    let ann = granting(r#"{"AWS":"arn:aws:iam::111122223333:user/staff/ann"}"#);
    assert_eq!(together(ANN, &[ALL], None, None, true), Decision::Allowed);
    assert_eq!(together(ANN, &[], None, Some(&ann), true), Decision::Allowed);
    assert_eq!(together(ANN, &[], None, Some(&granting(r#""*""#)), true), Decision::Allowed);
    assert_eq!(together(ANN, &[], None, None, true), IMPLICIT);
    assert_eq!(together(ANN, &[MAYBE], None, None, true), depends(&["aws:MultiFactorAuthPresent"]));
    assert_eq!(together(ANN, &[MAYBE], None, Some(&ann), true), Decision::Allowed);
}

#[test]
fn a_grant_to_the_account_leaves_it_to_the_identity_policies() {
    for principal in [r#"{"AWS":"111122223333"}"#, r#"{"AWS":"arn:aws:iam::111122223333:root"}"#] {
        let grant = granting(principal);
        assert_eq!(together(ANN, &[], None, Some(&grant), true), IMPLICIT, "{principal}");
        assert_eq!(together(ANN, &[ALL], None, Some(&grant), true), Decision::Allowed, "{principal}");
    }
}

#[test]
fn only_a_grant_in_person_passes_by_the_boundary() {
    for (who, principal, decision) in [
        (ANN, r#"{"AWS":"arn:aws:iam::111122223333:user/staff/ann"}"#, Decision::Allowed),
        (SESSION, r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/app/i-1"}"#, Decision::Allowed),
        (SESSION, r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#, IMPLICIT),
        (ROLE, r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#, IMPLICIT),
        (ANN, r#""*""#, IMPLICIT),
    ] {
        let grant = granting(principal);
        assert_eq!(together(who, &[], Some(ONLY_IAM), Some(&grant), true), decision, "{principal} for {who:?}");
        assert_eq!(together(who, &[], Some(ONLY_S3), Some(&grant), true), Decision::Allowed, "{principal} for {who:?}");
    }
}

#[test]
fn grant_to_everyone_by_principal_arn_bypasses_the_boundary() {
    let grant = |principal, operator| {
        let condition =
            format!(r#""Condition":{{"{operator}":{{"AWS:PrincipalArn":"arn:aws:iam::111122223333:role/app"}}}}"#);
        format!("{},{condition}", granting(principal))
    };
    let everyone = r#"{"AWS":"*"}"#;
    let role = r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#;
    let context = Context::closed().with("aws:PrincipalArn", "arn:aws:iam::111122223333:role/app");
    for (resource, decision) in [
        (grant(everyone, "ArnEquals"), Decision::Allowed),
        (grant(r#""*""#, "StringLike"), Decision::Allowed),
        (grant(r#"{"AWS":["*","arn:aws:iam::111122223333:role/app"]}"#, "ArnLike"), Decision::Allowed),
        (grant(role, "ArnEquals"), IMPLICIT),
        (grant(everyone, "StringNotEqualsIfExists").replace("role/app", "role/other"), IMPLICIT),
        (granting(everyone), IMPLICIT),
    ] {
        let (boundary, policy) = (document(&[ONLY_IAM]), document(&[&resource]));
        let policies = Policies { identity: &[], boundary: Some(&boundary), resource: Some(&policy) };
        assert_eq!(may(&policies, &ask(SESSION, "s3:PutObject", LOGS, &context), true), decision, "{resource}");
    }
    let closed = together(SESSION, &[], Some(DENY), Some(&grant(everyone, "ArnEquals")), true);
    assert_eq!(closed, EXPLICIT, "an explicit deny still counts");
}

#[test]
fn a_deny_with_not_principal_denies_whoever_has_a_boundary() {
    let deny = r#""Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/staff/ann","111122223333"]},"Action":"s3:*","Resource":"*""#;
    for same_account in [true, false] {
        assert_eq!(together(ANN, &[ALL], Some(ALL), Some(deny), same_account), EXPLICIT);
    }
    assert_eq!(together(ANN, &[ALL], None, Some(deny), true), Decision::Allowed);
    let other = deny.replace("s3:*", "sns:*");
    assert_eq!(together(ANN, &[ALL], Some(ALL), Some(&other), true), Decision::Allowed);
    let service = Who::Service { names: &["cloudtrail.amazonaws.com"] };
    let but_it = deny.replace("AWS", "Service").replace("111122223333\"]", "cloudtrail.amazonaws.com\"]");
    assert_eq!(together(service, &[], Some(ALL), Some(&but_it), true), IMPLICIT, "a service has no boundary");
}

#[test]
fn across_accounts_both_sides_must_grant() {
    for principal in [r#""*""#, r#"{"AWS":"444455556666"}"#, r#"{"AWS":"arn:aws:iam::444455556666:user/bob"}"#] {
        let grant = granting(principal);
        assert_eq!(together(STRANGER, &[ALL], None, Some(&grant), false), Decision::Allowed, "{principal}");
        assert_eq!(together(STRANGER, &[], None, Some(&grant), false), IMPLICIT, "{principal}");
        assert_eq!(together(STRANGER, &[ALL], Some(ONLY_IAM), Some(&grant), false), IMPLICIT, "{principal}");
    }
    assert_eq!(together(STRANGER, &[ALL], None, None, false), IMPLICIT);
    assert_eq!(together(STRANGER, &[ALL], None, Some(&granting(r#"{"AWS":"111122223333"}"#)), false), IMPLICIT);
    let grant = granting(r#""*""#);
    assert_eq!(together(STRANGER, &[MAYBE], None, Some(&grant), false), depends(&["aws:MultiFactorAuthPresent"]));
}

#[test]
fn who_has_no_identity_policies_is_judged_by_the_resource_alone() {
    for (who, principal) in [
        (CLOUDTRAIL, r#"{"Service":"cloudtrail.amazonaws.com"}"#),
        (Who::Anonymous, r#""*""#),
        (Who::Federated { provider: "p" }, r#"{"Federated":"p"}"#),
    ] {
        for same_account in [true, false] {
            let grant = granting(principal);
            assert_eq!(together(who, &[], Some(ONLY_IAM), Some(&grant), same_account), Decision::Allowed, "{who:?}");
            assert_eq!(together(who, &[DENY], None, Some(&grant), same_account), Decision::Allowed, "{who:?}");
            assert_eq!(together(who, &[ALL], None, None, same_account), IMPLICIT, "{who:?}");
        }
    }
}

#[test]
fn the_root_user_needs_no_policy_at_home_and_a_grant_abroad() {
    let root = Who::Root { account: OWN };
    assert_eq!(together(root, &[], None, None, true), Decision::Allowed);
    assert_eq!(together(root, &[DENY], Some(DENY), None, true), Decision::Allowed, "it has neither");
    assert_eq!(together(root, &[], None, None, false), IMPLICIT);
    assert_eq!(together(root, &[], None, Some(&granting(r#"{"AWS":"111122223333"}"#)), false), Decision::Allowed);
}

#[test]
fn identity_gets_nothing_from_a_foreign_resource_policy() {
    let grant = granting(r#"{"AWS":"444455556666"}"#);
    assert_eq!(together(Who::Identity, &[], None, Some(&grant), true), IMPLICIT);
    assert_eq!(together(Who::Identity, &[ALL], None, Some(&grant), true), Decision::Allowed);
}

#[test]
fn the_steps_of_an_evaluation_grow_with_its_statements() {
    let (few, many) = (steps_of(50), steps_of(100));
    assert!(many <= 2 * few, "{few} steps and {many}");
}

/// The steps of evaluating 2 statements and a variable for each of `times`; with 100 the document says as much as is read.
fn steps_of(times: usize) -> u64 {
    let one = r#""Effect":"Deny","NotAction":"s3:*a*b*c","Resource":["arn:aws:s3:::b/*a*b*c*d","arn:aws:s3:::b/${aws:x}*/*y"]"#;
    let variables = format!(r#""Effect":"Allow","Action":"*","Resource":"arn:{}""#, "${aws:x, '::'}".repeat(times));
    let mut statements = vec![one; 2 * times];
    statements.push(&variables);
    let document = document(&statements);
    let object = format!("arn:aws:s3:::b/{}", "abc".repeat(30));
    let context = Context::closed();
    let request = ask(Who::Identity, "s3:PutObject", &object, &context);
    let (decision, steps) = counted(u64::MAX, || decide(&[&document], &request));
    assert_eq!(decision, IMPLICIT);
    steps
}

#[test]
fn three_valued_logic_hides_no_sure_answer() {
    let (yes, no, a, b) = (|| Match::Yes, || Match::No, || Match::depends_on("a"), || Match::depends_on("b"));
    let both = Match::Depends(["a".to_owned(), "b".to_owned()].into());
    assert_eq!((a().and(no()), no().and(a())), (Match::No, Match::No));
    assert_eq!((a().or(yes()), yes().or(a())), (Match::Yes, Match::Yes));
    assert_eq!((a().and(yes()), yes().and(a())), (a(), a()));
    assert_eq!((a().or(no()), no().or(a())), (a(), a()));
    assert_eq!((a().and(b()), a().or(b())), (both.clone(), both));
    assert_eq!((yes().not(), no().not(), a().not()), (Match::No, Match::Yes, a()));
    assert_eq!((Match::all([]), Match::any([])), (Match::Yes, Match::No));
    assert_eq!((Match::all([a(), no(), b()]), Match::any([a(), yes(), b()])), (Match::No, Match::Yes));
}

#[test]
fn a_variable_within_a_context_is_its_value() {
    let context = Context::new()
        .with("aws:PrincipalAccount", OWN)
        .with("aws:username", "a*$")
        .with_many("aws:TagKeys", ["x", "y"])
        .absent("aws:PrincipalTag/none");
    for (pattern, within) in [
        ("b/${aws:PrincipalAccount}/*", Some("b/111122223333/*")),
        ("b/${AWS:principalaccount}", Some("b/111122223333")),
        ("b/${aws:username}", Some("b/a${*}${$}")),
        ("b/${*}${?}${$}", Some("b/${*}${?}${$}")),
        ("b/${aws:PrincipalTag/none, 'x*'}", Some("b/x${*}")),
        ("b/${aws:PrincipalTag/none}", None),
        ("b/${aws:userid}/x", Some("b/${aws:userid}/x")),
        ("b/${aws:TagKeys}", Some("b/${aws:TagKeys}")),
        ("b/${aws:userid}/${aws:PrincipalAccount}", Some("b/${aws:userid}/111122223333")),
        ("b/${broken", Some("b/${broken")),
    ] {
        let statement = statement(&format!(r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::{pattern}""#));
        let Some(Choice::Only(patterns)) = statement.within(&context).resources else { panic!("{pattern}") };
        let expected: Vec<String> = within.iter().map(|within| format!("arn:aws:s3:::{within}")).collect();
        assert_eq!(patterns, expected, "{pattern}");
    }
    let early = statement(r#""Effect":"Allow","Action":"*","Resource":"arn:aws:sns:*:${aws:PrincipalAccount}:x""#);
    assert_eq!(early.within(&context), early, "a variable before the fifth colon stays");
}
