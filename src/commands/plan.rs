//! `stagecheck plan`: what to do about an audit's findings, in order.

use crate::cli::formats::PlanFormat;
use crate::cli::{Global, PlanOptions};
use crate::commands::audit;
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::stdout::print;
use crate::render;

/// Plans what to do about an audit's findings. It asks what an audit asks, and ends as it does.
///
/// # Errors
/// Bad usage, or no audit could be made.
pub(crate) fn run(options: &PlanOptions, global: Global) -> Result<ExitStatus, Error> {
    let report = audit::audited_by(&options.auditing, global)?.1;
    let style = global.style();
    print(|out| match options.format {
        PlanFormat::Text if global.quiet => render::verdict_line(&report, &style, out),
        format => format.write(&report, &style, out),
    })?;
    Ok(report.exit_status())
}
