//! The policy documents of a user or a role: inline, attached (by their default version), by its groups, and the boundary.
//!
//! Each is read, or it is unread with the reason: a document that was not had, or that does not parse, is never an empty one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use crate::account::facts::{AttachedPolicy, Group, InlinePolicy, ManagedPolicy, Role, User};
use crate::account::operation::Operation;
use crate::account::{Account, Call, Cause, Fact, Observed, Unavailable};
use crate::iam::Document;
use crate::iam::arn::Arn;

mod known;
pub mod listed;
#[cfg(test)]
mod tests;

/// AWS's managed policy that makes an administrator.
pub const ADMINISTRATOR_ACCESS: &str = "AdministratorAccess";
/// AWS's managed policy that allows all of IAM.
pub const IAM_FULL_ACCESS: &str = "IAMFullAccess";
/// AWS's managed policy for instances that talk to Systems Manager.
pub const SSM_CORE: &str = "AmazonSSMManagedInstanceCore";
/// Its predecessor, which AWS calls deprecated: it also reads and writes every bucket.
pub const EC2_ROLE_FOR_SSM: &str = "service-role/AmazonEC2RoleforSSM";

/// The path and name of a policy that is AWS's own (`arn:*:iam::aws:policy/…`); a customer's may have any name.
#[must_use]
pub fn aws_policy(arn: &str) -> Option<&str> {
    match Arn::parse(arn)? {
        Arn { service: "iam", region: "", account: "aws", resource, .. } => resource.strip_prefix("policy/"),
        _ => None,
    }
}

/// The partition and the account in an ARN.
#[must_use]
pub fn home_of(arn: &str) -> (&str, &str) {
    let mut parts = arn.split(':').skip(1);
    let partition = parts.next().unwrap_or_default();
    (partition, parts.nth(2).unwrap_or_default())
}

/// Why the document of a policy cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What stood in the way.
    pub why: Unavailable,
    /// AWS says that there is no such policy: asking again would tell no more.
    pub gone: bool,
}

impl From<&Unavailable> for Unread {
    fn from(why: &Unavailable) -> Self {
        Unread { why: why.clone(), gone: false }
    }
}

/// Whose policy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Written into the user, group or role; also whatever an unread group has.
    Inline,
    /// A managed policy of the account.
    Customer,
    /// A managed policy of AWS.
    Aws,
}

/// A policy as a user or a role has it.
#[derive(Debug, Clone)]
pub struct Policy<'a> {
    /// Its name; of an unread group, the group's.
    pub name: &'a str,
    /// Its ARN, if it is a managed one.
    pub arn: Option<&'a str>,
    /// Whose it is.
    pub origin: Origin,
    /// The group that brings it.
    pub group: Option<&'a str>,
    /// Its document.
    pub document: Result<Cow<'a, Document>, Unread>,
}

impl Policy<'_> {
    /// Whether this policy, unread, may deny something. What AWS says does not exist denies nothing, unless its name tells of a Deny
    /// (`AWSDenyAll`, `AWSCompromisedKeyQuarantineV3`).
    #[must_use]
    pub fn may_deny(&self) -> bool {
        let says_so = |name: &str| {
            let name = name.to_ascii_lowercase();
            ["deny", "quarantine", "revoke"].iter().any(|word| name.contains(word))
        };
        match (&self.document, self.arn.and_then(aws_policy)) {
            (Err(Unread { gone: true, .. }), Some(name)) => says_so(name),
            _ => true,
        }
    }
}

/// A user or a role, as far as its policies go.
#[derive(Debug, Clone, Copy)]
pub struct PolicyHolder<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its ARN.
    pub arn: &'a str,
    /// Whether it is a user, and not a role.
    pub is_user: bool,
    inline: &'a [InlinePolicy],
    attached: &'a [AttachedPolicy],
    groups: &'a [String],
    /// The ARN of its permissions boundary.
    pub boundary: Option<&'a str>,
    told_by: &'a Call,
}

impl<'a> PolicyHolder<'a> {
    /// A user.
    #[must_use]
    pub fn user(seen: Observed<'a, User>) -> Self {
        let user = seen.get();
        PolicyHolder {
            name: &user.name,
            arn: &user.arn,
            is_user: true,
            inline: &user.inline_policies,
            attached: &user.attached_policies,
            groups: &user.groups,
            boundary: user.boundary.as_deref(),
            told_by: seen.call(),
        }
    }

