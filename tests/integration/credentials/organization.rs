//! Who audits, and whose account it is: said at the top, and a member account is never ready.

use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;
use crate::support::run::Run;

fn ready(account: Account) -> Proxy {
    Proxy::to(account).with_all(edits::ready())
}

#[test]
fn root_audits_a_ready_account_and_is_told_that_it_should_not() {
    let account = Account::new("350000000051").ready();
    let proxy = ready(account);
    let table = Run::audit(account, &proxy).expect(0).stdout;
    let words = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("You are signed in as the root user. Use an IAM user or role instead."), "{table}");
}

#[test]
fn a_member_of_an_organization_is_never_ready() {
    let account = Account::new("350000000052").ready();
    let proxy = ready(account).with(edits::organization_of("350000000099"));
    let table = Run::audit(account, &proxy).expect(1).stdout;
    let top = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(top.contains("member of o-exampleorgid (management account 350000000099)"), "{table}");
    let report = Run::audit(account, &proxy).args(["--format", "json"]).expect(1).json();
    assert_eq!((&report["verdict"], &report["account"]["organization"]), (&"not-ready".into(), &"member".into()));
    // Nor with the checks that pass alone.
    Run::audit(account, &proxy).args(["--only", "root-mfa"]).expect(1);
}

#[test]
fn a_management_account_is_audited_and_told_that_it_is_one() {
    let account = Account::new("350000000053").ready();
    let proxy = ready(account).with(edits::organization_of(account.id));
    let table = Run::audit(account, &proxy).expect(0).stdout;
    let top = table.split("root-mfa").next().unwrap();
    assert!(top.contains("manages organization o-exampleorgid"), "{table}");
    let report = Run::audit(account, &proxy).args(["--format", "json"]).expect(0).json();
    assert_eq!(report["account"]["organization"], "management");
}

#[test]
fn where_membership_is_unseen_only_its_line_says_so() {
    let account = Account::new("350000000054").ready();
    let proxy = ready(account);
    let of = |report: serde_json::Value| (report["checks"].clone(), report["verdict"].clone());
    let json = || Run::audit(account, &proxy).args(["--format", "json"]).expect(0).json();
    let seen = of(json());
    proxy.add(Rule::on("organizations", "DescribeOrganization").deny());
    let report = json();
    assert_eq!(report["account"]["organization"], "unknown", "{report:#}");
    let (checks, verdict) = of(report);
    assert_eq!((checks.as_array().unwrap().len(), &verdict), (7, &seen.1));
    let statuses = |checks: &serde_json::Value| -> Vec<_> {
        checks.as_array().unwrap().iter().map(|check| check["status"].clone()).collect()
    };
    assert_eq!(statuses(&checks), statuses(&seen.0));
    let table = Run::audit(account, &proxy).expect(0).stdout;
    let line = table.lines().find(|line| line.starts_with("Account ")).unwrap();
    assert!(line.contains("membership in an organization unknown"), "{table}");
}
