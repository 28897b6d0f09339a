//! `scp-region-lock`: members work in your Regions only.

use futures_util::FutureExt;
use serde_json::json;

use crate::account::operation::Operation;
use crate::account::{Account, Fact, Unavailable};
use crate::analysis::organization::commands::is_control_tower;
use crate::analysis::organization::scp_remedies::{NewScp, ScpRemedy};
use crate::analysis::organization::tally::{GroupVerdict, Tally};
use crate::analysis::organization::{
    Coverage, MemberGroup, MemberPrincipal, Members, ScpMap, ScpStatus, organizations_region,
};
use crate::analysis::standing::Standing;
use crate::config::settings::{SettingSource, Settings};
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Finding, Requirement, Severity, Subject};
use crate::model::remediation::Remediation;

mod locked;
mod near_miss;

const REGION_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html";
const CONTROL_TOWER_PAGE: &str =
    "https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html";

const LOCKED: Requirement = Requirement {
    id: "scp-region-lock/locked",
    severity: Severity::Medium,
    docs: REGION_PAGE,
    pass: "members can create nothing outside the allowed Regions",
    warn: "a part is open: some Regions, future Regions, or stores of data",
    fail: "members can run workloads in Regions that aren't watched",
};
const ALLOWED: Requirement = Requirement {
    id: "scp-region-lock/allowed",
    severity: Severity::Medium,
    docs: REGION_PAGE,
    pass: "members can work in the allowed Regions",
    warn: "an SCP denies a workload in an allowed Region",
    fail: "an SCP denies every workload in every allowed Region",
};
const GLOBAL_SERVICES: Requirement = Requirement {
    id: "scp-region-lock/global-services",
    severity: Severity::Medium,
    docs: CONTROL_TOWER_PAGE,
    pass: "global services, which are in one Region, stay open",
    warn: "the Region lock denies a global service",
    fail: "the Region lock denies IAM: no one can create roles",
};

pub(super) const CHECK: Check = Check {
    id: "scp-region-lock",
    title: |_| "SCP: Region lock".to_owned(),
    passes_when: "SCPs keep every member in the allowed Regions, and global services stay open",
    what: "Evaluates the service control policies (SCPs) on the path of each member account for requests to create \
           resources: in each enabled Region that isn't allowed, in a Region that doesn't exist yet, and in those that \
           are allowed.",
    why: "What runs in a Region that isn't watched is found on the bill. Global services answer from one Region, so a \
          lock that forgets them locks out everyone.",
    decisions: &[
        "A Region named zz-none-1 stands for those that AWS adds later.",
        "The enabled Regions are those of this account. A member may have enabled others.",
        "Roles that the lock exempts by name don't change the status. They are listed in the result.",
        "An account to which everything is denied is locked, and its Regions are no reason for a warning.",
        "An Allow with a condition on the Region locks, if no other SCP at that level allows more.",
    ],
    requirements: &[&LOCKED, &ALLOWED, &GLOBAL_SERVICES],
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::DescribeRegions,
        Operation::ListRoots,
        Operation::ListAccounts,
        Operation::ListOrganizationalUnitsForParent,
        Operation::ListAccountsForParent,
        Operation::ListPolicies,
        Operation::DescribePolicy,
        Operation::ListTargetsForPolicy,
    ],
    explains_with: &[Operation::ListAwsServiceAccessForOrganization],
    after: &["organization", "organizational-units"],
    fix: "Create an SCP that denies everything but global services outside the allowed Regions, and attach it to each OU.",
    references: &[REGION_PAGE, CONTROL_TOWER_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

/// What starts something that costs money.
const WORKLOADS: [&str; 6] = [
    "ec2:RunInstances",
    "lambda:CreateFunction",
    "ecs:CreateCluster",
    "eks:CreateCluster",
    "lightsail:CreateInstances",
    "sagemaker:CreateNotebookInstance",
];
/// What stores data.
const STORES: [&str; 3] = ["rds:CreateDBInstance", "dynamodb:CreateTable", "s3:CreateBucket"];
/// Actions of services that answer from us-east-1 only.
const GLOBAL: [&str; 5] = [
    "iam:CreateRole",
    "organizations:DescribeOrganization",
    "route53:ListHostedZones",
    "cloudfront:ListDistributions",
    "support:DescribeCases",
];
/// A Region that does not exist: what a lock says of it, it says of those that AWS adds later.
const FUTURE: &str = "zz-none-1";

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (organization, caller, map, regions, by_control_tower) = tokio::join!(
        account.organization(),
        account.caller(),
        ScpMap::of(account),
        account.enabled_regions(expect.home()),
        is_control_tower(account)
    );
    let standing = Standing::of(organization, caller);
    if let Some(without) = standing.without_organization(&LOCKED) {
        return without;
    }
    let subject = map.arn().as_deref().map_or_else(Subject::account, Subject::global);
    let members = standing.organization().and_then(|_| map.members(&expect.foundation.exceptions_ou.value));
    let members = match members {
        Ok(members) => members,
        Err(why) => return CHECK.unknown(&subject, &why).into(),
    };
    let lock = Lock { map: &map, members: &members, regions, expect, remedy: ScpRemedy { by_control_tower } };
    let mut findings = vec![lock.locked(&subject)];
    // Where SCPs are off, nothing is denied, and that is one cause.
    if !matches!(map.scps.status, Ok(ScpStatus::Off(_))) {
        findings.push(lock.allowed(&subject));
        findings.push(lock.global_services(&subject));
    }
    let line = lock.covered();
    CheckResult::from(findings).with_passed(|_| line)
}

/// What the requirements look at.
struct Lock<'m, 'a> {
    map: &'m ScpMap<'a>,
    members: &'m Members<'m, 'a>,
    regions: Fact<'a, Vec<String>>,
    expect: &'m Settings,
    remedy: ScpRemedy,
}

