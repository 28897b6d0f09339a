//! Accounts whose verdict needs what the audit of a usual account does not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::json;

use super::{Audit, auditor, printed_policy};
use crate::stories::STORIES;
use crate::support::account::{Account, HOME, Trail};
use crate::support::edits;
use crate::support::proxy::Proxy;

/// An account in which some action is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Situation {
    /// All labs are done.
    Ready,
    /// Topics are encrypted with a customer key.
    CustomerKey,
    /// A user without MFA has a harmless policy of AWS that the account's listing lacks.
    UnlistedPolicy,
    /// The bucket's list of grants lets everybody read, and counts no more.
    RetiredAcl,
    /// The bucket's policy lets everybody read, and the public access block holds that back.
    HeldBack,
    /// Somebody's organization has the account, and its root user has no credentials.
    Member,
    /// There is only a topic of nearly the right name.
    NearMiss,
    /// An account ID of CloudTrail, of one Region, may read the bucket's ACL in the place of the service principal.
    LegacyAccount,
}

/// An account that stands in the emulator that enforces IAM, with the audit by a user with the whole policy.
pub(super) struct Standing {
    pub(super) account: Account,
    pub(super) proxy: Proxy,
    pub(super) whole: Audit,
}

impl Situation {
    /// What an audit with the whole policy comes to.
    pub(super) const fn exit(self) -> i32 {
        match self {
            Situation::Member | Situation::NearMiss | Situation::LegacyAccount => 1,
            _ => 0,
        }
    }

    /// The account; it is made once a test process.
    pub(super) fn stands(self) -> Arc<Standing> {
        type Cell = Arc<OnceLock<Arc<Standing>>>;
        static MADE: Mutex<BTreeMap<Situation, Cell>> = Mutex::new(BTreeMap::new());
        let cell = Arc::clone(MADE.lock().unwrap().entry(self).or_default());
        Arc::clone(cell.get_or_init(|| Arc::new(self.make())))
    }

    fn make(self) -> Standing {
        let (number, make): (_, fn(Account) -> Proxy) = match self {
            Situation::Ready => ("340000000001", |account| ready(account.alias("permissions"))),
            Situation::CustomerKey => ("340000000002", story("customer-key")),
            Situation::UnlistedPolicy => ("340000000003", |account| {
                let policy = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy";
                ready(account.user("metrics").user_has_policy("metrics", policy).password("metrics"))
            }),
            Situation::RetiredAcl => ("340000000004", story("retired-acl")),
            Situation::HeldBack => ("340000000005", |account| {
                let proxy = ready(account);
                let bucket = account.log_bucket();
                let mut policy = account.log_bucket_policy(&Trail::default());
                policy["Statement"].as_array_mut().unwrap().push(json!({
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": format!("arn:aws:s3:::{bucket}/*"),
                }));
                account
                    .blocked_from_public(&bucket, false)
                    .bucket_policy(&bucket, &policy)
                    .blocked_from_public(&bucket, true);
                proxy
            }),
            Situation::Member => ("340000000006", story("member-account")),
            Situation::NearMiss => ("340000000007", |account| {
                let proxy = ready(account);
                let topic = account.topic_arn(HOME, "SecurityAlerts");
                account.call("sns", HOME, "DeleteTopic", json!({"TopicArn": topic}));
                account.topic(HOME, "securityalerts");
                proxy
            }),
            Situation::LegacyAccount => ("340000000008", |account| {
                let proxy = ready(account);
                let mut policy = account.log_bucket_policy(&Trail::default());
                policy["Statement"][0]["Principal"] = json!({"AWS": "arn:aws:iam::113285607260:root"});
                account.bucket_policy(&account.log_bucket(), &policy);
                proxy
            }),
        };
        let account = Account::enforced(number);
        let proxy = make(account);
        let key = auditor(account, "whole-auditor", &printed_policy());
        let whole = Audit::by(&key, &proxy);
        assert_eq!(whole.status, self.exit(), "{self:?} with the whole policy:\n{}\n{}", whole.table, proxy.log());
        assert!(whole.block().is_empty(), "{}", whole.table);
        Standing { account, proxy, whole }
    }
}

fn ready(account: Account) -> Proxy {
    Proxy::to(account.ready()).with_all(edits::ready())
}

fn story(name: &str) -> fn(Account) -> Proxy {
    STORIES.iter().find(|story| story.name == name).unwrap().make
}
