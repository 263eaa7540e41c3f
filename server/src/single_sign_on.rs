//! Signing in to Postroom at an identity provider, and whether passwords still are a way in.
//!
//! ```text
//! begin ─► the provider's pages ─► finish ─► the user whose identity it is, or why nobody is let in
//! ```
//!
//! An attempt is kept for ten minutes, hashed and sealed, for one use, and bound to the browser that began it. Who
//! somebody is, is known by the provider and its subject. An address links a user to them once, and only where it is
//! verified: by the provider, or because the provider is trusted for its domain.

mod arrival;

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db::sign_ons::NewAttempt;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::identity_providers;
use crate::model::{
    AuditAct, IdentityProviderId, LocalLogin, ProviderButton, ProviderTroubleKind, Rule, SignOnRefusal, UserId, WaysIn,
};
use crate::oauth::Answer;
use crate::openid::Fault;
use crate::random::hash;
use crate::users::Admin;

/// How long a browser may take at the provider.
const ATTEMPT_MILLIS: i64 = 10 * 60 * 1_000;
/// The setting that says whether passwords are a way in.
const LOCAL_LOGIN: &str = "local_login";
/// The setting that says whether the only provider is gone to without being asked for.
const AT_ONCE: &str = "sign_on_at_once";
const OFF: &str = "off";
const ON: &str = "on";

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// This user has come in through this provider, and wanted to go there.
    SignedIn { user: UserId, provider: IdentityProviderId, next: String },
    /// Nobody has. The provider is known unless the attempt is not.
    Refused { provider: Option<IdentityProviderId>, why: SignOnRefusal, next: String },
}

/// What is kept, sealed, until the browser comes back.
#[derive(Serialize, Deserialize)]
struct Kept {
    verifier: String,
    nonce: String,
    redirect_uri: Url,
    next: String,
}

/// The ways into this Postroom. Everybody may know: the page to sign in at shows them.
///
/// # Errors
/// When the database fails.
pub async fn ways_in(ctx: &Context) -> Result<WaysIn> {
    let mut tx = ctx.db.read().await?;
    let providers = db::identity_providers::all(&mut tx).await?;
    let providers: Vec<ProviderButton> =
        providers.into_iter().map(|stored| ProviderButton { id: stored.id, name: stored.form.name }).collect();
    let at_once = db::settings::get(&mut tx, AT_ONCE).await?.as_deref() == Some(ON);
    Ok(WaysIn { local: is_local_on(&mut tx).await?, at_once, providers })
}

/// True where one may sign in with a password that Postroom keeps.
///
/// # Errors
/// When the database fails.
pub async fn local_login(ctx: &Context) -> Result<bool> {
    is_local_on(&mut ctx.db.read().await?).await
}

/// [`local_login`] within a transaction.
pub(crate) async fn is_local_on(tx: &mut Tx) -> Result<bool> {
    Ok(db::settings::get(tx, LOCAL_LOGIN).await?.as_deref() != Some(OFF))
}

/// Whether the only provider is gone to without being asked for.
///
/// # Errors
/// When the database fails.
pub async fn set_at_once(ctx: &Context, admin: &Admin, at_once: bool) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let before = db::settings::get(&mut tx, AT_ONCE).await?.as_deref() == Some(ON);
    turned(&mut tx, ctx, &admin.by(), AT_ONCE, before, at_once).await?;
    db::settings::set(&mut tx, AT_ONCE, if at_once { ON } else { OFF }).await?;
    tx.commit().await
}

/// Whether this administrator may switch passwords off. `by` is the provider they came in through, if any.
///
/// # Errors
/// When the database fails.
pub async fn local_login_for(ctx: &Context, admin: &Admin, by: Option<IdentityProviderId>) -> Result<LocalLogin> {
    let mut tx = ctx.db.read().await?;
    standing(&mut tx, admin, by).await
}

/// Switches passwords on or off as a way in. Switching them off ends every session, so that nobody stays whom a
/// password let in, that of whoever asks too.
///
/// # Errors
/// [`Rule::SignOnFirst`] where whoever asks has not come in through a provider as it is now set.
pub async fn set_local_login(ctx: &Context, admin: &Admin, by: Option<IdentityProviderId>, on: bool) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    if !on {
        match standing(&mut tx, admin, by).await? {
            LocalLogin::CanEnd => {}
            LocalLogin::Off => return Ok(()),
            LocalLogin::SignOnFirst | LocalLogin::SignOnAgain => return Err(Rule::SignOnFirst.into()),
        }
    }
    switch_local(&mut tx, ctx, &admin.by(), on).await?;
    tx.commit().await
}

