//! Browser sessions: tower-sessions over our own database.
//!
//! The cookie holds a random 128-bit id; the database holds only its SHA-256, so that a stolen backup
//! opens nobody's session.

use std::{fmt, net::IpAddr};

use async_trait::async_trait;
use axum::http::{HeaderMap, header};
use postroom_server::{
    context::Context,
    model::{IdentityProviderId, SignedInBy, Timestamp, UserId},
    random,
    sessions::{self as stored, Visit},
    users::{self, Admin, Person},
    vault::VaultError,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Error as SessionError, Id, Record},
    session_store::{Error, Result},
};

/// The cookie's name.
const COOKIE: &str = "postroom_session";
/// Where the session keeps who is signed in, or has shown the right password and no code yet.
const VISIT: &str = "visit";
/// Where it keeps until when the code may come, and where it leads.
const AWAITS_CODE: &str = "awaits_code";
/// Where it keeps the identity provider that let them in; nothing for whoever came in with a password.
const PROVIDER: &str = "identity_provider";
/// Where it keeps when it was seen last.
const SEEN: &str = "seen";
/// How often that is written down: every request is activity, and most change nothing.
const SEEN_EVERY_MILLIS: i64 = 60_000;
/// How long somebody has for the code, once the password was right.
const CODE_MILLIS: i64 = 5 * 60 * 1_000;
/// How much of what a browser calls itself is kept, in characters.
const AGENT_CHARACTERS: usize = 300;
/// Where it keeps the secret of [`browser`].
const BROWSER: &str = "browser";

/// Sessions in the same database as everything else.
#[derive(Clone)]
pub struct Store(pub Context);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (data, visit) = parts(record)?;
        loop {
            let made = stored::create(&self.0, &key(&record.id), visit.as_ref(), &data, expiry(record)).await;
            if made.map_err(backend)? {
                return Ok(());
            }
            // An id that is taken would join two people's sessions.
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (data, visit) = parts(record)?;
        stored::update(&self.0, &key(&record.id), visit.as_ref(), &data, expiry(record)).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((data, expires)) = stored::load(&self.0, &key(id)).await.map_err(backend)? else { return Ok(None) };
        let data = serde_json::from_slice(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires.0.div_euclid(1_000))
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        stored::delete(&self.0, &key(id)).await.map_err(backend)
    }
}

