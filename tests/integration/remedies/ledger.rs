//! No remedy is left out.
