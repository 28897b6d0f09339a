//! `/instance-profile`: an instance is given a profile, which holds the role.

use super::remedy;
use super::role::{RoleUnderTest, is_default_host_management};
use crate::model::finding::{Evidence, Outcome};

pub(super) fn judge(judging: &RoleUnderTest<'_>) -> Outcome {
    let role = judging.role.get();
    let evidence = Evidence::new(judging.role, "instance_profiles", &role.instance_profiles);
    if let Some(first) = role.instance_profiles.first() {
        return Outcome::pass(format!("the instance profile `{first}` holds `{}`", role.name), evidence);
    }
    let mut message = format!("no instance profile holds `{}`, so no instance can be given it", role.name);
    if judging.roles.each().any(is_default_host_management) {
        message = format!("{message}; Default Host Management may serve instead, where it is switched on");
    }
    Outcome::fail(message, evidence, remedy::instance_profile(judging))
}
