//! Completion scripts, each held by its own shell: it parses, and where the shell can be asked, it completes.

use std::path::Path;

use crate::support::checkers::parses_as;
use crate::support::run::{Ran, Run};
use crate::support::tools::tool;

fn completions(shell: &str) -> String {
    Run::stagecheck(["completions", shell]).expect(0).stdout
}

/// A shell with the script in its working folder.
fn shell(program: &Path, script: &str, args: &[&str]) -> Ran {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Run::program(program).file("script", script).args(args).env("PATH", path).expect(0)
}

#[test]
fn bash_completes_commands_options_and_values() {
    let Some(bash) = tool("bash") else { return };
    let script = completions("bash");
    assert_eq!(shell(&bash, &script, &["-n", "script"]).stderr, "");
    for (typed, offered) in [
        ("aud", "audit"),
        ("audit --snap", "--snapshot"),
        ("audit --format js", "json"),
        ("iam-policy --format t", "terraform"),
    ] {
        let ask = format!(
            r#"source ./script; COMP_WORDS=(stagecheck {typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            _stagecheck stagecheck "${{COMP_WORDS[-1]}}" "${{COMP_WORDS[-2]}}"; printf '%s\n' "${{COMPREPLY[@]}}""#
        );
        let ran = shell(&bash, &script, &["--norc", "-c", &ask]);
        assert_eq!((ran.stdout.trim(), ran.stderr.as_str()), (offered, ""), "{typed}");
    }
}

#[test]
fn zsh_takes_the_script_and_registers_it() {
    let Some(zsh) = tool("zsh") else { return };
    let script = completions("zsh");
    assert_eq!(shell(&zsh, &script, &["-f", "-n", "script"]).stderr, "");
    let ask = "autoload -Uz compinit && compinit -D -u && source ./script && print -r -- $_comps[stagecheck]";
    let ran = shell(&zsh, &script, &["-f", "-c", ask]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("_stagecheck\n", ""));
}

#[test]
fn fish_completes_commands_options_and_values() {
    let Some(fish) = tool("fish") else { return };
    let script = completions("fish");
    assert_eq!(shell(&fish, &script, &["--no-config", "--no-execute", "script"]).stderr, "");
    for (typed, offered) in [("aud", "audit"), ("audit --snap", "--snapshot"), ("audit --format js", "json")] {
        let ask = format!("source ./script; complete --do-complete 'stagecheck {typed}'");
        let ran = shell(&fish, &script, &["--no-config", "-c", &ask]);
        assert!(ran.stdout.starts_with(offered), "{typed}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn powershell_parses_the_script_with_every_command() {
    let script = completions("powershell");
    parses_as("pwsh", &script);
    for command in ["audit", "explain", "iam-policy", "completions", "man"] {
        assert!(script.contains(&format!("'{command}'")), "{command}");
    }
}

#[test]
fn a_shell_that_there_are_no_completions_for_is_refused() {
    let ran = Run::stagecheck(["completions", "tcsh"]).expect(2);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("bash, elvish, fish, powershell, zsh"), "{}", ran.stderr);
}
