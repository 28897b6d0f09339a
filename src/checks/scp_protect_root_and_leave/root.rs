//! What the root users of members can do.

use std::collections::BTreeSet;

use super::Guard;
use crate::account::Unavailable;
use crate::analysis::organization::tally::{GroupVerdict, Tally};
use crate::analysis::organization::{Coverage, MemberGroup, MemberPrincipal};
use crate::iam::{Choice, Effect};
use crate::model::finding::Judgement;

/// What makes new credentials, hides tracks or destroys data, with the service whose widest ARN it is asked on. Actions on bucket policies
/// are none: AWS's own example exempts them, so that a locked bucket can be opened.
const POWERS: [(&str, Widest); 13] = [
    ("iam:CreateUser", Widest::Iam),
    ("iam:CreateAccessKey", Widest::Iam),
    ("iam:CreateLoginProfile", Widest::Iam),
    ("iam:AttachUserPolicy", Widest::Iam),
    ("iam:PutUserPolicy", Widest::Iam),
    ("iam:AttachRolePolicy", Widest::Iam),
    ("iam:PutRolePolicy", Widest::Iam),
    ("iam:UpdateAssumeRolePolicy", Widest::Iam),
    ("account:CloseAccount", Widest::All),
    ("cloudtrail:StopLogging", Widest::All),
    ("kms:ScheduleKeyDeletion", Widest::All),
    ("s3:DeleteBucket", Widest::S3),
    ("ec2:RunInstances", Widest::All),
];

/// The widest ARN of an account's resources of one service.
#[derive(Clone, Copy)]
enum Widest {
    Iam,
    S3,
    All,
}

impl<'m, 'a> Guard<'m, 'a> {
    pub(super) fn root(&self) -> Judgement {
        let tally = self.tally(|group, tally| self.root_of(group, tally));
        let judged =
            tally.outcome("protected from their root users", self.exceptions, || self.protect(&tally, false))?;
        Ok(self.with_near_miss(judged, &tally, "*", MemberPrincipal::Root))
    }

    fn root_of(&self, group: &MemberGroup<'m, 'a>, tally: &Tally<'m, 'a>) -> GroupVerdict {
        let everything = group.coverage(MemberPrincipal::Root, "*", "*", None);
        tally.note(&everything);
        if let Coverage::Denied(_) = everything {
            return GroupVerdict::Pass;
        }
        let mut open: Vec<&str> = Vec::new();
        let mut keys = BTreeSet::new();
        let mut unknown = None;
        let mut by = BTreeSet::new();
        for (power, on) in POWERS {
            let resource = match self.widest(group, on) {
                Ok(resource) => resource,
                Err(why) => return GroupVerdict::Unknown(why),
            };
            let coverage = group.coverage(MemberPrincipal::Root, power, &resource, None);
            tally.note(&coverage);
            match coverage {
                Coverage::Denied(covered) => by.extend(covered.by.into_iter().map(|each| each.id)),
                Coverage::Unknown(why) => unknown = unknown.or(Some(why)),
                Coverage::Open(depends) => {
                    open.push(power);
                    keys.extend(depends);
                }
            }
        }
        if let Some(first) = open.first() {
            let more = if open.len() > 1 { format!(" and {} more", open.len() - 1) } else { String::new() };
            let depends = super::depending(&keys);
            return match self.credentials_are_managed() {
                Ok(false) => GroupVerdict::Fail(format!("can act as the root user ({first}{more}){depends}")),
                Ok(true) => GroupVerdict::Warn(
                    "can act as the root user if it has credentials (credentials are managed centrally; existing ones \
                     aren't visible here)"
                        .to_owned(),
                ),
                Err(why) => GroupVerdict::Unknown(why),
            };
        }
        match (unknown, everything) {
            (Some(why), _) | (None, Coverage::Unknown(why)) => GroupVerdict::Unknown(why),
            (None, Coverage::Open(_) | Coverage::Denied(_)) => {
                let excluded = self.excluded(&by);
                let but = if excluded.is_empty() { "some actions".to_owned() } else { excluded.join(", ") };
                GroupVerdict::Warn(format!("can still use {but} as the root user"))
            }
        }
    }

    fn widest(&self, group: &MemberGroup<'_, '_>, on: Widest) -> Result<String, Unavailable> {
        let partition = self.map.partition()?;
        let id = group.members.first().map(|member| member.account.id()).unwrap_or_default();
        Ok(match on {
            Widest::Iam => format!("arn:{partition}:iam::{id}:*"),
            Widest::S3 => format!("arn:{partition}:s3:::*"),
            Widest::All => "*".to_owned(),
        })
    }

    fn credentials_are_managed(&self) -> Result<bool, Unavailable> {
        let features = self.features?;
        Ok(features.get().iter().any(|feature| feature == "RootCredentialsManagement"))
    }

    /// The actions that the Denies of these SCPs leave out.
    fn excluded(&self, ids: &BTreeSet<String>) -> Vec<String> {
        let mut excluded = BTreeSet::new();
        let Ok(policies) = &self.map.scps.policies else { return Vec::new() };
        for policy in policies.iter().filter(|policy| ids.contains(policy.id())) {
            let Ok(document) = &policy.document else { continue };
            for statement in document.statements.iter().filter(|statement| statement.effect == Effect::Deny) {
                if let Choice::AllBut(actions) = &statement.actions {
                    excluded.extend(actions.iter().cloned());
                }
            }
        }
        excluded.into_iter().take(5).collect()
    }
}
