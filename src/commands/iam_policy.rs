//! The least-privilege policy that an audit needs, from the one list of operations, so that it cannot drift from the calls
//! that are made.

use std::collections::BTreeSet;
use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::account::operation::{Bearing, Operation};

mod role;

/// The forms of the policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// The policy's document.
    #[default]
    Json,
    /// A template of a role that has it.
    Cloudformation,
    /// The same role for Terraform.
    Terraform,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    action: BTreeSet<&'static str>,
    resource: &'static str,
}

impl Policy {
    /// One statement for what hangs on the answers, so that an administrator sees what each part is good for and may leave
    /// out those that bear no verdict. The names of what is audited are not known before, hence every resource.
    fn least() -> Self {
        let bearings = [
            (Bearing::Verdict, "Judge"),
            (Bearing::Explanation, "ExplainFailures"),
            (Bearing::Display, "DescribeAccount"),
        ];
        let statement = bearings
            .into_iter()
            .map(|(bearing, sid)| Statement { sid, effect: "Allow", action: actions(bearing), resource: "*" })
            .filter(|statement| !statement.action.is_empty())
            .collect();
        Policy { version: "2012-10-17", statement }
    }
}

fn actions(bearing: Bearing) -> BTreeSet<&'static str> {
    Operation::ALL
        .iter()
        .filter(|operation| operation.spec().bearing == bearing)
        .filter_map(|operation| operation.action())
        .collect()
}

/// The smallest policy that allows these actions, as one line of JSON.
///
/// # Errors
/// None in practice: it can be written as JSON.
pub(crate) fn allowing(actions: BTreeSet<&'static str>) -> serde_json::Result<String> {
    let statement = vec![Statement { sid: "StagecheckLacks", effect: "Allow", action: actions, resource: "*" }];
    serde_json::to_string(&Policy { version: "2012-10-17", statement })
}

/// Writes the policy in a form.
///
/// # Errors
/// As its output.
pub fn write(form: Form, out: &mut dyn Write) -> io::Result<()> {
    let policy = Policy::least();
    match form {
        Form::Json => writeln!(out, "{}", serde_json::to_string_pretty(&policy)?),
        Form::Cloudformation => out.write_all(role::cloudformation(&policy).as_bytes()),
        Form::Terraform => out.write_all(role::terraform(&policy).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn policy() -> Value {
        let mut out = Vec::new();
        write(Form::Json, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn every_operations_action_is_in_the_policy_once_and_nothing_else_is() {
        let policy = policy();
        let mut allowed: Vec<&str> = Vec::new();
        for statement in policy["Statement"].as_array().unwrap() {
            let actions: Vec<&str> =
                statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect();
            assert!(actions.is_sorted(), "{actions:?}");
            assert_eq!((&statement["Effect"], &statement["Resource"]), (&"Allow".into(), &"*".into()));
            assert!(statement["Sid"].as_str().unwrap().chars().all(|c| c.is_ascii_alphanumeric()));
            allowed.extend(actions);
        }
        allowed.sort_unstable();
        let mut needed: Vec<&str> = Operation::ALL.iter().filter_map(|operation| operation.action()).collect();
        needed.sort_unstable();
        assert_eq!(allowed, needed);
    }

    #[test]
    fn no_action_is_a_wildcard_and_none_is_for_who_am_i_which_needs_no_permission() {
        let text = policy().to_string();
        assert!(!text.contains("sts:") && !text.contains(":*"), "{text}");
        assert_eq!(policy()["Version"], "2012-10-17");
    }
}
