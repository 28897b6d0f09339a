//! Keys and their policies.

use aws_sdk_kms::Client;
use aws_sdk_kms::config::{Builder, Region};
use aws_types::SdkConfig;

use super::convert::{need, need_text};
use super::errors::{cause, says};
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use crate::account::facts::Key;
use crate::account::source::Answer;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

pub(super) async fn key(client: &Client, id: &str) -> Answer<Option<Key>> {
    let answer = match client.describe_key().key_id(id).send().await {
        Ok(answer) => answer,
        Err(error) if says(&error, &["NotFoundException"]) => return Ok(None),
        Err(error) => return Err(cause(&error, 1)),
    };
    let key = need(answer.key_metadata, "KeyMetadata")?;
    Ok(Some(Key {
        arn: need_text(key.arn, "Arn")?,
        manager: key.key_manager.map(|manager| manager.as_str().to_owned()),
        state: key.key_state.map(|state| state.as_str().to_owned()),
    }))
}

/// A key has one policy, `default`:
/// [GetKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html). An alias cannot be asked about.
pub(super) async fn key_policy(client: &Client, id: &str) -> Answer<Option<String>> {
    match client.get_key_policy().key_id(id).policy_name("default").send().await {
        Ok(answer) => need_text(answer.policy, "Policy").map(Some),
        Err(error) if says(&error, &["NotFoundException"]) => Ok(None),
        Err(error) => Err(cause(&error, 1)),
    }
}
