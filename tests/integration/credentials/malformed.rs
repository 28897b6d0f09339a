//! Values that no one meant: line ends in keys, lines that swallow the next one, anything at all.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{SECRET, configured, no_audit, usage, with_key};
use crate::support::run::Run;
use crate::support::service::{Service, nobody};

fn printing(text: &str) -> Run {
    let path = std::env::var_os("PATH").unwrap_or_default();
    configured("[default]\ncredential_process = cat printed\n").file("printed", text).env("PATH", path)
}

#[test]
fn keys_with_control_characters_are_refused() {
    let offline = |run: Run| run.env("AWS_ENDPOINT_URL", nobody());
    let rows: Vec<(&str, Run, &str)> = vec![
        (
            "key ID that ends in a newline",
            with_key(Run::stagecheck(["audit"])).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE\n"),
            "the access key ID from the environment ends in a line end",
        ),
        (
            "key ID of a .env file of Windows",
            with_key(Run::stagecheck(["audit"])).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE\r"),
            "the access key ID from the environment ends in a line end",
        ),
        (
            "secret that ends in a newline",
            with_key(Run::stagecheck(["audit"])).env("AWS_SECRET_ACCESS_KEY", format!("{SECRET}\n")),
            "the secret access key from the environment ends in a line end",
        ),
        (
            "token that ends in a newline",
            with_key(Run::stagecheck(["audit"])).env("AWS_SESSION_TOKEN", format!("{SECRET}\n")),
            "the session token from the environment ends in a line end",
        ),
        (
            "token with an escape",
            with_key(Run::stagecheck(["audit"])).env("AWS_SESSION_TOKEN", format!("{SECRET}\u{1b}[2J")),
            "the session token from the environment has a control character",
        ),
        (
            "key ID that is not ASCII",
            with_key(Run::stagecheck(["audit"])).env("AWS_ACCESS_KEY_ID", "AKIAÉ"),
            "the access key ID from the environment has a character that is not ASCII",
        ),
        (
            "token of a credential_process",
            printing(&format!(
                r#"{{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "{SECRET}", "SessionToken": "{SECRET}\n"}}"#
            )),
            "the session token from credential_process of the AWS profile default ends in a line end",
        ),
        (
            "key ID of a credential_process",
            printing(&format!(r#"{{"Version": 1, "AccessKeyId": "AKIA\r\n", "SecretAccessKey": "{SECRET}"}}"#)),
            "the access key ID from credential_process of the AWS profile default ends in a line end",
        ),
        (
            "key ID on two lines",
            configured(&format!("[default]\naws_access_key_id = AKIA\n  {SECRET}\naws_secret_access_key = {SECRET}\n")),
            "aws_access_key_id of the AWS profile default continues on an indented line (line 2 of the AWS config file)",
        ),
        (
            "token on two lines",
            configured(&format!(
                "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\naws_session_token = {SECRET}\n  {SECRET}\n"
            )),
            "aws_session_token of the AWS profile default continues on an indented line (line 4 of the AWS config file)",
        ),
    ];
    for (name, run, told) in rows {
        let refused = no_audit(offline(run));
        assert_eq!(refused.error, format!("error: {told}"), "{name}");
    }
}

#[test]
fn empty_endpoints_are_none() {
    let portal = Service::answering(403, "no");
    let offline = |run: Run| with_key(run).env("HTTPS_PROXY", portal.url());
    let services = ["", "_STS", "_IAM", "_S3", "_CLOUDTRAIL", "_CLOUDWATCH", "_SNS", "_EC2", "_ORGANIZATIONS", "_KMS"];
    for service in services {
        for empty in ["", " "] {
            let refused =
                no_audit(offline(Run::stagecheck(["audit"])).env(&format!("AWS_ENDPOINT_URL{service}"), empty));
            assert!(refused.error.contains("proxy"), "{service}: {}", refused.error);
        }
    }
    let refused = no_audit(offline(configured("[default]\nendpoint_url =\n")));
    assert!(refused.error.contains("proxy"), "{}", refused.error);
    assert!(portal.asked().iter().any(|line| line.contains("iam.amazonaws.com:443")), "{:?}", portal.asked());
}

/// Every property whose value an error may quote, continued by a line that holds a secret.
#[test]
fn value_that_swallows_the_next_line_is_never_quoted() {
    let swallowed = format!("\n  aws_secret_access_key = {SECRET}\n");
    for property in [
        "region",
        "web_identity_token_file",
        "role_arn",
        "source_profile",
        "credential_source",
        "role_session_name",
        "external_id",
        "duration_seconds",
        "sso_session",
        "sso_account_id",
        "sso_role_name",
        "sso_region",
        "sso_start_url",
        "login_session",
        "endpoint_url",
        "ca_bundle",
        "use_fips_endpoint",
        "use_dualstack_endpoint",
        "max_attempts",
        "metadata_service_timeout",
        "services",
    ] {
        let beside = match property {
            "web_identity_token_file" | "source_profile" | "credential_source" => "role_arn = r\n",
            "role_session_name" | "external_id" | "duration_seconds" => "role_arn = r\nsource_profile = base\n",
            "sso_session" | "sso_role_name" => "sso_account_id = 1\n",
            "sso_region" => "sso_account_id = 1\nsso_role_name = r\n",
            "sso_start_url" => "sso_account_id = 1\nsso_role_name = r\nsso_region = us-west-2\n",
            "sso_account_id" => "sso_role_name = r\n",
            _ => "",
        };
        let base = "[profile base]\naws_access_key_id = A\naws_secret_access_key = s\n";
        let config = format!("[default]\n{beside}{property} = value{swallowed}{base}");
        let run = configured(&config).env("AWS_ENDPOINT_URL_STS", nobody()).env("AWS_EC2_METADATA_DISABLED", "true");
        let refused = no_audit(run);
        let told = format!("error: {property} of the AWS profile default continues on an indented line");
        assert!(refused.error.starts_with(&told), "{property}: {}", refused.error);
        assert!(refused.help.contains("indented lines belong to the line above"), "{property}: {}", refused.help);
    }
    // A variable may hold as much.
    let long = "x".repeat(300);
    for value in [format!("a b\n{SECRET}"), long] {
        for variable in ["AWS_REGION", "AWS_ENDPOINT_URL", "AWS_USE_FIPS_ENDPOINT", "AWS_MAX_ATTEMPTS"] {
            let (error, _) = usage(with_key(Run::stagecheck(["audit"])).env(variable, &value));
            assert!(error.len() < 250, "{variable}: {error}");
        }
        for variable in ["AWS_PROFILE", "AWS_CA_BUNDLE"] {
            let refused = no_audit(with_key(Run::stagecheck(["audit"])).env(variable, &value));
            assert!(refused.error.len() < 250, "{variable}: {}", refused.error);
        }
    }
}

/// Values as they come out of scripts that went wrong.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        Just(b" \t ".to_vec()),
        Just(vec![b'x'; 70_000]),
        "[ -~]{1,20}".prop_map(String::into_bytes),
        "(http|https|ftp)://[a-z.:/{}?#@\\[\\]%0-9 ]{0,20}".prop_map(String::into_bytes),
        "(default|lab|true|10|us-west-2|/tmp|arn:aws:iam::1:role/r)[\r\n\t\u{0}-\u{1f}]{0,2}"
            .prop_map(String::into_bytes),
        "\\PC{1,20}".prop_map(String::into_bytes),
        proptest::collection::vec(1..=255_u8, 1..20),
    ]
}

