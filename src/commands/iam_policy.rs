//! `stagecheck iam-policy`: the least-privilege policy that an audit needs, and a role that has it.

use std::io::{self, Write};

use crate::checks;
use crate::cli::IamPolicyOptions;
use crate::cli::formats::PolicyFormat;
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::stdout::print;
use crate::model::check::Stage;
use crate::report::permissions::PrintedPolicy;

mod role;

/// Prints the policy.
///
/// # Errors
/// It cannot be printed.
pub(crate) fn run(options: &IamPolicyOptions) -> Result<ExitStatus, Error> {
    let stage = checks::stage(options.stage.as_deref())?;
    print(|out| write(options.format, stage, out))
}

/// Writes the policy in a form.
///
/// # Errors
/// As its output.
pub fn write(form: PolicyFormat, stage: &Stage, out: &mut dyn Write) -> io::Result<()> {
    let policy = PrintedPolicy::least(stage);
    match form {
        PolicyFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(&policy)?),
        PolicyFormat::Cloudformation => out.write_all(role::cloudformation(&policy).as_bytes()),
        PolicyFormat::Terraform => out.write_all(role::terraform(&policy).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::account::operation::Operation;

    use super::*;
    use crate::checks::SINGLE_ACCOUNT;

    fn policy() -> Value {
        let mut out = Vec::new();
        write(PolicyFormat::Json, &SINGLE_ACCOUNT, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn every_action_is_in_the_policy_once_and_no_other() {
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
    fn no_action_is_a_wildcard_or_get_caller_identity() {
        let text = policy().to_string();
        assert!(!text.contains("sts:") && !text.contains(":*"), "{text}");
        assert_eq!(policy()["Version"], "2012-10-17");
    }
}
