//! A whole policy document.

use super::context::Context;
use super::json::{Json, quoted};
use super::statement::Statement;

mod size;

/// A policy document that was read, whole. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The version of the language.
    pub version: Version,
    /// The document's own name for itself.
    pub id: Option<String>,
    /// In the order in which they stand. None is legal, and grants nothing.
    pub statements: Vec<Statement>,
}

/// The version of the policy language. Without one it is the older.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `2008-10-17`: variables "won't be recognized as variables and will instead be treated as literal strings in the policy".
    V2008,
    /// `2012-10-17`: the current one.
    V2012,
}

/// Why a document could not be read, in one lower-case sentence. Such a document is unread, never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(String);

impl ParseError {
    pub(super) fn new(why: impl Into<String>) -> ParseError {
        ParseError(why.into())
    }

    /// The same, with the place where it happened in front.
    pub(super) fn within(self, place: &str) -> ParseError {
        ParseError(format!("{place}: {}", self.0))
    }
}

/// With more bytes, blanks not counted, it is no policy. Customers' policies are far shorter: IAM stores 6,144 characters of a managed
/// one, S3 20 KB, SNS 30 KB and KMS 32 KB. AWS's own are not held to that: `AWSSupportServiceRolePolicy`, which is in every account, has
/// 135,200 characters. It bounds what a hostile document costs.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LONGEST: usize = 1 << 20;

/// Blanks and all; so a document of blanks is not even parsed.
const LONGEST_WITH_BLANKS: usize = 4 * LONGEST;

fn is_too_long(text: &str) -> bool {
    text.len() > LONGEST_WITH_BLANKS || text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count() > LONGEST
}

impl Document {
    /// Reads a document from plain JSON text; IAM's answers are percent-encoded and must be decoded before.
    ///
    /// # Errors
    /// Whatever is not understood whole is refused: broken JSON, a key that stands twice, an element that the language does not have, a
    /// wrong type, a version that is not known, a text longer than any that AWS stores, and one that says
    /// more than can be evaluated. A condition *operator* that is not known is read, and makes its statement undecidable.
    pub fn parse(text: &str) -> Result<Document, ParseError> {
        if is_too_long(text) {
            return Err(ParseError::new("the policy is longer than AWS stores"));
        }
        let json: Json = serde_json::from_str(text)
            .map_err(|error| ParseError::new(format!("the policy isn't valid JSON: {error}")))?;
        let Json::Object(elements) = json else {
            return Err(ParseError::new(format!("the policy is {}, not an object", json.kind())));
        };
        let (mut version, mut id, mut statements) = (Version::V2008, None, None);
        for (name, value) in elements {
            match name.as_str() {
                "Version" => version = parse_version(value)?,
                "Id" => id = Some(text_of(value, "Id")?),
                "Statement" => statements = Some(value),
                _ => return Err(ParseError::new(format!("a policy has no element {}", quoted(&name)))),
            }
        }
        let statements = match statements {
            Some(Json::List(statements)) => statements,
            Some(one) => vec![one],
            None => return Err(ParseError::new("the policy has no \"Statement\"")),
        };
        let statements = statements
            .into_iter()
            .zip(1..)
            .map(|(json, number)| {
                Statement::parse(json, version).map_err(|error| error.within(&format!("statement {number}")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        size::bounded(&statements)?;
        Ok(Document { version, id, statements })
    }

    /// The document as it is in this context: without the variables of `Resource` and `NotResource` that the context decides. In this
    /// context it says what it said before.
    #[must_use]
    pub fn within(&self, context: &Context) -> Document {
        let statements = self.statements.iter().map(|statement| statement.within(context)).collect();
        Document { version: self.version, id: self.id.clone(), statements }
    }
}

fn parse_version(value: Json) -> Result<Version, ParseError> {
    match text_of(value, "Version")?.as_str() {
        "2008-10-17" => Ok(Version::V2008),
        "2012-10-17" => Ok(Version::V2012),
        other => Err(ParseError::new(format!("the policy language has no version {}", quoted(other)))),
    }
}

/// The text of an element that must be one.
pub(super) fn text_of(value: Json, name: &str) -> Result<String, ParseError> {
    match value {
        Json::Text(text) => Ok(text),
        other => Err(ParseError::new(format!("the element \"{name}\" is {}, not a string", other.kind()))),
    }
}

/// The texts of an element that may be one or a list.
pub(super) fn texts_of(value: Json, name: &str) -> Result<Vec<String>, ParseError> {
    match value {
        Json::List(items) => items.into_iter().map(|item| text_of(item, name)).collect(),
        one => Ok(vec![text_of(one, name)?]),
    }
}

#[cfg(test)]
mod tests;
