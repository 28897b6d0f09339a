//! Certificates that no authority has signed.

use std::fs;

use crate::support::certificate;
use crate::support::tools::tool;

#[test]
fn a_certificate_comes_with_its_key() {
    if tool("openssl").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate::made_in(folder.path()).unwrap();
    assert!(fs::read_to_string(certificate).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(fs::read_to_string(key).unwrap().starts_with("-----BEGIN PRIVATE KEY-----"));
}
