//! `scp-protect-root-and-leave`: members can't leave the organization, and their root users can't act.

use std::collections::BTreeSet;

use futures_util::FutureExt;
use serde_json::json;

use crate::account::operation::Operation;
use crate::account::{Account, Fact, Unavailable};
use crate::analysis::organization::commands::{attach, is_control_tower};
use crate::analysis::organization::scp_remedies::{NewScp, ScpRemedy};
use crate::analysis::organization::tally::{GroupVerdict, Tally};
use crate::analysis::organization::{
    Coverage, MemberGroup, MemberPrincipal, Members, ScpMap, ScpStatus, organizations_region,
};
use crate::analysis::standing::Standing;
use crate::config::settings::Settings;
use crate::iam::Exempts;
use crate::iam::partition::partition_of;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Finding, Requirement, Severity, Subject};
use crate::model::remediation::Remediation;

mod near_miss;
mod root;

const SCP_EXAMPLES_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html";
const ROOT_ACCESS_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#id_root-user-access-management";
const EVALUATION_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html";

const LEAVE: Requirement = Requirement {
    id: "scp-protect-root-and-leave/leave",
    severity: Severity::High,
    docs: SCP_EXAMPLES_PAGE,
    pass: "no member can leave the organization or accept another one's invitation",
    warn: "some roles can leave, or an invitation of another organization can be accepted",
    fail: "a member can leave the organization, and with it every SCP and the organization trail",
};
const ROOT: Requirement = Requirement {
    id: "scp-protect-root-and-leave/root",
    severity: Severity::High,
    docs: SCP_EXAMPLES_PAGE,
    pass: "everything is denied to the root users of members",
    warn: "some actions are not, or the root users' credentials are managed centrally",
    fail: "a root user of a member can create credentials, stop logging or destroy data",
};
const USABLE: Requirement = Requirement {
    id: "scp-protect-root-and-leave/usable",
    severity: Severity::Medium,
    docs: EVALUATION_PAGE,
    pass: "the SCPs leave something allowed to every member",
    warn: "everything is denied to a member, most often because an Allow is missing",
    fail: "",
};
const ROOT_SESSIONS: Requirement = Requirement {
    id: "scp-protect-root-and-leave/root-sessions",
    severity: Severity::Low,
    docs: ROOT_ACCESS_PAGE,
    pass: "privileged root tasks are off, or the SCPs allow them",
    warn: "privileged root tasks are on, and an SCP denies them",
    fail: "",
};

pub(super) const CHECK: Check = Check {
    id: "scp-protect-root-and-leave",
    title: |_| "SCP: no leaving, no root user".to_owned(),
    passes_when: "SCPs keep every member from leaving and every root user from acting",
    what: "Evaluates the service control policies (SCPs) on the path of each member account, from the root down, for \
           requests to leave the organization and for the root user.",
    why: "A member that leaves loses every SCP and the organization trail at once. A root user has every permission \
          that no SCP denies.",
    decisions: &[
        "A Deny counts only if it surely covers the whole request. If it depends on a condition, such as MFA, the \
         message names the condition key.",
        "Roles that a Deny exempts by name are a warning. A pattern that exempts any role doesn't count as denied.",
        "Two Denies that together cover everything get a warning for the root user. One Deny of * on * passes.",
        "Service-linked roles are outside SCPs, so they are no gap. SCPs never apply to the management account.",
        "Resource control policies aren't read. They can't stop leaving or the root user.",
    ],
    requirements: &[&LEAVE, &ROOT, &USABLE, &ROOT_SESSIONS],
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::ListRoots,
        Operation::ListAccounts,
        Operation::ListOrganizationalUnitsForParent,
        Operation::ListAccountsForParent,
        Operation::ListPolicies,
        Operation::DescribePolicy,
        Operation::ListTargetsForPolicy,
        Operation::ListOrganizationsFeatures,
    ],
    explains_with: &[Operation::ListAwsServiceAccessForOrganization],
    after: &["organization", "organizational-units"],
    fix: "Create an SCP that denies leaving, and everything to root users, and attach it to each OU.",
    references: &[SCP_EXAMPLES_PAGE, EVALUATION_PAGE, ROOT_ACCESS_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (organization, caller, map, features, by_control_tower) = tokio::join!(
        account.organization(),
        account.caller(),
        ScpMap::of(account),
        account.root_features(),
        is_control_tower(account)
    );
    let standing = Standing::of(organization, caller);
    if let Some(without) = standing.without_organization(&LEAVE) {
        return without;
    }
    let subject = map.arn().as_deref().map_or_else(Subject::account, Subject::global);
    let members = standing.organization().and_then(|_| map.members(&expect.foundation.exceptions_ou.value));
    let members = match members {
        Ok(members) => members,
        Err(why) => return CHECK.unknown(&subject, &why).into(),
    };
    let exceptions = expect.foundation.exceptions_ou.value.as_str();
    let (home, remedy) = (expect.home(), ScpRemedy { by_control_tower });
    let guard = Guard { map: &map, members: &members, features, exceptions, home, remedy };
    let mut findings = vec![guard.leave(&subject)];
    // Where SCPs are off, nothing is denied, and that is one cause.
    if !matches!(map.scps.status, Ok(ScpStatus::Off(_))) {
        findings.push(ROOT.judge(&subject, || guard.root()));
        findings.extend(guard.usable(&subject));
        findings.extend(guard.root_sessions(&subject));
    }
    let line = guard.covered();
    CheckResult::from(findings).with_passed(|_| line)
}

