//! Three-valued logic: what is surely so, surely not so, or hangs on something that was not seen.

use std::collections::BTreeSet;

/// Whether something applies to a request. The logic is Kleene's: a sure answer is never hidden by an undecidable neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It surely applies.
    Yes,
    /// It surely does not.
    No,
    /// It hangs on these condition keys, spelled as the context names them, else as the policy does.
    Depends(BTreeSet<String>),
}

impl Match {
    /// It hangs on this one condition key.
    pub fn depends_on(key: impl Into<String>) -> Match {
        Match::Depends(BTreeSet::from([key.into()]))
    }

    /// Both apply. A sure no decides; else what either hangs on remains.
    #[must_use]
    pub fn and(self, other: Match) -> Match {
        match (self, other) {
            (Match::No, _) | (_, Match::No) => Match::No,
            (Match::Yes, other) => other,
            (this, Match::Yes) => this,
            (Match::Depends(keys), Match::Depends(more)) => Match::Depends(keys.into_iter().chain(more).collect()),
        }
    }

    /// At least one applies. A sure yes decides; else what either hangs on remains.
    #[must_use]
    pub fn or(self, other: Match) -> Match {
        match (self, other) {
            (Match::Yes, _) | (_, Match::Yes) => Match::Yes,
            (Match::No, other) => other,
            (this, Match::No) => this,
            (Match::Depends(keys), Match::Depends(more)) => Match::Depends(keys.into_iter().chain(more).collect()),
        }
    }

    /// It does not apply. What is undecidable stays so.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "beside `and` and `or`, the word reads better than an operator")]
    pub fn not(self) -> Match {
        match self {
            Match::Yes => Match::No,
            Match::No => Match::Yes,
            depends @ Match::Depends(_) => depends,
        }
    }

    /// Every one applies; of none, yes. Asks no further after a sure no.
    pub fn all(each: impl IntoIterator<Item = Match>) -> Match {
        let mut folded = Match::Yes;
        for one in each {
            folded = folded.and(one);
            if folded == Match::No {
                break;
            }
        }
        folded
    }

    /// At least one applies; of none, no. Asks no further after a sure yes.
    pub fn any(each: impl IntoIterator<Item = Match>) -> Match {
        let mut folded = Match::No;
        for one in each {
            folded = folded.or(one);
            if folded == Match::Yes {
                break;
            }
        }
        folded
    }

    /// Surely applies.
    pub fn is_yes(&self) -> bool {
        *self == Match::Yes
    }

    /// Surely does not apply.
    pub fn is_no(&self) -> bool {
        *self == Match::No
    }
}

impl From<bool> for Match {
    fn from(sure: bool) -> Match {
        if sure { Match::Yes } else { Match::No }
    }
}
