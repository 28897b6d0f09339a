//! What a template makes of it: the trail, with its bucket.

use super::{Finding, MULTI_REGION, NewTrail};
use crate::model::cfn_resource::Resource;
use crate::model::status::Status;

/// The trail that is missing, where this finding says that there is none.
pub(super) fn missing(finding: &Finding, new: Option<&NewTrail<'_>>) -> Vec<Resource> {
    match new {
        Some(new) if finding.status == Status::Fail => new.resources(MULTI_REGION.id),
        _ => Vec::new(),
    }
}
