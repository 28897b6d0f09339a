//! `stagecheck` as its users meet it.

#[cfg(feature = "live")]
mod audits;
mod stories;
mod support;
mod support_works;
