//! Canned answers: what the SDK makes of them, and what we do.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;

use super::*;
use crate::account::operation::Operation;
use crate::account::unavailable::Cause;

mod answers;
mod broken;
mod details;
mod faults;
mod organization;
mod redirects;
mod wire;

/// One answer: a status, headers, a body.
#[derive(Debug, Clone)]
struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Reply { status, headers: Vec::new(), body: body.into() }
    }

    fn ok(body: impl Into<Vec<u8>>) -> Self {
        Reply::new(200, body)
    }

    fn with(mut self, header: &'static str, value: &str) -> Self {
        self.headers.push((header, value.to_owned()));
        self
    }
}

/// Gives its replies one after the other, and the last one for ever.
#[derive(Debug, Clone)]
struct StubResponse {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// What was sent.
#[derive(Debug, Clone)]
struct Asked {
    uri: String,
    owner: Option<String>,
    body: String,
}

impl StubResponse {
    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl HttpConnector for StubResponse {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.asked.lock().unwrap().push(Asked {
            uri: request.uri().to_owned(),
            owner: request.headers().get("x-amz-expected-bucket-owner").map(str::to_owned),
            body: String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned(),
        });
        let mut replies = self.replies.lock().unwrap();
        let reply = if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() };
        let Some(reply) = reply else {
            return HttpConnectorFuture::ready(Err(ConnectorError::user("no reply".into())));
        };
        let mut response = HttpResponse::new(reply.status.try_into().unwrap(), SdkBody::from(reply.body));
        for (header, value) in reply.headers {
            response.headers_mut().insert(header, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A value as CloudWatch would send it.
fn cbor(value: &serde_json::Value) -> Reply {
    let mut body = Vec::new();
    ciborium::into_writer(value, &mut body).unwrap();
    Reply::ok(body).with("smithy-protocol", "rpc-v2-cbor")
}

fn config(http: SharedHttpClient) -> aws_types::sdk_config::Builder {
    let options = Options { home_region: "us-west-2".to_owned(), timeout: Some(Duration::from_secs(30)) };
    SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new("us-west-2"))
        .http_client(http)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("AKIA0", "s", None, None, "test")))
        .timeout_config(timeouts(&options))
        .retry_config(retries())
}

/// AWS, which gives these answers and no others.
fn aws(replies: impl IntoIterator<Item = Reply>) -> (Aws, StubResponse) {
    aws_in("us-west-2", replies)
}

/// The same in a region of its own: the SDK lets all clients of a region use up one quota of further tries.
fn fresh_aws(replies: impl IntoIterator<Item = Reply>) -> (Aws, StubResponse) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    aws_in(&format!("us-test-{}", NEXT.fetch_add(1, Ordering::Relaxed)), replies)
}

fn aws_in(region: &str, replies: impl IntoIterator<Item = Reply>) -> (Aws, StubResponse) {
    let canned = StubResponse { replies: Arc::new(Mutex::new(replies.into_iter().collect())), asked: Arc::default() };
    let connector = SharedHttpConnector::new(canned.clone());
    let http = http_client_fn(move |_, _| connector.clone());
    (Aws::new(config(http).build(), region.to_owned()), canned)
}

const BUCKET: BucketName<'static> = BucketName { name: "logs", region: "us-west-2", owner: "111122223333" };
const TRAIL: &str = "arn:aws:cloudtrail:us-west-2:111122223333:trail/main";
const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:SecurityAlerts";
const SUBSCRIPTION: &str = "arn:aws:sns:us-east-1:111122223333:SecurityAlerts:5be5";
const POLICY: &str = "arn:aws:iam::aws:policy/IAMFullAccess";
const INSTANCE: InstanceIn<'static> = InstanceIn { arn: "arn:aws:sso:::instance/ssoins-1234", region: "us-west-2" };
const PERMISSION_SET: &str = "arn:aws:sso:::permissionSet/ssoins-1234/ps-1234";

