//! Things to press. A page has one primary button; everything else is quieter.

use leptos::{ev::MouseEvent, prelude::*};

/// How loud a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// What the page is for; at most one.
    Primary,
    #[default]
    Secondary,
    /// Destroys something; only where the decision is made, never on the way there.
    Danger,
    /// Looks like a link.
    Quiet,
}

/// How much room a button takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    #[default]
    Normal,
    /// In rows of a table and beside other things.
    Small,
    /// As wide as the form it ends.
    Wide,
}

impl ButtonKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Danger => "danger",
            Self::Quiet => "quiet",
        }
    }
}

impl ButtonSize {
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Normal => None,
            Self::Small => Some("small"),
            Self::Wide => Some("wide"),
        }
    }
}

/// A button. While `busy` it keeps its words and its focus, turns a wheel, and swallows presses.
///
/// `name` and `value` are sent with the form where the form has several buttons; `formaction` sends the form
/// somewhere else. The default type is `submit`, as in HTML: pages work without WASM.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(default = "submit")] button_type: &'static str,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] formaction: Option<String>,
    /// Lets a search or a draft be sent although required fields are empty.
    #[prop(optional)]
    formnovalidate: bool,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
    children: Children,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_click) = on_click {
            on_click.run(event);
        }
    };
    view! {
        <button
            class="button"
            data-kind=kind.name()
            data-size=size.name()
            type=button_type
            name=name
            value=value
            formaction=formaction
            formnovalidate=formnovalidate
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            on:click=press
        >
            {children()}
        </button>
    }
}

/// A link that looks like a button, for ways and not for deeds.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    /// Leads towards something destructive: a quiet link in red.
    #[prop(optional)]
    dangerous: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="button"
            href=move || href.get()
            data-kind=kind.name()
            data-size=size.name()
            data-tone=dangerous.then_some("bad")
        >
            {children()}
        </a>
    }
}
