use std::collections::BTreeSet;

use base64::Engine;
use scraper::{Html, Selector};
use sha2::{Digest, Sha256};

use super::{STYLE, STYLE_HASH};
use crate::cli::formats::Format;
use crate::io::terminal::{Style, clean, is_hidden};
use crate::render::sample::{HOSTILE, every_report, hostile, mixed, modest, ready, unseen};
use crate::report::Report;

fn html(report: &Report) -> String {
    let mut out = Vec::new();
    Format::Html.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The texts of all elements that a selector finds.
fn texts(page: &Html, selector: &str) -> Vec<String> {
    page.select(&Selector::parse(selector).unwrap()).map(|element| element.text().collect()).collect()
}

fn attributes(page: &Html, selector: &str, name: &str) -> Vec<String> {
    let elements = Selector::parse(selector).unwrap();
    page.select(&elements).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
}

#[test]
fn page_policy_allows_only_its_style_sheet() {
    let hash = format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE)));
    assert_eq!(STYLE_HASH, hash, "after a change of report.css, STYLE_HASH follows");
    for report in every_report() {
        let page = Html::parse_document(&html(&report));
        assert_eq!(texts(&page, "style"), [STYLE]);
        assert_eq!(
            attributes(&page, "meta[http-equiv=Content-Security-Policy]", "content"),
            [format!("default-src 'none'; style-src '{hash}'; base-uri 'none'; form-action 'none'")]
        );
    }
}

#[test]
fn verdict_is_the_only_first_heading_and_levels_are_whole() {
    for report in every_report() {
        let page = Html::parse_document(&html(&report));
        let headings = Selector::parse("h1, h2, h3, h4, h5, h6").unwrap();
        let levels: Vec<u32> = page
            .select(&headings)
            .map(|heading| heading.value().name().strip_prefix('h').unwrap().parse().unwrap())
            .collect();
        assert_eq!((levels[0], levels.iter().filter(|level| **level == 1).count()), (1, 1));
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        let title = &texts(&page, "h1")[0];
        assert!(title.ends_with(&report.headline()), "{title}");
    }
}

#[test]
fn every_check_has_a_row_and_failing_details_are_open() {
    let page = Html::parse_document(&html(&mixed()));
    assert_eq!(
        texts(&page, "section[aria-labelledby=checks] td:nth-child(2)"),
        ["✔ PASS", "! WARN", "✘ FAIL", "? UNKNOWN"]
    );
    assert_eq!(
        attributes(&page, "section[aria-labelledby=checks] th[scope=row] a", "href"),
        ["#root-mfa", "#topic", "#alarm", "#trail"]
    );
    assert_eq!(attributes(&page, "details.check", "id"), ["root-mfa", "topic", "alarm", "trail"]);
    assert_eq!(attributes(&page, "details.check[open]", "id"), ["alarm", "trail"]);
    assert_eq!(texts(&page, "section[aria-labelledby=checks] th[scope=col]"), ["Check", "Status", "Result"]);
}

#[test]
fn every_command_has_its_own_block_unchanged() {
    let report = modest();
    let page = Html::parse_document(&html(&report));
    let blocks = texts(&page, "pre");
    let remedies =
        report.checks.iter().flat_map(|check| &check.findings).filter_map(|finding| finding.remediation.as_ref());
    let commands: BTreeSet<String> = remedies.flat_map(|remedy| &remedy.commands).map(ToString::to_string).collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        assert_eq!(blocks.iter().filter(|block| **block == command).count(), 1, "{blocks:#?}");
    }
    assert!(blocks.contains(&"export ALERT_EMAIL=you@example.com  # your address".to_owned()), "{blocks:#?}");
}

#[test]
fn what_passes_has_its_proof() {
    let page = Html::parse_document(&html(&ready()));
    assert_eq!(texts(&page, "#root-mfa .evidence dd"), ["ListAccountAliases", "prod", &clean(HOSTILE)]);
}

#[test]
fn what_the_auditor_lacks_and_what_was_left_out_is_said() {
    let page = Html::parse_document(&html(&mixed()));
    assert_eq!(
        texts(&page, "section[aria-labelledby=permissions] li"),
        ["cloudtrail:GetTrailStatus", "iam:ListAccountAliases"]
    );
    assert!(texts(&page, "dl.account").concat().contains("Skippedec2-ssm-role"));
    let nothing = Html::parse_document(&html(&unseen()));
    assert!(texts(&nothing, "section[aria-labelledby=checks]").concat().contains("No check was selected"));
}

#[test]
fn a_hostile_name_is_shown_and_is_neither_element_nor_attribute() {
    let text = html(&hostile());
    assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    let page = Html::parse_document(&text);
    let known = |report: &Report| -> BTreeSet<(String, String)> {
        let page = Html::parse_document(&html(report));
        let all = Selector::parse("*").unwrap();
        page.select(&all)
            .flat_map(|element| {
                let name = element.value().name().to_owned();
                let attributes: Vec<String> =
                    element.value().attrs().map(|(attribute, _)| attribute.to_owned()).collect();
                attributes.into_iter().chain([String::new()]).map(move |attribute| (name.clone(), attribute))
            })
            .collect()
    };
    assert_eq!(known(&hostile()), known(&mixed()), "the same elements with the same attributes");
    assert!(texts(&page, "dd").iter().any(|text| *text == clean(HOSTILE)));
    assert!(
        attributes(&page, "a", "href")
            .iter()
            .all(|to| to.starts_with('#') || to.starts_with("https://docs.aws.amazon.com/"))
    );
}

#[test]
fn names_in_a_sentence_are_code_unless_a_name_has_a_quote_too() {
    let of = |message: &str| super::prose(message).into_string();
    assert_eq!(of("the role `a<b` is"), "the role <code>a&lt;b</code> is");
    assert_eq!(of("the role `a`b` is"), "the role `a`b` is");
}

#[test]
fn regions_and_alert_path_are_shown_in_full() {
    let page = Html::parse_document(&html(&mixed()));
    let regions = texts(&page, "section[aria-labelledby=regions]").concat();
    assert!(regions.contains("us-west-2 (default)") && regions.contains("us-east-1, us-west-2"), "{regions}");
    assert!(!texts(&page, "section[aria-labelledby=regions] tbody tr").is_empty());
    assert_eq!(texts(&page, "#alarm .chain li"), ["✘ alarm", "– subscriber"]);
}
