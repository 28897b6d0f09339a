//! One trail's bucket: its facts, and what the requirements come to.

use jiff::Timestamp;

use super::location::Location;
use super::{CHECK, DELIVERY, READERS, SOURCE_ARN, WRITERS, access, delivery, entitlement, remedy};
use crate::account::facts::{self, Acl, Caller, OfBucket, Organization, PublicAccessBlock, Trail, TrailStatus};
use crate::account::source::BucketName;
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::analysis::trail::delivery_request::{Asking, SourceOrganization};
use crate::analysis::trail::provisioning::NewBucket;
use crate::analysis::trail::{EvaluatedTrail, home_region, owner};
use crate::config::settings::Settings;
use crate::iam::Document;
use crate::iam::grants::is_too_large;
use crate::model::finding::{Candidate, Evidence, Outcome, Subject};
use crate::model::status::Status;

/// What S3 says of a bucket's setting, or why that is not known.
pub(super) type Setting<'a, T> = Result<Observed<'a, OfBucket<T>>, Unavailable>;

/// What a bucket grants.
pub(super) struct BucketSettings<'a> {
    pub(super) policy: Setting<'a, String>,
    pub(super) acl: Setting<'a, Acl>,
}

/// What holds back some of what a bucket grants.
pub(super) struct AccessBlocks<'a> {
    pub(super) block: Setting<'a, PublicAccessBlock>,
    pub(super) ownership: Setting<'a, String>,
}

/// What was asked about one bucket.
pub(super) struct Facts<'a> {
    caller: Observed<'a, Caller>,
    name: &'a str,
    at: BucketName<'a>,
    head: Result<Observed<'a, Option<facts::Bucket>>, Unavailable>,
    /// `None` where the bucket is known not to exist.
    settings: Option<BucketSettings<'a>>,
}

impl<'a> Facts<'a> {
    /// Asks S3 where the bucket is, and for its settings.
    ///
    /// # Errors
    /// The bucket's name or the account's id, without which nothing can be asked, is not known.
    pub(super) async fn ask(account: &'a Account, seen: Observed<'a, Trail>) -> Result<Facts<'a>, Unavailable> {
        let trail = seen.get();
        let untold = |what: &str| seen.undetermined(format!("The {what} of trail {} isn't returned", trail.name));
        let name = trail.bucket.as_deref().ok_or_else(|| untold("bucket"))?;
        let trail_region = home_region(trail).ok_or_else(|| untold("home region"))?;
        let caller = account.caller().await?;
        let owner = &caller.get().account;
        // Nobody needs to know where the bucket is: S3 names the right region itself. So its settings wait for nothing, and over TLS
        // the connections for all three are opened at once.
        let usual = BucketName { name, region: trail_region, owner };
        let (head, settings) = tokio::join!(account.bucket(usual), BucketSettings::ask(account, usual));
        let region = match head {
            Ok(head) => head.get().as_ref().and_then(|bucket| bucket.region.as_deref()),
            Err(_) => None,
        };
        let is_gone = matches!(head, Ok(head) if head.get().is_none());
        let at = BucketName { name, region: region.unwrap_or(trail_region), owner };
        let settings = (!is_gone).then_some(settings);
        Ok(Facts { caller, name, at, head: head.map_err(Unavailable::from), settings })
    }
}

impl<'a> BucketSettings<'a> {
    async fn ask(account: &'a Account, bucket: BucketName<'_>) -> BucketSettings<'a> {
        let (policy, acl) = tokio::join!(account.bucket_policy(bucket), account.bucket_acl(bucket));
        BucketSettings { policy: policy.map_err(Unavailable::from), acl: acl.map_err(Unavailable::from) }
    }
}

impl<'a> AccessBlocks<'a> {
    async fn ask(account: &'a Account, bucket: BucketName<'_>) -> AccessBlocks<'a> {
        let (block, ownership) = tokio::join!(account.public_access_block(bucket), account.ownership_controls(bucket));
        AccessBlocks { block: block.map_err(Unavailable::from), ownership: ownership.map_err(Unavailable::from) }
    }
}

