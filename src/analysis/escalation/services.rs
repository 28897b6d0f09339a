//! Ways through services: what a principal may do to new resources, and to all that exist.

use super::methods::{Class, Place, Service};
use super::mode::Mode;
use super::node::Node;
use super::resource::{Kind, NO_RESOURCE, kinds_of};
use super::run::{Ask, Extent, Grant, Run};
use crate::iam::Effect;

/// In which modes the calls of one way are made: those of IAM itself, and all others.
///
/// A user with an access key gets a session from `sts:GetSessionToken` without a permission, and its calls have the session's context;
/// but it "cannot call any IAM API operations" without MFA.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Calls {
    pub(super) of_iam: Mode,
    pub(super) others: Mode,
}

impl Calls {
    /// Those that somebody in this mode can choose from.
    pub(super) fn of(mode: Mode) -> &'static [Calls] {
        const fn same(mode: Mode) -> Calls {
            Calls { of_iam: mode, others: mode }
        }
        match mode {
            Mode::Key => const { &[same(Mode::Key), Calls { of_iam: Mode::Key, others: Mode::Session }] },
            Mode::Session => const { &[same(Mode::Session)] },
            Mode::Mfa => const { &[same(Mode::Mfa)] },
            Mode::Role => const { &[same(Mode::Role)] },
            Mode::RoleMfa => const { &[same(Mode::RoleMfa)] },
        }
    }

    fn mode_of(self, action: &str) -> Mode {
        // To pass a role is no call of its own: it is asked with the call that takes the role.
        if action.starts_with("iam:") && action != "iam:PassRole" { self.of_iam } else { self.others }
    }
}

impl<'e> Run<'e> {
    /// Whether a principal may do all of this to something new.
    pub(super) fn makes(&self, node: &Node<'e>, calls: Calls, actions: &[&'static str]) -> Option<Vec<Grant<'e>>> {
        if !actions.iter().all(|action| node.has_any(&self.index.bits(&[action]))) {
            return None;
        }
        let mut kinds: Vec<Kind> = Vec::new();
        for kind in actions.iter().flat_map(|action| kinds_of(action)) {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        let mut grants: Vec<Grant<'e>> = Vec::new();
        for kind in kinds {
            let of_kind: Vec<&'static str> =
                actions.iter().copied().filter(|action| kinds_of(action).contains(&kind)).collect();
            let all_on = |arn: &String| -> Option<Vec<Grant<'e>>> {
                of_kind.iter().map(|action| self.may(node, calls.mode_of(action), Ask::new(action, arn))).collect()
            };
            grants.extend(self.witnesses(node, &of_kind, kind).iter().find_map(all_on)?);
        }
        for action in actions.iter().filter(|action| kinds_of(action).is_empty()) {
            grants.push(self.may(node, calls.mode_of(action), Ask::new(action, NO_RESOURCE))?);
        }
        // One for each action, in the order of the actions.
        actions.iter().map(|action| grants.iter().find(|grant| grant.action == *action).copied()).collect()
    }

    fn witnesses(&self, node: &Node<'e>, actions: &[&'static str], kind: Kind) -> Vec<String> {
        let home = self.estate.home();
        let allows = node.docs.iter().flat_map(|doc| &doc.document.statements).filter(|statement| {
            statement.effect == Effect::Allow && actions.iter().any(|action| statement.covers_action(action))
        });
        let mut witnesses: Vec<String> = allows.flat_map(|statement| kind.witnesses_of(statement, home)).collect();
        witnesses.sort_unstable();
        witnesses.dedup();
        witnesses
    }

    /// Whether a principal may do this to something new: any of it.
    pub(super) fn makes_one(&self, node: &Node<'e>, mode: Mode, action: &'static str) -> Option<Grant<'e>> {
        let calls = Calls { of_iam: mode, others: mode };
        self.makes(node, calls, &[action])?.into_iter().next()
    }

    /// Whether a principal may do all of this to all that there is of its kind; to pass a role is asked for each role by itself.
    pub(super) fn takes_over(&self, node: &Node<'e>, calls: Calls, actions: &[&'static str]) -> Option<Vec<Grant<'e>>> {
        let home = self.estate.home();
        let all_of = |action: &'static str| -> Option<Grant<'e>> {
            let mode = calls.mode_of(action);
            let kinds = kinds_of(action);
            if kinds.is_empty() {
                return self.may(node, mode, Ask::new(action, NO_RESOURCE).on(Extent::All));
            }
            let mut grant = None;
            for kind in kinds {
                grant = Some(self.may(node, mode, Ask::new(action, &kind.all(home)).on(Extent::All))?);
            }
            if matches!(action, "ssm:SendCommand" | "ssm:CreateAssociation") {
                // A document that runs whatever it is told to.
                let document = format!("arn:{}:ssm:{}::document/AWS-RunShellScript", home.partition, home.region());
                self.may(node, mode, Ask::new(action, &document).on(Extent::All))?;
            }
            grant
        };
        actions.iter().filter(|action| **action != "iam:PassRole").map(|action| all_of(action)).collect()
    }

    /// Whether a principal may pass a role to a service.
    pub(super) fn passes(&self, node: &Node<'e>, calls: Calls, role: &str, service: &str) -> Option<Grant<'e>> {
        let mode = calls.mode_of("iam:PassRole");
        let pass = |service: Option<&str>| {
            self.may(node, mode, Ask::new("iam:PassRole", role).with(&[("iam:PassedToService", service)]))
        };
        // "some services, such as CodeBuild, do not support" the key.
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PassedToService>
        if service == "codebuild" {
            return pass(None);
        }
        let full = format!("{service}.amazonaws.com");
        let chinese = || pass(Some(&format!("{full}.cn"))).filter(|_| self.estate.partition == "aws-cn");
        pass(Some(&full)).or_else(chinese)
    }

    /// Whether a role's place fits a service's way; `makes_profile` says whether whoever passes it may make an instance profile.
    pub(super) fn fits(
        &self,
        row: &Service,
        service: &str,
        role: &Node<'e>,
        makes_profile: impl FnOnce() -> bool,
    ) -> bool {
        let of_ec2 = service == "ec2";
        match row.place {
            Place::Anywhere | Place::Deployer => true,
            Place::Profile if !of_ec2 || role.principal.in_profile => true,
            Place::Profile => row.method.class == Class::Pass && makes_profile(),
            Place::Managed => {
                let home = self.estate.home();
                let instance =
                    format!("arn:{}:ec2:{}:{}:instance/i-stagecheck", home.partition, home.region(), home.account);
                role.principal.in_profile
                    && self.may(role, Mode::Role, Ask::new("ssm:UpdateInstanceInformation", &instance)).is_some()
            }
        }
    }
}
