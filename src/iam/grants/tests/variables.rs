use proptest::prelude::*;

use super::*;

/// A statement about this part of the bucket.
fn on(statement: &str, path: &str) -> String {
    statement.replace("logs/*", path)
}

fn everybody() -> String {
    allow(r#""*""#, "{}")
}

fn other() -> String {
    allow(r#"{"AWS":"444455556666"}"#, "{}")
}

/// Each policy, and to whom it grants something.
#[test]
fn a_variable_stands_for_what_the_request_says() {
    let own = || Grantee::Own(ACCOUNT.to_owned());
    let rows = [
        (on(&everybody(), "logs/${aws:PrincipalAccount}/*"), vec![Grantee::World]),
        (on(&everybody(), "logs/${aws:ResourceAccount}/*"), vec![Grantee::World]),
        (on(&everybody(), "logs/${aws:CurrentTime}"), vec![Grantee::World]),
        (on(&everybody(), "logs/${aws:SecureTransport}/x"), vec![Grantee::World]),
        (on(&everybody(), "logs/${aws:userid}/*"), vec![Grantee::World]),
        (on(&everybody(), "logs/${aws:PrincipalTag/team}/*"), vec![Grantee::World]),
        (on(&everybody(), "logs/${aws:PrincipalTag/team, 'x'}/*"), vec![Grantee::World]),
        (on(&everybody(), "logs/${*}"), vec![Grantee::World]),
        (on(&everybody(), "logs/${$}5"), vec![Grantee::World]),
        (on(&everybody(), "other-${aws:ResourceAccount}/*"), vec![]),
        (on(&other(), "logs/${aws:PrincipalAccount}/*"), vec![account(OTHER)]),
        (on(&other(), "logs/${aws:PrincipalArn}/*"), vec![account(OTHER)]),
        (on(&allow(r#"{"AWS":"111122223333"}"#, "{}"), "logs/${aws:PrincipalAccount}/*"), vec![own()]),
        (
            on(&allow(r#"{"Service":"config.amazonaws.com"}"#, "{}"), "logs/${aws:SourceAccount}/*"),
            vec![Grantee::Service("config.amazonaws.com".to_owned())],
        ),
        // In Denies, and as exceptions.
        (
            format!(
                "{},{}",
                on(&other(), "logs/${aws:PrincipalAccount}/*"),
                on(&deny(r#""*""#, "{}"), "logs/444455556666/*")
            ),
            vec![],
        ),
        (
            format!(
                "{},{}",
                on(&other(), "logs/444455556666/*"),
                on(&deny(r#""*""#, "{}"), "logs/${aws:PrincipalAccount}/*")
            ),
            vec![],
        ),
        (
            format!(
                "{},{}",
                on(&other(), "logs/111122223333/*"),
                on(&deny(r#""*""#, "{}"), "logs/${aws:PrincipalAccount}/*")
            ),
            vec![account(OTHER)],
        ),
        (
            format!(
                "{},{}",
                on(&everybody(), "logs/${aws:PrincipalAccount}/*"),
                on(&deny(r#""*""#, "{}"), "logs/${aws:PrincipalAccount}/*").replace("Resource", "NotResource")
            ),
            vec![Grantee::World],
        ),
        (
            format!(
                "{},{}",
                on(&everybody(), "logs/111122223333/*"),
                on(&deny(r#""*""#, "{}"), "logs/${aws:PrincipalAccount}/*").replace("Resource", "NotResource")
            ),
            vec![own()],
        ),
        // In conditions.
        (allow(r#""*""#, r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}"#), vec![own()]),
        (
            allow(r#""*""#, r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::${aws:ResourceAccount}:role/x"}}"#),
            vec![own()],
        ),
        (
            allow(
                r#""*""#,
                r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/${aws:ResourceAccount}"}}"#,
            ),
            vec![account(OTHER)],
        ),
        (
            allow(r#""*""#, r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::in-${aws:SourceAccount}"}}"#),
            vec![Grantee::World],
        ),
    ];
    let found = rows.iter().map(|(policy, expected)| (policy, to(policy), expected));
    let wrong: Vec<_> = found.filter(|(_, found, expected)| found != *expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_older_language_has_no_variables() {
    let granted_to = |path: &str| {
        let policy =
            Document::parse(&format!(r#"{{"Version":"2008-10-17","Statement":[{}]}}"#, on(&everybody(), path)));
        granted(&policy.unwrap(), &["s3:PutObject"], "arn:aws:s3:::logs/AWSLogs/*", owner())
    };
    assert!(granted_to("logs/${aws:PrincipalAccount}/*").is_empty());
    assert!(granted_to("logs/AWSLogs/${aws:PrincipalAccount}/*").contains(&Grantee::World), "an object of that name");
}

/// A variable that every request resolves alike, or all requests of whom the policy names, and what it resolves to.
const RESOLVED: [(&str, &str); 3] =
    [("${aws:ResourceAccount}", ACCOUNT), ("${s3:ResourceAccount}", ACCOUNT), ("${aws:PrincipalAccount}", OTHER)];

fn statement() -> impl Strategy<Value = String> {
    let one_of = |these: &'static [&'static str]| prop::sample::select(these);
    let path = one_of(&[
        "logs/*",
        "logs/@/*",
        "logs/AWSLogs/@/x",
        "logs/AWSLogs/111122223333/*",
        "logs/AWSLogs/444455556666/*",
        "logs/AWSLogs/?@*",
        "lo*s/AWSLogs/*@",
        "logs-@/*",
    ]);
    let condition = one_of(&[
        "{}",
        "{}",
        r#"{"StringEquals":{"aws:ResourceAccount":"@"}}"#,
        r#"{"StringNotLike":{"aws:PrincipalAccount":"@*"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/@"}}"#,
        r#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::@:user/*"}}"#,
        r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::in-@"}}"#,
        r#"{"StringEquals":{"s3:DataAccessPointAccount":"@"}}"#,
        r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:@:accesspoint/*"}}"#,
        r#"{"StringLike":{"s3:prefix":"@/*"}}"#,
    ]);
    (any::<bool>(), any::<bool>(), path, condition).prop_map(|(allows, not_resource, path, condition)| {
        let principal = r#"{"AWS":"444455556666"}"#;
        let statement = if allows { allow(principal, condition) } else { deny(r#""*""#, condition) };
        let statement = on(&statement, path);
        if not_resource { statement.replace("\"Resource\"", "\"NotResource\"") } else { statement }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_variable_may_be_replaced_by_its_value(
        statements in prop::collection::vec(statement(), 1..4), (variable, value) in prop::sample::select(&RESOLVED[..]),
    ) {
        let statements = statements.join(",");
        let before = to(&statements.replace('@', variable));
        // Only of the other account is it known what this variable stands for.
        let of_other = |granted: &Grantee| *granted == account(OTHER);
        let after = to(&statements.replace('@', value));
        prop_assert_eq!(before.iter().any(of_other), after.iter().any(of_other), "{}", statements);
    }
}
