//! The AWS emulator: started once a test process, shared by its tests, gone with it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use hyper::{HeaderMap, Method};

use super::http::{exchange, runtime};
use super::python::{self, Environment};

/// Ends COMMAND when standard input ends, which the kernel sees to however the test process goes: Rust drops no statics, and nothing runs after a SIGKILL.
const WATCHDOG: &str = r"
import os, subprocess, sys, threading
emulator = subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL)
def leave_with_it():
    os._exit(emulator.wait() or 1)
threading.Thread(target=leave_with_it, daemon=True).start()
try:
    sys.stdin.buffer.read()
finally:
    emulator.terminate()
    try:
        emulator.wait(5)
    except subprocess.TimeoutExpired:
        emulator.kill()
    os._exit(0)
";

/// A program that answers for AWS.
struct Kind {
    python: &'static Environment,
    /// How it is started, a list of Python strings.
    command: &'static str,
    /// What answers once it is ready.
    health: &'static str,
}

const MINISTACK: Kind =
    Kind { python: &python::EMULATOR, command: r#"[sys.executable, "-m", "ministack"]"#, health: "/_ministack/health" };

#[cfg(feature = "live")]
const MOTO: Kind = Kind {
    python: &python::ORGANIZATIONS,
    command: r#"[sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "PORT"]"#,
    health: "/moto-api/data.json",
};

/// A running emulator. It holds any number of separate accounts.
pub(crate) struct Emulator {
    pub(crate) address: SocketAddr,
    pub(crate) log: PathBuf,
    pub(crate) process: u32,
    _lifeline: ChildStdin,
}

impl Emulator {
    /// The one that lets everybody do everything.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Emulator> = OnceLock::new();
        SHARED.get_or_init(|| Self::start("emulator", &MINISTACK, &[]))
    }

    /// The one that enforces IAM for users that were made in it; an account's number stays its root's access key.
    pub(crate) fn enforcing() -> &'static Self {
        static ENFORCING: OnceLock<Emulator> = OnceLock::new();
        ENFORCING.get_or_init(|| Self::start("enforcing-emulator", &MINISTACK, &[("AUTH", "true")]))
    }

    /// The one for Organizations and IAM Identity Center. The account of a call is in a header.
    #[cfg(feature = "live")]
    pub(crate) fn of_organizations() -> &'static Self {
        static ORGANIZATIONS: OnceLock<Emulator> = OnceLock::new();
        ORGANIZATIONS.get_or_init(|| Self::start("emulator-of-organizations", &MOTO, &[]))
    }

    fn start(name: &str, kind: &Kind, settings: &[(&str, &str)]) -> Self {
        let python = kind.python.interpreter();
        let folder = python::fresh_folder(name);
        // Another process may take the port between our letting go of it and the emulator's taking it.
        for _ in 0..3 {
            if let Some(started) = Self::try_start(&python, &folder, kind, settings) {
                return started;
            }
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("the emulator did not start; its log, {}:\n{log}", folder.join("log").display());
    }

    fn try_start(python: &Path, folder: &Path, kind: &Kind, settings: &[(&str, &str)]) -> Option<Self> {
        let port = free_port();
        let log = folder.join("log");
        let output = File::create(&log).expect("the emulator's log");
        let mut watchdog = Command::new(python)
            .args(["-c", &Self::watchdog_of(&kind.command.replace("PORT", &port.to_string()))])
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .env("S3_DATA_DIR", folder.join("s3"))
            .env("PYTHONUNBUFFERED", "1")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("the log for two streams"))
            .stderr(output)
            .spawn()
            .expect("the emulator's watchdog");
        let started = Self {
            address: (Ipv4Addr::LOCALHOST, port).into(),
            log,
            process: watchdog.id(),
            _lifeline: watchdog.stdin.take().expect("the watchdog's standard input"),
        };
        started.is_ready(kind, &mut watchdog).then_some(started)
    }

    /// The Python program that watches over this command, a list of Python strings.
    pub(crate) fn watchdog_of(command: &str) -> String {
        WATCHDOG.replace("COMMAND", command)
    }

    /// Waits until it answers. What answers must be ours: the log says that it has the port.
    fn is_ready(&self, kind: &Kind, watchdog: &mut Child) -> bool {
        let patience = Instant::now() + Duration::from_mins(1);
        while Instant::now() < patience {
            if watchdog.try_wait().expect("the watchdog's state").is_some() {
                return false;
            }
            let answer =
                runtime().block_on(exchange(self.address, Method::GET, kind.health, HeaderMap::new(), Vec::new()));
            let listens = || fs::read_to_string(&self.log).is_ok_and(|log| log.contains("Running on http://"));
            if answer.is_ok_and(|answer| answer.succeeded()) && listens() {
                return true;
            }
            sleep(Duration::from_millis(50));
        }
        false
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("the free port's number").port()
}
