//! `/policy`: nobody outside the account but AWS services may publish or subscribe.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::account::Fact;
use crate::account::facts::{Caller, Topic};
use crate::iam::grants::{Grantee, Owner, granted, is_too_large};
use crate::iam::{Document, Effect};
use crate::model::finding::{Evidence, Judgement, Outcome};
use crate::model::remediation::{Remediation, Target};

const ACTIONS: &[&str] = &["sns:Publish", "sns:Subscribe"];
const PAGE: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html";

pub(super) fn judge(
    topic: Fact<'_, Option<Topic>>,
    arn: &str,
    caller: &Caller,
    region: &str,
    now: Timestamp,
) -> Judgement {
    let topic = topic?;
    let Some(topic) = topic.present() else { return Err(topic.undetermined("The topic was deleted during the audit")) };
    let Some(text) = &topic.get().policy else {
        return Err(topic.undetermined("SNS doesn't return the topic policy"));
    };
    let policy = Document::parse(text)
        .map_err(|error| topic.undetermined(format!("The topic policy can't be read: {error}")))?;
    if is_too_large(&policy) {
        return Err(topic.undetermined("The topic policy is too large to be evaluated"));
    }
    let owner = Owner { account: &caller.account, partition: caller.partition(), canonical_id: None, now };
    let outsiders = outsiders(&policy, arn, owner);
    let evidence = Evidence::new(topic, "policy", text).and(topic, "allows", &outsiders);
    if outsiders.is_empty() {
        return Ok(Outcome::pass("Only this account and AWS services can publish or subscribe", evidence));
    }
    let message = format!("Topic policy allows {} to publish or subscribe", outsiders.join(" and "));
    Ok(Outcome::warn(message, evidence, hold_to_account(text, &policy, arn, owner, region)))
}

/// Who outside the account may publish or subscribe, AWS services apart.
fn outsiders(policy: &Document, arn: &str, owner: Owner<'_>) -> Vec<String> {
    let outsiders: BTreeSet<_> = granted(policy, ACTIONS, arn, owner)
        .into_iter()
        .filter_map(|to| match to {
            Grantee::World => Some("anyone".to_owned()),
            Grantee::Account(account) => Some(format!("the account {account}")),
            Grantee::AccessPoints | Grantee::Own(_) | Grantee::Service(_) | Grantee::Aws { .. } => None,
        })
        .collect();
    outsiders.into_iter().collect()
}

fn hold_to_account(text: &str, policy: &Document, arn: &str, owner: Owner<'_>, region: &str) -> Remediation {
    let remedy = Remediation::new(
        "Restrict the public and cross-account statements to this account. The command keeps the policy and adds \
         a condition on aws:SourceAccount to each of them, so AWS services that act for this account still work",
    );
    let remedy = match held(text, policy, arn, owner) {
        Some(held) => {
            remedy.replace(Target::TopicPolicy { topic: arn.to_owned(), region: region.to_owned() }, text, &held)
        }
        None => Remediation {
            summary: "Remove the public and cross-account statements from the topic policy, or restrict them to this \
                 account"
                .to_owned(),
            ..remedy
        },
    };
    remedy.console(format!("Amazon SNS in {region} > Topics > {arn} > Edit > Access policy")).see(PAGE).finished()
}

/// The policy with one more condition in each statement that by itself lets outsiders in. `None` where that does not keep them out.
fn held(text: &str, policy: &Document, arn: &str, owner: Owner<'_>) -> Option<String> {
    let Ok(mut json) = serde_json::from_str::<Value>(text) else { return None };
    let statements = match json.get_mut("Statement")? {
        Value::Array(statements) => statements.iter_mut().collect(),
        one => vec![one],
    };
    for (statement, parsed) in statements.into_iter().zip(&policy.statements) {
        let denies = policy.statements.iter().filter(|statement| statement.effect == Effect::Deny);
        let alone = Document { statements: denies.chain([parsed]).cloned().collect(), ..policy.clone() };
        if parsed.effect == Effect::Allow && !outsiders(&alone, arn, owner).is_empty() {
            let conditions = statement.as_object_mut()?.entry("Condition").or_insert_with(|| json!({}));
            let equals = conditions.as_object_mut()?.entry("StringEquals").or_insert_with(|| json!({}));
            equals.as_object_mut()?.insert("aws:SourceAccount".to_owned(), json!(owner.account));
        }
    }
    let text = json.to_string();
    match Document::parse(&text) {
        Ok(held) if outsiders(&held, arn, owner).is_empty() => Some(text),
        _ => None,
    }
}
