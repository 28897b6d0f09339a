//! Facts taken away: what we could not see never improves an answer.

use serde_json::Value;

use super::{judge, overall};
use crate::account::facts::Facts;
use crate::model::check::Check;
use crate::model::finding::CheckResult;
use crate::model::status::Status;

/// Judges with every fact, and with every pair of facts, taken away: the check stays as it was, or becomes unknown, or a pass a warn.
pub(crate) fn hold_verdict_without_any_fact(check: &Check, facts: &Facts) {
    without_each_pair(check, facts, |_, _, _| {});
}

/// The same; and what a requirement says of one subject stays, or becomes unknown.
pub(crate) fn hold_without_any_fact(check: &Check, facts: &Facts) {
    without_each_pair(check, facts, |before, after, taken| {
        for finding in &after.findings {
            let same = |it: &&crate::model::finding::Finding| it.id == finding.id && it.subject == finding.subject;
            if let Some(previous) = before.findings.iter().find(same) {
                let kept = finding.status == previous.status || finding.status == Status::Unknown;
                assert!(kept, "{} of {:?} without {taken}", finding.id, finding.subject);
            }
        }
    });
}

fn without_each_pair(check: &Check, facts: &Facts, also: impl Fn(&CheckResult, &CheckResult, &str)) {
    let whole = serde_json::to_value(facts).unwrap();
    let read = |value: &Value| judge(check, serde_json::from_value(value.clone()).unwrap());
    let before = read(&whole);
    let was = overall(&before);
    let names = paths(&whole);
    for (at, one) in names.iter().enumerate() {
        // A fact beside itself is that fact alone.
        for other in &names[at..] {
            let mut less = whole.clone();
            for path in [one, other] {
                if let Some(fact) = less.pointer_mut(path) {
                    *fact = Value::Null;
                }
            }
            let after = read(&less);
            let is = overall(&after);
            let taken = format!("{one} and {other}");
            let allowed = is == was || is == Status::Unknown || (was, is) == (Status::Pass, Status::Warn);
            assert!(allowed, "{was:?} became {is:?} without {taken}: {:#?}", after.findings);
            for finding in after.findings.iter().filter(|finding| !finding.links.is_empty()) {
                let worst = finding.links.iter().filter_map(|(_, status)| *status).max();
                assert_eq!(worst, Some(finding.status), "{} and its links, without {taken}", finding.id);
            }
            also(&before, &after, &taken);
        }
    }
}

/// Where each fact is in a snapshot.
fn paths(facts: &Value) -> Vec<String> {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    let of = |(name, value): (&String, &Value)| match value {
        Value::Null => Vec::new(),
        Value::Object(slot) if slot.contains_key("call") => vec![format!("/{name}")],
        Value::Object(keyed) => keyed.keys().map(|key| format!("/{name}/{}", escaped(key))).collect(),
        other => panic!("{name} is {other}"),
    };
    facts.as_object().unwrap().iter().flat_map(of).collect()
}
