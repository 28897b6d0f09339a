//! What a terminal needs: colour, width, and text that cannot harm it.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::IsTerminal;

use clap::ValueEnum;

use crate::io::platform;

mod clean;
mod page;

#[cfg(feature = "live")]
pub(crate) use clean::shortened;
pub(crate) use clean::{ascii, clean, is_hidden, quoted, shorten};
pub(crate) use page::{Lead, Page, wrap};

/// The width of a pipe or a file, and of a terminal that does not tell.
const WIDTH: usize = 80;
/// Below this a table has no room for words: the checks stand one below the other.
const NARROW: usize = 60;
/// Below this a line has no room for words.
const NARROWEST: usize = 20;
/// Beyond this a line of prose is hard to follow.
const WIDEST: usize = 120;

/// When to colour: `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that can, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always, whatever `NO_COLOR` says.
    Always,
    /// Never.
    Never,
}

/// How text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are written.
    pub colour: bool,
    /// How many columns a line may have.
    pub width: usize,
    /// Whether the terminal is told in ASCII alone.
    pub ascii: bool,
    /// Whether the terminal has links (OSC 8).
    pub links: bool,
}

/// What a colour says. Nothing is ever said by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// As it must be.
    Good,
    /// Should be better.
    Careful,
    /// Not known.
    Open,
    /// Not as it must be.
    Bad,
    /// A heading.
    Strong,
    /// A label.
    Faint,
    /// Text as it is.
    Plain,
}

impl Style {
    /// The style of a pipe or a file: no colour, 80 columns.
    #[must_use]
    pub const fn plain() -> Self {
        Style { colour: false, width: WIDTH, ascii: false, links: false }
    }

    /// The style of standard output, as the operator and the environment want it.
    #[must_use]
    pub fn of_stdout(choice: ColorChoice) -> Self {
        let variable = |name| std::env::var_os(name);
        let stdout = std::io::stdout();
        let terminal = stdout.is_terminal() && platform::takes_escapes();
        let columns = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
        Style {
            colour: colour(choice, terminal, variable("NO_COLOR").as_deref(), variable("TERM").as_deref()),
            width: width(columns),
            ascii: ["LC_ALL", "LC_CTYPE", "LANG"]
                .into_iter()
                .filter_map(variable)
                .find(|it| !it.is_empty())
                .is_some_and(|it| is_ascii(&it)),
            links: terminal && choice != ColorChoice::Never && supports_hyperlinks::supports_hyperlinks(),
        }
    }

    /// `text` as a link to a page, where the terminal has links. <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>
    pub(crate) fn link(&self, page: &str, text: &str) -> String {
        if self.links { format!("\u{1b}]8;;{page}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\") } else { text.to_owned() }
    }

    /// Whether a table has no room beside itself.
    pub(crate) fn is_narrow(&self) -> bool {
        self.width < NARROW
    }

    /// The text as this terminal can show it: hidden characters as escapes, and where it takes ASCII only, signs as their
    /// likes there and all others as escapes, too.
    pub(crate) fn visible<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match clean(text) {
            text if self.ascii && !text.is_ascii() => Cow::Owned(ascii(&text)),
            text => text,
        }
    }

    /// `text` in its colour, where colours are written.
    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Good => "1;32",
            Paint::Careful => "1;33",
            Paint::Open => "1;35",
            Paint::Bad => "1;31",
            Paint::Strong => "1",
            Paint::Faint => "2",
            Paint::Plain => return text.to_owned(),
        };
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// An explicit choice beats `NO_COLOR` (<https://no-color.org>), which counts when it is not empty.
fn colour(choice: ColorChoice, terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && no_color.is_none_or(OsStr::is_empty) && term.is_none_or(|term| term != "dumb"),
    }
}

/// Whether a locale's name is one whose characters are not those of Unicode: `C`, `POSIX`, or with another code set than UTF-8. Without
/// one in the environment, the terminal is taken for a modern one.
fn is_ascii(locale: &OsStr) -> bool {
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    !(locale.contains("utf-8") || locale.contains("utf8"))
}

/// A terminal of no width is one that does not tell.
fn width(columns: Option<usize>) -> usize {
    columns.filter(|columns| *columns > 0).unwrap_or(WIDTH).clamp(NARROWEST, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(terminal: bool, no_color: Option<&str>, term: Option<&str>) -> bool {
        colour(ColorChoice::Auto, terminal, no_color.map(OsStr::new), term.map(OsStr::new))
    }

    #[test]
    fn colour_is_for_terminals_that_can_and_operators_who_want_it() {
        assert!(auto(true, None, Some("xterm")));
        assert!(auto(true, Some(""), None), "an empty NO_COLOR does not count");
        assert!(!auto(true, Some("1"), Some("xterm")));
        assert!(!auto(true, None, Some("dumb")));
        assert!(!auto(false, None, Some("xterm")), "a pipe");
    }

    #[test]
    fn an_explicit_choice_beats_the_environment() {
        let no_color = Some(OsStr::new("1"));
        assert!(colour(ColorChoice::Always, false, no_color, Some(OsStr::new("dumb"))));
        assert!(!colour(ColorChoice::Never, true, None, None));
    }

    #[test]
    fn a_pipe_is_80_wide_and_a_terminal_is_as_wide_as_one_can_read() {
        assert_eq!(width(None), 80);
        assert_eq!(width(Some(0)), 80);
        assert_eq!(width(Some(100)), 100);
        assert_eq!(width(Some(10)), 20);
        assert_eq!(width(Some(35)), 35);
        assert_eq!(width(Some(400)), 120);
    }

    #[test]
    fn locale_without_utf_8_is_told_in_ascii() {
        for (locale, expected) in [
            ("C", true),
            ("POSIX", true),
            ("en_US.ISO-8859-1", true),
            ("de_DE@euro", true),
            ("C.UTF-8", false),
            ("en_US.utf8", false),
        ] {
            assert_eq!(is_ascii(OsStr::new(locale)), expected, "{locale}");
        }
        let style = Style { ascii: true, ..Style::plain() };
        assert_eq!(style.visible("✔ a → b… é\u{1b}"), "+ a -> b... \\u{e9}\\u{1b}");
        assert_eq!(Style::plain().visible("✔ é"), "✔ é");
    }

    #[test]
    fn without_colour_paint_changes_nothing() {
        assert_eq!(Style::plain().paint(Paint::Bad, "FAIL"), "FAIL");
        let coloured = Style { colour: true, ..Style::plain() };
        assert_eq!(coloured.paint(Paint::Bad, "FAIL"), "\u{1b}[1;31mFAIL\u{1b}[0m");
    }
}
