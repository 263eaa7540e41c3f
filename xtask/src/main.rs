//! Everything a person types in this repository: `cargo xtask run`, `test`, `demo`, …
//!
//! Nothing here downloads from anywhere but the Rust, npm and Debian package
//! registries, so that a fresh clone works behind a mirror too.
//!
//! ```text
//! run ──► build ──► native program, WASM + JS + CSS in target/site
//! demo ─► build, servers ──► Postroom beside Dovecot, Postfix and two OpenID providers
//! test ─► lint, unit, build, servers, Playwright
//! fuzz ─► properties of the readers, with inputs nobody thought of
//! bench ► build --release, servers ──► what checks cost, beside other mail clients
//! size ─► build --release, what the first page costs
//! ```
#![expect(clippy::print_stdout, reason = "a command line tool speaks through its standard output")]
#![expect(clippy::print_stderr, reason = "a command line tool tells its failures on standard error")]

mod bench;
mod build;
mod debian;
mod demo;
mod failure;
mod fuzz;
mod interrupt;
mod node;
mod process;
mod repository;
mod screenshots;
mod servers;
mod shell;
mod size;
mod test;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::failure::Result;
use crate::repository::Repository;

/// The commands of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the program and everything the browser loads.
    Build(BuildArguments),
    /// Build, then run `postroom serve`, or whatever follows `--`.
    Run {
        #[command(flatten)]
        build: BuildArguments,
        /// Arguments for the program.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Check style, run every test, and drive the program in a browser.
    Test {
        /// Run one part only.
        #[arg(long, value_enum)]
        only: Option<test::Part>,
        /// Added to the mail servers' ports, so that two runs stand side by side.
        #[arg(long, default_value_t = screenshots::test_offset())]
        port_offset: u16,
        /// Arguments for Playwright, such as a file name or `--project phone`.
        #[arg(last = true)]
        playwright: Vec<String>,
    },
    /// Start Postroom beside a real Dovecot and Postfix, with providers to sign in with, and print what to type.
    Demo {
        /// The port Postroom listens on.
        #[arg(long, default_value_t = 3000)]
        port: u16,
        /// Added to every port of these servers, so that two sets can run side by side.
        #[arg(long, default_value_t = 0)]
        port_offset: u16,
    },
    /// Start Dovecot, Postfix and the providers alone and print their ports.
    Servers {
        /// Added to every port of these servers, so that two sets can run side by side.
        #[arg(long, default_value_t = 0)]
        port_offset: u16,
    },
    /// Look for inputs that break a property of the readers of mail protocols. Needs a C++ compiler.
    Fuzz {
        /// One target alone, such as `imap_responses`: a folder of `server/fuzz/corpus`.
        target: Option<String>,
        /// How long each target is tried.
        #[arg(long, default_value_t = 300)]
        seconds: u32,
    },
    /// Measure what checks cost: round trips, time, CPU and memory, beside other mail clients.
    Bench {
        #[command(flatten)]
        options: bench::Options,
        /// Added to the mail servers' ports, so that two runs stand side by side.
        #[arg(long, default_value_t = screenshots::test_offset())]
        port_offset: u16,
    },
    /// Run a command and write what it has cost; `bench` runs its tools through this.
    #[command(hide = true)]
    Measure {
        /// Where the costs go.
        file: std::path::PathBuf,
        #[arg(last = true)]
        command: Vec<String>,
    },
    /// Print what the first page costs, and fail above the limit.
    Size,
    /// Take the pictures that the README shows.
    Screenshots,
}

#[derive(Args, Clone, Copy)]
struct BuildArguments {
    /// Small and fast instead of quick to build.
    #[arg(long)]
    release: bool,
    /// Load pages marked `#[lazy]` when they are opened (the default).
    #[arg(long, overrides_with = "no_split")]
    split: bool,
    /// Put everything into one WASM file. Pages marked `#[lazy]` then do not work.
    #[arg(long)]
    no_split: bool,
}

impl From<BuildArguments> for build::Options {
    fn from(arguments: BuildArguments) -> Self {
        Self { release: arguments.release, split: arguments.split || !arguments.no_split }
    }
}

fn main() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_told() {
                eprintln!("\n{failure}");
            }
            ExitCode::FAILURE
        }
    }
}

impl Task {
    fn run(self) -> Result<()> {
        interrupt::watch()?;
        let repository = Repository::find();
        match self {
            Self::Build(options) => build::all(&repository, options.into()),
            Self::Run { build, arguments } => {
                build::all(&repository, build.into())?;
                build::replace_by_program(&repository, build.release, &arguments)
            }
            Self::Test { only, port_offset, playwright } => test::run(&repository, only, port_offset, &playwright),
            Self::Demo { port, port_offset } => demo::run(&repository, port, port_offset),
            Self::Servers { port_offset } => demo::servers_alone(port_offset),
            Self::Fuzz { target, seconds } => fuzz::run(&repository, target.as_deref(), seconds),
            Self::Bench { options, port_offset } => bench::run(&repository, options, port_offset),
            Self::Measure { file, command } => bench::measure::inside(&file, &command),
            Self::Size => size::run(&repository),
            Self::Screenshots => screenshots::run(&repository),
        }
    }
}
