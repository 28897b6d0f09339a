//! Waivers put to an audit. A waived failure stays a failure; it only does not gate.
//!
//! A waiver excuses what was *seen* to fail, and nothing else: what was not seen, a warning, and a check whose failures nobody may
//! answer for are never waived.

mod apply;
mod fit;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use apply::waived_by;
pub use apply::{State, WaiverOutcome, apply, is_for};
pub use fit::{Misfit, fits};
