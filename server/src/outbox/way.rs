//! Where a lane's mail goes out, and by what it is known whether that has changed.

use crate::context::Context;
use crate::db::grants::Owner;
use crate::db::outbox::Lane;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::login::Key;
use crate::mailboxes;
use crate::model::{Direction, MailboxId, Rule, ServerSettings, Timestamp};
use crate::relay;

/// The server of a lane, and the key to it.
pub(super) struct Way {
    pub settings: ServerSettings,
    pub key: Key,
    pub state: WayState,
}

/// Changes when settings are saved, a check ends, or somebody signs in again.
#[derive(PartialEq, Eq)]
pub(super) struct WayState {
    settings: ServerSettings,
    secret: Option<Vec<u8>>,
    checked_at: Option<Timestamp>,
    authorised_at: Option<Timestamp>,
}

/// Where the mail of a lane goes out; `None` where no server is set.
pub(super) async fn find(tx: &mut Tx, ctx: &Context, lane: Lane) -> Result<Option<Way>> {
    let found = match lane {
        Lane::Mailbox(mailbox) => {
            let workspace = db::mailboxes::workspace_of(tx, mailbox).await?;
            mailboxes::target_in(tx, ctx, workspace, mailbox, Direction::Outgoing).await
        }
        Lane::Relay => relay::target_in(tx, ctx).await,
    };
    let (settings, key) = match found {
        Ok(found) => found,
        Err(Error::Rule(Rule::NotConfigured)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(state(tx, lane).await?.map(|state| Way { settings, key, state }))
}

/// Holds a lane's way until the transaction ends, and answers how it stands.
pub(super) async fn hold(tx: &mut Tx, lane: Lane) -> Result<Option<WayState>> {
    match lane {
        Lane::Mailbox(mailbox) => {
            let workspace = db::mailboxes::workspace_of(tx, mailbox).await?;
            db::mailboxes::hold(tx, workspace, mailbox).await?;
        }
        Lane::Relay => drop(db::relay::hold(tx).await?),
    }
    state(tx, lane).await
}

async fn state(tx: &mut Tx, lane: Lane) -> Result<Option<WayState>> {
    match lane {
        Lane::Mailbox(mailbox) => state_of_mailbox(tx, mailbox).await,
        Lane::Relay => {
            let stored = db::relay::load(tx).await?;
            let (secret, checked_at) = (stored.secret, stored.checked_at);
            Ok(stored.settings.map(|settings| WayState { settings, secret, checked_at, authorised_at: None }))
        }
    }
}

async fn state_of_mailbox(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<WayState>> {
    let workspace = db::mailboxes::workspace_of(tx, mailbox).await?;
    let Some(server) = db::mailboxes::server(tx, workspace, mailbox, Direction::Outgoing).await? else {
        return Ok(None);
    };
    let grant = db::grants::of(tx, Owner::Mailbox(mailbox)).await?;
    Ok(Some(WayState {
        settings: server.settings,
        secret: server.secret,
        checked_at: server.checked_at,
        authorised_at: grant.map(|grant| grant.authorised_at),
    }))
}