/// What the requirements look at.
struct Guard<'m, 'a> {
    map: &'m ScpMap<'a>,
    members: &'m Members<'m, 'a>,
    features: Fact<'a, Vec<String>>,
    exceptions: &'m str,
    home: &'m str,
    remedy: ScpRemedy,
}

/// How several requests together are denied: the least of them decides.
enum Together {
    /// All are.
    Denied(Exempts),
    /// One is not: the condition keys on which it depends.
    Open(BTreeSet<String>),
}

impl<'m, 'a> Guard<'m, 'a> {
    fn tally(&self, judge: impl Fn(&MemberGroup<'m, 'a>, &Tally<'m, 'a>) -> GroupVerdict) -> Tally<'m, 'a> {
        Tally::of(self.map, self.members, |_| true, judge)
    }

    /// The requests to leave, and those to accept an invitation of another organization.
    fn of_leaving(&self) -> Result<[(&'static str, String); 2], Unavailable> {
        let partition = self.map.partition()?;
        Ok([
            ("organizations:LeaveOrganization", "*".to_owned()),
            ("organizations:AcceptHandshake", format!("arn:{partition}:organizations::*:handshake/*")),
        ])
    }

    fn leave(&self, subject: &Subject) -> Finding {
        let region = self.map.partition().map(organizations_region);
        let tally = self.tally(|group, tally| {
            let (requests, region) = match (self.of_leaving(), &region) {
                (Ok(requests), Ok(region)) => (requests, *region),
                (Err(why), _) => return GroupVerdict::Unknown(why),
                (_, Err(why)) => return GroupVerdict::Unknown(why.clone()),
            };
            let asked = |(action, resource): &(&str, String)| {
                let of = |who| group.coverage(who, action, resource, Some(region));
                let both = [of(MemberPrincipal::Any), of(MemberPrincipal::Root)];
                for coverage in &both {
                    tally.note(coverage);
                }
                together(both)
            };
            let [leaves, accepts] = &requests;
            let exempts = match asked(leaves) {
                Err(why) => return GroupVerdict::Unknown(why),
                Ok(Together::Open(keys)) => return GroupVerdict::Fail(format!("can leave{}", depending(&keys))),
                Ok(Together::Denied(exempts)) => exempts,
            };
            let accepted = asked(accepts);
            match exempts {
                Exempts::Named(roles) => GroupVerdict::Warn(format!("can leave as {}", listed(&roles))),
                Exempts::IdentityCenter(_) => {
                    GroupVerdict::Warn("can leave as any user of IAM Identity Center".to_owned())
                }
                Exempts::NoOne => match accepted {
                    Err(why) => GroupVerdict::Unknown(why),
                    Ok(Together::Denied(Exempts::NoOne)) => GroupVerdict::Pass,
                    Ok(Together::Denied(_)) => {
                        GroupVerdict::Warn("can accept another organization's invitation with some roles".to_owned())
                    }
                    Ok(Together::Open(keys)) => {
                        GroupVerdict::Warn(format!("can accept another organization's invitation{}", depending(&keys)))
                    }
                },
            }
        });
        LEAVE.judge(subject, || {
            let judged = tally.outcome("kept from leaving", self.exceptions, || self.protect(&tally, true))?;
            Ok(self.with_near_miss(judged, &tally, "organizations:LeaveOrganization", MemberPrincipal::Any))
        })
    }

    fn usable(&self, subject: &Subject) -> Option<Finding> {
        let tally = Tally::of(self.map, self.members, is_in_use, |group, _| {
            match group.coverage(MemberPrincipal::Any, "*", "*", None) {
                Coverage::Unknown(why) => GroupVerdict::Unknown(why),
                Coverage::Open(_) => GroupVerdict::Pass,
                Coverage::Denied(covered) => {
                    let node = covered.missing_allow.first().map(|node| self.map.name_of(node));
                    GroupVerdict::Warn(match (node, covered.by.first()) {
                        (Some(node), _) => format!("can do nothing (`FullAWSAccess` is missing at {node})"),
                        (None, Some(by)) => format!("can do nothing (SCP {} denies everything)", by.name),
                        (None, None) => "can do nothing".to_owned(),
                    })
                }
            }
        });
        if tally.count() == 0 && !self.members.groups.is_empty() {
            return None;
        }
        let finding = USABLE.judge(subject, || {
            tally.outcome("allowed to do something", self.exceptions, || {
                self.remedy.put("Attach FullAWSAccess where an Allow is missing", |remedy| {
                    self.missing_allows().iter().fold(remedy, |remedy, node| attach(remedy, "p-FullAWSAccess", node))
                })
            })
        });
        Some(finding)
    }

    /// The nodes at which no SCP allows anything.
    fn missing_allows(&self) -> BTreeSet<String> {
        let groups = self.members.groups.iter().filter(|group| is_in_use(group));
        let coverages = groups.map(|group| group.coverage(MemberPrincipal::Any, "*", "*", None));
        coverages
            .filter_map(|coverage| match coverage {
                Coverage::Denied(covered) => Some(covered.missing_allow),
                Coverage::Open(_) | Coverage::Unknown(_) => None,
            })
            .flat_map(Vec::into_iter)
            .collect()
    }

    fn root_sessions(&self, subject: &Subject) -> Option<Finding> {
        const TASKS: [&str; 2] = ["iam:GetAccountSummary", "iam:DeleteLoginProfile"];
        let are_on = match self.features {
            Ok(features) => Ok(features.get().iter().any(|feature| feature == "RootSessions")),
            Err(why) => Err(why.clone()),
        };
        let tally = Tally::of(self.map, self.members, is_in_use, |group, _| {
            let mut unknown = None;
            for task in TASKS {
                match group.coverage(MemberPrincipal::RootSession, task, "*", None) {
                    Coverage::Open(_) => {}
                    Coverage::Unknown(why) => unknown = Some(why),
                    // Where the tasks are off, nothing of them is refused.
                    Coverage::Denied(_) => {
                        return match &are_on {
                            Ok(true) => GroupVerdict::Warn(
                                "refuse the management account's root sessions (privileged root tasks are refused)"
                                    .to_owned(),
                            ),
                            Ok(false) => GroupVerdict::Pass,
                            Err(why) => GroupVerdict::Unknown(why.clone()),
                        };
                    }
                }
            }
            match (unknown, &are_on) {
                (None, _) | (Some(_), Ok(false)) => GroupVerdict::Pass,
                (Some(why), Ok(true) | Err(_)) => GroupVerdict::Unknown(why),
            }
        });
        if tally.count() == 0 && !self.members.groups.is_empty() {
            return None;
        }
        let finding = ROOT_SESSIONS.judge(subject, || {
            tally.outcome("open to privileged root tasks", self.exceptions, || {
                let summary = "Exempt privileged root tasks in the SCP: add the condition `\"Null\": {\"aws:AssumedRoot\": \
                               \"true\"}` to its Deny of the root user";
                self.remedy.put(summary, |remedy| remedy).see(ROOT_ACCESS_PAGE)
            })
        });
        Some(finding)
    }

    /// What keeps members from leaving and root users from acting: an SCP that is there and would do it, else a new one.
    fn protect(&self, tally: &Tally<'_, '_>, of_leaving: bool) -> Remediation {
        if tally.is_a_warning() && !tally.names().is_empty() {
            return self.complete(tally, of_leaving);
        }
        let targets = tally.targets();
        if let Some(policy) = self.suitable(of_leaving) {
            return self.remedy.attach((policy.id(), policy.name()), &targets).see(SCP_EXAMPLES_PAGE);
        }
        let new = NewScp {
            name: "ProtectRootAndOrg",
            description: "No leaving, no root user",
            content: json!({"Version": "2012-10-17", "Statement": self.statements()}),
        };
        let remedy = self.remedy.create(&new, &targets).see(SCP_EXAMPLES_PAGE);
        if of_leaving || self.remedy.by_control_tower {
            return remedy;
        }
        remedy
            .console(
                "AWS Organizations > Policies > Service control policies. Or without an SCP: run `aws organizations \
                 enable-aws-service-access --service-principal iam.amazonaws.com` and `aws iam \
                 enable-organizations-root-credentials-management`, then delete the root users' credentials in IAM > Root \
                 access management",
            )
            .see(ROOT_ACCESS_PAGE)
    }

    /// What an SCP that is there lacks. It is never rewritten: its author knows why it says what it says.
    fn complete(&self, tally: &Tally<'_, '_>, of_leaving: bool) -> Remediation {
        let [leaving, root] = self.statements();
        let (what, statement) = if of_leaving {
            ("deny both actions, and exempt no role", leaving)
        } else {
            ("deny everything to root users in one statement", root)
        };
        self.remedy
            .put(&format!("Change SCP {}: {what}", tally.names().join(" or ")), |remedy| remedy)
            .console(format!(
                "AWS Organizations > Policies > Service control policies > the SCP > Edit. The statement is: {statement}"
            ))
            .see(SCP_EXAMPLES_PAGE)
    }

    /// The statements that deny leaving, and everything to root users.
    fn statements(&self) -> [serde_json::Value; 2] {
        let partition = partition_of(self.home);
        [
            json!({
                "Sid": "NoLeaving", "Effect": "Deny", "Resource": "*",
                "Action": ["organizations:LeaveOrganization", "organizations:AcceptHandshake"],
            }),
            json!({
                "Sid": "NoRootUser", "Effect": "Deny", "Action": "*", "Resource": "*",
                "Condition": {
                    "ArnLike": {"aws:PrincipalArn": format!("arn:{partition}:iam::*:root")},
                    "Null": {"aws:AssumedRoot": "true"},
                },
            }),
        ]
    }

    /// A line for the table where all passes.
    fn covered(&self) -> Option<String> {
        let tally = self.tally(|group, tally| {
            tally.note(&group.coverage(MemberPrincipal::Root, "*", "*", None));
            GroupVerdict::Pass
        });
        let count = tally.count();
        let names = tally.names();
        let by = if names.is_empty() { String::new() } else { format!(" by {}", names.join(" and ")) };
        Some(format!("{count} of {count} members are protected{by}")).filter(|_| count > 0)
    }
}

/// Accounts in an OU for suspended accounts are locked on purpose.
fn is_in_use(group: &MemberGroup<'_, '_>) -> bool {
    !group.is_below("Suspended")
}

fn together(coverages: impl IntoIterator<Item = Coverage>) -> Result<Together, Unavailable> {
    let mut exempts = Exempts::NoOne;
    let mut unknown = None;
    for coverage in coverages {
        match coverage {
            Coverage::Denied(covered) => exempts = exempts.max(covered.exempts),
            // One that is surely open is not hidden by one that is unknown.
            Coverage::Open(keys) => return Ok(Together::Open(keys)),
            Coverage::Unknown(why) => unknown = unknown.or(Some(why)),
        }
    }
    unknown.map_or(Ok(Together::Denied(exempts)), Err)
}

/// On what a Deny depends, as the end of a sentence. Who asks, and in which Region, every request says: a Deny of the root user alone, or
/// a Region lock, is no guard that failed.
fn depending(keys: &BTreeSet<String>) -> String {
    const OF_EVERY_REQUEST: [&str; 6] = [
        "aws:PrincipalArn",
        "aws:PrincipalType",
        "aws:AssumedRoot",
        "aws:username",
        "aws:userid",
        "aws:RequestedRegion",
    ];
    let keys = keys.iter().map(String::as_str);
    let telling: Vec<&str> = keys.filter(|key| !OF_EVERY_REQUEST.contains(key)).collect();
    if telling.is_empty() {
        return String::new();
    }
    format!(" (denied only under a condition on {})", telling.join(" and "))
}

fn listed(patterns: &BTreeSet<String>) -> String {
    patterns.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
