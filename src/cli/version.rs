//! What `--version` prints.

/// Version, and what the program was built from.
pub(super) const LONG: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("STAGECHECK_BUILD"), ")");
