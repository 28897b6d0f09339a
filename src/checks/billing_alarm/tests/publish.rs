//! `/publish`: the topic's policy, and its key's.

use super::*;
use crate::account::facts::Key;

fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": {action}, "Resource": "{TOPIC_ARN}", "Condition": {condition}}}"#
    )
}

fn policy(statements: &[String]) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","))
}

fn with_topic(topic: Topic) -> Facts {
    let mut facts = ready();
    put_topic(&mut facts, TOPIC_ARN, topic, &reader());
    facts
}

fn publish(statements: &[String]) -> Status {
    link(with_topic(Topic { policy: Some(policy(statements)), kms_key: None }), "publish")
}

const CLOUDWATCH: &str = r#"{"Service": "cloudwatch.amazonaws.com"}"#;
const PUBLISH: &str = r#""sns:Publish""#;

#[test]
fn principals_that_are_cloudwatch_pass_and_others_fail() {
    for (principal, status) in [
        (CLOUDWATCH, Pass),
        (r#"{"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]}"#, Pass),
        (r#""*""#, Pass),
        (r#"{"AWS": "*"}"#, Pass),
        (r#"{"AWS": "111122223333"}"#, Fail),
        (r#"{"AWS": "arn:aws:iam::111122223333:root"}"#, Fail),
        (r#"{"AWS": "arn:aws:iam::111122223333:user/admin"}"#, Fail),
        (r#"{"Service": "events.amazonaws.com"}"#, Fail),
        (r#"{"Service": "monitoring.amazonaws.com"}"#, Fail),
    ] {
        assert_eq!(publish(&[statement("Allow", principal, PUBLISH, "{}")]), status, "{principal}");
    }
}

#[test]
fn actions_that_publish_pass_and_others_fail() {
    for (action, status) in [
        (r#""SNS:Publish""#, Pass),
        (r#""sns:publish""#, Pass),
        (r#""sns:*""#, Pass),
        (r#""*""#, Pass),
        (r#"["sns:Subscribe", "sns:Publ*"]"#, Pass),
        (r#""sns:Subscribe""#, Fail),
        (r#""cloudwatch:*""#, Fail),
    ] {
        assert_eq!(publish(&[statement("Allow", CLOUDWATCH, action, "{}")]), status, "{action}");
    }
}

#[test]
fn the_resource_must_be_this_topic() {
    for (resource, status) in [
        ("*", Pass),
        ("arn:aws:sns:us-east-1:111122223333:*", Pass),
        ("arn:aws:sns:*:111122223333:SecurityAlerts", Pass),
        ("arn:aws:sns:us-west-2:111122223333:SecurityAlerts", Fail),
        ("arn:aws:sns:us-east-1:111122223333:Ops", Fail),
    ] {
        let allow = statement("Allow", CLOUDWATCH, PUBLISH, "{}").replace(TOPIC_ARN, resource);
        assert_eq!(publish(&[allow]), status, "{resource}");
    }
}

#[test]
fn conditions_are_judged_on_cloudwatchs_request_for_this_alarm() {
    for (condition, status) in [
        (r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#, Pass),
        (r#"{"StringEquals": {"AWS:SourceOwner": "111122223333"}}"#, Pass),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"}}"#, Pass),
        (r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:Billing-25"}}"#, Pass),
        (r#"{"Bool": {"aws:SecureTransport": true}}"#, Pass),
        (r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#, Pass),
        (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}"#, Pass),
        (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}"#, Pass),
        (r#"{"Null": {"aws:SourceVpce": "true"}}"#, Pass),
        (r#"{"StringEquals": {"aws:SourceAccount": "444455556666"}}"#, Fail),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:Other"}}"#, Fail),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-west-2:111122223333:alarm:*"}}"#, Fail),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}"#, Fail),
        (r#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#, Fail),
        (r#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#, Fail),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}"#, Fail),
        (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, Fail),
        (r#"{"Bool": {"aws:SecureTransport": "false"}}"#, Fail),
        (r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, Unknown),
        (r#"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#, Unknown),
        (r#"{"StringEquals": {"sns:Protocol": "email"}}"#, Unknown),
        (r#"{"StringEquals": {"aws:SourceAccount": "444455556666", "aws:SourceIp": "x"}}"#, Fail),
    ] {
        assert_eq!(publish(&[statement("Allow", CLOUDWATCH, PUBLISH, condition)]), status, "{condition}");
    }
}

#[test]
fn a_deny_that_fits_wins() {
    let allow = statement("Allow", CLOUDWATCH, PUBLISH, "{}");
    for (principal, action, condition, status) in [
        (r#""*""#, PUBLISH, "{}", Fail),
        (CLOUDWATCH, r#""sns:*""#, "{}", Fail),
        (r#""*""#, PUBLISH, r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}"#, Fail),
        (r#""*""#, PUBLISH, r#"{"Bool": {"aws:SecureTransport": "false"}}"#, Pass),
        (r#""*""#, PUBLISH, r#"{"Bool": {"aws:PrincipalIsAWSService": "false"}}"#, Pass),
        (r#""*""#, PUBLISH, r#"{"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, Unknown),
        (r#""*""#, r#""sns:Subscribe""#, "{}", Pass),
        (r#"{"AWS": "444455556666"}"#, PUBLISH, "{}", Pass),
    ] {
        let deny = statement("Deny", principal, action, condition);
        assert_eq!(publish(&[allow.clone(), deny]), status, "{principal} {action} {condition}");
    }
    let but_itself = statement("Deny", CLOUDWATCH, PUBLISH, "{}").replace("Principal", "NotPrincipal");
    assert_eq!(publish(&[allow.clone(), but_itself]), Pass);
    let but_the_account =
        statement("Deny", r#"{"AWS": "111122223333"}"#, PUBLISH, "{}").replace("Principal", "NotPrincipal");
    assert_eq!(publish(&[allow, but_the_account]), Fail);
}

#[test]
fn empty_policy_fails_and_absent_or_broken_is_unknown() {
    assert_eq!(publish(&[]), Fail);
    for text in [None, Some("{"), Some("{}"), Some("")] {
        let topic = Topic { policy: text.map(str::to_owned), kms_key: None };
        assert_eq!(link(with_topic(topic), "publish"), Unknown, "{text:?}");
    }
}

#[test]
fn remedy_adds_one_statement_for_this_alarm_and_passes() {
    let own = format!(r#"{{"AWS": "{ACCOUNT}"}}"#);
    let before = policy(&[statement("Allow", &own, r#""sns:*""#, "{}")]);
    let judged = judge_facts(&CHECK, with_topic(Topic { policy: Some(before), kms_key: None }));
    let commands = &finding(&judged, "publish").remediation.as_ref().unwrap().commands;
    let words = shell_words::split(&commands[0]).unwrap();
    let after = words.iter().skip_while(|word| *word != "--attribute-value").nth(1).unwrap();
    assert_eq!(link(with_topic(Topic { policy: Some(after.clone()), kms_key: None }), "publish"), Pass);
    let json: serde_json::Value = serde_json::from_str(after).unwrap();
    assert_eq!(json["Statement"].as_array().unwrap().len(), 2);
    assert_eq!(json["Statement"][1]["Condition"]["ArnLike"]["aws:SourceArn"], ALARM);
}

#[test]
fn a_deny_excepts_this_alarm_and_stays_for_everybody_else() {
    for condition in ["{}", r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops"}}"#] {
        let deny = statement("Deny", r#""*""#, PUBLISH, condition);
        let judged = judge_facts(&CHECK, with_topic(Topic { policy: Some(policy(&[deny])), kms_key: None }));
        let commands = finding(&judged, "publish").remediation.clone().unwrap().commands;
        let words = shell_words::split(&commands[0]).unwrap();
        let at = words.iter().position(|word| word == "--attribute-value").unwrap();
        let mended: serde_json::Value = serde_json::from_str(&words[at + 1]).unwrap();
        let denies: Vec<_> =
            mended["Statement"].as_array().unwrap().iter().filter(|each| each["Effect"] == "Deny").collect();
        assert_eq!(denies.len(), 1, "{mended:#}");
        assert_eq!(denies[0]["Condition"]["ArnNotEquals"]["aws:SourceArn"], ALARM);
        let facts = with_topic(Topic { policy: Some(mended.to_string()), kms_key: None });
        assert_eq!(finding(&judge_facts(&CHECK, facts), "publish").status, Pass);
    }
}

const KEY_POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
    {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
     "Resource": "*"}]}"#;

/// A topic with a key of this name; by which name its policy is asked for hangs on whether it is an alias.
fn encrypted(name: &str, key: Option<Key>, key_policy: Option<&str>) -> Facts {
    let mut facts = with_topic(Topic { policy: Some(DEFAULT_POLICY.to_owned()), kms_key: Some(name.to_owned()) });
    let id = if name.contains("alias/") { KEY_ARN } else { name };
    facts.keys.set(&format!("us-east-1 {name}"), known(Operation::DescribeKey, key));
    let policy = known(Operation::GetKeyPolicy, key_policy.map(str::to_owned));
    facts.key_policies.set(&format!("us-east-1 {id}"), policy);
    facts
}

#[expect(clippy::unnecessary_wraps, reason = "beside keys that do not exist")]
fn key(manager: Option<&str>, state: Option<&str>) -> Option<Key> {
    Some(Key { arn: KEY_ARN.to_owned(), manager: manager.map(str::to_owned), state: state.map(str::to_owned) })
}

fn customer_key() -> Option<Key> {
    key(Some("CUSTOMER"), Some("Enabled"))
}

const KEY_NAMES: [&str; 4] = ["alias/mine", "arn:aws:kms:us-east-1:111122223333:alias/mine", KEY_ARN, "0b1c"];

#[test]
fn enabled_customer_key_for_cloudwatch_passes_by_any_name() {
    for name in KEY_NAMES {
        assert_eq!(link(encrypted(name, customer_key(), Some(KEY_POLICY)), "publish"), Pass, "{name}");
    }
}

#[test]
fn aws_own_key_fails_by_name_and_by_what_kms_says() {
    for name in ["alias/aws/sns", "arn:aws:kms:us-east-1:111122223333:alias/aws/sns"] {
        let topic = Topic { policy: Some(DEFAULT_POLICY.to_owned()), kms_key: Some(name.to_owned()) };
        assert_eq!(link(with_topic(topic), "publish"), Fail, "{name}");
    }
    for name in KEY_NAMES {
        let aws = encrypted(name, key(Some("AWS"), Some("Enabled")), Some(KEY_POLICY));
        assert_eq!(link(aws, "publish"), Fail, "{name}");
    }
}

#[test]
fn a_key_must_be_enabled() {
    for name in KEY_NAMES {
        for (key, status) in [
            (None, Unknown),
            (key(Some("CUSTOMER"), Some("Disabled")), Fail),
            (key(Some("CUSTOMER"), Some("PendingDeletion")), Fail),
            (key(Some("CUSTOMER"), Some("PendingImport")), Fail),
            (key(Some("CUSTOMER"), Some("Unavailable")), Fail),
            (key(Some("CUSTOMER"), Some("Creating")), Unknown),
            (key(Some("CUSTOMER"), None), Unknown),
            (key(None, Some("Enabled")), Unknown),
        ] {
            assert_eq!(link(encrypted(name, key.clone(), Some(KEY_POLICY)), "publish"), status, "{name} {key:?}");
        }
    }
}

fn by_key_policy(statements: &str) -> Status {
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    link(encrypted(KEY_ARN, customer_key(), Some(&policy)), "publish")
}

fn key_statement(effect: &str, actions: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": {CLOUDWATCH}, "Action": {actions}, "Resource": "{resource}", "Condition": {condition}}}"#
    )
}

#[test]
fn key_policy_must_allow_decrypt_and_generate_data_keys() {
    for (actions, status) in [
        (r#"["kms:Decrypt", "kms:GenerateDataKey*"]"#, Pass),
        (r#"["kms:decrypt", "kms:generatedatakey*"]"#, Pass),
        (r#""kms:*""#, Pass),
        (r#""*""#, Pass),
        (r#""kms:Decrypt""#, Fail),
        (r#""kms:GenerateDataKey*""#, Fail),
        (r#"["kms:Decrypt", "kms:GenerateDataKeyPair"]"#, Fail),
        (r#""kms:DescribeKey""#, Fail),
        (r#"["kms:Decrypt", "kms:GenerateDataKey"]"#, Warn),
        (r#""kms:GenerateDataKey""#, Fail),
    ] {
        assert_eq!(by_key_policy(&key_statement("Allow", actions, "*", "{}")), status, "{actions}");
    }
}

#[test]
fn plain_data_key_yields_to_worse_findings() {
    let plain = key_statement("Allow", r#""kms:GenerateDataKey""#, "*", "{}");
    let star = key_statement("Allow", r#""kms:GenerateDataKey*""#, "*", "{}");
    let decrypt = |condition| key_statement("Allow", r#""kms:Decrypt""#, "*", condition);
    let open = r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#;
    let open_plain = key_statement("Allow", r#""kms:GenerateDataKey""#, "*", open);
    let deny_all = key_statement("Deny", r#""kms:GenerateDataKey*""#, "*", "{}");
    for (name, statements, status) in [
        ("decrypt and the plain one", vec![decrypt("{}"), plain.clone()], Warn),
        ("decrypt is open", vec![decrypt(open), plain.clone()], Unknown),
        ("the plain one is open", vec![decrypt("{}"), open_plain], Unknown),
        ("no decrypt", vec![plain.clone()], Fail),
        ("all of the family are denied", vec![decrypt("{}"), plain, star.clone(), deny_all], Fail),
        ("all of the family", vec![decrypt("{}"), star], Pass),
    ] {
        assert_eq!(by_key_policy(&statements.join(", ")), status, "{name}");
    }
}

/// The keys of CloudWatch's request that its table names, beside those above.
#[test]
fn organization_and_time_keys_are_decided_if_known() {
    use crate::account::facts::Organization;
    let member = Organization { id: "o-mine".to_owned(), management_account: ACCOUNT.to_owned(), feature_set: None };
    let standalone = || known(Operation::DescribeOrganization, None);
    let in_one = || known(Operation::DescribeOrganization, Some(member.clone()));
    let unread = || denied(Operation::DescribeOrganization);
    let own = r#"{"StringEquals": {"aws:SourceOrgID": "o-mine"}}"#;
    let other = r#"{"StringEquals": {"AWS:sourceorgid": "o-other"}}"#;
    let paths = r#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-mine/*"}}"#;
    let if_exists = r#"{"StringEqualsIfExists": {"aws:SourceOrgID": "o-other"}}"#;
    for (name, condition, organization, status) in [
        ("own, standalone", own, standalone(), Fail),
        ("own, in it", own, in_one(), Pass),
        ("own, not read", own, unread(), Unknown),
        ("other, in one", other, in_one(), Fail),
        ("other, standalone", other, standalone(), Fail),
        ("paths, standalone", paths, standalone(), Fail),
        ("paths, in one", paths, in_one(), Unknown),
        ("paths, not read", paths, unread(), Unknown),
        ("if it exists, standalone", if_exists, standalone(), Pass),
        ("if it exists, in one", if_exists, in_one(), Fail),
        ("principal's paths", r#"{"Null": {"aws:PrincipalOrgPaths": "true"}}"#, unread(), Pass),
        ("age of MFA", r#"{"Null": {"aws:MultiFactorAuthAge": "true"}}"#, standalone(), Unknown),
        ("name of the service", r#"{"Null": {"aws:PrincipalServiceName": "true"}}"#, standalone(), Unknown),
        ("a time to come", r#"{"DateGreaterThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}"#, standalone(), Fail),
        ("a time that was", r#"{"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}"#, standalone(), Pass),
    ] {
        let allow = statement("Allow", CLOUDWATCH, PUBLISH, condition);
        let mut facts = with_topic(Topic { policy: Some(policy(&[allow])), kms_key: None });
        facts.organization = organization;
        let judged = judge_facts(&CHECK, facts);
        assert_eq!(status_of(&judged, "billing-alarm/publish"), status, "{name}");
        if name.ends_with("not read") {
            let call = &finding(&judged, "publish").unavailable.as_ref().unwrap().call;
            assert_eq!(call.operation, Operation::DescribeOrganization, "{name}");
        }
        let key_policy =
            format!(r#"{{"Version": "2012-10-17", "Statement": {}}}"#, key_statement("Allow", BOTH, "*", condition));
        let mut facts = encrypted(KEY_ARN, customer_key(), Some(&key_policy));
        facts.organization = match name {
            _ if name.ends_with("not read") || name.starts_with("principal") => unread(),
            _ if name.contains("in one") || name.ends_with("in it") => in_one(),
            _ => standalone(),
        };
        assert_eq!(link(facts, "publish"), status, "{name}, the key's policy");
    }
}

const BOTH: &str = r#"["kms:Decrypt", "kms:GenerateDataKey*"]"#;

#[test]
fn a_keys_policy_is_judged_on_the_same_request() {
    for (resource, condition, status) in [
        ("*", r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#, Pass),
        (KEY_ARN, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*"}}"#, Pass),
        ("arn:aws:kms:us-east-1:111122223333:key/other", "{}", Fail),
        ("*", r#"{"StringEquals": {"aws:SourceAccount": "444455556666"}}"#, Fail),
        ("*", r#"{"StringEquals": {"kms:ViaService": "sns.us-east-1.amazonaws.com"}}"#, Unknown),
    ] {
        let allow = key_statement("Allow", BOTH, resource, condition);
        assert_eq!(by_key_policy(&allow), status, "{resource} {condition}");
    }
    let allow = key_statement("Allow", BOTH, "*", "{}");
    let deny = key_statement("Deny", r#""kms:Decrypt""#, "*", "{}");
    assert_eq!(by_key_policy(&format!("{allow}, {deny}")), Fail);
}

#[test]
fn a_key_policy_that_is_broken_or_not_found_is_unknown() {
    for name in KEY_NAMES {
        for policy in [Some("{"), None] {
            assert_eq!(link(encrypted(name, customer_key(), policy), "publish"), Unknown, "{name} {policy:?}");
        }
    }
}

#[test]
fn key_policy_remedy_adds_one_statement_and_passes() {
    let before = r#"{"Version": "2012-10-17", "Statement": {"Sid": "AllowBillingAlarm", "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}}"#;
    let judged = judge_facts(&CHECK, encrypted("alias/mine", customer_key(), Some(before)));
    let remedy = finding(&judged, "publish").remediation.as_ref().unwrap();
    let words = shell_words::split(&remedy.commands[0]).unwrap();
    assert_eq!(words[..5], ["aws", "kms", "put-key-policy", "--key-id", KEY_ARN]);
    let after = words.iter().skip_while(|word| *word != "--policy").nth(1).unwrap();
    assert_eq!(link(encrypted("alias/mine", customer_key(), Some(after)), "publish"), Pass);
    let json: serde_json::Value = serde_json::from_str(after).unwrap();
    assert_eq!(json["Statement"][1]["Sid"], "AllowBillingAlarm2");
}

#[test]
fn the_remedy_mends_all_that_keeps_cloudwatch_out() {
    let shut = policy(&[]);
    let mut facts = encrypted(KEY_ARN, key(Some("CUSTOMER"), Some("Disabled")), Some(r#"{"Statement": []}"#));
    let topic = Topic { policy: Some(shut), kms_key: Some(KEY_ARN.to_owned()) };
    facts.topic_attributes.set(TOPIC_ARN, known(Operation::GetTopicAttributes, Some(topic)));
    let judged = judge_facts(&CHECK, facts);
    let commands = &finding(&judged, "publish").remediation.as_ref().unwrap().commands;
    let calls: Vec<_> =
        commands.iter().map(|command| command.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(calls, ["aws sns set-topic-attributes", "aws kms enable-key", "aws kms put-key-policy"]);
}

#[test]
fn a_key_that_waits_for_its_deletion_is_kept_and_enabled_again() {
    let dying = encrypted(KEY_ARN, key(Some("CUSTOMER"), Some("PendingDeletion")), Some(KEY_POLICY));
    let judged = judge_facts(&CHECK, dying);
    let commands = &finding(&judged, "publish").remediation.as_ref().unwrap().commands;
    assert!(commands[0].contains("aws kms cancel-key-deletion ") && commands[1].starts_with("aws kms enable-key "));
}

#[test]
fn a_sure_failure_is_not_hidden_by_an_unseen_neighbour() {
    let shut = policy(&[]);
    for unseen in ["key", "key policy"] {
        let mut facts = encrypted("0b1c", customer_key(), Some(KEY_POLICY));
        let slot = known(
            Operation::GetTopicAttributes,
            Some(Topic { policy: Some(shut.clone()), kms_key: Some("0b1c".to_owned()) }),
        );
        facts.topic_attributes.set(TOPIC_ARN, slot);
        match unseen {
            "key" => facts.keys.set("us-east-1 0b1c", denied(Operation::DescribeKey)),
            _ => facts.key_policies.set("us-east-1 0b1c", denied(Operation::GetKeyPolicy)),
        }
        assert_eq!(link(facts, "publish"), Fail, "{unseen}");
    }
    let mut facts = encrypted("0b1c", customer_key(), Some(r#"{"Statement": []}"#));
    facts.keys.set("us-east-1 0b1c", denied(Operation::DescribeKey));
    assert_eq!(link(facts, "publish"), Fail);
    let mut facts = encrypted("0b1c", key(Some("CUSTOMER"), Some("Disabled")), None);
    facts.key_policies.set("us-east-1 0b1c", denied(Operation::GetKeyPolicy));
    assert_eq!(link(facts, "publish"), Fail);
}

/// Such a key's ARN is what the topic names, or follows from it; so its policy is not read as one of another key.
#[test]
fn policy_that_names_an_unknown_key_by_arn_allows_cloudwatch() {
    for name in [KEY_ARN, "0b1c"] {
        let key_policy = KEY_POLICY.replace(r#""Resource": "*""#, &format!(r#""Resource": "{KEY_ARN}""#));
        let mut facts = encrypted(name, customer_key(), Some(&key_policy));
        facts.keys.set(&format!("us-east-1 {name}"), denied(Operation::DescribeKey));
        assert_eq!(link(facts, "publish"), Unknown, "{name}");
        let other = key_policy.replace("key/0b1c", "key/other");
        let mut facts = encrypted(name, customer_key(), Some(&other));
        facts.keys.set(&format!("us-east-1 {name}"), denied(Operation::DescribeKey));
        assert_eq!(link(facts, "publish"), Fail, "{name}");
    }
}

#[test]
fn an_unseen_key_or_key_policy_is_unknown_and_named() {
    for name in KEY_NAMES {
        let id = if name.contains("alias/") { KEY_ARN } else { name };
        for operation in [Operation::DescribeKey, Operation::GetKeyPolicy] {
            let mut facts = encrypted(name, customer_key(), Some(KEY_POLICY));
            match operation {
                Operation::DescribeKey => facts.keys.set(&format!("us-east-1 {name}"), denied(operation)),
                _ => facts.key_policies.set(&format!("us-east-1 {id}"), denied(operation)),
            }
            let judged = judge_facts(&CHECK, facts);
            assert_eq!(not_passed(&judged), [("publish", Unknown)], "{name}");
            assert_eq!(finding(&judged, "publish").unavailable.as_ref().unwrap().call.operation, operation, "{name}");
        }
    }
}
