use super::*;
use crate::iam::counted;

/// Every text of at most `longest` characters from `alphabet`.
fn texts(alphabet: &str, longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last.iter().flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}"))).collect();
        all.extend(last.clone());
    }
    all
}

/// The definition of a wildcard, as slow and as plain as can be.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        Some((c, rest)) => text.first().is_some_and(|d| *c == '?' || c == d) && naive(rest, &text[1..]),
    }
}

/// The same for a resource: `colons` of the pattern were passed already.
fn naive_resource(pattern: &[char], text: &[char], colons: usize) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => {
            let free = colons >= 5 || rest.first().is_none_or(|next| *next == ':');
            (0..=text.len())
                .any(|taken| (free || !text[..taken].contains(&':')) && naive_resource(rest, &text[taken..], colons))
        }
        Some(('?', rest)) => {
            text.first().is_some_and(|d| colons >= 5 || *d != ':') && naive_resource(rest, &text[1..], colons)
        }
        Some((c, rest)) => text.first() == Some(c) && naive_resource(rest, &text[1..], colons + usize::from(*c == ':')),
    }
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// Holds the three questions against the plain definition, for all pairs of patterns: overlap is exact, cover is never a wrong yes.
fn hold_against_the_definition(
    (alphabet, letters, prefix): (&str, &str, &str),
    definition: impl Fn(&str, &str) -> bool,
    matches: impl Fn(&str, &str) -> bool,
    covers: impl Fn(&str, &str) -> bool,
    overlaps: impl Fn(&str, &str) -> bool,
) {
    let texts: Vec<String> = texts(letters, 5).iter().map(|text| format!("{prefix}{text}")).collect();
    let patterns: Vec<String> = self::texts(alphabet, 3).iter().map(|text| format!("{prefix}{text}")).collect();
    let taken: Vec<Vec<bool>> =
        patterns.iter().map(|pattern| texts.iter().map(|text| definition(pattern, text)).collect()).collect();
    let mut covered = 0;
    for (pattern, taken_by_pattern) in patterns.iter().zip(&taken) {
        for (text, taken) in texts.iter().zip(taken_by_pattern) {
            assert_eq!(matches(pattern, text), *taken, "{pattern} and {text}");
        }
        assert!(covers(pattern, pattern), "{pattern} covers itself");
        for (inner, taken_by_inner) in patterns.iter().zip(&taken) {
            let shared = taken_by_pattern.iter().zip(taken_by_inner).any(|(a, b)| *a && *b);
            assert_eq!(overlaps(pattern, inner), shared, "{pattern} overlaps {inner}");
            if covers(pattern, inner) {
                covered += 1;
                let missed =
                    texts.iter().zip(taken_by_pattern.iter().zip(taken_by_inner)).find(|(_, (a, b))| !**a && **b);
                assert_eq!(missed, None, "{pattern} covers {inner}");
            }
        }
    }
    assert!(covered > patterns.len(), "patterns cover more than themselves");
}

#[test]
fn texts_match_cover_and_overlap_by_wildcards() {
    hold_against_the_definition(
        ("ab*?", "ab", ""),
        |pattern, text| naive(&chars(pattern), &chars(text)),
        matches,
        covers,
        overlaps,
    );
}

#[test]
fn resources_match_before_the_fifth_colon() {
    hold_against_the_definition(
        ("a:*?", "a:", ""),
        |pattern, text| naive_resource(&chars(pattern), &chars(text), 0),
        matches_resource,
        covers_resource,
        overlaps_resource,
    );
}

#[test]
fn resources_match_around_the_fifth_colon() {
    hold_against_the_definition(
        ("a:*?", "a:", "x:x:x:x"),
        |pattern, text| naive_resource(&chars(pattern), &chars(text), 0),
        matches_resource,
        covers_resource,
        overlaps_resource,
    );
}

