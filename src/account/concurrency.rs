//! How many calls are under way at once. Whoever is throttled makes the whole audit slower, not its own call alone: AWS
//! counts calls by account, so the next call would be throttled too.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Enough for the widest round of an account, and for one that asks every region; few enough for AWS's rate limits.
const MOST: usize = 40;

/// What is left of it when AWS keeps throttling.
const LEAST: usize = 2;

/// Calls that are under way together are throttled together: that is one reason to slow down, not many.
const ONE_BURST: Duration = Duration::from_millis(250);

/// The number of calls that may be under way: halved by throttling, and one more again for every so many answers without it,
/// as [TCP does](https://www.rfc-editor.org/rfc/rfc5681).
pub(crate) struct AdaptiveLimit {
    permits: Semaphore,
    at_once: Cell<usize>,
    /// Permits that are to go when they come back.
    owed: Cell<usize>,
    slowed_at: Cell<Option<Instant>>,
    answers: Cell<usize>,
}

/// The leave to make one call; ends with the call.
pub(crate) struct Permit<'a> {
    pace: &'a AdaptiveLimit,
    permit: Option<SemaphorePermit<'a>>,
}

impl AdaptiveLimit {
    pub(crate) fn new() -> Self {
        AdaptiveLimit {
            permits: Semaphore::new(MOST),
            at_once: Cell::new(MOST),
            owed: Cell::new(0),
            slowed_at: Cell::new(None),
            answers: Cell::new(0),
        }
    }

    /// Waits until another call may begin.
    pub(crate) async fn turn(&self) -> Permit<'_> {
        // Nobody closes the semaphore.
        Permit { pace: self, permit: self.permits.acquire().await.ok() }
    }

    /// AWS throttled a call.
    pub(crate) fn slow_down(&self) {
        let now = Instant::now();
        if self.slowed_at.get().is_some_and(|then| now.duration_since(then) < ONE_BURST) {
            return;
        }
        self.slowed_at.set(Some(now));
        self.answers.set(0);
        let fewer = (self.at_once.get() / 2).max(LEAST);
        let owed = self.owed.get() + self.at_once.get().saturating_sub(fewer);
        self.owed.set(owed - self.permits.forget_permits(owed));
        self.at_once.set(fewer);
    }

    /// How many calls may begin at once.
    #[cfg(test)]
    pub(crate) fn free(&self) -> usize {
        self.permits.available_permits()
    }

    /// A call ended that was not throttled.
    fn answered(&self) {
        self.answers.set(self.answers.get() + 1);
        if self.at_once.get() < MOST && self.answers.get() >= self.at_once.get() {
            self.answers.set(0);
            self.at_once.set(self.at_once.get() + 1);
            match self.owed.get() {
                0 => self.permits.add_permits(1),
                owed => self.owed.set(owed - 1),
            }
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let owed @ 1.. = self.pace.owed.get() {
            self.pace.owed.set(owed - 1);
            if let Some(permit) = self.permit.take() {
                permit.forget();
            }
        }
    }
}

tokio::task_local! {
    /// What the call under way has cost so far. Calls share one thread, and each is a future of its own.
    static EFFORT: Effort;
}

/// What one call cost beyond its answer.
pub(crate) struct Effort {
    pace: Rc<AdaptiveLimit>,
    retries: Cell<u32>,
    throttled: Cell<bool>,
}

impl Effort {
    /// Waits for `answer`, and tells how often it had to be asked for again.
    pub(crate) async fn of<T>(pace: &Rc<AdaptiveLimit>, answer: impl Future<Output = T>) -> (T, u32) {
        let effort = Effort { pace: Rc::clone(pace), retries: Cell::new(0), throttled: Cell::new(false) };
        EFFORT
            .scope(effort, async {
                let answer = answer.await;
                let retries = EFFORT.with(|effort| {
                    if !effort.throttled.get() {
                        effort.pace.answered();
                    }
                    effort.retries.get()
                });
                (answer, retries)
            })
            .await
    }
}

#[cfg_attr(not(any(feature = "live", test)), expect(dead_code, reason = "only AWS is asked again"))]
/// A source tells that it asks again, for the call under way.
pub(crate) fn retried() {
    // Credentials are looked for before there is any call.
    let _ = EFFORT.try_with(|effort| effort.retries.set(effort.retries.get() + 1));
}

#[cfg_attr(not(any(feature = "live", test)), expect(dead_code, reason = "only AWS is asked again"))]
/// A source tells that AWS throttled it, for the call under way.
pub(crate) fn throttled() {
    let _ = EFFORT.try_with(|effort| {
        effort.throttled.set(true);
        effort.pace.slow_down();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn throttling_halves_the_concurrent_calls_down_to_two() {
        let pace = AdaptiveLimit::new();
        for expected in [20, 10, 5, 2, 2, 2] {
            pace.slow_down();
            assert_eq!(pace.free(), expected);
            tokio::time::advance(ONE_BURST).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_that_is_throttled_together_slows_down_once() {
        let pace = AdaptiveLimit::new();
        for _ in 0..MOST {
            pace.slow_down();
        }
        assert_eq!(pace.free(), MOST / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_under_way_go_on_and_their_turns_are_not_given_again() {
        let pace = AdaptiveLimit::new();
        let mut turns = Vec::new();
        for _ in 0..MOST {
            turns.push(pace.turn().await);
        }
        pace.slow_down();
        assert_eq!(pace.free(), 0);
        turns.truncate(MOST / 2);
        assert_eq!(pace.free(), 0, "the first that end pay what is owed");
        turns.clear();
        assert_eq!(pace.free(), MOST / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_are_answered_bring_the_pace_back() {
        let pace = Rc::new(AdaptiveLimit::new());
        for _ in 0..4 {
            pace.slow_down();
            tokio::time::advance(ONE_BURST).await;
        }
        let mut calls = 0;
        while pace.free() < MOST {
            Effort::of(&pace, async {}).await;
            calls += 1;
        }
        assert_eq!(calls, (2..40).sum::<i32>());
        Effort::of(&pace, async {}).await;
        assert_eq!(pace.free(), MOST, "never more than at first");
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_call_slows_all_and_does_not_count_as_an_answer() {
        let pace = Rc::new(AdaptiveLimit::new());
        let ((), retries) = Effort::of(&pace, async {
            retried();
            throttled();
            retried();
        })
        .await;
        assert_eq!((retries, pace.free(), pace.answers.get()), (2, MOST / 2, 0));
    }
}
