//! The emulator of organizations answers through the proxy, and the edits supply what it lacks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::account::{Account, BILLING, HOME};
use crate::support::edits::organizations as edits;
use crate::support::organization::{Paths, UNITS, built, empty};
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;

/// What the account is answered through the proxy, whether it is refused or not.
fn ask(account: Account, proxy: &Proxy, service: &str, operation: &str, parameters: Value) -> Value {
    let region = if service == "organizations" { BILLING } else { HOME };
    account.through(proxy).try_call(service, region, operation, parameters).as_json()
}

/// One field of each item of a list, in the order of the alphabet.
fn each(listed: &Value, list: &str, field: &str) -> Vec<String> {
    let items = listed[list].as_array().unwrap_or_else(|| panic!("no {list} in {listed}"));
    let mut values: Vec<_> = items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect();
    values.sort_unstable();
    values
}

#[test]
fn only_a_proxy_of_organizations_asks_their_emulator() {
    let account = Account::new("150000000001");
    let proxy = Proxy::to(account).with_organizations();
    let standalone = ask(account, &proxy, "organizations", "DescribeOrganization", json!({}));
    assert_eq!(standalone["__type"], "AWSOrganizationsNotInUseException");
    proxy.changing(|| ask(account, &proxy, "organizations", "CreateOrganization", json!({"FeatureSet": "ALL"})));
    let made = ask(account, &proxy, "organizations", "DescribeOrganization", json!({}));
    assert_eq!(made["Organization"]["MasterAccountId"], account.id);

    let other = Account { id: "150000000002", ..account };
    let told = ask(other, &proxy, "organizations", "DescribeOrganization", json!({}));
    assert_eq!(told["__type"], "AWSOrganizationsNotInUseException", "the key says whose call it is");
    let beside = ask(account, &Proxy::to(account), "organizations", "DescribeOrganization", json!({}));
    assert_eq!(beside["__type"], "AWSOrganizationsNotInUseException", "another proxy does not know it");
    let users = account.user("only-here").through(&proxy).call("iam", BILLING, "ListUsers", json!({}));
    assert!(users.text().contains("<UserName>only-here</UserName>"), "IAM is asked where it was");
}

