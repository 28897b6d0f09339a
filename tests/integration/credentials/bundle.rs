//! `AWS_CA_BUNDLE` and `ca_bundle`: authorities beside the system's.

use super::{configured, no_audit};
use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::run::Run;
use crate::support::tls::{Certificate, Tls};

#[test]
fn authority_of_the_bundle_is_trusted() {
    let account = Account::new("350000000071").ready();
    let proxy = Proxy::to(account).with_all(edits::ready());
    let Some(server) = Tls::before(proxy.address, Certificate::Good) else { return };
    let run = || Run::audit(account, &proxy).env("AWS_ENDPOINT_URL", server.url());
    run().env("AWS_CA_BUNDLE", server.bundle()).expect(0);
    let profile = format!("[default]\nca_bundle = {}\n", server.bundle().display());
    run().file(".aws/config", &profile).expect(0);
    // The variable comes first.
    run().file(".aws/config", "[default]\nca_bundle = /no/such/file\n").env("AWS_CA_BUNDLE", server.bundle()).expect(0);
}

#[test]
fn calls_for_credentials_trust_the_bundle_too() {
    let proxy = Proxy::to(Account::new("350000000072"));
    let Some(server) = Tls::before(proxy.address, Certificate::Good) else { return };
    let config = "[profile lab]\nrole_arn = arn:aws:iam::350000000072:role/r\nsource_profile = lab\naws_access_key_id = 350000000072\naws_secret_access_key = s\n";
    let run = configured(config).args(["--profile", "lab"]).env("AWS_ENDPOINT_URL", server.url());
    let _ = run.env("AWS_CA_BUNDLE", server.bundle()).whatever();
    assert!(!proxy.calls_of("sts", "AssumeRole").is_empty(), "{}", proxy.log());
    let web = Run::stagecheck(["audit"]).file("token", "t").env("AWS_ENDPOINT_URL", server.url());
    let web = web.env("AWS_ROLE_ARN", "arn:aws:iam::350000000072:role/r").env("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
    let _ = web.env("AWS_CA_BUNDLE", server.bundle()).whatever();
    assert!(proxy.log().contains("AssumeRoleWithWebIdentity"), "{}", proxy.log());
}

#[test]
fn bundle_that_is_none_is_named() {
    let run = || {
        Run::stagecheck(["audit"]).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "s")
    };
    for (name, text, told) in [
        ("missing", None, "can't be used: entity not found"),
        ("words", Some("words\n"), "it holds no certificate in PEM form"),
        ("empty", Some(""), "it holds no certificate in PEM form"),
        (
            "broken",
            Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "it holds no certificate in PEM form",
        ),
    ] {
        let with = |run: Run| match text {
            Some(text) => run.file("bundle.pem", text),
            None => run,
        };
        let refused = no_audit(with(run()).env("AWS_CA_BUNDLE", "bundle.pem"));
        assert!(
            refused.error.contains("bundle.pem of AWS_CA_BUNDLE") && refused.error.contains(told),
            "{name}: {}",
            refused.error
        );
        let refused = no_audit(with(run()).file(".aws/config", "[default]\nca_bundle = bundle.pem\n"));
        assert!(refused.error.contains("ca_bundle of the AWS profile default"), "{name}: {}", refused.error);
    }
}
