//! Users, groups, roles and policies. One user in ten is administrator, and one administrator in ten lacks a device.

use serde_json::{Value, json};

use super::{Account, ID, Scale};

const ADMINISTRATOR_ACCESS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// What some policies lack of what an instance needs.
const NEARLY_ENOUGH: [&str; 4] = [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
];

pub(super) fn add(account: &mut Account, scale: Scale) {
    let policies = scale.of(1500);
    let groups = scale.of(500);
    // The largest has 500.
    let administrators = scale.of(5000).div_ceil(10);
    let details = |about| ("GetAccountAuthorizationDetails", None, Some(about));

    let users: Vec<Value> =
        (0..scale.of(5000)).map(|number| user(number, number.is_multiple_of(10), groups, policies)).collect();
    for number in 0..administrators {
        credentials(account, number);
    }
    account.one("users", details("users"), json!(users));
    let groups: Vec<Value> =
        (0..groups).map(|number| group(number, policies)).chain([administrators_group()]).collect();
    account.one("groups", details("groups"), json!(groups));
    let roles: Vec<Value> = (0..scale.of(1000)).map(|number| role(number, policies)).collect();
    account.one("roles", details("roles"), json!(roles));
    let customer: Vec<Value> = (0..policies).map(customer_policy).collect();
    account.one("customer_policies", details("customer managed policies"), json!(customer));
    let aws: Vec<Value> = (0..scale.of(200)).map(aws_policy).collect();
    account.one("aws_policies", details("AWS managed policies"), json!(aws));
    account.one(
        "account_summary",
        ("GetAccountSummary", None, None),
        json!({"AccountMFAEnabled": 1, "AccountPasswordPresent": 1, "AccountAccessKeysPresent": 0, "AccountSigningCertificatesPresent": 0}),
    );
}

fn own(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{ID}:{kind}/{name}")
}

fn attached(number: usize) -> Value {
    let name = policy_name(number);
    json!({"name": name, "arn": own("policy", &name)})
}

fn policy_name(number: usize) -> String {
    format!("team-{number:04}-workload-access")
}

fn user_name(number: usize) -> String {
    format!("someone.with.a.long.name-{number:05}")
}

/// Administrators are made in each of the three ways: by AWS's policy, by a group, by a document of their own.
fn user(number: usize, is_administrator: bool, groups: usize, policies: usize) -> Value {
    let name = user_name(number);
    let mut member_of = vec![format!("team-{:04}", number % groups), format!("team-{:04}", (number * 7 + 1) % groups)];
    let mut attached = vec![attached(number % policies)];
    let mut inline = Vec::new();
    if is_administrator {
        match number / 10 % 3 {
            0 => attached.push(json!({"name": "AdministratorAccess", "arn": ADMINISTRATOR_ACCESS})),
            1 => member_of.push("administrators".to_owned()),
            _ => inline.push(json!({"name": "everything", "document": ALL})),
        }
    } else if number % 10 == 5 {
        inline.push(json!({"name": "own", "document": workload(number, 2)}));
    }
    json!({
        "name": name, "arn": own("user", &name), "inline_policies": inline, "attached_policies": attached,
        "groups": member_of, "boundary": null,
    })
}

/// The password, keys and devices of an administrator.
fn credentials(account: &mut Account, administrator: usize) {
    let name = user_name(administrator * 10);
    let devices = if administrator % 10 == 3 { json!([]) } else { json!([{"serial_number": own("mfa", &name)}]) };
    account.of_many("mfa_devices", &name, ("ListMFADevices", None, Some(&name)), devices);
    account.of_many(
        "login_profiles",
        &name,
        ("GetLoginProfile", None, Some(&name)),
        json!({"created": "2024-01-01T00:00:00Z"}),
    );
    let keys = if administrator % 5 == 1 { json!([{"id_ends_with": "MPLE", "status": "Active"}]) } else { json!([]) };
    account.of_many("access_keys", &name, ("ListAccessKeys", None, Some(&name)), keys);
}

fn group(number: usize, policies: usize) -> Value {
    let name = format!("team-{number:04}");
    json!({
        "name": name, "arn": own("group", &name),
        "inline_policies": [{"name": "shared", "document": workload(number, 3)}],
        "attached_policies": [attached(number * 3 % policies), attached((number * 3 + 1) % policies)],
    })
}

fn administrators_group() -> Value {
    json!({
        "name": "administrators", "arn": own("group", "administrators"), "inline_policies": [],
        "attached_policies": [{"name": "AdministratorAccess", "arn": ADMINISTRATOR_ACCESS}],
    })
}

/// Half of the roles are for instances, and each of those lacks one permission and a profile.
fn role(number: usize, policies: usize) -> Value {
    let name = format!("service-role-{number:04}");
    let service = if number.is_multiple_of(2) { "ec2.amazonaws.com" } else { "lambda.amazonaws.com" };
    let nearly =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": NEARLY_ENOUGH, "Resource": "*"}]});
    json!({
        "name": name, "arn": own("role", &name), "path": "/",
        "trust_policy": json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        ]}).to_string(),
        "inline_policies": [{"name": "nearly", "document": nearly.to_string()}],
        "attached_policies": [attached(number % policies), attached((number * 11 + 5) % policies)],
        "instance_profiles": [],
        "boundary": null,
    })
}

/// Each reads the log's bucket and none of its objects.
fn customer_policy(number: usize) -> Value {
    let name = policy_name(number);
    json!({"name": name, "arn": own("policy", &name), "default_version": "v3", "document": workload(number, 8)})
}

fn aws_policy(number: usize) -> Value {
    let name = format!("AmazonService{number}ReadOnlyAccess");
    let arn = format!("arn:aws:iam::aws:policy/{name}");
    json!({"name": name, "arn": arn, "default_version": "v12", "document": workload(number, 12)})
}

/// A document as teams write them: several services, narrow resources, a condition.
fn workload(number: usize, statements: usize) -> String {
    let statements: Vec<Value> = (0..statements)
        .map(|statement| {
            json!({
                "Sid": format!("Statement{statement}"),
                "Effect": if statement % 4 == 3 { "Deny" } else { "Allow" },
                "Action": ["s3:ListBucket", "dynamodb:GetItem", "dynamodb:Query", "sqs:SendMessage", "logs:PutLogEvents"],
                "Resource": [
                    format!("arn:aws:s3:::team-{number}-data-{statement}"),
                    format!("arn:aws:dynamodb:us-west-2:{ID}:table/team-{number}-{statement}"),
                    format!("arn:aws:sqs:us-west-2:{ID}:team-{number}-*"),
                ],
                "Condition": {"StringEquals": {"aws:RequestedRegion": "us-west-2"}},
            })
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}
