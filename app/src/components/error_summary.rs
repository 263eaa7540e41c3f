//! What is wrong with a form, in one place at its top, with a link to each field.

use leptos::{ev::MouseEvent, html, prelude::*};

/// Moves the focus to the element with this id, as following `#id` does without WASM. The router would only scroll.
pub(super) fn focus_on(event: &MouseEvent, id: &str) {
    use leptos::wasm_bindgen::JsCast;
    let found = document().get_element_by_id(id);
    if let Some(element) = found.as_ref().and_then(|found| found.dyn_ref::<leptos::web_sys::HtmlElement>())
        && element.focus().is_ok()
    {
        event.prevent_default();
    }
}

/// A focusable list of links to fields: pairs of a field's id and a sentence.
///
/// In the browser it takes the focus when errors appear, so that nobody has to look for them. After a plain
/// form post it is simply the first thing on the page.
#[component]
pub fn ErrorSummary(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] errors: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let place = NodeRef::<html::Section>::new();
    let any = Memo::new(move |_| errors.with(|errors| !errors.is_empty()));
    Effect::new(move |_| {
        if any.get()
            && let Some(place) = place.get()
        {
            // A place that cannot take the focus is no reason to stop anything.
            let _ = place.focus();
        }
    });
    view! {
        <Show when=move || any.get()>
            <section class="error-summary" tabindex="-1" role="alert" node_ref=place>
                <h2>{move || title.get()}</h2>
                <ul>
                    {move || {
                        errors
                            .get()
                            .into_iter()
                            .map(|(id, text)| {
                                let href = format!("#{id}");
                                view! {
                                    <li>
                                        <a href=href on:click=move |event| focus_on(&event, &id)>
                                            {text}
                                        </a>
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ul>
            </section>
        </Show>
    }
}
