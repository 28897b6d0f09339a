//! Which account, seen by whom, from where. What could not be seen says so in its place.

use crate::account::Unavailable;
use crate::config::settings::{Setting, SettingSource};
use crate::model::check::Precondition;
use crate::model::membership::Membership;
use crate::report::Report;

/// One thing that is known of the account, or why it is not.
pub(crate) struct Line {
    /// What it is.
    pub(crate) label: &'static str,
    /// What is known of it.
    pub(crate) text: String,
    /// What is to be said about that.
    pub(crate) advice: Option<&'static str>,
}

/// All that is said of the account as a whole.
pub(crate) fn header(report: &Report) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |label, text| lines.push(Line { label, text, advice: None });
    let account = &report.account;
    let expect = &report.expectations;
    match &account.caller {
        Ok(caller) => line("Account", caller.account.clone()),
        Err(unavailable) => line("Account", unseen(unavailable)),
    }
    match &account.alias {
        Ok(Some(alias)) => line("Alias", alias.clone()),
        Ok(None) => {}
        Err(unavailable) => line("Alias", unseen(unavailable)),
    }
    if let Ok(caller) = &account.caller {
        if caller.partition() != "aws" {
            line("Partition", caller.partition().to_owned());
        }
        let advice = caller
            .arn
            .ends_with(":root")
            .then_some("You are signed in as the root user. Use an IAM user or role instead.");
        lines.push(Line { label: "Audited as", text: caller.arn.clone(), advice });
    }
    let mut line = |label, text| lines.push(Line { label, text, advice: None });
    line("Home region", placed(&expect.home_region, "--region"));
    line("Billing region", placed(&expect.billing_region, "--billing-region"));
    match &account.enabled_regions {
        Ok(regions) => line("Regions", format!("{} enabled", regions.len())),
        Err(unavailable) => line("Regions", unseen(unavailable)),
    }
    line("Organization", membership(report));
    if let Some(config) = &report.config {
        line("Config file", config.clone());
    }
    lines
}

pub(super) fn unseen(unavailable: &Unavailable) -> String {
    format!("unknown: {}", unavailable.sentence())
}

/// A region, and where it came from.
pub(crate) fn placed(region: &Setting<String>, flag: &str) -> String {
    let origin = match region.origin {
        SettingSource::Flag => format!("from {flag}"),
        SettingSource::Config => "from the config file".to_owned(),
        SettingSource::Environment => "from the environment".to_owned(),
        SettingSource::Profile => "from the AWS profile".to_owned(),
        SettingSource::Default => "default".to_owned(),
    };
    format!("{} ({origin})", region.value)
}

/// The account's place in an organization, and what the stage says of it where its headline does not.
pub(crate) fn membership(report: &Report) -> String {
    match &report.account.membership {
        Ok(Membership::Standalone) => "none (standalone account)".to_owned(),
        Ok(Membership::Management(organization)) => {
            format!("{} (this is its management account)", organization.id)
        }
        Ok(Membership::Member(organization)) => {
            let place =
                format!("member of {} (management account {})", organization.id, organization.management_account);
            match report.precondition() {
                Precondition::Fails { outweighs: false, .. } => {
                    format!("{place}. A member account can't create an organization")
                }
                _ => place,
            }
        }
        Err(unavailable) => unseen(unavailable),
    }
}
