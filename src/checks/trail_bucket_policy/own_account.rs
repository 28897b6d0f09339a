//! A log reader policy's variables, as far as they are the same for everyone who can have it: the principal and the bucket are this
//! account's.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use crate::iam::{Choice, Document, Version};

/// The keys that name this account in every request for its bucket by its own principals.
const OWN_ACCOUNT: [&str; 3] = ["aws:PrincipalAccount", "aws:ResourceAccount", "s3:ResourceAccount"];

/// The document with the account's ID in the place of the variables that are it.
pub(super) fn with_own_account(mut document: Document, account: &str) -> Document {
    let is_new = document.version == Version::V2012;
    for statement in document.statements.iter_mut().filter(|_| is_new) {
        if let Some(Choice::Only(patterns) | Choice::AllBut(patterns)) = &mut statement.resources {
            for pattern in patterns {
                *pattern = replaced(pattern, |variable| {
                    let key = variable.split(',').next().map(str::trim);
                    let is_own = key.is_some_and(|key| OWN_ACCOUNT.iter().any(|own| own.eq_ignore_ascii_case(key)));
                    is_own.then(|| account.to_owned())
                });
            }
        }
    }
    document
}

/// The pattern with a wildcard for each variable: what it stands for is not known.
pub(super) fn with_wildcards(pattern: &str) -> String {
    replaced(pattern, |_| Some("*".to_owned()))
}

fn replaced(pattern: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut whole = String::new();
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once("${") {
        whole.push_str(before);
        let Some((variable, behind)) = behind.split_once('}') else {
            rest = rest.strip_prefix(before).unwrap_or(rest);
            break;
        };
        match value(variable) {
            Some(value) => whole.push_str(&value),
            None => whole.extend(["${", variable, "}"]),
        }
        rest = behind;
    }
    whole.push_str(rest);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_of_the_own_account_is_its_id_and_others_stay() {
        let of = |version: &str, pattern: &str| {
            let text = format!(
                r#"{{{version}"Statement":{{"Effect":"Allow","Action":"s3:GetObject","Resource":{}}}}}"#,
                serde_json::json!(pattern)
            );
            let document = with_own_account(Document::parse(&text).unwrap(), "1");
            match document.statements[0].resources.clone().unwrap() {
                Choice::Only(patterns) | Choice::AllBut(patterns) => patterns[0].clone(),
            }
        };
        let new = |pattern| of(r#""Version":"2012-10-17","#, pattern);
        for (pattern, expected) in [
            ("b/${aws:PrincipalAccount}/*", "b/1/*"),
            ("b-${AWS:resourceaccount}/${ s3:ResourceAccount , '2'}", "b-1/1"),
            ("b/${aws:username}/${*}", "b/${aws:username}/${*}"),
            ("b/${aws:username}/${aws:PrincipalAccount", "b/${aws:username}/${aws:PrincipalAccount"),
        ] {
            assert_eq!(new(pattern), expected);
        }
        assert_eq!(
            of("", "b/${aws:PrincipalAccount}"),
            "b/${aws:PrincipalAccount}",
            "no variables in the older language"
        );
        assert_eq!(with_wildcards("a${aws:username}b${x}"), "a*b*");
    }
}
