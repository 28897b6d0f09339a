//! A read-only role that has the policy. Its templates stand beside this file, to be read as their users read them; all that is
//! filled in are the policy's statements, whose words are our own and need no quoting in either language.

use std::fmt::Write;

use crate::model::check::Stage;
use crate::report::permissions::{PrintedPolicy, Statement};

const CLOUDFORMATION: &str = include_str!("role.yaml");
const TERRAFORM: &str = include_str!("role.tf");

pub(super) fn cloudformation(stage: &Stage, policy: &PrintedPolicy) -> String {
    fill(CLOUDFORMATION, stage, policy, |text, Statement { sid, effect, action, resource }| {
        let indent = " ".repeat(14);
        let _ = writeln!(text, "{indent}- Sid: {sid}\n{indent}  Effect: {effect}\n{indent}  Action:");
        for action in action {
            let _ = writeln!(text, "{indent}    - {action}");
        }
        let _ = writeln!(text, "{indent}  Resource: \"{resource}\"");
    })
}

pub(super) fn terraform(stage: &Stage, policy: &PrintedPolicy) -> String {
    fill(TERRAFORM, stage, policy, |text, Statement { sid, effect, action, resource }| {
        let _ = writeln!(text, "  statement {{\n    sid    = \"{sid}\"\n    effect = \"{effect}\"\n    actions = [");
        for action in action {
            let _ = writeln!(text, "      \"{action}\",");
        }
        let _ = writeln!(text, "    ]\n    resources = [\"{resource}\"]\n  }}");
    })
}

fn fill(template: &str, stage: &Stage, policy: &PrintedPolicy, write: impl Fn(&mut String, &Statement)) -> String {
    let mut statements = String::new();
    for statement in &policy.statement {
        write(&mut statements, statement);
    }
    template.replace("{role_name}", stage.role).replace("{statements}", &statements)
}
