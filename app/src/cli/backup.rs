//! `postroom backup`: everything in one file, while Postroom runs.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use postroom_server::{Clock, backup, config::Config};

use super::counted;

#[derive(Args)]
pub struct Arguments {
    /// The file to write, which must not exist; it is readable by its owner alone
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Leave out the key file: without it nobody reads the passwords, and you have to keep it yourself
    #[arg(long)]
    without_key: bool,
    /// Where the database and the sealing key live
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Arguments {
    /// The settings given as flags, by their key.
    pub fn overrides(&self) -> Vec<super::Override> {
        super::data_dir(self.data_dir.as_ref())
    }
}

/// Makes the backup and says what is in it.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line speaking")]
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    let made = match backup::make(&config, &Clock::system(), &arguments.file, !arguments.without_key).await {
        Ok(made) => made,
        Err(error) => return super::failed(&error),
    };
    println!("{} holds {}.", arguments.file.display(), contents(&made.manifest));
    if made.manifest.with_key {
        println!("The key is in it: whoever has this file has every password.");
    } else {
        println!("The key is not in it: keep {} elsewhere, or no password opens.", config.key_file().display());
    }
    for name in &made.missing {
        eprintln!("postroom: the received mail {name} is not on the disk and not in the backup");
    }
    ExitCode::SUCCESS
}

/// What a backup holds, in words.
pub fn contents(manifest: &backup::Manifest) -> String {
    let rows = |table, one, many| counted(manifest.rows_of(table), one, many);
    let mails = counted(u64::try_from(manifest.mails()).unwrap_or(u64::MAX), "received mail", "received mails");
    [
        rows("users", "user", "users"),
        rows("workspaces", "workspace", "workspaces"),
        rows("mailboxes", "mailbox", "mailboxes"),
    ]
    .join(", ")
        + " and "
        + &mails
}
