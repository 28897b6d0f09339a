//! What a document says of itself, found out once however many have it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::LazyLock;

use super::methods::{EXISTING, MAKES_PROFILE, NEW};
use super::mode::{hangs_on_mode, hangs_on_principal};
use crate::analysis::documents::Policies;
use crate::iam::{Choice, Document, Effect, Statement, covers_action};

/// The actions of IAM and STS that lead on, beside those of the tables of services.
const IDENTITY_ACTIONS: &[&str] = &[
    "iam:PutUserPolicy",
    "iam:AttachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:AttachGroupPolicy",
    "iam:AddUserToGroup",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:DetachUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:DetachGroupPolicy",
    "iam:DeleteGroupPolicy",
    "iam:RemoveUserFromGroup",
    "iam:DetachRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:CreateUser",
    "iam:CreateRole",
    "iam:CreatePolicy",
    "iam:CreateAccessKey",
    "iam:DeleteAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:EnableMFADevice",
    "iam:DeactivateMFADevice",
    "iam:CreateVirtualMFADevice",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateSAMLProvider",
    "iam:PassRole",
    "sts:AssumeRole",
    "ssm:UpdateInstanceInformation",
];

/// Those that write into IAM for good.
pub(super) const WRITES: &[&str] = &[
    "iam:PutUserPolicy",
    "iam:AttachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:AttachGroupPolicy",
    "iam:AddUserToGroup",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:DetachUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:DetachGroupPolicy",
    "iam:DeleteGroupPolicy",
    "iam:RemoveUserFromGroup",
    "iam:DetachRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:CreateUser",
    "iam:CreateRole",
];

/// A set of actions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bits([u64; 3]);

impl Bits {
    fn set(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(other.0).any(|(one, other)| one & other != 0)
    }

    pub(super) fn contains(&self, other: &Bits) -> bool {
        self.0.iter().zip(other.0).all(|(one, other)| one & other == other)
    }

    fn or(self, other: Bits) -> Bits {
        let mut both = self;
        both.0.iter_mut().zip(other.0).for_each(|(one, other)| *one |= other);
        both
    }
}

/// What documents say of themselves.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a document says")]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Traits {
    /// The actions that their Allows can grant.
    pub(super) allows: Bits,
    /// Those of them that are granted on more than the user itself.
    pub(super) elsewhere: Bits,
    /// The actions that their Denies can take.
    pub(super) denies: Bits,
    /// An Allow goes beyond the actions that it names, so together they may make an administrator.
    pub(super) is_open: bool,
    /// There is a Deny.
    pub(super) has_deny: bool,
    /// Whether they hold hangs on the mode.
    pub(super) by_mode: bool,
    /// Whether they hold hangs on who asks.
    pub(super) by_principal: bool,
}

impl Traits {
    pub(super) fn with(self, other: Traits) -> Traits {
        Traits {
            allows: self.allows.or(other.allows),
            elsewhere: self.elsewhere.or(other.elsewhere),
            is_open: self.is_open || other.is_open,
            ..self.bounded_by(other)
        }
    }

    /// With a boundary, which grants nothing.
    pub(super) fn bounded_by(self, other: Traits) -> Traits {
        Traits {
            allows: self.allows,
            elsewhere: self.elsewhere,
            denies: self.denies.or(other.denies),
            is_open: self.is_open,
            has_deny: self.has_deny || other.has_deny,
            by_mode: self.by_mode || other.by_mode,
            by_principal: self.by_principal || other.by_principal,
        }
    }
}

/// The actions, each with its number.
static NUMBERS: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let services = NEW.iter().chain(EXISTING).flat_map(|service| service.ways).copied().flat_map(<[_]>::iter);
    let mut numbers = HashMap::new();
    for action in IDENTITY_ACTIONS.iter().chain(&MAKES_PROFILE).chain(services) {
        let next = numbers.len();
        numbers.entry(*action).or_insert(next);
    }
    numbers
});

/// The same in lower case, as actions are compared.
static PLAIN: LazyLock<HashMap<String, usize>> =
    LazyLock::new(|| NUMBERS.iter().map(|(action, number)| (action.to_ascii_lowercase(), *number)).collect());

