//! A moment in the reader's language, and in the reader's time zone once WASM knows it.

use leptos::prelude::*;
use postroom_server::model::Timestamp;

use super::date::day_in_words;
use crate::{i18n::Locale, i18n::words, say};

/// A `<time>` element: the server writes UTC and says so; the browser puts local time in its place.
#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    let words = words();
    let (text, set_text) = signal(in_utc(words, at));
    Effect::new(move |_| {
        if let Some(local) = in_local_time(at) {
            set_text.set(local);
        }
    });
    view! { <time datetime=at.rfc_3339()>{text}</time> }
}

/// Day and time in UTC, saying that it is UTC.
#[must_use]
pub fn in_utc(words: Locale, at: Timestamp) -> String {
    let (hour, minute, _) = at.clock();
    say!(words, common.utc_time, time = format!("{}, {hour:02}:{minute:02}", day_in_words(words, at)))
}

#[cfg(feature = "hydrate")]
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits for 285,000 years")]
fn in_local_time(at: Timestamp) -> Option<String> {
    use wasm_bindgen::JsValue;
    let options = js_sys::Object::new();
    for (key, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        js_sys::Reflect::set(&options, &JsValue::from_str(key), &JsValue::from_str(value)).ok()?;
    }
    let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
    // The browser's own variant of the page's language (en-GB) writes dates the way its owner does.
    let tag = crate::i18n::language().tag();
    let own = window().navigator().language().filter(|own| own.split('-').next() == Some(tag));
    let text = date.to_locale_string(own.as_deref().unwrap_or(tag), &options);
    text.as_string()
}

#[cfg(not(feature = "hydrate"))]
const fn in_local_time(_: Timestamp) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::words_in;
    use postroom_server::model::Language;

    #[test]
    fn a_moment_is_written_in_both_languages() {
        let at = Timestamp(1_795_440_245_000);
        assert_eq!(in_utc(words_in(Language::En), at), "23 November 2026, 13:24 UTC");
        assert_eq!(in_utc(words_in(Language::Ko), at), "2026년 11월 23일, 13:24 UTC");
    }
}