/// The same from the command line, where the operator is trusted: the way back in when a provider is gone.
///
/// # Errors
/// [`Rule::LastWayIn`] for switching passwords off where there is no provider.
pub async fn force_local_login(ctx: &Context, on: bool) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    if !on && db::identity_providers::all(&mut tx).await?.is_empty() {
        return Err(Rule::LastWayIn.into());
    }
    switch_local(&mut tx, ctx, &By::shell(), on).await?;
    tx.commit().await
}

/// Writes down that a switch was turned.
async fn turned(tx: &mut Tx, ctx: &Context, by: &By, switch: &str, before: bool, after: bool) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let word = |on| Some(if on { ON } else { OFF });
    let changes = Changes::none().and(switch, word(before), word(after));
    audit::record(tx, ctx, by, Entry::of(AuditAct::SwitchChanged, switch).with(changes)).await
}

async fn switch_local(tx: &mut Tx, ctx: &Context, by: &By, on: bool) -> Result<()> {
    let before = is_local_on(tx).await?;
    turned(tx, ctx, by, LOCAL_LOGIN, before, on).await?;
    db::settings::set(tx, LOCAL_LOGIN, if on { ON } else { OFF }).await?;
    if !on {
        db::sessions::delete_all(tx).await?;
    }
    Ok(())
}

async fn standing(tx: &mut Tx, admin: &Admin, by: Option<IdentityProviderId>) -> Result<LocalLogin> {
    if !is_local_on(tx).await? {
        return Ok(LocalLogin::Off);
    }
    let Some(by) = by else { return Ok(LocalLogin::SignOnFirst) };
    let Some(stored) = db::identity_providers::by_id(tx, by).await? else { return Ok(LocalLogin::SignOnFirst) };
    let last = db::identities::last_signed_in(tx, by, admin.user.id).await?;
    let proven = last.is_some_and(|at| at >= stored.changed_at);
    Ok(if proven { LocalLogin::CanEnd } else { LocalLogin::SignOnAgain })
}

