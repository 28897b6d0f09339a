//! Gives the program what it is built from, for `--version`: commit and date, target, features.

use std::process::Command;

fn main() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    // Debug builds don't follow the commits: each would compile the program anew.
    let commit = if variable("PROFILE") == "release" { commit() } else { Some("debug build".to_owned()) };
    let features = if variable("CARGO_FEATURE_LIVE").is_empty() { "without live" } else { "live" };
    let parts: Vec<String> = commit.into_iter().chain([variable("TARGET"), features.to_owned()]).collect();
    println!("cargo::rustc-env=STAGECHECK_BUILD={}", parts.join(", "));
    println!("cargo::rerun-if-changed=build.rs");
}

/// The commit that is checked out and its date, e.g. `62d7676 2026-11-24`; `None` without git or outside of a repository.
fn commit() -> Option<String> {
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    let output = Command::new("git").args(["log", "-1", "--format=%h %cs"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !commit.is_empty()).then_some(commit)
}
