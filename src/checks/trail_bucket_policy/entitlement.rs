//! The lab's own exercise: a customer managed policy that lets people read the log, and no more.

use super::bucket::Bucket;
use super::organization::{Folder, tells_none_apart, whichever};
use super::own_account::with_own_account;
use super::{ENTITLEMENT, remedy, unrelated};
use crate::account::facts::{AttachedPolicy, Group, ManagedPolicy, Role, User};
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::analysis::tristate::{self, Sure};
use crate::iam::{
    Choice, Context, Decision, Document, Effect, Match, Request, Statement, Who, covers_resource, decide,
    overlaps_resource,
};
use crate::model::finding::{Candidate, Evidence, Finding, Judgement, Outcome, Subject};
use crate::model::remediation::Remediation;

/// IAM stores 6,144 characters of a managed policy, white space not counted; what is far longer did not come from there.
const MOST_CHARACTERS: usize = 20_000;

const READ: &str = "s3:GetObject";

const WRITE: [&str; 4] = ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl"];

/// What IAM says of policies and of who has them.
pub(super) struct Facts<'a> {
    policies: Fact<'a, Vec<ManagedPolicy>>,
    users: Fact<'a, Vec<User>>,
    groups: Fact<'a, Vec<Group>>,
    roles: Fact<'a, Vec<Role>>,
}

impl<'a> Facts<'a> {
    pub(super) async fn ask(account: &'a Account) -> Facts<'a> {
        let (policies, users, groups, roles) =
            tokio::join!(account.customer_policies(), account.users(), account.groups(), account.roles());
        Facts { policies, users, groups, roles }
    }
}

/// The best of the customer managed policies decides.
pub(super) fn judge(bucket: &Bucket<'_>, facts: &Facts<'_>) -> Finding {
    let policies = match facts.policies {
        Ok(policies) => policies,
        Err(unavailable) => return ENTITLEMENT.unknown(&Subject::account(), unavailable),
    };
    let mut misses = Vec::new();
    let mut candidates = Vec::new();
    for policy in policies.each() {
        match grant(bucket, policy) {
            Ok(Grant::None(miss)) => misses.extend(miss),
            Ok(Grant::Some { faults, is_of_this_bucket }) => {
                let subject = Subject::global(&policy.get().arn);
                let remedy = if is_of_this_bucket {
                    // Unseen, somebody may have it: to attach it then would be a guess.
                    let is_attached = is_attached(&policy.get().arn, facts) != Ok(false);
                    remedy::narrow_entitlement(bucket, policy.get(), is_attached)
                } else {
                    remedy::make_entitlement(bucket, policies.get())
                };
                let finding = ENTITLEMENT.judge(&subject, || of_policy(policy, faults, facts, remedy));
                candidates.push(Candidate { name: policy.get().name.clone(), findings: vec![finding] });
            }
            Err(unavailable) => {
                let finding = ENTITLEMENT.unknown(&Subject::global(&policy.get().arn), &unavailable);
                candidates.push(Candidate { name: policy.get().name.clone(), findings: vec![finding] });
            }
        }
    }
    match Candidate::best(candidates).and_then(|best| best.findings.into_iter().next()) {
        Some(best) => best,
        None => ENTITLEMENT.judge(&Subject::account(), || Ok(none(bucket, policies, &misses))),
    }
}

/// What a policy grants on the trail's log files.
enum Grant {
    /// Nothing; if it comes near, how.
    None(Option<String>),
    /// All or a part of them.
    Some {
        /// What is wrong with it: each the end of a sentence that begins with "policy x lets its holders read the log files, but".
        faults: Vec<&'static str>,
        /// Whether it grants nothing else.
        is_of_this_bucket: bool,
    },
}

fn grant(bucket: &Bucket<'_>, seen: Observed<'_, ManagedPolicy>) -> Result<Grant, Unavailable> {
    let policy = seen.get();
    let Some(text) = &policy.document else {
        return Err(seen.undetermined(format!("The document of policy {} isn't returned", policy.name)));
    };
    if text.chars().filter(|character| !character.is_whitespace()).count() > MOST_CHARACTERS {
        return Err(seen.undetermined(format!("The document of policy {} is longer than IAM stores", policy.name)));
    }
    let document = Document::parse(text)
        .map_err(|why| seen.undetermined(format!("The document of policy {} can't be read: {why}", policy.name)))?;
    let document = with_own_account(document, bucket.account);
    let signed_in = context(bucket);
    if let Some(faults) = faults(bucket, &document, &signed_in)? {
        return Ok(Grant::Some { faults, is_of_this_bucket: is_of_this_bucket(bucket, &document) });
    }
    // Whoever signs in without MFA, and whoever uses a key.
    let without_mfa = signed_in.clone().absent("aws:MultiFactorAuthAge");
    for context in [
        without_mfa.clone().with("aws:MultiFactorAuthPresent", "false"),
        without_mfa.absent("aws:MultiFactorAuthPresent"),
    ] {
        if let Some(mut faults) = faults(bucket, &document, &context)? {
            faults.push("applies only without MFA");
            return Ok(Grant::Some { faults, is_of_this_bucket: is_of_this_bucket(bucket, &document) });
        }
    }
    Ok(Grant::None(near_miss(bucket, policy, &document, &signed_in)))
}

/// What is wrong with what the document grants in this context; `None` where it grants nothing on the log files.
fn faults(
    bucket: &Bucket<'_>,
    document: &Document,
    context: &Context,
) -> Result<Option<Vec<&'static str>>, Unavailable> {
    let (document, location) = (&document.within(context), bucket.location);
    if !grants_a_part(document, READ, &location.all_objects, context) {
        return Ok(None);
    }
    let unread = match &location.organization_files {
        Ok(files) => return Ok(faults_with(bucket, files.as_deref(), document, context)),
        Err(unread) => unread,
    };
    let any = location.any_organization.as_str();
    let Some(faults) = faults_with(bucket, Some(any), document, context) else { return Ok(None) };
    let request = |action| Request { who: Who::Identity, action, resource: any, context };
    let reads_alike =
        matches!(whichever(document, &request(READ)), Folder::Alike(Decision::Allowed | Decision::Depends(_)));
    let writes_alike = writes(document, &location.own_files, context)
        || WRITE.iter().all(|action| tells_none_apart(document, &request(action)));
    let is_organization = bucket.trail.get().is_organization == Some(true)
        || faults_with(bucket, None, document, context).as_ref() == Some(&faults);
    if reads_alike && writes_alike && is_organization { Ok(Some(faults)) } else { Err(unread.clone()) }
}

