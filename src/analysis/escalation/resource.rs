//! What an action is done to: the kinds of resources, and a concrete ARN of one that does not exist yet.
//!
//! Kinds are those of the [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/).

use crate::iam::{Choice, Effect, Statement, matches, matches_resource};

/// What an action without resources is done to: only a pattern for everything fits it, and no ARN.
pub const NO_RESOURCE: &str = "-";
/// What stands for a wildcard in the name of something new.
const FILLER: &str = "stagecheck";

/// Where an ARN is: its partition, account, and a Region for what has one.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: &'a str,
    /// The account's ID.
    pub account: &'a str,
}

/// A kind of resource: all ARNs that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    service: &'static str,
    is_regional: bool,
    has_account: bool,
    /// What the sixth part begins with.
    pub prefix: &'static str,
}

const fn global(prefix: &'static str) -> Kind {
    Kind { service: "iam", is_regional: false, has_account: true, prefix }
}

const fn regional(service: &'static str, prefix: &'static str) -> Kind {
    Kind { service, is_regional: true, has_account: true, prefix }
}

/// IAM users, with their paths.
pub const USER: Kind = global("user/");
/// IAM roles, with their paths.
pub const ROLE: Kind = global("role/");
/// Customer managed policies.
pub const POLICY: Kind = global("policy/");

