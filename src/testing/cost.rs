//! What work takes: the same however fast and however busy the machine is.

use std::hint::black_box;

use crate::iam::counted;

/// What some work took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// Steps of evaluating policies.
    pub(crate) steps: u64,
    /// How often memory was asked for.
    pub(crate) allocations: u64,
    /// How much memory was asked for, freed meanwhile or not.
    pub(crate) bytes: u64,
}

/// The result of `work` and what it takes on this thread. With more steps than `most` it panics at once.
pub(crate) fn cost_within<T>(most: u64, work: impl FnOnce() -> T) -> (T, Cost) {
    let mut result = None;
    let memory = allocation_counter::measure(|| result = Some(black_box(counted(most, work))));
    let (result, steps) = result.unwrap();
    (result, Cost { steps, allocations: memory.count_total, bytes: memory.bytes_total })
}

/// What `work` takes on this thread.
pub(crate) fn cost<T>(work: impl FnOnce() -> T) -> Cost {
    cost_within(u64::MAX, work).1
}
