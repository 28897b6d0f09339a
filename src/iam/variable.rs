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
    let (mut colons, mut counted) = (0, 0);
    for piece in pieces(text, version) {
        let variable = match piece {
            Piece::Text(text) => {
                resolved.push_text(text, place);
                continue;
            }
            Piece::Broken(behind) => {
                // AWS refuses to store such a document, so nobody says what it means.
                resolved.push_undecidable(format!("${{{}", behind.chars().take(60).collect::<String>()));
                return Some(resolved);
            }
            Piece::Variable(variable, _) => variable,
        };
        let new = resolved.tokens.iter().skip(counted).inspect(|_| work::steps(1));
        colons += new.filter(|token| **token == Token::Char(':')).count();
        counted = resolved.tokens.len();
        if place == Place::Resource && colons < COLONS_WITHOUT_VARIABLES {
            resolved.hangs_on.extend(variable.key().map(|key| context.spelling(key).to_owned()));
        }
        resolved.push_variable(&variable, context)?;
    }
    Some(resolved)
}

/// "You can't use a variable to replace parts of the ARN before the fifth colon": not said what happens if one does.
const COLONS_WITHOUT_VARIABLES: usize = 5;

/// The text with every variable replaced that the context decides, and with the others as they stand: in this context it says what it
/// said before. `None` as in [`resolve`].
pub(super) fn substituted(text: &str, place: Place, version: Version, context: &Context) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut colons = 0;
    for piece in pieces(text, version) {
        match piece {
            Piece::Text(text) => {
                plain.push_str(text);
                colons += text.matches(':').count();
            }
            Piece::Broken(behind) => plain.extend(["${", behind]),
            Piece::Variable(variable, written) => match variable.value(context)? {
                Replacement::Value(value) if place != Place::Resource || colons >= COLONS_WITHOUT_VARIABLES => {
                    plain.extend(value.chars().map(escaped));
                }
                Replacement::Value(value) => {
                    plain.extend(["${", written]);
                    colons += value.matches(':').count();
                }
                Replacement::Character(_) | Replacement::Undecided => plain.extend(["${", written]),
            },
        }
    }
    Some(plain)
}

/// A character as a policy writes it where it means no more than itself.
fn escaped(character: char) -> String {
    if matches!(character, '*' | '?' | '$') { format!("${{{character}}}") } else { character.to_string() }
}

/// A pattern of a `Resource` as it is in this context; a variable that the context leaves open is a wildcard, since a requester who
/// chooses its value may choose any. `None`: it takes nothing.
#[must_use]
pub fn resource_within(pattern: &str, version: Version, context: &Context) -> Option<String> {
    substituted(pattern, Place::Resource, version, context).map(|text| with_variables_open(&text, version))
}

/// A value of a condition as it is in this context, in the same way.
#[must_use]
pub fn value_within(value: &str, version: Version, context: &Context) -> Option<String> {
    substituted(value, Place::Wild, version, context).map(|text| with_variables_open(&text, version))
}

/// A pattern that takes whatever the text takes with some value or other of its variables.
fn with_variables_open(text: &str, version: Version) -> String {
    let open = |piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(Variable::Character('$'), _) => "$",
        Piece::Variable(Variable::Character('?'), _) => "?",
        Piece::Variable(..) | Piece::Broken(_) => "*",
    };
    pieces(text, version).map(open).collect()
}

/// Whether a text has a variable, or what looks like one.
#[must_use]
pub fn has_variables(text: &str, version: Version) -> bool {
    version == Version::V2012 && text.contains("${")
}

enum Piece<'a> {
    Text(&'a str),
    /// A variable, and how it is written behind its `${`.
    Variable(Variable<'a>, &'a str),
    /// What stands behind a `${` that begins no variable: the rest of the text.
    Broken(&'a str),
}

/// A text of a document of this version in pieces.
fn pieces(text: &str, version: Version) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut is_at_variable = false;
    std::iter::from_fn(move || {
        if is_at_variable {
            is_at_variable = false;
            let whole = rest;
            let Some((variable, behind)) = Variable::read(whole) else {
                rest = "";
                return Some(Piece::Broken(whole));
            };
            rest = behind;
            let written = whole.strip_suffix(behind).unwrap_or(whole);
            return Some(Piece::Variable(variable, written));
        }
        if rest.is_empty() {
            return None;
        }
        match rest.split_once("${").filter(|_| version == Version::V2012) {
            Some((before, behind)) => {
                (is_at_variable, rest) = (true, behind);
                Some(Piece::Text(before))
            }
            None => Some(Piece::Text(std::mem::take(&mut rest))),
        }
    })
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
        match variable.value(context)? {
            Replacement::Character(character) => self.tokens.push(Token::Char(character)),
            Replacement::Value(value) => self.tokens.extend(literal(value)),
            Replacement::Undecided => {
                self.push_undecidable(variable.key().map(|key| context.spelling(key).to_owned()).unwrap_or_default());
            }
        }
        Some(())
    }
}

/// What stands for a variable.
enum Replacement<'a> {
    Character(char),
    Value(&'a str),
    Undecided,
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

    /// `None`: it has no value.
    fn value<'v>(&self, context: &'v Context) -> Option<Replacement<'v>>
    where
        'a: 'v,
    {
        let (key, default) = match self {
            Variable::Character(character) => return Some(Replacement::Character(*character)),
            Variable::Key { key, default } => (*key, *default),
        };
        match context.get(key) {
            Value::Present(values) => match values.as_slice() {
                [value] => Some(Replacement::Value(value)),
                [] => default.map(Replacement::Value),
                // "You cannot use a multivalued condition key as a policy variable": not said what happens if one does.
                _ => Some(Replacement::Undecided),
            },
            Value::Absent => default.map(Replacement::Value),
            Value::OneOf(_) | Value::Carried | Value::Undecidable => Some(Replacement::Undecided),
        }
    }

    fn key(&self) -> Option<&'a str> {
        match self {
            Variable::Key { key, .. } => Some(key),
            Variable::Character(_) => None,
        }
    }
}