const VARIABLES: [&str; 30] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SIGNIN",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_MAX_ATTEMPTS",
    "AWS_RETRY_MODE",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "NO_PROXY",
    "LANG",
];

const PROPERTIES: [&str; 20] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "region",
    "role_arn",
    "source_profile",
    "credential_source",
    "external_id",
    "web_identity_token_file",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_region",
    "sso_start_url",
    "login_session",
    "endpoint_url",
    "services",
    "ca_bundle",
    "max_attempts",
    "duration_seconds",
];

fn variables() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    proptest::collection::vec((proptest::sample::select(&VARIABLES[..]), value()), 0..5)
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    let property = (proptest::sample::select(&PROPERTIES[..]), value());
    let line = prop_oneof![
        4 => property.prop_map(|(name, value)| [name.as_bytes(), b" = ", &value].concat()),
        1 => Just(b"[profile lab]".to_vec()),
        1 => Just(b"[sso-session x]".to_vec()),
        1 => value(),
    ];
    proptest::collection::vec(line, 0..7).prop_map(|lines| [b"[default]\n", lines.join(&b'\n').as_slice()].concat())
}

#[test]
fn no_environment_and_no_file_makes_it_panic() {
    let mut runner = TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() });
    let tested = runner.run(&(variables(), file(), file()), |(variables, config, credentials)| {
        let run = Run::stagecheck(["audit", "--timeout", "1"])
            .bytes(".aws/config", &config)
            .bytes(".aws/credentials", &credentials)
            .env("AWS_ENDPOINT_URL", nobody())
            .env("AWS_METADATA_SERVICE_TIMEOUT", "1")
            .env("HTTPS_PROXY", nobody())
            .env("HTTP_PROXY", nobody());
        let run = variables
            .iter()
            .filter(|(_, value)| !value.contains(&0))
            .fold(run, |run, (name, value)| run.env(name, OsString::from_vec(value.clone())));
        let ran = run.whatever();
        prop_assert!(
            [2, 3, 4].contains(&ran.status) && !ran.stderr.contains("panicked"),
            "status {}: {}",
            ran.status,
            ran.stderr
        );
        Ok(())
    });
    tested.unwrap_or_else(|fault| panic!("{fault}"));
}
