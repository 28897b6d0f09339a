//! The account that has done all the labs.

use serde_json::{Value, json};

use super::{Account, Alarm, BILLING, HOME, Trail};

/// The topic of the labs.
const TOPIC: &str = "SecurityAlerts";

impl Account {
    /// The finished account of the labs. What the emulator cannot hold of it, [`super::super::edits::ready`] supplies.
    pub(crate) fn ready(self) -> Self {
        self.ready_but_for_the_topic_in(HOME)
    }

    /// The same with the home region's topic in this region.
    pub(crate) fn ready_but_for_the_topic_in(self, region: &str) -> Self {
        self.admin_user("admin")
            .recorded()
            .watched(region)
            .watched(BILLING)
            .billing_metric()
            .alarm(Alarm::default())
            .instance_role("EC2-SSM")
            .log_readers("LogReaders", &["admin"])
    }

    /// The lab's trail with its bucket.
    pub(crate) fn recorded(self) -> Self {
        let trail = Trail::default();
        self.log_bucket_for(&trail).trail(trail)
    }

    /// The lab's topic in a region, read by e-mail.
    pub(crate) fn watched(self, region: &str) -> Self {
        self.topic(region, TOPIC).subscription(region, TOPIC, "email", "security@example.com")
    }

    /// A group whose members may read the logs, by a policy of the same name.
    pub(crate) fn log_readers(self, name: &str, members: &[&str]) -> Self {
        self.managed_policy(name, &self.log_reading_policy())
            .group(name, members)
            .group_has_policy(name, &self.policy_arn(name))
    }

    /// The policy of the lab's own exercise: read the logs, no more.
    pub(crate) fn log_reading_policy(self) -> Value {
        let bucket = format!("arn:aws:s3:::{}", self.log_bucket());
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("{bucket}/*")},
        ]})
    }
}
