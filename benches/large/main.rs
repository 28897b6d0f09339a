//! What large accounts cost: made at four sizes, audited from a file and, where a program with AWS's SDK is at hand, over HTTP.
//!
//! `cargo bench --bench large` builds one; `STAGECHECK=path/to/stagecheck cargo bench --no-default-features --bench large` takes that.

#![expect(
    clippy::expect_used,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

mod account;
mod answers;
#[path = "../measuring/cost.rs"]
mod cost;
#[expect(dead_code, reason = "the other benchmarks use the rest")]
#[path = "../measuring/mod.rs"]
mod measuring;
mod pages;
mod server;
mod support;
mod xml;

use account::{Account, Scale};
use answers::Aws;
use cost::Cost;
use server::Server;

/// Of so many runs the fastest is shown: what else the machine does only ever adds.
const RUNS: usize = 3;

fn main() {
    let program = PathBuf::from(measuring::program());
    println!("size | source   |   wall | wall / size |    CPU | CPU / size | peak memory | calls");
    println!("---: | :------- | -----: | ----------: | -----: | ---------: | ----------: | ----:");
    let mut first: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for size in [1, 2, 4, 8] {
        let account = Account::of(Scale(size));
        let folder = tempfile::tempdir().expect("a folder");
        let snapshot = folder.path().join("snapshot.json");
        std::fs::write(&snapshot, account.snapshot()).expect("room for the snapshot");
        let mut row = |source, cost: &Cost, calls: Option<usize>| {
            let (wall, cpu) = (cost.wall.as_secs_f64(), cost.cpu.as_secs_f64());
            let (wall_once, cpu_once) = *first.entry(source).or_insert((wall, cpu));
            let growth = |now: f64, once: f64| now / once / f64::from(size);
            let calls = calls.map_or_else(|| "-".to_owned(), |calls| calls.to_string());
            println!(
                "{size}×   | {source:8} | {wall:4.2} s | {:11.2} | {cpu:4.2} s | {:10.2} | {:8} MB | {calls:>5}",
                growth(wall, wall_once),
                growth(cpu, cpu_once),
                cost.peak * 1024 / 1_000_000,
            );
        };
        let offline = fastest(|| cost::run(audit(&program).arg("--snapshot").arg(&snapshot)));
        row("snapshot", &offline, None);
        if measuring::asks_aws() {
            let server = Server::of(Aws::of(account));
            let mut calls = 0;
            let online = fastest(|| {
                let cost = cost::run(ask(&mut audit(&program), &server));
                calls = server.calls();
                cost
            });
            row("live", &online, Some(calls));
            compare(&offline.stdout, &online.stdout);
        }
    }
}

fn audit(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().args(["audit", "--format", "json"]);
    command
}

fn ask<'a>(command: &'a mut Command, server: &Server) -> &'a mut Command {
    command
        .args(["--no-progress", "--timeout", "600"])
        .env("AWS_ENDPOINT_URL", format!("http://{}", server.address))
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "of no matter")
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

fn fastest(run: impl FnMut() -> Cost) -> Cost {
    let mut runs: Vec<Cost> = std::iter::repeat_with(run).take(RUNS).collect();
    for run in &runs {
        assert!(matches!(run.ended.code(), Some(0..=3)), "the audit ended with {}", run.ended);
    }
    runs.sort_by_key(|cost| cost.cpu);
    runs.swap_remove(0)
}

/// Both are told of the same account, so both have to find the same.
fn compare(offline: &str, online: &str) {
    let (offline, online) = (findings(offline), findings(online));
    assert!(!offline.is_empty(), "the audit found nothing at all");
    let differing = offline.iter().zip(&online).find(|(one, other)| one != other);
    assert!(
        offline.len() == online.len() && differing.is_none(),
        "{} findings of the snapshot, {} of the calls; the first that differ: {differing:#?}",
        offline.len(),
        online.len()
    );
}

/// Id, status and resource of each finding.
fn findings(report: &str) -> Vec<[Value; 3]> {
    let report: Value = serde_json::from_str(report).expect("a report");
    let checks = report["checks"].as_array().expect("checks").iter();
    let findings = checks.flat_map(|check| check["findings"].as_array().expect("findings"));
    findings.map(|finding| ["id", "status", "resource"].map(|key| finding[key].clone())).collect()
}
