//! AWS's errors: which are known facts, and what the others leave behind.

use std::rc::Rc;

use serde_json::json;

use super::answers::{good, query};
use super::*;
use crate::account::concurrency::{AdaptiveLimit, Effort};

/// An error in the protocol of the operation's service.
fn error(operation: Operation, status: u16, code: &str) -> Reply {
    let words = "User: x is not authorized";
    match operation.spec().service {
        "IAM" | "STS" | "SNS" => Reply::new(
            status,
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error>\
                 <RequestId>r</RequestId></ErrorResponse>"
            ),
        ),
        "EC2" => Reply::new(
            status,
            format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{words}</Message></Error></Errors></Response>"
            ),
        ),
        "S3" => Reply::new(status, format!("<Error><Code>{code}</Code><Message>{words}</Message></Error>"))
            .with("x-amz-request-id", "R"),
        "CloudWatch" => {
            Reply { status, ..cbor(&json!({"__type": format!("com.amazonaws.cloudwatch#{code}"), "message": words})) }
        }
        _ => Reply::new(status, json!({"__type": format!("x#{code}"), "message": words}).to_string()),
    }
}

fn all() -> impl Iterator<Item = Operation> {
    Operation::ALL.iter().copied().filter(|operation| *operation != Operation::HeadBucket)
}

async fn told(operation: Operation, reply: Reply) -> Result<String, Cause> {
    let (aws, _) = aws([reply]);
    ask(&aws, operation).await
}

