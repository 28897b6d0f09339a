//! Ready-made rules for what AWS knows of an organization and of IAM Identity Center, and the emulator of organizations cannot hold.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use crate::support::http::Answer;
use crate::support::refusal;
use crate::support::rules::Rule;

/// Changes an answer in JSON.
fn edit_json(answer: &mut Answer, change: impl FnOnce(&mut Value)) {
    let mut value = answer.as_json();
    change(&mut value);
    answer.body = value.to_string().into();
}

/// The items of a list.
fn items<'v>(answer: &'v mut Value, list: &str) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    answer[list].as_array_mut().expect("a list").iter_mut().map(|item| item.as_object_mut().expect("an item"))
}

/// Sets a field, or takes it away.
fn set(fields: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    match value {
        Some(value) => drop(fields.insert(name.to_owned(), value.into())),
        None => drop(fields.remove(name)),
    }
}

/// `ListAccounts` returns the path of each of these accounts: the IDs of the root and of the OUs above it, from the top.
pub(crate) fn paths(organization: String, places: BTreeMap<String, Vec<String>>) -> Rule {
    Rule::on("organizations", "ListAccounts").edit(move |answer| {
        edit_json(answer, |listed| {
            for account in items(listed, "Accounts") {
                let id = account["Id"].as_str().expect("an ID").to_owned();
                if let Some(above) = places.get(&id) {
                    let path = format!("{organization}/{}/{id}/", above.join("/"));
                    account.insert("Paths".to_owned(), json!([path]));
                }
            }
        });
    })
}

/// What `ListAccounts` says of one account, e.g. `PENDING_CLOSURE`. `None`: AWS leaves it out.
pub(crate) fn account_state(id: &str, state: Option<&'static str>, status: Option<&'static str>) -> Rule {
    let id = id.to_owned();
    Rule::on("organizations", "ListAccounts").edit(move |answer| {
        edit_json(answer, |listed| {
            for account in items(listed, "Accounts").filter(|account| account["Id"] == *id) {
                set(account, "State", state);
                set(account, "Status", status);
            }
        });
    })
}

/// The features of the organization: `ALL`, `CONSOLIDATED_BILLING`; `None`: AWS leaves them out.
pub(crate) fn feature_set(value: Option<&'static str>) -> Rule {
    Rule::on("organizations", "DescribeOrganization").edit(move |answer| {
        edit_json(answer, |told| {
            set(told["Organization"].as_object_mut().expect("an organization"), "FeatureSet", value);
        });
    })
}

/// The status of service control policies at the root, e.g. `PENDING_ENABLE`. `None`: they are not listed, so they are off.
pub(crate) fn scps_at_root(status: Option<&'static str>) -> Rule {
    Rule::on("organizations", "ListRoots").edit(move |answer| {
        edit_json(answer, |listed| {
            for root in items(listed, "Roots") {
                let types = status.map(|status| json!({"Type": "SERVICE_CONTROL_POLICY", "Status": status}));
                root.insert("PolicyTypes".to_owned(), types.into_iter().collect());
            }
        });
    })
}

/// Members of the organization may ask which one they are in, and nothing else: AWS answers to the management account.
pub(crate) fn denied_to_members(management_account: &'static str) -> [Rule; 3] {
    let denied = |service: &str| {
        Rule::on(service, "*")
            .when(move |call| call.caller() != management_account && call.operation != "DescribeOrganization")
            .answer_by_call(|call| {
                let message = "You don't have permissions to access this resource.";
                refusal::error(call, 400, "AccessDeniedException", message)
            })
    };
    let features = Rule::on("iam", "ListOrganizationsFeatures")
        .when(move |call| call.caller() != management_account)
        .answer_by_call(|call| {
            let code = "AccountNotManagementOrDelegatedAdministratorException";
            refusal::error(call, 400, code, "The account is not the management account.")
        });
    [denied("organizations"), denied("sso"), features]
}

