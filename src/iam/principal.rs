//! Whom a statement names.

use super::document::{ParseError, texts_of};
use super::json::{Json, quoted};
use super::request::Who;
use super::work;

/// The principals that are named, or everybody but them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principals {
    /// [`Principal`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
    Only(Vec<Principal>),
    /// [`NotPrincipal`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html)
    AllBut(Vec<Principal>),
}

/// One principal as it is named. Only a whole `*` is a wildcard: "You cannot use a wildcard to match part of a principal name or ARN".
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Everyone, anonymous callers and AWS services included.
    Everyone {
        /// Written `"*"`; else `{"AWS": "*"}`.
        bare: bool,
    },
    /// An account (id or root ARN), user, role or session; or the unique id into which AWS turns one that was deleted.
    Aws(String),
    /// An AWS service, e.g. `cloudtrail.amazonaws.com`.
    Service(String),
    /// An identity provider: the ARN of a SAML or OIDC one, or the name of a web identity.
    Federated(String),
    /// The canonical id of an account in S3.
    CanonicalUser(String),
    /// A kind that this tool does not know; it fits nobody.
    Other {
        /// The kind, e.g. `AWS`.
        kind: String,
        /// The value under it.
        value: String,
    },
}

/// How directly somebody is named; the greater, the more directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Naming {
    /// Not at all.
    Not,
    /// By the account, which then decides by its own identity policies who may.
    Account,
    /// As one of everyone.
    Everyone,
    /// As the role that it is, or whose session it is; boundaries and session policies still count.
    Role,
    /// In person.
    Itself,
}

impl Principal {
    /// Whether this names whoever asks. A unique id (`AIDA…`, `AROA…`) names nobody: its principal was deleted.
    pub fn names(&self, who: &Who) -> bool {
        self.naming(who) != Naming::Not
    }

    pub(super) fn naming(&self, who: &Who) -> Naming {
        let itself = |named: bool| if named { Naming::Itself } else { Naming::Not };
        match (self, who) {
            (_, Who::Identity) | (Principal::Everyone { .. }, _) => Naming::Everyone,
            (Principal::Service(name), Who::Service { names }) => itself(names.contains(&name.as_str())),
            (Principal::Aws(name), Who::Aws { arn, account }) => {
                if name == arn {
                    if is_role(arn) { Naming::Role } else { Naming::Itself }
                } else if is_account(name, account) {
                    Naming::Account
                } else if is_role_of(name, arn) {
                    Naming::Role
                } else {
                    Naming::Not
                }
            }
            (Principal::Aws(name), Who::Root { account }) => itself(is_account(name, account)),
            (Principal::Federated(name), Who::Federated { provider }) => itself(name == provider),
            _ => Naming::Not,
        }
    }
}

impl Principals {
    /// Whether whoever asks is among them. Everybody whom a `NotPrincipal` does not name is, AWS services too.
    pub fn fit(&self, who: &Who) -> bool {
        self.naming(who) != Naming::Not
    }

    pub(super) fn naming(&self, who: &Who) -> Naming {
        let (Principals::Only(named) | Principals::AllBut(named)) = self;
        work::steps(named.len());
        match self {
            _ if matches!(who, Who::Identity) => Naming::Everyone,
            Principals::Only(named) => named.iter().map(|principal| principal.naming(who)).max().unwrap_or(Naming::Not),
            Principals::AllBut(named) if named.iter().any(|principal| principal.names(who)) => Naming::Not,
            Principals::AllBut(_) => Naming::Everyone,
        }
    }
}

/// "you can use the account ARN (arn:aws:iam::account-ID:root), or a shortened form that consists of the "AWS": prefix followed by the
/// account ID".
fn is_account(name: &str, account: &str) -> bool {
    name == account
        // A policy may name thousands, so most are told apart before they are taken apart.
        || (name.contains(account)
            && match name.split(':').collect::<Vec<_>>().as_slice() {
                ["arn", _, "iam", "", id, "root"] => *id == account,
                _ => false,
            })
}

fn is_role(arn: &str) -> bool {
    matches!(arn.split(':').collect::<Vec<_>>().as_slice(), ["arn", _, "iam", "", _, role] if role.starts_with("role/"))
}

/// Whether `arn` is a session of the role `name`. A session's ARN lacks the role's path, but a role's name is unique in its account.
fn is_role_of(name: &str, arn: &str) -> bool {
    if !arn.contains(":assumed-role/") {
        return false;
    }
    let (role, session): (Vec<_>, Vec<_>) = (name.split(':').collect(), arn.split(':').collect());
    match (role.as_slice(), session.as_slice()) {
        (["arn", partition, "iam", "", account, role], ["arn", p, "sts", "", a, session]) => {
            let role = role.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
            let session = session.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
            partition == p && account == a && role.is_some() && role == session
        }
        _ => false,
    }
}

pub(super) fn parse_principals(value: Json, element: &str) -> Result<Vec<Principal>, ParseError> {
    match value {
        Json::Text(text) if text == "*" => Ok(vec![Principal::Everyone { bare: true }]),
        Json::Text(text) => {
            Err(ParseError::new(format!("\"{element}\" is {}; as a string it can only be \"*\"", quoted(&text))))
        }
        Json::Object(kinds) => {
            let mut principals = Vec::new();
            for (kind, values) in kinds {
                let values = texts_of(values, element)?;
                principals.extend(values.into_iter().map(|value| match kind.as_str() {
                    "AWS" if value == "*" => Principal::Everyone { bare: false },
                    "AWS" => Principal::Aws(value),
                    "Service" => Principal::Service(value),
                    "Federated" => Principal::Federated(value),
                    "CanonicalUser" => Principal::CanonicalUser(value),
                    _ => Principal::Other { kind: kind.clone(), value },
                }));
            }
            Ok(principals)
        }
        other => Err(ParseError::new(format!("\"{element}\" is {}, neither \"*\" nor an object", other.kind()))),
    }
}
