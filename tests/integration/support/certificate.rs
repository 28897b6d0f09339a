//! A certificate that no authority has signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A certificate of this machine's address; not one of an authority, which no server may show.
const WANTED: &str = "[req]\ndistinguished_name = name\nx509_extensions = server\nprompt = no\n[name]\nCN = far away\n\
                      [server]\nsubjectAltName = IP:127.0.0.1\nbasicConstraints = critical, CA:FALSE\n";

/// Writes one and its key into the folder; none where there is no `openssl` to make them with.
pub(crate) fn made_in(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let [wanted, certificate, key] = ["wanted", "certificate", "key"].map(|name| folder.join(name));
    fs::write(&wanted, WANTED).expect("what the certificate is to be");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .arg("-config")
        .arg(&wanted)
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .ok()?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some((certificate, key))
}
