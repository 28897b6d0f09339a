//! Endpoints: the operator's own, and those of FIPS and dual stack.

use super::{SECRET, configured, usage, with_key};
use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::run::Run;
use crate::support::service::Service;

#[test]
fn endpoint_without_scheme_or_host_is_a_usage_error() {
    for endpoint in ["nonsense", "localhost:4566", "http://", "ftp://127.0.0.1", "https://a b", "http://h:port"] {
        for (run, place) in [
            (with_key(Run::stagecheck(["audit"])).env("AWS_ENDPOINT_URL", endpoint), "AWS_ENDPOINT_URL"),
            (with_key(Run::stagecheck(["audit"])).env("AWS_ENDPOINT_URL_IAM", endpoint), "AWS_ENDPOINT_URL_IAM"),
            (
                with_key(configured(&format!("[default]\nendpoint_url = {endpoint}\n"))),
                "endpoint_url of the AWS profile default",
            ),
        ] {
            let (error, help) = usage(run);
            assert_eq!(error, format!("error: {place} is {endpoint:?}, not an address such as https://host:port"));
            assert!(help.contains("unset it"), "{help}");
        }
    }
}

/// A name before that of the endpoint, as S3 has it for each bucket, resolves nowhere.
#[test]
fn buckets_go_into_the_path_at_an_endpoint_of_the_operators() {
    let account = Account::new("350000000077").ready();
    let proxy = Proxy::to(account).with_all(edits::ready());
    let url = proxy.url().replace("127.0.0.1", "localhost");
    for run in [
        Run::audit(account, &proxy).env("AWS_ENDPOINT_URL", &url),
        Run::audit(account, &proxy).env("AWS_ENDPOINT_URL_S3", &url),
        Run::audit(account, &proxy)
            .env("AWS_ENDPOINT_URL", "")
            .file(".aws/config", &format!("[default]\nendpoint_url = {url}\n")),
    ] {
        run.expect(0);
    }
    assert!(!proxy.calls_of("s3", "HeadBucket").is_empty(), "{}", proxy.log());
}

/// As a row: what makes credentials, and where it is asked with FIPS, with dual stack, and with both.
#[test]
fn credentials_come_from_fips_and_dual_stack_endpoints_too() {
    let token = format!(
        r#"{{"accessToken": "{SECRET}", "expiresAt": "2126-01-01T00:00:00Z", "region": "us-west-2", "startUrl": "https://example.awsapps.com/start"}}"#
    );
    let sso = "sso_start_url = https://example.awsapps.com/start\nsso_region = us-west-2\nsso_account_id = 111122223333\nsso_role_name = r\n";
    let key = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
    let web = "role_arn = arn:aws:iam::111122223333:role/r\nweb_identity_token_file = token\n";
    let role = format!("role_arn = arn:aws:iam::111122223333:role/r\nsource_profile = default\n{key}");
    let sts = ["sts-fips.us-west-2.amazonaws.com", "sts.us-west-2.api.aws", "sts-fips.us-west-2.api.aws"];
    let portal = [
        "portal.sso-fips.us-west-2.amazonaws.com",
        "portal.sso.us-west-2.api.aws",
        "portal.sso-fips.us-west-2.api.aws",
    ];
    for (name, profile, hosts) in [
        ("web identity", web.to_owned(), sts),
        ("role", role, sts),
        ("SSO", sso.to_owned(), portal),
        ("the audit itself", key.to_owned(), sts),
    ] {
        for (host, switches) in hosts.into_iter().zip([[true, false], [false, true], [true, true]]) {
            for by_variable in [true, false] {
                let proxy = Service::answering(403, "no");
                let names = [
                    ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
                    ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
                ];
                let mut config = format!("[default]\nregion = us-west-2\n{profile}");
                let mut run = Run::stagecheck(["audit"]).file("token", "t").env("HTTPS_PROXY", proxy.url());
                run = run.file(".aws/sso/cache/e8be5486177c5b5392bd9aa76563515b29358e6e.json", &token);
                for ((variable, property), is_on) in names.into_iter().zip(switches) {
                    if is_on && by_variable {
                        run = run.env(variable, "true");
                    } else if is_on {
                        config.extend([property, " = true\n"]);
                    }
                }
                let _ = run.file(".aws/config", &config).whatever();
                let asked = proxy.asked();
                let wanted = format!("CONNECT {host}:443 HTTP/1.1");
                assert!(asked.contains(&wanted), "{name}, {switches:?}: not {host} but {asked:?}");
            }
        }
    }
}
