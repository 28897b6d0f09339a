//! What an auditor with little, or with a Deny, is told to grant, in the emulator that enforces IAM.

use std::collections::BTreeSet;

use serde_json::json;

use super::situations::Situation;
use super::{Audit, actions_of, auditor, printed_policy};

/// As many as an audit has rounds: what is denied in one hides what the next would have asked for.
const MOST_GRANTS: usize = 3;

#[test]
fn powerless_auditor_is_whole_after_a_few_printed_grants() {
    let standing = Situation::Ready.stands();
    let harmless = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"},
    ]});
    let key = auditor(standing.account, "newcomer", &harmless);
    let mut granted = BTreeSet::new();
    for grant in 1..=MOST_GRANTS + 1 {
        let audit = Audit::by(&key, &standing.proxy);
        let Some(policy) = audit.policy() else {
            assert_eq!(audit.status, 0, "{}", audit.table);
            assert_eq!(audit.statuses(), standing.whole.statuses());
            let printed: BTreeSet<String> = actions_of(&printed_policy()).into_iter().collect();
            assert!(granted.is_subset(&printed), "{granted:?}");
            assert!(grant > 1, "the emulator enforced nothing");
            return;
        };
        assert_eq!(audit.status, 3, "{}", audit.table);
        assert_eq!(audit.with_status("fail"), [""; 0], "{}", audit.table);
        let new = actions_of(&policy);
        assert!(new.iter().all(|action| !granted.contains(action)), "granted before: {new:?} of {granted:?}");
        granted.extend(new);
        standing.account.user_inline_policy("newcomer", &format!("grant-{grant}"), &policy);
    }
    panic!("still not whole after {MOST_GRANTS} grants: {granted:?}");
}

#[test]
fn denied_auditor_gets_the_deny_named_and_no_policy() {
    let standing = Situation::Ready.stands();
    let deny = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": ["s3:GetBucketPolicy", "cloudtrail:DescribeTrails"], "Resource": "*"},
    ]});
    let key = auditor(standing.account, "denied", &printed_policy());
    standing.account.user_inline_policy("denied", "deny", &deny);
    let audit = Audit::by(&key, &standing.proxy);
    assert_eq!(audit.status, 3, "{}", audit.table);
    let block = audit.block().join(" ");
    let told = "cloudtrail:DescribeTrails, denied by an explicit deny in the auditor's own policies";
    assert!(block.starts_with(told), "{block}");
    assert_eq!(audit.policy(), None);
}
