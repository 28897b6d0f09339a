//! Roles that are assumed on the way.

use super::{SECRET, configured, no_audit};
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::rules::{Break, Rule};
use crate::support::run::Run;
use crate::support::service::Service;

const ROLE: &str = "arn:aws:iam::111122223333:role/Auditor";

/// A profile that assumes the role by the key of another one.
fn by_role(more: &str) -> Run {
    let config = format!(
        "[profile lab]\nrole_arn = {ROLE}\nsource_profile = base\n{more}\n[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\n"
    );
    configured(&config).args(["--profile", "lab"])
}

#[test]
fn a_role_that_may_not_be_assumed_is_named() {
    let proxy = Proxy::to(Account::new("350000000011")).with(Rule::on("sts", "AssumeRole").deny());
    let refused = no_audit(by_role("").env("AWS_ENDPOINT_URL", proxy.url()));
    assert_eq!(refused.error, format!("error: the role {ROLE} could not be assumed: AWS answered AccessDenied"));
    assert!(refused.help.contains("trust policy"), "{}", refused.help);
    assert_eq!(proxy.calls().len(), proxy.calls_of("sts", "AssumeRole").len(), "{}", proxy.log());
}

#[test]
fn a_key_that_aws_refuses_to_assume_the_role_with_is_told() {
    let account = Account::new("350000000012");
    for code in ["InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "SomethingNew"] {
        let refuses = Rule::on("sts", "AssumeRole").fail(403, code, &format!("the string to sign was {SECRET}"));
        let proxy = Proxy::to(account).with(refuses);
        let refused = no_audit(by_role("").env("AWS_ENDPOINT_URL", proxy.url()));
        assert_eq!(refused.error, format!("error: the role {ROLE} could not be assumed: AWS answered {code}"));
    }
}

#[test]
fn an_sts_that_never_answers_is_not_waited_for() {
    let silent = Rule::on("sts", "AssumeRole").disconnect(Break::Silence);
    let proxy = Proxy::to(Account::new("350000000016")).with(silent);
    let refused = no_audit(by_role("").env("AWS_ENDPOINT_URL", proxy.url()));
    assert!(refused.error.ends_with("from AssumeRole of the AWS profile lab"), "{}", refused.error);
}

#[test]
fn mfa_profile_explains_how_to_export_a_session() {
    let denied = Rule::on("sts", "AssumeRole").deny();
    let proxy = Proxy::to(Account::new("350000000017")).with(denied);
    let device = "arn:aws:iam::111122223333:mfa/admin";
    let refused = no_audit(by_role(&format!("mfa_serial = {device}")).env("AWS_ENDPOINT_URL", proxy.url()));
    assert_eq!(refused.error, "error: the AWS profile lab asks for an MFA code, which stagecheck cannot prompt for");
    let exports = r#"`eval "$(aws configure export-credentials --profile lab --format env)"`"#;
    assert!(refused.help.contains(exports) && refused.help.ends_with("without --profile"), "{}", refused.help);
}

#[test]
fn a_source_profile_that_there_is_not_is_told() {
    let config = format!("[profile lab]\nrole_arn = {ROLE}\nsource_profile = nowhere\n");
    let refused = no_audit(configured(&config).args(["--profile", "lab"]));
    assert_eq!(refused.error, "error: the AWS profile lab is incomplete: its source_profile doesn't exist");
}

#[test]
fn a_role_without_a_source_is_told() {
    let refused = no_audit(configured(&format!("[profile lab]\nrole_arn = {ROLE}\n")).args(["--profile", "lab"]));
    assert!(refused.error.starts_with("error: the AWS profile lab is incomplete: "), "{}", refused.error);
}

#[test]
fn profiles_that_name_each_other_in_a_circle_end() {
    let config = format!(
        "[profile lab]\nrole_arn = {ROLE}\nsource_profile = other\n[profile other]\nrole_arn = {ROLE}\nsource_profile = lab\n"
    );
    let refused = no_audit(configured(&config).args(["--profile", "lab"]));
    assert!(refused.error.starts_with("error: the AWS profile other is incomplete: "), "{}", refused.error);
}

#[test]
fn a_web_identity_without_its_token_file_is_told() {
    let run = Run::stagecheck(["audit"]).env("AWS_ROLE_ARN", ROLE).env("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/token");
    let profile = format!("[profile lab]\nrole_arn = {ROLE}\nweb_identity_token_file = /no/such/token\n");
    for run in [run, configured(&profile).args(["--profile", "lab"])] {
        let refused = no_audit(run);
        assert_eq!(refused.error, "error: the file /no/such/token with the web identity token can't be read");
        assert!(refused.help.contains("AWS_WEB_IDENTITY_TOKEN_FILE"), "{}", refused.help);
    }
}

#[test]
fn a_web_identity_that_aws_refuses_is_told() {
    let refuses = Rule::on("*", "AssumeRoleWithWebIdentity").fail(400, "InvalidIdentityToken", SECRET);
    let proxy = Proxy::to(Account::new("350000000018")).with(refuses);
    let run = Run::stagecheck(["audit"])
        .file("token", SECRET)
        .env("AWS_ROLE_ARN", ROLE)
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", "token")
        .env("AWS_ENDPOINT_URL", proxy.url());
    let refused = no_audit(run);
    assert_eq!(
        refused.error,
        format!("error: the role {ROLE} could not be assumed: AWS answered InvalidIdentityToken")
    );
}

#[test]
fn whoever_makes_credentials_is_asked_through_the_proxy_too() {
    let proxy = Service::answering(403, "no");
    let run = by_role("").env("AWS_ENDPOINT_URL", "http://aws.invalid").env("HTTP_PROXY", proxy.url());
    no_audit(run);
    assert!(!proxy.asked().is_empty());
    let proxy = Service::answering(403, "no");
    no_audit(by_role("").env("HTTPS_PROXY", proxy.url()));
    assert!(
        proxy.asked().iter().any(|line| line.starts_with("CONNECT sts.us-west-2.amazonaws.com:443")),
        "{:?}",
        proxy.asked()
    );
}