#[test]
fn a_pattern_takes_the_whole_text() {
    for (pattern, text, taken) in [
        ("", "", true),
        ("", "a", false),
        ("a", "", false),
        ("*", "", true),
        ("*", "anything: at/all", true),
        ("?", "", false),
        ("?", "é", true),
        ("a*", "ab", true),
        ("a*", "ba", false),
        ("*a", "ba", true),
        ("*a", "ab", false),
        ("a*c", "abbbc", true),
        ("a*b*c", "a-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("a?c", "ac", false),
        ("a?c", "abc", true),
        ("[a]", "a", false),
        ("a.c", "abc", false),
        ("A", "a", false),
    ] {
        assert_eq!(matches(pattern, text), taken, "{pattern:?} takes {text:?}");
    }
}

#[test]
fn pattern_covers_another_only_if_it_takes_all_texts() {
    for (pattern, inner, covered) in [
        ("*", "*", true),
        ("*", "a?*b", true),
        ("a*", "a*b*", true),
        ("a*b*", "a*", false),
        ("?", "?", true),
        ("?", "*", false),
        ("*?", "?*", true),
        ("?*", "*?", true),
        ("**", "*", true),
        ("??*", "?*", false),
        ("?*", "??*", true),
        ("a", "?", false),
        ("a*", "?", false),
        ("*b", "a*b", true),
        ("a*b", "*b", false),
    ] {
        assert_eq!(covers(pattern, inner), covered, "{pattern} covers {inner}");
    }
}

#[test]
fn two_patterns_overlap_where_one_text_is_taken_by_both() {
    for (a, b, shared) in [
        ("a*", "*b", true),
        ("a*", "b*", false),
        ("a*b", "a*c", false),
        ("*a*", "*b*", true),
        ("?", "??", false),
        ("?*", "", false),
        ("*", "", true),
        ("AWSLogs/*", "*/secret", true),
        ("ab?", "a?c", true),
    ] {
        assert_eq!(overlaps(a, b), shared, "{a} and {b}");
        assert_eq!(overlaps(b, a), shared, "{b} and {a}");
    }
}

#[test]
fn actions_ignore_case_and_their_wildcards_cross_the_colon() {
    for (pattern, action, taken) in [
        ("S3:putobject", "s3:PutObject", true),
        ("s3:*", "S3:PutObject", true),
        ("s3:Put*", "s3:GetObject", false),
        ("*", "s3:PutObject", true),
        ("*:*", "s3:PutObject", true),
        ("*Object", "s3:PutObject", true),
        ("s?:PutObject", "s3:PutObject", true),
        ("s3", "s3:PutObject", false),
    ] {
        assert_eq!(matches_action(pattern, action), taken, "{pattern} takes {action}");
    }
}

#[test]
fn every_spelling_of_all_actions_covers_all_actions() {
    for pattern in ["*", "**", "*:*", "**:*"] {
        assert!(covers_action(pattern, "*"), "{pattern} covers *");
        assert!(covers_action(pattern, "*:*"), "{pattern} covers *:*");
        assert!(covers_action(pattern, "iam:*"), "{pattern} covers iam:*");
    }
    for pattern in ["iam:*", "?*:*", "*:?*", "*m:*"] {
        assert!(!covers_action(pattern, "*"), "{pattern} does not cover *");
    }
    assert!(covers_action("IAM:*", "iam:Attach*"));
    assert!(!covers_action("iam:Attach*", "iam:*"));
}

#[test]
fn actions_overlap_where_one_action_is_taken_by_both() {
    assert!(overlaps_action("s3:Put*", "S3:*Object"));
    assert!(overlaps_action("*:*", "s3:PutObject"));
    assert!(!overlaps_action("s3:Put*", "s3:Get*"));
    assert!(!overlaps_action("iam:*", "sts:*"));
}

#[test]
fn a_wildcard_of_a_resource_stays_in_its_part_unless_it_ends_it() {
    for (pattern, resource, taken) in [
        ("*", "arn:aws:s3:::bucket/key", true),
        ("*", "*", true),
        ("arn:aws:s3:::*", "arn:aws:s3:::bucket/a:b", true),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/AWSLogs/1/x", true),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", false),
        ("arn:aws:s3:::bucket*", "arn:aws:s3:::bucket-of-another", true),
        ("arn:aws:s3:::Bucket", "arn:aws:s3:::bucket", false),
        ("arn:aws:s3:*", "arn:aws:s3:::bucket/key", true),
        ("arn:*", "arn:aws:s3:::bucket/key", true),
        ("arn:aws:sns:*:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:topic", true),
        // A `*` that ends its part may run on.
        ("arn:aws:dynamodb:*:table/prod-*", "arn:aws:dynamodb:us-east-1:111122223333:table/prod-x", true),
        ("arn:aws:dynamodb:*:table/prod-*", "arn:aws:dynamodb:us-east-1:111122223333:table/dev-x", false),
        // One within its part may not.
        ("arn:aws:sns:us-*-1:topic", "arn:aws:sns:us-east-1:111122223333-1:topic", false),
        ("arn:aws:sns:us-*-1:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:topic", true),
        ("arn:aws:sns:us-eas*1:topic", "arn:aws:sns:us-east-1:1:topic", false),
        // Neither may a `?`; in the sixth part both are free.
        ("arn:aws:s3?::bucket", "arn:aws:s3:::bucket", false),
        ("arn:aws:sns:us-east-?:1:topic", "arn:aws:sns:us-east-1:1:topic", true),
        ("arn:aws:logs:r:1:log-group?x", "arn:aws:logs:r:1:log-group:x", true),
        ("arn:aws:logs:r:1:log*x", "arn:aws:logs:r:1:log-group:a:x", true),
    ] {
        assert_eq!(matches_resource(pattern, resource), taken, "{pattern} takes {resource}");
    }
}

