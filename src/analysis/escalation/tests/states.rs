//! The states of section 7.3 of the specification, each a row.

use futures_util::FutureExt;

use crate::account::Account;
use crate::account::facts::Facts;
use crate::account::operation::Operation;
use crate::analysis::administrator::Circumstances;
use crate::analysis::documents::{Library, PolicyHolder};
use crate::analysis::escalation::verdict::{Conclusions, Verdict};
use crate::analysis::paths;
use crate::testing::iam::{ADMINISTRATOR_ACCESS, ALLOW_ALL, EntityBuilder, Iam, aws_arn, customer_arn};
use crate::testing::{denied, now};

/// What an account of these facts comes to.
pub(super) fn concluded(facts: Facts) -> Conclusions {
    let account = Account::recorded(facts, now());
    let conclude = async {
        let users = account.users().await.unwrap();
        let mut library = Library::gather(&account).await;
        let mut holders: Vec<PolicyHolder<'_>> = users.each().map(PolicyHolder::user).collect();
        if let Ok(roles) = account.roles().await {
            holders.extend(roles.each().map(PolicyHolder::role));
        }
        library.complete(&account, &holders).await;
        paths::conclude(&account, &library, users, &Circumstances::of(&account).await).await
    };
    conclude.now_or_never().expect("a recorded account answers at once")
}

fn status(conclusions: &Conclusions, user: &str) -> &'static str {
    match conclusions.users.get(user) {
        None => "–",
        Some(Verdict::Guarded(_)) => "pass",
        Some(Verdict::Open(_)) => "fail",
        Some(Verdict::Idle(_) | Verdict::Existing(_)) => "warn",
        Some(Verdict::Unknown(_)) => "unknown",
    }
}

