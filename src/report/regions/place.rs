//! Where each thing is that was audited, by what the findings say of it.

use serde_json::Value;

use crate::analysis::topic::{TopicArn, is_named_as_aws_own};
use crate::iam::arn::Arn;
use crate::model::finding::{Evidence, Finding};
use crate::model::status::Status;
use crate::report::Report;

/// The topic for security alerts.
pub(super) const TOPIC: &str = "topic";
/// The billing alarm.
pub(super) const ALARM: &str = "alarm";
/// The topic that the alarm notifies.
pub(super) const TOPIC_OF_ALARM: &str = "topic of the alarm";
/// The trail.
pub(super) const TRAIL: &str = "trail";
/// The trail's bucket.
pub(super) const BUCKET: &str = "bucket";

/// The instance of IAM Identity Center.
const IDENTITY_CENTER: &str = "Identity Center";
/// Where the member accounts of an organization can work.
const MEMBERS: &str = "member accounts";

/// A thing that was audited, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is, e.g. `topic`.
    pub thing: &'static str,
    /// Its ARN, or its name where AWS gives none; `None` where there is none, or it was not seen.
    pub resource: Option<String>,
    /// Where it is, or is looked for.
    pub scope: Scope,
    /// Whether it was seen there.
    pub standing: Presence,
}

/// Whether a thing belongs to a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// To none: it is the same in all of them.
    Global,
    /// To one; `None` where it was not told which.
    Regional(Option<String>),
}

/// Whether a thing is where it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It was seen there.
    Present,
    /// It was seen not to be there.
    Absent,
    /// Neither.
    Unseen,
}

impl Presence {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Presence::Present => "present",
            Presence::Absent => "absent",
            Presence::Unseen => "unknown",
        }
    }

    /// Of a thing whose requirement says whether it exists.
    const fn of(status: Status) -> Presence {
        match status {
            Status::Pass | Status::Warn => Presence::Present,
            Status::Fail => Presence::Absent,
            Status::Unknown => Presence::Unseen,
        }
    }
}

impl Place {
    /// Its region, if it is known to have one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match &self.scope {
            Scope::Global => None,
            Scope::Regional(region) => region.as_deref(),
        }
    }

    /// What people call it: the end of its ARN, else the whole.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let resource = self.resource.as_deref()?;
        let Some(Arn { resource: of_service, .. }) = Arn::parse(resource) else { return Some(resource) };
        Some(of_service.split_once([':', '/']).map_or(of_service, |(_, name)| name))
    }

    fn regional(thing: &'static str, standing: Presence, finding: &Finding) -> Place {
        let resource = finding.subject.resource.clone();
        Place { thing, resource, scope: Scope::Regional(finding.subject.region.clone()), standing }
    }
}

/// All places, in the order of the checks.
pub(super) fn all(report: &Report) -> Vec<Place> {
    let Report { checks, .. } = report;
    let findings: Vec<&Finding> = checks.iter().flat_map(|check| check.findings.as_slice()).collect();
    let of = |id: &str| findings.iter().copied().find(|finding| finding.id == id);
    let mut places = Vec::new();
    places.extend(of("root-mfa/mfa").map(|_| global("root user", None, Presence::Present)));
    places.extend(of("admin-user-mfa/exists").map(|finding| iam("administrator", finding)));
    places.extend(of("multi-region-trail/multi-region").into_iter().flat_map(trails));
    places.extend(of("multi-region-trail/bucket").map(bucket));
    places.extend(
        of("organization-trail/exists").map(|finding| Place::regional(TRAIL, Presence::of(finding.status), finding)),
    );
    places.extend(of("organization-trail/bucket").map(bucket));
    places.extend(of("security-alerts-topic/exists").into_iter().flat_map(topics));
    places.extend(of("security-alerts-topic/encryption").and_then(|finding| key("KMS key of the topic", finding)));
    let alarm = alarm(of("billing-alarm/exists"), of("billing-alarm/region"));
    let topic_of_alarm = of("billing-alarm/action").and_then(|finding| topic_of_alarm(finding, alarm.as_ref()));
    places.extend(alarm.into_iter().chain(topic_of_alarm));
    places.extend(of("billing-alarm/publish").and_then(|finding| key("KMS key of the alarm's topic", finding)));
    places.extend(of("ec2-ssm-role/trust").map(|finding| iam("instance role", finding)));
    places.extend(of("trail-bucket-policy/entitlement").map(|finding| iam("log policy", finding)));
    places.extend(
        of("identity-center/instance")
            .map(|finding| Place::regional(IDENTITY_CENTER, Presence::of(finding.status), finding)),
    );
    places.extend(of("scp-region-lock/locked").map(|finding| {
        let regions = report.expectations.allowed_regions().join(", ");
        let resource = (finding.status == Status::Pass).then(|| format!("can work in {regions}"));
        global(MEMBERS, resource, Presence::of(finding.status))
    }));
    places
}

