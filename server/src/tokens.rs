//! Access tokens, always fresh: fetched ahead of time, by one process at a time, and never lost on the way.
//!
//! ```text
//! access ─► still good? ──────────────────────────────► the token
//!              │ due, or a server refused it
//!              ▼
//!           claim ─► provider ─► new tokens stored ──► the token      the rotated refresh token is in the
//!              │         └─► invalid_grant ─► Problem                 database before anything uses the new
//!              └─ somebody else has it: wait for theirs               access token
//! ```
//!
//! A network fault never ends a grant: while the old access token lasts it is used, and the next try is soon.

mod sign_in;

use std::time::Duration;

use rand::Rng as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::sleep;

use crate::applications;
use crate::context::Context;
use crate::db;
use crate::db::Tx;
use crate::db::grants::{Grant, NewTokens, Owner};
use crate::error::{Error, Result};
use crate::model::{GrantId, OAuthProvider, Problem};
use crate::oauth::Tokens;
use crate::telemetry;

/// How long one process may take to fetch new tokens before another one may try: longer than the client waits.
const CLAIM_MILLIS: i64 = 60_000;
/// How often somebody who waits for another process looks again, and for how long.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
const WAIT: Duration = Duration::from_secs(35);
/// A token this close to its end is not handed out: the way to the mail server takes time too.
const MARGIN_MILLIS: i64 = 10_000;
/// How many grants are renewed in one round.
const ROUND: i64 = 100;
/// A failed renewal is tried again after this long.
const PAUSE_MILLIS: i64 = 60_000;

pub(crate) use sign_in::sign_in;

/// Which token is wanted.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// One that is good.
    Current,
    /// Another one than this, which a mail server has refused.
    InsteadOf(&'a SecretString),
}

/// An access token of a grant, or why there is none.
///
/// # Errors
/// When the database or the vault fails; [`Error::NotFound`] when the grant is gone.
pub async fn access(ctx: &Context, id: GrantId, wanted: Wanted<'_>) -> Result<Result<SecretString, Problem>> {
    let mut waited = Duration::ZERO;
    loop {
        let grant = load(ctx, id).await?;
        let token = ctx.vault.open(&record(&grant.seal, ACCESS), &grant.access_token)?;
        let now = ctx.clock.now();
        let refused = matches!(wanted, Wanted::InsteadOf(refused) if refused.expose_secret() == token.expose_secret());
        let lasts = !refused && now.plus_millis(MARGIN_MILLIS) < grant.expires_at;
        if lasts && now < grant.refresh_after {
            return Ok(Ok(token));
        }
        if let Some(problem) = grant.problem {
            return Ok(if lasts { Ok(token) } else { Err(problem) });
        }
        if claim(ctx, &grant).await? {
            return match renew(ctx, &grant).await? {
                // There is a token that still lasts: what went wrong is tried again in time.
                Err(problem) if lasts && !problem.needs_person() => Ok(Ok(token)),
                renewed => Ok(renewed),
            };
        }
        if lasts {
            return Ok(Ok(token));
        }
        if waited >= WAIT {
            let problem = Problem::ProviderUnavailable { host: String::new(), reply: String::new() };
            return Ok(Err(problem));
        }
        // Another process fetches new tokens: the database will have them.
        #[expect(clippy::disallowed_methods, reason = "a process beside this one cannot tell us when it is done")]
        sleep(LOOK_AGAIN).await;
        waited += LOOK_AGAIN;
    }
}

