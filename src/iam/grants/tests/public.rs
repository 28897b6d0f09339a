use super::*;

fn public(statements: &str) -> bool {
    is_public(&Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap())
}

#[test]
fn a_fixed_principal_makes_a_grant_not_public() {
    for (principal, expected) in [
        (r#""*""#, true),
        (r#"{"AWS":"*"}"#, true),
        (r#"{"AWS":["444455556666","*"]}"#, true),
        (r#"{"AWS":"444455556666"}"#, false),
        (r#"{"AWS":"arn:aws:iam::444455556666:role/x"}"#, false),
        (r#"{"Service":"cloudfront.amazonaws.com"}"#, false),
    ] {
        assert_eq!(public(&allow(principal, "{}")), expected, "{principal}");
    }
    let but_one = allow(r#"{"AWS":"111122223333"}"#, "{}").replace("Principal", "NotPrincipal");
    assert!(public(&but_one));
    assert!(!public(&deny(r#""*""#, "{}")));
}

#[test]
fn one_public_statement_makes_the_whole_policy_public() {
    let fixed = allow(r#"{"AWS":"444455556666"}"#, "{}");
    let location = allow(r#""*""#, "{}").replace("s3:PutObject", "s3:GetBucketLocation");
    assert!(public(&format!("{fixed},{location}")));
    assert!(public(&format!("{},{}", allow(r#""*""#, "{}"), deny(r#""*""#, "{}"))), "Denies count for nothing");
}

/// Each condition beside a grant to everybody, and whether the policy is public then.
#[test]
fn a_condition_on_fixed_values_makes_a_grant_not_public() {
    let rows = [
        (r#"{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}"#, false),
        (r#"{"StringLike":{"aws:PrincipalAccount":"4444*"}}"#, true),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/x"}}"#, false),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/*"}}"#, true),
        (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#, false),
        (r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#, true),
        (r#"{"StringEquals":{"aws:PrincipalOrgID":["o-abc","o-def"]}}"#, false),
        (r#"{"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"o-abc/r-1/"}}"#, true),
        (r#"{"StringEquals":{"aws:SourceOrgID":"o-abc"}}"#, true),
        (r#"{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#, false),
        (r#"{"StringEquals":{"AWS:sourcevpce":"vpce-1"}}"#, false),
        (r#"{"StringEquals":{"aws:SourceOwner":"444455556666"}}"#, false),
        (r#"{"StringEquals":{"aws:SourceAccount":"444455556666"}}"#, false),
        (r#"{"StringEquals":{"aws:SourceAccount":"${aws:PrincipalAccount}"}}"#, true),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::uploads"}}"#, false),
        (r#"{"StringLike":{"aws:SourceArn":"arn:aws:s3:::*"}}"#, true),
        (r#"{"StringEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:k"}}"#, false),
        (r#"{"StringEquals":{"aws:userid":"AIDAEXAMPLE"}}"#, false),
        (r#"{"StringLike":{"aws:userid":"AIDA*"}}"#, true),
        (r#"{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}"#, true),
        (r#"{"StringEquals":{"aws:userid":"AROAEXAMPLE:ann"}}"#, true),
        (r#"{"StringLike":{"aws:userid":["AIDAEXAMPLE","AROAEXAMPLE:*"]}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"54.0.0.0/7"}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"54.0.0.0/8"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":["203.0.113.7","0.0.0.0/2"]}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":"2001:d00::/31"}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, false),
        (r#"{"IpAddress":{"aws:SourceIp":"fd00::/8"}}"#, false),
        (r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.7"}}"#, true),
        (r#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}"#, false),
        (r#"{"StringLike":{"s3:DataAccessPointAccount":"1111*"}}"#, true),
        (r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:111122223333:accesspoint/*"}}"#, false),
        (r#"{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:111122223333:accesspoint/a?b*"}}"#, false),
        (r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:*:accesspoint/one"}}"#, true),
        (r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:*:111122223333:accesspoint/one"}}"#, true),
        (r#"{"StringLike":{"s3:DataAccessPointArn":"*"}}"#, true),
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":"444455556666"}}"#, true),
        (r#"{"StringEqualsIfExists":{"aws:PrincipalAccount":"444455556666"}}"#, true),
        (r#"{"ForAllValues:StringEquals":{"aws:PrincipalAccount":"444455556666"}}"#, true),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
        (r#"{"Null":{"aws:PrincipalAccount":"false"}}"#, true),
    ];
    let wrong: Vec<_> =
        rows.iter().filter(|(condition, expected)| public(&allow(r#""*""#, condition)) != *expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
