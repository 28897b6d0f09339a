//! The top of the report.

use std::io;

use crate::io::terminal::{Lead, Page};
use crate::render::view;
use crate::report::Report;

/// The columns of the labels.
const LABELS: usize = 16;

pub(in crate::render) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&view::origin(report))?;
    page.blank()?;
    for line in view::header(report) {
        page.beside(0, Lead::label(line.label, LABELS), &line.text)?;
        if let Some(advice) = line.advice {
            page.beside(0, Lead::label("", LABELS), advice)?;
        }
    }
    Ok(())
}
