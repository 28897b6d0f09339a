//! Words that stay words. Backslashes do not do: GitHub finds mentions, references and addresses in the text that is left when they are
//! gone. In code it looks for none of these. So a word that is not plainly a word is written as code, and plain words as they are.

use std::borrow::Borrow;

use crate::io::terminal::clean;

/// What may stand behind a word and is no markup there.
const BEHIND: [char; 6] = [',', '.', ';', ':', ')', '\''];
/// From here on a number or a hexadecimal word could be a commit's.
const COMMIT: usize = 7;

/// A text in which nothing is markup. Our own sentences quote names and commands with backticks: these are code too.
pub(crate) fn text(text: &str) -> String {
    let text = clean(text);
    let parts: Vec<&str> = text.split('`').collect();
    if !is_quoted(&parts) {
        return words(&text);
    }
    let parts = parts.into_iter().enumerate();
    parts.map(|(place, part)| if place % 2 == 0 { words(part) } else { code(part) }).collect()
}

/// Whether every second part is a quotation, with nothing close by that is written as code too: ticks that touch are other ticks.
fn is_quoted(parts: &[&str]) -> bool {
    let last = parts.len().saturating_sub(1);
    last.is_multiple_of(2)
        && parts.iter().enumerate().all(|(place, part)| {
            let before = place == last || part.is_empty() && place == 0 || part.ends_with([' ', '(']);
            let behind =
                place == 0 || part.split(' ').next().is_some_and(|word| word.trim_end_matches(BEHIND).is_empty());
            if place % 2 == 0 { before && behind } else { !part.trim().is_empty() }
        })
}

fn words(text: &str) -> String {
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The same in a table. No parser agrees with another on a pipe behind a backslash, so none is left; the details have it.
pub(super) fn cell(cell: &str) -> String {
    text(&cell.replace('|', "¦"))
}

/// A text as code, whatever it is.
pub(crate) fn code(text: &str) -> String {
    let text = clean(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    // Blanks on both sides are not shown, and keep ticks of the text apart from the fence.
    let blank = if text.contains('`') || text.starts_with(' ') || text.ends_with(' ') { " " } else { "" };
    format!("{ticks}{blank}{text}{blank}{ticks}")
}

/// Lines as a block of code.
pub(super) fn fence(language: &str, lines: &[impl Borrow<str>]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| clean(line.borrow())).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let ticks = "`".repeat((longest + 1).max(3));
    format!("{ticks}{language}\n{}\n{ticks}", lines.join("\n"))
}

fn word(word: &str) -> String {
    // Between the steps through the console.
    if word == ">" {
        return "\\>".to_owned();
    }
    let open = word.strip_prefix('(').map_or("", |_| "(");
    let rest = word.strip_prefix('(').unwrap_or(word);
    let core = rest.trim_end_matches(BEHIND);
    let behind = rest.strip_prefix(core).unwrap_or_default();
    if core.is_empty() || is_plain(core) {
        // A number with a point would begin a list.
        let number = !core.is_empty() && core.chars().all(|c| c.is_ascii_digit()) && behind.starts_with(['.', ')']);
        let escape = if number { "\\" } else { "" };
        return format!("{open}{core}{escape}{behind}");
    }
    format!("{open}{}{behind}", code(core))
}

/// Letters, with a hyphen or an apostrophe between, or letters and digits without: `GH-12` is a reference.
fn is_plain(word: &str) -> bool {
    let letters = word.split(['-', '\'']).all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic));
    let commit = word.len() >= COMMIT && word.chars().all(|c| c.is_ascii_hexdigit());
    (letters || word.chars().all(char::is_alphanumeric)) && !commit || SYMBOLS.contains(&word)
}

/// The symbols of the statuses, and of a sentence that goes on.
const SYMBOLS: [&str; 7] = ["✔", "!", "?", "✘", "…", "→", "–"];

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
