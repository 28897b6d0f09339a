//! Who reads a topic: what its subscriptions and their filters come to. `security-alerts-topic` asks whether anybody does,
//! `billing-alarm` whether somebody gets one alarm's message.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::account::facts::{Subscription, SubscriptionAttributes};
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::analysis::tristate::Sure;
use crate::iam::Match;
use crate::model::finding::{Evidence, Judgement, Outcome};
use crate::model::remediation::{Command, FollowUp, Remediation, Who};

mod filter;
pub mod links;

pub use filter::AlarmMessage;
use filter::Filter;

const CONFIRM_PAGE: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html";
const SUBSCRIBE_PAGE: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html";
const FILTER_PAGE: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html";

/// What a new subscription by e-mail waits for.
const CONFIRMED: &str = "when the new subscriber confirms the subscription, within two days";

/// A topic and what the audit needs to know to judge who reads it.
pub struct Readers<'a> {
    topic: String,
    region: String,
    list: Fact<'a, Option<Vec<Subscription>>>,
    attributes: BTreeMap<&'a str, Fact<'a, Option<SubscriptionAttributes>>>,
}

/// What is at the other end.
/// <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Email and HTTP(S), which have to be confirmed.
    Human,
    /// A phone. A new account is in the SMS sandbox, so that this alone is no sure way.
    /// <https://docs.aws.amazon.com/sns/latest/dg/sns-sms-sandbox.html>
    Phone,
    /// An automated endpoint.
    Machine,
}

impl Kind {
    /// `None`: a protocol that this tool does not know.
    fn of(protocol: &str) -> Option<Kind> {
        match protocol {
            "email" | "email-json" | "http" | "https" => Some(Kind::Human),
            "sms" => Some(Kind::Phone),
            "sqs" | "lambda" | "firehose" | "application" => Some(Kind::Machine),
            _ => None,
        }
    }
}

/// What one subscription comes to.
enum SubscriptionState {
    /// The message reaches it.
    Reads(Kind, Evidence),
    /// Its filter keeps the message out; where no message in particular is asked about, it has a filter.
    Filtered(Evidence),
    /// Nobody has confirmed it.
    Pending,
    /// It was deleted.
    Gone,
    /// It is not known.
    Open(Unavailable),
}

/// Whether a subscription is listed with an ARN, not with a word in its place.
fn has_arn(subscription: &Subscription) -> bool {
    subscription.arn.starts_with("arn:")
}

fn is_listed_as(subscription: &Subscription, kind: Kind) -> bool {
    has_arn(subscription) && subscription.protocol.as_deref().and_then(Kind::of) == Some(kind)
}

/// Whether a subscription is confirmed and no automated endpoint's, by what the list alone says.
pub fn is_confirmed_by_people(subscription: Observed<'_, Subscription>) -> Sure {
    if !has_arn(subscription.get()) {
        return Ok(false);
    }
    match subscription.get().protocol.as_deref().map(Kind::of) {
        Some(Some(kind)) => Ok(kind != Kind::Machine),
        Some(None) | None => Err(subscription.undetermined("The protocol of a subscription isn't known")),
    }
}

impl<'a> Readers<'a> {
    /// Asks who is subscribed, and for the attributes on which the answer hangs: those of people, and where an alarm's message reaches
    /// none of them, those of phones and machines. Without a `message` these count whatever they filter.
    pub async fn of(account: &'a Account, region: &str, topic: &str, message: Option<&AlarmMessage<'_>>) -> Self {
        let mut readers = Readers {
            topic: topic.to_owned(),
            region: region.to_owned(),
            list: account.subscriptions(region, topic).await,
            attributes: BTreeMap::new(),
        };
        readers.ask(account, &[Kind::Human]).await;
        if message.is_some() && !readers.reaches_a_human(message) {
            readers.ask(account, &[Kind::Phone, Kind::Machine]).await;
        }
        readers
    }

