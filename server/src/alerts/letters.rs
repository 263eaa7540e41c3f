//! What the mails say: facts looked up once, written in the reader's language.
//!
//! Plain text, no secrets, and none of a mail server's own words: those are on the page that the mail leads to.

use super::{en, ko};
use crate::config::Config;
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{Cause, Ending, Ends, Incident, Language, Problem, Remedy, Stopped, Timestamp};
use crate::remedy::{self, Situation};

/// How many mailboxes a mail names; whoever has more reads the rest on the page.
const NAMED: usize = 200;
/// How many steps of a remedy a mail tells.
const STEPS: usize = 3;

/// A mail in its reader's language.
pub(super) struct Written {
    pub subject: String,
    pub text: String,
}

/// One mailbox as a mail names it.
pub(super) struct Line {
    pub name: String,
    pub address: String,
    pub workspace: String,
    pub incoming: bool,
    pub outgoing: bool,
    pub since: Timestamp,
    pub url: String,
}

/// What every mail about mailboxes knows.
pub(super) struct Facts {
    pub lines: Vec<Line>,
    /// How many more there are.
    pub more: usize,
    /// The page where it is chosen who is told.
    pub chosen_at: String,
}

impl Facts {
    pub async fn of(tx: &mut Tx, ctx: &Context, mailboxes: &[Stopped]) -> Result<Self> {
        let workspaces = db::workspaces::all(tx).await?;
        let line = |mailbox: &Stopped| {
            let found = workspaces.iter().find(|workspace| workspace.slug == mailbox.workspace);
            Line {
                name: mailbox.name.clone(),
                address: mailbox.address.to_string(),
                workspace: found.map(|workspace| workspace.name.clone()).unwrap_or_default(),
                incoming: mailbox.incoming,
                outgoing: mailbox.outgoing,
                since: mailbox.since,
                url: page_of(&ctx.config, &mailbox.workspace, mailbox.id.0),
            }
        };
        Ok(Self {
            lines: mailboxes.iter().take(NAMED).map(line).collect(),
            more: mailboxes.len().saturating_sub(NAMED),
            chosen_at: chosen_at(&ctx.config),
        })
    }

    pub const fn count(&self) -> usize {
        self.lines.len() + self.more
    }
}

/// Mailboxes have stopped.
pub(super) struct Outage<'a> {
    pub facts: &'a Facts,
    pub problem: &'a Problem,
    pub situation: &'a Situation,
    /// Where it is repaired.
    pub link: &'a str,
    /// How many were told of before.
    pub before: u32,
}

impl Outage<'_> {
    pub fn in_words(&self, language: Language) -> Written {
        let mut remedy = remedy::remedy(self.problem, self.situation, language);
        let cut = remedy.steps.len() > STEPS;
        remedy.steps.truncate(STEPS);
        match language {
            Language::En => en::stopped(self, &remedy, cut),
            Language::Ko => ko::stopped(self, &remedy, cut),
        }
    }
}

/// Mailboxes work again.
pub(super) struct Recovery<'a> {
    pub facts: &'a Facts,
    pub problem: &'a Problem,
    /// `None` where it cannot be said any more what it was about.
    pub situation: Option<&'a Situation>,
    pub lasted_millis: i64,
}

impl Recovery<'_> {
    pub fn in_words(&self, language: Language) -> Written {
        let was = self.situation.map(|situation| remedy::remedy(self.problem, situation, language).title);
        match language {
            Language::En => en::recovered(self, was.as_deref()),
            Language::Ko => ko::recovered(self, was.as_deref()),
        }
    }
}

/// Things end soon, the soonest first; at least one.
pub(super) fn warning(config: &Config, endings: &[Ending], language: Language) -> Written {
    let (listed_at, chosen_at) = (below(config, "/account/forecast"), chosen_at(config));
    match language {
        Language::En => en::warning(endings, &listed_at, &chosen_at),
        Language::Ko => ko::warning(endings, &listed_at, &chosen_at),
    }
}

/// Alerts arrive.
pub(super) fn test(config: &Config, language: Language) -> Written {
    match language {
        Language::En => en::test(&chosen_at(config)),
        Language::Ko => ko::test(&chosen_at(config)),
    }
}

/// The page where an incident is repaired.
pub(super) fn repaired_at(config: &Config, incident: &Incident) -> String {
    match (&incident.cause, incident.mailboxes.as_slice()) {
        (Cause::Application { provider }, _) => below(config, &format!("/account/sign-in/{}", provider.as_str())),
        (_, [one]) => page_of(config, &one.workspace, one.id.0),
        (_, [first, ..]) => below(config, &format!("/admin/{}/channels/email/mailboxes", first.workspace)),
        (_, []) => below(config, ""),
    }
}

/// The page where something that ends is renewed.
pub(super) fn renewed_at(ending: &Ending) -> Option<String> {
    match (&ending.what, &ending.mailbox) {
        (Ends::ClientSecret { provider }, _) => Some(format!("/account/sign-in/{}", provider.as_str())),
        (_, Some((slug, id))) => Some(format!("/admin/{slug}/channels/email/mailboxes/{id}")),
        (_, None) => None,
    }
}

fn page_of(config: &Config, workspace: &str, mailbox: i64) -> String {
    below(config, &format!("/admin/{workspace}/channels/email/mailboxes/{mailbox}"))
}

fn chosen_at(config: &Config) -> String {
    below(config, "/account/alerts")
}

fn below(config: &Config, path: &str) -> String {
    format!("{}{path}", config.base_url())
}

/// The steps, numbered, one to a line.
pub(super) fn numbered(remedy: &Remedy) -> String {
    (1..).zip(&remedy.steps).map(|(number, step)| format!("{number}. {step}\n")).collect()
}

/// The time of the day of a moment in UTC: `21:14`.
pub(super) fn time(moment: Timestamp) -> String {
    let minutes = moment.0.div_euclid(60_000);
    format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
}

/// A time that has passed, in the unit that says most.
pub(super) enum Span {
    Moments,
    Minutes(i64),
    Hours(i64),
    Days(i64),
}

impl Span {
    pub const fn of(millis: i64) -> Self {
        match millis / 60_000 {
            ..1 => Self::Moments,
            minutes @ 1..120 => Self::Minutes(minutes),
            minutes @ 120..2_880 => Self::Hours(minutes / 60),
            minutes => Self::Days(minutes / 1_440),
        }
    }
}
