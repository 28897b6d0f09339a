//! `stagecheck` as its users meet it.

// Its shells, signals and modes are those of Unix. Windows builds the program and runs the library's tests: see .github/workflows/ci.yml.
#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test ends where something is not as it must be"
)]

#[cfg(feature = "live")]
mod audits;
mod command_line;
mod commands;
#[cfg(feature = "live")]
mod credentials;
mod diff;
mod differential;
#[cfg(feature = "live")]
mod endings;
#[cfg(feature = "live")]
mod faults;
mod fixtures;
mod formats;
mod hostile;
#[cfg(feature = "live")]
mod permissions;
mod plan;
mod preview;
mod readme;
mod recipes;
#[cfg(feature = "live")]
mod remedies;
mod seeing;
mod stories;
mod support;
mod support_works;
mod taken_away;
mod waivers;
#[cfg(feature = "live")]
mod watching;
