//! What the bytes of an output may be.

/// The colours that the table is written in, and their end.
const COLOURS: [&str; 7] =
    ["\u{1b}[1;32m", "\u{1b}[1;33m", "\u{1b}[1;35m", "\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"];

/// Controls, marks of direction, characters of no width: by a list of its own, so that a hole in the program's is seen.
pub(crate) fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    matches!(code,
        0..=0x1f | 0x7f..=0x9f | 0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f
        | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
        | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

/// No hidden character but the line feed.
#[track_caller]
pub(crate) fn assert_clean(text: &str, what: &str) {
    assert!(!text.contains('\u{fffd}'), "{what}: not UTF-8");
    for line in text.split('\n') {
        if let Some(c) = line.chars().find(|c| is_hidden(*c)) {
            panic!("{what}: {} in {}", c.escape_unicode(), line.escape_debug());
        }
    }
}

/// The text without the program's own colours; any other escape stays.
pub(crate) fn without_colours(text: &str) -> String {
    COLOURS.iter().fold(text.to_owned(), |text, colour| text.replace(colour, ""))
}
