//! The outermost shape of an answer, by the protocol that its service speaks.
//!
//! The SDK's parsers are made for answers of AWS. Given anything else they are lenient: cut XML reads as a shorter list, a
//! list that is absent or that has members of another name as an empty one, an empty JSON body as an object without members.
//! A shorter list can turn a verdict over, so each answer has to be whole, and to hold what AWS always sends, before it is
//! believed. CBOR (CloudWatch) needs no check: its parser counts, and wants the end of the map to be the end of the answer.

use serde_json::Value;

use super::xml;
use crate::account::operation::Operation;

/// How an answer has to look.
enum Form {
    /// An XML document. `parent` is the path to the element whose children are looked at.
    Xml { parent: Vec<String>, members: &'static [&'static str], lists: &'static [List] },
    /// A JSON object that has this member.
    Json { member: &'static str },
    /// The answer is itself a JSON document: a bucket's policy.
    Document,
    /// The SDK's parser is strict, or there is no body.
    Any,
}

/// A list in XML: its name, and the name of each of its members.
type List = (&'static str, &'static str);

fn form(operation: Operation) -> Form {
    let query = |members, lists| {
        let name = operation.name();
        Form::Xml { parent: vec![format!("{name}Response"), format!("{name}Result")], members, lists }
    };
    let xml = |root: &str, members, lists| Form::Xml { parent: vec![root.to_owned()], members, lists };
    match operation {
        Operation::GetCallerIdentity => query(&["Arn", "Account"], &[]),
        Operation::ListAccountAliases => query(&["AccountAliases", "IsTruncated"], &[("AccountAliases", "member")]),
        Operation::GetAccountSummary => query(&["SummaryMap"], &[("SummaryMap", "entry")]),
        // Which of the four lists is wanted depends on the question; whoever asked looks for it.
        Operation::GetAccountAuthorizationDetails => query(
            &["IsTruncated"],
            &[
                ("UserDetailList", "member"),
                ("GroupDetailList", "member"),
                ("RoleDetailList", "member"),
                ("Policies", "member"),
            ],
        ),
        Operation::ListMfaDevices => query(&["MFADevices", "IsTruncated"], &[("MFADevices", "member")]),
        Operation::GetLoginProfile => query(&["LoginProfile"], &[]),
        Operation::ListAccessKeys => query(&["AccessKeyMetadata", "IsTruncated"], &[("AccessKeyMetadata", "member")]),
        Operation::GetPolicy => query(&["Policy"], &[]),
        Operation::GetPolicyVersion => query(&["PolicyVersion"], &[]),
        Operation::ListTopics => query(&["Topics"], &[("Topics", "member")]),
        Operation::GetTopicAttributes | Operation::GetSubscriptionAttributes => {
            query(&["Attributes"], &[("Attributes", "entry")])
        }
        Operation::ListSubscriptionsByTopic => query(&["Subscriptions"], &[("Subscriptions", "member")]),
        Operation::DescribeRegions => xml("DescribeRegionsResponse", &["regionInfo"], &[("regionInfo", "item")]),
        Operation::GetPublicAccessBlock => xml("PublicAccessBlockConfiguration", &[], &[]),
        Operation::GetBucketAcl => {
            xml("AccessControlPolicy", &["Owner", "AccessControlList"], &[("AccessControlList", "Grant")])
        }
        Operation::GetBucketOwnershipControls => xml("OwnershipControls", &["Rule"], &[]),
        Operation::DescribeTrails => Form::Json { member: "trailList" },
        Operation::GetTrailStatus => Form::Json { member: "IsLogging" },
        Operation::GetEventSelectors => Form::Json { member: "TrailARN" },
        Operation::DescribeOrganization => Form::Json { member: "Organization" },
        Operation::DescribeKey => Form::Json { member: "KeyMetadata" },
        Operation::GetKeyPolicy | Operation::DescribePolicy => Form::Json { member: "Policy" },
        Operation::GetBucketPolicy => Form::Document,
        Operation::ListRoots => Form::Json { member: "Roots" },
        Operation::ListAccounts | Operation::ListAccountsForParent => Form::Json { member: "Accounts" },
        Operation::ListOrganizationalUnitsForParent => Form::Json { member: "OrganizationalUnits" },
        Operation::ListPolicies => Form::Json { member: "Policies" },
        Operation::ListTargetsForPolicy => Form::Json { member: "Targets" },
        Operation::ListAwsServiceAccessForOrganization => Form::Json { member: "EnabledServicePrincipals" },
        Operation::ListOrganizationsFeatures => query(&["EnabledFeatures"], &[("EnabledFeatures", "member")]),
        Operation::ListBuckets => xml("ListAllMyBucketsResult", &["Buckets"], &[("Buckets", "Bucket")]),
        Operation::ListInstances => Form::Json { member: "Instances" },
        Operation::ListPermissionSetsProvisionedToAccount => Form::Json { member: "PermissionSets" },
        Operation::DescribePermissionSet => Form::Json { member: "PermissionSet" },
        Operation::ListAccountAssignments => Form::Json { member: "AccountAssignments" },
        Operation::HeadBucket | Operation::DescribeAlarms | Operation::ListAlarmMuteRules | Operation::ListMetrics => {
            Form::Any
        }
    }
}

/// Whether a successful answer to `operation` is whole and of the form of one; else what is wrong with it.
pub(super) fn check(operation: Operation, body: &[u8]) -> Result<(), String> {
    match form(operation) {
        Form::Xml { parent, members, lists } => check_xml(body, &parent, members, lists),
        Form::Json { member } => check_json(body, member),
        Form::Document => match serde_json::from_slice(body) {
            Ok(Value::Object(_)) => Ok(()),
            _ => Err("it isn't a policy".to_owned()),
        },
        Form::Any => Ok(()),
    }
}

/// Whether an error's body is whole, so that its code can be believed. A body that is neither XML nor JSON is CBOR, which is
/// not read past its end.
pub(super) fn is_whole(body: &[u8]) -> bool {
    match body.first() {
        Some(b'<') => xml::walk(body, |_, _| Ok(())).is_ok(),
        Some(b'{') => serde_json::from_slice::<Value>(body).is_ok(),
        _ => true,
    }
}

fn check_xml(body: &[u8], parent: &[String], members: &[&str], lists: &[List]) -> Result<(), String> {
    let mut parents = 0_usize;
    let mut found = vec![0_usize; members.len()];
    xml::walk(body, |path, text| {
        if text.is_some() {
            return Ok(());
        }
        if path.first().copied() != parent.first().map(String::as_str) {
            return Err(format!("it begins with {}", path.join("/")));
        }
        // What stands beside the result, such as the request's id, may come first.
        if !path.iter().take(parent.len()).eq(parent.iter()) {
            return Ok(());
        }
        match path.get(parent.len()..) {
            Some([]) => parents += 1,
            Some([member]) => {
                for (count, _) in found.iter_mut().zip(members).filter(|(_, name)| *name == member) {
                    *count += 1;
                }
            }
            Some([list, item]) => {
                if let Some((_, name)) = lists.iter().find(|(name, _)| name == list)
                    && name != item
                {
                    return Err(format!("{list} holds {item}"));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    if parents != 1 {
        return Err(format!("it has {parents} elements {}", parent.join("/")));
    }
    match found.iter().zip(members).find(|(count, _)| **count != 1) {
        Some((0, member)) => Err(format!("{member} is missing")),
        Some((_, member)) => Err(format!("{member} occurs more than once")),
        None => Ok(()),
    }
}

fn check_json(body: &[u8], member: &str) -> Result<(), String> {
    if body.is_empty() {
        return Err("it is empty".to_owned());
    }
    let answer: Value = serde_json::from_slice(body).map_err(|_| "it isn't complete JSON".to_owned())?;
    if answer.get(member).is_none_or(Value::is_null) {
        return Err(format!("{member} is missing"));
    }
    // The SDK leaves them out, and the list is shorter.
    if holds_null_item(&answer) { Err("a list holds null".to_owned()) } else { Ok(()) }
}

fn holds_null_item(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| item.is_null() || holds_null_item(item)),
        Value::Object(members) => members.values().any(holds_null_item),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = "<?xml version=\"1.0\"?><ListAccessKeysResponse xmlns=\"x\"><ListAccessKeysResult>\
        <IsTruncated>false</IsTruncated><AccessKeyMetadata/></ListAccessKeysResult>\
        <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListAccessKeysResponse>\n";

    fn keys(body: &str) -> Result<(), String> {
        check(Operation::ListAccessKeys, body.as_bytes())
    }

    #[test]
    fn an_empty_list_that_is_there_is_an_empty_list() {
        assert_eq!(keys(KEYS), Ok(()));
    }

    #[test]
    fn what_stands_beside_the_result_may_come_first() {
        let metadata = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>";
        let first =
            KEYS.replace(metadata, "").replace("<ListAccessKeysResult>", &format!("{metadata}<ListAccessKeysResult>"));
        assert_eq!(keys(&first), Ok(()));
    }

    #[test]
    fn an_xml_answer_that_is_cut_anywhere_is_misshapen() {
        for (at, _) in KEYS.trim_end().char_indices() {
            let (cut, _) = KEYS.split_at(at);
            assert!(keys(cut).is_err(), "{cut}");
        }
    }

    #[test]
    fn an_absent_list_is_not_an_empty_one() {
        assert_eq!(keys(&KEYS.replace("<AccessKeyMetadata/>", "")), Err("AccessKeyMetadata is missing".to_owned()));
        assert_eq!(
            keys(&KEYS.replace("<IsTruncated>false</IsTruncated>", "")),
            Err("IsTruncated is missing".to_owned())
        );
        assert!(keys("<ListAccessKeysResponse/>").is_err());
    }

    #[test]
    fn a_list_with_members_of_another_name_is_misshapen() {
        let odd = KEYS.replace("<AccessKeyMetadata/>", "<AccessKeyMetadata><item/></AccessKeyMetadata>");
        assert_eq!(keys(&odd), Err("AccessKeyMetadata holds item".to_owned()));
    }

    #[test]
    fn a_list_that_stands_there_twice_is_misshapen() {
        assert!(keys(&KEYS.replace("<AccessKeyMetadata/>", "<AccessKeyMetadata/><AccessKeyMetadata/>")).is_err());
        assert!(keys(&KEYS.replace("<ResponseMetadata>", "<ListAccessKeysResult/><ResponseMetadata>")).is_err());
    }

    #[test]
    fn html_garbage_and_nothing_are_no_answers() {
        for body in ["", " ", "<html><body>Log in</body></html>", "\u{0}\u{1}\u{2}", "{}", "null", "<!-- -->"] {
            for operation in Operation::ALL {
                let checked = check(*operation, body.as_bytes());
                assert!(
                    checked.is_err() || matches!(form(*operation), Form::Any | Form::Document),
                    "{operation} {body}"
                );
            }
        }
        assert!(keys(std::str::from_utf8(&[b'<'; 3]).unwrap()).is_err());
        assert!(check(Operation::ListAccessKeys, &[0xff, 0xfe]).is_err());
    }

    #[test]
    fn a_json_answer_without_its_member_is_misshapen() {
        let trails = |body: &str| check(Operation::DescribeTrails, body.as_bytes());
        assert_eq!(trails(r#"{"trailList": []}"#), Ok(()));
        for body in
            ["", "{}", "[]", "null", r#"{"trailList": null}"#, r#"{"trailList": [null]}"#, r#"{"trailList": []"#]
        {
            assert!(trails(body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_bucket_policy_that_is_no_json_object_is_misshapen() {
        let policy = |body: &str| check(Operation::GetBucketPolicy, body.as_bytes());
        assert_eq!(policy(r#"{"Statement": []}"#), Ok(()));
        for body in ["", "<html/>", r#"{"Statement": ["#, "[]"] {
            assert!(policy(body).is_err(), "{body}");
        }
    }

    #[test]
    fn the_code_of_an_error_that_was_cut_is_not_believed() {
        assert!(is_whole(b"<Error><Code>NoSuchBucketPolicy</Code></Error>"));
        assert!(!is_whole(b"<Error><Code>NoSuchBucketPolicy</Code><Mess"));
        assert!(!is_whole(br#"{"__type": "NotFoundException""#));
        assert!(is_whole(b""));
    }
}
