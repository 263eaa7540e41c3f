//! What checks cost: round trips, time, CPU and memory, beside what other mail clients cost.
//!
//! ```text
//! peers   every tool ──► Distance (50 ms each way) ──► Dovecot, Postfix     flights, time, bytes
//!         every tool ────────────────────────────────► Dovecot, Postfix     CPU, memory
//! crowd   500 checks of both directions, 100 at once ► Dovecot, Postfix     CPU, beside TLS alone
//! memory  thousands of them                                                 memory early and at the end
//! ```
//!
//! Figures are medians. CPU is user and system time of the client alone, less that of starting it without a task.
//! Ratios are what counts: times are this machine's. A check that fails fails the run, and so do a flight too many and
//! a client that takes no more flights for a step than we do.

mod distance;
pub mod measure;
mod tools;

use std::process::Command;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::distance::{Distance, Visit};
use self::measure::Cost;
use self::tools::{Ground, Tool, Total, Way, failures, said};
use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::repository::Repository;
use crate::servers::{Guests, Servers};
use crate::{build, debian, node, shell};

/// What is measured.
#[derive(Args, Clone, Copy, Debug)]
pub struct Options {
    /// One part only.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Watch the memory over a hundred thousand checks instead of five thousand.
    #[arg(long)]
    long: bool,
}

/// A part that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Our own check beside other clients.
    Peers,
    /// Many checks at once.
    Crowd,
    /// Memory over many checks.
    Memory,
}

/// Visits over the long way, for each tool and way.
const FAR_VISITS: u32 = 5;
/// Checks whose CPU time is measured together, so that the first one's warming up does not count for all.
const NEAR_CHECKS: u32 = 20;
/// How often everything that takes no distance is measured.
const RUNS: usize = 5;
const CROWD_CHECKS: u32 = 500;
const AT_ONCE: u32 = 100;
/// What a check of both directions may cost, in milliseconds of CPU.
const CPU_TARGET_MILLIS: f64 = 0.7;
const MANY: u32 = 5_000;
const VERY_MANY: u32 = 100_000;
/// How much more memory there may be at the end than after a tenth of the checks: what an allocator keeps.
const MEMORY_TOLERANCE: f64 = 1.1;

/// Builds, starts the servers, measures and prints.
pub fn run(repository: &Repository, options: Options, port_offset: u16) -> Result<()> {
    debian::peers()?;
    node::install_in(&repository.path("bench"))?;
    let mut cargo = build::cargo(repository);
    cargo.args(["build", "--release", "--package", "postroom-server", "--example", "checks"]);
    shell::run(&mut cargo)?;
    let servers = Servers::start_for(Guests::Crowd, port_offset)?;
    let checks = repository.target().join("release/examples/checks");
    let ground = Ground { repository, servers: &servers, checks };
    println!("\n{}", ground.versions()?.join(" · "));
    let mut wrong = Vec::new();
    let wanted = |part| options.only.is_none_or(|only| only == part);
    if wanted(Part::Peers) {
        for way in Way::ALL {
            wrong.extend(peers(&ground, way)?);
        }
    }
    if wanted(Part::Crowd) {
        wrong.extend(crowd(&ground)?);
    }
    if wanted(Part::Memory) {
        wrong.extend(memory(&ground, if options.long { VERY_MANY } else { MANY })?);
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(wrong.join("\n"))) }
}

/// A line of the table.
struct Row {
    tool: Tool,
    flights: u64,
    bytes: u64,
    time: Duration,
    cpu_millis: f64,
    peak_kib: u64,
    checks: u64,
    failed: u64,
}