/// The same where the files of an organization are these.
fn faults_with(
    bucket: &Bucket<'_>,
    organization_files: Option<&str>,
    document: &Document,
    context: &Context,
) -> Option<Vec<&'static str>> {
    let location = bucket.location;
    let places = || [location.log_files.as_str()].into_iter().chain(organization_files);
    if !places().any(|place| grants_a_part(document, READ, place, context)) {
        return None;
    }
    let mut faults = Vec::new();
    let decisions: Vec<Decision> = places().map(|place| asked(document, READ, place, context)).collect();
    if decisions.iter().any(|decision| matches!(decision, Decision::Denied { .. })) {
        faults.push("covers only a part of them");
    }
    if decisions.iter().any(|decision| matches!(decision, Decision::Depends(_))) {
        faults.push("has a condition other than MFA or HTTPS");
    }
    faults.extend(unrelated::fault(bucket, READ, document, context));
    let mut directories = [location.own_files.as_str()].into_iter().chain(organization_files);
    if directories.any(|directory| writes(document, directory, context)) {
        faults.push("also grants write access to them (only CloudTrail should write)");
    }
    Some(faults)
}

/// Whether the document lets its holders write into a part of a directory.
fn writes(document: &Document, directory: &str, context: &Context) -> bool {
    WRITE.iter().any(|action| grants_a_part(document, action, directory, context))
}

/// Whether all that the policy grants is about this bucket, so that nobody misses anything else if it is rewritten.
fn is_of_this_bucket(bucket: &Bucket<'_>, document: &Document) -> bool {
    let of_bucket = |pattern: &String| match pattern.strip_prefix(&bucket.location.bucket) {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => false,
    };
    let mut allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows.all(|statement| match &statement.resources {
        Some(Choice::Only(patterns)) => patterns.iter().all(of_bucket),
        _ => false,
    })
}

/// Somebody who has signed in with MFA, over HTTPS, now; of everything else nothing is known.
fn context(bucket: &Bucket<'_>) -> Context {
    Context::new()
        .with("aws:MultiFactorAuthPresent", "true")
        .with("aws:MultiFactorAuthAge", "0")
        .with("aws:SecureTransport", "true")
        .with("s3:TlsVersion", "1.3")
        .with("aws:ResourceAccount", bucket.account)
        .with("s3:ResourceAccount", bucket.account)
        .with("aws:PrincipalAccount", bucket.account)
        .with("aws:CurrentTime", bucket.now.to_string())
        .with("aws:EpochTime", bucket.now.as_second().to_string())
}

fn asked(document: &Document, action: &str, resource: &str, context: &Context) -> Decision {
    decide(&[document], &Request { who: Who::Identity, action, resource, context })
}

