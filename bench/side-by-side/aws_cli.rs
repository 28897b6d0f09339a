//! The AWS CLI, making the calls of an audit one after another: what a careful person with a checklist does.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::support::account::Account;
use crate::support::call::{Call, Protocol};
use crate::support::cbor;
use crate::support::proxy::Proxy;
use crate::support::python::AWS_CLI;
use crate::{Spent, spent};

/// All calls together.
pub(crate) struct Sum {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) peak: u64,
    pub(crate) calls: usize,
}

/// Makes the same calls. The CLI turns pages by itself, so that a second page is not asked for.
pub(crate) fn ask_one_after_another(account: Account, proxy: &Proxy, calls: &[Call]) -> Sum {
    let aws: PathBuf = AWS_CLI.interpreter().with_file_name("aws");
    let mut sum = Sum { wall: Duration::ZERO, cpu: Duration::ZERO, peak: 0, calls: 0 };
    for call in calls.iter().filter(|call| !is_a_later_page(call)) {
        let Spent { cost, calls } = spent(&aws, account, proxy, |command| {
            command.args(command_line(call));
        });
        // 255: AWS refused, as it refused the audit.
        assert!(matches!(cost.ended.code(), Some(0 | 255)), "aws {:?} ended with {}", command_line(call), cost.ended);
        assert!(calls > 0, "aws {:?} asked nobody", command_line(call));
        sum.wall += cost.wall;
        sum.cpu += cost.cpu;
        sum.peak = sum.peak.max(cost.peak);
        sum.calls += calls;
    }
    sum
}

fn is_a_later_page(call: &Call) -> bool {
    call.parameters.contains_key("Marker") || call.parameters.contains_key("NextToken")
}

/// `ListMFADevices` of IAM becomes `iam list-mfa-devices --cli-input-json {"UserName": …}`.
fn command_line(call: &Call) -> Vec<String> {
    let service = if call.service == "s3" { "s3api" } else { &call.service };
    let mut words = vec![service.to_owned(), dashed(&call.operation), "--region".to_owned(), call.region.clone()];
    let input = input(call);
    if !input.is_empty() {
        words.extend(["--cli-input-json".to_owned(), Value::from(input).to_string()]);
    }
    words
}

fn dashed(operation: &str) -> String {
    let letters: Vec<char> = operation.chars().collect();
    let begins_a_word = |index: usize| {
        let lower = |at: usize| letters.get(at).is_some_and(char::is_ascii_lowercase);
        letters[index].is_ascii_uppercase() && index > 0 && (lower(index - 1) || lower(index + 1))
    };
    let mut dashed = String::new();
    for (index, letter) in letters.iter().enumerate() {
        if begins_a_word(index) {
            dashed.push('-');
        }
        dashed.push(letter.to_ascii_lowercase());
    }
    dashed
}

/// The parameters, by the names that the CLI has for them too.
fn input(call: &Call) -> Map<String, Value> {
    let given = match call.protocol {
        Protocol::S3 => {
            let owner = call.headers.get("x-amz-expected-bucket-owner").map(|owner| owner.to_str().unwrap().into());
            let owner = owner.map(|owner| ("ExpectedBucketOwner".to_owned(), owner));
            return owner.into_iter().chain([("Bucket".to_owned(), call.target.clone().into())]).collect();
        }
        Protocol::Json => serde_json::from_slice(&call.body).expect("JSON"),
        Protocol::Cbor => cbor::to_json(&cbor::decode(&call.body).expect("CBOR")),
        Protocol::Query | Protocol::Ec2 => Value::from(nested(call)),
    };
    given.as_object().expect("parameters have names").clone()
}

/// `Filter.member.1` becomes a list.
fn nested(call: &Call) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in &call.parameters {
        match name.split_once(".member.") {
            _ if ["Action", "Version"].contains(&name.as_str()) => {}
            Some((list, _)) => {
                let items = fields.entry(list).or_insert_with(|| Value::Array(Vec::new()));
                items.as_array_mut().unwrap().push(value.as_str().into());
            }
            None => {
                // Only these are no texts.
                let value = match value.as_str() {
                    "true" => Value::Bool(true),
                    "false" => Value::Bool(false),
                    number if name.starts_with("Max") => number.parse::<u32>().expect("a number").into(),
                    text => text.into(),
                };
                fields.insert(name.clone(), value);
            }
        }
    }
    fields
}
