//! The types of an OCSF event, as far as they are written.

use serde::Serialize;

use crate::model::finding::Severity;

/// A number of the schema and its caption.
pub(super) struct Named(pub(super) u8, pub(super) &'static str);

#[derive(Serialize)]
pub(super) struct Event<'a> {
    pub(super) activity_id: u8,
    pub(super) activity_name: &'static str,
    pub(super) category_uid: u8,
    pub(super) category_name: &'static str,
    pub(super) class_uid: u16,
    pub(super) class_name: &'static str,
    pub(super) type_uid: u32,
    pub(super) type_name: &'static str,
    /// In milliseconds since 1970.
    pub(super) time: i64,
    pub(super) message: &'a str,
    pub(super) severity_id: u8,
    pub(super) severity: &'static str,
    pub(super) status_id: u8,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status_detail: Option<String>,
    pub(super) metadata: Metadata,
    pub(super) finding_info: FindingInfo<'a>,
    pub(super) compliance: Compliance<'a>,
    pub(super) cloud: Cloud<'a>,
    pub(super) resources: Vec<ResourceDetails<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remediation: Option<Remedy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unmapped: Option<AuditOutcome<'a>>,
}

#[derive(Serialize)]
pub(super) struct Metadata {
    pub(super) version: &'static str,
    pub(super) product: Product,
    pub(super) profiles: [&'static str; 1],
}

#[derive(Serialize)]
pub(super) struct Product {
    pub(super) name: &'static str,
    pub(super) vendor_name: &'static str,
    pub(super) version: &'static str,
}

#[derive(Serialize)]
pub(super) struct FindingInfo<'a> {
    pub(super) uid: String,
    pub(super) title: &'a str,
    pub(super) desc: &'a str,
    pub(super) created_time: i64,
}

#[derive(Serialize)]
pub(super) struct Compliance<'a> {
    pub(super) control: &'static str,
    pub(super) requirements: [&'a str; 1],
    pub(super) standards: [String; 1],
    pub(super) status_id: u8,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status_detail: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Cloud<'a> {
    pub(super) provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<Account<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) org: Option<Organization<'a>>,
    pub(super) region: &'a str,
    #[serde(rename = "cloud_partition", skip_serializing_if = "Option::is_none")]
    pub(super) partition: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Account<'a> {
    pub(super) uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) type_id: u8,
}

#[derive(Serialize)]
pub(super) struct Organization<'a> {
    pub(super) uid: &'a str,
}

#[derive(Serialize)]
pub(super) struct ResourceDetails<'a> {
    pub(super) uid: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Remedy {
    pub(super) desc: String,
    pub(super) references: Vec<&'static str>,
}

/// What the audit came to, which the schema has no place for: in the first event only.
#[derive(Serialize)]
pub(super) struct AuditOutcome<'a> {
    pub(super) verdict: &'static str,
    pub(super) headline: String,
    pub(super) exit_code: u8,
    pub(super) strict: bool,
    pub(super) skipped: &'a [&'static str],
    pub(super) missing_permissions: Vec<&'static str>,
    pub(super) unused_waivers: Vec<&'a str>,
}

/// A severity in the schema's words.
pub(super) const fn severity(severity: Option<Severity>) -> Named {
    match severity {
        None => Named(0, "Unknown"),
        Some(Severity::Informational) => Named(1, "Informational"),
        Some(Severity::Low) => Named(2, "Low"),
        Some(Severity::Medium) => Named(3, "Medium"),
        Some(Severity::High) => Named(4, "High"),
        Some(Severity::Critical) => Named(5, "Critical"),
    }
}
