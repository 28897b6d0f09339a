//! The ways to administrator access, as data. Their ids are stable: evidence names them, and `diff` compares by them.
//!
//! The numbers in the comments are those of <https://pathfinding.cloud>, which describes each way with an example.

use serde::Serialize;

/// What kind of way it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It writes into IAM.
    Iam,
    /// It becomes another identity.
    Assume,
    /// It passes a role to a new resource.
    Pass,
    /// It takes over resources that exist, if there are any.
    Existing,
}

/// A way by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method {
    /// Its place in the tables: of ways as short as each other the first is told.
    pub order: u8,
    /// Its id, e.g. `I1`.
    pub id: &'static str,
    /// Its kind.
    pub class: Class,
}

const fn method(order: u8, id: &'static str, class: Class) -> Method {
    Method { order, id, class }
}

/// Writes an inline policy into a user (iam-007).
pub const I1: Method = method(1, "I1", Class::Iam);
/// Attaches a policy to a user (iam-008).
pub const I2: Method = method(2, "I2", Class::Iam);
/// Writes or attaches a policy to a group of its own (iam-010, iam-011).
pub const I3: Method = method(3, "I3", Class::Iam);
/// Adds itself to a group (iam-013).
pub const I4: Method = method(4, "I4", Class::Iam);
/// Writes a new version of a policy that it has (iam-001).
pub const I5: Method = method(5, "I5", Class::Iam);
/// Makes an older version of a policy that it has the default.
pub const I6: Method = method(6, "I6", Class::Iam);
/// Writes or attaches a policy to a role (iam-005, iam-009).
pub const I7: Method = method(7, "I7", Class::Iam);
/// Removes or replaces its permissions boundary.
pub const I8: Method = method(8, "I8", Class::Iam);
/// Removes a policy that denies.
pub const I9: Method = method(9, "I9", Class::Iam);
/// Makes a new user with administrator access.
pub const I10: Method = method(10, "I10", Class::Iam);
/// Makes a new role with administrator access.
pub const I11: Method = method(11, "I11", Class::Iam);
/// Assumes a role (sts-001).
pub const T1: Method = method(21, "T1", Class::Assume);
/// Rewrites the trust policy of a role (iam-012).
pub const T2: Method = method(22, "T2", Class::Assume);
/// Makes an access key of another user (iam-002, iam-003).
pub const T3: Method = method(23, "T3", Class::Assume);
/// Gives another user a console password (iam-004).
pub const T4: Method = method(24, "T4", Class::Assume);
/// Changes the console password of another user (iam-006).
pub const T5: Method = method(25, "T5", Class::Assume);
/// Replaces the identity provider that a role trusts.
pub const T6: Method = method(26, "T6", Class::Assume);
/// Enrolls an MFA device of its own.
pub const MFA: Method = method(0, "MFA", Class::Assume);

/// A way through a service: a role is passed to something new, or something that has the role is taken over.
#[derive(Debug)]
pub struct Service {
    /// Its id and its kind.
    pub method: Method,
    /// The services that the role may trust, each without `.amazonaws.com`.
    pub services: &'static [&'static str],
    /// The actions: one of these lists, and all of it.
    pub ways: &'static [&'static [&'static str]],
    /// The service acts with the role but gives no credentials of it: the role must reach administrator access by itself.
    pub limited: bool,
    /// What the role must be in, or else be.
    pub place: Place,
}

/// What must hold of a role beside its trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing.
    Anywhere,
    /// Where it trusts EC2, an instance profile contains it, or whoever passes it may make one.
    Profile,
    /// It is in an instance profile and may register its instance with Systems Manager.
    Managed,
    /// It may assume a role in reach of administrator access.
    Deployer,
}

const fn new(
    order: u8,
    id: &'static str,
    services: &'static [&'static str],
    ways: &'static [&'static [&'static str]],
) -> Service {
    Service { method: method(order, id, Class::Pass), services, ways, limited: false, place: Place::Anywhere }
}

