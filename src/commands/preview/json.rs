//! The preview for programs, version 1: `schema/preview-v1.schema.json`. The contract is only ever added to.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::{Change, Person, Preview};
use crate::analysis::clock;
use crate::model::membership::Membership;
use crate::render::json::{Unavailability, escaped, source};

pub(super) fn write(preview: &Preview, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&PreviewV1::from(preview))?;
    writeln!(out, "{}", escaped(&text))
}

#[derive(Serialize)]
struct PreviewV1<'a> {
    schema_version: u32,
    tool: Tool,
    generated_at: String,
    source: &'static str,
    account: Option<&'a str>,
    organization: &'static str,
    organization_id: Option<&'a str>,
    can_create: Option<bool>,
    headline: String,
    changes: Vec<ChangeV1<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct ChangeV1<'a> {
    id: &'static str,
    title: &'static str,
    messages: &'a [String],
    r#do: Option<&'static str>,
    people: Vec<PersonV1<'a>>,
    statement: Option<&'a Value>,
    unknown: Vec<Unavailability<'a>>,
    reference: &'static str,
}

#[derive(Serialize)]
struct PersonV1<'a> {
    kind: &'static str,
    name: &'a str,
    arn: &'a str,
    privilege: &'static str,
    unavailable: Option<Unavailability<'a>>,
}

impl<'a> From<&'a Preview> for PreviewV1<'a> {
    fn from(preview: &'a Preview) -> Self {
        let (organization, organization_id) = match &preview.membership {
            Ok(Membership::Standalone) => ("standalone", None),
            Ok(Membership::Management(organization)) => ("management", Some(organization.id.as_str())),
            Ok(Membership::Member(organization)) => ("member", Some(organization.id.as_str())),
            Err(_) => ("unknown", None),
        };
        PreviewV1 {
            schema_version: 1,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            generated_at: clock::in_full(preview.generated_at),
            source: source(preview.source),
            account: preview.account.as_deref(),
            organization,
            organization_id,
            can_create: preview.can_create(),
            headline: preview.headline(),
            changes: preview.changes.iter().map(ChangeV1::from).collect(),
        }
    }
}

impl<'a> From<&'a Change> for ChangeV1<'a> {
    fn from(change: &'a Change) -> Self {
        let Change { id, title, messages, todo, people, statement, unseen, reference } = change;
        ChangeV1 {
            id,
            title,
            messages,
            r#do: *todo,
            people: people.iter().map(PersonV1::from).collect(),
            statement: statement.as_ref(),
            unknown: unseen.iter().map(Unavailability::from).collect(),
            reference,
        }
    }
}

impl<'a> From<&'a Person> for PersonV1<'a> {
    fn from(person: &'a Person) -> Self {
        let Person { kind, name, arn, privilege, unavailable } = person;
        let unavailable = unavailable.as_ref().map(Unavailability::from);
        PersonV1 { kind: kind.word(), name, arn, privilege: privilege.word(), unavailable }
    }
}
