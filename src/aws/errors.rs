//! From the SDK's errors to causes.

use std::error::Error;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::convert::malformed;
use super::guard::MalformedResponse;
use super::shape;
use crate::account::unavailable::{Cause, UNTRUSTED};

/// AWS's words are shown, so they are bounded.
const MOST_WORDS: usize = 500;

/// What EC2 writes before a long text in code, which would leave no room for its words and helps nobody who cannot decode it.
const IN_CODE: &str = "Encoded authorization failure message";

/// The caller may not ask.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "UnauthorizedOperation",
];

/// AWS asks us to slow down; every code that begins with `Throttl` does, too.
const THROTTLED: &[&str] = &[
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "EC2ThrottledException",
    "SlowDown",
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
];

/// The credentials were refused or have expired, or the region is not enabled.
const CREDENTIALS: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "TokenRefreshRequired",
    "InvalidToken",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "AuthFailure",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
];

/// The error's code, where AWS gave one in a whole answer.
pub(super) fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    let SdkError::ServiceError(context) = error else { return None };
    let raw = context.raw();
    if raw.status().is_success() || !shape::is_whole(raw.body().bytes().unwrap_or_default()) {
        return None;
    }
    context.err().code()
}

/// Whether AWS answered with one of these codes: a known fact, not an error.
pub(super) fn says<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>, codes: &[&str]) -> bool {
    code(error).is_some_and(|code| codes.contains(&code))
}

/// Why the call for that page of a list told nothing.
pub(super) fn cause<E>(error: &SdkError<E, HttpResponse>, page: u32) -> Cause
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => timed_out(error),
        SdkError::DispatchFailure(_) => undispatched(error),
        SdkError::ConstructionFailure(_) => Cause::Fault { code: "the call could not be sent".to_owned(), page },
        SdkError::ServiceError(context) => match code(error) {
            Some(code) => by_code(code, context.err().message(), page),
            None => by_status(context.raw(), page),
        },
        SdkError::ResponseError(context) => match find::<MalformedResponse>(error) {
            Some(misshapen) => malformed(misshapen.0.clone()),
            None => by_status(context.raw(), page),
        },
        _ => Cause::Fault { code: "Unknown".to_owned(), page },
    }
}

fn by_code(code: &str, message: Option<&str>, page: u32) -> Cause {
    if DENIED.contains(&code) {
        let message = message.and_then(|message| message.split(IN_CODE).next()).map(str::trim_end);
        let message = message.filter(|message| !message.is_empty());
        Cause::Denied { message: message.map(|message| message.chars().take(MOST_WORDS).collect()) }
    } else if THROTTLED.contains(&code) || code.starts_with("Throttl") {
        Cause::Throttled
    } else if CREDENTIALS.contains(&code) {
        Cause::Credentials { code: code.to_owned() }
    } else {
        Cause::Fault { code: code.to_owned(), page }
    }
}

/// Of an answer without a code that can be believed, the HTTP status is all that it says.
fn by_status(raw: &HttpResponse, page: u32) -> Cause {
    match raw.status().as_u16() {
        200..300 => malformed("it doesn't parse"),
        403 => Cause::Denied { message: None },
        429 => Cause::Throttled,
        status => Cause::Fault { code: format!("HTTP status {status}"), page },
    }
}

/// Whether an answer is AWS's asking us to slow down, in whichever protocol: each has the code in its body as it is. A
/// word too many costs a little time, so nothing is parsed.
pub(super) fn asks_to_slow_down(response: &HttpResponse) -> bool {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    let body = String::from_utf8_lossy(response.body().bytes().unwrap_or_default());
    let told = |text: &str| text.contains("Throttl") || THROTTLED.iter().any(|code| text.contains(code));
    status.as_u16() == 429 || told(&body) || response.headers().iter().any(|(_, value)| told(value))
}

