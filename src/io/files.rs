//! Files that the operator names: what is read is bounded, what is written is written whole or not at all.

mod input;
mod output;

pub use input::read;
pub use output::{Access, Output};
