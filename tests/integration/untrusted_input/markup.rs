//! What may stand in a report that is markup, whoever named the account's things: what our own renderers write, and nothing else.

use roxmltree::Document;
use scraper::{Html, Selector};
use serde_json::Value;

use crate::support::gfm;

/// The elements of a JUnit report.
const XML: [&str; 9] =
    ["testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped", "system-out"];
/// The elements of the page, and their attributes.
const HTML: [(&str, &[&str]); 36] = [
    ("html", &["lang"]),
    ("head", &[]),
    ("meta", &["charset", "http-equiv", "content", "name"]),
    ("title", &[]),
    ("style", &[]),
    ("body", &[]),
    ("header", &["class"]),
    ("main", &["id"]),
    ("footer", &[]),
    ("section", &["aria-labelledby"]),
    ("h1", &[]),
    ("h2", &["id"]),
    ("h3", &[]),
    ("p", &[]),
    ("span", &["class", "aria-hidden"]),
    ("strong", &[]),
    ("code", &[]),
    ("pre", &[]),
    ("a", &["href", "rel"]),
    ("ul", &[]),
    ("ol", &["class"]),
    ("li", &["class"]),
    ("dl", &["class"]),
    ("dt", &[]),
    ("dd", &[]),
    ("div", &["class"]),
    ("details", &["class", "id", "open"]),
    ("summary", &[]),
    ("table", &[]),
    ("caption", &[]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["scope"]),
    ("td", &["class"]),
    ("br", &[]),
];
const AWS: &str = "https://docs.aws.amazon.com/";

/// A well-formed document of known elements, with as many cases as the account has findings.
#[track_caller]
pub(super) fn assert_junit(what: &str, text: &str, report: &Value) {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{what}: {error}"));
    let names: Vec<&str> =
        document.descendants().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name()).collect();
    assert!(names.iter().all(|name| XML.contains(name)), "{what}: {names:?}");
    let checks = report["checks"].as_array().unwrap();
    let findings: usize = checks.iter().map(|check| check["findings"].as_array().unwrap().len().max(1)).sum();
    let skipped = report["skipped"].as_array().unwrap().len();
    let cases = names.iter().filter(|name| **name == "testcase").count();
    assert_eq!(cases, 1 + findings + skipped, "{what}");
}

/// Results whose messages hold no link and no placeholder, in places that are no addresses; as many as the account has findings that
/// don't pass.
#[track_caller]
pub(super) fn assert_sarif(what: &str, text: &str, report: &Value) {
    let log: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}"));
    let results = log["runs"][0]["results"].as_array().unwrap();
    for result in results {
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.contains("](") && !message.replace("{{", "").contains('{'), "{what}: {message}");
        let place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        let plain = place.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '/');
        assert!(plain && place.starts_with("aws/"), "{what}: {place}");
    }
    let found = results.iter().filter(|result| result["ruleId"] != "account/organization").count();
    let findings = report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap());
    assert_eq!(found, findings.filter(|finding| finding["status"] != "pass").count(), "{what}");
}

/// As many events as the account has findings, and one for its place in an organization.
#[track_caller]
pub(super) fn assert_ocsf(what: &str, text: &str, report: &Value) {
    let events: Vec<Value> = serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}"));
    let checks = report["checks"].as_array().unwrap();
    let findings: usize = checks.iter().map(|check| check["findings"].as_array().unwrap().len().max(1)).sum();
    assert_eq!(events.len(), 1 + findings, "{what}");
}

/// Commands of three kinds, one a line, with nothing that GitHub would read as another.
#[track_caller]
pub(super) fn assert_github(what: &str, text: &str) {
    for line in text.lines() {
        let (command, data) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).unwrap();
        let (command, title) = command.split_once(" title=").unwrap();
        assert!(["error", "warning", "notice"].contains(&command), "{what}: {line}");
        assert!(!title.contains([':', ',']), "{what}: {title}");
        for escape in title.split('%').skip(1).chain(data.split('%').skip(1)) {
            let known = ["25", "0A", "3A", "2C"].iter().any(|known| escape.starts_with(known));
            assert!(known, "{what}: %{escape}");
        }
        assert!(data.chars().count() <= 3 * 4096, "{what}: {} characters", data.chars().count());
    }
}

/// A document that GitHub takes, whose links lead to AWS, and whose HTML only folds.
#[track_caller]
pub(super) fn assert_markdown(what: &str, text: &str) {
    assert!(text.len() <= 65_536, "{what}: {} bytes", text.len());
    let shown = gfm::shown(text);
    assert_eq!(shown.markup, Vec::<String>::new(), "{what}");
    assert_eq!(shown.suspicious(), Vec::<&String>::new(), "{what}");
    assert!(shown.links.iter().all(|link| link.starts_with(AWS)), "{what}: {:?}", shown.links);
    for line in &shown.html {
        let summary = line.strip_prefix("<summary>").and_then(|rest| rest.strip_suffix("</code></summary>"));
        let inner = summary.and_then(|rest| rest.split_once(" <code>"));
        let plain = inner.is_some_and(|(status, id)| !status.contains('<') && !id.contains('<'));
        assert!(["<details>", "</details>"].contains(&line.as_str()) || plain, "{what}: {line}");
    }
    assert_eq!(shown.cells.len() % 3, 0, "{what}: {:?}", shown.cells);
}

/// A page of known elements with known attributes, whose links lead to AWS or within.
#[track_caller]
pub(super) fn assert_html(what: &str, text: &str) {
    let page = Html::parse_document(text);
    for element in page.select(&Selector::parse("*").unwrap()) {
        let element = element.value();
        let known = HTML.iter().find(|(name, _)| *name == element.name());
        let (_, attributes) = known.unwrap_or_else(|| panic!("{what}: <{}>", element.name()));
        for (attribute, value) in element.attrs() {
            assert!(attributes.contains(&attribute), "{what}: {attribute} of <{}>", element.name());
            let leads = attribute != "href" || value.starts_with(AWS) || value.starts_with('#');
            assert!(leads, "{what}: a link to {value}");
        }
    }
    assert_eq!(page.select(&Selector::parse("h1, style, main").unwrap()).count(), 3, "{what}");
}
