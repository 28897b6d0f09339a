//! What a tool says of the seven items, and whether it is so.

use std::collections::BTreeMap;

use stagecheck::model::status::Status;

use crate::stories::Story;

/// What is said of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    Warn,
    Fail,
    Unknown,
    /// Nothing is said at all.
    Silent,
}

/// By the item's id, each with the words for it; an item of which nothing is said is absent.
#[derive(Default)]
pub(crate) struct Verdicts(BTreeMap<String, (Verdict, String)>);

/// How a verdict compares with what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Score {
    Right,
    /// The account is not in order, and the tool says that it is.
    WrongPass,
    /// The account is in order, and the tool says that it is not.
    WrongFail,
    /// The tool passes what whoever asks may not see, or what is not yet to be seen.
    UnprovenPass,
    /// The same, failed.
    UnprovenFail,
    /// The tool says nothing about the item, or that it does not know, where the answer was to be had.
    NoAnswer,
}

impl Verdict {
    /// By the word of this tool's report.
    pub(crate) fn of(word: &str) -> Self {
        [Status::Pass, Status::Warn, Status::Fail, Status::Unknown]
            .into_iter()
            .find(|status| status.word() == word)
            .map_or_else(|| panic!("{word} is no status"), Self::from)
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Silent => "–",
        }
    }

    /// Compares it with what is so. What works and should be better may be passed as well as failed: that is taste.
    pub(crate) fn score(self, truth: Self) -> Score {
        use Verdict::{Fail, Pass, Silent, Unknown, Warn};
        match (truth, self) {
            (Unknown, Pass | Warn) => Score::UnprovenPass,
            (Unknown, Fail) => Score::UnprovenFail,
            (Unknown, Unknown) | (Pass, Pass | Warn) | (Warn, Pass | Warn | Fail) | (Fail, Fail) => Score::Right,
            (_, Silent | Unknown) => Score::NoAnswer,
            (Fail, _) => Score::WrongPass,
            (_, Fail) => Score::WrongFail,
            (Silent, _) => unreachable!("the truth is never silent"),
        }
    }
}

impl From<Status> for Verdict {
    fn from(status: Status) -> Self {
        match status {
            Status::Pass => Self::Pass,
            Status::Warn => Self::Warn,
            Status::Fail => Self::Fail,
            Status::Unknown => Self::Unknown,
        }
    }
}

impl Verdicts {
    /// What is so: what the story of the account says, which its own test holds.
    pub(crate) fn of(story: &Story) -> Self {
        let mut verdicts = Self::default();
        for (item, status) in story.expected.by_id() {
            verdicts.add(item, status.into(), story.tells);
        }
        verdicts
    }

    /// One verdict more on an item: of several the worst holds.
    pub(crate) fn add(&mut self, item: &str, verdict: Verdict, words: &str) {
        let severity = [Verdict::Pass, Verdict::Warn, Verdict::Unknown, Verdict::Fail];
        let rank = |verdict| severity.iter().position(|known| *known == verdict);
        if rank(verdict) > rank(self.on(item)) {
            self.0.insert(item.to_owned(), (verdict, words.to_owned()));
        }
    }

    pub(crate) fn on(&self, item: &str) -> Verdict {
        self.0.get(item).map_or(Verdict::Silent, |(verdict, _)| *verdict)
    }

    /// The words of the verdict that holds.
    pub(crate) fn words(&self, item: &str) -> &str {
        self.0.get(item).map_or("", |(_, words)| words)
    }
}
