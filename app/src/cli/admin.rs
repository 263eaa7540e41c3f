//! `postroom admin`: the way back in for whoever can read the data directory.

use std::{io::Read, path::PathBuf, process::ExitCode};

use app::{i18n::words_in, pages::reason};
use clap::{Args, Subcommand};
use postroom_server::{Context, Error, config::Config, model::Language, second_factor, users};
use secrecy::SecretString;

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
    /// Makes an administrator; the password (12 characters or more) comes from standard input
    Create {
        /// The address to sign in with
        #[arg(long)]
        email: String,
        /// The name others see
        #[arg(long)]
        name: String,
    },
    /// Gives an administrator a new password, read from standard input; everybody has to sign in again
    Password {
        /// The address they sign in with
        #[arg(long)]
        email: String,
    },
    /// Takes the second factor of somebody away who has lost it, recovery codes included
    ResetSecondFactor {
        /// The address they sign in with
        #[arg(long)]
        email: String,
    },
}

impl Arguments {
    /// The settings given as flags, by their key.
    pub fn overrides(&self) -> Vec<super::Override> {
        self.data_dir.as_ref().map(|dir| ("data_dir", dir.display().to_string())).into_iter().collect()
    }
}

/// Does it and says so.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line speaking")]
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    let mut password = String::new();
    let reads = !matches!(arguments.act, Act::ResetSecondFactor { .. });
    if reads && let Err(error) = std::io::stdin().take(4_096).read_to_string(&mut password) {
        return super::complain(&error);
    }
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']).to_owned());
    let done = async {
        let ctx = Context::start(config).await?;
        let user = match &arguments.act {
            Act::Create { email, name } => users::create_admin(&ctx, email, name, &password).await,
            Act::Password { email } => users::set_password(&ctx, email, &password).await,
            Act::ResetSecondFactor { email } => second_factor::reset_by_operator(&ctx, email).await,
        };
        Ok::<_, Box<dyn std::error::Error>>(user?.email)
    };
    match done.await {
        Ok(email) => {
            match arguments.act {
                Act::ResetSecondFactor { .. } => println!("{email} can sign in with the password alone now."),
                Act::Create { .. } | Act::Password { .. } => println!("{email} can sign in now."),
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            if let Some(Error::Invalid(errors)) = error.downcast_ref::<Error>() {
                for invalid in errors {
                    let field = format!("{:?}", invalid.field).to_lowercase();
                    eprintln!("postroom: {field}: {}", reason(words_in(Language::En), invalid.reason));
                }
                return ExitCode::from(2);
            }
            super::complain(&*error);
            ExitCode::FAILURE
        }
    }
}