    async fn ask(&mut self, account: &'a Account, kinds: &[Kind]) {
        let is_asked = |listed: &Observed<'_, Subscription>| kinds.iter().any(|kind| is_listed_as(listed.get(), *kind));
        let asked = self.subscriptions().filter(is_asked).map(|listed| {
            let arn = listed.get().arn.as_str();
            let region = &self.region;
            async move { (arn, account.subscription(region, arn).await) }
        });
        let answers = join_all(asked.collect::<Vec<_>>()).await;
        self.attributes.extend(answers);
    }

    /// The list of subscriptions itself; `None` in it: there is no such topic.
    pub fn list(&self) -> Fact<'a, Option<Vec<Subscription>>> {
        self.list
    }

    /// The subscriptions, as far as they are known.
    fn subscriptions(&self) -> impl Iterator<Item = Observed<'a, Subscription>> + use<'a> {
        let listed = match self.list {
            Ok(list) => list.present(),
            Err(_) => None,
        };
        listed.into_iter().flat_map(Observed::each)
    }

    fn reaches_a_human(&self, message: Option<&AlarmMessage<'_>>) -> bool {
        self.subscriptions().any(|subscription| {
            matches!(self.standing(subscription, message), SubscriptionState::Reads(Kind::Human, _))
        })
    }

    fn standing(
        &self,
        subscription: Observed<'a, Subscription>,
        message: Option<&AlarmMessage<'_>>,
    ) -> SubscriptionState {
        let Subscription { arn, protocol, endpoint } = subscription.get();
        if !has_arn(subscription.get()) {
            return if arn == "Deleted" { SubscriptionState::Gone } else { SubscriptionState::Pending };
        }
        let Some(protocol) = protocol.as_deref() else {
            return SubscriptionState::Open(
                subscription.undetermined("SNS doesn't return the protocol of a subscription"),
            );
        };
        let Some(kind) = Kind::of(protocol) else {
            let why = format!("A subscription has the unknown protocol {protocol}");
            return SubscriptionState::Open(subscription.undetermined(why));
        };
        let evidence = Evidence::new(subscription, "protocol", protocol).and(subscription, "endpoint", endpoint).and(
            subscription,
            "subscription",
            arn,
        );
        let attributes = match self.attributes.get(arn.as_str()) {
            Some(attributes) => *attributes,
            None if message.is_none() => return SubscriptionState::Reads(kind, evidence),
            None => {
                return SubscriptionState::Open(
                    subscription.undetermined("The subscription's filter policy wasn't requested"),
                );
            }
        };
        let attributes = match attributes {
            Ok(attributes) => attributes,
            Err(unavailable) => return SubscriptionState::Open(unavailable.clone()),
        };
        let Some(attributes) = attributes.present() else {
            return SubscriptionState::Open(
                attributes.undetermined("A subscription was listed, and then not found: audit again"),
            );
        };
        if attributes.get().pending_confirmation == Some(true) {
            return SubscriptionState::Pending;
        }
        let evidence = evidence.and(attributes, "filter_policy", &attributes.get().filter_policy);
        let filter = match Filter::of(attributes) {
            Ok(Some(filter)) => filter,
            Ok(None) => return SubscriptionState::Reads(kind, evidence),
            Err(unread) => return SubscriptionState::Open(unread),
        };
        match message.map(|message| filter.lets_through(message)) {
            Some(Match::Yes) => SubscriptionState::Reads(kind, evidence),
            None | Some(Match::No) => SubscriptionState::Filtered(evidence),
            Some(Match::Depends(keys)) => {
                let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
                let why = format!(
                    "It can't be evaluated whether the subscription's filter policy lets the alarm \
                                   through: it depends on {keys}"
                );
                SubscriptionState::Open(attributes.undetermined(why))
            }
        }
    }

    /// Whether the topic has a subscriber: a confirmed subscription by email or HTTP(S) whose filter, if it has one, lets `message`
    /// through. The best subscription decides. Without a message, one that filters at all still warns.
    pub fn judge(&self, message: Option<&AlarmMessage<'_>>) -> Judgement {
        let list = self.list?;
        let Some(list) = list.present() else {
            return Err(list.undetermined("The topic was deleted during the audit"));
        };
        let mut standings: Vec<_> = self
            .subscriptions()
            .map(|subscription| (subscription.get(), self.standing(subscription, message)))
            .collect();
        standings.sort_by(|(a, _), (b, _)| (&a.endpoint, &a.arn).cmp(&(&b.endpoint, &b.arn)));

        let read_by = |wanted: Kind| {
            standings.iter().find_map(|(subscription, standing)| match standing {
                SubscriptionState::Reads(kind, evidence) if *kind == wanted => Some((*subscription, evidence.clone())),
                _ => None,
            })
        };
        if let Some((subscription, evidence)) = read_by(Kind::Human) {
            return Ok(Outcome::pass(format!("Confirmed subscriber: {}", address(subscription)), evidence));
        }
        if let Some((_, evidence)) = read_by(Kind::Phone) {
            let message = "Only SMS subscribers: a new account is in the SMS sandbox, where SNS delivers to verified \
                 numbers only"
                .to_owned();
            let outcome = Outcome::warn(message, evidence, self.subscribe("Subscribe an email address too"));
            return Ok(outcome.resolves(CONFIRMED));
        }
        if let Some((subscription, evidence)) = read_by(Kind::Machine) {
            let message = format!("No human subscriber, only {}", address(subscription));
            let outcome = Outcome::warn(message, evidence, self.subscribe("Subscribe a human: an email address"));
            return Ok(outcome.resolves(CONFIRMED));
        }
        let filtered: Vec<_> = standings
            .iter()
            .filter_map(|(subscription, standing)| match standing {
                SubscriptionState::Filtered(evidence) => Some((*subscription, evidence)),
                _ => None,
            })
            .collect();
        if let (None, Some((subscription, evidence))) = (message, filtered.first()) {
            let message = format!("Every subscription has a filter policy, also that of {}", address(subscription));
            return Ok(Outcome::warn(message, (*evidence).clone(), self.unfilter(&filtered)));
        }
        for (_, standing) in &standings {
            if let SubscriptionState::Open(unavailable) = standing {
                return Err(unavailable.clone());
            }
        }
        Ok(self.nobody(list, &standings, &filtered))
    }

    /// Nobody reads it, and all of it was seen.
    fn nobody(
        &self,
        list: Observed<'a, Vec<Subscription>>,
        standings: &[(&Subscription, SubscriptionState)],
        filtered: &[(&Subscription, &Evidence)],
    ) -> Outcome {
        let pending: Vec<_> = standings
            .iter()
            .filter(|(_, standing)| matches!(standing, SubscriptionState::Pending))
            .map(|(subscription, _)| *subscription)
            .collect();
        let evidence = Evidence::new(list, "subscriptions", list.get().len())
            .and(list, "pending", pending.iter().map(|subscription| &subscription.endpoint).collect::<Vec<_>>())
            .and(list, "filtered", filtered.iter().map(|(subscription, _)| &subscription.arn).collect::<Vec<_>>());
        match (pending.first(), filtered.first()) {
            (Some(waiting), also_filtered) => {
                let what_to_do = match waiting.protocol.as_deref() {
                    Some("email" | "email-json") => " (open the link in the email, within two days)",
                    _ => "",
                };
                let others = match pending.len() {
                    1 => String::new(),
                    waiting => format!(" (and {} more)", waiting - 1),
                };
                let filter = match also_filtered {
                    Some(_) => ". The filter policy of a confirmed subscriber drops the alarm's message",
                    None => "",
                };
                let address = address(waiting);
                let message =
                    format!("No confirmed subscriber: {address} is pending confirmation{what_to_do}{others}{filter}");
                Outcome::fail(message, evidence, self.confirm(waiting))
                    .resolves("when the subscriber confirms; SNS deletes an unconfirmed subscription after 48 hours")
            }
            (None, Some((subscription, _))) => {
                let message = format!(
                    "No subscriber receives the alarm: the filter policy of {} drops it",
                    address(subscription)
                );
                Outcome::fail(message, evidence, self.unfilter(filtered))
            }
            (None, None) => {
                Outcome::fail("The topic has no subscription", evidence, self.subscribe("Subscribe an email address"))
                    .resolves(CONFIRMED)
            }
        }
    }

    fn subscribe_command(&self) -> Command {
        subscribe_by_email(&self.topic, &self.region)
    }

    fn subscribe(&self, summary: &str) -> Remediation {
        Remediation::new(format!("{summary}, and confirm the subscription"))
            .run(self.subscribe_command())
            .console(format!(
                "Amazon SNS in {} > Topics > {} > Create subscription > Protocol: Email; then confirm the \
                 subscription",
                self.region, self.topic
            ))
            .see(SUBSCRIBE_PAGE)
            .then(FollowUp::Does(Box::new(opened_link())))
            .finished()
    }

    fn confirm(&self, waiting: &Subscription) -> Remediation {
        let summary = match waiting.protocol.as_deref() {
            Some("email" | "email-json") => {
                "Open the confirmation link in the \"AWS Notification - Subscription Confirmation\" email (check \
                 spam). It expires after 2 days; to get a new one, subscribe again"
            }
            _ => {
                "Make the endpoint visit the SubscribeURL that SNS sent to it. It expires after 2 days; after \
                 that, subscribe again, or subscribe an email address"
            }
        };
        Remediation::new(summary)
            .run(self.subscribe_command())
            .console(format!(
                "Amazon SNS in {} > Topics > {} > Subscriptions > the subscription > Request confirmation",
                self.region, self.topic
            ))
            .see(CONFIRM_PAGE)
            .by(Who::Mailbox)
            .takes(1)
            .finished()
    }

    fn unfilter(&self, filtered: &[(&Subscription, &Evidence)]) -> Remediation {
        let commands = filtered.iter().filter(|(subscription, _)| is_listed_as(subscription, Kind::Human)).map(
            |(subscription, _)| {
                Command::aws("sns", "set-subscription-attributes")
                    .option("--subscription-arn", &subscription.arn)
                    .option("--attribute-name", "FilterPolicy")
                    .option("--attribute-value", "{}")
                    .option("--region", &self.region)
            },
        );
        let remedy = Remediation::new(
            "Remove the filter policy from a subscription, or subscribe an email \
                                       address without one",
        );
        let remedy = match commands.collect::<Vec<_>>() {
            commands if commands.is_empty() => remedy.run(self.subscribe_command()),
            commands => commands.into_iter().fold(remedy, Remediation::run),
        };
        remedy
            .console(format!(
                "Amazon SNS in {} > Subscriptions > the subscription > Edit > Subscription filter policy",
                self.region
            ))
            .see(FILTER_PAGE)
            .finished()
    }
}

/// What the owner of a mailbox does once it was subscribed: one link for each topic.
#[must_use]
pub fn opened_link() -> Remediation {
    Remediation::new(
        "Open the confirmation link in each \"AWS Notification - Subscription Confirmation\" email within 2 days \
         (check spam)",
    )
    .see(CONFIRM_PAGE)
    .by(Who::Mailbox)
    .takes(1)
}

/// The command that subscribes an e-mail address to a topic. For one that is subscribed already it changes nothing; for one that has
/// not confirmed it sends a new e-mail.
#[must_use]
pub fn subscribe_by_email(topic: &str, region: &str) -> Command {
    Command::aws("sns", "subscribe")
        .option("--topic-arn", topic)
        .option("--protocol", "email")
        .input("--notification-endpoint", "ALERT_EMAIL", "the email address that receives the alerts")
        .option("--region", region)
}

/// Whom a subscription is for, as far as it may be shown.
fn address(subscription: &Subscription) -> String {
    let protocol = subscription.protocol.as_deref().unwrap_or("an unknown protocol");
    match subscription.endpoint.as_deref() {
        Some(endpoint) => format!("{endpoint} ({protocol})"),
        None => format!("a subscriber by {protocol}"),
    }
}