fn global(thing: &'static str, resource: Option<String>, standing: Presence) -> Place {
    Place { thing, resource, scope: Scope::Global, standing }
}

/// A thing of IAM: the finding is about it where there is one, and about something else where there is none.
fn iam(thing: &'static str, finding: &Finding) -> Place {
    let is_iams = |arn: &&String| Arn::parse(arn).is_some_and(|arn| arn.service == "iam");
    match finding.subject.resource.as_ref().filter(is_iams) {
        Some(arn) => global(thing, Some(arn.clone()), Presence::Present),
        None => global(thing, None, Presence::of(finding.status)),
    }
}

fn evidence<'f>(finding: &'f Finding, name: &str) -> Option<&'f Value> {
    finding.evidence.as_ref().and_then(|evidence: &Evidence| evidence.get(name))
}

/// A finding names the trail that it is about; without one it tells which other regions have one of their own.
fn trails(finding: &Finding) -> Vec<Place> {
    if finding.subject.resource.is_some() {
        return vec![Place::regional(TRAIL, Presence::Present, finding)];
    }
    let mut trails = vec![Place::regional(TRAIL, Presence::of(finding.status), finding)];
    let elsewhere = evidence(finding, "single_region_trails").and_then(Value::as_object);
    for (region, names) in elsewhere.into_iter().flatten() {
        trails.extend(names.as_array().into_iter().flatten().filter_map(Value::as_str).map(|name| Place {
            thing: TRAIL,
            resource: Some(name.to_owned()),
            scope: Scope::Regional(Some(region.clone())),
            standing: Presence::Present,
        }));
    }
    trails
}

/// Its finding is about the trail's region; the bucket's own stands in the evidence.
fn bucket(finding: &Finding) -> Place {
    let region = evidence(finding, "region").and_then(Value::as_str).map(str::to_owned);
    let standing = Presence::of(finding.status);
    // Where it was not seen, the subject may be the trail.
    let resource = finding.subject.resource.clone().filter(|name| Arn::parse(name).is_none());
    Place { thing: BUCKET, resource, scope: Scope::Regional(region), standing }
}

fn topics(finding: &Finding) -> Vec<Place> {
    let mut topics = vec![Place::regional(TOPIC, Presence::of(finding.status), finding)];
    let elsewhere = evidence(finding, "elsewhere").and_then(Value::as_object);
    topics.extend(elsewhere.into_iter().flatten().map(|(region, arn)| Place {
        thing: TOPIC,
        resource: arn.as_str().map(str::to_owned),
        scope: Scope::Regional(Some(region.clone())),
        standing: Presence::Present,
    }));
    topics
}

/// An alarm that was found is present wherever it is.
fn alarm(exists: Option<&Finding>, region: Option<&Finding>) -> Option<Place> {
    let found = region.filter(|finding| finding.subject.resource.is_some() && finding.status != Status::Unknown);
    let place = |finding| Place::regional(ALARM, Presence::Present, finding);
    found.map(place).or_else(|| exists.map(|finding| Place::regional(ALARM, Presence::of(finding.status), finding)))
}

/// `None` where it notifies no topic. Of one in another region nobody asked whether it exists.
fn topic_of_alarm(finding: &Finding, alarm: Option<&Place>) -> Option<Place> {
    let topic = finding.subject.resource.as_deref().and_then(TopicArn::parse);
    let standing = match (finding.status, topic) {
        (Status::Fail, None) => return None,
        (Status::Fail, Some(topic)) if Some(topic.region) != alarm.and_then(Place::region) => Presence::Unseen,
        (status, _) => Presence::of(status),
    };
    Some(Place::regional(TOPIC_OF_ALARM, standing, finding))
}

/// A topic's key is where the topic is; `None` where it has none.
fn key(thing: &'static str, finding: &Finding) -> Option<Place> {
    let scope = Scope::Regional(finding.subject.region.clone());
    if finding.evidence.is_none() {
        return Some(Place { thing, resource: None, scope, standing: Presence::Unseen });
    }
    let seen = evidence(finding, "key").and_then(|key| key.as_str().or_else(|| key.get("arn")?.as_str()));
    let named = evidence(finding, "kms_key").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    let resource = seen.or(named)?.to_owned();
    let is_known = seen.is_some() || is_named_as_aws_own(&resource);
    let standing = if is_known { Presence::Present } else { Presence::Unseen };
    Some(Place { thing, resource: Some(resource), scope, standing })
}
