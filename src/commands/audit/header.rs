//! What is known of the account as a whole, asked for beside the checks.

use crate::account::{Account, Unavailable};
use crate::model::membership::Membership;
use crate::report::AccountHeader;

/// Asks for what is shown at the top; `region` is the one to ask which Regions are enabled.
pub(crate) async fn of(account: &Account, region: &str) -> AccountHeader {
    let (caller, alias, regions, organization) = tokio::join!(
        account.caller(),
        account.account_alias(),
        account.enabled_regions(region),
        account.organization()
    );
    let membership = Membership::of(organization, caller);
    AccountHeader {
        caller: caller.map(|seen| seen.get().clone()).map_err(Unavailable::from),
        alias: alias.map(|seen| seen.get().clone()).map_err(Unavailable::from),
        enabled_regions: regions
            .map(|seen| {
                let mut regions = seen.get().clone();
                regions.sort_unstable();
                regions
            })
            .map_err(Unavailable::from),
        membership,
    }
}
