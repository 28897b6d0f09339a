//! `/not-excessive`: no more than an instance needs, and for nobody outside.

use super::permissions::{self, Extent, extent, instances};
use super::role::Judging;
use super::{remedy, trust};
use crate::account::Unavailable;
use crate::finding::{Evidence, Judgement, Outcome};
use crate::judgement::administrator::Powers;
use crate::judgement::arn::Arn;
use crate::judgement::documents::{EC2_ROLE_FOR_SSM, Holder, Policies, aws_policy, home_of};
use crate::judgement::grants::{Owner, To, granted_by_sts, is_too_large};
use crate::judgement::sure::{self, Sure};
use crate::policy::{Context, Document, Effect, Principal, Principals, Request, Statement, Who};

/// What commands other instances.
const COMMANDING: [&str; 3] = ["ssm:*", "ssm:SendCommand", "ssm:StartSession"];
/// Every way to assume a role that a trust policy can open.
const ASSUMING: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Who outside the account may assume a role: accounts by their ids, web identities by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outside {
    Nobody,
    Some(Vec<String>),
    World,
}

pub(super) fn judge(judging: &Judging<'_>) -> Judgement {
    let role = judging.role.get();
    let trust = trust::document(judging.role)?;
    if is_too_large(&trust) {
        return Err(judging.role.unknowable("the trust policy is too large to be judged"));
    }
    let outside = outside(&trust, judging);
    let policies: Vec<&str> = judging.policies.identity().iter().map(|policy| policy.name).collect();
    let evidence = Evidence::new(judging.role, "role", &role.name).and(judging.role, "policies", policies);
    if outside == Outside::World {
        let message = format!("anybody in any AWS account may assume `{}`", role.name);
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
    let others = match &outside {
        Outside::Some(names) => names.clone(),
        Outside::Nobody | Outside::World => Vec::new(),
    };
    let mut said: Vec<String> = excessive.iter().map(|what| (*what).to_owned()).collect();
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
    Ok(Outcome::pass(format!("`{}` has no more than an instance needs", role.name), evidence))
}

/// Whether a trust policy of the role lets anybody in from outside the account.
pub(super) fn lets_outsiders_in(judging: &Judging<'_>, trust: &Document) -> bool {
    outside(trust, judging) != Outside::Nobody
}

/// Whether the role would surely or perhaps be excessive with these policies, whatever it is called.
pub(super) fn is_excessive(judging: &Judging<'_>, policies: &Policies<'_>) -> bool {
    powers(&Judging { policies, ..*judging }).iter().any(|(sure, _)| *sure != Ok(false))
}

/// What the role has beyond need, each as the end of a sentence.
fn excesses(judging: &Judging<'_>) -> Vec<(Sure, &'static str)> {
    let deprecated =
        judging.role.get().attached_policies.iter().any(|policy| aws_policy(&policy.arn) == Some(EC2_ROLE_FOR_SSM));
    let deprecated = (Ok(deprecated), "has AmazonEC2RoleforSSM, which AWS deprecated: it reaches every bucket");
    powers(judging).into_iter().chain([deprecated]).collect()
}

fn powers(judging: &Judging<'_>) -> Vec<(Sure, &'static str)> {
    let context = permissions::context(&Holder::role(judging.role), judging.now);
    let powers = Powers::of(judging.policies, judging.now);
    let administrator = powers.administrator();
    // An administrator need not become one.
    let can_become = if administrator == Ok(true) { Ok(false) } else { powers.can_become() };
    let commanding = sure::any(COMMANDING.iter().map(|action| commands(judging, action, &context)));
    vec![
        (administrator, "is administrator"),
        (can_become, "can make itself administrator: it may attach policies to users or roles, or write them"),
        (commanding, "may command every instance (ssm:SendCommand, ssm:StartSession or ssm:*)"),
    ]
}

/// Whether the role may do this to whatever it likes: to all instances and by all documents of the account, which is all that it can be
/// done to, and neither Deny nor boundary keeps it from them.
fn commands(judging: &Judging<'_>, action: &str, context: &Context) -> Sure {
    let role = judging.role.get();
    let (partition, account) = home_of(&role.arn);
    let (instances, documents) = (instances(role), format!("arn:{partition}:ssm:*:{account}:document/*"));
    let everything = [instances.as_str(), documents.as_str()];
    let allow_all = |policies: &[&Document]| {
        everything.iter().all(|resource| {
            let request = Request { who: Who::Identity, action, resource, context };
            policies.iter().flat_map(|document| &document.statements).any(|statement| {
                statement.effect == Effect::Allow && !statement.covers(&request).is_no() && !narrows_by_tag(statement)
            })
        })
    };
    if let Some(Ok(boundary)) = judging.policies.boundary().map(|policy| &policy.document)
        && !allow_all(&[boundary.as_ref()])
    {
        return Ok(false);
    }
    let allowed = allow_all(&judging.policies.read());
    let unread = judging.policies.unread(|_| true);
    // A boundary, read or not, can only take.
    if !allowed && unread.is_none() {
        return Ok(false);
    }
    if let Extent::Nothing { .. } | Extent::Part { by_condition_only: false } =
        extent(judging.policies, action, &instances, context)?
    {
        return Ok(false);
    }
    // A Deny of one document leaves the others.
    if let Extent::Nothing { .. } = extent(judging.policies, action, &documents, context)? {
        return Ok(false);
    }
    match unread {
        Some(unavailable) if !allowed => Err(unavailable.clone()),
        _ => Ok(true),
    }
}

/// Whether an Allow is narrowed by the tags of what it is done to, which is as good as naming it.
fn narrows_by_tag(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        let key = condition.key.to_ascii_lowercase();
        key.starts_with("ssm:resourcetag/") || key.starts_with("aws:resourcetag/")
    })
}

fn outside(trust: &Document, judging: &Judging<'_>) -> Outside {
    let role = judging.role.get();
    let (partition, account) = home_of(&role.arn);
    let owner = Owner { account, partition, canonical_id: None, now: judging.now };
    let mut others = Vec::new();
    for to in granted_by_sts(&of_providers(trust, partition), &ASSUMING, &role.arn, owner) {
        match to {
            To::World => return Outside::World,
            To::Account(account) => others.push(account),
            To::AccessPoints | To::Own(_) | To::Service(_) | To::Aws { .. } => {}
        }
    }
    if others.is_empty() { Outside::Nobody } else { Outside::Some(others) }
}

/// The same trust policy, in which a web identity without an ARN is an account of its own, by its name: whoever signs in there is not
/// everybody.
fn of_providers(trust: &Document, partition: &str) -> Document {
    let mut trust = trust.clone();
    for statement in &mut trust.statements {
        let Some(Principals::Only(named) | Principals::AllBut(named)) = &mut statement.principals else { continue };
        for principal in named {
            if let Principal::Federated(name) = principal
                && Arn::parse(name).is_none()
            {
                *name = format!("arn:{partition}:iam::{name}:oidc-provider/{name}");
            }
        }
    }
    trust
}
