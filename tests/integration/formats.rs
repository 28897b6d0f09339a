//! Reports in every format, held to what reads them.

mod junit;
mod outputs;

use clap::ValueEnum;
use stagecheck::cli::formats::Format;

/// The names of all formats on the command line.
pub(crate) fn names() -> Vec<String> {
    let values = Format::value_variants().iter().map(|format| format.to_possible_value().unwrap());
    values.map(|value| value.get_name().to_owned()).collect()
}
