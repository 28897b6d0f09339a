//! Counting the rounds of a conversation: how deep its calls depend on one another.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;

use super::cbor;
use super::http::Answer;

/// Holds all answers back until no request has come for a while, then lets them go together: one round.
///
/// So a call counts as one of the next round only if the tool could not have sent it without an answer of this round, however fast or slow the calls were; or if the tool came to it too late.
pub(crate) struct Rounds {
    quiet: Duration,
    state: Mutex<State>,
    round: watch::Sender<usize>,
}

struct State {
    /// Requests that came and whose answers are not there yet.
    under_way: usize,
    /// Answers that wait for the end of the round.
    held: usize,
    last_change: Instant,
}

/// How often the end of a round is looked for.
const TICK: Duration = Duration::from_millis(10);

impl Rounds {
    pub(crate) fn new(quiet: Duration) -> Self {
        let state = State { under_way: 0, held: 0, last_change: Instant::now() };
        Self { quiet, state: Mutex::new(state), round: watch::Sender::new(1) }
    }

    /// A request came.
    pub(crate) fn arrive(&self) -> Arrival<'_> {
        let mut state = self.state.lock().expect("the rounds");
        state.under_way += 1;
        state.last_change = Instant::now();
        Arrival { rounds: self, round: *self.round.borrow() }
    }

    /// Ends rounds, for as long as it is polled.
    pub(crate) async fn keep_time(&self) {
        loop {
            let asleep = Instant::now();
            sleep(TICK).await;
            // On a machine that is too busy to wake us in time, the tool may not have come to its next request either.
            let busy = asleep.elapsed() > 3 * TICK;
            let mut state = self.state.lock().expect("the rounds");
            if busy {
                state.last_change = Instant::now();
            }
            if state.held > 0 && state.under_way == 0 && state.last_change.elapsed() >= self.quiet {
                state.held = 0;
                self.round.send_modify(|round| *round += 1);
            }
        }
    }
}

/// A request whose answer is not there yet. Dropped with the connection of a tool that waits no longer, so that nobody waits for it either.
pub(crate) struct Arrival<'a> {
    rounds: &'a Rounds,
    /// The number of the round in which it came, from 1.
    pub(crate) round: usize,
}

impl Arrival<'_> {
    /// The answer is there: waits for the end of its round, unless it only says that there is more to ask for.
    pub(crate) async fn depart(self, page_of_several: bool) {
        let mut end = self.rounds.round.subscribe();
        if !page_of_several {
            self.rounds.state.lock().expect("the rounds").held += 1;
        }
        drop(self);
        if !page_of_several {
            // The sender lives as long as this future: both belong to the proxy.
            let _ = end.changed().await;
        }
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        // A lock that a panic poisoned has failed its test already.
        if let Ok(mut state) = self.rounds.state.lock() {
            state.under_way -= 1;
            state.last_change = Instant::now();
        }
    }
}

/// Whether the tool has to ask for a further page of this list.
pub(crate) fn announces_another_page(answer: &Answer) -> bool {
    if answer.headers.get("content-type").is_some_and(|kind| kind == "application/cbor") {
        return cbor::decode(&answer.body)
            .is_ok_and(|mut map| cbor::get_mut(&mut map, "NextToken").is_some_and(|token| !token.is_null()));
    }
    let body = String::from_utf8_lossy(&answer.body);
    body.contains("<IsTruncated>true</IsTruncated>")
        || (body.contains("<NextToken>") && !body.contains("<NextToken></NextToken>"))
        || body.contains("\"NextToken\": \"")
        || body.contains("\"NextToken\":\"")
}
