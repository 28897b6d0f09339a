use super::*;
use crate::account::facts::Facts;
use crate::model::status::Status;
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
    let mut facts = serde_json::to_value(facts).unwrap();
    facts["account_summary"]["known"].as_object_mut().unwrap().remove(entry).unwrap();
    serde_json::from_value(facts).unwrap()
}

fn in_organization_of(management_account: &str, facts: Facts) -> Facts {
    let management_account = management_account.to_owned();
    let organization = Organization { id: "o-abc".to_owned(), management_account, feature_set: None };
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
fn root_without_credentials_passes_only_in_a_member_account() {
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
fn unknown_membership_leaves_root_without_credentials_unknown() {
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
fn password_entry_matters_only_without_mfa_in_a_member() {
    assert_eq!(overall(&judge(&CHECK, without(account(&[]), "AccountPasswordPresent"))), Status::Pass);
    let member = in_organization_of("999988887777", without(account(NO_CREDENTIALS), "AccountPasswordPresent"));
    assert_eq!(overall(&judge(&CHECK, member)), Status::Unknown);
}

/// The rows of verdicts.md: who the account is, what its summary says, and what `root-mfa/mfa` is.
/// What becomes of an account's facts.
type Change = Box<dyn Fn(Facts) -> Facts>;

#[test]
fn the_root_users_mfa_is_evaluated_row_by_row() {
    type Place = fn(Facts) -> Facts;
    let standalone: Place = |facts| facts;
    let management: Place = |facts| in_organization_of(crate::testing::ACCOUNT, facts);
    let member: Place = |facts| in_organization_of("999988887777", facts);
    let unread: Place = |facts| Facts { organization: denied(Operation::DescribeOrganization), ..facts };
    let unknown_caller: Place = |facts| Facts { caller: denied(Operation::GetCallerIdentity), ..facts };
    let gov: Place = |facts| in_partition("aws-us-gov", facts);
    let china: Place = |facts| in_partition("aws-cn", facts);
    let gov_without = |entry: &'static str| move |facts| in_partition("aws-us-gov", without(facts, entry));
    let member_without = |entry: &'static str| move |facts| in_organization_of("999988887777", without(facts, entry));
    let place_without = |entry: &'static str| move |facts| without(facts, entry);

    // MFA, password, access keys, certificates.
    let (mfa, nothing) = ([1, 1, 0, 0], [0, 0, 0, 0]);
    let (password, key, certificate) = ([0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]);
    let rows: Vec<(&str, Change, [i64; 4], Status)> = vec![
        ("MFA", Box::new(standalone), mfa, Status::Pass),
        ("MFA, caller unknown", Box::new(unknown_caller), mfa, Status::Pass),
        ("MFA and a key", Box::new(standalone), [1, 1, 1, 0], Status::Pass),
        ("password", Box::new(standalone), password, Status::Fail),
        ("password of a member", Box::new(member), password, Status::Fail),
        ("key of a member", Box::new(member), key, Status::Fail),
        ("certificate of a member", Box::new(member), certificate, Status::Fail),
        ("password, membership unread", Box::new(unread), password, Status::Fail),
        ("nothing, standalone", Box::new(standalone), nothing, Status::Fail),
        ("nothing, management account", Box::new(management), nothing, Status::Fail),
        ("nothing, member", Box::new(member), nothing, Status::Pass),
        ("nothing, membership unread", Box::new(unread), nothing, Status::Unknown),
        ("password, perhaps in aws-us-gov", Box::new(unknown_caller), password, Status::Unknown),
        ("key, wherever it is", Box::new(unknown_caller), key, Status::Fail),
        ("aws-us-gov", Box::new(gov), nothing, Status::Pass),
        ("aws-us-gov with a password", Box::new(gov), password, Status::Pass),
        ("aws-us-gov with a certificate", Box::new(gov), certificate, Status::Pass),
        ("aws-us-gov with a key", Box::new(gov), key, Status::Fail),
        ("aws-us-gov with MFA and a key", Box::new(gov), [1, 1, 1, 0], Status::Pass),
        ("aws-cn", Box::new(china), password, Status::Pass),
        ("aws-cn with a key", Box::new(china), key, Status::Fail),
        ("aws-us-gov, MFA absent", Box::new(gov_without("AccountMFAEnabled")), nothing, Status::Pass),
        ("aws-us-gov, keys absent", Box::new(gov_without("AccountAccessKeysPresent")), nothing, Status::Unknown),
        ("MFA absent", Box::new(place_without("AccountMFAEnabled")), mfa, Status::Unknown),
        ("member, password absent", Box::new(member_without("AccountPasswordPresent")), nothing, Status::Unknown),
        ("member, keys absent", Box::new(member_without("AccountAccessKeysPresent")), nothing, Status::Unknown),
        (
            "member, certificates absent",
            Box::new(member_without("AccountSigningCertificatesPresent")),
            nothing,
            Status::Unknown,
        ),
        ("standalone, password absent", Box::new(place_without("AccountPasswordPresent")), nothing, Status::Fail),
        ("MFA, password absent", Box::new(place_without("AccountPasswordPresent")), mfa, Status::Pass),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(what, place, [mfa, password, keys, certificates], expected)| {
            let facts = account(&[
                ("AccountMFAEnabled", *mfa),
                ("AccountPasswordPresent", *password),
                ("AccountAccessKeysPresent", *keys),
                ("AccountSigningCertificatesPresent", *certificates),
            ]);
            let status = status_of(&judge(&CHECK, place(facts)), "root-mfa/mfa");
            (status != *expected).then(|| format!("{what}: {status:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_partition_without_root_sign_in_says_so() {
    let judged = judge(&CHECK, in_partition("aws-us-gov", account(NO_CREDENTIALS)));
    assert!(judged.findings[0].message.contains("aws-us-gov has no sign-in as the root user"), "{judged:#?}");
}

#[test]
fn an_unseen_account_summary_leaves_every_requirement_unknown() {
    let facts = Facts { account_summary: denied(Operation::GetAccountSummary), ..standalone() };
    let judged = judge(&CHECK, facts);
    assert_eq!(judged.findings.iter().map(|finding| finding.status).collect::<Vec<_>>(), [Status::Unknown; 3]);
}
