//! The names of tests: short enough to be searched for.

use std::path::{Path, PathBuf};

/// The most characters of a name.
const LONGEST: usize = 60;

#[test]
fn names_of_tests_have_at_most_60_characters() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut open, mut count, mut long) = (vec![root.join("src"), root.join("tests/integration")], 0, Vec::new());
    while let Some(directory) = open.pop() {
        let paths: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        let (directories, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
        open.extend(directories);
        for file in files.iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
            let text = std::fs::read_to_string(file).unwrap();
            let names = names(&text);
            count += names.len();
            long.extend(
                names.into_iter().filter(|name| name.len() > LONGEST).map(|name| format!("{}: {name}", file.display())),
            );
        }
    }
    assert!(count > 1_000, "{count} tests");
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The functions below a `#[test]` or `#[tokio::test…]`.
fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line == "#[test]" || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
            names.extend(rest.split('(').next());
            is_test = false;
        }
    }
    names
}
