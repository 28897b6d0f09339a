//! The top of the report.

use std::io;

use crate::render::words;
use crate::report::Report;
use crate::terminal::{Lead, Page};

/// The columns of the labels.
const LABELS: usize = 16;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&words::origin(report))?;
    page.blank()?;
    for line in words::header(report) {
        page.beside(0, Lead::label(line.label, LABELS), &line.text)?;
        if let Some(advice) = line.advice {
            page.beside(0, Lead::label("", LABELS), advice)?;
        }
    }
    Ok(())
}
