//! `organization-trail`: one trail logs every account and Region of the organization.

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::json;

use crate::account::facts::{Organization, Trail, TrailStatus};
use crate::account::operation::Operation;
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::analysis::organization::commands::{change, trust};
use crate::analysis::organization::is_control_tower;
use crate::analysis::standing::Standing;
use crate::analysis::trail::delivery_request::CLOUDTRAIL;
use crate::analysis::trail::elsewhere::organization_trails_elsewhere;
use crate::analysis::trail::{EvaluatedTrail, TrailRequirements, home_region, judged_by, owner};
use crate::config::settings::Settings;
use crate::iam::partition::partition_of;
use crate::model::check::Check;
use crate::model::finding::{
    Candidate, CheckResult, Evidence, Finding, Judgement, Outcome, Requirement, Severity, Subject,
};
use crate::model::remediation::{Command, Cost, FollowUp, Remediation};

const ORGANIZATION_TRAIL_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html";
const BUCKET_POLICY_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html";
const TRUST_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-cloudtrail.html";

/// A second copy of management events, and their files.
const LOG_COST: Cost = Cost {
    monthly_cents: 3,
    basis: "S3 Standard at $0.023 per GB and month, for 1 GB of log files; the first copy of management events in each \
            account is free, a second costs $2.00 per 100,000 events",
    page: "https://aws.amazon.com/cloudtrail/pricing/",
};

const EXISTS: Requirement = Requirement {
    id: "organization-trail/exists",
    severity: Severity::High,
    docs: ORGANIZATION_TRAIL_PAGE,
    pass: "an organization trail",
    warn: "",
    fail: "no organization trail: API calls in member accounts aren't logged to a place of yours",
};
const MULTI_REGION: Requirement = Requirement {
    id: "organization-trail/multi-region",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html",
    pass: "the trail is a multi-Region trail, so it also covers Regions that are enabled later",
    warn: "",
    fail: "a trail of one Region only: activity elsewhere isn't logged",
};
const LOGGING: Requirement = Requirement {
    id: "organization-trail/logging",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html",
    pass: "the trail is logging",
    warn: "",
    fail: "logging is stopped",
};
const GLOBAL_EVENTS: Requirement = Requirement {
    id: "organization-trail/global-events",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html",
    pass: "the trail logs global service events, such as those of IAM",
    warn: "",
    fail: "it doesn't: changes of users and roles aren't logged",
};
const MANAGEMENT_EVENTS: Requirement = Requirement {
    id: "organization-trail/management-events",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
    pass: "the event selectors together log every management event, read and write",
    warn: "only events of KMS or of the RDS Data API are excluded",
    fail: "any other gap",
};
const DELIVERY: Requirement = Requirement {
    id: "organization-trail/delivery",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html",
    pass: "log files of this account were delivered to S3 within 24 hours, and the latest delivery had no error",
    warn: "no delivery yet and less than 24 hours of logging, or the latest delivery is older than 24 hours",
    fail: "a delivery error, or no delivery in 24 hours of logging",
};
const LOG_FILE_VALIDATION: Requirement = Requirement {
    id: "organization-trail/log-file-validation",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
    pass: "log file validation is enabled, and digest files are delivered without error",
    warn: "anything else: you can't prove that the log is complete",
    fail: "",
};
const TRUSTED_ACCESS: Requirement = Requirement {
    id: "organization-trail/trusted-access",
    severity: Severity::High,
    docs: TRUST_PAGE,
    pass: "the organization trusts cloudtrail.amazonaws.com",
    warn: "",
    fail: "it doesn't: the trail stays, but no longer logs member accounts",
};
const BUCKET: Requirement = Requirement {
    id: "organization-trail/bucket",
    severity: Severity::Medium,
    docs: BUCKET_POLICY_PAGE,
    pass: "the bucket isn't this account's, and log files were delivered",
    warn: "the bucket is in the management account, where SCPs don't apply",
    fail: "the bucket doesn't exist",
};

const OF_THE_TRAIL: TrailRequirements = TrailRequirements {
    multi_region: &MULTI_REGION,
    logging: &LOGGING,
    global_events: &GLOBAL_EVENTS,
    management_events: &MANAGEMENT_EVENTS,
    delivery: &DELIVERY,
    own_bucket: None,
    log_file_validation: &LOG_FILE_VALIDATION,
};

