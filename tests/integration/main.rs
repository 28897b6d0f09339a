//! `stagecheck` as its users meet it.

mod support;
mod support_works;
