//! Waivers, as their owners meet them: what they excuse, what they never do, and how loud one is that excuses nothing.

use std::fs;

use serde_json::{Value, json};

use crate::command_line::{audit_of, fixture, refusal};
use crate::stories::fixtures;
use crate::support::run::{Ran, Run};

/// The account without an alarm, in which a Budget watches the bill.
const STORY: &str = "managed-by-budget-only";
const EXISTS: &str = "finding = 'billing-alarm/exists'\nreason = 'a Budget'\nowner = 'finance'\n";

/// An audit of a fixture with waivers, which are written as they come.
fn audit(story: &str, waivers: &[&str]) -> Run {
    let text: Vec<String> = waivers.iter().map(|waiver| format!("[[waiver]]\n{waiver}\n")).collect();
    audit_of(story).file("mine.toml", &text.concat()).args(["--config", "mine.toml"])
}

/// A waiver that lasts for a month from when the fixture was recorded.
fn month(story: &str, waiver: &str) -> String {
    let snapshot: Value = serde_json::from_str(&fs::read_to_string(fixture(story)).unwrap()).unwrap();
    let recorded: jiff::Timestamp = snapshot["recorded_at"].as_str().unwrap().parse().unwrap();
    let until = recorded.checked_add(jiff::SignedDuration::from_hours(30 * 24)).unwrap();
    format!("{waiver}until = {}\n", until.strftime("%Y-%m-%d"))
}

fn report(run: Run, status: i32) -> (Value, Ran) {
    let ran = run.args(["--format", "json"]).expect(status);
    let report = ran.json();
    let schema = include_str!("../../schema/report-v1.schema.json");
    let schema = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let faults: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    (report, ran)
}

fn states(report: &Value) -> Vec<&str> {
    report["waivers"].as_array().unwrap().iter().map(|waiver| waiver["state"].as_str().unwrap()).collect()
}

#[test]
fn waived_failure_stays_in_the_report_of_a_ready_account() {
    let waiver = month(STORY, EXISTS);
    let (report, ran) = report(audit(STORY, &[&waiver]), 0);
    assert_eq!(ran.stderr, "");
    assert_eq!((&report["verdict"], &report["exit_code"]), (&json!("ready"), &json!(0)));
    assert_eq!(report["headline"], "Ready to create an organization: 6 of 7 checks passed, 1 waived");
    assert_eq!(report["summary"], json!({"pass": 6, "warn": 0, "fail": 1, "unknown": 0, "waived": 1}));
    let finding = &report["checks"][4]["findings"][0];
    assert_eq!((&report["checks"][4]["status"], &finding["status"]), (&json!("fail"), &json!("fail")));
    assert_eq!((&finding["waived"]["reason"], &finding["waived"]["owner"]), (&json!("a Budget"), &json!("finance")));
    assert_eq!(states(&report), ["used"]);

    let table = audit(STORY, &[&waiver]).expect(0).stdout;
    assert!(table.contains("\n waived\n") && table.contains("by finance until "), "{table}");
}

#[test]
fn expired_and_unmatched_waivers_are_reported_everywhere() {
    let config = fixtures().parent().unwrap().join("waivers/stale.toml");
    let run = || audit_of(STORY).arg("--config").arg(&config);
    let (report, ran) = report(run(), 1);
    assert_eq!((states(&report), &report["summary"]["waived"]), (vec!["expired", "unmatched"], &json!(0)));
    assert_eq!(ran.stderr.matches("warning: the waiver of ").count(), 2, "{}", ran.stderr);
    for message in report["waivers"].as_array().unwrap().iter().map(|waiver| waiver["message"].as_str().unwrap()) {
        assert!(ran.stderr.contains(message), "{message}\n{}", ran.stderr);
    }
    let quiet = run().arg("-q").expect(1);
    assert_eq!((quiet.stdout.lines().count(), quiet.stderr.as_str()), (1, ran.stderr.as_str()));
    assert!(run().expect(1).stdout.contains("Unused waivers"));
}

