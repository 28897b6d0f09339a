//! Which word was meant, where a word is none of those that there are. clap answers for commands, options and their values in the
//! same manner; this answers for check ids and the keys of files.

use strsim::jaro_winkler;

/// As alike as words must be (1 is the same): below this a suggestion is a guess.
const ALIKE: f64 = 0.75;

/// The known word that is most like this one, if one is like it. Case does not count.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let alike = known.into_iter().map(|candidate| (jaro_winkler(&word, &candidate.to_lowercase()), candidate));
    alike
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

/// The beginning of a help line: what was meant, if it can be told, and then the rest.
#[must_use]
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, rest: &str) -> String {
    match nearest(word, known) {
        Some(meant) => format!("did you mean {meant:?}? {rest}"),
        None => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::SINGLE_ACCOUNT;

    fn check(word: &str) -> Option<&'static str> {
        nearest(word, SINGLE_ACCOUNT.checks.iter().map(|check| check.id))
    }

    #[test]
    fn typo_is_understood_in_every_check_id() {
        for id in SINGLE_ACCOUNT.checks.iter().map(|check| check.id) {
            for at in 1..id.len() - 1 {
                let (head, tail) = id.split_at(at);
                let (first, rest) = tail.split_at(1);
                let (second, last) = rest.split_at(1);
                let swapped = format!("{head}{second}{first}{last}");
                for misspelt in [format!("{head}x{tail}"), format!("{head}{rest}"), swapped, id.to_uppercase()] {
                    assert_eq!(check(&misspelt), Some(id), "{misspelt}");
                }
            }
        }
    }

    #[test]
    fn a_part_of_an_id_or_a_requirement_of_it_is_understood() {
        assert_eq!(check("billing"), Some("billing-alarm"));
        assert_eq!(check("root"), Some("root-mfa"));
        assert_eq!(check("billing-alarm/region"), Some("billing-alarm"));
    }

    #[test]
    fn a_word_like_no_other_gets_no_guess() {
        for word in ["", "x", "password-policy", "guardduty"] {
            assert_eq!(check(word), None, "{word}");
        }
        assert_eq!(did_you_mean("x", ["root-mfa"], "the checks are root-mfa"), "the checks are root-mfa");
    }
}
