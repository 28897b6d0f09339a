//! How much a document may say. Its length alone bounds no work: wildcards against wildcards cost the product of their lengths, and
//! what a `NotAction` excepts is looked for in every other statement.

use super::ParseError;
use crate::iam::{Choice, Statement};

/// More statements than this are no policy. Of AWS's 1,523 managed policies the most has 162.
const STATEMENTS: usize = 1_000;

/// In characters. "Resource ARNs" of AWS have at most 2,048; the longest pattern of AWS's managed policies has 203.
const LONGEST_PATTERN: usize = 2_048;

/// Actions, resources, and values of conditions, in all. `AWSSupportServiceRolePolicy` has 4,107.
const PATTERNS: usize = 8_000;

/// Values of conditions, in all. A bucket policy of 20 KB has room for about 1,500 ARNs of the shortest kind.
const VALUES: usize = 2_000;

/// What `NotAction` and `NotResource` name, in all. Of AWS's managed policies the most has 689.
const EXCEPTIONS: usize = 1_000;

/// `*` and `?`, in all. Of AWS's managed policies the most has 575.
const WILDCARDS: usize = 2_000;

/// Whether the statements are few and plain enough to be evaluated.
///
/// # Errors
/// Says what there is too much of.
pub(super) fn bounded(statements: &[Statement]) -> Result<(), ParseError> {
    let (mut patterns, mut exceptions, mut wildcards, mut values) = (0, 0, 0, 0);
    let mut count = |named: &[String]| {
        patterns += named.len();
        wildcards += named.iter().map(|one| one.matches(['*', '?']).count()).sum::<usize>();
        let longest = named.iter().map(String::len).max().unwrap_or_default();
        at_most(LONGEST_PATTERN, longest, "characters in one pattern")
    };
    for statement in statements {
        for choice in [Some(&statement.actions), statement.resources.as_ref()].into_iter().flatten() {
            match choice {
                Choice::Only(named) => count(named)?,
                Choice::AllBut(named) => {
                    exceptions += named.len();
                    count(named)?;
                }
            }
        }
        values += statement.conditions.iter().map(|condition| condition.values.len()).sum::<usize>();
        statement.conditions.iter().try_for_each(|condition| count(&condition.values))?;
    }
    at_most(STATEMENTS, statements.len(), "statements")?;
    at_most(VALUES, values, "values of conditions")?;
    at_most(PATTERNS, patterns, "actions, resources and values")?;
    at_most(EXCEPTIONS, exceptions, "exceptions in NotAction and NotResource")?;
    at_most(WILDCARDS, wildcards, "wildcards")
}

fn at_most(most: usize, count: usize, what: &str) -> Result<(), ParseError> {
    if count <= most {
        return Ok(());
    }
    Err(ParseError::new(format!("it has {count} {what}, and at most {most} are evaluated")))
}
