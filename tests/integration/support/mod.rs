//! What the end-to-end tests stand on: an AWS emulator, a proxy before it, accounts in it, and runs of the real program.
//!
//! The emulator holds accounts, the proxy supplies what the emulator cannot hold, and neither uses the AWS SDK.

pub(crate) mod account;
#[cfg(feature = "live")]
pub(crate) mod aws_cli;
pub(crate) mod call;
pub(crate) mod cbor;
pub(crate) mod certificate;
pub(crate) mod checkers;
pub(crate) mod content;
pub(crate) mod edits;
pub(crate) mod emulator;
pub(crate) mod gfm;
pub(crate) mod http;
#[cfg(feature = "live")]
pub(crate) mod organization;
pub(crate) mod proxy;
pub(crate) mod python;
pub(crate) mod refusal;
pub(crate) mod rounds;
pub(crate) mod rules;
pub(crate) mod run;
#[cfg(feature = "live")]
pub(crate) mod service;
#[cfg(feature = "live")]
pub(crate) mod tls;
pub(crate) mod tools;
