//! The IAM policy language, in three values. It knows no account.
//!
//! A policy is read by [`Document::parse`], and asked by [`decide`] (one set of documents taken together) or [`may`] (identity
//! policies, permissions boundary and resource policy together). What the documents leave to a condition that nobody can decide from
//! outside is answered [`Decision::Depends`], with the condition keys that it hangs on: never a guess.
//!
//! Whoever needs less than a decision finds the pieces on [`Statement`]: whom it fits, which actions and resources it covers (all of
//! them) or touches (some of them), and whether its conditions hold.
//!
//! The rules come from AWS's pages, each named where it is used:
//! - [elements of a policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html) and
//!   [its grammar](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html)
//! - [condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html) and
//!   [keys with several values](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
//! - [variables](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
//! - [evaluation](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)

pub mod arn;
pub mod aws_accounts;
mod compare;
mod condition;
mod context;
mod document;
mod evaluate;
mod glob;
pub mod grants;
mod json;
mod levels;
mod logic;
mod operator;
pub mod partition;
mod pattern;
pub mod policy_edit;
mod principal;
#[cfg(test)]
mod properties;
mod request;
mod statement;
mod variable;
mod work;

pub use condition::Condition;
pub use context::{Context, Value};
pub use document::{Document, ParseError, Version};
pub use evaluate::{Decision, Policies, decide, may};
pub use levels::{Denial, Denied, Exempts, Level, denied, parse_scp};
pub use logic::Match;
pub use operator::{Operator, SetOperator, Test};
pub use pattern::{
    covers, covers_action, covers_resource, matches, matches_action, matches_arn, matches_resource, overlaps,
    overlaps_action, overlaps_resource,
};
pub use principal::{Principal, Principals};
pub use request::{Request, Who};
pub use statement::{Choice, Effect, Statement};
pub use variable::{has_variables, resource_within, value_within};
#[cfg(test)]
pub(crate) use work::counted;
