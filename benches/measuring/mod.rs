//! What the benchmarks need: the program, the machine, and the middle of many runs.

use std::ffi::OsString;
use std::fs;
use std::thread::available_parallelism;
use std::time::Duration;

/// Names another program to measure than the one that cargo built.
const PROGRAM: &str = "STAGECHECK";

/// The program that is measured: `STAGECHECK`, else the one that cargo built for this benchmark.
pub(crate) fn program() -> OsString {
    std::env::var_os(PROGRAM).map_or_else(
        || env!("CARGO_BIN_EXE_stagecheck").into(),
        // The program runs in a folder of its own, so that a relative path would lead nowhere.
        |path| fs::canonicalize(&path).unwrap_or_else(|error| panic!("{PROGRAM}={}: {error}", path.display())).into(),
    )
}

/// Whether the program that is measured has AWS's SDK: one that was named is taken to have it.
pub(crate) fn asks_aws() -> bool {
    cfg!(feature = "live") || std::env::var_os(PROGRAM).is_some()
}

/// What was measured, and where.
pub(crate) fn headline() -> String {
    let program = program();
    let size = fs::metadata(&program).map(|file| file.len()).unwrap_or_default();
    let cores = available_parallelism().map_or(0, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("an unknown processor");
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!(
        "{} ({:.1} MB), {cores} cores of {}, load {load}",
        program.display(),
        size_in_mb(size),
        model.trim_start_matches(['\t', ' ', ':'])
    )
}

fn size_in_mb(bytes: u64) -> f64 {
    Duration::from_micros(bytes).as_secs_f64()
}

/// Milliseconds, with fractions.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Sorted times: the middle one, and how far the others lie from it.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was measured");
        times.sort_unstable();
        Self(times)
    }

    pub(crate) fn least(&self) -> Duration {
        self.0[0]
    }

    pub(crate) fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    /// Nine of ten are no longer.
    pub(crate) fn ninth_tenth(&self) -> Duration {
        self.0[self.0.len() * 9 / 10]
    }
}
