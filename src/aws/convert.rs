//! From the SDK's values to ours; what AWS always sends and did not is malformed, never a default.

use aws_smithy_types::DateTime;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::account::source::Answer;
use crate::account::unavailable::Cause;

/// An answer in another form than that of an answer to this question.
pub(super) fn malformed(why: impl Into<String>) -> Cause {
    Cause::Malformed { why: why.into() }
}

/// A member that AWS always sends.
pub(super) fn need<T>(value: Option<T>, member: &str) -> Answer<T> {
    value.ok_or_else(|| malformed(format!("{member} is missing")))
}

/// A name, an id or an ARN that AWS always sends. The SDK fills in an empty one for some members that are missing.
pub(super) fn need_text(value: impl Into<Option<String>>, member: &str) -> Answer<String> {
    need(value.into().filter(|value| !value.is_empty()), member)
}

/// A text that may be absent; AWS also sends an empty one for "none".
pub(super) fn text(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

/// A point in time. One out of the calendar's range is none.
pub(super) fn time(value: Option<DateTime>) -> Option<Timestamp> {
    let value = value?;
    Timestamp::new(value.secs(), i32::try_from(value.subsec_nanos()).ok()?).ok()
}

/// The members of a list, each translated; one that cannot be leaves the list unread.
pub(super) fn each<T, U>(items: Vec<T>, translate: impl FnMut(T) -> Answer<U>) -> Answer<Vec<U>> {
    items.into_iter().map(translate).collect()
}

/// A policy document of IAM: percent-encoded by RFC 3986, so that `+` is a plus. What does not decode to text is given as it
/// came, and will not parse.
pub(super) fn document(encoded: &str) -> String {
    match percent_decode_str(encoded).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => encoded.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_percent_decoded_and_a_plus_stays_a_plus() {
        assert_eq!(document("%7B%22a%22%3A%20%22b+c%2B%C3%A9%22%7D"), r#"{"a": "b+c+é"}"#);
    }

    #[test]
    fn a_document_that_does_not_decode_stays_unreadable() {
        assert_eq!(document("%7B%ff%7D"), "%7B%ff%7D");
    }

    #[test]
    fn an_empty_name_is_a_missing_name() {
        assert_eq!(need_text(Some(String::new()), "Arn"), Err(malformed("Arn is missing")));
        assert_eq!(need_text("a".to_owned(), "Arn"), Ok("a".to_owned()));
    }

    #[test]
    fn a_time_keeps_its_fraction() {
        let told = DateTime::from_secs_and_nanos(1_700_000_000, 500_000_000);
        assert_eq!(time(Some(told)), "2023-11-14T22:13:20.5Z".parse().ok());
        assert_eq!(time(Some(DateTime::from_secs(i64::MAX))), None);
    }
}
