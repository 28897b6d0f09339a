//! Which profile and which region count, and what of the files is refused.

use super::*;

/// A set-up with these files and variables.
pub(in crate::aws) fn setup(
    profile: Option<&str>,
    config: &str,
    credentials: &str,
    env: &[(&str, &str)],
) -> Result<Setup, ConnectError> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("config"), config).unwrap();
    fs::write(path("credentials"), credentials).unwrap();
    let (config, credentials) = (path("config"), path("credentials"));
    let files = [("AWS_CONFIG_FILE", config.as_str()), ("AWS_SHARED_CREDENTIALS_FILE", credentials.as_str())];
    Setup::of(profile, Env::from_slice(&[&files, env].concat()))
}

const CONFIG: &str = "[default]\nregion = eu-west-1\n[profile other]\nregion = eu-west-2\n[profile bare]\n[profile \"with blanks\"]\nregion = eu-west-3\n[profile no quotes]\n";

fn region(profile: Option<&str>, env: &[(&str, &str)]) -> Result<Option<(String, AmbientOrigin)>, ConnectError> {
    setup(profile, CONFIG, "[old]\nregion = eu-north-1\n", env)?.region()
}

#[test]
fn region_of_environment_comes_before_profile() {
    let all = [("AWS_REGION", "us-east-2"), ("AWS_DEFAULT_REGION", "us-west-1")];
    let environment = |region: &str| Ok(Some((region.to_owned(), AmbientOrigin::Environment)));
    let profile = |region: &str| Ok(Some((region.to_owned(), AmbientOrigin::Profile)));
    assert_eq!(region(Some("other"), &all), environment("us-east-2"));
    assert_eq!(region(None, &all[1..]), environment("us-west-1"));
    assert_eq!(region(None, &[("AWS_REGION", " ")]), profile("eu-west-1"));
    assert_eq!(region(Some("other"), &[]), profile("eu-west-2"));
    assert_eq!(region(None, &[("AWS_PROFILE", "other")]), profile("eu-west-2"));
    assert_eq!(region(None, &[("AWS_DEFAULT_PROFILE", "other")]), profile("eu-west-2"));
    assert_eq!(region(None, &[("AWS_PROFILE", "old"), ("AWS_DEFAULT_PROFILE", "other")]), profile("eu-north-1"));
    assert_eq!(region(Some("with blanks"), &[]), profile("eu-west-3"));
    assert_eq!(region(Some("bare"), &[]), Ok(None));
}

#[test]
fn named_profile_must_exist_and_default_need_not() {
    let missing = Err(ConnectError::MissingProfile { profile: "nope".to_owned() });
    assert_eq!(region(Some("nope"), &[]), missing);
    assert_eq!(region(None, &[("AWS_PROFILE", "nope")]), missing);
    let unquoted = Err(ConnectError::UnquotedProfile { profile: "no quotes".to_owned() });
    assert_eq!(region(Some("no quotes"), &[]), unquoted);
    let nothing = Setup::of(None, Env::from_slice(&[])).unwrap();
    assert_eq!(nothing.region(), Ok(None));
}

#[test]
fn value_that_continues_on_an_indented_line_is_refused() {
    let setup = setup(None, "[default]\nregion = us-west-2\n  aws_secret_access_key = PLANTED\n", "", &[]).unwrap();
    let refused = setup.region().unwrap_err();
    assert!(matches!(refused, ConnectError::IndentedValue { line: 2, .. }), "{refused:?}");
    assert!(!format!("{refused} {} {refused:?}", refused.help()).contains("PLANTED"), "{refused}");
}

#[test]
fn comments_end_a_value_after_a_blank_only() {
    for (text, value) in [("a # b", "a"), ("a#b", "a#b"), ("a ; b", "a"), ("# b", "# b"), ("a", "a")] {
        assert_eq!(without_comment(text), value, "{text}");
    }
}
