//! The project's English: no word that AWS doesn't use where AWS has one, and no sentence that has to be read twice.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::sources::product;

/// Words that stand for one of AWS's or of plain English.
const REFUSED: &[&str] = &[
    "somebody",
    "whoever",
    "nobody",
    "anybody",
    "goes off",
    "go off",
    "e-mail",
    "e-mails",
    "colour",
    "colours",
    "folder",
    "folders",
    "mend",
    "mended",
    "judge",
    "judges",
    "judged",
    "judgement",
    "told",
    "the world",
    "stranger",
    "strangers",
    "outsider",
    "outsiders",
    "organisation",
    "optimise",
    "optimised",
    "unseen",
    "settles",
    "lets in",
    "shut out",
    "behaviour",
    "flavoured",
    "licence",
    "licences",
    "become an organization",
    "changes its colour",
    "customer key",
    "proof",
];

/// The most words of a sentence.
const LONGEST: usize = 30;

/// Texts that keep a refused word or a long sentence, by a part of them, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("access denied{told}{grant}", "names of variables"),
    ("a bucket of {told}", "a name of a variable"),
    ("{bucket}/{folder}AWSLogs", "a name of a variable"),
    ("colour", "an alias of --color, for those who type it so"),
];

/// A text that users see, and where it stands.
struct Text {
    place: String,
    words: String,
}

#[test]
fn text_keeps_to_the_projects_english() {
    let texts: Vec<Text> = literals().into_iter().chain(pages()).chain(descriptions()).collect();
    assert!(texts.len() > 3000, "{} texts", texts.len());
    let mut faults = Vec::new();
    for Text { place, words } in texts {
        if ALLOWED.iter().any(|(part, _)| words.contains(part)) {
            continue;
        }
        for refused in REFUSED.iter().filter(|refused| contains(&words, refused)) {
            faults.push(format!("{place}: {refused:?} in {words:?}"));
        }
        for sentence in sentences(&words).filter(|sentence| length(sentence) > LONGEST) {
            faults.push(format!("{place}: {} words: {sentence:?}", length(sentence)));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn refused_words_and_long_sentences_are_found() {
    assert!(contains("Nobody reads it", "nobody") && contains("an e-mail, too", "e-mail"));
    assert!(!contains("It is waterproof", "proof") && !contains("prejudged", "judged"));
    let long = "word ".repeat(31);
    assert_eq!(sentences(&format!("Short. {long}. Short.")).map(length).max(), Some(31));
    assert_eq!(
        unescaped(
            r"a \
        b\n\u{1b}"
        ),
        "a b\n\u{1b}"
    );
    assert_eq!(markdown("a `judged` [b](judged)\n```sh\njudged\n```\n<!-- judged -->c"), ["a X [b] c"]);
}

/// Whether the words have this one as a whole, in any case.
fn contains(words: &str, refused: &str) -> bool {
    let (words, letter) = (words.to_lowercase(), |c: char| c.is_alphanumeric() || c == '_' || c == '-');
    words.match_indices(refused).any(|(at, _)| {
        let (before, rest) = words.split_at(at);
        let after = rest.chars().nth(refused.chars().count());
        !before.chars().next_back().is_some_and(letter) && !after.is_some_and(letter)
    })
}

fn sentences(words: &str) -> impl Iterator<Item = &str> {
    words
        .split(['\n', '|'])
        .flat_map(|line| line.split_inclusive(['.', '?', '!', ':', ';']).scan("", |_, part| Some(part)))
}

fn length(sentence: &str) -> usize {
    sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// The string literals of the program, and the doc comments that clap prints.
fn literals() -> Vec<Text> {
    let mut texts = Vec::new();
    for source in product() {
        let code = source.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
        let place = format!("src/{}", source.path);
        let tokens = TokenStream::from_str(&code).unwrap_or_else(|error| panic!("{place}: {error}"));
        let mut found = Vec::new();
        walk(tokens, source.path.starts_with("cli"), &mut found);
        texts.extend(found.into_iter().map(|words| Text { place: place.clone(), words }));
    }
    texts
}

/// All string literals; those of attributes only where their doc comments are printed.
fn walk(tokens: TokenStream, prints_docs: bool, found: &mut Vec<String>) {
    let mut after_hash = false;
    for token in tokens {
        let is_attribute = after_hash;
        after_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        match token {
            TokenTree::Group(group) if is_attribute && group.delimiter() == Delimiter::Bracket && !prints_docs => {}
            TokenTree::Group(group) => walk(group.stream(), prints_docs, found),
            TokenTree::Literal(literal) => found.extend(text(&literal.to_string())),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// What a literal of a string stands for; `None` for any other literal.
fn text(literal: &str) -> Option<String> {
    let (prefix, rest) = literal.split_once('"')?;
    let (inner, _) = rest.rsplit_once('"')?;
    let is_text = prefix.chars().all(|c| c == 'r' || c == '#');
    is_text.then(|| if prefix.is_empty() { unescaped(inner) } else { inner.to_owned() })
}

/// A literal with its escapes replaced, as far as English has any.
fn unescaped(literal: &str) -> String {
    let mut text = String::new();
    let mut rest = literal.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some('\n')) => while rest.next_if(|c| c.is_whitespace()).is_some() {},
            ('\\', Some('n')) => text.push(rest.next().map_or(' ', |_| '\n')),
            ('\\', Some('u')) => {
                let code: String = rest.by_ref().skip(2).take_while(|c| *c != '}').collect();
                text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
            }
            ('\\', Some(_)) => text.extend(rest.next()),
            (c, _) => text.push(c),
        }
    }
    text
}

/// The paragraphs of the pages that users and contributors read.
fn pages() -> Vec<Text> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "fixtures/accounts/README.md", "action.yml"]
            .map(|path| root.join(path))
            .into();
    for directory in ["docs", "docs/checks", ".github/ISSUE_TEMPLATE"] {
        paths.extend(std::fs::read_dir(root.join(directory)).unwrap().map(|entry| entry.unwrap().path()));
    }
    let mut texts = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "md" || end == "yml")) {
        let place = path.strip_prefix(root).unwrap().display().to_string();
        let page = std::fs::read_to_string(path).unwrap();
        texts.extend(markdown(&page).into_iter().map(|words| Text { place: place.clone(), words }));
    }
    texts
}

