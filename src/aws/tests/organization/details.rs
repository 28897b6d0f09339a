//! What is kept of each member of an answer about an organization, whole: as a snapshot would record it.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::answers::{good, query};
use super::super::*;

/// The fact that an answer becomes, as it is recorded.
async fn recorded(operation: Operation, reply: Reply) -> Result<Value, Cause> {
    fn told<T: Serialize>(answer: Answer<T>) -> Result<Value, Cause> {
        answer.map(|fact| serde_json::to_value(fact).unwrap())
    }
    let (aws, _) = aws([reply]);
    let region = aws.home_region.as_str();
    match operation {
        Operation::DescribeOrganization => told(aws.organization().await),
        Operation::ListRoots => told(aws.organization_roots().await),
        Operation::ListAccounts => told(aws.organization_accounts().await),
        Operation::ListOrganizationalUnitsForParent => told(aws.organizational_units("r-ab12").await),
        Operation::ListAccountsForParent => told(aws.accounts_of("r-ab12").await),
        Operation::ListPolicies => told(aws.scps().await),
        Operation::DescribePolicy => told(aws.scp_document("p-12345678").await),
        Operation::ListTargetsForPolicy => told(aws.scp_targets("p-12345678").await),
        Operation::ListAwsServiceAccessForOrganization => told(aws.trusted_services().await),
        Operation::ListOrganizationsFeatures => told(aws.root_features().await),
        Operation::ListInstances => told(aws.identity_center_instances(region).await),
        Operation::ListPermissionSetsProvisionedToAccount => {
            told(aws.provisioned_permission_sets(INSTANCE, "111122223333").await)
        }
        Operation::DescribePermissionSet => told(aws.permission_set(INSTANCE, PERMISSION_SET).await),
        Operation::ListAccountAssignments => {
            told(aws.account_assignments(INSTANCE, "111122223333", PERMISSION_SET).await)
        }
        other => panic!("{other} is not about an organization"),
    }
}

