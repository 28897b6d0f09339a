//! `stagecheck` as its users meet it.

#[cfg(feature = "live")]
mod audits;
#[cfg(feature = "live")]
mod faults;
mod support;
mod support_works;
