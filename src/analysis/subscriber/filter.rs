//! A subscription's filter policy, and whether it lets an alarm's message through. What is not judged here says so.
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>

use serde_json::{Map, Value};

use crate::account::facts::SubscriptionAttributes;
use crate::account::{Observed, Unavailable};
use crate::iam::Match;

/// The operators of filter policies. An alternative of `$or` that uses one as a key makes `$or` an ordinary key.
/// <https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html>
const OPERATORS: &[&str] =
    &["anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"];

/// The most bytes of a filter policy. "The maximum size of a filter policy is 256 KB".
/// <https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html>
const LONGEST: usize = 256 << 10;

/// The message that CloudWatch publishes when an alarm goes to ALARM, as far as filters are judged on it. It has no attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlarmMessage<'a> {
    /// The alarm's name.
    pub alarm: &'a str,
    /// The id of the account that it is in.
    pub account: &'a str,
    /// The code of the region that it is in.
    pub region: &'a str,
}

impl<'a> AlarmMessage<'a> {
    /// The value under a key of the message; `None` for what is not judged.
    fn value(&self, key: &str) -> Option<&'a str> {
        match key {
            "AlarmName" => Some(self.alarm),
            "NewStateValue" => Some("ALARM"),
            "AWSAccountId" => Some(self.account),
            // The message has the region's long name, of which AWS keeps no list that holds for messages; this one is seen in all of
            // its examples.
            "Region" if self.region == "us-east-1" => Some("US East (N. Virginia)"),
            _ => None,
        }
    }
}

/// A filter policy that keeps something out.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// On a message's attributes, of which the alarm's has none.
    Attributes,
    /// On a message's body.
    Body(Map<String, Value>),
}

impl Filter {
    /// The filter of a subscription. `None`: it has none, or one that keeps nothing out. One that cannot be read is unread, never none.
    pub(super) fn of(attributes: Observed<'_, SubscriptionAttributes>) -> Result<Option<Filter>, Unavailable> {
        let SubscriptionAttributes { filter_policy, filter_policy_scope, .. } = attributes.get();
        let Some(text) = filter_policy.as_deref().filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        let unread =
            |why: &str| attributes.undetermined(format!("The subscription's filter policy can't be read: {why}"));
        if text.len() > LONGEST {
            return Err(unread("it is longer than SNS stores"));
        }
        let keys: Map<String, Value> = serde_json::from_str(text).map_err(|error| unread(&error.to_string()))?;
        if keys.is_empty() {
            return Ok(None);
        }
        match filter_policy_scope.as_deref() {
            None | Some("MessageAttributes") => Ok(Some(Filter::Attributes)),
            Some("MessageBody") if is_well_formed(&keys) => Ok(Some(Filter::Body(keys))),
            Some("MessageBody") => Err(unread("a key has no list of conditions")),
            Some(_) => Err(unread("its scope is neither MessageAttributes nor MessageBody")),
        }
    }

    /// Whether it lets the message through; else which keys it hangs on.
    pub(super) fn lets_through(&self, message: &AlarmMessage<'_>) -> Match {
        match self {
            // Every condition asks for an attribute, and `exists: false` matches only a message that has at least one of another name.
            // <https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html>
            Filter::Attributes => Match::No,
            Filter::Body(keys) => accepts(keys, message),
        }
    }
}

fn is_well_formed(keys: &Map<String, Value>) -> bool {
    keys.iter().all(|(key, value)| match (value, alternatives(key, value)) {
        (_, Some(alternatives)) => alternatives.iter().all(|keys| is_well_formed(keys)),
        (Value::Array(conditions), None) => {
            !conditions.is_empty() && conditions.iter().all(|condition| !condition.is_array())
        }
        (Value::Object(nested), None) => !nested.is_empty() && is_well_formed(nested),
        _ => false,
    })
}

/// The alternatives of `$or`, where SNS takes it for the operator: "There is an `$or` field attribute … with an array … of at least two
/// objects, none of which has field names that are reserved keywords".
fn alternatives<'a>(key: &str, value: &'a Value) -> Option<Vec<&'a Map<String, Value>>> {
    let Value::Array(items) = value else { return None };
    if key != "$or" || items.len() < 2 {
        return None;
    }
    items
        .iter()
        .map(|item| {
            item.as_object()
                .filter(|keys| !keys.is_empty() && !keys.keys().any(|key| OPERATORS.contains(&key.as_str())))
        })
        .collect()
}

/// Every key must accept; of the alternatives of `$or`, one.
fn accepts(keys: &Map<String, Value>, message: &AlarmMessage<'_>) -> Match {
    Match::all(keys.iter().map(|(key, value)| match (alternatives(key, value), value, message.value(key)) {
        (Some(alternatives), ..) => Match::any(alternatives.into_iter().map(|keys| accepts(keys, message))),
        // One condition of a key's list is enough.
        (None, Value::Array(conditions), Some(text)) => {
            Match::any(conditions.iter().map(|condition| match Operand::of(condition) {
                Some(operand) => accepts_text(key, &operand, text),
                None => Match::depends_on(key),
            }))
        }
        _ => Match::depends_on(key),
    }))
}

/// One condition: a plain value, or an operator with its operand.
enum Operand<'a> {
    Plain(&'a Value),
    Operator(&'a str, &'a Value),
}

impl<'a> Operand<'a> {
    /// `None` for what is no condition that SNS is known to have.
    fn of(condition: &'a Value) -> Option<Self> {
        let Value::Object(object) = condition else { return Some(Operand::Plain(condition)) };
        let mut entries = object.iter();
        match (entries.next(), entries.next()) {
            (Some((name, operand)), None) if OPERATORS.contains(&name.as_str()) => {
                Some(Operand::Operator(name, operand))
            }
            _ => None,
        }
    }
}

/// Whether a condition accepts a key with this text, which is not empty.
/// <https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html>
fn accepts_text(key: &str, condition: &Operand<'_>, value: &str) -> Match {
    match condition {
        Operand::Plain(Value::String(wanted)) => Match::from(wanted == value),
        Operand::Plain(Value::Bool(_) | Value::Null) => Match::No,
        Operand::Operator("exists", Value::Bool(exists)) => Match::from(*exists),
        Operand::Operator("prefix", Value::String(prefix)) => Match::from(value.starts_with(prefix.as_str())),
        Operand::Operator("suffix", Value::String(suffix)) => Match::from(value.ends_with(suffix.as_str())),
        Operand::Operator("equals-ignore-case", Value::String(wanted)) => {
            Match::from(wanted.to_lowercase() == value.to_lowercase())
        }
        Operand::Operator("anything-but", but) => accepts_anything_but(key, but, value),
        _ => Match::depends_on(key),
    }
}

fn accepts_anything_but(key: &str, but: &Value, value: &str) -> Match {
    match but {
        Value::String(not) => Match::from(not != value),
        Value::Array(each) => Match::all(each.iter().map(|but| match but {
            Value::String(not) => Match::from(not != value),
            _ => Match::depends_on(key),
        })),
        Value::Object(_) => match Operand::of(but) {
            Some(Operand::Operator("prefix", Value::String(prefix))) => {
                Match::from(!value.starts_with(prefix.as_str()))
            }
            Some(Operand::Operator("suffix", Value::String(suffix))) => Match::from(!value.ends_with(suffix.as_str())),
            _ => Match::depends_on(key),
        },
        _ => Match::depends_on(key),
    }
}

#[cfg(test)]
mod tests;