/// The last second of the waiver's day, and the first of the next.
#[test]
fn the_clock_of_a_waiver_is_that_of_the_audit() {
    let snapshot: Value = serde_json::from_str(&fs::read_to_string(fixture(STORY)).unwrap()).unwrap();
    for (clock, status, state) in [("2026-12-01T23:59:59Z", 0, "used"), ("2026-12-02T00:00:00Z", 1, "expired")] {
        let mut snapshot = snapshot.clone();
        snapshot["recorded_at"] = clock.into();
        let run = Run::stagecheck(["audit", "--snapshot", "then.json", "--config", "mine.toml", "--only"])
            .arg("billing-alarm")
            .file("then.json", &snapshot.to_string())
            .file("mine.toml", &format!("[[waiver]]\n{EXISTS}until = 2026-12-01\n"));
        assert_eq!(states(&report(run, status).0), [state], "{clock}");
    }
}

#[test]
fn a_waiver_that_cannot_stand_is_refused_with_its_line() {
    let with = |from: &str, to: &str| month(STORY, EXISTS).replacen(from, to, 1);
    let cases = [
        (
            with("billing-alarm/exists", "billing-alarm/exsits"),
            "line 2: ",
            "there is no finding \"billing-alarm/exsits\"",
        ),
        (
            with("billing-alarm/exists", "billing-alarm/exsits"),
            "line 2: ",
            "billing-alarm/exists, billing-alarm/region",
        ),
        (with("billing-alarm/exists", "billing-alarm"), "line 2: ", "there is no finding \"billing-alarm\""),
        (with("billing-alarm/exists", "alarm/exists"), "line 2: ", "one of root-mfa, "),
        (with("billing-alarm/exists", "root-mfa/mfa"), "line 2: ", "root-mfa/mfa can never be waived"),
        (with("billing-alarm/exists", "root-mfa/access-keys"), "line 2: ", "can never be waived"),
        (with("'a Budget'", "' '"), "line 3: ", "its reason is empty"),
        (with("'finance'", "''"), "line 4: ", "its owner is empty"),
        (with("reason = 'a Budget'", "resource = ''\nreason = 'a Budget'"), "line 3: ", "its resource is empty"),
        (with("reason = 'a Budget'\n", ""), "line 1: ", "missing field `reason`"),
        (with("owner = 'finance'\n", ""), "line 1: ", "missing field `owner`"),
        (EXISTS.to_owned(), "line 1: ", "missing field `until`"),
        (format!("{EXISTS}until = 2199-01-01\n"), "line 5: ", "more than a year after 20"),
        (format!("{EXISTS}until = '2027-01-01'\n"), "line 5: ", "a date without quotes"),
        (format!("{EXISTS}until = 2027-01-01T00:00:00Z\n"), "line 5: ", "without a time"),
        (format!("{EXISTS}until = 2027-02-30\n"), "line 5: ", "date"),
        (with("owner", "ovner"), "line 4: ", "unknown field `ovner`"),
    ];
    for (waiver, line, why) in cases {
        let (error, help) = refusal(&audit(STORY, &[&waiver]).expect(2));
        assert!(error.starts_with(&format!("error: the config file mine.toml is invalid: {line}")), "{error}");
        assert!(error.contains(why) && help.contains("finding, resource, reason, owner and until"), "{error}\n{help}");
    }
}

#[test]
fn what_could_not_be_seen_is_not_waived() {
    let waiver = "finding = 'billing-alarm/exists'\nresource = '*'\nreason = 'a Budget'\nowner = 'finance'\n";
    let bare = month("denied-auditor", EXISTS);
    let (report, ran) = report(audit("denied-auditor", &[&bare, &month("denied-auditor", waiver)]), 3);
    assert_eq!((&report["verdict"], states(&report)), (&json!("undetermined"), vec!["unmatched"; 2]));
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
}

