//! IAM entities and their policies.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::config::{Builder, Region};
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Details;
use aws_sdk_iam::types::{self, EntityType};
use aws_types::SdkConfig;

use super::convert::{document, each, malformed, need, need_text, time};
use super::errors::{cause, says};
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use super::pages::{self, Page};
use crate::account::facts::{
    AccessKey, AttachedPolicy, Group, InlinePolicy, LoginProfile, ManagedPolicy, MfaDevice, PolicyVersion, Role, User,
};
use crate::account::source::{Answer, PolicyScope};

/// How IAM says that there is no such thing.
const NO_SUCH: &[&str] = &["NoSuchEntity", "NoSuchEntityException"];

/// The most that AWS gives:
/// [GetAccountAuthorizationDetails](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html).
const ENTITIES_A_PAGE: i32 = 1000;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

pub(super) async fn account_alias(client: &Client) -> Answer<Option<String>> {
    let aliases = pages::all(async |token, page| {
        let answer =
            client.list_account_aliases().set_marker(token).send().await.map_err(|error| cause(&error, page))?;
        Ok(Page { items: answer.account_aliases, next: pages::marker(answer.is_truncated, answer.marker)? })
    })
    .await?;
    Ok(aliases.into_iter().next())
}

pub(super) async fn account_summary(client: &Client) -> Answer<BTreeMap<String, i64>> {
    let answer = client.get_account_summary().send().await.map_err(|error| cause(&error, 1))?;
    let summary = need(answer.summary_map, "SummaryMap")?;
    Ok(summary.into_iter().map(|(key, value)| (key.as_str().to_owned(), i64::from(value))).collect())
}

/// All entities of one kind; `entities` takes them out of a page.
async fn details<T, U>(
    client: &Client,
    filter: EntityType,
    entities: impl Fn(&mut Details) -> Answer<Vec<T>>,
    translate: impl Fn(T) -> Answer<U>,
) -> Answer<Vec<U>> {
    pages::all(async |token, page| {
        let mut answer = client
            .get_account_authorization_details()
            .filter(filter.clone())
            .max_items(ENTITIES_A_PAGE)
            .set_marker(token)
            .send()
            .await
            .map_err(|error| cause(&error, page))?;
        let items = each(entities(&mut answer)?, &translate)?;
        Ok(Page { items, next: pages::marker(answer.is_truncated, answer.marker)? })
    })
    .await
}

pub(super) async fn users(client: &Client) -> Answer<Vec<User>> {
    details(client, EntityType::User, |page| need(page.user_detail_list.take(), "UserDetailList"), user).await
}

pub(super) async fn groups(client: &Client) -> Answer<Vec<Group>> {
    details(client, EntityType::Group, |page| need(page.group_detail_list.take(), "GroupDetailList"), group).await
}

pub(super) async fn roles(client: &Client) -> Answer<Vec<Role>> {
    details(client, EntityType::Role, |page| need(page.role_detail_list.take(), "RoleDetailList"), role).await
}

pub(super) async fn policies(client: &Client, scope: PolicyScope) -> Answer<Vec<ManagedPolicy>> {
    let filter = match scope {
        PolicyScope::Customer => EntityType::LocalManagedPolicy,
        PolicyScope::Aws => EntityType::AwsManagedPolicy,
    };
    details(client, filter, |page| need(page.policies.take(), "Policies"), |policy| managed_policy(policy, scope)).await
}

fn user(user: types::UserDetail) -> Answer<User> {
    Ok(User {
        name: need_text(user.user_name, "UserName")?,
        arn: need_text(user.arn, "Arn")?,
        // AWS leaves this list out for a user without inline policies; the other two it always sends.
        inline_policies: each(user.user_policy_list.unwrap_or_default(), inline_policy)?,
        attached_policies: attached(user.attached_managed_policies)?,
        groups: need(user.group_list, "GroupList")?,
        boundary: boundary(user.permissions_boundary)?,
    })
}

fn group(group: types::GroupDetail) -> Answer<Group> {
    Ok(Group {
        name: need_text(group.group_name, "GroupName")?,
        arn: need_text(group.arn, "Arn")?,
        inline_policies: each(need(group.group_policy_list, "GroupPolicyList")?, inline_policy)?,
        attached_policies: attached(group.attached_managed_policies)?,
    })
}

fn role(role: types::RoleDetail) -> Answer<Role> {
    Ok(Role {
        name: need_text(role.role_name, "RoleName")?,
        arn: need_text(role.arn, "Arn")?,
        path: need_text(role.path, "Path")?,
        // A document that is absent or empty does not parse: that role is unread in that, and the others are not.
        trust_policy: document(&role.assume_role_policy_document.unwrap_or_default()),
        inline_policies: each(need(role.role_policy_list, "RolePolicyList")?, inline_policy)?,
        attached_policies: attached(role.attached_managed_policies)?,
        instance_profiles: each(need(role.instance_profile_list, "InstanceProfileList")?, |profile| {
            need_text(profile.instance_profile_name, "InstanceProfileName")
        })?,
        boundary: boundary(role.permissions_boundary)?,
    })
}

fn inline_policy(policy: types::PolicyDetail) -> Answer<InlinePolicy> {
    Ok(InlinePolicy {
        name: need_text(policy.policy_name, "PolicyName")?,
        document: document(&policy.policy_document.unwrap_or_default()),
    })
}

