//! Rights over every identity of the account: each of them is a path to an administrator as soon as there is a target for it.

use super::Privileges;
use super::becoming::unbounded;
use crate::analysis::documents::{Library, home_of};
use crate::analysis::tristate::{self, Sure};
use crate::iam::Context;

/// What gives whoever holds it another identity, or makes another identity more powerful; the kind of identity that it is done to.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>
const ON_EVERYONE: &[(&str, &str)] = &[
    ("iam:PutUserPolicy", "user"),
    ("iam:PutGroupPolicy", "group"),
    ("iam:PutRolePolicy", "role"),
    ("iam:UpdateAssumeRolePolicy", "role"),
    ("iam:CreateAccessKey", "user"),
    ("iam:CreateLoginProfile", "user"),
    ("iam:UpdateLoginProfile", "user"),
];

/// The same, for the policies that may be attached.
const ATTACHING: &[(&str, &str)] =
    &[("iam:AttachUserPolicy", "user"), ("iam:AttachGroupPolicy", "group"), ("iam:AttachRolePolicy", "role")];

/// A service that takes a role for something new, and the ways to make it do so: all actions of a way are needed.
struct Passing {
    service: &'static str,
    ways: &'static [&'static [&'static str]],
}

/// What is new and acts with a role that is passed to it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
const PASSING: &[Passing] = &[
    Passing {
        service: "ec2",
        ways: &[
            &["ec2:RunInstances"],
            &["ec2:RequestSpotInstances"],
            &["ec2:CreateLaunchTemplate", "ec2:CreateFleet"],
            &["autoscaling:CreateAutoScalingGroup", "ec2:CreateLaunchTemplate"],
            &["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"],
            &["elasticmapreduce:RunJobFlow"],
        ],
    },
    Passing {
        service: "lambda",
        ways: &[
            &["lambda:CreateFunction", "lambda:InvokeFunction"],
            &["lambda:CreateFunction", "lambda:AddPermission"],
            &["lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
        ],
    },
    Passing {
        service: "cloudformation",
        ways: &[
            &["cloudformation:CreateStack"],
            &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
            &["cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"],
        ],
    },
    Passing {
        service: "glue",
        ways: &[
            &["glue:CreateDevEndpoint"],
            &["glue:CreateJob", "glue:StartJobRun"],
            &["glue:CreateJob", "glue:CreateTrigger"],
            &["glue:CreateSession", "glue:RunStatement"],
        ],
    },
    Passing {
        service: "codebuild",
        ways: &[
            &["codebuild:CreateProject", "codebuild:StartBuild"],
            &["codebuild:CreateProject", "codebuild:StartBuildBatch"],
        ],
    },
    Passing {
        service: "sagemaker",
        ways: &[
            &["sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"],
            &["sagemaker:CreateNotebookInstance", "sagemaker:CreateNotebookInstanceLifecycleConfig"],
            &["sagemaker:CreateTrainingJob"],
            &["sagemaker:CreateProcessingJob"],
            &["sagemaker:CreateHyperParameterTuningJob"],
            &["sagemaker:CreateDomain", "sagemaker:CreateUserProfile", "sagemaker:CreatePresignedDomainUrl"],
        ],
    },
    Passing {
        service: "ecs-tasks",
        ways: &[
            &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:RunTask"],
            &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
            &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:StartTask"],
        ],
    },
    Passing {
        service: "datapipeline",
        ways: &[&[
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ]],
    },
    Passing { service: "elasticmapreduce", ways: &[&["elasticmapreduce:RunJobFlow"]] },
    Passing { service: "emr-serverless", ways: &[&["emr-serverless:CreateApplication", "emr-serverless:StartJobRun"]] },
    Passing { service: "states", ways: &[&["states:CreateStateMachine", "states:StartExecution"]] },
    Passing { service: "scheduler", ways: &[&["scheduler:CreateSchedule"]] },
    Passing { service: "ssm", ways: &[&["ssm:CreateDocument", "ssm:StartAutomationExecution"]] },
    Passing { service: "tasks.apprunner", ways: &[&["apprunner:CreateService"]] },
    Passing {
        service: "bedrock-agentcore",
        ways: &[&[
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ]],
    },
];

impl Privileges<'_> {
    /// What they may do to every user, group or role that would be a path to an administrator if there were a target; each with its
    /// action.
    #[must_use]
    pub fn rights_over_everyone(&self, library: &Library<'_>, context: &Context) -> Vec<(&'static str, Sure)> {
        let context = &unbounded(context);
        let (partition, account) = home_of(self.holder.arn);
        let every = |kind: &str| format!("arn:{partition}:iam::{account}:{kind}/*");
        let does = ON_EVERYONE.iter().map(|(action, kind)| (*action, self.may(action, &every(kind), context)));
        let attaches =
            ATTACHING.iter().map(|(action, kind)| (*action, self.may_attach(library, action, &every(kind), context)));
        does.chain(attaches).collect()
    }

    /// Whether they may pass every role to something new that then acts with it.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn passes_every_role(&self, context: &Context) -> Sure {
        let (partition, account) = home_of(self.holder.arn);
        let roles = format!("arn:{partition}:iam::{account}:role/*");
        tristate::any(PASSING.iter().map(|Passing { service, ways }| {
            let context = match *service {
                // "Some services, such as CodeBuild, do not support" the key.
                "codebuild" => context.clone(),
                service => context.clone().with("iam:PassedToService", format!("{service}.amazonaws.com")),
            };
            let makes =
                |way: &&&[&str]| tristate::all(way.iter().map(|action| self.may_on_some(action, "*", &context)));
            tristate::all([
                self.may("iam:PassRole", &roles, &context),
                tristate::any(ways.iter().map(|way| makes(&way))),
            ])
        }))
    }
}
