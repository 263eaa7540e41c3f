//! A check, live: typed events as lines of JSON over one streamed answer.
//!
//! The check runs inside the stream. When the browser goes away the answer is dropped, and with it the
//! check and its sockets.

use leptos::{
    prelude::*,
    server_fn::codec::{StreamingText, TextStream},
};
use postroom_server::model::{Direction, DraftId, MailboxId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, manager, situation};

/// Whose settings are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    Draft(DraftId),
    Mailbox(MailboxId),
    /// Those of the relay, which belongs to no workspace.
    Relay,
}

/// Checks one direction and tells every event as it happens, one JSON object a line.
///
/// The finished report is stored with what it is about before the last line is sent.
#[server(endpoint = "watch_check", output = StreamingText)]
pub async fn watch_check(
    workspace: String,
    whose: Whose,
    direction: Direction,
) -> Result<TextStream<ApiError>, ApiError> {
    let watched = native::Check::prepare(&workspace, whose, direction).await?;
    Ok(TextStream::new(watched.stream()))
}

/// Reads lines of JSON out of a stream whose pieces end anywhere.
#[derive(Debug, Default)]
pub struct Lines {
    rest: String,
}

impl Lines {
    /// Takes the next piece; returns what it completes. A line that is nothing of the kind is passed over.
    pub fn push<T: DeserializeOwned>(&mut self, piece: &str) -> Vec<T> {
        self.rest.push_str(piece);
        let Some((complete, rest)) = self.rest.rsplit_once('\n') else { return Vec::new() };
        let whole = complete.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        self.rest = rest.to_owned();
        whole
    }
}

#[cfg(feature = "ssr")]
pub(super) mod native {
    use futures::{Stream, StreamExt, channel::mpsc, future, stream};
    use leptos::prelude::use_context;
    use postroom_server::{
        Context,
        check::{self, Plan},
        drafts, mailboxes,
        model::{CheckReport, Direction, DraftId, Event, Language, MailboxId, UserId},
        relay,
        remedy::{self, Situation},
        users::{Admin, Manager, Person},
    };

    use super::{ApiError, Whose, admin, manager, situation};
    use crate::{i18n::language, web::Throttles};

    /// Where the report of a check goes.
    enum Keeper {
        Draft(Manager, DraftId),
        Mailbox(Manager, MailboxId),
        Relay(Admin, Box<relay::Target>),
    }

    impl Keeper {
        /// Whoever asked for the check.
        fn person(&self) -> &Person {
            match self {
                Self::Draft(manager, _) | Self::Mailbox(manager, _) => manager,
                Self::Relay(admin, _) => admin,
            }
        }
    }

    fn brake(user: UserId) -> Result<(), ApiError> {
        Ok(use_context::<Throttles>().ok_or(ApiError::Internal)?.check(user.0)?)
    }

    /// A check that is about to run: everything asked for and allowed.
    pub(crate) struct Check {
        ctx: Context,
        keeper: Keeper,
        direction: Direction,
        plan: Plan,
        situation: Situation,
        language: Language,
    }

    impl Check {
        /// Looks up the settings and opens their sealed password.
        pub(crate) async fn prepare(slug: &str, whose: Whose, direction: Direction) -> Result<Self, ApiError> {
            let (ctx, keeper, settings, key, address, grant) = match whose {
                Whose::Draft(draft) => {
                    let (ctx, manager) = manager(slug).await?;
                    brake(manager.user.id)?;
                    let loaded = drafts::load(&ctx, &manager, draft).await?;
                    let (settings, key) = drafts::target(&ctx, &manager, draft, direction).await?;
                    (ctx, Keeper::Draft(manager, draft), settings, key, loaded.form.address, loaded.grant)
                }
                Whose::Mailbox(mailbox) => {
                    let (ctx, manager) = manager(slug).await?;
                    brake(manager.user.id)?;
                    let summary = mailboxes::details(&ctx, &manager, mailbox).await?.summary;
                    let (settings, key) = mailboxes::target(&ctx, &manager, mailbox, direction).await?;
                    let address = summary.address.to_string();
                    (ctx, Keeper::Mailbox(manager, mailbox), settings, key, address, summary.grant)
                }
                Whose::Relay if direction == Direction::Outgoing => {
                    let (ctx, admin) = admin().await?;
                    brake(admin.user.id)?;
                    let target = relay::target(&ctx, &admin).await?;
                    let (settings, key) = (target.settings.clone(), target.key.clone());
                    let address = settings.email.to_string();
                    (ctx, Keeper::Relay(admin, Box::new(target)), settings, key, address, None)
                }
                Whose::Relay => return Err(ApiError::NotFound),
            };
            let person = keeper.person();
            let situation =
                situation::of_server(&ctx, person, direction.protocol(), &settings, &address, grant.as_ref()).await?;
            let plan = Plan::of(direction, settings, key).watched();
            Ok(Self { ctx, keeper, direction, plan, situation, language: language() })
        }

        /// Runs to the end and stores the report.
        pub(crate) async fn run(self) -> Result<(), ApiError> {
            let report = check::run_with(&self.ctx, &self.plan, |_| {}).await?;
            self.store(&report).await
        }

        /// Runs while somebody listens; the report is stored before the last event is told.
        pub(super) fn stream(self) -> impl Stream<Item = Result<String, ApiError>> + Send + 'static {
            let (sender, events) = mpsc::unbounded();
            let advisor = (self.situation.clone(), self.language);
            let work = async move {
                let live = sender.clone();
                let report = check::run_with(&self.ctx, &self.plan, move |event| {
                    if !matches!(event, Event::Ended { .. }) {
                        // Nobody listening any more is no reason to fail: the stream is about to be dropped.
                        let _gone = live.unbounded_send(Ok(event.clone()));
                    }
                })
                .await;
                let last = match report {
                    Ok(report) => self.store(&report).await.map(|()| Event::Ended { millis: report.millis }),
                    Err(error) => Err(error.into()),
                };
                let _gone = sender.unbounded_send(last);
            };
            let work = stream::once(work).filter_map(|()| future::ready(None::<Result<Event, ApiError>>));
            stream::select(work, events).map(move |event| {
                let event = remedy::advise_event(event?, &advisor.0, advisor.1);
                serde_json::to_string(&event).map(|line| line + "\n").map_err(|_| ApiError::Internal)
            })
        }

        async fn store(&self, report: &CheckReport) -> Result<(), ApiError> {
            let (ctx, direction) = (&self.ctx, self.direction);
            match &self.keeper {
                Keeper::Draft(manager, draft) => {
                    drafts::store_report(ctx, manager, *draft, direction, report).await?;
                }
                Keeper::Mailbox(manager, mailbox) => {
                    mailboxes::store_report(ctx, manager, *mailbox, direction, report).await?;
                }
                Keeper::Relay(admin, target) => relay::store_report(ctx, admin, target, report).await?,
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Event;

    use super::*;

    #[test]
    fn events_are_read_however_the_stream_is_cut() {
        let text = "{\"event\":\"ended\",\"millis\":7}\nnonsense\n{\"event\":\"ended\",\"millis\":8}\n";
        for cut in 0..text.len() {
            let mut lines = Lines::default();
            let mut events: Vec<Event> = lines.push(text.get(..cut).unwrap());
            events.extend(lines.push::<Event>(text.get(cut..).unwrap()));
            assert_eq!(events, [Event::Ended { millis: 7 }, Event::Ended { millis: 8 }], "cut at {cut}");
        }
    }
}
