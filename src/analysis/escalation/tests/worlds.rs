//! Random accounts of a few users, roles, groups and policies, from the actions of the methods.

use crate::account::facts::Facts;
use crate::testing::iam::{ADMINISTRATOR_ACCESS, EntityBuilder, Iam, customer_arn};

/// A small generator: the same seed gives the same account on every machine.
#[derive(Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.roll(of.len())]
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) allow: bool,
    pub(super) actions: Vec<&'static str>,
    pub(super) resource: String,
    pub(super) condition: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) lines: Vec<Line>,
    pub(super) older: Vec<Line>,
    pub(super) is_readable: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Entity {
    pub(super) is_administrator: bool,
    pub(super) lines: Vec<Line>,
    pub(super) policies: Vec<usize>,
    pub(super) groups: Vec<usize>,
    pub(super) boundary: Option<usize>,
    /// Of a role: whom it trusts, under which condition; and whom it denies.
    pub(super) trusts: Vec<(String, &'static str)>,
    pub(super) shuts_out: Vec<String>,
    pub(super) device: bool,
    pub(super) password: bool,
    pub(super) keys: usize,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) users: Vec<Entity>,
    pub(super) roles: Vec<Entity>,
    pub(super) groups: Vec<Entity>,
    pub(super) policies: Vec<Policy>,
    /// What is put before every name.
    pub(super) prefix: &'static str,
    pub(super) is_reversed: bool,
}

const ACTIONS: &[&str] = &[
    "iam:PutUserPolicy",
    "iam:AttachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:AddUserToGroup",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DetachUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:CreateUser",
    "iam:CreateRole",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:DeactivateMFADevice",
    "iam:EnableMFADevice",
    "iam:UpdateAssumeRolePolicy",
    "iam:PassRole",
    "sts:AssumeRole",
    "lambda:CreateFunction",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "cloudformation:CreateStack",
    "ec2:RunInstances",
    "iam:*",
    "sts:*",
    "*",
];

const MFA: &str = r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
const NO_MFA: &str = r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#;

fn lines(dice: &mut Dice, most: usize, denies: usize) -> Vec<Line> {
    (0..dice.roll(most + 1)).map(|_| line(dice, denies)).collect()
}

pub(super) fn line(dice: &mut Dice, denies: usize) -> Line {
    let allow = !dice.chance(denies);
    let broad = dice.chance(5);
    let actions = (0..=dice.roll(3))
        .map(|_| if broad { *dice.pick(ACTIONS) } else { *dice.pick(&ACTIONS[..ACTIONS.len() - 3]) })
        .collect();
    let number = dice.roll(4);
    let resource = match dice.roll(9) {
        0 => format!("arn:aws:iam::111122223333:user/@u{number}"),
        1 => format!("arn:aws:iam::111122223333:role/@r{number}"),
        2 => format!("arn:aws:iam::111122223333:group/@g{number}"),
        3 => format!("arn:aws:iam::111122223333:policy/@p{number}"),
        4 => "arn:aws:iam::111122223333:user/${aws:username}".to_owned(),
        5 => "arn:aws:iam::111122223333:role/*".to_owned(),
        _ => "*".to_owned(),
    };
    let condition = match dice.roll(12) {
        0 => MFA,
        1 => NO_MFA,
        _ => "",
    };
    Line { allow, actions, resource, condition }
}

