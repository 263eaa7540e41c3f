//! Runs other programs, says which, and fails with their name when they fail.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::failure::{Context, Failure, Result};
use crate::interrupt;

/// How often a waiting command looks at its child and at the interrupt flag.
const GLANCE: Duration = Duration::from_millis(25);

/// Runs a command to its end with our own input and output.
pub fn run(command: &mut Command) -> Result<()> {
    if succeeds(command)? { Ok(()) } else { Err(Failure::new(format!("This failed: {}", line(command)))) }
}

/// Runs a command to its end and tells whether it succeeded.
pub fn succeeds(command: &mut Command) -> Result<bool> {
    println!("→ {}", line(command));
    interrupt::check()?;
    let mut child = command.spawn().with_name(command)?;
    loop {
        if let Some(status) = child.try_wait().with_name(command)? {
            interrupt::check()?;
            return Ok(status.success());
        }
        if interrupt::happened() {
            // A child in our own group has had the same signal; one that has not is ended here.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Failure::new("Stopped."));
        }
        thread::sleep(GLANCE);
    }
}

/// Runs a command silently and returns what it printed; its output becomes the failure.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_name(command)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("This failed: {}\n{}", line(command), said.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it: the program by its name, wherever it is.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = [program.file_name().unwrap_or(command.get_program())].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

trait WithName<T> {
    fn with_name(self, command: &Command) -> Result<T>;
}

impl<T> WithName<T> for std::io::Result<T> {
    fn with_name(self, command: &Command) -> Result<T> {
        self.context(format!("cannot run {}", command.get_program().to_string_lossy()))
    }
}
