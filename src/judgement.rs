//! What several checks conclude alike. Checks never import one another.

pub mod subscriber;
pub mod sure;
pub mod topic;
