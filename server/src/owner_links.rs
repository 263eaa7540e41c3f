//! One-time links with which the owner of a mailbox signs in again, without an account here.
//!
//! Good for 24 hours, one use, one mailbox and the person who signed in before. Only a hash of the link is stored.

use secrecy::{ExposeSecret as _, SecretString};

use crate::audit::{self, Changes};
use crate::context::Context;
use crate::db;
use crate::db::grants::Owner;
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{AuditAct, MailboxId, OAuthProvider, OwnerLink, OwnerLinkId, SignInState, Timestamp, WorkspaceId};
use crate::random::{self, hash};
use crate::sign_ins::{self, Purpose};
use crate::users::Manager;

/// How long a link can be used.
const LIFE_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// A link somebody has opened: the right to sign in for its mailbox. Only [`open`] makes one.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened {
    pub id: OwnerLinkId,
    pub mailbox: MailboxId,
    pub workspace: WorkspaceId,
    pub provider: OAuthProvider,
    /// The mailbox's address.
    pub address: String,
    /// Who has to sign in.
    pub expected: String,
    /// The name of the workspace that asks.
    pub organisation: String,
    pub expires_at: Timestamp,
    pub state: SignInState,
    /// It was used, and the mailbox is signed in again.
    pub done: bool,
    pub(crate) token: SecretString,
}

/// Makes a link, and answers its token: the only time it can be read.
///
/// # Errors
/// [`Error::NotFound`], also for a mailbox that rests on no sign-in.
pub async fn create(ctx: &Context, manager: &Manager, mailbox: MailboxId) -> Result<(SecretString, Timestamp)> {
    let workspace = manager.workspace().id;
    let token = random::secret();
    let now = ctx.clock.now();
    let expires = now.plus_millis(LIFE_MILLIS);
    let mut tx = ctx.db.write().await?;
    db::mailboxes::hold(&mut tx, workspace, mailbox).await?;
    if db::grants::of(&mut tx, Owner::Mailbox(mailbox)).await?.is_none() {
        return Err(Error::NotFound("grant"));
    }
    db::owner_links::insert(&mut tx, mailbox, &hash(token.expose_secret()), manager.user.id, now, expires).await?;
    let (by, which) = (manager.by(), (workspace, mailbox));
    audit::record_mailbox(&mut tx, ctx, &by, AuditAct::OwnerLinkMade, which, Changes::none()).await?;
    tx.commit().await?;
    Ok((token, expires))
}

/// The links of a mailbox, the newest first.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn list(ctx: &Context, manager: &Manager, mailbox: MailboxId) -> Result<Vec<OwnerLink>> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    db::owner_links::list(&mut tx, mailbox, ctx.clock.now()).await
}

/// Takes a link back, so that nobody can use it.
///
/// # Errors
/// [`Error::NotFound`], also for one that was used or taken back already.
pub async fn revoke(ctx: &Context, manager: &Manager, mailbox: MailboxId, link: OwnerLinkId) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    db::mailboxes::hold(&mut tx, workspace, mailbox).await?;
    if !db::owner_links::revoke(&mut tx, mailbox, link, ctx.clock.now()).await? {
        return Err(Error::NotFound("link"));
    }
    let (by, which) = (manager.by(), (workspace, mailbox));
    audit::record_mailbox(&mut tx, ctx, &by, AuditAct::OwnerLinkRevoked, which, Changes::none()).await?;
    tx.commit().await
}

/// What a link is for. Whoever has it needs no account here.
///
/// # Errors
/// [`Error::NotFound`] for one that never was, is too old or was taken back: nothing tells which.
pub async fn open(ctx: &Context, token: &SecretString) -> Result<Opened> {
    let not_found = || Error::NotFound("link");
    let mut tx = ctx.db.read().await?;
    let link = db::owner_links::by_token(&mut tx, &hash(token.expose_secret()), ctx.clock.now()).await?;
    let link = link.ok_or_else(not_found)?;
    let mailbox = mailboxes::details_in(&mut tx, link.workspace, link.mailbox).await?;
    let state = sign_ins::state(&mut tx, Owner::Mailbox(link.mailbox)).await?;
    let workspace = db::workspaces::by_id(&mut tx, link.workspace).await?.ok_or_else(not_found)?;
    let grant = mailbox.summary.grant.ok_or_else(not_found)?;
    Ok(Opened {
        id: link.id,
        mailbox: link.mailbox,
        workspace: link.workspace,
        provider: grant.provider,
        address: mailbox.summary.address.to_string(),
        expected: grant.person,
        organisation: workspace.name,
        expires_at: link.expires_at,
        state,
        done: link.used,
        token: token.clone(),
    })
}

/// To sign in again with a link.
///
/// # Errors
/// [`Error::NotFound`] where the link was used, or the mailbox rests on no sign-in any more.
pub async fn purpose(ctx: &Context, link: Opened) -> Result<Purpose> {
    if link.done {
        return Err(Error::NotFound("link"));
    }
    let mut tx = ctx.db.read().await?;
    let purpose = sign_ins::again(&mut tx, link.workspace, link.mailbox).await?;
    Ok(purpose.by_link(link.id, link.token))
}
