//! Names of accounts and OUs, which people write in many ways.

/// A name without case, spaces, `-` and `_`.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// Whether two names are the same but for case, spaces, `-` and `_`.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// The items whose name is the one that is wanted: those with exactly that name where there are any, else those with the same name
/// but for case, spaces, `-` and `_`.
pub fn named<'i, T>(
    items: impl IntoIterator<Item = &'i T>,
    name: impl Fn(&T) -> Option<&str>,
    wanted: &str,
) -> Vec<&'i T> {
    let alike: Vec<&T> =
        items.into_iter().filter(|item| name(item).is_some_and(|name| is_same(name, wanted))).collect();
    let exact: Vec<&T> = alike.iter().copied().filter(|item| name(item) == Some(wanted)).collect();
    if exact.is_empty() { alike } else { exact }
}

/// Whether a name may be meant to be the one that is wanted: at most two letters differ, or it contains the word.
#[must_use]
pub fn is_near(name: &str, wanted: &str) -> bool {
    let (name, wanted) = (plain(name), plain(wanted));
    !wanted.is_empty() && name != wanted && (name.contains(&wanted) || strsim::damerau_levenshtein(&name, &wanted) <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_spaces_and_hyphens() {
        for (one, other, same) in [
            ("LogArchive", "Log Archive", true),
            ("log-archive", "LOG_ARCHIVE", true),
            ("Log Archive", "Log Archives", false),
            ("", "Log", false),
        ] {
            assert_eq!(is_same(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn an_exact_name_wins_over_a_similar_one() {
        let names = ["log archive", "LogArchive", "Audit"];
        let found = |wanted| named(&names, |name| Some(*name), wanted);
        assert_eq!(found("LogArchive"), [&"LogArchive"]);
        assert_eq!(found("LOGARCHIVE"), [&"log archive", &"LogArchive"]);
        assert!(found("Security").is_empty());
    }

    #[test]
    fn two_letters_or_a_word_within_make_a_name_near() {
        for (name, wanted, near) in [
            ("Workload", "Workloads", true),
            ("Sandboxes", "Sandbox", true),
            ("ProdWorkloads", "Workloads", true),
            ("Work", "Workloads", false),
            ("Workloads", "Workloads", false),
            ("x", "", false),
        ] {
            assert_eq!(is_near(name, wanted), near, "{name} {wanted}");
        }
    }
}
