//! `/action` and what hangs on it: the topic that the alarm notifies. Several actions are candidates; the best one decides, with its
//! whole chain.

use futures_util::future::join_all;

use super::publish::{Around, Publishing, TopicFacts};
use super::remedy::Plan;
use super::{ACTION, PUBLISH, SUBSCRIBER, TOPIC};
use crate::account::facts::{Alarms, Caller, CompositeAlarm, MetricAlarm};
use crate::account::{Account, Fact, Observed};
use crate::analysis::subscriber::{self, AlarmMessage, Readers};
use crate::analysis::topic::{self, TopicArn};
use crate::model::finding::{Candidate, Evidence, Finding, Outcome, Subject};

/// The links of a whole chain: the action and what hangs on it.
const LINKS: usize = [&ACTION, &PUBLISH, &SUBSCRIBER, &TOPIC].len();

/// What an alarm action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A topic of this account and region.
    Own,
    /// A topic of another region, which no alarm can notify.
    OtherRegion,
    /// Another account's topic, of which nothing can be seen from here.
    OtherAccount,
    /// No topic.
    NoTopic,
}

impl Place {
    fn of(action: &str, region: &str, caller: &Caller) -> Place {
        match TopicArn::parse(action) {
            Some(topic) if topic.partition != caller.partition() => Place::NoTopic,
            Some(topic) if topic.region != region => Place::OtherRegion,
            Some(topic) if topic.account != caller.account => Place::OtherAccount,
            Some(_) => Place::Own,
            None => Place::NoTopic,
        }
    }
}

/// The actions of an alarm, as far as CloudWatch tells them.
pub(super) fn told(alarm: &MetricAlarm) -> &[String] {
    alarm.alarm_actions.as_deref().unwrap_or_default()
}

/// A topic of this account and region that an alarm notifies, and all that is asked of it.
pub(super) struct Target<'a> {
    pub(super) topic: TopicFacts<'a>,
    readers: Readers<'a>,
}

/// Asks about the topics that an alarm notifies when it goes off.
pub(super) async fn targets<'a>(
    account: &'a Account,
    region: &str,
    caller: Fact<'a, Caller>,
    alarm: &'a MetricAlarm,
) -> Vec<Target<'a>> {
    let Ok(caller) = caller else { return Vec::new() };
    let message = AlarmMessage { alarm: &alarm.name, account: &caller.get().account, region };
    let own = told(alarm).iter().filter(|action| Place::of(action, region, caller.get()) == Place::Own);
    join_all(own.map(|arn| target(account, region, arn, message))).await
}

async fn target<'a>(account: &'a Account, region: &str, arn: &str, message: AlarmMessage<'_>) -> Target<'a> {
    let (topic, readers) =
        tokio::join!(TopicFacts::ask(account, region, arn), Readers::of(account, region, arn, Some(&message)));
    Target { topic, readers }
}

impl Target<'_> {
    fn exists(&self) -> Result<Observed<'_, bool>, crate::account::Unavailable> {
        topic::exists(self.topic.attributes, self.readers.list())
    }

    /// Known not to exist.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.exists(), Ok(exists) if !exists.get())
    }
}

/// What is judged about an alarm's actions.
pub(super) struct Actions<'a> {
    pub(super) alarm: Observed<'a, MetricAlarm>,
    pub(super) alarms: Observed<'a, Alarms>,
    pub(super) caller: Fact<'a, Caller>,
    pub(super) region: &'a str,
    pub(super) around: Around<'a>,
    pub(super) targets: &'a [Target<'a>],
    pub(super) plan: &'a Plan<'a>,
}

