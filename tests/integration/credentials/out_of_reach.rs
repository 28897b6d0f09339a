//! AWS out of reach: endpoints and proxies that are not there.

use super::{SECRET, no_audit, with_key};
use crate::support::run::Run;
use crate::support::service::{Service, nobody};

fn audit() -> Run {
    with_key(Run::stagecheck(["audit"]))
}

#[track_caller]
fn is_out_of_reach(run: Run, why: &str) {
    let refused = no_audit(run);
    assert_eq!(refused.error, format!("error: AWS could not be reached: {why}"));
    assert!(refused.help.contains("proxy variables") && refused.help.contains("AWS_ENDPOINT_URL"), "{}", refused.help);
}

#[test]
fn an_endpoint_that_refuses_is_out_of_reach() {
    is_out_of_reach(audit().env("AWS_ENDPOINT_URL", nobody()), "the connection was refused");
}

#[test]
fn an_endpoint_that_does_not_resolve_is_out_of_reach() {
    // A name that never will be one (RFC 6761).
    is_out_of_reach(audit().env("AWS_ENDPOINT_URL", "https://aws.invalid"), "the name does not resolve");
}

#[test]
fn a_proxy_that_is_not_there_is_out_of_reach() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        is_out_of_reach(audit().env(variable, nobody()), "the connection was refused");
    }
    let run = audit().env("AWS_ENDPOINT_URL", "http://aws.invalid").env("HTTP_PROXY", nobody());
    is_out_of_reach(run, "the connection was refused");
}

#[test]
fn a_proxy_that_refuses_is_told_without_its_password() {
    for status in [403, 407, 502] {
        let proxy = Service::answering(status, "no").url().replace("http://", &format!("http://me:{SECRET}@"));
        let refused = no_audit(audit().env("HTTPS_PROXY", proxy));
        assert!(refused.error.contains("proxy"), "{}", refused.error);
    }
}

#[test]
fn a_proxy_of_nonsense_is_told_without_repeating_it() {
    for proxy in [format!("http://me:{SECRET}@no host:x"), format!("{SECRET}://x")] {
        no_audit(audit().env("AWS_ENDPOINT_URL", "https://aws.invalid").env("HTTPS_PROXY", proxy));
    }
}

#[test]
fn an_endpoint_that_is_no_address_is_out_of_reach() {
    for endpoint in ["nonsense", "http://", "ftp://127.0.0.1"] {
        no_audit(audit().env("AWS_ENDPOINT_URL", endpoint));
    }
}
