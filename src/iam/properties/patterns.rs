use proptest::prelude::*;

use super::cases;
use crate::iam::{
    counted, covers, covers_action, covers_resource, matches, matches_action, matches_arn, matches_resource, overlaps,
    overlaps_action, overlaps_resource,
};

/// The definition, in the slowest way: a `*` is tried with every beginning of what is left.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        (Some(('?', rest)), Some((_, behind))) => naive(rest, behind),
        (Some((wanted, rest)), Some((found, behind))) => wanted == found && naive(rest, behind),
        _ => false,
    }
}

fn by_definition(pattern: &str, text: &str) -> bool {
    naive(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

/// All texts of up to three letters.
fn short_texts() -> Vec<String> {
    let letters = ["a", "b", ":"];
    let mut texts = vec![String::new()];
    for length in 1..=3 {
        let longer: Vec<String> = texts
            .iter()
            .filter(|text| text.len() == length - 1)
            .flat_map(|text| letters.iter().map(move |letter| format!("{text}{letter}")))
            .collect();
        texts.extend(longer);
    }
    texts
}

fn patterns() -> impl Strategy<Value = String> {
    "[ab:*?é]{0,8}"
}

fn arns() -> impl Strategy<Value = String> {
    "arn:(aws|\\*):(s3|[s*]{1,3}):(|[*?a]{1,2}):(|[1*?]{1,3}):[ab/*?:]{0,6}"
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_pattern_takes_what_its_definition_says(pattern in patterns(), text in "[ab:é]{0,8}") {
        prop_assert_eq!(matches(&pattern, &text), by_definition(&pattern, &text));
    }

    #[test]
    fn of_plain_text_to_cover_and_to_overlap_are_to_match(pattern in patterns(), text in "[ab:é]{0,8}") {
        prop_assert_eq!(covers(&pattern, &text), matches(&pattern, &text));
        prop_assert_eq!(overlaps(&pattern, &text), matches(&pattern, &text));
        prop_assert_eq!(covers_action(&pattern, &text), matches_action(&pattern, &text));
        prop_assert_eq!(covers_resource(&pattern, &text), matches_resource(&pattern, &text));
    }

    #[test]
    fn what_covers_overlaps(outer in patterns(), inner in patterns()) {
        prop_assert!(!covers(&outer, &inner) || overlaps(&outer, &inner));
        prop_assert!(!covers_action(&outer, &inner) || overlaps_action(&outer, &inner));
        prop_assert!(!covers_resource(&outer, &inner) || overlaps_resource(&outer, &inner));
    }

    #[test]
    fn what_covers_takes_every_text_that_the_other_takes(outer in patterns(), inner in patterns()) {
        for text in short_texts().iter().filter(|text| by_definition(&inner, text)) {
            prop_assert!(!covers(&outer, &inner) || by_definition(&outer, text), "{}", text);
        }
    }

    #[test]
    fn what_takes_one_text_together_overlaps_and_in_either_order(a in patterns(), b in patterns()) {
        prop_assert_eq!(overlaps(&a, &b), overlaps(&b, &a));
        prop_assert_eq!(overlaps_resource(&a, &b), overlaps_resource(&b, &a));
        let shared = short_texts().into_iter().any(|text| by_definition(&a, &text) && by_definition(&b, &text));
        prop_assert!(!shared || overlaps(&a, &b));
    }

    #[test]
    fn resource_is_taken_only_if_its_text_is(pattern in arns(), arn in arns()) {
        let arn = arn.replace(['*', '?'], "a");
        prop_assert!(!matches_resource(&pattern, &arn) || by_definition(&pattern, &arn));
        prop_assert!(!matches_arn(&pattern, &arn) || by_definition(&pattern, &arn));
        prop_assert!(covers_resource(&pattern, &pattern) && covers_resource("*", &pattern));
    }

    #[test]
    fn no_pattern_panics(pattern in any::<String>(), text in any::<String>()) {
        let _ = (matches(&pattern, &text), matches_arn(&pattern, &text), overlaps_action(&pattern, &text));
        prop_assert!(matches_resource("*", &text));
    }
}

#[test]
fn a_pattern_of_many_runs_takes_the_product_of_the_lengths() {
    let steps = |length: usize| {
        let (pattern, text) = (format!("{}b", "*a".repeat(length)), "a".repeat(2 * length));
        let most = 9 * (length as u64).pow(2) + 20 * length as u64;
        let answer = counted(most, || matches(&pattern, &text) || overlaps(&pattern, &format!("{text}*c")));
        assert!(!answer.0);
        answer.1
    };
    let (small, great) = (steps(100), steps(800));
    assert!(great <= 64 * small, "{small} steps and {great}");
}