impl Actions<'_> {
    /// The findings of the action that decides: its own, and those of the chain behind it.
    pub(super) fn judge(&self) -> Vec<Finding> {
        let alarm = self.alarm.get();
        if alarm.alarm_actions.is_none() {
            let unavailable = self.alarm.undetermined("CloudWatch doesn't return the alarm's actions");
            let links = [&ACTION, &PUBLISH, &SUBSCRIBER, &TOPIC];
            return links.map(|link| link.unknown(&self.alarm_subject(), &unavailable)).into();
        }
        let chains = told(alarm).iter().filter_map(|action| self.chain(action));
        // Where the action fails, the links behind it are not judged, and no better for that: whoever notifies a topic is closer.
        let unjudged = |chain: &Candidate| LINKS - chain.findings.len();
        let closeness = |chain: &Candidate| (chain.status(), chain.failed() + unjudged(chain));
        let best = chains.min_by(|a, b| closeness(a).cmp(&closeness(b)).then_with(|| a.name.cmp(&b.name)));
        match best {
            Some(chain) => chain.findings,
            None => vec![self.fail(&self.alarm_subject(), self.no_topic())],
        }
    }

    fn alarm_subject(&self) -> Subject {
        Subject::regional(&self.alarm.get().arn, self.region)
    }

    /// `None`: it is no topic, and does not count.
    fn chain(&self, action: &str) -> Option<Candidate> {
        let subject = Subject::regional(action, self.region);
        let caller = match self.caller {
            Ok(caller) => caller,
            Err(unavailable) => {
                let topic = TopicArn::parse(action)?;
                let findings = if topic.region == self.region {
                    [&ACTION, &PUBLISH, &SUBSCRIBER, &TOPIC].map(|link| link.unknown(&subject, unavailable)).into()
                } else {
                    vec![self.other_region(action, topic)]
                };
                return Some(Candidate { name: action.to_owned(), findings });
            }
        };
        let findings = match Place::of(action, self.region, caller.get()) {
            Place::NoTopic => return None,
            Place::OtherRegion => vec![self.other_region(action, TopicArn::parse(action)?)],
            Place::OtherAccount => {
                let unavailable = self.alarm.undetermined(format!(
                    "Alarm `{}` notifies {action}. Topics of another account can't be evaluated from here",
                    self.alarm.get().name
                ));
                [&ACTION, &PUBLISH, &SUBSCRIBER, &TOPIC].map(|link| link.unknown(&subject, &unavailable)).into()
            }
            Place::Own => {
                let target = self.targets.iter().find(|target| target.topic.arn == action)?;
                self.own(target, caller, &subject)
            }
        };
        Some(Candidate { name: action.to_owned(), findings })
    }

    fn own(&self, target: &Target<'_>, caller: Observed<'_, Caller>, subject: &Subject) -> Vec<Finding> {
        if target.is_missing() {
            return vec![self.fail(
                subject,
                format!("Alarm `{}` notifies {}, a topic that doesn't exist", self.alarm.get().name, target.topic.arn),
            )];
        }
        let alarm = self.alarm.get();
        let message = AlarmMessage { alarm: &alarm.name, account: &caller.get().account, region: self.region };
        let publishing = Publishing::of(&target.topic, &alarm.arn, caller, self.around);
        let links = publishing.links();
        let published = PUBLISH.judge(subject, || publishing.judge()).with_links(links);
        vec![
            ACTION.judge(subject, || {
                let exists = target.exists()?;
                let evidence = Evidence::new(self.alarm, "alarm_actions", &alarm.alarm_actions).and(
                    exists,
                    "topic_exists",
                    exists.get(),
                );
                Ok(Outcome::pass(format!("Alarm `{}` notifies {}", alarm.name, target.topic.arn), evidence))
            }),
            published,
            subscriber::links::told_apart(
                SUBSCRIBER.judge(subject, || target.readers.judge(Some(&message))),
                &target.readers,
            ),
            TOPIC.judge(subject, || Ok(self.expected(&target.topic.arn, caller))),
        ]
    }

    /// `/topic`: whether it is the expected one. Told by the ARN alone.
    fn expected(&self, topic: &str, caller: Observed<'_, Caller>) -> Outcome {
        let evidence = Evidence::new(self.alarm, "topic", topic).and(caller, "account", &caller.get().account);
        let name = self.plan.topic_name;
        if TopicArn::parse(topic).is_some_and(|topic| topic.name == name) {
            return Outcome::pass(
                format!("Alarm `{}` notifies the expected topic {name}", self.alarm.get().name),
                evidence,
            );
        }
        let message = format!("Alarm `{}` notifies another topic than {name}", self.alarm.get().name);
        Outcome::warn(message, evidence, self.plan.notify_expected(self.alarm.get()))
    }

    fn fail(&self, subject: &Subject, message: String) -> Finding {
        ACTION.judge(subject, || {
            let alarm = self.alarm.get();
            let evidence = Evidence::new(self.alarm, "alarm_actions", &alarm.alarm_actions);
            let message = match self.composite() {
                Some(composite) => {
                    format!("{message}; the actions of the composite alarm {} don't count", composite.name)
                }
                None => message,
            };
            Ok(Outcome::fail(message, evidence, self.plan.notify_instead(alarm)))
        })
    }

    fn other_region(&self, action: &str, topic: TopicArn<'_>) -> Finding {
        let message = format!(
            "Alarm `{}` notifies {} in {}; an alarm in {} can only notify topics in its own Region",
            self.alarm.get().name,
            topic.name,
            topic.region,
            self.region
        );
        self.fail(&Subject::regional(action, topic.region), message)
    }

    fn no_topic(&self) -> String {
        let alarm = self.alarm.get();
        if !told(alarm).is_empty() {
            return format!("Alarm `{}` has no SNS topic as ALARM action, only {}", alarm.name, told(alarm).join(", "));
        }
        match (alarm.ok_actions.is_empty(), alarm.insufficient_data_actions.is_empty()) {
            (true, true) => format!("Alarm `{}` has no ALARM action", alarm.name),
            (false, _) => format!("Alarm `{}` has no ALARM action, only an OK action", alarm.name),
            (true, false) => format!("Alarm `{}` has no ALARM action, only one for insufficient data", alarm.name),
        }
    }

    /// A composite alarm with an action that watches this one.
    fn composite(&self) -> Option<&CompositeAlarm> {
        let alarm = self.alarm.get();
        let mut over = self.alarms.get().composite.iter().filter(|composite| {
            !composite.alarm_actions.is_empty()
                && composite
                    .rule
                    .as_deref()
                    .is_some_and(|rule| mentions(rule, &alarm.name) || mentions(rule, &alarm.arn))
        });
        over.next()
    }
}

/// Whether a composite alarm's rule names an alarm: in quotes, or bare between brackets, commas and spaces.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>
fn mentions(rule: &str, alarm: &str) -> bool {
    rule.split('"').enumerate().any(|(number, part)| {
        let is_quoted = number % 2 == 1;
        let mut bare = part.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ','));
        if is_quoted { part == alarm } else { bare.any(|word| word == alarm) }
    })
}

/// What a repaired alarm is to notify: all that it notifies now and can reach, and the expected topic where there is no other.
pub(super) fn to_keep(
    alarm: &MetricAlarm,
    targets: &[Target<'_>],
    region: &str,
    expected: Option<&str>,
) -> Vec<String> {
    let is_missing = |action: &str| targets.iter().any(|target| target.topic.arn == action && target.is_missing());
    let is_here = |action: &str| TopicArn::parse(action).is_none_or(|topic| topic.region == region);
    let mut keep: Vec<String> =
        told(alarm).iter().filter(|action| is_here(action) && !is_missing(action)).cloned().collect();
    if !keep.iter().any(|action| TopicArn::parse(action).is_some()) {
        keep.extend(expected.map(str::to_owned));
    }
    keep
}
