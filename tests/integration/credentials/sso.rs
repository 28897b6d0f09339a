//! Single sign-on, and `aws login`.

use super::{SECRET, configured, no_audit};
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::Run;
use crate::support::service::Service;

const SESSION: &str = "sso_account_id = 111122223333\nsso_role_name = Auditor\n";
const NEW: &str = "[profile lab]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Auditor\n[sso-session corp]\nsso_region = us-west-2\nsso_start_url = https://example.awsapps.com/start\n";

/// The names under which the CLI keeps tokens: SHA-1 of the session's name, and of the start URL.
const TOKENS: [&str; 2] = [
    ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
    ".aws/sso/cache/e8be5486177c5b5392bd9aa76563515b29358e6e.json",
];

fn old() -> String {
    format!("[profile lab]\n{SESSION}sso_region = us-west-2\nsso_start_url = https://example.awsapps.com/start\n")
}

fn with_token(mut run: Run, expires: &str) -> Run {
    for token in TOKENS {
        let text = format!(
            r#"{{"accessToken": "{SECRET}", "expiresAt": "{expires}", "region": "us-west-2", "startUrl": "https://example.awsapps.com/start"}}"#
        );
        run = run.file(token, &text);
    }
    run
}

#[track_caller]
fn asks_to_sign_in(run: Run) {
    let refused = no_audit(run.args(["--profile", "lab"]));
    assert_eq!(refused.error, "error: the SSO session of the AWS profile lab has expired or was not started");
    assert_eq!(refused.help, "help: run `aws sso login --profile lab`");
}

#[test]
fn missing_sso_session_names_the_login_command() {
    asks_to_sign_in(configured(NEW));
    asks_to_sign_in(configured(&old()));
}

#[test]
fn a_session_that_has_expired_names_the_command_that_renews_it() {
    // The old form leaves it to the portal to tell.
    for config in [NEW, &old()] {
        let portal =
            Service::answering(401, r#"{"__type": "UnauthorizedException", "message": "Session token not found"}"#);
        let run = with_token(configured(config), "2020-01-01T00:00:00Z");
        asks_to_sign_in(run.env("AWS_ENDPOINT_URL", portal.url()));
    }
}

#[test]
fn refused_sso_session_names_the_login_command() {
    for config in [NEW, &old()] {
        let portal =
            Service::answering(401, r#"{"__type": "UnauthorizedException", "message": "Session token not found"}"#);
        let run = with_token(configured(config), "2126-01-01T00:00:00Z");
        asks_to_sign_in(run.env("AWS_ENDPOINT_URL", portal.url()));
        assert_eq!(portal.asked().len(), 1, "{:?}", portal.asked());
    }
}

#[test]
fn role_not_in_the_session_differs_from_an_expired_session() {
    for config in [NEW, &old()] {
        let portal =
            Service::answering(403, r#"{"__type": "com.amazonaws#ForbiddenException", "message": "No access"}"#);
        let run = with_token(configured(config), "2126-01-01T00:00:00Z").args(["--profile", "lab"]);
        let refused = no_audit(run.env("AWS_ENDPOINT_URL", portal.url()));
        assert_eq!(refused.error, "error: SSO doesn't give you the account and the role of the AWS profile lab");
        assert!(refused.help.contains("sso_account_id and sso_role_name"), "{}", refused.help);
    }
}

#[test]
fn invalid_sso_session_names_the_login_command() {
    for config in [NEW, &old()] {
        let run = TOKENS.into_iter().fold(configured(config), |run, token| run.file(token, SECRET));
        asks_to_sign_in(run);
    }
}

#[test]
fn a_role_on_top_of_the_session_names_the_profile_that_signs_in() {
    let role = "[profile top]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = lab\n";
    let refused = no_audit(configured(&format!("{role}{NEW}")).args(["--profile", "top"]));
    assert_eq!(refused.help, "help: run `aws sso login --profile lab`");
}

#[test]
fn a_login_that_was_not_made_names_the_command() {
    let config = "[profile lab]\nlogin_session = arn:aws:iam::111122223333:user/admin\n";
    let refused = no_audit(configured(config).args(["--profile", "lab"]));
    assert_eq!(refused.error, "error: the login session of the AWS profile lab has expired or was not started");
    assert_eq!(refused.help, "help: run `aws login --profile lab`");
}

/// As a row: what the portal answers, and what is told.
#[test]
fn portal_that_gives_no_credentials_is_told_by_its_answer() {
    for config in [NEW, &old()] {
        for (status, body, told) in [
            (429, r#"{"__type": "TooManyRequestsException"}"#, "it throttled the request (HTTP status 429)"),
            (500, r#"{"__type": "InternalServerException"}"#, "it answered with HTTP status 500"),
            (502, "<html>bad gateway</html>", "it answered with HTTP status 502"),
            (
                404,
                r#"{"__type": "ResourceNotFoundException"}"#,
                "it does not know the account or the role (ResourceNotFoundException)",
            ),
            (404, "<html>not found</html>", "it answered with HTTP status 404"),
            (403, "<html>blocked by your company</html>", "it answered with HTTP status 403"),
            (200, "<html>a captive portal</html>", "its answer is not one of AWS"),
            (200, "{}", "no credentials"),
        ] {
            let portal = Service::answering(status, body);
            let run = with_token(configured(config), "2126-01-01T00:00:00Z").args(["--profile", "lab"]);
            let refused = no_audit(run.env("AWS_ENDPOINT_URL", portal.url()));
            let expected = format!("error: the SSO portal of the AWS profile lab returned no credentials: {told}");
            assert_eq!(refused.error, expected, "{status} {body}");
        }
    }
}

#[test]
fn end_of_a_session_is_read_in_every_form() {
    let account = Account::new("350000000078");
    let proxy = Proxy::to(account);
    let keys = r#"{"roleCredentials": {"accessKeyId": "350000000078", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4900000000000}}"#;
    for config in [NEW, &old()] {
        for expires in
            ["2126-01-01T00:00:00Z", "2126-01-01T00:00:00UTC", "2126-01-01T00:00:00+00:00", "2126-01-01T00:00:00.000Z"]
        {
            let portal = Service::answering(200, keys);
            let run = with_token(configured(config), expires).args(["--profile", "lab"]);
            let run = run.env("AWS_ENDPOINT_URL", proxy.url()).env("AWS_ENDPOINT_URL_SSO", portal.url());
            let ran = run.args(["--expect-account", account.id]).whatever();
            assert_eq!(ran.status, 1, "{expires}: {}", ran.stderr);
        }
        for expires in ["2020-01-01T00:00:00UTC", "2020-01-01T00:00:00+00:00"] {
            let portal = Service::answering(401, r#"{"__type": "UnauthorizedException"}"#);
            asks_to_sign_in(with_token(configured(config), expires).env("AWS_ENDPOINT_URL", portal.url()));
        }
    }
}
