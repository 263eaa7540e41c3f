//! `postroom key`: the keys that seal passwords and tokens.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use postroom_server::{
    Context, Error,
    config::Config,
    sealed::{self, Dropped, Resealed, Use},
};

use super::counted;

#[derive(Args)]
pub struct Arguments {
    /// Where the database and the sealing key live
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Says which keys there are and how much is sealed with each
    List,
    /// Adds a key to the key file and seals everything anew with it
    Rotate,
    /// Seals everything with the newest key, without adding one: what a rotation that was cut off has left
    Reseal,
    /// Removes all keys but the newest, unless something is still sealed with one of them
    DropOld,
}

impl Arguments {
    /// The settings given as flags, by their key.
    pub fn overrides(&self) -> Vec<super::Override> {
        super::data_dir(self.data_dir.as_ref())
    }
}

/// Does it and says so; 1 where something could not be done.
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    match act(config, &arguments.act).await {
        Ok(code) => code,
        Err(error) => super::failed(&error),
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line speaking")]
async fn act(config: Config, act: &Act) -> Result<ExitCode, Error> {
    let ctx = Context::start(config).await?;
    match act {
        Act::List => {
            let mut counts: BTreeMap<u32, i64> = BTreeMap::new();
            for found in sealed::uses(&ctx).await? {
                *counts.entry(found.key).or_default() += found.count;
            }
            let (ids, newest) = (ctx.vault.key_ids(), ctx.vault.current_key());
            for id in &ids {
                let count = u64::try_from(counts.remove(id).unwrap_or(0)).unwrap_or(0);
                let role = if *id == newest { "seals, and opens" } else { "opens" };
                println!("Key {id} {role} {}.", counted(count, "secret", "secrets"));
            }
            for (id, count) in &counts {
                let count = counted(u64::try_from(*count).unwrap_or(0), "secret", "secrets");
                eprintln!("postroom: key {id} is missing: {count} cannot be opened");
            }
            Ok(if counts.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Act::Rotate => Ok(say(&sealed::rotate(&ctx).await?)),
        Act::Reseal => Ok(say(&sealed::reseal(&ctx).await?)),
        Act::DropOld => Ok(match sealed::drop_old(&ctx).await? {
            Dropped::Keys(ids) => {
                let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                println!("Removed from the key file: {ids}. Older backups need these keys to be restored.");
                ExitCode::SUCCESS
            }
            Dropped::NoneToDrop => {
                println!("There is only one key.");
                ExitCode::SUCCESS
            }
            Dropped::StillUsed(left) => {
                eprintln!("postroom: nothing was removed, because old keys are in use:");
                for Use { column, key, count } in left {
                    eprintln!("  {column}: {count} with key {key}");
                }
                eprintln!("Run `postroom key reseal` first. A sign-in that has begun is over after ten minutes.");
                ExitCode::FAILURE
            }
        }),
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line speaking")]
fn say(done: &Resealed) -> ExitCode {
    println!("Key {} seals from now on; {} sealed anew.", done.key, counted(done.count, "secret was", "secrets were"));
    if done.unopened.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("postroom: these do not open with any key and were left as they are; they have to be typed again:");
    for what in &done.unopened {
        eprintln!("  {what}");
    }
    ExitCode::FAILURE
}
