//! One meaning a type name, over all types that more than one file can see.

use std::collections::BTreeMap;

use super::sources::product;

/// Names that stood twice before this test, and may not stand a third time.
const TWICE: &[&str] = &[
    "Command",
    "Membership",
    "Mode",
    "Page",
    "Place",
    "Placed",
    "Policies",
    "Policy",
    "Principal",
    "Scope",
    "Source",
    "Statement",
    "Verdict",
    "Who",
];

#[test]
fn a_type_name_has_one_meaning() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in product() {
        for name in source.code().filter_map(|(_, line)| declared(line)) {
            files.entry(name.to_owned()).or_default().push(source.path.clone());
        }
    }
    assert!(files.len() > 150, "{} types", files.len());
    let wrong = files.iter().filter(|(name, files)| {
        let most = if TWICE.contains(&name.as_str()) { 2 } else { 1 };
        files.len() > most
    });
    let wrong: Vec<String> = wrong.map(|(name, files)| format!("{name}: {}", files.join(", "))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let stale: Vec<&&str> = TWICE.iter().filter(|name| files.get(**name).is_none_or(|files| files.len() < 2)).collect();
    assert!(stale.is_empty(), "no longer twice: {stale:?}");
}

/// The name of a type that a line declares for more than its own module and the one above.
fn declared(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("pub ").or_else(|| rest.strip_prefix("pub(crate) "))?;
    let rest = ["struct ", "enum ", "trait ", "type "].iter().find_map(|kind| rest.strip_prefix(kind))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}
