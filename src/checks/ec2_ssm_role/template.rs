//! What a template makes of it: a role with its instance profile, or the profile of a role that has none.

use serde_json::{Value, json};

use super::{INSTANCE_PROFILE, TRUST, ssm_core};
use crate::iam::arn::Arn;
use crate::model::cfn_resource::{Resource, reference};
use crate::model::finding::Finding;
use crate::model::status::Status;

const ROLE: &str = "InstanceRole";

/// What these findings miss, in an account of this partition.
pub(super) fn missing(findings: &[Finding], partition: &str) -> Vec<Resource> {
    let failing = |id: &str| findings.iter().find(|finding| finding.id == id && finding.status == Status::Fail);
    let trust = failing(TRUST.id);
    if trust.is_some_and(|finding| finding.subject.resource.is_none()) {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }],
        });
        let role = json!({"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": [ssm_core(partition)]});
        return vec![Resource::new(TRUST.id, ROLE, "AWS::IAM::Role", role), profile(TRUST.id, &reference(ROLE))];
    }
    // Of a role that EC2 cannot take, a profile is of no use.
    let profiles = failing(INSTANCE_PROFILE.id).filter(|_| trust.is_none());
    let role = profiles.and_then(|finding| finding.subject.resource.as_deref()).and_then(Arn::parse);
    match role.and_then(|role| role.resource.rsplit('/').next()) {
        Some(name) => vec![profile(INSTANCE_PROFILE.id, &json!(name))],
        None => Vec::new(),
    }
}

fn profile(closes: &'static str, role: &Value) -> Resource {
    Resource::new(closes, "InstanceProfile", "AWS::IAM::InstanceProfile", json!({"Roles": [role]}))
}
