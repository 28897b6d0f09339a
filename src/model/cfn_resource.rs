//! What a CloudFormation template is made of: resources that are missing, each declared by the check that misses it.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

use serde_json::{Value, json};

use crate::io::terminal::is_hidden;

/// A resource that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The requirement that fails for want of it.
    pub closes: &'static str,
    /// Its logical id: letters and digits.
    pub id: String,
    /// Its type, e.g. `AWS::SNS::Topic`.
    pub kind: &'static str,
    /// Its region; `None` for one of a global service, which is made at home.
    pub region: Option<String>,
    /// Its properties.
    pub properties: Value,
    /// The logical ids of those that must be there before, where no property refers to them.
    pub after: Vec<String>,
    /// Whether it stays when its stack is deleted, or when a template without it is deployed to its stack.
    pub is_kept: bool,
    /// What its properties ask of the operator.
    pub asks: Vec<Parameter>,
    /// Where the audit did not look: the parameter by which the operator says that it exists.
    pub unless: Option<Parameter>,
}

/// What only the operator knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its logical id: letters and digits.
    pub id: String,
    /// The environment variable that the deploy command reads for it; `None` where its default does for most.
    pub variable: Option<&'static str>,
    /// What it is.
    pub what: String,
    /// What it is where nothing is given; without one something must be.
    pub default: Option<&'static str>,
    /// What it must look like, as a regular expression.
    pub pattern: &'static str,
}

impl Resource {
    /// A resource of a global service.
    #[must_use]
    pub fn new(closes: &'static str, id: &str, kind: &'static str, properties: Value) -> Self {
        Resource {
            closes,
            id: id.to_owned(),
            kind,
            region: None,
            properties,
            after: Vec::new(),
            is_kept: false,
            asks: Vec::new(),
            unless: None,
        }
    }

    /// In one region.
    #[must_use]
    pub fn at(self, region: &str) -> Self {
        Resource { region: Some(region.to_owned()), ..self }
    }

    /// Not before another.
    #[must_use]
    pub fn after(mut self, id: &str) -> Self {
        self.after.push(id.to_owned());
        self
    }

    /// It stays when its stack is deleted: for what holds data that nobody can bring back.
    #[must_use]
    pub fn kept(self) -> Self {
        Resource { is_kept: true, ..self }
    }

    /// A property refers to this parameter.
    #[must_use]
    pub fn asking(mut self, parameter: Parameter) -> Self {
        self.asks.push(parameter);
        self
    }

    /// It may exist: nobody looked.
    #[must_use]
    pub fn unless(self, parameter: Option<Parameter>) -> Self {
        Resource { unless: parameter, ..self }
    }

    /// Whether nothing in it is hidden from whoever reads the template. A hostile name gets no resource, as it gets no command.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        fn shows(value: &Value) -> bool {
            match value {
                Value::String(text) => !text.chars().any(is_hidden),
                Value::Array(values) => values.iter().all(shows),
                Value::Object(entries) => entries.values().all(shows),
                Value::Null | Value::Bool(_) | Value::Number(_) => true,
            }
        }
        shows(&self.properties) && self.region.as_ref().is_none_or(|region| !region.chars().any(is_hidden))
    }
}

impl Parameter {
    /// The address that gets the alerts.
    #[must_use]
    pub fn alert_email() -> Self {
        Parameter {
            id: "AlertEmail".to_owned(),
            variable: Some("ALERT_EMAIL"),
            what: "the email address that receives the alerts".to_owned(),
            default: None,
            pattern: "[^@ ]+@[^@ ]+",
        }
    }

    /// How a property refers to it.
    #[must_use]
    pub fn reference(&self) -> Value {
        reference(&self.id)
    }
}

/// How a property refers to a resource or a parameter.
#[must_use]
pub fn reference(id: &str) -> Value {
    json!({"Ref": id})
}

/// The name of the condition that what this parameter is about is made.
#[must_use]
pub fn made(parameter: &str) -> String {
    format!("Make{parameter}")
}

/// A logical id for what there may be one of in each region: `TopicUsWest2`.
#[must_use]
pub fn id_in(name: &str, region: &str) -> String {
    let mut id = name.to_owned();
    for part in region.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = part.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.extend(letters);
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logical_id_has_letters_and_digits_only() {
        assert_eq!(id_in("Topic", "us-gov-west-1"), "TopicUsGovWest1");
        assert_eq!(id_in("Topic", "a;b c\n"), "TopicABC");
    }

    #[test]
    fn a_hostile_name_anywhere_in_it_makes_a_resource_unfit() {
        let of = |properties: Value| Resource::new("a/b", "Topic", "AWS::SNS::Topic", properties);
        assert!(of(json!({"A": ["b", {"C": "d"}]})).at("us-west-2").is_visible());
        assert!(!of(json!({"A": ["b", {"C": "d\u{202e}"}]})).is_visible());
        assert!(!of(json!({})).at("us\n").is_visible());
    }
}