    /// A role.
    #[must_use]
    pub fn role(seen: Observed<'a, Role>) -> Self {
        let role = seen.get();
        PolicyHolder {
            name: &role.name,
            arn: &role.arn,
            is_user: false,
            inline: &role.inline_policies,
            attached: &role.attached_policies,
            groups: &[],
            boundary: role.boundary.as_deref(),
            told_by: seen.call(),
        }
    }
}

/// The policies of a user or a role.
#[derive(Debug, Clone)]
pub struct Policies<'l> {
    holder: PolicyHolder<'l>,
    identity: Vec<Policy<'l>>,
    boundary: Option<Policy<'l>>,
}

impl<'l> Policies<'l> {
    /// Takes them out of the library.
    #[must_use]
    pub fn of(library: &'l Library<'_>, holder: &PolicyHolder<'l>) -> Self {
        Policies { holder: *holder, identity: library.policies(holder), boundary: library.boundary(holder) }
    }

    /// Whose they are.
    #[must_use]
    pub fn holder(&self) -> &PolicyHolder<'l> {
        &self.holder
    }

    /// Those that give permissions.
    #[must_use]
    pub fn identity(&self) -> &[Policy<'l>] {
        &self.identity
    }

    /// The permissions boundary.
    #[must_use]
    pub fn boundary(&self) -> Option<&Policy<'l>> {
        self.boundary.as_ref()
    }

    /// The documents that give permissions, as far as they were read; [`Policies::unread`] says what is missing.
    #[must_use]
    pub fn read<'s>(&'s self) -> Vec<&'s Document> {
        let read = |policy: &'s Policy<'l>| match &policy.document {
            Ok(document) => Some(document.as_ref()),
            Err(_) => None,
        };
        self.identity.iter().filter_map(read).collect()
    }

    /// What stood in the way of reading the first of those that give permissions, that was not read, and that counts.
    #[must_use]
    pub fn unread(&self, counts: impl Fn(&Policy<'l>) -> bool) -> Option<&Unavailable> {
        let mut counting = self.identity.iter().filter(|policy| counts(policy));
        counting.find_map(|policy| policy.document.as_ref().err().map(|unread| &unread.why))
    }

    /// What is left of them, but for the boundary, when those that `goes` are detached.
    #[must_use]
    pub fn without(&self, goes: impl Fn(&Policy<'l>) -> bool) -> Policies<'l> {
        let identity = self.identity.iter().filter(|policy| !goes(policy)).cloned().collect();
        Policies { identity, ..self.clone() }
    }

    /// What comes of them when AWS's policy for instances is attached.
    #[must_use]
    pub fn with_ssm_core(&self) -> Policies<'l> {
        let document = Ok(Cow::Owned(known::ssm_core()));
        let core = Policy { name: SSM_CORE, arn: None, origin: Origin::Aws, group: None, document };
        Policies { identity: self.identity.iter().cloned().chain([core]).collect(), ..self.clone() }
    }

    /// Whether a document of them is unread, and every such is of a policy that AWS says does not exist.
    #[must_use]
    pub fn lack_only_what_is_gone(&self) -> bool {
        let mut unread = self.identity.iter().chain(&self.boundary).filter_map(|policy| policy.document.as_ref().err());
        unread.next().is_some_and(|first| first.gone) && unread.all(|unread| unread.gone)
    }
}

type Read = Result<Document, Unread>;

/// What a listing has of a managed policy.
enum Listed<'a> {
    /// Its document.
    Document(Read),
    /// Only the name of its default version.
    Version(&'a str),
}

/// What must be asked for of a policy.
enum Missing<'a> {
    /// The document of this version.
    Document { version: &'a str },
    /// Which version is the default, and then its document.
    All,
}

struct ListedGroup<'a> {
    attached: &'a [AttachedPolicy],
    inline: Vec<(&'a str, Read)>,
}

/// A listed managed policy: its ARN, and its document.
pub type ListedPolicy<'l> = (&'l str, Result<Cow<'l, Document>, Unread>);

type Listing<'a, V> = Result<BTreeMap<&'a str, V>, &'a Unavailable>;

/// All documents that the account's listings hold, and those that were asked for one by one.
pub struct Library<'a> {
    groups: Listing<'a, ListedGroup<'a>>,
    customer: Listing<'a, Listed<'a>>,
    aws: Listing<'a, Listed<'a>>,
    singly: BTreeMap<&'a str, Read>,
}

