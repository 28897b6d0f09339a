//! Conditions, and whether they hold.

use super::compare::Operand;
use super::context::{Context, Value};
use super::document::{ParseError, Version};
use super::json::{Json, quoted};
use super::logic::Match;
use super::operator::{Operator, SetOperator, Test};
use super::work;

/// One operator on one key; a statement's conditions must all hold.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How the values are compared.
    pub operator: Operator,
    /// The condition key, as the policy spells it; case does not count.
    pub key: String,
    /// One that matches is enough; for a negated operator none may match.
    pub values: Vec<String>,
}

impl Condition {
    /// Whether the condition holds, in a document of this version.
    ///
    /// AWS is silent where a plain operator meets several values in the request ("Multivalued context keys require a condition set
    /// operator"): the answer is sure where it is the same for each of them, and else hangs on the key.
    pub fn holds(&self, version: Version, context: &Context) -> Match {
        work::steps(1 + self.values.len());
        let depends = || Match::depends_on(context.spelling(&self.key));
        match &self.operator.test {
            Test::Unknown(_) => depends(),
            Test::Null => self.holds_null(context),
            test => {
                let operands: Vec<_> =
                    self.values.iter().map(|value| Operand::new(test, value, version, context)).collect();
                match context.get(&self.key) {
                    Value::Absent => self.holds_absent().into(),
                    Value::Present(values) if values.is_empty() => self.holds_absent().into(),
                    Value::Present(values) => self.holds_present(&operands, values).unwrap_or_else(depends),
                    Value::OneOf(values) => self.holds_for_each(&operands, values).unwrap_or_else(depends),
                    Value::Carried => match self.holds_with_any_value(&operands) {
                        Some(sure) => sure.into(),
                        None => depends(),
                    },
                    Value::Undecidable => match self.holds_anyhow(&operands) {
                        Some(sure) => sure.into(),
                        None => depends(),
                    },
                }
            }
        }
    }

    /// "If the key that you specify in a policy condition is not present in the request context, the values do not match and the
    /// condition is false. If the policy condition requires that the key is not matched … the condition is true."
    fn holds_absent(&self) -> bool {
        self.operator.if_exists
            || match self.operator.set {
                Some(SetOperator::ForAllValues) => true,
                Some(SetOperator::ForAnyValue) => false,
                None => self.operator.test.is_negated(),
            }
    }

    /// `None` where AWS does not say.
    fn holds_present(&self, operands: &[Operand], values: &[String]) -> Option<Match> {
        let holds_for = |value: &String| {
            let matches = Match::any(operands.iter().map(|operand| operand.matches(value)));
            if self.operator.test.is_negated() { matches.not() } else { matches }
        };
        // "… or if the context key value resolves to a null dataset, such as an empty string"
        let null_dataset = values.iter().all(String::is_empty);
        match self.operator.set {
            Some(SetOperator::ForAllValues) => {
                Some(Match::from(null_dataset).or(Match::all(values.iter().map(holds_for))))
            }
            Some(SetOperator::ForAnyValue) => {
                Some(Match::from(!null_dataset).and(Match::any(values.iter().map(holds_for))))
            }
            None => {
                let mut each = values.iter().map(holds_for);
                let first = each.next()?;
                each.all(|other| other == first).then_some(first)
            }
        }
    }

    /// What holds whichever of these values it is; `None` where that makes a difference.
    fn holds_for_each(&self, operands: &[Operand], values: &[String]) -> Option<Match> {
        let mut each = values.iter().map(|value| self.holds_present(operands, std::slice::from_ref(value)));
        let first = each.next()??;
        each.all(|other| other.as_ref() == Some(&first)).then_some(first)
    }

    /// What holds whether the request carries the key or not, and with whatever value.
    fn holds_anyhow(&self, operands: &[Operand]) -> Option<bool> {
        let present = self.holds_with_any_value(operands)?;
        let null_dataset = match self.operator.set {
            Some(SetOperator::ForAllValues) => true,
            Some(SetOperator::ForAnyValue) => false,
            None => present,
        };
        (present == self.holds_absent() && present == null_dataset).then_some(present)
    }

    /// What holds whatever value the request carries for the key.
    fn holds_with_any_value(&self, operands: &[Operand]) -> Option<bool> {
        let any_text_matches = if operands.iter().any(Operand::matches_everything) {
            true
        } else if operands.iter().all(Operand::matches_nothing) {
            false
        } else {
            return None;
        };
        Some(any_text_matches != self.operator.test.is_negated())
    }

    /// "use either true (the key doesn't exist — it is null) or false (the key exists and its value is not null)". Whether an empty
    /// string is null AWS does not say.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null>
    fn holds_null(&self, context: &Context) -> Match {
        let asks_for = |null: &str| self.values.iter().any(|value| value.eq_ignore_ascii_case(null));
        let (if_null, if_not_null) = (asks_for("true"), asks_for("false"));
        match context.get(&self.key) {
            _ if if_null == if_not_null => if_null.into(),
            Value::Absent => if_null.into(),
            Value::Carried => if_not_null.into(),
            Value::Present(values) if values.is_empty() => if_null.into(),
            Value::Present(values) if values.iter().any(|value| !value.is_empty()) => if_not_null.into(),
            Value::OneOf(values) if values.iter().all(|value| !value.is_empty()) => if_not_null.into(),
            Value::Present(_) | Value::OneOf(_) | Value::Undecidable => Match::depends_on(context.spelling(&self.key)),
        }
    }
}

pub(super) fn parse_conditions(value: Json) -> Result<Vec<Condition>, ParseError> {
    let mut conditions = Vec::new();
    for (operator, keys) in members(value, || "\"Condition\"".to_owned())? {
        for (key, values) in members(keys, || format!("the condition {}", quoted(&operator)))? {
            let values = match values {
                Json::List(values) => {
                    values.into_iter().map(|value| condition_value(value, &key)).collect::<Result<_, _>>()?
                }
                one => vec![condition_value(one, &key)?],
            };
            conditions.push(Condition { operator: Operator::parse(&operator), key, values });
        }
    }
    Ok(conditions)
}

fn members(value: Json, name: impl Fn() -> String) -> Result<Vec<(String, Json)>, ParseError> {
    match value {
        Json::Object(members) => Ok(members),
        other => Err(ParseError::new(format!("{} is {}, not an object", name(), other.kind()))),
    }
}

fn condition_value(value: Json, key: &str) -> Result<String, ParseError> {
    match value {
        Json::Text(text) => Ok(text),
        Json::Bool(bool) => Ok(bool.to_string()),
        Json::Number(number) => Ok(number.to_string()),
        other => Err(ParseError::new(format!("a value of the condition key {} is {}", quoted(key), other.kind()))),
    }
}

#[cfg(test)]
mod tests;
