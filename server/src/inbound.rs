//! Our own mail server: takes mail for default mailboxes, for nobody else, and loses nothing it has taken.
//!
//! ```text
//! connection ─► EHLO ─► STARTTLS ─► MAIL ─► RCPT … ─► DATA ──────────────────► 250
//!   budget                           rate    known?     file, synced ─► row, committed
//! ```
//!
//! After `250` a message is in a file and in the database, whatever happens to this machine's power; before, it is
//! the sender's. A crash in between leaves a file that no row speaks of, which [`sweep`] removes.
//!
//! Commands are read by `smtp-proto`, one line at a time. Lines and the end of a message we find ourselves, in
//! [`scanner`]: `smtp-proto` takes bare line feeds for line ends, and `CR LF . CR CR LF` for the end of a message.
//! Where two servers disagree about the end of a message, mail can be smuggled through one past the other, so a bare
//! CR or LF ends the connection here. There is no sign-in and no way to send through this server.

mod accept;
mod addresses;
mod budget;
mod certificate;
mod connection;
mod data;
mod head;
mod limits;
mod listener;
mod reading;
pub mod scanner;
mod session;
mod store;

pub use self::accept::Arrival;
pub(crate) use self::addresses::{address_of, give_forwarding_address};
pub use self::addresses::{forwarding_address, last_received};
pub(crate) use self::certificate::OWN as OWN_CERTIFICATE;
pub use self::limits::Limits;
pub use self::listener::Listener;
pub use self::reading::texts;
pub(crate) use self::store::{FOLDER as RECEIVED_FOLDER, place_of};
pub use self::store::{Store, sweep};

use crate::config::Config;

/// The name this server gives itself.
fn host_name(config: &Config) -> &str {
    config.own_name().unwrap_or(&config.mail_domain)
}
