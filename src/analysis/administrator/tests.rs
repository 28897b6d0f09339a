use futures_util::FutureExt;

use super::*;
use crate::account::facts::{Facts, Organization};
use crate::account::operation::Operation;
use crate::account::{Account, CachedFact};
use crate::analysis::documents::Library;
use crate::testing::iam::{ADMINISTRATOR_ACCESS as ADMIN_ARN, ALLOW_ALL, EntityBuilder, Iam, aws_arn, customer_arn};
use crate::testing::{denied, known, now};

const MFA_TRUE: &str = r#""Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
const DENY_WITHOUT_MFA: &str = r#"{"Effect":"Deny","NotAction":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetUser",
    "iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],"Resource":"*",
    "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;

#[derive(Debug, Clone, PartialEq)]
struct Is {
    administrator: Sure,
    can_become: Sure,
    key_works: bool,
}

trait Open {
    /// Whether something unread leaves it open.
    fn is_open(&self) -> bool;
}

impl Open for Sure {
    fn is_open(&self) -> bool {
        self.as_ref().err().is_some()
    }
}

/// What the first user comes to.
fn first(facts: Facts) -> Is {
    let account = Account::recorded(facts, now());
    async {
        let users = account.users().await.unwrap();
        let holder = PolicyHolder::user(users.each().next().unwrap());
        let mut library = Library::gather(&account).await;
        library.complete(&account, &[holder]).await;
        let policies = Policies::of(&library, &holder);
        let circumstances = Circumstances::of(&account).await;
        let powers = Privileges::of(&policies, &circumstances);
        Is {
            administrator: powers.administrator(),
            can_become: powers.can_become(&library),
            key_works: powers.key_works_without_mfa(&library),
        }
    }
    .now_or_never()
    .unwrap()
}

fn is(has: EntityBuilder) -> Is {
    first(Iam::new().user("alice", has).facts())
}

#[track_caller]
fn assert_administrator(statements: &str) {
    let is = is(EntityBuilder::nothing().inline(statements));
    assert_eq!(is.administrator, Ok(true), "{statements}");
}

#[track_caller]
fn assert_can_become_only(statements: &str) {
    let is = is(EntityBuilder::nothing().inline(statements));
    assert_eq!(is.administrator, Ok(false), "{statements}");
    assert_eq!(is.can_become, Ok(true), "{statements}");
}

#[track_caller]
fn assert_neither(statements: &str) {
    let is = is(EntityBuilder::nothing().inline(statements));
    assert_eq!(is.administrator, Ok(false), "{statements}");
    assert_eq!(is.can_become, Ok(false), "{statements}");
}

