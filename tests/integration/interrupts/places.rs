//! Places that cannot be written: found before the work where that can be known, and harmless where it cannot.

use super::{files, ready};
use crate::support::account::Account;
use crate::support::proxy::Proxy;
use crate::support::run::{Ran, Run};

/// A refusal of bad usage.
#[track_caller]
fn refused(run: Run) -> Ran {
    let ran = run.expect(2);
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("can't be written: "), "{}", ran.stderr);
    ran
}

/// The program in a script, as this account's root.
fn script(script: &str, account: Account, proxy: &Proxy) -> Run {
    let run = Run::shell(script).env("AWS_ENDPOINT_URL", proxy.url());
    run.env("AWS_ACCESS_KEY_ID", account.id).env("AWS_SECRET_ACCESS_KEY", "s")
}

#[test]
fn unwritable_place_is_found_before_the_first_call() {
    let (account, proxy) = ready("350000000171");
    // Nothing can be made in /proc, not even by root.
    for place in ["no/such/folder/x.json", ".", "a-file/x.json", "/proc/x.json"] {
        for (option, format) in [("--record", ""), ("--output", "json=")] {
            let place = format!("{format}{place}");
            refused(Run::audit(account, &proxy).file("a-file", "old").args([option, &place]));
        }
    }
    refused(Run::audit(account, &proxy).args(["--output", "good.json", "--output", "no/such/folder/x.json"]));
    assert!(proxy.calls().is_empty(), "{}", proxy.log());
}

#[test]
fn a_file_that_is_read_only_is_found_before_the_first_call() {
    let (account, proxy) = ready("350000000172");
    for option in ["--record", "--output"] {
        let text = format!(r#"echo old > x.json; chmod 400 x.json; "$0" audit {option} x.json"#);
        let ran = refused(script(&text, account, &proxy));
        assert_eq!(ran.wrote("x.json"), "old\n");
    }
    assert!(proxy.calls().is_empty(), "{}", proxy.log());
}

#[test]
fn full_disk_leaves_the_old_file_untouched() {
    let (account, proxy) = ready("350000000173");
    for option in ["--record", "--output"] {
        // A limit of one block in place of a full disk; without the trap the shell's signal would end the program.
        let text = format!(r#"echo old > x.json; trap '' XFSZ; ulimit -f 1; "$0" audit {option} x.json"#);
        let ran = refused(script(&text, account, &proxy));
        assert_eq!(ran.wrote("x.json"), "old\n");
        assert_eq!(files(&ran), ["x.json"]);
    }
}

#[test]
fn a_device_that_is_full_is_told() {
    let (account, proxy) = ready("350000000174");
    for (option, device) in [("--record", "/dev/full"), ("--output", "json=/dev/full")] {
        refused(Run::audit(account, &proxy).args([option, device]));
    }
    let ran = script(r#""$0" audit > /dev/full"#, account, &proxy).expect(2);
    assert!(ran.stderr.starts_with("error: the output can't be written: "), "{}", ran.stderr);
}

#[test]
fn a_home_that_is_missing_or_read_only_makes_no_difference() {
    let (account, proxy) = ready("350000000175");
    for text in [
        r#"unset HOME; exec "$0" audit --format json"#,
        r#"HOME=/no/such/home exec "$0" audit --format json"#,
        r#"HOME=/proc exec "$0" audit --format json"#,
        r#"HOME= exec "$0" audit --format json"#,
        r#"cd /proc && exec "$0" audit --format json"#,
        r#"chmod 500 . && exec "$0" audit --format json"#,
        r#"unset HOME; TMPDIR=/no/such exec "$0" audit --quiet --format json --output x.json"#,
    ] {
        let ran = script(text, account, &proxy).expect(0);
        assert_eq!((ran.json()["verdict"].as_str(), ran.stderr.as_str()), (Some("ready"), ""), "{text}");
    }
}
