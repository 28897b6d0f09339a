//! What evaluating costs, in steps. Seconds differ from machine to machine and steps do not, so tests limit steps. Outside of tests
//! nothing is counted.

/// Counts so many steps: a token of one pattern against one of another, a statement, a principal, a value of a condition.
#[cfg(not(test))]
pub(super) const fn steps(_: usize) {}

#[cfg(test)]
pub(super) use counting::steps;

#[cfg(test)]
pub(crate) use counting::counted;

#[cfg(test)]
mod counting {
    use std::cell::Cell;

    thread_local! {
        static MADE: Cell<u64> = const { Cell::new(0) };
        static MOST: Cell<u64> = const { Cell::new(u64::MAX) };
    }

    pub(in crate::iam) fn steps(count: usize) {
        let made = MADE.get().saturating_add(count as u64);
        MADE.set(made);
        assert!(made <= MOST.get(), "evaluating takes more than {} steps", MOST.get());
    }

    /// The result of `work` and the steps that it takes on this thread. With more steps than `most` it panics at once: an exponential
    /// evaluation would never end.
    pub(crate) fn counted<T>(most: u64, work: impl FnOnce() -> T) -> (T, u64) {
        MADE.set(0);
        MOST.set(most);
        let result = work();
        MOST.set(u64::MAX);
        (result, MADE.get())
    }
}
