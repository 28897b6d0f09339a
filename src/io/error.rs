//! Why no report was made: one lower-case sentence, what to do about it, and the exit status.

use crate::io::exit_status::ExitStatus;

/// Why the program ends without a report.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// One lower-case sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// How the program ends.
    pub status: ExitStatus,
}

impl Error {
    /// Bad usage: the operator can mend it.
    #[must_use]
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Error { message: message.into(), help: help.into(), status: ExitStatus::Usage }
    }

    /// No audit could be made.
    #[must_use]
    pub fn no_audit(message: impl Into<String>, help: impl Into<String>) -> Self {
        Error { message: message.into(), help: help.into(), status: ExitStatus::NoAudit }
    }
}
