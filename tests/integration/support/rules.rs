//! What the proxy does with a call instead of passing it on untouched.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::call::Call;
use super::http::Answer;
use super::refusal;

type Condition = Box<dyn Fn(&Call) -> bool + Send + Sync>;
type Editor = Box<dyn Fn(&Call, &mut Answer) + Send + Sync>;
type Author = Box<dyn Fn(&Call) -> Answer + Send + Sync>;

/// How a connection is broken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Break {
    /// A TCP reset instead of an answer.
    Reset,
    /// The connection is closed without an answer.
    HangUp,
    /// Half of the body, then the connection is closed.
    CutShort,
    /// The connection stays open and silent.
    Silence,
}

/// What a rule does.
pub(crate) enum Deed {
    /// Changes what the emulator answered. Errors are left as they are: an edit supplies what the emulator cannot hold, and nothing is missing from an error.
    Edit(Editor),
    /// Answers in place of the emulator.
    Answer(Author),
    /// Is the emulator, for an operation that it lacks: edits apply as to any answer of it.
    Supply(Author),
    Delay(Duration),
    Break(Break),
}

/// Which calls a rule is for.
pub(crate) struct Matching {
    service: String,
    operation: String,
    conditions: Vec<Condition>,
}

/// One thing that the proxy does to some calls.
///
/// Of several that answer or break the same call, the one that was added last decides, so that a test overrules what was there before; edits all apply, in the order in which they were added, and delays add up.
pub(crate) struct Rule {
    matching: Matching,
    pub(crate) deed: Deed,
    left: Option<AtomicUsize>,
}

impl Rule {
    /// For calls of one operation, or of all (`"*"`) of a service or of every service (`"*"`).
    pub(crate) fn on(service: &str, operation: &str) -> Matching {
        Matching { service: service.to_owned(), operation: operation.to_owned(), conditions: Vec::new() }
    }

    /// Only for the first `count` calls that it fits.
    pub(crate) fn times(mut self, count: usize) -> Self {
        self.left = Some(AtomicUsize::new(count));
        self
    }

    /// Whether it is for this operation alone.
    #[cfg(feature = "live")]
    pub(crate) fn is_on(&self, service: &str, operation: &str) -> bool {
        self.matching.service == service && self.matching.operation == operation
    }

    /// Whether the rule is for this call; uses up one of its times.
    pub(crate) fn takes(&self, call: &Call) -> bool {
        let fits = |wanted: &str, is: &str| wanted == "*" || wanted == is;
        let Matching { service, operation, conditions } = &self.matching;
        fits(service, &call.service)
            && fits(operation, &call.operation)
            && conditions.iter().all(|condition| condition(call))
            && self.left.as_ref().is_none_or(|left| {
                left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
            })
    }
}

impl Matching {
    /// Only calls that fulfil this too.
    pub(crate) fn when(mut self, condition: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        self.conditions.push(Box::new(condition));
        self
    }

    /// Only calls to this region.
    pub(crate) fn in_region(self, region: &str) -> Self {
        let region = region.to_owned();
        self.when(move |call| call.region == region)
    }

    /// Only calls about this bucket, name or ARN.
    pub(crate) fn for_target(self, target: &str) -> Self {
        let target = target.to_owned();
        self.when(move |call| call.target == target)
    }

    /// Changes the emulator's answer; panics in `editor` fail the test.
    pub(crate) fn edit(self, editor: impl Fn(&mut Answer) + Send + Sync + 'static) -> Rule {
        self.edit_by_call(move |_, answer| editor(answer))
    }

    /// Changes the emulator's answer by what was asked.
    pub(crate) fn edit_by_call(self, editor: impl Fn(&Call, &mut Answer) + Send + Sync + 'static) -> Rule {
        self.does(Deed::Edit(Box::new(editor)))
    }

    /// Answers this.
    pub(crate) fn answer(self, answer: Answer) -> Rule {
        self.answer_by_call(move |_| answer.clone())
    }

    /// Answers by what was asked.
    pub(crate) fn answer_by_call(self, author: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Rule {
        self.does(Deed::Answer(Box::new(author)))
    }

    /// Answers as the emulator would, had it the operation.
    pub(crate) fn supply_by_call(self, author: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Rule {
        self.does(Deed::Supply(Box::new(author)))
    }

    /// Answers with an error in the service's own form.
    pub(crate) fn fail(self, status: u16, code: &str, message: &str) -> Rule {
        let (code, message) = (code.to_owned(), message.to_owned());
        self.answer_by_call(move |call| refusal::error(call, status, &code, &message))
    }

    /// Denies, as AWS does to a caller without the permission.
    pub(crate) fn deny(self) -> Rule {
        self.answer_by_call(refusal::denial)
    }

    /// Answers that the caller asks too often.
    pub(crate) fn throttle(self) -> Rule {
        self.answer_by_call(refusal::throttling)
    }

    /// Answers so much later.
    pub(crate) fn delay(self, delay: Duration) -> Rule {
        self.does(Deed::Delay(delay))
    }

    /// Breaks the connection.
    pub(crate) fn disconnect(self, how: Break) -> Rule {
        self.does(Deed::Break(how))
    }

    fn does(self, deed: Deed) -> Rule {
        Rule { matching: self, deed, left: None }
    }
}
