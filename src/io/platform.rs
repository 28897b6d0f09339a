//! Where Linux, macOS and Windows differ. What is not the same everywhere stands here, each beside its counterpart; a test holds that
//! no other file asks for which system it is built.
//!
//! What needs nothing here, since Rust's standard library and the SDK see to it: whoever closes a pipe is `ErrorKind::BrokenPipe`
//! everywhere (Rust ignores SIGPIPE); the Windows console is written in its own encoding; the home folder is `HOME` or `USERPROFILE`;
//! Ctrl-C ends the program as the system ends any other, which a Unix shell tells as 130 and Windows as `STATUS_CONTROL_C_EXIT`,
//! and it leaves no file behind since files are made last.

#[cfg(feature = "live")]
use std::process::Command;

use tempfile::Builder;

/// The exit status after Ctrl-C, as a Unix shell tells it.
#[cfg(feature = "live")]
pub const INTERRUPTED: i32 = 130;

/// A line of the system's shell.
#[cfg(all(feature = "live", not(windows)))]
pub fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

/// `cmd.exe` takes the line as it is, in quotes of its own.
#[cfg(all(feature = "live", windows))]
pub fn shell(line: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut command = Command::new("cmd.exe");
    command.arg("/C").raw_arg(format!("\"{line}\""));
    command
}

/// Lets the process's umask decide who may read a file that is made with this builder, as for any other new file; without this, its
/// owner alone may (mode 0600).
#[cfg(unix)]
pub fn readable_as_usual(builder: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

/// On Windows, access follows from the folder in which a file is made, private files included.
#[cfg(not(unix))]
pub fn readable_as_usual(_builder: &mut Builder<'_, '_>) {}

/// Whether a terminal takes escape sequences for colours: every one of Unix but `TERM=dumb`, which is asked elsewhere. The console
/// of Windows does once it is told to.
#[cfg(not(windows))]
pub fn takes_escapes() -> bool {
    true
}

/// Tells the console to take escape sequences, and whether it does: before Windows 10 it cannot.
#[cfg(windows)]
pub fn takes_escapes() -> bool {
    anstyle_query::windows::enable_ansi_colors().unwrap_or(false)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use crate::io::files::{Access, Output, read};

    #[test]
    fn a_private_file_can_be_read_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("snapshot.json");
        Output::open(&path, Access::Private).unwrap().finish(b"{}").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn another_file_can_be_read_by_whom_the_umask_allows() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, usual) = (folder.path().join("report.json"), folder.path().join("usual"));
        Output::open(&ours, Access::Usual).unwrap().finish(b"{}").unwrap();
        std::fs::write(&usual, "{}").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }

    #[test]
    fn a_link_keeps_pointing_where_it_did() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        std::fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        Output::open(&link, Access::Usual).unwrap().finish(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_device_without_an_end_is_refused() {
        let error = read(Path::new("/dev/zero"), "snapshot").unwrap_err();
        assert!(error.message.contains("n't a regular file"), "{error}");
    }
}

#[cfg(test)]
mod elsewhere {
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    #[test]
    fn no_other_file_asks_for_which_system_it_is_built() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        assert!(files.len() > 50, "{files:?}");
        for file in files.iter().filter(|file| !file.ends_with("io/platform.rs")) {
            let text = std::fs::read_to_string(file).unwrap();
            for asked in
                ["cfg(unix", "cfg(windows", "not(unix", "not(windows", "target_os", "target_family", "std::os::"]
            {
                assert!(!text.contains(asked), "{}: {asked}", file.display());
            }
        }
    }
}
