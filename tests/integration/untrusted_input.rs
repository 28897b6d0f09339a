//! Accounts and files that mean harm: whatever they are named and whatever they hold, the output is clean text in bounded time, and
//! the answer is no better for it.

mod accounts;
mod errors;
mod markup;
mod poison;
mod raw;
mod snapshots;

pub(crate) use poison::poisoned;
pub(crate) use raw::{assert_clean, is_hidden};
