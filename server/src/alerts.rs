//! Tells administrators by mail what has stopped, once, and that it is over, once.
//!
//! ```text
//! incident ─► open ─► collects its mailboxes ─► told ─► gone ─► recovered       one mail each
//!                     60 s after the last one,    │        ├──► another cause    silent: that one is told
//!                     3 minutes at most           │        └──► at rest          silent: paused, deleted, archived
//!                                                 └─ twice as many, 6 hours later at the earliest: one more mail
//! ```
//!
//! One cause is one mail, however many mailboxes it stops. A cause that comes back within 30 minutes of its recovery
//! is told again only once it has lasted 10 minutes. Every mail goes out through the relay and never through a mailbox,
//! which might be the broken one. Where there is no relay, or nobody is chosen, alerts are kept and shown as not told;
//! once there is one, what is still open is told. Several processes on one database take turns, and tell once.

mod due;
mod en;
mod ko;
mod letters;
mod post;
mod run;
mod situation;
mod warnings;

use self::due::Act;
use self::letters::{Facts, Outage, Recovery};
use self::post::Post;
use crate::audit::{self, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::model::{AlertEnding, AlertId, AlertKind, AuditAct, Language, Recipient, Rule, Told, UserId};
use crate::relay;
use crate::remedy::remedy;
use crate::users::Admin;

pub use self::run::run;
pub use self::warnings::warn;

/// How many alerts are shown.
const SHOWN: i64 = 50;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// Tells what has stopped and what works again, and answers how many mails were queued.
///
/// # Errors
/// When the database fails; then nothing was told.
pub async fn tell(ctx: &Context) -> Result<usize> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.read().await?;
    let can_tell = Post::open(&mut tx).await?.is_some();
    let nothing = due::acts(&mut tx, now, can_tell).await?.is_empty();
    drop(tx);
    if nothing {
        return Ok(0);
    }
    let mut tx = ctx.db.write().await?;
    db::alerts::take_turn(&mut tx, now).await?;
    // Somebody else may have told meanwhile: what counts is what is due now.
    let post = Post::open(&mut tx).await?;
    let mut queued = 0;
    for act in due::acts(&mut tx, now, post.is_some()).await? {
        queued += perform(&mut tx, ctx, post.as_ref(), act).await?;
    }
    tx.commit().await?;
    if queued > 0 {
        ctx.outbox.ring();
    }
    Ok(queued)
}

async fn perform(tx: &mut Tx, ctx: &Context, post: Option<&Post>, act: Act) -> Result<usize> {
    let now = ctx.clock.now();
    match act {
        Act::Open(incident) => {
            let id = db::alerts::insert(tx, &incident, now).await?;
            tracing::info!(alert = id.0, problem = incident.problem.kind(), "Mailboxes have stopped.");
            Ok(0)
        }
        Act::Grow { alert, mailboxes } => {
            db::alerts::grow(tx, alert, &mailboxes, now).await?;
            Ok(0)
        }
        Act::Tell { alert, kind, before, incident } => {
            let Some(post) = post else { return Ok(0) };
            let Some(situation) = situation::of(tx, ctx, &incident).await? else { return Ok(0) };
            let facts = Facts::of(tx, ctx, &incident.mailboxes).await?;
            let link = letters::repaired_at(&ctx.config, &incident);
            let outage =
                Outage { facts: &facts, problem: &incident.problem, situation: &situation, link: &link, before };
            let queued = post.send(tx, ctx, kind, Some(alert), |language| outage.in_words(language)).await?;
            db::alerts::told(tx, alert, &incident, now).await?;
            Ok(queued)
        }
        Act::Close { alert, ending, back, told } => {
            db::alerts::close(tx, alert, ending, now).await?;
            tracing::info!(alert = alert.0, ending = ending.as_str(), "An alert is over.");
            let (Some((since, problem, direction, cause)), Some(post)) = (told, post) else { return Ok(0) };
            if ending != AlertEnding::Recovered {
                return Ok(0);
            }
            let situation = situation::of_cause(tx, ctx, &cause, direction, &back).await?;
            let facts = Facts::of(tx, ctx, &back).await?;
            let lasted_millis = now.millis_since(since);
            let over = Recovery { facts: &facts, problem: &problem, situation: situation.as_ref(), lasted_millis };
            post.send(tx, ctx, AlertKind::Recovered, Some(alert), |language| over.in_words(language)).await
        }
    }
}

