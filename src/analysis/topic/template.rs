//! A topic for alerts, as a template makes it: its policy lets one publisher publish for this account, and the account do the rest.

use serde_json::{Value, json};

use super::TopicArn;
use crate::model::cfn_resource::{Parameter, Resource, id_in, made, reference};

/// What the owner of a topic may do, as SNS's own default policy lists it.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>
const OWNERS: [&str; 8] = [
    "sns:GetTopicAttributes",
    "sns:SetTopicAttributes",
    "sns:AddPermission",
    "sns:RemovePermission",
    "sns:DeleteTopic",
    "sns:Subscribe",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
];

/// A topic that a template makes.
pub struct NewTopic<'a> {
    /// Its ARN, once it is made.
    pub arn: TopicArn<'a>,
    /// The ARN pattern of the alarms that publish to it.
    pub alarms: &'a str,
    /// The requirement that fails for want of it.
    pub closes: &'static str,
    /// Whether it may exist, since nobody looked.
    pub may_exist: bool,
}

impl NewTopic<'_> {
    fn id(&self) -> String {
        id_in("AlertTopic", self.arn.region)
    }

    /// How another resource refers to it.
    #[must_use]
    pub fn reference(&self) -> Value {
        let made_here = reference(&self.id());
        if self.may_exist {
            json!({"Fn::If": [made(&id_in("TopicIn", self.arn.region)), made_here, self.arn.to_string()]})
        } else {
            made_here
        }
    }

    /// The topic, its policy, and its subscriber.
    #[must_use]
    pub fn resources(&self) -> Vec<Resource> {
        let TopicArn { region, account, partition, name } = self.arn;
        let unless = self.may_exist.then(|| Parameter {
            id: id_in("TopicIn", region),
            variable: None,
            what: format!("missing, or exists: whether topic {name} is in {region} already; the audit didn't look"),
            default: Some("missing"),
            pattern: "missing|exists",
        });
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OwnAccount",
                    "Effect": "Allow",
                    "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")},
                    "Action": OWNERS,
                    "Resource": reference(&self.id()),
                },
                {
                    "Sid": "OwnAlarms",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": reference(&self.id()),
                    "Condition": {
                        "ArnLike": {"aws:SourceArn": self.alarms},
                        "StringEquals": {"aws:SourceAccount": account},
                    },
                },
            ],
        });
        let new =
            |id: &str, kind, properties| Resource::new(self.closes, &id_in(id, region), kind, properties).at(region);
        vec![
            // With a topic go its subscriptions, which their recipients have confirmed.
            new("AlertTopic", "AWS::SNS::Topic", json!({"TopicName": name})).unless(unless.clone()).kept(),
            new(
                "AlertTopicPolicy",
                "AWS::SNS::TopicPolicy",
                json!({"Topics": [reference(&self.id())], "PolicyDocument": policy}),
            )
            .unless(unless)
            .kept(),
            subscription(self.closes, region, &self.reference()),
        ]
    }
}

/// The subscription of an e-mail address.
#[must_use]
pub fn subscription(closes: &'static str, region: &str, topic: &Value) -> Resource {
    let email = Parameter::alert_email();
    let properties = json!({"TopicArn": topic, "Protocol": "email", "Endpoint": email.reference()});
    Resource::new(closes, &id_in("AlertSubscription", region), "AWS::SNS::Subscription", properties)
        .at(region)
        .asking(email)
        .kept()
}
