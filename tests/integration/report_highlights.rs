//! What a report lets its reader see at once: where a message gets lost, and in which region each thing is.

mod path;
mod regions;
