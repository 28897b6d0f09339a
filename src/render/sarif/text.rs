//! Text of an account inside SARIF: it shows itself, and is no link, no placeholder and no path.

use serde::Serialize;

use crate::io::terminal::clean;

/// A plain text message.
#[derive(Serialize)]
pub(super) struct Message {
    text: String,
}

impl Message {
    pub(super) fn new(text: &str) -> Self {
        Message { text: plain(text) }
    }

    /// One line each, whatever line feeds are in them.
    pub(super) fn of_lines(lines: &[String]) -> Self {
        Message { text: lines.iter().map(|line| plain(line)).collect::<Vec<_>>().join("\n") }
    }
}

/// A brace begins a placeholder unless it is doubled (3.11.5), and `[text](target)` is a link (3.11.6).
pub(super) fn plain(text: &str) -> String {
    clean(text).replace('{', "{{").replace('}', "}}").replace("](", "]\\(")
}

/// A segment of a path, whatever the text.
pub(super) fn segment(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(64).collect()
}
