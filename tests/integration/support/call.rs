//! Which AWS call an HTTP request is, in each of AWS's protocols.

use std::collections::BTreeMap;

use hyper::{HeaderMap, Method};
use serde_json::Value;

use super::cbor;

/// How a service writes its requests and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Query,
    Ec2,
    Json,
    Cbor,
    S3,
}

/// One request to AWS, recognised.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The IAM prefix: `cloudwatch`, although requests to it are signed for `monitoring`.
    pub(crate) service: String,
    /// The API operation; what is not recognised keeps its method and path, so that it is seen in the log.
    pub(crate) operation: String,
    pub(crate) region: String,
    /// The number of the account that is asked.
    pub(crate) account: String,
    /// The access key that it is signed with: an account's number is the key of its root user.
    pub(crate) key: String,
    /// The bucket, or the main parameter: a name or an ARN. Empty where the operation has none.
    pub(crate) target: String,
    /// All parameters, flat: `Filter.member.1`, `trailNameList.1`, `Namespace`; for S3 the query.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) protocol: Protocol,
    pub(crate) method: Method,
    pub(crate) path_and_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Parameters that name what a call is about, the most telling first.
const TARGETS: [&str; 16] = [
    "TrailName",
    "trailNameList.1",
    "Name",
    "KeyId",
    "SubscriptionArn",
    "TopicArn",
    "PolicyArn",
    "InstanceProfileName",
    "UserName",
    "GroupName",
    "RoleName",
    "Filter.member.1",
    "AlarmNames.1",
    "AlarmName",
    "Namespace",
    "MetricName",
];

