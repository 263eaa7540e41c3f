//! A line to type into: label, hint, control, error, tied together for those who cannot see them.
//!
//! Typing belongs to the person. The value goes into the HTML once; from then on the control follows its
//! signal, but what somebody typed before WASM was there, or what the browser restored, is taken over into
//! the signal and not overwritten.

use leptos::{html, prelude::*};

use super::{Icon, Picture};
use crate::{i18n::words, say};

/// Keeps a text control and its signal together; see the module's words on typing.
pub(super) fn follow(node: NodeRef<html::Input>, value: Signal<String>, on_input: Option<Callback<String>>) {
    Effect::new(move |met: Option<bool>| {
        let value = value.get();
        let Some(input) = node.get() else { return false };
        let typed = input.value();
        if typed == value {
            return true;
        }
        if met != Some(true) && !typed.is_empty() {
            if let Some(on_input) = on_input {
                on_input.run(typed);
            }
        } else {
            input.set_value(&value);
        }
        true
    });
}

/// The ids a control is described by, those that are on the page at the moment.
pub(super) fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (true, true) => Some(format!("{id}-hint {id}-error")),
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (false, false) => None,
    }
}

/// The sentence beside a field that is wrong. The element stays, so that a new sentence is read out.
#[component]
pub(super) fn FieldError(id: String, error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div id=format!("{id}-error") class="field-error" aria-live="polite">
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <Icon picture=Picture::Alert />
                            <span>{error}</span>
                        }
                    })
            }}
        </div>
    }
}

/// A sentence below the label that helps before anything is wrong.
#[component]
pub(super) fn Hint(id: String, hint: Signal<Option<String>>) -> impl IntoView {
    move || {
        let id = format!("{id}-hint");
        hint.get().map(|hint| view! { <p id=id class="hint">{hint}</p> })
    }
}

/// One line of text. `id` is `name` unless given; `kind` is the HTML type (`text`, `email`, `password`, …).
#[component]
pub fn Field(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] required: bool,
    /// Says *(optional)* behind the label: where most fields are required, the others are marked.
    #[prop(optional)]
    optional_mark: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// What may be picked instead of typed: the value, and a word beside it.
    #[prop(optional, into)]
    suggestions: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let list = format!("{id}-list");
    let list_id = list.clone();
    let node = NodeRef::<html::Input>::new();
    follow(node, value, on_input);
    let described = {
        let id = id.clone();
        move || described_by(&id, hint.with(Option::is_some), error.with(Option::is_some))
    };
    // Names of servers, addresses and codes are no prose: spelling helpers only spoil them.
    let literal = matches!(kind, "email" | "url" | "password") || inputmode.is_some();
    view! {
        <div class="field">
            <label for=id.clone()>
                {move || label.get()}
                {optional_mark
                    .then(|| view! { <span class="optional">" " {say!(words(), components.optional)}</span> })}
            </label>
            <Hint id=id.clone() hint />
            <div class="control">
                <input
                    class="input"
                    id=id.clone()
                    name=name
                    type=kind
                    value=value.get_untracked()
                    placeholder=placeholder
                    autocomplete=autocomplete
                    inputmode=inputmode
                    maxlength=maxlength
                    autocapitalize=literal.then_some("none")
                    spellcheck=literal.then_some("false")
                    required=required
                    autofocus=autofocus
                    disabled=move || disabled.get()
                    list=move || suggestions.with(|all| !all.is_empty()).then(|| list.clone())
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    node_ref=node
                    on:input=move |event| {
                        if let Some(on_input) = on_input {
                            on_input.run(event_target_value(&event));
                        }
                    }
                />
                {move || {
                    let id = list_id.clone();
                    let options = suggestions.get();
                    (!options.is_empty()).then(|| {
                        let options = options.into_iter().map(|(value, word)| view! { <option value=value>{word}</option> });
                        view! { <datalist id=id>{options.collect_view()}</datalist> }
                    })
                }}
            </div>
            <FieldError id=id error />
        </div>
    }
}

/// A password, which can be looked at, and which may already be there without being shown.
///
/// `unchanged` says that a password is stored: the field is empty, says so, and an empty field means *keep it*.
/// The button to show what was typed appears once it works, that is, with WASM.
#[component]
pub fn PasswordField(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] unchanged: Signal<bool>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// `current-password` and `new-password` for people's own; `off` keeps a mailbox's out of their managers.
    #[prop(default = "off")]
    autocomplete: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let words = words();
    let id = id.unwrap_or_else(|| name.clone());
    let node = NodeRef::<html::Input>::new();
    follow(node, value, on_input);
    let (shown, set_shown) = signal(false);
    let (live, set_live) = signal(false);
    Effect::new(move |_| set_live.set(true));
    let hint = Signal::derive(move || {
        hint.get().or_else(|| unchanged.get().then(|| say!(words, components.password_unchanged).to_owned()))
    });
    let described = {
        let id = id.clone();
        move || described_by(&id, hint.with(Option::is_some), error.with(Option::is_some))
    };
    let button_words = move || {
        if shown.get() { say!(words, components.hide_password) } else { say!(words, components.show_password) }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{move || label.get()}</label>
            <Hint id=id.clone() hint />
            <div class="control">
                <input
                    class="input"
                    id=id.clone()
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    value=value.get_untracked()
                    placeholder=move || unchanged.get().then_some("••••••••")
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required=move || required && !unchanged.get()
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    node_ref=node
                    on:input=move |event| {
                        if let Some(on_input) = on_input {
                            on_input.run(event_target_value(&event));
                        }
                    }
                />
                <button
                    class="button"
                    data-kind="secondary"
                    type="button"
                    aria-controls=id.clone()
                    aria-label=move || format!("{}: {}", button_words(), label.get())
                    hidden=move || !live.get()
                    on:click=move |_| set_shown.update(|shown| *shown = !*shown)
                >
                    {button_words}
                </button>
            </div>
            <FieldError id=id error />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    #[test]
    fn a_field_is_tied_to_its_label_its_hint_and_its_error() {
        let html = html_of(Language::En, || {
            view! {
                <Field
                    label="Port"
                    name="imap.port"
                    value="99300"
                    hint=Some("Usually 993".to_owned())
                    error=Some("Not a port".to_owned())
                />
            }
        });
        assert!(html.contains("for=\"imap.port\""));
        assert!(html.contains("value=\"99300\""));
        assert!(html.contains("aria-invalid=\"true\""));
        assert!(html.contains("aria-describedby=\"imap.port-hint imap.port-error\""));
        assert!(html.contains("id=\"imap.port-hint\"") && html.contains("id=\"imap.port-error\""));
    }

    #[test]
    fn a_field_without_an_error_is_not_called_invalid() {
        let html = html_of(Language::En, || view! { <Field label="Port" name="port" /> });
        assert!(!html.contains("aria-invalid") && !html.contains("aria-describedby"));
    }

    #[test]
    fn a_stored_password_is_said_to_stay_and_is_not_required() {
        let html = html_of(Language::Ko, || {
            view! { <PasswordField label="비밀번호" name="password" unchanged=true required=true /> }
        });
        assert!(html.contains("새로 입력하지 않으면 지금 비밀번호를 그대로 씁니다."));
        assert!(!html.contains(" required"));
        assert!(html.contains("value=\"\""));
    }

    #[test]
    fn the_button_that_shows_a_password_is_hidden_until_it_works() {
        let html = html_of(Language::En, || view! { <PasswordField label="Password" name="password" /> });
        let button = html.split("<button").nth(1).unwrap();
        assert!(button.split('>').next().unwrap().contains(" hidden"));
    }
}
