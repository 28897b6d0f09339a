//! How the action finds the program: the named one, a verified release, or a build of its own source.

use super::repository;
use crate::support::run::{Ran, Run};

/// The step on a runner whose `gh` and `cargo` write down what they are asked for.
fn step(inputs: &[(&str, &str)]) -> Run {
    let run = Run::program("bash")
        .arg(repository("ci/action/install.sh"))
        .file("bin/cargo", "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\" > called\n")
        .file("bin/gh", GH);
    for tool in ["cargo", "gh"] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(run.path(&format!("bin/{tool}")), mode).unwrap();
    }
    let folder = run.path("");
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    let run = run
        .env("PATH", path)
        .env("RUNNER_TEMP", &folder)
        .env("RUNNER_OS", "Linux")
        .env("RUNNER_ARCH", "X64")
        .env("ACTION_REPOSITORY", "owner/stagecheck")
        .env("GITHUB_ACTION_PATH", "/the/action")
        .env("GITHUB_OUTPUT", folder.join("output"));
    inputs.iter().fold(run, |run, (name, value)| run.env(name, value))
}

/// Its release is an archive of one script; what `attestation` in the home folder says is how the verification ends.
const GH: &str = r#"#!/usr/bin/env bash
set -euo pipefail
printf '%s\n' "$*" >> "$HOME/called"
case "$1 $2" in
  'release download')
    name=stagecheck-0.1.0-x86_64-unknown-linux-musl
    mkdir "$name" && printf 'echo the release\n' > "$name/stagecheck" && chmod +x "$name/stagecheck"
    tar -czf "$name.tar.gz" "$name" && rm -r "$name" ;;
  'attestation verify') exit "$(cat "$HOME/attestation")" ;;
esac
"#;

fn program(ran: &Ran) -> String {
    ran.wrote("output").trim().strip_prefix("program=").unwrap().to_owned()
}

#[test]
fn a_named_program_is_taken_as_it_is() {
    assert_eq!(program(&step(&[("STAGECHECK_PATH", "bash")]).expect(0)), "bash");
    let missing = step(&[("STAGECHECK_PATH", "./no-such-program")]).expect(2);
    assert!(missing.stdout.contains("names no program"), "{}", missing.stdout);
}

#[test]
fn without_a_version_the_actions_own_source_is_built() {
    let ran = step(&[]).expect(0);
    assert!(program(&ran).ends_with("/stagecheck/bin/stagecheck"));
    assert!(
        ran.wrote("called").starts_with("install\n--locked\n--quiet\n--path\n/the/action\n"),
        "{}",
        ran.wrote("called")
    );
}

#[test]
fn a_release_is_unpacked_once_its_provenance_is_verified() {
    let ran = step(&[("STAGECHECK_VERSION", "v0.1.0")]).file("attestation", "0").expect(0);
    let found = program(&ran);
    assert!(found.ends_with("/stagecheck-0.1.0-x86_64-unknown-linux-musl/stagecheck"), "{found}");
    assert!(std::path::Path::new(&found).exists());
    let called = ran.wrote("called");
    let [download, verify] = called.lines().collect::<Vec<_>>()[..] else { panic!("{called}") };
    assert!(download.starts_with("release download v0.1.0 --repo owner/stagecheck "), "{download}");
    assert!(verify.ends_with(".tar.gz --repo owner/stagecheck"), "{verify}");
}

#[test]
fn a_release_of_another_origin_is_not_unpacked() {
    let ran = step(&[("STAGECHECK_VERSION", "0.1.0")]).file("attestation", "1").expect(1);
    assert!(!ran.path("output").exists());
    assert!(!ran.path("stagecheck/stagecheck-0.1.0-x86_64-unknown-linux-musl").exists());
}

#[test]
fn invalid_version_and_unsupported_machine_are_refused() {
    for version in ["latest", "0.1", "0.1.0; touch pwned", "../x"] {
        let ran = step(&[("STAGECHECK_VERSION", version)]).expect(2);
        assert!(ran.stdout.contains("is no version"), "{}", ran.stdout);
        assert!(!ran.path("called").exists());
    }
    let ran = step(&[("STAGECHECK_VERSION", "0.1.0"), ("RUNNER_ARCH", "S390X")]).expect(2);
    assert!(ran.stdout.contains("no release for Linux on S390X"), "{}", ran.stdout);
}
