//! A way in words: what a message says of it, and how to close it.

use super::methods::Class;
use super::path::{Hop, Path, short};

impl Path {
    /// Its first step in the imperative: "assume role `Admin`"; one through what exists says what that is.
    #[must_use]
    pub fn told(&self) -> String {
        let mut hops = self.hops.iter().filter(|hop| hop.method != "MFA");
        let first = hops.next().map_or_else(|| "it has administrator access".to_owned(), |hop| self.told_of(hop));
        let first = if self.needs_mfa { format!("enroll its own MFA device, then {first}") } else { first };
        match hops.find(|hop| hop.class == Class::Existing) {
            Some(hop) => format!("{first}, then {}", self.told_of(hop)),
            None => first,
        }
    }

    fn told_of(&self, hop: &Hop) -> String {
        let whom = if hop.to == self.from.arn { "itself".to_owned() } else { quoted(&hop.to) };
        let through = |what: &str| format!("{what}, and {} has a way to administrator access", quoted(&hop.to));
        match hop.method {
            "I1" => format!("write an inline policy into {whom}"),
            "I2" => format!("attach a policy to {whom}"),
            "I3" => format!("write or attach a policy to {whom}, a group of its own"),
            "I4" => format!("add itself to {whom}"),
            "I5" => format!("write a new version of {whom}"),
            "I6" => format!("activate an older version of {whom}"),
            "I7" => format!("write or attach a policy to {whom}"),
            "I8" => "remove or replace its permissions boundary".to_owned(),
            "I9" => "remove a policy that denies".to_owned(),
            "I10" => "create a user with administrator access".to_owned(),
            "I11" => "create a role with administrator access".to_owned(),
            "T1" => format!("assume {whom}"),
            "T2" => format!("rewrite the trust policy of {whom}"),
            "T3" => format!("create an access key for {whom}"),
            "T4" | "T5" => format!("set the console password of {whom}"),
            "T6" => format!("replace the SAML provider that {whom} trusts"),
            "E-lambda" => through("replace the code of every Lambda function"),
            "E-ssm" => through("run commands on every EC2 instance"),
            "E-eic" => through("push an SSH key to every EC2 instance"),
            "E-userdata" => through("replace the user data of every EC2 instance"),
            "E-profile" => through("replace the instance profile of every EC2 instance"),
            "E-template" => through("change every launch template"),
            "E-cfn" => through("update every CloudFormation stack"),
            "E-glue" => through("change every AWS Glue job or development endpoint"),
            "E-codebuild" => through("start a build of every CodeBuild project"),
            "E-sagemaker" => through("open every SageMaker notebook or domain"),
            "E-ecs" => through("run commands in every ECS task"),
            "E-states" => through("change every state machine"),
            "E-apprunner" => through("change every App Runner service"),
            "E-agentcore" => through("run code in every AgentCore code interpreter"),
            _ => format!("pass {whom} to {}", hop.via.as_deref().unwrap_or("a service")),
        }
    }

    /// How to close the way, beside an MFA device: one sentence.
    #[must_use]
    pub fn closed_by(&self) -> String {
        let Some(hop) = self.hops.iter().find(|hop| hop.method != "MFA") else { return String::new() };
        let to = quoted(&hop.to);
        let statement = match (&hop.policy, hop.statement) {
            (Some(policy), Some(statement)) => format!("statement {statement} of policy `{policy}`"),
            _ => "the trust policy".to_owned(),
        };
        match hop.method {
            "I4" => format!("restrict the resource of {statement} to other groups"),
            "I6" => format!("delete the versions of {to} that allow more than the default version does"),
            "I10" | "I11" => format!("require a permissions boundary in {statement}, for what it creates"),
            "T1" => format!("require MFA in the trust policy of {to}"),
            "T2" | "T3" | "T4" | "T5" | "T6" => {
                format!("restrict the resource of {statement} to the user's own ARN, user/${{aws:username}}")
            }
            method if method.starts_with('I') => format!("remove {} from {statement}", hop.actions.join(" and ")),
            _ => format!(
                "restrict iam:PassRole and {} in {statement} to named resources, or remove administrator access from {to}",
                hop.actions.last().copied().unwrap_or_default()
            ),
        }
    }
}

/// An ARN as it stands in a sentence: role `Deploy`.
fn quoted(arn: &str) -> String {
    let short = short(arn);
    match short.split_once(' ') {
        Some((kind @ ("role" | "user" | "group" | "policy"), name)) => format!("{kind} `{name}`"),
        _ => short,
    }
}
