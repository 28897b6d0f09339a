//! Which account is audited where several could be: the one of the AWS CLI.

use super::{SECRET, configured, no_audit};
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::Run;
use crate::support::service::Service;

const KEY: &str = "aws_access_key_id = 350000000081\naws_secret_access_key = s\n";
const OTHER: &str = "aws_access_key_id = 350000000082\naws_secret_access_key = s\n";

/// As a row: what is set up, and the account that the AWS CLI takes for it.
#[test]
fn account_is_the_one_of_the_aws_cli() {
    let (account, other) = (Account::new("350000000081"), Account::new("350000000082"));
    let proxy = Proxy::to(account);
    let printed = r#"echo '{"Version": 1, "AccessKeyId": "350000000082", "SecretAccessKey": "s"}'"#;
    let both = format!("[default]\n{OTHER}\n[profile lab]\n{KEY}");
    let rows: Vec<(&str, Run, Account)> = vec![
        ("AWS_DEFAULT_PROFILE", configured(&both).env("AWS_DEFAULT_PROFILE", "lab"), account),
        (
            "AWS_PROFILE before AWS_DEFAULT_PROFILE",
            configured(&both).env("AWS_PROFILE", "default").env("AWS_DEFAULT_PROFILE", "lab"),
            other,
        ),
        (
            "credentials file before credential_process",
            configured(&format!("[default]\ncredential_process = {printed}\n"))
                .file(".aws/credentials", &format!("[default]\n{KEY}")),
            account,
        ),
        (
            "credential_process before the config file's keys",
            configured(&format!("[default]\n{KEY}credential_process = {printed}\n")),
            other,
        ),
        (
            "credential_process beside an SSO session without account",
            configured(&format!(
                "[default]\nsso_start_url = https://x.example\nsso_region = us-west-2\ncredential_process = {printed}\n"
            )),
            other,
        ),
        (
            "credentials file before config file",
            configured(&format!("[profile lab]\n{OTHER}"))
                .file(".aws/credentials", &format!("[lab]\n{KEY}"))
                .args(["--profile", "lab"]),
            account,
        ),
        (
            "the later of two default profiles",
            configured(&format!("[profile default]\n{OTHER}\n[default]\n{KEY}")),
            account,
        ),
    ];
    let path = std::env::var_os("PATH").unwrap_or_default();
    for (name, run, expected) in rows {
        let run = run.env("AWS_ENDPOINT_URL", proxy.url()).env("PATH", &path);
        let ran = run.args(["--only", "root-mfa", "--format", "json"]).whatever();
        assert!(ran.stdout.starts_with('{'), "{name}: {}", ran.stderr);
        assert_eq!(ran.json()["account"]["id"], expected.id, "{name}");
    }
}

#[test]
fn web_identity_of_the_environment_beats_the_default_profile() {
    let proxy = Proxy::to(Account::new("350000000083"));
    let run = configured(&format!("[default]\n{KEY}")).file("token", "t").env("AWS_ENDPOINT_URL", proxy.url());
    let run = run.env("AWS_ROLE_ARN", "arn:aws:iam::350000000083:role/r").env("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
    let _ = run.whatever();
    assert!(proxy.log().contains("AssumeRoleWithWebIdentity"), "{}", proxy.log());
}

#[test]
fn sso_comes_before_credential_process() {
    let portal = Service::answering(429, "{}");
    let config = "[default]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-west-2\nsso_account_id = 111122223333\nsso_role_name = r\ncredential_process = touch ran\n";
    let refused = no_audit(configured(config).env("AWS_ENDPOINT_URL", portal.url()));
    assert!(refused.error.contains("SSO session of the AWS profile default"), "{}", refused.error);
    assert!(!refused.ran.path("ran").exists());
}

/// What is not text on an instance with a role must not leave the audit to that role.
#[test]
fn undecodable_files_do_not_fall_back_to_the_machine() {
    let metadata = Service::answering(200, "the-role");
    let run = || {
        Run::stagecheck(["audit"])
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url())
    };
    let undecodable = std::os::unix::ffi::OsStringExt::from_vec(b"lab\xff".to_vec());
    let undecodable: std::ffi::OsString = undecodable;
    for run in [
        run().bytes(".aws/credentials", b"[default]\naws_access_key_id = \xff\n"),
        run().bytes(".aws/config", b"\xfe\xff\0["),
        run().env("AWS_PROFILE", undecodable),
        run().env("AWS_SECRET_ACCESS_KEY", SECRET),
    ] {
        no_audit(run);
    }
    assert!(metadata.asked().is_empty(), "{:?}", metadata.asked());
}
