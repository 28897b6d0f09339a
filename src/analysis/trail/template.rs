//! A trail as a template makes it: with its bucket, which CloudTrail alone writes, and a policy that reads the log.

use serde_json::{Value, json};

use crate::account::facts::Caller;
use crate::analysis::trail::provisioning::{NewBucket, NewTrail, ReadingPolicy};
use crate::model::cfn_resource::{Parameter, Resource, reference};

const BUCKET: &str = "TrailBucket";
const BUCKET_POLICY: &str = "TrailBucketPolicy";

impl NewTrail<'_> {
    /// The trail with its bucket and the bucket's policy.
    #[must_use]
    pub fn resources(&self, closes: &'static str) -> Vec<Resource> {
        let (partition, account, home) = (self.caller.partition(), self.caller.account.as_str(), self.home);
        let new = NewBucket {
            name: &self.bucket(),
            region: home,
            trail: &self.arn(),
            account,
            partition,
            files: vec![self.files()],
        };
        let mut bucket = json!({
            "BucketName": new.name,
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true,
                "IgnorePublicAcls": true,
                "BlockPublicPolicy": true,
                "RestrictPublicBuckets": true,
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        });
        if let (true, Some(properties)) = (new.is_of_the_account(), bucket.as_object_mut()) {
            properties.insert("BucketNamespace".to_owned(), json!("account-regional"));
        }
        let trail = json!({
            "TrailName": self.name,
            "S3BucketName": reference(BUCKET),
            "IsLogging": true,
            "IsMultiRegionTrail": true,
            "IncludeGlobalServiceEvents": true,
            "EnableLogFileValidation": true,
        });
        let policy = json!({"Bucket": reference(BUCKET), "PolicyDocument": new.policy()});
        let at_home = |id, kind, properties| Resource::new(closes, id, kind, properties).at(home);
        vec![
            at_home(BUCKET, "AWS::S3::Bucket", bucket).kept(),
            at_home(BUCKET_POLICY, "AWS::S3::BucketPolicy", policy).kept(),
            // What happens while there is no trail is recorded nowhere.
            at_home("Trail", "AWS::CloudTrail::Trail", trail).after(BUCKET_POLICY).kept(),
        ]
    }

    /// The policy that reads its log.
    #[must_use]
    pub fn reading_policy(&self, closes: &'static str) -> Resource {
        let Caller { account, .. } = self.caller;
        let partition = self.caller.partition();
        let reading = ReadingPolicy { partition, account, bucket: &self.bucket_arn(), files: &[&self.files()] };
        reading_policy(closes, &reading.document())
    }
}

/// A customer managed policy, attached to whoever the operator names.
#[must_use]
pub fn reading_policy(closes: &'static str, document: &Value) -> Resource {
    let reader = Parameter {
        id: "LogReader".to_owned(),
        variable: Some("LOG_READER"),
        what: "name of the IAM user who reads the log".to_owned(),
        default: None,
        pattern: "[A-Za-z0-9+=,.@_-]+",
    };
    let properties = json!({
        "Description": "Reads the log files of CloudTrail, and nothing else",
        "PolicyDocument": document,
        "Users": [reader.reference()],
    });
    Resource::new(closes, "TrailLogPolicy", "AWS::IAM::ManagedPolicy", properties).asking(reader)
}