/// Prints the table of one way; returns what is not as it must be.
fn peers(ground: &Ground<'_>, way: Way) -> Result<Vec<String>> {
    let rows = Tool::ALL.map(|tool| row(ground, tool, way));
    let rows = rows.into_iter().collect::<Result<Vec<_>>>()?;
    let Some((ours, others)) = rows.split_first() else { return Ok(Vec::new()) };
    println!("\n{}: 100 ms a round trip, goodbye included", way.name());
    println!(
        "  {:<11} {:<33} {:>7} {:>6} {:>9} {:>6} {:>7} {:>8} {:>6} {:>9} {:>9}",
        "tool", "steps", "flights", "× ours", "time", "× ours", "bytes", "CPU", "× ours", "memory", "failed"
    );
    for row in &rows {
        println!(
            "  {:<11} {:<33} {:>7} {:>6.1} {:>6} ms {:>6.1} {:>7} {:>5.2} ms {:>6.1} {:>5.1} MiB {:>9}",
            row.tool.name(way),
            row.tool.steps(way),
            row.flights,
            row.flights as f64 / ours.flights as f64,
            row.time.as_millis(),
            row.time.as_secs_f64() / ours.time.as_secs_f64(),
            row.bytes,
            row.cpu_millis,
            row.cpu_millis / ours.cpu_millis,
            mebibytes(row.peak_kib),
            format!("{} of {}", row.failed, row.checks),
        );
    }
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| row.failed > 0) {
        wrong.push(format!("{}: {} checks by {} failed.", way.name(), row.failed, row.tool.name(way)));
    }
    if ours.flights > way.floor() {
        wrong.push(format!("{}: {} flights, and {} would do.", way.name(), ours.flights, way.floor()));
    }
    // Whoever does less may need fewer flights, but not fewer for what it does.
    let steps = |row: &Row| row.tool.steps(way).split(", ").count() as u64;
    for row in others.iter().filter(|row| row.flights * steps(ours) <= ours.flights * steps(row)) {
        wrong.push(format!("{}: {} takes no more flights a step than ours.", way.name(), row.tool.name(way)));
    }
    Ok(wrong)
}

fn row(ground: &Ground<'_>, tool: Tool, way: Way) -> Result<Row> {
    let port = way.port(ground.servers.ports);
    let distance = Distance::to(port)?;
    let far = ground.walk(tool, way, distance.port, FAR_VISITS)?;
    let visits = distance.take_visits();
    let mut failed = far.failed;
    let mut cpu = Vec::new();
    let mut peak = Vec::new();
    // As many starts as there are walks below: what one start costs differs, and a single one's error would count
    // as often.
    let count = if tool.is_started_for_each() { NEAR_CHECKS } else { 1 };
    let mut starts = Vec::new();
    for _ in 0..RUNS {
        let costs = (0..count).map(|_| Ok(millis(&ground.start_only(tool, way)?))).collect::<Result<Vec<_>>>()?;
        starts.push(costs.iter().sum::<f64>());
    }
    let starts = median(starts);
    for _ in 0..RUNS {
        let Total { cost, failed: now } = ground.walk(tool, way, port, NEAR_CHECKS)?;
        failed += now;
        cpu.push((millis(&cost) - starts) / f64::from(NEAR_CHECKS));
        peak.push(cost.peak_kib);
    }
    Ok(Row {
        tool,
        flights: median(of(&visits, |visit| visit.flights)),
        bytes: median(of(&visits, |visit| visit.bytes)),
        time: median(of(&visits, |visit| visit.time)),
        cpu_millis: median(cpu),
        peak_kib: median(peak),
        checks: u64::from(FAR_VISITS) + u64::from(NEAR_CHECKS) * RUNS as u64,
        failed,
    })
}

fn of<T>(visits: &[Visit], what: impl Fn(&Visit) -> T) -> Vec<T> {
    visits.iter().map(what).collect()
}

