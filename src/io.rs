//! What every program needs and AWS has no part in: errors, exit codes, files, the terminal, the operating system.

pub mod error;
pub mod exit_status;
pub(crate) mod files;
pub(crate) mod platform;
pub(crate) mod stdout;
pub(crate) mod suggest;
pub mod terminal;
