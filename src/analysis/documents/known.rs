//! The three policies of AWS that are known by heart, so that a listing without their documents costs no call.
//! [AdministratorAccess](https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html),
//! [AmazonSSMManagedInstanceCore](https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html),
//! [AmazonEC2RoleforSSM](https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2RoleforSSM.html)

use super::{ADMINISTRATOR_ACCESS, EC2_ROLE_FOR_SSM, SSM_CORE, aws_policy};
use crate::iam::{Choice, Document, Effect, Statement, Version};

/// What an instance needs to be managed, of all that the two policies for Systems Manager grant.
const SSM_ACTIONS: &[&str] = &[
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// What such a policy grants, as far as anything here hangs on it.
pub(super) fn by_arn(arn: &str) -> Option<Document> {
    match aws_policy(arn)? {
        ADMINISTRATOR_ACCESS => Some(allowing(&["*"])),
        SSM_CORE | EC2_ROLE_FOR_SSM => Some(allowing(SSM_ACTIONS)),
        _ => None,
    }
}

/// The one for instances.
pub(super) fn ssm_core() -> Document {
    allowing(SSM_ACTIONS)
}

fn allowing(actions: &[&str]) -> Document {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principals: None,
        actions: Choice::Only(actions.iter().map(|action| (*action).to_owned()).collect()),
        resources: Some(Choice::Only(vec!["*".to_owned()])),
        conditions: Vec::new(),
        version: Version::V2012,
    };
    Document { version: Version::V2012, id: None, statements: vec![statement] }
}
