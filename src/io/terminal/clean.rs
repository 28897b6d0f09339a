//! Text from an AWS account, made safe to show: whoever may name a resource must not be able to move the cursor, forge a
//! line or turn text around on somebody else's screen.

use std::borrow::Cow;

/// A word of a table's cell that is longer than this loses its middle. No ARN of a well-meant name is as long.
const LONGEST_WORD: usize = 120;
/// A table's cell that is longer than this loses its end; the details have the whole.
const LONGEST_CELL: usize = 400;

/// An error quotes no more than this of a value.
const LONGEST_QUOTE: usize = 80;

/// Whether a character is not seen itself but changes what is seen: controls, separators, marks of direction, characters
/// of no width. Beside the controls these are Unicode's default ignorable characters, which a font draws as nothing.
/// <https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The text with every hidden character as a visible escape, such as `\u{1b}`.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            visible.extend(c.escape_unicode());
        } else {
            visible.push(c);
        }
    }
    Cow::Owned(visible)
}

/// The text in ASCII: signs as those that look alike, any other character as its escape.
pub(crate) fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '✔' => plain.push('+'),
            '✘' => plain.push('x'),
            '·' | '•' => plain.push('*'),
            '–' | '—' | '─' => plain.push('-'),
            '→' => plain.push_str("->"),
            '…' => plain.push_str("..."),
            '“' | '”' => plain.push('"'),
            '‘' | '’' => plain.push('\''),
            c if c.is_ascii() => plain.push(c),
            c => plain.extend(c.escape_unicode()),
        }
    }
    plain
}

/// What an error quotes of a value that somebody wrote: its first line, 80 characters of it. A value that goes on is often
/// one that swallowed the next line, which may be a secret.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    shortened(text.trim().lines().next().unwrap_or_default())
}

/// The first 80 characters.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// The text cut to what a table's cell can bear. The middle of a long word goes, not the end of its sentence.
pub(crate) fn shorten(text: &str) -> String {
    let words: Vec<String> = text.split(' ').map(shorten_word).collect();
    let text = words.join(" ");
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn shorten_word(word: &str) -> String {
    let count = word.chars().count();
    if count <= LONGEST_WORD {
        return word.to_owned();
    }
    let head: String = word.chars().take(LONGEST_WORD / 2).collect();
    let tail: String = word.chars().skip(count - LONGEST_WORD / 4).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::remediation::{Command, Remediation};

    #[test]
    fn hidden_characters_become_visible_and_others_stay() {
        assert_eq!(clean("plain naïve 名前"), "plain naïve 名前");
        assert_eq!(clean("a\u{1b}[2Jb\nc\u{202e}d\u{9b}e\u{feff}"), "a\\u{1b}[2Jb\\u{a}c\\u{202e}d\\u{9b}e\\u{feff}");
    }

    #[test]
    fn every_mark_that_turns_text_around_is_hidden() {
        let marks = ('\u{200b}'..='\u{200f}').chain('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for mark in marks.chain(['\u{2028}', '\u{2029}', '\u{feff}', '\u{7f}', '\u{85}', '\u{61c}']) {
            assert!(is_hidden(mark), "{}", mark.escape_unicode());
        }
    }

    #[test]
    fn a_command_that_was_made_is_never_changed() {
        for c in
            ('\0'..='\u{2fff}').filter(|c| matches!(c, '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{206f}' | ..='\u{1f}'))
        {
            let remedy = Remediation::new("x").run(Command::aws("sns", "x").word(&c.to_string())).finished();
            for command in remedy.commands {
                assert_eq!(clean(&command), *command);
            }
        }
    }

    #[test]
    fn long_word_loses_its_middle_and_sentence_its_end() {
        let name = "x".repeat(2_000);
        let short = shorten(&format!("the trail {name} does not log"));
        assert!(short.ends_with(" does not log") && short.chars().count() < 200, "{short}");
        assert_eq!(shorten(&"word ".repeat(500)).chars().count(), LONGEST_CELL + 1);
    }
}
