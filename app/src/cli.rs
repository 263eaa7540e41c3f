//! The command line: what can be asked of the program from a shell.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use postroom_server::Config;
use rustls_pki_types::{CertificateDer, pem::PemObject};

mod admin;
mod backup;
mod check;
mod discover;
mod key;
mod restore;
mod serve;

/// Connects any mailbox to a service desk.
#[derive(Parser)]
#[command(name = "postroom", version, about, after_help = AFTER_HELP, propagate_version = true)]
struct Arguments {
    /// The configuration file. Without this flag `postroom.toml` is read where there is one.
    #[arg(long, global = true, value_name = "FILE", env = "POSTROOM_CONFIG")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "\
Without a command, `serve` runs. Every setting can also be given in the environment: \
POSTROOM_LISTEN=127.0.0.1:3000, POSTROOM_NETWORK__ALLOW_PRIVATE=true. All of them are in postroom.example.toml.";

#[derive(Subcommand)]
enum Command {
    /// Serves the pages (the default)
    Serve(serve::Arguments),
    /// Checks mail servers step by step, without a browser or a database
    Check(Box<check::Arguments>),
    /// Finds a mailbox's servers from its address, without a password
    Discover(discover::Arguments),
    /// Makes administrators and sets their passwords, with access to the data directory
    Admin(admin::Arguments),
    /// Changes the keys that passwords are sealed with, also while Postroom runs
    Key(key::Arguments),
    /// Writes everything into one file, also while Postroom runs
    Backup(backup::Arguments),
    /// Makes a new Postroom of a backup
    Restore(restore::Arguments),
}

/// Reads the command line and does what it says.
///
/// Exit codes: 0 done or passed, 1 a check or an act failed, 2 wrong usage, or it could not even begin.
pub async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let file = arguments.config.as_deref();
    match arguments.command.unwrap_or_else(|| Command::Serve(serve::Arguments::default())) {
        Command::Serve(wanted) => match load(file, &wanted.overrides()) {
            Ok(config) => serve::run(config, wanted).await,
            Err(code) => code,
        },
        Command::Check(wanted) => check::run(*wanted).await,
        Command::Discover(wanted) => match load(file, &[]) {
            Ok(config) => discover::run(config, wanted).await,
            Err(code) => code,
        },
        Command::Admin(wanted) => match load(file, &wanted.overrides()) {
            Ok(config) => admin::run(config, wanted).await,
            Err(code) => code,
        },
        Command::Key(wanted) => match load(file, &wanted.overrides()) {
            Ok(config) => key::run(config, wanted).await,
            Err(code) => code,
        },
        Command::Backup(wanted) => match load(file, &wanted.overrides()) {
            Ok(config) => backup::run(config, wanted).await,
            Err(code) => code,
        },
        Command::Restore(wanted) => match load(file, &wanted.overrides()) {
            Ok(config) => restore::run(config, wanted).await,
            Err(code) => code,
        },
    }
}

/// A setting given as a flag: its key and its value.
type Override = (&'static str, String);

fn load(file: Option<&Path>, overrides: &[Override]) -> Result<Config, ExitCode> {
    Config::load(file, overrides).map_err(|error| complain(&error))
}

/// The folder that a command was given, as a setting.
fn data_dir(given: Option<&PathBuf>) -> Vec<Override> {
    given.map(|dir| ("data_dir", dir.display().to_string())).into_iter().collect()
}

/// Says on standard error why an act failed.
fn failed(error: &dyn std::error::Error) -> ExitCode {
    complain(error);
    ExitCode::FAILURE
}

/// `1 mail`, `2 mails`.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The certificates of a PEM file.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(found) if found.is_empty() => Err(format!("{} holds no certificate", file.display())),
        Ok(found) => Ok(found),
        Err(error) => Err(format!("{} cannot be read: {error}", file.display())),
    }
}

/// Says on standard error what went wrong, with its causes, and fails.
#[expect(clippy::print_stderr, reason = "this is the command line speaking")]
fn complain(error: &dyn std::error::Error) -> ExitCode {
    eprint!("postroom: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprint!(": {error}");
        cause = error.source();
    }
    eprintln!();
    ExitCode::from(2)
}
