//! IAM's entities and the answers of the query protocol, in XML.

use std::fmt::Write;

use serde_json::Value;

use crate::pages::items;

/// An answer in the query protocol.
pub(crate) fn query(operation: &str, result: &str) -> String {
    format!(
        "<{operation}Response xmlns=\"https://x.amazonaws.com/doc/\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation}Response>"
    )
}

/// A text, escaped.
pub(crate) fn text(value: &Value) -> String {
    quick_xml::escape::escape(value.as_str().expect("a text")).into_owned()
}

/// The attributes of a topic or a subscription; without a value, none.
pub(crate) fn attributes(attributes: &[(&str, &Value)]) -> String {
    let set = attributes.iter().filter(|(_, value)| !value.is_null());
    let entries: String =
        set.map(|(name, value)| format!("<entry><key>{name}</key><value>{}</value></entry>", text(value))).collect();
    format!("<Attributes>{entries}</Attributes>")
}

pub(crate) fn user(user: &Value) -> String {
    format!(
        "{}<UserName>{}</UserName><UserId>AIDA</UserId><GroupList>{}</GroupList>{}{}",
        common(user),
        text(&user["name"]),
        items(&user["groups"]).iter().map(|group| format!("<member>{}</member>", text(group))).collect::<String>(),
        inline("UserPolicyList", user),
        attached(user)
    )
}

pub(crate) fn group(group: &Value) -> String {
    format!(
        "{}<GroupName>{}</GroupName><GroupId>AGPA</GroupId>{}{}",
        common(group),
        text(&group["name"]),
        inline("GroupPolicyList", group),
        attached(group)
    )
}

pub(crate) fn role(role: &Value) -> String {
    format!(
        "{}<RoleName>{}</RoleName><RoleId>AROA</RoleId><AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument>\
         <InstanceProfileList/>{}{}",
        common(role),
        text(&role["name"]),
        document(&role["trust_policy"]),
        inline("RolePolicyList", role),
        attached(role)
    )
}

/// A managed policy with so many versions, of which the default one comes first.
pub(crate) fn policy(policy: &Value, versions: usize) -> String {
    let document = document(&policy["document"]);
    let default = text(&policy["default_version"]);
    let versions: String = (0..versions)
        .map(|version| {
            let name = if version == 0 { default.clone() } else { format!("v{}", 100 + version) };
            format!(
                "<member><Document>{document}</Document><IsDefaultVersion>{}</IsDefaultVersion><VersionId>{name}</VersionId>\
                 <CreateDate>2024-01-01T00:00:00Z</CreateDate></member>",
                version == 0
            )
        })
        .collect();
    format!(
        "{}<PolicyName>{}</PolicyName><PolicyId>ANPA</PolicyId><DefaultVersionId>{default}</DefaultVersionId>\
         <PolicyVersionList>{versions}</PolicyVersionList><AttachmentCount>1</AttachmentCount><IsAttachable>true</IsAttachable>",
        common(policy),
        text(&policy["name"])
    )
}

fn common(entity: &Value) -> String {
    format!("<Path>/</Path><Arn>{}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate>", text(&entity["arn"]))
}

fn inline(list: &str, entity: &Value) -> String {
    let member = |policy: &Value| {
        let (name, document) = (text(&policy["name"]), document(&policy["document"]));
        format!("<member><PolicyName>{name}</PolicyName><PolicyDocument>{document}</PolicyDocument></member>")
    };
    format!("<{list}>{}</{list}>", items(&entity["inline_policies"]).iter().map(member).collect::<String>())
}

fn attached(entity: &Value) -> String {
    let member = |policy: &Value| {
        let (name, arn) = (text(&policy["name"]), text(&policy["arn"]));
        format!("<member><PolicyName>{name}</PolicyName><PolicyArn>{arn}</PolicyArn></member>")
    };
    let members: String = items(&entity["attached_policies"]).iter().map(member).collect();
    format!("<AttachedManagedPolicies>{members}</AttachedManagedPolicies>")
}

/// Percent-encoded by RFC 3986, as IAM gives documents.
fn document(document: &Value) -> String {
    let mut encoded = String::new();
    for byte in document.as_str().expect("a document").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}"); // a String takes everything
        }
    }
    encoded
}
