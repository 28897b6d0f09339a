//! The README cannot lie: what it shows is what the program prints.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use stagecheck::checks::{ORG_FOUNDATION, SINGLE_ACCOUNT, STAGES};
use stagecheck::commands::explain::{markdown_table, page};
use stagecheck::io::exit_status::ExitStatus;
use stagecheck::model::check::Check;

use crate::support::run::Run;

mod demo;

/// The README, and the pages that go deeper.
fn pages() -> Vec<PathBuf> {
    let deeper = std::fs::read_dir("docs").unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = deeper.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.push("README.md".into());
    pages.sort();
    pages
}

fn readme() -> String {
    std::fs::read_to_string("README.md").unwrap()
}

/// Whether the pages are to be written anew, not held.
fn updating() -> bool {
    std::env::var_os("UPDATE_README").is_some()
}

/// Pages are written by one test at a time.
static WRITING: Mutex<()> = Mutex::new(());

/// Holds that a page stands as it is to be, or writes it where it is to be written.
fn hold(page: &Path, stands: &str, is_to_be: &str) {
    if updating() {
        std::fs::write(page, is_to_be).unwrap();
    } else {
        assert_eq!(stands, is_to_be, "{}: run the tests of the README with UPDATE_README=1", page.display());
    }
}

#[test]
fn the_table_of_checks_is_generated_from_the_checks_own_text() {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let (from, to) = ("<!-- checks -->\n", "<!-- end of checks -->");
    let readme = readme();
    let (before, rest) = readme.split_once(from).unwrap();
    let (_, after) = rest.split_once(to).unwrap();
    let table = markdown_table(&SINGLE_ACCOUNT);
    hold(Path::new("README.md"), &readme, &format!("{before}{from}{}\n{to}{after}", table.trim()));
}

#[test]
fn the_table_of_the_organizations_checks_is_generated_too() {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new("docs/org-foundation.md");
    let (from, to) = ("<!-- checks -->\n", "<!-- end of checks -->");
    let stands = std::fs::read_to_string(path).unwrap();
    let (before, rest) = stands.split_once(from).unwrap();
    let (_, after) = rest.split_once(to).unwrap();
    let table = markdown_table(&ORG_FOUNDATION).replace("docs/checks/", "checks/");
    hold(path, &stands, &format!("{before}{from}{}\n{to}{after}", table.trim()));
}

#[test]
fn the_page_of_a_check_is_generated_from_its_own_text() {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let checks: BTreeMap<&str, &Check> =
        STAGES.iter().flat_map(|stage| stage.checks).map(|check| (check.id, *check)).collect();
    for check in checks.values() {
        let path = PathBuf::from(format!("docs/checks/{}.md", check.id));
        let stands = std::fs::read_to_string(&path).unwrap_or_default();
        hold(&path, &stands, &page(check));
    }
    let pages = std::fs::read_dir("docs/checks").unwrap().count();
    assert_eq!(pages, checks.len(), "a page without a check");
}

