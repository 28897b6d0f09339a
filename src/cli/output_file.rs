//! `--output [FORMAT=]FILE`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::formats::Format;
use crate::io::suggest;

/// A place that the report is written to, and its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The format; of standard output without one, that of `--format`.
    pub format: Option<Format>,
    /// The place.
    pub target: OutputTarget,
}

/// A place that a report is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputTarget {
    /// Standard output, `-`: in place of the report that would stand there.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((format, place)) = text.split_once('=')
            && let Ok(format) = Format::from_str(format, false)
        {
            return Ok(OutputFile { format: Some(format), target: target(place)? });
        }
        if Format::from_str(text, false).is_ok() {
            return Err(format!("names a file. Did you mean --format {text}, or --output report.{}?", extension(text)));
        }
        // `a=b.json` is a file of that name, but a misspelt format is not meant as one.
        if let Some((word, _)) = text.split_once('=')
            && word.chars().all(char::is_alphanumeric)
            && let Some(meant) = suggest::nearest(word, names().iter().map(PossibleValue::get_name))
        {
            return Err(format!(
                "no format {word:?}. Did you mean {meant:?}? (For a file of that name, write ./{text})"
            ));
        }
        let target = target(text)?;
        let OutputTarget::File(path) = &target else { return Ok(OutputFile { format: None, target }) };
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match Format::from_str(extension, true) {
            Ok(format) => Ok(OutputFile { format: Some(format), target }),
            Err(_) => Err(format!(
                "the file's extension names no format. Use .txt, .json, .xml, .sarif, .ocsf, .md or .html, or write FORMAT={text}"
            )),
        }
    }
}

fn target(place: &str) -> Result<OutputTarget, String> {
    match place {
        "" => Err("no file is named".to_owned()),
        "-" => Ok(OutputTarget::Stdout),
        path => Ok(OutputTarget::File(path.into())),
    }
}

fn names() -> Vec<PossibleValue> {
    Format::value_variants().iter().filter_map(Format::to_possible_value).collect()
}

/// The usual extension of a format's files.
fn extension(format: &str) -> &str {
    match format {
        "table" | "text" => "txt",
        "junit" => "xml",
        "markdown" => "md",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_takes_the_named_format_or_that_of_its_name() {
        let file =
            |format, path: &str| Ok(OutputFile { format: Some(format), target: OutputTarget::File(path.into()) });
        for (text, expected) in [
            ("json=report.txt", file(Format::Json, "report.txt")),
            ("report.json", file(Format::Json, "report.json")),
            ("report.xml", file(Format::Junit, "report.xml")),
            ("report.sarif", file(Format::Sarif, "report.sarif")),
            ("report.ocsf", file(Format::Ocsf, "report.ocsf")),
            ("ocsf=report.ocsf.json", file(Format::Ocsf, "report.ocsf.json")),
            ("report.md", file(Format::Markdown, "report.md")),
            ("REPORT.HTML", file(Format::Html, "REPORT.HTML")),
            ("report.txt", file(Format::Table, "report.txt")),
            ("xml=report.txt", file(Format::Junit, "report.txt")),
            ("json=/dev/stderr", file(Format::Json, "/dev/stderr")),
            ("a=b.json", file(Format::Json, "a=b.json")),
            ("json=-", Ok(OutputFile { format: Some(Format::Json), target: OutputTarget::Stdout })),
            ("-", Ok(OutputFile { format: None, target: OutputTarget::Stdout })),
        ] {
            assert_eq!(text.parse::<OutputFile>(), expected, "{text}");
        }
    }

    #[test]
    fn a_format_alone_or_an_unknown_ending_is_refused() {
        for (text, part) in [
            ("json", "Did you mean --format json, or --output report.json?"),
            ("junit", "--output report.xml?"),
            ("report.pdf", "FORMAT=report.pdf"),
            ("report", "FORMAT=report"),
            ("jsno=report.txt", r#"Did you mean "json"?"#),
            ("", "no file is named"),
            ("json=", "no file is named"),
        ] {
            let why = text.parse::<OutputFile>().unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
