//! Copying a command with one press, where the browser allows it.

use leptos::prelude::*;

use super::{Icon, Picture};

/// Puts `text` on the clipboard and says so for a moment.
///
/// The button is hidden until it can work: without WASM and on unencrypted origins there is no clipboard, and
/// the text beside it can be selected as a whole instead.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] done_label: Signal<String>,
) -> impl IntoView {
    let (able, set_able) = signal(false);
    let (done, set_done) = signal(false);
    Effect::new(move |_| set_able.set(clipboard::is_there()));
    let press = move |_| clipboard::write(&text.get_untracked(), set_done);
    view! {
        <button
            class="button"
            data-kind="secondary"
            data-size="small"
            type="button"
            hidden=move || !able.get()
            on:click=press
        >
            {move || view! { <Icon picture=if done.get() { Picture::Check } else { Picture::Copy } /> }}
            <span aria-live="polite">{move || if done.get() { done_label.get() } else { label.get() }}</span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
mod clipboard {
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::{JsValue, closure::Closure};

    /// How long the button says that it is done.
    const THANKS: Duration = Duration::from_secs(2);

    /// False on unencrypted origins, where browsers leave `navigator.clipboard` out.
    pub fn is_there() -> bool {
        window().is_secure_context()
    }

    /// Writes, and sets `done` for a moment once the browser has confirmed it.
    pub fn write(text: &str, done: WriteSignal<bool>) {
        let confirmed = Closure::once(move |_: JsValue| {
            done.set(true);
            set_timeout(move || done.set(false), THANKS);
        });
        // A refusal leaves the button as it was, which is the truth.
        let _ = window().navigator().clipboard().write_text(text).then(&confirmed);
        confirmed.forget();
    }
}

#[cfg(not(feature = "hydrate"))]
mod clipboard {
    use leptos::prelude::*;

    pub const fn is_there() -> bool {
        false
    }

    pub const fn write(_text: &str, _done: WriteSignal<bool>) {}
}
