//! The same accounts, audited by this tool and by others: `cargo bench --bench side-by-side`.
//!
//! Each account is built in the emulator, and every program asks the same proxy in front of it. Prowler is installed under `target` at the
//! first run, 2.3 GB; `--without-prowler` leaves it out. `STAGECHECK=path` measures another program than the one that cargo built.
//! What was seen stands in docs/performance.md.

#![cfg(target_os = "linux")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a benchmark ends where something is not as it must be, and prints what it saw"
)]

use std::path::Path;
use std::process::{Command, Stdio};

mod aws_cli;
#[path = "../../benches/measuring/cost.rs"]
mod cost;
#[expect(dead_code, reason = "other benchmarks use the rest")]
#[path = "../../benches/measuring/mod.rs"]
mod measuring;
mod prowler;
mod stagecheck_itself;
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
#[path = "../../tests/integration/stories/mod.rs"]
mod stories;
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
#[path = "../../tests/integration/support/mod.rs"]
mod support;
mod tables;
mod verdicts;

use cost::Cost;
use stories::{STORIES, Story};
use support::account::Account;
use support::proxy::Proxy;
use tables::Audited;
use verdicts::Verdicts;

/// Whoever asks is the account's root: the emulator takes any secret.
const SECRET: &str = "of no matter";

/// What a tool cost on one account.
pub(crate) struct Spent {
    cost: Cost,
    calls: usize,
}

fn main() {
    let prowler = !std::env::args().any(|argument| argument == "--without-prowler");
    println!("{}\n", measuring::headline());
    let audited: Vec<Audited> = STORIES.iter().map(|story| audit(story, prowler)).collect();
    tables::costs(&audited);
    tables::verdicts(&audited);
}

/// Has one account audited by everybody.
fn audit(story: &Story, prowler: bool) -> Audited {
    eprintln!("{} …", story.name);
    let account = Account::new(story.account);
    let proxy = (story.make)(account);
    let truth = Verdicts::of(story);
    let (own, calls) = stagecheck_itself::audit(account, &proxy);
    let by_hand = aws_cli::ask_one_after_another(account, &proxy, &calls);
    let prowler = prowler.then(|| prowler::audit(account, &proxy));
    Audited { name: story.name, truth, own, by_hand, prowler }
}

/// Runs a program against the account, and counts the calls that it makes.
fn spent(program: &Path, account: Account, proxy: &Proxy, more: impl FnOnce(&mut Command)) -> Spent {
    let before = proxy.calls().len();
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("AWS_ENDPOINT_URL", proxy.url())
        .env("AWS_ACCESS_KEY_ID", account.id)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_DEFAULT_REGION", support::account::HOME)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stderr(Stdio::null());
    more(&mut command);
    let cost = cost::run(&mut command);
    Spent { cost, calls: proxy.calls().len() - before }
}