fn undispatched(error: &(dyn Error + 'static)) -> Cause {
    if let Some(refreshed) = find::<CredentialsError>(error) {
        return match refreshed {
            CredentialsError::ProviderTimedOut(_) => Cause::TimedOut,
            _ => Cause::Credentials { code: "no new credentials after the old ones expired".to_owned() },
        };
    }
    if tells(error, "read timeout") {
        return timed_out(error);
    }
    Cause::Unreachable { why: obstacle(error) }
}

/// Whether the error, or one that it came from, has these words.
pub(super) fn tells(error: &(dyn Error + 'static), words: &str) -> bool {
    chain(error).any(|error| error.to_string().contains(words))
}

/// What stood in the way of a connection. Names and proxies have no error types of their own that reach us.
pub(super) fn obstacle(error: &(dyn Error + 'static)) -> String {
    use io::ErrorKind;
    let told = |words| tells(error, words);
    if told("dns error") || told("failed to lookup address") {
        return "the name doesn't resolve".to_owned();
    }
    if told("connect timeout") {
        return match limit(error) {
            Some(limit) => format!("no connection within {limit}; a greater --timeout lengthens it"),
            None => "no connection in time".to_owned(),
        };
    }
    if let Some(error) = find::<rustls::Error>(error) {
        return of_tls(error).to_owned();
    }
    let told = match find::<io::Error>(error).map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => "the connection was refused",
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => {
            "the connection was reset"
        }
        Some(ErrorKind::UnexpectedEof) => "the connection was closed without an answer",
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => "there is no route to it",
        Some(ErrorKind::TimedOut) => "no connection in time",
        _ if told("proxy") || told("tunnel") => "the proxy refused the connection",
        _ => "the connection ended before an answer",
    };
    told.to_owned()
}

/// The limit that was hit, as the SDK tells it in its words: `HTTP connect timeout occurred after 3s`.
fn limit(error: &(dyn Error + 'static)) -> Option<String> {
    chain(error).find_map(|error| Some(error.to_string().rsplit_once("occurred after ")?.1.trim().to_owned()))
}

fn timed_out(error: &(dyn Error + 'static)) -> Cause {
    limit(error).map_or(Cause::TimedOut, |within| Cause::CallTimedOut { within })
}

/// What TLS did not agree on.
fn of_tls(error: &rustls::Error) -> &'static str {
    use rustls::{AlertDescription, CertificateError as Fault, Error as Tls};
    match error {
        Tls::InvalidCertificate(Fault::UnknownIssuer) => UNTRUSTED,
        Tls::InvalidCertificate(Fault::Expired | Fault::ExpiredContext { .. }) => {
            "the certificate has expired, or the clock of this machine is ahead"
        }
        Tls::InvalidCertificate(Fault::NotValidYet | Fault::NotValidYetContext { .. }) => {
            "the certificate is not valid yet, or the clock of this machine is behind"
        }
        Tls::InvalidCertificate(Fault::NotValidForName | Fault::NotValidForNameContext { .. }) => {
            "the certificate is for another host name"
        }
        Tls::InvalidCertificate(_) => "the certificate is not valid",
        Tls::PeerIncompatible(_)
        | Tls::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure) => {
            "the other side supports no safe version of TLS (1.2 or 1.3)"
        }
        Tls::InvalidMessage(_) => "the other side doesn't speak TLS",
        _ => "no TLS connection could be agreed on",
    }
}

/// An error and all that it came from. `io::Error::source` leaves out the error that it wraps.
pub(super) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    })
}

/// The first error of that type in the chain.
pub(super) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: &str) -> Cause {
        by_code(code, Some("words"), 2)
    }

    #[test]
    fn denials_keep_awss_words_up_to_five_hundred_characters() {
        for code in DENIED {
            assert_eq!(told(code), Cause::Denied { message: Some("words".to_owned()) });
        }
        let Cause::Denied { message: Some(words) } = by_code("AccessDenied", Some(&"é".repeat(900)), 1) else {
            panic!("not denied")
        };
        assert_eq!(words.chars().count(), 500);
    }

    #[test]
    fn what_ec2_writes_in_code_is_left_out() {
        let words = "You are not authorized to perform this operation. Encoded authorization failure message: x9Yk";
        let kept = "You are not authorized to perform this operation.";
        assert_eq!(by_code("UnauthorizedOperation", Some(words), 1), Cause::Denied { message: Some(kept.to_owned()) });
    }

    #[test]
    fn throttling_has_many_names() {
        for code in ["Throttling", "ThrottlingException", "ThrottledException", "Throttled", "SlowDown"] {
            assert_eq!(told(code), Cause::Throttled, "{code}");
        }
    }

    #[test]
    fn refused_credentials_keep_the_code() {
        for code in ["ExpiredToken", "OptInRequired", "SignatureDoesNotMatch"] {
            assert_eq!(told(code), Cause::Credentials { code: code.to_owned() });
        }
    }

    #[test]
    fn a_code_that_we_do_not_know_is_a_fault_of_its_page() {
        for code in
            ["TrailNotFoundException", "CloudTrailARNInvalidException", "SomethingNew", "LimitExceededException"]
        {
            assert_eq!(told(code), Cause::Fault { code: code.to_owned(), page: 2 });
        }
    }
}
