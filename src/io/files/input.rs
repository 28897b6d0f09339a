//! Reading a snapshot or a config file: a regular file, or standard input, of bounded size.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::io::error::Error;

/// The greatest size of a file that is read, in bytes: 128 MiB.
const LIMIT: u64 = 128 << 20;

/// The text of a file; `-` is standard input. `what` names the file's role in errors, e.g. `snapshot`.
///
/// # Errors
/// The file is missing, is no regular file, is longer than 128 MiB, or is not UTF-8.
pub fn read(path: &Path, what: &str) -> Result<String, Error> {
    let shown = path.display();
    let unreadable = |why: &dyn std::fmt::Display| {
        Error::usage(
            format!("the {what} {shown} can't be read: {why}"),
            format!("give a readable file as {what}, or `-` for standard input"),
        )
    };
    if path.as_os_str() == "-" {
        return text(io::stdin().lock()).map_err(|error| unreadable(&error));
    }
    // Asked before the file is opened: opening a fifo waits for somebody to write into it.
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&plain(&error)))?;
    if !metadata.is_file() {
        return Err(unreadable(&"it isn't a regular file"));
    }
    let file = File::open(path).map_err(|error| unreadable(&plain(&error)))?;
    text(file).map_err(|error| unreadable(&error))
}

fn text(reader: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).map_or(true, |length| length > LIMIT) {
        return Err(io::Error::other("it is longer than 128 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it isn't UTF-8 text"))
}

/// An I/O error in words, without the operating system's number.
pub(super) fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path(), "snapshot").unwrap_err();
        assert!(error.message.contains("isn't a regular file"), "{error}");
    }

    #[test]
    fn oversized_file_is_refused_without_reading_it_whole() {
        let error = text(io::repeat(b' ')).unwrap_err();
        assert!(error.to_string().contains("longer than 128 MiB"));
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        assert!(text([0xff, 0xfe].as_slice()).is_err());
    }
}
