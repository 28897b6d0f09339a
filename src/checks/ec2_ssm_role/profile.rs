//! `/instance-profile`: an instance is given a profile, which holds the role.

use super::remedy;
use super::role::{RoleUnderTest, is_default_host_management};
use crate::model::finding::{Evidence, Outcome};

pub(super) fn judge(judging: &RoleUnderTest<'_>) -> Outcome {
    let role = judging.role.get();
    let evidence = Evidence::new(judging.role, "instance_profiles", &role.instance_profiles);
    if let Some(first) = role.instance_profiles.first() {
        return Outcome::pass(format!("Instance profile `{first}` contains role `{}`", role.name), evidence);
    }
    let mut message = format!("Role `{}` is in no instance profile, so it can't be attached to an instance", role.name);
    if judging.roles.each().any(is_default_host_management) {
        message = format!("{message}. Default Host Management may serve instead, where it is enabled");
    }
    Outcome::fail(message, evidence, remedy::instance_profile(judging))
}
