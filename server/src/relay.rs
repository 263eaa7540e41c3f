//! The relay: one outgoing server for mail that belongs to no mailbox's own server.
//!
//! ```text
//! alerts, forwarding checks, tests ──┐
//! default mailboxes ─────────────────┴─► outbox ─► relay ─► …      parked while there is none, or it is broken
//! ```
//!
//! It is checked over the same road as every other server, when somebody asks and again and again by itself. Its
//! password stays sealed, and is only ever sent to the host it was given for. A check that passes lets go what was
//! parked. It may be a server that trusts this machine and asks for no sign-in.

mod looking;

use secrecy::{ExposeSecret as _, SecretString};

use crate::audit::{self, Changes, Entry};
use crate::check::Plan;
use crate::context::Context;
use crate::db::relay::Stored;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::login::Key;
use crate::model::{
    AuditAct, AuthMethod, CheckReport, DeliveryId, Direction, EmailAddress, Field, Language, Protocol, Purpose, Reason,
    Relay, Rule, ServerForm, ServerSettings,
};
use crate::outbox::letter::Letter;
use crate::outbox::{self, Route};
use crate::test_mail;
use crate::trust;
use crate::users::{Admin, Person};

pub(crate) use looking::incident;
pub use looking::{look_again, run};

/// The identity that the relay's secret is sealed for.
pub(crate) const RECORD: &str = "relay";
/// How long settings that were saved are left alone, unless somebody checks them.
const FIRST_LOOK_MILLIS: i64 = 60_000;
/// Whom a message of Postroom itself is from, as people see it.
pub(crate) const NAME: &str = "Postroom";

/// What a check dials, and which settings it was.
#[derive(Debug)]
pub struct Target {
    pub settings: ServerSettings,
    pub key: Key,
    revision: i64,
}

impl Target {
    /// What is checked: that the relay takes mail from the sender.
    #[must_use]
    pub fn plan(&self) -> Plan {
        Plan::of(Direction::Outgoing, self.settings.clone(), self.key.clone())
    }
}

/// The relay as it stands, without its password.
///
/// # Errors
/// When the database fails.
pub async fn details(ctx: &Context, _: &Admin) -> Result<Relay> {
    let mut tx = ctx.db.read().await?;
    let stored = db::relay::load(&mut tx).await?;
    let backlog = db::outbox::backlog_of_relay(&mut tx).await?;
    Ok(Relay {
        settings: stored.settings,
        has_password: stored.secret.is_some(),
        report: stored.report,
        checked_at: stored.checked_at,
        last_ok_at: stored.last_ok_at,
        health: stored.health,
        backlog,
    })
}

/// Whether there is a server to send through.
///
/// # Errors
/// When the database fails.
pub async fn is_set(ctx: &Context, _: &Person) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    Ok(sender(&mut tx).await?.is_some())
}

/// Where the relay is, as remedies name it; its password is not in it.
///
/// # Errors
/// When the database fails.
pub async fn settings(ctx: &Context, _: &Person) -> Result<Option<ServerSettings>> {
    let mut tx = ctx.db.read().await?;
    Ok(db::relay::load(&mut tx).await?.settings)
}

/// Sets the relay. Without a password the sealed one stays, as long as the host is the same.
///
/// What was known of other settings is forgotten; the same ones once more change nothing.
///
/// # Errors
/// [`Error::Invalid`]; then nothing is stored.
pub async fn save(ctx: &Context, admin: &Admin, form: &ServerForm, password: Option<SecretString>) -> Result<()> {
    let password = password.filter(|password| !password.expose_secret().is_empty());
    let mut tx = ctx.db.write().await?;
    let stored = db::relay::hold(&mut tx).await?;
    let form = form.settled(&stored.settings.as_ref().map(ServerSettings::to_form).unwrap_or_default());
    let sealed = stored.secret_for(&form.host).map(|sealed| ctx.vault.open(RECORD, sealed)).transpose()?;
    let mut found = form.validate_relay(password.is_some() || sealed.is_some());
    let typed = password.as_ref().filter(|_| form.method != AuthMethod::None);
    found.extend(typed.and_then(|typed| ServerForm::validate_password(Protocol::Smtp, typed.expose_secret())));
    accept(found)?;
    let settings = form.relay_settings().map_err(Error::Invalid)?;
    accept(trust::unusable(&settings, Protocol::Smtp).into_iter().collect())?;
    let secret = match form.method {
        AuthMethod::None => None,
        _ => password.or_else(|| sealed.clone()),
    };
    let words = |secret: &Option<SecretString>| secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    if stored.settings.as_ref() == Some(&settings) && words(&sealed) == words(&secret) {
        return Ok(());
    }
    let changes = Changes::between(stored.settings.as_ref(), Some(&settings))
        .and_secret("password", words(&sealed) != words(&secret));
    let entry = Entry::of(AuditAct::RelayChanged, &settings.endpoint.host).with(changes);
    audit::record(&mut tx, ctx, &admin.by(), entry).await?;
    let sealed = secret.map(|secret| ctx.vault.seal(RECORD, &secret)).transpose()?;
    // Whoever saves is about to check: a second sign-in beside theirs would count twice towards a lockout.
    let due_at = ctx.clock.now().plus_millis(FIRST_LOOK_MILLIS);
    db::relay::set(&mut tx, Some(&settings), sealed.as_deref(), due_at).await?;
    tx.commit().await
}

