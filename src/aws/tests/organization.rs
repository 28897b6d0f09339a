//! What becomes of the answers about an organization and IAM Identity Center.

use serde_json::{Value, json};

use super::answers::{good, query};
use super::*;

mod details;

/// A page of a list in JSON: its operation, its member, and its items on this page.
fn page(member: &str, items: &Value, next: Option<&str>) -> Reply {
    let mut body = json!({member: items});
    if let Some(next) = next {
        body["NextToken"] = next.into();
    }
    Reply::ok(body.to_string())
}

fn error(status: u16, code: &str) -> Reply {
    Reply::new(status, json!({"__type": code, "message": "words"}).to_string()).with("x-amzn-errortype", code)
}

/// The lists, with the member that holds each.
const LISTS: [(Operation, &str); 10] = [
    (Operation::ListRoots, "Roots"),
    (Operation::ListAccounts, "Accounts"),
    (Operation::ListOrganizationalUnitsForParent, "OrganizationalUnits"),
    (Operation::ListAccountsForParent, "Accounts"),
    (Operation::ListPolicies, "Policies"),
    (Operation::ListTargetsForPolicy, "Targets"),
    (Operation::ListAwsServiceAccessForOrganization, "EnabledServicePrincipals"),
    (Operation::ListInstances, "Instances"),
    (Operation::ListPermissionSetsProvisionedToAccount, "PermissionSets"),
    (Operation::ListAccountAssignments, "AccountAssignments"),
];

