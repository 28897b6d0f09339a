//! A good answer to each operation, in the form in which AWS documents it.

use serde_json::json;

use super::{INSTANCE, PERMISSION_SET, POLICY, Reply, SUBSCRIPTION, TOPIC, TRAIL, cbor};
use crate::account::operation::Operation;

/// An answer in the query protocol: IAM, SNS, STS.
pub(super) fn query(operation: &str, result: &str) -> String {
    format!(
        "<{operation}Response xmlns=\"https://x.amazonaws.com/doc/\">\n  <{operation}Result>{result}</{operation}Result>\n\
         <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation}Response>"
    )
}

pub(super) const USER: &str = "<member><UserName>admin</UserName><Path>/</Path><UserId>AIDA0</UserId>\
    <Arn>arn:aws:iam::111122223333:user/admin</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate>\
    <GroupList><member>admins</member></GroupList><AttachedManagedPolicies/></member>";

pub(super) fn good(operation: Operation) -> Reply {
    let query = |result: &str| Reply::ok(query(operation.name(), result));
    let json = |body: serde_json::Value| Reply::ok(body.to_string());
    let s3 = |body: &str| Reply::ok(body).with("x-amz-request-id", "R1");
    match operation {
        Operation::GetCallerIdentity => query(
            "<Arn>arn:aws:iam::111122223333:user/auditor</Arn><UserId>AIDA1</UserId><Account>111122223333</Account>",
        ),
        Operation::DescribeOrganization => {
            json(json!({"Organization": {"Id": "o-abc", "MasterAccountId": "111122223333", "FeatureSet": "ALL"}}))
        }
        Operation::ListAccountAliases => {
            query("<IsTruncated>false</IsTruncated><AccountAliases><member>acme</member></AccountAliases>")
        }
        Operation::DescribeRegions => Reply::ok(
            "<DescribeRegionsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId><regionInfo>\
             <item><regionName>us-west-2</regionName><optInStatus>opt-in-not-required</optInStatus></item>\
             <item><regionName>af-south-1</regionName><optInStatus>not-opted-in</optInStatus></item>\
             <item><regionName>eu-south-1</regionName><optInStatus>opted-in</optInStatus></item>\
             </regionInfo></DescribeRegionsResponse>",
        ),
        Operation::GetAccountSummary => query(
            "<SummaryMap><entry><key>AccountMFAEnabled</key><value>1</value></entry>\
             <entry><key>AccountPasswordPresent</key><value>1</value></entry></SummaryMap>",
        ),
        Operation::GetAccountAuthorizationDetails => query(&format!(
            "<IsTruncated>false</IsTruncated><UserDetailList>{USER}</UserDetailList><GroupDetailList/><RoleDetailList/><Policies/>"
        )),
        Operation::ListMfaDevices => query(
            "<MFADevices><member><UserName>admin</UserName><SerialNumber>arn:aws:iam::111122223333:mfa/admin</SerialNumber>\
             <EnableDate>2024-01-01T00:00:00Z</EnableDate></member></MFADevices><IsTruncated>false</IsTruncated>",
        ),
        Operation::GetLoginProfile => query(
            "<LoginProfile><UserName>admin</UserName><CreateDate>2024-01-01T00:00:00Z</CreateDate></LoginProfile>",
        ),
        Operation::ListAccessKeys => query(
            "<AccessKeyMetadata><member><UserName>admin</UserName><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId>\
             <Status>Active</Status></member></AccessKeyMetadata><IsTruncated>false</IsTruncated>",
        ),
        Operation::GetPolicy => {
            query(&format!("<Policy><Arn>{POLICY}</Arn><DefaultVersionId>v2</DefaultVersionId></Policy>"))
        }
        Operation::GetPolicyVersion => query(
            "<PolicyVersion><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion>\
             <Document>%7B%22Statement%22%3A%5B%5D%7D</Document></PolicyVersion>",
        ),
        Operation::DescribeTrails => json(json!({"trailList": [{
            "Name": "main", "TrailARN": TRAIL, "HomeRegion": "us-west-2", "S3BucketName": "logs", "S3KeyPrefix": "a/b/",
            "IsMultiRegionTrail": true, "IsOrganizationTrail": false, "IncludeGlobalServiceEvents": true,
            "LogFileValidationEnabled": true
        }]})),
        Operation::GetTrailStatus => json(json!({
            "IsLogging": true, "LatestDeliveryTime": 1_700_000_000.5, "StartLoggingTime": 1_600_000_000,
            "LatestDeliveryAttemptTime": "", "TimeLoggingStarted": ""
        })),
        Operation::GetEventSelectors => json(json!({"TrailARN": TRAIL, "EventSelectors": [
            {"ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [], "ExcludeManagementEventSources": []}
        ]})),
        Operation::HeadBucket => s3("").with("x-amz-bucket-region", "us-west-2"),
        Operation::GetBucketPolicy => s3(r#"{"Version":"2012-10-17","Statement":[]}"#),
        Operation::GetPublicAccessBlock => s3(
            "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true</BlockPublicAcls>\
             <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
             <RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
        ),
        Operation::GetBucketAcl => s3("<AccessControlPolicy><Owner><ID>abc</ID></Owner><AccessControlList><Grant>\
             <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>abc</ID></Grantee>\
             <Permission>FULL_CONTROL</Permission></Grant><Grant>\
             <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">\
             <URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee><Permission>WRITE</Permission></Grant>\
             </AccessControlList></AccessControlPolicy>"),
        Operation::GetBucketOwnershipControls => s3(
            "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
        ),
        Operation::GetTopicAttributes => query(&attributes(&[("TopicArn", TOPIC), ("Policy", "{\"a\":\"b+c\"}")])),
        Operation::ListSubscriptionsByTopic => query(&format!(
            "<Subscriptions><member><TopicArn>{TOPIC}</TopicArn><Protocol>email</Protocol>\
             <SubscriptionArn>{SUBSCRIPTION}</SubscriptionArn><Owner>111122223333</Owner><Endpoint>ops@example.com</Endpoint>\
             </member></Subscriptions>"
        )),
        Operation::GetSubscriptionAttributes => {
            query(&attributes(&[("SubscriptionArn", SUBSCRIPTION), ("PendingConfirmation", "false")]))
        }
        Operation::ListTopics => query(&format!("<Topics><member><TopicArn>{TOPIC}</TopicArn></member></Topics>")),
        Operation::DescribeAlarms => cbor(&json!({"MetricAlarms": [{
            "AlarmName": "bill", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:bill", "Namespace": "AWS/Billing",
            "MetricName": "EstimatedCharges", "Dimensions": [{"Name": "Currency", "Value": "USD"}], "Threshold": 25.5,
            "Period": 21600, "EvaluationPeriods": 1, "Statistic": "Maximum", "AlarmActions": [TOPIC], "ActionsEnabled": true
        }], "CompositeAlarms": []})),
        Operation::ListAlarmMuteRules => cbor(&json!({"AlarmMuteRuleSummaries": [{
            "AlarmMuteRuleArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:nightly", "Status": "SCHEDULED",
            "MuteType": "RECURRING"
        }]})),
        Operation::ListMetrics => cbor(&json!({"Metrics": [
            {"Namespace": "AWS/Billing", "MetricName": "EstimatedCharges", "Dimensions": [{"Name": "Currency", "Value": "USD"}]}
        ]})),
        Operation::DescribeKey => json(json!({"KeyMetadata": {
            "KeyId": "k", "Arn": "arn:aws:kms:us-east-1:111122223333:key/k", "KeyManager": "AWS", "KeyState": "Enabled"
        }})),
        Operation::GetKeyPolicy => json(json!({"Policy": "{}", "PolicyName": "default"})),
        Operation::ListRoots => json(json!({"Roots": [{
            "Id": "r-ab12", "Arn": "arn:aws:organizations::111122223333:root/o-abc/r-ab12", "Name": "Root",
            "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
        }]})),
        Operation::ListAccounts => json(json!({"Accounts": [{
            "Id": "444455556666", "Arn": "arn:aws:organizations::111122223333:account/o-abc/444455556666",
            "Name": "LogArchive", "Email": "logs@example.com", "State": "ACTIVE", "Status": "ACTIVE",
            "Paths": ["o-abc/r-ab12/ou-ab12-11111111/444455556666/"], "JoinedTimestamp": 1_700_000_000.5
        }]})),
        Operation::ListOrganizationalUnitsForParent => json(json!({"OrganizationalUnits": [{
            "Id": "ou-ab12-11111111", "Arn": "arn:aws:organizations::111122223333:ou/o-abc/ou-ab12-11111111",
            "Name": "Security"
        }]})),
        Operation::ListAccountsForParent => json(json!({"Accounts": [{"Id": "444455556666", "Name": "LogArchive"}]})),
        Operation::ListPolicies => json(json!({"Policies": [{
            "Id": "p-FullAWSAccess", "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
            "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": true
        }]})),
        Operation::DescribePolicy => {
            json(json!({"Policy": {"PolicySummary": {"Id": "p-12345678"}, "Content": r#"{"Statement":[]}"#}}))
        }
        Operation::ListTargetsForPolicy => {
            json(json!({"Targets": [{"TargetId": "r-ab12", "Name": "Root", "Type": "ROOT"}]}))
        }
        Operation::ListAwsServiceAccessForOrganization => json(json!({"EnabledServicePrincipals": [
            {"ServicePrincipal": "cloudtrail.amazonaws.com", "DateEnabled": 1_700_000_000}
        ]})),
        Operation::ListOrganizationsFeatures => query(
            "<OrganizationId>o-abc</OrganizationId><EnabledFeatures><member>RootSessions</member></EnabledFeatures>",
        ),
        Operation::ListBuckets => s3(
            "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Buckets><Bucket><Name>logs</Name>\
             <CreationDate>2024-01-01T00:00:00Z</CreationDate></Bucket></Buckets><Owner><ID>abc</ID></Owner>\
             <Prefix>logs</Prefix></ListAllMyBucketsResult>",
        ),
        Operation::ListInstances => json(json!({"Instances": [{
            "InstanceArn": INSTANCE.arn, "IdentityStoreId": "d-1234567890", "OwnerAccountId": "111122223333",
            "Status": "ACTIVE", "CreatedDate": 1_700_000_000
        }]})),
        Operation::ListPermissionSetsProvisionedToAccount => json(json!({"PermissionSets": [PERMISSION_SET]})),
        Operation::DescribePermissionSet => {
            json(json!({"PermissionSet": {"Name": "AdministratorAccess", "PermissionSetArn": PERMISSION_SET}}))
        }
        Operation::ListAccountAssignments => json(json!({"AccountAssignments": [{
            "AccountId": "111122223333", "PermissionSetArn": PERMISSION_SET, "PrincipalType": "GROUP", "PrincipalId": "g-1"
        }]})),
    }
}

pub(super) fn attributes(attributes: &[(&str, &str)]) -> String {
    let entries =
        attributes.iter().map(|(key, value)| format!("<entry><key>{key}</key><value>{value}</value></entry>"));
    format!("<Attributes>{}</Attributes>", entries.collect::<String>())
}
