//! The test support, tested: what it promises to the end-to-end tests.

mod accounts;
mod certificates;
mod edited;
mod emulators;
#[cfg(feature = "live")]
mod organizations;
mod proxied;
mod runs;
