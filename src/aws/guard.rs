//! What stands between every client and the network: unlisted calls are not sent, and misshapen answers are not believed.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::{errors, shape};
use crate::account::concurrency;
use crate::account::operation::Operation;

/// An operation that is not in [`Operation::ALL`].
#[derive(Debug, thiserror::Error)]
#[error("{service} {operation} isn't in the list of operations and wasn't sent")]
pub(super) struct OperationNotAllowed {
    service: String,
    operation: String,
}

/// An answer in another form than that of an answer to this question.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct MalformedResponse(pub(super) String);

/// The interceptor of every client.
#[derive(Debug)]
pub(super) struct ReadOnlyInterceptor;

impl Intercept for ReadOnlyInterceptor {
    fn name(&self) -> &'static str {
        "Guard"
    }

    // The first hook at which the SDK tells which operation it is; nothing has been sent by then.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        listed(config)?;
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = listed(config)?;
        let response = context.response();
        if response.status().is_success() {
            let body =
                response.body().bytes().ok_or_else(|| MalformedResponse("the response wasn't read".to_owned()))?;
            shape::check(operation, body).map_err(MalformedResponse)?;
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if config.load::<RequestAttempts>().is_some_and(|attempts| attempts.attempts() > 1) {
            concurrency::retried();
        }
        if context.response().is_some_and(errors::asks_to_slow_down) {
            concurrency::throttled();
        }
        Ok(())
    }
}

fn listed(config: &ConfigBag) -> Result<Operation, OperationNotAllowed> {
    let (service, operation) = match config.load::<Metadata>() {
        Some(metadata) => (metadata.service(), metadata.name()),
        None => ("an unknown service's", "unknown operation"),
    };
    Operation::find(service, operation)
        .ok_or_else(|| OperationNotAllowed { service: service.to_owned(), operation: operation.to_owned() })
}

/// What the SDK would not try again, and may well pass: an answer that is none, and SNS's throttling, whose code
/// (`Throttled`) the SDK does not know. <https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>
#[derive(Debug)]
pub(super) struct WorthAnotherTry;

impl ClassifyRetry for WorthAnotherTry {
    fn name(&self) -> &'static str {
        "WorthAnotherTry"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match (context.response().map(HttpResponse::status), context.output_or_error()) {
            (Some(status), _) if status.as_u16() == 429 => RetryAction::throttling_error(),
            (Some(status), _) if status.is_client_error() && says_throttled(context) => RetryAction::throttling_error(),
            (Some(status), Some(Err(_))) if status.is_success() => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }
}

fn says_throttled(context: &InterceptorContext) -> bool {
    let body = context.response().and_then(|response| response.body().bytes());
    body.is_some_and(|body| String::from_utf8_lossy(body).contains("<Code>Throttled</Code>"))
}