const fn existing(
    order: u8,
    id: &'static str,
    services: &'static [&'static str],
    ways: &'static [&'static [&'static str]],
    place: Place,
) -> Service {
    Service { method: method(order, id, Class::Existing), services, ways, limited: false, place }
}

/// What makes an instance profile for a role that is in none.
pub const MAKES_PROFILE: [&str; 2] = ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"];

/// The ways that pass a role to something new.
pub const NEW: &[Service] = &[
    // 001, 003
    Service {
        place: Place::Profile,
        ..new(
            31,
            "N-ec2",
            &["ec2"],
            &[
                &["ec2:RunInstances"],
                &["ec2:RequestSpotInstances"],
                &["ec2:CreateLaunchTemplate", "ec2:CreateFleet"],
                &["autoscaling:CreateAutoScalingGroup", "ec2:CreateLaunchTemplate"],
                &["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"],
            ],
        )
    },
    // 001, 002, 006
    new(
        32,
        "N-lambda",
        &["lambda"],
        &[
            &["lambda:CreateFunction", "lambda:InvokeFunction"],
            &["lambda:CreateFunction", "lambda:AddPermission"],
            &["lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
        ],
    ),
    // 001
    Service {
        limited: true,
        ..new(
            33,
            "N-cfn",
            &["cloudformation"],
            &[&["cloudformation:CreateStack"], &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]],
        )
    },
    // 003
    Service {
        place: Place::Deployer,
        ..new(
            34,
            "N-cfnset",
            &["cloudformation"],
            &[&["cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"]],
        )
    },
    // 001, 003, 004
    new(
        35,
        "N-glue",
        &["glue"],
        &[
            &["glue:CreateDevEndpoint"],
            &["glue:CreateJob", "glue:StartJobRun"],
            &["glue:CreateJob", "glue:CreateTrigger"],
            &["glue:CreateSession", "glue:RunStatement"],
        ],
    ),
    // 001, 004
    new(
        36,
        "N-codebuild",
        &["codebuild"],
        &[
            &["codebuild:CreateProject", "codebuild:StartBuild"],
            &["codebuild:CreateProject", "codebuild:StartBuildBatch"],
        ],
    ),
    // 001–003
    new(
        37,
        "N-sagemaker",
        &["sagemaker"],
        &[
            &["sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"],
            &["sagemaker:CreateNotebookInstance", "sagemaker:CreateNotebookInstanceLifecycleConfig"],
            &["sagemaker:CreateTrainingJob"],
            &["sagemaker:CreateProcessingJob"],
            &["sagemaker:CreateHyperParameterTuningJob"],
            &["sagemaker:CreateDomain", "sagemaker:CreateUserProfile", "sagemaker:CreatePresignedDomainUrl"],
        ],
    ),
    // 001, 002
    new(
        38,
        "N-ecs",
        &["ecs-tasks"],
        &[
            &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:RunTask"],
            &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
            &["ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:StartTask"],
        ],
    ),
    // 001
    Service {
        place: Place::Profile,
        ..new(
            39,
            "N-datapipeline",
            &["datapipeline", "elasticmapreduce", "ec2"],
            &[&["datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"]],
        )
    },
    Service {
        place: Place::Profile,
        ..new(40, "N-emr", &["elasticmapreduce", "ec2"], &[&["elasticmapreduce:RunJobFlow"]])
    },
    new(41, "N-emrs", &["emr-serverless"], &[&["emr-serverless:CreateApplication", "emr-serverless:StartJobRun"]]),
    new(42, "N-states", &["states"], &[&["states:CreateStateMachine", "states:StartExecution"]]),
    // Its universal targets call most APIs that write.
    Service { limited: true, ..new(43, "N-scheduler", &["scheduler"], &[&["scheduler:CreateSchedule"]]) },
    new(44, "N-ssm", &["ssm"], &[&["ssm:CreateDocument", "ssm:StartAutomationExecution"]]),
    // 001
    new(45, "N-apprunner", &["tasks.apprunner"], &[&["apprunner:CreateService"]]),
    // bedrock-001
    new(
        46,
        "N-agentcore",
        &["bedrock-agentcore"],
        &[&[
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ]],
    ),
];

