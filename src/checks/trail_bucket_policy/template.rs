//! What a template makes of it: a policy that reads the log.

use super::ENTITLEMENT;
use super::location::Location;
use crate::account::Account;
use crate::analysis::trail::provisioning::ReadingPolicy;
use crate::analysis::trail::template::reading_policy;
use crate::analysis::trail::{EvaluatedTrail, owner};
use crate::model::cfn_resource::Resource;
use crate::model::finding::CheckResult;
use crate::model::status::Status;

/// The policy that is missing, of the trail that was judged.
pub(super) async fn missing(judged: &CheckResult, trails: &[EvaluatedTrail<'_>], account: &Account) -> Vec<Resource> {
    let fails = |id: &str| judged.findings.iter().any(|finding| finding.id == id && finding.status == Status::Fail);
    let (caller, organization) = tokio::join!(account.caller(), account.organization());
    let Ok(caller) = caller else { return Vec::new() };
    let has_none =
        judged.findings.iter().any(|finding| finding.id == ENTITLEMENT.id && finding.subject.resource.is_none());
    let chosen = judged.chosen.as_ref().and_then(|chosen| trails.iter().find(|it| it.trail.get().name == chosen.name));
    let Some(trail) = chosen.map(|judged| judged.trail).filter(|_| has_none && fails(ENTITLEMENT.id)) else {
        return Vec::new();
    };
    let Some(bucket) = trail.get().bucket.as_deref() else { return Vec::new() };
    let owner = owner(trail.get()).filter(|owner| !owner.is_empty()).unwrap_or(&caller.get().account);
    let location = Location::of(trail, (caller.get().partition(), bucket, owner), organization);
    let mut files = vec![location.all_own.as_str()];
    if let Ok(Some(organization)) = &location.organization_files {
        files.push(organization);
    }
    let reading = ReadingPolicy {
        partition: caller.get().partition(),
        account: &caller.get().account,
        bucket: &location.bucket,
        files: &files,
    };
    vec![reading_policy(ENTITLEMENT.id, &reading.document())]
}
