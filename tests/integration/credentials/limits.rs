//! Limits of time and of tries, and what moves them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use super::{no_audit, with_key};
use crate::support::account::Account;
use crate::support::call::Call;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;
use crate::support::run::Run;
use crate::support::service::Service;

#[test]
fn silence_names_the_option_that_lengthens_the_limit() {
    let service = Service::silent();
    let run = with_key(Run::stagecheck(["audit", "--timeout", "1"])).env("AWS_ENDPOINT_URL", service.url());
    let refused = no_audit(run);
    assert!(refused.error.contains("AWS didn't answer in time"), "{}", refused.error);
    assert!(refused.help.contains("--timeout"), "{}", refused.help);
}

/// Half of --timeout, however great that is.
#[test]
fn slow_call_is_waited_for_where_the_audit_has_the_time() {
    let account = Account::new("350000000073").ready();
    let slow = || Rule::on("iam", "GetAccountSummary").delay(Duration::from_secs(18));
    let proxy = Proxy::to(account).with_all(edits::ready()).with(slow());
    Run::audit(account, &proxy).args(["--timeout", "80"]).expect(0);
}

#[test]
fn call_that_hits_its_limit_names_it() {
    let account = Account::new("350000000074").ready();
    let slow = Rule::on("iam", "GetAccountSummary").delay(Duration::from_secs(20));
    let proxy = Proxy::to(account).with_all(edits::ready()).with(slow);
    let report = Run::audit(account, &proxy).args(["--timeout", "4", "--format", "json"]).expect(3).stdout;
    assert!(report.contains("the limit of a call; a greater --timeout lengthens it"), "{report}");
}

#[test]
fn tries_of_a_call_are_those_of_aws_max_attempts() {
    let account = Account::new("350000000075").ready();
    for (tries, calls) in [("1", 1), ("2", 2)] {
        let proxy = Proxy::to(account).with_all(edits::ready());
        let proxy = proxy.with(Rule::on("iam", "GetAccountSummary").fail(500, "InternalFailure", "no"));
        Run::audit(account, &proxy).env("AWS_MAX_ATTEMPTS", tries).expect(3);
        assert_eq!(proxy.calls_of("iam", "GetAccountSummary").len(), calls);
        let proxy = Proxy::to(account).with_all(edits::ready());
        let proxy = proxy.with(Rule::on("iam", "GetAccountSummary").fail(500, "InternalFailure", "no"));
        let profile = format!("[default]\nmax_attempts = {tries}\n");
        Run::audit(account, &proxy).file(".aws/config", &profile).expect(3);
        assert_eq!(proxy.calls_of("iam", "GetAccountSummary").len(), calls);
    }
}

#[test]
fn slow_metadata_service_has_the_time_of_its_variables() {
    let account = Account::new("350000000076");
    let proxy = Proxy::to(account);
    let slow = || {
        Service::new(|line| {
            std::thread::sleep(Duration::from_millis(1800));
            let path = line.split(' ').nth(1).unwrap_or_default();
            Some(if path.ends_with("/api/token") {
                (200, "token".to_owned())
            } else if path.trim_end_matches('/').ends_with("security-credentials") {
                (200, "the-role".to_owned())
            } else {
                let keys = r#"{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2026-01-01T00:00:00Z","AccessKeyId":"350000000076","SecretAccessKey":"s","Token":"t","Expiration":"2126-01-01T00:00:00Z"}"#;
                (200, keys.to_owned())
            })
        })
    };
    let service = slow();
    let run = || {
        Run::stagecheck(["audit"])
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.url())
            .env("AWS_ENDPOINT_URL", proxy.url())
    };
    assert_eq!(no_audit(run()).error, "error: no AWS credentials were found");
    run().env("AWS_METADATA_SERVICE_TIMEOUT", "20").args(["--expect-account", account.id]).expect(1);
    let profile = "[default]\nmetadata_service_timeout = 20\n";
    run().file(".aws/config", profile).args(["--expect-account", account.id]).expect(1);
}

/// As AWS does to an account with thousands of resources: each call is throttled at first, and its second try too.
#[test]
fn throttling_of_every_call_leaves_the_verdict_as_it_is() {
    let account = Account::new("350000000079").ready();
    let tries: Mutex<HashMap<String, u32>> = Mutex::default();
    let at_first = move |call: &Call| {
        let mut tries = tries.lock().unwrap();
        let tries =
            tries.entry(format!("{} {} {} {}", call.service, call.operation, call.region, call.target)).or_default();
        *tries += 1;
        *tries <= 2
    };
    let proxy = Proxy::to(account).with_all(edits::ready()).with(Rule::on("*", "*").when(at_first).throttle());
    let report = Run::audit(account, &proxy).args(["--timeout", "200", "--format", "json"]).expect(0).json();
    assert_eq!(report["verdict"], "ready", "{report:#}");
}
