//! What the watch has found: what has stopped, what will end, and what happened to a mailbox.

use leptos::prelude::*;
use postroom_server::model::{Ending, HealthEvent, MailboxId, MailboxSummary, Timestamp};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{person, situation, viewer};
#[cfg(feature = "ssr")]
use postroom_server::{
    Context, Error, forecast, mailboxes,
    model::{Cause, Incident},
    remedy,
    users::{self, Person},
    watch,
};

/// How many causes a banner names; there is hardly ever a second one.
#[cfg(feature = "ssr")]
const LINES: usize = 4;
/// How many mailboxes of a cause are named.
#[cfg(feature = "ssr")]
const NAMES: usize = 3;

/// What every page of the administration says when something is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarms {
    /// How many mailboxes have stopped, each counted once.
    pub stopped: u32,
    pub causes: Vec<Alarm>,
    /// Causes that are not among them.
    pub more: u32,
    /// How many things end within a week or have ended.
    pub ending: u32,
}

/// One cause, with everything that it stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// What is wrong, in the reader's words.
    pub title: String,
    /// Where it is repaired.
    pub href: String,
    pub since: Timestamp,
    pub mailboxes: u32,
    /// The first few of them.
    pub names: Vec<String>,
    /// The organisation's application is at fault, and whoever reads this may look at it.
    pub application: bool,
}

/// One thing that happened to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    pub event: HealthEvent,
    /// The problem in the reader's words.
    pub title: Option<String>,
}

/// A mailbox and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub summary: MailboxSummary,
    pub events: Vec<Happened>,
}

/// What is wrong now, in all workspaces that one may look at.
#[server(name = LookForAlarms, endpoint = "alarms")]
pub async fn alarms() -> Result<Alarms, ApiError> {
    let (ctx, person) = person().await?;
    let admin = users::admin(&ctx, person.user.id).await.is_ok();
    let incidents = watch::incidents(&ctx, &person).await?;
    let mut stopped: Vec<MailboxId> =
        incidents.iter().flat_map(|incident| incident.mailboxes.iter().map(|mailbox| mailbox.id)).collect();
    stopped.sort_unstable();
    stopped.dedup();
    let more = count(incidents.len().saturating_sub(LINES));
    let mut causes = Vec::new();
    for incident in incidents.into_iter().take(LINES) {
        causes.extend(alarm(&ctx, &person, admin, incident).await?);
    }
    let ending = count(forecast::pressing(&ctx, &person).await?.len());
    Ok(Alarms { stopped: count(stopped.len()), causes, more, ending })
}

/// Everything that is known to end, the soonest first.
#[server(name = LookAhead, endpoint = "endings")]
pub async fn endings() -> Result<Vec<Ending>, ApiError> {
    let (ctx, person) = person().await?;
    Ok(forecast::list(&ctx, &person).await?)
}

/// What happened to a mailbox, the newest first.
#[server(name = LookBack, endpoint = "mailbox_history")]
pub async fn mailbox_history(workspace: String, mailbox: MailboxId) -> Result<History, ApiError> {
    let (ctx, viewer) = viewer(&workspace).await?;
    let details = mailboxes::details(&ctx, &viewer, mailbox).await?;
    let mut events = Vec::new();
    for event in watch::history(&ctx, &viewer, mailbox).await? {
        let title = match (&event.problem, event.direction) {
            (Some(problem), Some(direction)) => situation::title(&ctx, &viewer, &details, direction, problem).await?,
            _ => None,
        };
        events.push(Happened { event, title });
    }
    Ok(History { summary: details.summary, events })
}

#[cfg(feature = "ssr")]
fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

/// The line for an incident; `None` where its mailbox has just been deleted.
#[cfg(feature = "ssr")]
async fn alarm(ctx: &Context, person: &Person, admin: bool, incident: Incident) -> Result<Option<Alarm>, Error> {
    let first = incident.mailboxes.first();
    // What belongs to the account is repaired by its administrators; everybody else is led to what has stopped.
    let of_account = |page: String| match first {
        Some(first) if !admin => format!("/admin/{}/channels/email/mailboxes", first.workspace),
        _ => page,
    };
    let (title, href) = match (&incident.cause, first) {
        (Cause::Application { provider }, _) => {
            let situation = situation::of_sign_in(ctx, person, *provider, None, "").await?;
            let title = remedy::remedy(&incident.problem, &situation, crate::i18n::language()).title;
            (title, of_account(format!("/account/sign-in/{}", provider.as_str())))
        }
        (Cause::Relay, _) => match super::relay::advice(ctx, person, "", &incident.problem).await? {
            Some(remedy) => (remedy.title, of_account("/account/relay".to_owned())),
            None => return Ok(None),
        },
        (Cause::Server { .. } | Cause::Mailbox { .. }, None) => return Ok(None),
        (Cause::Server { .. } | Cause::Mailbox { .. }, Some(first)) => {
            let viewer = match users::viewer(ctx, person, &first.workspace).await {
                Err(Error::NotFound(_)) => return Ok(None),
                viewer => viewer?,
            };
            let details = match mailboxes::details(ctx, &viewer, first.id).await {
                Err(Error::NotFound(_)) => return Ok(None),
                details => details?,
            };
            let Some(title) = situation::title(ctx, person, &details, incident.direction, &incident.problem).await?
            else {
                return Ok(None);
            };
            let list = format!("/admin/{}/channels/email/mailboxes", first.workspace);
            let href = if incident.mailboxes.len() == 1 { format!("{list}/{}", first.id) } else { list };
            (title, href)
        }
    };
    Ok(Some(Alarm {
        title,
        href,
        since: incident.since,
        mailboxes: count(incident.mailboxes.len()),
        names: incident.mailboxes.iter().take(NAMES).map(|mailbox| mailbox.name.clone()).collect(),
        application: admin && matches!(incident.cause, Cause::Application { .. }),
    }))
}
