//! Runs the real program as a user would, in an environment that holds nothing of ours.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::account::{AccessKey, Account};
use super::proxy::Proxy;
#[cfg(feature = "live")]
use super::python::EMULATOR;
use super::python::scratch;

/// The program that is tested.
const STAGECHECK: &str = env!("CARGO_BIN_EXE_stagecheck");

/// One run, yet to start. A folder of its own is its home and its working folder.
pub(crate) struct Run {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    input: Vec<u8>,
    folder: TempDir,
    limit: Duration,
    interrupt: Option<Box<dyn Fn() -> bool>>,
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Where it ran; gone with this value.
    folder: TempDir,
}

impl Run {
    /// `stagecheck` with these arguments, without credentials.
    pub(crate) fn stagecheck<const N: usize>(arguments: [&str; N]) -> Self {
        Self::program(STAGECHECK).args(arguments)
    }

    /// `stagecheck audit` of this account through the proxy, by its root.
    pub(crate) fn audit(account: Account, proxy: &Proxy) -> Self {
        let root = AccessKey { id: account.id.to_owned(), secret: "of no matter".to_owned() };
        Self::audit_as(&root, proxy)
    }

    /// The same by the user who has this key.
    pub(crate) fn audit_as(key: &AccessKey, proxy: &Proxy) -> Self {
        Self::stagecheck(["audit"])
            .env("AWS_ENDPOINT_URL", proxy.url())
            .env("AWS_ACCESS_KEY_ID", &key.id)
            .env("AWS_SECRET_ACCESS_KEY", &key.secret)
    }

    /// Another program, in the same bare environment.
    pub(crate) fn program(program: impl Into<OsString>) -> Self {
        std::fs::create_dir_all(scratch()).expect("the tests' scratch folder");
        let folder = TempDir::new_in(scratch()).expect("a folder for the run");
        let run = Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: Vec::new(),
            limit: Duration::from_mins(1),
            interrupt: None,
            folder,
        };
        let home = run.folder.path().to_owned();
        // Outside the cloud, asking for the machine's own role only costs time. A test of that sets it to false.
        run.env("HOME", home).env("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// A script of bash; `$0` in it is the program, and `$1` the first argument.
    pub(crate) fn shell(script: &str) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self::program("bash").args(["-c", script, STAGECHECK]).env("PATH", path)
    }

    /// Runs this in place of the program, without arguments.
    pub(crate) fn instead(mut self, program: impl Into<OsString>) -> Self {
        self.program = program.into();
        self.arguments.clear();
        self
    }

    /// Runs it by another program, which finds it and its arguments behind `words`.
    #[cfg(feature = "live")]
    pub(crate) fn by<const N: usize>(mut self, other: impl Into<OsString>, words: [&str; N]) -> Self {
        let program = std::mem::replace(&mut self.program, other.into());
        self.arguments.splice(0..0, words.map(OsString::from).into_iter().chain([program]).collect::<Vec<_>>());
        self
    }

    /// Runs it by a script of the Python that the tests need anyway.
    #[cfg(feature = "live")]
    fn by_python(self, script: &str) -> Self {
        self.by(EMULATOR.interpreter(), ["-c", script])
    }

    /// Runs it in a terminal, whose screen is then its standard output.
    #[cfg(feature = "live")]
    pub(crate) fn on_a_terminal(self) -> Self {
        const TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        self.by_python(TERMINAL).env("TERM", "xterm")
    }

    /// One argument more.
    pub(crate) fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Some arguments more.
    pub(crate) fn args<A: Into<OsString>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.into(), value.as_ref().into()));
        self
    }

    /// Writes a file into the working folder first.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        self.bytes(name, text.as_bytes())
    }

    /// The same of a file that may be no text.
    pub(crate) fn bytes(self, name: &str, text: &[u8]) -> Self {
        let file = self.folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the file's folder");
        std::fs::write(file, text).expect("a file for the run");
        self
    }

    /// The path of a file in the working folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the program finds on its standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = text.into();
        self
    }

    /// Kills the program, and fails, when it takes longer.
    pub(crate) fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Presses Ctrl-C as soon as this holds.
    ///
    /// A job in the background of a shell ignores Ctrl-C, and so does every program that it starts: so Python, which the tests need
    /// anyway, sets that back and then becomes the program.
    #[cfg(feature = "live")]
    pub(crate) fn interrupted_when(mut self, now: impl Fn() -> bool + 'static) -> Self {
        const DEFAULT: &str =
            "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])";
        self.interrupt = Some(Box::new(now));
        self.by_python(DEFAULT)
    }

    /// Runs it; any other exit status fails the test and shows what the program said.
    pub(crate) fn expect(self, status: i32) -> Ran {
        let ran = self.run();
        assert_eq!(ran.status, status, "exit status\n--- stdout\n{}\n--- stderr\n{}", ran.stdout, ran.stderr);
        ran
    }

    /// Runs it; the test judges its exit status.
    pub(crate) fn whatever(self) -> Ran {
        self.run()
    }

    fn run(self) -> Ran {
        let started = Instant::now();
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let mut stdin = child.stdin.take().expect("the program's standard input");
        let input = self.input;
        let mut interrupt = self.interrupt;
        // A program that reads nothing of it has closed its end, which is no fault.
        thread::spawn(move || stdin.write_all(&input));
        // Both streams are read beside the wait, or a program that says much would wait for us.
        let stdout = reader(child.stdout.take());
        let stderr = reader(child.stderr.take());
        let (status, in_time) = loop {
            if let Some(status) = child.try_wait().expect("the program's state") {
                break (status, true);
            }
            if interrupt.as_ref().is_some_and(|now| now()) {
                interrupt = None;
                let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
                assert!(killed.expect("kill runs").success(), "the program can be interrupted");
            }
            if started.elapsed() > self.limit {
                child.kill().expect("the program can be killed");
                break (child.wait().expect("the program's end"), false);
            }
            thread::sleep(Duration::from_millis(1));
        };
        let text = |reader: thread::JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&reader.join().expect("a stream's reader")).into_owned()
        };
        let (stdout, stderr) = (text(stdout), text(stderr));
        let said = format!("--- stdout\n{stdout}\n--- stderr\n{stderr}");
        assert!(in_time, "{} did not end within {:?}\n{said}", self.program.display(), self.limit);
        // As a shell tells it: 130 is the end by Ctrl-C.
        let status = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
        let status = status.unwrap_or_else(|| panic!("{} has not ended\n{said}", self.program.display()));
        Ran { status, stdout, stderr, folder: self.folder }
    }
}

impl Ran {
    /// Standard output read as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr))
    }

    /// The path of a file in the working folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file that the program wrote.
    pub(crate) fn wrote(&self, name: &str) -> String {
        let file = self.path(name);
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }
}

fn reader(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    let mut stream = stream.expect("the program's stream");
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("what the program says");
        bytes
    })
}
