//! What several checks conclude alike. Checks never import one another.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

pub mod administrator;
pub mod billing_region;
pub mod clock;
pub mod documents;
pub mod escalation;
pub mod membership;
pub mod organization;
pub mod own_organization;
pub mod paths;
pub mod role_trust;
pub mod standing;
pub mod subscriber;
pub mod topic;
pub mod trail;
pub mod tristate;
