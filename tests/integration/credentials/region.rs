//! The home region: whose word counts, and that the report says whose it was.

use serde_json::Value;

use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::Run;

/// Each in turn is overruled by the next.
const WORDS: [(&str, &str); 6] = [
    ("default", "us-west-2"),
    ("profile", "eu-west-1"),
    ("environment", "eu-west-2"),
    ("environment", "eu-west-3"),
    ("config", "eu-north-1"),
    ("flag", "eu-central-1"),
];

fn audit(account: Account, proxy: &Proxy, words: usize) -> Run {
    let run = Run::audit(account, proxy).args(["--format", "json"]);
    let said = |at: usize| WORDS[at].1;
    let adds: [&dyn Fn(Run) -> Run; 6] = [
        &|run| run,
        &|run| run.file(".aws/config", &format!("[default]\nregion = {}\n", said(1))),
        &|run| run.env("AWS_DEFAULT_REGION", said(2)),
        &|run| run.env("AWS_REGION", said(3)),
        &|run| run.file("stagecheck.toml", &format!("region = '{}'\n", said(4))),
        &|run| run.args(["--region", said(5)]),
    ];
    adds.iter().take(words + 1).fold(run, |run, add| add(run))
}

#[test]
fn home_region_follows_flag_config_environment_profile_default() {
    let account = Account::new("350000000041");
    for (index, (source, region)) in WORDS.into_iter().enumerate() {
        let proxy = Proxy::to(account);
        let report = audit(account, &proxy, index).expect(1).json();
        let told = [&report["account"]["home_region"], &report["account"]["home_region_source"]];
        assert_eq!(told, [&Value::from(region), &Value::from(source)], "{index}");
        assert!(!proxy.calls_of("cloudtrail", "DescribeTrails").is_empty());
        assert!(proxy.calls_of("cloudtrail", "DescribeTrails").iter().any(|seen| seen.call.region == region));
    }
}

/// Before anything is asked of AWS.
#[test]
fn invalid_ambient_region_is_refused_if_it_counts() {
    let account = Account::new("350000000043");
    let proxy = Proxy::to(account);
    let run = || Run::audit(account, &proxy).args(["--format", "json"]);
    let profile = "[default]\nregion = a b\n";
    for (run, place) in [
        (run().env("AWS_REGION", "a b"), "STAGECHECK_REGION, AWS_REGION or AWS_DEFAULT_REGION"),
        (run().env("AWS_DEFAULT_REGION", "a b"), "STAGECHECK_REGION, AWS_REGION or AWS_DEFAULT_REGION"),
        (run().file(".aws/config", profile), "the AWS profile"),
    ] {
        let ran = run.expect(2);
        assert_eq!(ran.stdout, "");
        let error = format!("error: {place} names no region: region \"a b\" isn't a valid name of a region\nhelp: ");
        assert!(ran.stderr.starts_with(&error), "{}", ran.stderr);
    }
    let overruled = run().env("AWS_REGION", "a b").args(["--region", "eu-west-1"]).expect(1).json();
    assert_eq!(overruled["account"]["home_region"], "eu-west-1");
}

#[test]
fn region_of_the_named_profile_beats_the_default_one() {
    let account = Account::new("350000000042");
    let proxy = Proxy::to(account);
    let config = "[default]\nregion = eu-west-1\n[profile lab]\nregion = eu-west-2\naws_access_key_id = 350000000042\naws_secret_access_key = s\n";
    let run = Run::stagecheck(["audit", "--profile", "lab", "--format", "json"]).file(".aws/config", config);
    let report = run.env("AWS_ENDPOINT_URL", proxy.url()).expect(1).json();
    let told = [&report["account"]["home_region"], &report["account"]["home_region_source"]];
    assert_eq!(told, [&Value::from("eu-west-2"), &Value::from("profile")]);
}
