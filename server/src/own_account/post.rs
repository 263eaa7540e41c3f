//! Mails to somebody about their own account. They go out the way all of Postroom's own mail does.

use super::{en, ko};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::model::{Language, Purpose, Timestamp, UserId};
use crate::outbox::letter::Letter;
use crate::outbox::{self, Route};
use crate::relay;

/// How long a mail that only tells something is tried.
const TELL_MILLIS: i64 = 2 * 24 * 60 * 60 * 1_000;

/// What is told.
pub(crate) enum News {
    /// The link to a new password, good for so many milliseconds.
    Link {
        url: String,
        life_millis: i64,
    },
    /// They asked for a new password and have none here: they sign in elsewhere.
    SignsInElsewhere,
    PasswordChanged,
    SecondFactorOff,
}

/// What every mail about an account knows.
pub(super) struct Facts<'a> {
    pub name: &'a str,
    pub address: &'a str,
    /// Where Postroom is.
    pub base: &'a str,
    pub now: Timestamp,
}

/// A mail in its reader's language.
pub(super) struct Written {
    pub subject: String,
    pub text: String,
}

/// Queues a mail to somebody, in the language of the pages they looked at last, else in `otherwise`; false where
/// Postroom has no way to send it. The caller commits, and rings the bell of the outbox.
///
/// # Errors
/// When the database fails.
pub(crate) async fn send(tx: &mut Tx, ctx: &Context, user: UserId, news: &News, otherwise: Language) -> Result<bool> {
    let Some(from) = relay::sender(tx).await? else {
        tracing::info!(user = user.0, "A mail about an account was not written: no relay is set.");
        return Ok(false);
    };
    let language = db::users::language(tx, user).await?.unwrap_or(otherwise);
    // Whoever was deactivated hears no more of their account.
    let Some(db::users::Active { user, .. }) = db::users::active(tx, user).await? else { return Ok(false) };
    let base = ctx.config.base_url();
    let facts = Facts { name: &user.name, address: user.email.as_str(), base: &base, now: ctx.clock.now() };
    let Written { subject, text } = match language {
        Language::En => en::letter(news, &facts),
        Language::Ko => ko::letter(news, &facts),
    };
    let letter =
        Letter { name: relay::NAME, from: &from, to: &user.email, subject: &subject, text: &text, in_reply_to: None };
    let life = if let News::Link { life_millis, .. } = news { *life_millis } else { TELL_MILLIS };
    match outbox::queue_for(tx, ctx, Route::Relay, Purpose::SignIn, &letter, life).await {
        Ok(_) => Ok(true),
        // Their address is one that no mail can be written to: the account still does what it was asked to.
        Err(Error::Invalid(_)) => {
            tracing::warn!(user = user.id.0, "A mail about an account could not be written to its address.");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// A moment in UTC: `2026-11-23 13:24 UTC`.
pub(super) fn moment(at: Timestamp) -> String {
    let ((year, month, day), (hour, minute, _)) = (at.date(), at.clock());
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}
