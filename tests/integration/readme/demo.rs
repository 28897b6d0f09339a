//! The README's picture: what the program prints on a terminal, as an SVG.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

/// The size of a character's cell, and the margin.
const CELL: (usize, usize) = (9, 19);
const MARGIN: usize = 16;

/// What is printed, with the colors of its escape sequences.
pub(super) fn svg(title: &str, printed: &str) -> String {
    let lines: Vec<&str> = printed.lines().collect();
    let columns = lines.iter().map(|line| plain(line).width()).max().unwrap_or_default();
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, lines.len() * CELL.1 + 2 * MARGIN);
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="15" fill="#e6edf3">
"##,
        escaped(title)
    );
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
        let y = MARGIN + number * CELL.1 + 14;
        let length = plain(line).width() * CELL.0;
        let _ = write!(svg, r#"<text x="{MARGIN}" y="{y}" textLength="{length}" xml:space="preserve">"#);
        spans(line, &mut svg);
        svg.push_str("</text>\n");
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// The parts of a line, each in its color.
fn spans(line: &str, svg: &mut String) {
    let mut parts = line.split("\u{1b}[");
    svg.push_str(&escaped(parts.next().unwrap()));
    for part in parts {
        let (code, text) = part.split_once('m').unwrap();
        match (style(code), text.is_empty()) {
            (_, true) => {}
            (Some(style), false) => {
                let _ = write!(svg, "<tspan {style}>{}</tspan>", escaped(text));
            }
            (None, false) => svg.push_str(&escaped(text)),
        }
    }
}

fn style(code: &str) -> Option<&'static str> {
    Some(match code {
        "0" => return None,
        "1" => r#"font-weight="bold""#,
        "2" => r##"fill="#8b949e""##,
        "1;31" => r##"fill="#ff7b72" font-weight="bold""##,
        "1;32" => r##"fill="#7ee787" font-weight="bold""##,
        "1;33" => r##"fill="#e3b341" font-weight="bold""##,
        "1;35" | "1;36" => r##"fill="#79c0ff" font-weight="bold""##,
        other => panic!("the picture knows no color {other}"),
    })
}

fn plain(line: &str) -> String {
    line.split("\u{1b}[")
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('m').unwrap().1 })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
