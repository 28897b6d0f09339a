//! How an audit ends when it is interrupted, when nobody reads it, and when what it writes cannot be written.

mod interrupted;
mod places;

use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::run::Ran;

/// An account of its own, finished.
fn ready(id: &'static str) -> (Account, Proxy) {
    let account = Account::new(id).ready();
    (account, Proxy::to(account).with_all(edits::ready()))
}

/// The names of the files in the working folder.
fn files(ran: &Ran) -> Vec<String> {
    let entries = std::fs::read_dir(ran.path(".")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
