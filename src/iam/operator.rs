//! Condition operators.

/// A condition operator, e.g. `ForAnyValue:StringLikeIfExists`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// How several values in the request are taken.
    pub set: Option<SetOperator>,
    /// What is compared, and how.
    pub test: Test,
    /// `…IfExists`: "If the key is not present, evaluate the condition element as true".
    pub if_exists: bool,
    /// As the policy spells it.
    pub spelling: String,
}

/// How several values of one key in the request are taken together.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOperator {
    /// `ForAllValues:`: every value must match; none is as good.
    ForAllValues,
    /// `ForAnyValue:`: one value must match.
    ForAnyValue,
}

macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        /// What an operator compares, and how. Its names are AWS's.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is AWS's operator of that name")]
        pub enum Test {
            $($name,)*
            /// One that AWS did not have when this was written; nobody can say when it holds.
            Unknown(String),
        }

        const NAMES: &[(&str, Test)] = &[$((stringify!($name), Test::$name)),*];
    };
}

tests!(
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
);

impl Operator {
    /// Reads an operator; case does not count. `Null` takes neither prefix nor suffix: "You can add IfExists to the end of any
    /// condition operator name except the Null condition".
    pub fn parse(spelling: &str) -> Operator {
        let (set, rest) = match spelling.split_once(':') {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(SetOperator::ForAllValues), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(SetOperator::ForAnyValue), rest)
            }
            _ => (None, spelling),
        };
        let (name, if_exists) = match rest.len().checked_sub("IfExists".len()).and_then(|at| rest.split_at_checked(at))
        {
            Some((name, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (name, true),
            _ => (rest, false),
        };
        let test = NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, test)| test.clone())
            .filter(|test| *test != Test::Null || (set.is_none() && !if_exists))
            .unwrap_or_else(|| Test::Unknown(spelling.to_owned()));
        Operator { set, test, if_exists, spelling: spelling.to_owned() }
    }
}

impl Test {
    /// Whether it asks that nothing match, as `StringNotEquals` does. Several values are then taken as "a logical NOR".
    pub fn is_negated(&self) -> bool {
        matches!(
            self,
            Test::StringNotEquals
                | Test::StringNotEqualsIgnoreCase
                | Test::StringNotLike
                | Test::NumericNotEquals
                | Test::DateNotEquals
                | Test::NotIpAddress
                | Test::ArnNotEquals
                | Test::ArnNotLike
        )
    }
}
