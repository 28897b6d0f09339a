//! What AWS's own words tell of a denial: which kind of policy stood in the way.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

/// What denied a call, as the end of "access denied"; `None` where AWS's words do not tell.
#[must_use]
pub fn told_by(message: &str) -> Option<&'static str> {
    const TELLING: [(&str, &str); 12] = [
        ("explicit deny in a service control policy", "by a Deny in a service control policy"),
        ("no service control policy allows", "since no service control policy allows it"),
        ("explicit deny in a resource control policy", "by a Deny in a resource control policy"),
        ("explicit deny in a permissions boundary", "by a Deny in the auditor's permissions boundary"),
        ("no permissions boundary allows", "since the auditor's permissions boundary does not allow it"),
        ("explicit deny in a session policy", "by a Deny in the auditor's session policy"),
        ("no session policy allows", "since the auditor's session policy does not allow it"),
        ("explicit deny in a resource-based policy", "by a Deny in the resource's policy"),
        ("explicit deny in a VPC endpoint policy", "by a Deny in the VPC endpoint's policy"),
        ("no VPC endpoint policy allows", "since the VPC endpoint's policy does not allow it"),
        ("explicit deny", "by a Deny in the auditor's own policies"),
        ("no identity-based policy allows", "since none of the auditor's policies allows it"),
    ];
    TELLING.iter().find(|(words, _)| message.contains(words)).map(|(_, told)| *told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_of_denial_are_told_apart_where_aws_tells_them() {
        let user = "User: arn:aws:iam::111122223333:user/a is not authorized to perform: iam:GetPolicy";
        for (because, told) in [
            ("with an explicit deny in a service control policy", "by a Deny in a service control policy"),
            (
                "because no permissions boundary allows the action",
                "since the auditor's permissions boundary does not allow it",
            ),
            ("with an explicit deny in an identity-based policy", "by a Deny in the auditor's own policies"),
            ("because no identity-based policy allows the action", "since none of the auditor's policies allows it"),
        ] {
            assert_eq!(told_by(&format!("{user} on resource: * {because}")), Some(told));
        }
        assert_eq!(told_by("Access Denied"), None);
    }
}
