//! Signing in with Microsoft or Google for a mailbox: out to the provider, and back with a grant.
//!
//! ```text
//! for_draft, for_mailbox, owner_links::purpose ─► begin ─► the provider's pages ─► finish ─► grant
//!                                                           └─ an administrator has to consent ─► consent
//! ```
//!
//! An attempt is kept for ten minutes, hashed and sealed, for one use, and bound to the browser that began it.
//! A mailbox that has a grant stays with the person who gave it: anybody else is refused with both names. What
//! went wrong is remembered with the draft or mailbox and shown there, in whatever browser it is looked at.

mod finish;
mod person;
mod recheck;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

pub use self::finish::{Landing, consent, finish};
pub use self::recheck::recheck;
use crate::applications;
use crate::context::Context;
use crate::db::grants::Owner;
use crate::db::sign_ins::NewAttempt;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{
    ConsentState, DraftId, MailboxId, OAuthProvider, OwnerLinkId, Problem, ServerKind, SignInState, UserId, WorkspaceId,
};
use crate::random::hash;
use crate::users::Manager;

/// How long a browser may take at the provider.
const ATTEMPT_MILLIS: i64 = 10 * 60 * 1_000;

/// Something one can sign in for, and the right to do so. Only [`for_draft`], [`for_mailbox`] and [`owner_links::purpose`](crate::owner_links::purpose) make one.
#[derive(Debug)]
pub struct Purpose {
    owner: Owner,
    provider: OAuthProvider,
    /// What the provider's page offers.
    login_hint: String,
    user: Option<UserId>,
    link: Option<(OwnerLinkId, SecretString)>,
}

impl Purpose {
    /// The same, with the link that gave the right to it.
    pub(crate) fn by_link(self, id: OwnerLinkId, token: SecretString) -> Self {
        Self { link: Some((id, token)), ..self }
    }
}

/// What is kept, sealed, until the browser comes back.
#[derive(Serialize, Deserialize)]
struct Kept {
    verifier: String,
    nonce: String,
    redirect_uri: Url,
    /// The token of an owner's link, for the way back to its page.
    link: Option<String>,
}

/// To sign in for a draft, as the provider that its form has chosen.
///
/// # Errors
/// [`Error::NotFound`], also where the form has chosen no provider.
pub async fn for_draft(ctx: &Context, manager: &Manager, draft: DraftId, other_account: bool) -> Result<Purpose> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let mut row = db::drafts::hold(&mut tx, workspace, manager.user.id, draft, ctx.clock.now()).await?;
    let provider = chosen(&row)?;
    if row.form.other_account != other_account {
        row.form.other_account = other_account;
        db::drafts::set_form(&mut tx, draft, &row.form).await?;
    }
    tx.commit().await?;
    let login_hint = if other_account { String::new() } else { row.form.address.trim().to_owned() };
    Ok(Purpose { owner: Owner::Draft(draft), provider, login_hint, user: Some(manager.user.id), link: None })
}

/// To sign in again for a mailbox, as the same person.
///
/// # Errors
/// [`Error::NotFound`], also for a mailbox that rests on no sign-in.
pub async fn for_mailbox(ctx: &Context, manager: &Manager, mailbox: MailboxId) -> Result<Purpose> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    let purpose = again(&mut tx, workspace, mailbox).await?;
    Ok(Purpose { user: Some(manager.user.id), ..purpose })
}

/// To sign in again as the same person, for whoever has shown a right to the mailbox.
///
/// # Errors
/// As [`for_mailbox`].
pub(crate) async fn again(tx: &mut Tx, workspace: WorkspaceId, mailbox: MailboxId) -> Result<Purpose> {
    mailboxes::details_in(tx, workspace, mailbox).await?;
    let grant = db::grants::of(tx, Owner::Mailbox(mailbox)).await?.ok_or(Error::NotFound("grant"))?;
    Ok(Purpose {
        owner: Owner::Mailbox(mailbox),
        provider: grant.provider,
        login_hint: grant.identity.email,
        user: None,
        link: None,
    })
}

