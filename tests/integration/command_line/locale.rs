//! Terminals of another time: without Unicode, or with few columns.

#[cfg(feature = "live")]
use unicode_width::UnicodeWidthStr;

use super::{audit_of, fixture};
use crate::support::run::Run;

/// Every text that people read, of an account with something of each kind.
fn texts() -> Vec<(&'static str, Run)> {
    let of = |command: &str| Run::stagecheck([command, "--snapshot"]).arg(fixture("stopped-trail"));
    vec![
        ("audit", audit_of("stopped-trail")),
        ("ready", audit_of("ready")),
        ("quiet", audit_of("ready").args(["-q"])),
        ("plan", of("plan")),
        ("preview", of("preview")),
        ("diff", Run::stagecheck(["diff"]).args([fixture("../diff/monday"), fixture("../diff/tuesday")])),
        ("explain", Run::stagecheck(["explain"])),
        ("explain a check", Run::stagecheck(["explain", "billing-alarm"])),
    ]
}

#[test]
fn locale_without_utf_8_gets_ascii_alone() {
    for (variable, value) in [("LC_ALL", "C"), ("LC_ALL", "POSIX"), ("LANG", "de_DE.ISO-8859-1"), ("LC_CTYPE", "C")] {
        for (name, run) in texts() {
            let text = run.env(variable, value).whatever().stdout;
            assert!(!text.is_empty() && text.is_ascii(), "{name} with {variable}={value}:\n{text}");
        }
    }
    let table = audit_of("stopped-trail").env("LC_ALL", "C").whatever().stdout;
    assert!(table.contains("\n ----") && table.contains("\n PASS") && table.contains("\n FAIL"), "{table}");
}

#[test]
fn locale_with_utf_8_or_none_keeps_its_signs() {
    for (variable, value) in [("LC_ALL", "C.UTF-8"), ("LANG", "en_US.utf8"), ("LANG", "")] {
        let table = audit_of("ready").env(variable, value).whatever().stdout;
        assert!(table.contains("✔ PASS"), "{variable}={value}: {table}");
    }
    // The first that is set counts.
    let table = audit_of("ready").env("LANG", "C").env("LC_ALL", "en_US.UTF-8").whatever().stdout;
    assert!(table.contains("✔ PASS"), "{table}");
}

#[test]
fn file_is_unicode_whatever_the_locale() {
    let ran = audit_of("ready").env("LC_ALL", "C").args(["--output", "markdown=report.md"]).expect(0);
    assert!(ran.wrote("report.md").contains('✔'));
}

#[cfg(feature = "live")]
#[test]
fn narrow_terminal_is_not_overflowed() {
    for columns in [20, 31, 40, 59] {
        for locale in ["C", "C.UTF-8"] {
            let script = format!(
                "stty cols {columns} rows 40; \"$0\" audit --color never --snapshot {}",
                fixture("stopped-trail").display()
            );
            let text = Run::shell(&script).on_a_terminal().env("LC_ALL", locale).whatever().stdout;
            assert!(text.contains("FAIL") && text.contains("PASS"), "{columns}: {text}");
            for line in text.lines().map(str::trim_end) {
                let copied = ["aws ", "export ", "https://", "arn:", "{\"Version\""];
                let is_copied = copied.iter().any(|start| line.trim_start().starts_with(start));
                assert!(is_copied || line.contains("ready") || line.width() <= columns, "{columns}: {line}\n{text}");
            }
        }
    }
}