/// True where administrators can come in without this provider: with a password, or through another provider that has
/// let one in since it was last changed.
pub(crate) async fn is_way_in_without(tx: &mut Tx, without: IdentityProviderId) -> Result<bool> {
    if is_local_on(tx).await? {
        return Ok(true);
    }
    for other in db::identity_providers::all(tx).await?.into_iter().filter(|other| other.id != without) {
        if db::identities::admin_signed_in_since(tx, other.id, other.changed_at).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Begins an attempt: where to send the browser, or why it cannot be sent anywhere.
///
/// `browser` is a secret that only this browser's session holds; `here` is where the browser sees this Postroom, when
/// that is not its public address.
///
/// # Errors
/// [`Error::NotFound`] where there is no such provider; when the database or the vault fails.
pub async fn begin(
    ctx: &Context,
    provider: IdentityProviderId,
    browser: &SecretString,
    next: &str,
    here: Option<&Url>,
) -> Result<Result<Url, SignOnRefusal>> {
    let mut tx = ctx.db.read().await?;
    let stored = db::identity_providers::by_id(&mut tx, provider).await?;
    let stored = stored.ok_or(Error::NotFound("identity provider"))?;
    drop(tx);
    let redirect_uri = identity_providers::redirect_uri(&ctx.config, here)?;
    let registration = identity_providers::registration(ctx, &stored, redirect_uri.clone())?;
    let attempt = match ctx.openid.authorize(&registration).await {
        Ok(attempt) => attempt,
        Err(fault) => return Ok(Err(refuse(ctx, provider, &fault).await?)),
    };
    let state_hash = hash(attempt.state.expose_secret());
    let kept = Kept {
        verifier: attempt.verifier.expose_secret().to_owned(),
        nonce: attempt.nonce.expose_secret().to_owned(),
        redirect_uri,
        next: next.to_owned(),
    };
    let kept = SecretString::from(db::to_json("sign_on_attempts.kept", &kept)?);
    let kept = ctx.vault.seal(&record(&state_hash), &kept)?;
    let mut tx = ctx.db.write().await?;
    let new = NewAttempt {
        state_hash: &state_hash,
        browser_hash: &hash(browser.expose_secret()),
        provider,
        kept: &kept,
        expires_at: ctx.clock.now().plus_millis(ATTEMPT_MILLIS),
    };
    db::sign_ons::begin(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Ok(attempt.url))
}

/// Ends an attempt with what the provider's redirect said.
///
/// # Errors
/// When the database or the vault fails.
pub async fn finish(
    ctx: &Context,
    state: &str,
    browser: Option<&SecretString>,
    answer: &Answer,
    remote: Option<IpAddr>,
) -> Result<Ended> {
    let unknown = || Ended::Refused { provider: None, why: SignOnRefusal::Expired, next: "/".to_owned() };
    let state_hash = hash(state);
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let Some(attempt) = db::sign_ons::take(&mut tx, &state_hash, now).await? else { return Ok(unknown()) };
    // Dropping the transaction leaves the attempt to the browser it belongs to.
    if browser.map(|browser| hash(browser.expose_secret())).as_ref() != Some(&attempt.browser_hash) {
        return Ok(unknown());
    }
    let stored = db::identity_providers::by_id(&mut tx, attempt.provider_id).await?;
    tx.commit().await?;
    let Some(stored) = stored else { return Ok(unknown()) };
    let kept = ctx.vault.open(&record(&state_hash), &attempt.kept)?;
    let kept: Kept = db::from_json("sign_on_attempts.kept", kept.expose_secret())?;
    let (provider, next) = (attempt.provider_id, kept.next);
    let refused = |why| Ended::Refused { provider: Some(provider), why, next: next.clone() };
    if attempt.expires_at <= now {
        return Ok(refused(SignOnRefusal::Expired));
    }
    let registration = identity_providers::registration(ctx, &stored, kept.redirect_uri)?;
    let (verifier, nonce) = (SecretString::from(kept.verifier), SecretString::from(kept.nonce));
    let person = match ctx.openid.exchange(&registration, answer, &verifier, &nonce, now).await {
        Ok(person) => person,
        Err(fault) => {
            let why = refuse(ctx, provider, &fault).await?;
            turned_away(ctx, &stored.form.name, "", why, remote).await?;
            return Ok(refused(why));
        }
    };
    match arrival::let_in(ctx, provider, stored.changed_at, &person, remote).await? {
        Ok(user) => {
            tracing::info!(user = user.0, provider = provider.0, "Somebody signed in through a provider.");
            Ok(Ended::SignedIn { user, provider, next })
        }
        Err(why) => {
            tracing::info!(provider = provider.0, why = why.as_str(), "Somebody was not let in through a provider.");
            turned_away(ctx, &stored.form.name, &person.email, why, remote).await?;
            Ok(refused(why))
        }
    }
}

/// Writes down that somebody was not let in; whoever only let the time run out was not turned away.
async fn turned_away(
    ctx: &Context,
    provider: &str,
    email: &str,
    why: SignOnRefusal,
    remote: Option<IpAddr>,
) -> Result<()> {
    if why == SignOnRefusal::Expired {
        return Ok(());
    }
    let changes = Changes::none().and("problem", None, Some(why.as_str()));
    audit::note(ctx, &By::stranger(email, remote), Entry::of(AuditAct::SignInRefused, provider).with(changes)).await
}

/// Forgets attempts nobody can come back to any more, and answers how many.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let pruned = db::sign_ons::prune(&mut tx, ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(pruned)
}

/// What the person is told. Trouble with the provider itself is kept for administrators; the log has the details.
async fn refuse(ctx: &Context, provider: IdentityProviderId, fault: &Fault) -> Result<SignOnRefusal> {
    let why = told(fault);
    tracing::info!(
        provider = provider.0,
        why = why.as_str(),
        detail = fault.detail(),
        "A sign-in through a provider did not succeed."
    );
    if let Fault::Provider(trouble) = fault {
        let mut tx = ctx.db.write().await?;
        db::identity_providers::note(&mut tx, provider, Some(trouble), ctx.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(why)
}

fn told(fault: &Fault) -> SignOnRefusal {
    match fault {
        Fault::Provider(trouble) => match trouble.kind {
            ProviderTroubleKind::Unreachable | ProviderTroubleKind::Unavailable => SignOnRefusal::ProviderDown,
            _ => SignOnRefusal::ApplicationWrong,
        },
        Fault::Declined { .. } => SignOnRefusal::Declined,
        Fault::Expired => SignOnRefusal::Expired,
        Fault::Unproven { .. } => SignOnRefusal::Unproven,
        Fault::Clock { .. } => SignOnRefusal::Clock,
    }
}

/// The identity that what is kept of an attempt is sealed for.
fn record(state_hash: &[u8]) -> String {
    format!("sign_on/{}", state_hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
