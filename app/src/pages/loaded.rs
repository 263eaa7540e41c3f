//! Waiting for data: a skeleton, then the view, or the words for why there is none.

use std::future::Future;

use leptos::{either::Either, prelude::*};
use serde::{Serialize, de::DeserializeOwned};

use super::nowhere::Failed;
use crate::{api::ApiError, components::Skeleton};

/// A part of a page that `make` makes again in the browser whenever what it has read changes, and once on the server.
///
/// There whatever waits for an answer is walked over several times before it is written. A closure would make
/// everything in it anew each time, whole pages with their questions to the database, and of what can be read once the
/// page would show that it is gone.
pub fn redrawn<V: IntoView + 'static>(make: impl Fn() -> V + Send + 'static) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let make = make();
    make
}

/// Asks the server for `data` and shows it with `view`; asks again when `key` changes.
///
/// On the server the page waits for the answer, so that it arrives whole.
pub fn loaded<K, T, Fut, V>(
    key: impl Fn() -> K + Send + Sync + 'static,
    data: impl Fn(K) -> Fut + Send + Sync + 'static,
    view: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, ApiError>> + Send + 'static,
    V: IntoView + 'static,
{
    let answer = Resource::new(key, data);
    let shown = move || {
        let view = view.clone();
        Suspend::new(async move {
            match answer.await {
                Ok(data) => Either::Left(view(data)),
                Err(error) => Either::Right(view! { <Failed error /> }),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=4 /> }>{redrawn(shown)}</Transition> }
}

/// An answer to which *there is no such thing* belongs.
///
/// # Errors
/// Every other one.
pub fn if_there<T>(answer: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(ApiError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
