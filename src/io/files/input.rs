//! Reading a snapshot or a config file: a regular file, or standard input, of bounded size.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::io::error::Error;

/// The greatest size of a file that is read, in bytes: 128 MiB.
const LIMIT: u64 = 128 << 20;

/// What stands before a text in UTF-8, where its writer marks it: PowerShell's `Out-File -Encoding utf8`, and Notepad.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// The text of a file, without its byte order mark; `-` is standard input. `what` names the file's role in errors, e.g. `snapshot`.
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
    let refused = |fault: Fault| match fault {
        // PowerShell's `>` writes it: <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding>
        Fault::Utf16 => Error::usage(
            format!("the {what} {shown} is UTF-16, not UTF-8"),
            "save it as UTF-8; in PowerShell, use --record, --output or `| Out-File -Encoding utf8` instead of `>`",
        ),
        other => unreadable(&other),
    };
    if path.as_os_str() == "-" {
        return text(io::stdin().lock(), 0).map_err(refused);
    }
    // Asked before the file is opened: opening a fifo waits for somebody to write into it.
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&plain(&error)))?;
    if !metadata.is_file() {
        return Err(unreadable(&"it isn't a regular file"));
    }
    let file = File::open(path).map_err(|error| unreadable(&plain(&error)))?;
    text(file, metadata.len()).map_err(refused)
}

/// Why what was read is not taken.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it is longer than 128 MiB")]
    TooLong,
    #[error("it is UTF-16, not UTF-8")]
    Utf16,
    #[error("it isn't UTF-8 text")]
    NotText,
}

/// `length` is that of the file, as far as it is known: without it, the buffer doubles as it fills.
fn text(reader: impl Read, length: u64) -> Result<String, Fault> {
    // One more, so that the end is found without growing.
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(LIMIT) + 1).unwrap_or_default());
    reader.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).map_or(true, |length| length > LIMIT) {
        return Err(Fault::TooLong);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Fault::Utf16);
    }
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
    String::from_utf8(bytes).map_err(|_| Fault::NotText)
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

    fn written(bytes: &[u8]) -> Result<String, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path(), "snapshot")
    }

    fn utf16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path(), "snapshot").unwrap_err();
        assert!(error.message.contains("isn't a regular file"), "{error}");
    }

    #[test]
    fn oversized_file_is_refused_without_reading_it_whole() {
        let error = text(io::repeat(b' '), 0).unwrap_err();
        assert!(error.to_string().contains("longer than 128 MiB"));
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        let error = written(&[0x1f, 0x8b, 8, 0]).unwrap_err();
        assert!(error.message.ends_with("can't be read: it isn't UTF-8 text"), "{error}");
    }

    #[test]
    fn utf8_byte_order_mark_is_passed_over() {
        assert_eq!(written(b"\xef\xbb\xbf{}").unwrap(), "{}");
        assert_eq!(written(b"\xef\xbb\xbf").unwrap(), "");
        // One is a mark; a second is a character of the text.
        assert_eq!(written(b"\xef\xbb\xbf\xef\xbb\xbf{}").unwrap(), "\u{feff}{}");
    }

    #[test]
    fn utf16_is_named_with_what_to_do() {
        for bytes in [utf16("{}", u16::to_le_bytes), utf16("{}", u16::to_be_bytes)] {
            let error = written(&bytes).unwrap_err();
            assert!(error.message.ends_with("is UTF-16, not UTF-8"), "{error}");
            assert!(error.help.contains("Out-File -Encoding utf8"), "{}", error.help);
            assert_eq!(error.status, crate::io::exit_status::ExitStatus::Usage);
        }
    }

    #[test]
    fn a_file_is_read_into_a_buffer_of_its_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![b' '; 1 << 20]).unwrap();
        let memory = allocation_counter::measure(|| drop(read(file.path(), "snapshot")));
        assert!(memory.bytes_max < (1 << 20) + 4096, "{memory:?}");
    }
}
