//! The auditor's role for Terraform, read as Terraform reads it: what it refers to is there, its policy is that of `iam-policy`, and
//! its trust is that of the CloudFormation template.

use std::collections::BTreeSet;

use hcl::{Attribute, Block, Body, Expression};
use serde_json::{Map, Value, json};

use super::{policy, printed, trusting};

fn file() -> Body {
    hcl::parse(&printed("terraform")).unwrap()
}

/// The block with these labels, e.g. `data.aws_iam_policy_document.stagecheck`.
fn block<'a>(body: &'a Body, path: &str) -> &'a Block {
    let found = body.blocks().find(|block| {
        let labels = block.labels.iter().map(hcl::BlockLabel::as_str);
        std::iter::once(block.identifier()).chain(labels).eq(path.split('.'))
    });
    found.unwrap_or_else(|| panic!("no {path}"))
}

fn expression<'a>(body: &'a Body, name: &str) -> &'a Expression {
    let found = body.attributes().find(|attribute| attribute.key() == name);
    found.map_or_else(|| panic!("no {name}"), Attribute::expr)
}

/// An attribute as it is written, e.g. `[var.external_id]`.
fn written(body: &Body, name: &str) -> String {
    hcl::format::to_string(expression(body, name)).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An attribute of words alone.
fn plain(body: &Body, name: &str) -> Value {
    serde_json::to_value(expression(body, name)).unwrap()
}

/// What `aws_iam_policy_document` makes of its statements.
fn document(block: &Block) -> Value {
    let statements: Vec<Value> = block
        .body()
        .blocks()
        .map(|statement| {
            assert_eq!(statement.identifier(), "statement");
            let of = |name| plain(statement.body(), name);
            let resource = of("resources").as_array().unwrap()[0].clone();
            json!({"Sid": of("sid"), "Effect": of("effect"), "Action": of("actions"), "Resource": resource})
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[test]
fn the_policy_is_that_of_iam_policy() {
    let file = file();
    assert_eq!(document(block(&file, "data.aws_iam_policy_document.stagecheck")), policy());
    let inline = block(&file, "resource.aws_iam_role_policy.stagecheck");
    assert_eq!(written(inline.body(), "policy"), "data.aws_iam_policy_document.stagecheck.json");
    assert_eq!(written(inline.body(), "role"), "aws_iam_role.stagecheck.id");
    let resources = file.blocks().filter(|block| block.identifier() == "resource").count();
    assert_eq!(resources, 2, "a role and its policy, and nothing else");
}

#[test]
fn trust_names_each_principal_literally() {
    let file = file();
    let trust = block(&file, "data.aws_iam_policy_document.stagecheck_trust");
    let statements: Vec<Value> = trust
        .body()
        .blocks()
        .map(|dynamic| {
            assert_eq!(dynamic.identifier(), "dynamic");
            // A statement there is only where its variable is not empty, and its value is that variable.
            let each = written(dynamic.body(), "for_each");
            let (_, variable) = each.split_once("var.").unwrap();
            let variable = variable.split(' ').next().unwrap();
            assert_eq!(each, format!("var.{variable} != \"\" ? [var.{variable}] : []"));
            let statement = block(dynamic.body(), "content").body();
            let value = |list: &str| {
                let only = list.trim_start_matches(['[', ' ']).trim_end_matches([']', ' ']).trim_matches('"');
                only.replace("statement.value", &format!("var.{variable}"))
            };
            let principals = block(statement, "principals").body();
            let mut says = Vec::new();
            for condition in statement.blocks().filter(|block| block.identifier() == "condition").map(Block::body) {
                assert_eq!(plain(condition, "test"), "StringEquals");
                says.push((plain(condition, "variable"), value(&written(condition, "values"))));
            }
            let equals: Map<String, Value> =
                says.into_iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), json!(value))).collect();
            json!({
                "Sid": plain(statement, "sid"),
                "Effect": plain(statement, "effect"),
                "Principal": {plain(principals, "type").as_str().unwrap(): value(&written(principals, "identifiers"))},
                "Action": plain(statement, "actions")[0],
                "Condition": {"StringEquals": equals},
            })
        })
        .collect();
    let web = "sts:AssumeRoleWithWebIdentity";
    let github = [
        ("token.actions.githubusercontent.com:aud", "sts.amazonaws.com"),
        ("token.actions.githubusercontent.com:sub", "var.github_subject"),
    ];
    let gitlab = [("gitlab.com:aud", "https://gitlab.com"), ("gitlab.com:sub", "var.gitlab_subject")];
    let principal = [("sts:ExternalId", "var.external_id")];
    assert_eq!(
        json!(statements),
        json!([
            trusting("GitHub", ["Federated", "local.stagecheck_github"], web, &github),
            trusting("GitLab", ["Federated", "local.stagecheck_gitlab"], web, &gitlab),
            trusting("Principal", ["AWS", "var.trusted_principal"], "sts:AssumeRole", &principal),
        ])
    );
}

#[test]
fn nobody_is_trusted_by_default() {
    let file = file();
    for variable in file.blocks().filter(|block| block.identifier() == "variable") {
        let name = variable.labels()[0].as_str();
        let default = plain(variable.body(), "default");
        assert_eq!(default, if name == "role_name" { "stagecheck" } else { "" }, "{name}");
    }
    let role = block(&file, "resource.aws_iam_role.stagecheck");
    let precondition = block(block(role.body(), "lifecycle").body(), "precondition");
    assert_eq!(written(precondition.body(), "condition"), "!local.stagecheck_trusts_nobody");
    let locals = block(&file, "locals");
    assert_eq!(
        written(locals.body(), "stagecheck_trusts_nobody"),
        "var.github_subject == \"\" && var.gitlab_subject == \"\" && var.trusted_principal == \"\""
    );
}

#[test]
fn what_it_refers_to_is_there() {
    let text = printed("terraform");
    let file = file();
    let mut declared: BTreeSet<String> = BTreeSet::new();
    for block in file.blocks() {
        let labels: Vec<&str> = block.labels.iter().map(hcl::BlockLabel::as_str).collect();
        match block.identifier() {
            "variable" => _ = declared.insert(format!("var.{}", labels[0])),
            "data" => _ = declared.insert(format!("data.{}.{}", labels[0], labels[1])),
            "resource" => _ = declared.insert(format!("{}.{}", labels[0], labels[1])),
            "locals" => declared.extend(block.body().attributes().map(|local| format!("local.{}", local.key()))),
            _ => {}
        }
    }
    let words = text.split(|c: char| !(c.is_alphanumeric() || "._".contains(c)));
    let mut used = 0;
    for word in
        words.filter(|word| ["var.", "local.", "data.", "aws_iam_role."].iter().any(|kind| word.starts_with(kind)))
    {
        let parts = if word.starts_with("data.") { 3 } else { 2 };
        let name: Vec<&str> = word.split('.').take(parts).collect();
        assert!(declared.contains(&name.join(".")), "{word}");
        used += 1;
    }
    assert!(used > 20, "{used}");
}
