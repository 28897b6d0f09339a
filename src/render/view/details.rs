//! What is said of a check that does not pass: each finding that does not, in full, what is alike once.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use crate::account::{Call, Cause, Unavailable};
use crate::model::finding::{Alike, Finding, Subject};
use crate::model::remediation::Remediation;
use crate::model::status::Status;
use crate::report::CheckReport;

/// How many of those that are alike are told of by name.
const NAMED: usize = 3;

/// Findings that differ by their requirement only: they are told once.
pub(crate) struct FindingGroup<'a> {
    /// The requirements' ids.
    pub(crate) ids: Vec<&'static str>,
    /// What they found.
    pub(crate) finding: Cow<'a, Finding>,
    /// The call that it hangs on, where the finding does not name it.
    pub(crate) read_from: Option<String>,
    /// What to do about it.
    pub(crate) fix: Option<Fix<'a>>,
}

/// What to do about a finding.
pub(crate) enum Fix<'a> {
    /// This.
    Anew(&'a Remediation),
    /// What is to be done about the finding of this id, which was told before.
    SameAs(&'static str),
}

/// The findings of a check that do not pass, in their order.
pub(crate) fn grouped(check: &CheckReport) -> Vec<FindingGroup<'_>> {
    let findings: Vec<&Finding> = not_passed(check).collect();
    let mut fixes: HashMap<&Remediation, &'static str> = HashMap::new();
    let mut grouped = Vec::new();
    let mut together: BTreeMap<(&str, &str, Status), Vec<&str>> = BTreeMap::new();
    for finding in &findings {
        if let Some((key, name)) = company(finding) {
            together.entry(key).or_default().push(name);
        }
    }
    for alike in findings.chunk_by(|a, b| Finding { id: a.id, ..(*b).clone() } == **a) {
        let Some((finding, _)) = alike.split_first() else { continue };
        let mut told_of = Cow::Borrowed(*finding);
        if let (Some((key, _)), Some(Alike { says, .. })) = (company(finding), &finding.alike) {
            match together.remove(&key) {
                // The first of them was told of, and the others with it.
                None => continue,
                Some(names) if names.len() > 1 => told_of = Cow::Owned(all_of(finding, says, &names)),
                Some(_) => {}
            }
        }
        let fix = finding.remediation.as_ref().map(|remedy| match fixes.entry(remedy) {
            Entry::Occupied(earlier) => Fix::SameAs(earlier.get()),
            Entry::Vacant(place) => {
                place.insert(finding.id);
                Fix::Anew(remedy)
            }
        });
        grouped.push(FindingGroup {
            ids: alike.iter().map(|finding| finding.id).collect(),
            finding: told_of,
            read_from: finding.unavailable.as_ref().and_then(read_from),
            fix,
        });
    }
    grouped
}

/// With which others a finding is told of, and the name of what it is about. What somebody answers for is told of by itself.
fn company(finding: &Finding) -> Option<((&str, &str, Status), &str)> {
    let Alike { key, name, .. } = finding.alike.as_ref().filter(|_| finding.waived.is_none())?;
    Some(((finding.id, key, finding.status), name))
}

/// One finding that stands for all of these.
fn all_of(first: &Finding, says: &str, names: &[&str]) -> Finding {
    let (named, more) = names.split_at(names.len().min(NAMED));
    let mut list = named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if !more.is_empty() {
        list = format!("{list} and {} more", more.len());
    }
    let message = format!(
        "{} {says}: {list}. The fix is shown for `{}`",
        names.len(),
        names.first().copied().unwrap_or_default()
    );
    Finding { message, subject: Subject::account(), ..first.clone() }
}

fn not_passed(check: &CheckReport) -> impl Iterator<Item = &Finding> {
    check.findings.iter().filter(|finding| finding.status != Status::Pass)
}

/// What all findings that do not pass are about, if that is one thing: then it is named once.
pub(crate) fn shared_subject(check: &CheckReport) -> Option<&Subject> {
    let mut findings = not_passed(check);
    let first = findings.next()?;
    findings.all(|finding| finding.subject == first.subject).then_some(&first.subject)
}

/// The candidate that was judged, and how many others there were.
pub(crate) fn judged(check: &CheckReport) -> Option<String> {
    let chosen = check.chosen.as_ref()?;
    let others = match chosen.others {
        0 => String::new(),
        1 => " (1 other was considered)".to_owned(),
        others => format!(" ({others} others were considered)"),
    };
    Some(format!("{}{others}", chosen.name))
}

/// Where all was read and does not decide, the message tells what stays open, and this the call that it hangs on. Of every
/// other cause the message itself names the call.
pub(crate) fn read_from(unavailable: &Unavailable) -> Option<String> {
    let Cause::Unknowable { .. } = unavailable.cause else { return None };
    let Call { operation, region, .. } = &unavailable.call;
    Some(match region {
        Some(region) => format!("{operation} in {region}"),
        None => operation.to_string(),
    })
}

/// How to set an input, with what its command says that it is: `${ALERT_EMAIL:?your address}`.
pub(crate) fn export(input: &str, remedy: &Remediation) -> String {
    let example = if input.ends_with("EMAIL") { "you@example.com" } else { "…" };
    match remedy.meaning_of(input) {
        Some(what) => format!("export {input}={example}  # {what}"),
        None => format!("export {input}={example}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::SINGLE_ACCOUNT;
    use crate::config::settings::Settings;
    use crate::testing::iam::{ADMINISTRATOR_ACCESS, EntityBuilder, Iam};
    use crate::testing::judge;

    #[test]
    fn users_with_the_same_path_are_one_block() {
        let write = r#"{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}"#;
        let group = r#"{"Effect":"Allow","Action":"iam:PutGroupPolicy","Resource":"*"}"#;
        let alice = Iam::new()
            .user("alice", EntityBuilder::nothing().attached(ADMINISTRATOR_ACCESS))
            .mfa("alice")
            .password("alice");
        let writers = ["a", "b", "c", "d", "e"];
        let iam = writers
            .iter()
            .fold(alice, |iam, name| iam.user(name, EntityBuilder::nothing().inline(write)).password(name));
        let iam = iam
            .user("f", EntityBuilder::nothing().inline(group).group("g"))
            .password("f")
            .group("g", EntityBuilder::nothing());
        let check = SINGLE_ACCOUNT.check("admin-user-mfa").unwrap_or_else(|_| unreachable!());
        let report = CheckReport::new(check, judge(check, iam.facts()), &Settings::default());
        let messages: Vec<String> = grouped(&report).iter().map(|grouped| grouped.finding.message.clone()).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(
            messages[0].starts_with(
                "5 users without MFA can write an inline policy into themselves: `a`, `b`, `c` and 2 more"
            ),
            "{messages:?}"
        );
        assert!(messages[1].contains("`f`"), "{messages:?}");
        assert_eq!(report.findings.iter().filter(|finding| finding.status == Status::Fail).count(), 6);
    }
}
