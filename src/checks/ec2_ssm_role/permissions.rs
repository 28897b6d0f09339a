//! `/permissions`: what an instance must be allowed to talk to Systems Manager, after Deny and boundary.

use super::remedy;
use super::role::RoleUnderTest;
use crate::account::facts::Role;
use crate::account::{Observed, Unavailable};
use crate::analysis::administrator::{self, Circumstances, Mode, meets};
use crate::analysis::documents::{Policies, Policy, PolicyHolder, home_of};
use crate::analysis::own_organization::organizations_in;
use crate::iam::{
    Choice, Context, Decision, Document, Effect, Match, Policies as Documents, Request, Statement, Who, may,
};
use crate::model::finding::{Evidence, Judgement, Outcome};

/// Registers the instance; its resource is the instance.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
const REGISTER: &str = "ssm:UpdateInstanceInformation";
/// The channels that every feature of Systems Manager runs through; they know no resources.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsessionmanagermessagegatewayservice.html>
const CHANNELS: [&str; 4] = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// What an action without resources is done to: only a pattern for everything fits it, and no ARN, in a Deny neither.
const NO_RESOURCE: &str = "-";

/// All EC2 instances of the role's account.
pub(super) fn instances(role: &Role) -> String {
    let (partition, account) = home_of(&role.arn);
    format!("arn:{partition}:ec2:*:{account}:instance/i-*")
}

/// What a role may do of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it, always.
    Whole,
    /// A part of it, or under a condition that can hold.
    Part {
        /// Only under a condition; the rest is whole.
        by_condition_only: bool,
    },
    /// Nothing.
    Nothing {
        /// A Deny or the boundary takes what a policy allows.
        taken: bool,
    },
}

/// How far a role reaches in what an instance needs.
pub(super) struct Coverage {
    actions: Vec<(&'static str, Result<Extent, Unavailable>)>,
}

impl Coverage {
    pub(super) fn of(role: Observed<'_, Role>, policies: &Policies<'_>, circumstances: &Circumstances<'_>) -> Self {
        let instances = instances(role.get());
        let context = context(&PolicyHolder::role(role), circumstances);
        let boundary = match policies.boundary().map(|policy| &policy.document) {
            Some(Ok(document)) => Some(document.as_ref()),
            Some(Err(_)) | None => None,
        };
        let documents = policies.read().into_iter().chain(boundary);
        let organizations = organizations_in(documents.flat_map(|document| &document.statements));
        let extent = |action, resource| {
            let ask = |context: &Context| extent(policies, action, resource, context);
            circumstances.membership.settle(&organizations, &context, ask)
        };
        let channels = CHANNELS.map(|action| (action, extent(action, NO_RESOURCE)));
        let register = (REGISTER, extent(REGISTER, &instances));
        Coverage { actions: std::iter::once(register).chain(channels).collect() }
    }

