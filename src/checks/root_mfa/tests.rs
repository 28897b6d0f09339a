use super::*;
use crate::account::facts::Facts;
use crate::status::Status;
use crate::testing::{denied, judge, known, overall, standalone, status_of};

fn account(entries: &[(&str, i64)]) -> Facts {
    let mut summary: BTreeMap<String, i64> = [
        ("AccountMFAEnabled", 1),
        ("AccountAccessKeysPresent", 0),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    for (name, value) in entries {
        summary.insert((*name).to_owned(), *value);
    }
    Facts { account_summary: known(Operation::GetAccountSummary, summary), ..standalone() }
}

fn without(facts: Facts, entry: &str) -> Facts {
    let account = Account::recorded(facts, crate::testing::now());
    let mut summary = account.account_summary().now_or_never().unwrap().unwrap().get().clone();
    summary.remove(entry);
    let mut facts = standalone();
    facts.account_summary = known(Operation::GetAccountSummary, summary);
    facts
}

fn in_organization_of(management_account: &str, facts: Facts) -> Facts {
    let organization = Organization { id: "o-abc".to_owned(), management_account: management_account.to_owned() };
    Facts { organization: known(Operation::DescribeOrganization, Some(organization)), ..facts }
}

fn in_partition(partition: &str, facts: Facts) -> Facts {
    let caller = Caller {
        account: crate::testing::ACCOUNT.to_owned(),
        arn: format!("arn:{partition}:iam::111122223333:user/a"),
    };
    Facts { caller: known(Operation::GetCallerIdentity, caller), ..facts }
}

const NO_CREDENTIALS: &[(&str, i64)] = &[("AccountMFAEnabled", 0), ("AccountPasswordPresent", 0)];

#[test]
fn a_root_user_with_mfa_and_no_keys_passes() {
    assert_eq!(overall(&judge(&CHECK, account(&[]))), Status::Pass);
}

#[test]
fn a_root_user_without_mfa_fails_and_is_told_what_to_do() {
    let judged = judge(&CHECK, account(&[("AccountMFAEnabled", 0)]));
    assert_eq!(status_of(&judged, "root-mfa/mfa"), Status::Fail);
    let remedy = judged.findings[0].remediation.as_ref().unwrap();
    assert!(remedy.console.as_ref().unwrap().contains("Assign MFA device") && remedy.commands.is_empty());
}

#[test]
fn access_keys_of_root_fail_whatever_mfa_is() {
    let judged = judge(&CHECK, account(&[("AccountAccessKeysPresent", 2)]));
    assert_eq!(status_of(&judged, "root-mfa/access-keys"), Status::Fail);
    assert_eq!(status_of(&judged, "root-mfa/mfa"), Status::Pass);
}

#[test]
fn a_signing_certificate_of_root_warns() {
    assert_eq!(overall(&judge(&CHECK, account(&[("AccountSigningCertificatesPresent", 1)]))), Status::Warn);
}

#[test]
fn a_root_user_without_any_credentials_passes_only_in_a_member_account() {
    let member = in_organization_of("999988887777", account(NO_CREDENTIALS));
    assert_eq!(overall(&judge(&CHECK, member)), Status::Pass);
    let management = in_organization_of(crate::testing::ACCOUNT, account(NO_CREDENTIALS));
    assert_eq!(overall(&judge(&CHECK, management)), Status::Fail);
    assert_eq!(overall(&judge(&CHECK, account(NO_CREDENTIALS))), Status::Fail);
}

#[test]
fn a_member_account_whose_root_has_a_password_and_no_mfa_fails() {
    let member = in_organization_of("999988887777", account(&[("AccountMFAEnabled", 0)]));
    assert_eq!(overall(&judge(&CHECK, member)), Status::Fail);
}

#[test]
fn an_unseen_membership_leaves_a_root_user_without_credentials_unknown() {
    let facts = Facts { organization: denied(Operation::DescribeOrganization), ..account(NO_CREDENTIALS) };
    let judged = judge(&CHECK, facts);
    assert_eq!(status_of(&judged, "root-mfa/mfa"), Status::Unknown);
    assert_eq!(judged.findings[0].unavailable.as_ref().unwrap().call.operation, Operation::DescribeOrganization);
}

#[test]
fn an_unseen_membership_hides_no_sure_failure() {
    let facts = Facts { organization: denied(Operation::DescribeOrganization), ..account(&[("AccountMFAEnabled", 0)]) };
    assert_eq!(status_of(&judge(&CHECK, facts), "root-mfa/mfa"), Status::Fail);
}

#[test]
fn an_absent_entry_that_is_needed_is_unknown() {
    for (entry, requirement) in [
        ("AccountMFAEnabled", "root-mfa/mfa"),
        ("AccountAccessKeysPresent", "root-mfa/access-keys"),
        ("AccountSigningCertificatesPresent", "root-mfa/signing-certificates"),
    ] {
        assert_eq!(status_of(&judge(&CHECK, without(account(&[]), entry)), requirement), Status::Unknown, "{entry}");
    }
}

#[test]
fn the_password_entry_is_needed_only_without_mfa_in_a_member_account() {
    assert_eq!(overall(&judge(&CHECK, without(account(&[]), "AccountPasswordPresent"))), Status::Pass);
    let member = in_organization_of("999988887777", without(account(NO_CREDENTIALS), "AccountPasswordPresent"));
    assert_eq!(overall(&judge(&CHECK, member)), Status::Unknown);
}

#[test]
fn a_partition_without_root_sign_in_passes_without_keys_only() {
    for partition in ["aws-us-gov", "aws-cn"] {
        let no_mfa = in_partition(partition, account(&[("AccountMFAEnabled", 0)]));
        assert_eq!(overall(&judge(&CHECK, no_mfa)), Status::Pass, "{partition}");
        let keys = in_partition(partition, account(&[("AccountMFAEnabled", 0), ("AccountAccessKeysPresent", 1)]));
        assert_eq!(overall(&judge(&CHECK, keys)), Status::Fail, "{partition}");
    }
}

#[test]
fn an_unseen_account_summary_leaves_every_requirement_unknown() {
    let facts = Facts { account_summary: denied(Operation::GetAccountSummary), ..standalone() };
    let judged = judge(&CHECK, facts);
    assert_eq!(judged.findings.iter().map(|finding| finding.status).collect::<Vec<_>>(), [Status::Unknown; 3]);
}