fn allow(rest: &str) -> String {
    format!(r#"{{"Effect":"Allow",{rest}}}"#)
}

fn deny(rest: &str) -> String {
    format!(r#"{{"Effect":"Deny",{rest}}}"#)
}

#[test]
fn everything_is_everything_however_it_is_spelled() {
    for rest in [
        r#""Action":"*","Resource":"*""#,
        r#""Action":"*:*","Resource":"*""#,
        r#""Action":["*"],"Resource":["*"]"#,
        r#""Action":["s3:GetObject","*:*"],"Resource":["arn:aws:s3:::x","*"]"#,
        r#""Action":"**","Resource":"**""#,
        r#""NotAction":[],"Resource":"*""#,
        r#""NotAction":"aws-portal:*","Resource":"*""#,
        r#""NotAction":["s3:DeleteBucket","EC2:*"],"Resource":"*""#,
        r#""Action":"*","Resource":"*","Condition":{}"#,
        r#""Action":"*","Resource":"*","Condition":{"Bool":{}}"#,
        r#""Action":"*","NotResource":[]"#,
    ] {
        assert_administrator(&allow(rest));
    }
}

#[test]
fn what_leaves_out_something_is_not_everything() {
    for rest in [
        r#""Action":"s3:*","Resource":"*""#,
        r#""Action":["a*","i?m:List*","s*","o*"],"Resource":"*""#,
        r#""NotAction":["iam:*","organizations:*","account:*"],"Resource":"*""#,
        r#""NotAction":"IAM:*","Resource":"*""#,
        r#""NotAction":"i*","Resource":"*""#,
        r#""NotAction":"*:*","Resource":"*""#,
        r#""Action":[],"Resource":"*""#,
        r#""Action":"*","Resource":[]"#,
        r#""Action":"*","Resource":"arn:aws:s3:::*""#,
        r#""Action":"*""#,
    ] {
        assert_neither(&allow(rest));
    }
}

#[test]
fn what_leaves_out_a_part_of_the_four_services_can_still_become() {
    for rest in [
        r#""NotAction":"sts:*","Resource":"*""#,
        r#""NotAction":"organizations:LeaveOrganization","Resource":"*""#,
        r#""NotAction":"account:CloseAccount","Resource":"*""#,
        r#""NotAction":"iam:DeleteUser","Resource":"*""#,
        r#""NotAction":"*:Delete*","Resource":"*""#,
        r#""NotAction":"S?S:*","Resource":"*""#,
        r#""Action":["iam:*","sts:*","organizations:*","account:*"],"Resource":"*""#,
        r#""Action":["a*","i*","o*","s*","z*"],"Resource":"*""#,
    ] {
        assert_can_become_only(&allow(rest));
    }
}

#[test]
fn allows_of_several_policies_add_up() {
    let both =
        |one: &str, other: &str| is(EntityBuilder::nothing().inline(&allow(one)).inline(&allow(other))).administrator;
    let rest = r#""Resource":"*""#;
    for (one, other) in [
        (r#""NotAction":"iam:*""#, r#""Action":"iam:*""#),
        (r#""NotAction":["iam:*","s3:*"]"#, r#""Action":["IAM:*"]"#),
        (r#""NotAction":["iam:Delete*","sts:*"]"#, r#""Action":["iam:D*","sts:*"]"#),
        (r#""NotAction":"*:Delete*""#, r#""Action":["iam:*","sts:*","organizations:*","account:*"]"#),
        (r#""NotAction":"iam:*""#, r#""NotAction":"sts:*""#),
    ] {
        assert_eq!(both(&format!("{one},{rest}"), &format!("{other},{rest}")), Ok(true), "{one} and {other}");
    }
    for (one, other) in [
        (r#""NotAction":"iam:*""#, r#""Action":"iam:A*""#),
        (r#""NotAction":"iam:Get*""#, r#""NotAction":"iam:*User""#),
        (r#""NotAction":["iam:*","sts:*"]"#, r#""Action":"iam:*""#),
        (r#""NotAction":"*""#, r#""Action":["iam:*","sts:*","organizations:*","account:*"]"#),
    ] {
        assert_eq!(both(&format!("{one},{rest}"), &format!("{other},{rest}")), Ok(false), "{one} and {other}");
    }
}

#[test]
fn resources_add_up_too() {
    let both = |one: &str, other: &str| {
        let all = |resource: &str| allow(&format!(r#""Action":"*",{resource}"#));
        is(EntityBuilder::nothing().inline(&all(one)).inline(&all(other))).administrator
    };
    assert_eq!(both(r#""NotResource":"arn:aws:s3:::x""#, r#""Resource":"arn:aws:s3:::x""#), Ok(true));
    assert_eq!(both(r#""NotResource":"arn:aws:s3:::*""#, r#""Resource":"arn:aws:s3:::x*""#), Ok(false));
    assert_eq!(both(r#""Resource":"arn:aws:s3:::*""#, r#""Resource":"arn:aws:iam::*""#), Ok(false));
}

#[test]
fn it_counts_wherever_the_policy_is() {
    let with = |iam: Iam| first(iam.facts()).administrator;
    let admins =
        |has: EntityBuilder| Iam::new().user("alice", EntityBuilder::nothing().group("admins")).group("admins", has);
    assert_eq!(with(Iam::new().user("alice", EntityBuilder::nothing().inline(ALLOW_ALL))), Ok(true));
    assert_eq!(with(Iam::new().user("alice", EntityBuilder::nothing().attached(ADMIN_ARN))), Ok(true));
    assert_eq!(with(admins(EntityBuilder::nothing().inline(ALLOW_ALL))), Ok(true));
    assert_eq!(with(admins(EntityBuilder::nothing().attached(ADMIN_ARN))), Ok(true));
    let own = customer_arn("harmless");
    assert_eq!(with(admins(EntityBuilder::nothing().attached(&own)).customer("harmless", ALLOW_ALL)), Ok(true));
    let other_group = Iam::new()
        .user("alice", EntityBuilder::nothing())
        .group("admins", EntityBuilder::nothing().attached(ADMIN_ARN));
    assert_eq!(with(other_group), Ok(false));
}

#[test]
fn names_mean_nothing() {
    let own = customer_arn("AdministratorAccess");
    let iam = Iam::new()
        .user("alice", EntityBuilder::nothing().attached(&own))
        .customer("AdministratorAccess", &allow(r#""Action":"s3:*","Resource":"*""#));
    assert_eq!(first(iam.facts()).administrator, Ok(false));
    let elsewhere = "arn:aws:iam::aws:policy/job-function/AdministratorAccess";
    let iam = Iam::new().user("alice", EntityBuilder::nothing().attached(elsewhere)).aws("x", ALLOW_ALL);
    assert_eq!(first(iam.facts()).administrator, Ok(false));
}

#[test]
fn only_administrator_access_of_aws_policies_is_administrator() {
    for name in ["AdministratorAccess-Amplify", "AdministratorAccess-AWSElasticBeanstalk", "PowerUserAccess"] {
        let iam = Iam::new().user("alice", EntityBuilder::nothing().attached(&aws_arn(name))).aws(name, ALLOW_ALL);
        let is = first(iam.facts());
        assert_eq!((is.administrator, is.can_become), (Ok(false), Ok(true)), "{name}");
    }
    for partition in ["aws", "aws-cn", "aws-us-gov"] {
        let arn = format!("arn:{partition}:iam::aws:policy/AdministratorAccess");
        assert_eq!(is(EntityBuilder::nothing().attached(&arn)).administrator, Ok(true), "{partition}");
    }
}

#[test]
fn awss_other_policies_are_judged_by_their_documents_and_add_up() {
    let iam_full = allow(r#""Action":"iam:*","Resource":"*""#);
    let full = Iam::new()
        .user("alice", EntityBuilder::nothing().attached(&aws_arn("IAMFullAccess")))
        .aws("IAMFullAccess", &iam_full);
    let is = first(full.facts());
    assert_eq!((is.administrator, is.can_become), (Ok(false), Ok(true)));

    let power = allow(r#""NotAction":["iam:*","organizations:*","account:*"],"Resource":"*""#);
    let rest = allow(r#""Action":["iam:*","organizations:*","account:*"],"Resource":"*""#);
    let both = Iam::new()
        .user("alice", EntityBuilder::nothing().attached(&aws_arn("PowerUserAccess")).inline(&rest))
        .aws("PowerUserAccess", &power);
    assert_eq!(first(both.facts()).administrator, Ok(true));
}

#[test]
fn listed_document_of_administrator_access_beats_the_known_one() {
    let iam = Iam::new().user("alice", EntityBuilder::nothing().attached(ADMIN_ARN));
    assert_eq!(first(iam.clone().aws_raw("AdministratorAccess", None).facts()).administrator, Ok(true));
    let narrow = iam.clone().aws("AdministratorAccess", &allow(r#""Action":"s3:*","Resource":"*""#));
    assert_eq!(first(narrow.facts()).administrator, Ok(false));
    assert!(first(iam.aws_raw("AdministratorAccess", Some("not JSON")).facts()).administrator.is_open());
}

#[test]
fn mfa_is_the_one_condition_that_leaves_an_administrator() {
    for condition in [
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"28800"}}"#,
        r#"{"NumericLessThanEquals":{"aws:multifactorauthage":3600}}"#,
        r#"{"Null":{"aws:MultiFactorAuthAge":"false"}}"#,
        r#"{"Null":{"aws:MultiFactorAuthAge":false},"NumericLessThan":{"aws:MultiFactorAuthAge":"1"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":true}}"#,
        r#"{"Bool":{"AWS:multifactorauthpresent":["True"]}}"#,
    ] {
        assert_administrator(&allow(&format!(r#""Action":"*","Resource":"*","Condition":{condition}"#)));
    }
    for condition in [
        r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":["true","false"]}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true","aws:SecureTransport":"true"}}"#,
        r#"{"StringEquals":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"ForAnyValue:Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"ForAllValues:Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"Null":{"aws:MultiFactorAuthAge":["true","false"]}}"#,
        r#"{"Null":{"aws:MultiFactorAuthAge":"true"}}"#,
        r#"{"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"3600"}}"#,
        r#"{"ForAllValues:NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"0"}}"#,
        r#"{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}"#,
        r#"{"StringEquals":{"aws:username":"alice"}}"#,
        r#"{"SomethingNew":{"aws:SourceIp":"x"}}"#,
    ] {
        assert_can_become_only(&allow(&format!(r#""Action":"*","Resource":"*","Condition":{condition}"#)));
    }
}

#[test]
fn time_is_decided_at_the_audits_own_time() {
    let on = |condition: &str| format!(r#""Action":"*","Resource":"*","Condition":{condition}"#);
    for holds in [
        r#"{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}"#,
        r#"{"DateGreaterThan":{"aws:currenttime":"2026-01-01T00:00:00Z"}}"#,
        r#"{"NumericLessThan":{"aws:EpochTime":"1900000000"}}"#,
        r#"{"DateLessThan":{"aws:EpochTime":1900000000}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
    ] {
        assert_administrator(&allow(&on(holds)));
    }
    for passed in [
        r#"{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}"#,
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}"#,
        r#"{"NumericLessThan":{"aws:EpochTime":"1700000000"}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"no date"}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"StringEquals":{"aws:username":"bob"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":[]}}"#,
    ] {
        assert_neither(&allow(&on(passed)));
    }
    let denied_until = |date: &str| {
        let condition = format!(r#"{{"DateLessThan":{{"aws:CurrentTime":"{date}"}}}}"#);
        format!("{ALLOW_ALL},{}", deny(&on(&condition)))
    };
    assert_neither(&denied_until("2027-01-01T00:00:00Z"));
    assert_administrator(&denied_until("2026-01-01T00:00:00Z"));
}

#[test]
fn deny_in_iam_sts_or_organizations_ends_administrator() {
    for (rest, can_become) in [
        (r#""Action":"*","Resource":"*""#, false),
        (r#""Action":"iam:*","Resource":"*""#, false),
        (r#""Action":"iam:*","Resource":"arn:aws:iam::*:*""#, false),
        (r#""Action":"iam:*","Resource":"arn:aws:iam::111122223333:*""#, false),
        (r#""Action":"iam:*","Resource":"arn:aws:iam::*""#, false),
        (r#""Action":"iam:*","Resource":["arn:aws:s3:::x","arn:*:iam::*:*"]"#, false),
        (r#""Action":"iam:*","NotResource":"arn:aws:s3:::*""#, false),
        (r#""NotAction":"s3:*","Resource":"*""#, false),
        (r#""Action":["iam:AttachUserPolicy","iam:PutUserPolicy"],"Resource":"*""#, false),
        (r#""Action":"iam:AttachUserPolicy","Resource":"*""#, true),
        (r#""Action":"IAM:CreateUser","Resource":"*""#, true),
        (r#""Action":"*:Leave*","Resource":"*""#, true),
        (r#""Action":"sts:AssumeRole","Resource":"*""#, true),
        (r#""Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/*""#, true),
        (r#""Action":"organizations:*","Resource":"*""#, true),
        (r#""NotAction":["iam:*","sts:*","organizations:*"],"Resource":"*""#, true),
    ] {
        let is = is(EntityBuilder::nothing().inline(ALLOW_ALL).inline(&deny(rest)));
        assert_eq!((is.administrator, is.can_become), (Ok(false), Ok(can_become)), "{rest}");
    }
}

#[test]
fn a_deny_of_something_else_leaves_an_administrator() {
    for rest in [
        r#""Action":"aws-portal:*","Resource":"*""#,
        r#""Action":["s3:DeleteBucket","kms:*"],"Resource":"*""#,
        r#""Action":"*","Resource":"arn:aws:s3:::logs/*""#,
        r#""Action":"iam:*","Resource":"arn:aws:iam::111122223333:role/Audit""#,
        r#""Action":"iam:*","Resource":"arn:aws:iam::111122223333:user/*""#,
        r#""Action":"iam:*","Resource":"arn:aws:iam::999988887777:*""#,
        r#""Action":"iam:*","NotResource":"arn:aws:iam::111122223333:user/alice""#,
        r#""NotAction":["iam:*","sts:*","organizations:*","account:*"],"Resource":"*""#,
        r#""Action":"iam:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-west-2"}}"#,
        r#""Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#""Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
        r#""Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"bob"}}"#,
    ] {
        assert_administrator(&format!("{ALLOW_ALL},{}", deny(rest)));
    }
    assert_administrator(&format!("{ALLOW_ALL},{DENY_WITHOUT_MFA}"));
}

#[test]
fn a_boundary_takes_unless_it_allows_all_of_the_four_services() {
    let bounded = |statements: &str| {
        let iam = Iam::new()
            .user("alice", EntityBuilder::nothing().inline(ALLOW_ALL).boundary(&customer_arn("boundary")))
            .customer("boundary", statements);
        let is = first(iam.facts());
        // Who has no MFA condition anywhere, has a key that works.
        if is.administrator == Ok(true) && !statements.contains("MultiFactorAuth") {
            assert!(is.key_works, "{statements}");
        }
        (is.administrator, is.can_become)
    };
    let four = r#"["arn:aws:iam::*:*","arn:aws:sts::*:*","arn:aws:organizations::*:*","arn:aws:account::*:*"]"#;
    for statements in [
        ALLOW_ALL.to_owned(),
        allow(r#""Action":"*","NotResource":"arn:aws:s3:::logs/*""#),
        allow(
            r#""Action":"*","NotResource":["arn:aws:s3:::logs","arn:aws:kms:us-west-2:*:key/*","arn:aws:s3:::${aws:username}/*"]"#,
        ),
        allow(r#""NotAction":"s3:*","NotResource":"arn:aws:s3:::logs/*""#),
        format!(
            "{},{}",
            allow(r#""Action":["iam:*","sts:*"],"NotResource":"arn:aws:s3:::logs/*""#),
            allow(r#""Action":["organizations:*","account:*"],"Resource":"*""#)
        ),
        format!(
            "{},{}",
            allow(r#""NotAction":"iam:*","NotResource":"arn:aws:s3:::logs/*""#),
            allow(r#""Action":"iam:*","Resource":"arn:aws:iam::*:*""#)
        ),
        allow(&format!(r#""Action":"*","Resource":{four}"#)),
        allow(r#""Action":"*","Resource":"arn:aws:*""#),
        allow(r#""NotAction":"aws-portal:*","Resource":"*""#),
        format!("{},{}", allow(r#""NotAction":"iam:*","Resource":"*""#), allow(r#""Action":"iam:*","Resource":"*""#)),
        allow(&format!(r#""Action":"*","Resource":"*",{MFA_TRUE}"#)),
        format!("{ALLOW_ALL},{}", deny(r#""Action":"s3:*","Resource":"*""#)),
    ] {
        assert_eq!(bounded(&statements), (Ok(true), Ok(true)), "{statements}");
    }
    for (statements, can_become) in [
        (allow(r#""NotAction":["iam:*","organizations:*","account:*"],"Resource":"*""#), false),
        (allow(r#""Action":"s3:*","Resource":"*""#), false),
        (allow(r#""NotAction":"sts:*","Resource":"*""#), true),
        (allow(r#""Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}"#), true),
        (allow(r#""Action":"*","Resource":"arn:aws:iam::111122223333:user/*""#), true),
        (allow(r#""Action":"*","Resource":"arn:aws:iam::*:*""#), true),
        (allow(&format!(r#""Action":"*","Resource":{}"#, four.replace(r#""arn:aws:organizations::*:*","#, ""))), true),
        (allow(&format!(r#""Action":"*","Resource":{}"#, four.replace("aws", "aws-cn"))), false),
        (allow(&format!(r#""Action":["iam:*","organizations:*"],"Resource":{four}"#)), true),
        (allow(r#""Action":"*","NotResource":["arn:aws:s3:::logs/*","arn:aws:iam::111122223333:role/Audit"]"#), true),
        (allow(r#""Action":"*","NotResource":"arn:aws:iam::*:role/*""#), true),
        (allow(r#""Action":"*","NotResource":"arn:aws:account::*:*""#), true),
        (allow(r#""Action":"*","NotResource":"arn:aws:*:*:*:*/Audit""#), true),
        (allow(r#""Action":"*","NotResource":"arn:aws:iam::*:user/*""#), false),
        (allow(r#""NotAction":"sts:*","NotResource":"arn:aws:s3:::logs/*""#), true),
        (format!("{ALLOW_ALL},{}", deny(r#""Action":"iam:*","Resource":"*""#)), false),
        (String::new(), false),
    ] {
        assert_eq!(bounded(&statements), (Ok(false), Ok(can_become)), "{statements}");
    }
}

#[test]
fn boundary_and_own_policies_must_both_grant() {
    for statements in [
        allow(r#""Action":"*","NotResource":"arn:aws:s3:::logs/*""#),
        allow(r#""Action":"*","Resource":"arn:aws:iam::*:*""#),
        allow(
            r#""Action":"*","Resource":["arn:aws:iam::*:*","arn:aws:sts::*:*","arn:aws:organizations::*:*","arn:aws:account::*:*"]"#,
        ),
    ] {
        let own = EntityBuilder::nothing().inline(&statements).boundary(ADMIN_ARN);
        assert_eq!(first(Iam::new().user("alice", own).facts()).administrator, Ok(false), "{statements}");
    }
}

#[test]
fn awss_policies_as_boundaries_are_judged_by_their_documents() {
    let bounded = |arn: &str, iam: Iam| {
        first(iam.user("alice", EntityBuilder::nothing().inline(ALLOW_ALL).boundary(arn)).facts())
    };
    assert_eq!(bounded(ADMIN_ARN, Iam::new()).administrator, Ok(true));
    let power = Iam::new().aws("PowerUserAccess", &allow(r#""NotAction":["iam:*"],"Resource":"*""#));
    assert_eq!(bounded(&aws_arn("PowerUserAccess"), power).administrator, Ok(false));
    let wide = Iam::new().aws("Wide", ALLOW_ALL);
    assert_eq!(bounded(&aws_arn("Wide"), wide).administrator, Ok(true));
    let unread = bounded(&aws_arn("Other"), Iam::new());
    assert!(unread.administrator.is_open() && unread.can_become.is_open());
}

#[test]
fn a_boundary_gives_nothing() {
    assert_eq!(is(EntityBuilder::nothing().boundary(ADMIN_ARN)).administrator, Ok(false));
    assert_eq!(is(EntityBuilder::nothing().boundary(ADMIN_ARN)).can_become, Ok(false));
}

#[test]
fn who_may_give_a_user_policies_can_become_administrator() {
    for rest in [
        r#""Action":"iam:*","Resource":"*""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"*""#,
        r#""Action":"IAM:putuserpolicy","Resource":"*""#,
        r#""Action":"iam:*UserPolicy","Resource":"*""#,
        r#""NotAction":"sts:*","Resource":"*""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::111122223333:user/*""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::111122223333:user/alice""#,
        r#""Action":"iam:PutUserPolicy","Resource":"arn:aws:iam::*""#,
        r#""Action":"iam:PutUserPolicy","NotResource":"arn:aws:iam::111122223333:user/bob""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#,
    ] {
        assert_can_become_only(&allow(rest));
    }
    for rest in [
        r#""Action":"iam:AttachRolePolicy","Resource":"*""#,
        r#""Action":"iam:Get*","Resource":"*""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::111122223333:user/bob""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::111122223333:user/team/*""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::999988887777:user/*""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::111122223333:user/ALICE""#,
        r#""Action":"iam:PutUserPolicy","NotResource":"arn:aws:iam::111122223333:user/${aws:username}""#,
    ] {
        assert_neither(&allow(rest));
    }
    // The older version of the language has no variables.
    let older = r#"{"Statement":{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}"}}"#;
    assert_eq!(is(EntityBuilder::nothing().raw(older)).can_become, Ok(false));
}

#[test]
fn grant_on_oneself_is_removed_by_a_deny_on_oneself() {
    let own = allow(r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}""#);
    assert_neither(&format!("{own},{}", deny(r#""Action":"iam:*","Resource":"arn:aws:iam::111122223333:user/alice""#)));
    let all = allow(r#""Action":"iam:AttachUserPolicy","Resource":"*""#);
    assert_can_become_only(&format!("{all},{}", deny(r#""Action":"iam:*","Resource":"arn:aws:iam::*:user/alice""#)));
}

#[test]
fn grant_on_oneself_survives_denies_on_others() {
    let own = allow(r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}""#);
    for rest in [
        r#""Action":"iam:DeleteUser","Resource":"arn:aws:iam::111122223333:user/alice""#,
        r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::111122223333:user/bob""#,
    ] {
        assert_can_become_only(&format!("{own},{}", deny(rest)));
    }
}

#[test]
fn an_unread_document_leaves_open_what_the_others_do_not_decide() {
    for unread in ["", "{}", "not JSON", r#"{"Statement":[{"Effect":"Permit","Action":"*","Resource":"*"}]}"#] {
        let nothing_else = is(EntityBuilder::nothing().raw(unread));
        assert!(nothing_else.administrator.is_open() && nothing_else.can_become.is_open(), "{unread}");
        let beside_all = is(EntityBuilder::nothing().raw(unread).attached(ADMIN_ARN));
        assert!(beside_all.administrator.is_open() && beside_all.can_become.is_open(), "it may deny: {unread}");
        let sure_no = is(EntityBuilder::nothing().raw(unread).inline(&deny(r#""Action":"*","Resource":"*""#)));
        assert_eq!((sure_no.administrator, sure_no.can_become), (Ok(false), Ok(false)), "{unread}");
    }
}

#[test]
fn boundary_that_allows_nothing_decides_beside_unread_policies() {
    let iam = Iam::new()
        .user("alice", EntityBuilder::nothing().raw("x").boundary(&customer_arn("s3")))
        .customer("s3", &allow(r#""Action":"s3:*","Resource":"*""#));
    let is = first(iam.facts());
    assert_eq!((is.administrator, is.can_become), (Ok(false), Ok(false)));
}

#[test]
fn an_unseen_list_leaves_open_only_who_hangs_on_it() {
    let operation = Operation::GetAccountAuthorizationDetails;
    let iam = |has: EntityBuilder| Iam::new().user("alice", has).facts();
    let without_groups = |has: EntityBuilder| first(Facts { groups: denied(operation), ..iam(has) });
    assert_eq!(without_groups(EntityBuilder::nothing().attached(ADMIN_ARN)).administrator, Ok(true));
    assert!(without_groups(EntityBuilder::nothing().attached(ADMIN_ARN).group("g")).administrator.is_open());
    assert!(without_groups(EntityBuilder::nothing().group("g")).can_become.is_open());

    let without_own = |has: EntityBuilder| first(Facts { customer_policies: denied(operation), ..iam(has) });
    assert_eq!(without_own(EntityBuilder::nothing().attached(ADMIN_ARN)).administrator, Ok(true));
    assert!(without_own(EntityBuilder::nothing().attached(&customer_arn("x"))).administrator.is_open());

    let without_aws = |has: EntityBuilder| first(Facts { aws_policies: denied(operation), ..iam(has) });
    assert_eq!(
        without_aws(EntityBuilder::nothing().attached(ADMIN_ARN)).administrator,
        Ok(true),
        "it is known by its ARN"
    );
    let reader = without_aws(EntityBuilder::nothing().attached(&aws_arn("ReadOnlyAccess")));
    assert_eq!(reader.administrator, Ok(false));
    assert!(reader.can_become.is_open());
}

#[test]
fn policy_that_does_not_exist_grants_nothing_and_denies_by_name() {
    let beside = |name: &str| {
        let mut facts =
            Iam::new().user("alice", EntityBuilder::nothing().attached(ADMIN_ARN).attached(&aws_arn(name))).facts();
        facts.policy_default_versions.set(&aws_arn(name), known(Operation::GetPolicy, None));
        first(facts)
    };
    assert_eq!(beside("IAMUserChangePassword").administrator, Ok(true));
    assert!(beside("AWSDenyAll").administrator.is_open());
    assert!(beside("AWSCompromisedKeyQuarantineV3").administrator.is_open());
    let unseen = is(EntityBuilder::nothing().attached(ADMIN_ARN).attached(&aws_arn("IAMUserChangePassword")));
    assert!(unseen.administrator.is_open(), "what was not seen may deny");
}

#[test]
fn a_key_is_good_for_nothing_where_a_policy_demands_mfa() {
    let key = |statements: &str| {
        let is = is(EntityBuilder::nothing().inline(statements));
        assert_eq!(is.administrator, Ok(true), "{statements}");
        is.key_works
    };
    let with_mfa = allow(&format!(r#""Action":"*","Resource":"*",{MFA_TRUE}"#));
    let read = allow(r#""Action":["s3:Get*","iam:ChangePassword"],"Resource":"*""#);
    for statements in [
        with_mfa.clone(),
        format!("{with_mfa},{read}"),
        format!("{ALLOW_ALL},{DENY_WITHOUT_MFA}"),
        format!("{ALLOW_ALL},{}", deny(r#""Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":false}}"#)),
        format!(
            "{ALLOW_ALL},{}",
            deny(r#""NotAction":"iam:*MFADevice*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":false}}"#)
        )
        .replace("iam:*MFADevice*", "iam:ListMFADevices"),
        format!(
            "{ALLOW_ALL},{}",
            deny(r#""Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false","aws:ViaAWSService":"false"}}"#)
        ),
    ] {
        assert!(!key(&statements), "{statements}");
    }
    for statements in [
        ALLOW_ALL.to_owned(),
        format!("{ALLOW_ALL},{with_mfa}"),
        // Without IfExists it does not fit a long-term key, which brings no word about MFA.
        format!(
            "{ALLOW_ALL},{}",
            deny(r#""Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#)
        ),
        // It does not fit a session that was made without MFA.
        format!(
            "{ALLOW_ALL},{}",
            deny(r#""Action":"*","Resource":"*","Condition":{"Null":{"aws:MultiFactorAuthPresent":"true"}}"#)
        ),
        format!(
            "{ALLOW_ALL},{}",
            deny(
                r#""Action":"iam:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#
            )
        ),
        format!(
            "{ALLOW_ALL},{}",
            deny(
                r#""NotAction":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#
            )
        ),
        format!(
            "{ALLOW_ALL},{}",
            deny(
                r#""NotAction":"iam:DeactivateMFADevice","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#
            )
        ),
        format!(
            "{ALLOW_ALL},{}",
            deny(
                r#""Action":"*","Resource":"arn:aws:iam::*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#
            )
        ),
        format!(
            "{ALLOW_ALL},{}",
            deny(
                r#""Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"NotIpAddress":{"aws:SourceIp":"203.0.113.7"}}"#
            )
        ),
        format!("{with_mfa},{}", allow(r#""Action":"iam:AttachUserPolicy","Resource":"*""#)),
    ] {
        assert!(key(&statements), "{statements}");
    }
}

#[test]
fn key_is_useless_if_boundary_or_two_denies_demand_mfa() {
    let bounded = Iam::new()
        .user("alice", EntityBuilder::nothing().inline(ALLOW_ALL).boundary(&customer_arn("mfa")))
        .customer("mfa", &allow(&format!(r#""Action":"*","Resource":"*",{MFA_TRUE}"#)));
    let is_bounded = first(bounded.facts());
    assert_eq!((is_bounded.administrator, is_bounded.key_works), (Ok(true), false));

    let without = r#""Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#;
    let all_but_s3 = deny(&format!(r#""NotAction":"s3:*",{without}"#));
    let s3 = deny(&format!(r#""Action":"s3:*",{without}"#));
    assert!(!is(EntityBuilder::nothing().inline(ALLOW_ALL).inline(&all_but_s3).inline(&s3)).key_works);
    assert!(is(EntityBuilder::nothing().inline(ALLOW_ALL).inline(&all_but_s3)).key_works);
}

/// `/exists` names what takes it.
#[test]
fn guardrails_leave_an_administrator() {
    for rest in [
        r#""Action":"organizations:LeaveOrganization","Resource":"*""#,
        r#""Action":["organizations:Leave*","account:CloseAccount"],"Resource":"*""#,
        r#""Action":"account:CloseAccount","Resource":"arn:aws:account::*:*""#,
        r#""Action":["IAM:createaccesskey","iam:UpdateAccessKey"],"Resource":"*""#,
        r#""Action":["iam:CreateServiceSpecificCredential","iam:UploadSSHPublicKey","iam:UploadSigningCertificate"],"Resource":"*""#,
        r#""Action":["sts:GetFederationToken","account:DisableRegion","s3:*"],"Resource":"*""#,
        r#""Action":["organizations:DeleteOrganization","organizations:CloseAccount"],"Resource":"*""#,
        r#""Action":"organizations:RemoveAccountFromOrganization","Resource":"*""#,
    ] {
        assert_administrator(&format!("{ALLOW_ALL},{}", deny(rest)));
        let bounded = Iam::new()
            .user("alice", EntityBuilder::nothing().inline(ALLOW_ALL).boundary(&customer_arn("b")))
            .customer("b", &format!("{ALLOW_ALL},{}", deny(rest)));
        assert_eq!(first(bounded.facts()).administrator, Ok(true), "boundary {rest}");
    }
    for rest in [
        r#""Action":"organizations:CreateOrganization","Resource":"*""#,
        r#""Action":["organizations:LeaveOrganization","organizations:CreateOrganization"],"Resource":"*""#,
        r#""Action":"*:Leave*","Resource":"*""#,
        r#""Action":"organizations:L*","Resource":"*""#,
        r#""Action":"iam:*AccessKey","Resource":"*""#,
        r#""Action":"iam:CreateUser","Resource":"*""#,
        r#""Action":"account:*","Resource":"*""#,
        r#""Action":"sts:Get*","Resource":"*""#,
    ] {
        assert_can_become_only(&format!("{ALLOW_ALL},{}", deny(rest)));
    }
    let all_but = |exceptions: &str| {
        let iam = Iam::new()
            .user("alice", EntityBuilder::nothing().inline(ALLOW_ALL).boundary(&customer_arn("b")))
            .customer("b", &allow(&format!(r#""NotAction":{exceptions},"Resource":"*""#)));
        first(iam.facts()).administrator
    };
    assert_eq!(all_but(r#"["organizations:LeaveOrganization","account:CloseAccount"]"#), Ok(true));
    assert_eq!(all_but(r#"["organizations:LeaveOrganization","account:*"]"#), Ok(false));
}

/// Row 84 of escalation.md 7.3, and others.
#[test]
fn a_condition_that_no_request_to_iam_meets_grants_nothing() {
    for condition in [
        r#"{"Bool":{"aws:IsMcpServiceAction":"true"}}"#,
        r#"{"BoolIfExists":{"AWS:ismcpserviceaction":true}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#,
        r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
        r#"{"StringEquals":{"aws:ResourceAccount":"999988887777"}}"#,
    ] {
        assert_neither(&allow(&format!(r#""Action":"*","Resource":"*","Condition":{condition}"#)));
    }
    assert_administrator(&format!(
        "{ALLOW_ALL},{}",
        deny(r#""Action":"*","Resource":"*","Condition":{"Bool":{"aws:IsMcpServiceAction":"true"}}"#)
    ));
}

#[test]
fn the_accounts_organization_decides_conditions_on_it() {
    let on = |operator: &str| {
        allow(&format!(
            r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}}}"#
        ))
    };
    let with = |statements: &str, organization: CachedFact<Option<Organization>>| {
        let iam = Iam::new().user("alice", EntityBuilder::nothing().inline(statements));
        first(Facts { organization, ..iam.facts() }).can_become
    };
    let member = |id: &str| {
        let organization =
            Organization { id: id.to_owned(), management_account: "111122223333".to_owned(), feature_set: None };
        known(Operation::DescribeOrganization, Some(organization))
    };
    let standalone = || known(Operation::DescribeOrganization, None);
    let unseen = || denied(Operation::DescribeOrganization);
    let (equals, differs) = (on("StringEquals"), on("StringNotEquals"));
    for (statements, slot, expected) in [
        (&equals, standalone(), Some(false)),
        (&equals, member("o-aaaaaaaaaa"), Some(true)),
        (&equals, member("o-bbbbbbbbbb"), Some(false)),
        (&equals, unseen(), None),
        (&differs, standalone(), Some(true)),
        (&differs, member("o-aaaaaaaaaa"), Some(false)),
        (&differs, unseen(), None),
        (&ALLOW_ALL.to_owned(), unseen(), Some(true)),
    ] {
        let answer = with(statements, slot);
        match expected {
            Some(expected) => assert_eq!(answer, Ok(expected), "{statements}"),
            None => assert_eq!(answer.unwrap_err().call.operation, Operation::DescribeOrganization, "{statements}"),
        }
    }
    // A Deny that asks for an organization surely holds in a standalone account.
    let denied =
        deny(r#""Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#);
    assert_neither(&format!("{ALLOW_ALL},{denied}"));
}

/// Rows 4 to 14 of escalation.md 7.3, as far as the two condition keys go.
#[test]
fn the_policy_and_the_boundary_that_a_request_names_decide() {
    let may = |action: &str, condition: &str| {
        allow(&format!(r#""Action":"iam:{action}","Resource":"*","Condition":{{{condition}}}"#))
    };
    let policy =
        |operator: &str, arn: &str| may("AttachUserPolicy", &format!(r#""{operator}":{{"iam:PolicyARN":"{arn}"}}"#));
    let bounded = |action: &str, boundary: &str| {
        may(action, &format!(r#""StringEquals":{{"iam:PermissionsBoundary":"{boundary}"}}"#))
    };
    let own = |name: &str| customer_arn(name);
    let create = allow(r#""Action":"iam:CreatePolicy","Resource":"arn:aws:iam::*:policy/CodeStar_*""#);
    let rewrite = allow(r#""Action":"iam:CreatePolicyVersion","Resource":"arn:aws:iam::*:policy/harmless""#);
    let code_star = policy("ArnLike", "arn:aws:iam::111122223333:policy/CodeStar_*");
    let both = |one: &str, other: &str| format!("{one},{other}");
    let plain = EntityBuilder::nothing;
    let with_s3 = || EntityBuilder::nothing().boundary(&customer_arn("s3"));
    let with_all = || EntityBuilder::nothing().boundary(ADMIN_ARN);
    for (row, has, statements, expected) in [
        ("ReadOnlyAccess", plain(), policy("ArnEquals", &aws_arn("ReadOnlyAccess")), false),
        ("ReadOnlyAccess as text", plain(), policy("StringLike", &aws_arn("ReadOnly*")), false),
        ("AdministratorAccess", plain(), policy("ArnEquals", ADMIN_ARN), true),
        ("AdministratorAccess as text", plain(), policy("StringEquals", ADMIN_ARN), true),
        ("a pattern of AWS's", plain(), policy("ArnLike", "arn:aws:iam::aws:policy/*"), true),
        ("IAMFullAccess", plain(), policy("ArnEquals", &aws_arn("IAMFullAccess")), true),
        ("all but AdministratorAccess", plain(), policy("ArnNotEquals", ADMIN_ARN), true),
        ("one's own that makes an administrator", plain(), policy("ArnEquals", &own("everything")), true),
        ("one's own that lets one become it", plain(), policy("ArnEquals", &own("writer")), true),
        ("one's own that is harmless", plain(), policy("ArnEquals", &own("harmless")), false),
        ("one's own that can be rewritten", plain(), both(&policy("ArnEquals", &own("harmless")), &rewrite), true),
        ("a pattern without creating", plain(), code_star.clone(), false),
        ("a pattern and creating", plain(), both(&code_star, &create), true),
        ("attach under a boundary, without one", plain(), bounded("AttachUserPolicy", &own("s3")), false),
        ("write under a boundary, without one", plain(), bounded("PutUserPolicy", &own("s3")), false),
        ("write under a boundary that takes it", with_s3(), bounded("PutUserPolicy", &own("s3")), false),
        ("write under a boundary that leaves it", with_all(), bounded("PutUserPolicy", ADMIN_ARN), true),
        (
            "write to whoever has no boundary",
            plain(),
            may("PutUserPolicy", r#""Null":{"iam:PermissionsBoundary":"true"}"#),
            true,
        ),
        (
            "a Deny of all others",
            plain(),
            both(
                &allow(r#""Action":"iam:Attach*","Resource":"*""#),
                &deny(&format!(
                    r#""Action":"iam:AttachUserPolicy","Resource":"*","Condition":{{"ArnNotEquals":{{"iam:PolicyARN":"{}"}}}}"#,
                    aws_arn("ReadOnlyAccess")
                )),
            ),
            false,
        ),
        (
            "another user",
            plain(),
            allow(r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::*:user/other""#),
            false,
        ),
        (
            "another case",
            plain(),
            allow(r#""Action":"iam:AttachUserPolicy","Resource":"arn:aws:iam::*:user/Alice""#),
            false,
        ),
    ] {
        let iam = Iam::new()
            .user("alice", has.inline(&statements))
            .customer("everything", ALLOW_ALL)
            .customer("writer", &allow(r#""Action":"iam:PutUserPolicy","Resource":"*""#))
            .customer("harmless", &allow(r#""Action":"s3:GetObject","Resource":"*""#))
            .customer("s3", &allow(r#""Action":"s3:*","Resource":"*""#));
        assert_eq!(first(iam.facts()).can_become, Ok(expected), "{row}: {statements}");
    }
}

#[test]
fn unread_list_leaves_open_who_can_attach_what_it_may_have() {
    let may = |arn: &str| {
        let statement = allow(&format!(
            r#""Action":"iam:AttachUserPolicy","Resource":"*","Condition":{{"ArnEquals":{{"iam:PolicyARN":"{arn}"}}}}"#
        ));
        let iam = Iam::new().user("alice", EntityBuilder::nothing().inline(&statement));
        let listing = Operation::GetAccountAuthorizationDetails;
        first(Facts { customer_policies: denied(listing), ..iam.facts() }).can_become
    };
    assert!(may(&customer_arn("some")).is_open());
    assert_eq!(may(&aws_arn("ReadOnlyAccess")), Ok(false));
    assert_eq!(may(ADMIN_ARN), Ok(true));
}

#[test]
fn each_mode_of_signing_in_is_evaluated_by_itself() {
    let with_mfa = allow(&format!(r#""Action":"*","Resource":"*",{MFA_TRUE}"#));
    let fresh = allow(r#""Action":"*","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}"#);
    let new = allow(
        r#""Action":"*","Resource":"*","Condition":{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}"#,
    );
    let old = allow(
        r#""Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}"#,
    );
    for (statements, modes) in [
        (ALLOW_ALL.to_owned(), [true, true, true]),
        (with_mfa, [false, false, true]),
        (fresh, [false, false, true]),
        (new, [false, true, true]),
        (old, [false, false, false]),
        (format!("{ALLOW_ALL},{DENY_WITHOUT_MFA}"), [false, false, true]),
    ] {
        let account =
            Account::recorded(Iam::new().user("alice", EntityBuilder::nothing().inline(&statements)).facts(), now());
        let may = async {
            let users = account.users().await.unwrap();
            let holder = PolicyHolder::user(users.each().next().unwrap());
            let library = Library::gather(&account).await;
            let policies = Policies::of(&library, &holder);
            let circumstances = Circumstances::of(&account).await;
            let powers = Privileges::of(&policies, &circumstances);
            [Mode::Key, Mode::Session, Mode::SessionWithMfa]
                .map(|mode| powers.may("iam:CreateUser", "arn:aws:iam::111122223333:user/new", &powers.context(mode)))
        }
        .now_or_never()
        .unwrap();
        assert_eq!(may, modes.map(Ok), "{statements}");
    }
}
