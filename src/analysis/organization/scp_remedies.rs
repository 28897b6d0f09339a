//! How an SCP is created and attached. The commands never attach to the root, and detach nothing.

use serde_json::Value;

use super::commands::{attach, change, is_attached, is_policy_id};
use crate::model::remediation::{Command, Remediation};

const SCP_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_attach.html";

/// An SCP to create.
pub struct NewScp<'s> {
    /// Its name: a plain word.
    pub name: &'s str,
    /// What it is for, in a few words.
    pub description: &'s str,
    /// Its document.
    pub content: Value,
}

/// Changes of SCPs.
pub struct ScpRemedy {
    /// AWS Control Tower manages the organization.
    pub by_control_tower: bool,
}

impl ScpRemedy {
    /// The remedy, without commands where they would change what AWS Control Tower manages.
    #[must_use]
    pub fn put(&self, summary: &str, commands: impl FnOnce(Remediation) -> Remediation) -> Remediation {
        // An SCP can lock out those who work on the rest, so it comes last.
        change(summary, self.by_control_tower, commands)
            .after("security-accounts")
            .after("organization-trail")
            .after("identity-center")
            .console("AWS Organizations > Policies > Service control policies")
            .see(SCP_PAGE)
            .takes(20)
    }

    /// Attaches an SCP that is there.
    #[must_use]
    pub fn attach(&self, policy: (&str, &str), targets: &[String]) -> Remediation {
        let (id, name) = policy;
        self.put(&format!("Attach SCP {name}. Test it on one OU first"), |remedy| {
            if is_policy_id(id) {
                targets.iter().fold(remedy, |remedy, target| attach(remedy, id, target))
            } else {
                remedy
            }
        })
    }

    /// Creates an SCP, unless there is one of that name, and attaches it.
    #[must_use]
    pub fn create(&self, new: &NewScp<'_>, targets: &[String]) -> Remediation {
        let listed = |what: &str| {
            Command::aws("organizations", "list-policies")
                .option("--filter", "SERVICE_CONTROL_POLICY")
                .option("--query", &format!("Policies[?Name=='{}'].Id{what}", new.name))
                .option("--output", "text")
        };
        self.put(&format!("Create SCP {} and attach it. Test it on one OU first", new.name), |remedy| {
            let created = remedy.run(
                Command::aws("organizations", "create-policy")
                    .option("--type", "SERVICE_CONTROL_POLICY")
                    .option("--name", new.name)
                    .option("--description", new.description)
                    .option("--content", &new.content.to_string())
                    .skip_if_present(listed("")),
            );
            targets.iter().fold(created, |remedy, target| {
                let attaches = Command::aws("organizations", "attach-policy")
                    .option("--target-id", target)
                    .option_from("--policy-id", listed(" | [0]"));
                remedy
                    .run(attaches.skip_if_present(is_attached(target, &format!("Policies[?Name=='{}'].Id", new.name))))
            })
        })
    }
}
