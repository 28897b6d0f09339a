//! Three-valued logic: yes, no, or not seen. A sure answer is not hidden by an unseen neighbour.

use crate::account::Unavailable;

/// Yes, no, or what stood in the way of knowing.
pub type Sure = Result<bool, Unavailable>;

/// Whether one of them holds: a sure yes decides; without one, something unseen leaves it open.
pub fn any(answers: impl IntoIterator<Item = Sure>) -> Sure {
    let mut open = None;
    for answer in answers {
        match answer {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(unavailable) => open = open.or(Some(unavailable)),
        }
    }
    open.map_or(Ok(false), Err)
}

/// Whether all of them hold: a sure no decides; without one, something unseen leaves it open.
pub fn all(answers: impl IntoIterator<Item = Sure>) -> Sure {
    any(answers.into_iter().map(not)).map(|answer| !answer)
}

/// The opposite; what is not known stays so.
pub fn not(answer: Sure) -> Sure {
    answer.map(|answer| !answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::operation::Operation;
    use crate::account::{Call, Cause};

    fn unseen() -> Sure {
        Err(Unavailable { call: Call::global(Operation::GetPolicy), cause: Cause::Throttled })
    }

    #[test]
    fn a_sure_yes_decides_any_and_a_sure_no_decides_all() {
        assert_eq!(any([unseen(), Ok(true)]), Ok(true));
        assert_eq!(all([unseen(), Ok(false)]), Ok(false));
    }

    #[test]
    fn without_a_sure_answer_something_unseen_leaves_it_open() {
        assert_eq!(any([Ok(false), unseen()]), unseen());
        assert_eq!(all([Ok(true), unseen()]), unseen());
        assert_eq!(any([]), Ok(false));
        assert_eq!(all([]), Ok(true));
    }
}
