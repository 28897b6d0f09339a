//! `stagecheck preview`: what changes when this account creates an organization, from its own facts. It asks nothing that an audit does
//! not ask: it looks at the account after an audit, when nothing more is asked of it, and what was not seen says so in its place.

use futures_util::FutureExt;
use jiff::Timestamp;
use serde_json::Value;

use crate::account::{Account, Unavailable};
use crate::cli::formats::PreviewFormat;
use crate::cli::{Global, PreviewOptions};
use crate::commands::audit;
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::stdout::print;
use crate::model::membership::Membership;
use crate::report::{Report, Source};

mod administrators;
mod alarm;
mod json;
mod organization;
#[cfg(test)]
mod tests;
mod text;
mod trail;
mod workloads;

pub use administrators::{Person, PersonKind, Privilege};

/// What changes when this account creates an organization.
#[derive(Debug)]
pub struct Preview {
    /// The account's id, where it was seen.
    pub account: Option<String>,
    /// Its place in an organization now.
    pub membership: Result<Membership, Unavailable>,
    /// The clock of the audit; of a snapshot, when its facts were recorded.
    pub generated_at: Timestamp,
    /// Where the facts came from.
    pub source: Source,
    /// What changes: first what the operator has to do something about.
    pub changes: Vec<Change>,
}

/// One thing that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its id, e.g. `service-control-policies`.
    pub id: &'static str,
    /// What it is about, as a heading.
    pub title: &'static str,
    /// What it means for this account: sentences without a full stop, each on its own.
    pub messages: Vec<String>,
    /// What the operator has to do about it: a sentence without a full stop; `None` for what changes by itself.
    pub todo: Option<&'static str>,
    /// Whom it concerns.
    pub people: Vec<Person>,
    /// The statement to add to the bucket's policy.
    pub statement: Option<Value>,
    /// What stood in the way of saying more.
    pub unseen: Vec<Unavailable>,
    /// AWS's page about it.
    pub reference: &'static str,
}

impl Change {
    fn new(id: &'static str, title: &'static str, reference: &'static str) -> Self {
        Change {
            id,
            title,
            messages: Vec::new(),
            todo: None,
            people: Vec::new(),
            statement: None,
            unseen: Vec::new(),
            reference,
        }
    }

    fn says(mut self, message: impl Into<String>) -> Self {
        self.messages.push(message.into());
        self
    }

    fn needs(self, todo: &'static str) -> Self {
        Change { todo: Some(todo), ..self }
    }

    fn lacks(mut self, unavailable: impl Into<Unavailable>) -> Self {
        let unavailable = unavailable.into();
        if !self.unseen.contains(&unavailable) {
            self.unseen.push(unavailable);
        }
        self
    }
}

impl Preview {
    /// What changes for this account; `report` is its audit.
    pub async fn of(account: &Account, report: &Report) -> Preview {
        let membership = report.account.membership.clone();
        let (administrators, trail, workloads) =
            tokio::join!(administrators::change(account), trail::changes(account, report), workloads::change(account));
        let [trail, bucket] = trail;
        let mut changes = vec![
            bucket,
            alarm::change(report),
            workloads,
            organization::email(),
            trail,
            administrators,
            organization::features(report),
            organization::management_account(&membership),
            organization::whether(&membership),
        ];
        // What has to be done first, else in this order.
        changes.sort_by_key(|change| change.todo.is_none());
        Preview {
            account: report.account.caller.as_ref().ok().map(|caller| caller.account.clone()),
            membership,
            generated_at: report.generated_at,
            source: report.source,
            changes,
        }
    }

    /// Whether this account can create an organization, as one sentence without a full stop.
    #[must_use]
    pub fn headline(&self) -> String {
        match &self.membership {
            Ok(Membership::Standalone) => "This account can create an organization".to_owned(),
            Ok(Membership::Management(organization)) => {
                format!("This account already manages organization {}", organization.id)
            }
            Ok(Membership::Member(organization)) => {
                format!("This account can't create an organization: it is a member of {}", organization.id)
            }
            Err(_) => "Unknown whether this account can create an organization".to_owned(),
        }
    }

    /// Whether this account can create an organization; `None` where that was not seen.
    #[must_use]
    pub fn can_create(&self) -> Option<bool> {
        match &self.membership {
            Ok(Membership::Standalone) => Some(true),
            Ok(Membership::Management(_) | Membership::Member(_)) => Some(false),
            Err(_) => None,
        }
    }
}

/// Previews an account.
///
/// # Errors
/// Bad usage, or no audit could be made.
pub(crate) fn run(options: &PreviewOptions, global: Global) -> Result<ExitStatus, Error> {
    if options.auditing.stage.is_some() {
        return Err(Error::usage(
            "--stage has no effect in preview: a preview has no stage",
            "leave --stage out, or run `stagecheck audit --stage …`",
        ));
    }
    let (account, report) = audit::audited_in_the_first_stage(&options.auditing, global)?;
    let account = account.closed();
    let preview = Preview::of(&account, &report)
        .now_or_never()
        .ok_or_else(|| Error::no_audit("the preview waits for data that nothing requested", "report this as a bug"))?;
    let style = global.style();
    print(|out| match options.format {
        PreviewFormat::Text if global.quiet => text::headline(&preview, &style, out),
        PreviewFormat::Text => text::write(&preview, &style, out),
        PreviewFormat::Json => json::write(&preview, out),
    })
}
