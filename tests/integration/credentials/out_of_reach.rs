//! AWS out of reach: endpoints and proxies that are not there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{SECRET, no_audit, with_key};
use crate::support::account::Account;
use crate::support::certificate;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::{Break, Rule};
use crate::support::run::Run;
use crate::support::service::{Service, nobody};
use crate::support::tools::tool;

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

/// A TLS server; it ends with this value.
struct Tls {
    process: Child,
    port: String,
    /// Where the certificate and the server's log are.
    _folder: TempDir,
}

impl Tls {
    /// None where there is no `openssl`.
    fn start() -> Option<Self> {
        let openssl = tool("openssl")?;
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = certificate::made_in(folder.path())?;
        let mut process = Command::new(openssl)
            .args(["s_server", "-accept", "127.0.0.1:0", "-www", "-cert"])
            .arg(&certificate)
            .arg("-key")
            .arg(key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = said.into_iter().find_map(|line| Some(line.strip_prefix("ACCEPT 127.0.0.1:")?.to_owned()));
        let port = port.unwrap_or_else(|| panic!("{}", fs::read_to_string(folder.path().join("log")).unwrap()));
        Some(Self { process, port, _folder: folder })
    }

    fn audit(&self) -> Run {
        audit().env("AWS_ENDPOINT_URL", format!("https://127.0.0.1:{}", self.port))
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_certificate_that_nobody_known_has_signed_asks_for_root_certificates() {
    let Some(server) = Tls::start() else { return };
    // A machine that was set up by somebody, and one without any root certificate.
    for run in [server.audit(), server.audit().env("SSL_CERT_FILE", "/dev/null")] {
        let refused = no_audit(run);
        let why = "nobody whom this machine trusts has signed the certificate";
        assert_eq!(refused.error, format!("error: AWS could not be reached: {why}"));
        assert!(refused.help.contains("ca-certificates") && refused.help.contains("SSL_CERT_FILE"), "{}", refused.help);
    }
}

#[test]
fn a_machine_without_root_certificates_reaches_an_endpoint_without_tls() {
    let account = Account::new("350000000099");
    let proxy = Proxy::to(account);
    Run::audit(account, &proxy).env("SSL_CERT_FILE", "/dev/null").expect(1);
}
