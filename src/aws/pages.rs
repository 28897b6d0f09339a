//! Lists that come in pages: the whole list, or none of it.

use std::collections::HashSet;

use super::convert::malformed;
use crate::account::source::Answer;
use crate::account::unavailable::Cause;

/// A service that always has one more page would be read for ever.
const MOST_PAGES: u32 = 10_000;

/// One page of a list, and the token of the next.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// All pages. `ask` gets the page's token and its number, counted from 1. Any page may be empty and still not the last.
pub(super) async fn all<T>(mut ask: impl AsyncFnMut(Option<String>, u32) -> Answer<Page<T>>) -> Answer<Vec<T>> {
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    let mut token = None;
    for number in 1..=MOST_PAGES {
        let page = ask(token, number).await?;
        items.extend(page.items);
        // An empty token is AWS's other way to say that there is none.
        let Some(next) = page.next.filter(|next| !next.is_empty()) else { return Ok(items) };
        if !seen.insert(next.clone()) {
            return Err(Cause::Fault { code: "RepeatedPageToken".to_owned(), page: number });
        }
        token = Some(next);
    }
    Err(Cause::Fault { code: "TooManyPages".to_owned(), page: MOST_PAGES })
}

/// The token of IAM's next page: told by `IsTruncated`, named by `Marker`.
pub(super) fn marker(is_truncated: bool, marker: Option<String>) -> Answer<Option<String>> {
    match (is_truncated, marker.filter(|marker| !marker.is_empty())) {
        (false, _) => Ok(None),
        (true, Some(marker)) => Ok(Some(marker)),
        (true, None) => Err(malformed("there are more pages, and Marker is missing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(tokens: &[&str]) -> Answer<Vec<usize>> {
        let mut at = 0;
        all(async |_, _| {
            let next = tokens.get(at).map(|token| (*token).to_owned());
            at += 1;
            Ok(Page { items: if at == 1 { vec![] } else { vec![at] }, next })
        })
        .await
    }

    #[tokio::test]
    async fn an_empty_page_is_not_the_last_one() {
        assert_eq!(read(&["a", "b"]).await, Ok(vec![2, 3]));
    }

    #[tokio::test]
    async fn an_empty_token_ends_the_list() {
        assert_eq!(read(&["a", ""]).await, Ok(vec![2]));
    }

    #[tokio::test]
    async fn a_token_that_repeats_is_a_fault_of_its_page() {
        let fault = Cause::Fault { code: "RepeatedPageToken".to_owned(), page: 3 };
        assert_eq!(read(&["a", "b", "a"]).await, Err(fault));
    }

    #[tokio::test]
    async fn a_list_whose_second_page_fails_is_unread_as_a_whole() {
        let answer = all(async |_, number| match number {
            1 => Ok(Page { items: vec![1], next: Some("a".to_owned()) }),
            page => Err(Cause::Fault { code: "InternalFailure".to_owned(), page }),
        })
        .await;
        assert_eq!(answer, Err(Cause::Fault { code: "InternalFailure".to_owned(), page: 2 }));
    }

    #[test]
    fn more_pages_without_a_marker_are_malformed() {
        assert!(matches!(marker(true, None), Err(Cause::Malformed { .. })));
        assert!(matches!(marker(true, Some(String::new())), Err(Cause::Malformed { .. })));
        assert_eq!(marker(false, Some("m".to_owned())), Ok(None));
        assert_eq!(marker(true, Some("m".to_owned())), Ok(Some("m".to_owned())));
    }
}
