//! Pages show the repository's own recipes: `<!-- file: PATH -->` stands before a block that is the file, letter by letter.

use super::repository;

const END: &str = "<!-- end of file -->";

#[test]
fn every_file_that_a_page_shows_is_the_file() {
    let mut held = 0;
    let entries = std::fs::read_dir(repository("docs")).unwrap().map(|entry| entry.unwrap().path());
    for page in entries.filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let stands = std::fs::read_to_string(&page).unwrap();
        let mut is_to_be = String::new();
        let mut rest = stands.as_str();
        while let Some((before, marked)) = rest.split_once("<!-- file: ") {
            let (path, after) = marked.split_once(" -->\n").unwrap();
            let (_, after) = after.split_once(END).unwrap_or_else(|| panic!("{}: {path} has no end", page.display()));
            let language = if path.contains("Jenkins") { "groovy" } else { "yaml" };
            let file = std::fs::read_to_string(repository(path)).unwrap();
            let shown = format!("<!-- file: {path} -->\n```{language}\n{}\n```\n{END}", file.trim_end());
            is_to_be.extend([before, &shown]);
            rest = after;
            held += 1;
        }
        is_to_be += rest;
        if std::env::var_os("UPDATE_README").is_some() {
            std::fs::write(&page, is_to_be).unwrap();
        } else {
            assert_eq!(stands, is_to_be, "{}: run the tests of recipes with UPDATE_README=1", page.display());
        }
    }
    assert!(held >= 3, "{held}");
}
