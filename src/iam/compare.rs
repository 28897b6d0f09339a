//! How one value of a condition is compared with one value of the request. Negation is not decided here.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ipnet::IpNet;
use jiff::{Timestamp, civil, tz::Offset};

use super::context::Context;
use super::document::Version;
use super::glob::{self, Token, literal, tidy};
use super::logic::Match;
use super::operator::Test;
use super::pattern::ArnPattern;
use super::variable::{Place, Resolved, resolve, variables};

/// A value of a condition, made ready for its operator.
pub(super) enum Operand {
    /// It is nothing that the operator understands, or has a variable without a value: no text matches it.
    Never,
    /// Wildcards, or plain text, compared as they stand.
    Text(Resolved),
    /// The same, without regard to case.
    Folded(Resolved),
    Arn(ArnPattern),
    Number(Number, fn(Ordering) -> bool),
    Date(Timestamp, fn(Ordering) -> bool),
    Bool(bool),
    Bytes(Vec<u8>),
    Net(IpNet),
    /// Whether it matches hangs on something, whatever the request says.
    Unclear(Match),
}

impl Operand {
    pub(super) fn new(test: &Test, value: &str, version: Version, context: &Context) -> Operand {
        let text =
            |place| resolve(value, place, version, context).map(|text| Resolved { tokens: tidy(text.tokens), ..text });
        let operand = match test {
            Test::StringEquals | Test::StringNotEquals => text(Place::Plain).map(Operand::Text),
            Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase => text(Place::Plain)
                .map(|text| Operand::Folded(Resolved { tokens: fold(text.tokens), hangs_on: text.hangs_on })),
            Test::StringLike | Test::StringNotLike => text(Place::Wild).map(Operand::Text),
            Test::ArnEquals | Test::ArnLike | Test::ArnNotEquals | Test::ArnNotLike => {
                match resolve(value, Place::Wild, version, context) {
                    // The value of the variable may hold colons, so nobody knows where the parts are: only what fits the whole can fit.
                    Some(undecided) if !undecided.hangs_on.is_empty() => {
                        Some(Operand::Text(Resolved { tokens: tidy(undecided.tokens), ..undecided }))
                    }
                    Some(text) => ArnPattern::new(&text.tokens).map(Operand::Arn),
                    None => None,
                }
            }
            Test::NumericEquals | Test::NumericNotEquals => number(value, Ordering::is_eq),
            Test::NumericLessThan => number(value, Ordering::is_lt),
            Test::NumericLessThanEquals => number(value, Ordering::is_le),
            Test::NumericGreaterThan => number(value, Ordering::is_gt),
            Test::NumericGreaterThanEquals => number(value, Ordering::is_ge),
            Test::DateEquals | Test::DateNotEquals => date(value, Ordering::is_eq),
            Test::DateLessThan => date(value, Ordering::is_lt),
            Test::DateLessThanEquals => date(value, Ordering::is_le),
            Test::DateGreaterThan => date(value, Ordering::is_gt),
            Test::DateGreaterThanEquals => date(value, Ordering::is_ge),
            // AWS's page on variables says that this operator takes none, the page on operators that it does.
            Test::Bool => match variables(value, version) {
                keys if keys.is_empty() => parse_bool(value).map(Operand::Bool),
                keys => Some(Operand::Unclear(Match::Depends(keys))),
            },
            Test::BinaryEquals => BASE64.decode(value).ok().map(Operand::Bytes),
            Test::IpAddress | Test::NotIpAddress => parse_net(value).map(Operand::Net),
            Test::Null | Test::Unknown(_) => None,
        };
        operand.unwrap_or(Operand::Never)
    }

