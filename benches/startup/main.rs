//! What the program costs before it is of use: `cargo bench --bench startup`.
//!
//! `STAGECHECK=path` measures another program than the one that cargo built; one without the `live` feature asks nobody anything.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark ends where something is not as it must be, and prints what it saw"
)]

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[expect(dead_code, reason = "the other benchmarks use the rest")]
#[path = "../measuring/mod.rs"]
mod measuring;

use measuring::{Times, ms, program};

/// How often each command is run. They take turns, so that whatever else the machine does meets them all.
const RUNS: usize = 51;

/// A fixture that an audit judges without asking anybody.
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/accounts/ready.json");

/// Commands that end by themselves, each with what it may take, in milliseconds.
const COMMANDS: [(&str, &[&str], Option<u32>); 4] = [
    ("--version", &["--version"], None),
    ("--help", &["--help"], Some(10)),
    ("explain", &["explain"], Some(10)),
    ("audit --snapshot", &["audit", "--snapshot", SNAPSHOT], Some(20)),
];

fn main() {
    println!("{}\n", measuring::headline());
    println!("from the start to the end, {RUNS} runs, in ms");
    println!("  command             least  median  9 of 10  target");
    let mut times = vec![Vec::new(); COMMANDS.len() + 1];
    for _ in 0..RUNS {
        times[0].push(to_the_end(OsStr::new("/bin/true"), &[]));
        for (index, (_, arguments, _)) in COMMANDS.iter().enumerate() {
            times[index + 1].push(to_the_end(&program(), arguments));
        }
    }
    let commands = COMMANDS.map(|(name, _, target)| (name, target));
    for ((name, target), times) in [("(/bin/true)", None)].into_iter().chain(commands).zip(times) {
        print(name, &Times::new(times), target);
    }

    println!("\nfrom the start of a live audit to its first connection, {RUNS} runs, in ms");
    println!("  endpoint            least  median  9 of 10");
    let schemes = ["http", "https"];
    let mut times = schemes.map(|_| Vec::new());
    for _ in 0..RUNS {
        for (scheme, times) in schemes.iter().zip(&mut times) {
            times.push(to_the_first_connection(scheme));
        }
    }
    for (scheme, times) in schemes.into_iter().zip(times) {
        print(scheme, &Times::new(times), None);
    }
}

fn print(name: &str, times: &Times, target: Option<u32>) {
    let target = target.map(|target| format!("{target:>6}")).unwrap_or_default();
    let (least, median, ninth) = (ms(times.least()), ms(times.median()), ms(times.ninth_tenth()));
    println!("  {name:<18} {least:>6.1}  {median:>6.1}  {ninth:>7.1}  {target}");
}

/// A program in an environment that holds nothing of ours; what it says is read by nobody.
fn bare(program: &OsStr, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().current_dir("/").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn to_the_end(program: &OsStr, arguments: &[&str]) -> Duration {
    let started = Instant::now();
    let status = bare(program, arguments).status().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let took = started.elapsed();
    assert!(status.success(), "{} {arguments:?} ended with {status}", program.display());
    took
}

/// Somebody listens and never answers.
fn to_the_first_connection(scheme: &str) -> Duration {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.set_nonblocking(true).expect("a listener that can be asked");
    let endpoint = format!("{scheme}://{}", listener.local_addr().expect("its number"));
    let started = Instant::now();
    let mut audit = bare(&program(), &["audit"]);
    audit.env("AWS_ENDPOINT_URL", endpoint).env("AWS_EC2_METADATA_DISABLED", "true");
    audit.env("AWS_ACCESS_KEY_ID", "610000000009").env("AWS_SECRET_ACCESS_KEY", "of no matter");
    let mut audit = audit.spawn().expect("the program");
    loop {
        match listener.accept() {
            Ok(_) => {
                let took = started.elapsed();
                end(&mut audit);
                return took;
            }
            // Asking all the time would take one core from the program, and every fifth of a millisecond takes none.
            Err(_) => std::thread::sleep(Duration::from_micros(200)),
        }
        let ended = audit.try_wait().expect("the program's state");
        assert!(ended.is_none(), "the audit asked nobody: was it built without the `live` feature?");
    }
}

fn end(audit: &mut Child) {
    audit.kill().expect("the program can be killed");
    audit.wait().expect("the program's end");
}
