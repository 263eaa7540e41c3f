//! Alerts: what is open, who is told, and which mails were written.

use std::collections::BTreeMap;

use crate::db::{Json, Tx, from_json, from_text, on, settings, to_json};
use crate::error::Result;
use crate::model::{
    Alert, AlertEnding, AlertId, AlertKind, AlertMail, Cause, DeliveryId, Direction, EmailAddress, Ends, Incident,
    Language, MailboxId, Stopped, Timestamp, User, UserId,
};

/// The setting that says that somebody has chosen who is told, even if nobody.
const CHOSEN: &str = "alert_recipients_chosen";
/// The setting that whoever tells updates first.
const TURN: &str = "alerts_told_at";

/// Waits until nobody else tells, and lets nobody else until the transaction ends.
pub(crate) async fn take_turn(tx: &mut Tx, now: Timestamp) -> Result<()> {
    settings::set(tx, TURN, &now.0.to_string()).await
}

#[derive(sqlx::FromRow)]
struct Row {
    id: AlertId,
    cause: Json,
    problem: Json,
    direction: String,
    mailboxes: Json,
    since: Timestamp,
    opened_at: Timestamp,
    grew_at: Timestamp,
    told_at: Option<Timestamp>,
    told_count: i64,
    closed_at: Option<Timestamp>,
    ending: Option<String>,
}

const SELECT: &str = "SELECT id, cause, problem, direction, mailboxes, since, opened_at, grew_at, told_at,
                             told_count, closed_at, ending
                      FROM alerts";

impl Row {
    fn read(self) -> Result<Alert> {
        let ending = self.ending.map(|ending| from_text("alerts.ending", ending)).transpose()?;
        Ok(Alert {
            id: self.id,
            cause: from_json("alerts.cause", &self.cause)?,
            problem: from_json("alerts.problem", &self.problem)?,
            direction: from_text("alerts.direction", self.direction)?,
            mailboxes: from_json("alerts.mailboxes", &self.mailboxes)?,
            since: self.since,
            opened_at: self.opened_at,
            grew_at: self.grew_at,
            told_at: self.told_at,
            told_count: u32::try_from(self.told_count).unwrap_or(u32::MAX),
            closed: self.closed_at.zip(ending),
        })
    }
}

/// What goes on, the oldest first.
pub(crate) async fn open(tx: &mut Tx) -> Result<Vec<Alert>> {
    let rows: Vec<Row> =
        on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE closed_at IS NULL ORDER BY id")))
            .fetch_all(conn))?;
    rows.into_iter().map(Row::read).collect()
}

/// The last ones, the newest first.
pub(crate) async fn last(tx: &mut Tx, limit: i64) -> Result<Vec<Alert>> {
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} ORDER BY opened_at DESC, id DESC LIMIT $1"
    )))
    .bind(limit)
    .fetch_all(conn))?;
    rows.into_iter().map(Row::read).collect()
}

/// Opens an alert.
pub(crate) async fn insert(tx: &mut Tx, incident: &Incident, now: Timestamp) -> Result<AlertId> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO alerts (cause, problem, direction, mailboxes, since, opened_at, grew_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         RETURNING id"
    )
    .bind(to_json("alerts.cause", &incident.cause)?)
    .bind(to_json("alerts.problem", &incident.problem)?)
    .bind(incident.direction.as_str())
    .bind(to_json("alerts.mailboxes", &incident.mailboxes)?)
    .bind(incident.since)
    .bind(now)
    .fetch_one(conn))?)
}

/// More has stopped for the same cause.
pub(crate) async fn grow(tx: &mut Tx, id: AlertId, mailboxes: &[Stopped], now: Timestamp) -> Result<()> {
    let mailboxes = to_json("alerts.mailboxes", &mailboxes)?;
    on!(tx, "UPDATE alerts SET mailboxes = $2, grew_at = $3 WHERE id = $1", id, mailboxes, now)?;
    Ok(())
}

/// Administrators were told of it, with the problem as it is now.
pub(crate) async fn told(tx: &mut Tx, id: AlertId, incident: &Incident, now: Timestamp) -> Result<()> {
    let count = i64::try_from(incident.mailboxes.len()).unwrap_or(i64::MAX);
    on!(
        tx,
        "UPDATE alerts SET problem = $2, direction = $3, told_at = $4, told_count = $5 WHERE id = $1",
        id,
        to_json("alerts.problem", &incident.problem)?,
        incident.direction.as_str(),
        now,
        count,
    )?;
    Ok(())
}

