//! Each action taken away from the policy, one at a time, and granted again as the report says.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use super::actions::{JUDGE, NOT_ENFORCED, SHOW_OR_EXPLAIN};
use super::situations::{Situation, Standing};
use super::{Audit, actions_of, auditor, printed_policy, without};
use crate::support::account::AccessKey;
use crate::support::call::Call;
use crate::support::rules::Rule;

/// Audits under way at once.
const AT_ONCE: usize = 3;

/// Takes each action away in turn, judges the audit, grants what its report asks for, and expects the audit with the whole policy.
fn take_each_away(
    actions: &[(&'static str, Situation)],
    judge: impl Fn(&str, &Audit, &Audit) -> Result<(), String> + Sync,
) {
    let policy = printed_policy();
    let left: Mutex<Vec<_>> = Mutex::new(actions.iter().rev().collect());
    let wrong: Mutex<Vec<String>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((action, situation)) = left.lock().unwrap().pop() else { return };
                    let standing = situation.stands();
                    let name = format!("without-{}", action.replace(':', "-"));
                    let key = auditor(standing.account, &name, &without(&policy, action));
                    if NOT_ENFORCED.contains(action) {
                        standing.proxy.add(denied_to(&key, action));
                    }
                    let less = Audit::by(&key, &standing.proxy);
                    let found = was_refused(&standing, &key, action)
                        .and_then(|()| judge(action, &standing.whole, &less))
                        .and_then(|()| asks_for_exactly(action, &less))
                        .and_then(|()| is_whole_again(&standing, &name, &less));
                    if let Err(why) = found {
                        wrong.lock().unwrap().push(format!("{action} in {situation:?}: {why}\n{}", less.table));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} actions:\n{}", wrong.len(), actions.len(), wrong.join("\n"));
}

/// Whether the user of this key made the call.
fn is_by(key: &AccessKey, call: &Call) -> bool {
    let signature = call.headers.get("authorization").and_then(|value| value.to_str().ok());
    signature.is_some_and(|text| text.contains(&format!("Credential={}/", key.id)))
}

/// The proxy denies this user the action in the emulator's place.
fn denied_to(key: &AccessKey, action: &str) -> Rule {
    let (key, action) = (key.clone(), action.to_owned());
    Rule::on("*", "*").when(move |call| call.action() == action && is_by(&key, call)).deny()
}

/// This auditor was refused the action, and no other; but for what it does not enforce by the emulator, since no other rule refuses.
fn was_refused(standing: &Standing, key: &AccessKey, action: &str) -> Result<(), String> {
    let of_auditor = standing.proxy.calls().into_iter().filter(|seen| is_by(key, &seen.call));
    let refused: BTreeSet<String> =
        of_auditor.filter(|seen| seen.status == Some(403)).map(|seen| seen.call.action()).collect();
    if refused.iter().eq([action]) { Ok(()) } else { Err(format!("it was refused {refused:?}")) }
}

/// The report's last block lists this action, and its policy grants this action, and neither anything else.
fn asks_for_exactly(action: &str, less: &Audit) -> Result<(), String> {
    let listed: Vec<&str> = less.block().into_iter().take(1).collect();
    let granted = less.policy().map(|policy| actions_of(&policy)).unwrap_or_default();
    if listed == [action] && granted == [action] && less.block()[1].starts_with("This policy grants them") {
        Ok(())
    } else {
        Err(format!("it lists {listed:?} and grants {granted:?}"))
    }
}

/// With what the report prints attached beside what the auditor had, the audit is that with the whole policy.
fn is_whole_again(standing: &Standing, name: &str, less: &Audit) -> Result<(), String> {
    standing.account.user_inline_policy(name, "lacked", &less.policy().unwrap());
    // Another key of the same user, for where the proxy denies by the key.
    let again = Audit::by(&standing.account.access_key(name), &standing.proxy);
    if again.status == standing.whole.status
        && again.statuses() == standing.whole.statuses()
        && again.block().is_empty()
    {
        Ok(())
    } else {
        Err(format!("granted what the report asks for, it is not whole:\n{}", again.table))
    }
}

/// Nothing fails that does not fail with the whole policy.
fn fails_no_more(whole: &Audit, less: &Audit) -> Result<(), String> {
    let known = whole.with_status("fail");
    let new: Vec<String> = less.with_status("fail").into_iter().filter(|failed| !known.contains(failed)).collect();
    if new.is_empty() { Ok(()) } else { Err(format!("it fails {new:?}")) }
}

fn is_undetermined_by(action: &str, whole: &Audit, less: &Audit) -> Result<(), String> {
    fails_no_more(whole, less)?;
    if less.status != 3 {
        return Err(format!("exit status {}", less.status));
    }
    let known = whole.with_status("unknown");
    let unknown = less.findings().into_iter().filter(|finding| {
        finding["status"] == "unknown" && !known.contains(&format!("{} {}", finding["id"], finding["resource"]))
    });
    let unknown: Vec<&Value> = unknown.collect();
    let names = |finding: &Value| {
        finding["unavailable"]["action"] == action
            && finding["unavailable"]["cause"] == "denied"
            && finding["message"].as_str().is_some_and(|message| message.contains(&format!("Grant `{action}`")))
    };
    match unknown.iter().find(|finding| !names(finding)) {
        Some(other) => Err(format!("a finding does not name it: {other:#}")),
        None if unknown.is_empty() => Err("nothing is unknown that was known".to_owned()),
        None => Ok(()),
    }
}

fn says_only_less(_: &str, whole: &Audit, less: &Audit) -> Result<(), String> {
    fails_no_more(whole, less)?;
    if less.status == whole.status && less.statuses() == whole.statuses() {
        Ok(())
    } else {
        Err(format!("exit status {}, {:?} and not {:?}", less.status, less.statuses(), whole.statuses()))
    }
}

#[test]
fn with_exactly_the_printed_policy_a_ready_account_is_ready() {
    let standing = Situation::Ready.stands();
    assert_eq!(standing.whole.report["verdict"], "ready", "{}", standing.whole.table);
    let caller = standing.whole.report["account"]["caller"].as_str().unwrap();
    assert!(caller.ends_with(":user/whole-auditor"), "{caller}");
}

#[test]
fn missing_evaluating_action_is_undetermined_and_named() {
    take_each_away(JUDGE, is_undetermined_by);
}

#[test]
fn missing_describing_action_keeps_verdicts_and_is_named() {
    take_each_away(SHOW_OR_EXPLAIN, says_only_less);
}
