//! Looking again and again, while somebody can see it.

use std::{future::Future, time::Duration};

use leptos::prelude::*;

use crate::api::ApiError;

/// How often pages ask whether something has changed.
pub const PAUSE: Duration = Duration::from_secs(20);

/// Calls `look` every [`PAUSE`] while the page is visible; ends with the component. On the server nothing happens.
pub fn look_out(look: impl Fn() + Clone + 'static) {
    look_while(
        PAUSE,
        || true,
        move || {
            if !document().hidden() {
                look();
            }
        },
    );
}

/// Calls `look` every `pause` for as long as `wanted` says so; ends with the component. On the server nothing happens.
pub fn look_while(pause: Duration, wanted: impl Fn() -> bool + 'static, look: impl Fn() + Clone + 'static) {
    let clock = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(Some(running)) = clock.try_update_value(Option::take) {
            running.clear();
        }
    };
    Effect::new(move |_| {
        stop();
        if wanted() {
            // A browser without clocks shows the page as it is.
            clock.set_value(set_interval_with_handle(look.clone(), pause).ok());
        }
    });
    on_cleanup(stop);
}

/// A look: asks, and shows the answer where it is another one.
pub fn look_at<T, Fut>(shown: RwSignal<T>, ask: impl Fn() -> Fut + Clone + 'static) -> impl Fn() + Clone + 'static
where
    T: PartialEq + Send + Sync + 'static,
    Fut: Future<Output = Result<T, ApiError>> + 'static,
{
    move || {
        let answer = ask();
        leptos::task::spawn_local(async move {
            // A look that fails is no news; the next one follows.
            if let Ok(found) = answer.await
                && shown.try_with_untracked(|before| *before != found) == Some(true)
            {
                shown.try_set(found);
            }
        });
    }
}

/// Calls `look` each time an action has come back. `version` counts how often it has.
pub fn look_after(version: impl Fn() -> usize + 'static, look: impl Fn() + 'static) {
    Effect::new(move |before: Option<usize>| {
        let now = version();
        if before.is_some_and(|before| before != now) {
            look();
        }
        now
    });
}
