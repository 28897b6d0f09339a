//! What a template makes of it: the trail, with its bucket.

use super::{Caller, Fact, Finding, MULTI_REGION};
use crate::judgement::trail::making::NewTrail;
use crate::status::Status;
use crate::template::Resource;

/// The trail that is missing, where this finding says that there is none.
pub(super) fn missing(finding: &Finding, home: &str, caller: Fact<'_, Caller>) -> Vec<Resource> {
    match caller {
        Ok(caller) if finding.status == Status::Fail => NewTrail::of(caller.get(), home).resources(MULTI_REGION.id),
        _ => Vec::new(),
    }
}
