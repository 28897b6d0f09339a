//! What the commands of a remedy do to a recorded account: those that replace a document, and the switches beside them. Others leave the
//! facts as they are, so what they close stays open here.

use serde_json::{Map, Value, json};

/// Runs one printed command on the facts of a snapshot.
pub(crate) fn run(facts: &mut Value, command: &str) {
    let words = shell_words::split(command).unwrap();
    let [aws, service, operation, options @ ..] = words.as_slice() else { panic!("{command}") };
    if aws != "aws" {
        return;
    }
    let options = read(options);
    let of = |name: &str| options[name][0].as_str().unwrap_or_default().to_owned();
    let known = |value: Value| json!({"call": {"operation": "GetCallerIdentity", "region": null, "target": null}, "known": value});
    match (service.as_str(), operation.as_str()) {
        ("s3api", "put-bucket-policy") => {
            facts["bucket_policies"][of("bucket")]["known"] = json!({"present": of("policy")});
        }
        ("s3api", "put-public-access-block") => {
            let block = json!({"ignore_public_acls": true, "restrict_public_buckets": true});
            facts["public_access_blocks"][of("bucket")] = known(json!({"present": block}));
        }
        ("s3api", "put-bucket-ownership-controls") => {
            facts["ownership_controls"][of("bucket")] = known(json!({"present": "BucketOwnerEnforced"}));
        }
        ("sns", "set-topic-attributes") => {
            let (name, value) = match of("attribute-name").as_str() {
                "Policy" => ("policy", json!(of("attribute-value"))),
                "KmsMasterKeyId" => ("kms_key", Value::Null),
                other => panic!("{other}"),
            };
            facts["topic_attributes"][of("topic-arn")]["known"][name] = value;
        }
        ("kms", "put-key-policy") => {
            let key = of("key-id");
            let id = key.rsplit('/').next().unwrap();
            facts["key_policies"][format!("{} {id}", of("region"))]["known"] = json!(of("policy"));
        }
        ("iam", "update-assume-role-policy") => {
            for role in list(&mut facts["roles"]["known"]).iter_mut().filter(|role| role["name"] == *of("role-name")) {
                role["trust_policy"] = json!(of("policy-document"));
            }
        }
        ("cloudwatch", "enable-alarm-actions") => {
            for alarm in list(&mut facts["alarms"][of("region")]["known"]["metric"]) {
                if alarm["name"] == *of("alarm-names") {
                    alarm["actions_enabled"] = json!(true);
                }
            }
        }
        ("cloudwatch", "put-metric-alarm") => put_alarm(facts, &options),
        _ => {}
    }
}

type Options = Map<String, Value>;

/// The options by their names, each with its words.
fn read(words: &[String]) -> Options {
    let mut options = Options::new();
    let mut last = String::new();
    for word in words {
        match word.strip_prefix("--").map(|name| name.split_once('=').unwrap_or((name, ""))) {
            Some((name, value)) => {
                last = name.to_owned();
                options.insert(last.clone(), json!([]));
                if word.contains('=') {
                    list(&mut options[&last]).push(json!(value));
                }
            }
            // What stands before the options, such as what a command waits for.
            None if last.is_empty() => {}
            None => list(&mut options[&last]).push(json!(word)),
        }
    }
    options
}

fn list(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().unwrap_or_else(|| panic!("a list"))
}

fn put_alarm(facts: &mut Value, options: &Options) {
    let all = |name: &str| options.get(name).cloned().unwrap_or_else(|| json!([]));
    let text = |name: &str| options.get(name).map_or(Value::Null, |words| words[0].clone());
    let number = |name: &str| match text(name) {
        Value::String(text) => serde_json::from_str(&text).unwrap(),
        other => other,
    };
    let threshold: Value = number("threshold").as_f64().map_or(Value::Null, |threshold| json!(threshold));
    let dimensions: Vec<Value> = all("dimensions")
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let (name, value) = one.as_str().unwrap().split_once(",Value=").unwrap();
            json!({"name": name.trim_start_matches("Name="), "value": value})
        })
        .collect();
    let metric = json!({
        "namespace": text("namespace"), "metric_name": text("metric-name"), "dimensions": dimensions,
        "statistic": text("statistic"), "period": number("period"), "unit": text("unit"),
    });
    let missing = text("treat-missing-data");
    let shape = json!({
        "metric": metric, "queries": [], "threshold": threshold, "comparison_operator": text("comparison-operator"),
        "evaluation_periods": number("evaluation-periods"), "datapoints_to_alarm": number("datapoints-to-alarm"),
        "treat_missing_data": if missing.is_null() { json!("missing") } else { missing },
        "actions_enabled": !options.contains_key("no-actions-enabled"), "alarm_actions": all("alarm-actions"),
        "ok_actions": all("ok-actions"), "insufficient_data_actions": all("insufficient-data-actions"),
    });
    let name = text("alarm-name");
    let region = text("region");
    for alarm in list(&mut facts["alarms"][region.as_str().unwrap()]["known"]["metric"]) {
        if alarm["name"] == name {
            alarm.as_object_mut().unwrap().extend(shape.as_object().unwrap().clone());
        }
    }
}