/// The features of centralized root access that are on; the emulators lack the operation.
pub(crate) fn root_features(organization: &str, features: &[&str]) -> Rule {
    let members: String =
        features.iter().map(|feature| format!("<member>{feature}</member>")).collect::<Vec<_>>().concat();
    let body = format!(
        "<ListOrganizationsFeaturesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ListOrganizationsFeaturesResult><OrganizationId>{organization}</OrganizationId>\
         <EnabledFeatures>{members}</EnabledFeatures></ListOrganizationsFeaturesResult>\
         <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></ListOrganizationsFeaturesResponse>"
    );
    Rule::on("iam", "ListOrganizationsFeatures").supply_by_call(move |_| Answer::xml(200, body.as_str()))
}

/// Instances of IAM Identity Center by Region and owner. The emulator has one in every Region, each with a name of its own.
pub(crate) fn instances(owners: &[(&'static str, &str)]) -> Rule {
    let owners: BTreeMap<_, _> = owners.iter().map(|(region, owner)| (*region, (*owner).to_owned())).collect();
    Rule::on("sso", "ListInstances").edit_by_call(move |call, answer| {
        edit_json(answer, |listed| {
            let Some(owner) = owners.get(call.region.as_str()) else {
                listed["Instances"] = json!([]);
                return;
            };
            for instance in items(listed, "Instances") {
                set(instance, "OwnerAccountId", Some(owner));
                set(instance, "Status", Some("ACTIVE"));
            }
        });
    })
}

/// A field of every instance of IAM Identity Center: `Status`, `PrimaryRegion`. `None`: AWS leaves it out.
pub(crate) fn instance_field(name: &'static str, value: Option<&'static str>) -> Rule {
    Rule::on("sso", "ListInstances").edit(move |answer| {
        edit_json(answer, |listed| items(listed, "Instances").for_each(|instance| set(instance, name, value)));
    })
}

/// The permission sets that are provisioned to each account; the emulator answers without regard to the account.
pub(crate) fn provisioned(sets: BTreeMap<String, Vec<String>>) -> Rule {
    Rule::on("sso", "ListPermissionSetsProvisionedToAccount").supply_by_call(move |call| {
        let of_account = call.parameters.get("AccountId").and_then(|account| sets.get(account));
        Answer::json(200, &json!({"PermissionSets": of_account.map_or(&[][..], Vec::as_slice)}))
    })
}

/// The emulator writes a number where AWS writes a text such as `PT1H`.
pub(crate) fn session_durations_are_text() -> Rule {
    Rule::on("sso", "DescribePermissionSet").edit(|answer| {
        edit_json(answer, |told| {
            set(told["PermissionSet"].as_object_mut().expect("a permission set"), "SessionDuration", Some("PT1H"));
        });
    })
}

/// A list begins with an empty page, as AWS's may: what it holds comes with the next one.
pub(crate) fn empty_page_first(service: &str, operation: &str, list: &'static str) -> [Rule; 2] {
    const TOKEN: &str = "after-the-empty-page";
    let kept: Arc<Mutex<BTreeMap<String, Answer>>> = Arc::default();
    let later = Arc::clone(&kept);
    // Every question but for its page.
    let question = |parameters: &BTreeMap<String, String>| {
        let of_page = |name: &str| ["NextToken", "MaxResults"].contains(&name);
        format!("{:?}", parameters.iter().filter(|(name, _)| !of_page(name)).collect::<Vec<_>>())
    };
    let first = Rule::on(service, operation).when(|call| !call.parameters.contains_key("NextToken")).edit_by_call(
        move |call, answer| {
            let whole = std::mem::replace(answer, Answer::json(200, &json!({list: [], "NextToken": TOKEN})));
            kept.lock().expect("the pages").insert(question(&call.parameters), whole);
        },
    );
    let next = Rule::on(service, operation)
        .when(|call| call.parameters.get("NextToken").is_some_and(|token| token == TOKEN))
        .answer_by_call(move |call| {
            later.lock().expect("the pages").remove(&question(&call.parameters)).expect("the page before")
        });
    [first, next]
}
