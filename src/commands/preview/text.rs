//! The preview for people.

use std::io::{self, Write};

use super::{Person, Preview, Privilege};
use crate::analysis::clock;
use crate::io::terminal::{Lead, Page, Paint, Style, shorten};
use crate::model::membership::Membership;
use crate::report::Source;

/// The columns of the labels.
const LABELS: usize = 9;
/// So many people are named one by one; the JSON has all.
const NAMED: usize = 25;

pub(super) fn write(preview: &Preview, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    let source = match preview.source {
        Source::Live => "live audit",
        Source::Snapshot => "snapshot",
    };
    let when = clock::at(preview.generated_at);
    page.heading(&format!("stagecheck {} · preview · {source} of {when}", env!("CARGO_PKG_VERSION")))?;
    page.blank()?;
    page.beside(0, Lead::label("Account", LABELS), preview.account.as_deref().unwrap_or("unknown"))?;
    for change in &preview.changes {
        page.blank()?;
        page.rule(change.title)?;
        for message in &change.messages {
            page.text(2, &format!("{message}."))?;
        }
        if let Some(todo) = change.todo {
            page.beside(2, Lead { text: "Do", paint: Paint::Strong, columns: LABELS }, &format!("{todo}."))?;
        }
        people(&change.people, &mut page)?;
        if let Some(statement) = &change.statement {
            page.text(2, "Statement (o-ORGANIZATION-ID stands for your organization's ID):")?;
            let text = serde_json::to_string_pretty(statement)?;
            text.lines().try_for_each(|line| page.whole(4, line))?;
        }
        for unavailable in &change.unseen {
            page.beside(2, Lead { text: "Unknown", paint: Paint::Open, columns: LABELS }, &unavailable.brief())?;
        }
        page.whole_beside(2, Lead::label("Docs", LABELS), change.reference)?;
    }
    page.blank()?;
    headline(preview, style, out)
}

/// Whether an organization can be created, as one line: the last of the preview, and all of it with `-q`.
pub(super) fn headline(preview: &Preview, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (paint, mark) = match preview.membership {
        Ok(Membership::Standalone) => (Paint::Good, '✔'),
        Ok(Membership::Management(_)) => (Paint::Careful, '!'),
        Ok(Membership::Member(_)) => (Paint::Bad, '✘'),
        Err(_) => (Paint::Open, '?'),
    };
    writeln!(out, "{}", style.paint(paint, &style.visible(&format!("{mark} {}", preview.headline()))))
}

fn people(people: &[Person], page: &mut Page<'_>) -> io::Result<()> {
    let (named, more) = people.split_at(people.len().min(NAMED));
    for Person { kind, name, privilege, unavailable, .. } in named {
        let privilege = match privilege {
            Privilege::Administrator => "can do everything".to_owned(),
            Privilege::CanBecome => "can become an administrator".to_owned(),
            Privilege::MayBe => match unavailable {
                Some(unavailable) => format!("may be an administrator: {}", unavailable.brief()),
                None => "may be an administrator".to_owned(),
            },
        };
        page.beside(4, Lead::label(kind.word(), 6), &format!("{}: {privilege}", shorten(name)))?;
    }
    if !more.is_empty() {
        page.text(4, &format!("and {} more: `--format json` lists all", more.len()))?;
    }
    Ok(())
}