fn list(items: &str) -> String {
    let quoted: Vec<String> = items.split_whitespace().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// An ARN of the account's IAM, unless it is one or `*`.
fn arn(resource: &str) -> String {
    if resource == "*" || resource.starts_with("arn:") {
        resource.to_owned()
    } else {
        format!("arn:aws:iam::111122223333:{resource}")
    }
}

fn statement(effect: &str, actions: &str, resources: &str, condition: &str) -> String {
    let resources: Vec<String> = resources.split_whitespace().map(arn).collect();
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
    format!(
        r#"{{"Effect":"{effect}","Action":{},"Resource":{}{condition}}}"#,
        list(actions),
        list(&resources.join(" "))
    )
}

fn allow(actions: &str, resources: &str) -> String {
    statement("Allow", actions, resources, "")
}

fn allow_if(actions: &str, resources: &str, condition: &str) -> String {
    statement("Allow", actions, resources, condition)
}

fn deny(actions: &str, resources: &str) -> String {
    statement("Deny", actions, resources, "")
}

fn has(statements: &[String]) -> EntityBuilder {
    EntityBuilder::nothing().inline(&statements.join(","))
}

fn admin() -> EntityBuilder {
    EntityBuilder::nothing().attached(ADMINISTRATOR_ACCESS)
}

/// A ready account, and `dev` with a password.
fn dev(has: EntityBuilder) -> Iam {
    base().user("dev", has).password("dev")
}

fn base() -> Iam {
    Iam::new().user("alice", admin()).mfa("alice").password("alice")
}

fn trust(principal: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
    let principal = match principal {
        "account" => r#"{"AWS":"arn:aws:iam::111122223333:root"}"#.to_owned(),
        "*" => r#""*""#.to_owned(),
        service if service.ends_with(".amazonaws.com") => format!(r#"{{"Service":"{service}"}}"#),
        other if other.bytes().all(|b| b.is_ascii_digit()) => format!(r#"{{"AWS":"{other}"}}"#),
        named => format!(r#"{{"AWS":"{}"}}"#, arn(named)),
    };
    format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"{condition}}}"#)
}

const MFA: &str = r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;

trait More {
    fn admin_role(self, principal: &str) -> Self;
    fn admin_role_if(self, principal: &str, condition: &str) -> Self;
}

impl More for Iam {
    fn admin_role(self, principal: &str) -> Self {
        self.role("Admin", &trust(principal, ""), admin())
    }

    fn admin_role_if(self, principal: &str, condition: &str) -> Self {
        self.role("Admin", &trust(principal, condition), admin())
    }
}

fn policy_arn(arns: &str) -> String {
    format!(r#"{{"ArnEquals":{{"iam:PolicyARN":{}}}}}"#, list(arns))
}

fn bounded_by(policy: &str) -> String {
    format!(r#"{{"StringEquals":{{"iam:PermissionsBoundary":"{policy}"}}}}"#)
}

const S3: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
const FORCE_MFA: &str = r#"{"Effect":"Deny","NotAction":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetUser","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
const FORCE_MFA_ALWAYS: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
const OWN: &str = "user/${aws:username}";

fn own_mfa() -> String {
    allow("iam:EnableMFADevice iam:CreateVirtualMFADevice iam:ListMFADevices", "user/${aws:username} mfa/*")
}

fn assume() -> String {
    allow("sts:AssumeRole", "*")
}

/// `dev` with a customer managed policy of its own.
fn with_policy(statements: &str) -> Iam {
    dev(EntityBuilder::nothing().attached(&customer_arn("p"))).customer("p", statements)
}

type Row = (&'static str, Facts, &'static str);

fn rows_of_writes() -> Vec<Row> {
    let boundary = customer_arn("B");
    let on_policy = |action: &str| allow(action, "policy/p");
    let old = allow("s3:*", "*");
    let four: Vec<&str> = vec![&old; 4];
    let row = |name, iam: Iam, expected| (name, iam.facts(), expected);
    vec![
        row("1 PutUserPolicy on *", dev(has(&[allow("iam:PutUserPolicy", "*")])), "fail"),
        row("2 PutUserPolicy on own", dev(has(&[allow("iam:PutUserPolicy", OWN)])), "fail"),
        row(
            "3 AttachUserPolicy on every user",
            dev(has(&[allow("iam:AttachUserPolicy", "arn:aws:iam::*:user/*")])),
            "fail",
        ),
        row("4 AttachUserPolicy on another user", dev(has(&[allow("iam:AttachUserPolicy", "user/other")])), "–"),
        row("5 AttachUserPolicy in another case", dev(has(&[allow("iam:AttachUserPolicy", "user/Dev")])), "–"),
        row("6 AttachUserPolicy on a path", dev(has(&[allow("iam:AttachUserPolicy", "user/dev/*")])), "–"),
        row(
            "7 PutUserPolicy on *, Deny on own",
            dev(has(&[allow("iam:PutUserPolicy", "*"), deny("iam:PutUserPolicy", "user/dev")])),
            "fail",
        ),
        row(
            "8 PolicyARN ReadOnlyAccess",
            dev(has(&[allow_if("iam:AttachUserPolicy", "*", &policy_arn(&aws_arn("ReadOnlyAccess")))])),
            "–",
        ),
        row(
            "9 PolicyARN AdministratorAccess",
            dev(has(&[allow_if("iam:AttachUserPolicy", "*", &policy_arn(ADMINISTRATOR_ACCESS))])),
            "fail",
        ),
        row(
            "10 PolicyARN CodeStar_* with CreatePolicy",
            dev(has(&[
                allow_if(
                    "iam:AttachUserPolicy",
                    "*",
                    r#"{"ArnLike":{"iam:PolicyARN":"arn:aws:iam::111122223333:policy/CodeStar_*"}}"#,
                ),
                allow("iam:CreatePolicy", "policy/CodeStar_*"),
            ])),
            "fail",
        ),
        row(
            "11 under a boundary that dev lacks",
            dev(has(&[allow_if("iam:AttachUserPolicy iam:PutUserPolicy", "*", &bounded_by(&boundary))]))
                .customer("B", S3),
            "–",
        ),
        row(
            "12 under dev's boundary of s3",
            dev(has(&[allow_if("iam:AttachUserPolicy iam:PutUserPolicy", "*", &bounded_by(&boundary))])
                .boundary(&boundary))
            .customer("B", S3),
            "–",
        ),
        row(
            "13 under dev's boundary AdministratorAccess",
            dev(has(&[allow_if("iam:AttachUserPolicy iam:PutUserPolicy", "*", &bounded_by(ADMINISTRATOR_ACCESS))])
                .boundary(ADMINISTRATOR_ACCESS)),
            "fail",
        ),
        row("14 delegate", dev(has(&delegate(&boundary))).customer("B", &allow("s3:* ec2:*", "*")), "–"),
        row(
            "15 delegate rewrites the boundary",
            dev(has(&[&delegate(&boundary)[..], &[allow("iam:CreatePolicyVersion", "policy/B")]].concat()))
                .customer("B", &allow("s3:* ec2:*", "*")),
            "fail",
        ),
        row(
            "16 PutGroupPolicy on own group",
            dev(has(&[allow("iam:PutGroupPolicy", "group/g")]).group("g")).group("g", EntityBuilder::nothing()),
            "fail",
        ),
        row(
            "17 PutGroupPolicy on another's group",
            dev(has(&[allow("iam:PutGroupPolicy", "group/g")])).group("g", EntityBuilder::nothing()),
            "–",
        ),
        row(
            "18 AddUserToGroup, admins exists",
            dev(has(&[allow("iam:AddUserToGroup", "*")])).group("admins", admin()),
            "fail",
        ),
        row(
            "19 AddUserToGroup, only readers exists",
            dev(has(&[allow("iam:AddUserToGroup", "*")])).group("readers", EntityBuilder::nothing().inline(S3)),
            "–",
        ),
        row(
            "20 AddUserToGroup on helpers",
            dev(has(&[allow("iam:AddUserToGroup", "group/helpers")]))
                .group("helpers", has(&[allow("iam:PutUserPolicy", "*")])),
            "fail",
        ),
        row("21 CreatePolicyVersion, 1 version", with_policy(&on_policy("iam:CreatePolicyVersion")), "fail"),
        row(
            "22 CreatePolicyVersion, 5 versions",
            with_policy(&on_policy("iam:CreatePolicyVersion")).versions(&four),
            "–",
        ),
        row(
            "23 5 versions and DeletePolicyVersion",
            with_policy(&on_policy("iam:CreatePolicyVersion iam:DeletePolicyVersion")).versions(&four),
            "fail",
        ),
        row(
            "24 CreatePolicyVersion on AWS's",
            dev(has(&[allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/x-*")]).attached(&aws_arn("x-y")))
                .aws("x-y", S3),
            "–",
        ),
        row(
            "25 SetDefaultPolicyVersion, v1 allows *",
            with_policy(&on_policy("iam:SetDefaultPolicyVersion")).versions(&[ALLOW_ALL]),
            "fail",
        ),
        row("26 SetDefaultPolicyVersion, one version", with_policy(&on_policy("iam:SetDefaultPolicyVersion")), "–"),
        row(
            "27 SetDefaultPolicyVersion, versions not collected",
            with_policy(&on_policy("iam:SetDefaultPolicyVersion")).uncollected(),
            "unknown",
        ),
        row(
            "28 CreateUser, policy and key on one",
            dev(has(&[allow("iam:CreateUser iam:PutUserPolicy iam:CreateAccessKey", "user/svc/*")])),
            "fail",
        ),
        row(
            "29 the policy on others",
            dev(has(&[
                allow("iam:CreateUser iam:CreateAccessKey", "user/svc/*"),
                allow("iam:PutUserPolicy", "user/ops/*"),
            ])),
            "–",
        ),
        row(
            "31 CreateRole and PutRolePolicy",
            dev(has(&[allow("iam:CreateRole iam:PutRolePolicy", "role/app-*")])),
            "fail",
        ),
        row(
            "32 and Deny AssumeRole",
            dev(has(&[allow("iam:CreateRole iam:PutRolePolicy", "role/app-*"), deny("sts:AssumeRole", "*")])),
            "–",
        ),
        row("33 boundary s3", dev(admin().boundary(&boundary)).customer("B", S3), "–"),
        row(
            "34 boundary also allows to delete itself",
            dev(admin().boundary(&boundary))
                .customer("B", &format!("{S3},{}", allow("iam:DeleteUserPermissionsBoundary", "*"))),
            "fail",
        ),
        row("35 iam:* and Deny iam:*", dev(has(&[allow("iam:*", "*"), deny("iam:*", "*")])), "–"),
        row(
            "36 * and Deny AttachUserPolicy",
            dev(has(&[ALLOW_ALL.to_owned(), deny("iam:AttachUserPolicy", "*")])),
            "fail",
        ),
        row("37 admins and own Deny *", dev(has(&[deny("*", "*")]).group("admins")).group("admins", admin()), "–"),
    ]
}

fn delegate(boundary: &str) -> Vec<String> {
    vec![
        allow_if("iam:CreateUser iam:PutUserPolicy", "user/team/*", &bounded_by(boundary)),
        allow("iam:CreateAccessKey", "user/team/*"),
    ]
}

fn rows_of_roles() -> Vec<Row> {
    let row = |name, iam: Iam, expected| (name, iam.facts(), expected);
    let may_assume = || dev(has(&[assume()]));
    let reserved = "/aws-reserved/sso.amazonaws.com/";
    let linked = "/aws-service-role/x.amazonaws.com/";
    let cdk = |iam: Iam| {
        let deploy = [
            allow("iam:PassRole", "role/cdk-cfn-exec-role"),
            allow("cloudformation:CreateStack cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet", "*"),
        ];
        iam.role("cdk-deploy-role", &trust("account", ""), has(&deploy)).role(
            "cdk-cfn-exec-role",
            &trust("cloudformation.amazonaws.com", ""),
            admin(),
        )
    };
    vec![
        row("38 adminR(account)", may_assume().admin_role("account"), "fail"),
        row("39 under Bool MFA", may_assume().admin_role_if("account", MFA), "–"),
        row("40 and own device", dev(has(&[assume(), own_mfa()])).admin_role_if("account", MFA), "fail"),
        row("41 and has a device", may_assume().mfa("dev").admin_role_if("account", MFA), "pass"),
        row(
            "42 BoolIfExists, key only",
            base()
                .user("dev", has(&[assume()]))
                .key("dev", "Active")
                .admin_role_if("account", r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#),
            "fail",
        ),
        row(
            "43 BoolIfExists, password only",
            may_assume().admin_role_if("account", r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#),
            "–",
        ),
        row(
            "44 MultiFactorAuthAge",
            may_assume().admin_role_if("account", r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#),
            "–",
        ),
        row("45 named", dev(EntityBuilder::nothing()).admin_role("user/dev"), "fail"),
        row("46 named and Deny", dev(has(&[deny("sts:AssumeRole", "*")])).admin_role("user/dev"), "–"),
        row("47 another account", dev(has(&[power_user()])).admin_role("999988887777"), "–"),
        row(
            "48 PrincipalArn of another",
            may_assume()
                .admin_role_if("account", r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/ops"}}"#),
            "–",
        ),
        row(
            "48 RoleSessionName is the user's",
            may_assume().admin_role_if("account", r#"{"StringLike":{"sts:RoleSessionName":"${aws:username}"}}"#),
            "fail",
        ),
        row(
            "49 A → B → admin",
            dev(has(&[allow("sts:AssumeRole", "role/A")]))
                .role("A", &trust("account", ""), EntityBuilder::nothing())
                .role("B", &trust("role/A", ""), EntityBuilder::nothing())
                .admin_role("role/B"),
            "fail",
        ),
        row(
            "50 cycle",
            dev(has(&[allow("sts:AssumeRole", "role/A")]))
                .role("A", &format!("{},{}", trust("account", ""), trust("role/B", "")), EntityBuilder::nothing())
                .role("B", &trust("role/A", ""), EntityBuilder::nothing()),
            "–",
        ),
        row(
            "51 helper writes dev",
            dev(has(&[allow("sts:AssumeRole", "role/helper")])).role(
                "helper",
                &trust("account", ""),
                has(&[allow("iam:PutUserPolicy", "user/dev")]),
            ),
            "fail",
        ),
        row("52 AttachRolePolicy only", dev(has(&[allow("iam:AttachRolePolicy", "*")])), "–"),
        row(
            "53 and role X trusts dev",
            dev(has(&[allow("iam:AttachRolePolicy", "*")])).role("X", &trust("user/dev", ""), EntityBuilder::nothing()),
            "fail",
        ),
        row(
            "54 UpdateAssumeRolePolicy",
            dev(has(&[allow("iam:UpdateAssumeRolePolicy", "*")])).admin_role("lambda.amazonaws.com"),
            "fail",
        ),
        row(
            "55 on reserved roles only",
            dev(has(&[allow("iam:UpdateAssumeRolePolicy", "*")]))
                .role("Linked", &trust("x.amazonaws.com", ""), admin())
                .but(|role| role.path = linked.to_owned())
                .role("AWSReservedSSO_A", &trust("x.amazonaws.com", ""), admin())
                .but(|role| role.path = reserved.to_owned()),
            "–",
        ),
        row("72 CDK without AssumeRole", cdk(dev(has(&[S3.to_owned()]))), "–"),
        row("73 CDK with AssumeRole on cdk-*", cdk(dev(has(&[allow("sts:AssumeRole", "role/cdk-*")]))), "fail"),
    ]
}

fn power_user() -> String {
    r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization","account:ListRegions"],"Resource":"*"}"#
        .to_owned()
}

fn rows_of_users() -> Vec<Row> {
    let row = |name, iam: Iam, expected| (name, iam.facts(), expected);
    let bob = |iam: Iam| iam.user("bob", admin());
    let mfa_admin = || EntityBuilder::nothing().inline(&ALLOW_ALL.replace('}', &format!(r#","Condition":{MFA}}}"#)));
    let mut unread = bob(dev(has(&[allow("iam:CreateAccessKey", "user/bob")]))).mfa("bob").facts();
    unread.access_keys.set("bob", denied(Operation::ListAccessKeys));
    vec![
        row("56 CreateAccessKey on *", dev(has(&[allow("iam:CreateAccessKey", "*")])), "fail"),
        row(
            "57 alice has two keys",
            dev(has(&[allow("iam:CreateAccessKey", "*")])).key("alice", "Active").key("alice", "Inactive"),
            "–",
        ),
        row(
            "58 and DeleteAccessKey",
            dev(has(&[allow("iam:CreateAccessKey iam:DeleteAccessKey", "*")]))
                .key("alice", "Active")
                .key("alice", "Inactive"),
            "fail",
        ),
        (
            "58 alice's access under Bool MFA",
            Iam::new()
                .user("alice", mfa_admin())
                .mfa("alice")
                .password("alice")
                .user("dev", has(&[allow("iam:CreateAccessKey", "*")]))
                .password("dev")
                .facts(),
            "–",
        ),
        row("59 UpdateLoginProfile", dev(has(&[allow("iam:UpdateLoginProfile", "*")])), "–"),
        row(
            "60 and DeactivateMFADevice",
            dev(has(&[allow("iam:UpdateLoginProfile iam:DeactivateMFADevice", "*")])),
            "fail",
        ),
        row("61 CreateLoginProfile on bob", bob(dev(has(&[allow("iam:CreateLoginProfile", "*")]))), "fail"),
        row("62 bob has a device", bob(dev(has(&[allow("iam:CreateLoginProfile", "*")]))).mfa("bob"), "–"),
        ("63 bob's keys are not readable", unread, "unknown"),
    ]
}

fn rows_of_services() -> Vec<Row> {
    let row = |name, iam: Iam, expected| (name, iam.facts(), expected);
    let passed_to = |service: &str| {
        allow_if(
            "iam:PassRole",
            "*",
            &format!(r#"{{"StringEquals":{{"iam:PassedToService":"{service}.amazonaws.com"}}}}"#),
        )
    };
    let two =
        || dev(EntityBuilder::nothing().inline(&allow("iam:PassRole", "*")).inline(&allow("ec2:RunInstances", "*")));
    let lambda = "lambda.amazonaws.com";
    let ec2 = "ec2.amazonaws.com";
    let functions = "arn:aws:lambda:*:*:function:";
    let makes = || allow("lambda:CreateFunction lambda:InvokeFunction", "*");
    let code = |on: &str| has(&[allow("lambda:UpdateFunctionCode", on)]);
    let tagged = allow_if("ssm:SendCommand", "*", r#"{"StringEquals":{"ssm:resourceTag/team":"a"}}"#);
    vec![
        row("64 PassRole and RunInstances", two().admin_role(ec2), "fail"),
        row("65 role in no profile", two().admin_role(ec2).but(|role| role.instance_profiles.clear()), "–"),
        row("66 passed to lambda", dev(has(&[passed_to("lambda"), makes()])).admin_role(lambda), "fail"),
        row("67 passed to ec2", dev(has(&[passed_to("ec2"), makes()])).admin_role(lambda), "–"),
        row(
            "68 PassRole of harmless only",
            dev(has(&[allow("iam:PassRole", "role/harmless"), allow("ecs:*", "*")]))
                .admin_role("lambda.amazonaws.com")
                .role("harmless", &trust("ecs-tasks.amazonaws.com", ""), EntityBuilder::nothing()),
            "–",
        ),
        row(
            "68 beside adminR(ecs-tasks)",
            dev(has(&[allow("iam:PassRole", "role/harmless"), allow("ecs:*", "*")]))
                .admin_role("ecs-tasks.amazonaws.com"),
            "warn",
        ),
        row(
            "69 no common witness",
            dev(has(&[
                allow("iam:PassRole", "*"),
                allow("lambda:CreateFunction", &format!("{functions}dev-*")),
                allow("lambda:InvokeFunction", &format!("{functions}ops-*")),
            ]))
            .admin_role(lambda),
            "–",
        ),
        row(
            "70 CreateStack without PassRole",
            dev(has(&[allow("cloudformation:CreateStack", "*")])).admin_role("cloudformation.amazonaws.com"),
            "–",
        ),
        row(
            "71 PassRole of a role that may only assume",
            dev(has(&[allow("cloudformation:CreateStack", "*"), allow("iam:PassRole", "*")]))
                .role(
                    "deployer",
                    &trust("cloudformation.amazonaws.com", ""),
                    has(&[allow("sts:AssumeRole", "role/Admin")]),
                )
                .admin_role("role/deployer"),
            "–",
        ),
        row("74 UpdateFunctionCode on *", dev(code("*")).admin_role(lambda), "warn"),
        row("75 on dev-*", dev(code(&format!("{functions}dev-*"))).admin_role(lambda), "–"),
        row("76 SendCommand on *", dev(has(&[allow("ssm:SendCommand", "*")])).admin_role(ec2), "warn"),
        row("77 under a tag", dev(has(&[tagged])).admin_role(ec2), "–"),
        row("78 PowerUserAccess beside adminR(lambda)", dev(has(&[power_user()])).admin_role(lambda), "warn"),
        row("78 PowerUserAccess", dev(has(&[power_user()])), "–"),
        row("79 no credential: PutUserPolicy", base().user("dev", has(&[allow("iam:PutUserPolicy", "*")])), "warn"),
        row("80 no credential: UpdateFunctionCode", base().user("dev", code("*")).admin_role(lambda), "–"),
    ]
}

fn rows_of_conditions() -> Vec<Row> {
    let row = |name, iam: Iam, expected| (name, iam.facts(), expected);
    let rewrites = |condition: &str| allow_if("iam:CreatePolicyVersion", "policy/p", condition);
    let of_policy = |iam: Iam, condition: &str| iam.customer("p", &rewrites(condition));
    let attached = || EntityBuilder::nothing().attached(&customer_arn("p"));
    let younger = r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}"#;
    let mcp = ALLOW_ALL.replace('}', r#","Condition":{"Bool":{"aws:IsMcpServiceAction":"true"}}}"#);
    let attach = allow("iam:AttachUserPolicy", "*");
    let mut unread_roles = dev(has(&[S3.to_owned()])).facts();
    unread_roles.roles = denied(Operation::GetAccountAuthorizationDetails);
    let unlisted = |has: EntityBuilder| {
        let mut facts = dev(has).facts();
        facts.customer_policies = denied(Operation::GetAccountAuthorizationDetails);
        facts
    };
    let x = || {
        dev(has(&[allow("sts:AssumeRole", "role/X")]))
            .user("eve", has(&[allow("sts:AssumeRole", "role/Y")]))
            .password("eve")
            .role("X", &trust("account", ""), EntityBuilder::nothing().attached(&customer_arn("unread")))
            .customer_raw("unread", Some("not a document"))
    };
    vec![
        row("81 TokenIssueTime after 2020, password", of_policy(dev(attached()), younger), "fail"),
        row(
            "82 TokenIssueTime after 2020, key only",
            of_policy(base().user("dev", attached()).key("dev", "Active"), younger),
            "–",
        ),
        row(
            "83 TokenIssueTime before 2020",
            of_policy(dev(attached()), r#"{"DateLessThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}"#),
            "–",
        ),
        row(
            "83 CurrentTime of last year",
            of_policy(dev(attached()), r#"{"DateLessThan":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}}"#),
            "–",
        ),
        row("84 IsMcpServiceAction", dev(has(&[mcp])), "–"),
        row("84 SecurityAudit", dev(has(&[allow("iam:Get* iam:List* ec2:Describe* s3:Get*", "*")])), "–"),
        row("84 Billing", dev(has(&[allow("aws-portal:* billing:* budgets:*", "*")])), "–"),
        row(
            "84 self-managed MFA",
            dev(has(&[allow(
                "iam:CreateAccessKey iam:DeleteAccessKey iam:UpdateLoginProfile iam:EnableMFADevice iam:DeactivateMFADevice",
                OWN,
            )])),
            "–",
        ),
        row("85 force-MFA", dev(has(&[FORCE_MFA.to_owned(), attach.clone(), own_mfa()])), "fail"),
        row("85 force-MFA without exceptions", dev(has(&[FORCE_MFA_ALWAYS.to_owned(), attach, own_mfa()])), "–"),
        ("86 roles not readable", unread_roles, "–"),
        (
            "customer policies not listed, PolicyARN of a path",
            unlisted(has(&[allow_if("iam:AttachUserPolicy", "*", &policy_arn(&customer_arn("team/*")))])),
            "unknown",
        ),
        (
            "customer policies not listed, PolicyARN of AWS only",
            unlisted(has(&[allow_if("iam:AttachUserPolicy", "*", &policy_arn(&aws_arn("ReadOnlyAccess")))])),
            "–",
        ),
        ("customer policies not listed, nothing to attach", unlisted(has(&[S3.to_owned()])), "–"),
        (
            "customer policies not listed, new users under a boundary",
            unlisted(has(&[
                allow_if("iam:CreateUser iam:PutUserPolicy", "user/new/*", &bounded_by(&customer_arn("B"))),
                allow("iam:CreateAccessKey", "user/new/*"),
            ])),
            "unknown",
        ),
        row(
            "PolicyARN excepts what leads there, with CreatePolicy",
            dev(has(&[
                allow_if(
                    "iam:AttachUserPolicy",
                    "*",
                    r#"{"ArnNotLike":{"iam:PolicyARN":["arn:aws:iam::aws:policy/AdministratorAccess","arn:aws:iam::aws:policy/IAMFullAccess"]}}"#,
                ),
                allow("iam:CreatePolicy", "*"),
            ])),
            "fail",
        ),
        row("87 policy of X not readable", x(), "unknown"),
    ]
}

#[test]
fn states_of_the_specification_have_their_verdict() {
    let rows = [rows_of_writes(), rows_of_roles(), rows_of_users(), rows_of_services(), rows_of_conditions()];
    let mut wrong = Vec::new();
    for (name, facts, expected) in rows.into_iter().flatten() {
        let conclusions = concluded(facts);
        let found = status(&conclusions, "dev");
        if found != expected {
            wrong.push(format!("{name}: {found}, not {expected}: {:?}", conclusions.users.get("dev")));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}
