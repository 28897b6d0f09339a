//! `stagecheck` as its users meet it.

#[cfg(feature = "live")]
mod audits;
mod command_line;
#[cfg(feature = "live")]
mod faults;
mod fixtures;
mod stories;
mod support;
mod support_works;
mod taken_away;