impl<'a> Library<'a> {
    /// Asks for the listings, side by side.
    pub async fn gather(account: &'a Account) -> Self {
        let (groups, customer, aws) =
            tokio::join!(account.groups(), account.customer_policies(), account.aws_policies());
        Library {
            groups: list_groups(groups),
            customer: list_policies(customer),
            aws: list_policies(aws),
            singly: BTreeMap::new(),
        }
    }

    /// Asks one by one for the documents that these have and no listing holds; for none, where all are listed.
    pub async fn complete(&mut self, account: &'a Account, holders: &[PolicyHolder<'a>]) {
        let arns: BTreeSet<&'a str> = holders.iter().flat_map(|holder| self.arns(holder)).collect();
        let asked = arns.into_iter().filter_map(|arn| {
            let missing = self.missing(arn)?;
            Some(async move { (arn, ask(account, arn, missing).await) })
        });
        let read = join_all(asked).await;
        self.singly.extend(read);
    }

    /// The policies that give it its permissions. Of a group that could not be read there is one, which is unread.
    #[must_use]
    pub fn policies<'l>(&'l self, holder: &PolicyHolder<'l>) -> Vec<Policy<'l>> {
        let inline = holder.inline.iter().map(|policy| Policy {
            name: &policy.name,
            arn: None,
            origin: Origin::Inline,
            group: None,
            document: parse(holder.told_by, &policy.name, &policy.document).map(Cow::Owned),
        });
        let attached = holder.attached.iter().map(|policy| self.managed(&policy.name, &policy.arn, None));
        let by_groups = holder.groups.iter().flat_map(|group| self.of_group(group));
        inline.chain(attached).chain(by_groups).collect()
    }

    /// The managed policies that are listed, with their documents: the account's own, and those of AWS that it uses.
    pub fn listed(&self) -> [(Origin, Result<Vec<ListedPolicy<'_>>, &Unavailable>); 2] {
        let all = |listing: &'_ Listing<'a, Listed<'a>>| match listing {
            Ok(policies) => Ok(policies.keys().map(|arn| (*arn, self.document(arn))).collect()),
            Err(unavailable) => Err(*unavailable),
        };
        [(Origin::Customer, all(&self.customer)), (Origin::Aws, all(&self.aws))]
    }

    /// Its permissions boundary, if it has one.
    #[must_use]
    pub fn boundary<'l>(&'l self, holder: &PolicyHolder<'l>) -> Option<Policy<'l>> {
        holder.boundary.map(|arn| self.managed(arn, arn, None))
    }

    /// The ARNs of the managed policies that it has, itself or by a group; the boundary is none of them. Of a group that could not
    /// be read, the reason.
    #[must_use]
    pub fn attached<'l>(&'l self, holder: &PolicyHolder<'l>) -> Vec<Result<&'l str, Unavailable>> {
        let own = holder.attached.iter().map(|policy| Ok(policy.arn.as_str()));
        let by_groups = holder.groups.iter().flat_map(|group| match self.group(group) {
            Ok(group) => group.attached.iter().map(|policy| Ok(policy.arn.as_str())).collect(),
            Err(unread) => vec![Err(unread.why)],
        });
        own.chain(by_groups).collect()
    }

    fn of_group<'l>(&'l self, name: &'l str) -> Vec<Policy<'l>> {
        let group = match self.group(name) {
            Ok(group) => group,
            Err(unread) => {
                let (arn, origin, group) = (None, Origin::Inline, Some(name));
                return vec![Policy { name, arn, origin, group, document: Err(unread) }];
            }
        };
        let inline = group.inline.iter().map(|(policy, read)| Policy {
            name: policy,
            arn: None,
            origin: Origin::Inline,
            group: Some(name),
            document: borrow(read),
        });
        let attached = group.attached.iter().map(|policy| self.managed(&policy.name, &policy.arn, Some(name)));
        inline.chain(attached).collect()
    }

    fn group(&self, name: &str) -> Result<&ListedGroup<'a>, Unread> {
        let groups = self.groups.as_ref().map_err(|unavailable| Unread::from(*unavailable))?;
        groups.get(name).ok_or_else(|| {
            let call = Call::global(Operation::GetAccountAuthorizationDetails).about("groups");
            let why = format!("The list of groups lacks {name}, which has users, so its permissions aren't known");
            Unread { why: Unavailable::undetermined(&call, why), gone: false }
        })
    }

    fn managed<'l>(&'l self, name: &'l str, arn: &'l str, group: Option<&'l str>) -> Policy<'l> {
        let origin = if aws_policy(arn).is_some() { Origin::Aws } else { Origin::Customer };
        Policy { name, arn: Some(arn), origin, group, document: self.document(arn) }
    }

    fn document(&self, arn: &str) -> Result<Cow<'_, Document>, Unread> {
        match self.listing(arn).as_ref().map(|policies| policies.get(arn)) {
            Ok(Some(Listed::Document(read))) => return borrow(read),
            // What AWS publishes under these ARNs is known, whether the list could be read or not.
            listed => match (known::by_arn(arn), listed) {
                (Some(document), _) => return Ok(Cow::Owned(document)),
                (None, Err(unavailable)) => return Err(Unread::from(*unavailable)),
                (None, Ok(_)) => {}
            },
        }
        self.singly.get(arn).map_or_else(|| Err(not_asked(arn)), borrow)
    }

    fn listing(&self, arn: &str) -> &Listing<'a, Listed<'a>> {
        if aws_policy(arn).is_some() { &self.aws } else { &self.customer }
    }

    /// All managed policies that it has, the boundary too.
    fn arns(&self, holder: &PolicyHolder<'a>) -> Vec<&'a str> {
        let by_groups = holder.groups.iter().flat_map(|group| match self.group(group) {
            Ok(group) => group.attached,
            Err(_) => &[],
        });
        let attached = holder.attached.iter().chain(by_groups).map(|policy| policy.arn.as_str());
        attached.chain(holder.boundary).collect()
    }

    /// What must be asked for by itself, if anything. A listing that failed says nothing about
    /// what it would have held, and who may not list may not ask either.
    fn missing(&self, arn: &str) -> Option<Missing<'a>> {
        if known::by_arn(arn).is_some() || self.singly.contains_key(arn) {
            return None;
        }
        match self.listing(arn).as_ref().map(|policies| policies.get(arn)) {
            Err(_) | Ok(Some(Listed::Document(_))) => None,
            Ok(Some(Listed::Version(version))) => Some(Missing::Document { version }),
            Ok(None) => Some(Missing::All),
        }
    }
}

