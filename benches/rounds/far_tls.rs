//! The same audit over TLS: a new connection costs two round trips more, and each service is a host of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::certificate;
use crate::support::proxy::Proxy;
use crate::support::python;
use crate::support::run::Run;

/// The services that a ready account is asked about, as the SDK's variables name them.
const SERVICES: [&str; 8] = ["CLOUDTRAIL", "CLOUDWATCH", "EC2", "IAM", "ORGANIZATIONS", "S3", "SNS", "STS"];

/// An endpoint a service. They end with this value.
pub(crate) struct FarTls {
    certificate: PathBuf,
    ports: Vec<String>,
    process: Child,
}

impl FarTls {
    /// In front of the proxy; none where there is no `openssl` to make a certificate with.
    pub(crate) fn to(proxy: &Proxy, away: Duration) -> Option<Self> {
        let folder = python::fresh_folder("far-tls");
        let (certificate, key) = certificate::made_in(&folder)?;
        let mut process = Command::new(python::EMULATOR.interpreter())
            .args(["-c", include_str!("far_tls.py")])
            .args([&certificate, &key])
            .args([proxy.address.port().to_string(), away.as_secs_f64().to_string(), SERVICES.len().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the endpoints");
        let mut said = String::new();
        BufReader::new(process.stdout.take().expect("what they say")).read_line(&mut said).expect("their ports");
        let ports: Vec<String> = said.split_whitespace().map(str::to_owned).collect();
        assert_eq!(ports.len(), SERVICES.len(), "the endpoints did not start");
        Some(Self { certificate, ports, process })
    }

    /// Leads a run there.
    pub(crate) fn lead(&self, run: Run) -> Run {
        let run = run.env("SSL_CERT_FILE", &self.certificate);
        SERVICES.iter().zip(&self.ports).fold(run, |run, (service, port)| {
            run.env(&format!("AWS_ENDPOINT_URL_{service}"), format!("https://127.0.0.1:{port}"))
        })
    }
}

impl Drop for FarTls {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
