//! What AWS's own words tell of a denial: which kind of policy stood in the way.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

/// What denied a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeniedBy {
    /// The end of "access denied".
    pub told: &'static str,
    /// Whether one more policy that allows the action lets the auditor make the call.
    pub granting_helps: bool,
}

/// What denied a call; `None` where AWS's words do not tell.
#[must_use]
pub fn told_by(message: &str) -> Option<DeniedBy> {
    // In lower case: some services write "Service Control Policy". Some do not name the policy that holds a Deny.
    const TELLING: [(&str, &str); 15] = [
        ("explicit deny in a service control policy", "by an explicit deny in a service control policy"),
        ("no service control policy allows", "because no service control policy allows it"),
        ("explicit deny in a resource control policy", "by an explicit deny in a resource control policy"),
        ("no resource control policy allows", "because no resource control policy allows it"),
        ("explicit deny in a permissions boundary", "by an explicit deny in the auditor's permissions boundary"),
        ("no permissions boundary allows", "because the auditor's permissions boundary doesn't allow it"),
        ("explicit deny in a session policy", "by an explicit deny in the auditor's session policy"),
        ("no session policy allows", "because the auditor's session policy doesn't allow it"),
        ("explicit deny in a resource-based policy", "by an explicit deny in the resource's policy"),
        ("no resource-based policy allows", "because the resource's policy doesn't allow it"),
        ("explicit deny in a vpc endpoint policy", "by an explicit deny in the VPC endpoint policy"),
        ("no vpc endpoint policy allows", "because the VPC endpoint policy doesn't allow it"),
        ("explicit deny in an identity-based policy", "by an explicit deny in the auditor's own policies"),
        ("explicit deny", "by an explicit deny in an unnamed policy"),
        ("no identity-based policy allows", "because none of the auditor's policies allows it"),
    ];
    let message = message.to_lowercase();
    let (words, told) = TELLING.into_iter().find(|(words, _)| message.contains(words))?;
    Some(DeniedBy { told, granting_helps: words == "no identity-based policy allows" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(because: &str) -> Option<DeniedBy> {
        let user = "User: arn:aws:iam::111122223333:user/a is not authorized to perform: iam:GetPolicy";
        told_by(&format!("{user} on resource: * {because}"))
    }

    #[test]
    fn the_kinds_of_denial_are_told_apart_where_aws_tells_them() {
        for (because, told) in [
            ("with an explicit deny in a service control policy", "by an explicit deny in a service control policy"),
            (
                "due to an explicit deny in a Service Control Policy",
                "by an explicit deny in a service control \
                policy",
            ),
            (
                "because no permissions boundary allows the action",
                "because the auditor's permissions boundary doesn't allow it",
            ),
            ("because no resource-based policy allows the action", "because the resource's policy doesn't allow it"),
            (
                "with an explicit deny in an identity-based policy",
                "by an explicit deny in the auditor's own \
                policies",
            ),
            (
                "because no identity-based policy allows the action",
                "because none of the auditor's policies allows \
                it",
            ),
        ] {
            assert_eq!(denied(because).unwrap().told, told);
        }
        assert_eq!(told_by("Access Denied"), None);
    }

    #[test]
    fn explicit_deny_in_an_unnamed_policy_is_reported_as_such() {
        assert_eq!(denied("with an explicit deny").unwrap().told, "by an explicit deny in an unnamed policy");
    }

    #[test]
    fn granting_helps_only_if_no_policy_allows_the_action() {
        assert!(denied("because no identity-based policy allows the action").unwrap().granting_helps);
        for because in
            ["with an explicit deny in an identity-based policy", "because no session policy allows the action"]
        {
            assert!(!denied(because).unwrap().granting_helps, "{because}");
        }
    }
}