/// What was found out of documents, each by where it is.
#[derive(Default)]
pub struct Index {
    traits: RefCell<HashMap<usize, Traits>>,
    /// How many statements were evaluated so far.
    pub(super) evaluations: Cell<u64>,
}

impl Index {
    /// Knows no document yet.
    #[must_use]
    pub fn new() -> Self {
        Index { traits: RefCell::default(), evaluations: Cell::new(0) }
    }

    /// These actions as a set.
    #[expect(clippy::unused_self, reason = "who has sets of actions has an index")]
    pub(super) fn bits(&self, actions: &[&str]) -> Bits {
        let mut bits = Bits::default();
        for action in actions {
            if let Some(number) = NUMBERS.get(action) {
                bits.set(*number);
            }
        }
        bits
    }

    /// What a document says of itself. It must live as long as this.
    pub(super) fn traits(&self, document: &Document) -> Traits {
        let address = std::ptr::from_ref(document).addr();
        if let Some(traits) = self.traits.borrow().get(&address) {
            return *traits;
        }
        let mut traits = Traits::default();
        for statement in &document.statements {
            let actions = Self::actions_of(statement);
            match statement.effect {
                Effect::Allow => {
                    traits.allows = traits.allows.or(actions);
                    if !is_about_oneself(statement) {
                        traits.elsewhere = traits.elsewhere.or(actions);
                    }
                    traits.is_open |= goes_beyond_names(statement);
                }
                Effect::Deny => {
                    traits.denies = traits.denies.or(actions);
                    traits.has_deny = true;
                }
            }
            let keys = || statement.conditions.iter().map(|condition| condition.key.as_str());
            traits.by_mode |= keys().any(hangs_on_mode);
            traits.by_principal |= keys().any(hangs_on_principal) || has_variable(statement);
        }
        self.traits.borrow_mut().insert(address, traits);
        traits
    }

    /// The actions that a statement fits. Most patterns are plain, and fit one or none.
    fn actions_of(statement: &Statement) -> Bits {
        let mut bits = Bits::default();
        let all_that_fit = |bits: &mut Bits, fits: &dyn Fn(&str) -> bool| {
            NUMBERS.iter().filter(|(action, _)| fits(action)).for_each(|(_, number)| bits.set(*number));
        };
        match &statement.actions {
            Choice::AllBut(_) => all_that_fit(&mut bits, &|action| statement.covers_action(action)),
            Choice::Only(patterns) => {
                for pattern in patterns {
                    if pattern.contains(['*', '?']) {
                        all_that_fit(&mut bits, &|action| covers_action(pattern, action));
                    } else if let Some(number) = PLAIN.get(&pattern.to_ascii_lowercase()) {
                        bits.set(*number);
                    }
                }
            }
        }
        bits
    }

    pub(super) fn count(&self) {
        self.evaluations.set(self.evaluations.get() + 1);
    }
}

fn goes_beyond_names(statement: &Statement) -> bool {
    match &statement.actions {
        Choice::Only(_) => statement.covers_action("*"),
        Choice::AllBut(_) => true,
    }
}

/// Whether a statement is about the user itself and nobody else, as in policies to manage one's own credentials: no other user ends in
/// the same name.
fn is_about_oneself(statement: &Statement) -> bool {
    matches!(&statement.resources, Some(Choice::Only(patterns))
        if patterns.iter().all(|pattern| pattern.ends_with("/${aws:username}")))
}

fn has_variable(statement: &Statement) -> bool {
    let in_resources = match &statement.resources {
        Some(Choice::Only(patterns) | Choice::AllBut(patterns)) => {
            patterns.iter().any(|pattern| pattern.contains("${"))
        }
        None => false,
    };
    in_resources
        || statement.conditions.iter().any(|condition| condition.values.iter().any(|value| value.contains("${")))
}

impl Policies<'_> {
    /// Whether these may grant anything that leads on to administrator access; an unread one may.
    #[must_use]
    pub fn may_lead_on(&self) -> bool {
        let index = Index::new();
        let harmless = index.bits(&["ssm:UpdateInstanceInformation"]);
        self.identity().iter().any(|policy| match &policy.document {
            Ok(document) => !harmless.contains(&index.traits(document).allows),
            Err(_) => true,
        })
    }
}
