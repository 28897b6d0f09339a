//! Nothing but what the machine itself may have: the instance's metadata, the container's service.

use super::no_audit;
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::Run;
use crate::support::service::{Service, nobody};

fn on_an_instance(endpoint: impl AsRef<str>) -> Run {
    Run::stagecheck(["audit"])
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.as_ref())
}

#[track_caller]
fn has_none(run: Run) {
    let refused = no_audit(run);
    assert_eq!(refused.error, "error: no AWS credentials were found");
    assert!(refused.help.contains("aws login") && refused.help.contains("--profile"), "{}", refused.help);
}

#[test]
fn without_credentials_there_is_no_audit() {
    has_none(Run::stagecheck(["audit"]));
}

#[test]
fn silent_instance_metadata_means_no_credentials() {
    has_none(on_an_instance(nobody()));
}

#[test]
fn metadata_that_never_answer_are_not_waited_for() {
    let service = Service::silent();
    has_none(on_an_instance(service.url()));
    assert!(!service.asked().is_empty());
}

#[test]
fn metadata_that_cannot_be_routed_to_are_not_waited_for() {
    // A network of the documentation (RFC 5737): packets to it are lost.
    has_none(on_an_instance("http://192.0.2.1"));
}

#[test]
fn metadata_that_refuse_are_no_credentials() {
    for status in [400, 401, 403, 404, 500, 503] {
        let service = Service::answering(status, "no");
        has_none(on_an_instance(service.url()));
        assert!(!service.asked().is_empty());
    }
}

#[test]
fn metadata_that_are_nonsense_are_not_believed() {
    for body in ["", "a newline\n", "two\nroles", "../../x?y", "<html>a captive portal</html>"] {
        has_none(on_an_instance(Service::answering(200, body).url()));
    }
}

#[test]
fn the_role_of_an_instance_is_used() {
    let account = Account::new("350000000001");
    let proxy = Proxy::to(account);
    let service = Service::new(|line| {
        let path = line.split(' ').nth(1).unwrap_or_default();
        Some(if path.ends_with("/api/token") {
            (200, "token".to_owned())
        } else if path.trim_end_matches('/').ends_with("security-credentials") {
            (200, "the-role".to_owned())
        } else if path.ends_with("/the-role") {
            let keys = r#"{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2026-01-01T00:00:00Z","AccessKeyId":"350000000001","SecretAccessKey":"s","Token":"t","Expiration":"2126-01-01T00:00:00Z"}"#;
            (200, keys.to_owned())
        } else {
            (404, String::new())
        })
    });
    let run = on_an_instance(service.url()).env("AWS_ENDPOINT_URL", proxy.url());
    run.args(["--expect-account", account.id]).expect(1);
}

#[test]
fn the_service_of_a_container_that_fails_is_named() {
    for service in [Service::answering(500, "no"), Service::answering(403, "no"), Service::answering(200, "<html>")] {
        let run = Run::stagecheck(["audit"]).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.url());
        let refused = no_audit(run);
        assert_eq!(refused.error, "error: the container's credentials could not be loaded");
    }
}

#[test]
fn the_service_of_a_container_that_is_not_there_is_named() {
    let refused = no_audit(Run::stagecheck(["audit"]).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", nobody()));
    assert_eq!(refused.error, "error: the container's credentials could not be loaded");
}

#[test]
fn silent_container_service_is_not_waited_for() {
    let service = Service::silent();
    no_audit(Run::stagecheck(["audit"]).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.url()));
    assert!(!service.asked().is_empty());
}