/// What the page about the architecture names exists: a room as a directory or file, anything else as a word of the source.
#[test]
fn architecture_names_what_exists() {
    let page = std::fs::read_to_string("docs/architecture.md").unwrap();
    let mut source = String::new();
    let mut open = vec![PathBuf::from("src")];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                source.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let spans = page.split('`').skip(1).step_by(2);
    let missing: Vec<&str> = spans
        .filter(|span| {
            let path = span.replace("::", "/");
            let exists = |path: &str| Path::new(path).exists();
            let stands = exists(span) || exists(&format!("src/{path}")) || exists(&format!("src/{path}.rs"));
            !stands && span.split([':', ' ', '(', '&']).filter(|word| word.len() > 1).any(|word| !source.contains(word))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_exit_status_is_in_the_table() {
    let readme = readme();
    for status in
        [ExitStatus::Ready, ExitStatus::NotReady, ExitStatus::Usage, ExitStatus::Undetermined, ExitStatus::NoAudit]
    {
        assert!(readme.contains(&format!("\n| {} | ", status.code())), "{status:?}");
    }
}

#[test]
fn the_demo_is_what_the_first_command_prints() {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let command = "audit --snapshot fixtures/accounts/alarm-in-the-wrong-region.json";
    assert!(readme().contains(&format!("cargo run --locked --no-default-features -- {command}\n")));
    let printed = printed(&format!("<!-- picture: stagecheck --color always {command} --> <!-- exits 1 -->"));
    let path = Path::new("docs/demo.svg");
    let stands = std::fs::read_to_string(path).unwrap_or_default();
    hold(path, &stands, &demo::svg(&format!("stagecheck {command}"), &printed));
}

/// `<!-- picture: stagecheck ARGS -->` stands before all that this prints; `<!-- head: stagecheck ARGS -->` before the table and the
/// verdict. A number after the marks' end is the exit status, if
/// it is not 0: `<!-- picture: stagecheck ARGS --> <!-- exits 1 -->`.
#[test]
fn every_picture_is_what_its_command_prints() {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut held = 0;
    for page in pages() {
        let stands = std::fs::read_to_string(&page).unwrap();
        let mut is_to_be = String::new();
        let mut rest = stands.as_str();
        while let Some((start, whole)) = next_picture(rest) {
            let (before, picture) = rest.split_at(start);
            let (mark, after) = picture.split_once('\n').unwrap();
            let end = after.find(END).unwrap_or_else(|| panic!("{}: {mark} has no end", page.display()));
            let fence = after.lines().next().filter(|line| line.starts_with("```")).unwrap_or("```text");
            let language = fence.trim_start_matches('`');
            let printed = printed(mark);
            let shown = if whole { printed } else { head(&printed) };
            // What is printed may be Markdown with fences of its own.
            let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
            let fence = "`".repeat((longest + 1).max(3));
            write!(is_to_be, "{before}{mark}\n{fence}{language}\n{}\n{fence}\n{END}", shown.trim_end()).unwrap();
            rest = after.get(end + END.len()..).unwrap();
            held += 1;
        }
        is_to_be.push_str(rest);
        hold(&page, &stands, &is_to_be);
    }
    assert!(held > 0, "no page has a picture");
}

const END: &str = "<!-- end of picture -->";

/// Where the next picture's mark stands, and whether it is of all that is printed.
fn next_picture(text: &str) -> Option<(usize, bool)> {
    let whole = text.find("<!-- picture: ").map(|at| (at, true));
    let head = text.find("<!-- head: ").map(|at| (at, false));
    whole.into_iter().chain(head).min()
}

/// What the command in a mark prints.
fn printed(mark: &str) -> String {
    let (_, command) = mark.split_once(": ").unwrap();
    let (command, rest) = command.split_once(" -->").unwrap();
    let status = rest.split_once("exits ").map_or(0, |(_, status)| status.trim_end_matches(" -->").parse().unwrap());
    let words = shell_words::split(command).unwrap();
    let (program, args) = words.split_first().unwrap();
    assert_eq!(program, "stagecheck", "{mark}");
    let run = Run::stagecheck([]).args(args);
    // A run's working folder is its own; the reader's is the repository, and what is printed may hold a file's name.
    std::os::unix::fs::symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"), run.path("fixtures")).unwrap();
    run.expect(status).stdout
}

/// The table and the verdict.
fn head(printed: &str) -> String {
    let is_marked = |line: &&str| ["✔ ", "✘ ", "? ", "! "].iter().any(|mark| line.starts_with(mark));
    let table: Vec<&str> = printed.lines().take_while(|line| !is_marked(line)).collect();
    let verdict = printed.lines().rfind(is_marked).unwrap();
    format!("{}\n\n…\n\n{verdict}", table.join("\n").trim_end())
}
