//! The source of this crate, for tests that hold its shape.

use std::path::{Path, PathBuf};

/// A file of `src`.
pub(crate) struct Source {
    /// Its path from `src` on, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    /// Its lines that are no tests and no comments, with their numbers.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let product = self.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        product
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Every file that is not compiled for tests alone.
pub(crate) fn product() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&src, &mut paths);
    let sources = paths.into_iter().map(|path| Source {
        text: std::fs::read_to_string(&path).unwrap(),
        path: path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"),
    });
    let sources: Vec<Source> = sources.collect();
    let for_tests: Vec<String> = sources.iter().flat_map(modules_for_tests).collect();
    sources
        .into_iter()
        .filter(|source| {
            let module = source.path.trim_end_matches(".rs");
            !for_tests.iter().any(|test| module == test || module.starts_with(&format!("{test}/")))
        })
        .collect()
}

/// The modules that a file declares for tests alone, as paths from `src` on.
fn modules_for_tests(source: &Source) -> Vec<String> {
    let own = source.path.trim_end_matches(".rs");
    let folder = if matches!(own, "lib" | "main") { String::new() } else { format!("{own}/") };
    let mut declared = Vec::new();
    let mut for_tests = false;
    for line in source.text.lines().map(str::trim) {
        match line.strip_suffix(';').and_then(|line| line.split_once("mod ")) {
            Some((_, name)) if for_tests => declared.push(format!("{folder}{name}")),
            _ => {}
        }
        for_tests = line == "#[cfg(test)]" || for_tests && line.starts_with("#[");
    }
    declared
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