#[tokio::test(start_paused = true)]
async fn a_denial_keeps_awss_words_in_every_protocol() {
    for operation in all() {
        let words = Some("User: x is not authorized".to_owned());
        for code in ["AccessDenied", "AccessDeniedException"] {
            let told = told(operation, error(operation, 403, code)).await;
            assert_eq!(told, Err(Cause::Denied { message: words.clone() }), "{operation}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_that_never_ends_is_throttling_after_four_tries() {
    for operation in all() {
        for code in ["ThrottlingException", "Throttling", "Throttled"] {
            let (aws, canned) = fresh_aws([error(operation, 429, code)]);
            assert_eq!(ask(&aws, operation).await, Err(Cause::Throttled), "{operation}");
            assert_eq!(canned.asked().len(), 4, "{operation}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_slows_the_whole_client_in_every_protocol() {
    for operation in all() {
        for (status, code) in [(400, "Throttling"), (400, "RequestLimitExceeded"), (503, "SlowDown")] {
            let (aws, _) = fresh_aws([error(operation, status, code), good(operation)]);
            let pace = Rc::new(AdaptiveLimit::new());
            let usual = pace.free();
            let (told, retries) = Effort::of(&pace, ask(&aws, operation)).await;
            assert!(told.is_ok(), "{operation}: {told:?}");
            assert_eq!((retries, pace.free()), (1, usual / 2), "{operation}: {code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_is_no_throttling_slows_nobody() {
    for operation in all() {
        let (aws, _) = fresh_aws([error(operation, 500, "InternalFailure"), good(operation)]);
        let pace = Rc::new(AdaptiveLimit::new());
        let usual = pace.free();
        let (_, retries) = Effort::of(&pace, ask(&aws, operation)).await;
        assert_eq!((retries, pace.free()), (1, usual), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_passes_after_two_tries_leaves_no_trace() {
    for operation in all() {
        for (status, code) in
            [(429, "Throttled"), (400, "ThrottlingException"), (500, "InternalFailure"), (503, "SlowDown")]
        {
            let fault = error(operation, status, code);
            let (aws, _) = fresh_aws([fault.clone(), fault, good(operation)]);
            let told = ask(&aws, operation).await;
            assert!(told.is_ok(), "{operation} {code}: {told:?}");
        }
        let (aws, _) = fresh_aws([Reply::ok("<html/>"), good(operation)]);
        let told = ask(&aws, operation).await;
        assert!(told.is_ok(), "{operation}: {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_keep_their_code_and_are_not_tried_again() {
    for operation in all() {
        for code in ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"] {
            let (aws, canned) = aws([error(operation, 403, code)]);
            assert_eq!(ask(&aws, operation).await, Err(Cause::Credentials { code: code.to_owned() }), "{operation}");
            assert_eq!(canned.asked().len(), 1, "{operation}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_code_is_a_fault_and_no_known_fact() {
    for operation in all() {
        for code in ["InternalFailure", "SomethingNew", "TrailNotFoundException", "ValidationError"] {
            let told = told(operation, error(operation, 400, code)).await;
            assert_eq!(told, Err(Cause::Fault { code: code.to_owned(), page: 1 }), "{operation}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_without_a_code_is_told_by_its_status() {
    for operation in Operation::ALL.iter().copied() {
        for body in ["", "<html>Bad gateway</html>", "garbage"] {
            let reply = |status| Reply::new(status, body);
            let unavailable = told(operation, reply(503)).await;
            assert_eq!(
                unavailable,
                Err(Cause::Fault { code: "HTTP status 503".to_owned(), page: 1 }),
                "{operation} {body}"
            );
            assert_eq!(told(operation, reply(403)).await, Err(Cause::Denied { message: None }), "{operation} {body}");
            assert_eq!(told(operation, reply(429)).await, Err(Cause::Throttled), "{operation} {body}");
            assert!(told(operation, reply(404)).await.is_err(), "{operation} {body}");
            assert!(told(operation, reply(302)).await.is_err(), "{operation} {body}");
        }
    }
}

#[tokio::test]
async fn some_codes_are_known_facts() {
    for (operation, code, fact) in [
        (Operation::GetLoginProfile, "NoSuchEntity", "None"),
        (Operation::GetPolicy, "NoSuchEntity", "None"),
        (Operation::GetPolicyVersion, "NoSuchEntity", "None"),
        (Operation::GetTopicAttributes, "NotFound", "None"),
        (Operation::ListSubscriptionsByTopic, "NotFound", "None"),
        (Operation::GetSubscriptionAttributes, "NotFound", "None"),
        (Operation::DescribeKey, "NotFoundException", "None"),
        (Operation::GetKeyPolicy, "NotFoundException", "None"),
        (Operation::DescribeOrganization, "AWSOrganizationsNotInUseException", "None"),
        (Operation::GetBucketPolicy, "NoSuchBucketPolicy", "Absent"),
        (Operation::GetBucketPolicy, "NoSuchBucket", "NoSuchBucket"),
        (Operation::GetPublicAccessBlock, "NoSuchPublicAccessBlockConfiguration", "Absent"),
        (Operation::GetPublicAccessBlock, "NoSuchBucket", "NoSuchBucket"),
        (Operation::GetBucketOwnershipControls, "OwnershipControlsNotFoundError", "Absent"),
        (Operation::GetBucketOwnershipControls, "NoSuchBucket", "NoSuchBucket"),
        (Operation::GetBucketAcl, "NoSuchBucket", "NoSuchBucket"),
    ] {
        let whole = error(operation, 404, code);
        assert_eq!(told(operation, whole.clone()).await, Ok(fact.to_owned()), "{operation} {code}");
        let mut cut = whole;
        cut.body.pop();
        assert!(told(operation, cut).await.is_err(), "{operation}: a cut error is not believed");
    }
}

#[tokio::test]
async fn for_a_list_about_a_user_that_the_user_is_gone_is_a_fault() {
    for operation in [Operation::ListMfaDevices, Operation::ListAccessKeys] {
        let told = told(operation, error(operation, 404, "NoSuchEntity")).await;
        assert_eq!(told, Err(Cause::Fault { code: "NoSuchEntity".to_owned(), page: 1 }));
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_of_iam_is_read_to_its_last_page_or_not_at_all() {
    let page = |rest: &str| Reply::ok(query("ListAccessKeys", &format!("<AccessKeyMetadata/>{rest}")));
    let more = page("<IsTruncated>true</IsTruncated><Marker>m+/=</Marker>");
    let (aws_, canned) = aws([more.clone(), good(Operation::ListAccessKeys)]);
    assert_eq!(aws_.access_keys("admin").await.unwrap().len(), 1, "the first page was empty");
    assert!(canned.asked()[1].body.contains("Marker=m%2B%2F%3D"));

    let (aws_, _) = aws([more.clone(), error(Operation::ListAccessKeys, 400, "Odd")]);
    assert_eq!(aws_.access_keys("admin").await, Err(Cause::Fault { code: "Odd".to_owned(), page: 2 }));

    let (aws_, _) = aws([more]);
    let repeated = Cause::Fault { code: "RepeatedPageToken".to_owned(), page: 2 };
    assert_eq!(aws_.access_keys("admin").await, Err(repeated));

    let (aws_, _) = aws([page("<IsTruncated>true</IsTruncated>")]);
    assert!(matches!(aws_.access_keys("admin").await, Err(Cause::Malformed { .. })));
}

#[tokio::test(start_paused = true)]
async fn list_with_next_tokens_is_read_whole_or_not_at_all() {
    let more = cbor(&json!({"Metrics": [], "NextToken": "t"}));
    let (aws_, _) = aws([more.clone(), good(Operation::ListMetrics)]);
    assert_eq!(aws_.billing_metrics("us-east-1").await.unwrap().len(), 1);
    let (aws_, _) = aws([more.clone(), error(Operation::ListMetrics, 403, "AccessDenied")]);
    assert!(matches!(aws_.billing_metrics("us-east-1").await, Err(Cause::Denied { .. })));
    let (aws_, _) = aws([more]);
    assert!(matches!(aws_.billing_metrics("us-east-1").await, Err(Cause::Fault { page: 2, .. })));
    let (aws_, _) = aws([cbor(&json!({"Metrics": [], "NextToken": ""}))]);
    assert_eq!(aws_.billing_metrics("us-east-1").await, Ok(vec![]), "an empty token is the end");

    let more = cbor(&json!({"AlarmMuteRuleSummaries": [], "NextToken": "t"}));
    let (aws_, _) = aws([more.clone(), good(Operation::ListAlarmMuteRules)]);
    assert_eq!(aws_.alarm_mute_rules("us-east-1", "bill").await.unwrap().len(), 1, "an empty page is not the last");
    let (aws_, _) = aws([more.clone(), error(Operation::ListAlarmMuteRules, 403, "AccessDenied")]);
    assert!(matches!(aws_.alarm_mute_rules("us-east-1", "bill").await, Err(Cause::Denied { .. })));
    let (aws_, _) = aws([more]);
    assert!(matches!(aws_.alarm_mute_rules("us-east-1", "bill").await, Err(Cause::Fault { page: 2, .. })));

    let more = Reply::ok(query("ListSubscriptionsByTopic", "<Subscriptions/><NextToken>t</NextToken>"));
    let gone = error(Operation::ListSubscriptionsByTopic, 404, "NotFound");
    let (aws_, _) = aws([more, gone]);
    let fault = Cause::Fault { code: "NotFound".to_owned(), page: 2 };
    assert_eq!(aws_.subscriptions("us-east-1", TOPIC).await, Err(fault), "a topic does not go between two pages");
}
