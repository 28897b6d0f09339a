use futures_util::FutureExt;

use super::*;
use crate::account::facts::Facts;
use crate::testing::iam::{ALLOW_ALL, EntityBuilder, Iam, aws_arn, customer_arn, document};
use crate::testing::{denied, known, now};

/// Names of the first user's policies, with how each was read.
fn read(facts: Facts) -> Vec<(String, Result<usize, Unread>)> {
    let account = Account::recorded(facts, now());
    async {
        let users = account.users().await.unwrap();
        let holder = PolicyHolder::user(users.each().next().unwrap());
        let mut library = Library::gather(&account).await;
        library.complete(&account, &[holder]).await;
        let policies = library.policies(&holder).into_iter().chain(library.boundary(&holder));
        policies
            .map(|policy| (policy.name.to_owned(), policy.document.map(|document| document.statements.len())))
            .collect()
    }
    .now_or_never()
    .unwrap()
}

fn only(facts: Facts) -> Result<usize, Unread> {
    let [(_, read)] = <[_; 1]>::try_from(read(facts)).unwrap();
    read
}

fn operation(read: Result<usize, Unread>) -> Operation {
    read.unwrap_err().why.call.operation
}

#[test]
fn every_kind_of_policy_is_found_in_order() {
    let iam = Iam::new()
        .user(
            "alice",
            EntityBuilder::nothing()
                .inline(ALLOW_ALL)
                .attached(&customer_arn("own"))
                .group("g")
                .boundary(&aws_arn("b")),
        )
        .group("g", EntityBuilder::nothing().inline(ALLOW_ALL).attached(&aws_arn("AdministratorAccess")))
        .customer("own", ALLOW_ALL)
        .aws("b", ALLOW_ALL);
    let names: Vec<String> = read(iam.facts()).into_iter().map(|(name, read)| read.map(|_| name).unwrap()).collect();
    assert_eq!(names, ["inline-0", "own", "inline-0", "AdministratorAccess", &aws_arn("b")]);
}

#[test]
fn three_policies_are_known_by_heart_in_awss_account_only() {
    for name in [ADMINISTRATOR_ACCESS, SSM_CORE, EC2_ROLE_FOR_SSM] {
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let arn = format!("arn:{partition}:iam::aws:policy/{name}");
            assert_eq!(only(Iam::new().user("alice", EntityBuilder::nothing().attached(&arn)).facts()), Ok(1), "{arn}");
        }
        let own = customer_arn(name);
        assert_eq!(
            operation(only(Iam::new().user("alice", EntityBuilder::nothing().attached(&own)).facts())),
            Operation::GetPolicy
        );
    }
}

#[test]
fn what_no_listing_holds_is_asked_for_by_itself() {
    let arn = customer_arn("late");
    let mut facts = Iam::new().user("alice", EntityBuilder::nothing().attached(&arn)).facts();
    facts.policy_default_versions.set(&arn, known(Operation::GetPolicy, Some("v7".to_owned())));
    facts.policy_documents.set(&format!("{arn} v7"), known(Operation::GetPolicyVersion, Some(document(ALLOW_ALL))));
    assert_eq!(only(facts), Ok(1));
}

#[test]
fn a_boundary_and_a_groups_policy_are_asked_for_too() {
    let arn = customer_arn("late");
    for iam in [
        Iam::new().user("alice", EntityBuilder::nothing().boundary(&arn)),
        Iam::new()
            .user("alice", EntityBuilder::nothing().group("g"))
            .group("g", EntityBuilder::nothing().attached(&arn)),
    ] {
        let mut facts = iam.facts();
        facts.policy_default_versions.set(&arn, known(Operation::GetPolicy, Some("v7".to_owned())));
        facts.policy_documents.set(&format!("{arn} v7"), known(Operation::GetPolicyVersion, Some(document(ALLOW_ALL))));
        assert_eq!(only(facts), Ok(1));
    }
}

