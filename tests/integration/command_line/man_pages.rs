//! Man pages: one a command, and roff that two formatters take without a word.

use std::path::PathBuf;

use super::refusal;
use crate::support::run::{Ran, Run};
use crate::support::tools::tool;

fn written() -> (Ran, Vec<PathBuf>) {
    let ran = Run::stagecheck(["man", "--dir", "share/man/man1"]).expect(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(ran.path("share/man/man1")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    (ran, pages)
}

#[test]
fn a_page_of_each_command_is_written_to_a_folder_that_is_made() {
    let (_ran, pages) = written();
    let names: Vec<_> = pages.iter().map(|page| page.file_name().unwrap().to_str().unwrap()).collect();
    for name in
        ["stagecheck.1", "stagecheck-audit.1", "stagecheck-explain.1", "stagecheck-iam-policy.1", "stagecheck-man.1"]
    {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
}

#[test]
fn the_printed_page_is_the_written_one() {
    let (ran, _) = written();
    for (args, file) in [(vec!["man"], "stagecheck.1"), (vec!["man", "audit"], "stagecheck-audit.1")] {
        assert_eq!(Run::stagecheck([]).args(args).expect(0).stdout, ran.wrote(&format!("share/man/man1/{file}")));
    }
}

#[test]
fn groff_formats_every_page_without_a_warning() {
    let Some(groff) = tool("groff") else { return };
    let (_ran, pages) = written();
    let path = std::env::var_os("PATH").unwrap_or_default();
    for page in pages {
        let run = Run::program(&groff)
            .args(["-man", "-ww", "-Kutf8", "-Tutf8", "-P-c", "-P-b", "-P-o", "-P-u"])
            .arg(&page)
            .env("PATH", &path);
        let formatted = run.expect(0);
        assert_eq!(formatted.stderr, "", "{}", page.display());
        assert!(formatted.stdout.contains("SYNOPSIS"), "{}", page.display());
    }
}

#[test]
fn mandoc_finds_nothing_but_what_the_library_is_known_for() {
    let Some(mandoc) = tool("mandoc") else { return };
    let (_ran, pages) = written();
    for page in pages {
        let lint = Run::program(&mandoc).args(["-T", "lint", "-W", "warning"]).arg(&page).whatever().stdout;
        // No date, so that a page is the same whenever it is made; an empty paragraph where a value has no default.
        let known = ["missing date", "skipping paragraph macro: br "];
        let found: Vec<&str> = lint.lines().filter(|line| !known.iter().any(|known| line.contains(known))).collect();
        assert_eq!(found, Vec::<&str>::new());
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    let (error, _) = refusal(&Run::stagecheck(["man", "--dir", "/proc/man"]).expect(2));
    assert!(error.starts_with("error: the directory /proc/man can't be created: "), "{error}");
    let ran = Run::stagecheck(["man", "audit", "--dir", "man"]).expect(2);
    assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
}
