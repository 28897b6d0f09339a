//! Failures that somebody answers for, and waivers that excuse none.

use crate::model::finding::Finding;
use crate::report::Report;

/// The heading of the waivers that excuse nothing.
pub(crate) const IDLE: &str = "Unused waivers";

/// Who answers for a finding, until when and why.
pub(crate) fn waived(finding: &Finding) -> Option<String> {
    let waived = finding.waived.as_ref()?;
    Some(format!("by {} until {}: {}", waived.owner, waived.until, waived.reason))
}

/// What is to be said of the waivers that excuse nothing.
pub(crate) fn idle(report: &Report) -> impl Iterator<Item = &str> {
    report.waivers.iter().filter_map(|standing| standing.message.as_deref())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::IDLE;
    use crate::cli::formats::Format;
    use crate::io::terminal::Style;
    use crate::render::sample::waived;

    #[test]
    fn every_format_shows_the_waivers_owner_and_unused_waivers() {
        for format in Format::value_variants() {
            let mut out = Vec::new();
            format.write(&waived(), &Style::plain(), &mut out).unwrap();
            // The table wraps.
            let text = String::from_utf8(out).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            for grouped in ["finance@example.com", "2027", "a Budget watches the bill", "2026"] {
                assert!(text.contains(grouped), "{format:?} tells {grouped}: {text}");
            }
            let heading = match format {
                Format::Json => "waivers",
                Format::Ocsf => "unused_waivers",
                _ => IDLE,
            };
            assert!(text.contains(heading), "{format:?}: {text}");
        }
    }
}
