//! `postroom restore`: a new Postroom out of a backup.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use postroom_server::{backup, config::Config};

use super::{backup::contents, counted};

#[derive(Args)]
pub struct Arguments {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The data folder to restore into, which must be empty or not exist; the database must be empty too
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Arguments {
    /// The settings given as flags, by their key.
    pub fn overrides(&self) -> Vec<super::Override> {
        super::data_dir(self.data_dir.as_ref())
    }
}

/// Restores and says what.
#[expect(clippy::print_stdout, reason = "this is the command line speaking")]
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    let restored = match backup::restore(&config, &arguments.file).await {
        Ok(restored) => restored,
        Err(error) => return super::failed(&error),
    };
    let manifest = &restored.manifest;
    let from = manifest.made_at.rfc_3339();
    println!("Restored into {}: {}, as they were at {from}.", config.data_dir.display(), contents(manifest));
    if !restored.has_key {
        println!("The key is not in the backup: put it at {} before you start.", config.key_file().display());
    }
    if let Ok(count @ 1..) = u64::try_from(restored.waiting) {
        let mails = counted(count, "message was", "messages were");
        println!("{mails} waiting to be sent then, and will be sent now, also where that has happened meanwhile.");
    }
    println!("Everybody has to sign in again.");
    ExitCode::SUCCESS
}
