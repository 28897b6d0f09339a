//! What others publish about the files that we write: linters, schemas and parsers, at pinned versions.

use std::path::Path;

use super::python;
use super::run::{Ran, Run};

/// One of the installed checkers.
fn checker(name: &str) -> Run {
    let path = python::checkers().with_file_name(name);
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

/// What zizmor, which knows how workflows are attacked, says of these files, without asking anybody else.
pub(crate) fn zizmor(files: &[&Path]) -> Ran {
    checker("zizmor").args(["--offline", "--no-progress", "--color=never"]).args(files).whatever()
}

/// PowerShell's grammar takes this script without an error.
#[track_caller]
pub(crate) fn parses_as_powershell(script: &str) {
    const PARSE: &str = "
import sys, tree_sitter, tree_sitter_pwsh
language = tree_sitter.Language(tree_sitter_pwsh.language())
tree = tree_sitter.Parser(language).parse(sys.stdin.buffer.read())
sys.exit(tree.root_node.has_error)
";
    let ran = Run::program(python::checkers()).args(["-c", PARSE]).input(script).whatever();
    assert_eq!(ran.status, 0, "{}{script}", ran.stderr);
}
