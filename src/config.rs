//! What the operator expects and answers for: settings, the config file, waivers as written.

pub(crate) mod file;
pub mod settings;
pub mod waivers;