/// It is over.
pub(crate) async fn close(tx: &mut Tx, id: AlertId, ending: AlertEnding, now: Timestamp) -> Result<()> {
    on!(tx, "UPDATE alerts SET closed_at = $2, ending = $3 WHERE id = $1", id, now, ending.as_str())?;
    Ok(())
}

/// When administrators were last told that this cause is gone.
pub(crate) async fn recovered_at(tx: &mut Tx, cause: &Cause) -> Result<Option<Timestamp>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT MAX(closed_at) FROM alerts WHERE cause = $1 AND ending = 'recovered' AND told_at IS NOT NULL"
    )
    .bind(to_json("alerts.cause", cause)?)
    .fetch_one(conn))?)
}

/// How one direction of a mailbox stands: its watch's state, `None` where nobody has looked; nothing at all where
/// nobody looks after it.
pub(crate) async fn standing(tx: &mut Tx, id: MailboxId, direction: Direction) -> Result<Option<Option<String>>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT w.state
         FROM mailbox_servers s
         JOIN mailboxes m ON m.id = s.mailbox_id
         JOIN workspaces p ON p.id = m.workspace_id
         LEFT JOIN watches w ON w.mailbox_id = s.mailbox_id AND w.direction = s.direction
         WHERE s.mailbox_id = $1 AND s.direction = $2 AND m.state = 'active' AND m.kind = 'custom'
               AND NOT p.archived"
    )
    .bind(id)
    .bind(direction.as_str())
    .fetch_optional(conn))?)
}

/// Somebody who is told by mail.
#[derive(Clone, Debug)]
pub(crate) struct ToTell {
    pub user: UserId,
    pub address: EmailAddress,
    pub language: Language,
}

/// Who is told by mail; as long as nobody has chosen, the first administrator.
pub(crate) async fn recipients(tx: &mut Tx) -> Result<Vec<ToTell>> {
    let rows: Vec<(UserId, String, String)> = on!(tx, |conn| sqlx::query_as(
        "SELECT u.id, u.email, r.language FROM alert_recipients r JOIN users u ON u.id = r.user_id
         WHERE u.is_admin AND u.deactivated_at IS NULL
         ORDER BY u.id"
    )
    .fetch_all(conn))?;
    let mut found = Vec::with_capacity(rows.len());
    for (user, address, language) in rows {
        let address = from_text("users.email", address)?;
        found.push(ToTell { user, address, language: from_text("alert_recipients.language", language)? });
    }
    if found.is_empty() && settings::get(tx, CHOSEN).await?.is_none() {
        let first = super::users::admins(tx).await?.into_iter().next();
        found.extend(first.map(|first| ToTell { user: first.id, address: first.email, language: Language::default() }));
    }
    Ok(found)
}

/// Sets in which language somebody is told.
pub(crate) async fn add_recipient(tx: &mut Tx, user: UserId, language: Language) -> Result<()> {
    on!(
        tx,
        "INSERT INTO alert_recipients (user_id, language) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET language = excluded.language",
        user,
        language.tag(),
    )?;
    Ok(())
}

/// Somebody has chosen: these and nobody else. Whoever is told already keeps their language, but for `chooser`.
pub(crate) async fn choose(tx: &mut Tx, users: &[UserId], chooser: UserId, language: Language) -> Result<()> {
    let before = recipients(tx).await?;
    on!(tx, "DELETE FROM alert_recipients")?;
    for &user in users {
        let known = before.iter().find(|one| one.user == user && user != chooser).map(|one| one.language);
        add_recipient(tx, user, known.unwrap_or(language)).await?;
    }
    settings::set(tx, CHOSEN, "true").await
}

/// A mail that was written.
pub(crate) struct NewMail<'a> {
    pub alert: Option<AlertId>,
    pub kind: AlertKind,
    pub to: &'a ToTell,
    pub delivery: DeliveryId,
    pub message_id: &'a str,
    pub subject: &'a str,
}

