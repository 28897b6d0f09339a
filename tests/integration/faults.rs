//! The fault matrix: every call that the audit of a ready account makes, broken in every way, one at a time.
//!
//! Whatever happens to a call, the audit ends in time, is never ready, never fails what a healthy account would not, and says
//! which call it was. A fault that passes leaves no trace.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::account::Account;
use crate::support::call::{Call, Protocol};
use crate::support::cbor;
use crate::support::edits;
use crate::support::http::Answer;
use crate::support::proxy::Proxy;
use crate::support::rules::{Break, Matching, Rule};
use crate::support::run::{Ran, Run};

/// The whole audit's limit where a call never answers, in seconds: less than the program's own, so that the tests do not take half an hour,
/// and more than any machine needs for the other calls.
const TIMEOUT: &str = "20";

/// Audits under way at once: they wait more than they work.
const AT_ONCE: usize = 6;

/// What only is shown at the top of a report: no verdict hangs on it.
const SHOWN: [&str; 3] = ["ListAccountAliases", "DescribeRegions", "DescribeOrganization"];

/// One call that is broken: what it is, and which of several of its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    service: String,
    operation: String,
    region: String,
    target: String,
}

impl Point {
    fn rule(&self) -> Matching {
        let Point { region, target, .. } = self.clone();
        Rule::on(&self.service, &self.operation).when(move |call| call.region == region && call.target == target)
    }
}

/// The ready account, and every call that its audit makes.
fn ready() -> &'static (Account, BTreeSet<Point>) {
    static READY: OnceLock<(Account, BTreeSet<Point>)> = OnceLock::new();
    READY.get_or_init(|| {
        let account = Account::new("330000000001").ready();
        let proxy = Proxy::to(account).with_all(edits::ready());
        audit(account, &proxy).expect(0);
        let points = proxy.calls().into_iter().map(|seen| Point {
            service: seen.call.service,
            operation: seen.call.operation,
            region: seen.call.region,
            target: seen.call.target,
        });
        (account, points.collect())
    })
}

fn audit(account: Account, proxy: &Proxy) -> Run {
    Run::audit(account, proxy).args(["--format", "json", "--timeout", TIMEOUT])
}