#[tokio::test(start_paused = true)]
async fn a_list_is_read_to_its_last_page_or_not_at_all() {
    let mut wrong = Vec::new();
    for (operation, member) in LISTS {
        let more = page(member, &json!([]), Some("t"));
        let (aws_, canned) = aws([more.clone(), good(operation)]);
        let whole = ask(&aws_, operation).await;
        let (one, _) = aws([good(operation)]);
        if whole != ask(&one, operation).await || !canned.asked()[1].body.contains("\"NextToken\":\"t\"") {
            wrong.push(format!("{operation}: an empty page is not the last: {whole:?}"));
        }
        let (aws_, _) = fresh_aws([more.clone(), error(403, "AccessDeniedException")]);
        if !matches!(ask(&aws_, operation).await, Err(Cause::Denied { .. })) {
            wrong.push(format!("{operation}: a shorter list"));
        }
        let (aws_, _) = aws([more]);
        if ask(&aws_, operation).await != Err(Cause::Fault { code: "RepeatedPageToken".to_owned(), page: 2 }) {
            wrong.push(format!("{operation}: a token that repeats"));
        }
        let most = if operation.spec().service == "Organizations" { 20 } else { 100 };
        if !canned.asked()[0].body.contains(&format!("\"MaxResults\":{most}")) {
            wrong.push(format!("{operation}: {}", canned.asked()[0].body));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The operations of the two services that count calls more strictly than others.
fn of_organizations_and_identity_center() -> impl Iterator<Item = Operation> {
    let is_one = |operation: &Operation| ["Organizations", "SSO Admin"].contains(&operation.spec().service);
    Operation::ALL.iter().copied().filter(is_one)
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_are_throttling_with_status_400() {
    let mut wrong = Vec::new();
    for operation in of_organizations_and_identity_center() {
        let (aws_, canned) = fresh_aws([error(400, "TooManyRequestsException")]);
        let told = ask(&aws_, operation).await;
        let tries = canned.asked().len();
        if (&told, tries) != (&Err(Cause::Throttled), 4) {
            wrong.push(format!("{operation}: {told:?} after {tries} tries"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_later_page_that_is_throttled_once_leaves_no_gap() {
    let mut wrong = Vec::new();
    for (operation, member) in LISTS {
        let (one, _) = aws([good(operation)]);
        let whole = ask(&one, operation).await;
        let more = page(member, &json!([]), Some("t"));
        let (aws_, _) = fresh_aws([more, error(400, "TooManyRequestsException"), good(operation)]);
        let told = ask(&aws_, operation).await;
        if told != whole {
            wrong.push(format!("{operation}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn only_describe_organization_tells_a_standalone_account() {
    let mut wrong = Vec::new();
    for operation in of_organizations_and_identity_center() {
        let (aws_, _) = aws([error(400, "AWSOrganizationsNotInUseException")]);
        let told = ask(&aws_, operation).await;
        let expected = match operation {
            Operation::DescribeOrganization => Ok("None".to_owned()),
            _ => Err(Cause::Fault { code: "AWSOrganizationsNotInUseException".to_owned(), page: 1 }),
        };
        if told != expected {
            wrong.push(format!("{operation}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn no_answer_keeps_an_accounts_email_address() {
    let mut wrong = Vec::new();
    for (operation, account) in [
        (Operation::ListAccounts, json!({"Id": "1", "Email": "logs@example.com"})),
        (Operation::ListAccountsForParent, json!({"Id": "1", "Email": "logs@example.com"})),
    ] {
        let (aws_, _) = aws([page("Accounts", &json!([account]), None)]);
        let told = ask(&aws_, operation).await;
        if !told.as_ref().is_ok_and(|told| !told.contains('@')) {
            wrong.push(format!("{operation}: {told:?}"));
        }
    }
    let organization =
        json!({"Organization": {"Id": "o", "MasterAccountId": "1", "MasterAccountEmail": "a@example.com"}});
    let (aws_, _) = aws([Reply::ok(organization.to_string())]);
    let told = ask(&aws_, Operation::DescribeOrganization).await;
    if !told.as_ref().is_ok_and(|told| !told.contains('@')) {
        wrong.push(format!("DescribeOrganization: {told:?}"));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn only_service_control_policies_are_asked_for() {
    let (aws_, canned) = aws([good(Operation::ListPolicies)]);
    assert!(aws_.scps().await.unwrap()[0].aws_managed);
    assert!(canned.asked()[0].body.contains("\"Filter\":\"SERVICE_CONTROL_POLICY\""));
    let own = json!([{"Id": "p-12345678", "Name": "Lock", "AwsManaged": false}, {"Id": "p-23456789", "Name": "Guard"}]);
    let (aws_, _) = aws([page("Policies", &own, None)]);
    assert!(aws_.scps().await.unwrap().iter().all(|policy| !policy.aws_managed));
}

#[tokio::test]
async fn without_trusted_access_no_feature_of_root_access_is_on() {
    let refused = |code: &str| {
        Reply::new(409, format!("<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code></Error></ErrorResponse>"))
    };
    for code in ["ServiceAccessNotEnabledException", "OrganizationNotInAllFeaturesModeException"] {
        let (aws_, _) = aws([refused(code)]);
        assert_eq!(aws_.root_features().await, Ok(vec![]), "{code}");
    }
    let (aws_, _) = aws([refused("AccountNotManagementOrDelegatedAdministratorException")]);
    assert!(matches!(aws_.root_features().await, Err(Cause::Fault { .. })));
    let none = query("ListOrganizationsFeatures", "<OrganizationId>o-abc</OrganizationId><EnabledFeatures/>");
    let (aws_, _) = aws([Reply::ok(none)]);
    assert_eq!(aws_.root_features().await, Ok(vec![]));
}

fn buckets(names: &[&str], token: Option<&str>) -> Reply {
    let all: String =
        names.iter().map(|name| format!("<Bucket><Name>{name}</Name></Bucket>")).collect::<Vec<_>>().concat();
    let token = token.map(|token| format!("<ContinuationToken>{token}</ContinuationToken>")).unwrap_or_default();
    Reply::ok(format!("<ListAllMyBucketsResult><Buckets>{all}</Buckets>{token}</ListAllMyBucketsResult>"))
        .with("x-amz-request-id", "R1")
}

#[tokio::test]
async fn a_bucket_is_owned_by_its_whole_name_on_any_page() {
    let mut wrong = Vec::new();
    for (pages, owned) in [
        (vec![buckets(&["logs", "logs-2"], None)], true),
        (vec![buckets(&["logs-2", "logs-3"], None)], false),
        (vec![buckets(&["LOGS"], None)], false),
        (vec![buckets(&[], None)], false),
        (vec![buckets(&[], Some("t")), buckets(&["logs"], None)], true),
        (vec![buckets(&["logs"], Some("t")), buckets(&["logs-2"], None)], true),
        (vec![buckets(&["logs-2"], Some("t")), buckets(&["logs-3"], Some("u")), buckets(&["logs"], None)], true),
    ] {
        let told = format!("{pages:?}");
        let (aws_, canned) = aws(pages.clone());
        // The answer is yes or no: no other bucket's name is recorded.
        let answer: Answer<bool> = aws_.owns_bucket("us-west-2", "logs").await;
        let uris: Vec<String> = canned.asked().into_iter().map(|asked| asked.uri).collect();
        let is_limited = uris.iter().all(|uri| uri.contains("prefix=logs") && uri.contains("max-buckets=1000"));
        let follows = uris.iter().skip(1).all(|uri| uri.contains("continuation-token="));
        if answer != Ok(owned) || uris.len() != pages.len() || !is_limited || !follows {
            wrong.push(format!("{told}: {answer:?}, {uris:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_list_of_buckets_that_is_not_read_whole_tells_nothing() {
    let denied = Reply::new(403, "<Error><Code>AccessDenied</Code></Error>").with("x-amz-request-id", "R1");
    let (aws_, _) = aws([buckets(&["logs"], Some("t")), denied]);
    let told = aws_.owns_bucket("us-west-2", "logs").await;
    assert!(matches!(told, Err(Cause::Denied { .. })), "{told:?}");
    let (aws_, _) = aws([buckets(&["logs"], Some("t"))]);
    let repeated = Cause::Fault { code: "RepeatedPageToken".to_owned(), page: 2 };
    assert_eq!(aws_.owns_bucket("us-west-2", "logs").await, Err(repeated));
}

#[tokio::test]
async fn nothing_is_asked_of_another_partition() {
    let mut wrong = Vec::new();
    for region in ["cn-north-1", "us-gov-west-1"] {
        let (aws_, canned) = aws([good(Operation::ListInstances)]);
        let instance = InstanceIn { region, ..INSTANCE };
        let told = [
            aws_.identity_center_instances(region).await.err(),
            aws_.provisioned_permission_sets(instance, "111122223333").await.err(),
            aws_.permission_set(instance, PERMISSION_SET).await.err(),
            aws_.account_assignments(instance, "111122223333", PERMISSION_SET).await.err(),
            aws_.owns_bucket(region, "logs").await.err(),
        ];
        for (at, cause) in told.iter().enumerate() {
            if !matches!(cause, Some(Cause::Unknowable { .. })) {
                wrong.push(format!("call {at} to {region}: {cause:?}"));
            }
        }
        if !canned.asked().is_empty() {
            wrong.push(format!("{region}: {:?}", canned.asked()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