/// Prints what checks cost when many run at once.
fn crowd(ground: &Ground<'_>) -> Result<Vec<String>> {
    println!("\n{CROWD_CHECKS} checks of IMAP and SMTP over TLS, {AT_ONCE} at once, no distance, {RUNS} runs");
    println!("  {:<33} {:>12} {:>10} {:>9} {:>12}", "", "CPU a check", "together", "memory", "walks failed");
    let mut wrong = Vec::new();
    let mut of_each = Vec::new();
    for (name, bare) in [("whole checks", false), ("TCP and TLS alone, by bare rustls", true)] {
        let command = |checks| {
            let mut command = ground.crowd(checks, AT_ONCE);
            command.args(bare.then_some("--only-tls"));
            command
        };
        let starts = (0..RUNS).map(|_| Ok(millis(&measure::run(&command(0))?))).collect::<Result<Vec<_>>>()?;
        let start = median(starts);
        let runs = (0..RUNS).map(|_| measure::run(&command(CROWD_CHECKS))).collect::<Result<Vec<_>>>()?;
        let cpu = median(runs.iter().map(|cost| (millis(cost) - start) / f64::from(CROWD_CHECKS)).collect());
        let time = median(runs.iter().filter_map(|cost| said(cost)?.get("millis").and_then(Value::as_u64)).collect());
        let peak = median(runs.iter().map(|cost| cost.peak_kib).collect());
        let failed = all_failures(&runs, &command(CROWD_CHECKS), &mut wrong);
        println!("  {name:<33} {cpu:>9.2} ms {time:>7} ms {:>5.1} MiB {failed:>12}", mebibytes(peak));
        of_each.push(cpu);
    }
    if let [whole, bare] = of_each.as_slice() {
        let verdict = if *whole <= CPU_TARGET_MILLIS { "kept" } else { "not kept" };
        println!(
            "  {:.2} times TLS alone; the aim of {CPU_TARGET_MILLIS} ms is {verdict} on this machine",
            whole / bare
        );
    }
    Ok(wrong)
}

/// Prints how much memory is used early and at the end of very many checks.
fn memory(ground: &Ground<'_>, checks: u32) -> Result<Vec<String>> {
    println!("\n{checks} checks of IMAP and SMTP over TLS, {AT_ONCE} at once: memory");
    let command = ground.crowd(checks, AT_ONCE);
    let cost = measure::run(&command)?;
    let mut wrong = Vec::new();
    let failed = all_failures(std::slice::from_ref(&cost), &command, &mut wrong);
    let kib = |name: &str| said(&cost).and_then(|said| said.get(name).and_then(Value::as_u64)).unwrap_or_default();
    let (early, late) = (kib("memory_at_a_tenth_kib"), kib("memory_at_the_end_kib"));
    println!("  after a tenth {:>6.1} MiB", mebibytes(early));
    println!("  at the end    {:>6.1} MiB", mebibytes(late));
    println!("  at most       {:>6.1} MiB", mebibytes(cost.peak_kib));
    println!("  walks failed  {failed:>6}");
    println!("  time          {:>6} s", kib("millis") / 1_000);
    if late as f64 > early as f64 * MEMORY_TOLERANCE {
        wrong.push(format!("The memory grew from {early} KiB to {late} KiB."));
    }
    Ok(wrong)
}

/// How many walks failed in some runs of our own; adds why.
fn all_failures(runs: &[Cost], command: &Command, wrong: &mut Vec<String>) -> u64 {
    for cost in runs {
        match failures(cost) {
            Some(0) if cost.succeeded => {}
            Some(_) => wrong.push(format!("Walks failed: {}", cost.said.trim())),
            None => wrong.push(format!("This came to no end: {}", shell::line(command))),
        }
    }
    runs.iter().filter_map(failures).sum()
}

fn millis(cost: &Cost) -> f64 {
    cost.cpu.as_secs_f64() * 1_000.0
}

fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

/// The one in the middle; nothing of nothing.
fn median<T: PartialOrd + Copy + Default>(mut values: Vec<T>) -> T {
    values.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![9, 1, 5]), 5);
        assert_eq!(median(Vec::<u64>::new()), 0);
    }
}
