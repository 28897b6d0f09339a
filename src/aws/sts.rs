//! Who asks.

use aws_sdk_sts::Client;
use aws_sdk_sts::config::{Builder, Region};
use aws_types::SdkConfig;

use super::convert::{malformed, need_text};
use super::errors::cause;
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use crate::account::facts::Caller;
use crate::account::source::Answer;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

pub(super) async fn caller(client: &Client) -> Answer<Caller> {
    let answer = client.get_caller_identity().send().await.map_err(|error| cause(&error, 1))?;
    let account = need_text(answer.account, "Account")?;
    let arn = need_text(answer.arn, "Arn")?;
    // Every policy is judged against this id and this partition.
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed("Account isn't an account ID"));
    }
    if !arn.starts_with("arn:aws") {
        return Err(malformed("Arn isn't an ARN"));
    }
    Ok(Caller { account, arn })
}
