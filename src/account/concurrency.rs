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

/// How many calls to a service may be under way, where that is fewer than AWS's usual limits allow. Organizations counts all calls of an
/// organization together: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
const OF_SERVICE: [(&str, usize); 2] = [("Organizations", 4), ("SSO Admin", 4)];

/// Permits for the services that take few calls at once.
pub(crate) struct ServiceLimits {
    permits: [Semaphore; OF_SERVICE.len()],
}

impl ServiceLimits {
    pub(crate) fn new() -> Self {
        ServiceLimits { permits: OF_SERVICE.map(|(_, most)| Semaphore::new(most)) }
    }

    /// Waits until another call to that service may begin.
    pub(crate) async fn turn(&self, service: &str) -> Option<SemaphorePermit<'_>> {
        let at = OF_SERVICE.iter().position(|(name, _)| *name == service)?;
        // No one closes the semaphores.
        self.permits.get(at)?.acquire().await.ok()
    }
}

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
    use crate::account::Account;
    use crate::account::source::InstanceIn;
    use crate::testing::delayed::far_away;
    use crate::testing::foundation::{INSTANCE_ARN, foundation};
    use crate::testing::trails::HOME;

    const SECOND: Duration = Duration::from_secs(1);

    /// How long that takes, on a clock that stands still but for the answers: each call's takes a second.
    async fn took<T>(calls: impl IntoIterator<Item = impl Future<Output = T>>) -> Duration {
        let start = Instant::now();
        futures_util::future::join_all(calls).await;
        start.elapsed()
    }

    fn account() -> Account {
        far_away(foundation().facts(), None).0
    }

    fn numbered(prefix: &str, count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{prefix}-{number:08}")).collect()
    }

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
    async fn four_calls_to_organizations_may_be_under_way() {
        let limits = ServiceLimits::new();
        for service in ["Organizations", "SSO Admin"] {
            let mut turns = Vec::new();
            for _ in 0..4 {
                turns.push(limits.turn(service).await);
            }
            let fifth = tokio::time::timeout(Duration::from_secs(1), limits.turn(service)).await;
            assert!(fifth.is_err(), "a fifth call to {service}");
            turns.pop();
            assert!(limits.turn(service).await.is_some(), "{service}");
        }
        assert!(limits.turn("IAM").await.is_none(), "no limit of its own");
    }

    #[tokio::test(start_paused = true)]
    async fn an_audit_makes_four_calls_to_each_of_the_two_services() {
        let policies = numbered("p", 12);
        let sets = numbered("ps", 8);
        let instance = InstanceIn { arn: INSTANCE_ARN, region: HOME };
        let one = account();
        assert_eq!(took(policies.iter().map(|id| one.scp_document(id))).await, SECOND * 3, "Organizations");
        let one = account();
        assert_eq!(took(sets.iter().map(|set| one.permission_set(instance, set))).await, SECOND * 2, "SSO Admin");
        let one = account();
        let start = Instant::now();
        let documents = took(policies.iter().map(|id| one.scp_document(id)));
        let described = took(sets.iter().map(|set| one.permission_set(instance, set)));
        assert_eq!(tokio::join!(documents, described), (SECOND * 3, SECOND * 2), "they don't wait for each other");
        assert_eq!(start.elapsed(), SECOND * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn other_services_do_not_wait_for_organizations() {
        let policies = numbered("p", 12);
        let users = numbered("user", 12);
        let one = account();
        let documents = took(policies.iter().map(|id| one.scp_document(id)));
        let features = took([one.root_features()]);
        let keys = took(users.iter().map(|user| one.access_keys(user)));
        let bucket = took([one.owns_bucket(HOME, "logs")]);
        let told = tokio::join!(documents, features, keys, bucket);
        assert_eq!(told, (SECOND * 3, SECOND, SECOND, SECOND), "root features are IAM's, not Organizations'");
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_wait_for_their_service_take_no_turn_of_others() {
        let policies = numbered("p", MOST + 12);
        let users = numbered("user", MOST - 4);
        let one = account();
        let documents = took(policies.iter().map(|id| one.scp_document(id)));
        let keys = took(users.iter().map(|user| one.access_keys(user)));
        let told = tokio::join!(documents, keys);
        assert_eq!(told, (SECOND * u32::try_from(MOST + 12).unwrap() / 4, SECOND));
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
