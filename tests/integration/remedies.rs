//! Every remedy closes its own finding: the commands that a report prints are run as printed, in a shell that has the AWS CLI and
//! nothing but the inputs that the remedy lists, and the account is audited again.
//!
//! `cases` holds the accounts, `ledger` that no remedy and no requirement is left out.

mod alerts;
#[cfg(feature = "live")]
mod changing;
mod identities;
#[cfg(feature = "live")]
mod ledger;
#[cfg(feature = "live")]
mod proof;
mod trails;
mod whole;

use crate::support::account::Account;
use crate::support::proxy::Proxy;

/// An account with something wrong, and the findings that commands close in it.
pub(crate) struct Case {
    /// The account's number in the emulator.
    account: &'static str,
    /// Builds it, with a proxy for what the emulator cannot hold.
    make: fn(Account) -> Proxy,
    /// The findings whose commands are run, one after the other: the requirement, and how the remedy's summary begins.
    closes: &'static [(&'static str, &'static str)],
    /// The requirements that fail at the end, since no command helps.
    leaves: &'static [&'static str],
    /// The user who reads the log: `LOG_READER`.
    reader: &'static str,
    /// Further arguments of the audits.
    arguments: &'static [&'static str],
}

/// Where nothing else is said.
const CASE: Case = Case { account: "", make: Proxy::to, closes: &[], leaves: &[], reader: "reader", arguments: &[] };

/// Lists the cases, and makes one test of each.
macro_rules! cases {
    ($($test:ident: $case:path,)*) => {
        /// All of them.
        pub(crate) const CASES: &[&Case] = &[$(&$case),*];

        #[cfg(feature = "live")]
        mod closes_its_own_findings {
            use super::{alerts, identities, proof, trails, whole};

            $(
                #[test]
                fn $test() {
                    proof::prove(&$case);
                }
            )*
        }
    };
}

cases! {
    empty_account: whole::EMPTY,
    bucket_of_no_trail: trails::NO_TRAIL,
}