/// The kinds of resources that an action needs, one of each; of none, it is done to no resource in particular.
#[must_use]
pub fn kinds_of(action: &str) -> &'static [Kind] {
    const fn one(kind: &'static [Kind; 1]) -> &'static [Kind] {
        kind
    }
    match action {
        "iam:CreateUser"
        | "iam:PutUserPolicy"
        | "iam:AttachUserPolicy"
        | "iam:CreateAccessKey"
        | "iam:CreateLoginProfile"
        | "iam:EnableMFADevice" => one(&[USER]),
        "iam:CreateRole" | "iam:PutRolePolicy" | "iam:AttachRolePolicy" => one(&[ROLE]),
        "iam:CreatePolicy" => one(&[POLICY]),
        "iam:CreateVirtualMFADevice" => one(const { &[global("mfa/")] }),
        "iam:CreateInstanceProfile" | "iam:AddRoleToInstanceProfile" => one(const { &[global("instance-profile/")] }),
        "ec2:RunInstances" => {
            const {
                &[
                    Kind { has_account: false, ..regional("ec2", "image/") },
                    regional("ec2", "instance/"),
                    regional("ec2", "network-interface/"),
                    regional("ec2", "security-group/"),
                    regional("ec2", "subnet/"),
                ]
            }
        }
        "ec2:RequestSpotInstances" => {
            const {
                &[
                    Kind { has_account: false, ..regional("ec2", "image/") },
                    regional("ec2", "spot-instances-request/"),
                    regional("ec2", "network-interface/"),
                    regional("ec2", "security-group/"),
                    regional("ec2", "subnet/"),
                ]
            }
        }
        "ec2:CreateFleet" => const { &[regional("ec2", "fleet/"), regional("ec2", "instance/")] },
        "ec2:CreateLaunchTemplate" | "ec2:CreateLaunchTemplateVersion" | "ec2:ModifyLaunchTemplate" => {
            one(const { &[regional("ec2", "launch-template/")] })
        }
        "ec2:ModifyInstanceAttribute"
        | "ec2:StopInstances"
        | "ec2:StartInstances"
        | "ec2:AssociateIamInstanceProfile"
        | "ec2:ReplaceIamInstanceProfileAssociation"
        | "ec2-instance-connect:SendSSHPublicKey"
        | "ec2-instance-connect:SendSerialConsoleSSHPublicKey"
        | "ssm:SendCommand"
        | "ssm:StartSession"
        | "ssm:CreateAssociation" => one(const { &[regional("ec2", "instance/")] }),
        "autoscaling:CreateAutoScalingGroup" => one(const { &[regional("autoscaling", "autoScalingGroup:")] }),
        "autoscaling:CreateLaunchConfiguration" => one(const { &[regional("autoscaling", "launchConfiguration:")] }),
        "lambda:CreateFunction" | "lambda:InvokeFunction" | "lambda:AddPermission" | "lambda:UpdateFunctionCode" => {
            one(const { &[regional("lambda", "function:")] })
        }
        "cloudformation:CreateStack"
        | "cloudformation:CreateChangeSet"
        | "cloudformation:ExecuteChangeSet"
        | "cloudformation:UpdateStack" => one(const { &[regional("cloudformation", "stack/")] }),
        "cloudformation:CreateStackSet" | "cloudformation:CreateStackInstances" => {
            one(const { &[regional("cloudformation", "stackset/")] })
        }
        "glue:CreateDevEndpoint" | "glue:UpdateDevEndpoint" => one(const { &[regional("glue", "devEndpoint/")] }),
        "glue:CreateJob" | "glue:StartJobRun" | "glue:UpdateJob" => one(const { &[regional("glue", "job/")] }),
        "glue:CreateTrigger" => one(const { &[regional("glue", "trigger/")] }),
        "glue:CreateSession" | "glue:RunStatement" => one(const { &[regional("glue", "session/")] }),
        "codebuild:CreateProject" | "codebuild:StartBuild" | "codebuild:StartBuildBatch" => {
            one(const { &[regional("codebuild", "project/")] })
        }
        "sagemaker:CreateNotebookInstance" | "sagemaker:CreatePresignedNotebookInstanceUrl" => {
            one(const { &[regional("sagemaker", "notebook-instance/")] })
        }
        "sagemaker:CreateNotebookInstanceLifecycleConfig" => {
            one(const { &[regional("sagemaker", "notebook-instance-lifecycle-config/")] })
        }
        "sagemaker:CreateTrainingJob" => one(const { &[regional("sagemaker", "training-job/")] }),
        "sagemaker:CreateProcessingJob" => one(const { &[regional("sagemaker", "processing-job/")] }),
        "sagemaker:CreateHyperParameterTuningJob" => {
            one(const { &[regional("sagemaker", "hyper-parameter-tuning-job/")] })
        }
        "sagemaker:CreateDomain" => one(const { &[regional("sagemaker", "domain/")] }),
        "sagemaker:CreateUserProfile" | "sagemaker:CreatePresignedDomainUrl" => {
            one(const { &[regional("sagemaker", "user-profile/")] })
        }
        "ecs:CreateCluster" => one(const { &[regional("ecs", "cluster/")] }),
        "ecs:ExecuteCommand" => const { &[regional("ecs", "cluster/"), regional("ecs", "task/")] },
        "ecs:RegisterTaskDefinition" | "ecs:RunTask" | "ecs:StartTask" => {
            one(const { &[regional("ecs", "task-definition/")] })
        }
        "ecs:CreateService" => one(const { &[regional("ecs", "service/")] }),
        "emr-serverless:StartJobRun" => one(const { &[regional("emr-serverless", "/applications/")] }),
        "states:CreateStateMachine" | "states:StartExecution" | "states:UpdateStateMachine" => {
            one(const { &[regional("states", "stateMachine:")] })
        }
        "scheduler:CreateSchedule" => one(const { &[regional("scheduler", "schedule/")] }),
        "ssm:CreateDocument" => one(const { &[regional("ssm", "document/")] }),
        "ssm:StartAutomationExecution" => one(const { &[regional("ssm", "automation-definition/")] }),
        "apprunner:CreateService" | "apprunner:UpdateService" => one(const { &[regional("apprunner", "service/")] }),
        "bedrock-agentcore:CreateCodeInterpreter"
        | "bedrock-agentcore:StartCodeInterpreterSession"
        | "bedrock-agentcore:InvokeCodeInterpreter" => {
            one(const { &[regional("bedrock-agentcore", "code-interpreter-custom/")] })
        }
        "datapipeline:CreatePipeline" | "datapipeline:PutPipelineDefinition" | "datapipeline:ActivatePipeline" => {
            one(const { &[regional("datapipeline", "pipeline/")] })
        }
        _ => &[],
    }
}

impl Kind {
    /// The ARN of one of this kind by its name.
    #[must_use]
    pub fn arn(self, home: Home<'_>, name: &str) -> String {
        self.arn_in(home, home.region(), name)
    }

    /// All of this kind in the account, in every Region, as a pattern.
    #[must_use]
    pub fn all(self, home: Home<'_>) -> String {
        self.arn_in(home, "*", "*")
    }

    fn arn_in(self, home: Home<'_>, region: &str, name: &str) -> String {
        let Kind { service, is_regional, has_account, prefix } = self;
        let region = if is_regional { region } else { "" };
        let account = if has_account { home.account } else { "" };
        format!("arn:{}:{service}:{region}:{account}:{prefix}{name}", home.partition)
    }

