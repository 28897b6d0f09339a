//! The one list of API operations that an audit may call.
//!
//! The live source, `iam-policy`, `explain`, error messages and the README all read it, and an SDK interceptor refuses
//! whatever is not in it. Only Get, List, Describe and Head calls stand here.

use serde::{Deserialize, Serialize};

/// One API operation of AWS, by AWS's own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "AWS's own names; `Operation::spec` says what each is asked for")]
pub enum Operation {
    GetCallerIdentity,
    DescribeOrganization,
    ListAccountAliases,
    DescribeRegions,
    GetAccountSummary,
    GetAccountAuthorizationDetails,
    #[serde(rename = "ListMFADevices")]
    ListMfaDevices,
    GetLoginProfile,
    ListAccessKeys,
    GetPolicy,
    GetPolicyVersion,
    DescribeTrails,
    GetTrailStatus,
    GetEventSelectors,
    HeadBucket,
    GetBucketPolicy,
    GetPublicAccessBlock,
    GetBucketAcl,
    GetBucketOwnershipControls,
    GetTopicAttributes,
    ListSubscriptionsByTopic,
    GetSubscriptionAttributes,
    ListTopics,
    DescribeAlarms,
    ListAlarmMuteRules,
    ListMetrics,
    DescribeKey,
    GetKeyPolicy,
    ListRoots,
    ListAccounts,
    ListOrganizationalUnitsForParent,
    ListAccountsForParent,
    ListPolicies,
    DescribePolicy,
    ListTargetsForPolicy,
    #[serde(rename = "ListAWSServiceAccessForOrganization")]
    ListAwsServiceAccessForOrganization,
    ListOrganizationsFeatures,
    ListBuckets,
    ListInstances,
    ListPermissionSetsProvisionedToAccount,
    DescribePermissionSet,
    ListAccountAssignments,
}

/// Where an operation is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A service without regions (IAM, Organizations), or one whose answer does not depend on the region (who am I).
    Global,
    /// A service with regions; the call names its region.
    Regional,
}

/// Why an operation is called. The same operation may be called for different reasons in different checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To evaluate: without the answer, a requirement is unknown.
    Evaluate,
    /// To explain a failure: without the answer the failure stands, and says less.
    Explain,
    /// To describe the account at the top of the report: no verdict needs it.
    Describe,
}

impl Purpose {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Purpose::Evaluate => "evaluate",
            Purpose::Explain => "explain",
            Purpose::Describe => "describe",
        }
    }
}

/// What the tool knows about one operation.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// AWS's name of the operation, e.g. `GetPublicAccessBlock`.
    pub name: &'static str,
    /// The SDK's service id, as its interceptors see it, e.g. `CloudTrail`.
    pub service: &'static str,
    /// The IAM action that allows it; not always the operation's name (`s3:GetBucketPublicAccessBlock`).
    /// `None` where AWS asks for no permission.
    pub action: Option<&'static str>,
    /// Where it is sent.
    pub scope: Scope,
    /// What it is asked for, as the end of "it reads …".
    pub reads: &'static str,
}

