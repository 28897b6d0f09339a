//! Variables: `${aws:username}`, `${aws:username, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::collections::BTreeSet;

use super::context::{Context, Value};
use super::document::Version;
use super::glob::{Token, literal, wild};
use super::work;

/// Where a text with variables stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In `Resource` or `NotResource`, with wildcards.
    Resource,
    /// In a condition whose operator knows wildcards.
    Wild,
    /// In a condition whose operator does not.
    Plain,
}

/// A text whose variables were replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    /// A variable that cannot be decided is a run here: what does not fit these tokens, fits whatever its value is.
    pub(super) tokens: Vec<Token>,
    /// The keys of variables that could not be decided: what fits the tokens, may fit.
    pub(super) hangs_on: BTreeSet<String>,
}

/// Replaces the variables of a text; what comes from a variable is never a wildcard.
///
/// `None` is a text with a variable that has no value: "the value is effectively null. There is no equal or like value", and "the
/// resource that includes a policy variable with no value will not match any resource". So it matches nothing, and a negated operator,
/// `NotResource` too, matches: "Inverted condition operators … do match against a null value".
pub(super) fn resolve(text: &str, place: Place, version: Version, context: &Context) -> Option<Resolved> {
    work::steps(text.len());
    let mut resolved = Resolved { tokens: Vec::new(), hangs_on: BTreeSet::new() };
    let mut rest = text;
    let (mut colons, mut counted) = (0, 0);
    if version == Version::V2012 {
        while let Some((before, behind)) = rest.split_once("${") {
            resolved.push_text(before, place);
            let Some((variable, behind)) = Variable::read(behind) else {
                // AWS refuses to store such a document, so nobody says what it means.
                resolved.push_undecidable(format!("${{{}", behind.chars().take(60).collect::<String>()));
                return Some(resolved);
            };
            rest = behind;
            let new = resolved.tokens.iter().skip(counted).inspect(|_| work::steps(1));
            colons += new.filter(|token| **token == Token::Char(':')).count();
            counted = resolved.tokens.len();
            if place == Place::Resource && colons < 5 {
                // "You can't use a variable to replace parts of the ARN before the fifth colon": not said what happens if one does.
                resolved.hangs_on.extend(variable.key().map(|key| context.spelling(key).to_owned()));
            }
            resolved.push_variable(&variable, context)?;
        }
    }
    resolved.push_text(rest, place);
    Some(resolved)
}

/// The keys of all variables in a text.
pub(super) fn variables(text: &str, version: Version) -> BTreeSet<String> {
    // Where nothing is known, the text hangs on every variable that it has.
    resolve(text, Place::Plain, version, &Context::new()).map(|resolved| resolved.hangs_on).unwrap_or_default()
}

impl Resolved {
    fn push_text(&mut self, text: &str, place: Place) {
        match place {
            Place::Plain => self.tokens.extend(literal(text)),
            Place::Resource | Place::Wild => self.tokens.extend(wild(text)),
        }
    }

    fn push_undecidable(&mut self, key: String) {
        self.tokens.push(Token::Run);
        self.hangs_on.insert(key);
    }

    fn push_variable(&mut self, variable: &Variable, context: &Context) -> Option<()> {
        match variable {
            Variable::Character(character) => self.tokens.push(Token::Char(*character)),
            Variable::Key { key, default } => match context.get(key) {
                Value::Present(values) => match (values.as_slice(), default) {
                    ([value], _) => self.tokens.extend(literal(value)),
                    ([], Some(default)) => self.tokens.extend(literal(default)),
                    ([], None) => return None,
                    // "You cannot use a multivalued condition key as a policy variable": not said what happens if one does.
                    _ => self.push_undecidable(context.spelling(key).to_owned()),
                },
                Value::Absent => self.tokens.extend(literal((*default)?)),
                Value::OneOf(_) | Value::Undecidable => self.push_undecidable(context.spelling(key).to_owned()),
            },
        }
        Some(())
    }
}

enum Variable<'a> {
    Key { key: &'a str, default: Option<&'a str> },
    Character(char),
}

impl<'a> Variable<'a> {
    /// Reads a variable whose `${` was read already, and gives what stands behind its brace.
    fn read(text: &'a str) -> Option<(Variable<'a>, &'a str)> {
        for (special, character) in [("*}", '*'), ("?}", '?'), ("$}", '$')] {
            if let Some(behind) = text.strip_prefix(special) {
                return Some((Variable::Character(character), behind));
            }
        }
        let end = text.find([',', '}'])?;
        let (key, behind) = text.split_at_checked(end)?;
        let (default, behind) = match behind.strip_prefix(',') {
            None => (None, behind),
            // A default may hold a brace, so its quotes are looked for first.
            Some(behind) => {
                let (default, behind) = behind.trim_start().strip_prefix('\'')?.split_once('\'')?;
                (Some(default), behind.trim_start())
            }
        };
        let key = key.trim();
        let behind = behind.strip_prefix('}')?;
        (!key.is_empty() && !key.contains(['$', '{', '\''])).then_some((Variable::Key { key, default }, behind))
    }

    fn key(&self) -> Option<&'a str> {
        match self {
            Variable::Key { key, .. } => Some(key),
            Variable::Character(_) => None,
        }
    }
}