/// The paragraphs of a page without its code, comments and addresses; list items and table cells are paragraphs.
fn markdown(page: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let mut fence: Option<String> = None;
    for line in page.lines() {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                let begins = line.trim().is_empty()
                    || line.trim_start().starts_with(['-', '#', '|'])
                    || line.starts_with(|c: char| c.is_ascii_digit());
                if begins {
                    paragraphs.push(String::new());
                }
                let paragraph = paragraphs.last_mut().unwrap();
                paragraph.push_str(line.trim());
                paragraph.push(' ');
            }
        }
    }
    let words = paragraphs
        .iter()
        .map(|paragraph| without(&without(&spans(paragraph), "<!--", "-->"), "](", ")").trim().to_owned());
    words.filter(|words| !words.is_empty()).collect()
}

/// Code spans as one word.
fn spans(paragraph: &str) -> String {
    paragraph.split('`').enumerate().map(|(at, part)| if at % 2 == 0 { part } else { "X" }).collect()
}

/// The text without all that stands between these two; of a link its `]` stays.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(open) {
        kept.push_str(before);
        kept.push_str(if open.starts_with(']') { "]" } else { "" });
        rest = inside.split_once(close).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The descriptions of the schemas.
fn descriptions() -> Vec<Text> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let mut open = vec![&schema];
        while let Some(value) = open.pop() {
            match value {
                serde_json::Value::Object(members) => {
                    let words = members.get("description").and_then(serde_json::Value::as_str);
                    let place = path.file_name().unwrap().to_string_lossy().into_owned();
                    texts.extend(words.map(|words| Text { place, words: spans(words) }));
                    open.extend(members.values());
                }
                serde_json::Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }
    texts
}
