use super::*;
use crate::account::facts::{Facts, Organization};
use crate::model::finding::Finding;
use crate::model::status::Status;
use crate::testing::delayed::judge_far_away;
use crate::testing::iam::{
    ADMINISTRATOR_ACCESS, ALLOW_ALL, EntityBuilder, Iam, SSM_CORE as CORE_ARN, aws_arn, customer_arn,
};
use crate::testing::{denied, judge, known, overall, status_of};

const EC2: &str = r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#;
const REGISTER: &str = r#"{"Effect":"Allow","Action":"ssm:UpdateInstanceInformation","Resource":"*"}"#;
const CHANNELS: &str = r#"{"Effect":"Allow","Action":"ssmmessages:*","Resource":"*"}"#;

fn core() -> EntityBuilder {
    EntityBuilder::nothing().attached(CORE_ARN)
}

fn trusting(trust: &str) -> CheckResult {
    judge(&CHECK, Iam::new().role("r", trust, core()).facts())
}

fn having(has: EntityBuilder) -> CheckResult {
    judge(&CHECK, Iam::new().role("r", EC2, has).facts())
}

fn inline(statements: &str) -> EntityBuilder {
    EntityBuilder::nothing().inline(statements)
}

fn trust_of(judged: &CheckResult) -> Status {
    status_of(judged, TRUST.id)
}

fn permissions_of(judged: &CheckResult) -> Status {
    status_of(judged, PERMISSIONS.id)
}

fn excess_of(judged: &CheckResult) -> Status {
    status_of(judged, NOT_EXCESSIVE.id)
}

fn finding<'j>(judged: &'j CheckResult, requirement: &str) -> &'j Finding {
    judged.findings.iter().find(|finding| finding.id == requirement).unwrap()
}

fn trust(principal: &str, rest: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"{rest}}}"#)
}

#[test]
fn a_role_for_instances_passes_under_any_name() {
    let judged = trusting(EC2);
    assert_eq!(overall(&judged), Status::Pass);
    let ids: Vec<&str> = judged.findings.iter().map(|finding| finding.id).collect();
    assert_eq!(ids, [TRUST.id, PERMISSIONS.id, INSTANCE_PROFILE.id, NOT_EXCESSIVE.id]);
    assert_eq!(judged.findings[0].message, "EC2 instances can assume role `r`");
}

#[test]
fn trust_counts_however_it_is_spelled() {
    for statement in [
        r#"{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]},"Action":"sts:AssumeRole"}"#,
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":["sts:TagSession","STS:assumerole"]}"#,
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:*"}"#,
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":"111122223333"},"Action":"sts:Assume*"}"#,
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{}}"#,
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole",
            "Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}"#,
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole",
            "Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}}}"#,
    ] {
        assert_eq!(trust_of(&trusting(statement)), Status::Pass, "{statement}");
    }
}