/// Renews the tokens of mailboxes that are due, and answers how many were.
///
/// # Errors
/// When the database or the vault fails.
pub async fn renew_due(ctx: &Context) -> Result<usize> {
    let mut tx = ctx.db.read().await?;
    let due = db::grants::due(&mut tx, ctx.clock.now(), ROUND).await?;
    drop(tx);
    let mut renewed = 0;
    for id in due {
        let grant = match load(ctx, id).await {
            Ok(grant) => grant,
            Err(Error::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        if claim(ctx, &grant).await? && renew(ctx, &grant).await?.is_ok() {
            renewed += 1;
        }
    }
    Ok(renewed)
}

/// Seals tokens that have just come, and decides when to fetch the next: at 80 % of their life or five minutes
/// before its end, whatever is earlier, and up to 5 % earlier still, so that mailboxes do not all come at once.
///
/// `kept` is the refresh token so far, for providers that give a new one only when they change it.
pub(crate) fn seal(ctx: &Context, seal: &str, tokens: &Tokens, kept: Option<&[u8]>) -> Result<NewTokens> {
    let refresh_token = match (&tokens.refresh, kept) {
        (Some(token), _) => ctx.vault.seal(&record(seal, REFRESH), token)?,
        (None, Some(kept)) => kept.to_vec(),
        (None, None) => return Err(Error::NotFound("refresh token")),
    };
    let now = ctx.clock.now();
    let life =
        i64::try_from(tokens.expires_in).unwrap_or(i64::MAX / 2_000).saturating_mul(1_000).clamp(0, MAX_LIFE_MILLIS);
    Ok(NewTokens {
        access_token: ctx.vault.seal(&record(seal, ACCESS), &tokens.access)?,
        refresh_token,
        expires_at: now.plus_millis(life),
        refresh_after: now.plus_millis(renewal(life, rand::rng().random_range(0..=50))),
        refresh_ends_at: tokens.refresh_expires_in.map(|seconds| {
            let millis = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
            now.plus_millis(millis.min(MAX_REFRESH_LIFE_MILLIS))
        }),
    })
}

/// What is to be given back to a provider when a grant is forgotten.
pub(crate) struct GivenBack {
    provider: OAuthProvider,
    token: SecretString,
}

/// What [`give_back`] takes, for a grant that is about to be forgotten; `None` where there is none, or the same
/// person has allowed something else, which would end with it.
pub(crate) async fn to_give_back(tx: &mut Tx, ctx: &Context, owner: Owner) -> Result<Option<GivenBack>> {
    let Some(grant) = db::grants::of(tx, owner).await? else { return Ok(None) };
    if db::grants::has_siblings(tx, &grant).await? {
        return Ok(None);
    }
    Ok(Some(GivenBack { provider: grant.provider, token: refresh_token(ctx, &grant)? }))
}

/// Gives back at the provider what is forgotten here (RFC 7009), where the provider takes it back.
///
/// What cannot be given back is said in the log: the provider's own page ends it too.
pub(crate) async fn give_back(ctx: &Context, given: Option<GivenBack>) {
    let Some(GivenBack { provider, token }) = given else { return };
    let application = async {
        let mut tx = ctx.db.read().await?;
        applications::ready(&mut tx, ctx, provider, None).await
    };
    match application.await {
        Ok(Some(application)) => {
            if let Err(problem) = ctx.oauth.revoke(&application, &token).await {
                tracing::warn!(provider = provider.as_str(), problem = problem.kind(), "A grant was not given back.");
            }
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "A grant was not given back."),
    }
}

/// A random identity for the tokens of a new grant to be sealed for.
pub(crate) fn new_seal() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

/// The refresh token of a grant.
fn refresh_token(ctx: &Context, grant: &Grant) -> Result<SecretString> {
    Ok(ctx.vault.open(&record(&grant.seal, REFRESH), &grant.refresh_token)?)
}

pub(crate) const ACCESS: &str = "access";
pub(crate) const REFRESH: &str = "refresh";
/// No provider gives longer ones; a larger number is a mistake.
const MAX_LIFE_MILLIS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// Whoever says more does not mean an end.
const MAX_REFRESH_LIFE_MILLIS: i64 = 10 * 365 * 24 * 60 * 60 * 1_000;
const FIVE_MINUTES_MILLIS: i64 = 300_000;

/// When a token of this life is renewed, `early` thousandths of it earlier than it must be.
const fn renewal(life_millis: i64, early: i64) -> i64 {
    let most = life_millis / 10 * 8;
    let before_end = life_millis - FIVE_MINUTES_MILLIS;
    let latest = if before_end > 0 && before_end < most { before_end } else { most };
    latest - life_millis / 1_000 * early
}

async fn load(ctx: &Context, id: GrantId) -> Result<Grant> {
    let mut tx = ctx.db.read().await?;
    db::grants::by_id(&mut tx, id).await?.ok_or(Error::NotFound("grant"))
}

async fn claim(ctx: &Context, grant: &Grant) -> Result<bool> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let claimed = db::grants::claim(&mut tx, grant.id, grant.version, now, now.plus_millis(CLAIM_MILLIS)).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Fetches new tokens with a claim in hand.
async fn renew(ctx: &Context, grant: &Grant) -> Result<Result<SecretString, Problem>> {
    let mut tx = ctx.db.read().await?;
    let application = applications::ready(&mut tx, ctx, grant.provider, None).await?;
    drop(tx);
    let fetched = match application {
        Some(application) => ctx.oauth.refresh(&application, &refresh_token(ctx, grant)?).await,
        None => Err(Problem::ClientUnknown { reply: String::new() }),
    };
    telemetry::token_asked(grant.provider, fetched.as_ref().err());
    let tokens = match fetched {
        Ok(tokens) => tokens,
        Err(problem) => {
            refused(ctx, grant, &problem).await?;
            return Ok(Err(problem));
        }
    };
    let sealed = seal(ctx, &grant.seal, &tokens, Some(&grant.refresh_token))?;
    let mut tx = ctx.db.write().await?;
    let stored = db::grants::renew(&mut tx, grant.id, grant.version, &sealed, ctx.clock.now()).await?;
    tx.commit().await?;
    applications::note(ctx, grant.provider, None).await?;
    if stored {
        return Ok(Ok(tokens.access));
    }
    // Somebody signed in again while we were away: theirs are the tokens now.
    let grant = load(ctx, grant.id).await?;
    Ok(Ok(ctx.vault.open(&record(&grant.seal, ACCESS), &grant.access_token)?))
}

/// Remembers why there are no new tokens, where it belongs: with the application, or with this grant.
async fn refused(ctx: &Context, grant: &Grant, problem: &Problem) -> Result<()> {
    tracing::warn!(grant = grant.id.0, problem = problem.kind(), "No new access token.");
    let mut tx = ctx.db.write().await?;
    if problem.needs_person() && !problem.is_about_application() {
        db::grants::set_problem(&mut tx, grant.id, grant.version, problem).await?;
    } else {
        let next = ctx.clock.now().plus_millis(PAUSE_MILLIS);
        db::grants::release(&mut tx, grant.id, grant.version, next).await?;
    }
    tx.commit().await?;
    if problem.is_about_application() {
        applications::note(ctx, grant.provider, Some(problem)).await?;
    }
    Ok(())
}

/// The identity that a token is sealed for.
pub(crate) fn record(seal: &str, which: &str) -> String {
    format!("grant/{seal}/{which}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_renewed_well_before_they_end() {
        let minutes = |minutes: i64| minutes * 60_000;
        assert_eq!(renewal(minutes(60), 0), minutes(48));
        assert_eq!(renewal(minutes(60), 50), minutes(45));
        assert_eq!(renewal(minutes(20), 0), minutes(15));
        assert_eq!(renewal(minutes(5), 0), minutes(4));
        assert_eq!(renewal(0, 50), 0);
    }
}
