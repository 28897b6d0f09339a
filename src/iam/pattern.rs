//! Wildcards: `*` any run of characters, `?` any one, over the whole text.
//!
//! *matches* asks about a text, *covers* and *overlaps* about another pattern: does the first take everything that the second takes,
//! and is there anything that both take? None of them is ever exponential.

use super::glob::{self, Token, confine, literal, tidy, wild};
use super::work;

/// Does the pattern take this text? Case counts.
pub fn matches(pattern: &str, text: &str) -> bool {
    glob::overlaps(&tidy(wild(pattern)), &tidy(literal(text)))
}

/// Does the pattern take every text that the pattern `inner` takes? A yes is sure; a `*` in `inner` is only taken by a `*`.
pub fn covers(pattern: &str, inner: &str) -> bool {
    glob::covers(&tidy(wild(pattern)), &tidy(wild(inner)))
}

/// Is there a text that both patterns take?
pub fn overlaps(a: &str, b: &str) -> bool {
    glob::overlaps(&tidy(wild(a)), &tidy(wild(b)))
}

/// Does this pattern of an `Action` take this action? "The prefix and the action name are case insensitive".
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
pub fn matches_action(pattern: &str, action: &str) -> bool {
    may_agree(pattern, action, Case::Ignored)
        && glob::overlaps(&action_tokens(pattern), &tidy(literal(&action.to_ascii_lowercase())))
}

/// Does this pattern of an `Action` take every action that the other takes? `*` and `*:*` take all.
pub fn covers_action(pattern: &str, inner: &str) -> bool {
    may_agree(pattern, inner, Case::Ignored) && glob::covers(&action_tokens(pattern), &action_tokens(inner))
}

/// Is there an action that both patterns take?
pub fn overlaps_action(a: &str, b: &str) -> bool {
    may_agree(a, b, Case::Ignored) && glob::overlaps(&action_tokens(a), &action_tokens(b))
}

/// Does this pattern of a `Resource` take this ARN? Case counts, wildcards stay in their part of the ARN, a `*` that ends a part may
/// run on past the colon, and the sixth part keeps its colons. `*` takes everything.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub fn matches_resource(pattern: &str, resource: &str) -> bool {
    may_agree(pattern, resource, Case::Counts) && glob::overlaps(&resource_tokens(pattern), &tidy(literal(resource)))
}

/// Does this pattern of a `Resource` take every ARN that the other takes?
pub fn covers_resource(pattern: &str, inner: &str) -> bool {
    may_agree(pattern, inner, Case::Counts) && glob::covers(&resource_tokens(pattern), &resource_tokens(inner))
}

/// Is there an ARN that both patterns take?
pub fn overlaps_resource(a: &str, b: &str) -> bool {
    may_agree(a, b, Case::Counts) && glob::overlaps(&resource_tokens(a), &resource_tokens(b))
}

/// Does this pattern of `ArnLike` (or `ArnEquals`, which "behave identically") take this ARN? Each of the six parts is compared by
/// itself; the sixth keeps its colons; fewer than six parts on either side never match.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
pub fn matches_arn(pattern: &str, arn: &str) -> bool {
    let tokens: Vec<Token> = wild(pattern).collect();
    ArnPattern::new(&tokens).is_some_and(|pattern| pattern.matches(arn))
}

/// An ARN pattern in its six parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArnPattern(Vec<Vec<Token>>);

impl ArnPattern {
    /// `None` where there are fewer than six parts: it takes nothing.
    pub(super) fn new(tokens: &[Token]) -> Option<ArnPattern> {
        let parts: Vec<_> =
            tokens.splitn(6, |token| *token == Token::Char(':')).map(|part| tidy(part.iter().copied())).collect();
        (parts.len() == 6).then_some(ArnPattern(parts))
    }

    pub(super) fn matches(&self, arn: &str) -> bool {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        parts.len() == 6
            && self.0.iter().zip(parts).all(|(pattern, part)| glob::overlaps(pattern, &tidy(literal(part))))
    }
}

#[derive(Clone, Copy)]
enum Case {
    Counts,
    Ignored,
}

/// Whether the two go together as far as both are plain. Of the thousands of actions and resources that a large account names hardly
/// any do with the one that is asked for, and all others are told apart here, before any of them is taken to pieces.
fn may_agree(a: &str, b: &str, case: Case) -> bool {
    work::steps(1);
    let is_wild = |byte| matches!(byte, b'*' | b'?');
    let agree = |(a, b): &(u8, u8)| match case {
        Case::Counts => a == b,
        Case::Ignored => a.eq_ignore_ascii_case(b),
    };
    let mut plain = a.bytes().zip(b.bytes()).take_while(|(a, b)| !is_wild(*a) && !is_wild(*b));
    plain.all(|pair| agree(&pair))
}

fn action_tokens(pattern: &str) -> Vec<Token> {
    let tokens = tidy(wild(&pattern.to_ascii_lowercase()));
    // Every action has a colon, so `*:*` says no less than `*`.
    if tokens == [Token::Run, Token::Char(':'), Token::Run] { vec![Token::Run] } else { tokens }
}

pub(super) fn resource_tokens(pattern: &str) -> Vec<Token> {
    tidy(confine(wild(pattern).collect()))
}

#[cfg(test)]
mod tests;
