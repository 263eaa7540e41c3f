//! Who gets alerts, and the way by which they go.

use super::letters::Written;
use crate::context::Context;
use crate::db::alerts::{NewMail, ToTell};
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::model::{AlertId, AlertKind, EmailAddress, Language, Purpose};
use crate::outbox::letter::Letter;
use crate::outbox::{self, Route};
use crate::relay;

/// Somebody who is told, and whom the mail is from.
pub(super) struct Post {
    pub from: EmailAddress,
    pub to: Vec<ToTell>,
}

impl Post {
    /// `None` where alerts have no way to go, or nobody is told.
    pub async fn open(tx: &mut Tx) -> Result<Option<Self>> {
        let Some(from) = relay::sender(tx).await? else { return Ok(None) };
        let to = db::alerts::recipients(tx).await?;
        Ok((!to.is_empty()).then_some(Self { from, to }))
    }

    /// Queues one mail for everybody, in their language; answers how many.
    ///
    /// That something is over is told to those who were told of it. Later mails follow the first one.
    pub async fn send(
        &self,
        tx: &mut Tx,
        ctx: &Context,
        kind: AlertKind,
        alert: Option<AlertId>,
        words: impl Fn(Language) -> Written,
    ) -> Result<usize> {
        let now = ctx.clock.now();
        let mut queued = 0;
        for to in &self.to {
            let before = match alert {
                Some(alert) => db::alerts::first_mail(tx, alert, to.user).await?,
                None => None,
            };
            if kind == AlertKind::Recovered && before.is_none() {
                continue;
            }
            let Written { subject, text } = words(to.language);
            let letter = Letter {
                name: relay::NAME,
                from: &self.from,
                to: &to.address,
                subject: &subject,
                text: &text,
                in_reply_to: before.as_deref(),
            };
            let delivery = match outbox::queue(tx, ctx, Route::Relay, Purpose::Alert, &letter).await {
                Ok(delivery) => delivery,
                // One address that no mail can be written to does not keep the others from being told.
                Err(Error::Invalid(_)) => {
                    tracing::warn!(user = to.user.0, "An alert could not be written to this administrator.");
                    continue;
                }
                Err(error) => return Err(error),
            };
            let (delivery, message_id) = (delivery.id, delivery.message_id);
            let mail = NewMail { alert, kind, to, delivery, message_id: &message_id, subject: &subject };
            db::alerts::add_mail(tx, &mail, now).await?;
            queued += 1;
        }
        Ok(queued)
    }
}
