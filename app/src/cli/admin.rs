//! `postroom admin`: the way back in for whoever can read the data directory.

use std::{io::Read, path::PathBuf, process::ExitCode};

use app::{i18n::words_in, pages::reason};
use clap::{Args, Subcommand, ValueEnum};
use postroom_server::{
    Context, Error,
    config::Config,
    model::{Language, Rule},
    second_factor, single_sign_on, users,
};
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
    /// Switches signing in with a password on or off; switching it off ends every session
    ///
    /// This is the way back in when no identity provider lets an administrator in any more.
    LocalLogin { switch: Switch },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Arguments {
    /// The settings given as flags, by their key.
    pub fn overrides(&self) -> Vec<super::Override> {
        super::data_dir(self.data_dir.as_ref())
    }
}

/// Does it and says so.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line speaking")]
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    match act(config, arguments.act).await {
        Ok(said) => {
            println!("{said}");
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
            super::failed(&*error)
        }
    }
}

/// Does it, and answers what to say.
async fn act(config: Config, act: Act) -> Result<String, Box<dyn std::error::Error>> {
    if let Act::LocalLogin { switch } = act {
        let ctx = Context::start(config).await?;
        return match single_sign_on::force_local_login(&ctx, switch == Switch::On).await {
            Ok(()) if switch == Switch::On => Ok("People can sign in with a password.".to_owned()),
            Ok(()) => Ok("Nobody can sign in with a password any more.".to_owned()),
            Err(Error::Rule(Rule::LastWayIn)) => Err("there is no identity provider: nobody could sign in".into()),
            Err(error) => Err(error.into()),
        };
    }
    if let Act::ResetSecondFactor { email } = &act {
        let ctx = Context::start(config).await?;
        let user = second_factor::reset_by_operator(&ctx, email).await?;
        return Ok(format!("{} can sign in with the password alone now.", user.email));
    }
    let mut password = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut password)?;
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']).to_owned());
    let ctx = Context::start(config).await?;
    let user = match act {
        Act::Create { email, name } => users::create_admin(&ctx, &email, &name, &password).await?,
        Act::Password { email } => users::set_password(&ctx, &email, &password).await?,
        Act::LocalLogin { .. } | Act::ResetSecondFactor { .. } => return Err("nothing to do".into()),
    };
    if single_sign_on::local_login(&ctx).await? {
        Ok(format!("{} can sign in now.", user.email))
    } else {
        Ok(format!(
            "{} has this password now, but nobody can sign in with a password: `postroom admin local-login on` lets them.",
            user.email
        ))
    }
}