/// Whether the document grants `action` on a part of `resource` that no Deny takes away as a whole.
fn grants_a_part(document: &Document, action: &str, resource: &str, context: &Context) -> bool {
    fn request<'r>(action: &'r str, resource: &'r str, context: &'r Context) -> Request<'r> {
        Request { who: Who::Identity, action, resource, context }
    }
    let is_denied = |resource: &str| {
        let mut denies = document.statements.iter().filter(|statement| statement.effect == Effect::Deny);
        denies.any(|statement| statement.covers(&request(action, resource, context)) == Match::Yes)
    };
    let parts_of = |statement: &Statement| -> Vec<String> {
        match &statement.resources {
            // The part that a narrower pattern names, else the whole; what a variable stands for is not known here.
            Some(Choice::Only(patterns)) => patterns
                .iter()
                .filter(|pattern| pattern.contains("${") || overlaps_resource(pattern, resource))
                .map(|pattern| if covers_resource(resource, pattern) { pattern } else { resource }.to_owned())
                .collect(),
            _ => vec![resource.to_owned()],
        }
    };
    document
        .statements
        .iter()
        .filter(|statement| {
            statement.effect == Effect::Allow && statement.touches(&request(action, resource, context)) != Match::No
        })
        .any(|statement| {
            parts_of(statement)
                .iter()
                .any(|part| statement.touches(&request(action, part, context)) != Match::No && !is_denied(part))
        })
}

/// How a policy that grants nothing on the log files comes near to it.
fn near_miss(bucket: &Bucket<'_>, policy: &ManagedPolicy, document: &Document, context: &Context) -> Option<String> {
    let name = &policy.name;
    let may =
        |action: &str, resource: &str| !matches!(asked(document, action, resource, context), Decision::Denied { .. });
    if may(READ, &bucket.location.bucket) {
        return Some(format!("{name} names the bucket without its objects (/*)"));
    }
    if writes(document, &bucket.location.own_files, context) {
        return Some(format!("{name} allows writing but not reading"));
    }
    if may("s3:ListBucket", &bucket.location.bucket) {
        return Some(format!("{name} allows listing the bucket but not reading its objects"));
    }
    let mut reads = document.statements.iter().filter(|statement| {
        statement.effect == Effect::Allow && statement.touches_action(READ) && !statement.condition(context).is_no()
    });
    reads.next().map(|_| format!("{name} allows reading other objects only"))
}

fn of_policy(
    policy: Observed<'_, ManagedPolicy>,
    mut faults: Vec<&'static str>,
    facts: &Facts<'_>,
    remedy: Remediation,
) -> Judgement {
    let name = &policy.get().name;
    let evidence = Evidence::new(policy, "policy", &policy.get().arn).and(
        policy,
        "default_version",
        &policy.get().default_version,
    );
    let remedy = if faults.is_empty() { remedy::attach(policy.get()) } else { remedy };
    let is_attached = is_attached(&policy.get().arn, facts);
    if is_attached == Ok(false) {
        faults.push("is not attached");
    }
    let message = format!("Policy `{name}` allows reading the log files");
    if !faults.is_empty() {
        return Ok(Outcome::warn(format!("{message}, but {}", faults.join(", ")), evidence, remedy));
    }
    // Only here does it matter that somebody has it: where there is a fault, it warns either way.
    is_attached.map(|_| Outcome::pass(message, evidence))
}

/// Whether a user, a role, or a group with members has the policy attached. As a boundary it grants nothing.
fn is_attached(arn: &str, facts: &Facts<'_>) -> Sure {
    let has = |attached: &[AttachedPolicy]| attached.iter().any(|policy| policy.arn == arn);
    let users = facts.users.map(|users| users.get().iter().any(|user| has(&user.attached_policies)));
    let roles = facts.roles.map(|roles| roles.get().iter().any(|role| has(&role.attached_policies)));
    let groups = match facts.groups {
        Err(unavailable) => Err(unavailable.clone()),
        Ok(groups) => tristate::any(groups.get().iter().filter(|group| has(&group.attached_policies)).map(|group| {
            let users = facts.users?;
            Ok(users.get().iter().any(|user| user.groups.contains(&group.name)))
        })),
    };
    tristate::any([users.map_err(Into::into), roles.map_err(Into::into), groups])
}

fn none(bucket: &Bucket<'_>, policies: Observed<'_, Vec<ManagedPolicy>>, misses: &[String]) -> Outcome {
    let mut message = format!("No customer managed policy allows reading the log files in bucket {}", bucket.name);
    if !misses.is_empty() {
        message = format!("{message}: {}", misses.join("; "));
    }
    let evidence = Evidence::new(policies, "customer_managed_policies", policies.get().len());
    Outcome::fail(message, evidence, remedy::make_entitlement(bucket, policies.get()))
}