impl Call {
    /// Recognises a request by its signature's scope, its headers, path and body.
    pub(crate) fn recognise(
        account: &str,
        method: Method,
        path_and_query: String,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Self {
        let [key, region, scope] = signed_for(&headers);
        let service = if scope == "monitoring" { "cloudwatch" } else { &scope }.to_owned();
        let (path, query) = path_and_query.split_once('?').unwrap_or((&path_and_query, ""));
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();

        let (protocol, operation, parameters) = if service == "s3" {
            let parameters = pairs(query);
            (Protocol::S3, s3_operation(&method, path, &parameters), parameters)
        } else if let Some((_, operation)) = path.split_once("/operation/") {
            let parameters = cbor::decode(&body).map(|value| flat(&cbor::to_json(&value))).unwrap_or_default();
            (Protocol::Cbor, Some(operation.to_owned()), parameters)
        } else if let Some((_, operation)) = text("x-amz-target").rsplit_once('.') {
            let parameters = serde_json::from_slice(&body).map(|value| flat(&value)).unwrap_or_default();
            (Protocol::Json, Some(operation.to_owned()), parameters)
        } else {
            let parameters = pairs(&String::from_utf8_lossy(&body));
            let protocol = if service == "ec2" { Protocol::Ec2 } else { Protocol::Query };
            (protocol, parameters.get("Action").cloned(), parameters)
        };
        let target = if protocol == Protocol::S3 {
            path.split('/').nth(1).unwrap_or_default().to_owned()
        } else {
            TARGETS.iter().find_map(|name| parameters.get(*name)).cloned().unwrap_or_default()
        };
        let operation = operation.unwrap_or_else(|| format!("{method} {path_and_query}"));
        Self {
            service,
            operation,
            region,
            account: account.to_owned(),
            key,
            target,
            parameters,
            protocol,
            method,
            path_and_query,
            headers,
            body,
        }
    }

    /// The account whose call it is: the number that it is signed with. Other keys are of users and roles of the account that is asked.
    pub(crate) fn caller(&self) -> &str {
        let is_number = self.key.len() == 12 && self.key.bytes().all(|digit| digit.is_ascii_digit());
        if is_number { &self.key } else { &self.account }
    }

    /// Whether it only looks; to sign in changes nothing either.
    pub(crate) fn reads(&self) -> bool {
        ["Get", "List", "Describe", "Head", "AssumeRole"].iter().any(|verb| self.operation.starts_with(verb))
    }

    /// The action that a policy must allow for this call: not always the operation's name.
    pub(crate) fn action(&self) -> String {
        let name = match (self.service.as_str(), self.operation.as_str()) {
            ("s3", "HeadBucket" | "ListObjects" | "ListObjectsV2") => "ListBucket",
            ("s3", "GetPublicAccessBlock") => "GetBucketPublicAccessBlock",
            ("s3", "ListBuckets") => "ListAllMyBuckets",
            (_, other) => other,
        };
        format!("{}:{name}", self.service)
    }
}

/// Access key, Region and service of `Credential=KEY/20261124/us-west-2/iam/aws4_request`.
fn signed_for(headers: &HeaderMap) -> [String; 3] {
    let signature = headers.get("authorization").and_then(|value| value.to_str().ok());
    let scope = signature.and_then(|text| text.split_once("Credential=")).map_or("", |(_, rest)| rest);
    let part = |at: usize| scope.split('/').nth(at).unwrap_or_default().to_owned();
    [part(0), part(2), part(3)]
}

fn s3_operation(method: &Method, path: &str, query: &BTreeMap<String, String>) -> Option<String> {
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let verb = match *method {
        Method::HEAD if key.is_empty() => return Some("HeadBucket".to_owned()),
        Method::HEAD => return Some("HeadObject".to_owned()),
        Method::GET => "Get",
        Method::PUT => "Put",
        Method::DELETE => "Delete",
        _ => return None,
    };
    if !key.is_empty() {
        return Some(format!("{verb}Object"));
    }
    let subresource = [
        ("policyStatus", "BucketPolicyStatus"),
        ("policy", "BucketPolicy"),
        ("publicAccessBlock", "PublicAccessBlock"),
        ("acl", "BucketAcl"),
        ("ownershipControls", "BucketOwnershipControls"),
        ("location", "BucketLocation"),
        ("versioning", "BucketVersioning"),
        ("encryption", "BucketEncryption"),
        ("lifecycle", "BucketLifecycleConfiguration"),
        ("logging", "BucketLogging"),
        ("tagging", "BucketTagging"),
    ]
    .into_iter()
    .find(|(parameter, _)| query.contains_key(*parameter));
    match (verb, subresource) {
        (_, Some((_, noun))) => Some(format!("{verb}{noun}")),
        ("Get", None) if bucket.is_empty() => Some("ListBuckets".to_owned()),
        ("Get", None) if query.contains_key("list-type") => Some("ListObjectsV2".to_owned()),
        ("Get", None) => Some("ListObjects".to_owned()),
        ("Put", None) => Some("CreateBucket".to_owned()),
        (_, None) => Some("DeleteBucket".to_owned()),
    }
}

/// A query string or a form, decoded.
fn pairs(form: &str) -> BTreeMap<String, String> {
    form.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (percent_decoded(name), percent_decoded(value)))
        .collect()
}

/// The text behind `%2F` and `+`. What is no escape stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        let escaped = text.get(index + 1..index + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, escaped) {
            (b'%', Some(value)) => {
                decoded.push(value);
                index += 2;
            }
            (b'+', _) => decoded.push(b' '),
            _ => decoded.push(*byte),
        }
        index += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn flat(value: &Value) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::new();
    flatten("", value, ".", &mut |name, value| {
        parameters.insert(name, value);
    });
    parameters
}

/// Walks a value down to its leaves and names each by its path; `list` stands between a list's name and an item's number.
pub(crate) fn flatten(name: &str, value: &Value, list: &str, leaf: &mut impl FnMut(String, String)) {
    let below = |key: &str| {
        if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") }
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| flatten(&below(key), value, list, leaf)),
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten(&format!("{name}{list}{}", index + 1), value, list, leaf);
            }
        }
        Value::String(text) => leaf(name.to_owned(), text.clone()),
        Value::Null => {}
        other => leaf(name.to_owned(), other.to_string()),
    }
}