    /// Whether nothing is missing, as far as the listings tell.
    pub(super) fn is_whole(&self) -> bool {
        self.actions.iter().all(|(_, extent)| matches!(extent, Ok(Extent::Whole)))
    }
}

/// Keys that no request of an instance has. The first belongs to Systems Manager's own calls on behalf of an instance that Default Host
/// Management manages; the others to users, identity providers and services that call for others.
const ABSENT: [&str; 5] =
    ["ssm:SourceInstanceARN", "aws:FederatedProvider", "aws:SourceIdentity", "aws:CalledVia", "sts:ExternalId"];

/// Keys that each request with a role's credentials from an instance has, with values that belong to the instance.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2instancesourcevpc>
const CARRIED: [&str; 3] = ["ec2:SourceInstanceARN", "aws:EC2InstanceSourceVPC", "aws:EC2InstanceSourcePrivateIPv4"];

/// What is known of a request from an instance with this role.
pub(super) fn context(holder: &PolicyHolder<'_>, circumstances: &Circumstances<'_>) -> Context {
    let context = administrator::context(holder, Mode::Role, circumstances).with("aws:ViaAWSService", "false");
    let context = ABSENT.into_iter().fold(context, Context::absent);
    CARRIED.into_iter().fold(context, Context::carries)
}

/// How much of an action the policies leave on a resource.
///
/// # Errors
/// Something unread could change it.
pub(super) fn extent(
    policies: &Policies<'_>,
    action: &str,
    resource: &str,
    context: &Context,
) -> Result<Extent, Unavailable> {
    let identity: Vec<Document> =
        policies.read().into_iter().map(|document| without_denies_of_others(document, resource)).collect();
    let identity: Vec<&Document> = identity.iter().collect();
    let boundary = match policies.boundary().map(|policy| &policy.document) {
        None => None,
        Some(Ok(document)) => Some(&without_denies_of_others(document, resource)),
        Some(Err(unread)) => {
            // The boundary can only take.
            return match of_read(&identity, None, action, resource, context) {
                Extent::Nothing { taken } if policies.unread(|_| true).is_none() => Ok(Extent::Nothing { taken }),
                _ => Err(unread.why.clone()),
            };
        }
    };
    let extent = of_read(&identity, boundary, action, resource, context);
    // Unread documents may allow more, and some may deny; a Deny or a boundary that was read stands.
    let could_change = match extent {
        Extent::Whole => policies.unread(Policy::may_deny),
        Extent::Part { .. } => policies.unread(|_| true),
        Extent::Nothing { .. } if !could_allow(&identity, boundary, action, resource, context) => None,
        Extent::Nothing { .. } => policies.unread(|_| true),
    };
    match could_change {
        Some(unavailable) => Err(unavailable.clone()),
        None => Ok(extent),
    }
}

/// Whether one more Allow could be of any use: no Deny takes the whole, and the boundary lets a part pass.
fn could_allow(
    identity: &[&Document],
    boundary: Option<&Document>,
    action: &str,
    resource: &str,
    context: &Context,
) -> bool {
    let request = Request { who: Who::Identity, action, resource, context };
    let denies = identity.iter().copied().chain(boundary).flat_map(|document| of(document, Effect::Deny));
    let taken = denies.into_iter().any(|deny| deny.covers(&request).is_yes());
    let passes =
        boundary.is_none_or(|boundary| of(boundary, Effect::Allow).any(|allow| !allow.touches(&request).is_no()));
    !taken && passes
}

fn of_read(
    identity: &[&Document],
    boundary: Option<&Document>,
    action: &str,
    resource: &str,
    context: &Context,
) -> Extent {
    let request = Request { who: Who::Identity, action, resource, context };
    let whole = may(&Documents { identity, boundary, resource: None }, &request, true);
    match whole {
        Decision::Allowed => return Extent::Whole,
        Decision::Depends(_) => return Extent::Part { by_condition_only: true },
        Decision::Denied { .. } => {}
    }
    let allows = || identity.iter().flat_map(|document| of(document, Effect::Allow));
    let denies = || identity.iter().copied().chain(boundary).flat_map(|document| of(document, Effect::Deny));
    let left = |piece: &str| {
        let request = Request { resource: piece, ..request };
        !denies().any(|deny| deny.covers(&request).is_yes())
            && boundary.is_none_or(|boundary| of(boundary, Effect::Allow).any(|allow| !allow.touches(&request).is_no()))
    };
    let touching = |allow: &&Statement| allow.touches(&request) != Match::No;
    let is_left = |allow: &Statement| match &allow.resources {
        Some(Choice::Only(patterns)) => patterns
            .iter()
            .filter(|pattern| meets(pattern, resource))
            // What lies beyond the resource that is asked about does not count, so the narrower of the two is looked at.
            .any(|pattern| left(if crate::iam::covers_resource(pattern, resource) { resource } else { pattern })),
        Some(Choice::AllBut(_)) | None => left(resource),
    };
    if allows().filter(touching).any(is_left) {
        Extent::Part { by_condition_only: false }
    } else {
        let allowed = |allow: &Statement| match &allow.resources {
            Some(Choice::Only(patterns)) => patterns.iter().any(|pattern| meets(pattern, resource)),
            Some(Choice::AllBut(_)) | None => true,
        };
        Extent::Nothing { taken: allows().filter(touching).any(allowed) }
    }
}

/// The same document without the Denies that name nothing of these resources.
fn without_denies_of_others(document: &Document, resource: &str) -> Document {
    let counts = |statement: &&Statement| match (statement.effect, &statement.resources) {
        (Effect::Deny, Some(Choice::Only(patterns))) => patterns.iter().any(|pattern| meets(pattern, resource)),
        _ => true,
    };
    let statements = document.statements.iter().filter(counts).cloned().collect();
    Document { version: document.version, id: document.id.clone(), statements }
}

fn of(document: &Document, effect: Effect) -> impl Iterator<Item = &Statement> {
    document.statements.iter().filter(move |statement| statement.effect == effect)
}

pub(super) fn judge(judging: &RoleUnderTest<'_>) -> Judgement {
    let role = judging.role.get();
    let reach = Coverage::of(judging.role, judging.policies, judging.circumstances);
    let which = |wanted: fn(&Extent) -> bool| -> Vec<&str> {
        let those = |(action, extent): &(&'static str, Result<Extent, Unavailable>)| match extent {
            Ok(extent) if wanted(extent) => Some(*action),
            _ => None,
        };
        reach.actions.iter().filter_map(those).collect()
    };
    let policies: Vec<&str> = judging.policies.identity().iter().map(|policy| policy.name).collect();
    let evidence = Evidence::new(judging.role, "role", &role.name).and(judging.role, "policies", policies);

    let helps = || Coverage::of(judging.role, &judging.policies.with_ssm_core(), judging.circumstances).is_whole();

    let missing = which(|extent| matches!(extent, Extent::Nothing { .. }));
    if !missing.is_empty() {
        let taken = which(|extent| matches!(extent, Extent::Nothing { taken: true }));
        let message = if taken.is_empty() {
            format!("Role `{}` isn't allowed {}", role.name, missing.join(", "))
        } else {
            format!(
                "Role `{}` isn't allowed {}: an explicit deny or the permissions boundary removes it",
                role.name,
                missing.join(", ")
            )
        };
        let evidence = evidence.and(judging.role, "missing", &missing);
        return Ok(Outcome::fail(message, evidence, remedy::permissions(judging, helps())));
    }
    for (_, extent) in &reach.actions {
        extent.as_ref().map_err(Unavailable::from)?;
    }
    let partly = which(|extent| matches!(extent, Extent::Part { .. }));
    if partly.is_empty() {
        return Ok(Outcome::pass(
            format!("Role `{}` has all permissions that Systems Manager needs", role.name),
            evidence,
        ));
    }
    let why = if which(|extent| matches!(extent, Extent::Part { by_condition_only: false })).is_empty() {
        "only under a condition"
    } else {
        "only on some instances"
    };
    let message = format!("Role `{}` is allowed {} {why}", role.name, partly.join(", "));
    Ok(Outcome::warn(message, evidence, remedy::permissions(judging, helps())))
}
