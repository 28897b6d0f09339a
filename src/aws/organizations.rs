//! Which organization the account is in.

use aws_sdk_organizations::Client;
use aws_sdk_organizations::config::{Builder, Region};
use aws_types::SdkConfig;

use super::convert::{need, need_text};
use super::errors::{cause, says};
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use crate::account::facts::Organization;
use crate::account::source::Answer;

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
