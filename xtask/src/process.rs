//! A program that runs beside us and is ended, with its own children, when we drop it.
//!
//! Each gets its own process group, named by the id of its first process, so
//! that ending it never needs a look-up by name.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Result};
use crate::{debian, interrupt};

/// How long a program may take to end by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(25);

pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.process_group(0).spawn().context(format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Its exit status, once it has ended by itself.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().context(format!("cannot ask after {}", self.name))
    }

    /// Waits until it ends by itself or a signal ends the wait.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            interrupt::check()?;
            thread::sleep(GLANCE);
        }
    }

    /// Waits until `ready` says so; fails if the program ends or `limit` passes first.
    pub fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let start = Instant::now();
        while !ready() {
            if let Some(status) = self.ended()? {
                return Err(Failure::new(format!("{} ended before it was ready: {status}", self.name)));
            }
            if start.elapsed() > limit {
                return Err(Failure::new(format!("{} was not ready after {} s", self.name, limit.as_secs())));
            }
            interrupt::check()?;
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let _ = debian::privileged("kill")
            .args([signal, "--", &group])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal("-TERM");
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(GLANCE);
        }
        self.signal("-KILL");
        let _ = self.child.wait();
    }
}