/// Asks at home what that operation is for, of the resources above.
async fn ask(aws: &Aws, operation: Operation) -> Result<String, Cause> {
    fn told<T: std::fmt::Debug>(answer: Answer<T>) -> Result<String, Cause> {
        answer.map(|answer| format!("{answer:?}"))
    }
    let region = aws.home_region.as_str();
    let bucket = BucketName { region, ..BUCKET };
    let instance = InstanceIn { region, ..INSTANCE };
    match operation {
        Operation::GetCallerIdentity => told(aws.caller().await),
        Operation::DescribeOrganization => told(aws.organization().await),
        Operation::ListAccountAliases => told(aws.account_alias().await),
        Operation::DescribeRegions => told(aws.enabled_regions(region).await),
        Operation::GetAccountSummary => told(aws.account_summary().await),
        Operation::GetAccountAuthorizationDetails => told(aws.users().await),
        Operation::ListMfaDevices => told(aws.mfa_devices("admin").await),
        Operation::GetLoginProfile => told(aws.login_profile("admin").await),
        Operation::ListAccessKeys => told(aws.access_keys("admin").await),
        Operation::GetPolicy => told(aws.policy_default_version(POLICY).await),
        Operation::GetPolicyVersion => told(aws.policy_document(POLICY, "v1").await),
        Operation::DescribeTrails => told(aws.trails(region).await),
        Operation::GetTrailStatus => told(aws.trail_status(region, TRAIL).await),
        Operation::GetEventSelectors => told(aws.event_selectors(region, TRAIL).await),
        Operation::HeadBucket => told(aws.bucket(bucket).await),
        Operation::GetBucketPolicy => told(aws.bucket_policy(bucket).await),
        Operation::GetPublicAccessBlock => told(aws.public_access_block(bucket).await),
        Operation::GetBucketAcl => told(aws.bucket_acl(bucket).await),
        Operation::GetBucketOwnershipControls => told(aws.ownership_controls(bucket).await),
        Operation::GetTopicAttributes => told(aws.topic(region, TOPIC).await),
        Operation::ListSubscriptionsByTopic => told(aws.subscriptions(region, TOPIC).await),
        Operation::GetSubscriptionAttributes => told(aws.subscription(region, SUBSCRIPTION).await),
        Operation::ListTopics => told(aws.topics(region).await),
        Operation::DescribeAlarms => told(aws.alarms(region).await),
        Operation::ListAlarmMuteRules => told(aws.alarm_mute_rules(region, "bill").await),
        Operation::ListMetrics => told(aws.billing_metrics(region).await),
        Operation::DescribeKey => told(aws.key(region, "alias/aws/sns").await),
        Operation::GetKeyPolicy => told(aws.key_policy(region, "k").await),
        Operation::ListRoots => told(aws.organization_roots().await),
        Operation::ListAccounts => told(aws.organization_accounts().await),
        Operation::ListOrganizationalUnitsForParent => told(aws.organizational_units("r-ab12").await),
        Operation::ListAccountsForParent => told(aws.accounts_of("r-ab12").await),
        Operation::ListPolicies => told(aws.scps().await),
        Operation::DescribePolicy => told(aws.scp_document("p-12345678").await),
        Operation::ListTargetsForPolicy => told(aws.scp_targets("p-12345678").await),
        Operation::ListAwsServiceAccessForOrganization => told(aws.trusted_services().await),
        Operation::ListOrganizationsFeatures => told(aws.root_features().await),
        Operation::ListBuckets => told(aws.owns_bucket(region, "logs").await),
        Operation::ListInstances => told(aws.identity_center_instances(region).await),
        Operation::ListPermissionSetsProvisionedToAccount => {
            told(aws.provisioned_permission_sets(instance, "111122223333").await)
        }
        Operation::DescribePermissionSet => told(aws.permission_set(instance, PERMISSION_SET).await),
        Operation::ListAccountAssignments => {
            told(aws.account_assignments(instance, "111122223333", PERMISSION_SET).await)
        }
    }
}

#[tokio::test]
async fn unlisted_operation_is_refused_before_it_is_sent() {
    let (aws, canned) = aws([Reply::ok("<ListDirectoryBucketsResult/>")]);
    let error = aws.s3("logs")("us-west-2").list_directory_buckets().send().await.unwrap_err();
    assert!(errors::find::<guard::OperationNotAllowed>(&error).is_some(), "{error:?}");
    let error = aws.iam().delete_user().user_name("admin").send().await.unwrap_err();
    assert!(errors::find::<guard::OperationNotAllowed>(&error).is_some(), "{error:?}");
    assert_eq!(canned.asked().len(), 0);
}

#[tokio::test]
async fn every_listed_operation_is_sent_under_its_name() {
    for operation in Operation::ALL {
        let (aws, canned) = aws([answers::good(*operation)]);
        let told = ask(&aws, *operation).await;
        assert!(told.is_ok(), "{operation}: {told:?}");
        assert_eq!(canned.asked().len(), 1, "{operation}");
    }
}