/// The ways that take over something that exists. Who has which, nobody lists: so all of it must be in reach.
pub const EXISTING: &[Service] = &[
    existing(61, "E-lambda", &["lambda"], &[&["lambda:UpdateFunctionCode"]], Place::Anywhere),
    existing(
        62,
        "E-ssm",
        &["ec2"],
        &[&["ssm:SendCommand"], &["ssm:StartSession"], &["ssm:CreateAssociation"]],
        Place::Managed,
    ),
    existing(
        63,
        "E-eic",
        &["ec2"],
        &[&["ec2-instance-connect:SendSSHPublicKey"], &["ec2-instance-connect:SendSerialConsoleSSHPublicKey"]],
        Place::Profile,
    ),
    existing(
        64,
        "E-userdata",
        &["ec2"],
        &[&["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"]],
        Place::Profile,
    ),
    existing(
        65,
        "E-profile",
        &["ec2"],
        &[
            &["iam:PassRole", "ec2:AssociateIamInstanceProfile", "ssm:SendCommand"],
            &["iam:PassRole", "ec2:AssociateIamInstanceProfile", "ssm:StartSession"],
            &["iam:PassRole", "ec2:AssociateIamInstanceProfile", "ec2-instance-connect:SendSSHPublicKey"],
            &["iam:PassRole", "ec2:AssociateIamInstanceProfile", "ec2-instance-connect:SendSerialConsoleSSHPublicKey"],
            &["iam:PassRole", "ec2:ReplaceIamInstanceProfileAssociation", "ssm:SendCommand"],
            &["iam:PassRole", "ec2:ReplaceIamInstanceProfileAssociation", "ssm:StartSession"],
            &["iam:PassRole", "ec2:ReplaceIamInstanceProfileAssociation", "ec2-instance-connect:SendSSHPublicKey"],
        ],
        Place::Profile,
    ),
    existing(
        66,
        "E-template",
        &["ec2"],
        &[&["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]],
        Place::Profile,
    ),
    Service {
        limited: true,
        ..existing(
            67,
            "E-cfn",
            &["cloudformation"],
            &[&["cloudformation:UpdateStack"], &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]],
            Place::Anywhere,
        )
    },
    existing(
        68,
        "E-glue",
        &["glue"],
        &[&["glue:UpdateDevEndpoint"], &["glue:UpdateJob", "glue:StartJobRun"]],
        Place::Anywhere,
    ),
    existing(
        69,
        "E-codebuild",
        &["codebuild"],
        &[&["codebuild:StartBuild"], &["codebuild:StartBuildBatch"]],
        Place::Anywhere,
    ),
    existing(
        70,
        "E-sagemaker",
        &["sagemaker"],
        &[&["sagemaker:CreatePresignedNotebookInstanceUrl"], &["sagemaker:CreatePresignedDomainUrl"]],
        Place::Anywhere,
    ),
    existing(
        71,
        "E-ecs",
        &["ecs-tasks"],
        &[
            &["ecs:ExecuteCommand"],
            &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"],
            &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
        ],
        Place::Anywhere,
    ),
    existing(72, "E-states", &["states"], &[&["states:UpdateStateMachine", "states:StartExecution"]], Place::Anywhere),
    existing(73, "E-apprunner", &["tasks.apprunner"], &[&["apprunner:UpdateService"]], Place::Anywhere),
    existing(
        74,
        "E-agentcore",
        &["bedrock-agentcore"],
        &[&["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"]],
        Place::Anywhere,
    ),
];