#[test]
fn member_account_is_never_ready_whatever_is_waived() {
    let mut snapshot: Value = serde_json::from_str(&fs::read_to_string(fixture(STORY)).unwrap()).unwrap();
    let member: Value = serde_json::from_str(&fs::read_to_string(fixture("member-account")).unwrap()).unwrap();
    snapshot["facts"]["organization"] = member["facts"]["organization"].clone();
    let run = Run::stagecheck(["audit", "--snapshot", "member.json", "--config", "mine.toml"])
        .file("member.json", &snapshot.to_string())
        .file("mine.toml", &format!("[[waiver]]\n{}", month(STORY, EXISTS)));
    let (report, _) = report(run, 1);
    assert_eq!((&report["verdict"], states(&report)), (&json!("not-ready"), vec!["used"]));
    assert!(report["headline"].as_str().unwrap().contains("member of an organization"), "{}", report["headline"]);
}

#[test]
fn a_warning_is_not_waived_not_even_with_strict() {
    let story = "ready-with-warnings";
    let waiver = "finding = 'ec2-ssm-role/not-excessive'\nresource = '*'\nreason = 'lab'\nowner = 'me'\n";
    let (report, ran) = report(audit(story, &[&month(story, waiver)]).arg("--strict"), 1);
    assert_eq!((states(&report), &report["summary"]["waived"]), (vec!["unmatched"], &json!(0)));
    assert!(ran.stderr.contains("its finding is a warning"), "{}", ran.stderr);
}

#[test]
fn a_waiver_excuses_the_resources_of_its_pattern_and_no_others() {
    let story = "hidden-administrator";
    let waiver = |resource: &str| {
        month(story, &format!("finding = 'admin-user-mfa/mfa'\nresource = '{resource}'\nreason = 'r'\nowner = 'o'\n"))
    };
    let (one, _) = report(audit(story, &[&waiver("arn:aws:iam::*:user/intern")]), 1);
    assert_eq!((&one["summary"]["waived"], &one["verdict"]), (&json!(1), &json!("not-ready")));
    assert!(
        one["checks"][1]["summary"].as_str().unwrap().contains("and 1 more"),
        "two are left: {}",
        one["checks"][1]["summary"]
    );
    let (all, _) = report(audit(story, &[&waiver("arn:aws:iam::*:user/*")]), 0);
    assert_eq!(
        (&all["summary"]["waived"], &all["headline"]),
        (&json!(3), &json!("Ready to create an organization: 6 of 7 checks passed, 3 waived"))
    );
}

#[test]
fn a_selection_whose_failure_is_waived_passes_as_a_selection() {
    let run = audit(STORY, &[&month(STORY, EXISTS)]).args(["--only", "billing-alarm,root-mfa"]);
    let (one, _) = report(run, 0);
    assert_eq!(one["verdict"], "selected-passed");
    assert_eq!(one["headline"], "1 of 2 selected checks passed, 1 waived");
    let run = audit(STORY, &[&month(STORY, EXISTS)]).args(["--skip", "billing-alarm"]);
    let (skipped, ran) = report(run, 0);
    assert_eq!((states(&skipped), ran.stderr.as_str()), (vec!["left-out"], ""));
}

/// A snapshot of this account that holds these waivers, as `--record` writes them.
fn recorded(waivers: &Value) -> String {
    let mut snapshot: Value = serde_json::from_str(&fs::read_to_string(fixture(STORY)).unwrap()).unwrap();
    snapshot["recorded_at"] = "2026-11-24T07:00:00Z".into();
    snapshot["waivers"] = waivers.clone();
    snapshot.to_string()
}

fn waiver(finding: &str, until: &str) -> Value {
    json!({"finding": finding, "resource": null, "reason": "a Budget", "owner": "finance", "until": until})
}

