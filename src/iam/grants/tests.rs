use super::*;
use crate::testing::{ACCOUNT, now};

mod access_points;
mod public;
mod variables;

const OTHER: &str = "444455556666";

fn owner() -> Owner<'static> {
    Owner { account: ACCOUNT, partition: "aws", canonical_id: Some("c0ffee"), now: now() }
}

/// To whom these statements grant `s3:PutObject` on the bucket's objects.
fn to(statements: &str) -> Vec<Grantee> {
    let policy = Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap();
    granted(&policy, &["s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::logs/*", owner()).into_iter().collect()
}

fn allow(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*","Condition":{condition}}}"#
    )
}

fn deny(principal: &str, condition: &str) -> String {
    allow(principal, condition).replace("Allow", "Deny").replace("s3:PutObject", "s3:*")
}

fn account(id: &str) -> Grantee {
    Grantee::Account(id.to_owned())
}

#[test]
fn the_world_is_found_however_it_is_written() {
    for principal in [r#""*""#, r#"{"AWS":"*"}"#, r#"{"AWS":["*"]}"#] {
        assert_eq!(to(&allow(principal, "{}")), [Grantee::World], "{principal}");
    }
    let not_principal = allow(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, "{}").replace("Principal", "NotPrincipal");
    assert_eq!(to(&not_principal), [Grantee::World]);
    let not_action = allow(r#""*""#, "{}").replace(r#""Action":"s3:PutObject""#, r#""NotAction":"s3:GetObject""#);
    assert_eq!(to(&not_action), [Grantee::World]);
    for action in ["s3:Put*", "s3:*", "*", "S3:putobject", "s3:Delete*"] {
        assert_eq!(to(&allow(r#""*""#, "{}").replace("s3:PutObject", action)), [Grantee::World], "{action}");
    }
}

/// The account of an emulator, and of nobody else.
#[test]
fn an_owner_of_zeros_is_not_the_world() {
    let granted_to = |principal: &str| {
        let policy = Document::parse(&format!(r#"{{"Statement":{}}}"#, allow(principal, "{}"))).unwrap();
        granted(&policy, &["s3:PutObject"], "arn:aws:s3:::logs/*", Owner { account: "000000000000", ..owner() })
    };
    assert_eq!(granted_to(r#""*""#), BTreeSet::from([Grantee::World]));
    assert_eq!(granted_to(r#"{"AWS":"000000000000"}"#), BTreeSet::from([Grantee::Own("000000000000".to_owned())]));
}

#[test]
fn other_account_is_found_by_id_root_role_and_canonical_id() {
    for principal in [
        r#"{"AWS":"444455556666"}"#,
        r#"{"AWS":"arn:aws:iam::444455556666:root"}"#,
        r#"{"AWS":"arn:aws:iam::444455556666:role/deploy"}"#,
        r#"{"AWS":["arn:aws:iam::444455556666:user/x"]}"#,
        r#"{"Federated":"arn:aws:iam::444455556666:saml-provider/p"}"#,
    ] {
        assert_eq!(to(&allow(principal, "{}")), [account(OTHER)], "{principal}");
    }
    assert_eq!(to(&allow(r#"{"CanonicalUser":"beef"}"#, "{}")), [account("beef")]);
    assert_eq!(to(&allow(r#"{"CanonicalUser":"c0ffee"}"#, "{}")), [Grantee::Own(ACCOUNT.to_owned())]);
}

#[test]
fn a_principal_that_was_deleted_is_nobody() {
    for id in ["AIDAEXAMPLE", "AROAEXAMPLE"] {
        assert_eq!(to(&allow(&format!(r#"{{"AWS":"{id}"}}"#), "{}")), []);
    }
}

#[test]
fn own_principals_and_services_are_told_apart() {
    let own = r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#;
    assert_eq!(to(&allow(own, "{}")), [Grantee::Own(ACCOUNT.to_owned())]);
    let service = r#"{"Service":"config.amazonaws.com"}"#;
    assert_eq!(to(&allow(service, "{}")), [Grantee::Service("config.amazonaws.com".to_owned())]);
}

#[test]
fn condition_on_this_account_makes_a_grant_its_own() {
    for condition in [
        r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
        r#"{"StringEquals":{"aws:principalaccount":["111122223333"]}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:*"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333*"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333*:role/x"}}"#,
        r#"{"StringLike":{"aws:PrincipalAccount":"111122223333*"}}"#,
    ] {
        assert_eq!(to(&allow(r#""*""#, condition)), [Grantee::Own(ACCOUNT.to_owned())], "{condition}");
    }
}

#[test]
fn a_condition_that_names_another_account_grants_to_that_one() {
    for condition in [
        r#"{"StringEquals":{"aws:PrincipalAccount":["444455556666","111122223333"]}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::444455556666:role/x","arn:aws:iam::111122223333:role/*"]}}"#,
    ] {
        assert!(to(&allow(r#""*""#, condition)).contains(&account(OTHER)), "{condition}");
        assert!(!to(&allow(r#""*""#, condition)).contains(&Grantee::World), "{condition}");
    }
}

#[test]
fn other_conditions_leave_a_grant_the_worlds() {
    for condition in [
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
        r#"{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy"}}"#,
        r#"{"StringLike":{"aws:PrincipalAccount":"*"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
    ] {
        assert!(to(&allow(r#""*""#, condition)).contains(&Grantee::World), "{condition}");
    }
}

#[test]
fn a_deny_that_surely_fits_takes_a_grant_away() {
    let world = allow(r#""*""#, "{}");
    assert_eq!(to(&format!("{world},{}", deny(r#""*""#, "{}"))), []);
    let outsiders = deny(r#""*""#, r#"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#);
    assert_eq!(to(&format!("{world},{outsiders}")), [Grantee::Own(ACCOUNT.to_owned())]);
    let but_one = deny(r#""*""#, r#"{"StringNotEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}}"#);
    assert!(to(&format!("{world},{but_one}")).contains(&account(OTHER)));
}

#[test]
fn a_deny_that_may_not_fit_takes_nothing_away() {
    let world = allow(r#""*""#, "{}");
    for condition in [
        r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
    ] {
        assert!(to(&format!("{world},{}", deny(r#""*""#, condition))).contains(&Grantee::World), "{condition}");
    }
}

#[test]
fn whoever_asks_chooses_between_https_and_plain_http() {
    let only = |secure: &str| format!(r#"{{"Bool":{{"aws:SecureTransport":{secure}}}}}"#);
    for principal in [r#""*""#, r#"{"AWS":"444455556666"}"#, r#"{"AWS":"111122223333"}"#] {
        let everyway = to(&allow(principal, "{}"));
        let allowed = allow(principal, "{}");
        for secure in [r#""true""#, r#""false""#, "false"] {
            assert_eq!(to(&allow(principal, &only(secure))), everyway, "{principal} {secure}");
            let denied = deny(r#""*""#, &only(secure));
            assert_eq!(to(&format!("{allowed},{denied}")), everyway, "{principal} but {secure}");
        }
        let but_http = deny(r#""*""#, r#"{"StringNotEquals":{"aws:SecureTransport":"false"}}"#);
        assert_eq!(to(&format!("{allowed},{but_http}")), everyway, "{principal}");
        let [https, http] = [only(r#""true""#), only(r#""false""#)].map(|condition| deny(r#""*""#, &condition));
        assert_eq!(to(&format!("{allowed},{https},{http}")), [], "{principal} neither way");
    }
    let outsiders_by_https =
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"},"Bool":{"aws:SecureTransport":"true"}}"#;
    let typo = format!("{},{}", allow(r#""*""#, "{}"), deny(r#""*""#, outsiders_by_https));
    assert!(to(&typo).contains(&Grantee::World));
    let held = r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"},"Bool":{"aws:SecureTransport":"false"}}"#;
    assert_eq!(to(&allow(r#""*""#, held)), [Grantee::Own(ACCOUNT.to_owned())]);
}

#[test]
fn a_service_asks_over_https() {
    let service = |secure: &str| {
        to(&allow(
            r#"{"Service":"config.amazonaws.com"}"#,
            &format!(r#"{{"Bool":{{"aws:SecureTransport":"{secure}"}}}}"#),
        ))
    };
    assert_eq!(service("true"), [Grantee::Service("config.amazonaws.com".to_owned())]);
    assert_eq!(service("false"), []);
}

#[test]
fn a_deny_of_a_part_leaves_the_rest() {
    let world = allow(r#""*""#, "{}");
    let part = deny(r#""*""#, "{}").replace("logs/*", "logs/AWSLogs/*");
    assert!(to(&format!("{world},{part}")).contains(&Grantee::World));
    let one_action = deny(r#""*""#, "{}").replace("s3:*", "s3:PutObject");
    assert_eq!(to(&format!("{world},{one_action}")), []);
}

#[test]
fn a_grant_on_a_part_of_the_resource_is_found() {
    assert_eq!(to(&allow(r#""*""#, "{}").replace("logs/*", "logs/AWSLogs/x/*.gz")), [Grantee::World]);
    assert_eq!(to(&allow(r#""*""#, "{}").replace("arn:aws:s3:::logs/*", "*")), [Grantee::World]);
    assert_eq!(to(&allow(r#""*""#, "{}").replace("logs/*", "other/*")), []);
    assert_eq!(to(&allow(r#""*""#, "{}").replace("s3:PutObject", "s3:GetObject")), []);
}

#[test]
fn a_service_of_another_account_is_no_outsider_in_person() {
    let held = r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#;
    assert_eq!(to(&allow(r#"{"AWS":"*"}"#, held)), [Grantee::Own(ACCOUNT.to_owned())]);
    let other = r#"{"StringEquals":{"aws:SourceAccount":"444455556666"}}"#;
    assert_eq!(to(&allow(r#"{"AWS":"*"}"#, other)), [account(OTHER)]);
}

#[test]
fn a_grant_whose_time_is_over_grants_nothing() {
    let over = r#"{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#;
    assert_eq!(to(&allow(r#""*""#, over)), []);
}

#[test]
fn a_wildcard_in_the_buckets_own_part_reaches_it() {
    for resource in [
        "arn:aws:s3:::*/AWSLogs/*",
        "arn:aws:s3:::lo*s/x",
        "arn:aws:s3:::l?gs/*",
        "arn:aws:s3:::*gs/a*z",
        "arn:*:s3:::logs/*",
    ] {
        assert_eq!(to(&allow(r#""*""#, "{}").replace("arn:aws:s3:::logs/*", resource)), [Grantee::World], "{resource}");
    }
    for resource in ["arn:aws:s3:::logs2/*", "arn:aws:s3:::?/*", "arn:aws:s3:::logs", "arn:aws:s3:::logs/"] {
        assert_eq!(to(&allow(r#""*""#, "{}").replace("arn:aws:s3:::logs/*", resource)), [], "{resource}");
    }
}

#[test]
fn a_pattern_of_accounts_is_another_account_that_fits_it() {
    let by = |condition: &str| to(&allow(r#""*""#, condition));
    assert_eq!(by(r#"{"StringLike":{"aws:PrincipalAccount":"4444*"}}"#), [account("444400000000")]);
    assert_eq!(by(r#"{"StringLike":{"aws:PrincipalAccount":"11112222333?"}}"#).first(), Some(&account("111122223330")));
    assert_eq!(by(r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*6666:role/x"}}"#), [account("000000006666")]);
    // Nothing is known of a service's account.
    let nobody = by(r#"{"StringEquals":{"aws:PrincipalAccount":"4444*"}}"#);
    assert_eq!(nobody, [Grantee::Service(ANY_SERVICE.to_owned())]);
}

/// Whoever the policy names elsewhere is asked for by each such pattern.
#[test]
fn a_pattern_of_accounts_takes_the_accounts_that_are_named_too() {
    let other = r#"{"AWS":"444455556666"}"#;
    for pattern in [
        "arn:aws:iam::*:role/x",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::4*:role/x",
        "arn:aws:iam::????????????:role/x",
        "arn:aws:iam::444455556*:role/team/?",
        "arn:*:iam::*:role/x",
        "arn:aws:iam::*6666:role/x*y",
        "arn:aws:iam::444455556666:role/*",
    ] {
        for operator in ["ArnLike", "ArnEquals", "StringLike", "StringLikeIfExists", "ArnLikeIfExists"] {
            let held = format!(r#"{{"{operator}":{{"aws:PrincipalArn":"{pattern}"}}}}"#);
            for principal in [other, r#"{"AWS":"arn:aws:iam::444455556666:root"}"#] {
                assert_eq!(to(&allow(principal, &held)), [account(OTHER)], "{principal} {held}");
            }
            let both = held.replace('}', "") + r#"},"StringEquals":{"aws:PrincipalAccount":"444455556666"}}"#;
            assert!(to(&allow(r#""*""#, &both)).contains(&account(OTHER)), "{both}");
        }
        for operator in ["ArnNotLike", "StringNotLike"] {
            let but = deny(r#""*""#, &format!(r#"{{"{operator}":{{"aws:PrincipalArn":"{pattern}"}}}}"#));
            assert_eq!(to(&format!("{},{but}", allow(other, "{}"))), [account(OTHER)], "{but}");
        }
    }
    let own = allow(r#"{"AWS":"111122223333"}"#, r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#);
    assert_eq!(to(&own), [Grantee::Own(ACCOUNT.to_owned())]);
    let none = allow(other, r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::9*:role/x"}}"#);
    assert_eq!(to(&none), []);
}

#[test]
fn a_session_is_compared_by_its_roles_arn() {
    let session = r#"{"AWS":"arn:aws:sts::444455556666:assumed-role/x/y"}"#;
    let by = |arn: &str| to(&allow(session, &format!(r#"{{"ArnLike":{{"aws:PrincipalArn":"{arn}"}}}}"#)));
    assert_eq!(by("arn:aws:iam::444455556666:role/x"), [account(OTHER)]);
    assert_eq!(by("arn:aws:iam::*:role/*"), [account(OTHER)]);
    assert_eq!(by("arn:aws:iam::444455556666:role/z"), []);
}

#[test]
fn a_pattern_of_sources_takes_the_accounts_that_are_named_too() {
    for pattern in ["arn:aws:cloudwatch:*:*:alarm:x", "arn:aws:cloudwatch:us-west-2:4*:alarm:x"] {
        let held = format!(r#"{{"ArnLike":{{"aws:SourceArn":"{pattern}"}}}}"#);
        assert_eq!(to(&allow(r#"{"AWS":"444455556666"}"#, &held)), [account(OTHER)], "{pattern}");
    }
}

/// An absent key makes `…IfExists` true, and a comparison without it false.
#[test]
fn service_key_is_unknown_without_credentials() {
    let service =
        |operator: &str, value: &str| format!(r#"{{"{operator}":{{"aws:PrincipalIsAWSService":"{value}"}}}}"#);
    assert_eq!(to(&allow(r#""*""#, &service("BoolIfExists", "true"))), [Grantee::World]);
    assert_eq!(to(&allow(r#""*""#, &service("Bool", "true"))), [Grantee::Service(ANY_SERVICE.to_owned())]);
    let world = allow(r#""*""#, "{}");
    assert_eq!(to(&format!("{world},{}", deny(r#""*""#, &service("Bool", "false")))), [Grantee::World]);
    let services_only = to(&format!("{world},{}", deny(r#""*""#, &service("BoolIfExists", "false"))));
    assert_eq!(services_only, [Grantee::Service(ANY_SERVICE.to_owned())]);
}

#[test]
fn where_credentials_are_needed_nobody_asks_without() {
    let policy = format!("{},{}", allow(r#""*""#, "{}"), deny(r#""*""#, r#"{"Null":{"aws:PrincipalArn":"false"}}"#));
    let policy = Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{policy}]}}"#)).unwrap();
    let asked = ["s3:PutObject"];
    assert!(granted(&policy, &asked, "arn:aws:s3:::logs/*", owner()).contains(&Grantee::World));
    assert!(!granted_by_sts(&policy, &asked, "arn:aws:s3:::logs/*", owner()).contains(&Grantee::World));
    let plain = allow(r#""*""#, r#"{"Bool":{"aws:SecureTransport":"false"}}"#);
    let plain = Document::parse(&format!(r#"{{"Statement":[{plain}]}}"#)).unwrap();
    assert!(granted(&plain, &asked, "arn:aws:s3:::logs/*", owner()).contains(&Grantee::World));
    assert!(granted_by_sts(&plain, &asked, "arn:aws:s3:::logs/*", owner()).is_empty());
}

#[test]
fn whoever_has_no_credentials_is_asked_for_too() {
    for condition in [
        r#"{"Null":{"aws:PrincipalArn":"true"}}"#,
        r#"{"StringEquals":{"aws:PrincipalAccount":"anonymous"}}"#,
        r#"{"ArnLikeIfExists":{"aws:PrincipalArn":"arn:aws:iam::111122223333:*"}}"#,
    ] {
        assert_eq!(to(&allow(r#""*""#, condition)), [Grantee::World], "{condition}");
    }
}

#[test]
fn accounts_compared_as_numbers_are_undecidable() {
    assert_eq!(to(&allow(r#""*""#, r#"{"NumericLessThan":{"aws:PrincipalAccount":"5"}}"#)), [Grantee::World]);
    let denied = deny(r#""*""#, r#"{"NumericGreaterThanEquals":{"aws:PrincipalAccount":"0"}}"#);
    assert_eq!(to(&format!("{},{denied}", allow(r#""*""#, "{}"))), [Grantee::World]);
}

#[test]
fn an_account_that_equals_a_number_is_the_one_with_that_id() {
    let by =
        |number: &str| to(&allow(r#""*""#, &format!(r#"{{"NumericEquals":{{"aws:PrincipalAccount":{number}}}}}"#)));
    assert_eq!(by("111122223333"), [Grantee::Own(ACCOUNT.to_owned())]);
    assert_eq!(by(r#""444455556666""#), [account(OTHER)]);
    assert_eq!(by("4455556666"), [account("004455556666")]);
    for odd in [r#""1.5""#, r#""x""#, r#""1e3""#] {
        assert_eq!(by(odd), [Grantee::World], "{odd}");
    }
}

#[test]
fn only_what_aws_would_never_store_is_too_large() {
    let parse = |statements: Vec<String>| {
        Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))).unwrap()
    };
    let statement = |number: usize| {
        allow(
            &format!(r#"{{"AWS":"{number:012}"}}"#),
            &format!(r#"{{"ArnLike":{{"aws:SourceArn":"arn:aws:s3:::b{number}"}}}}"#),
        )
        .replace("logs/*", &format!("logs/{number}/*"))
    };
    // S3 stores 20 KB.
    let largest: Vec<String> = (0..110).map(statement).collect();
    assert!(largest.concat().len() > 18_000);
    assert!(!is_too_large(&parse(largest)));
    assert!(is_too_large(&parse((0..400).map(statement).collect())));
    let long = "a*".repeat(1_000);
    assert!(is_too_large(&parse(vec![allow(r#""*""#, "{}").replace("logs/*", &long)])));
}

#[test]
fn each_kind_of_excess_alone_makes_a_policy_too_large() {
    let listed = |count: usize, one: fn(usize) -> String| {
        let values: Vec<String> = (0..count).map(|number| format!("{:?}", one(number))).collect();
        format!("[{}]", values.join(","))
    };
    let accounts = |count| format!(r#"{{"AWS":{}}}"#, listed(count, |number| format!("{number:012}")));
    let sources = |count| {
        format!(r#"{{"ArnLike":{{"aws:SourceArn":{}}}}}"#, listed(count, |number| format!("arn:aws:s3:::b{number}")))
    };
    let too_large = |statements: &[String]| {
        is_too_large(&Document::parse(&format!(r#"{{"Statement":[{}]}}"#, statements.join(","))).unwrap())
    };
    let with_actions = |count| {
        let actions = listed(count, |number| format!("s3:A{number}"));
        too_large(&[allow(r#""*""#, "{}").replace(r#""s3:PutObject""#, &actions)])
    };
    assert!(!with_actions(1_000) && with_actions(1_001));
    // The callers and sources of a policy's own, four and two, count too.
    let with_accounts = |count| too_large(&[allow(&accounts(count), "{}")]);
    assert!(!with_accounts(300) && with_accounts(330));
    let with_both = |count| too_large(&[allow(&accounts(count), "{}"), allow(r#""*""#, &sources(count))]);
    assert!(!with_both(100) && with_both(200));
    // Each account is asked for by each pattern of accounts.
    let patterned = |accounts_named: usize, patterns: usize, key: &str| {
        let values = listed(patterns, |number| format!("arn:aws:iam::*:role/x{number}"));
        too_large(&[allow(&accounts(accounts_named), &format!(r#"{{"ArnLike":{{"{key}":{values}}}}}"#))])
    };
    for key in ["aws:PrincipalArn", "aws:SourceArn"] {
        assert!(!patterned(100, 3, key) && !patterned(20, 20, key) && patterned(100, 20, key), "{key}");
    }
    // One name in each of many statements, each with resources of its own.
    let spread = |count: usize, resources: usize| {
        let resources = listed(resources, |number| format!("arn:aws:s3:::logs/{number}"));
        let one = allow(r#"{"AWS":"444455556666"}"#, "{}").replace(r#""arn:aws:s3:::logs/*""#, &resources);
        too_large(&vec![one; count])
    };
    assert!(!spread(100, 4) && spread(100, 12));
    let starred = |length: usize| too_large(&[allow(r#""*""#, "{}").replace("logs/*", &"a*".repeat(length))]);
    assert!(!starred(100) && starred(150));
    let statement = r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#.to_owned();
    assert!(!too_large(&vec![statement.clone(); 500]) && too_large(&vec![statement; 501]));
}

#[test]
fn a_source_without_an_account_may_be_anybodys() {
    let bucket = r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::uploads"}}"#;
    assert_eq!(to(&allow(r#""*""#, bucket)), [Grantee::World]);
}

#[test]
fn what_is_no_accounts_id_is_nobody() {
    for id in ["4444", "somebody4444"] {
        let named = allow(r#""*""#, &format!(r#"{{"StringEquals":{{"aws:PrincipalAccount":"{id}"}}}}"#));
        assert!(!to(&named).contains(&account(id)), "{id}");
    }
}

#[test]
fn accounts_of_aws_are_services() {
    for (principal, delivery) in [
        (r#"{"AWS":"arn:aws:iam::113285607260:root"}"#, LogDelivery::CloudTrail),
        (r#"{"AWS":"797873946194"}"#, LogDelivery::ElasticLoadBalancing),
        (r#"{"AWS":"arn:aws:iam::193672423079:user/logs"}"#, LogDelivery::Redshift),
        (
            r#"{"CanonicalUser":"c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"}"#,
            LogDelivery::CloudFront,
        ),
    ] {
        let granted = to(&allow(principal, "{}"));
        assert!(
            matches!(granted.as_slice(), [Grantee::Aws { delivery: found, .. }] if *found == delivery),
            "{granted:?}"
        );
    }
}
