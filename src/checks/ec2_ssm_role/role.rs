//! Which roles are candidates.

use jiff::Timestamp;

use super::trust;
use crate::account::Seen;
use crate::account::facts::Role;
use crate::judgement::documents::Policies;

/// The role with which Default Host Management serves instances that have none.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html>
pub(super) const DEFAULT_HOST_MANAGEMENT: &str = "AWSSystemsManagerDefaultEC2InstanceManagementRole";

/// One candidate, and what its judgement needs.
#[derive(Clone, Copy)]
pub(super) struct Judging<'a> {
    /// All roles, among them Default Host Management's.
    pub(super) roles: Seen<'a, Vec<Role>>,
    pub(super) role: Seen<'a, Role>,
    pub(super) policies: &'a Policies<'a>,
    pub(super) now: Timestamp,
}

/// Service-linked roles are for their service alone, and Default Host Management's role is for no instance profile.
pub(super) fn is_no_candidate(role: &Role) -> bool {
    role.path.starts_with("/aws-service-role/") || role.name == DEFAULT_HOST_MANAGEMENT
}

/// Whether a role is meant for instances: it names EC2 in its trust policy, or an instance profile holds it. One whose trust policy
/// cannot be read may be.
pub(super) fn is_for_instances(role: Seen<'_, Role>) -> bool {
    !is_no_candidate(role.get()) && (!role.get().instance_profiles.is_empty() || trust::names_ec2(role) != Ok(false))
}
