//! A check while the page watches it: events are folded into the report as they arrive.
//!
//! Leaving the page, or pressing *Stop*, drops the stream; the server notices and stops the check.

use futures::future::AbortHandle;
use leptos::prelude::*;
use postroom_server::model::{CheckReport, Direction, Security};

use crate::api::{ApiError, live::Whose};

/// One direction's check as a page shows it.
#[derive(Clone, Copy)]
pub struct LiveCheck {
    direction: Direction,
    report: RwSignal<Option<CheckReport>>,
    running: RwSignal<bool>,
    trouble: RwSignal<Option<ApiError>>,
    under_way: StoredValue<Option<AbortHandle>>,
}

impl LiveCheck {
    /// Shows `report` until a check is started. Belongs to the component that makes it and ends with it.
    #[must_use]
    pub fn new(direction: Direction, report: Option<CheckReport>) -> Self {
        let check = Self {
            direction,
            report: RwSignal::new(report),
            running: RwSignal::new(false),
            trouble: RwSignal::new(None),
            under_way: StoredValue::new(None),
        };
        on_cleanup(move || {
            if let Some(Some(handle)) = check.under_way.try_get_value() {
                handle.abort();
            }
        });
        check
    }

    #[must_use]
    pub const fn direction(self) -> Direction {
        self.direction
    }

    /// The ladder as far as it has been walked; `None` before the first check.
    #[must_use]
    pub const fn report(self) -> RwSignal<Option<CheckReport>> {
        self.report
    }

    #[must_use]
    pub const fn running(self) -> RwSignal<bool> {
        self.running
    }

    /// What kept the check from running or from being told.
    #[must_use]
    pub const fn trouble(self) -> RwSignal<Option<ApiError>> {
        self.trouble
    }

    /// True once every step has passed.
    #[must_use]
    pub fn passed(self) -> bool {
        self.report.with(|report| report.as_ref().is_some_and(CheckReport::passed))
    }

    /// Starts a check of what the server has stored; one that is under way is stopped first.
    pub fn start(self, workspace: String, whose: Whose, security: Security) {
        self.start_planned(workspace, whose, CheckReport::planned(self.direction.protocol(), security));
    }

    /// [`Self::start`] with a ladder of its own.
    pub fn start_planned(self, workspace: String, whose: Whose, planned: CheckReport) {
        self.stop();
        self.trouble.set(None);
        self.running.set(true);
        self.report.set(Some(planned));
        let (work, handle) = futures::future::abortable(self.watch(workspace, whose));
        self.under_way.set_value(Some(handle));
        leptos::task::spawn_local(async move {
            let _stopped = work.await;
        });
    }

    /// Stops the check that is under way, if one is.
    pub fn stop(self) {
        if let Some(handle) = self.under_way.get_value() {
            handle.abort();
            self.under_way.set_value(None);
            if self.running.get_untracked() {
                self.report.set(None);
            }
            self.running.set(false);
        }
    }

    #[cfg(feature = "hydrate")]
    async fn watch(self, workspace: String, whose: Whose) {
        use crate::api::live::{Lines, watch_check};
        use futures::StreamExt;
        use postroom_server::model::Event;

        let mut lines = Lines::default();
        match watch_check(workspace, whose, self.direction).await {
            Ok(stream) => {
                let mut stream = stream.into_inner();
                while let Some(piece) = stream.next().await {
                    match piece {
                        Ok(piece) => self.report.update(|report| {
                            let events: Vec<Event> = lines.push(&piece);
                            if let Some(report) = report {
                                events.into_iter().for_each(|event| report.apply(event));
                            }
                        }),
                        Err(error) => self.trouble.set(Some(error)),
                    }
                }
            }
            Err(error) => self.trouble.set(Some(error)),
        }
        let unfinished =
            self.report.with_untracked(|report| report.as_ref().is_none_or(|report| report.outcome.is_none()));
        if unfinished {
            self.trouble.update(|trouble| {
                trouble.get_or_insert(ApiError::Unreachable);
            });
            self.report.set(None);
        }
        self.running.set(false);
        self.under_way.set_value(None);
    }

    #[cfg(not(feature = "hydrate"))]
    async fn watch(self, _: String, _: Whose) {}
}
