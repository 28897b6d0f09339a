//! How the program ends.

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: no check failed but by what is waived, none is unknown (with `--strict`, none warns).
    Ready,
    /// 1: at least one check failed (or warns, with `--strict`), or the account is a member of an organization.
    NotReady,
    /// 1 as well, of `stagecheck diff`: something got worse.
    Worse,
    /// 2: bad usage: an unknown option, an unreadable or invalid config or snapshot, an output that cannot be written.
    Usage,
    /// 3: nothing failed, but at least one check is unknown.
    Undetermined,
    /// 4: no audit could be made: no credentials, refused or expired ones, AWS not reachable at all.
    NoAudit,
}

impl ExitStatus {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            ExitStatus::Ready => 0,
            ExitStatus::NotReady | ExitStatus::Worse => 1,
            ExitStatus::Usage => 2,
            ExitStatus::Undetermined => 3,
            ExitStatus::NoAudit => 4,
        }
    }
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        std::process::ExitCode::from(status.code())
    }
}
