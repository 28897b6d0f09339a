//! Prowler, with the twelve of its checks that come nearest to the seven items: <https://hub.prowler.com/check>

use std::fs;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::support::account::{Account, BILLING, HOME};
use crate::support::call::Protocol;
use crate::support::cbor;
use crate::support::proxy::Proxy;
use crate::support::python::Environment;
use crate::support::rules::Rule;
use crate::verdicts::{Verdict, Verdicts};
use crate::{Spent, spent};

static PROWLER: Environment = Environment::new("prowler-5.46.0", &["prowler==5.46.0"]);

/// Its checks, each with our item.
const CHECKS: [(&str, &str); 12] = [
    ("iam_root_mfa_enabled", "root-mfa"),
    ("iam_no_root_access_key", "root-mfa"),
    ("iam_administrator_access_with_mfa", "admin-user-mfa"),
    ("iam_user_mfa_enabled_console_access", "admin-user-mfa"),
    ("cloudtrail_multi_region_enabled", "multi-region-trail"),
    ("cloudtrail_multi_region_enabled_logging_management_events", "multi-region-trail"),
    ("sns_topics_not_publicly_accessible", "security-alerts-topic"),
    ("cloudwatch_alarm_actions_enabled", "billing-alarm"),
    ("cloudwatch_alarm_actions_alarm_state_configured", "billing-alarm"),
    ("iam_role_administratoraccess_policy", "ec2-ssm-role"),
    ("cloudtrail_logs_s3_bucket_is_not_publicly_accessible", "trail-bucket-policy"),
    ("s3_bucket_cross_account_access", "trail-bucket-policy"),
];

/// Where the account lives: more regions are asked only by those who name them.
const REGIONS: [&str; 2] = [HOME, BILLING];

/// Has it scan the account.
pub(crate) fn audit(account: Account, proxy: &Proxy) -> (Spent, Verdicts) {
    proxy.add(root_in_the_credential_report(account, proxy));
    for region in REGIONS {
        proxy.add(actions_of_alarms(account, proxy, region));
    }
    let program = PROWLER.interpreter().with_file_name("prowler");
    let folder = tempfile::tempdir().expect("a folder for the findings");
    let spent = proxy.changing(|| {
        spent(&program, account, proxy, |command| {
            command.args(["aws", "--no-banner", "--no-color", "--region"]).args(REGIONS);
            command.arg("--checks").args(CHECKS.map(|(check, _)| check));
            command.args(["--output-formats", "json-ocsf", "--output-filename", "findings", "--output-directory"]);
            command.arg(folder.path());
        })
    });
    // 3: something failed.
    let ended = spent.cost.ended;
    assert!(matches!(ended.code(), Some(0 | 3)), "prowler ended with {ended}\n{}", spent.cost.stdout);
    let findings = fs::read_to_string(folder.path().join("findings.ocsf.json")).unwrap_or_else(|_| "[]".to_owned());
    let findings: Vec<Value> = serde_json::from_str(&findings).expect("findings");
    let mut verdicts = Verdicts::default();
    for finding in &findings {
        let check = finding["metadata"]["event_code"].as_str().expect("a check");
        let (_, item) = CHECKS.iter().find(|(name, _)| *name == check).expect("one of the checks that were asked for");
        let verdict = verdict(finding["status_code"].as_str().expect("a status"));
        let words = finding["status_detail"].as_str().unwrap_or_default();
        verdicts.add(item, verdict, &format!("{words} (`{check}`)"));
    }
    (spent, verdicts)
}

fn verdict(status: &str) -> Verdict {
    match status {
        "PASS" => Verdict::Pass,
        "FAIL" => Verdict::Fail,
        "MANUAL" => Verdict::Unknown,
        other => panic!("{other} is no status of prowler's"),
    }
}

/// Prowler reads the credential report, of which the emulator knows nothing about root: there it is what `iam:GetAccountSummary` says.
fn root_in_the_credential_report(account: Account, proxy: &Proxy) -> Rule {
    let summary = account.through(proxy).try_call("iam", BILLING, "GetAccountSummary", json!({}));
    let entry = |key: &str| {
        let (_, behind) = summary.text().split_once(&format!("<key>{key}</key><value>"))?;
        behind.split_once('<').and_then(|(value, _)| value.parse::<u32>().ok())
    };
    // Where that is denied, the account is a finished one.
    let mfa = entry("AccountMFAEnabled").is_none_or(|enabled| enabled > 0);
    let password = entry("AccountPasswordPresent").is_none_or(|present| present > 0);
    let key = entry("AccountAccessKeysPresent").is_some_and(|present| present > 0);
    Rule::on("iam", "GetCredentialReport").edit(move |answer| {
        let content = answer.element("Content").expect("a report").to_owned();
        let report = BASE64_STANDARD.decode(&content).expect("base64");
        let mut lines: Vec<Vec<String>> = std::str::from_utf8(&report)
            .expect("text")
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect();
        let columns = lines[0].clone();
        let root = lines.iter_mut().find(|line| line[0] == "<root_account>").expect("a line about root");
        for (name, value) in [("mfa_active", mfa), ("password_enabled", password), ("access_key_1_active", key)] {
            let column = columns.iter().position(|column| column == name).expect("a column of the credential report");
            root[column] = value.to_string();
        }
        let lines: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
        answer.body = answer.text().replacen(&content, &BASE64_STANDARD.encode(lines.join("\n")), 1).into();
    })
}

/// Prowler asks CloudWatch in its older protocol, where the emulator leaves out what an alarm does: here it is what the newer one tells.
fn actions_of_alarms(account: Account, proxy: &Proxy, region: &'static str) -> Rule {
    let listed = account.through(proxy).cbor(region, "DescribeAlarms", &json!({}));
    let listed = cbor::to_json(&cbor::decode(&listed.body).expect("a list of alarms"));
    let alarms: Vec<(String, String)> = listed["MetricAlarms"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|alarm| {
            let name = format!("<AlarmName>{}</AlarmName>", alarm["AlarmName"].as_str().expect("a name"));
            let actions = alarm["AlarmActions"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let actions: Vec<String> = actions.map(|action| format!("<member>{action}</member>")).collect();
            let enabled = alarm["ActionsEnabled"].as_bool().unwrap_or(true);
            let more =
                format!("<ActionsEnabled>{enabled}</ActionsEnabled><AlarmActions>{}</AlarmActions>", actions.concat());
            (name.clone(), name + &more)
        })
        .collect();
    let old = Rule::on("cloudwatch", "DescribeAlarms").in_region(region).when(|call| call.protocol == Protocol::Query);
    old.edit(move |answer| {
        let text = alarms.iter().fold(answer.text().to_owned(), |text, (name, more)| text.replacen(name, more, 1));
        answer.body = text.into();
    })
}