/// Judges the bucket of a trail, and the policies that let people read it.
pub(super) async fn judge<'a>(
    account: &'a Account,
    expect: &Settings,
    trails: &[EvaluatedTrail<'a>],
    judged: &EvaluatedTrail<'a>,
) -> Candidate {
    let trail = judged.trail.get();
    let (facts, entitled, organization, regions) = tokio::join!(
        Facts::ask(account, judged.trail),
        entitlement::Facts::ask(account),
        account.organization(),
        account.enabled_regions(expect.home()),
    );
    let Facts { caller, name, at, head, settings } = match facts {
        Ok(facts) => facts,
        Err(unavailable) => {
            let subject = Subject { resource: trail.bucket.clone(), region: judged.home_region.map(str::to_owned) };
            return Candidate { name: trail.name.clone(), findings: CHECK.unknown(&subject, &unavailable) };
        }
    };
    let partition = caller.get().partition();
    let own_account = caller.get().account.as_str();
    let trail_account = owner(trail).filter(|owner| !owner.is_empty()).unwrap_or(own_account);
    let location = Location::of(judged.trail, (partition, name, trail_account), organization);
    let subject = Subject::regional(&location.bucket, at.region);
    let named = |findings| Candidate { name: trail.name.clone(), findings };
    let absent = || judged.trail.undetermined(format!("Bucket {name} of trail {} doesn't exist", trail.name));
    let (policy, acl) = match &settings {
        Some(settings) => (read(&settings.policy, name), settings.acl.clone()),
        None => (Err(absent()), Err(absent())),
    };
    let mut bucket = Bucket {
        trail: judged.trail,
        trail_account,
        status: &judged.status,
        name,
        region: at.region,
        location: &location,
        account: own_account,
        partition,
        policy,
        acl,
        switches: None,
        organization,
        regions,
        sharing: sharing(trails, trail, trail_account),
        now: account.now(),
    };
    let settings = match (settings, head) {
        (Some(settings), _) => settings,
        (None, Ok(head)) => return gone(&bucket, &subject, Evidence::new(head, "bucket", name), &entitled),
        (None, Err(unavailable)) => return named(CHECK.unknown(&subject, &unavailable)),
    };
    if let Some(evidence) = says_gone(&settings.policy, name).or_else(|| says_gone(&settings.acl, name)) {
        return gone(&bucket, &subject, evidence, &entitled);
    }
    if access::hangs_on_switches(&bucket) {
        let switches = AccessBlocks::ask(account, at).await;
        let says = says_gone(&switches.block, name).or_else(|| says_gone(&switches.ownership, name));
        if let Some(evidence) = says {
            return gone(&bucket, &subject, evidence, &entitled);
        }
        bucket.switches = Some(switches);
    }
    let mut findings = vec![DELIVERY.judge(&subject, || delivery::delivery(&bucket))];
    findings.extend(delivery::source_arn(&bucket).map(|judgement| SOURCE_ARN.judge(&subject, || judgement)));
    findings.push(WRITERS.judge(&subject, || access::writers(&bucket)));
    findings.push(READERS.judge(&subject, || access::readers(&bucket)));
    findings.push(entitlement::judge(&bucket, &entitled));
    named(findings)
}

/// A bucket with everything that its requirements need.
pub(super) struct Bucket<'a> {
    pub(super) trail: Observed<'a, Trail>,
    /// The account that the trail belongs to: for an organization's trail, not always this one.
    pub(super) trail_account: &'a str,
    pub(super) status: &'a Result<Observed<'a, TrailStatus>, Unavailable>,
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    pub(super) location: &'a Location,
    pub(super) account: &'a str,
    pub(super) partition: &'a str,
    /// The policy, read; `None` where the bucket has none.
    pub(super) policy: Result<(Observed<'a, OfBucket<String>>, Option<Document>), Unavailable>,
    pub(super) acl: Setting<'a, Acl>,
    /// Not asked for where nothing hangs on them.
    pub(super) switches: Option<AccessBlocks<'a>>,
    /// The organization of this account.
    pub(super) organization: Fact<'a, Option<Organization>>,
    /// The enabled Regions.
    pub(super) regions: Fact<'a, Vec<String>>,
    /// The ARNs of the trails of the same account that are known to write into the bucket: this one, and others in its own place.
    pub(super) sharing: Vec<&'a str>,
    pub(super) now: Timestamp,
}

