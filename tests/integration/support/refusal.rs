//! Errors in the form in which each of AWS's protocols writes them.

use ciborium::value::Value;
use hyper::Method;
use serde_json::json;

use super::call::{Call, Protocol};
use super::cbor;
use super::http::Answer;

const REQUEST_ID: &str = "5e3439a9-7513-45a3-a519-8880b2423fc9";

/// An error with this code, as the call's service would write it.
pub(crate) fn error(call: &Call, status: u16, code: &str, message: &str) -> Answer {
    let (code_xml, message_xml) = (escaped(code), escaped(message));
    match call.protocol {
        Protocol::S3 if call.method == Method::HEAD => Answer::new(status, "application/xml", ""),
        Protocol::S3 => Answer::new(
            status,
            "application/xml",
            format!(
                r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code_xml}</Code><Message>{message_xml}</Message><RequestId>{REQUEST_ID}</RequestId></Error>"#
            ),
        ),
        Protocol::Query => Answer::xml(
            status,
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code_xml}</Code><Message>{message_xml}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
            ),
        ),
        Protocol::Ec2 => Answer::xml(
            status,
            format!(
                "<Response><Errors><Error><Code>{code_xml}</Code><Message>{message_xml}</Message></Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
            ),
        ),
        Protocol::Json => {
            Answer::json(status, &json!({"__type": code, "message": message})).header("x-amzn-errortype", code)
        }
        Protocol::Cbor => {
            let body = Value::serialized(&json!({"__type": code, "message": message})).expect("JSON fits CBOR");
            Answer::new(status, "application/cbor", cbor::encode(&body))
                .header("smithy-protocol", "rpc-v2-cbor")
                // Codes of the time before CBOR travel in this header, and the SDK believes it rather than the body.
                .header("x-amzn-query-error", &format!("{code};Sender"))
        }
    }
}

/// What AWS answers to a caller whose policies do not allow the call.
pub(crate) fn denial(call: &Call) -> Answer {
    denial_because(call, &format!("because no identity-based policy allows the {} action", call.action()))
}

/// The same for another reason, in AWS's words.
pub(crate) fn denial_because(call: &Call, because: &str) -> Answer {
    let (status, code) = match (call.protocol, call.service.as_str()) {
        (_, "sns") => (403, "AuthorizationError"),
        (Protocol::Ec2, _) => (403, "UnauthorizedOperation"),
        (Protocol::Json, _) => (400, "AccessDeniedException"),
        _ => (403, "AccessDenied"),
    };
    let (user, action) = (format!("arn:aws:iam::{}:user/auditor", call.account), call.action());
    let told = format!("User: {user} is not authorized to perform: {action} on resource: * {because}");
    let message = match call.protocol {
        Protocol::Ec2 => format!(
            "You are not authorized to perform this operation. {told}. Encoded authorization failure message: {}",
            "x9Yk".repeat(200)
        ),
        _ => told,
    };
    error(call, status, code, &message)
}

/// What AWS answers to a caller who asks too often.
pub(crate) fn throttling(call: &Call) -> Answer {
    let (status, code) = match (call.protocol, call.service.as_str()) {
        (Protocol::S3, _) => (503, "SlowDown"),
        (Protocol::Ec2, _) => (503, "RequestLimitExceeded"),
        (Protocol::Json, "organizations") => (400, "TooManyRequestsException"),
        (Protocol::Json, _) => (400, "ThrottlingException"),
        (_, "sns") => (400, "Throttled"),
        _ => (400, "Throttling"),
    };
    error(call, status, code, "Rate exceeded")
}

/// Text for XML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
