//! From sources to a program and the files it serves.
//!
//! ```text
//! cargo build  ──► target/debug/postroom
//! cargo rustc  ──► app.wasm ─split─► main + chunks ─wasm-bindgen─► target/site/pkg/postroom{.js,_bg.wasm}
//! style/*.css  ──► target/site/pkg/postroom.css
//! public/*     ──► target/site/
//! --release    ──► wasm-opt, then a .br beside every file that shrinks
//! ```
//! This replaces cargo-leptos, whose installation takes longer than everything
//! else a newcomer waits for. Cargo holds one lock on its target folder, so the
//! two compilations run one after the other.

pub mod compress;
mod stamp;
mod style;
mod wasm;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::failure::{Context, Failure, Result};
use crate::repository::Repository;
use crate::shell;

pub use wasm::{TARGET, add_target};

/// What to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub release: bool,
    /// Pages marked `#[lazy]` become files of their own. The server part does
    /// not differ, but a page marked so is dead in a build without splitting.
    pub split: bool,
}

/// The program and its site.
pub fn all(repository: &Repository, options: Options) -> Result<()> {
    program(repository, options.release)?;
    site(repository, options)
}

/// The native program alone.
pub fn program(repository: &Repository, release: bool) -> Result<()> {
    let mut cargo = cargo(repository);
    cargo.args(["build", "--package", "postroom-app", "--bin", "postroom"]);
    if release {
        cargo.arg("--release");
    }
    shell::run(&mut cargo)
}

/// Everything the browser loads, in `target/site`.
pub fn site(repository: &Repository, options: Options) -> Result<()> {
    let site = repository.site();
    let package = site.join("pkg");
    fs::create_dir_all(&package).context(format!("cannot make {}", package.display()))?;

    let module = wasm::compile(repository, options)?;
    wasm::bind(repository, &module, &package, options)?;
    style::bundle(&repository.path("style/main.css"), &package.join("postroom.css"), options.release)?;
    copy(&repository.path("public"), &site)?;
    if options.release { compress::all(&site) } else { compress::remove_all(&site) }
}

/// Becomes the program, so that ctrl-C and the exit code are the program's own.
/// Returns only when that fails.
pub fn replace_by_program(repository: &Repository, release: bool, arguments: &[String]) -> Result<()> {
    let mut command = Command::new(repository.program(release));
    command.current_dir(repository.root());
    if arguments.is_empty() {
        command.arg("serve");
    }
    command.args(arguments);
    println!("→ {}", shell::line(&command));
    let error = command.exec();
    Err(Failure::new(format!("cannot run {}: {error}", repository.program(release).display())))
}

/// Cargo in the repository, as the one that runs us.
pub fn cargo(repository: &Repository) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(repository.root());
    // Cargo describes our own package to us; it must not describe it to the cargo we start.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(name);
        }
    }
    command
}

/// Copies a folder's files, leaving those alone that are the same already.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        return Ok(());
    }
    fs::create_dir_all(to).context(format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).context(format!("cannot read {}", from.display()))? {
        let entry = entry.context(format!("cannot read {}", from.display()))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            let content = fs::read(entry.path()).context(format!("cannot read {}", entry.path().display()))?;
            write_if_changed(&target, &content)?;
        }
    }
    Ok(())
}

/// Writes a file unless it has this content already, so that browsers and later steps see no change.
fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    fs::write(path, content).context(format!("cannot write {}", path.display()))
}
