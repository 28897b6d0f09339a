//! How deep the calls of a whole audit depend on one another: each recorded account, audited as if it were far away.

use std::fs;
use std::path::PathBuf;

use tokio::time::Instant;

use super::{Selection, Subject};
use crate::account::operation::Operation;
use crate::checks::{ORG_FOUNDATION, SINGLE_ACCOUNT};
use crate::config::settings::Settings;
use crate::report::snapshot::{self, Recorded};
use crate::report::{Report, Source, Verdict};
use crate::testing::delayed::far_away_at;
use crate::testing::foundation::foundation;
use crate::testing::now;

/// What an audit said and what it cost.
struct Audited {
    report: Report,
    /// Sequential round trips.
    rounds: u64,
    asked: Vec<Operation>,
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "accounts"].iter().collect()
}

/// The names of the recorded accounts.
fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter_map(|file| file.strip_suffix(".json").map(str::to_owned)).collect()
}

fn text(name: &str) -> String {
    fs::read_to_string(folder().join(format!("{name}.json"))).unwrap()
}

/// Audits a recorded account, from far away; one operation may take several round trips.
async fn audited(text: &str, slow: Option<(&'static str, u32)>) -> Audited {
    let Recorded { recorded_at, expectations, config, waivers, facts, .. } = snapshot::read(text).unwrap();
    let (account, asked) = far_away_at(recorded_at, facts, slow);
    let start = Instant::now();
    let subject = Subject { account, expectations, source: Source::Live, config, waivers };
    let report = subject.judged(Selection::all(&SINGLE_ACCOUNT), false).await;
    let rounds = start.elapsed().as_secs();
    // What the recording lacks would end a search too soon, and the depth would say nothing.
    let facts = subject.snapshot(&SINGLE_ACCOUNT).unwrap_or_else(|error| panic!("{}", error.message));
    assert!(!facts.contains("not-collected"), "{facts}");
    let asked = asked.borrow().clone();
    Audited { report, rounds, asked }
}

#[tokio::test(start_paused = true)]
async fn a_ready_account_takes_three_rounds_and_at_most_32_calls() {
    let Audited { report, rounds, asked } = audited(&text("ready"), None).await;
    assert_eq!((report.verdict(), rounds), (Verdict::Ready, 3));
    assert!(asked.len() <= 32, "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn a_buckets_settings_do_not_wait_to_hear_where_it_is() {
    for (slow, rounds) in [("bucket", 4), ("bucket_policy", 4), ("bucket_acl", 4), ("trails", 4)] {
        let Audited { report, rounds: took, .. } = audited(&text("ready"), Some((slow, 3))).await;
        assert_eq!((report.verdict(), took), (Verdict::Ready, rounds), "{slow}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_recorded_account_takes_more_than_five_rounds() {
    let mut deepest = 0;
    for name in names() {
        let Audited { rounds, asked, .. } = audited(&text(&name), None).await;
        assert!(rounds <= 5, "{name}: {rounds} rounds, {asked:?}");
        deepest = deepest.max(rounds);
    }
    assert!(deepest > 3, "no story searches further than a ready account does");
}

/// The checks of the organization, of an account that is far away: the four that they share with an account need facts of their own.
async fn audited_organization(slow: Option<(&'static str, u32)>) -> Audited {
    let (account, asked) = far_away_at(now(), foundation().facts(), slow);
    let start = Instant::now();
    let (expectations, source) = (Settings::default(), Source::Live);
    let subject = Subject { account, expectations, source, config: None, waivers: Vec::new() };
    let report = subject.judged(Selection::all(&ORG_FOUNDATION), false).await;
    let rounds = start.elapsed().as_secs();
    let asked = asked.borrow().clone();
    Audited { report, rounds, asked }
}

#[tokio::test(start_paused = true)]
async fn an_organization_takes_four_rounds_and_at_most_46_calls() {
    let Audited { report, rounds, asked } = audited_organization(None).await;
    let of_organization = report.checks.iter().skip(4);
    let failing: Vec<&str> = of_organization
        .filter(|check| check.status != crate::model::status::Status::Pass)
        .map(|check| check.check.id)
        .collect();
    assert!(failing.is_empty(), "{failing:?}");
    assert!(rounds <= 4, "{rounds} rounds");
    assert!(asked.len() <= 46, "{} calls: {asked:?}", asked.len());
}
