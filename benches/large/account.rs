//! An account of a given size, in which every search runs to its end: there is much of everything, and most of it nearly fits.

use serde_json::{Map, Value, json};

mod alerts;
mod identities;
mod trails;

/// The account's number.
pub(crate) const ID: &str = "320000000001";
/// The region that the audit takes for home, and where most things are.
pub(crate) const HOME: &str = "us-west-2";
/// Where AWS publishes the bill.
pub(crate) const BILLING: &str = "us-east-1";

/// The regions that AWS enables for everybody.
const REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// How large: eight is the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale(pub(crate) u8);

impl Scale {
    /// The part of what the largest account has.
    fn of(self, in_the_largest: usize) -> usize {
        in_the_largest * usize::from(self.0) / 8
    }
}

/// The facts of an account, in a snapshot's form.
pub(crate) struct Account {
    facts: Map<String, Value>,
}

impl Account {
    /// An account of that size.
    pub(crate) fn of(scale: Scale) -> Self {
        let mut account = Account { facts: Map::new() };
        account.one(
            "caller",
            ("GetCallerIdentity", None, None),
            json!({"account": ID, "arn": format!("arn:aws:iam::{ID}:user/auditor")}),
        );
        account.one("organization", ("DescribeOrganization", None, None), Value::Null);
        account.one("account_alias", ("ListAccountAliases", None, None), json!("large"));
        account.one("enabled_regions", ("DescribeRegions", Some(HOME), None), json!(REGIONS));
        identities::add(&mut account, scale);
        trails::add(&mut account, scale);
        alerts::add(&mut account, scale);
        account
    }

    /// What was told of an operation that is asked once.
    pub(crate) fn told(&self, fact: &str) -> &Value {
        &self.facts[fact]["known"]
    }

    /// What was told of one of many.
    pub(crate) fn told_of(&self, fact: &str, key: &str) -> Option<&Value> {
        self.facts.get(fact)?.get(key)?.get("known")
    }

    /// The account as a snapshot.
    pub(crate) fn snapshot(&self) -> String {
        let own = |value: Value| json!({"value": value, "origin": "default"});
        let snapshot = json!({
            "schema_version": 1,
            "tool": {"name": "stagecheck", "version": env!("CARGO_PKG_VERSION")},
            "stage": "single-account",
            "recorded_at": now(),
            "expectations": {
                "home_region": own(json!(HOME)),
                "billing_region": own(json!(BILLING)),
                "topic": own(json!("SecurityAlerts")),
                "threshold": own(json!(25.0)),
            },
            "config": null,
            "waivers": [],
            "facts": self.facts,
        });
        snapshot.to_string()
    }

    fn one(&mut self, fact: &str, call: (&str, Option<&str>, Option<&str>), value: Value) {
        self.facts.insert(fact.to_owned(), slot(call, value));
    }

    fn of_many(&mut self, fact: &str, key: &str, call: (&str, Option<&str>, Option<&str>), value: Value) {
        let facts = self.facts.entry(fact).or_insert_with(|| json!({}));
        facts[key] = slot(call, value);
    }
}

fn slot((operation, region, target): (&str, Option<&str>, Option<&str>), value: Value) -> Value {
    let mut slot = json!({"call": {"operation": operation, "region": region, "target": target}});
    slot["known"] = value;
    slot
}

/// The clock of all that is recent.
fn now() -> String {
    jiff::Timestamp::now().to_string()
}