fn attached(policies: Option<Vec<types::AttachedPolicy>>) -> Answer<Vec<AttachedPolicy>> {
    each(need(policies, "AttachedManagedPolicies")?, |policy| {
        Ok(AttachedPolicy {
            name: need_text(policy.policy_name, "PolicyName")?,
            arn: need_text(policy.policy_arn, "PolicyArn")?,
        })
    })
}

/// A boundary that does not say which policy it is would read as no boundary.
fn boundary(boundary: Option<types::AttachedPermissionsBoundary>) -> Answer<Option<String>> {
    boundary.map(|boundary| need_text(boundary.permissions_boundary_arn, "PermissionsBoundaryArn")).transpose()
}

fn managed_policy(policy: types::ManagedPolicyDetail, scope: PolicyScope) -> Answer<ManagedPolicy> {
    let default_version = need_text(policy.default_version_id, "DefaultVersionId")?;
    let (mut default, mut others) = (None, policy.policy_version_list.as_ref().map(|_| Vec::new()));
    for version in policy.policy_version_list.unwrap_or_default() {
        let text = version.document.as_deref().map(document);
        if version.version_id.as_deref() == Some(default_version.as_str()) {
            default = text;
        } else if let (Some(others), PolicyScope::Customer) = (&mut others, scope) {
            others.push(PolicyVersion { id: need_text(version.version_id, "VersionId")?, document: text });
        }
    }
    Ok(ManagedPolicy {
        name: need_text(policy.policy_name, "PolicyName")?,
        arn: need_text(policy.arn, "Arn")?,
        document: default,
        default_version,
        versions: others.filter(|_| scope == PolicyScope::Customer),
    })
}

pub(super) async fn mfa_devices(client: &Client, user: &str) -> Answer<Vec<MfaDevice>> {
    pages::all(async |token, page| {
        let answer = client
            .list_mfa_devices()
            .user_name(user)
            .set_marker(token)
            .send()
            .await
            .map_err(|error| cause(&error, page))?;
        let items = each(answer.mfa_devices, |device| {
            Ok(MfaDevice { serial_number: need_text(device.serial_number, "SerialNumber")? })
        })?;
        Ok(Page { items, next: pages::marker(answer.is_truncated, answer.marker)? })
    })
    .await
}

pub(super) async fn login_profile(client: &Client, user: &str) -> Answer<Option<LoginProfile>> {
    let answer = match client.get_login_profile().user_name(user).send().await {
        Ok(answer) => answer,
        Err(error) if says(&error, NO_SUCH) => return Ok(None),
        Err(error) => return Err(cause(&error, 1)),
    };
    let profile = need(answer.login_profile, "LoginProfile")?;
    if profile.user_name != user {
        return Err(malformed("it isn't about this user"));
    }
    // The SDK fills in the beginning of 1970 where the date is missing.
    let created = time(Some(profile.create_date)).filter(|created| created.as_second() > 0);
    Ok(Some(LoginProfile { created }))
}

pub(super) async fn access_keys(client: &Client, user: &str) -> Answer<Vec<AccessKey>> {
    pages::all(async |token, page| {
        let answer = client
            .list_access_keys()
            .user_name(user)
            .set_marker(token)
            .send()
            .await
            .map_err(|error| cause(&error, page))?;
        let items = each(answer.access_key_metadata, |key| {
            let id = need_text(key.access_key_id, "AccessKeyId")?;
            let from = id.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
            Ok(AccessKey {
                id_ends_with: id.get(from..).unwrap_or_default().to_owned(),
                status: key.status.map(|status| status.as_str().to_owned()),
            })
        })?;
        Ok(Page { items, next: pages::marker(answer.is_truncated, answer.marker)? })
    })
    .await
}

pub(super) async fn policy_default_version(client: &Client, arn: &str) -> Answer<Option<String>> {
    match client.get_policy().policy_arn(arn).send().await {
        Ok(answer) => {
            let policy = need(answer.policy, "Policy")?;
            need_text(policy.default_version_id, "DefaultVersionId").map(Some)
        }
        Err(error) if says(&error, NO_SUCH) => Ok(None),
        Err(error) => Err(cause(&error, 1)),
    }
}

pub(super) async fn policy_document(client: &Client, arn: &str, version: &str) -> Answer<Option<String>> {
    match client.get_policy_version().policy_arn(arn).version_id(version).send().await {
        Ok(answer) => {
            let version = need(answer.policy_version, "PolicyVersion")?;
            Ok(Some(document(&need_text(version.document, "Document")?)))
        }
        Err(error) if says(&error, NO_SUCH) => Ok(None),
        Err(error) => Err(cause(&error, 1)),
    }
}

/// Without trusted access for IAM, or without all features, no feature is on:
/// [ListOrganizationsFeatures](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html).
pub(super) async fn root_features(client: &Client) -> Answer<Vec<String>> {
    let off = &["ServiceAccessNotEnabledException", "OrganizationNotInAllFeaturesModeException"];
    match client.list_organizations_features().send().await {
        Ok(answer) => {
            let features = need(answer.enabled_features, "EnabledFeatures")?;
            Ok(features.into_iter().map(|feature| feature.as_str().to_owned()).collect())
        }
        Err(error) if says(&error, off) => Ok(Vec::new()),
        Err(error) => Err(cause(&error, 1)),
    }
}
