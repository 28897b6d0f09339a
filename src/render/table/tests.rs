use unicode_width::UnicodeWidthStr;

use crate::render::sample::{hostile, mixed, ready, unseen};
use crate::render::{Format, render, verdict_line};
use crate::report::Report;
use crate::terminal::{Style, is_hidden};

fn table(report: &Report, style: Style) -> String {
    let mut out = Vec::new();
    render(Format::Table, report, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
#[ignore = "to look at: cargo test look_at -- --ignored --nocapture"]
#[expect(clippy::print_stdout, reason = "it is there to be looked at")]
fn look_at() {
    let style = Style::of_stdout(crate::terminal::ColorChoice::Auto);
    for report in [mixed(), ready(), unseen(), hostile()] {
        println!("{}\n", table(&report, style));
    }
}