#[test]
fn the_waivers_of_a_recorded_audit_hold_when_it_is_judged_again() {
    let run = |text: &str| Run::stagecheck(["audit", "--snapshot", "then.json"]).file("then.json", text);
    let text = recorded(&json!([waiver("billing-alarm/exists", "2027-03-01")]));
    let (report_then, _) = report(run(&text), 0);
    assert_eq!((states(&report_then), &report_then["config"]), (vec!["used"], &Value::Null));

    // A config file that is named comes first: with waivers of its own, with none at all, and with no word about them.
    for (config, status) in [
        (format!("[[waiver]]\n{}", EXISTS.to_owned() + "until = 2026-11-23\n"), 1),
        ("waiver = []\n".to_owned(), 1),
        ("strict = true\n".to_owned(), 0),
    ] {
        report(run(&text).file("mine.toml", &config).args(["--config", "mine.toml"]), status);
    }
}

#[test]
fn edited_recorded_waiver_that_is_invalid_is_refused() {
    let unknown = waiver("billing-alarm/of-another-version", "2027-03-01");
    let run =
        |waivers: &Value| Run::stagecheck(["audit", "--snapshot", "then.json"]).file("then.json", &recorded(waivers));
    assert_eq!(states(&report(run(&json!([unknown])), 1).0), ["unmatched"], "another version may have had it");
    let mut nobody = waiver("billing-alarm/exists", "2027-03-01");
    nobody["owner"] = "".into();
    for (waivers, why) in [
        (json!([waiver("root-mfa/mfa", "2027-03-01")]), "can never be waived"),
        (json!([waiver("billing-alarm/exists", "2027-11-25")]), "more than a year"),
        (json!([nobody]), "its owner is empty"),
        (json!([{"finding": "billing-alarm/exists"}]), "missing field"),
        (json!("all"), "invalid type"),
    ] {
        let (error, _) = refusal(&run(&waivers).expect(2));
        assert!(
            error.starts_with("error: the snapshot then.json can't be audited: ") && error.contains(why),
            "{error}"
        );
    }
}

#[test]
fn words_of_a_waiver_that_mean_harm_do_none() {
    let reason = "evil\u{1b}[2J\n✔ PASS\u{202e}txt";
    let mut one = waiver("billing-alarm/exists", "2027-03-01");
    one["reason"] = reason.into();
    let mut other = waiver("billing-alarm/exists", "2026-03-01");
    other["owner"] = reason.into();
    let run =
        || Run::stagecheck(["audit", "--snapshot", "then.json"]).file("then.json", &recorded(&json!([one, other])));
    let table = run().expect(0);
    for said in [&table.stdout, &table.stderr] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']) && said.contains("\\u{1b}[2J"), "{said}");
    }
    let (report, ran) = report(run(), 0);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']));
    assert_eq!(report["waivers"][0]["reason"], reason);
}

/// Only an audit of AWS records.
#[cfg(feature = "live")]
#[test]
fn recorded_waivers_give_the_same_report_offline() {
    use crate::support::account::Account;
    use crate::support::edits;
    use crate::support::proxy::Proxy;

    let account = Account::new("320000000061");
    let proxy = Proxy::to(account).with_all(edits::ready());
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let until = tomorrow.strftime("%Y-%m-%d");
    let config = format!("[[waiver]]\n{EXISTS}until = {until}\n");
    let run = Run::audit(account, &proxy).file("stagecheck.toml", &config);
    let ran = run.args(["--record", "then.json", "--output", "report.json"]).expect(1);
    let live: Value = serde_json::from_str(&ran.wrote("report.json")).unwrap();
    let again = Run::stagecheck(["audit", "--snapshot", "then.json"]).file("then.json", &ran.wrote("then.json"));
    let (mut offline, _) = report(again, 1);
    assert_eq!(states(&live), ["used"]);
    offline["source"] = "live".into();
    assert_eq!(offline, live);
}