fn not_asked(arn: &str) -> Unread {
    let call = Call::global(Operation::GetPolicy).about(arn);
    Unread { why: Unavailable { call, cause: Cause::NotCollected }, gone: false }
}

fn list_groups(groups: Fact<'_, Vec<Group>>) -> Listing<'_, ListedGroup<'_>> {
    let groups = groups?;
    Ok(groups
        .each()
        .map(|group| {
            let Group { name, inline_policies, attached_policies, .. } = group.get();
            let read = |policy: &InlinePolicy| parse(group.call(), &policy.name, &policy.document);
            let inline = inline_policies.iter().map(|policy| (policy.name.as_str(), read(policy))).collect();
            (name.as_str(), ListedGroup { attached: attached_policies, inline })
        })
        .collect())
}

fn list_policies(policies: Fact<'_, Vec<ManagedPolicy>>) -> Listing<'_, Listed<'_>> {
    let policies = policies?;
    Ok(policies
        .each()
        .map(|policy| {
            let ManagedPolicy { name, arn, default_version, document, .. } = policy.get();
            let listed = match document {
                Some(document) => Listed::Document(parse(policy.call(), name, document)),
                None => Listed::Version(default_version),
            };
            (arn.as_str(), listed)
        })
        .collect())
}

async fn ask(account: &Account, arn: &str, missing: Missing<'_>) -> Read {
    let version = match missing {
        Missing::Document { version } => version,
        Missing::All => {
            let default = account.policy_default_version(arn).await?;
            let gone = || Unread {
                why: default
                    .undetermined(format!("AWS doesn't find the policy {arn}, so its permissions aren't known")),
                gone: true,
            };
            default.present().ok_or_else(gone)?.get()
        }
    };
    let document = account.policy_document(arn, version).await?;
    let gone = || Unread {
        why: document
            .undetermined(format!("AWS doesn't find version {version} of {arn}, so its permissions aren't known")),
        gone: true,
    };
    parse(document.call(), arn, document.present().ok_or_else(gone)?.get())
}

fn parse(told_by: &Call, name: &str, document: &str) -> Read {
    Document::parse(document).map_err(|error| Unread {
        why: Unavailable {
            call: told_by.clone(),
            cause: Cause::Malformed { why: format!("The document of policy {name} can't be read: {error}") },
        },
        gone: false,
    })
}

fn borrow(read: &Read) -> Result<Cow<'_, Document>, Unread> {
    match read {
        Ok(document) => Ok(Cow::Borrowed(document)),
        Err(unread) => Err(unread.clone()),
    }
}