fn key(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

/// What is stored of a session: its data, without its id, and whose it is.
fn parts(record: &Record) -> Result<(Vec<u8>, Option<Visit>)> {
    let encode = |error: serde_json::Error| Error::Encode(error.to_string());
    let data = serde_json::to_vec(&record.data).map_err(encode)?;
    let visit = record.data.get(VISIT).cloned().map(serde_json::from_value).transpose().map_err(encode)?;
    Ok((data, visit))
}

fn expiry(record: &Record) -> Timestamp {
    Timestamp(record.expiry_date.unix_timestamp().saturating_mul(1_000))
}

fn backend(error: postroom_server::Error) -> Error {
    Error::Backend(error.to_string())
}

/// The layer that reads and writes the cookie: HttpOnly, SameSite=Lax, Secure where we are reached by https.
#[must_use]
pub fn layer(ctx: &Context) -> SessionManagerLayer<Store> {
    let secure = ctx.config.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    let idle = Duration::hours(i64::from(ctx.config.session.idle_hours));
    SessionManagerLayer::new(Store(ctx.clone()))
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        // The clock runs from the last change of the session: see `seen`.
        .with_expiry(Expiry::OnInactivity(idle))
}

/// Writes down that a session is in use, at most once a minute; with it its end moves, and its cookie's.
///
/// # Errors
/// When the database does not say whether there is such a session. Then nobody knows who asks, which is not the same
/// as that nobody is signed in.
pub async fn seen(ctx: &Context, session: &Session) -> Result<()> {
    if session.id().is_none() {
        return Ok(());
    }
    let now = ctx.clock.now();
    let before = match session.get::<Timestamp>(SEEN).await {
        Err(SessionError::Store(error @ Error::Backend(_))) => return Err(error),
        read => read.ok().flatten(),
    };
    // Reading has found out whether there is such a session at all: a stranger's old cookie makes none.
    if session.id().is_none() || before.is_some_and(|before| now.millis_since(before) < SEEN_EVERY_MILLIS) {
        return Ok(());
    }
    if let Err(error) = session.insert(SEEN, now).await {
        tracing::warn!("A session could not be read: {error}.");
    }
    Ok(())
}

/// Who is signed in, if anybody.
pub async fn user(session: &Session) -> Option<UserId> {
    visit(session).await.map(|visit| visit.user)
}

/// Who is signed in, and how they came in.
pub async fn visit(session: &Session) -> Option<Visit> {
    session.get::<Visit>(VISIT).await.ok().flatten().filter(|visit| visit.by.is_some())
}

/// The hash of this session's key, under which the database knows it.
#[must_use]
pub fn key_hash(session: &Session) -> Option<Vec<u8>> {
    session.id().as_ref().map(key)
}

/// Whoever is signed in, for what is their own; `None` where nobody is.
///
/// # Errors
/// The database could not be asked.
pub async fn person(ctx: &Context, session: &Session) -> std::result::Result<Option<Person>, postroom_server::Error> {
    let Some(user) = user(session).await else { return Ok(None) };
    match users::person(ctx, user).await {
        Ok(person) => Ok(Some(person)),
        Err(postroom_server::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whoever is signed in, proven to be an administrator of the account; `None` where nobody is.
///
/// # Errors
/// [`Forbidden`](postroom_server::Error::Forbidden) for anybody else; the database could not be asked.
pub async fn admin(ctx: &Context, session: &Session) -> std::result::Result<Option<Admin>, postroom_server::Error> {
    let Some(user) = user(session).await else { return Ok(None) };
    match users::admin(ctx, user).await {
        Ok(admin) => Ok(Some(admin)),
        Err(postroom_server::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where somebody comes in from: the network address, and what the browser calls itself.
#[derive(Clone, Debug)]
pub struct Origin {
    pub address: IpAddr,
    pub agent: String,
}

impl Origin {
    /// What a request says of itself.
    #[must_use]
    pub fn of(address: IpAddr, headers: &HeaderMap) -> Self {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let agent = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARACTERS).collect();
        Self { address, agent }
    }

    fn visit(self, ctx: &Context, user: UserId, by: Option<SignedInBy>) -> Visit {
        Visit { user, by, address: self.address.to_string(), agent: self.agent, since: ctx.clock.now() }
    }
}

/// Signs somebody in under a new session id, so that an id planted beforehand is worth nothing.
///
/// # Errors
/// When the session cannot be stored.
pub async fn sign_in(
    ctx: &Context,
    session: &Session,
    user: UserId,
    by: SignedInBy,
    origin: Origin,
) -> std::result::Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.remove_value(AWAITS_CODE).await?;
    session.remove_value(PROVIDER).await?;
    session.insert(VISIT, origin.visit(ctx, user, Some(by))).await
}

/// [`sign_in`] of somebody whom an identity provider has let in.
///
/// # Errors
/// When the session cannot be stored.
pub async fn sign_on(
    ctx: &Context,
    session: &Session,
    user: UserId,
    provider: IdentityProviderId,
    origin: Origin,
) -> std::result::Result<(), tower_sessions::session::Error> {
    sign_in(ctx, session, user, SignedInBy::Provider, origin).await?;
    session.insert(PROVIDER, provider).await
}

/// The identity provider that has let in whoever is signed in; `None` after a sign-in with a password.
pub async fn provider(session: &Session) -> Option<IdentityProviderId> {
    session.get(PROVIDER).await.ok().flatten()
}

/// The password was right, and the code is asked for: nobody is signed in yet, and the session's id is a new one.
///
/// # Errors
/// When the session cannot be stored.
pub async fn await_code(
    ctx: &Context,
    session: &Session,
    user: UserId,
    next: &str,
    origin: Origin,
) -> std::result::Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    let awaited = AwaitedCode { until: ctx.clock.now().plus_millis(CODE_MILLIS), next: next.to_owned() };
    session.insert(AWAITS_CODE, awaited).await?;
    session.insert(VISIT, origin.visit(ctx, user, None)).await
}

/// The second half of a sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AwaitedCode {
    until: Timestamp,
    /// Where it leads.
    pub next: String,
}

/// Whose code this session awaits; `None` where it awaits none, or not any more.
pub async fn awaited(ctx: &Context, session: &Session) -> Option<(UserId, AwaitedCode)> {
    let visit = session.get::<Visit>(VISIT).await.ok().flatten().filter(|visit| visit.by.is_none())?;
    let awaited = session.get::<AwaitedCode>(AWAITS_CODE).await.ok().flatten()?;
    (ctx.clock.now() < awaited.until).then_some((visit.user, awaited))
}

/// Gives the session of somebody who stays signed in a new id.
///
/// # Errors
/// When the session cannot be stored.
pub async fn renew_id(session: &Session) -> std::result::Result<(), tower_sessions::session::Error> {
    session.cycle_id().await
}

/// A secret that only this browser's session holds: what it begins elsewhere, only it can end here.
///
/// # Errors
/// When the session cannot be stored.
pub async fn browser(session: &Session) -> std::result::Result<SecretString, tower_sessions::session::Error> {
    if let Some(known) = known_browser(session).await {
        return Ok(known);
    }
    let secret = random::secret();
    session.insert(BROWSER, secret.expose_secret()).await?;
    Ok(secret)
}

/// [`browser`], where this session has one.
pub async fn known_browser(session: &Session) -> Option<SecretString> {
    session.get::<String>(BROWSER).await.ok().flatten().map(SecretString::from)
}

/// Why something could not be kept for one reading, or not be read.
#[derive(Debug, thiserror::Error)]
pub enum OnceError {
    #[error("the vault failed")]
    Vault(#[from] VaultError),
    #[error("the session failed")]
    Session(#[from] tower_sessions::session::Error),
    #[error("what is kept cannot be read")]
    Text(#[from] serde_json::Error),
}

/// Keeps something for one reading by this session, sealed: what is shown once is nowhere in clear.
///
/// # Errors
/// When it cannot be sealed or the session not be stored.
pub async fn keep_once(
    ctx: &Context,
    session: &Session,
    name: &str,
    value: &impl Serialize,
) -> std::result::Result<(), OnceError> {
    let record = format!("once/{name}");
    let sealed = ctx.vault.seal(&record, &serde_json::to_string(value)?.into())?;
    Ok(session.insert(&record, sealed).await?)
}

/// What [`keep_once`] kept; gone after this. Also gone with the key that sealed it.
///
/// # Errors
/// When it cannot be opened or the session not be stored.
pub async fn take_once<T: DeserializeOwned>(
    ctx: &Context,
    session: &Session,
    name: &str,
) -> std::result::Result<Option<T>, OnceError> {
    let record = format!("once/{name}");
    let Some(sealed) = session.remove::<Vec<u8>>(&record).await? else { return Ok(None) };
    match ctx.vault.open(&record, &sealed) {
        Ok(opened) => Ok(Some(serde_json::from_str(opened.expose_secret())?)),
        Err(VaultError::UnknownKey(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
