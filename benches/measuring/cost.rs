//! What one run of a program costs, by the kernel's count.

use std::fs;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a run cost, and what it left.
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// In user mode and in the kernel, of all threads.
    pub(crate) cpu: Duration,
    /// The most memory that was resident at once, in KiB.
    pub(crate) peak: u64,
    pub(crate) ended: ExitStatus,
    pub(crate) stdout: String,
}

/// The kernel's ticks a second, as it shows them: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
const TICKS: u64 = 100;

/// Runs it to its end. The peak is read from `/proc`: what the kernel tells a parent of its child's peak begins with the parent's own.
pub(crate) fn run(command: &mut Command) -> Cost {
    let folder = tempfile::tempdir().expect("a folder for the run");
    let out = folder.path().join("stdout");
    let stdout = fs::File::create(&out).expect("a file for what it prints");
    let started = Instant::now();
    let mut child = command
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .stdin(Stdio::null())
        .stdout(stdout)
        .spawn()
        .expect("the program");
    let own = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).expect("/proc, as Linux has it");
    let mut peak = 0;
    loop {
        let status = own("status");
        // It has ended, and waits to be asked how.
        let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:")) else { break };
        peak = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number of KiB");
        thread::sleep(Duration::from_millis(1));
    }
    let wall = started.elapsed();
    // The name, in brackets, may hold anything; the two times are the twelfth and thirteenth field behind it.
    let stat = own("stat");
    let behind = stat.rsplit_once(')').expect("the program's name").1;
    let ticks: u64 = behind.split_whitespace().skip(11).take(2).map(|time| time.parse::<u64>().expect("ticks")).sum();
    Cost {
        wall,
        cpu: Duration::from_millis(ticks * 1000 / TICKS),
        peak,
        ended: child.wait().expect("its end"),
        stdout: fs::read_to_string(out).expect("what it printed"),
    }
}
