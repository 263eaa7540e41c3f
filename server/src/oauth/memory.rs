//! What was fetched from providers, kept for a while and fetched once at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

/// How long a description and keys are kept.
pub(crate) const KEPT: Duration = Duration::from_secs(60 * 60);
/// How many addresses are remembered: one for each that somebody tried.
const MAX_KEPT: usize = 64;

type Kept<P, E> = Option<(Instant, Result<Arc<P>, E>)>;
/// Held while it is fetched: everybody who waits gets the same answer.
type Place<P, E> = Arc<tokio::sync::Mutex<Kept<P, E>>>;

/// What was fetched from each address. Those who want the same at once wait for one answer.
#[derive(Debug)]
pub(crate) struct Memory<P, E> {
    all: Mutex<HashMap<Url, Place<P, E>>>,
    /// How long it is remembered that there was no answer.
    failure_kept: Duration,
}

impl<P, E: Clone> Memory<P, E> {
    pub(crate) fn new(failure_kept: Duration) -> Self {
        Self { all: Mutex::default(), failure_kept }
    }

    /// What `fetch` finds at `url`, or has found there not long ago; `anew` asks in any case.
    ///
    /// # Errors
    /// Those of `fetch`.
    pub(crate) async fn of(
        &self,
        url: &Url,
        anew: bool,
        fetch: impl AsyncFnOnce() -> Result<P, E>,
    ) -> Result<Arc<P>, E> {
        let place = self.place(url);
        let mut kept = place.lock().await;
        if let Some((since, known)) = &*kept
            && !anew
            && since.elapsed() < if known.is_ok() { KEPT } else { self.failure_kept }
        {
            return known.clone();
        }
        let found = fetch().await.map(Arc::new);
        *kept = Some((Instant::now(), found.clone()));
        found
    }

    fn place(&self, url: &Url) -> Place<P, E> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_KEPT && !all.contains_key(url) {
            all.clear();
        }
        Arc::clone(all.entry(url.clone()).or_default())
    }
}
