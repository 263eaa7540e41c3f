//! Choosing among what is there: drop-down lists, tick boxes, big cards of which one is chosen.

use leptos::{html, prelude::*};

use super::field::{FieldError, Hint, described_by};

/// A drop-down list of pairs of value and words.
#[component]
pub fn Select(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let node = NodeRef::<html::Select>::new();
    Effect::new(move |met: Option<bool>| {
        let value = value.get();
        options.track();
        let Some(select) = node.get() else { return false };
        let chosen = select.value();
        if chosen == value {
            return true;
        }
        // What was chosen before WASM was there counts; later the signal leads.
        match on_change {
            Some(on_change) if met != Some(true) && !chosen.is_empty() => on_change.run(chosen),
            _ => select.set_value(&value),
        }
        true
    });
    let described = {
        let id = id.clone();
        move || described_by(&id, hint.with(Option::is_some), error.with(Option::is_some))
    };
    let list = move || {
        options
            .get()
            .into_iter()
            .map(|(key, text)| {
                let chosen = value.with_untracked(|value| *value == key);
                view! { <option value=key selected=chosen>{text}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{move || label.get()}</label>
            <Hint id=id.clone() hint />
            <div class="control">
                <select
                    class="input"
                    id=id.clone()
                    name=name
                    required=required
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    node_ref=node
                    on:change=move |event| {
                        if let Some(on_change) = on_change {
                            on_change.run(event_target_value(&event));
                        }
                    }
                >
                    {list}
                </select>
            </div>
            <FieldError id=id error />
        </div>
    }
}

/// A tick box; the sentence below says what will happen, and may change with the tick.
///
/// A form sends `name=value` when it is ticked and nothing when it is not, as HTML does.
#[component]
pub fn Checkbox(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional, into)] checked: Signal<bool>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_change: Option<Callback<bool>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let node = NodeRef::<html::Input>::new();
    follow_tick(node, checked, on_change);
    let described = {
        let id = id.clone();
        move || described_by(&id, hint.with(Option::is_some), error.with(Option::is_some))
    };
    view! {
        <div class="check-box">
            <input
                type="checkbox"
                id=id.clone()
                name=name
                value=value
                checked=checked.get_untracked()
                disabled=move || disabled.get()
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                node_ref=node
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event_target_checked(&event));
                    }
                }
            />
            <label for=id.clone()>{move || label.get()}</label>
            <Hint id=id.clone() hint />
            <FieldError id=id error />
        </div>
    }
}

/// Keeps a tick and its signal together: what was ticked before WASM was there counts.
fn follow_tick(node: NodeRef<html::Input>, checked: Signal<bool>, on_change: Option<Callback<bool>>) {
    Effect::new(move |met: Option<bool>| {
        let checked = checked.get();
        let Some(input) = node.get() else { return false };
        if input.checked() != checked {
            match (met == Some(true), on_change) {
                (true, _) => input.set_checked(checked),
                (false, Some(on_change)) => on_change.run(input.checked()),
                // Nobody follows this box: what was ticked stands.
                (false, None) => {}
            }
        }
        true
    });
}

/// A group of [`RadioCard`]s under one question.
#[component]
pub fn Choices(
    #[prop(into)] legend: Signal<String>,
    #[prop(into)] id: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let described = {
        let id = id.clone();
        move || described_by(&id, false, error.with(Option::is_some))
    };
    let error_id = id.clone();
    view! {
        <fieldset class="field" id=id aria-describedby=described>
            <legend>{move || legend.get()}</legend>
            <div class="choices">{children()}</div>
            <FieldError id=error_id error />
        </fieldset>
    }
}

/// One of a few big choices, each of which says what it means. Cards of one group share `name`.
#[component]
pub fn RadioCard(
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] checked: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// What speaks for this card.
    #[prop(optional, into)]
    mark: Signal<Option<String>>,
    /// Called with the value when this card is chosen.
    #[prop(optional, into)]
    on_select: Option<Callback<String>>,
) -> impl IntoView {
    let id = format!("{name}-{value}");
    let node = NodeRef::<html::Input>::new();
    let chosen = value.clone();
    Effect::new(move |met: Option<bool>| {
        let checked = checked.get();
        let Some(input) = node.get() else { return false };
        if input.checked() != checked {
            match on_select {
                Some(on_select) if met != Some(true) && input.checked() => on_select.run(chosen.clone()),
                // Another card of the group was chosen before WASM was there; that card reports it.
                Some(_) if met != Some(true) => {}
                _ => input.set_checked(checked),
            }
        }
        true
    });
    let sent = value.clone();
    view! {
        <label class="choice" for=id.clone()>
            <input
                type="radio"
                id=id.clone()
                name=name
                value=value
                checked=checked.get_untracked()
                disabled=move || disabled.get()
                aria-describedby=format!("{id}-text {id}-mark")
                aria-labelledby=format!("{id}-title")
                node_ref=node
                on:change=move |_| {
                    if let Some(on_select) = on_select {
                        on_select.run(sent.clone());
                    }
                }
            />
            <strong id=format!("{id}-title")>{move || title.get()}</strong>
            <span id=format!("{id}-text")>{move || text.get()}</span>
            <span id=format!("{id}-mark") class="choice-mark">{move || mark.get()}</span>
        </label>
    }
}
