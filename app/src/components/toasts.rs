//! What has just happened, said in passing.
//!
//! A toast is never the only place where something can be read: what failed is on the page as well.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, Picture, Tone};
use crate::{i18n::words, say};

/// How long good news stays. Bad news stays until it is dismissed.
const STAY: Duration = Duration::from_secs(7);

/// The toasts on the page, oldest first.
#[derive(Clone, Copy, Debug)]
struct Store(RwSignal<Vec<Toast>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    number: u64,
    tone: Tone,
    text: String,
}

/// Makes [`toast`] work below the calling component.
pub fn provide_toasts() {
    provide_context(Store(RwSignal::new(Vec::new())));
}

/// Says that something went well.
pub fn toast(text: impl Into<String>) {
    toast_with(Tone::Good, text);
}

/// Says something in a tone. Without [`provide_toasts`] above, nothing is shown.
pub fn toast_with(tone: Tone, text: impl Into<String>) {
    let Some(Store(toasts)) = use_context::<Store>() else { return };
    let text = text.into();
    let number = toasts.with_untracked(|toasts| toasts.last().map_or(0, |last| last.number.wrapping_add(1)));
    toasts.update(|toasts| toasts.push(Toast { number, tone, text }));
    if tone != Tone::Bad && cfg!(feature = "hydrate") {
        set_timeout(move || forget(toasts, number), STAY);
    }
}

fn forget(toasts: RwSignal<Vec<Toast>>, number: u64) {
    // The page may be gone by the time the toast would leave it.
    let _ = toasts.try_update(|toasts| toasts.retain(|toast| toast.number != number));
}

/// The place where toasts appear; once, near the end of the page.
#[component]
pub fn Toasts() -> impl IntoView {
    let toasts = use_context::<Store>().map_or_else(|| RwSignal::new(Vec::new()), |store| store.0);
    let dismiss = say!(words(), components.dismiss);
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.get() key=|toast| toast.number let:toast>
                <div class="toast" data-tone=toast.tone.name()>
                    <Icon picture=toast.tone.picture() />
                    <span>{toast.text}</span>
                    <button
                        class="button"
                        data-kind="quiet"
                        type="button"
                        aria-label=dismiss
                        on:click=move |_| forget(toasts, toast.number)
                    >
                        <Icon picture=Picture::Cross />
                    </button>
                </div>
            </For>
        </div>
    }
}
