//! What comes from npm, with the versions of lock files: Playwright, axe, Binaryen and oidc-provider in `end2end`, and
//! in `bench` the two mail clients we measure ourselves against.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Result;
use crate::repository::Repository;
use crate::shell;

/// Installs the packages of the browser tests unless the ones of their lock file are there.
pub fn install(repository: &Repository) -> Result<()> {
    install_in(&repository.end2end())
}

/// Installs the packages of a folder unless the ones of its lock file are there.
pub fn install_in(folder: &Path) -> Result<()> {
    let installed = folder.join("node_modules/.lock-of-last-install");
    let lock = fs::read_to_string(folder.join("package-lock.json")).unwrap_or_default();
    if fs::read_to_string(&installed).is_ok_and(|last| last == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder);
    // Browsers come from Debian; Playwright's own download needs another host.
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    shell::run(&mut npm)?;
    // A note that cannot be written only means installing once more.
    let _ = fs::write(installed, lock);
    Ok(())
}

/// A program that one of the packages brings.
pub fn binary(repository: &Repository, name: &str) -> PathBuf {
    repository.end2end().join("node_modules/.bin").join(name)
}

/// The text of the lock file.
pub fn lock(repository: &Repository) -> String {
    fs::read_to_string(repository.end2end().join("package-lock.json")).unwrap_or_default()
}
