//! The way that a message takes, as far as a check judges it: from what sends it to who reads it, link by link. A check declares which
//! of its requirements are links; whoever shows a chain knows no check by name.

use crate::model::check::Link;
use crate::model::finding::Finding;
use crate::model::status::Status;

/// A link, and what it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluatedLink {
    /// What it is called.
    pub name: &'static str,
    /// The requirement that decides, e.g. `billing-alarm/action`; the first where none was judged.
    pub requirement: &'static str,
    /// What it comes to; `None`: it was not judged, since something before it is broken.
    pub status: Option<Status>,
}

/// What the links of a chain come to, in their order.
#[must_use]
pub fn judged(links: &[Link], findings: &[Finding]) -> Vec<EvaluatedLink> {
    links.iter().map(|link| judge(link, findings)).collect()
}

fn judge(link: &Link, findings: &[Finding]) -> EvaluatedLink {
    let ids = link.requirements.iter().map(|requirement| requirement.id);
    let statuses = ids.clone().flat_map(|id| {
        let of_id = findings.iter().filter(move |finding| finding.id == id);
        of_id.filter_map(move |finding| Some((finding.status_of(link.name)?, id)))
    });
    // Of equals the first requirement decides, as it does in a check's summary.
    let decides = statuses.reduce(|first, next| if next.0 > first.0 { next } else { first });
    EvaluatedLink {
        name: link.name,
        requirement: decides.map(|(_, id)| id).or_else(|| ids.clone().next()).unwrap_or_default(),
        status: decides.map(|(status, _)| status),
    }
}

/// The link to look at first: the first that fails; where none does, the first that is not known; else the first that warns.
#[must_use]
pub fn first_broken_link(chain: &[EvaluatedLink]) -> Option<&EvaluatedLink> {
    let first = |status| chain.iter().find(|link| link.status == Some(status));
    first(Status::Fail).or_else(|| first(Status::Unknown)).or_else(|| first(Status::Warn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::operation::Operation;
    use crate::account::{Call, Unavailable};
    use crate::model::finding::Subject;
    use crate::model::finding::{Requirement, Severity};
    use crate::model::status::Status::{Fail, Pass, Unknown, Warn};

    const ALARM: Requirement =
        Requirement { severity: Severity::High, docs: "", id: "x/alarm", pass: "", warn: "", fail: "" };
    const METRIC: Requirement =
        Requirement { severity: Severity::High, docs: "", id: "x/metric", pass: "", warn: "", fail: "" };
    const PUBLISH: Requirement =
        Requirement { severity: Severity::High, docs: "", id: "x/publish", pass: "", warn: "", fail: "" };
    const CHAIN: &[Link] = &[
        Link { name: "alarm", requirements: &[&ALARM, &METRIC] },
        Link { name: "policy", requirements: &[&PUBLISH] },
        Link { name: "key", requirements: &[&PUBLISH] },
    ];

    fn finding(requirement: &Requirement, status: Status) -> Finding {
        let open = Unavailable::undetermined(&Call::global(Operation::DescribeAlarms), "open");
        Finding { status, unavailable: None, ..requirement.unknown(&Subject::account(), &open) }
    }

    fn statuses(findings: &[Finding]) -> Vec<Option<Status>> {
        judged(CHAIN, findings).into_iter().map(|link| link.status).collect()
    }

    #[test]
    fn all_requirements_of_a_link_must_hold_and_the_worst_is_named() {
        let findings = [finding(&ALARM, Pass), finding(&METRIC, Fail)];
        let alarm = judged(CHAIN, &findings)[0];
        assert_eq!((alarm.status, alarm.requirement), (Some(Fail), "x/metric"));
    }

    #[test]
    fn a_link_without_a_finding_is_not_judged_and_never_a_pass() {
        assert_eq!(statuses(&[finding(&ALARM, Fail)]), [Some(Fail), None, None]);
        assert_eq!(judged(CHAIN, &[])[1].requirement, "x/publish");
    }

    #[test]
    fn one_finding_may_tell_its_links_apart() {
        let published = finding(&PUBLISH, Fail).with_links([("policy", Some(Fail)), ("key", None)]);
        assert_eq!(statuses(&[published]), [None, Some(Fail), None]);
        let published = finding(&PUBLISH, Unknown);
        assert_eq!(statuses(&[published]), [None, Some(Unknown), Some(Unknown)]);
    }

    #[test]
    fn a_sure_break_is_looked_at_before_what_is_not_known() {
        let chain = |statuses: [Status; 3]| {
            let findings = [
                finding(&ALARM, statuses[0]),
                finding(&PUBLISH, statuses[1]).with_links([("policy", Some(statuses[1])), ("key", Some(statuses[2]))]),
            ];
            first_broken_link(&judged(CHAIN, &findings)).map(|link| link.name)
        };
        assert_eq!(chain([Warn, Unknown, Fail]), Some("key"));
        assert_eq!(chain([Warn, Pass, Unknown]), Some("key"));
        assert_eq!(chain([Warn, Warn, Pass]), Some("alarm"));
        assert_eq!(chain([Pass, Pass, Pass]), None);
    }
}
