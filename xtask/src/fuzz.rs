//! Looks for inputs that break a property of `server/fuzz`, with libFuzzer, for as long as one likes.
//!
//! Works with the stable toolchain: `server/fuzz/rustc-with-coverage` compiles our own crates so that libFuzzer sees
//! what an input reaches. There is no sanitizer, because there is no `unsafe` code of ours to watch.

use std::fs;
use std::process::Command;

use crate::build;
use crate::failure::{Context, Failure, Result};
use crate::repository::Repository;
use crate::shell;

/// Longest input that is tried, in bytes.
const MAX_BYTES: u32 = 8_192;
/// An input that takes longer is a failure, in seconds.
const SLOW_SECONDS: u32 = 20;

/// Runs one target, or each in turn; stops at the first input that breaks a property.
pub fn run(repository: &Repository, target: Option<&str>, seconds: u32) -> Result<()> {
    let targets = targets(repository)?;
    if let Some(unknown) = target.filter(|name| !targets.iter().any(|target| target == name)) {
        return Err(Failure::new(format!("There is no target {unknown}, only {}.", targets.join(", "))));
    }
    let mut cargo = build::cargo(repository);
    cargo.args(["build", "--package", "postroom-fuzz", "--bin", "fuzz", "--features", "libfuzzer"]);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", repository.path("server/fuzz/rustc-with-coverage"));
    shell::run(&mut cargo)?;
    for name in targets.iter().filter(|name| target.is_none_or(|wanted| wanted == *name)) {
        hunt(repository, name, seconds)?;
    }
    Ok(())
}

/// The targets are the folders of the corpus.
fn targets(repository: &Repository) -> Result<Vec<String>> {
    let folder = repository.path("server/fuzz/corpus");
    let entries = fs::read_dir(&folder).context(format!("cannot read {}", folder.display()))?;
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

fn hunt(repository: &Repository, target: &str, seconds: u32) -> Result<()> {
    // What is found on the way is kept for the next time, outside of the repository.
    let found = repository.target().join("fuzz").join(target);
    fs::create_dir_all(&found).context(format!("cannot make {}", found.display()))?;
    let broken = repository.target().join("fuzz").join(format!("broken-{target}-"));
    let mut fuzz = Command::new(repository.target().join("debug/fuzz"));
    fuzz.env("POSTROOM_FUZZ_TARGET", target).arg(&found).arg(repository.path("server/fuzz/corpus").join(target));
    fuzz.arg(format!("-max_total_time={seconds}")).arg(format!("-max_len={MAX_BYTES}"));
    fuzz.arg(format!("-timeout={SLOW_SECONDS}")).arg(format!("-artifact_prefix={}", broken.display()));
    if shell::succeeds(&mut fuzz)? {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{target} is broken by the input that was written to {}…; put it into server/fuzz/corpus/{target} with the repair.",
        broken.display()
    )))
}
