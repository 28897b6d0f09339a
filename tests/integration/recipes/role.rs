//! The auditor's role as a CloudFormation template: the linter has nothing to say, and deployed on the emulator the role has the
//! policy of `iam-policy` and trusts whom its parameters name, nobody else.

use serde_json::{Value, json};

use super::{policy, printed, trusting};
use crate::support::account::{Account, HOME};
use crate::support::call::percent_decoded;
use crate::support::checkers::holds_cloudformation;

/// Makes the stack and waits for its end, which it tells.
fn deployed(account: Account, parameters: &[(&str, &str)]) -> Result<(), String> {
    let parameters: Vec<Value> =
        parameters.iter().map(|(key, value)| json!({"ParameterKey": key, "ParameterValue": value})).collect();
    let made = account.try_call(
        "cloudformation",
        HOME,
        "CreateStack",
        json!({
            "StackName": "stagecheck",
            "TemplateBody": printed("cloudformation"),
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }),
    );
    if !made.succeeded() {
        return Err(made.text().to_owned());
    }
    // A minute, and the calls.
    for _ in 0..1200 {
        let stacks = account.call("cloudformation", HOME, "DescribeStacks", json!({"StackName": "stagecheck"}));
        match stacks.element("StackStatus") {
            Some("CREATE_COMPLETE") => return Ok(()),
            Some("CREATE_IN_PROGRESS") => std::thread::sleep(std::time::Duration::from_millis(50)),
            _ => return Err(stacks.text().to_owned()),
        }
    }
    Err("the stack is not made in time".to_owned())
}

/// Whom the role trusts.
fn trust(account: Account) -> Value {
    let role = account.call("iam", HOME, "GetRole", json!({"RoleName": "stagecheck"}));
    serde_json::from_str(&percent_decoded(role.element("AssumeRolePolicyDocument").unwrap())).unwrap()
}

#[test]
fn the_linter_has_nothing_to_say_of_the_template() {
    holds_cloudformation(&printed("cloudformation"));
}

#[test]
fn deployed_role_has_the_policy_and_trusts_one_workflow() {
    let account = Account::new("360000000001");
    deployed(account, &[("GitHubSubject", "repo:octo/infra:ref:refs/heads/main")]).unwrap();
    let provider = "arn:aws:iam::360000000001:oidc-provider/token.actions.githubusercontent.com";
    let says = [
        ("token.actions.githubusercontent.com:aud", "sts.amazonaws.com"),
        ("token.actions.githubusercontent.com:sub", "repo:octo/infra:ref:refs/heads/main"),
    ];
    let github = trusting("GitHub", ["Federated", provider], "sts:AssumeRoleWithWebIdentity", &says);
    assert_eq!(trust(account)["Statement"], json!([github]));

    let names = json!({"RoleName": "stagecheck", "PolicyName": "stagecheck"});
    let inline = account.call("iam", HOME, "GetRolePolicy", names);
    let document: Value = serde_json::from_str(&percent_decoded(inline.element("PolicyDocument").unwrap())).unwrap();
    assert_eq!(document, policy());
    let attached = account.call("iam", HOME, "ListAttachedRolePolicies", json!({"RoleName": "stagecheck"}));
    assert!(!attached.text().contains("<PolicyArn>"), "{}", attached.text());
}

#[test]
fn role_trusts_a_gitlab_project_and_an_external_id() {
    let account = Account::new("360000000002");
    let subject = "project_path:group/project:ref_type:branch:ref:main";
    let jenkins = "arn:aws:iam::111122223333:role/jenkins";
    let given = [("GitLabSubject", subject), ("TrustedPrincipal", jenkins), ("ExternalId", "a-secret-between-us")];
    deployed(account, &given).unwrap();
    let provider = "arn:aws:iam::360000000002:oidc-provider/gitlab.com";
    let says = [("gitlab.com:aud", "https://gitlab.com"), ("gitlab.com:sub", subject)];
    let gitlab = trusting("GitLab", ["Federated", provider], "sts:AssumeRoleWithWebIdentity", &says);
    let says = [("sts:ExternalId", "a-secret-between-us")];
    let principal = trusting("Principal", ["AWS", jenkins], "sts:AssumeRole", &says);
    assert_eq!(trust(account)["Statement"], json!([gitlab, principal]));
}

#[test]
fn no_one_is_trusted_by_default_wildcard_or_without_id() {
    let account = Account::new("360000000003");
    for given in [
        &[][..],
        &[("GitHubSubject", "repo:octo/*")],
        &[("GitHubSubject", "octo/infra")],
        &[("GitLabSubject", "project_path:group/*:ref_type:branch:ref:main")],
        &[("TrustedPrincipal", "*"), ("ExternalId", "secret")],
        &[("TrustedPrincipal", "arn:aws:iam::111122223333:role/*"), ("ExternalId", "secret")],
        &[("TrustedPrincipal", "arn:aws:iam::111122223333:role/jenkins")],
        &[
            ("GitHubProviderArn", "arn:aws:iam::111122223333:oidc-provider/evil.example"),
            ("GitHubSubject", "repo:octo/infra:x"),
        ],
    ] {
        assert!(deployed(account, given).is_err(), "{given:?}");
    }
    let role = account.try_call("iam", HOME, "GetRole", json!({"RoleName": "stagecheck"}));
    assert!(!role.succeeded(), "{}", role.text());
}
