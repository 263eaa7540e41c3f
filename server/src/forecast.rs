//! What will end soon: client secrets, permissions that nobody uses or that end by themselves, certificates of mail
//! servers.
//!
//! Everything here is known before it hurts. A client secret is listed as soon as its day is known; a permission
//! or a certificate that others renew in time only when that should have happened.

use std::collections::BTreeMap;

use crate::applications;
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{Ending, Ends, OAuthProvider, Severity, Timestamp, Trust};
use crate::users::{Person, Sight};

const MILLIS_PER_DAY: i64 = 86_400_000;
/// How early certificates and permissions are told of, in days.
const AHEAD_DAYS: i64 = 30;
/// How long a sign-in lasts at Google while its application is in testing mode, in days.
const TESTING_DAYS: i64 = 7;
/// The provider counts from when it answers, and we from when we have read that.
const TESTING_SLACK_MILLIS: i64 = 60 * 60 * 1_000;

/// Everything that is known to end and concerns mailboxes that this person may look at, and for administrators of the
/// account its client secrets; the soonest first.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, person: &Person) -> Result<Vec<Ending>> {
    let mut tx = ctx.db.read().await?;
    let sight = Sight::of(&mut tx, person).await?;
    list_in(&mut tx, ctx, &sight).await
}

/// [`list`], in a transaction.
pub(crate) async fn list_in(tx: &mut Tx, ctx: &Context, sight: &Sight) -> Result<Vec<Ending>> {
    let now = ctx.clock.now();
    let mut found = Vec::new();
    if sight.sees_account() {
        secrets(tx, ctx, now, &mut found).await?;
    }
    grants(tx, sight, now, &mut found).await?;
    sign_ins(tx, sight, now, &mut found).await?;
    certificates(tx, sight, now, &mut found).await?;
    found.sort_by_key(|ending| ending.ends_at);
    Ok(found)
}

/// What has to be done something about within a week, or is over already.
///
/// # Errors
/// When the database fails.
pub async fn pressing(ctx: &Context, person: &Person) -> Result<Vec<Ending>> {
    let mut all = list(ctx, person).await?;
    all.retain(|ending| ending.severity >= Severity::Week);
    Ok(all)
}

/// How long a refresh token lives that is not used, in days: Microsoft 90, Google six months.
const fn lives_unused(provider: OAuthProvider) -> i64 {
    match provider {
        OAuthProvider::Microsoft => 90,
        OAuthProvider::Google => 180,
    }
}

async fn secrets(tx: &mut Tx, ctx: &Context, now: Timestamp, found: &mut Vec<Ending>) -> Result<()> {
    for provider in OAuthProvider::BOTH {
        let form = applications::form(tx, ctx, provider).await?;
        if let Some(ends_at) = form.and_then(|form| form.secret_expires_at()) {
            let mailboxes = db::grants::mailboxes_of(tx, provider).await?;
            found.push(ending(Ends::ClientSecret { provider }, ends_at, now, mailboxes));
        }
    }
    Ok(())
}

async fn grants(tx: &mut Tx, sight: &Sight, now: Timestamp, found: &mut Vec<Ending>) -> Result<()> {
    let shortest = OAuthProvider::BOTH.map(lives_unused).into_iter().min().unwrap_or_default();
    let before = now.plus_millis(-(shortest - AHEAD_DAYS) * MILLIS_PER_DAY);
    for (workspace, id, address, provider, refreshed_at) in db::watch::unused_grants(tx, before).await? {
        let provider: OAuthProvider = db::from_text("grants.provider", provider)?;
        let ends_at = refreshed_at.plus_millis(lives_unused(provider) * MILLIS_PER_DAY);
        let ending = ending(Ends::Grant { provider, address }, ends_at, now, 1);
        if ending.days_left <= AHEAD_DAYS && sight.sees(&workspace) {
            found.push(Ending { mailbox: Some((workspace, id)), ..ending });
        }
    }
    Ok(())
}

/// Google says when a sign-in ends where its application is in testing mode, or an organisation's rule ends it.
async fn sign_ins(tx: &mut Tx, sight: &Sight, now: Timestamp, found: &mut Vec<Ending>) -> Result<()> {
    let before = now.plus_millis((AHEAD_DAYS + 1) * MILLIS_PER_DAY);
    for row in db::watch::ending_grants(tx, before).await? {
        let provider: OAuthProvider = db::from_text("grants.provider", row.provider)?;
        let life = row.ends_at.millis_since(row.authorised_at);
        let testing = provider == OAuthProvider::Google && life <= TESTING_DAYS * MILLIS_PER_DAY + TESTING_SLACK_MILLIS;
        let what = Ends::SignIn { provider, address: row.address, testing };
        let ending = ending(what, row.ends_at, now, 1);
        if ending.days_left <= AHEAD_DAYS && sight.sees(&row.workspace) {
            found.push(Ending { mailbox: Some((row.workspace, row.mailbox)), ..ending });
        }
    }
    Ok(())
}

/// Many mailboxes on one server are one certificate; the first of them leads to the repair.
async fn certificates(tx: &mut Tx, sight: &Sight, now: Timestamp, found: &mut Vec<Ending>) -> Result<()> {
    let before = now.plus_millis((AHEAD_DAYS + 1) * MILLIS_PER_DAY);
    let mut servers: BTreeMap<(String, u16), (Ending, Vec<crate::model::MailboxId>)> = BTreeMap::new();
    for (workspace, id, settings, ends_at) in db::watch::certificates(tx, before).await? {
        if !sight.sees(&workspace) {
            continue;
        }
        let (host, port) = (settings.endpoint.host.to_lowercase(), settings.endpoint.port);
        let (ending, mailboxes) = servers.entry((host.clone(), port)).or_insert_with(|| {
            let ending = ending(Ends::Certificate { host, port, pinned: false }, ends_at, now, 0);
            (Ending { mailbox: Some((workspace.clone(), id)), ..ending }, Vec::new())
        });
        // The mailbox where something has to be done is the one that is led to.
        if let (Ends::Certificate { pinned, .. }, Trust::Certificate { .. }) =
            (&mut ending.what, &settings.endpoint.trust)
            && !*pinned
        {
            *pinned = true;
            ending.mailbox = Some((workspace, id));
        }
        if !mailboxes.contains(&id) {
            mailboxes.push(id);
            ending.mailboxes = ending.mailboxes.saturating_add(1);
        }
    }
    found.extend(servers.into_values().map(|(ending, _)| ending).filter(|ending| ending.days_left <= AHEAD_DAYS));
    Ok(())
}

/// How many days are left: 0 on the last one, negative afterwards. Days are those of UTC, so that everybody
/// counts the same.
#[must_use]
pub const fn days_left(ends_at: Timestamp, now: Timestamp) -> i64 {
    ends_at.0.div_euclid(MILLIS_PER_DAY) - now.0.div_euclid(MILLIS_PER_DAY)
}

fn ending(what: Ends, ends_at: Timestamp, now: Timestamp, mailboxes: u32) -> Ending {
    let days_left = days_left(ends_at, now);
    Ending { what, ends_at, days_left, severity: Severity::of(days_left), mailboxes, mailbox: None }
}
