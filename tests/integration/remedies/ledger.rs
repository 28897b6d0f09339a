//! No remedy and no requirement is left out: each is closed by commands in a case, or is for somebody at a console.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use stagecheck::checks::SINGLE_ACCOUNT;

use super::{CASES, Case};

/// Remedies without commands: how the summary begins, who does it, and why no command does.
const AT_THE_CONSOLE: &[(&str, &str, &str)] = &[
    ("Sign in as the root user and assign an MFA device", "the root user", "only the root user can add its MFA device"),
    (
        "Sign in as the root user and delete its access keys",
        "the root user",
        "only the root user can see its access keys",
    ),
    ("Sign in as the root user and delete its X.509", "the root user", "only the root user can see its certificates"),
    (
        "Enable \"Receive CloudWatch billing alerts\"",
        "the root user, or a user with access to billing",
        "AWS has no API call for this setting",
    ),
    ("Find out what causes the cost", "you", "the alarm works, and the bill is too high"),
    ("Find out why the alarm gets no data", "an administrator", "AWS sends the metric, and no data shows the reason"),
    ("Correct the alarm's configuration", "an administrator", "only the alarm's details in CloudWatch show the reason"),
    ("Remove the billing alarm from the mute rule", "an administrator", "the rule may mute other alarms too"),
    ("Wait for the first billing data point", "no one", "it resolves by itself"),
    ("Do something that CloudTrail logs", "anyone", "the trail waits for an event to log"),
    (
        "Allow CloudTrail to write to the bucket",
        "an administrator",
        "`trail-bucket-policy` has the commands, and the next delivery clears the error",
    ),
    ("Allow CloudTrail to write its digest files", "an administrator", "as above"),
    ("Restrict who can assume the administrator role", "an administrator", "only you know who uses the role"),
    ("Open the confirmation link in each", "email recipient", "a step of the plan, after the commands that subscribe"),
    ("Test the alarm: set it to ALARM", "an administrator", "a step of the plan that changes the alarm's state"),
    ("Make the endpoint visit the SubscribeURL", "the endpoint's owner", "only the endpoint knows the token"),
    (
        "Allow CloudWatch to publish in the topic policy",
        "an administrator",
        "no change that keeps the rest of the policy helps",
    ),
    (
        "Allow CloudWatch kms:Decrypt and kms:GenerateDataKey*",
        "an administrator of the key",
        "the key policy is unknown, or no change that keeps the rest of it helps",
    ),
    (
        "Remove the public and cross-account statements from the topic policy",
        "an administrator",
        "a condition on this account doesn't exclude them",
    ),
    ("Run `stagecheck audit`, and create an organization", "an administrator", "stage `single-account` comes first"),
    ("Use credentials of management account", "you", "nothing is to be changed in AWS"),
    ("Finish the sign-up of the account", "the account's owner", "only its mailbox has the link"),
    ("Use two accounts: who analyzes logs", "an administrator of the organization", "only you know which account"),
    (
        "Enable IAM Identity Center for the organization",
        "an administrator of the organization",
        "AWS has no API call for it",
    ),
    (
        "Move users and applications of the account instance",
        "an administrator of the organization",
        "what is in the instance is gone once it is deleted",
    ),
    ("Wait until AWS has created the instance", "no one", "it resolves by itself"),
    (
        "Use an account that is in no organization, or leave the organization",
        "an administrator of the organization",
        "leaving needs the account's own contact and payment data",
    ),
];

/// Remedies of an organization that the test of its plan runs (`organization/plan.rs`): how the summary begins.
const IN_AN_ORGANIZATION: &[&str] = &["Enable service control policies"];

/// Remedies with commands that no test runs: how the summary begins, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("Enable all features", "the emulator has no handshakes of accounts"),
    ("Trust cloudtrail.amazonaws.com", "the emulator has no organization trail"),
    ("Trust CloudTrail, let it write to the bucket", "the emulator has no organization trail"),
    ("Create a bucket in the account for logs, trust CloudTrail", "the emulator has no organization trail"),
    ("Create a bucket in the account for logs and let", "the emulator has no organization trail"),
    ("Assign a group the permission set", "the emulator has no identity store"),
    ("Set `", "the emulator has no Account Management"),
];

/// What requirements wait for that no command closes: who does it, and why.
const NEVER_BY_COMMAND: &[(&str, &str, &str)] = &[
    ("root-mfa/mfa", "the root user", "only the root user can add its MFA device"),
    ("root-mfa/access-keys", "the root user", "only the root user can see its access keys"),
    ("root-mfa/signing-certificates", "the root user", "only the root user can see its certificates"),
    ("admin-user-mfa/trust", "an administrator", "only you know who uses the role"),
    (
        "billing-alarm/data",
        "the root user, or a user with access to billing",
        "AWS has no API call for \"Receive CloudWatch billing alerts\"; the first data point then comes within hours",
    ),
];

fn cases_of(id: &str) -> impl Iterator<Item = &'static Case> {
    CASES.iter().copied().filter(move |case| case.closes.iter().any(|(closed, _)| *closed == id))
}