impl<'a> Bucket<'a> {
    /// CloudTrail's requests for this trail.
    pub(super) fn asking(&self) -> Asking<'a> {
        let trail = self.trail.get();
        let organization = match self.organization {
            Ok(seen) => match seen.get() {
                Some(organization) => SourceOrganization::Member(&organization.id),
                None if self.trail_account == self.account => SourceOrganization::Standalone,
                // Another account's trail: of its organization nothing is known.
                None => SourceOrganization::Unknown,
            },
            Err(_) => SourceOrganization::Unknown,
        };
        Asking {
            trail,
            source_arn: &trail.arn,
            source_account: self.trail_account,
            organization,
            bucket_owner: self.account,
            now: self.now,
        }
    }
}

fn sharing<'a>(trails: &[EvaluatedTrail<'a>], trail: &'a Trail, account: &str) -> Vec<&'a str> {
    let others = trails.iter().map(|other| other.trail.get());
    let others = others.filter(|other| {
        other.arn != trail.arn && other.bucket == trail.bucket && owner(other).is_some_and(|owner| owner == account)
    });
    std::iter::once(trail).chain(others).map(|trail| trail.arn.as_str()).collect()
}

/// A document that does not parse is unread, never empty.
fn read<'a>(
    policy: &Setting<'a, String>,
    name: &str,
) -> Result<(Observed<'a, OfBucket<String>>, Option<Document>), Unavailable> {
    let seen = policy.clone()?;
    let Some(text) = seen.get().present() else { return Ok((seen, None)) };
    let document = Document::parse(text)
        .map_err(|why| seen.undetermined(format!("The policy of bucket {name} can't be read: {why}")))?;
    if is_too_large(&document) {
        return Err(seen.undetermined(format!("The policy of bucket {name} is too large to be evaluated")));
    }
    Ok((seen, Some(document)))
}

/// Whether S3 answered that there is no such bucket, with the proof.
fn says_gone<T>(setting: &Setting<'_, T>, name: &str) -> Option<Evidence> {
    match setting {
        Ok(seen) if matches!(seen.get(), OfBucket::NoSuchBucket) => Some(Evidence::new(*seen, "bucket", name)),
        _ => None,
    }
}

/// There is no such bucket. Who reads the log is asked once there is one, so what will then be missing is made with it.
fn gone(bucket: &Bucket<'_>, subject: &Subject, evidence: Evidence, entitled: &entitlement::Facts<'_>) -> Candidate {
    let (trail, location) = (bucket.trail.get(), bucket.location);
    let (organization, is_known) = match &location.organization_files {
        Ok(files) => (files.as_slice(), true),
        Err(_) => (&[][..], false),
    };
    let new = NewBucket {
        name: bucket.name,
        region: bucket.region,
        trail: &trail.arn,
        account: bucket.account,
        partition: bucket.partition,
        files: std::iter::once(&location.all_own).chain(organization).cloned().collect(),
    };
    let is_ours = bucket.trail_account == bucket.account;
    let reader = entitlement::judge(bucket, entitled);
    let reader = if reader.status == Status::Fail { reader.remediation } else { None };
    let finding = DELIVERY.judge(subject, || {
        let message = format!("Bucket {} of trail {} doesn't exist", bucket.name, trail.name);
        Ok(Outcome::fail(message, evidence, remedy::make_bucket((is_known && is_ours).then_some(&new), reader)))
    });
    Candidate { name: trail.name.clone(), findings: vec![finding] }
}
