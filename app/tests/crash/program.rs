//! The real program, which can be killed.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running program; dropping it kills it.
pub struct Program(Child);

impl Program {
    /// Starts it and waits until it says that it is ready.
    pub fn start(folder: &Path, mail_port: u16) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postroom"));
        command.arg("serve").current_dir(folder).env_clear();
        command.env("POSTROOM_LISTEN", "127.0.0.1:0");
        command.env("POSTROOM_DATA_DIR", folder);
        // No page is asked for, so no file for the browser is either.
        command.env("POSTROOM_SITE_DIR", folder);
        command.env("POSTROOM_INBOUND__LISTEN", format!("127.0.0.1:{mail_port}"));
        command.env("POSTROOM_INBOUND__MESSAGES_PER_MINUTE", "100000");
        command.env("POSTROOM_NETWORK__ALLOW_LOOPBACK", "true");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.any(|line| line.unwrap().starts_with("Postroom is ready"));
        let program = Self(child);
        assert!(ready, "the program has ended before it was ready");
        // What it says later goes into the pipe, which is never full.
        std::thread::spawn(move || lines.for_each(drop));
        program
    }

    /// SIGKILL: nothing is finished, nothing is flushed.
    pub fn kill(&mut self) {
        // It may be dead already.
        let _ = self.0.kill();
        self.0.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
