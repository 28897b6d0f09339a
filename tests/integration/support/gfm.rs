//! Markdown read as GitHub reads it, to see what became of a text. The unit tests of the format use this file too.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

/// What a document shows, part by part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Plain text, in which GitHub looks for mentions and references.
    pub(crate) texts: Vec<String>,
    /// Code, within a line.
    pub(crate) codes: Vec<String>,
    /// Blocks of code.
    pub(crate) blocks: Vec<String>,
    /// Where links lead.
    pub(crate) links: Vec<String>,
    /// HTML as it is.
    pub(crate) html: Vec<String>,
    /// The cells of tables, as text and code.
    pub(crate) cells: Vec<String>,
    /// Everything else, but for structure that a report has.
    pub(crate) markup: Vec<String>,
}

/// With all that GitHub adds to Markdown.
fn github() -> Options<'static> {
    let mut options = Options::default();
    let on = &mut options.extension;
    (on.strikethrough, on.table, on.autolink, on.tasklist, on.footnotes) = (true, true, true, true, true);
    (on.alerts, on.math_dollars, on.math_code, on.tagfilter) = (true, true, true, true);
    options.parse.relaxed_autolinks = true;
    options
}

fn is_link(value: &NodeValue) -> bool {
    matches!(value, NodeValue::Link(_))
}

/// Reads a document.
pub(crate) fn shown(document: &str) -> Shown {
    let arena = Arena::new();
    let root = parse_document(&arena, document, &github());
    let mut shown = Shown::default();
    for node in root.descendants() {
        match &node.data().value {
            // A link that is not ours is found by where it leads.
            NodeValue::Text(_) if node.parent().is_some_and(|parent| is_link(&parent.data().value)) => {}
            NodeValue::Text(text) => shown.texts.push(text.to_string()),
            NodeValue::Code(code) => shown.codes.push(code.literal.clone()),
            NodeValue::CodeBlock(block) => shown.blocks.push(block.literal.clone()),
            NodeValue::Link(link) => shown.links.push(link.url.clone()),
            NodeValue::HtmlBlock(html) => shown.html.extend(html.literal.lines().map(str::to_owned)),
            NodeValue::TableCell => shown.cells.push(
                node.descendants()
                    .filter_map(|inner| match &inner.data().value {
                        NodeValue::Text(text) => Some(text.to_string()),
                        NodeValue::Code(code) => Some(code.literal.clone()),
                        _ => None,
                    })
                    .collect(),
            ),
            NodeValue::Document
            | NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Table(_)
            | NodeValue::TableRow(_)
            | NodeValue::Strong
            | NodeValue::SoftBreak => {}
            other => shown.markup.push(format!("{other:?}")),
        }
    }
    shown
}

impl Shown {
    /// Plain text in which GitHub would find more than words: a mention, a reference, an address, a commit, an emoji.
    pub(crate) fn suspicious(&self) -> Vec<&String> {
        let hex = |word: &str| word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
        let emoji = |word: &str| {
            let inner = word.split_once(':').and_then(|(_, rest)| rest.split_once(':'));
            inner.is_some_and(|(name, _)| name.starts_with(char::is_alphanumeric))
        };
        self.texts
            .iter()
            .filter(|text| {
                text.contains(['@', '#', '/', '\\', '<', '[', ']', '{', '}', '$', '*', '_', '~', '`', '|', '&', '='])
                    || text.contains("www.")
                    || text.split(|c: char| !c.is_alphanumeric()).any(hex)
                    || text.split(' ').any(emoji)
            })
            .collect()
    }
}
