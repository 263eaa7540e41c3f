//! Several lines of text to type or paste: label, hint, control, error.

use leptos::{html, prelude::*};

use super::field::{FieldError, Hint, described_by};

/// Literal text such as PEM: in a fixed width, without helpers for prose. Typing belongs to the person, as in a
/// [`Field`](super::Field).
#[component]
pub fn TextArea(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    #[prop(into)] id: String,
    #[prop(into)] value: Signal<String>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(default = 6)] rows: u32,
    #[prop(into)] on_input: Callback<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |met: Option<bool>| {
        let value = value.get();
        let Some(area) = node.get() else { return false };
        let typed = area.value();
        if typed == value.replace("\r\n", "\n") {
            return true;
        }
        if met != Some(true) && !typed.is_empty() {
            on_input.run(typed);
        } else {
            area.set_value(&value);
        }
        true
    });
    let described = {
        let id = id.clone();
        move || described_by(&id, hint.with(Option::is_some), error.with(Option::is_some))
    };
    view! {
        <div class="field">
            <label for=id.clone()>{move || label.get()}</label>
            <Hint id=id.clone() hint />
            <div class="control">
                <textarea
                    class="input literal"
                    id=id.clone()
                    name=name
                    rows=rows
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    node_ref=node
                    on:input=move |event| on_input.run(event_target_value(&event))
                    // As a child, an empty text would come out of the HTML as a blank.
                    inner_html=escaped(&value.get_untracked())
                ></textarea>
            </div>
            <FieldError id=id error />
        </div>
    }
}

/// The text as it stands inside of an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    #[test]
    fn text_stays_text_whatever_stands_in_it() {
        let html = html_of(Language::En, || {
            let value = "a </textarea><script>alert(1)</script> & b".to_owned();
            view! { <TextArea label="PEM".to_owned() name="pem" id="pem" value=value on_input=|_: String| () /> }
        });
        assert!(html.contains("a &lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; b</textarea>"), "{html}");
        let empty = html_of(Language::En, || {
            view! { <TextArea label="PEM".to_owned() name="pem" id="pem" value=String::new() on_input=|_: String| () /> }
        });
        assert!(empty.contains("></textarea>"), "{empty}");
    }
}
