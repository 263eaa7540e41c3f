//! Mail that default mailboxes send is believed: their domains say in the DNS who may send, and what signs.
//!
//! ```text
//! a default mailbox ─► its domain gets a key ─► the record is published ─► looked up ─► mail is signed
//!                                                     ▲                       │
//!                                                     └── every day, and when somebody asks
//! ```
//!
//! Signing begins by itself when the published key was seen to be ours, and ends when it was seen to be gone or
//! another one: a signature that nobody can verify helps nobody, and some receivers count it against the sender.
//! A DNS that does not answer changes nothing; the last result stays, and says that it is the last.

mod asker;
mod dkim;
mod dmarc;
mod key;
mod look;
mod publish;
mod relay;
mod spf;
mod tags;

use std::collections::BTreeMap;

use rand::Rng as _;

pub use self::look::{Question, look as look_up};
use crate::context::Context;
use crate::db::sender_domains::{self as stored, NewDomain, Row};
use crate::db::{Tx, folded_address};
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{DkimVerdict, DomainReport, EmailAddress, Keeper, MailboxId, SenderDomain, Timestamp};
use crate::users::{Admin, Viewer};

/// The first name of a key. A further key of the same domain would get a further number.
const SELECTOR: &str = "postroom1";
/// How often a domain is looked up by itself, give or take a tenth.
const EVERY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// How long until the next try when the DNS did not answer, and how long one process may take for a look.
const RETRY_MILLIS: i64 = 60 * 60 * 1_000;

