//! Profiles that are not there, or not whole.

use super::{SECRET, configured, no_audit, with_key};
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::Run;

#[test]
fn a_profile_that_there_is_not_is_named() {
    for run in [
        Run::stagecheck(["audit", "--profile", "lab"]),
        Run::stagecheck(["audit"]).env("AWS_PROFILE", "lab"),
        configured("[profile other]\nregion = us-west-2\n").args(["--profile", "lab"]),
        with_key(Run::stagecheck(["audit", "--profile", "lab"])),
    ] {
        let refused = no_audit(run);
        assert_eq!(refused.error, "error: the AWS profile lab doesn't exist");
        assert!(refused.help.contains("aws configure list-profiles"), "{}", refused.help);
    }
}

#[test]
fn a_profile_with_half_a_key_says_which_half() {
    for (half, lacks) in [
        ("aws_access_key_id = AKIAIOSFODNN7EXAMPLE".to_owned(), "no secret access key"),
        (format!("aws_secret_access_key = {SECRET}"), "no access key id"),
    ] {
        let refused = no_audit(configured(&format!("[profile lab]\n{half}\n")).args(["--profile", "lab"]));
        assert!(refused.error.starts_with("error: the AWS profile lab is incomplete: "), "{}", refused.error);
        assert!(refused.error.ends_with(lacks), "{}", refused.error);
        assert_eq!(refused.help, "help: `aws configure --profile lab` sets what it lacks");
    }
}

#[test]
fn half_a_key_in_the_default_profile_is_told_as_well() {
    let refused = no_audit(
        Run::stagecheck(["audit"]).file(".aws/credentials", &format!("[default]\naws_secret_access_key = {SECRET}\n")),
    );
    assert!(refused.error.contains("the AWS profile default is incomplete"), "{}", refused.error);
}

#[test]
fn a_profile_without_credentials_has_none() {
    let refused = no_audit(configured("[profile lab]\nregion = us-west-2\n").args(["--profile", "lab"]));
    assert_eq!(refused.error, "error: no AWS credentials were found");
}

#[test]
fn half_a_key_in_the_environment_is_no_key() {
    for run in [
        Run::stagecheck(["audit"]).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        Run::stagecheck(["audit"]).env("AWS_SECRET_ACCESS_KEY", SECRET),
        with_key(Run::stagecheck(["audit"])).env("AWS_SECRET_ACCESS_KEY", ""),
        with_key(Run::stagecheck(["audit"])).env("AWS_ACCESS_KEY_ID", ""),
    ] {
        let refused = no_audit(run);
        assert_eq!(refused.error, "error: only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set");
    }
}

#[test]
fn a_profile_with_a_hostile_name_stays_on_its_line() {
    let ran = Run::stagecheck(["audit", "--profile", "a\n\u{1b}[2Jb"]).expect(4);
    let told = "error: the AWS profile a\\u{a}\\u{1b}[2Jb doesn't exist";
    assert_eq!((ran.stderr.lines().next(), ran.stderr.lines().count()), (Some(told), 2), "{}", ran.stderr);
}

/// As a row: the text of the config file, and what is told of it.
#[test]
fn unreadable_config_file_is_named_with_its_line() {
    for (config, told) in [
        ("[profile lab\nregion = x\n", "line 1: a section's name ends with ]"),
        ("no section = x\n", "line 1: it stands before the first [section]"),
        ("[default]\nregion = x\nwords\n", "line 3: it is neither a [section] nor a property with ="),
        ("[default]\nregion = x\nregion = y\n", "line 3: the property occurs twice"),
        ("[default]\n[profile x]\n[default]\n", "line 3: the section occurs twice"),
    ] {
        let refused = no_audit(configured(config));
        assert!(refused.error.starts_with("error: the AWS config file "), "{}", refused.error);
        assert!(refused.error.ends_with(&format!("/.aws/config can't be read: {told}")), "{}", refused.error);
        assert!(refused.help.contains("AWS_CONFIG_FILE"), "{}", refused.help);
    }
}

#[test]
fn undecodable_credentials_file_is_an_error_and_not_skipped() {
    let run = Run::stagecheck(["audit"]).file(".aws/config", "[default]\nregion = us-west-2\n");
    let run = run.bytes(".aws/credentials", b"[default]\naws_access_key_id = \xff\xfe\n");
    let refused = no_audit(run);
    assert!(refused.error.ends_with("/.aws/credentials can't be read: it isn't UTF-8 text"), "{}", refused.error);
}

#[test]
fn unreadable_file_is_an_error_and_not_skipped() {
    // A file where a folder must be is none; a link to itself is one that cannot be read.
    let run = Run::stagecheck(["audit"]);
    let link = run.path("keys");
    std::os::unix::fs::symlink(&link, &link).unwrap();
    let refused = no_audit(run.env("AWS_SHARED_CREDENTIALS_FILE", &link));
    assert!(refused.error.contains("/keys can't be read: "), "{}", refused.error);
}

#[test]
fn profile_name_with_blanks_works_in_quotes_and_is_told_without() {
    let account = Account::new("350000000036");
    let proxy = Proxy::to(account);
    let key = format!("aws_access_key_id = {}\naws_secret_access_key = s\n", account.id);
    let named = |config: &str| configured(config).env("AWS_ENDPOINT_URL", proxy.url()).args(["--profile", "my lab"]);
    named(&format!("[profile \"my lab\"]\n{key}")).args(["--expect-account", account.id]).expect(1);
    let refused = no_audit(named(&format!("[profile my lab]\n{key}")));
    assert_eq!(refused.help, "help: write its section as [profile \"my lab\"]");
}

/// What the AWS CLI reads, the audit reads too.
#[test]
fn config_file_may_have_every_form_that_the_aws_cli_reads() {
    let account = Account::new("350000000037");
    let proxy = Proxy::to(account);
    let (id, secret) = (format!("aws_access_key_id = {}", account.id), "aws_secret_access_key = s");
    for (name, config) in [
        ("indented first property", format!("[default]\n  {id}\n  {secret}\n")),
        ("text after the bracket", format!("[default] # mine\n{id}\n{secret}\n")),
        ("byte order mark", format!("\u{feff}[default]\n{id}\n{secret}\n")),
        ("line ends of Windows", format!("[default]\r\n{id}\r\n{secret}\r\n")),
        ("colons", format!("[default]\n{}\n{secret}\n", id.replace(" =", ":"))),
        ("upper case", format!("[default]\n{}\n{secret}\n", id.to_uppercase())),
        ("comments", format!("# x\n[default]\n; y\n{id} # mine\n{secret}\n")),
        ("prefixed default", format!("[profile default]\n{id}\n{secret}\n")),
        ("defaults", format!("[DEFAULT]\n{secret}\n[default]\n{id}\n")),
    ] {
        let run = configured(&config).env("AWS_ENDPOINT_URL", proxy.url()).args(["--expect-account", account.id]);
        let ran = run.whatever();
        assert_eq!(ran.status, 1, "{name}: {}", ran.stderr);
    }
}
