//! A search for the servers of an address while the page watches it.
//!
//! Leaving the page drops the stream; the server notices and stops the search. Nothing here touches what was typed.

use futures::future::AbortHandle;
use leptos::prelude::*;
use postroom_server::model::{Discovery, EmailAddress, Progress, Source, SourceReport};

use crate::api::ApiError;

/// One source, as far as it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    #[default]
    Waiting,
    Asking,
    Ended(SourceReport),
}

/// A search as a page shows it.
#[derive(Clone, Copy)]
pub struct Search {
    workspace: StoredValue<String>,
    /// Whose servers; `None` before the first search.
    address: RwSignal<Option<EmailAddress>>,
    heard: RwSignal<Vec<Progress>>,
    found: RwSignal<Option<Discovery>>,
    running: RwSignal<bool>,
    trouble: RwSignal<Option<ApiError>>,
    handle: StoredValue<Option<AbortHandle>>,
}

impl Search {
    /// Shows what was `found` before until a search is started. Belongs to the component that makes it.
    #[must_use]
    pub fn new(workspace: String, found: Option<Discovery>) -> Self {
        let search = Self {
            workspace: StoredValue::new(workspace),
            address: RwSignal::new(found.as_ref().map(|found| found.address.clone())),
            heard: RwSignal::new(Vec::new()),
            found: RwSignal::new(found),
            running: RwSignal::new(false),
            trouble: RwSignal::new(None),
            handle: StoredValue::new(None),
        };
        on_cleanup(move || {
            if let Some(Some(handle)) = search.handle.try_get_value() {
                handle.abort();
            }
        });
        search
    }

    /// A search that is under way, as far as it has been `heard` of; nothing more will be heard.
    #[must_use]
    pub fn under_way(address: EmailAddress, heard: Vec<Progress>) -> Self {
        let search = Self::new(String::new(), None);
        search.address.set(Some(address));
        search.heard.set(heard);
        search.running.set(true);
        search
    }

    /// What was found; `None` while nobody has searched, and while somebody does.
    #[must_use]
    pub const fn found(self) -> RwSignal<Option<Discovery>> {
        self.found
    }

    #[must_use]
    pub const fn running(self) -> RwSignal<bool> {
        self.running
    }

    /// What kept the search from running or from being told.
    #[must_use]
    pub const fn trouble(self) -> RwSignal<Option<ApiError>> {
        self.trouble
    }

    /// The domain that is searched; tracks it.
    #[must_use]
    pub fn domain(self) -> Option<String> {
        self.address.with(|address| address.as_ref().map(|address| address.domain().to_owned()))
    }

    /// How far one source has come; tracks the search.
    #[must_use]
    pub fn asked(self, source: Source) -> Asked {
        let report = self.found.with(|found| found.as_ref()?.report(source).cloned());
        if let Some(report) = report {
            return Asked::Ended(report);
        }
        self.heard.with(|heard| {
            let last = heard.iter().rev().find_map(|one| match one {
                Progress::Ended { report } if report.source == source => Some(Asked::Ended(report.clone())),
                Progress::Began { source: began } if *began == source => Some(Asked::Asking),
                _ => None,
            });
            last.unwrap_or_default()
        })
    }

    /// How many sources have answered; tracks the search.
    #[must_use]
    pub fn answered(self) -> usize {
        self.heard.with(|heard| heard.iter().filter(|one| matches!(one, Progress::Ended { .. })).count())
    }

    /// Searches for an address. One that is under way for another address is dropped, and so is what it found; the same
    /// address is searched once, unless somebody wants it `again`.
    pub fn start(self, address: EmailAddress, again: bool) {
        let same = self.address.with_untracked(|known| known.as_ref() == Some(&address));
        let known = self.running.get_untracked() || self.found.with_untracked(Option::is_some);
        if same && known && !again {
            return;
        }
        self.stop();
        self.address.set(Some(address.clone()));
        self.heard.set(Vec::new());
        self.found.set(None);
        self.trouble.set(None);
        self.running.set(true);
        let (work, handle) = futures::future::abortable(self.watch(address, again));
        self.handle.set_value(Some(handle));
        leptos::task::spawn_local(async move {
            let _stopped = work.await;
        });
    }

    /// Searches anew for the same address.
    pub fn again(self) {
        if let Some(address) = self.address.get_untracked() {
            self.start(address, true);
        }
    }

    fn stop(self) {
        if let Some(handle) = self.handle.get_value() {
            handle.abort();
            self.handle.set_value(None);
        }
        self.running.set(false);
    }

    #[cfg(feature = "hydrate")]
    async fn watch(self, address: EmailAddress, again: bool) {
        use crate::api::{
            discovery::{SearchLine, watch_search},
            live::Lines,
        };
        use futures::StreamExt;

        let mut lines = Lines::default();
        match watch_search(self.workspace.get_value(), address.to_string(), again).await {
            Ok(stream) => {
                let mut stream = stream.into_inner();
                while let Some(piece) = stream.next().await {
                    match piece {
                        Ok(piece) => lines.push::<SearchLine>(&piece).into_iter().for_each(|line| match line {
                            SearchLine::Heard { heard } => self.heard.update(|all| all.push(heard)),
                            SearchLine::Found { discovery } => self.found.set(Some(*discovery)),
                        }),
                        Err(error) => self.trouble.set(Some(error)),
                    }
                }
            }
            Err(error) => self.trouble.set(Some(error)),
        }
        if self.found.with_untracked(Option::is_none) {
            self.trouble.update(|trouble| {
                trouble.get_or_insert(ApiError::Unreachable);
            });
        }
        self.running.set(false);
        self.handle.set_value(None);
    }

    #[cfg(not(feature = "hydrate"))]
    async fn watch(self, _: EmailAddress, _: bool) {
        let _ = self.workspace;
    }
}
