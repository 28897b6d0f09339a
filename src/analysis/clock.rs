//! Times as people and programs read them.

use std::fmt::Display;

use jiff::Timestamp;

/// A time to the minute, e.g. `2026-11-24 02:00 UTC`; evidence has it in full.
pub fn at(time: Timestamp) -> impl Display {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A time to the second, for programs: `2026-11-24T02:00:00Z`.
pub fn in_full(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
