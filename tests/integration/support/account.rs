//! Accounts in the emulator: one short call for each thing that an operator makes in AWS.

mod alarms;
mod buckets;
mod identities;
mod ready;
mod topics;
mod trails;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Mutex;

use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use hyper::{HeaderMap, Method};
use serde_json::{Value, json};

use super::call::flatten;
use super::cbor;
use super::emulator::Emulator;
use super::http::{Answer, exchange, runtime};
use super::proxy::Proxy;

pub(crate) use alarms::Alarm;
pub(crate) use identities::{AccessKey, trust_in_service};
pub(crate) use trails::Trail;

/// The region in which the labs work.
pub(crate) const HOME: &str = "us-west-2";
/// The region of the bill, and of IAM and Organizations.
pub(crate) const BILLING: &str = "us-east-1";

/// One account. The methods that make things in it return it, so that its story reads as one sentence; each panics with AWS's words if AWS refuses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) id: &'static str,
    pub(crate) endpoint: SocketAddr,
}

impl Account {
    /// An empty account of this number in the shared emulator. Each test has a number of its own, and one that is taken twice is refused.
    pub(crate) fn new(id: &'static str) -> Self {
        Self::of(Emulator::shared(), id)
    }

    /// The same in the emulator that enforces IAM.
    pub(crate) fn enforced(id: &'static str) -> Self {
        Self::of(Emulator::enforcing(), id)
    }

    fn of(emulator: &Emulator, id: &'static str) -> Self {
        static TAKEN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        assert!(id.len() == 12 && id.bytes().all(|digit| digit.is_ascii_digit()), "{id} is no account number");
        let new = TAKEN.lock().expect("the numbers in use").insert(id);
        assert!(new, "account {id} is another test's: take a number of its own");
        Self { id, endpoint: emulator.address }
    }

    /// The same account, spoken to through the proxy.
    pub(crate) fn through(self, proxy: &Proxy) -> Self {
        Self { endpoint: proxy.address, ..self }
    }

    /// The ARN of something of this account.
    pub(crate) fn arn(self, service: &str, region: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{region}:{}:{resource}", self.id)
    }

    /// Makes a call of which success is expected; `parameters` are the operation's own names, lists as JSON arrays.
    pub(crate) fn call(self, service: &str, region: &str, operation: &str, parameters: Value) -> Answer {
        let answer = self.try_call(service, region, operation, parameters);
        assert!(
            answer.succeeded(),
            "{service}:{operation} answered {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        answer
    }

    /// Makes a call and takes whatever is answered. `CloudWatch` is spoken to in its older protocol: see [`Account::cbor`].
    pub(crate) fn try_call(self, service: &str, region: &str, operation: &str, mut parameters: Value) -> Answer {
        let target = match service {
            "cloudtrail" => Some("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
            "kms" => Some("TrentService"),
            "organizations" => Some("AWSOrganizationsV20161128"),
            "sso" => Some("SWBExternalService"),
            _ => None,
        };
        if let Some(target) = target {
            let headers =
                [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &format!("{target}.{operation}"))];
            return self.send(service, region, Method::POST, "/", &headers, parameters.to_string().into_bytes());
        }
        let (version, list) = match service {
            "iam" => ("2010-05-08", ".member."),
            "sts" => ("2011-06-15", ".member."),
            "sns" => ("2010-03-31", ".member."),
            "cloudwatch" => ("2010-08-01", ".member."),
            "cloudformation" => ("2010-05-15", ".member."),
            "ec2" => ("2016-11-15", "."),
            other => panic!("{other} is no service of the query protocol or of JSON; for S3 there is `s3`"),
        };
        parameters["Action"] = json!(operation);
        parameters["Version"] = json!(version);
        let mut form = Vec::new();
        flatten("", &parameters, list, &mut |name, value| {
            form.push(format!("{}={}", percent_encoded(&name), percent_encoded(&value)));
        });
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(service, region, Method::POST, "/", &headers, form.join("&").into_bytes())
    }

    /// Makes a `CloudWatch` call as the SDK makes it.
    pub(crate) fn cbor(self, region: &str, operation: &str, parameters: &Value) -> Answer {
        let path = format!("/service/GraniteServiceVersion20100801/operation/{operation}");
        let headers =
            [("content-type", "application/cbor"), ("accept", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")];
        self.send("cloudwatch", region, Method::POST, &path, &headers, cbor::encode(&cbor::from_json(parameters)))
    }

    /// Makes an S3 call with a path-style address: `/bucket?policy`.
    pub(crate) fn s3(self, region: &str, method: Method, path_and_query: &str, body: &str) -> Answer {
        self.send("s3", region, method, path_and_query, &[], body.as_bytes().to_vec())
    }

    fn send(
        self,
        service: &str,
        region: &str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let scope = if service == "cloudwatch" { "monitoring" } else { service };
        // The emulator reads the scope of a root's signature and does not verify it.
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential={}/20261124/{region}/{scope}/aws4_request, SignedHeaders=host, Signature=0",
            self.id
        );
        let mut all: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (name.parse::<HeaderName>().expect("a header's name"), value.parse().expect("a header's value"))
            })
            .collect();
        all.insert(AUTHORIZATION, signature.parse().expect("a signature"));
        all.entry(CONTENT_TYPE).or_insert_with(|| "application/xml".parse().expect("a content type"));
        let answer = runtime().block_on(exchange(self.endpoint, method, path, all, body));
        answer.unwrap_or_else(|fault| panic!("{service} {path}: {fault}"))
    }
}

fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encoded).collect()
}
