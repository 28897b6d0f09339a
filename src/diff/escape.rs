//! Text from outside within Markdown: it is shown as it is, and does nothing.

use crate::terminal::clean;

/// A blank of no width, between what a forge would turn into a mention or a link if it stood together.
const APART: &str = "&#8203;";

/// Text within a line of prose, never at its start. Every mark of Markdown and HTML is only itself, and `@somebody`, `#1`, `!1` and web addresses, which
/// GitHub and GitLab find in bare text, are none any more.
/// <https://spec.commonmark.org/0.31.2/#backslash-escapes>
pub(super) fn prose(text: &str) -> String {
    let text = clean(text);
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Sentences are full of these, and within a line they begin nothing.
            ',' | ';' | ':' | '.' | '-' | '\'' | '"' | '(' | ')' | '/' | '?' | '%' | '=' => escaped.push(c),
            c if c.is_ascii_punctuation() => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
        let joins = rest.peek().is_some_and(|next| match c {
            '@' | '#' | '!' => next.is_alphanumeric(),
            ':' => *next == '/',
            _ => false,
        });
        if joins || escaped.ends_with("www.") {
            escaped.push_str(APART);
        }
    }
    escaped
}

/// Text as code, in which nothing means anything: between more backticks than it holds in a row.
/// <https://spec.commonmark.org/0.31.2/#code-spans>
pub(super) fn code(text: &str) -> String {
    let text = clean(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A blank on either side is taken away again.
    let padded = text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let blank = if padded { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_only_themselves() {
        assert_eq!(
            prose("a *b* [c](d) <e> `f` | g_h & \\"),
            "a \\*b\\* \\[c\\](d) &lt;e&gt; \\`f\\` \\| g\\_h &amp; \\\\"
        );
        assert_eq!(prose("first\n\n# second\u{202e}"), "first\\\\u\\{a\\}\\\\u\\{a\\}\\# second\\\\u\\{202e\\}");
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_is_linked() {
        assert_eq!(prose("ask @octocat about #1, !2"), "ask \\@&#8203;octocat about \\#&#8203;1, \\!&#8203;2");
        assert_eq!(prose("https://x www.x"), "https:&#8203;//x www.&#8203;x");
        assert_eq!(
            prose("at 25 $: iam:GetUser"),
            "at 25 \\$: iam:GetUser",
            "what somebody may want to copy stays whole"
        );
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("arn:aws:s3:::*"), "`arn:aws:s3:::*`");
        assert_eq!(code("a`` b"), "```a`` b```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a\n\n<b>"), "`a\\u{a}\\u{a}<b>`");
    }
}