    /// Whether a value of the request matches; one that the operator does not understand matches nothing.
    pub(super) fn matches(&self, text: &str) -> Match {
        match self {
            Operand::Never => Match::No,
            Operand::Text(pattern) => pattern.if_fits(glob::overlaps(&pattern.tokens, &tidy(literal(text)))),
            Operand::Folded(pattern) => pattern.if_fits(glob::overlaps(&pattern.tokens, &fold(literal(text)))),
            Operand::Arn(pattern) => pattern.matches(text).into(),
            Operand::Number(bound, holds) => {
                Number::parse(text).is_some_and(|number| holds(number.compare(bound))).into()
            }
            Operand::Date(bound, holds) => parse_date(text).is_some_and(|date| holds(date.cmp(bound))).into(),
            Operand::Bool(wanted) => (parse_bool(text) == Some(*wanted)).into(),
            Operand::Bytes(wanted) => BASE64.decode(text).is_ok_and(|bytes| bytes == *wanted).into(),
            Operand::Net(net) => text.parse::<IpAddr>().is_ok_and(|address| net.contains(&address)).into(),
            Operand::Unclear(depends) => depends.clone(),
        }
    }

    /// Whether no text can match it.
    pub(super) fn matches_nothing(&self) -> bool {
        matches!(self, Operand::Never)
    }

    /// Whether every text matches it.
    pub(super) fn matches_everything(&self) -> bool {
        matches!(self, Operand::Text(pattern) if pattern.hangs_on.is_empty() && pattern.tokens == [Token::Run])
    }
}

impl Resolved {
    /// What fits the tokens fits surely only where no variable was left open.
    pub(super) fn if_fits(&self, fits: bool) -> Match {
        match (fits, self.hangs_on.is_empty()) {
            (false, _) => Match::No,
            (true, true) => Match::Yes,
            (true, false) => Match::Depends(self.hangs_on.clone()),
        }
    }
}

/// Character by character, so that both sides fold alike whatever stands around a character.
fn fold(tokens: impl IntoIterator<Item = Token>) -> Vec<Token> {
    let mut folded = Vec::new();
    for token in tokens {
        match token {
            Token::Char(character) => folded.extend(character.to_lowercase().map(Token::Char)),
            wildcard => folded.push(wildcard),
        }
    }
    folded
}

/// A decimal number: exact where it is whole.
pub(super) enum Number {
    Whole(i128),
    Real(f64),
}

impl Number {
    fn parse(text: &str) -> Option<Number> {
        match text.parse() {
            Ok(whole) => Some(Number::Whole(whole)),
            Err(_) => text.parse().ok().filter(|real: &f64| real.is_finite()).map(Number::Real),
        }
    }

    fn compare(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Whole(this), Number::Whole(other)) => this.cmp(other),
            _ => self.real().total_cmp(&other.real()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "beside a fraction the last digits of a huge number do not count")]
    fn real(&self) -> f64 {
        match self {
            Number::Whole(whole) => *whole as f64,
            // A negative zero would be less than zero in the total order.
            Number::Real(real) => *real + 0.0,
        }
    }
}

fn number(value: &str, holds: fn(Ordering) -> bool) -> Option<Operand> {
    Number::parse(value).map(|number| Operand::Number(number, holds))
}

fn date(value: &str, holds: fn(Ordering) -> bool) -> Option<Operand> {
    parse_date(value).map(|date| Operand::Date(date, holds))
}

/// "with one of the W3C implementations of the ISO 8601 date formats or in epoch (UNIX) time". A whole number
/// is always seconds since the epoch, never a year; a time without an offset is UTC.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
fn parse_date(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse() {
        return Timestamp::from_second(seconds).ok();
    }
    if let Ok(timestamp) = text.parse() {
        return Some(timestamp);
    }
    let local: civil::DateTime = text.parse().or_else(|_| format!("{text}-01").parse()).ok()?;
    Offset::UTC.to_timestamp(local).ok()
}

fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// "standard CIDR format"; "if you specify an IP address without the associated routing prefix, IAM uses the default prefix value of /32".
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>
fn parse_net(text: &str) -> Option<IpNet> {
    text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()
}
