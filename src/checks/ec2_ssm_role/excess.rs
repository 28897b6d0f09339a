//! `/not-excessive`: no more than an instance needs, and for nobody outside.

use super::role::RoleUnderTest;
use super::{permissions, remedy};
use crate::account::Unavailable;
use crate::analysis::administrator::Privileges;
use crate::analysis::documents::{EC2_ROLE_FOR_SSM, Policies, PolicyHolder, aws_policy};
use crate::analysis::escalation::verdict::Way;
use crate::analysis::role_trust::{document, outsiders};
use crate::analysis::tristate::{self, Sure};
use crate::iam::{Context, Document};
use crate::model::finding::{Evidence, Judgement, Outcome};

pub(super) fn judge(judging: &RoleUnderTest<'_>) -> Judgement {
    let role = judging.role.get();
    let trust = document(judging.role)?;
    let outside = outsiders(&trust, judging.role, judging.circumstances)?;
    let policies: Vec<&str> = judging.policies.identity().iter().map(|policy| policy.name).collect();
    let evidence = Evidence::new(judging.role, "role", &role.name).and(judging.role, "policies", policies);
    if let Some(statement) = outside.anyone_by.first() {
        let message = format!("Anyone can assume role `{}`, by statement {statement} of its trust policy", role.name);
        let evidence = evidence.and(judging.role, "trust_policy", &role.trust_policy);
        return Ok(Outcome::fail(message, evidence, remedy::shut_out(judging)));
    }

    let mut excessive = Vec::new();
    let mut open: Option<Unavailable> = None;
    for (sure, what) in excesses(judging) {
        match sure {
            Ok(true) => excessive.push(what),
            Ok(false) => {}
            Err(unavailable) => open = open.or(Some(unavailable)),
        }
    }
    let others: Vec<&str> = outside.others.iter().map(String::as_str).collect();
    let mut said: Vec<String> = excessive.clone();
    if !others.is_empty() {
        said.push(format!("can be assumed from outside the account, by {}", others.join(", ")));
    }
    if !said.is_empty() {
        let message = format!("`{}` {}", role.name, said.join(", and "));
        let remedy =
            if excessive.is_empty() { remedy::shut_out(judging) } else { remedy::narrow(judging, !others.is_empty()) };
        return Ok(Outcome::warn(message, evidence, remedy));
    }
    if let Some(unavailable) = open {
        return Err(unavailable);
    }
    let message = format!(
        "Role `{}` has no administrator access or path to it, can't run commands on other instances, and has no \
         public or cross-account trust",
        role.name
    );
    Ok(Outcome::pass(message, evidence))
}

/// Whether a trust policy of the role lets anybody in from outside the account.
pub(super) fn lets_outsiders_in(judging: &RoleUnderTest<'_>, trust: &Document) -> bool {
    match outsiders(trust, judging.role, judging.circumstances) {
        Ok(outside) => !outside.are_none(),
        Err(_) => true,
    }
}

/// Whether the role would surely or perhaps be excessive with these policies, whatever it is called.
pub(super) fn is_excessive(judging: &RoleUnderTest<'_>, policies: &Policies<'_>) -> bool {
    powers(&RoleUnderTest { policies, ..*judging }).iter().any(|(sure, _)| *sure != Ok(false))
}

/// What the role has beyond need, each as the end of a sentence.
fn excesses(judging: &RoleUnderTest<'_>) -> Vec<(Sure, String)> {
    let deprecated =
        judging.role.get().attached_policies.iter().any(|policy| aws_policy(&policy.arn) == Some(EC2_ROLE_FOR_SSM));
    let deprecated =
        (Ok(deprecated), "has AmazonEC2RoleforSSM, which AWS deprecated: it grants access to every bucket".to_owned());
    let powers = powers(judging);
    // An administrator, and whoever makes itself one, needs no longer way.
    let is_one = powers.iter().take(2).any(|(sure, _)| *sure == Ok(true));
    let way = match judging.way {
        Some(Way::Surely(path)) if !is_one && !path.hops.is_empty() => {
            vec![(Ok(true), format!("can escalate to administrator: {}", path.chain()))]
        }
        Some(Way::Perhaps(unavailable)) if !is_one => vec![(Err(unavailable.clone()), String::new())],
        _ => Vec::new(),
    };
    way.into_iter().chain(powers).chain([deprecated]).collect()
}

fn powers(judging: &RoleUnderTest<'_>) -> Vec<(Sure, String)> {
    let context = permissions::context(&PolicyHolder::role(judging.role), judging.circumstances);
    let powers = Privileges::of(judging.policies, judging.circumstances);
    let administrator = powers.administrator_in(&context);
    let commanding = (powers.commands_every_instance(&context), "can run commands on every instance".to_owned());
    // An administrator need not become one.
    if administrator == Ok(true) {
        return vec![(administrator, "is an administrator".to_owned()), commanding];
    }
    let can_become = powers.can_become_in(judging.library, &context);
    let mut told = vec![(administrator, "is an administrator".to_owned())];
    let becomes = can_become == Ok(true);
    told.push((
        can_become,
        "can make itself an administrator: it can attach or write policies of users or roles".to_owned(),
    ));
    // Whoever can make itself administrator has the others for that.
    if !becomes {
        told.push(over_everyone(&powers, judging, &context));
        told.push((
            powers.passes_every_role(&context),
            "can pass any role to a new instance or another new resource".to_owned(),
        ));
    }
    told.push(commanding);
    told
}

/// What it may do to every user, group or role, of which an instance needs nothing.
fn over_everyone(powers: &Privileges<'_>, judging: &RoleUnderTest<'_>, context: &Context) -> (Sure, String) {
    let rights = powers.rights_over_everyone(judging.library, context);
    let held: Vec<&str> = rights.iter().filter(|(_, sure)| *sure == Ok(true)).map(|(action, _)| *action).collect();
    let what = format!("holds {} on every user, group or role, which an instance doesn't need", held.join(", "));
    (tristate::any(rights.into_iter().map(|(_, sure)| sure)), what)
}
