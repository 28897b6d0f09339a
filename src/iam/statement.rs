//! One statement of a document.

use super::condition::{self, Condition};
use super::context::Context;
use super::document::{ParseError, Version, text_of, texts_of};
use super::json::{Json, quoted};
use super::principal::{Principals, parse_principals};
use super::variable::{Place, substituted};

/// One statement. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The statement's own name for itself.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom; an identity policy does not say.
    pub principals: Option<Principals>,
    /// `Action` or `NotAction`.
    pub actions: Choice,
    /// `Resource` or `NotResource`; a trust policy has neither, and then it is any resource.
    pub resources: Option<Choice>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// The version of its document, which says whether it knows variables.
    pub version: Version,
}

/// Whether a statement allows or denies.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// What is named, or everything but what is named, as patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// `Action`, `Resource`
    Only(Vec<String>),
    /// [`NotAction`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html),
    /// [`NotResource`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html)
    AllBut(Vec<String>),
}

impl Statement {
    pub(super) fn parse(json: Json, version: Version) -> Result<Statement, ParseError> {
        let Json::Object(elements) = json else {
            return Err(ParseError::new(format!("it is {}, not an object", json.kind())));
        };
        let (mut sid, mut effect, mut principals, mut actions, mut resources) = (None, None, None, None, None);
        let mut conditions = Vec::new();
        for (name, value) in elements {
            match name.as_str() {
                "Sid" => sid = Some(text_of(value, "Sid")?),
                "Effect" => effect = Some(parse_effect(value)?),
                "Principal" => {
                    set(&mut principals, Principals::Only(parse_principals(value, "Principal")?), "Principal")?;
                }
                "NotPrincipal" => {
                    set(&mut principals, Principals::AllBut(parse_principals(value, "NotPrincipal")?), "Principal")?;
                }
                "Action" => set(&mut actions, Choice::Only(texts_of(value, "Action")?), "Action")?,
                "NotAction" => set(&mut actions, Choice::AllBut(texts_of(value, "NotAction")?), "Action")?,
                "Resource" => set(&mut resources, Choice::Only(texts_of(value, "Resource")?), "Resource")?,
                "NotResource" => set(&mut resources, Choice::AllBut(texts_of(value, "NotResource")?), "Resource")?,
                "Condition" => conditions = condition::parse_conditions(value)?,
                _ => return Err(ParseError::new(format!("a statement has no element {}", quoted(&name)))),
            }
        }
        Ok(Statement {
            sid,
            effect: effect.ok_or_else(|| ParseError::new("it has no \"Effect\""))?,
            principals,
            actions: actions.ok_or_else(|| ParseError::new("it has neither \"Action\" nor \"NotAction\""))?,
            resources,
            conditions,
            version,
        })
    }

    /// The statement without the variables of its resources that the context decides. A pattern with a variable that has no value takes
    /// nothing, so it goes.
    pub(super) fn within(&self, context: &Context) -> Statement {
        let within = |patterns: &[String]| {
            patterns.iter().filter_map(|one| substituted(one, Place::Resource, self.version, context)).collect()
        };
        let resources = self.resources.as_ref().map(|resources| match resources {
            Choice::Only(patterns) => Choice::Only(within(patterns)),
            Choice::AllBut(patterns) => Choice::AllBut(within(patterns)),
        });
        Statement { resources, ..self.clone() }
    }
}

fn parse_effect(value: Json) -> Result<Effect, ParseError> {
    match text_of(value, "Effect")?.as_str() {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(ParseError::new(format!("\"Effect\" is {}, neither \"Allow\" nor \"Deny\"", quoted(other)))),
    }
}

/// Sets one of two elements that exclude each other.
fn set<T>(slot: &mut Option<T>, value: T, name: &str) -> Result<(), ParseError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ParseError::new(format!("it has both \"{name}\" and \"Not{name}\""))),
    }
}
