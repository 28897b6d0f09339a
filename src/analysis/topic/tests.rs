use super::*;

#[test]
fn only_a_topics_arn_is_one() {
    let topic = TopicArn::parse("arn:aws-cn:sns:cn-north-1:111122223333:SecurityAlerts").unwrap();
    assert_eq!(
        (topic.partition, topic.region, topic.account, topic.name),
        ("aws-cn", "cn-north-1", "111122223333", "SecurityAlerts")
    );
    for other in [
        "arn:aws:sns:us-east-1:111122223333:SecurityAlerts:0b1c",
        "arn:aws:lambda:us-east-1:111122223333:function:x",
        "arn:aws:sns:us-east-1:111122223333:",
        "arn:aws:automate:us-east-1:ec2:stop",
        "SecurityAlerts",
        "",
    ] {
        assert_eq!(TopicArn::parse(other), None, "{other}");
    }
}

#[test]
fn keys_under_reserved_aliases_are_aws_own() {
    for key in ["alias/aws/sns", "alias/aws/kms", "arn:aws:kms:us-east-1:111122223333:alias/aws/sns"] {
        assert!(is_named_as_aws_own(key), "{key}");
    }
    for key in [
        "alias/sns",
        "alias/my/aws/sns",
        "alias/AWS/sns",
        "0b1c2d3e-0000-0000-0000-000000000000",
        "arn:aws:kms:us-east-1:111122223333:key/alias/aws/sns",
        "arn:aws:kms:us-east-1:111122223333:alias/awsome",
    ] {
        assert!(!is_named_as_aws_own(key), "{key}");
    }
}
