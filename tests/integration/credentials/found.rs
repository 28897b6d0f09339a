//! Credentials that are found, and which of several count.

use super::configured;
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::Run;

/// The profile `lab` is this account's root, and so is the command; the emulator takes an account's number for the key of its root.
fn profile(account: Account) -> String {
    format!("[profile lab]\naws_access_key_id = {}\naws_secret_access_key = s\n", account.id)
}

/// Its audit is this account's.
#[track_caller]
fn audits(run: Run, proxy: &Proxy, account: Account) {
    let report = run.env("AWS_ENDPOINT_URL", proxy.url()).args(["--format", "json"]).expect(1).json();
    assert_eq!(report["account"]["id"], account.id, "{report:#}");
}

#[test]
fn config_profile_is_found_by_flag_variable_and_own_config() {
    let account = Account::new("350000000031");
    let proxy = Proxy::to(account);
    audits(configured(&profile(account)).args(["--profile", "lab"]), &proxy, account);
    audits(configured(&profile(account)).env("AWS_PROFILE", "lab"), &proxy, account);
    audits(configured(&profile(account)).file("stagecheck.toml", "profile = 'lab'\n"), &proxy, account);
}

#[test]
fn config_files_in_another_place_are_found() {
    let account = Account::new("350000000032");
    let proxy = Proxy::to(account);
    let run = Run::stagecheck(["audit"])
        .file("elsewhere/config", "[default]\nregion = eu-west-1\n")
        .file("elsewhere/keys", &profile(account).replace("profile lab", "default"))
        .env("AWS_CONFIG_FILE", "elsewhere/config")
        .env("AWS_SHARED_CREDENTIALS_FILE", "elsewhere/keys");
    audits(run, &proxy, account);
}

#[test]
fn a_command_is_asked_once() {
    let account = Account::new("350000000033");
    let proxy = Proxy::to(account);
    let keys = format!(r#"{{"Version": 1, "AccessKeyId": "{}", "SecretAccessKey": "s"}}"#, account.id);
    let config = "[profile lab]\ncredential_process = echo asked >> times; cat keys\n";
    let path = std::env::var_os("PATH").unwrap_or_default();
    let run = configured(config).file("keys", &keys).env("PATH", path).env("AWS_ENDPOINT_URL", proxy.url());
    let ran = run.args(["--profile", "lab", "--expect-account", account.id]).expect(1);
    assert_eq!(ran.wrote("times"), "asked\n");
}

#[test]
fn named_profile_beats_keys_and_aws_profile_does_not() {
    let (account, other) = (Account::new("350000000034"), Account::new("350000000035"));
    let proxy = Proxy::to(account);
    let both = || configured(&profile(account)).env("AWS_ACCESS_KEY_ID", other.id).env("AWS_SECRET_ACCESS_KEY", "s");
    audits(both().args(["--profile", "lab"]), &proxy, account);
    audits(both().env("AWS_PROFILE", "lab"), &proxy, other);
}
