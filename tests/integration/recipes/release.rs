//! A release up to its button: workflows that keep GitHub's schema, archives with all that an installation needs, and names of files
//! that all who fetch them agree on.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::repository;
use crate::support::checkers::{holds_schema, holds_workflow_security, parses_as, yaml};
use crate::support::run::{Ran, Run};
use crate::support::tools::tool;

const TARGETS: [&str; 5] = [
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-musl",
];

fn text(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap()
}

fn files_in(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn archive(target: &str) -> String {
    let ending = if target.contains("windows") { "zip" } else { "tar.gz" };
    format!("stagecheck-{}-{target}.{ending}", env!("CARGO_PKG_VERSION"))
}

#[test]
fn the_workflows_keep_githubs_schema_and_are_safe() {
    let workflows = files_in(".github/workflows");
    assert_eq!(workflows.len(), 2);
    let workflows: Vec<&Path> = workflows.iter().map(PathBuf::as_path).collect();
    holds_schema("github-workflows", &workflows);
    let dependabot = repository(".github/dependabot.yml");
    holds_schema("dependabot", &[&dependabot]);
    holds_workflow_security(&[&workflows[..], &[&dependabot]].concat());
}

#[test]
fn every_action_is_pinned_to_a_commit_with_its_version() {
    let mut held = 0;
    for file in files_in(".github/workflows").into_iter().chain([repository("ci/github.yml")]) {
        let text = std::fs::read_to_string(&file).unwrap();
        for used in text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            let (action, rest) = used.split_once('@').unwrap();
            let commit: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
            assert_eq!(commit.len(), 40, "{used}");
            assert!(rest.contains(" # v") || action == "OWNER/stagecheck", "{used}");
            held += 1;
        }
    }
    assert!(held > 10, "{held}");
}

#[test]
fn ci_runs_what_a_change_must_pass() {
    let workflow = yaml(&text(".github/workflows/ci.yml"));
    let steps = workflow["jobs"]["everything"]["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["run"] == ".ci/run"));
}

#[test]
fn release_builds_every_target_and_writes_only_a_draft() {
    let workflow = yaml(&text(".github/workflows/release.yml"));
    let built = workflow["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().unwrap();
    let mut targets: Vec<&str> = built.iter().map(|built| built["target"].as_str().unwrap()).collect();
    targets.sort_unstable();
    assert_eq!(targets, TARGETS);
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        let writes: Vec<&String> = job["permissions"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, level)| *level == "write")
            .map(|(what, _)| what)
            .collect();
        let allowed: &[&str] = match name.as_str() {
            "package" => &["id-token", "attestations"],
            "draft" => &["contents"],
            _ => &[],
        };
        assert_eq!(writes, allowed, "{name}");
    }
    let draft = workflow["jobs"]["draft"]["steps"].to_string();
    assert!(draft.contains("gh release create") && draft.contains("--draft"), "{draft}");
}

/// The archives of a release whose programs are this build's.
fn packed() -> Option<Ran> {
    tool("zip")?;
    let run =
        Run::program("bash").arg(repository("packaging/archive.sh")).env("PATH", std::env::var_os("PATH").unwrap());
    for target in TARGETS {
        let folder = run.path(&format!("binaries/{target}"));
        std::fs::create_dir_all(&folder).unwrap();
        let name = if target.contains("windows") { "stagecheck.exe" } else { "stagecheck" };
        // Through an artifact, a file's mode is lost.
        std::fs::write(folder.join(name), format!("#!/bin/sh\necho {target}\n")).unwrap();
    }
    Some(
        run.args([env!("CARGO_BIN_EXE_stagecheck"), "binaries", "release"])
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .expect(0),
    )
}

