//! What a CI server needs: a role, a recipe, a release. All of it is files for others' machines, held to what those machines take.

mod action;
mod docs;
mod examples;
mod install;
mod release;
mod role;
mod terraform;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::support::run::Run;

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A shell script that stands for the program in a recipe: it writes its arguments and what it finds of AWS's variables to the file
/// `called`, and audits a recorded account in place of the one that is asked for.
fn program(story: &str) -> String {
    let snapshot = repository(&format!("fixtures/accounts/{story}.json"));
    format!(
        r#"#!/usr/bin/env bash
set -euo pipefail
{{ printf '%s\n' "$@"; env | grep '^AWS_' | sort; }} > called
kept=()
while [ $# -gt 0 ]; do
  case "$1" in
    --profile=* | --expect-account=*) ;;
    --profile | --expect-account) shift ;;
    *) kept+=("$1") ;;
  esac
  shift
done
exec "{stagecheck}" "${{kept[@]}}" --snapshot "{snapshot}"
"#,
        stagecheck = env!("CARGO_BIN_EXE_stagecheck"),
        snapshot = snapshot.display(),
    )
}

/// What `stagecheck iam-policy` prints in a form.
fn printed(form: &str) -> String {
    Run::stagecheck(["iam-policy", "--format", form]).expect(0).stdout
}

/// The policy's document.
fn policy() -> Value {
    serde_json::from_str(&printed("json")).unwrap()
}

/// A statement as the trust is to be: this principal, if the token or the caller says this.
fn trusting(sid: &str, principal: [&str; 2], action: &str, says: &[(&str, &str)]) -> Value {
    let equals: Map<String, Value> = says.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {principal[0]: principal[1]},
        "Action": action,
        "Condition": {"StringEquals": equals},
    })
}
