//! Whole XML documents, with the tokenizer that the SDK itself uses.

use xmlparser::{ElementEnd, Token, Tokenizer};

/// Walks through a document that has to be whole: every element closed by its own name, one root. `visit` gets the path of
/// each element as it opens, and of each text in it.
pub(super) fn walk<'a>(
    body: &'a [u8],
    mut visit: impl FnMut(&[&'a str], Option<&'a str>) -> Result<(), String>,
) -> Result<(), String> {
    let body = std::str::from_utf8(body).map_err(|_| "it isn't text".to_owned())?;
    let mut path: Vec<&str> = Vec::new();
    let mut roots = 0_usize;
    for token in Tokenizer::from(body) {
        match token.map_err(|_| "it isn't complete XML".to_owned())? {
            Token::ElementStart { local, .. } => {
                roots += usize::from(path.is_empty());
                path.push(local.as_str());
                visit(&path, None)?;
            }
            Token::ElementEnd { end: ElementEnd::Close(_, local), .. } => match path.pop() {
                Some(open) if open == local.as_str() => {}
                _ => return Err(format!("{local} is closed and wasn't open")),
            },
            Token::ElementEnd { end: ElementEnd::Empty, .. } => {
                path.pop();
            }
            Token::Text { text } | Token::Cdata { text, .. } if !path.is_empty() => visit(&path, Some(text.as_str()))?,
            _ => {}
        }
    }
    match (path.last(), roots) {
        (Some(open), _) => Err(format!("it ends within {open}")),
        (None, 1) => Ok(()),
        (None, 0) => Err("it isn't XML".to_owned()),
        (None, _) => Err("it has more than one root".to_owned()),
    }
}

/// The text of the first element of that path.
pub(super) fn text_at(body: &[u8], wanted: &[&str]) -> Option<String> {
    let mut found = None;
    walk(body, |path, text| {
        if found.is_none() && path == wanted {
            found = text.map(str::to_owned);
        }
        Ok(())
    })
    .ok()?;
    found
}
