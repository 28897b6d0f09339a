use super::*;

const OWN_POINTS: &str = r#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}"#;

/// Each policy, and to whom it grants something.
#[test]
fn a_request_is_made_directly_or_through_an_access_point() {
    let everybody = |condition: &str| allow(r#""*""#, condition);
    let other = |condition: &str| allow(r#"{"AWS":"444455556666"}"#, condition);
    let own = || Grantee::Own(ACCOUNT.to_owned());
    let arn = |account: &str| format!("arn:aws:s3:us-west-2:{account}:accesspoint/one");
    let by_arn = |operator: &str, arn: &str| format!(r#"{{"{operator}":{{"s3:DataAccessPointArn":"{arn}"}}}}"#);
    let only_through =
        |operator: &str| deny(r#""*""#, &format!(r#"{{"{operator}":{{"s3:DataAccessPointAccount":"111122223333"}}}}"#));
    let rows = [
        // Through this account's.
        (everybody(OWN_POINTS), vec![Grantee::AccessPoints]),
        (everybody(&by_arn("ArnLike", &arn(ACCOUNT))), vec![Grantee::AccessPoints]),
        (everybody(&by_arn("StringLike", &arn("1111*"))), vec![account("111100000000"), Grantee::AccessPoints]),
        (everybody(&by_arn("ArnLike", "arn:aws:s3:*:111122223333:accesspoint/*")), vec![Grantee::AccessPoints]),
        (
            everybody(r#"{"StringEquals":{"s3:DataAccessPointAccount":"${aws:ResourceAccount}"}}"#),
            vec![Grantee::AccessPoints],
        ),
        (everybody(r#"{"NumericEquals":{"s3:DataAccessPointAccount":111122223333}}"#), vec![Grantee::AccessPoints]),
        // Through another's.
        (everybody(r#"{"StringEquals":{"s3:DataAccessPointAccount":"444455556666"}}"#), vec![account(OTHER)]),
        (everybody(&by_arn("ArnLike", &arn(OTHER))), vec![account(OTHER)]),
        (
            everybody(r#"{"StringEquals":{"s3:DataAccessPointAccount":["111122223333","444455556666"]}}"#),
            vec![account(OTHER), Grantee::AccessPoints],
        ),
        (everybody(r#"{"StringNotEquals":{"s3:DataAccessPointAccount":"111122223333"}}"#), vec![Grantee::World]),
        (everybody(r#"{"StringLike":{"s3:DataAccessPointAccount":"*"}}"#), vec![Grantee::World]),
        (everybody(r#"{"Null":{"s3:DataAccessPointAccount":"false"}}"#), vec![Grantee::World]),
        (
            everybody(r#"{"StringEquals":{"s3:DataAccessPointAccount":"${aws:PrincipalAccount}"}}"#),
            vec![Grantee::World],
        ),
        (everybody(r#"{"StringEquals":{"s3:AccessPointNetworkOrigin":"VPC"}}"#), vec![Grantee::World]),
        // Directly.
        (everybody(r#"{"Null":{"s3:DataAccessPointAccount":"true"}}"#), vec![Grantee::World]),
        (everybody(r#"{"Null":{"s3:DataAccessPointArn":"true"}}"#), vec![Grantee::World]),
        (everybody(r#"{"StringEqualsIfExists":{"s3:DataAccessPointAccount":"111122223333"}}"#), vec![Grantee::World]),
        (
            everybody(
                r#"{"StringEqualsIfExists":{"s3:DataAccessPointAccount":"111122223333"},"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
            ),
            vec![own()],
        ),
        // The grant names another account.
        (other(OWN_POINTS), vec![account(OTHER)]),
        (
            everybody(
                r#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333","aws:PrincipalAccount":"444455556666"}}"#,
            ),
            vec![account(OTHER)],
        ),
        (format!("{},{}", everybody(OWN_POINTS), other("{}")), vec![account(OTHER), Grantee::AccessPoints]),
        (format!("{},{}", everybody(OWN_POINTS), other(OWN_POINTS)), vec![account(OTHER), Grantee::AccessPoints]),
        (
            format!("{},{}", everybody(OWN_POINTS), other("{}").replace("s3:PutObject", "s3:GetObject")),
            vec![Grantee::AccessPoints],
        ),
        (
            everybody(
                r#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333","aws:PrincipalAccount":"111122223333"}}"#,
            ),
            vec![own()],
        ),
        // Denies of all that goes another way.
        (format!("{},{}", everybody("{}"), only_through("StringNotEquals")), vec![Grantee::AccessPoints]),
        (format!("{},{}", everybody("{}"), only_through("StringNotEqualsIfExists")), vec![Grantee::AccessPoints]),
        (format!("{},{}", everybody("{}"), only_through("StringEquals")), vec![Grantee::World]),
        (format!("{},{}", everybody(OWN_POINTS), only_through("StringEquals")), vec![]),
    ];
    let found = rows.iter().map(|(policy, expected)| (policy, to(policy), expected));
    let wrong: Vec<_> = found.filter(|(_, found, expected)| found != *expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
