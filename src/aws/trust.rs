//! The CA bundle of `AWS_CA_BUNDLE` or `ca_bundle`: whom to trust beside the system's authorities, as behind a proxy that looks
//! into TLS. The SDK's HTTP client takes PEM text, and ends the program where it is none, so it is read here first.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::connect_error::ConnectError;
use super::setup::Setup;

/// Certificates in PEM form that the HTTP client can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CaBundle(pub(super) String);

impl CaBundle {
    /// The bundle that the set-up names, if any.
    pub(super) fn of(setup: &Setup) -> Result<Option<Self>, ConnectError> {
        let Some((file, place)) = setup.either("AWS_CA_BUNDLE", "ca_bundle")? else { return Ok(None) };
        let fault =
            |why: &str| ConnectError::CaBundle { file: file.clone(), place: place.clone(), why: why.to_owned() };
        let bytes = fs::read(setup.expand(&file)).map_err(|error| fault(&error.kind().to_string()))?;
        usable(&bytes).map(Some).ok_or_else(|| fault("it holds no certificate in PEM form"))
    }
}

/// Those certificates of the text that can sign others. What else the file holds, keys and words, does not matter.
fn usable(text: &[u8]) -> Option<CaBundle> {
    let mut store = RootCertStore::empty();
    let mut pem = String::new();
    for certificate in CertificateDer::pem_slice_iter(text).filter_map(Result::ok) {
        if store.add(certificate.clone()).is_ok() {
            pem.push_str("-----BEGIN CERTIFICATE-----\n");
            for line in STANDARD.encode(&certificate).as_bytes().chunks(64) {
                pem.push_str(&String::from_utf8_lossy(line));
                pem.push('\n');
            }
            pem.push_str("-----END CERTIFICATE-----\n");
        }
    }
    (!store.is_empty()).then_some(CaBundle(pem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_without_certificates_are_no_bundle() {
        for text in [
            &b""[..],
            b"words",
            b"\xff\xfe",
            b"-----BEGIN CERTIFICATE-----\n",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert_eq!(usable(text), None, "{}", String::from_utf8_lossy(text));
        }
    }
}