/// Takes the relay away with its password. What would go out through it waits until there is another one.
///
/// # Errors
/// When the database fails.
pub async fn remove(ctx: &Context, admin: &Admin) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    if let Some(settings) = db::relay::load(&mut tx).await?.settings {
        let entry = Entry::of(AuditAct::RelayRemoved, &settings.endpoint.host);
        audit::record(&mut tx, ctx, &admin.by(), entry.with(Changes::between(Some(&settings), None))).await?;
    }
    db::relay::set(&mut tx, None, None, ctx.clock.now()).await?;
    tx.commit().await
}

/// Where the relay is, and the key to it.
///
/// # Errors
/// [`Rule::NotConfigured`] where there is none; [`Error::Vault`].
pub async fn target(ctx: &Context, _: &Admin) -> Result<Target> {
    let mut tx = ctx.db.read().await?;
    let stored = db::relay::load(&mut tx).await?;
    target_of(ctx, stored)
}

/// Stores how a check of the relay ended that somebody asked for, unless it was stopped halfway or is about other
/// settings than the present ones. One that has passed lets go what was parked.
///
/// # Errors
/// When the database fails.
pub async fn store_report(ctx: &Context, _: &Admin, target: &Target, report: &CheckReport) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let stored = db::relay::hold(&mut tx).await?;
    if stored.revision != target.revision || report.outcome.is_none() {
        return Ok(());
    }
    looking::advance(&mut tx, ctx, &stored, report).await?;
    db::relay::set_report(&mut tx, report, ctx.clock.now()).await?;
    if report.passed() {
        looking::let_go(&mut tx).await?;
    }
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(())
}

/// Queues a test mail from the relay's own address to the one that was typed.
///
/// # Errors
/// [`Error::Invalid`] when `to` is no address; [`Rule::NotConfigured`] where there is no relay.
pub async fn send_test(ctx: &Context, _: &Admin, to: &str, language: Language) -> Result<DeliveryId> {
    let to = EmailAddress::parse(to).map_err(|_| Error::invalid(Field::Address, Reason::NotAnAddress))?;
    let mut tx = ctx.db.write().await?;
    let from = sender(&mut tx).await?.ok_or(Rule::NotConfigured)?;
    let words = test_mail::words::of(language, false);
    let letter =
        Letter { name: NAME, from: &from, to: &to, subject: words.subject, text: words.text, in_reply_to: None };
    let queued = outbox::queue(&mut tx, ctx, Route::Relay, Purpose::TestMail, &letter).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(queued.id)
}

/// Whom a message of Postroom itself is from; `None` where there is no relay, and nobody to send as.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sender(tx: &mut Tx) -> Result<Option<EmailAddress>> {
    Ok(db::relay::load(tx).await?.settings.map(|settings| settings.email))
}

/// [`target`] inside a transaction, for the worker.
pub(crate) async fn target_in(tx: &mut Tx, ctx: &Context) -> Result<(ServerSettings, Key)> {
    let stored = db::relay::load(tx).await?;
    target_of(ctx, stored).map(|target| (target.settings, target.key))
}

fn target_of(ctx: &Context, stored: Stored) -> Result<Target> {
    let settings = stored.settings.ok_or(Rule::NotConfigured)?;
    let secret = match &stored.secret {
        Some(sealed) => ctx.vault.open(RECORD, sealed)?,
        None => SecretString::from(String::new()),
    };
    Ok(Target { settings, key: Key::Password(secret), revision: stored.revision })
}

impl Stored {
    /// The sealed password, when it was given for this host: nobody can have it sent elsewhere.
    fn secret_for(&self, host: &str) -> Option<&Vec<u8>> {
        let folded = |host: &str| host.trim().trim_matches(['[', ']']).trim_end_matches('.').to_lowercase();
        let known = self.settings.as_ref().is_some_and(|known| folded(&known.endpoint.host) == folded(host));
        self.secret.as_ref().filter(|_| known)
    }
}
