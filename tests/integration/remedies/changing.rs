//! What the emulator cannot hold and the proxy supplies, until the commands have changed it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::call::Call;
use crate::support::rules::Rule;

/// Whether a call was made that changes what a rule tells.
#[derive(Clone)]
pub(super) struct Change {
    service: &'static str,
    operation: &'static str,
    made: Arc<AtomicBool>,
}

impl Change {
    /// Made by this call, once AWS has answered that it is done.
    pub(super) fn by(service: &'static str, operation: &'static str) -> Self {
        Self { service, operation, made: Arc::default() }
    }

    /// Sees the call.
    pub(super) fn seen(&self) -> Rule {
        let made = Arc::clone(&self.made);
        Rule::on(self.service, self.operation).edit(move |_| made.store(true, Ordering::SeqCst))
    }

    /// For a rule that ends with it.
    pub(super) fn to_come(&self) -> impl Fn(&Call) -> bool + Send + Sync + 'static + use<> {
        let made = Arc::clone(&self.made);
        move |_| !made.load(Ordering::SeqCst)
    }

    /// For a rule that begins with it.
    pub(super) fn is_made(&self) -> impl Fn(&Call) -> bool + Send + Sync + 'static + use<> {
        let made = Arc::clone(&self.made);
        move |_| made.load(Ordering::SeqCst)
    }
}
