//! The top of the report: which account, seen by whom, from where. What could not be seen says so in its place.

use std::io;

use crate::account::Unavailable;
use crate::expectations::{Origin, Setting};
use crate::report::{Membership, Report, Source};
use crate::terminal::{Lead, Page};

/// The columns of the labels.
const LABELS: usize = 16;

pub(in crate::render) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let source = match report.source {
        Source::Live => "live",
        Source::Snapshot => "from a snapshot",
    };
    let when = report.generated_at.strftime("%Y-%m-%d %H:%M UTC");
    page.heading(&format!("stagecheck {}: {}, {when}, {source}", env!("CARGO_PKG_VERSION"), report.stage.id))?;
    page.blank()?;

    let account = &report.account;
    let mut line = |label: &str, text: &str| page.beside(0, Lead::label(label, LABELS), text);
    match &account.caller {
        Ok(caller) => {
            line("Account", &caller.account)?;
            alias(&account.alias, &mut line)?;
            if caller.partition() != "aws" {
                line("Partition", caller.partition())?;
            }
            line("Audited as", &caller.arn)?;
            if caller.arn.ends_with(":root") {
                line("", "audited as the root user: use an administrator user instead")?;
            }
        }
        Err(unavailable) => {
            line("Account", &unseen(unavailable))?;
            alias(&account.alias, &mut line)?;
        }
    }
    let expect = &report.expectations;
    line("Home region", &placed(&expect.home_region, "--region"))?;
    line("Billing region", &placed(&expect.billing_region, "--billing-region"))?;
    match &account.enabled_regions {
        Ok(regions) => line("Regions", &format!("{} enabled", regions.len()))?,
        Err(unavailable) => line("Regions", &unseen(unavailable))?,
    }
    line("Organization", &membership(&account.membership))?;
    if let Some(config) = &report.config {
        line("Config file", config)?;
    }
    Ok(())
}

fn alias(
    alias: &Result<Option<String>, Unavailable>,
    line: &mut impl FnMut(&str, &str) -> io::Result<()>,
) -> io::Result<()> {
    match alias {
        Ok(Some(alias)) => line("Alias", alias),
        Ok(None) => Ok(()),
        Err(unavailable) => line("Alias", &unseen(unavailable)),
    }
}

fn unseen(unavailable: &Unavailable) -> String {
    format!("unseen: {}", unavailable.sentence())
}

/// A region, and where it came from.
pub(super) fn placed(region: &Setting<String>, flag: &str) -> String {
    let origin = match region.origin {
        Origin::Flag => format!("from {flag}"),
        Origin::Config => "from the config file".to_owned(),
        Origin::Environment => "from the environment".to_owned(),
        Origin::Profile => "from the AWS profile".to_owned(),
        Origin::Default => "default".to_owned(),
    };
    format!("{} ({origin})", region.value)
}

fn membership(membership: &Result<Membership, Unavailable>) -> String {
    match membership {
        Ok(Membership::Standalone) => "none yet: a standalone account".to_owned(),
        Ok(Membership::Management(organization)) => {
            format!("{}: this is already its management account", organization.id)
        }
        Ok(Membership::Member(organization)) => format!(
            "{}: a member of it, managed by {}; a member can never create an organization of its own",
            organization.id, organization.management_account
        ),
        Err(unavailable) => unseen(unavailable),
    }
}