/// Begins an attempt: where to send the browser.
///
/// `browser` is a secret that only this browser's session holds; `here` is where the browser sees this
/// Postroom. `None` where it could not begin: why is remembered and shown where it was begun.
///
/// # Errors
/// When the database or the vault fails.
pub async fn begin(
    ctx: &Context,
    purpose: &Purpose,
    browser: &SecretString,
    here: Option<&Url>,
) -> Result<Option<Url>> {
    let mut tx = ctx.db.read().await?;
    let application = applications::ready(&mut tx, ctx, purpose.provider, here).await?;
    drop(tx);
    let begun = match &application {
        Some(application) => ctx
            .oauth
            .authorize(application, &purpose.login_hint)
            .await
            .map(|attempt| (attempt, application.redirect_uri.clone())),
        None => Err(Problem::ClientUnknown { reply: String::new() }),
    };
    let (attempt, redirect_uri) = match begun {
        Ok(begun) => begun,
        Err(problem) => {
            let mut tx = ctx.db.write().await?;
            db::sign_ins::refuse(&mut tx, purpose.owner, &problem).await?;
            tx.commit().await?;
            return Ok(None);
        }
    };
    let state_hash = hash(attempt.state.expose_secret());
    let kept = Kept {
        verifier: attempt.verifier.expose_secret().to_owned(),
        nonce: attempt.nonce.expose_secret().to_owned(),
        redirect_uri,
        link: purpose.link.as_ref().map(|(_, token)| token.expose_secret().to_owned()),
    };
    let kept = SecretString::from(db::to_json("sign_in_attempts.kept", &kept)?);
    let kept = ctx.vault.seal(&record(&state_hash), &kept)?;
    let mut tx = ctx.db.write().await?;
    let now = ctx.clock.now();
    let new = NewAttempt {
        state_hash: &state_hash,
        browser_hash: &hash(browser.expose_secret()),
        user: purpose.user,
        owner: purpose.owner,
        link: purpose.link.as_ref().map(|(id, _)| *id),
        provider: purpose.provider,
        kept: &kept,
        expires_at: now.plus_millis(ATTEMPT_MILLIS),
    };
    db::sign_ins::begin(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Some(attempt.url))
}

/// How signing in stands for a draft.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn of_draft(ctx: &Context, manager: &Manager, draft: DraftId) -> Result<SignInState> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    let row = db::drafts::load(&mut tx, workspace, manager.user.id, draft).await?;
    let mut state = state(&mut tx, Owner::Draft(draft)).await?;
    if let (None, Some(mailbox), Some(provider)) = (&state.grant, row.mailbox_id, row.form.sign_in) {
        let grant = db::grants::of(&mut tx, Owner::Mailbox(mailbox)).await?;
        state.grant = grant.filter(|grant| grant.provider == provider).map(|grant| grant.status());
    }
    Ok(state)
}

/// How signing in stands for a mailbox.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn of_mailbox(ctx: &Context, manager: &Manager, mailbox: MailboxId) -> Result<SignInState> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    state(&mut tx, Owner::Mailbox(mailbox)).await
}

/// [`of_mailbox`] without a question, for whoever has shown a right to it.
pub(crate) async fn state(tx: &mut Tx, owner: Owner) -> Result<SignInState> {
    let stored = db::sign_ins::state(tx, owner).await?;
    let consent = match (stored.consent_url, stored.consent_asked_at) {
        (Some(url), Some(asked_at)) => Some(ConsentState { url, asked_at, given_at: stored.consent_given_at }),
        _ => None,
    };
    let grant = db::grants::of(tx, owner).await?.map(|grant| grant.status());
    Ok(SignInState { grant, refused: stored.refused, consent })
}

/// Forgets attempts nobody can come back to any more, and answers how many. They are kept for as long again as
/// they were open: until then a page that is loaded again is understood.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let pruned = db::sign_ins::prune(&mut tx, ctx.clock.now().plus_millis(-ATTEMPT_MILLIS)).await?;
    tx.commit().await?;
    Ok(pruned)
}

/// The provider that a draft's form has chosen.
fn chosen(row: &db::drafts::DraftRow) -> Result<OAuthProvider> {
    row.form.sign_in.filter(|_| row.form.kind == Some(ServerKind::Custom)).ok_or(Error::NotFound("provider"))
}

/// The identity that what is kept of an attempt is sealed for.
fn record(state_hash: &[u8]) -> String {
    format!("attempt/{}", state_hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