/// Every administrator, and who of them is told by mail. As long as nobody has chosen, it is the first one.
///
/// # Errors
/// When the database fails.
pub async fn recipients(ctx: &Context, _: &Admin) -> Result<Vec<Recipient>> {
    let mut tx = ctx.db.read().await?;
    let all = db::alerts::everybody(&mut tx).await?;
    Ok(all.into_iter().map(|(user, told)| Recipient { user, told }).collect())
}

/// Chooses who is told by mail: these and nobody else. `language` is that of the chooser's pages: their own mails are
/// in it, and those of everybody who was not told before.
///
/// # Errors
/// [`Error::NotFound`] when one of them is no administrator.
pub async fn choose(ctx: &Context, admin: &Admin, users: &[UserId], language: Language) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::alerts::take_turn(&mut tx, ctx.clock.now()).await?;
    let all = db::users::admins(&mut tx).await?;
    if users.iter().any(|id| !all.iter().any(|user| user.id == *id)) {
        return Err(Error::NotFound("user"));
    }
    let told = async |tx: &mut Tx| -> Result<Vec<String>> {
        let all = db::alerts::everybody(tx).await?;
        Ok(all.into_iter().filter(|(_, told)| *told).map(|(user, _)| user.email.to_string()).collect())
    };
    let before = told(&mut tx).await?;
    db::alerts::choose(&mut tx, users, admin.user.id, language).await?;
    let after = told(&mut tx).await?;
    let changes = Changes::none().and_between("recipients", Some(&before), Some(&after));
    audit::record(&mut tx, ctx, &admin.by(), Entry::of(AuditAct::AlertsChanged, "").with(changes)).await?;
    tx.commit().await
}

/// The first administrator has been made, with pages in this language: so are their mails.
///
/// # Errors
/// When the database fails.
pub async fn first_administrator(ctx: &Context, user: UserId, language: Language) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::alerts::add_recipient(&mut tx, user, language).await?;
    tx.commit().await
}

/// Sends whoever asks a mail, the way alerts go.
///
/// # Errors
/// [`Rule::NotConfigured`] where there is no relay.
pub async fn send_test(ctx: &Context, admin: &Admin, language: Language) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let from = relay::sender(&mut tx).await?.ok_or(Rule::NotConfigured)?;
    let to = db::alerts::ToTell { user: admin.user.id, address: admin.user.email.clone(), language };
    let post = Post { from, to: vec![to] };
    post.send(&mut tx, ctx, AlertKind::Test, None, |language| letters::test(&ctx.config, language)).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(())
}

/// What was told, and what should have been: the last 50 alerts, warnings and tests, the newest first, with what was
/// wrong in the reader's language.
///
/// # Errors
/// When the database fails.
pub async fn told(ctx: &Context, _: &Admin, language: Language) -> Result<Vec<Told>> {
    let mut tx = ctx.db.read().await?;
    let alerts = db::alerts::last(&mut tx, SHOWN).await?;
    let full = i64::try_from(alerts.len()).is_ok_and(|count| count >= SHOWN);
    let oldest = alerts.last().filter(|_| full).map(|alert| alert.opened_at).unwrap_or_default();
    let first = alerts.iter().map(|alert| alert.id).min().unwrap_or(AlertId(0));
    let (mut of_alerts, others) = db::alerts::mails(&mut tx, oldest, first).await?;
    let mut all = Vec::new();
    for alert in alerts {
        let situation = situation::of_cause(&mut tx, ctx, &alert.cause, alert.direction, &alert.mailboxes).await?;
        let title = situation.map(|situation| remedy(&alert.problem, &situation, language).title);
        all.push(Told { mails: of_alerts.remove(&alert.id).unwrap_or_default(), title, alert: Some(alert) });
    }
    // One warning to several administrators is one.
    for mail in others {
        match all.last_mut().filter(|last| last.alert.is_none() && last.is_same_warning(&mail)) {
            Some(last) => last.mails.push(mail),
            None => all.push(Told { alert: None, title: None, mails: vec![mail] }),
        }
    }
    all.sort_by_key(|told| std::cmp::Reverse(told.at()));
    all.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    Ok(all)
}

/// Forgets what was over for as long as a mailbox's history is kept.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let kept = i64::from(ctx.config.watch.history_days) * MILLIS_PER_DAY;
    let mut tx = ctx.db.write().await?;
    let pruned = db::alerts::prune(&mut tx, ctx.clock.now().plus_millis(-kept)).await?;
    tx.commit().await?;
    Ok(pruned)
}