#[test]
fn the_organization_that_is_built_is_that_of_the_labs() {
    let account = Account::new("150000000003");
    let built = built(account, Paths::Returned);
    let ask =
        |service: &str, operation: &str, parameters: Value| ask(account, &built.proxy, service, operation, parameters);
    let root = ask("organizations", "ListRoots", json!({}))["Roots"][0].clone();
    assert_eq!(root["PolicyTypes"], json!([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]));
    let root = root["Id"].as_str().expect("the root's ID").to_owned();

    let units = ask("organizations", "ListOrganizationalUnitsForParent", json!({"ParentId": root}));
    let mut expected = UNITS.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(each(&units, "OrganizationalUnits", "Name"), expected);

    let accounts = ask("organizations", "ListAccounts", json!({}));
    for (name, unit) in [("LogArchive", "Security"), ("SecurityAudit", "Security"), ("Old", "Exceptions")] {
        let id = built.members[name];
        let listed = accounts["Accounts"].as_array().expect("accounts").iter().find(|one| one["Id"] == id);
        let one = listed.unwrap_or_else(|| panic!("{name} is not in {accounts}"));
        let path = format!("{}/{root}/{}/{id}/", built.id, built.units[unit]);
        assert_eq!((&one["Name"], &one["State"], &one["Paths"]), (&json!(name), &json!("ACTIVE"), &json!([path])));
        let parent = ask("organizations", "ListParents", json!({"ChildId": id}));
        assert_eq!(parent["Parents"][0]["Id"], *built.units[unit], "the path is where the emulator has {name}");
    }

    let policies = ask("organizations", "ListPolicies", json!({"Filter": "SERVICE_CONTROL_POLICY"}));
    assert_eq!(each(&policies, "Policies", "Name"), ["FullAWSAccess", "RegionLockout", "SCPProtectRootAndOrg"]);
    let guard =
        policies["Policies"].as_array().expect("policies").iter().find(|one| one["Name"] == "SCPProtectRootAndOrg");
    let id = guard.expect("the guard")["Id"].clone();
    let targets = ask("organizations", "ListTargetsForPolicy", json!({"PolicyId": id}));
    assert_eq!(each(&targets, "Targets", "TargetId").len(), UNITS.len() - 1, "on all OUs but one: {targets}");
    assert!(!each(&targets, "Targets", "Name").contains(&"Exceptions".to_owned()), "{targets}");

    let trusted = ask("organizations", "ListAWSServiceAccessForOrganization", json!({}));
    let services = each(&trusted, "EnabledServicePrincipals", "ServicePrincipal");
    assert_eq!(services, ["cloudtrail.amazonaws.com", "sso.amazonaws.com"]);

    let instance = ask("sso", "ListInstances", json!({}))["Instances"][0]["InstanceArn"].clone();
    for id in [account.id, built.members["LogArchive"], built.members["SecurityAudit"]] {
        let of_account = json!({"InstanceArn": instance, "AccountId": id});
        let sets = ask("sso", "ListPermissionSetsProvisionedToAccount", of_account.clone());
        let set = sets["PermissionSets"][0].clone();
        let named = ask("sso", "DescribePermissionSet", json!({"InstanceArn": instance, "PermissionSetArn": set}));
        assert_eq!(named["PermissionSet"]["Name"], "AdministratorAccess", "{id}");
        let question = json!({"InstanceArn": instance, "AccountId": id, "PermissionSetArn": set});
        let assigned = ask("sso", "ListAccountAssignments", question);
        assert_eq!(each(&assigned, "AccountAssignments", "PrincipalType"), ["GROUP"], "{id}");
    }
    let elsewhere = json!({"InstanceArn": instance, "AccountId": built.members["Prod"]});
    let sets = ask("sso", "ListPermissionSetsProvisionedToAccount", elsewhere);
    assert_eq!(sets["PermissionSets"], json!([]), "by account");

    let role = json!({"RoleName": "AWSReservedSSO_AdministratorAccess_0123456789abcdef"});
    let role = account.call("iam", BILLING, "GetRole", role);
    assert_eq!(role.element("Path"), Some("/aws-reserved/sso.amazonaws.com/"));
}

