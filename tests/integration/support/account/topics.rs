//! Topics and who reads them.

use serde_json::{Value, json};

use super::Account;

impl Account {
    /// A topic with SNS's default policy. The emulator confirms e-mail at once; [`super::super::edits::pending`] takes that back.
    pub(crate) fn topic(self, region: &str, name: &str) -> Self {
        self.sns(region, "CreateTopic", json!({"Name": name}))
    }

    /// Somebody who reads a topic.
    pub(crate) fn subscription(self, region: &str, topic: &str, protocol: &str, endpoint: &str) -> Self {
        self.subscription_with(region, topic, protocol, endpoint, &[])
    }

    /// The same with attributes, such as `FilterPolicy` and `FilterPolicyScope`.
    pub(crate) fn subscription_with(
        self,
        region: &str,
        topic: &str,
        protocol: &str,
        endpoint: &str,
        attributes: &[(&str, &str)],
    ) -> Self {
        let entry: Value = attributes
            .iter()
            .enumerate()
            .map(|(index, (key, value))| ((index + 1).to_string(), json!({"key": key, "value": value})))
            .collect();
        let wanted = json!({
            "TopicArn": self.topic_arn(region, topic),
            "Protocol": protocol,
            "Endpoint": endpoint,
            "ReturnSubscriptionArn": true,
            "Attributes": {"entry": entry},
        });
        self.sns(region, "Subscribe", wanted)
    }

    /// Writes a topic's policy.
    pub(crate) fn topic_policy(self, region: &str, topic: &str, policy: &Value) -> Self {
        self.topic_attribute(region, topic, "Policy", &policy.to_string())
    }

    /// Sets an attribute of a topic, such as `KmsMasterKeyId`.
    pub(crate) fn topic_attribute(self, region: &str, topic: &str, name: &str, value: &str) -> Self {
        let wanted = json!({"TopicArn": self.topic_arn(region, topic), "AttributeName": name, "AttributeValue": value});
        self.sns(region, "SetTopicAttributes", wanted)
    }

    /// The ARN of a topic.
    pub(crate) fn topic_arn(self, region: &str, topic: &str) -> String {
        self.arn("sns", region, topic)
    }

    fn sns(self, region: &str, operation: &str, parameters: Value) -> Self {
        self.call("sns", region, operation, parameters);
        self
    }
}
