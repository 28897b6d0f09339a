//! A comparison for programs, version 1: `schema/diff-v1.schema.json`. Keys are always present, null or [] where empty.

use std::io::{self, Write};

use serde::Serialize;

use super::change::{Change, State};
use super::compare::Diff;
use super::side::Side;
use super::words;
use crate::analysis::clock;
use crate::render::escaped;

pub(super) fn write(diff: &Diff<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&DiffV1::from(diff))?;
    writeln!(out, "{}", escaped(&text))
}

#[derive(Serialize)]
struct DiffV1<'a> {
    schema_version: u32,
    tool: Tool,
    stage: &'a str,
    account: Option<&'a str>,
    worse: bool,
    headline: String,
    exit_code: u8,
    old: SideV1<'a>,
    new: SideV1<'a>,
    summary: Summary,
    notes: &'a [String],
    changes: Vec<ChangeV1<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct SideV1<'a> {
    file: &'a str,
    kind: &'static str,
    generated_at: String,
    verdict: &'static str,
    headline: &'a str,
}

#[derive(Serialize)]
struct Summary {
    worse: usize,
    better: usize,
    waived: usize,
    changed: usize,
}

#[derive(Serialize)]
struct ChangeV1<'a> {
    kind: &'static str,
    id: &'a str,
    transition: String,
    message: &'a str,
    old: Option<StateV1<'a>>,
    new: Option<StateV1<'a>>,
}

#[derive(Serialize)]
struct StateV1<'a> {
    status: &'static str,
    message: &'a str,
    resource: Option<&'a str>,
    region: Option<&'a str>,
    waived: Option<WaivedV1<'a>>,
}

#[derive(Serialize)]
struct WaivedV1<'a> {
    reason: &'a str,
    owner: &'a str,
    until: &'a str,
}

impl<'a> From<&'a Diff<'a>> for DiffV1<'a> {
    fn from(diff: &'a Diff<'a>) -> Self {
        use super::change::Kind::{Better, Changed, Waived, Worse};
        let (old, new) = (&diff.old.report, &diff.new.report);
        DiffV1 {
            schema_version: 1,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            stage: &new.stage,
            account: new.account.id.as_deref().or(old.account.id.as_deref()),
            worse: diff.got_worse(),
            headline: words::headline(diff),
            exit_code: diff.exit_status().code(),
            old: SideV1::from(diff.old),
            new: SideV1::from(diff.new),
            summary: Summary {
                worse: diff.count(Worse),
                better: diff.count(Better),
                waived: diff.count(Waived),
                changed: diff.count(Changed),
            },
            notes: &diff.notes,
            changes: diff.changes.iter().map(ChangeV1::from).collect(),
        }
    }
}

impl<'a> From<&'a Side> for SideV1<'a> {
    fn from(side: &'a Side) -> Self {
        SideV1 {
            file: &side.file,
            kind: side.kind.word(),
            generated_at: clock::in_full(side.report.generated_at),
            verdict: side.report.verdict.word(),
            headline: &side.report.headline,
        }
    }
}

impl<'a> From<&'a Change<'a>> for ChangeV1<'a> {
    fn from(change: &'a Change<'a>) -> Self {
        ChangeV1 {
            kind: change.kind.word(),
            id: change.id,
            transition: words::transition(change),
            message: words::message(change),
            old: change.old.as_ref().map(StateV1::from),
            new: change.new.as_ref().map(StateV1::from),
        }
    }
}

impl<'a> From<&State<'a>> for StateV1<'a> {
    fn from(state: &State<'a>) -> Self {
        StateV1 {
            status: state.status.word(),
            message: state.message,
            resource: state.resource,
            region: state.region,
            waived: state.waived.map(|waived| WaivedV1 {
                reason: &waived.reason,
                owner: &waived.owner,
                until: &waived.until,
            }),
        }
    }
}