impl<'m, 'a> Lock<'m, 'a> {
    fn tally(&self, judge: impl Fn(&MemberGroup<'m, 'a>, &Tally<'m, 'a>) -> GroupVerdict) -> Tally<'m, 'a> {
        Tally::of(self.map, self.members, |_| true, judge)
    }

    fn exceptions(&self) -> &str {
        &self.expect.foundation.exceptions_ou.value
    }

    /// Whether an action is denied there because of the Region, whoever is exempt: a quarantined member is not.
    fn is_region_denied(group: &MemberGroup<'_, '_>, action: &str, region: &str) -> bool {
        let denied = |region| matches!(group.coverage(MemberPrincipal::Any, action, "*", region), Coverage::Denied(_));
        denied(Some(region)) && !denied(None)
    }

    fn allowed(&self, subject: &Subject) -> Finding {
        // The billing Region is allowed by default, and nobody need work there.
        let regions = match self.expect.foundation.allowed_regions.origin {
            SettingSource::Default => vec![self.expect.home()],
            _ => self.expect.allowed_regions(),
        };
        let tally = self.tally(|group, _| {
            if let Err(why) = group.is_readable() {
                return GroupVerdict::Unknown(why);
            }
            let mut denied = Vec::new();
            let mut is_all = true;
            for region in &regions {
                let count = WORKLOADS.iter().filter(|action| Self::is_region_denied(group, action, region)).count();
                is_all &= count == WORKLOADS.len();
                if count > 0 {
                    denied.push(*region);
                }
            }
            match (denied.is_empty(), is_all) {
                (true, _) => GroupVerdict::Pass,
                (false, true) => GroupVerdict::Fail(format!("can work nowhere ({} is closed)", denied.join(", "))),
                (false, false) => GroupVerdict::Warn(format!("can't work in {}", denied.join(" and "))),
            }
        });
        let summary = format!("Allow {} in the SCP, or change `allowed-regions`", regions.join(", "));
        ALLOWED.judge(subject, || {
            tally.outcome("able to work in the allowed Regions", self.exceptions(), || self.add(&summary))
        })
    }

    fn global_services(&self, subject: &Subject) -> Finding {
        let partition = self.map.partition();
        let tally = self.tally(|group, _| {
            let partition = match (&partition, group.is_readable()) {
                (Ok(partition), Ok(())) => *partition,
                (Err(why), _) => return GroupVerdict::Unknown(why.clone()),
                (_, Err(why)) => return GroupVerdict::Unknown(why),
            };
            let actions: &[&str] = if partition == "aws" { &GLOBAL } else { GLOBAL.get(..1).unwrap_or_default() };
            let region = organizations_region(partition);
            let denied: Vec<&str> =
                actions.iter().copied().filter(|action| Self::is_region_denied(group, action, region)).collect();
            match denied.as_slice() {
                [] => GroupVerdict::Pass,
                ["iam:CreateRole", ..] => {
                    GroupVerdict::Fail("can't use IAM under the Region lock (no one can create roles there)".to_owned())
                }
                some => {
                    let services = some.iter().filter_map(|action| action.split(':').next()).collect::<Vec<_>>();
                    GroupVerdict::Warn(format!("can't use {} under the Region lock", services.join(", ")))
                }
            }
        });
        GLOBAL_SERVICES.judge(subject, || {
            tally.outcome("able to use global services", self.exceptions(), || {
                self.add("Add the global services to `NotAction` of the SCP")
            })
        })
    }

    /// What an SCP that is there lacks. It is never rewritten: its author knows why it says what it says.
    fn add(&self, summary: &str) -> Remediation {
        self.remedy
            .put(summary, |remedy| remedy)
            .console(format!(
                "AWS Organizations > Policies > Service control policies. A lock that works has this statement: {}",
                self.statement()
            ))
            .see(CONTROL_TOWER_PAGE)
    }

    fn statement(&self) -> serde_json::Value {
        json!({
            "Sid": "RegionLock",
            "Effect": "Deny",
            "NotAction": [
                "account:*", "budgets:*", "ce:*", "cloudfront:*", "globalaccelerator:*", "health:*", "iam:*", "kms:*",
                "networkmanager:*", "organizations:*", "pricing:*", "route53:*", "route53domains:*",
                "s3:GetAccountPublic*", "s3:ListAllMyBuckets", "shield:*", "sso:*", "sts:*", "support:*",
                "trustedadvisor:*", "waf*:*",
            ],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": self.expect.allowed_regions()}},
        })
    }

    fn create(&self, targets: &[String]) -> Remediation {
        let new = NewScp {
            name: "RegionLock",
            description: "Only our Regions",
            content: json!({"Version": "2012-10-17", "Statement": [self.statement()]}),
        };
        self.remedy.create(&new, targets).see(CONTROL_TOWER_PAGE)
    }

    /// A line for the table where all passes.
    fn covered(&self) -> Option<String> {
        let tally = self.tally(|group, tally| {
            tally.note(&group.coverage(MemberPrincipal::Any, "ec2:RunInstances", "*", Some(FUTURE)));
            GroupVerdict::Pass
        });
        let count = tally.count();
        let line = format!("{count} of {count} members only in {}", self.expect.allowed_regions().join(", "));
        Some(line).filter(|_| count > 0)
    }

    /// The enabled Regions in which members should not work.
    fn closed(&self) -> Result<Vec<&'a str>, Unavailable> {
        let allowed = self.expect.allowed_regions();
        let regions = self.regions?.get().iter().map(String::as_str);
        Ok(regions.filter(|region| !allowed.contains(region)).collect())
    }
}

#[cfg(test)]
mod tests;
