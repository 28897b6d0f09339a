//! `stagecheck iam-policy` is least privilege: it suffices, nothing in it is too much, and a report says exactly what is lacking.

mod actions;
mod granted;
mod situations;
mod taken_away;
mod told;

use serde_json::Value;

use crate::support::account::{AccessKey, Account};
use crate::support::proxy::Proxy;
use crate::support::run::{Ran, Run};

/// The heading of a report's block of what to grant.
const LACKS: &str = "Missing permissions";

/// The policy that the program prints.
fn printed_policy() -> Value {
    Run::stagecheck(["iam-policy"]).expect(0).json()
}

/// All actions of a policy, in the policy's order.
fn actions_of(policy: &Value) -> Vec<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    statements
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}

/// The policy without one action.
fn without(policy: &Value, action: &str) -> Value {
    let mut less = policy.clone();
    for statement in less["Statement"].as_array_mut().unwrap() {
        statement["Action"].as_array_mut().unwrap().retain(|allowed| allowed != action);
    }
    // AWS takes no statement without an action.
    less["Statement"].as_array_mut().unwrap().retain(|statement| statement["Action"] != Value::Array(Vec::new()));
    less
}

/// A new user with this policy alone, and a key.
fn auditor(account: Account, name: &str, policy: &Value) -> AccessKey {
    account.user(name).user_inline_policy(name, "stagecheck", policy).access_key(name)
}

/// One audit, as a table and as JSON.
struct Audit {
    status: i32,
    table: String,
    report: Value,
}

impl Audit {
    fn by(auditor: &AccessKey, proxy: &Proxy) -> Self {
        Self::of(Run::audit_as(auditor, proxy))
    }

    fn of(run: Run) -> Self {
        let ran: Ran = run.args(["--output", "json=report.json", "--full"]).whatever();
        assert!([0, 1, 3].contains(&ran.status), "exit status {}\n{}\n{}", ran.status, ran.stdout, ran.stderr);
        let report = serde_json::from_str(&ran.wrote("report.json")).unwrap();
        Self { status: ran.status, table: ran.stdout, report }
    }

    fn findings(&self) -> Vec<&Value> {
        let checks = self.report["checks"].as_array().unwrap();
        checks.iter().flat_map(|check| check["findings"].as_array().unwrap()).collect()
    }

    /// Requirement and resource of every finding with this status.
    fn with_status(&self, status: &str) -> Vec<String> {
        let findings = self.findings().into_iter().filter(|finding| finding["status"] == status);
        findings.map(|finding| format!("{} {}", finding["id"], finding["resource"])).collect()
    }

    /// The status of every check.
    fn statuses(&self) -> Vec<&Value> {
        self.report["checks"].as_array().unwrap().iter().map(|check| &check["status"]).collect()
    }

    /// The lines of the block of lacking permissions; none where there is no such block.
    fn block(&self) -> Vec<&str> {
        let lines = self.table.lines().skip_while(|line| *line != LACKS).skip(1);
        lines.take_while(|line| !line.is_empty()).map(str::trim).collect()
    }

    /// The policy that the block says to grant.
    fn policy(&self) -> Option<Value> {
        let line = self.block().into_iter().find(|line| line.starts_with('{'))?;
        Some(serde_json::from_str(line).unwrap())
    }
}
