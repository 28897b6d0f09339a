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
mod faults;
mod fixtures;
mod formats;
#[cfg(feature = "live")]
mod interrupts;
mod missing_facts;
#[cfg(feature = "live")]
mod organization;
#[cfg(feature = "live")]
mod permissions;
mod plan;
mod preview;
#[cfg(feature = "live")]
mod progress;
mod readme;
mod recipes;
#[cfg(feature = "live")]
mod remedies;
mod report_highlights;
mod stories;
mod support;
mod test_support;
mod untrusted_input;
mod waivers;
