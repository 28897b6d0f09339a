//! What others publish about the files that we write: linters, schemas and parsers, at pinned versions.

use std::path::Path;

use serde_json::Value;

use super::python::CHECKERS;
use super::run::Run;

/// One of the installed checkers.
fn checker(name: &str) -> Run {
    let path = CHECKERS.interpreter().with_file_name(name);
    Run::program(path)
        .within(std::time::Duration::from_mins(3))
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
}

/// CloudFormation's linter has nothing to say about this template, warnings included.
#[track_caller]
pub(crate) fn holds_cloudformation(template: &str) {
    let ran = checker("cfn-lint").file("template.yaml", template).arg("template.yaml").whatever();
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
}

/// These files keep a published schema, e.g. `github-workflows`.
#[track_caller]
pub(crate) fn holds_schema(schema: &str, files: &[&Path]) {
    let ran =
        checker("check-jsonschema").args(["--builtin-schema", &format!("vendor.{schema}")]).args(files).whatever();
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
}

/// What zizmor, which knows how workflows are attacked, finds nothing in, without asking anybody else.
#[track_caller]
pub(crate) fn holds_workflow_security(files: &[&Path]) {
    let ran = checker("zizmor")
        .args(["--offline", "--no-progress", "--color=never", "--persona=auditor"])
        .args(files)
        .whatever();
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
}

/// YAML, as the values that it stands for.
pub(crate) fn yaml(text: &str) -> Value {
    const READ: &str = "import json, sys, yaml; json.dump(yaml.load(sys.stdin, yaml.BaseLoader), sys.stdout)";
    Run::program(CHECKERS.interpreter()).args(["-c", READ]).input(text).expect(0).json()
}

/// The grammar of a language, e.g. `pwsh`, takes this text without an error.
#[track_caller]
pub(crate) fn parses_as(language: &str, text: &str) {
    const PARSE: &str = "
import importlib, sys, tree_sitter
language = tree_sitter.Language(importlib.import_module('tree_sitter_' + sys.argv[1]).language())
sys.exit(tree_sitter.Parser(language).parse(sys.stdin.buffer.read()).root_node.has_error)
";
    let ran = Run::program(CHECKERS.interpreter()).args(["-c", PARSE, language]).input(text).whatever();
    assert_eq!(ran.status, 0, "{}{text}", ran.stderr);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammars_refuse_what_is_wrong() {
        for (language, right, wrong) in [
            ("pwsh", "$a.Where{ $_ -eq 1 }", "if ($x { }"),
            ("groovy", "a { b 'c' }", "a { b 'c' "),
            ("ruby", "a do\nend", "a do\n"),
        ] {
            parses_as(language, right);
            assert!(std::panic::catch_unwind(|| parses_as(language, wrong)).is_err(), "{language}");
        }
    }
}
