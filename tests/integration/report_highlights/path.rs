//! The alert path: in JSON link by link, and in the table with the link to look at first.

use serde_json::Value;

use crate::command_line::audit_of;
use crate::stories::STORIES;
use crate::support::run::Run;

/// The links of a check's chain with their statuses; `-` was not judged.
fn chain(report: &Value, check: &str) -> Vec<(String, String)> {
    let check = report["checks"].as_array().unwrap().iter().find(|it| it["id"] == check).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    check["chain"].as_array().unwrap().iter().map(|link| (text(&link["link"]), text(&link["status"]))).collect()
}

fn chain_of(story: &str, check: &str) -> String {
    let report = audit_of(story).args(["--format", "json"]).whatever().json();
    let links = chain(&report, check).into_iter().map(|(link, status)| format!("{link} {status}"));
    links.collect::<Vec<_>>().join(", ")
}

/// The lines of the table from the path to the next that begins otherwise.
fn drawn(run: Run) -> String {
    let table = run.args(["--only", "billing-alarm", "--full"]).whatever().stdout;
    let lines =
        table.lines().skip_while(|line| !line.starts_with("  path ")).take_while(|line| !line.contains("resource"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn alert_path_links_are_in_the_report_with_status() {
    let of = |story| chain_of(story, "billing-alarm");
    assert_eq!(of("ready"), "alarm pass, topic pass, policy pass, key pass, filter pass, subscriber pass");
    assert_eq!(of("empty"), "alarm fail, topic -, policy -, key -, filter -, subscriber -");
    assert_eq!(of("key-of-aws"), "alarm pass, topic pass, policy pass, key fail, filter pass, subscriber pass");
    assert_eq!(of("pending-subscription"), "alarm pass, topic pass, policy pass, key pass, filter -, subscriber fail");
    assert_eq!(
        of("denied-auditor"),
        "alarm unknown, topic pass, policy pass, key pass, filter unknown, subscriber unknown"
    );
    assert_eq!(
        chain_of("filtered-subscription", "security-alerts-topic"),
        "topic pass, key pass, filter warn, subscriber pass"
    );
    assert_eq!(chain_of("ready", "root-mfa"), "");
}

#[test]
fn the_first_broken_link_is_explained_in_the_table() {
    insta::assert_snapshot!(drawn(audit_of("filtered-subscription")), @"");
    insta::assert_snapshot!(drawn(audit_of("managed-by-budget-only")).lines().take(3).collect::<Vec<_>>().join("\n"), @"");
}

/// A chain that looks whole where a finding of it does not pass would be the worst that it could do.
#[test]
fn chain_is_as_good_as_its_requirements_findings() {
    for story in STORIES {
        let report = audit_of(story.name).args(["--format", "json"]).whatever().json();
        for check in report["checks"].as_array().unwrap() {
            let order = ["pass", "warn", "unknown", "fail"];
            let rank = |status: &Value| order.iter().position(|word| status == word);
            let links = check["chain"].as_array().unwrap();
            for link in links {
                let of_requirement = |finding: &&Value| finding["id"] == link["requirement"];
                let findings = check["findings"].as_array().unwrap();
                let worst_finding = findings.iter().filter(of_requirement).filter_map(|it| rank(&it["status"])).max();
                let alike = links.iter().filter(|other| other["requirement"] == link["requirement"]);
                let worst_link = alike.filter_map(|it| rank(&it["status"])).max();
                assert_eq!(worst_link, worst_finding, "{}: {link}", story.name);
            }
        }
    }
}
