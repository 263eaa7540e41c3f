//! Browser sessions: tower-sessions over our own database.
//!
//! The cookie holds a random 128-bit id; the database holds only its SHA-256, so that a stolen backup
//! opens nobody's session.

use std::fmt;

use async_trait::async_trait;
use postroom_server::{
    context::Context,
    model::{IdentityProviderId, Timestamp, UserId},
    random, sessions as stored,
    users::{self, Admin, Person},
    vault::VaultError,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The cookie's name.
const COOKIE: &str = "postroom_session";
/// Where the session keeps who is signed in.
const USER: &str = "user";
/// Where it keeps the identity provider that let them in; nothing for whoever came in with a password.
const PROVIDER: &str = "identity_provider";
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
        loop {
            let (user, data, expires) = encode(record)?;
            if stored::create(&self.0, &key(&record.id), user, &data, expires).await.map_err(backend)? {
                return Ok(());
            }
            // An id that is taken would join two people's sessions.
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (user, data, expires) = encode(record)?;
        stored::update(&self.0, &key(&record.id), user, &data, expires).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(data) = stored::load(&self.0, &key(id)).await.map_err(backend)? else { return Ok(None) };
        let mut record: Record = serde_json::from_slice(&data).map_err(|error| Error::Decode(error.to_string()))?;
        record.id = *id;
        Ok((record.expiry_date > now(&self.0)).then_some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        stored::delete(&self.0, &key(id)).await.map_err(backend)
    }
}

/// Who is signed in with a session, and the session as it is stored.
fn encode(record: &Record) -> Result<(Option<UserId>, Vec<u8>, Timestamp)> {
    let user = record.data.get(USER).and_then(|user| serde_json::from_value(user.clone()).ok());
    let data = serde_json::to_vec(record).map_err(|error| Error::Encode(error.to_string()))?;
    let expires = Timestamp(record.expiry_date.unix_timestamp().saturating_mul(1_000));
    Ok((user, data, expires))
}

fn key(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn now(ctx: &Context) -> OffsetDateTime {
    let seconds = ctx.clock.now().0.div_euclid(1_000);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
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
        .with_expiry(Expiry::OnInactivity(idle))
        // Every request is activity: without this the clock would run from the last change of the session.
        .with_always_save(true)
}

/// Who is signed in, if anybody.
pub async fn user(session: &Session) -> Option<UserId> {
    session.get(USER).await.ok().flatten()
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

/// Signs somebody in under a new session id, so that an id planted beforehand is worth nothing.
///
/// # Errors
/// When the session cannot be stored.
pub async fn sign_in(session: &Session, user: UserId) -> std::result::Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.remove::<IdentityProviderId>(PROVIDER).await?;
    session.insert(USER, user).await
}

/// [`sign_in`] of somebody whom an identity provider has let in.
///
/// # Errors
/// When the session cannot be stored.
pub async fn sign_on(
    session: &Session,
    user: UserId,
    provider: IdentityProviderId,
) -> std::result::Result<(), tower_sessions::session::Error> {
    sign_in(session, user).await?;
    session.insert(PROVIDER, provider).await
}

/// The identity provider that has let in whoever is signed in; `None` after a sign-in with a password.
pub async fn provider(session: &Session) -> Option<IdentityProviderId> {
    session.get(PROVIDER).await.ok().flatten()
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
