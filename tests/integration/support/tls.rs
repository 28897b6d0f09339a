//! TLS before an HTTP server of a test, with certificates that are good or bad.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::tools::tool;

/// The certificate of the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certificate {
    Good,
    Expired,
    NotYetValid,
    OfAnotherHost,
}

/// A server; it ends with this value.
pub(crate) struct Tls {
    process: Child,
    port: String,
    folder: TempDir,
}

impl Tls {
    /// Before the server at this address; none where a tool is missing.
    pub(crate) fn before(address: SocketAddr, certificate: Certificate) -> Option<Self> {
        Self::start(address, certificate, &[])
    }

    /// One that speaks versions 1.0 and 1.1 only.
    pub(crate) fn old_before(address: SocketAddr) -> Option<Self> {
        Self::start(address, Certificate::Good, &["old"])
    }

    fn start(address: SocketAddr, certificate: Certificate, more: &[&str]) -> Option<Self> {
        let python = tool("python3")?;
        let folder = tempfile::tempdir().expect("a directory");
        made_in(folder.path(), certificate)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/support/tls.py");
        let mut process = Command::new(python)
            .arg(script)
            .args([folder.path().join("certificate"), folder.path().join("key")])
            .args([address.ip().to_string(), address.port().to_string()])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the TLS server");
        let mut port = String::new();
        BufReader::new(process.stdout.take().expect("its output")).read_line(&mut port).expect("its port");
        assert!(!port.trim().is_empty(), "the TLS server has a port");
        Some(Self { process, port: port.trim().to_owned(), folder })
    }

    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The file of its certificate, to be trusted.
    pub(crate) fn bundle(&self) -> PathBuf {
        self.folder.path().join("certificate")
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes a certificate and its key into the folder.
fn made_in(folder: &Path, certificate: Certificate) -> Option<()> {
    let openssl = tool("openssl")?;
    let name = if certificate == Certificate::OfAnotherHost { "DNS:elsewhere.example" } else { "IP:127.0.0.1" };
    let (from, until) = match certificate {
        Certificate::Expired => ("20200101000000Z", "20210101000000Z"),
        Certificate::NotYetValid => ("21200101000000Z", "21210101000000Z"),
        Certificate::Good | Certificate::OfAnotherHost => ("20200101000000Z", "21200101000000Z"),
    };
    let config = format!(
        "[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = far away\n[server]\nsubjectAltName = {name}\n\
         basicConstraints = critical, CA:FALSE\n[ca]\ndefault_ca = own\n[own]\ndatabase = index\nserial = serial\n\
         new_certs_dir = .\ndefault_md = sha256\npolicy = any\nx509_extensions = server\n[any]\ncommonName = supplied\n"
    );
    fs::write(folder.join("config"), config).expect("a file");
    fs::write(folder.join("index"), "").expect("a file");
    fs::write(folder.join("serial"), "01\n").expect("a file");
    let asked = "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config config -keyout key -out request";
    let signed = format!(
        "ca -batch -selfsign -notext -config config -keyfile key -in request -startdate {from} -enddate {until} -out certificate"
    );
    for words in [asked, &signed] {
        let made = Command::new(&openssl).args(words.split(' ')).current_dir(folder).output().expect("openssl");
        assert!(made.status.success(), "{words}: {}", String::from_utf8_lossy(&made.stderr));
    }
    Some(())
}