impl Operation {
    /// Every operation, in the order in which an audit comes to need them.
    pub const ALL: &'static [Operation] = &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::ListAccountAliases,
        Operation::DescribeRegions,
        Operation::GetAccountSummary,
        Operation::GetAccountAuthorizationDetails,
        Operation::ListMfaDevices,
        Operation::GetLoginProfile,
        Operation::ListAccessKeys,
        Operation::GetPolicy,
        Operation::GetPolicyVersion,
        Operation::DescribeTrails,
        Operation::GetTrailStatus,
        Operation::GetEventSelectors,
        Operation::HeadBucket,
        Operation::GetBucketPolicy,
        Operation::GetPublicAccessBlock,
        Operation::GetBucketAcl,
        Operation::GetBucketOwnershipControls,
        Operation::GetTopicAttributes,
        Operation::ListSubscriptionsByTopic,
        Operation::GetSubscriptionAttributes,
        Operation::ListTopics,
        Operation::DescribeAlarms,
        Operation::ListAlarmMuteRules,
        Operation::ListMetrics,
        Operation::DescribeKey,
        Operation::GetKeyPolicy,
        Operation::ListRoots,
        Operation::ListAccounts,
        Operation::ListOrganizationalUnitsForParent,
        Operation::ListAccountsForParent,
        Operation::ListPolicies,
        Operation::DescribePolicy,
        Operation::ListTargetsForPolicy,
        Operation::ListAwsServiceAccessForOrganization,
        Operation::ListOrganizationsFeatures,
        Operation::ListBuckets,
        Operation::ListInstances,
        Operation::ListPermissionSetsProvisionedToAccount,
        Operation::DescribePermissionSet,
        Operation::ListAccountAssignments,
    ];

    /// What the tool knows about this operation. IAM actions are those of the
    /// [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
    #[must_use]
    pub const fn spec(self) -> Spec {
        use Scope::{Global, Regional};
        const fn spec(
            service: &'static str,
            name: &'static str,
            action: &'static str,
            scope: Scope,
            reads: &'static str,
        ) -> Spec {
            Spec { name, service, action: Some(action), scope, reads }
        }
        match self {
            Operation::GetCallerIdentity => Spec {
                name: "GetCallerIdentity",
                service: "STS",
                action: None,
                scope: Global,
                reads: "the account that the credentials belong to",
            },
            Operation::DescribeOrganization => spec(
                "Organizations",
                "DescribeOrganization",
                "organizations:DescribeOrganization",
                Global,
                "whether the account is in an organization",
            ),
            Operation::ListAccountAliases => {
                spec("IAM", "ListAccountAliases", "iam:ListAccountAliases", Global, "the account's alias")
            }
            Operation::DescribeRegions => {
                spec("EC2", "DescribeRegions", "ec2:DescribeRegions", Regional, "the enabled Regions")
            }
            Operation::GetAccountSummary => spec(
                "IAM",
                "GetAccountSummary",
                "iam:GetAccountSummary",
                Global,
                "whether the root user has MFA, access keys or certificates",
            ),
            Operation::GetAccountAuthorizationDetails => spec(
                "IAM",
                "GetAccountAuthorizationDetails",
                "iam:GetAccountAuthorizationDetails",
                Global,
                "users, groups, roles and their policies",
            ),
            Operation::ListMfaDevices => spec(
                "IAM",
                "ListMFADevices",
                "iam:ListMFADevices",
                Global,
                "the MFA devices of a user who is or can become an administrator",
            ),
            Operation::GetLoginProfile => spec(
                "IAM",
                "GetLoginProfile",
                "iam:GetLoginProfile",
                Global,
                "whether such a user has a console password",
            ),
            Operation::ListAccessKeys => spec(
                "IAM",
                "ListAccessKeys",
                "iam:ListAccessKeys",
                Global,
                "whether such a user has an active access key",
            ),
            Operation::GetPolicy => spec(
                "IAM",
                "GetPolicy",
                "iam:GetPolicy",
                Global,
                "the default version of a managed policy that the account's listing lacks",
            ),
            Operation::GetPolicyVersion => {
                spec("IAM", "GetPolicyVersion", "iam:GetPolicyVersion", Global, "the document of such a policy")
            }
            Operation::DescribeTrails => {
                spec("CloudTrail", "DescribeTrails", "cloudtrail:DescribeTrails", Regional, "the account's trails")
            }
            Operation::GetTrailStatus => spec(
                "CloudTrail",
                "GetTrailStatus",
                "cloudtrail:GetTrailStatus",
                Regional,
                "whether a trail logs and delivers",
            ),
            Operation::GetEventSelectors => spec(
                "CloudTrail",
                "GetEventSelectors",
                "cloudtrail:GetEventSelectors",
                Regional,
                "the events that a trail logs",
            ),
            Operation::HeadBucket => spec(
                "S3",
                "HeadBucket",
                "s3:ListBucket",
                Regional,
                "whether the trail's bucket exists and is this account's",
            ),
            Operation::GetBucketPolicy => spec(
                "S3",
                "GetBucketPolicy",
                "s3:GetBucketPolicy",
                Regional,
                "who can write to and read from the trail's bucket",
            ),
            Operation::GetPublicAccessBlock => spec(
                "S3",
                "GetPublicAccessBlock",
                "s3:GetBucketPublicAccessBlock",
                Regional,
                "what the bucket's public access block blocks",
            ),
            Operation::GetBucketAcl => {
                spec("S3", "GetBucketAcl", "s3:GetBucketAcl", Regional, "the bucket's access control list")
            }
            Operation::GetBucketOwnershipControls => spec(
                "S3",
                "GetBucketOwnershipControls",
                "s3:GetBucketOwnershipControls",
                Regional,
                "whether the ACL counts",
            ),
            Operation::GetTopicAttributes => {
                spec("SNS", "GetTopicAttributes", "sns:GetTopicAttributes", Regional, "a topic's policy and KMS key")
            }
            Operation::ListSubscriptionsByTopic => spec(
                "SNS",
                "ListSubscriptionsByTopic",
                "sns:ListSubscriptionsByTopic",
                Regional,
                "a topic's subscriptions",
            ),
            Operation::GetSubscriptionAttributes => spec(
                "SNS",
                "GetSubscriptionAttributes",
                "sns:GetSubscriptionAttributes",
                Regional,
                "a subscription's filter policy",
            ),
            Operation::ListTopics => {
                spec("SNS", "ListTopics", "sns:ListTopics", Regional, "topics with a similar name")
            }
            Operation::DescribeAlarms => spec(
                "CloudWatch",
                "DescribeAlarms",
                "cloudwatch:DescribeAlarms",
                Regional,
                "the alarms on the billing metric",
            ),
            Operation::ListAlarmMuteRules => spec(
                "CloudWatch",
                "ListAlarmMuteRules",
                "cloudwatch:ListAlarmMuteRules",
                Regional,
                "whether an alarm's actions are muted",
            ),
            Operation::ListMetrics => spec(
                "CloudWatch",
                "ListMetrics",
                "cloudwatch:ListMetrics",
                Regional,
                "whether AWS sends the billing metric",
            ),
            Operation::DescribeKey => spec(
                "KMS",
                "DescribeKey",
                "kms:DescribeKey",
                Regional,
                "whether a topic's KMS key is AWS managed \
                    or customer managed",
            ),
            Operation::GetKeyPolicy => spec(
                "KMS",
                "GetKeyPolicy",
                "kms:GetKeyPolicy",
                Regional,
                "whether CloudWatch can use a topic's customer managed key",
            ),
            Operation::ListRoots => spec(
                "Organizations",
                "ListRoots",
                "organizations:ListRoots",
                Global,
                "the organization's root, and whether service control policies are on",
            ),
            Operation::ListAccounts => spec(
                "Organizations",
                "ListAccounts",
                "organizations:ListAccounts",
                Global,
                "the organization's accounts and their organizational units",
            ),
            Operation::ListOrganizationalUnitsForParent => spec(
                "Organizations",
                "ListOrganizationalUnitsForParent",
                "organizations:ListOrganizationalUnitsForParent",
                Global,
                "the organizational units (OUs) in the root or in an OU",
            ),
            Operation::ListAccountsForParent => spec(
                "Organizations",
                "ListAccountsForParent",
                "organizations:ListAccountsForParent",
                Global,
                "the accounts in the root or in an OU",
            ),
            Operation::ListPolicies => spec(
                "Organizations",
                "ListPolicies",
                "organizations:ListPolicies",
                Global,
                "the service control policies (SCPs)",
            ),
            Operation::DescribePolicy => spec(
                "Organizations",
                "DescribePolicy",
                "organizations:DescribePolicy",
                Global,
                "the document of an SCP",
            ),
            Operation::ListTargetsForPolicy => spec(
                "Organizations",
                "ListTargetsForPolicy",
                "organizations:ListTargetsForPolicy",
                Global,
                "where an SCP is attached",
            ),
            Operation::ListAwsServiceAccessForOrganization => spec(
                "Organizations",
                "ListAWSServiceAccessForOrganization",
                "organizations:ListAWSServiceAccessForOrganization",
                Global,
                "the AWS services that the organization trusts",
            ),
            Operation::ListOrganizationsFeatures => spec(
                "IAM",
                "ListOrganizationsFeatures",
                "iam:ListOrganizationsFeatures",
                Global,
                "whether root access is managed centrally",
            ),
            Operation::ListBuckets => spec(
                "S3",
                "ListBuckets",
                "s3:ListAllMyBuckets",
                Regional,
                "whether the trail's bucket is this account's",
            ),
            Operation::ListInstances => spec(
                "SSO Admin",
                "ListInstances",
                "sso:ListInstances",
                Regional,
                "the instances of IAM Identity Center",
            ),
            Operation::ListPermissionSetsProvisionedToAccount => spec(
                "SSO Admin",
                "ListPermissionSetsProvisionedToAccount",
                "sso:ListPermissionSetsProvisionedToAccount",
                Regional,
                "the permission sets in the management account",
            ),
            Operation::DescribePermissionSet => spec(
                "SSO Admin",
                "DescribePermissionSet",
                "sso:DescribePermissionSet",
                Regional,
                "the name of a permission set",
            ),
            Operation::ListAccountAssignments => spec(
                "SSO Admin",
                "ListAccountAssignments",
                "sso:ListAccountAssignments",
                Regional,
                "the groups and users with a permission set in an account",
            ),
        }
    }

    /// AWS's name of the operation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// The IAM action that allows it, if AWS asks for one.
    #[must_use]
    pub const fn action(self) -> Option<&'static str> {
        self.spec().action
    }

    /// Whether AWS answers it in an organization's management account only, or to its delegated administrators: elsewhere a denial says
    /// nothing of the auditor's permissions.
    #[must_use]
    pub fn is_of_an_organization(self) -> bool {
        let is_listed = matches!(self, Operation::ListOrganizationsFeatures);
        is_listed || (self.spec().service == "Organizations" && self != Operation::DescribeOrganization)
    }

    /// The operation that an SDK service id and operation name stand for, if it is one of ours.
    #[must_use]
    pub fn find(service: &str, name: &str) -> Option<Operation> {
        Operation::ALL.iter().copied().find(|operation| {
            let spec = operation.spec();
            spec.service == service && spec.name == name
        })
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_get_list_describe_and_head_calls_are_in_the_list() {
        for operation in Operation::ALL {
            let name = operation.name();
            assert!(["Get", "List", "Describe", "Head"].iter().any(|verb| name.starts_with(verb)), "{name}");
        }
    }

    #[test]
    fn an_operation_is_written_in_a_snapshot_by_awss_own_name() {
        for operation in Operation::ALL {
            assert_eq!(serde_json::to_value(operation).unwrap(), operation.name());
        }
    }

    #[test]
    fn every_operation_is_found_by_its_service_and_name() {
        for operation in Operation::ALL {
            assert_eq!(Operation::find(operation.spec().service, operation.name()), Some(*operation));
        }
        assert_eq!(Operation::find("S3", "PutBucketPolicy"), None);
    }
}
