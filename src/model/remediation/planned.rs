//! What a plan must know of a remedy beside its texts. Each check declares it where it makes the remedy; what it does not declare has
//! a sensible default.

use super::Remediation;

/// Who can do something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// The account's root user.
    RootUser,
    /// An administrator of the account.
    #[default]
    Administrator,
    /// Whoever reads the mailbox that the alerts go to.
    Mailbox,
    /// Whoever manages the organization that the account, or the thing at fault, belongs to.
    Organization,
    /// Whoever runs the audit.
    Auditor,
    /// Nobody: it resolves by itself.
    Nobody,
}

impl Who {
    /// As people are told.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Who::RootUser => "root user",
            Who::Administrator => "administrator",
            Who::Mailbox => "email recipient",
            Who::Organization => "the organization's administrator",
            Who::Auditor => "you (the auditor)",
            Who::Nobody => "no action (wait)",
        }
    }

    /// As programs are told.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Who::RootUser => "root-user",
            Who::Administrator => "administrator",
            Who::Mailbox => "email-recipient",
            Who::Organization => "organization-administrator",
            Who::Auditor => "auditor",
            Who::Nobody => "no-action",
        }
    }
}

/// What something adds to AWS's bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cost {
    /// US cents a month, at most, in a small account.
    pub monthly_cents: u32,
    /// How that is reckoned, without a full stop.
    pub basis: &'static str,
    /// AWS's price page, which alone is binding.
    pub page: &'static str,
}

impl Cost {
    /// US dollars a month.
    #[must_use]
    pub fn monthly_usd(&self) -> f64 {
        f64::from(self.monthly_cents) / 100.0
    }
}

/// What has to come to pass beside a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FollowUp {
    /// Somebody else has to do something before.
    First(Box<Remediation>),
    /// Somebody else has to do something afterwards.
    Does(Box<Remediation>),
    /// It comes by itself: the end of a sentence that begins with "resolves".
    Resolves(&'static str),
}

/// What a plan must know of a remedy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RemediationMeta {
    /// Who can do it.
    pub who: Who,
    /// Roughly how many minutes it takes, where the check says.
    pub minutes: Option<u32>,
    /// What it adds to AWS's bill, where it does.
    pub costs: Vec<Cost>,
    /// The checks or requirements whose failures, where they fail, are to be mended before.
    pub after: Vec<&'static str>,
    /// The requirement whose remedy does this too, where that fails and this has no commands of its own.
    pub within: Option<&'static str>,
    /// The inputs that only a command before tells, so that they cannot be set from the beginning.
    pub learned: Vec<&'static str>,
    /// What has to come to pass afterwards.
    pub then: Vec<FollowUp>,
}

impl RemediationMeta {
    /// Of two remedies, one after the other.
    #[must_use]
    pub fn and(self, other: RemediationMeta) -> RemediationMeta {
        fn joined<T: PartialEq>(mut these: Vec<T>, those: Vec<T>) -> Vec<T> {
            for one in those {
                if !these.contains(&one) {
                    these.push(one);
                }
            }
            these
        }
        RemediationMeta {
            // Who can do more does both.
            who: self.who.min(other.who),
            minutes: match (self.minutes, other.minutes) {
                (Some(this), Some(other)) => Some(this + other),
                (this, other) => this.or(other),
            },
            costs: joined(self.costs, other.costs),
            after: joined(self.after, other.after),
            within: self.within.or(other.within),
            learned: joined(self.learned, other.learned),
            then: joined(self.then, other.then),
        }
    }
}

impl Remediation {
    /// Who can do it; else an administrator.
    #[must_use]
    pub fn by(mut self, who: Who) -> Self {
        self.planned.who = who;
        self
    }

    /// Roughly how many minutes it takes whoever has the means at hand.
    #[must_use]
    pub fn takes(mut self, minutes: u32) -> Self {
        self.planned.minutes = Some(minutes);
        self
    }

    /// What it adds to AWS's bill.
    #[must_use]
    pub fn costs(mut self, cost: Cost) -> Self {
        self.planned.costs.push(cost);
        self
    }

    /// What is to be mended before, where it fails: the id of a check or of a requirement.
    #[must_use]
    pub fn after(mut self, id: &'static str) -> Self {
        self.planned.after.push(id);
        self
    }

    /// The requirement whose remedy does this too, where that fails.
    #[must_use]
    pub fn within(mut self, id: &'static str) -> Self {
        self.planned.within = Some(id);
        self
    }

    /// Inputs that only a command before tells.
    #[must_use]
    pub fn prompts_for(mut self, inputs: &[&'static str]) -> Self {
        self.planned.learned.extend(inputs);
        self
    }

    /// What has to come to pass afterwards.
    #[must_use]
    pub fn then(mut self, then: FollowUp) -> Self {
        self.planned.then.push(then);
        self
    }

    /// Roughly how many minutes it takes: commands are quick, the console less so.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        self.planned.minutes.unwrap_or(if self.commands.is_empty() { 5 } else { 2 })
    }
}
