//! `stagecheck` as its users meet it.

#[cfg(feature = "live")]
mod audits;
mod command_line;
mod fixtures;
mod stories;
mod support;
mod support_works;
mod taken_away;