#[test]
fn members_may_ask_for_their_organization_and_nothing_else() {
    let account = Account::new("150000000004");
    let built = built(account, Paths::Missing);
    let member = Account { id: built.members["LogArchive"], ..account };
    let mut wrong = Vec::new();
    for (service, operation, code) in [
        ("organizations", "ListAccounts", "AccessDeniedException"),
        ("organizations", "ListRoots", "AccessDeniedException"),
        ("organizations", "ListPolicies", "AccessDeniedException"),
        ("sso", "ListInstances", "AccessDeniedException"),
    ] {
        let told = ask(member, &built.proxy, service, operation, json!({"Filter": "SERVICE_CONTROL_POLICY"}));
        let own = ask(account, &built.proxy, service, operation, json!({"Filter": "SERVICE_CONTROL_POLICY"}));
        if told["__type"] != code || !own["__type"].is_null() {
            wrong.push(format!("{operation}: {told}, and to the management account {own}"));
        }
    }
    let told = ask(member, &built.proxy, "organizations", "DescribeOrganization", json!({}));
    assert_eq!(
        (&told["Organization"]["Id"], &told["Organization"]["MasterAccountId"]),
        (&json!(built.id), &json!(account.id))
    );
    let features = member.through(&built.proxy).try_call("iam", BILLING, "ListOrganizationsFeatures", json!({}));
    assert_eq!(features.element("Code"), Some("AccountNotManagementOrDelegatedAdministratorException"));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_organization_is_as_the_edits_say() {
    let account = Account::new("150000000005");
    let proxy = empty(account);
    let ask = |operation: &str| ask(account, &proxy, "organizations", operation, json!({}));
    let described = || ask("DescribeOrganization")["Organization"].clone();
    let features = || account.through(&proxy).call("iam", BILLING, "ListOrganizationsFeatures", json!({}));
    assert_eq!(described()["FeatureSet"], "ALL");
    assert!(!features().text().contains("<member>"));

    proxy.add(edits::feature_set(Some("CONSOLIDATED_BILLING")));
    assert_eq!(described()["FeatureSet"], "CONSOLIDATED_BILLING");
    proxy.add(edits::feature_set(None));
    assert_eq!(described().get("FeatureSet"), None);
    proxy.add(edits::scps_at_root(Some("PENDING_ENABLE")));
    assert_eq!(ask("ListRoots")["Roots"][0]["PolicyTypes"][0]["Status"], "PENDING_ENABLE");
    proxy.add(edits::scps_at_root(None));
    assert_eq!(ask("ListRoots")["Roots"][0]["PolicyTypes"], json!([]));
    proxy.add(edits::account_state(account.id, Some("PENDING_CLOSURE"), None));
    let one = ask("ListAccounts")["Accounts"][0].clone();
    assert_eq!((&one["State"], one.get("Status")), (&json!("PENDING_CLOSURE"), None));
    assert_eq!(one.get("Paths"), None, "the emulator has no paths");
    let places = BTreeMap::from([(account.id.to_owned(), vec!["r-1".to_owned()])]);
    proxy.add(edits::paths("o-1".to_owned(), places));
    assert_eq!(ask("ListAccounts")["Accounts"][0]["Paths"], json!([format!("o-1/r-1/{}/", account.id)]));
    proxy.add(edits::root_features("o-1", &["RootSessions", "RootCredentialsManagement"]));
    let told = features();
    assert_eq!((told.text().matches("<member>").count(), told.element("member")), (2, Some("RootSessions")));
}

#[test]
fn identity_center_has_the_regions_and_owners_of_the_edits() {
    let account = Account::new("150000000006");
    let proxy = empty(account).with(edits::instances(&[(HOME, account.id), ("eu-west-1", "999999999999")]));
    let listed = |region: &str| account.through(&proxy).call("sso", region, "ListInstances", json!({})).as_json();
    assert_eq!(listed(HOME)["Instances"][0]["OwnerAccountId"], account.id);
    assert_eq!(listed("eu-west-1")["Instances"][0]["OwnerAccountId"], "999999999999");
    assert_eq!(listed("eu-central-1"), json!({"Instances": []}));
    proxy.add(edits::instance_field("PrimaryRegion", Some("us-west-2")));
    proxy.add(edits::instance_field("Status", Some("CREATE_IN_PROGRESS")));
    let one = listed("eu-west-1")["Instances"][0].clone();
    assert_eq!((&one["PrimaryRegion"], &one["Status"]), (&json!("us-west-2"), &json!("CREATE_IN_PROGRESS")));
}

#[test]
fn lists_begin_with_an_empty_page_and_calls_are_throttled() {
    let account = Account::new("150000000007");
    let proxy = empty(account).with_all(edits::empty_page_first("organizations", "ListAccounts", "Accounts"));
    let first = ask(account, &proxy, "organizations", "ListAccounts", json!({"MaxResults": 20}));
    assert_eq!(first["Accounts"], json!([]));
    let more = json!({"MaxResults": 20, "NextToken": first["NextToken"]});
    let next = ask(account, &proxy, "organizations", "ListAccounts", more);
    assert_eq!(each(&next, "Accounts", "Id"), [account.id]);
    assert!(next["NextToken"].is_null(), "{next}");

    proxy.add(Rule::on("organizations", "*").throttle().times(1));
    let refused = account.through(&proxy).try_call("organizations", BILLING, "ListRoots", json!({}));
    assert_eq!((refused.status, &refused.as_json()["__type"]), (400, &json!("TooManyRequestsException")));
    assert_eq!(each(&ask(account, &proxy, "organizations", "ListRoots", json!({})), "Roots", "Name"), ["Root"]);
}
