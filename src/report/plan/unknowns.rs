//! What to do about a finding that is unknown: which permission or fault to mend, and to audit again.

use std::collections::BTreeSet;

use crate::account::{Cause, Unavailable, denial};
use crate::model::finding::Finding;
use crate::model::remediation::{Remediation, Who};
use crate::report::Report;
use crate::report::permissions;

const POLICIES_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html";
const DENIED_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";
const HEALTH_PAGE: &str = "https://health.aws.amazon.com/health/status";
const ERRORS_PAGE: &str = "https://docs.aws.amazon.com/awssupport/latest/user/create-service-quota-increase.html";

/// What all unknown findings of a report lack together: one grant mends them all.
pub(super) struct Unseen {
    grantable: BTreeSet<&'static str>,
}

impl Unseen {
    pub(super) fn of(report: &Report) -> Self {
        let findings = report.checks.iter().flat_map(|check| &check.findings);
        let grantable = findings.filter_map(|finding| finding.unavailable.as_ref()).filter_map(grantable).collect();
        Unseen { grantable }
    }

    pub(super) fn remedy(&self, finding: &Finding, unavailable: &Unavailable) -> Remediation {
        if let Some(when) = &finding.resolves {
            return Remediation::new(format!("Wait: it resolves {when}; then audit again")).by(Who::Nobody).takes(0);
        }
        let again = |text: String| Remediation::new(text).by(Who::Auditor).takes(5);
        match &unavailable.cause {
            Cause::Denied { .. } if grantable(unavailable).is_some() => self.grant(),
            Cause::Denied { message } => let_through(unavailable, message.as_deref()),
            Cause::Throttled => {
                again("Audit again when AWS is less busy: it throttled the calls".to_owned()).see(ERRORS_PAGE)
            }
            Cause::TimedOut | Cause::CallTimedOut { .. } => {
                again("Audit again with more time, such as --timeout 120".to_owned())
            }
            Cause::Credentials { .. } => again(format!("Sign in again, and audit again: {}", unavailable.reason())),
            Cause::Unreachable { why } => again(format!(
                "Check that this machine reaches AWS (proxy variables, AWS_ENDPOINT_URL, the name of the Region), \
                 and audit again: {why}"
            )),
            Cause::Fault { .. } | Cause::Malformed { .. } => {
                again(format!("Audit again; if it stays, check whether AWS has an outage: {}", unavailable.sentence()))
                    .see(HEALTH_PAGE)
            }
            Cause::Unknowable { .. } => Remediation::new(format!(
                "Check this yourself, since stagecheck can't evaluate it: {}",
                finding.message
            ))
            .takes(10),
            Cause::NotCollected => again(
                "Record the account again with this version (`stagecheck audit --record FILE`), and audit that"
                    .to_owned(),
            ),
        }
    }

    fn grant(&self) -> Remediation {
        let actions: Vec<&str> = self.grantable.iter().copied().collect();
        let remedy = Remediation::new(format!(
            "Grant the auditor the missing permissions, and audit again: {}",
            actions.join(", ")
        ))
        .see(POLICIES_PAGE)
        .takes(5);
        match permissions::allowing(self.grantable.clone()) {
            Ok(policy) => remedy.console(format!(
                "IAM > the user or role that audits > Permissions > Add permissions > Create inline policy > \
                 JSON: {policy}"
            )),
            Err(_) => remedy,
        }
    }
}

/// The action that was denied, where one more policy of the auditor helps.
fn grantable(unavailable: &Unavailable) -> Option<&'static str> {
    let Cause::Denied { message } = &unavailable.cause else { return None };
    let helps = message.as_deref().and_then(denial::told_by).is_none_or(|by| by.granting_helps);
    unavailable.call.operation.action().filter(|_| helps)
}

fn let_through(unavailable: &Unavailable, message: Option<&str>) -> Remediation {
    let by = message.and_then(denial::told_by).map_or("", |by| by.told);
    let call = unavailable.call.operation.name();
    let who = if by.contains("control policy") { Who::Organization } else { Who::Administrator };
    Remediation::new(format!("Allow the auditor to call {call}, which is denied {by}, and audit again"))
        .see(DENIED_PAGE)
        .by(who)
        .takes(10)
}
