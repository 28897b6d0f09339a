//! Which roles are candidates.

use super::trust;
use crate::account::Observed;
use crate::account::facts::Role;
use crate::analysis::administrator::Circumstances;
use crate::analysis::documents::{Library, Policies};
use crate::analysis::escalation::verdict::Way;

/// The role with which Default Host Management serves instances that have none.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html>
pub(super) const DEFAULT_HOST_MANAGEMENT: &str = "AWSSystemsManagerDefaultEC2InstanceManagementRole";

/// One candidate, and what its judgement needs.
#[derive(Clone, Copy)]
pub(super) struct RoleUnderTest<'a> {
    /// All roles, among them Default Host Management's.
    pub(super) roles: Observed<'a, Vec<Role>>,
    pub(super) role: Observed<'a, Role>,
    pub(super) policies: &'a Policies<'a>,
    pub(super) library: &'a Library<'a>,
    pub(super) circumstances: &'a Circumstances<'a>,
    /// Its way to administrator access, as an instance uses it.
    pub(super) way: Option<&'a Way>,
}

/// Whether this is the role of Default Host Management, which is for no instance profile. A role of its name that trusts EC2 is one for
/// instances all the same.
pub(super) fn is_default_host_management(role: Observed<'_, Role>) -> bool {
    role.get().name == DEFAULT_HOST_MANAGEMENT && trust::names_ec2(role) == Ok(false)
}

/// Service-linked roles are for their service alone.
pub(super) fn is_no_candidate(role: Observed<'_, Role>) -> bool {
    role.get().path.starts_with("/aws-service-role/") || is_default_host_management(role)
}

/// Whether a role is meant for instances: it names EC2 in its trust policy, or an instance profile holds it. One whose trust policy
/// cannot be read may be.
pub(super) fn is_for_instances(role: Observed<'_, Role>) -> bool {
    !is_no_candidate(role) && (!role.get().instance_profiles.is_empty() || trust::names_ec2(role) != Ok(false))
}
