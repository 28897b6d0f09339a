//! The last two links of a message's way, which one requirement judges together: whether somebody is subscribed, and whether their
//! filter lets the message through.

use super::{Kind, Readers, has_arn};
use crate::account::Observed;
use crate::account::facts::Subscription;
use crate::model::finding::Finding;
use crate::model::status::Status;

/// The filter of a subscription.
pub const FILTER: &str = "filter";
/// Whoever is subscribed and has confirmed it.
pub const SUBSCRIBER: &str = "subscriber";

/// The finding on who reads a topic, its two links told apart. A topic without a subscriber may still come to less than a failure: then
/// that is what its link comes to.
#[must_use]
pub fn told_apart(finding: Finding, readers: &Readers<'_>) -> Finding {
    let subscriber = readers.subscribed();
    let filter = match (subscriber, finding.status) {
        // Where nobody is subscribed there is no filter.
        (Status::Fail, _) => None,
        (Status::Unknown, _) => Some(Status::Unknown),
        // What is no worse than whoever is subscribed came through.
        (subscriber, whole) if whole <= subscriber => Some(Status::Pass),
        (_, whole) => Some(whole),
    };
    let subscriber = subscriber.min(finding.status);
    finding.with_links([(FILTER, filter), (SUBSCRIBER, Some(subscriber))])
}

impl Readers<'_> {
    /// Whether somebody has a confirmed subscription, whatever it filters. The best subscription decides.
    fn subscribed(&self) -> Status {
        match self.list {
            Ok(list) if list.get().is_some() => {
                self.subscriptions().map(|subscription| self.confirmed(subscription)).min().unwrap_or(Status::Fail)
            }
            Ok(_) | Err(_) => Status::Unknown,
        }
    }

    fn confirmed(&self, subscription: Observed<'_, Subscription>) -> Status {
        let Subscription { arn, protocol, .. } = subscription.get();
        if !has_arn(subscription.get()) {
            return Status::Fail;
        }
        let pending = match self.attributes.get(arn.as_str()) {
            // Nobody asked, since nothing hangs on it.
            None => false,
            Some(Ok(attributes)) => match attributes.get() {
                Some(attributes) => attributes.pending_confirmation == Some(true),
                None => return Status::Unknown,
            },
            Some(Err(_)) => return Status::Unknown,
        };
        match protocol.as_deref().and_then(Kind::of) {
            _ if pending => Status::Fail,
            Some(Kind::Human) => Status::Pass,
            Some(Kind::Phone | Kind::Machine) => Status::Warn,
            None => Status::Unknown,
        }
    }
}
