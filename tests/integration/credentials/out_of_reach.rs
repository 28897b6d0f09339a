//! AWS out of reach: endpoints and proxies that are not there.

use super::{SECRET, no_audit, with_key};
use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::{Break, Rule};
use crate::support::run::Run;
use crate::support::service::{Service, nobody};
use crate::support::tls::{Certificate, Tls};

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
    is_out_of_reach(audit().env("AWS_ENDPOINT_URL", "https://aws.invalid"), "the name doesn't resolve");
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
fn a_single_service_out_of_reach_is_no_end_of_the_audit() {
    let account = Account::new("350000000098").ready();
    let breaks = [Break::Reset, Break::HangUp, Break::Silence];
    for how in breaks {
        let proxy = Proxy::to(account).with_all(edits::ready()).with(Rule::on("sts", "*").disconnect(how));
        let run = Run::audit(account, &proxy).args(["--format", "json", "--timeout", "20"]);
        let report = run.expect(3).json();
        assert_eq!(report["checks"][0]["status"], "pass", "what needs no account id is judged: {report:#}");
    }
}

#[test]
fn unknown_authority_asks_for_root_certificates() {
    let proxy = Proxy::to(Account::new("350000000097"));
    let Some(server) = Tls::before(proxy.address, Certificate::Good) else { return };
    // A machine that was set up by somebody, and one without any root certificate.
    let run = || audit().env("AWS_ENDPOINT_URL", server.url());
    for run in [run(), run().env("SSL_CERT_FILE", "/dev/null")] {
        let refused = no_audit(run);
        let why = "no authority that this machine trusts signed the certificate";
        assert_eq!(refused.error, format!("error: AWS could not be reached: {why}"));
        assert!(refused.help.contains("ca-certificates") && refused.help.contains("SSL_CERT_FILE"), "{}", refused.help);
        assert!(refused.help.contains("AWS_CA_BUNDLE"), "{}", refused.help);
    }
}

/// Each fault of TLS is another thing to mend.
#[test]
fn faults_of_tls_are_told_apart() {
    let proxy = Proxy::to(Account::new("350000000096"));
    for (certificate, told) in [
        (Certificate::Expired, "the certificate has expired, or the clock of this machine is ahead"),
        (Certificate::NotYetValid, "the certificate is not valid yet, or the clock of this machine is behind"),
        (Certificate::OfAnotherHost, "the certificate is for another host name"),
    ] {
        let Some(server) = Tls::before(proxy.address, certificate) else { return };
        let run = audit().env("AWS_ENDPOINT_URL", server.url()).env("AWS_CA_BUNDLE", server.bundle());
        assert_eq!(no_audit(run).error, format!("error: AWS could not be reached: {told}"));
    }
    let Some(server) = Tls::old_before(proxy.address) else { return };
    let run = audit().env("AWS_ENDPOINT_URL", server.url()).env("AWS_CA_BUNDLE", server.bundle());
    let told = "the other side supports no safe version of TLS (1.2 or 1.3)";
    assert_eq!(no_audit(run).error, format!("error: AWS could not be reached: {told}"));
    let run = audit().env("AWS_ENDPOINT_URL", proxy.url().replace("http:", "https:"));
    assert_eq!(no_audit(run).error, "error: AWS could not be reached: the other side doesn't speak TLS");
}

#[test]
fn machine_without_root_certificates_uses_plain_http() {
    let account = Account::new("350000000099");
    let proxy = Proxy::to(account);
    Run::audit(account, &proxy).env("SSL_CERT_FILE", "/dev/null").expect(1);
}