/// Compares what is kept with what is to be, and reports all rows that differ.
async fn all_are_kept(rows: Vec<(Operation, Reply, Value)>) {
    let mut wrong = Vec::new();
    for (operation, reply, expected) in rows {
        let kept = recorded(operation, reply).await;
        if kept.as_ref() != Ok(&expected) {
            wrong.push(format!("{operation}: {kept:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn good_answers_about_an_organization_are_kept_whole() {
    all_are_kept(vec![
        (
            Operation::DescribeOrganization,
            good(Operation::DescribeOrganization),
            json!({"id": "o-abc", "management_account": "111122223333", "feature_set": "ALL"}),
        ),
        (
            Operation::ListRoots,
            good(Operation::ListRoots),
            json!([{
                "id": "r-ab12", "arn": "arn:aws:organizations::111122223333:root/o-abc/r-ab12", "name": "Root",
                "policy_types": [{"type": "SERVICE_CONTROL_POLICY", "status": "ENABLED"}],
            }]),
        ),
        (
            Operation::ListAccounts,
            good(Operation::ListAccounts),
            json!([{
                "id": "444455556666", "arn": "arn:aws:organizations::111122223333:account/o-abc/444455556666",
                "name": "LogArchive", "state": "ACTIVE", "status": "ACTIVE",
                "paths": ["o-abc/r-ab12/ou-ab12-11111111/444455556666/"], "joined": "2023-11-14T22:13:20.5Z",
            }]),
        ),
        (
            Operation::ListOrganizationalUnitsForParent,
            good(Operation::ListOrganizationalUnitsForParent),
            json!([{
                "id": "ou-ab12-11111111", "arn": "arn:aws:organizations::111122223333:ou/o-abc/ou-ab12-11111111",
                "name": "Security",
            }]),
        ),
        (Operation::ListAccountsForParent, good(Operation::ListAccountsForParent), json!(["444455556666"])),
        (
            Operation::ListPolicies,
            good(Operation::ListPolicies),
            json!([{
                "id": "p-FullAWSAccess", "arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
                "name": "FullAWSAccess", "aws_managed": true,
            }]),
        ),
        (Operation::DescribePolicy, good(Operation::DescribePolicy), json!(r#"{"Statement":[]}"#)),
        (
            Operation::ListTargetsForPolicy,
            good(Operation::ListTargetsForPolicy),
            json!([{"id": "r-ab12", "name": "Root", "type": "ROOT"}]),
        ),
        (
            Operation::ListAwsServiceAccessForOrganization,
            good(Operation::ListAwsServiceAccessForOrganization),
            json!(["cloudtrail.amazonaws.com"]),
        ),
        (
            Operation::ListOrganizationsFeatures,
            good(Operation::ListOrganizationsFeatures),
            json!(["RootSessions"]),
        ),
        (
            Operation::ListPermissionSetsProvisionedToAccount,
            good(Operation::ListPermissionSetsProvisionedToAccount),
            json!([PERMISSION_SET]),
        ),
        (
            Operation::DescribePermissionSet,
            good(Operation::DescribePermissionSet),
            json!({"name": "AdministratorAccess"}),
        ),
        (
            Operation::ListAccountAssignments,
            good(Operation::ListAccountAssignments),
            json!([{"principal_type": "GROUP", "principal_id": "g-1"}]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_instance_keeps_its_owner_and_its_primary_region() {
    let instance = |more: Value| {
        let mut one = json!({"InstanceArn": INSTANCE.arn});
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Reply::ok(json!({"Instances": [one]}).to_string())
    };
    all_are_kept(vec![
        (
            Operation::ListInstances,
            instance(json!({
                "Name": "ours", "IdentityStoreId": "d-1234567890", "OwnerAccountId": "111122223333", "Status": "ACTIVE",
                "CreatedDate": 1_700_000_000, "PrimaryRegion": "eu-central-1",
            })),
            json!([{
                "arn": INSTANCE.arn, "owner_account": "111122223333", "identity_store": "d-1234567890", "status": "ACTIVE",
                "created": "2023-11-14T22:13:20Z", "primary_region": "eu-central-1",
            }]),
        ),
        (
            Operation::ListInstances,
            instance(json!({})),
            json!([{
                "arn": INSTANCE.arn, "owner_account": null, "identity_store": null, "status": null, "created": null,
                "primary_region": null,
            }]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_aws_may_leave_out_is_unknown_and_not_a_default() {
    let list = |member: &str, item: Value| Reply::ok(json!({member: [item]}).to_string());
    all_are_kept(vec![
        (
            Operation::DescribeOrganization,
            Reply::ok(json!({"Organization": {"Id": "o-abc", "MasterAccountId": "111122223333"}}).to_string()),
            json!({"id": "o-abc", "management_account": "111122223333"}),
        ),
        (
            Operation::ListRoots,
            list("Roots", json!({"Id": "r-ab12", "Arn": "arn", "PolicyTypes": [{}]})),
            json!([{"id": "r-ab12", "arn": "arn", "name": null, "policy_types": [{"type": null, "status": null}]}]),
        ),
        (
            Operation::ListRoots,
            list("Roots", json!({"Id": "r-ab12", "Arn": "arn", "Name": "Root", "PolicyTypes": []})),
            json!([{"id": "r-ab12", "arn": "arn", "name": "Root", "policy_types": []}]),
        ),
        (
            Operation::ListAccounts,
            list("Accounts", json!({"Id": "444455556666", "Email": "logs@example.com"})),
            json!([{
                "id": "444455556666", "arn": null, "name": null, "state": null, "status": null, "paths": null, "joined": null,
            }]),
        ),
        (
            Operation::ListAccounts,
            list("Accounts", json!({"Id": "444455556666", "State": "CLOSED", "Status": "SUSPENDED", "Paths": []})),
            json!([{
                "id": "444455556666", "arn": null, "name": null, "state": "CLOSED", "status": "SUSPENDED", "paths": [],
                "joined": null,
            }]),
        ),
        (
            Operation::ListTargetsForPolicy,
            list("Targets", json!({"TargetId": "444455556666"})),
            json!([{"id": "444455556666", "name": null, "type": null}]),
        ),
        (
            Operation::ListAccountAssignments,
            list("AccountAssignments", json!({})),
            json!([{"principal_type": null, "principal_id": null}]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn values_that_the_sdk_does_not_know_stay_text() {
    let list = |member: &str, item: Value| Reply::ok(json!({member: [item]}).to_string());
    let new = "SOMETHING_NEW";
    all_are_kept(vec![
        (
            Operation::DescribeOrganization,
            Reply::ok(json!({"Organization": {"Id": "o", "MasterAccountId": "1", "FeatureSet": new}}).to_string()),
            json!({"id": "o", "management_account": "1", "feature_set": new}),
        ),
        (
            Operation::ListRoots,
            list("Roots", json!({"Id": "r", "Arn": "arn", "PolicyTypes": [{"Type": new, "Status": new}]})),
            json!([{"id": "r", "arn": "arn", "name": null, "policy_types": [{"type": new, "status": new}]}]),
        ),
        (
            Operation::ListAccounts,
            list("Accounts", json!({"Id": "1", "State": new, "Status": new})),
            json!([{"id": "1", "arn": null, "name": null, "state": new, "status": new, "paths": null, "joined": null}]),
        ),
        (
            Operation::ListTargetsForPolicy,
            list("Targets", json!({"TargetId": "x", "Type": new})),
            json!([{"id": "x", "name": null, "type": new}]),
        ),
        (
            Operation::ListOrganizationsFeatures,
            Reply::ok(query(
                "ListOrganizationsFeatures",
                &format!("<EnabledFeatures><member>RootSessions</member><member>{new}</member></EnabledFeatures>"),
            )),
            json!(["RootSessions", new]),
        ),
        (
            Operation::ListInstances,
            list("Instances", json!({"InstanceArn": "arn", "Status": new})),
            json!([{
                "arn": "arn", "owner_account": null, "identity_store": null, "status": new, "created": null,
                "primary_region": null,
            }]),
        ),
        (
            Operation::ListAccountAssignments,
            list("AccountAssignments", json!({"PrincipalType": new, "PrincipalId": "1"})),
            json!([{"principal_type": new, "principal_id": "1"}]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_scps_document_is_not_decoded() {
    let document = "{\"Statement\": [{\"Sid\": \"100%25+more\", \"Resource\": \"*\"}]}\n";
    let reply = Reply::ok(json!({"Policy": {"Content": document}}).to_string());
    assert_eq!(recorded(Operation::DescribePolicy, reply).await, Ok(json!(document)));
}
