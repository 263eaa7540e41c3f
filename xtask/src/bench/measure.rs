//! What a program costs: the CPU time and the memory of its whole life, as the system counts them.
//!
//! The system counts for all the children of a process together. So each program gets a parent of its own, this
//! very tool run once more, which writes down what it was told and says nothing else.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};

use crate::failure::{Context, Failure, Result};
use crate::{interrupt, shell};

/// What one run of a program has cost.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// User and system together.
    pub cpu: Duration,
    /// The most memory it ever had, in KiB.
    pub peak_kib: u64,
    pub succeeded: bool,
    /// What it printed.
    pub said: String,
}

/// Runs a program to its end. What it prints on standard error is shown.
pub fn run(command: &Command) -> Result<Cost> {
    interrupt::check()?;
    let file = tempfile::NamedTempFile::new().context("cannot make a file for the costs")?;
    let mut parent = Command::new(env::current_exe().context("cannot find this program")?);
    parent.arg("measure").arg(file.path()).arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => parent.env(name, value),
            None => parent.env_remove(name),
        };
    }
    let output = parent
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context(format!("cannot run {}", shell::line(command)))?;
    interrupt::check()?;
    let written = fs::read_to_string(file.path()).context("cannot read the costs")?;
    let costs: Value = serde_json::from_str(&written).context(format!("{} left no costs", shell::line(command)))?;
    let number = |name: &str| costs.get(name).and_then(Value::as_u64).unwrap_or_default();
    Ok(Cost {
        cpu: Duration::from_micros(number("cpu_micros")),
        peak_kib: number("peak_kib"),
        succeeded: output.status.success(),
        said: String::from_utf8_lossy(&output.stdout).into_owned(),
    })
}

/// The parent: runs the command, writes its cost into `file`, and fails where it fails.
pub fn inside(file: &Path, command: &[String]) -> Result<()> {
    let [program, arguments @ ..] = command else { return Err(Failure::new("There is no command to measure.")) };
    let status = Command::new(program).args(arguments).status().context(format!("cannot run {program}"))?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot ask for the costs")?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let costs = json!({ "cpu_micros": micros, "peak_kib": usage.max_rss() });
    fs::write(file, costs.to_string()).context("cannot write the costs")?;
    if status.success() { Ok(()) } else { Err(Failure::told()) }
}