pub(super) const CHECK: Check = Check {
    id: "organization-trail",
    title: |_| "Organization CloudTrail".to_owned(),
    passes_when: "an organization trail logs all management events of every account and Region",
    what: "Checks that an organization trail logs all management events of every account and Region, that CloudTrail \
           has trusted access, and that the bucket isn't in the management account.",
    why: "A trail of one account logs that account only. Member accounts can neither stop nor change an organization \
          trail.",
    decisions: &[
        "Trails that the home Region lists are candidates, including shadow trails, if their ARN has the management \
         account. A trail of a delegated administrator has it too.",
        "The delivery that is checked is that of this account's events. Only member accounts see their own.",
        "The bucket's policy and the KMS key aren't evaluated: they belong to another account.",
    ],
    requirements: &[
        &EXISTS,
        &MULTI_REGION,
        &LOGGING,
        &GLOBAL_EVENTS,
        &MANAGEMENT_EVENTS,
        &DELIVERY,
        &LOG_FILE_VALIDATION,
        &TRUSTED_ACCESS,
        &BUCKET,
    ],
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::DescribeRegions,
        Operation::ListAwsServiceAccessForOrganization,
        Operation::DescribeTrails,
        Operation::GetTrailStatus,
        Operation::GetEventSelectors,
        Operation::ListBuckets,
    ],
    explains_with: &[],
    after: &["organization", "security-accounts"],
    fix: "Trust cloudtrail.amazonaws.com and make a multi-Region trail an organization trail. Its bucket is in the \
          account for logs, with a policy that lets CloudTrail write for every account.",
    references: &[ORGANIZATION_TRAIL_PAGE, BUCKET_POLICY_PAGE, TRUST_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (organization, caller, trusted, trails, by_control_tower, ()) = tokio::join!(
        account.organization(),
        account.caller(),
        account.trusted_services(),
        judged_by(&OF_THE_TRAIL, account, expect),
        is_control_tower(account),
        ask_ahead(account, expect)
    );
    let standing = Standing::of(organization, caller);
    if let Some(without) = standing.without_organization(&EXISTS) {
        return without;
    }
    let home = Subject { resource: None, region: Some(expect.home().to_owned()) };
    let (organization, trails) = match (standing.organization(), trails) {
        (Ok(organization), Ok(trails)) => (organization, trails),
        (Err(why), _) => return CHECK.unknown(&home, &why).into(),
        (_, Err(why)) => return CHECK.unknown(&home, why).into(),
    };
    let partition = partition_of(expect.home());
    let remedies = Remedies { organization: organization.get(), home: expect.home(), partition, by_control_tower };
    let (mut candidates, mut others) = (Vec::new(), Vec::new());
    for evaluated in trails {
        let trail = evaluated.trail.get();
        let is_ours = owner(trail) == Some(organization.get().management_account.as_str());
        match trail.is_organization {
            Some(true) | None if is_ours => {
                candidates.push(candidate(account, evaluated, organization, trusted, &remedies).await);
            }
            _ => others.push(evaluated),
        }
    }
    if let Some(best) = Candidate::best(candidates) {
        return best.with_passed(passed);
    }
    let listed = account.trails(expect.home()).await;
    let elsewhere = organization_trails_elsewhere(account, expect).await;
    let near = others
        .iter()
        .filter(|one| owner(one.trail.get()) == Some(organization.get().management_account.as_str()))
        .filter(|one| one.trail.get().is_multi_region == Some(true))
        .min_by_key(|one| (one.candidate.status(), one.candidate.failed(), one.candidate.name.clone()));
    let finding = EXISTS.judge(&home, || none(listed, near, &elsewhere, organization, &remedies));
    vec![finding].into()
}

/// Asks for the buckets of organization trails beside what else is asked of the trails.
async fn ask_ahead(account: &Account, expect: &Settings) {
    let Ok(trails) = account.trails(expect.home()).await else { return };
    let of_organization = trails.get().iter().filter(|trail| trail.is_organization != Some(false));
    let asked = of_organization.filter_map(|trail| Some((home_region(trail)?, trail.bucket.as_deref()?)));
    join_all(asked.map(|(region, bucket)| account.owns_bucket(region, bucket))).await;
}

fn passed(result: &CheckResult) -> Option<String> {
    Some(format!("{} → {}; every account and Region", result.name()?, result.value(&BUCKET, "bucket")?))
}

