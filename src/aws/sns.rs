//! Topics and their subscriptions.

use aws_sdk_sns::Client;
use aws_sdk_sns::config::{Builder, Region};
use aws_sdk_sns::types;
use aws_types::SdkConfig;

use super::convert::{each, malformed, need, need_text, text};
use super::errors::{cause, says};
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use super::{mask, pages};
use crate::account::facts::{Subscription, SubscriptionAttributes, Topic};
use crate::account::source::Answer;

/// How SNS says that there is no such topic or subscription.
const NOT_FOUND: &[&str] = &["NotFound", "NotFoundException"];

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

pub(super) async fn topics(client: &Client) -> Answer<Vec<String>> {
    pages::all(async |token, page| {
        let answer = client.list_topics().set_next_token(token).send().await.map_err(|error| cause(&error, page))?;
        let items = each(need(answer.topics, "Topics")?, |topic| need_text(topic.topic_arn, "TopicArn"))?;
        Ok(pages::Page { items, next: answer.next_token })
    })
    .await
}

pub(super) async fn topic(client: &Client, arn: &str) -> Answer<Option<Topic>> {
    let answer = match client.get_topic_attributes().topic_arn(arn).send().await {
        Ok(answer) => answer,
        Err(error) if says(&error, NOT_FOUND) => return Ok(None),
        Err(error) => return Err(cause(&error, 1)),
    };
    let mut attributes = need(answer.attributes, "Attributes")?;
    // Without its key a topic would look unencrypted, so the answer has to be one about a topic.
    if attributes.get("TopicArn").map(String::as_str) != Some(arn) {
        return Err(malformed("it isn't about this topic"));
    }
    Ok(Some(Topic { policy: text(attributes.remove("Policy")), kms_key: text(attributes.remove("KmsMasterKeyId")) }))
}

pub(super) async fn subscriptions(client: &Client, topic: &str) -> Answer<Option<Vec<Subscription>>> {
    let mut exists = true;
    let subscriptions = pages::all(async |token, page| {
        match client.list_subscriptions_by_topic().topic_arn(topic).set_next_token(token).send().await {
            Ok(answer) => {
                let items = each(need(answer.subscriptions, "Subscriptions")?, subscription)?;
                Ok(pages::Page { items, next: answer.next_token })
            }
            Err(error) if page == 1 && says(&error, NOT_FOUND) => {
                exists = false;
                Ok(pages::Page { items: Vec::new(), next: None })
            }
            Err(error) => Err(cause(&error, page)),
        }
    })
    .await?;
    Ok(exists.then_some(subscriptions))
}

fn subscription(subscription: types::Subscription) -> Answer<Subscription> {
    let protocol = text(subscription.protocol);
    Ok(Subscription {
        arn: need_text(subscription.subscription_arn, "SubscriptionArn")?,
        endpoint: text(subscription.endpoint).map(|endpoint| mask::endpoint(protocol.as_deref(), &endpoint)),
        protocol,
    })
}

pub(super) async fn subscription_attributes(client: &Client, arn: &str) -> Answer<Option<SubscriptionAttributes>> {
    let answer = match client.get_subscription_attributes().subscription_arn(arn).send().await {
        Ok(answer) => answer,
        Err(error) if says(&error, NOT_FOUND) => return Ok(None),
        Err(error) => return Err(cause(&error, 1)),
    };
    let mut attributes = need(answer.attributes, "Attributes")?;
    // Without its filter a subscription would look as if it passed everything on.
    if attributes.get("SubscriptionArn").map(String::as_str) != Some(arn) {
        return Err(malformed("it isn't about this subscription"));
    }
    Ok(Some(SubscriptionAttributes {
        pending_confirmation: match attributes.remove("PendingConfirmation").as_deref() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        },
        filter_policy: text(attributes.remove("FilterPolicy")),
        filter_policy_scope: text(attributes.remove("FilterPolicyScope")),
    }))
}
