//! The pictures of the README, taken from the running program.

use std::process::Command;

use crate::build::{self, Options};
use crate::failure::Result;
use crate::repository::Repository;
use crate::servers::{self, Servers};
use crate::{debian, node, shell};

/// Builds, starts the mail servers and lets Playwright take the pictures into `docs/screenshots/`.
pub fn run(repository: &Repository) -> Result<()> {
    debian::browser()?;
    node::install(repository)?;
    build::all(repository, Options { release: false, split: true })?;
    let servers = Servers::start(test_offset())?;
    let mut playwright = Command::new(node::binary(repository, "playwright"));
    playwright.args(["test", "--config", "screenshots.config.ts"]);
    playwright.current_dir(repository.end2end()).env(servers::VARIABLE, servers.description());
    shell::run(&mut playwright)
}

/// Away from the demo's ports, so that tests can run while somebody tries the demo.
pub const fn test_offset() -> u16 {
    1000
}