#[test]
fn every_requirement_is_fixed_by_commands_or_names_who() {
    let requirements = SINGLE_ACCOUNT.checks.iter().flat_map(|check| check.requirements);
    let mut by_hand: Vec<_> = Vec::new();
    for requirement in requirements {
        if cases_of(requirement.id).next().is_none() {
            by_hand.push(requirement.id);
        }
    }
    let named: Vec<_> = NEVER_BY_COMMAND.iter().map(|(id, ..)| *id).collect();
    let unproven: Vec<_> = by_hand.iter().filter(|id| !named.contains(id)).collect();
    assert_eq!(unproven, Vec::<&&str>::new(), "neither closed by a case nor said to be for somebody at a console");
    let proven: Vec<_> = named.iter().filter(|id| !by_hand.contains(id)).collect();
    assert_eq!(proven, Vec::<&&str>::new(), "closed by a case after all");
}

#[test]
fn every_remedy_is_run_by_a_case_or_names_who() {
    let summaries = summaries();
    assert!(summaries.len() > 40, "{summaries:?}");
    let meets = |one: &str, other: &str| !other.is_empty() && (one.starts_with(other) || other.starts_with(one));
    let run = |summary: &str| {
        CASES.iter().flat_map(|case| case.closes).any(|(_, says)| meets(summary, says))
            || IN_AN_ORGANIZATION.iter().any(|says| meets(summary, says))
            || NOT_RUN.iter().any(|(says, _)| meets(summary, says))
    };
    let by_hand = |summary: &str| AT_THE_CONSOLE.iter().any(|(says, ..)| meets(summary, says));
    let open: Vec<_> = summaries.iter().filter(|summary| !run(summary) && !by_hand(summary)).collect();
    assert_eq!(open, Vec::<&String>::new(), "neither run by a case nor said to be for somebody at a console");
    for says in NOT_RUN.iter().map(|(says, _)| says).chain(IN_AN_ORGANIZATION) {
        assert!(summaries.iter().any(|summary| meets(summary, says)), "nothing says {says:?} any more");
    }
    for (says, ..) in AT_THE_CONSOLE {
        assert!(!run(says), "{says} is run by a case");
        let is_there = summaries.iter().any(|summary| meets(summary, says)) || source().contains(says);
        assert!(is_there, "nothing says {says:?} any more");
    }
}

/// How the summaries of all remedies begin, as far as they stand where the remedy is made.
fn summaries() -> BTreeSet<String> {
    const MAKERS: [&str; 4] = ["Remediation::new(", "self.remedy(", "plan.repair(", "self.subscribe("];
    let source = source();
    let mut summaries = BTreeSet::new();
    for maker in MAKERS {
        for (at, _) in source.match_indices(maker) {
            let after = source[at + maker.len()..].trim_start();
            let after = after.strip_prefix("format!(").map_or(after, str::trim_start);
            let Some(text) = after.strip_prefix(['"', '&']).filter(|_| after.starts_with('"')) else { continue };
            let end = text.find(['"', '{', '\\']).unwrap_or(text.len());
            let summary = text[..end].trim_end_matches(' ');
            if !summary.is_empty() {
                summaries.insert(summary.to_owned());
            }
        }
    }
    summaries
}

/// What the checks say, without their tests.
fn source() -> String {
    let mut text = String::new();
    for folder in ["src/checks", "src/analysis"] {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut text);
    }
    text
}

fn read(path: &Path, text: &mut String) {
    let is_test = path.file_stem().is_some_and(|name| name == "tests");
    if path.is_dir() && !is_test {
        let mut entries: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in &entries {
            read(entry, text);
        }
    } else if path.is_file() && !is_test {
        text.push_str(&fs::read_to_string(path).unwrap());
    }
}

#[test]
fn the_page_of_remedies_tells_which_are_proven() {
    let mut table = String::from("| Finding | Fixed by commands | Else |\n| --- | --- | --- |\n");
    for requirement in SINGLE_ACCOUNT.checks.iter().flat_map(|check| check.requirements) {
        let id = requirement.id;
        let (proven, otherwise) = match NEVER_BY_COMMAND.iter().find(|(named, ..)| *named == id) {
            Some((_, who, why)) => ("no".to_owned(), format!("{who}: {why}")),
            None => (format!("yes, in {}", accounts(cases_of(id).count())), String::new()),
        };
        writeln!(table, "| `{id}` | {proven} | {otherwise} |").unwrap();
    }
    table.push_str("\n| Remediation without commands | Who | Why |\n| --- | --- | --- |\n");
    for (says, who, why) in AT_THE_CONSOLE {
        writeln!(table, "| {} … | {who} | {why} |", says.trim_end()).unwrap();
    }
    table.push_str("\n| Remediation whose commands no test runs | Why |\n| --- | --- |\n");
    for (says, why) in NOT_RUN {
        writeln!(table, "| {} … | {why} |", says.replace('`', "").trim_end()).unwrap();
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/remedies.md");
    let stands = fs::read_to_string(&page).unwrap();
    let (begin, end) = ("<!-- remedies -->\n", "<!-- end of remedies -->");
    let (before, rest) = stands.split_once(begin).expect("where the table begins");
    let (_, after) = rest.split_once(end).expect("where the table ends");
    let is_to_be = format!("{before}{begin}{table}{end}{after}");
    if std::env::var_os("UPDATE_README").is_some_and(|value| value == "1") {
        fs::write(&page, is_to_be).unwrap();
    } else {
        assert_eq!(stands, is_to_be, "UPDATE_README=1 writes it");
    }
}

fn accounts(count: usize) -> String {
    match count {
        1 => "1 account".to_owned(),
        count => format!("{count} accounts"),
    }
}