#[test]
fn archive_has_program_man_pages_completions_and_license() {
    let Some(ran) = packed() else { return };
    let mut names: Vec<String> = std::fs::read_dir(ran.path("release"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected: Vec<String> =
        TARGETS.iter().map(|target| archive(target)).chain(["SHA256SUMS".to_owned()]).collect();
    expected.sort();
    assert_eq!(names, expected);
    for target in TARGETS {
        let name = archive(target);
        let list = format!("case {name} in *.zip) python3 -m zipfile -l {name} ;; *) tar -tvzf {name} ;; esac");
        let path = std::env::var_os("PATH").unwrap();
        let shell = format!("cd '{}' && {list}", ran.path("release").display());
        let listed = Run::program("bash").args(["-c", &shell]).env("PATH", path).expect(0).stdout;
        for file in [
            "/LICENSE",
            "/README.md",
            "/man/stagecheck.1",
            "/man/stagecheck-audit.1",
            "/completions/_stagecheck",
            "/completions/_stagecheck.ps1",
            "/completions/stagecheck.bash",
            "/completions/stagecheck.fish",
        ] {
            assert!(listed.contains(file), "{name}: {file}\n{listed}");
        }
        let program =
            listed.lines().find(|line| line.contains("/stagecheck.exe") || line.trim_end().ends_with("/stagecheck"));
        assert!(program.is_some_and(|line| line.starts_with("-rwxr-xr-x") || line.contains(".exe")), "{listed}");
    }
    let sums = Run::program("sha256sum").args(["--check", "--strict", "--quiet", "SHA256SUMS"]);
    let sums = TARGETS.iter().map(|target| archive(target)).chain(["SHA256SUMS".to_owned()]).fold(sums, |run, name| {
        std::fs::copy(ran.path("release").join(&name), run.path(&name)).unwrap();
        run
    });
    assert_eq!(sums.expect(0).stdout, "");
}

#[test]
fn the_same_programs_make_the_same_archives() {
    let Some(first) = packed() else { return };
    let second = packed().unwrap();
    assert_eq!(first.wrote("release/SHA256SUMS"), second.wrote("release/SHA256SUMS"));
}

#[test]
fn formula_is_ruby_with_every_archives_checksum() {
    let sum = |(at, target): (usize, &&str)| format!("{at:064x}  {}", archive(target));
    let sums = TARGETS.iter().enumerate().map(sum).collect::<Vec<_>>().join(
        "
",
    );
    let formula = |sums: &str| {
        Run::program("bash")
            .arg(repository("packaging/homebrew.sh"))
            .file("SHA256SUMS", sums)
            .args([env!("CARGO_PKG_VERSION"), "https://example.com/owner/stagecheck", "SHA256SUMS"])
            .env("PATH", std::env::var_os("PATH").unwrap())
    };
    let filled = formula(&sums).expect(0).stdout;
    parses_as("ruby", &filled);
    assert!(!filled.contains('@'), "{filled}");
    for (at, target) in TARGETS.iter().enumerate().filter(|(_, target)| !target.contains("windows")) {
        let url = format!(
            "https://example.com/owner/stagecheck/releases/download/v{}/{}",
            env!("CARGO_PKG_VERSION"),
            archive(target)
        );
        let pair = format!("url \"{url}\"\n      sha256 \"{at:064x}\"");
        assert!(filled.contains(&pair), "{pair}\n{filled}");
    }
    let ran = formula(&sums.replace("aarch64-apple-darwin", "other")).expect(1);
    assert!(ran.stderr.contains("has no checksum of aarch64-apple-darwin"), "{}", ran.stderr);
}

#[test]
fn cargo_binstall_and_the_action_fetch_what_the_release_makes() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let fetched = |settings: &toml::Value, target: &str| {
        let url = settings["pkg-url"].as_str().unwrap().replace("{ repo }", "R").replace("{ name }", "stagecheck");
        url.replace("{ version }", env!("CARGO_PKG_VERSION")).replace("{ target }", target)
    };
    let install = text("ci/action/install.sh");
    for target in TARGETS {
        let settings = binstall["overrides"].get(target).unwrap_or(binstall);
        assert_eq!(
            fetched(settings, target),
            format!("R/releases/download/v{}/{}", env!("CARGO_PKG_VERSION"), archive(target))
        );
        let ending = if target.contains("windows") { "zip" } else { "tar.gz" };
        assert!(install.contains(&format!("target={target} ending={ending} ")), "{target}");
    }
    assert!(install.contains("name=stagecheck-$version-$target\n"));
}

#[test]
fn image_is_from_scratch_with_certificates_as_nobody() {
    let containerfile = text("Containerfile");
    let (_, last) = containerfile.rsplit_once("\nFROM ").unwrap();
    let instructions: Vec<&str> = last.lines().collect();
    assert_eq!(instructions[0], "scratch");
    assert!(
        instructions.iter().any(|line| line.starts_with("COPY --from=build /etc/ssl/certs/ca-certificates.crt ")),
        "{last}"
    );
    assert!(instructions.contains(&"ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"), "{last}");
    let user = instructions.iter().position(|line| *line == "USER 65532:65532").unwrap();
    let entry = instructions.iter().position(|line| *line == "ENTRYPOINT [\"/stagecheck\"]").unwrap();
    assert!(user < entry, "{last}");
    assert!(!instructions.iter().any(|line| line.starts_with("RUN")), "there is no shell to run it");
}

#[test]
fn the_crate_holds_the_program_and_nothing_big() {
    let ran = Run::program(env!("CARGO"))
        .args(["package", "--list", "--locked", "--allow-dirty", "--offline", "--manifest-path"])
        .arg(repository("Cargo.toml"))
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env(
            "CARGO_HOME",
            std::env::var_os("CARGO_HOME")
                .unwrap_or_else(|| format!("{}/.cargo", std::env::var("HOME").unwrap()).into()),
        )
        .env(
            "RUSTUP_HOME",
            std::env::var_os("RUSTUP_HOME")
                .unwrap_or_else(|| format!("{}/.rustup", std::env::var("HOME").unwrap()).into()),
        )
        .expect(0);
    let files: Vec<&str> = ran.stdout.lines().collect();
    for file in [
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "src/main.rs",
        "src/commands/iam_policy/role.yaml",
        "schema/report-v1.schema.json",
    ] {
        assert!(files.contains(&file), "{file}");
    }
    let mut whole = 0;
    for file in files.iter().filter(|file| repository(file).exists()) {
        let size = std::fs::metadata(repository(file)).unwrap().len();
        assert!(size < 200_000, "{file} has {size} bytes: exclude it in Cargo.toml");
        whole += size;
    }
    assert!(whole < 6_000_000, "{whole}");
}

#[test]
fn shellcheck_has_nothing_to_say_of_the_scripts() {
    let Some(shellcheck) = tool("shellcheck") else { return };
    let scripts = [".ci", "ci/action", "packaging"].into_iter().flat_map(files_in);
    let scripts = scripts.filter(|file| std::fs::read_to_string(file).unwrap().starts_with("#!/usr/bin/env bash"));
    let scripts: Vec<PathBuf> = scripts.collect();
    assert!(scripts.len() >= 7, "{scripts:?}");
    let ran = Run::program(shellcheck).args(scripts).whatever();
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
}

#[test]
fn the_schemas_refuse_what_is_wrong() {
    let wrong = "name: x\non: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    stepz: []\n";
    let run = Run::program("true").file("wrong.yml", wrong);
    let file = run.path("wrong.yml");
    assert!(std::panic::catch_unwind(|| holds_schema("github-workflows", &[&file])).is_err());
    let value: Value = yaml(wrong);
    assert_eq!(value["jobs"]["a"]["runs-on"], "ubuntu-24.04");
}