#[test]
fn an_arn_that_lacks_parts_is_completed_with_wildcards() {
    let topic = "arn:aws:sns:us-east-1:111122223333:alarms";
    for (pattern, taken) in [
        ("arn:aws:sns", true),
        ("arn:aws:sns:us-east-1", true),
        ("arn:aws:sns:*", true),
        ("arn:*", true),
        ("arn:aws:sns:us-east-1:111122223333", true),
        ("arn:aws:sns:eu-west-1", false),
        ("arn:aws:s3", false),
        ("arn:aws:sn", false),
        ("arn:aws:sns:*:alarms", true),
        ("arn:aws:sns:*:topic", false),
        ("arn:aws:sns:us-east-1:111122223333:", false),
        ("sns", false),
        ("", false),
    ] {
        assert_eq!(matches_resource(pattern, topic), taken, "{pattern}");
    }
    assert!(covers_resource("arn:aws:sns", "arn:aws:sns:*:*:*"));
    assert!(!covers_resource("arn:aws:sns", "*"));
}

#[test]
fn a_resource_pattern_covers_the_objects_below_it_only() {
    for (pattern, inner, covered) in [
        ("*", "*", true),
        ("arn:aws:s3:::*", "*", false),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/AWSLogs/1/CloudTrail/*", true),
        ("arn:aws:s3:::b/AWSLogs/1/CloudTrail/*", "arn:aws:s3:::b/*", false),
        ("arn:aws:s3:::b/AWSLogs/*/CloudTrail/*", "arn:aws:s3:::b/AWSLogs/1/CloudTrail/*", true),
        ("arn:aws:s3:::b/AWSLogs/2/*", "arn:aws:s3:::b/AWSLogs/1/CloudTrail/*", false),
        ("arn:aws:s3:::*/*", "arn:aws:s3:::b/AWSLogs/1/CloudTrail/*", true),
        ("arn:aws:ec2:*:1:instance/*", "arn:aws:ec2:*:1:instance/*", true),
        ("arn:aws:ec2:us-*:1:instance/*", "arn:aws:ec2:*:1:instance/*", false),
        // A `*` that has run on meets the free wildcards of the other's sixth part, which may be a colon.
        ("arn:*:b*c", "arn:aws:logs:r:1:group:bxc", true),
        ("arn:*:b*c", "arn:aws:logs:r:1:group:b?c", false),
        ("arn:*:b*c", "arn:aws:logs:r:1:group:b*c", false),
    ] {
        assert_eq!(covers_resource(pattern, inner), covered, "{pattern} covers {inner}");
    }
}

#[test]
fn resource_patterns_overlap_on_a_common_resource() {
    assert!(overlaps_resource("arn:aws:s3:::b/AWSLogs/*", "arn:aws:s3:::b/*/CloudTrail/*"));
    assert!(overlaps_resource("*", "arn:aws:s3:::b"));
    assert!(!overlaps_resource("arn:aws:s3:::b/*", "arn:aws:s3:::c/*"));
    assert!(!overlaps_resource("arn:aws:s3:::b", "arn:aws:s3:::b/*"));
}

#[test]
fn arns_are_compared_part_by_part() {
    for (pattern, arn, taken) in [
        ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket", true),
        ("arn:aws:cloudtrail:*:111122223333:trail/*", "arn:aws:cloudtrail:us-west-2:111122223333:trail/main", true),
        ("arn:aws:cloudtrail:*:trail/*", "arn:aws:cloudtrail:us-west-2:111122223333:trail/main", false),
        ("arn:*:*:*:*:*", "arn:aws:cloudtrail:us-west-2:1:trail/main", true),
        ("arn:aws:s3:*", "arn:aws:s3:::bucket", false),
        ("*", "arn:aws:s3:::bucket", false),
        ("arn:aws:s3:::*", "bucket", false),
        // The sixth part keeps its colons.
        ("arn:aws:logs:r:1:group:*", "arn:aws:logs:r:1:group:a:b", true),
        ("arn:aws:logs:r:1:*", "arn:aws:logs:r:1:group:a:b", true),
        ("arn:aws:logs:r:1:group", "arn:aws:logs:r:1:group:a", false),
        ("arn:aws:sns:us-east-?:1:T", "arn:aws:sns:us-east-1:1:T", true),
        ("arn:aws:sns:us-east-?:1:T", "arn:aws:sns:us-east-1:1:t", false),
    ] {
        assert_eq!(matches_arn(pattern, arn), taken, "{pattern} takes {arn}");
    }
}

#[test]
fn no_pattern_takes_more_steps_than_the_product_of_the_lengths() {
    type Question = fn(&str, &str) -> bool;
    let (stars, others) = ("*a".repeat(1_000), "*b".repeat(1_000));
    for (question, pattern, other, answer) in [
        (matches as Question, "*a*a*a*a*b".to_owned(), "a".repeat(10_000), false),
        (matches, format!("{stars}*b"), "a".repeat(1_000), false),
        (covers, stars.clone(), stars.clone(), true),
        (overlaps, format!("{stars}*"), format!("{others}*"), true),
        (matches, "?".repeat(1_000_000), "arn:aws:s3:::bucket".to_owned(), false),
        (matches, "*".repeat(1_000_000), "arn:aws:s3:::bucket".to_owned(), true),
    ] {
        // Both are read, then each token of one meets each of the other, and the end.
        let most = (pattern.len() + 2) * (other.len() + 2);
        let what: String = pattern.chars().take(20).collect();
        assert_eq!(counted(most as u64, || question(&pattern, &other)).0, answer, "{what}");
    }
}