#[test]
fn a_listing_without_the_document_names_the_version_to_ask_for() {
    let arn = customer_arn("bare");
    let mut facts =
        Iam::new().user("alice", EntityBuilder::nothing().attached(&arn)).customer_raw("bare", None).facts();
    facts.policy_documents.set(&format!("{arn} v1"), known(Operation::GetPolicyVersion, Some(document(ALLOW_ALL))));
    assert_eq!(only(facts), Ok(1));
}

#[test]
fn what_is_refused_or_absent_is_unread() {
    let arn = aws_arn("Some");
    let facts = || Iam::new().user("alice", EntityBuilder::nothing().attached(&arn)).facts();
    let mut refused = facts();
    refused.policy_default_versions.set(&arn, denied(Operation::GetPolicy));
    assert_eq!(operation(only(refused)), Operation::GetPolicy);

    let mut gone = facts();
    gone.policy_default_versions.set(&arn, known(Operation::GetPolicy, None));
    assert!(only(gone).unwrap_err().gone);

    let versioned = |slot| {
        let mut facts = facts();
        facts.policy_default_versions.set(&arn, known(Operation::GetPolicy, Some("v2".to_owned())));
        facts.policy_documents.set(&format!("{arn} v2"), slot);
        only(facts)
    };
    assert_eq!(operation(versioned(denied(Operation::GetPolicyVersion))), Operation::GetPolicyVersion);
    assert!(versioned(known(Operation::GetPolicyVersion, None)).unwrap_err().gone);
    assert!(!versioned(known(Operation::GetPolicyVersion, Some("{".to_owned()))).unwrap_err().gone);
}

#[test]
fn unparsable_document_is_unread_and_named() {
    for (facts, name) in [
        (Iam::new().user("alice", EntityBuilder::nothing().raw("%7B")).facts(), "inline-0"),
        (
            Iam::new()
                .user("alice", EntityBuilder::nothing().group("g"))
                .group("g", EntityBuilder::nothing().raw(""))
                .facts(),
            "inline-0",
        ),
        (
            Iam::new()
                .user("alice", EntityBuilder::nothing().attached(&customer_arn("own")))
                .customer_raw("own", Some("[]"))
                .facts(),
            "own",
        ),
    ] {
        let unread = only(facts).unwrap_err();
        assert!(unread.why.sentence().contains(name) && !unread.gone, "{}", unread.why.sentence());
    }
}

#[test]
fn failed_list_says_nothing_and_causes_no_single_calls() {
    let listing = Operation::GetAccountAuthorizationDetails;
    let own = Iam::new().user("alice", EntityBuilder::nothing().attached(&customer_arn("own"))).facts();
    assert_eq!(operation(only(Facts { customer_policies: denied(listing), ..own })), listing);
    let aws = Iam::new().user("alice", EntityBuilder::nothing().attached(&aws_arn("Some"))).facts();
    assert_eq!(operation(only(Facts { aws_policies: denied(listing), ..aws })), listing);
    let group = Iam::new().user("alice", EntityBuilder::nothing().group("g")).facts();
    assert_eq!(operation(only(Facts { groups: denied(listing), ..group })), listing);
}

#[test]
fn a_group_that_the_list_lacks_is_unread() {
    let unread = only(Iam::new().user("alice", EntityBuilder::nothing().group("gone")).facts()).unwrap_err();
    assert!(unread.why.sentence().contains("gone"));
}

#[test]
fn awss_own_policies_are_known_by_their_arns() {
    assert_eq!(aws_policy("arn:aws:iam::aws:policy/job-function/Billing"), Some("job-function/Billing"));
    assert_eq!(aws_policy("arn:aws:iam::111122223333:policy/Billing"), None);
    assert_eq!(aws_policy("arn:aws:iam::aws:role/x"), None);
    assert_eq!(home_of("arn:aws-cn:iam::111122223333:user/a"), ("aws-cn", "111122223333"));
}
