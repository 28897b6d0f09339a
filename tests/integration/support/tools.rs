//! Programs that a test asks for and a developer's machine may lack. CI installs them all, and says so by `STAGECHECK_TOOLS=required`;
//! elsewhere a test that misses one tells so on standard error, past what the test harness captures.

use std::io::Write;
use std::path::PathBuf;

/// The program, if it is there.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        let missing = format!("{name} is not installed (Debian, Ubuntu: `apt-get install {name}`)");
        assert!(std::env::var_os("STAGECHECK_TOOLS").is_none(), "{missing}");
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        let _ = writeln!(std::io::stderr(), "NOT HELD by {test}: {missing}");
    }
    found
}
