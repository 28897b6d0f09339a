//! The organization: its accounts, OUs and service control policies.

use aws_sdk_organizations::Client;
use aws_sdk_organizations::config::{Builder, Region};
use aws_sdk_organizations::types::PolicyType;
use aws_types::SdkConfig;

use super::convert::{each, need, need_text, text, time};
use super::errors::{cause, says};
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use super::pages::{self, Page};
use crate::account::facts::{
    Organization, OrganizationAccount, OrganizationRoot, OrganizationalUnit, RootPolicyType, Scp, ScpTarget,
};
use crate::account::source::Answer;

/// The most that AWS gives:
/// [ListAccounts](https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html).
const ITEMS_A_PAGE: i32 = 20;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

/// A standalone account is told by an error:
/// [DescribeOrganization](https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html).
pub(super) async fn organization(client: &Client) -> Answer<Option<Organization>> {
    let answer = match client.describe_organization().send().await {
        Ok(answer) => answer,
        Err(error) if says(&error, &["AWSOrganizationsNotInUseException"]) => return Ok(None),
        Err(error) => return Err(cause(&error, 1)),
    };
    let organization = need(answer.organization, "Organization")?;
    Ok(Some(Organization {
        id: need_text(organization.id, "Id")?,
        management_account: need_text(organization.master_account_id, "MasterAccountId")?,
        feature_set: organization.feature_set.map(|set| set.as_str().to_owned()),
    }))
}

/// All pages of a list: `$items` is the answer's member, `$translate` makes a fact of each of its items.
macro_rules! list {
    ($request:expr, $items:ident, $member:literal, $translate:expr) => {
        pages::all(async |token, page| {
            let answer = $request
                .max_results(ITEMS_A_PAGE)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| cause(&error, page))?;
            Ok(Page { items: each(need(answer.$items, $member)?, $translate)?, next: answer.next_token })
        })
        .await
    };
}

pub(super) async fn roots(client: &Client) -> Answer<Vec<OrganizationRoot>> {
    list!(client.list_roots(), roots, "Roots", |root| {
        let policy_types = root.policy_types.unwrap_or_default().into_iter().map(|listed| RootPolicyType {
            kind: listed.r#type.map(|kind| kind.as_str().to_owned()),
            status: listed.status.map(|status| status.as_str().to_owned()),
        });
        Ok(OrganizationRoot {
            id: need_text(root.id, "Id")?,
            arn: need_text(root.arn, "Arn")?,
            name: text(root.name),
            policy_types: policy_types.collect(),
        })
    })
}

pub(super) async fn accounts(client: &Client) -> Answer<Vec<OrganizationAccount>> {
    list!(client.list_accounts(), accounts, "Accounts", |account| {
        Ok(OrganizationAccount {
            id: need_text(account.id, "Id")?,
            arn: text(account.arn),
            name: text(account.name),
            state: account.state.map(|state| state.as_str().to_owned()),
            status: account.status.map(|status| status.as_str().to_owned()),
            paths: account.paths,
            joined: time(account.joined_timestamp),
        })
    })
}

pub(super) async fn organizational_units(client: &Client, parent: &str) -> Answer<Vec<OrganizationalUnit>> {
    list!(
        client.list_organizational_units_for_parent().parent_id(parent),
        organizational_units,
        "OrganizationalUnits",
        |unit| Ok(OrganizationalUnit {
            id: need_text(unit.id, "Id")?,
            arn: text(unit.arn),
            name: need_text(unit.name, "Name")?,
        })
    )
}

pub(super) async fn accounts_of(client: &Client, parent: &str) -> Answer<Vec<String>> {
    list!(client.list_accounts_for_parent().parent_id(parent), accounts, "Accounts", |account| need_text(
        account.id, "Id"
    ))
}

pub(super) async fn scps(client: &Client) -> Answer<Vec<Scp>> {
    list!(client.list_policies().filter(PolicyType::ServiceControlPolicy), policies, "Policies", |policy| Ok(Scp {
        id: need_text(policy.id, "Id")?,
        arn: text(policy.arn),
        name: need_text(policy.name, "Name")?,
        aws_managed: policy.aws_managed,
    }))
}

pub(super) async fn scp_document(client: &Client, id: &str) -> Answer<String> {
    let answer = client.describe_policy().policy_id(id).send().await.map_err(|error| cause(&error, 1))?;
    need_text(need(answer.policy, "Policy")?.content, "Content")
}

pub(super) async fn scp_targets(client: &Client, id: &str) -> Answer<Vec<ScpTarget>> {
    list!(client.list_targets_for_policy().policy_id(id), targets, "Targets", |target| Ok(ScpTarget {
        id: need_text(target.target_id, "TargetId")?,
        name: text(target.name),
        kind: target.r#type.map(|kind| kind.as_str().to_owned()),
    }))
}

pub(super) async fn trusted_services(client: &Client) -> Answer<Vec<String>> {
    list!(
        client.list_aws_service_access_for_organization(),
        enabled_service_principals,
        "EnabledServicePrincipals",
        |service| need_text(service.service_principal, "ServicePrincipal")
    )
}
