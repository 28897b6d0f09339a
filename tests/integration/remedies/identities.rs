//! Users and roles.
