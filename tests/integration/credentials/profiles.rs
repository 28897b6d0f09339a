//! Profiles that are not there, or not whole.

use super::{SECRET, configured, no_audit, with_key};
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
        assert_eq!(refused.error, "error: the AWS profile lab does not exist");
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
    let told = "error: the AWS profile a\\u{a}\\u{1b}[2Jb does not exist";
    assert_eq!((ran.stderr.lines().next(), ran.stderr.lines().count()), (Some(told), 2), "{}", ran.stderr);
}

#[test]
fn config_files_that_cannot_be_read_are_named() {
    for config in ["[profile lab\nregion = x\n", "no section = x\n"] {
        let refused = no_audit(configured(config));
        assert_eq!(refused.error, "error: the AWS config files cannot be read", "{config}");
        assert!(refused.help.contains("AWS_CONFIG_FILE"), "{}", refused.help);
    }
}
