//! What several checks conclude alike. Checks never import one another.

pub mod administrator;
pub mod documents;
pub mod sure;
