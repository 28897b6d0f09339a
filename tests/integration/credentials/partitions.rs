//! Accounts of other partitions: nothing is asked of another than theirs.

use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::run::Run;

#[test]
fn no_request_goes_to_another_partition() {
    for (id, home, begins) in [("350000000087", "us-gov-west-1", "us-gov-"), ("350000000088", "cn-north-1", "cn-")] {
        let account = Account::new(id);
        let proxy = Proxy::to(account).with_all(edits::ready());
        let run = Run::audit(account, &proxy).args(["--region", home, "--format", "json"]);
        let _ = run.whatever();
        let elsewhere: Vec<String> = proxy
            .calls()
            .iter()
            .filter(|seen| !seen.call.region.is_empty() && !seen.call.region.starts_with(begins))
            .map(ToString::to_string)
            .collect();
        assert!(elsewhere.is_empty(), "{home}: {elsewhere:?}");
    }
}

#[test]
fn billing_alarm_of_govcloud_is_unknown_and_says_where_to_look() {
    let account = Account::new("350000000089");
    let proxy = Proxy::to(account).with_all(edits::ready());
    let run = || Run::audit(account, &proxy).args(["--region", "us-gov-west-1", "--only", "billing-alarm"]);
    let report = run().args(["--format", "json"]).expect(3).json();
    let check = &report["checks"][0];
    assert_eq!(check["status"], "unknown", "{check:#}");
    assert!(check["summary"].to_string().contains("GovCloud"), "{check:#}");
    // One group of findings with one sentence, beside the table's.
    let text = run().arg("--full").expect(3).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let details = text.split("? UNKNOWN billing-alarm/").nth(1).unwrap();
    let details = details.split("Resources by Region").next().unwrap();
    assert_eq!(details.matches("exists only in the associated standard account").count(), 1, "{details}");
}

#[test]
fn home_region_names_the_partition_of_the_first_call() {
    let proxy = crate::support::service::Service::answering(403, "no");
    for (region, host) in
        [("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"), ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn")]
    {
        let run = super::with_key(Run::stagecheck(["audit", "--region", region])).env("HTTPS_PROXY", proxy.url());
        let _ = run.whatever();
        let wanted = format!("CONNECT {host}:443 HTTP/1.1");
        assert!(proxy.asked().contains(&wanted), "{:?}", proxy.asked());
    }
    let hosts: Vec<String> = proxy.asked().iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    let is_one = |host: &String| host.contains("gov") || host.contains(".cn:");
    assert!(hosts.iter().all(is_one), "{hosts:?}");
}
