//! The standard chain of credentials, link by link: how each works, how each fails, and what the operator is told.

mod bundle;
mod endpoints;
mod found;
mod limits;
mod machine;
mod malformed;
mod order;
mod organization;
mod out_of_reach;
mod partitions;
mod process;
mod profiles;
mod refused;
mod region;
mod roles;
mod sso;

use crate::support::run::{Ran, Run};

/// What is planted wherever a secret stands, and must never be said.
const SECRET: &str = "PLANTEDwJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLE";

/// What an operator would not have written: the SDK's own errors, as Rust shows them.
const DUMPS: [&str; 12] =
    ["{", "}", "Some(", "None", "Ok(", "Err(", "Error(", "Error:", "ProviderError", "source:", "\\n", "panicked"];

/// A run that ended without an audit.
pub(crate) struct NoAudit {
    pub(crate) ran: Ran,
    pub(crate) error: String,
    pub(crate) help: String,
}

/// No audit was made: status 4, one sentence and what to do about it, no secret.
#[track_caller]
pub(crate) fn no_audit(run: Run) -> NoAudit {
    let ran = run.expect(4);
    assert_eq!(ran.stdout, "");
    let lines: Vec<String> = ran.stderr.lines().map(str::to_owned).collect();
    let Ok([error, help]) = <[String; 2]>::try_from(lines) else {
        panic!("not an error and a help line:\n{}", ran.stderr)
    };
    let told = error.strip_prefix("error: ").unwrap_or_else(|| panic!("no error line:\n{}", ran.stderr));
    assert!(help.starts_with("help: "), "no help line:\n{}", ran.stderr);
    assert!(!told.ends_with('.'), "a full stop:\n{}", ran.stderr);
    assert!(!ran.stderr.contains("PLANTED"), "a secret:\n{}", ran.stderr);
    for dump in DUMPS {
        assert!(!ran.stderr.contains(dump), "{dump} in:\n{}", ran.stderr);
    }
    NoAudit { ran, error, help }
}

/// The set-up means nothing: status 2, one sentence and what to do about it, no secret.
#[track_caller]
fn usage(run: Run) -> (String, String) {
    let ran = run.expect(2);
    assert!(!ran.stderr.contains("PLANTED"), "a secret:\n{}", ran.stderr);
    crate::command_line::refusal(&ran)
}

/// An audit with this text as `~/.aws/config`.
fn configured(config: &str) -> Run {
    Run::stagecheck(["audit"]).file(".aws/config", config)
}

/// An audit by the environment's key.
fn with_key(run: Run) -> Run {
    run.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", SECRET)
}
