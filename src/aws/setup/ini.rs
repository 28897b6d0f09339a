//! The form of the AWS config files, as the AWS CLI reads them: by the rules of Python's
//! [`RawConfigParser`](https://docs.python.org/3/library/configparser.html), so that both see the same profiles.

use std::collections::BTreeMap;

/// Where Python looks for a property that a section does not have.
const DEFAULTS: &str = "DEFAULT";

/// The sections of a file, in its order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ini {
    pub(super) sections: Vec<Section>,
}

/// What stands below one `[name]`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) properties: BTreeMap<String, Property>,
}

/// A value and its line. Indented lines that follow belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) text: String,
    pub(super) line: usize,
}

/// What keeps a file from being read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) what: &'static str,
}

impl Ini {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        // Editors of Windows begin a file with a mark that the AWS CLI trips over.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut reader = Reader::default();
        for (index, line) in text.split('\n').enumerate() {
            reader.read(line, index + 1)?;
        }
        Ok(reader.finish())
    }

    #[cfg(test)]
    fn get(&self, section: &str, property: &str) -> Option<&str> {
        let section = self.sections.iter().find(|one| one.name == section)?;
        section.properties.get(property).map(|property| property.text.as_str())
    }
}

#[derive(Default)]
struct Reader {
    ini: Ini,
    /// The property to which an indented line belongs.
    open: Option<String>,
    indent: usize,
}

impl Reader {
    fn read(&mut self, line: &str, number: usize) -> Result<(), Fault> {
        let fault = |what| Err(Fault { line: number, what });
        let value = line.trim();
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            if let Some(open) = self.open_property() {
                open.text.push('\n');
            }
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if indent > self.indent
            && let Some(open) = self.open_property()
        {
            open.text.push('\n');
            open.text.push_str(value);
            return Ok(());
        }
        self.indent = indent;
        // What follows the bracket is ignored.
        if let Some((name, _)) =
            value.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).filter(|(name, _)| !name.is_empty())
        {
            if self.ini.sections.iter().any(|section| section.name == name) {
                return fault("the section occurs twice");
            }
            self.ini.sections.push(Section { name: name.to_owned(), properties: BTreeMap::new() });
            self.open = None;
            return Ok(());
        }
        if value.starts_with('[') {
            return fault("a section's name ends with ]");
        }
        let Some(section) = self.ini.sections.last_mut() else {
            return fault("it stands before the first [section]");
        };
        let Some((key, text)) = value.split_once(['=', ':']) else {
            return fault("it is neither a [section] nor a property with =");
        };
        let key = key.trim().to_lowercase();
        if key.is_empty() {
            return fault("the property has no name");
        }
        let property = Property { text: text.trim().to_owned(), line: number };
        if section.properties.insert(key.clone(), property).is_some() {
            return fault("the property occurs twice");
        }
        self.open = Some(key);
        Ok(())
    }

    fn open_property(&mut self) -> Option<&mut Property> {
        let open = self.open.as_ref()?;
        self.ini.sections.last_mut()?.properties.get_mut(open)
    }

    fn finish(self) -> Ini {
        let mut sections = self.ini.sections;
        for property in sections.iter_mut().flat_map(|section| section.properties.values_mut()) {
            property.text.truncate(property.text.trim_end().len());
        }
        let defaults = sections.iter().position(|section| section.name == DEFAULTS).map(|at| sections.remove(at));
        if let Some(defaults) = defaults {
            for section in &mut sections {
                for (key, property) in &defaults.properties {
                    section.properties.entry(key.clone()).or_insert_with(|| property.clone());
                }
            }
        }
        Ini { sections }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `configparser.RawConfigParser` of Python 3.11 gives for the same text.
    #[test]
    fn files_are_read_as_python_reads_them() {
        for (name, text, expected) in [
            ("plain", "[a]\nk = v\n", Some("v")),
            ("colon", "[a]\nk: v = w\n", Some("v = w")),
            ("upper case", "[a]\nK=v\n", Some("v")),
            ("indented first property", "[a]\n  k = v\n", Some("v")),
            ("text after the bracket", "[a] # of ours\nk = v\n", Some("v")),
            ("byte order mark", "\u{feff}[a]\nk = v\n", Some("v")),
            ("carriage returns", "[a]\r\nk = v\r\n", Some("v")),
            ("continued", "[a]\nk = v\n  w = x\n", Some("v\nw = x")),
            ("continued after an empty line", "[a]\nk = v\n\n  w\n", Some("v\n\nw")),
            ("empty lines at the end", "[a]\nk = v\n\n\n[b]\n", Some("v")),
            ("comment in between", "[a]\nk = v\n# x\n  ; y\n", Some("v")),
            ("comment in the line", "[a]\nk = v # x\n", Some("v # x")),
            ("defaults", "[DEFAULT]\nk = v\n[a]\nl = w\n", Some("v")),
            ("empty value", "[a]\nk =\n", Some("")),
            ("no property", "[a]\n", None),
        ] {
            let ini = Ini::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
            assert_eq!(ini.get("a", "k"), expected, "{name}");
        }
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line) in [
            ("k = v\n", 1),
            ("\n[a\nk = v\n", 2),
            ("[a]\nk = v\nwords\n", 3),
            ("[a]\n= v\n", 2),
            ("[a]\nk = 1\nk = 2\n", 3),
            ("[a]\n[b]\n[a]\n", 3),
            ("[]\n", 1),
        ] {
            assert_eq!(Ini::parse(text).map_err(|fault| fault.line), Err(line), "{text}");
        }
    }
}
