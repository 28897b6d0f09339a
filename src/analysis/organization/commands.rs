//! The commands that several checks of an organization print. Each may be run again and then changes nothing. IDs come from AWS, and one
//! that does not look like one gets no command.

use crate::account::Account;
use crate::model::remediation::{Command, Remediation, Who};

/// The service principal of AWS Control Tower.
const CONTROL_TOWER: &str = "controltower.amazonaws.com";

/// Whether AWS Control Tower manages the organization, as far as is known. It decides how a remedy is put, and no status.
pub async fn is_control_tower(account: &Account) -> bool {
    match account.trusted_services().await {
        Ok(services) => services.get().iter().any(|service| service == CONTROL_TOWER),
        Err(_) => false,
    }
}

/// A change of the organization, which an audit sees a few minutes later. If AWS Control Tower manages the organization, there are no
/// commands: a change beside Control Tower is drift.
#[must_use]
pub fn change(summary: &str, by_control_tower: bool, commands: impl FnOnce(Remediation) -> Remediation) -> Remediation {
    let remedy = if by_control_tower {
        Remediation::new(format!("{summary}. Change it in Control Tower."))
    } else {
        commands(Remediation::new(format!("{summary}. Run again in a few minutes")))
    };
    remedy.by(Who::Organization)
}

fn is_id(text: &str, prefix: &str, lengths: &[std::ops::RangeInclusive<usize>]) -> bool {
    let Some(rest) = text.strip_prefix(prefix) else { return false };
    let parts: Vec<&str> = rest.split('-').collect();
    parts.len() == lengths.len()
        && parts.iter().zip(lengths).all(|(part, length)| {
            length.contains(&part.len()) && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// `r-…`, as <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html> has it.
#[must_use]
pub fn is_root_id(text: &str) -> bool {
    is_id(text, "r-", &[4..=32])
}

/// `ou-…-…`.
#[must_use]
pub fn is_unit_id(text: &str) -> bool {
    is_id(text, "ou-", &[4..=32, 8..=32])
}

/// `p-…`.
#[must_use]
pub fn is_policy_id(text: &str) -> bool {
    let rest = text.strip_prefix("p-").unwrap_or_default();
    (8..=128).contains(&rest.len()) && rest.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
}

/// 12 digits.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|c| c.is_ascii_digit())
}

fn is_node_id(text: &str) -> bool {
    is_root_id(text) || is_unit_id(text) || is_account_id(text)
}

/// Moves an account to an OU that the operator names.
#[must_use]
pub fn move_account(remediation: Remediation, account: &str, from: &str) -> Remediation {
    if !is_account_id(account) || !is_node_id(from) {
        return remediation;
    }
    let moves = Command::aws("organizations", "move-account")
        .option("--account-id", account)
        .option("--source-parent-id", from)
        .input("--destination-parent-id", "OU", "OU id");
    // Where it is elsewhere, it was moved.
    let elsewhere = Command::aws("organizations", "list-parents")
        .option("--child-id", account)
        .option("--query", &format!("Parents[?Id!='{from}'].Id"))
        .option("--output", "text");
    remediation.run(moves.skip_if_present(elsewhere))
}

/// Attaches an SCP to the root, an OU or an account.
#[must_use]
pub fn attach(remediation: Remediation, policy: &str, target: &str) -> Remediation {
    if !is_policy_id(policy) || !is_node_id(target) {
        return remediation;
    }
    let attaches =
        Command::aws("organizations", "attach-policy").option("--policy-id", policy).option("--target-id", target);
    remediation.run(attaches.skip_if_present(is_attached(target, &format!("Policies[?Id=='{policy}'].Id"))))
}

/// The SCPs on a node, as a query picks them.
pub fn is_attached(target: &str, query: &str) -> Command {
    Command::aws("organizations", "list-policies-for-target")
        .option("--target-id", target)
        .option("--filter", "SERVICE_CONTROL_POLICY")
        .option("--query", query)
        .option("--output", "text")
}

/// Lets a service act in all accounts of the organization. To do it again changes nothing.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAWSServiceAccess.html>
#[must_use]
pub fn trust(remediation: Remediation, service: &str) -> Remediation {
    remediation.run(Command::aws("organizations", "enable-aws-service-access").option("--service-principal", service))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_none_gets_no_command() {
        let none = Remediation::new(String::new());
        for (account, from) in [("12345678901", "r-ab12"), ("123456789012", "ou-ab12"), ("123456789012", "r-$(x)")] {
            assert!(move_account(none.clone(), account, from).commands.is_empty(), "{account} {from}");
        }
        for (policy, target) in [("p-1", "r-ab12"), ("p-12345678", "x"), ("p-1234567;", "r-ab12")] {
            assert!(attach(none.clone(), policy, target).commands.is_empty(), "{policy} {target}");
        }
        assert_eq!(move_account(none.clone(), "123456789012", "r-ab12").commands.len(), 1);
        assert_eq!(attach(none, "p-FullAWSAccess", "ou-ab12-12345678").commands.len(), 1);
    }
}
