//! The accounts that are audited.

use crate::support::account::Account;
use crate::support::edits::{self, Root};
use crate::support::proxy::Proxy;

/// One account, as the emulator and a proxy before it make it.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) number: &'static str,
    pub(crate) make: fn(Account) -> Proxy,
    /// The exit status of its audit.
    pub(crate) status: i32,
}

/// All labs are done.
pub(crate) const READY: Measured = Measured {
    name: "ready",
    number: "610000000001",
    make: |account| Proxy::to(account.ready()).with_all(edits::ready()),
    status: 0,
};

/// Accounts that fail, so that the audit searches on for what it did not find.
pub(crate) const FAILING: [Measured; 2] = [
    Measured {
        name: "empty",
        number: "610000000002",
        make: |account| Proxy::to(account).with(edits::root(Root { mfa: false, ..Root::default() })),
        status: 1,
    },
    Measured {
        name: "the topic in another region",
        number: "610000000003",
        make: |account| Proxy::to(account.ready_but_for_the_topic_in("eu-west-1")).with_all(edits::ready()),
        status: 1,
    },
];
