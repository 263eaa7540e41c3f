//! A new password for whoever has forgotten theirs, by a link in a mail.
//!
//! ```text
//! ask ─► a wish, the same for every address ─► answer (in the background) ─► somebody is there:  a link by mail
//!                                                                       ├─► no password here, or none is taken: how they sign in
//!                                                                       └─► nobody, or no relay:  nothing
//! link ─► open (looks only) ─► reset: new password, every session ends, a mail tells of it
//! ```
//!
//! Asking looks nobody up: what it does and how long it takes cannot depend on who has an account. A link is 256
//! random bits, stored hashed, good for half an hour and one use; a newer one takes its place. It leaves the second
//! factor as it is.

use std::net::IpAddr;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{MissedTickBehavior, interval};

use crate::audit::{self, By, Changes};
use crate::context::Context;
use crate::db::password_resets::Wish;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::{AuditAct, EmailAddress, Field, Invalid, Language, NewPassword, Reason, User};
use crate::own_account::about;
use crate::own_account::post::{self, News};
use crate::random::{self, hash};
use crate::relay;
use crate::single_sign_on;
use crate::stop::Stop;
use crate::users::{Admin, password};

/// How long a link can be used, and how long a wish is worth answering.
const LIFE_MILLIS: i64 = 30 * 60 * 1_000;
/// How many wishes may wait. They are answered at once: more than this is somebody's mischief.
const MOST_WISHES: i64 = 1_000;
/// How often somebody looks for wishes that were made elsewhere.
const ROUND: Duration = Duration::from_secs(15);

/// Somebody has forgotten the password of this address, they say; `language` is that of their pages.
///
/// # Errors
/// [`Error::Invalid`] for what cannot be an address.
pub async fn ask(ctx: &Context, address: &str, language: Language) -> Result<()> {
    let address = address.trim();
    if address.is_empty() {
        accept(vec![Invalid::new(Field::Address, Reason::Empty)])?;
    }
    let address = EmailAddress::parse(address).map_err(|_| Error::invalid(Field::Address, Reason::NotAnAddress))?;
    let wish = Wish { address: address.as_str().to_owned(), language, asked_at: ctx.clock.now() };
    let mut tx = ctx.db.write().await?;
    if !db::password_resets::add_wish(&mut tx, &wish, MOST_WISHES).await? {
        tracing::warn!("Too many people have forgotten their passwords at once: one of them gets no mail.");
    }
    tx.commit().await?;
    ctx.password_resets.ring();
    Ok(())
}

/// Answers those who have asked, and says how many mails were queued.
///
/// # Errors
/// When the database fails; then the wish in hand waits.
pub async fn answer(ctx: &Context) -> Result<usize> {
    let mut queued = 0;
    loop {
        let mut tx = ctx.db.read().await?;
        if !db::password_resets::any_wish(&mut tx).await? {
            return Ok(queued);
        }
        drop(tx);
        let mut tx = ctx.db.write().await?;
        let Some(wish) = db::password_resets::take_wish(&mut tx).await? else { return Ok(queued) };
        if answer_one(&mut tx, ctx, &wish).await? {
            queued += 1;
        }
        tx.commit().await?;
        ctx.outbox.ring();
    }
}

async fn answer_one(tx: &mut Tx, ctx: &Context, wish: &Wish) -> Result<bool> {
    let now = ctx.clock.now();
    if now.millis_since(wish.asked_at) > LIFE_MILLIS {
        return Ok(false);
    }
    let Ok(address) = EmailAddress::parse(&wish.address) else { return Ok(false) };
    let Some(user) = db::users::by_email(tx, &address).await? else { return Ok(false) };
    if db::users::active(tx, user.id).await?.is_none() {
        return Ok(false);
    }
    // A link that nobody can be sent does not take the place of one that somebody has.
    if relay::sender(tx).await?.is_none() {
        tracing::warn!(user = user.id.0, "A forgotten password cannot be answered by mail: no relay is set.");
        return Ok(false);
    }
    let has_password = db::users::password_hash(tx, user.id).await?.is_some();
    if !has_password || !single_sign_on::is_local_on(tx).await? {
        return post::send(tx, ctx, user.id, &News::SignsInElsewhere, wish.language).await;
    }
    let token = random::secret();
    let token = token.expose_secret();
    db::password_resets::put(tx, user.id, &hash(token), now.plus_millis(LIFE_MILLIS)).await?;
    let by = By::stranger(&wish.address, None);
    audit::record(tx, ctx, &by, about(&user, AuditAct::PasswordForgotten)).await?;
    let url = format!("{}/reset/{token}", ctx.config.base_url());
    post::send(tx, ctx, user.id, &News::Link { url, life_millis: LIFE_MILLIS }, wish.language).await
}

/// Answers until it is told to stop; what is in hand is finished.
pub async fn run(ctx: Context, mut stop: Stop) {
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.asked() => return,
            () = ctx.password_resets.rung() => {}
            _ = round.tick() => {}
        }
        if let Err(error) = answer(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "A forgotten password could not be answered.");
        }
    }
}

/// Whether a link can be used; nothing changes.
///
/// # Errors
/// When the database fails.
pub async fn open(ctx: &Context, token: &SecretString) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    let found = db::password_resets::by_token(&mut tx, &hash(token.expose_secret()), ctx.clock.now()).await?;
    Ok(found.is_some())
}

/// Uses a link: the password is this one from now on, and whoever was signed in is out. `remote` is where whoever has
/// the link comes from.
///
/// # Errors
/// [`Error::NotFound`] for a link that never was, was used, was replaced or is too old: nothing tells which.
/// [`Error::Invalid`] for the password; then the link can still be used.
pub async fn reset(
    ctx: &Context,
    token: &SecretString,
    form: NewPassword,
    language: Language,
    remote: Option<IpAddr>,
) -> Result<User> {
    let gone = || Error::NotFound("link");
    if !open(ctx, token).await? {
        return Err(gone());
    }
    accept(form.validate())?;
    let new = password::hash(SecretString::from(form.password)).await?;
    let mut tx = ctx.db.write().await?;
    let user = db::password_resets::spend(&mut tx, &hash(token.expose_secret()), ctx.clock.now()).await?;
    let user = user.ok_or_else(gone)?;
    let user = db::users::active(&mut tx, user).await?.ok_or_else(gone)?.user;
    db::users::set_password_hash(&mut tx, user.id, &new).await?;
    db::sessions::delete_of(&mut tx, user.id, None).await?;
    let by = By::link_holder(user.email.as_str(), remote);
    let entry = about(&user, AuditAct::PasswordChanged).with(Changes::none().and_secret("password", true));
    audit::record(&mut tx, ctx, &by, entry).await?;
    post::send(&mut tx, ctx, user.id, &News::PasswordChanged, language).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(user)
}

/// Whether links can be mailed.
///
/// # Errors
/// When the database fails.
pub async fn can_be_mailed(ctx: &Context, admin: &Admin) -> Result<bool> {
    relay::is_set(ctx, admin).await
}

/// Removes links that nobody can use any more.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let pruned = db::password_resets::delete_expired(&mut tx, ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(pruned)
}
