//! `/trust`: no role that is an administrator can be assumed by anyone.

use super::{TRUST, remedy};
use crate::account::facts::Role;
use crate::account::{Fact, Observed};
use crate::analysis::administrator::{Circumstances, Privileges};
use crate::analysis::documents::{Library, Policies, PolicyHolder};
use crate::analysis::escalation::verdict::{Conclusions, Way};
use crate::analysis::role_trust::{document, outsiders, providers};
use crate::analysis::tristate::Sure;
use crate::model::finding::{Evidence, Finding, Judgement, Outcome, Subject};

/// A role that is or may be an administrator.
pub(super) struct Mighty<'a> {
    pub(super) role: Observed<'a, Role>,
    administrator: Sure,
    /// Whether it is one, or leads to one.
    leads: Sure,
}

impl Mighty<'_> {
    /// Whether it surely is one.
    pub(super) fn is_sure(&self) -> bool {
        self.administrator == Ok(true)
    }
}

/// All roles but service-linked ones, which nobody but their service can assume.
pub(super) fn of_people(roles: Observed<'_, Vec<Role>>) -> impl Iterator<Item = Observed<'_, Role>> {
    roles.each().filter(|role| !role.get().path.starts_with("/aws-service-role/"))
}

/// Those that are or may be administrators, however they were assumed.
pub(super) fn mighty<'a>(
    roles: Observed<'a, Vec<Role>>,
    library: &Library<'_>,
    circumstances: &Circumstances<'_>,
    conclusions: Option<&Conclusions>,
) -> Vec<Mighty<'a>> {
    let mighty = |role: Observed<'a, Role>| {
        let policies = Policies::of(library, &PolicyHolder::role(role));
        let administrator = Privileges::of(&policies, circumstances).administrator();
        let way = conclusions.and_then(|conclusions| conclusions.roles.get(&role.get().arn)).cloned();
        let leads = match &way {
            _ if administrator == Ok(true) => Ok(true),
            Some(Way::Surely(_)) => Ok(true),
            Some(Way::Perhaps(unavailable)) => Err(unavailable.clone()),
            None => administrator.clone(),
        };
        (leads != Ok(false)).then_some(Mighty { role, administrator, leads })
    };
    of_people(roles).filter_map(mighty).collect()
}

/// One finding for each role that is an administrator, or one for the account where there is none.
pub(super) fn judge(
    roles: Fact<'_, Vec<Role>>,
    mighty: &[Mighty<'_>],
    circumstances: &Circumstances<'_>,
) -> Vec<Finding> {
    let roles = match roles {
        Ok(roles) => roles,
        Err(unavailable) => return vec![TRUST.unknown(&Subject::account(), unavailable)],
    };
    let mut findings: Vec<Finding> = mighty.iter().filter_map(|mighty| of_role(mighty, circumstances)).collect();
    if findings.is_empty() {
        findings.push(TRUST.judge(&Subject::account(), || {
            let message = "No administrator role can be assumed by anyone";
            Ok(Outcome::pass(message, Evidence::new(roles, "roles", roles.get().len())))
        }));
    }
    findings
}

/// `None` for a role that may be an administrator, by something unread, and that is open to nobody.
fn of_role(mighty: &Mighty<'_>, circumstances: &Circumstances<'_>) -> Option<Finding> {
    let is = if mighty.is_sure() { "is an administrator" } else { "leads to administrator access" };
    let outcome = judge_trust(mighty.role, is, circumstances);
    let is_open = match &outcome {
        Ok(outcome) => outcome.remediation().is_some(),
        Err(_) => true,
    };
    if !is_open && mighty.leads != Ok(true) {
        return None;
    }
    Some(TRUST.judge(&Subject::global(&mighty.role.get().arn), || {
        mighty.leads.clone()?;
        outcome
    }))
}

fn judge_trust(role: Observed<'_, Role>, is: &str, circumstances: &Circumstances<'_>) -> Judgement {
    let Role { name, trust_policy, .. } = role.get();
    let trust = document(role)?;
    let outside = outsiders(&trust, role, circumstances)?;
    let evidence = Evidence::new(role, "role", name).and(role, "trust_policy", trust_policy);
    if !outside.anyone_by.is_empty() {
        let numbers: Vec<String> = outside.anyone_by.iter().map(usize::to_string).collect();
        let statements = match numbers.as_slice() {
            [number] => format!("statement {number}"),
            _ => format!("statements {}", numbers.join(" and ")),
        };
        let message = format!("Anyone can assume role `{name}`, which {is}, by {statements} of its trust policy");
        let evidence = evidence.and(role, "open_statements", &outside.anyone_by);
        return Ok(Outcome::fail(message, evidence, remedy::close_trust(name, &statements)));
    }
    let mut named: Vec<&str> = outside.others.iter().map(String::as_str).collect();
    named.extend(providers(&trust).into_iter().filter(|provider| !outside.others.contains(*provider)));
    let message = if named.is_empty() {
        format!("Role `{name}` {is}; no one outside the account can assume it")
    } else {
        format!("Role `{name}` {is}; from outside the account only {} can assume it", named.join(", "))
    };
    Ok(Outcome::pass(message, evidence.and(role, "from_outside", &named)))
}
