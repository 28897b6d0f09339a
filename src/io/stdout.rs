//! Standard output.

use std::io::{self, Write};

use super::error::Error;
use super::exit_status::ExitStatus;

/// Prints an answer. It is put together first, since a closed pipe is no error and everything else is.
pub(crate) fn print(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<ExitStatus, Error> {
    let mut text = Vec::new();
    write(&mut text).map_err(|error| unprintable(&error))?;
    to_stdout(&text)?;
    Ok(ExitStatus::Ready)
}

/// Writes to standard output. Whoever closed the pipe has read enough.
pub(crate) fn to_stdout(text: &[u8]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unprintable(&error)),
        _ => Ok(()),
    }
}

pub(crate) fn unprintable(error: &io::Error) -> Error {
    Error::usage(format!("the output can't be written: {error}"), "check that there is room on the disk")
}
