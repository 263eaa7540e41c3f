//! Every check of this repository, in the order in which they fail fastest.
//!
//! lint: formatting, clippy for the machine and for the browser.
//! unit: `cargo test` of the whole workspace, on SQLite and PostgreSQL.
//! e2e: the built program in Chromium, against a real Dovecot and Postfix and OpenID providers.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::Value;

use crate::build::{self, Options};
use crate::failure::{Context, Failure, Result};
use crate::repository::Repository;
use crate::servers::{self, Servers};
use crate::{debian, interrupt, node, process::Running, shell, size};

/// A part that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Formatting and clippy.
    Lint,
    /// The tests of the crates.
    Unit,
    /// The program in a browser, with real mail servers.
    E2e,
}

/// Runs all parts, also those after one that failed, and says how long each took.
pub fn run(repository: &Repository, only: Option<Part>, port_offset: u16, playwright: &[String]) -> Result<()> {
    let mut failed = Vec::new();
    let mut times = Vec::new();
    for part in [Part::Lint, Part::Unit, Part::E2e] {
        if only.is_some_and(|only| only != part) {
            continue;
        }
        let start = Instant::now();
        let result = match part {
            Part::Lint => lint(repository),
            Part::Unit => unit(repository),
            Part::E2e => end2end(repository, only, port_offset, playwright, &mut times),
        };
        times.push((name(part), start.elapsed()));
        interrupt::check()?;
        if let Err(failure) = result {
            eprintln!("\n{}: {failure}", name(part));
            failed.push(name(part));
        }
    }
    println!();
    for (part, time) in &times {
        println!("{part:<28} {}", minutes(*time));
    }
    if !failed.is_empty() {
        println!("\nFailed: {}", failed.join(", "));
    }
    if only.is_none_or(|only| only == Part::E2e) {
        // Said again at the very end, where whoever reads a long log looks first.
        println!("\n{}", Counts::read(&report(repository)).unwrap_or_default());
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::told()) }
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Lint => "lint",
        Part::Unit => "unit",
        Part::E2e => "e2e",
    }
}

fn minutes(time: Duration) -> String {
    format!("{:>3} m {:02} s", time.as_secs() / 60, time.as_secs() % 60)
}

fn lint(repository: &Repository) -> Result<()> {
    shell::run(build::cargo(repository).args(["fmt", "--all", "--check"]))?;
    let mut native = build::cargo(repository);
    native.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    shell::run(&mut native)?;
    build::add_target()?;
    let mut browser = build::cargo(repository);
    browser.args(["clippy", "--package", "postroom-app", "--lib", "--no-default-features", "--features", "hydrate"]);
    browser.args(["--target", build::TARGET, "--profile", "wasm-dev", "--", "-D", "warnings"]);
    shell::run(&mut browser)
}

fn unit(repository: &Repository) -> Result<()> {
    debian::database()?;
    debian::tls()?;
    let mut tests = build::cargo(repository);
    tests.args(["test", "--workspace", "--no-fail-fast"]);
    if let Some(folder) = debian::postgres_folder() {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = [folder].into_iter().chain(env::split_paths(&path));
        tests.env("PATH", env::join_paths(folders).context("PATH cannot be extended")?);
    }
    shell::run(&mut tests)
}

fn end2end(
    repository: &Repository,
    only: Option<Part>,
    port_offset: u16,
    arguments: &[String],
    times: &mut Vec<(&'static str, Duration)>,
) -> Result<()> {
    // A run that does not come to its end must not leave the counts of the one before.
    let report = report(repository);
    let _ = fs::remove_file(&report);

    let start = Instant::now();
    debian::browser()?;
    debian::mail()?;
    node::install(repository)?;
    times.push(("  packages", start.elapsed()));

    let start = Instant::now();
    if only.is_none() {
        program_as_tested(repository)?
    } else {
        build::program(repository, false)?
    }
    build::site(repository, Options { release: false, split: true })?;
    let small_enough = size::glance(repository);
    times.push(("  build", start.elapsed()));

    let start = Instant::now();
    let servers = Servers::start(port_offset)?;
    times.push(("  mail servers", start.elapsed()));

    shell::run(Command::new(node::binary(repository, "tsc")).arg("--noEmit").current_dir(repository.end2end()))?;
    let start = Instant::now();
    let mut playwright = Command::new(node::binary(repository, "playwright"));
    playwright.arg("test").args(arguments).current_dir(repository.end2end());
    playwright.env(servers::VARIABLE, servers.description()).env("POSTROOM_END2END_REPORT", &report);
    println!("→ {}", shell::line(&playwright));
    let status = Running::start("Playwright", &mut playwright)?.wait()?;
    times.push(("  browser", start.elapsed()));

    let counts = Counts::read(&report).context("Playwright left no report")?;
    if !status.success() || counts.failed > 0 || counts.passed == 0 {
        return Err(Failure::new(format!("Playwright ended with {status}: {counts}")));
    }
    small_enough
}

/// The program with the features that `cargo test` has given the dependencies,
/// which saves compiling them all a second time for the program alone.
fn program_as_tested(repository: &Repository) -> Result<()> {
    shell::run(build::cargo(repository).args(["build", "--workspace", "--all-targets"]))
}

fn report(repository: &Repository) -> PathBuf {
    repository.target().join("end2end-report.json")
}

/// How many browser tests passed and failed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
    /// Reads Playwright's JSON report. A test that passed only when repeated counts as failed.
    fn read(report: &PathBuf) -> Option<Self> {
        Self::of(&fs::read_to_string(report).ok()?)
    }

    fn of(report: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(report).ok()?;
        let stats = report.get("stats")?;
        let count = |name| stats.get(name).and_then(Value::as_u64);
        let errors = report.get("errors").and_then(Value::as_array).map_or(0, Vec::len);
        Some(Self {
            passed: count("expected")?,
            failed: count("unexpected")? + count("flaky")? + u64::try_from(errors).unwrap_or(0),
        })
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_passed_only_when_repeated_counts_as_failed() {
        let counts = Counts::of(r#"{"stats":{"expected":7,"skipped":1,"unexpected":2,"flaky":1},"errors":[]}"#);
        assert_eq!(counts, Some(Counts { passed: 7, failed: 3 }));
    }

    #[test]
    fn a_suite_that_does_not_load_counts_as_failed() {
        let counts = Counts::of(r#"{"stats":{"expected":0,"unexpected":0,"flaky":0},"errors":[{"message":"no"}]}"#);
        assert_eq!(counts, Some(Counts { passed: 0, failed: 1 }));
    }
}
