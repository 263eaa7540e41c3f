//! Looking again and again, while somebody can see it.

use std::time::Duration;

use leptos::prelude::*;

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