/// The domains that default mailboxes send from, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, _: &Admin) -> Result<Vec<SenderDomain>> {
    let mut tx = ctx.db.read().await?;
    let used = used(&mut tx).await?;
    let relay = relay::host(&mut tx).await?;
    let mut rows: BTreeMap<String, Row> =
        stored::list(&mut tx).await?.into_iter().map(|row| (row.domain.clone(), row)).collect();
    let shown = |(domain, mailboxes): (String, u32)| {
        let row = rows.remove(&domain);
        assemble(ctx, domain, mailboxes, relay.clone(), row)
    };
    Ok(used.into_iter().map(shown).collect())
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`] when no default mailbox has an address there.
pub async fn details(ctx: &Context, _: &Admin, domain: &str) -> Result<SenderDomain> {
    let mut tx = ctx.db.read().await?;
    let domain = folded(domain).ok_or(Error::NotFound("sender domain"))?;
    let mailboxes = used(&mut tx).await?.remove(&domain).ok_or(Error::NotFound("sender domain"))?;
    let relay = relay::host(&mut tx).await?;
    let row = stored::find(&mut tx, &domain).await?;
    Ok(assemble(ctx, domain, mailboxes, relay, row))
}

/// The domain that a default mailbox sends from; `None` for a mailbox on a server of its own.
///
/// # Errors
/// [`Error::NotFound`] for the mailbox.
pub async fn of_mailbox(ctx: &Context, viewer: &Viewer, mailbox: MailboxId) -> Result<Option<SenderDomain>> {
    let mut tx = ctx.db.read().await?;
    let summary = mailboxes::details_in(&mut tx, viewer.workspace().id, mailbox).await?.summary;
    let Some(domain) = folded(summary.address.domain()) else { return Ok(None) };
    let Some(mailboxes) = used(&mut tx).await?.remove(&domain) else { return Ok(None) };
    let relay = relay::host(&mut tx).await?;
    let row = stored::find(&mut tx, &domain).await?;
    Ok(Some(assemble(ctx, domain, mailboxes, relay, row)))
}

/// Looks a domain up now, and makes its key where it has none.
///
/// # Errors
/// As [`details`]. That the DNS does not answer is no error: it is in the report.
pub async fn look(ctx: &Context, admin: &Admin, domain: &str) -> Result<SenderDomain> {
    let known = details(ctx, admin, domain).await?;
    look_at(ctx, &known.domain).await?;
    details(ctx, admin, domain).await
}

/// Makes the keys of new domains and looks up what is due; answers how many were looked up.
///
/// # Errors
/// When the database fails.
pub async fn look_due(ctx: &Context) -> Result<usize> {
    let mut tx = ctx.db.read().await?;
    let used = used(&mut tx).await?;
    drop(tx);
    let mut looked = 0;
    for domain in used.into_keys() {
        ensure(ctx, &domain).await?;
        let now = ctx.clock.now();
        let mut tx = ctx.db.write().await?;
        let ours = stored::claim(&mut tx, &domain, now, now.plus_millis(RETRY_MILLIS)).await?;
        tx.commit().await?;
        if ours {
            look_at(ctx, &domain).await?;
            looked += 1;
        }
    }
    Ok(looked)
}

/// The message with a DKIM signature for the domain of `from`, where that is known to help; else as it is.
///
/// Lines of the message end with CRLF.
///
/// # Errors
/// When the database or the vault fails.
pub async fn sign(ctx: &Context, tx: &mut Tx, from: &EmailAddress, message: Vec<u8>) -> Result<Vec<u8>> {
    let Some(domain) = folded(from.domain()) else { return Ok(message) };
    let Some(key) = stored::signing_key(tx, &domain).await? else { return Ok(message) };
    let private_key = ctx.vault.open(&record(&domain), &key.private_key)?;
    let signer = dkim::Signer { domain: &domain, selector: &key.selector, private_key: &private_key };
    dkim::sign(signer, &message, ctx.clock.now())
}

async fn look_at(ctx: &Context, domain: &str) -> Result<()> {
    let row = ensure(ctx, domain).await?;
    let mut tx = ctx.db.read().await?;
    let relay = relay::host(&mut tx).await?;
    drop(tx);
    let own_names = [ctx.config.mail_domain.as_str(), ctx.dialer.ehlo_name()];
    let question = Question {
        domain,
        selector: &row.selector,
        public_key: &row.public_key,
        relay: relay.as_deref(),
        own_names: &own_names,
    };
    let deadline = ctx.dialer.deadlines().resolve;
    let report = look_up(ctx.dialer.dns(), deadline, question, row.report.as_ref(), ctx.clock.now()).await;
    store(ctx, domain, &report).await
}

/// Keeps what was seen, and begins or ends signing.
async fn store(ctx: &Context, domain: &str, report: &DomainReport) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let Some(row) = stored::find(&mut tx, domain).await? else { return Ok(()) };
    let signing = match (&report.dkim.unanswered, report.dkim.verdict) {
        (None, Some(DkimVerdict::Good | DkimVerdict::Testing)) => true,
        (None, Some(_)) => false,
        _ => row.signing,
    };
    stored::set_report(&mut tx, domain, report, signing, now, due_at(report, now)).await?;
    tx.commit().await?;
    if signing != row.signing {
        tracing::info!(domain, signing, "Signing of outgoing mail has changed.");
    }
    Ok(())
}

fn due_at(report: &DomainReport, now: Timestamp) -> Timestamp {
    let answered = [&report.spf.unanswered, &report.dkim.unanswered, &report.dmarc.unanswered, &report.mx.unanswered];
    if answered.iter().any(|unanswered| unanswered.is_some()) {
        return now.plus_millis(RETRY_MILLIS);
    }
    now.plus_millis(EVERY_MILLIS + rand::rng().random_range(-EVERY_MILLIS / 10..=EVERY_MILLIS / 10))
}

/// The stored domain, with a new key where it was not stored yet.
async fn ensure(ctx: &Context, domain: &str) -> Result<Row> {
    let mut tx = ctx.db.read().await?;
    let found = stored::find(&mut tx, domain).await?;
    drop(tx);
    if let Some(row) = found {
        return Ok(row);
    }
    let key = key::make().await?;
    let sealed = ctx.vault.seal(&record(domain), &key.private)?;
    let new = NewDomain { domain, selector: SELECTOR, public_key: &key.public, private_key: &sealed };
    let mut tx = ctx.db.write().await?;
    stored::insert(&mut tx, &new, ctx.clock.now()).await?;
    let row = stored::find(&mut tx, domain).await?.ok_or(Error::NotFound("sender domain"))?;
    tx.commit().await?;
    Ok(row)
}

/// What a private key is sealed for.
pub(crate) fn record(domain: &str) -> String {
    format!("sender-domain/{domain}")
}

/// The domains of default mailboxes, and how many of these each has.
async fn used(tx: &mut Tx) -> Result<BTreeMap<String, u32>> {
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    for address in stored::addresses(tx).await? {
        if let Some((_, domain)) = address.rsplit_once('@') {
            let mailboxes = used.entry(domain.to_lowercase()).or_default();
            *mailboxes = mailboxes.saturating_add(1);
        }
    }
    Ok(used)
}

/// A domain in lower case and in A-labels.
fn folded(domain: &str) -> Option<String> {
    let address = EmailAddress::parse(&format!("support@{domain}")).ok()?;
    let folded = folded_address(&address)?;
    folded.rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
}

/// The domain that somebody registered: the zone, as far as names tell. The domain itself where none is known.
fn registered(domain: &str) -> &str {
    match psl::domain(domain.as_bytes()) {
        Some(found) if found.suffix().is_known() => std::str::from_utf8(found.as_bytes()).unwrap_or(domain),
        _ => domain,
    }
}

fn assemble(ctx: &Context, domain: String, mailboxes: u32, relay: Option<String>, row: Option<Row>) -> SenderDomain {
    let own = &ctx.config.mail_domain;
    let ours = domain == *own || domain.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.'));
    let report = row.as_ref().and_then(|row| row.report.clone());
    SenderDomain {
        shown: idna::domain_to_unicode(&domain).0,
        keeper: if ours { Keeper::Operator } else { Keeper::Organisation },
        public: psl::domain(domain.as_bytes()).is_some_and(|found| found.suffix().is_known()),
        mailboxes,
        signing: row.as_ref().is_some_and(|row| row.signing),
        looked_at: row.as_ref().and_then(|row| row.looked_at),
        publish_spf: publish::spf(&domain, relay.as_deref(), report.as_ref()),
        publish_dkim: row.as_ref().map(|row| publish::dkim(&domain, &row.selector, &row.public_key)),
        publish_dmarc: publish::dmarc(&domain, report.as_ref()),
        relay,
        report,
        domain,
    }
}
