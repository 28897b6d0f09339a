//! How a policy is mended and otherwise left as it stands: what is written here goes into commands, so it is JSON and not our types.
//! Whoever mends asks the policy language afterwards whether it is mended.

use serde_json::{Map, Value, json};

use crate::iam::Document;

/// A policy whose statements are a list, apart from them.
pub struct Policy {
    rest: Map<String, Value>,
    /// Its statements, in their order.
    pub statements: Vec<Value>,
}

impl Policy {
    /// Takes a policy apart.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let Ok(Value::Object(mut rest)) = serde_json::from_str(text) else { return None };
        let statements = match rest.remove("Statement")? {
            Value::Array(statements) => statements,
            one => vec![one],
        };
        Some(Policy { rest, statements })
    }

    /// One without statements.
    #[must_use]
    pub fn empty() -> Self {
        let rest = Map::from_iter([("Version".to_owned(), json!("2012-10-17"))]);
        Policy { rest, statements: Vec::new() }
    }

    /// The whole, put together again.
    #[must_use]
    pub fn text(&self) -> String {
        self.with(&self.statements)
    }

    /// The policy with these statements in the place of its own, read.
    #[must_use]
    pub fn read(&self, statements: &[Value]) -> Option<Document> {
        let Ok(document) = Document::parse(&self.with(statements)) else { return None };
        Some(document)
    }

    fn with(&self, statements: &[Value]) -> String {
        let mut whole = self.rest.clone();
        whole.insert("Statement".to_owned(), Value::from(statements.to_vec()));
        Value::Object(whole).to_string()
    }
}

/// Whether a statement allows.
#[must_use]
pub fn allows(statement: &Value) -> bool {
    statement.get("Effect").is_some_and(|effect| effect == "Allow")
}

/// The statement without the principals that hurt; `None` where none is left, or where it names everybody.
#[must_use]
pub fn without_principals(statement: &Value, hurts: impl Fn(&Value) -> bool) -> Option<Value> {
    let kinds = statement.get("Principal")?.as_object()?;
    let mut left = Map::new();
    for (kind, names) in kinds {
        let names = match names {
            Value::Array(names) => names.clone(),
            one => vec![one.clone()],
        };
        let alone = |name: &Value| with(statement, "Principal", json!({kind.as_str(): name}));
        let harmless: Vec<Value> = names.into_iter().filter(|name| !hurts(&alone(name))).collect();
        match harmless.as_slice() {
            [] => {}
            [one] => drop(left.insert(kind.clone(), one.clone())),
            _ => drop(left.insert(kind.clone(), Value::from(harmless))),
        }
    }
    (!left.is_empty()).then(|| with(statement, "Principal", Value::Object(left)))
}

/// The statement without the actions that hurt; `None` where none is left, or where it names all but some.
#[must_use]
pub fn without_actions(statement: &Value, hurts: impl Fn(&Value) -> bool) -> Option<Value> {
    let actions = match statement.get("Action")? {
        Value::Array(actions) => actions.clone(),
        one => vec![one.clone()],
    };
    let harmless: Vec<Value> =
        actions.into_iter().filter(|action| !hurts(&with(statement, "Action", action.clone()))).collect();
    (!harmless.is_empty()).then(|| with(statement, "Action", Value::from(harmless)))
}

/// The statement with one element in the place of what stood there.
#[must_use]
pub fn with(statement: &Value, element: &str, value: Value) -> Value {
    let mut statement = statement.clone();
    if let Some(elements) = statement.as_object_mut() {
        elements.insert(element.to_owned(), value);
    }
    statement
}

/// The statement without one of its elements.
#[must_use]
pub fn without(statement: &Value, element: &str) -> Value {
    let mut statement = statement.clone();
    if let Some(elements) = statement.as_object_mut() {
        elements.remove(element);
    }
    statement
}

/// The statement under one more condition, that one of several values fits. `None` where the operator already has the key.
#[must_use]
pub fn under_any(statement: &Value, operator: &str, key: &str, values: &[&str]) -> Option<Value> {
    let mut conditions = statement.get("Condition").cloned().unwrap_or_else(|| json!({}));
    let keys = conditions.as_object_mut()?.entry(operator).or_insert_with(|| json!({})).as_object_mut()?;
    if keys.contains_key(key) {
        return None;
    }
    keys.insert(key.to_owned(), json!(values));
    Some(with(statement, "Condition", conditions))
}

/// The statement under one more condition. Where the operator already has the key, `None`, but for one that is negated: there none of
/// several values may fit, so that one more is one more exception.
#[must_use]
pub fn under(statement: &Value, operator: &str, key: &str, value: &str) -> Option<Value> {
    let mut conditions = statement.get("Condition").cloned().unwrap_or_else(|| json!({}));
    let keys = conditions.as_object_mut()?.entry(operator).or_insert_with(|| json!({})).as_object_mut()?;
    let values = match keys.get(key) {
        None => json!(value),
        Some(_) if !operator.contains("Not") => return None,
        Some(Value::Array(values)) => Value::from([values.clone(), vec![json!(value)]].concat()),
        Some(one) => json!([one, value]),
    };
    keys.insert(key.to_owned(), values);
    Some(with(statement, "Condition", conditions))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Value {
        json!({"Effect": "Allow", "Principal": {"AWS": ["a", "b"], "Service": "c"}, "Action": ["x", "y"], "Resource": "*"})
    }

    #[test]
    fn what_hurts_goes_and_the_rest_stays() {
        let names = |statement: &Value, name: &str| statement["Principal"].to_string().contains(name);
        let left = without_principals(&statement(), |alone| names(alone, "\"a\"")).unwrap();
        assert_eq!(left["Principal"], json!({"AWS": "b", "Service": "c"}));
        assert_eq!(without_principals(&statement(), |_| true), None);
        assert_eq!(without_principals(&with(&statement(), "Principal", json!("*")), |_| false), None);
        let left = without_actions(&statement(), |alone| alone["Action"] == "x").unwrap();
        assert_eq!(left["Action"], json!(["y"]));
        assert_eq!(without_actions(&statement(), |_| true), None);
    }

    #[test]
    fn one_more_exception_stands_beside_the_others() {
        let once = under(&statement(), "ArnNotEquals", "aws:SourceArn", "one").unwrap();
        let twice = under(&once, "ArnNotEquals", "aws:SourceArn", "two").unwrap();
        assert_eq!(twice["Condition"], json!({"ArnNotEquals": {"aws:SourceArn": ["one", "two"]}}));
        let held = under(&statement(), "StringEquals", "aws:SourceAccount", "1").unwrap();
        assert_eq!(under(&held, "StringEquals", "aws:SourceAccount", "2"), None);
    }

    #[test]
    fn a_policy_keeps_its_version_and_its_name() {
        let policy = Policy::of(r#"{"Version":"2008-10-17","Id":"x","Statement":{"Effect":"Deny"}}"#).unwrap();
        assert_eq!(policy.text(), r#"{"Version":"2008-10-17","Id":"x","Statement":[{"Effect":"Deny"}]}"#);
    }
}
