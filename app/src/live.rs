//! How a page that is there already becomes live in the browser.

use leptos::{
    mount::hydrate_from_async,
    prelude::{document, window},
    wasm_bindgen::{JsCast as _, closure::Closure},
    web_sys::MouseEvent,
};

use crate::{app::App, components::leads_away};

/// Makes the page live, part by part as they are loaded.
pub fn begin() {
    let Some(body) = document().body() else { return };
    let links = PlainLinks::new();
    wasm_bindgen_futures::spawn_local(async move {
        hydrate_from_async(body, App).await.forget();
        drop(links);
    });
}

/// Links are what they are without us, until this is dropped.
///
/// The router follows links from its first moment. One that is pressed while the page's own part is still on its way
/// would change what the page is about before it is live: what the server has written would not fit any more, and the
/// page would stay dead.
struct PlainLinks(Closure<dyn Fn(MouseEvent)>);

impl PlainLinks {
    fn new() -> Self {
        let links = Self(Closure::new(|event: MouseEvent| {
            if leads_away(&event) {
                event.stop_propagation();
            }
        }));
        // Before everybody else hears of it.
        let heard = links.0.as_ref().unchecked_ref();
        let _ = window().add_event_listener_with_callback_and_bool("click", heard, true);
        links
    }
}

impl Drop for PlainLinks {
    fn drop(&mut self) {
        let heard = self.0.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback_and_bool("click", heard, true);
    }
}
