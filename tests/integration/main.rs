//! `stagecheck` as its users meet it.

#[cfg(feature = "live")]
mod audits;
mod support;
mod support_works;
