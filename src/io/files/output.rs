//! Writing a report or a snapshot: the place is tried before the work, and a file is replaced whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::input::plain;
use crate::io::error::Error;
use crate::io::platform;

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner only (mode 0600; on Windows, whoever may read the folder).
    Private,
    /// Whoever the process's umask allows.
    Usual,
}

/// A file that is to be written once the work is done.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    access: Access,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// In this folder: a new file beside the target, which takes the target's name at the end. It is made only then, so that an
    /// audit that is interrupted, however it is, leaves nothing behind.
    Beside(PathBuf),
    /// The target itself, where it is a device or a pipe.
    Itself(File),
}

impl Output {
    /// Makes sure that `path` can be written, and leaves what is there untouched.
    ///
    /// # Errors
    /// The folder is missing or cannot be written, or `path` is a folder.
    pub fn open(path: &Path, access: Access) -> Result<Self, Error> {
        let place = Output::place(path, access).map_err(|error| unwritable(path, &error))?;
        Ok(Output { path: path.to_owned(), access, place })
    }

    fn place(path: &Path, access: Access) -> io::Result<Place> {
        let target = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::Error::other("it is a directory")),
            Ok(metadata) if !metadata.is_file() => {
                return Ok(Place::Itself(OpenOptions::new().write(true).open(path)?));
            }
            Ok(metadata) if metadata.permissions().readonly() => return Err(io::Error::other("it is read-only")),
            // A link keeps pointing where it did: its target is what is replaced.
            Ok(_) => path.canonicalize()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
        };
        let folder = match target.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // Whether a file can be made there, only making one tells.
        beside(folder, access)?.close()?;
        Ok(Place::Beside(folder.to_owned()))
    }

    /// Writes the file, and gives it its name once all of it is on disk.
    ///
    /// # Errors
    /// The disk is full, or the folder has changed since; what stood there before is untouched.
    pub fn finish(self, contents: &[u8]) -> Result<(), Error> {
        let Output { path, access, place } = self;
        let written = match place {
            Place::Itself(mut file) => file.write_all(contents).and_then(|()| file.flush()),
            Place::Beside(folder) => beside(&folder, access).and_then(|file| replace(&path, file, contents)),
        };
        written.map_err(|error| unwritable(&path, &error))
    }
}

/// A new file in this folder, gone with this value.
fn beside(folder: &Path, access: Access) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".stagecheck-");
    if access == Access::Usual {
        platform::readable_as_usual(&mut builder);
    }
    builder.tempfile_in(folder)
}

/// Gives the file the target's name once its contents are on disk.
fn replace(path: &Path, mut file: NamedTempFile, contents: &[u8]) -> io::Result<()> {
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    file.persist(target).map(drop).map_err(|error| error.error)
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::usage(
        format!("{} can't be written: {}", path.display(), plain(error)),
        "name a file in a directory that exists and that you can write to",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_it_is_finished_the_old_file_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        std::fs::write(&path, "old").unwrap();
        let output = Output::open(&path, Access::Usual).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        output.finish(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn until_it_is_finished_there_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        // Not dropped: a program that is killed cleans nothing up.
        let output = Output::open(&folder.path().join("report.json"), Access::Usual).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        output.finish(b"new").unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_found_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let error = Output::open(&folder.path().join("no/report.json"), Access::Usual).unwrap_err();
        assert!(error.message.contains("no such file or directory"), "{error}");
    }
}