/// An organization trail, or one of which CloudTrail does not say whether it is one.
async fn candidate(
    account: &Account,
    evaluated: EvaluatedTrail<'_>,
    organization: Observed<'_, Organization>,
    trusted: Fact<'_, Vec<String>>,
    remedies: &Remedies<'_>,
) -> Candidate {
    let EvaluatedTrail { trail: seen, home_region, status, candidate } = evaluated;
    let trail = seen.get();
    let owned = match (&trail.bucket, home_region) {
        (Some(bucket), Some(region)) => account.owns_bucket(region, bucket).await.map_err(Unavailable::from),
        (None, _) => Err(seen.undetermined(format!("CloudTrail doesn't return the bucket of trail {}", trail.name))),
        (_, None) => {
            Err(seen.undetermined(format!("CloudTrail doesn't return the home Region of trail {}", trail.name)))
        }
    };
    let subject = match home_region {
        Some(region) => Subject::regional(&trail.arn, region),
        None => Subject::global(&trail.arn),
    };
    let mut findings = vec![EXISTS.judge(&subject, || {
        if trail.is_organization.is_none() {
            let why = format!("CloudTrail doesn't return whether trail {} is an organization trail", trail.name);
            return Err(seen.undetermined(why));
        }
        let evidence = Evidence::new(seen, "IsOrganizationTrail", true);
        let message = format!("Trail `{}` is an organization trail", trail.name);
        Ok(Outcome::pass(message, evidence.and(organization, "organization", &organization.get().id)))
    })];
    findings.extend(candidate.findings);
    findings.push(TRUSTED_ACCESS.judge(&subject, || trusted_access(trusted, remedies)));
    findings.push(bucket(seen, &subject, status, owned, remedies));
    Candidate { name: candidate.name, findings }
}

fn trusted_access(trusted: Fact<'_, Vec<String>>, remedies: &Remedies<'_>) -> Judgement {
    let trusted = trusted?;
    let is_trusted = trusted.get().iter().any(|service| service == CLOUDTRAIL);
    let evidence = Evidence::new(trusted, "trusted", is_trusted);
    if is_trusted {
        return Ok(Outcome::pass("CloudTrail has trusted access", evidence));
    }
    let message = "CloudTrail has no trusted access: the trail doesn't log member accounts";
    Ok(Outcome::fail(message, evidence, remedies.trust()).brief("CloudTrail has no trusted access"))
}

fn bucket(
    seen: Observed<'_, Trail>,
    of_trail: &Subject,
    status: Result<Observed<'_, TrailStatus>, Unavailable>,
    owned: Result<Observed<'_, bool>, Unavailable>,
    remedies: &Remedies<'_>,
) -> Finding {
    let trail = seen.get();
    let subject = match &trail.bucket {
        // It may be in another Region than the trail.
        Some(name) => Subject { resource: Some(name.clone()), region: None },
        None => of_trail.clone(),
    };
    BUCKET.judge(&subject, || {
        let name = trail.bucket.as_deref().unwrap_or_default();
        let status = status?;
        let evidence = Evidence::new(seen, "bucket", name);
        if status.get().latest_delivery_error.as_deref() == Some("NoSuchBucket") {
            let evidence = evidence.and(status, "LatestDeliveryError", "NoSuchBucket");
            let message = format!("Bucket {name} doesn't exist");
            return Ok(Outcome::fail(message, evidence, remedies.bucket(trail)));
        }
        let owned = owned?;
        let evidence = evidence.and(owned, "owned", owned.get());
        if *owned.get() {
            let message = format!("Bucket {name}: logs are in the management account, where SCPs don't apply");
            return Ok(
                Outcome::warn(message, evidence, remedies.bucket(trail)).brief("logs are in the management account")
            );
        }
        match status.get().latest_delivery {
            Some(latest) => {
                let message = format!("Bucket {name} is in another account (policy and owner not evaluated)");
                Ok(Outcome::pass(message, evidence.and(status, "LatestDeliveryTime", latest)))
            }
            None => Err(status.undetermined(format!(
                "Bucket {name} isn't this account's, and CloudTrail has not delivered to it yet, so it may not exist"
            ))),
        }
    })
}

/// There is no organization trail: says what there is instead.
fn none(
    trails: Fact<'_, Vec<Trail>>,
    near: Option<&EvaluatedTrail<'_>>,
    elsewhere: &[(&str, &str)],
    organization: Observed<'_, Organization>,
    remedies: &Remedies<'_>,
) -> Judgement {
    let trails = trails?;
    let mut message = "No organization trail".to_owned();
    if organization.get().feature_set.as_deref() == Some("CONSOLIDATED_BILLING") {
        message.push_str(": it needs all features");
    }
    if let Some(near) = near {
        message = format!("{message}. Trail {} logs this account only", near.trail.get().name);
    }
    if !elsewhere.is_empty() {
        let listed: Vec<String> = elsewhere.iter().map(|(region, name)| format!("{name} in {region}")).collect();
        message = format!("{message}. Organization trails of one Region: {}", listed.join(", "));
    }
    let evidence = Evidence::new(trails, "trails", trails.get().len())
        .and(organization, "organization", &organization.get().id)
        .and(trails, "single_region_trails", elsewhere);
    let remedy = remedies.create(near.map(|near| near.trail.get()));
    Ok(Outcome::fail(message, evidence, remedy).brief("no organization trail"))
}

/// What to do.
struct Remedies<'a> {
    organization: &'a Organization,
    home: &'a str,
    partition: &'a str,
    by_control_tower: bool,
}

