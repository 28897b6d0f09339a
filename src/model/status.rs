//! The four outcomes, and how they fold.

use serde::{Deserialize, Serialize};

/// What a requirement, a check or an audit comes to. The order is the order of folding: of requirements the greatest
/// counts (*all*), of candidates the least (*any*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Seen, and as it must be.
    Pass,
    /// Seen, works, should be better.
    Warn,
    /// Not seen, or not yet provable from what was seen.
    Unknown,
    /// Seen, and not as it must be.
    Fail,
}

impl Status {
    /// All of `statuses` must hold: the greatest decides. All of nothing proves nothing.
    #[must_use]
    pub fn all(statuses: impl IntoIterator<Item = Status>) -> Status {
        statuses.into_iter().max().unwrap_or(Status::Unknown)
    }

    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Status::Pass => "pass",
            Status::Warn => "warn",
            Status::Unknown => "unknown",
            Status::Fail => "fail",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_requirement_does_not_hide_one_that_surely_fails() {
        assert_eq!(Status::all([Status::Pass, Status::Unknown, Status::Fail, Status::Warn]), Status::Fail);
    }

    #[test]
    fn all_of_nothing_is_unknown() {
        assert_eq!(Status::all([]), Status::Unknown);
    }
}