    /// ARNs of new resources of this kind that a pattern takes.
    ///
    /// The pattern's wildcards become a name that nobody uses; where they stand for the kind itself, the kind comes first.
    #[must_use]
    pub fn witnesses(self, pattern: &str, home: Home<'_>) -> Vec<String> {
        let plain = self.arn(home, FILLER);
        let mut found = Vec::new();
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        if let [_, _, _, region, _, resource] = parts.as_slice() {
            let region = if region.is_empty() || region.contains(['*', '?']) { home.region() } else { region };
            let beginning = self.arn_in(home, region, "");
            let beginning = beginning.strip_suffix(self.prefix).unwrap_or(&beginning);
            found.push(format!("{beginning}{}", filled(resource)));
            for (at, _) in resource.match_indices('*') {
                let (before, behind) = resource.split_at_checked(at).unwrap_or((resource, ""));
                let behind = behind.strip_prefix('*').unwrap_or(behind);
                if matches(&format!("{before}*"), self.prefix) || self.prefix.starts_with(before) {
                    found.push(format!("{beginning}{}{FILLER}{}", self.prefix, filled(behind)));
                    found.push(format!("{beginning}{}{}", self.prefix, filled(behind)));
                }
            }
        }
        found.push(plain);
        found.retain(|arn| {
            let name = arn.splitn(6, ':').last().and_then(|resource| resource.strip_prefix(self.prefix));
            name.is_some_and(|name| !name.is_empty()) && matches_resource(pattern, arn)
        });
        found.dedup();
        found
    }

    /// ARNs of new resources of this kind that an Allow may take. Of one that says what it does not take, a resource at the root.
    #[must_use]
    pub fn witnesses_of(self, statement: &Statement, home: Home<'_>) -> Vec<String> {
        match &statement.resources {
            _ if statement.effect == Effect::Deny => Vec::new(),
            // What a variable stands for, the evaluation of the statement decides.
            Some(Choice::Only(patterns)) => patterns
                .iter()
                .flat_map(|pattern| {
                    if pattern.contains("${") { vec![self.arn(home, FILLER)] } else { self.witnesses(pattern, home) }
                })
                .collect(),
            Some(Choice::AllBut(_)) => vec![self.arn(home, FILLER)],
            None => Vec::new(),
        }
    }
}

impl Home<'_> {
    /// A Region that every account of the partition has.
    #[must_use]
    pub fn region(&self) -> &'static str {
        match self.partition {
            "aws-cn" => "cn-north-1",
            "aws-us-gov" => "us-gov-west-1",
            _ => "us-east-1",
        }
    }
}

/// A pattern with a name in place of its wildcards.
#[must_use]
pub fn filled(pattern: &str) -> String {
    pattern.replace('*', FILLER).replace('?', "x")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Home<'static> = Home { partition: "aws", account: "111122223333" };

    #[test]
    fn witness_fits_its_pattern_and_its_kind() {
        for (pattern, witness) in [
            ("*", "user/stagecheck"),
            ("arn:aws:iam::*:user/*", "user/stagecheck"),
            ("arn:aws:iam::111122223333:user/svc-*", "user/svc-stagecheck"),
            ("arn:aws:iam::111122223333:user/a?/*", "user/ax/stagecheck"),
            ("arn:aws:iam::111122223333:*", "user/stagecheck"),
            ("arn:aws:iam::111122223333:*/dev", "user/stagecheck/dev"),
            ("arn:aws:iam::111122223333:us*", "user/stagecheck"),
            ("arn:*:iam::*", "user/stagecheck"),
        ] {
            let found = USER.witnesses(pattern, HOME);
            let expected = format!("arn:aws:iam::111122223333:{witness}");
            assert!(found.contains(&expected), "{pattern}: {found:?}");
        }
        for pattern in ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::999988887777:user/*", "arn:aws:s3:::*"] {
            assert_eq!(USER.witnesses(pattern, HOME), Vec::<String>::new(), "{pattern}");
        }
        let function = kinds_of("lambda:CreateFunction")[0];
        assert_eq!(
            function.witnesses("arn:aws:lambda:eu-west-1:*:function:dev-*", HOME),
            ["arn:aws:lambda:eu-west-1:111122223333:function:dev-stagecheck"]
        );
    }
}