impl Remedies<'_> {
    fn remedy(&self, summary: &str, commands: impl FnOnce(Remediation) -> Remediation) -> Remediation {
        change(summary, self.by_control_tower, commands).see(ORGANIZATION_TRAIL_PAGE)
    }

    fn trust(&self) -> Remediation {
        self.remedy("Trust cloudtrail.amazonaws.com", |remedy| trust(remedy, CLOUDTRAIL))
            .console("AWS Organizations > Services > CloudTrail > Enable trusted access. AWS recommends the CloudTrail console for it")
            .see(TRUST_PAGE)
            .takes(2)
    }

    /// What the policy of the bucket must allow, as JSON: the bucket's own policy is not read here, and its other statements stay.
    fn statements(&self, bucket: &str, trail: &str) -> String {
        let Organization { id, management_account, .. } = self.organization;
        let arn = format!("arn:{}:s3:::{bucket}", self.partition);
        json!([
            {
                "Sid": "AWSCloudTrailAclCheck", "Effect": "Allow", "Principal": {"Service": CLOUDTRAIL},
                "Action": "s3:GetBucketAcl", "Resource": arn,
                "Condition": {"StringEquals": {"aws:SourceArn": trail}},
            },
            {
                "Sid": "AWSCloudTrailWrite", "Effect": "Allow", "Principal": {"Service": CLOUDTRAIL},
                "Action": "s3:PutObject",
                "Resource": [format!("{arn}/AWSLogs/{management_account}/*"), format!("{arn}/AWSLogs/{id}/*")],
                "Condition": {"StringEquals": {"aws:SourceArn": trail, "s3:x-amz-acl": "bucket-owner-full-control"}},
            },
        ])
        .to_string()
    }

    /// A trail of this account becomes the organization's; without one, a new one is made.
    fn create(&self, near: Option<&Trail>) -> Remediation {
        let (name, region) = match near {
            Some(trail) => (trail.name.as_str(), home_region(trail).unwrap_or(self.home)),
            None => ("organization-trail", self.home),
        };
        let remedy = match near {
            Some(trail) => self.remedy(
                "Trust CloudTrail, let it write to the bucket for every account, and make the trail an organization trail",
                |remedy| {
                    trust(remedy, CLOUDTRAIL).run(
                        Command::aws("cloudtrail", "update-trail")
                            .option("--name", &trail.arn)
                            .word("--is-organization-trail")
                            .option("--region", region),
                    )
                },
            ),
            None => self.remedy(
                "Create a bucket in the account for logs, trust CloudTrail, and create an organization trail",
                |remedy| {
                    let on = |operation: &str| {
                        Command::aws("cloudtrail", operation).option("--name", name).option("--region", region)
                    };
                    trust(remedy, CLOUDTRAIL)
                        .run(
                            on("create-trail")
                                .input("--s3-bucket-name", "LOG_BUCKET", "log archive bucket")
                                .word("--is-multi-region-trail")
                                .word("--include-global-service-events")
                                .word("--enable-log-file-validation")
                                .word("--is-organization-trail")
                                .unless(on("get-trail"), "TrailNotFoundException"),
                        )
                        .run(on("start-logging"))
                },
            ),
        };
        let Organization { management_account, .. } = self.organization;
        let arn = near.map_or_else(
            || format!("arn:{}:cloudtrail:{region}:{management_account}:trail/{name}", self.partition),
            |trail| trail.arn.clone(),
        );
        let bucket = near.and_then(|trail| trail.bucket.as_deref()).unwrap_or("LOG_BUCKET");
        remedy
            .console(format!(
                "CloudTrail (region {region}) > Trails > Enable for all accounts in my organization. First add these \
                 statements to the bucket policy: {}",
                self.statements(bucket, &arn)
            ))
            .see(BUCKET_POLICY_PAGE)
            .costs(LOG_COST)
            .takes(15)
            .then(FollowUp::Resolves("when the first log files arrive, within about 15 minutes"))
    }

    /// A bucket of the account for logs.
    fn bucket(&self, trail: &Trail) -> Remediation {
        let region = home_region(trail).unwrap_or(self.home);
        self.remedy(
            "Create a bucket in the account for logs and let the trail deliver to it. Old files stay",
            |remedy| {
                remedy.run(
                    Command::aws("cloudtrail", "update-trail")
                        .option("--name", &trail.arn)
                        .input("--s3-bucket-name", "LOG_BUCKET", "log archive bucket")
                        .option("--region", region),
                )
            },
        )
        .console(format!(
            "In the account for logs (via OrganizationAccountAccessRole, which invited accounts lack), create a bucket \
             with these statements in its policy: {}",
            self.statements("LOG_BUCKET", &trail.arn)
        ))
        .see(BUCKET_POLICY_PAGE)
        .costs(LOG_COST)
        .takes(15)
    }
}

#[cfg(test)]
mod tests;
