//! The service control policies: what each says and where it is attached.

use futures_util::future::join_all;

use super::tree::Tree;
use crate::account::facts::{OrganizationRoot, Scp, ScpTarget};
use crate::account::{Account, Observed, Unavailable};
use crate::iam::{Choice, Condition, Document, Effect, Statement, has_variables, parse_scp};

/// AWS's own policy that every node has at first: "FullAWSAccess", which allows everything.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
const FULL_ACCESS: &str = "p-FullAWSAccess";
const FULL_ACCESS_DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// The policy type by which a root says whether SCPs are in force.
const SCP_TYPE: &str = "SERVICE_CONTROL_POLICY";
const PENDING_ENABLE: &str = "PENDING_ENABLE";

/// An SCP, what it says and where it is attached.
pub struct AttachedScp<'a> {
    /// As it is listed.
    pub scp: Observed<'a, Scp>,
    /// Its document.
    pub document: Result<Document, Unavailable>,
    /// The text of its document; `None` for AWS's `FullAWSAccess`, which is not asked for, or where it is unknown.
    pub text: Option<&'a str>,
    /// Where it is attached.
    pub targets: Result<Observed<'a, Vec<ScpTarget>>, Unavailable>,
    /// Whether it may say one thing to one account and another to its neighbor in the same OU.
    pub(super) tells_accounts_apart: bool,
}

/// All SCPs of an organization.
pub struct Scps<'a> {
    /// Whether SCPs are in force: the root's status of their policy type.
    pub status: Result<ScpStatus<'a>, Unavailable>,
    /// The policies, attached or not, in the order of their IDs.
    pub policies: Result<Vec<AttachedScp<'a>>, Unavailable>,
}

/// Whether SCPs are in force.
#[derive(Debug, Clone, Copy)]
pub enum ScpStatus<'a> {
    /// They are.
    On(Observed<'a, OrganizationRoot>),
    /// They are not: nothing is denied.
    Off(Observed<'a, OrganizationRoot>),
}

impl<'a> AttachedScp<'a> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.scp.get().name
    }

    /// Its ID.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.scp.get().id
    }

    /// Whether it is attached to the root, OU or account of that ID.
    ///
    /// # Errors
    /// Why its targets are unknown.
    pub fn is_attached_to(&self, node: &str) -> Result<bool, Unavailable> {
        match &self.targets {
            Ok(targets) => Ok(targets.get().iter().any(|target| target.id == node)),
            Err(unavailable) => Err(unavailable.clone()),
        }
    }

    /// Whether it may allow something; an unknown document may.
    #[must_use]
    pub fn may_allow(&self) -> bool {
        match &self.document {
            Ok(document) => document.statements.iter().any(|statement| statement.effect == Effect::Allow),
            Err(_) => true,
        }
    }
}

impl<'a> Scps<'a> {
    /// The SCPs with their documents and targets, as far as they can be read.
    pub async fn of(account: &'a Account, tree: &Tree<'a>) -> Scps<'a> {
        let policies = match account.scps().await {
            Err(unavailable) => Err(unavailable.clone()),
            Ok(listed) => {
                let mut read = join_all(listed.each().map(|scp| read(account, scp))).await;
                read.sort_by_key(AttachedScp::id);
                Ok(read)
            }
        };
        Scps { status: scp_status(&tree.root), policies }
    }
}

async fn read<'a>(account: &'a Account, scp: Observed<'a, Scp>) -> AttachedScp<'a> {
    let id = &scp.get().id;
    if id == FULL_ACCESS && scp.get().aws_managed {
        let targets = account.scp_targets(id).await.map_err(Unavailable::from);
        let document = parse_scp(FULL_ACCESS_DOCUMENT).map_err(|error| scp.undetermined(error.to_string()));
        return AttachedScp { scp, document, text: None, targets, tells_accounts_apart: false };
    }
    let (document, targets) = tokio::join!(account.scp_document(id), account.scp_targets(id));
    let (document, text) = match document {
        Err(unavailable) => (Err(unavailable.clone()), None),
        Ok(text) => {
            let unreadable = |error| text.undetermined(format!("SCP {} isn't a valid SCP: {error}", scp.get().name));
            (parse_scp(text.get()).map_err(unreadable), Some(text.get().as_str()))
        }
    };
    let tells_accounts_apart = match &document {
        Ok(document) => document.statements.iter().any(tells_accounts_apart),
        Err(_) => false,
    };
    AttachedScp { scp, document, text, targets: targets.map_err(Unavailable::from), tells_accounts_apart }
}

/// Whether SCPs are in force. `AvailablePolicyTypes` of the organization says what it could have; the root says what is on.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html>
///
/// # Errors
/// Why it is unknown.
pub fn scp_status<'a>(
    root: &Result<Observed<'a, OrganizationRoot>, Unavailable>,
) -> Result<ScpStatus<'a>, Unavailable> {
    let root = *root.as_ref().map_err(Clone::clone)?;
    match root.get().policy_types.iter().find(|listed| listed.kind.as_deref() == Some(SCP_TYPE)) {
        None => Ok(ScpStatus::Off(root)),
        Some(listed) => match listed.status.as_deref() {
            Some("ENABLED") => Ok(ScpStatus::On(root)),
            Some(PENDING_ENABLE) => Err(root.undetermined("service control policies are being enabled")),
            Some("PENDING_DISABLE") => Err(root.undetermined("service control policies are being disabled")),
            Some(other) => Err(root.undetermined(format!("the status of service control policies is {other}"))),
            None => Err(root.undetermined("Organizations doesn't return the status of service control policies")),
        },
    }
}

/// Whether a statement may say one thing to one account and another to its neighbor in the same OU.
fn tells_accounts_apart(statement: &Statement) -> bool {
    const OF_ACCOUNT: [&str; 4] =
        ["aws:principalaccount", "aws:resourceaccount", "aws:userid", "aws:principalorgpaths"];
    let names_account = |arn: &String| {
        has_variables(arn, statement.version) || (arn != "*" && !matches!(arn.split(':').nth(4), Some("" | "*")))
    };
    let by_condition = |condition: &Condition| {
        let key = condition.key.to_lowercase();
        OF_ACCOUNT.contains(&key.as_str())
            || (key == "aws:principalarn" && condition.values.iter().any(names_account))
            || condition.values.iter().any(|value| has_variables(value, statement.version))
    };
    let by_resource = match &statement.resources {
        Some(Choice::Only(patterns) | Choice::AllBut(patterns)) => patterns.iter().any(names_account),
        None => false,
    };
    by_resource || statement.conditions.iter().any(by_condition)
}

/// Whether AWS is enabling SCPs, which takes a few minutes.
#[must_use]
pub fn are_being_enabled(root: &OrganizationRoot) -> bool {
    let is_pending = |status: &Option<String>| status.as_deref() == Some(PENDING_ENABLE);
    root.policy_types.iter().any(|listed| listed.kind.as_deref() == Some(SCP_TYPE) && is_pending(&listed.status))
}
