//! Writes text line by line: cleaned, wrapped by words, indented. Everything that is shown to a person goes through here,
//! so that nothing from an account reaches a terminal as it came.

use std::io::{self, Write};

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

use super::{Paint, Style};

/// However far something is indented, so many columns are left for its words.
const LEAST_ROOM: usize = 20;

/// What stands before a text: its lines hang beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lead<'a> {
    /// The words.
    pub(crate) text: &'a str,
    /// Their colour.
    pub(crate) paint: Paint,
    /// The columns that they take, blanks included.
    pub(crate) columns: usize,
}

impl<'a> Lead<'a> {
    /// A label, such as `console`.
    pub(crate) const fn label(text: &'a str, columns: usize) -> Self {
        Lead { text, paint: Paint::Faint, columns }
    }
}

/// A page that is being written.
pub(crate) struct Page<'a> {
    style: &'a Style,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    /// A page without a line yet.
    pub(crate) fn new(style: &'a Style, out: &'a mut dyn Write) -> Self {
        Page { style, out }
    }

    /// How it looks.
    pub(crate) fn style(&self) -> &Style {
        self.style
    }

    /// An empty line.
    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading.
    pub(crate) fn heading(&mut self, text: &str) -> io::Result<()> {
        self.painted(0, Paint::Strong, text)
    }

    /// A heading with a line to the edge of the page, where something new begins.
    pub(crate) fn rule(&mut self, text: &str) -> io::Result<()> {
        for line in wrap(&self.style.visible(text), self.room(6)) {
            let dash = if self.style.ascii { "-" } else { "─" };
            let rest = dash.repeat(self.style.width.saturating_sub(line.width() + 4));
            writeln!(self.out, "{dash}{dash} {} {rest}", self.style.paint(Paint::Strong, &line))?;
        }
        Ok(())
    }

    /// A paragraph.
    pub(crate) fn text(&mut self, indent: usize, text: &str) -> io::Result<()> {
        self.painted(indent, Paint::Plain, text)
    }

    /// A paragraph in a colour.
    pub(crate) fn painted(&mut self, indent: usize, paint: Paint, text: &str) -> io::Result<()> {
        let indent = self.indent(indent);
        for line in wrap(&self.style.visible(text), self.room(indent)) {
            writeln!(self.out, "{:indent$}{}", "", self.style.paint(paint, &line))?;
        }
        Ok(())
    }

    /// A paragraph that hangs beside its lead.
    pub(crate) fn beside(&mut self, indent: usize, lead: Lead<'_>, text: &str) -> io::Result<()> {
        let hang = indent + lead.columns;
        if hang > self.indent(hang) {
            self.painted(indent, lead.paint, lead.text)?;
            return self.text(indent + 2, text);
        }
        let label = self.style.visible(lead.text);
        let mut first = true;
        for line in wrap(&self.style.visible(text), self.room(hang)) {
            if first {
                let blanks = lead.columns.saturating_sub(label.width());
                writeln!(self.out, "{:indent$}{}{:blanks$}{line}", "", self.style.paint(lead.paint, &label), "")?;
            } else {
                writeln!(self.out, "{:hang$}{line}", "")?;
            }
            first = false;
        }
        Ok(())
    }

    /// A line that is to be copied, so it is never wrapped: a command.
    pub(crate) fn whole(&mut self, indent: usize, text: &str) -> io::Result<()> {
        writeln!(self.out, "{:indent$}{}", "", self.style.visible(text))
    }

    /// The same beside its lead, and below it where it is too long for that: an ARN, a URL.
    pub(crate) fn whole_beside(&mut self, indent: usize, lead: Lead<'_>, text: &str) -> io::Result<()> {
        let text = self.style.visible(text);
        if indent + lead.columns + text.width() <= self.style.width {
            return self.beside(indent, lead, &text);
        }
        if !lead.text.is_empty() {
            self.painted(indent, lead.paint, lead.text)?;
        }
        self.whole(indent + 2, &text)
    }

    /// A line that is finished, colours included: of a table.
    pub(crate) fn drawn(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    fn room(&self, indent: usize) -> usize {
        self.style.width.saturating_sub(indent).max(1)
    }

    /// The indent, or as much of it as leaves words their room.
    fn indent(&self, indent: usize) -> usize {
        indent.min(self.style.width.saturating_sub(LEAST_ROOM))
    }
}

/// Lines of at most `width` columns, broken at blanks, so that `us-west-2` stays whole; within a word only where it is
/// longer than a line.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Page::new(&Style { width: 40, ..Style::plain() }, &mut out)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_text_hangs_beside_its_lead() {
        let text = "the alarm is in us-west-2, where AWS publishes no metric";
        insta::assert_snapshot!(written(|page| page.beside(2, Lead::label("found", 8), text)), @"
          found   the alarm is in us-west-2,
                  where AWS publishes no metric
        ");
    }

    #[test]
    fn what_is_to_be_copied_is_never_broken() {
        let arn = "arn:aws:cloudtrail:us-west-2:111122223333:trail/events";
        insta::assert_snapshot!(written(|page| page.whole_beside(2, Lead::label("resource", 10), arn)), @"
          resource
            arn:aws:cloudtrail:us-west-2:111122223333:trail/events
        ");
        insta::assert_snapshot!(written(|page| page.whole_beside(2, Lead::label("resource", 10), "logs")), @"  resource  logs");
    }

    #[test]
    fn no_way_to_write_lets_a_hidden_character_through() {
        let hostile = "a\u{1b}[2J\nb\u{202e}c";
        let all = written(|page| {
            page.heading(hostile)?;
            page.rule(hostile)?;
            page.text(2, hostile)?;
            page.beside(2, Lead::label("x", 4), hostile)?;
            page.whole(2, hostile)?;
            page.whole_beside(2, Lead::label("x", 4), hostile)
        });
        assert!(!all.contains(['\u{1b}', '\u{202e}']) && all.lines().count() == 6, "{all}");
    }
}
