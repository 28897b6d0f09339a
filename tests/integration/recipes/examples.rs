//! The recipes in `ci/`: each keeps its server's schema or grammar, and its script runs here as it would there.

use serde_json::Value;

use super::{program, repository};
use crate::support::checkers::{holds_schema, holds_workflow_security, parses_as, yaml};
use crate::support::run::{Ran, Run};

fn recipe(name: &str) -> String {
    std::fs::read_to_string(repository("ci").join(name)).unwrap()
}

/// A script of a recipe, where `stagecheck` audits this story.
fn script(text: &str, story: &str, environment: &[(&str, &str)]) -> Run {
    let run = Run::program("bash").args(["-c", text]).file("bin/stagecheck", &program(story));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(run.path("bin/stagecheck"), mode).unwrap();
    let path = format!("{}:{}", run.path("bin").display(), std::env::var("PATH").unwrap());
    environment.iter().fold(run.env("PATH", path), |run, (name, value)| run.env(name, value))
}

#[track_caller]
fn wrote_a_report(ran: &Ran, verdict: &str) {
    let report: Value = serde_json::from_str(&ran.wrote("stagecheck.json")).unwrap();
    assert_eq!(report["verdict"], verdict);
    assert!(!ran.wrote("stagecheck.xml").is_empty());
}

#[test]
fn githubs_keeps_its_schema_and_holds_no_key() {
    let file = repository("ci/github.yml");
    holds_schema("github-workflows", &[&file]);
    holds_workflow_security(&[&file]);
    let workflow = yaml(&recipe("github.yml"));
    let job = &workflow["jobs"]["audit"];
    assert_eq!(job["permissions"]["id-token"], "write");
    let action = yaml(&std::fs::read_to_string(repository("action.yml")).unwrap());
    let steps = job["steps"].as_array().unwrap();
    let ours = steps.iter().find(|step| step["uses"].as_str().unwrap().contains("/stagecheck@")).unwrap();
    for input in ours["with"].as_object().unwrap().keys() {
        assert!(action["inputs"].get(input).is_some(), "{input}");
    }
    assert!(!recipe("github.yml").contains("secrets."), "no key is stored");
}

#[test]
fn gitlab_recipe_keeps_its_schema_and_the_token_private() {
    holds_schema("gitlab-ci", &[&repository("ci/gitlab.yml")]);
    let job = &yaml(&recipe("gitlab.yml"))["stagecheck"];
    assert_eq!(job["id_tokens"]["AWS_TOKEN"]["aud"], "https://gitlab.com");
    let lines = |key: &str| -> String {
        let lines = job[key].as_array().unwrap().iter().map(|line| format!("{}\n", line.as_str().unwrap()));
        std::iter::once("set -e\n".to_owned()).chain(lines).collect()
    };
    for (story, status, verdict) in [("ready", 0, "ready"), ("empty", 1, "not-ready")] {
        let text = lines("script");
        let environment =
            [("AWS_TOKEN", "a secret"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "token"), ("AWS_ROLE_ARN", "arn:x")];
        let ran = script(&text, story, &environment).expect(status);
        wrote_a_report(&ran, verdict);
        assert_eq!(ran.wrote("token"), "a secret");
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(ran.path("token")).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        assert!(ran.wrote("called").contains("AWS_WEB_IDENTITY_TOKEN_FILE=token"), "{}", ran.wrote("called"));
        assert!(!ran.wrote("called").lines().any(|argument| argument == "a secret"), "not an argument");
    }
    let after =
        script(&lines("after_script"), "ready", &[("AWS_WEB_IDENTITY_TOKEN_FILE", "token")]).file("token", "a secret");
    assert!(!after.expect(0).path("token").exists());
}

#[test]
fn jenkinsfile_is_groovy_and_assumes_the_role() {
    let text = recipe("Jenkinsfile");
    parses_as("groovy", &text);
    let (_, shell) = text.split_once("sh '''").unwrap();
    let (shell, _) = shell.split_once("'''").unwrap();
    // As Groovy reads it: a backslash before the line's end joins lines, another is doubled.
    let shell = shell.replace("\\\n", "").replace("\\\\", "\\");
    let environment = [
        ("AUDITOR", "arn:aws:iam::111122223333:role/stagecheck"),
        ("EXTERNAL_ID", "between us"),
        ("ACCOUNT", "111122223333"),
        ("WORKSPACE_TMP", "."),
    ];
    for (story, status, verdict) in
        [("ready", 0, "ready"), ("empty", 1, "not-ready"), ("denied-auditor", 3, "undetermined")]
    {
        // What the program finds is kept, since the script removes it.
        let shell = shell.replace("stagecheck audit", "cp aws-config seen; stagecheck audit");
        let ran = script(&shell, story, &environment).expect(status);
        wrote_a_report(&ran, verdict);
        assert_eq!(
            ran.wrote("seen"),
            "[profile auditor]\nrole_arn = arn:aws:iam::111122223333:role/stagecheck\nexternal_id = between us\n\
             credential_source = Ec2InstanceMetadata\n"
        );
        assert!(!ran.path("aws-config").exists());
        assert!(!ran.wrote("called").contains("between us"), "not an argument");
    }
}