/// Breaks each call in turn and gives what was wrong with the audits, all of it.
fn break_each(fault: impl Fn(Matching) -> Rule + Sync, judge: impl Fn(&Point, &Ran) -> Result<(), String> + Sync) {
    let (account, points) = ready();
    let left: Mutex<Vec<&Point>> = Mutex::new(points.iter().collect());
    let wrong: Mutex<Vec<String>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(point) = left.lock().unwrap().pop() else { return };
                    let proxy = Proxy::to(*account).with_all(edits::ready()).with(fault(point.rule()));
                    let ran = audit(*account, &proxy).whatever();
                    if let Err(why) = judge(point, &ran) {
                        wrong.lock().unwrap().push(format!("{point:?}: {why}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} calls:\n{}", wrong.len(), points.len(), wrong.join("\n"));
}

/// What must hold however a call is broken for good.
fn stays_right(point: &Point, ran: &Ran) -> Result<(), String> {
    if SHOWN.contains(&point.operation.as_str()) {
        return if ran.status == 0 { Ok(()) } else { Err(format!("status {}: {}", ran.status, ran.stdout)) };
    }
    // What AWS's policies of a ready account say is known by their ARNs, so that this list decides nothing there.
    if point.target == "AWSManagedPolicy" && ran.status == 0 {
        return Ok(());
    }
    // AWS answered everything else, so only a session that has expired meanwhile is refused.
    if point.operation == "GetCallerIdentity" && ran.status == 4 && ran.stderr.contains("Expired") {
        return if ran.stdout.is_empty() { Ok(()) } else { Err("a report beside status 4".to_owned()) };
    }
    if ran.status != 3 {
        return Err(format!("status {}\n{}{}", ran.status, ran.stdout, ran.stderr));
    }
    let report = ran.json();
    let findings = findings(&report);
    for finding in &findings {
        if finding["status"] == "fail" {
            return Err(format!("a false fail: {finding:#}"));
        }
        if finding["status"] == "unknown" && finding["unavailable"]["operation"] != point.operation {
            return Err(format!("it names another call: {finding:#}"));
        }
    }
    let named = findings.iter().filter(|finding| finding["unavailable"]["operation"] == point.operation);
    match named.map(|finding| &finding["unavailable"]).next() {
        None => Err("no finding names the call".to_owned()),
        Some(unavailable) if unavailable["region"] != Value::Null && unavailable["region"] != point.region => {
            Err(format!("it names another region than {}: {unavailable}", point.region))
        }
        Some(_) => Ok(()),
    }
}

fn findings(report: &Value) -> Vec<Value> {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().flat_map(|check| check["findings"].as_array().unwrap()).cloned().collect()
}

fn breaks(fault: impl Fn(Matching) -> Rule + Sync) {
    break_each(fault, stays_right);
}

/// The answer of this status and body, instead of the right one.
fn instead(status: u16, body: &'static [u8]) {
    breaks(|matching| matching.answer(Answer::new(status, "text/html", body)));
}

#[test]
fn a_denied_call_is_unknown_and_names_the_permission() {
    break_each(Matching::deny, |point, ran| {
        stays_right(point, ran)?;
        if ran.status != 3 || point.operation == "GetCallerIdentity" {
            return Ok(());
        }
        let report = ran.json();
        let denied = findings(&report).into_iter().find(|finding| finding["status"] == "unknown").unwrap();
        let action = denied["unavailable"]["action"].as_str().unwrap_or_default().to_owned();
        let named = denied["message"].as_str().is_some_and(|message| message.contains(&action));
        if denied["unavailable"]["cause"] == "denied" && action.contains(':') && named {
            Ok(())
        } else {
            Err(format!("{denied:#}"))
        }
    });
}

#[test]
fn throttling_that_never_ends_is_unknown() {
    breaks(Matching::throttle);
}

#[test]
fn a_server_error_that_stays_is_unknown() {
    breaks(|matching| matching.fail(500, "InternalFailure", "oops"));
}

#[test]
fn an_unavailable_service_is_unknown() {
    breaks(|matching| matching.fail(503, "ServiceUnavailable", "later"));
}

#[test]
fn an_error_that_nobody_knows_is_unknown() {
    breaks(|matching| matching.fail(400, "SomethingNewException", "who knows"));
}

#[test]
fn a_reset_connection_is_unknown() {
    breaks(|matching| matching.disconnect(Break::Reset));
}

#[test]
fn a_connection_that_is_closed_without_an_answer_is_unknown() {
    breaks(|matching| matching.disconnect(Break::HangUp));
}

#[test]
fn no_answer_at_all_is_unknown() {
    breaks(|matching| matching.disconnect(Break::Silence));
}

/// Breaks each call whose answer has a body: half of nothing is nothing.
fn breaks_bodies(fault: impl Fn(Matching) -> Rule + Sync) {
    break_each(fault, |point, ran| if point.operation == "HeadBucket" { Ok(()) } else { stays_right(point, ran) });
}

#[test]
fn an_answer_that_is_cut_in_half_is_unknown() {
    breaks_bodies(|matching| matching.disconnect(Break::CutShort));
}

#[test]
fn half_an_answer_that_claims_to_be_whole_is_unknown() {
    breaks_bodies(|matching| {
        matching.edit(|answer| {
            let half = answer.body.len() / 2;
            answer.body.truncate(half);
        })
    });
}

#[test]
fn an_empty_answer_is_unknown() {
    instead(200, b"");
}

#[test]
fn the_page_of_a_captive_portal_is_unknown() {
    instead(200, b"<html><head><title>Welcome</title></head><body><form>Accept</form></body></html>");
}

#[test]
fn garbage_is_unknown() {
    instead(200, &[0x00, 0xff, 0x17, 0x9c, 0x00, 0x80, 0xfe, 0x42]);
}

#[test]
fn a_page_that_is_not_found_is_unknown() {
    instead(404, b"<html><body>Not Found</body></html>");
}

#[test]
fn an_expired_token_in_mid_audit_is_unknown() {
    breaks(|matching| matching.fail(403, "ExpiredToken", "The security token included in the request is expired"));
}

#[test]
fn a_region_that_is_not_enabled_is_unknown() {
    breaks(|matching| matching.fail(403, "UnrecognizedClientException", "The security token is invalid"));
}

#[test]
fn a_clock_that_is_off_is_unknown_at_worst() {
    breaks(|matching| {
        matching.fail(403, "RequestTimeTooSkewed", "The difference between the request time is too large")
    });
}

/// Lists that come in pages.
const PAGED: [&str; 7] = [
    "GetAccountAuthorizationDetails",
    "ListMFADevices",
    "ListAccessKeys",
    "ListSubscriptionsByTopic",
    "DescribeAlarms",
    "ListAlarmMuteRules",
    "ListMetrics",
];

fn asks_for_more(call: &Call) -> bool {
    ["Marker", "NextToken"].iter().any(|token| call.parameters.contains_key(*token))
}

/// Makes a page say that another one follows.
fn has_more(call: &Call, answer: &mut Answer) {
    if call.protocol == Protocol::Cbor {
        let mut page = cbor::decode(&answer.body).unwrap();
        page.as_map_mut().unwrap().push(("NextToken".into(), "page-2".into()));
        answer.body = cbor::encode(&page);
        return;
    }
    let more = "<IsTruncated>true</IsTruncated><Marker>page-2</Marker>";
    let body = answer
        .text()
        .replace("<IsTruncated>false</IsTruncated>", more)
        .replace("</ListSubscriptionsByTopicResult>", "<NextToken>page-2</NextToken></ListSubscriptionsByTopicResult>");
    answer.body = body.into_bytes();
}

/// Breaks the lists only.
fn breaks_pages(fault: impl Fn(Matching) -> Rule + Sync, further: impl Fn(Matching) -> Rule + Sync) {
    let (account, points) = ready();
    let lists: Vec<&Point> = points.iter().filter(|point| PAGED.contains(&point.operation.as_str())).collect();
    assert!(lists.len() >= 11, "{lists:?}");
    for point in lists {
        let proxy = Proxy::to(*account).with_all(edits::ready()).with(fault(point.rule())).with(further(point.rule()));
        let ran = audit(*account, &proxy).whatever();
        stays_right(point, &ran).unwrap_or_else(|why| panic!("{point:?}: {why}"));
    }
}

#[test]
fn a_list_whose_second_page_fails_is_unread_as_a_whole() {
    breaks_pages(
        |matching| matching.edit_by_call(has_more),
        |matching| matching.when(asks_for_more).fail(500, "InternalFailure", "oops"),
    );
}

#[test]
fn a_list_whose_page_token_repeats_for_ever_ends_and_is_unread() {
    breaks_pages(|matching| matching.edit_by_call(has_more), |matching| matching.delay(Duration::ZERO));
}

/// The report without what differs between any two audits.
fn timeless(ran: &Ran) -> Value {
    let mut report = ran.json();
    report["generated_at"] = Value::Null;
    report
}

fn leaves_no_trace(fault: impl Fn(Matching) -> Rule + Sync) {
    let (account, _) = ready();
    let proxy = Proxy::to(*account).with_all(edits::ready());
    let healthy = scrubbed(&timeless(&audit(*account, &proxy).expect(0)));
    break_each(fault, |_, ran| {
        if ran.status != 0 {
            return Err(format!("status {}\n{}{}", ran.status, ran.stdout, ran.stderr));
        }
        if !ran.stderr.is_empty() {
            return Err(format!("it speaks of it: {}", ran.stderr));
        }
        let broken = scrubbed(&timeless(ran));
        if broken == healthy { Ok(()) } else { Err(format!("another report:\n{broken}")) }
    });
}

/// The edits reckon times of delivery from now, to the second; a message tells the minute.
fn scrubbed(report: &Value) -> String {
    let text = serde_json::to_string_pretty(report).unwrap();
    let is_minute = |word: &str| word.len() == 5 && word.char_indices().all(|(at, c)| (at == 2) == (c == ':'));
    let is_second = |word: &str| word.len() >= 20 && word.starts_with("20") && word.contains('T') && word.contains('Z');
    let is_time = |word: &str| is_minute(word) || is_second(word);
    let words = text.split(['"', ' ', ',']).map(|word| if is_time(word) { "TIME" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn throttling_that_passes_after_two_tries_leaves_no_trace() {
    leaves_no_trace(|matching| matching.throttle().times(2));
}

#[test]
fn a_server_error_that_passes_leaves_no_trace() {
    leaves_no_trace(|matching| matching.fail(500, "InternalFailure", "oops").times(1));
}

#[test]
fn a_reset_that_passes_leaves_no_trace() {
    leaves_no_trace(|matching| matching.disconnect(Break::Reset).times(1));
}
