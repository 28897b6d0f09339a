//! What several checks conclude alike. Checks never import one another.

pub mod sure;