/// Remembers a mail.
pub(crate) async fn add_mail(tx: &mut Tx, mail: &NewMail<'_>, now: Timestamp) -> Result<()> {
    on!(
        tx,
        "INSERT INTO alert_mails (alert_id, kind, user_id, recipient, delivery_id, message_id, subject, queued_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        mail.alert,
        mail.kind.as_str(),
        mail.to.user,
        mail.to.address.as_str(),
        mail.delivery,
        mail.message_id,
        mail.subject,
        now,
    )?;
    Ok(())
}

/// The Message-ID of the first mail that told somebody of an alert.
pub(crate) async fn first_mail(tx: &mut Tx, alert: AlertId, user: UserId) -> Result<Option<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT message_id FROM alert_mails WHERE alert_id = $1 AND user_id = $2 ORDER BY id LIMIT 1"
    )
    .bind(alert)
    .bind(user)
    .fetch_optional(conn))?)
}

/// The mails about the alerts from `since` on, by alert, and those about none, each the oldest first.
pub(crate) async fn mails(
    tx: &mut Tx,
    since: Timestamp,
    first: AlertId,
) -> Result<(BTreeMap<AlertId, Vec<AlertMail>>, Vec<AlertMail>)> {
    type Row = (Option<AlertId>, String, String, String, Timestamp, Option<String>);
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT a.alert_id, a.kind, a.recipient, a.subject, a.queued_at, d.state
         FROM alert_mails a LEFT JOIN deliveries d ON d.id = a.delivery_id AND d.message_id = a.message_id
         WHERE a.alert_id >= $2 OR (a.alert_id IS NULL AND a.queued_at >= $1)
         ORDER BY a.id"
    )
    .bind(since)
    .bind(first)
    .fetch_all(conn))?;
    let (mut of_alerts, mut others): (BTreeMap<AlertId, Vec<AlertMail>>, _) = (BTreeMap::new(), Vec::new());
    for (alert, kind, to, subject, queued_at, state) in rows {
        let mail = AlertMail {
            kind: from_text("alert_mails.kind", kind)?,
            to: from_text("alert_mails.recipient", to)?,
            subject,
            queued_at,
            state: state.map(|state| from_text("deliveries.state", state)).transpose()?,
        };
        match alert {
            Some(alert) => of_alerts.entry(alert).or_default().push(mail),
            None => others.push(mail),
        }
    }
    Ok((of_alerts, others))
}

/// True where it was told already that this ends, so many days ahead or fewer. An end that has moved by less than
/// `slack_millis` is the same one.
pub(crate) async fn was_warned(
    tx: &mut Tx,
    what: &Ends,
    ends_at: Timestamp,
    days: i64,
    slack_millis: i64,
) -> Result<bool> {
    let count: i64 = on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM warnings WHERE what = $1 AND ends_at BETWEEN $2 AND $3 AND days <= $4"
    )
    .bind(to_json("warnings.what", what)?)
    .bind(ends_at.plus_millis(-slack_millis))
    .bind(ends_at.plus_millis(slack_millis))
    .bind(days)
    .fetch_one(conn))?;
    Ok(count > 0)
}

/// When something was last told ahead of its end.
pub(crate) async fn last_warning(tx: &mut Tx) -> Result<Option<Timestamp>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT MAX(told_at) FROM warnings").fetch_one(conn))?)
}

/// Remembers that it was told that this ends.
pub(crate) async fn add_warning(tx: &mut Tx, what: &Ends, ends_at: Timestamp, days: i64, now: Timestamp) -> Result<()> {
    on!(
        tx,
        "INSERT INTO warnings (what, ends_at, days, told_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        to_json("warnings.what", what)?,
        ends_at,
        days,
        now,
    )?;
    Ok(())
}

/// Forgets what was over before a moment, and answers how many alerts that was.
pub(crate) async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    on!(tx, "DELETE FROM alert_mails WHERE alert_id IS NULL AND queued_at < $1", before)?;
    on!(tx, "DELETE FROM warnings WHERE ends_at < $1", before)?;
    Ok(on!(tx, "DELETE FROM alerts WHERE closed_at < $1", before)?)
}

/// Every administrator, and who of them is told.
pub(crate) async fn everybody(tx: &mut Tx) -> Result<Vec<(User, bool)>> {
    let told = recipients(tx).await?;
    let all = super::users::admins(tx).await?;
    Ok(all
        .into_iter()
        .map(|user| {
            let is_told = told.iter().any(|one| one.user == user.id);
            (user, is_told)
        })
        .collect())
}