#[test]
fn what_does_not_let_ec2_in_is_no_trust() {
    let ec2 = |rest: &str| trust(r#"{"Service":"ec2.amazonaws.com"}"#, rest);
    for statement in [
        trust(r#"{"Service":"lambda.amazonaws.com"}"#, ""),
        trust(r#"{"Service":"EC2.amazonaws.com"}"#, ""),
        trust(r#"{"Service":"ec2.amazonaws.com.cn"}"#, ""),
        trust(r#"{"AWS":"ec2.amazonaws.com"}"#, ""),
        trust(r#""*""#, ""),
        trust(r#"{"AWS":"*"}"#, ""),
        trust(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, ""),
        r#"{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#.to_owned(),
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:TagSession"}"#.to_owned(),
        ec2(r#","Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#),
        ec2(r#","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#),
        ec2(r#","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ec2:*:111122223333:instance/*"}}"#),
        ec2(r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-x"}}"#),
        ec2(r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":true}}"#),
        ec2(r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"x"}}"#),
        ec2(r#","Condition":{"StringEquals":{"accounts.google.com:aud":"x"}}"#),
        ec2(r#","Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#),
        format!("{EC2},{}", EC2.replace("Allow", "Deny")),
        format!(r#"{EC2},{{"Effect":"Deny","Principal":"*","Action":"sts:*"}}"#),
        format!(r#"{EC2},{{"Effect":"Deny","NotPrincipal":{{"AWS":"111122223333"}},"Action":"*"}}"#),
        format!(
            r#"{EC2},{{"Effect":"Deny","Principal":"*","Action":"*","Condition":{{"StringNotEquals":{{"sts:ExternalId":"x"}}}}}}"#
        ),
    ] {
        assert_eq!(trust_of(&trusting(&statement)), Status::Fail, "{statement}");
    }
}

#[test]
fn a_deny_that_does_not_fit_ec2_changes_nothing() {
    for deny in [
        r#"{"Effect":"Deny","Principal":{"AWS":"999988887777"},"Action":"*"}"#,
        r#"{"Effect":"Deny","Principal":"*","Action":"sts:TagSession"}"#,
        r#"{"Effect":"Deny","NotPrincipal":{"Service":"ec2.amazonaws.com"},"Action":"*"}"#,
        r#"{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}"#,
        r#"{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"Bool":{"aws:PrincipalIsAWSService":"false"}}}"#,
    ] {
        assert_eq!(trust_of(&trusting(&format!("{EC2},{deny}"))), Status::Pass, "{deny}");
    }
}

#[test]
fn trust_that_hangs_on_what_nobody_knows_is_unknown() {
    for condition in [
        r#"{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
        r#"{"StringSomehow":{"aws:SourceAccount":"x"}}"#,
    ] {
        let judged = trusting(&trust(r#"{"Service":"ec2.amazonaws.com"}"#, &format!(r#","Condition":{condition}"#)));
        assert_eq!(trust_of(&judged), Status::Unknown, "{condition}");
    }
}

#[test]
fn unreadable_trust_policy_is_unknown_for_trust_and_excess() {
    let judged =
        judge(&CHECK, Iam::new().role("r", EC2, core()).but(|role| role.trust_policy = "{".to_owned()).facts());
    assert_eq!((trust_of(&judged), excess_of(&judged)), (Status::Unknown, Status::Unknown));
    assert_eq!(permissions_of(&judged), Status::Pass);
}

#[test]
fn a_document_that_is_empty_is_unread_and_nothing_else_is() {
    let judged = having(core().raw(""));
    assert_eq!((trust_of(&judged), status_of(&judged, INSTANCE_PROFILE.id)), (Status::Pass, Status::Pass));
    assert_eq!((permissions_of(&judged), excess_of(&judged)), (Status::Unknown, Status::Unknown));
    let judged = judge(&CHECK, Iam::new().role("r", EC2, core()).but(|role| role.trust_policy.clear()).facts());
    assert_eq!((trust_of(&judged), excess_of(&judged)), (Status::Unknown, Status::Unknown));
    assert_eq!((permissions_of(&judged), status_of(&judged, INSTANCE_PROFILE.id)), (Status::Pass, Status::Pass));
}

#[test]
fn in_china_ec2_has_two_names() {
    for (service, status) in [
        ("ec2.amazonaws.com", Status::Pass),
        ("ec2.amazonaws.com.cn", Status::Pass),
        ("ec2.amazonaws.cn", Status::Fail),
    ] {
        let core = "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore";
        let iam = Iam::new()
            .role("r", &trust(&format!(r#"{{"Service":"{service}"}}"#), ""), EntityBuilder::nothing().attached(core))
            .but(|role| role.arn = role.arn.replace("arn:aws:", "arn:aws-cn:"));
        assert_eq!(overall(&judge(&CHECK, iam.facts())), status, "{service}");
    }
}

#[test]
fn permissions_may_come_from_one_policy_or_several() {
    let own = |arn: &str| EntityBuilder::nothing().attached(arn);
    let both = format!("{REGISTER},{CHANNELS}");
    for has in [
        core(),
        inline(&both),
        inline(REGISTER).inline(CHANNELS),
        inline(r#"{"Effect":"Allow","Action":["ssm:Update*","SSMMESSAGES:*channel"],"Resource":"*"}"#),
        inline(r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#),
        inline(CHANNELS)
            .inline(r#"{"Effect":"Allow","Action":"ssm:UpdateInstanceInformation","Resource":"arn:aws:ec2:*:*:instance/*"}"#),
        inline(CHANNELS).inline(
            r#"{"Effect":"Allow","Action":"ssm:UpdateInstanceInformation","Resource":"arn:aws:ec2:*:111122223333:instance/*"}"#,
        ),
        core().boundary(ADMINISTRATOR_ACCESS),
        core().boundary(CORE_ARN),
        core().inline(r#"{"Effect":"Deny","Action":"ec2messages:*","Resource":"*"}"#),
        core().inline(r#"{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::logs/*"}"#),
        inline(CHANNELS)
            .inline(r#"{"Effect":"Allow","Action":"ssm:UpdateInstanceInformation","Resource":"arn:aws:ec2:*:*:instance/i-*"}"#),
        core().inline(r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}"#),
    ] {
        assert_eq!(permissions_of(&having(has)), Status::Pass);
    }
    let managed = Iam::new().role("r", EC2, own(&customer_arn("mine"))).customer("mine", &both);
    assert_eq!(overall(&judge(&CHECK, managed.facts())), Status::Pass);
}

#[test]
fn one_missing_action_fails_and_is_named() {
    for (statements, missing) in [
        (CHANNELS.to_owned(), "ssm:UpdateInstanceInformation"),
        (REGISTER.to_owned(), "ssmmessages:OpenDataChannel"),
        (format!("{REGISTER},{}", CHANNELS.replace(":*", ":Open*")), "ssmmessages:CreateControlChannel"),
        (format!("{CHANNELS},{}", REGISTER.replace("\"*\"", "\"arn:aws:ssm:*:*:managed-instance/*\"")), "ssm:Update"),
        (
            format!("{CHANNELS},{}", REGISTER.replace("\"*\"", "\"arn:aws:ec2:*:999988887777:instance/*\"")),
            "ssm:Update",
        ),
        (
            format!("{REGISTER},{}", CHANNELS.replace("Resource\":\"*\"", "Resource\":\"arn:aws:ssm:*:*:*\"")),
            "ssmmessages:Open",
        ),
        (
            format!(
                "{CHANNELS},{}",
                REGISTER.replace('}', r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#)
            ),
            "ssm:Update",
        ),
    ] {
        let judged = having(inline(&statements));
        assert_eq!(permissions_of(&judged), Status::Fail, "{statements}");
        assert!(finding(&judged, PERMISSIONS.id).message.contains(missing), "{:#?}", finding(&judged, PERMISSIONS.id));
    }
}

#[test]
fn a_deny_or_a_boundary_takes_permissions() {
    for has in [
        core().inline(r#"{"Effect":"Deny","Action":"ssmmessages:*","Resource":"*"}"#),
        core().inline(r#"{"Effect":"Deny","Action":"ssm:*","Resource":"arn:aws:ec2:*:*:instance/*"}"#),
        core().inline(r#"{"Effect":"Deny","NotAction":"ec2:*","Resource":"*"}"#),
        core().inline(r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#),
        core().attached(&aws_arn("Wide")).boundary(&customer_arn("narrow")),
    ] {
        let iam = Iam::new().role("r", EC2, has).customer("narrow", REGISTER).aws("Wide", ALLOW_ALL);
        let judged = judge(&CHECK, iam.facts());
        let finding = finding(&judged, PERMISSIONS.id);
        assert_eq!(finding.status, Status::Fail);
        assert!(finding.message.contains("an explicit deny or the permissions boundary removes it"), "{}", finding.message);
        // What takes it is its author's to change; a role beside it serves.
        let commands = finding.remediation.as_ref().unwrap().commands.join("\n");
        assert!(commands.contains("create-role --role-name EC2-SSM "), "{commands}");
    }
}

#[test]
fn a_part_of_the_instances_or_a_condition_that_can_hold_warns() {
    let register =
        |rest: &str| inline(CHANNELS).inline(&format!(r#"{{"Effect":"Allow","Action":"ssm:Update*",{rest}}}"#));
    for has in [
        register(r#""Resource":"arn:aws:ec2:us-west-2:111122223333:instance/*""#),
        register(r#""Resource":"arn:aws:ec2:*:*:instance/i-0123456789abcdef0""#),
        register(r#""NotResource":"arn:aws:ec2:us-east-1:*:instance/*""#),
        register(r#""Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}"#),
        register(r#""Resource":"*","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#),
        register(r#""Resource":"*","Condition":{"ArnLike":{"ec2:SourceInstanceARN":"arn:aws:ec2:*:*:instance/i-1"}}"#),
        core().inline(r#"{"Effect":"Deny","Action":"ssm:*","Resource":"arn:aws:ec2:us-east-1:*:instance/*"}"#),
        core().inline(r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}"#),
        core().boundary(&customer_arn("narrow")),
    ] {
        let narrow = r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}}"#;
        let judged = judge(&CHECK, Iam::new().role("r", EC2, has).customer("narrow", narrow).facts());
        assert_eq!(permissions_of(&judged), Status::Warn, "{:#?}", finding(&judged, PERMISSIONS.id));
    }
    // What is granted on one instance only and denied on that one is nothing.
    let nothing = register(r#""Resource":"arn:aws:ec2:*:*:instance/i-1""#)
        .inline(r#"{"Effect":"Deny","Action":"ssm:*","Resource":"arn:aws:ec2:*:*:instance/i-1"}"#);
    assert_eq!(permissions_of(&having(nothing)), Status::Fail);
}

#[test]
fn unread_policy_leaves_permissions_unknown_unless_sure() {
    let unread = "not JSON";
    assert_eq!(permissions_of(&having(core().raw(unread))), Status::Unknown, "it may deny");
    assert_eq!(permissions_of(&having(EntityBuilder::nothing().raw(unread))), Status::Unknown, "it may allow");
    let denied = EntityBuilder::nothing().raw(unread).inline(r#"{"Effect":"Deny","Action":"ssm:*","Resource":"*"}"#);
    assert_eq!(permissions_of(&having(denied)), Status::Fail);
    let bounded = Iam::new()
        .role("r", EC2, EntityBuilder::nothing().raw(unread).boundary(&customer_arn("s3")))
        .customer("s3", r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
    assert_eq!(permissions_of(&judge(&CHECK, bounded.facts())), Status::Fail);
    let part = inline(CHANNELS)
        .inline(r#"{"Effect":"Allow","Action":"ssm:*","Resource":"arn:aws:ec2:us-west-2:*:instance/*"}"#);
    assert_eq!(permissions_of(&having(part.raw(unread))), Status::Unknown, "it may allow the rest, or deny the part");
    let boundary = |has: EntityBuilder| permissions_of(&having(has.boundary(&aws_arn("Unlisted"))));
    assert_eq!(boundary(core()), Status::Unknown);
    assert_eq!(boundary(EntityBuilder::nothing()), Status::Fail, "a boundary gives nothing");
}

#[test]
fn missing_policy_denies_nothing_but_may_be_excessive() {
    let arn = aws_arn("Unlisted");
    let unseen = having(core().attached(&arn));
    assert_eq!((permissions_of(&unseen), excess_of(&unseen)), (Status::Unknown, Status::Unknown));
    let mut facts = Iam::new().role("r", EC2, core().attached(&arn)).facts();
    facts.policy_default_versions.set(&arn, known(Operation::GetPolicy, None));
    let judged = judge(&CHECK, facts);
    assert_eq!((permissions_of(&judged), excess_of(&judged)), (Status::Pass, Status::Unknown));
    assert_eq!(finding(&judged, NOT_EXCESSIVE.id).unavailable.as_ref().unwrap().call.operation, Operation::GetPolicy);
    let part = r#"{"Effect":"Allow","Action":"ssm:Update*","Resource":"arn:aws:ec2:us-west-2:*:instance/*"}"#;
    let mut facts = Iam::new().role("r", EC2, inline(CHANNELS).inline(part).attached(&arn)).facts();
    facts.policy_default_versions.set(&arn, known(Operation::GetPolicy, None));
    assert_eq!(permissions_of(&judge(&CHECK, facts)), Status::Unknown, "it may allow the rest");
}

#[test]
fn role_without_profile_fails_and_default_host_role_is_named() {
    let bare = || Iam::new().role("r", EC2, core()).but(|role| role.instance_profiles.clear());
    let judged = judge(&CHECK, bare().facts());
    assert_eq!(status_of(&judged, INSTANCE_PROFILE.id), Status::Fail);
    assert!(!finding(&judged, INSTANCE_PROFILE.id).message.contains("Default Host Management"));
    let commands = &finding(&judged, INSTANCE_PROFILE.id).remediation.as_ref().unwrap().commands;
    assert!(
        commands[2].contains("add-role-to-instance-profile --instance-profile-name r --role-name r"),
        "{commands:?}"
    );
    let own = bare().role(role::DEFAULT_HOST_MANAGEMENT, &trust(r#"{"Service":"ssm.amazonaws.com"}"#, ""), core());
    assert!(finding(&judge(&CHECK, own.facts()), INSTANCE_PROFILE.id).message.contains("Default Host Management"));
}

#[test]
fn a_role_that_can_do_much_more_warns() {
    let on_all = |action: &str| core().inline(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#));
    let region = r#"{"Effect":"Allow","Action":"ssm:SendCommand","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"x"}}}"#;
    for has in [
        core().attached(ADMINISTRATOR_ACCESS),
        inline(ALLOW_ALL),
        core().attached(&aws_arn("service-role/AmazonEC2RoleforSSM")),
        EntityBuilder::nothing().attached(&aws_arn("service-role/AmazonEC2RoleforSSM")),
        on_all("ssm:*"),
        on_all("ssm:SendCommand"),
        on_all("ssm:StartSession"),
        on_all("ssm:S*"),
        on_all("ssm:SendCommand").inline(r#"{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::logs/*"}"#),
        core().inline(region),
    ] {
        let judged = having(has);
        assert_eq!((excess_of(&judged), overall(&judged)), (Status::Warn, Status::Warn));
    }
}

#[test]
fn what_is_no_more_than_needed_passes() {
    let tagged = r#"{"Effect":"Allow","Action":"ssm:SendCommand","Resource":"*","Condition":{"StringEquals":{"ssm:resourceTag/env":"lab"}}}"#;
    for has in [
        core().inline(r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::mine/*"}"#),
        core().inline(r#"{"Effect":"Allow","Action":"ssm:SendCommand","Resource":"arn:aws:ec2:*:*:instance/i-1"}"#),
        core().inline(tagged),
        core().inline(ALLOW_ALL).boundary(CORE_ARN),
        core().attached(&customer_arn("AmazonEC2RoleforSSM")),
    ] {
        let iam = Iam::new().role("r", EC2, has).customer("AmazonEC2RoleforSSM", REGISTER);
        let judged = judge(&CHECK, iam.facts());
        assert_eq!(excess_of(&judged), Status::Pass, "{:#?}", finding(&judged, NOT_EXCESSIVE.id));
    }
}

#[test]
fn commands_on_everything_are_excessive_however_written() {
    let statement =
        |action: &str, resource: &str| format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":{resource}}}"#);
    let lists: [&[&str]; 10] = [
        &[r#""arn:*""#],
        &[r#""*:*""#],
        &[r#""**""#],
        &[r#""arn:aws:*:*:*:*""#],
        &[r#""*:*:*:*:*:*""#],
        &[r#"["arn:aws:ssm:*:*:*","arn:aws:ec2:*:*:*"]"#],
        &[r#""arn:aws:ssm:*:*:*""#, r#""arn:aws:ec2:*:*:*""#],
        &[r#"["arn:aws:ec2:*:111122223333:instance/*","arn:aws:ssm:*:*:document/*"]"#],
        &[r#""arn:aws:ec2:*:*:instance/*""#, r#""arn:aws:ssm:*:111122223333:document/*""#],
        &[r#"["arn:aws:s3:::logs/*","*"]"#],
    ];
    for list in lists {
        for action in ["ssm:SendCommand", "ssm:StartSession", "ssm:*"] {
            let statements: Vec<String> = list.iter().map(|resource| statement(action, resource)).collect();
            let judged = having(core().inline(&statements.join(",")));
            assert_eq!(excess_of(&judged), Status::Warn, "{action} {list:?}");
        }
    }
    let all_but = r#"{"Effect":"Allow","Action":"ssm:SendCommand","NotResource":"arn:aws:s3:::logs/*"}"#;
    assert_eq!(excess_of(&having(core().inline(all_but))), Status::Warn);
    let denied = |resource: &str| {
        let deny = format!(r#"{{"Effect":"Deny","Action":"ssm:SendCommand","Resource":"{resource}"}}"#);
        excess_of(&having(core().inline(&format!("{},{deny}", statement("ssm:SendCommand", r#""*""#)))))
    };
    assert_eq!(denied("arn:aws:ssm:*:*:document/AWS-RunShellScript"), Status::Warn);
    assert_eq!(denied("arn:aws:ec2:*:999988887777:instance/*"), Status::Warn);
    assert_eq!(denied("arn:aws:ssm:*:*:document/*"), Status::Pass);
    for narrower in [
        r#""arn:aws:ssm:*:*:*""#,
        r#""arn:aws:ec2:*:*:*""#,
        r#"["arn:aws:ec2:*:*:instance/*","arn:aws:ssm:*:*:document/AWS-UpdateSSMAgent"]"#,
        r#"["arn:aws:ec2:*:*:instance/i-0abc*","arn:aws:ssm:*:*:document/*"]"#,
        r#"["arn:aws:ec2:us-west-2:*:instance/*","arn:aws:ssm:*:*:document/*"]"#,
        r#"["arn:aws:ec2:*:999988887777:instance/*","arn:aws:ssm:*:*:document/*"]"#,
    ] {
        let judged = having(core().inline(&statement("ssm:SendCommand", narrower)));
        assert_eq!(excess_of(&judged), Status::Pass, "{narrower}");
    }
}

#[test]
fn a_role_that_can_make_itself_administrator_warns() {
    let may = |action: &str, resource: &str| {
        core().inline(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#))
    };
    for has in [
        may("iam:*", "*"),
        may("iam:AttachRolePolicy", "*"),
        may("iam:Put*", "*"),
        may("iam:AttachUserPolicy", "*"),
        may("iam:PutRolePolicy", "arn:aws:iam::*:role/r"),
        core().attached(&aws_arn("IAMFullAccess")),
        core().inline(
            r#"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"x"}}}"#,
        ),
    ] {
        let iam = Iam::new().role("r", EC2, has).aws("IAMFullAccess", r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#);
        let judged = judge(&CHECK, iam.facts());
        let finding = finding(&judged, NOT_EXCESSIVE.id);
        assert_eq!(finding.status, Status::Warn);
        assert!(finding.message.contains("can make itself an administrator"), "{}", finding.message);
        let commands = finding.remediation.as_ref().unwrap().commands.join("\n");
        assert!(commands.contains("detach-role-policy") || commands.contains("create-role "), "{commands}");
    }
    let administrator = having(core().attached(ADMINISTRATOR_ACCESS));
    assert!(!finding(&administrator, NOT_EXCESSIVE.id).message.contains("can make itself"));
    for has in [
        may("iam:PassRole", "*"),
        may("iam:Get*", "*"),
        may("iam:PutRolePolicy", "arn:aws:iam::*:role/other"),
        may("iam:PutUserPolicy", "arn:aws:iam::*:role/r"),
        may("iam:CreateAccessKey", "arn:aws:iam::*:user/ci"),
        may("iam:*", "*").boundary(CORE_ARN),
        may("iam:*", "*").inline(r#"{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#),
    ] {
        let judged = having(has);
        assert_eq!(excess_of(&judged), Status::Pass, "{:#?}", finding(&judged, NOT_EXCESSIVE.id));
    }
}

/// A boundary only takes away.
#[test]
fn an_unread_boundary_leaves_open_only_what_the_policies_allow() {
    let bounded = |has: EntityBuilder| having(has.boundary(&customer_arn("unlisted")));
    let harmless = bounded(core());
    assert_eq!((permissions_of(&harmless), excess_of(&harmless)), (Status::Unknown, Status::Pass));
    let send = r#"{"Effect":"Allow","Action":"ssm:SendCommand","Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":"ssm:SendCommand","Resource":"*"}"#;
    assert_eq!(excess_of(&bounded(core().inline(send))), Status::Unknown);
    assert_eq!(excess_of(&bounded(core().inline(send).inline(deny))), Status::Pass);
    assert_eq!(excess_of(&bounded(core().attached(ADMINISTRATOR_ACCESS))), Status::Unknown);
    assert_eq!(excess_of(&bounded(core().raw("not JSON"))), Status::Unknown, "the policy may allow it");
}

#[test]
fn a_deny_of_what_is_no_instance_of_this_account_takes_nothing() {
    for resource in [
        "arn:aws:ec2:*:999988887777:instance/*",
        "arn:aws:ec2:*:*:image/*",
        "arn:aws:ec2:*:999988887777:*",
        "arn:aws-cn:ec2:*:*:instance/*",
        "arn:aws:ssm:*:*:managed-instance/*",
        "arn:aws:s3:::*",
    ] {
        let deny = format!(r#"{{"Effect":"Deny","Action":"ssm:UpdateInstanceInformation","Resource":"{resource}"}}"#);
        assert_eq!(permissions_of(&having(core().inline(&deny))), Status::Pass, "{resource}");
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let iam =
            Iam::new().role("r", EC2, core().boundary(&customer_arn("b"))).customer("b", &format!("{all},{deny}"));
        assert_eq!(permissions_of(&judge(&CHECK, iam.facts())), Status::Pass, "boundary {resource}");
    }
    for (resource, status) in [
        ("arn:aws:ec2:*:*:instance/i-0*", Status::Warn),
        ("arn:aws:ec2:us-west-2:111122223333:instance/*", Status::Warn),
        // AWS does not say what a variable means there.
        ("arn:aws:ec2:*:${aws:PrincipalAccount}:instance/*", Status::Warn),
        ("arn:aws:ec2:*", Status::Fail),
    ] {
        let deny = format!(r#"{{"Effect":"Deny","Action":"ssm:*","Resource":"{resource}"}}"#);
        assert_eq!(permissions_of(&having(core().inline(&deny))), status, "{resource}");
    }
}

#[test]
fn another_account_warns_and_the_world_fails() {
    let with = |statement: String| excess_of(&trusting(&format!("{EC2},{statement}")));
    let condition = |condition: &str| format!(r#","Condition":{{{condition}}}"#);
    for statement in [
        trust(r#"{"AWS":"999988887777"}"#, ""),
        trust(r#"{"AWS":"arn:aws:iam::999988887777:root"}"#, ""),
        trust(r#"{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::999988887777:role/x"]}"#, ""),
        trust(r#"{"AWS":"999988887777"}"#, &condition(r#""StringEquals":{"sts:ExternalId":"x"}"#)),
        trust(
            r#"{"AWS":"999988887777"}"#,
            &condition(r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::999988887777:role/*"}"#),
        ),
        trust(r#"{"Federated":"arn:aws:iam::999988887777:saml-provider/x"}"#, "")
            .replace("AssumeRole", "AssumeRoleWithSAML"),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}"#)),
        trust(
            r#"{"AWS":"*"}"#,
            &condition(
                r#""ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-aaaaaaaaaa/r-aaaa/ou-aaaa-11111111/*"}"#,
            ),
        ),
        format!(
            r#"{},{{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{{"StringNotEquals":{{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}},"Bool":{{"aws:PrincipalIsAWSService":"false"}}}}}}"#,
            trust(r#""*""#, "")
        ),
        trust(
            r#"{"Federated":"accounts.google.com"}"#,
            &condition(r#""StringEquals":{"accounts.google.com:sub":"110169484474386276334"}"#),
        )
        .replace("AssumeRole", "AssumeRoleWithWebIdentity"),
    ] {
        assert_eq!(with(statement.clone()), Status::Warn, "{statement}");
    }
    for statement in [
        trust(r#""*""#, ""),
        trust(r#"{"AWS":"*"}"#, ""),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringEquals":{"sts:ExternalId":"x"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringLike":{"aws:PrincipalOrgID":"*"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringEquals":{"aws:PrincipalOrgID":"*"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringLike":{"aws:PrincipalOrgID":"o-*"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""Null":{"aws:PrincipalOrgID":"false"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringEqualsIfExists":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringNotEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}"#)),
        r#"{"Effect":"Allow","NotPrincipal":{"AWS":"999988887777"},"Action":"sts:AssumeRole"}"#.to_owned(),
        r#"{"Effect":"Allow","Principal":"*","NotAction":"sts:TagSession"}"#.to_owned(),
    ] {
        assert_eq!(with(statement.clone()), Status::Fail, "{statement}");
    }
    for statement in [
        trust(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, ""),
        trust(r#"{"AWS":"AROAEXAMPLEEXAMPLE123"}"#, ""),
        // As long as an account's id.
        trust(r#"{"AWS":"AROAEXAMPLE1"}"#, ""),
        trust(r#"{"Service":"lambda.amazonaws.com"}"#, ""),
        trust(r#"{"AWS":"*"}"#, &condition(r#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#)),
        trust(r#"{"AWS":"*"}"#, &condition(r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}"#)),
        trust(r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/x"}"#, "")
            .replace("AssumeRole", "AssumeRoleWithWebIdentity"),
        r#"{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"sts:TagSession"}"#.to_owned(),
        format!(
            r#"{},{{"Effect":"Deny","Principal":"*","Action":"*","Condition":{{"StringNotEquals":{{"aws:PrincipalAccount":"111122223333"}},"Bool":{{"aws:PrincipalIsAWSService":"false"}}}}}}"#,
            trust(r#"{"AWS":"999988887777"}"#, "")
        ),
    ] {
        assert_eq!(with(statement.clone()), Status::Pass, "{statement}");
    }
}

/// It need not be named as a principal.
#[test]
fn external_principals_behind_conditions_are_found() {
    let with = |statement: &str| excess_of(&trusting(&format!("{EC2},{statement}")));
    let allow = |principal: &str, condition: &str| {
        format!(r#"{{"Effect":"Allow",{principal},"Action":"sts:AssumeRole","Condition":{{{condition}}}}}"#)
    };
    let deny = |rest: &str| format!(r#"{},{{"Effect":"Deny","Action":"sts:AssumeRole",{rest}}}"#, trust(r#""*""#, ""));
    let everybody = [r#""Principal":"*""#, r#""Principal":{"AWS":"*"}"#, r#""NotPrincipal":{"AWS":"111122223333"}"#];
    for (condition, status) in [
        (r#""StringEquals":{"aws:PrincipalAccount":"999988887777"}"#, Status::Warn),
        (r#""StringEquals":{"aws:PrincipalAccount":["999988887777","444455556666"]}"#, Status::Warn),
        (r#""StringEquals":{"aws:PrincipalAccount":["111122223333","999988887777"]}"#, Status::Warn),
        (r#""ForAnyValue:StringLike":{"aws:PrincipalAccount":"99998888*"}"#, Status::Warn),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::999988887777:role/x"}"#, Status::Warn),
        (r#""StringLike":{"aws:PrincipalArn":"arn:aws:iam::999988887777:*"}"#, Status::Warn),
        (r#""StringEquals":{"aws:PrincipalArn":"arn:aws:iam::999988887777:role/x"}"#, Status::Warn),
        (
            r#""StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"},"StringEquals":{"aws:PrincipalAccount":"999988887777"}"#,
            Status::Warn,
        ),
        (r#""StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/OrgAdmin*"}"#, Status::Fail),
        (r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::????????????:role/x"}"#, Status::Fail),
        (r#""StringNotEquals":{"aws:PrincipalAccount":"111122223333"}"#, Status::Fail),
        (r#""StringEquals":{"aws:PrincipalTag/team":"x"}"#, Status::Fail),
    ] {
        for principal in everybody {
            assert_eq!(with(&allow(principal, condition)), status, "{principal} {condition}");
        }
    }
    for (rest, status) in [
        (
            r#""Principal":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":["111122223333","999988887777"]}}"#,
            Status::Warn,
        ),
        (
            r#""Principal":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::111122223333:*","arn:aws:iam::999988887777:role/x"]}}"#,
            Status::Warn,
        ),
        (
            r#""NotPrincipal":{"AWS":["arn:aws:iam::999988887777:role/x","arn:aws:iam::999988887777:root"]}"#,
            Status::Warn,
        ),
        (r#""Principal":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#, Status::Fail),
        (r#""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}"#, Status::Pass),
        // Nobody assumes a role without credentials, so it is told of everybody whether a service asks.
        (
            r#""Principal":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"},"Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
            Status::Pass,
        ),
    ] {
        assert_eq!(with(&deny(rest)), status, "{rest}");
    }
    let patterned = allow(
        r#""Principal":{"AWS":"999988887777"}"#,
        r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::9*:role/team/*"}"#,
    );
    assert_eq!(with(&patterned), Status::Warn);
}

#[test]
fn external_principals_are_named_and_the_command_removes_them() {
    let held =
        trust(r#""*""#, r#","Condition":{"StringEquals":{"aws:PrincipalAccount":["999988887777","111122223333"]}}"#);
    let google = trust(
        r#"{"Federated":"accounts.google.com"}"#,
        r#","Condition":{"StringEquals":{"accounts.google.com:sub":"110169484474386276334"}}"#,
    )
    .replace("AssumeRole", "AssumeRoleWithWebIdentity");
    let judged = trusting(&format!("{EC2},{held},{google}"));
    let finding = finding(&judged, NOT_EXCESSIVE.id);
    assert_eq!(finding.message, "`r` can be assumed from outside the account, by 999988887777, accounts.google.com");
    let commands = finding.remediation.as_ref().unwrap().commands.join("\n");
    assert!(commands.contains("ec2.amazonaws.com") && !commands.contains("999988887777"), "{commands}");
}

#[test]
fn a_trust_policy_too_large_to_be_judged_is_unknown() {
    let many: Vec<String> = (0..501).map(|number| trust(&format!(r#"{{"AWS":"{number:012}"}}"#), "")).collect();
    assert_eq!(excess_of(&trusting(&format!("{EC2},{}", many.join(",")))), Status::Unknown);
}

#[test]
fn the_best_role_decides_and_the_others_are_counted() {
    let iam = Iam::new()
        .role("a-broken", EC2, EntityBuilder::nothing())
        .role("b-excessive", EC2, inline(ALLOW_ALL))
        .role("c-good", EC2, core())
        .role("d-unread", EC2, EntityBuilder::nothing().raw("x"));
    let judged = judge(&CHECK, iam.clone().facts());
    assert_eq!(overall(&judged), Status::Pass);
    let chosen = judged.chosen.unwrap();
    assert_eq!((chosen.name.as_str(), chosen.others), ("c-good", 3));
    let mut without_good = iam;
    without_good.roles.retain(|role| role.name != "c-good");
    let judged = judge(&CHECK, without_good.facts());
    assert_eq!((overall(&judged), judged.chosen.unwrap().name.as_str()), (Status::Warn, "b-excessive"));
}

#[test]
fn closest_role_is_reported_with_all_its_faults() {
    let iam = Iam::new()
        .role("a", EC2, EntityBuilder::nothing())
        .but(|role| role.instance_profiles.clear())
        .role("b", EC2, core())
        .but(|role| role.instance_profiles.clear());
    let judged = judge(&CHECK, iam.facts());
    assert_eq!(judged.chosen.clone().unwrap().name, "b");
    assert_eq!((trust_of(&judged), status_of(&judged, INSTANCE_PROFILE.id)), (Status::Pass, Status::Fail));
}

#[test]
fn a_service_linked_role_is_no_candidate() {
    let iam =
        Iam::new().role("r", EC2, core()).but(|role| role.path = "/aws-service-role/ec2.amazonaws.com/".to_owned());
    let judged = judge(&CHECK, iam.facts());
    assert_eq!(judged.findings.iter().map(|it| (it.id, it.status)).collect::<Vec<_>>(), [(TRUST.id, Status::Fail)]);
}

#[test]
fn without_roles_only_the_first_requirement_fails() {
    for iam in [
        Iam::new(),
        Iam::new()
            .role("x", &trust(r#"{"Service":"lambda.amazonaws.com"}"#, ""), EntityBuilder::nothing())
            .but(|role| role.instance_profiles.clear()),
    ] {
        let judged = judge(&CHECK, iam.facts());
        assert_eq!(judged.findings.iter().map(|it| (it.id, it.status)).collect::<Vec<_>>(), [(TRUST.id, Status::Fail)]);
        let commands = judged.findings[0].remediation.as_ref().unwrap().commands.join("\n");
        assert!(commands.contains("create-role --role-name EC2-SSM ") && commands.contains(CORE_ARN), "{commands}");
    }
}

#[test]
fn role_with_permissions_but_no_ec2_trust_is_similar() {
    let iam = Iam::new()
        .role("x", &trust(r#"{"AWS":"111122223333"}"#, ""), core())
        .but(|role| role.instance_profiles.clear());
    let judged = judge(&CHECK, iam.facts());
    assert_eq!(judged.chosen.clone().unwrap().name, "x");
    assert_eq!((trust_of(&judged), permissions_of(&judged)), (Status::Fail, Status::Pass));
}

#[test]
fn role_in_an_instance_profile_is_meant_for_instances() {
    let lambda = trust(r#"{"Service":"lambda.amazonaws.com"}"#, "");
    let iam = Iam::new().role("x", &lambda, core()).but(|role| role.instance_profiles.clear()).role(
        "y",
        &lambda,
        EntityBuilder::nothing(),
    );
    let judged = judge(&CHECK, iam.facts());
    assert_eq!(judged.chosen.clone().unwrap().name, "y");
    assert_eq!((trust_of(&judged), permissions_of(&judged)), (Status::Fail, Status::Fail));
}

#[test]
fn a_new_role_takes_no_name_that_is_taken() {
    let judged = judge(&CHECK, Iam::new().role("ec2-ssm", &trust(r#"{"AWS":"111122223333"}"#, ""), core()).facts());
    let commands = finding(&judged, TRUST.id).remediation.as_ref().unwrap().commands.join("\n");
    assert!(commands.contains("--role-name EC2-SSM-2 "), "{commands}");
}

#[test]
fn a_new_role_takes_no_name_of_an_instance_profile_either() {
    let role = Iam::new().role("app", &trust(r#"{"AWS":"111122223333"}"#, ""), core());
    let mut facts = serde_json::to_value(role.facts()).unwrap();
    facts["roles"]["known"][0]["instance_profiles"] = serde_json::json!(["ec2-SSM"]);
    let judged = judge(&CHECK, serde_json::from_value(facts).unwrap());
    let commands = finding(&judged, TRUST.id).remediation.as_ref().unwrap().commands.join("\n");
    assert!(commands.contains("--role-name EC2-SSM-2 "), "{commands}");
}

#[test]
fn excessive_role_loses_its_trust_only_if_trust_is_at_fault() {
    let excessive = || core().attached(ADMINISTRATOR_ACCESS);
    let commands = |trust: &str| {
        let judged = judge(&CHECK, Iam::new().role("r", trust, excessive()).facts());
        finding(&judged, NOT_EXCESSIVE.id).remediation.as_ref().unwrap().commands.join("\n")
    };
    assert!(!commands(EC2).contains("update-assume-role-policy"));
    let open = format!("{EC2},{}", trust(r#"{"AWS":"999988887777"}"#, ""));
    assert!(commands(&open).contains("update-assume-role-policy"));
}

#[test]
fn unseen_roles_leave_every_requirement_unknown() {
    let facts = Facts { roles: denied(Operation::GetAccountAuthorizationDetails), ..Iam::new().facts() };
    let judged = judge(&CHECK, facts);
    assert_eq!(judged.findings.iter().map(|finding| finding.status).collect::<Vec<_>>(), [Status::Unknown; 4]);
}

#[test]
fn unknown_policy_lists_matter_only_to_roles_that_use_them() {
    let listing = Operation::GetAccountAuthorizationDetails;
    let facts = Facts {
        customer_policies: denied(listing),
        groups: denied(listing),
        caller: denied(Operation::GetCallerIdentity),
        ..Iam::new().role("r", EC2, core()).facts()
    };
    assert_eq!(overall(&judge(&CHECK, facts)), Status::Pass);
    let facts = Facts { aws_policies: denied(listing), ..Iam::new().role("r", EC2, core()).facts() };
    assert_eq!(overall(&judge(&CHECK, facts)), Status::Pass, "it is known by its ARN");
    let other = Iam::new().role("r", EC2, EntityBuilder::nothing().attached(&aws_arn("Other")));
    let facts = Facts { aws_policies: denied(listing), ..other.facts() };
    assert_eq!(permissions_of(&judge(&CHECK, facts)), Status::Unknown);
    let own =
        Iam::new().role("r", EC2, EntityBuilder::nothing().attached(&customer_arn("mine"))).customer("mine", REGISTER);
    let judged = judge(&CHECK, Facts { customer_policies: denied(listing), ..own.facts() });
    assert_eq!((permissions_of(&judged), excess_of(&judged)), (Status::Unknown, Status::Unknown));
    assert_eq!(finding(&judged, PERMISSIONS.id).unavailable.as_ref().unwrap().call.operation, listing);
}

#[test]
fn a_policy_that_no_listing_holds_is_asked_for_by_itself() {
    let arn = customer_arn("late");
    let facts = |version, document| {
        let mut facts = Iam::new().role("r", EC2, EntityBuilder::nothing().attached(&arn)).facts();
        facts.policy_default_versions.set(&arn, version);
        facts.policy_documents.set(&format!("{arn} v3"), document);
        judge(&CHECK, facts)
    };
    let version = || known(Operation::GetPolicy, Some("v3".to_owned()));
    let text = crate::testing::iam::document(&format!("{REGISTER},{CHANNELS}"));
    assert_eq!(overall(&facts(version(), known(Operation::GetPolicyVersion, Some(text.clone())))), Status::Pass);
    for (judged, operation) in [
        (facts(version(), denied(Operation::GetPolicyVersion)), Operation::GetPolicyVersion),
        (facts(denied(Operation::GetPolicy), known(Operation::GetPolicyVersion, Some(text))), Operation::GetPolicy),
    ] {
        assert_eq!(finding(&judged, PERMISSIONS.id).unavailable.as_ref().unwrap().call.operation, operation);
    }
}

#[test]
fn every_failure_and_warning_says_what_to_do() {
    for judged in [
        judge(&CHECK, Iam::new().role("r", &trust(r#""*""#, ""), core()).facts()),
        judge(
            &CHECK,
            Iam::new().role("r", EC2, EntityBuilder::nothing()).but(|role| role.instance_profiles.clear()).facts(),
        ),
        having(core().attached(ADMINISTRATOR_ACCESS)),
        trusting(&format!("{EC2},{}", trust(r#"{"AWS":"999988887777"}"#, ""))),
    ] {
        for finding in judged.findings.iter().filter(|it| matches!(it.status, Status::Fail | Status::Warn)) {
            let remedy = finding.remediation.as_ref().unwrap();
            assert!(!remedy.references.is_empty() && !remedy.commands.is_empty(), "{finding:#?}");
            assert!(!finding.message.ends_with('.'), "{finding:#?}");
        }
    }
}

#[test]
fn without_any_fact_or_any_pair_nothing_becomes_better_or_fails() {
    let own = customer_arn("mine");
    let late = customer_arn("late");
    let both = format!("{REGISTER},{CHANNELS}");
    let lambda = trust(r#"{"Service":"lambda.amazonaws.com"}"#, "");
    let with_late = |iam: Iam| {
        let mut facts = iam.facts();
        facts.policy_default_versions.set(&late, known(Operation::GetPolicy, Some("v2".to_owned())));
        let document = crate::testing::iam::document(&both);
        facts.policy_documents.set(&format!("{late} v2"), known(Operation::GetPolicyVersion, Some(document)));
        facts
    };
    let with = |has: EntityBuilder| {
        let wide = r#"{"Effect":"Allow","Action":"ssm:*","Resource":"*"}"#;
        with_late(
            Iam::new()
                .role("r", EC2, has)
                .customer("mine", &both)
                .aws("AmazonSSMFullAccess", wide)
                .aws("Wide", ALLOW_ALL),
        )
    };
    let hold = |facts: Facts| crate::testing::missing_facts::hold_without_any_fact(&CHECK, &facts);
    hold(with(core()));
    hold(with(EntityBuilder::nothing().attached(&own)));
    hold(with(EntityBuilder::nothing().attached(&late)));
    hold(with(core().attached(&aws_arn("AmazonSSMFullAccess"))));
    hold(with(EntityBuilder::nothing().attached(&aws_arn("Wide")).boundary(&own)));
    hold(with(EntityBuilder::nothing().attached(&own).boundary(&late)));
    hold(with(EntityBuilder::nothing()));
    hold(with_late(
        Iam::new()
            .role("a", EC2, EntityBuilder::nothing().attached(&own))
            .role("b", EC2, EntityBuilder::nothing().attached(&late))
            .role("c", &lambda, core())
            .customer("mine", &both),
    ));
    hold(Iam::new().facts());
}

#[tokio::test(start_paused = true)]
async fn a_ready_account_costs_one_round() {
    let (judged, cost) = judge_far_away(&CHECK, Iam::new().role("r", EC2, core()).facts(), None).await;
    assert_eq!((overall(&judged), cost.rounds, cost.asked.len()), (Status::Pass, 1, 6));
    assert!(!cost.asked.contains(&Operation::GetPolicy), "{:?}", cost.asked);
}

/// Escalation.md 6.1: EC2's own requests say that there was no MFA.
#[test]
fn a_condition_is_decided_by_what_an_instances_request_carries() {
    let deny = |condition: &str| {
        core().inline(&format!(r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{condition}}}"#))
    };
    let allow = |condition: &str| {
        inline(CHANNELS).inline(&format!(
            r#"{{"Effect":"Allow","Action":"ssm:UpdateInstanceInformation","Resource":"*","Condition":{condition}}}"#
        ))
    };
    for (row, has, status) in [
        ("Deny without MFA", deny(r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#), Status::Fail),
        (
            "Deny without MFA or the key",
            deny(r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#),
            Status::Fail,
        ),
        ("Deny where there is no key", deny(r#"{"Null":{"aws:MultiFactorAuthPresent":"true"}}"#), Status::Pass),
        ("Deny where there is no age", deny(r#"{"Null":{"aws:MultiFactorAuthAge":"true"}}"#), Status::Fail),
        ("Deny of old MFA", deny(r#"{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}"#), Status::Pass),
        (
            "sessions revoked last year",
            deny(r#"{"DateLessThan":{"aws:TokenIssueTime":"2025-01-01T00:00:00Z"}}"#),
            Status::Pass,
        ),
        (
            "sessions revoked until 2099",
            deny(r#"{"DateLessThan":{"aws:TokenIssueTime":"2099-01-01T00:00:00Z"}}"#),
            Status::Fail,
        ),
        (
            "Deny outside an organization",
            deny(r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#),
            Status::Fail,
        ),
        ("Deny of AWS's MCP servers", deny(r#"{"Bool":{"aws:IsMcpServiceAction":"true"}}"#), Status::Pass),
        ("Deny without an instance", deny(r#"{"Null":{"ec2:SourceInstanceARN":"true"}}"#), Status::Pass),
        ("Deny with an instance", deny(r#"{"Null":{"ec2:SourceInstanceARN":"false"}}"#), Status::Fail),
        (
            "Systems Manager's key",
            allow(r#"{"ArnLike":{"ssm:SourceInstanceARN":"arn:aws:ec2:*:111122223333:instance/*"}}"#),
            Status::Fail,
        ),
        (
            "EC2's key",
            allow(r#"{"ArnLike":{"ec2:SourceInstanceARN":"arn:aws:ec2:*:111122223333:instance/*"}}"#),
            Status::Warn,
        ),
        ("with an instance", allow(r#"{"Null":{"ec2:SourceInstanceARN":"false"}}"#), Status::Pass),
        ("in an organization", allow(r#"{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#), Status::Fail),
        ("by AWS's MCP servers", allow(r#"{"Bool":{"aws:IsMcpServiceAction":"true"}}"#), Status::Fail),
        (
            "in a session of this year",
            allow(r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}"#),
            Status::Pass,
        ),
    ] {
        let judged = having(has);
        assert_eq!(permissions_of(&judged), status, "{row}: {:#?}", finding(&judged, PERMISSIONS.id));
    }
}

#[test]
fn permissions_by_an_unread_organization_are_unknown() {
    let on = r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}}"#;
    let with = |has: EntityBuilder, organization| {
        let iam = Iam::new().role("r", EC2, has.boundary(&customer_arn("b"))).customer("b", on);
        permissions_of(&judge(&CHECK, Facts { organization, ..iam.facts() }))
    };
    let member = |id: &str| {
        let organization =
            Organization { id: id.to_owned(), management_account: "111122223333".to_owned(), feature_set: None };
        known(Operation::DescribeOrganization, Some(organization))
    };
    assert_eq!(with(core(), member("o-aaaaaaaaaa")), Status::Pass);
    assert_eq!(with(core(), member("o-bbbbbbbbbb")), Status::Fail);
    assert_eq!(with(core(), known(Operation::DescribeOrganization, None)), Status::Fail);
    assert_eq!(with(core(), denied(Operation::DescribeOrganization)), Status::Unknown);
    let plain =
        Facts { organization: denied(Operation::DescribeOrganization), ..Iam::new().role("r", EC2, core()).facts() };
    assert_eq!(overall(&judge(&CHECK, plain)), Status::Pass, "nobody asks for the organization");
}

#[test]
fn default_host_management_role_counts_if_it_trusts_ec2() {
    let named = |services: &str| {
        let name = role::DEFAULT_HOST_MANAGEMENT;
        let iam = Iam::new().role(name, &trust(&format!(r#"{{"Service":{services}}}"#), ""), core());
        overall(&judge(&CHECK, iam.facts()))
    };
    assert_eq!(named(r#"["ssm.amazonaws.com","ec2.amazonaws.com"]"#), Status::Pass);
    assert_eq!(named(r#""ec2.amazonaws.com""#), Status::Pass);
    assert_eq!(named(r#""ssm.amazonaws.com""#), Status::Fail);
}

/// Escalation.md 6.5.
#[test]
fn run_command_on_all_instances_is_excessive_by_any_document() {
    let with = |action: &str, resources: &str| {
        let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":[{resources}]}}"#);
        excess_of(&having(core().inline(&statement)))
    };
    let instances = r#""arn:aws:ec2:*:111122223333:instance/*""#;
    for (action, document, status) in [
        ("ssm:SendCommand", r#","arn:aws:ssm:*::document/AWS-RunShellScript""#, Status::Warn),
        ("ssm:SendCommand", r#","arn:aws:ssm:*:*:document/AWS-RunPowerShellScript""#, Status::Warn),
        ("ssm:SendCommand", r#","arn:aws:ssm:*::document/AWS-*""#, Status::Warn),
        ("ssm:SendCommand", r#","arn:aws:ssm:*:111122223333:document/*""#, Status::Warn),
        ("ssm:SendCommand", r#","arn:aws:ssm:*::document/AWS-UpdateSSMAgent""#, Status::Pass),
        ("ssm:SendCommand", r#","arn:aws:ssm:*:111122223333:document/mine""#, Status::Pass),
        ("ssm:SendCommand", "", Status::Pass),
        ("ssm:CreateAssociation", r#","arn:aws:ssm:*::document/AWS-RunShellScript""#, Status::Warn),
        ("ssm:CreateAssociation", r#","arn:aws:ssm:*::document/AWS-GatherSoftwareInventory""#, Status::Pass),
        ("ssm:StartSession", "", Status::Warn),
        ("ssm:StartSession", r#","arn:aws:ssm:*:111122223333:document/SSM-SessionManagerRunShell""#, Status::Warn),
    ] {
        assert_eq!(with(action, &format!("{instances}{document}")), status, "{action} {document}");
    }
    assert_eq!(with("ssm:CreateAssociation", r#""*""#), Status::Warn);
    assert_eq!(with("ssm:StartSession", r#""arn:aws:ec2:*:*:instance/i-1""#), Status::Pass);
    let checked = |document: &str| {
        core().inline(&format!(
            r#"{{"Effect":"Allow","Action":"ssm:StartSession","Resource":[{instances},"arn:aws:ssm:*:*:document/{document}"],
                "Condition":{{"BoolIfExists":{{"ssm:SessionDocumentAccessCheck":"true"}}}}}}"#
        ))
    };
    assert_eq!(excess_of(&having(checked("AWS-StartPortForwardingSession"))), Status::Pass);
    assert_eq!(excess_of(&having(checked("SSM-SessionManagerRunShell"))), Status::Warn);
}

/// Row 89 of escalation.md 7.3, and the other methods that are held on everyone.
#[test]
fn a_right_over_every_identity_warns_though_it_has_no_target() {
    let may = |actions: &str, resource: &str| {
        core().inline(&format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":"{resource}"}}"#))
    };
    for (row, has, word) in [
        ("keys", may(r#""iam:CreateAccessKey""#, "*"), "iam:CreateAccessKey"),
        ("keys of every user", may(r#""iam:CreateAccessKey""#, "arn:aws:iam::*:user/*"), "iam:CreateAccessKey"),
        ("passwords", may(r#""iam:CreateLoginProfile""#, "*"), "iam:CreateLoginProfile"),
        ("other passwords", may(r#""iam:Update*""#, "*"), "iam:UpdateLoginProfile"),
        ("trust", may(r#""iam:UpdateAssumeRolePolicy""#, "*"), "iam:UpdateAssumeRolePolicy"),
        ("groups", may(r#""iam:PutGroupPolicy""#, "*"), "iam:PutGroupPolicy"),
        ("groups again", may(r#""iam:AttachGroupPolicy""#, "*"), "iam:AttachGroupPolicy"),
        ("instances", may(r#"["iam:PassRole","ec2:RunInstances"]"#, "*"), "pass any role"),
        ("functions", may(r#"["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"]"#, "*"), "pass any role"),
        ("stacks", may(r#"["iam:PassRole","cloudformation:*"]"#, "*"), "pass any role"),
    ] {
        let judged = having(has);
        let finding = finding(&judged, NOT_EXCESSIVE.id);
        assert_eq!(finding.status, Status::Warn, "{row}");
        assert!(finding.message.contains(word), "{row}: {}", finding.message);
    }
    let with_target = Iam::new().role("r", EC2, may(r#"["iam:PassRole","ec2:RunInstances"]"#, "*")).role(
        "Admin",
        EC2,
        EntityBuilder::nothing().attached(ADMINISTRATOR_ACCESS),
    );
    assert_eq!(excess_of(&judge(&CHECK, with_target.facts())), Status::Warn);
    let passes = |service: &str, action: &str| {
        let pass = format!(
            r#"{{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{{"StringEquals":{{"iam:PassedToService":"{service}.amazonaws.com"}}}}}}"#
        );
        excess_of(&having(
            core().inline(&pass).inline(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#)),
        ))
    };
    assert_eq!(passes("ec2", "ec2:RunInstances"), Status::Warn);
    assert_eq!(passes("ssm", "ec2:RunInstances"), Status::Pass);
    let harmless = r#"{"Effect":"Allow","Action":["iam:AttachRolePolicy","iam:AttachUserPolicy"],"Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}}"#;
    for has in [
        core().inline(harmless),
        may(r#""iam:PassRole""#, "*"),
        may(r#""ec2:RunInstances""#, "*"),
        may(r#"["iam:PassRole","ec2:RunInstances"]"#, "arn:aws:iam::*:role/one"),
        may(r#""iam:CreateAccessKey""#, "arn:aws:iam::*:user/one"),
        may(r#""iam:CreateUser""#, "*"),
    ] {
        let judged = having(has);
        assert_eq!(excess_of(&judged), Status::Pass, "{:#?}", finding(&judged, NOT_EXCESSIVE.id));
    }
}

/// Escalation.md 6.8.
#[test]
fn shared_identity_provider_is_anyone_without_an_own_token() {
    let with = |provider: &str, condition: &str| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":"sts:AssumeRoleWithWebIdentity"{}}}"#,
            if condition.is_empty() { String::new() } else { format!(r#","Condition":{{{condition}}}"#) }
        );
        excess_of(&trusting(&format!("{EC2},{statement}")))
    };
    let own = |host: &str| format!("arn:aws:iam::111122223333:oidc-provider/{host}");
    let github = own("token.actions.githubusercontent.com");
    let sub =
        |operator: &str, value: &str| format!(r#""{operator}":{{"token.actions.githubusercontent.com:sub":{value}}}"#);
    let aud = r#""StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}"#;
    for (row, provider, condition, status) in [
        ("no condition", &github, String::new(), Status::Fail),
        ("the audience only", &github, aud.to_owned(), Status::Fail),
        ("every repository", &github, sub("StringLike", r#""repo:*""#), Status::Fail),
        ("everything", &github, sub("StringLike", r#""*""#), Status::Fail),
        ("a part of a name", &github, sub("StringLike", r#""repo:acme*""#), Status::Fail),
        ("anybody's repository of a name", &github, sub("StringLike", r#""repo:*/infra""#), Status::Fail),
        ("one of two is open", &github, sub("StringLike", r#"["repo:acme/*","repo:*"]"#), Status::Fail),
        ("if it exists", &github, sub("StringLikeIfExists", r#""repo:acme/*""#), Status::Fail),
        ("all values of none", &github, sub("ForAllValues:StringLike", r#""repo:acme/*""#), Status::Fail),
        ("all but one", &github, sub("StringNotLike", r#""repo:acme/*""#), Status::Fail),
        ("one's own", &github, sub("StringLike", r#""repo:acme/*""#), Status::Pass),
        ("one's own branch", &github, sub("StringEquals", r#""repo:acme/infra:ref:refs/heads/main""#), Status::Pass),
        ("any value of one's own", &github, sub("ForAnyValue:StringLike", r#""repo:acme/*""#), Status::Pass),
        ("an enterprise's own", &own("token.actions.githubusercontent.com/acme"), String::new(), Status::Pass),
        ("GitLab", &own("gitlab.com"), r#""StringEquals":{"gitlab.com:aud":"x"}"#.to_owned(), Status::Fail),
        (
            "GitLab, one's own",
            &own("gitlab.com"),
            r#""StringLike":{"gitlab.com:sub":"project_path:acme/*"}"#.to_owned(),
            Status::Pass,
        ),
        ("GitLab of one's own", &own("gitlab.example.com"), String::new(), Status::Pass),
        ("EKS", &own("oidc.eks.us-west-2.amazonaws.com/id/ABC"), String::new(), Status::Pass),
        ("Terraform", &own("app.terraform.io"), String::new(), Status::Fail),
        (
            "Terraform, one's own",
            &own("app.terraform.io"),
            r#""StringLike":{"app.terraform.io:sub":"organization:acme:project:*:workspace:*"}"#.to_owned(),
            Status::Pass,
        ),
        ("Buildkite", &own("agent.buildkite.com"), String::new(), Status::Fail),
        (
            "Google",
            &"accounts.google.com".to_owned(),
            r#""StringEquals":{"accounts.google.com:aud":"x"}"#.to_owned(),
            Status::Fail,
        ),
        ("Cognito", &"cognito-identity.amazonaws.com".to_owned(), String::new(), Status::Fail),
        (
            "Cognito, one's own pool",
            &"cognito-identity.amazonaws.com".to_owned(),
            r#""StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:12345678"}"#.to_owned(),
            Status::Warn,
        ),
        (
            "a time that has passed",
            &github,
            r#""DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}"#.to_owned(),
            Status::Pass,
        ),
    ] {
        assert_eq!(with(provider, &condition), status, "{row}");
    }
    let denied = r#"{"Effect":"Deny","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
        "Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringNotLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}}"#;
    let allowed = format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"{github}"}},"Action":"sts:AssumeRoleWithWebIdentity"}}"#
    );
    assert_eq!(excess_of(&trusting(&format!("{EC2},{allowed},{denied}"))), Status::Pass);
}

/// What a hostile trust policy costs is bounded by what it may ask for.
#[test]
fn trust_policy_with_thousands_of_organizations_is_unknown() {
    let organizations: Vec<String> = (0..1_500).map(|number| format!("\"o-{number:010}\"")).collect();
    let condition =
        format!(r#","Condition":{{"StringEquals":{{"aws:PrincipalOrgID":[{}]}}}}"#, organizations.join(","));
    let statement = trust(r#""*""#, &condition);
    assert_eq!(excess_of(&trusting(&format!("{EC2},{statement}"))), Status::Unknown);
}