fn trusts(dice: &mut Dice) -> Vec<(String, &'static str)> {
    let mut trust = |_| {
        let number = dice.roll(5);
        let whom = match dice.roll(6) {
            0 => r#"{"AWS":"arn:aws:iam::111122223333:root"}"#.to_owned(),
            1 => format!(r#"{{"AWS":"arn:aws:iam::111122223333:user/@u{number}"}}"#),
            2 => format!(r#"{{"AWS":"arn:aws:iam::111122223333:role/@r{number}"}}"#),
            3 => r#"{"Service":"ec2.amazonaws.com"}"#.to_owned(),
            4 => r#"{"Service":"cloudformation.amazonaws.com"}"#.to_owned(),
            _ => r#"{"Service":"lambda.amazonaws.com"}"#.to_owned(),
        };
        (whom, if dice.chance(20) { MFA } else { "" })
    };
    (0..2).map(&mut trust).collect()
}

impl World {
    pub(super) fn random(seed: u64) -> World {
        let mut dice = Dice::new(seed);
        let dice = &mut dice;
        let policies =
            (0..4).map(|_| Policy { lines: lines(dice, 2, 15), older: lines(dice, 1, 0), is_readable: true }).collect();
        let groups = (0..2)
            .map(|_| Entity {
                is_administrator: dice.chance(20),
                lines: lines(dice, 1, 10),
                policies: if dice.chance(30) { vec![dice.roll(4)] } else { Vec::new() },
                ..Entity::default()
            })
            .collect();
        let users = (0..4)
            .map(|number| Entity {
                is_administrator: number == 0,
                lines: lines(dice, 2, 20),
                policies: if dice.chance(50) { vec![dice.roll(4)] } else { Vec::new() },
                groups: if dice.chance(20) { vec![dice.roll(2)] } else { Vec::new() },
                boundary: dice.chance(15).then(|| dice.roll(4)),
                device: number == 0 || dice.chance(20),
                password: dice.chance(70),
                keys: dice.roll(3),
                ..Entity::default()
            })
            .collect();
        let roles = (0..4)
            .map(|_| Entity {
                is_administrator: dice.chance(30),
                lines: lines(dice, 2, 15),
                policies: if dice.chance(30) { vec![dice.roll(4)] } else { Vec::new() },
                boundary: dice.chance(10).then(|| dice.roll(4)),
                trusts: trusts(dice),
                ..Entity::default()
            })
            .collect();
        World { users, roles, groups, policies, prefix: "", is_reversed: false }
    }

    fn named(&self, text: &str) -> String {
        text.replace('@', self.prefix)
    }

    pub(super) fn user(&self, number: usize) -> String {
        self.named(&format!("@u{number}"))
    }

    fn text(&self, lines: &[Line]) -> String {
        let mut texts: Vec<String> = lines.iter().map(|line| self.text_of(line)).collect();
        if self.is_reversed {
            texts.reverse();
        }
        if texts.is_empty() {
            texts.push(r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#.to_owned());
        }
        texts.join(",")
    }

    fn text_of(&self, line: &Line) -> String {
        let effect = if line.allow { "Allow" } else { "Deny" };
        let condition =
            if line.condition.is_empty() { String::new() } else { format!(r#","Condition":{}"#, line.condition) };
        let actions: Vec<String> = line.actions.iter().map(|action| format!("{action:?}")).collect();
        format!(
            r#"{{"Effect":"{effect}","Action":[{}],"Resource":"{}"{condition}}}"#,
            actions.join(","),
            self.named(&line.resource)
        )
    }

    fn has(&self, entity: &Entity) -> EntityBuilder {
        let mut has = EntityBuilder::nothing();
        if entity.is_administrator {
            has = has.attached(ADMINISTRATOR_ACCESS);
        }
        if !entity.lines.is_empty() {
            has = has.inline(&self.text(&entity.lines));
        }
        for policy in &entity.policies {
            has = has.attached(&customer_arn(&self.named(&format!("@p{policy}"))));
        }
        for group in &entity.groups {
            has = has.group(&self.named(&format!("@g{group}")));
        }
        match entity.boundary {
            Some(policy) => has.boundary(&customer_arn(&self.named(&format!("@p{policy}")))),
            None => has,
        }
    }

    fn in_order<'t, T>(&self, all: &'t [T]) -> Vec<(usize, &'t T)> {
        let mut all: Vec<(usize, &T)> = all.iter().enumerate().collect();
        if self.is_reversed {
            all.reverse();
        }
        all
    }

    pub(super) fn facts(&self) -> Facts {
        let mut iam = Iam::new();
        for (number, user) in self.in_order(&self.users) {
            let name = self.user(number);
            iam = iam.user(&name, self.has(user));
            if user.device {
                iam = iam.mfa(&name);
            }
            if user.password {
                iam = iam.password(&name);
            }
            for _ in 0..user.keys {
                iam = iam.key(&name, "Active");
            }
        }
        for (number, group) in self.in_order(&self.groups) {
            iam = iam.group(&self.named(&format!("@g{number}")), self.has(group));
        }
        for (number, role) in self.in_order(&self.roles) {
            let mut statements: Vec<String> = role
                .trusts
                .iter()
                .map(|(whom, condition)| {
                    let condition =
                        if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
                    let whom = self.named(whom);
                    format!(r#"{{"Effect":"Allow","Principal":{whom},"Action":"sts:AssumeRole"{condition}}}"#)
                })
                .collect();
            statements.extend(role.shuts_out.iter().map(|whom| {
                format!(r#"{{"Effect":"Deny","Principal":{},"Action":"sts:AssumeRole"}}"#, self.named(whom))
            }));
            iam = iam.role(&self.named(&format!("@r{number}")), &statements.join(","), self.has(role));
        }
        for (number, policy) in self.in_order(&self.policies) {
            let name = self.named(&format!("@p{number}"));
            iam = if policy.is_readable {
                let older = self.text(&policy.older);
                iam.customer(&name, &self.text(&policy.lines)).versions(&[&older])
            } else {
                iam.customer_raw(&name, Some("unreadable"))
            };
        }
        iam.facts()
    }
}
