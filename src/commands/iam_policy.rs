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
        PolicyFormat::Cloudformation => out.write_all(role::cloudformation(stage, &policy).as_bytes()),
        PolicyFormat::Terraform => out.write_all(role::terraform(stage, &policy).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::account::operation::Operation;

    use super::*;
    use crate::checks::{ORG_FOUNDATION, SINGLE_ACCOUNT, STAGES};

    fn printed(form: PolicyFormat, stage: &Stage) -> String {
        let mut out = Vec::new();
        write(form, stage, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn policy(stage: &Stage) -> Value {
        serde_json::from_str(&printed(PolicyFormat::Json, stage)).unwrap()
    }

    #[test]
    fn every_action_is_in_the_policy_once_and_no_other() {
        for stage in STAGES {
            let policy = policy(stage);
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
            let of_stage = Operation::ALL.iter().filter(|operation| stage.purpose(**operation).is_some());
            let mut needed: Vec<&str> = of_stage.filter_map(|operation| operation.action()).collect();
            needed.sort_unstable();
            assert_eq!(allowed, needed, "{}", stage.id);
        }
    }

    #[test]
    fn all_stages_together_need_every_operation() {
        let is_needed = |operation: &&Operation| STAGES.iter().any(|stage| stage.purpose(**operation).is_some());
        let unused: Vec<&Operation> = Operation::ALL.iter().filter(|operation| !is_needed(operation)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn the_organizations_policy_reads_no_bucket_and_has_a_role() {
        let text = policy(&ORG_FOUNDATION).to_string();
        assert!(!text.contains("s3:ListBucket\"") && !text.contains("s3:GetBucket"), "{text}");
        assert!(text.contains("s3:ListAllMyBuckets"));
        for form in [PolicyFormat::Cloudformation, PolicyFormat::Terraform] {
            assert!(printed(form, &ORG_FOUNDATION).contains("stagecheck-org-foundation"));
            assert!(!printed(form, &SINGLE_ACCOUNT).contains("{role_name}"));
        }
    }

    #[test]
    fn no_action_is_a_wildcard_or_get_caller_identity() {
        let policy = policy(&SINGLE_ACCOUNT);
        let text = policy.to_string();
        assert!(!text.contains("sts:") && !text.contains(":*"), "{text}");
        assert_eq!(policy["Version"], "2012-10-17");
    }
}
