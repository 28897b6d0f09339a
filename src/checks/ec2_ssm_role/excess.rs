//! `/not-excessive`: no more than an instance needs, and for nobody outside.

use super::permissions::{self, Extent, extent, instances};
use super::role::Judging;
use super::{remedy, trust};
use crate::account::Unavailable;
use crate::account::facts::Role;
use crate::finding::{Evidence, Judgement, Outcome};
use crate::judgement::administrator::Powers;
use crate::judgement::documents::{EC2_ROLE_FOR_SSM, Holder, Policies, aws_policy, home_of};
use crate::judgement::sure::{self, Sure};
use crate::policy::{Context, Decision, Document, Effect, Principal, Principals, Request, Statement, Who, decide};

/// What commands other instances.
const COMMANDING: [&str; 3] = ["ssm:*", "ssm:SendCommand", "ssm:StartSession"];
/// Every way to assume a role that a trust policy can open.
const ASSUMING: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];
/// Accounts that nobody has but an emulator: what is open to the one that is not ours is open to the world.
const NOBODYS: [&str; 2] = ["000000000000", "000000000001"];

/// Who outside the account may assume a role.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outside {
    Nobody,
    Some(Vec<String>),
    World,
}

pub(super) fn judge(judging: &Judging<'_>) -> Judgement {
    let role = judging.role.get();
    let trust = trust::document(judging.role)?;
    let outside = outside(role, &trust, judging);
    let policies: Vec<&str> = judging.policies.identity().iter().map(|policy| policy.name).collect();
    let evidence = Evidence::new(judging.role, "role", &role.name).and(judging.role, "policies", policies);
    if outside == Outside::World {
        let message = format!("anybody in any AWS account may assume `{}`", role.name);
        let evidence = evidence.and(judging.role, "trust_policy", &role.trust_policy);
        return Ok(Outcome::fail(message, evidence, remedy::shut_out(judging)));
    }

    let mut excessive = Vec::new();
    let mut open: Option<Unavailable> = None;
    for (sure, what) in powers(judging) {
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
        said.push(format!("can be assumed from outside the account by {}", others.join(", ")));
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
    outside(judging.role.get(), trust, judging) != Outside::Nobody
}

/// Whether the role would surely or perhaps be excessive with these policies, whatever it is called.
pub(super) fn is_excessive(judging: &Judging<'_>, policies: &Policies<'_>) -> bool {
    let context = permissions::context(&Holder::role(judging.role), judging.now);
    let administrator = Powers::of(policies, judging.now).administrator();
    let with = Judging { policies, ..*judging };
    let commanding = sure::any(COMMANDING.iter().map(|action| commands(&with, action, &context)));
    administrator != Ok(false) || commanding != Ok(false)
}

/// What the role has beyond need, each as the end of a sentence.
fn powers(judging: &Judging<'_>) -> [(Sure, &'static str); 3] {
    let context = permissions::context(&Holder::role(judging.role), judging.now);
    let administrator = Powers::of(judging.policies, judging.now).administrator();
    let deprecated =
        judging.role.get().attached_policies.iter().any(|policy| aws_policy(&policy.arn) == Some(EC2_ROLE_FOR_SSM));
    let commanding = sure::any(COMMANDING.iter().map(|action| commands(judging, action, &context)));
    [
        (administrator, "is administrator"),
        (Ok(deprecated), "has AmazonEC2RoleforSSM, which AWS deprecated: it reaches every bucket"),
        (commanding, "may command every instance (ssm:SendCommand, ssm:StartSession or ssm:*)"),
    ]
}

/// Whether the role may do this to whatever it likes: an Allow on `*`, which neither Deny nor boundary keeps from the instances.
fn commands(judging: &Judging<'_>, action: &str, context: &Context) -> Sure {
    let extent = extent(judging.policies, action, &instances(judging.role.get()), context)?;
    let request = Request { who: Who::Identity, action, resource: "*", context };
    let on_everything: Vec<&Statement> = judging
        .policies
        .read()
        .into_iter()
        .flat_map(|document| &document.statements)
        .filter(|statement| statement.effect == Effect::Allow && !statement.covers(&request).is_no())
        .collect();
    match extent {
        Extent::Nothing { .. } | Extent::Part { by_condition_only: false } => Ok(false),
        _ if on_everything.is_empty() => match judging.policies.unread(|_| true) {
            Some(unavailable) => Err(unavailable.clone()),
            None => Ok(false),
        },
        Extent::Whole => Ok(true),
        Extent::Part { by_condition_only: true } => Ok(!on_everything.into_iter().all(narrows_by_tag)),
    }
}

/// Whether an Allow is narrowed by the tags of what it is done to, which is as good as naming it.
fn narrows_by_tag(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        let key = condition.key.to_ascii_lowercase();
        key.starts_with("ssm:resourcetag/") || key.starts_with("aws:resourcetag/")
    })
}

fn outside(role: &Role, trust: &Document, judging: &Judging<'_>) -> Outside {
    let (partition, own) = home_of(&role.arn);
    let let_in = |who: Who<'_>, context: &Context| {
        ASSUMING.iter().any(|action| {
            let request = Request { who, action, resource: &role.arn, context };
            !matches!(decide(&[trust], &request), Decision::Denied { .. })
        })
    };
    let of_account = |arn: &str, account: &str| {
        Context::new()
            .with("aws:CurrentTime", judging.now.to_string())
            .with("aws:EpochTime", judging.now.as_second().to_string())
            .with("aws:PrincipalArn", arn)
            .with("aws:PrincipalAccount", account)
            .with("aws:PrincipalIsAWSService", "false")
            .absent("aws:PrincipalServiceName")
            .absent("aws:SourceAccount")
            .absent("aws:SourceArn")
            // STS, unlike S3 and SNS, answers over HTTPS only. https://docs.aws.amazon.com/general/latest/gr/sts.html
            .with("aws:SecureTransport", "true")
    };
    for account in NOBODYS.iter().filter(|account| **account != own) {
        let stranger = format!("arn:{partition}:iam::{account}:user/anybody");
        if let_in(Who::Aws { arn: &stranger, account }, &of_account(&stranger, account)) {
            return Outside::World;
        }
    }
    let mut named: Vec<String> = principals(trust)
        .filter_map(|principal| {
            let (Principal::Aws(name) | Principal::Federated(name)) = principal else { return None };
            let account = match name.split(':').nth(4) {
                Some(account) => account,
                None if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) => name,
                // A web identity has no account; any other name is what is left of a principal that was deleted.
                None if matches!(principal, Principal::Federated(_)) => "",
                None => return None,
            };
            let somebody = format!("arn:{partition}:iam::{account}:user/anybody");
            let is_account = name == account || name.ends_with(":root");
            let arn = if is_account { somebody.as_str() } else { name };
            let who = match principal {
                Principal::Federated(provider) => Who::Federated { provider },
                _ => Who::Aws { arn, account },
            };
            // Where a whole account is let in, a condition on the principal may let in some of it.
            let context = if is_account {
                of_account(arn, account).undecidable("aws:PrincipalArn")
            } else {
                of_account(arn, account)
            };
            (account != own && let_in(who, &context)).then(|| name.clone())
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    if named.is_empty() { Outside::Nobody } else { Outside::Some(named) }
}

/// Whom the Allows name.
fn principals(trust: &Document) -> impl Iterator<Item = &Principal> {
    trust.statements.iter().filter(|statement| statement.effect == Effect::Allow).flat_map(|statement| match &statement
        .principals
    {
        Some(Principals::Only(principals)) => principals.as_slice(),
        Some(Principals::AllBut(_)) | None => &[],
    })
}
