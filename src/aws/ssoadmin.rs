//! IAM Identity Center: its instances, permission sets and assignments.

use aws_sdk_ssoadmin::Client;
use aws_sdk_ssoadmin::config::{Builder, Region};
use aws_types::SdkConfig;

use super::convert::{each, need, need_text, text, time};
use super::errors::cause;
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use super::pages::{self, Page};
use crate::account::facts::{AccountAssignment, IdentityCenterInstance, PermissionSet};
use crate::account::source::Answer;

/// The most that AWS gives:
/// [ListInstances](https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html).
const ITEMS_A_PAGE: i32 = 100;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

pub(super) async fn instances(client: &Client) -> Answer<Vec<IdentityCenterInstance>> {
    pages::all(async |token, page| {
        let request = client.list_instances().max_results(ITEMS_A_PAGE).set_next_token(token);
        let answer = request.send().await.map_err(|error| cause(&error, page))?;
        let items = each(need(answer.instances, "Instances")?, |instance| {
            Ok(IdentityCenterInstance {
                arn: need_text(instance.instance_arn, "InstanceArn")?,
                owner_account: text(instance.owner_account_id),
                identity_store: text(instance.identity_store_id),
                status: instance.status.map(|status| status.as_str().to_owned()),
                created: time(instance.created_date),
                primary_region: text(instance.primary_region),
            })
        })?;
        Ok(Page { items, next: answer.next_token })
    })
    .await
}

pub(super) async fn provisioned_permission_sets(client: &Client, instance: &str, account: &str) -> Answer<Vec<String>> {
    pages::all(async |token, page| {
        let request = client.list_permission_sets_provisioned_to_account().instance_arn(instance).account_id(account);
        let request = request.max_results(ITEMS_A_PAGE).set_next_token(token);
        let answer = request.send().await.map_err(|error| cause(&error, page))?;
        Ok(Page { items: need(answer.permission_sets, "PermissionSets")?, next: answer.next_token })
    })
    .await
}

pub(super) async fn permission_set(client: &Client, instance: &str, set: &str) -> Answer<PermissionSet> {
    let request = client.describe_permission_set().instance_arn(instance).permission_set_arn(set);
    let answer = request.send().await.map_err(|error| cause(&error, 1))?;
    Ok(PermissionSet { name: need_text(need(answer.permission_set, "PermissionSet")?.name, "Name")? })
}

pub(super) async fn account_assignments(
    client: &Client,
    instance: &str,
    account: &str,
    set: &str,
) -> Answer<Vec<AccountAssignment>> {
    pages::all(async |token, page| {
        let request = client.list_account_assignments().instance_arn(instance).account_id(account);
        let request = request.permission_set_arn(set).max_results(ITEMS_A_PAGE).set_next_token(token);
        let answer = request.send().await.map_err(|error| cause(&error, page))?;
        let items = each(need(answer.account_assignments, "AccountAssignments")?, |assignment| {
            Ok(AccountAssignment {
                principal_type: assignment.principal_type.map(|kind| kind.as_str().to_owned()),
                principal_id: text(assignment.principal_id),
            })
        })?;
        Ok(Page { items, next: answer.next_token })
    })
    .await
}
