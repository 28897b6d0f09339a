//! The order of credentials, against what botocore 1.43 takes for the same files and variables.

use super::super::super::setup::tests::setup;
use super::*;

/// In a word or two.
fn told(profile: Option<&str>, config: &str, credentials: &str, env: &[(&str, &str)]) -> String {
    match setup(profile, config, credentials, env).and_then(|setup| Source::of(&setup)) {
        Ok(source) => short(&source),
        Err(error) => format!("error: {error}"),
    }
}

fn short(source: &Source) -> String {
    match source {
        Source::Key(key) => format!("key {}", key.id),
        Source::Role(role) => format!("role {} by {}", role.arn, short(&role.base)),
        Source::WebIdentity(web) => format!("web {} {}", web.role, web.token_file),
        Source::Sso(sso) => format!("sso {}", sso.account),
        Source::Process { command, .. } => format!("process {command}"),
        Source::Login { .. } => "login".to_owned(),
        Source::Container => "container".to_owned(),
        Source::Instance => "instance".to_owned(),
    }
}

/// Its name, the profile that is named, the config file, the credentials file, the environment, and the source.
type Row = (&'static str, Option<&'static str>, String, String, Vec<(&'static str, &'static str)>, &'static str);
/// Its name, the profile that is named, the config file, the environment, and what the error says.
type Refused = (&'static str, Option<&'static str>, String, Vec<(&'static str, &'static str)>, &'static str);

const KEY: &str = "aws_access_key_id = A\naws_secret_access_key = s\n";
const ENV: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "E"), ("AWS_SECRET_ACCESS_KEY", "s")];
const WEB: [(&str, &str); 2] = [("AWS_ROLE_ARN", "W"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")];
const SSO: &str = "sso_account_id = 1\nsso_role_name = r\nsso_region = us-east-1\nsso_start_url = u\n";

#[test]
fn credentials_count_in_the_order_of_the_aws_cli() {
    let rows: Vec<Row> = vec![
        ("nothing", None, String::new(), String::new(), vec![], "instance"),
        ("key of the environment", None, format!("[default]\n{KEY}"), String::new(), ENV.to_vec(), "key E"),
        ("flag before environment", Some("p"), format!("[profile p]\n{KEY}"), String::new(), ENV.to_vec(), "key A"),
        (
            "web identity before default profile",
            None,
            format!("[default]\n{KEY}"),
            String::new(),
            WEB.to_vec(),
            "web W /t",
        ),
        ("web identity without a profile", None, String::new(), String::new(), WEB.to_vec(), "web W /t"),
        ("flag before web identity", Some("p"), format!("[profile p]\n{KEY}"), String::new(), WEB.to_vec(), "key A"),
        (
            "role of the profile before web identity",
            None,
            format!("[default]\nrole_arn = R\nsource_profile = q\n[profile q]\n{KEY}"),
            String::new(),
            WEB.to_vec(),
            "role R by key A",
        ),
        (
            "credentials file before process",
            None,
            "[default]\ncredential_process = x\n".to_owned(),
            format!("[default]\n{KEY}"),
            vec![],
            "key A",
        ),
        (
            "process before config file",
            None,
            format!("[default]\ncredential_process = x\n{KEY}"),
            String::new(),
            vec![],
            "process x",
        ),
        (
            "sso before process",
            None,
            format!("[default]\ncredential_process = x\n{SSO}"),
            String::new(),
            vec![],
            "sso 1",
        ),
        (
            "process where sso has no account",
            None,
            "[default]\ncredential_process = x\nsso_start_url = u\nsso_region = us-east-1\n".to_owned(),
            String::new(),
            vec![],
            "process x",
        ),
        (
            "sso before credentials file",
            None,
            format!("[default]\n{SSO}"),
            format!("[default]\n{KEY}"),
            vec![],
            "sso 1",
        ),
        (
            "credentials file before login",
            None,
            "[default]\nlogin_session = l\n".to_owned(),
            format!("[default]\n{KEY}"),
            vec![],
            "key A",
        ),
        (
            "keys of a source before its role",
            Some("p"),
            format!(
                "[profile p]\nrole_arn = R\nsource_profile = q\n[profile q]\nrole_arn = S\nsource_profile = p\n{KEY}"
            ),
            String::new(),
            vec![],
            "role R by key A",
        ),
        (
            "roles in a chain",
            Some("p"),
            "[profile p]\nrole_arn = R\nsource_profile = q\n[profile q]\nrole_arn = S\nsource_profile = r\n".to_owned(),
            format!("[r]\n{KEY}"),
            vec![],
            "role R by role S by key A",
        ),
        (
            "role by its own key",
            Some("p"),
            format!("[profile p]\nrole_arn = R\nsource_profile = p\n{KEY}"),
            String::new(),
            vec![],
            "role R by key A",
        ),
        (
            "role by the environment",
            Some("p"),
            "[profile p]\nrole_arn = R\ncredential_source = Environment\n".to_owned(),
            String::new(),
            ENV.to_vec(),
            "role R by key E",
        ),
        (
            "role by the instance",
            Some("p"),
            "[profile p]\nrole_arn = R\ncredential_source = Ec2InstanceMetadata\n".to_owned(),
            String::new(),
            vec![],
            "role R by instance",
        ),
        (
            "container",
            None,
            String::new(),
            String::new(),
            vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x")],
            "container",
        ),
        (
            "named profile without credentials",
            Some("p"),
            "[profile p]\nregion = x\n".to_owned(),
            String::new(),
            vec![],
            "instance",
        ),
        (
            "process of several lines",
            None,
            "[default]\ncredential_process = x\n  --flag y\n".to_owned(),
            String::new(),
            vec![],
            "process x --flag y",
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(name, profile, config, credentials, env, expected)| {
            let told = told(*profile, config, credentials, env);
            (told != *expected).then(|| format!("{name}: {told}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn credentials_that_are_not_whole_are_refused() {
    let rows: Vec<Refused> = vec![
        ("half of the environment", None, format!("[default]\n{KEY}"), vec![("AWS_ACCESS_KEY_ID", "E")], "only one of"),
        ("other half of the environment", None, String::new(), vec![("AWS_SECRET_ACCESS_KEY", "s")], "only one of"),
        ("half a key", None, "[default]\naws_access_key_id = A\n".to_owned(), vec![], "no secret access key"),
        ("other half", None, "[default]\naws_secret_access_key = s\n".to_owned(), vec![], "no access key id"),
        ("role without source", None, "[default]\nrole_arn = R\n".to_owned(), vec![], "neither"),
        ("missing source", None, "[default]\nrole_arn = R\nsource_profile = q\n".to_owned(), vec![], "doesn't exist"),
        (
            "circle",
            Some("p"),
            "[profile p]\nrole_arn = R\nsource_profile = q\n[profile q]\nrole_arn = S\nsource_profile = p\n".to_owned(),
            vec![],
            "q is incomplete: its source_profile leads back",
        ),
        (
            "source without credentials",
            None,
            "[default]\nrole_arn = R\nsource_profile = q\n[profile q]\n".to_owned(),
            vec![],
            "no credentials",
        ),
        ("half of sso", None, "[default]\nsso_account_id = 1\n".to_owned(), vec![], "sso_role_name"),
        (
            "missing sso session",
            None,
            "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_session = s\n".to_owned(),
            vec![],
            "sso_session",
        ),
        ("web identity without role", None, String::new(), vec![("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")], "AWS_ROLE_ARN"),
        (
            "unknown credential source",
            None,
            "[default]\nrole_arn = R\ncredential_source = Moon\n".to_owned(),
            vec![],
            "Moon",
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(name, profile, config, env, expected)| {
            let told = told(*profile, config, "", env);
            (!told.starts_with("error: ") || !told.contains(expected)).then(|| format!("{name}: {told}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn moments_are_read_in_every_form_that_aws_tools_write() {
    let expected = moment("2026-01-02T03:04:05Z");
    assert!(expected.is_some());
    for text in
        ["2026-01-02T03:04:05UTC", "2026-01-02T03:04:05+00:00", "2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05.000Z"]
    {
        assert_eq!(moment(text), expected, "{text}");
    }
    assert_eq!(moment("tomorrow"), None);
}
