//! The bar at the top of every page: the product, the workspace, the language, the account.
//!
//! Menus are `<details>`: they open without JavaScript. With it they also close on Escape, when the focus
//! leaves them, and after something in them was chosen.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::{Brand, Icon, Picture, error_summary::focus_on};
use crate::{i18n::words, say};

/// The bar; its children are [`WorkspaceSwitcher`] and [`Menu`]s. The skip link comes first on the page.
#[component]
pub fn TopBar(#[prop(into)] home: String, children: Children) -> impl IntoView {
    view! {
        <a class="skip-link" href="#main" on:click=|event| focus_on(&event, "main")>
            {say!(words(), components.skip_to_content)}
        </a>
        <header class="topbar">
            <div><Brand href=home /> {children()}</div>
        </header>
    }
}

/// What opens below a word, or below a picture with `label` as its name.
#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    /// Shows a picture and not the words; screen readers hear the words.
    #[prop(optional)]
    picture: Option<Picture>,
    /// Aligned with the end of the word that opens it, for menus at the end of the bar.
    #[prop(optional)]
    at_end: bool,
    /// Pushes itself and what follows to the end of the bar.
    #[prop(optional)]
    push: bool,
    /// A row of its own on phones.
    #[prop(optional)]
    wide: bool,
    /// The whole name where the visible words are not enough (*Workspace: IT support*).
    #[prop(optional, into)]
    full_label: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let place = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(place) = place.get_untracked() {
            place.set_open(false);
        }
    };
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
            // The focus goes back to what opened the menu; if it cannot, nothing is lost.
            if let Some(summary) = place.get_untracked().and_then(|place| place.first_element_child()) {
                focus(&summary);
            }
        }
    };
    let leave = move |event: leptos::ev::FocusEvent| {
        let inside = place.get_untracked().is_some_and(|place| contains(&place, &event));
        if !inside {
            close();
        }
    };
    view! {
        <details
            class="menu"
            data-wide=wide.then_some("")
            data-push=push.then_some("")
            data-side=at_end.then_some("end")
            node_ref=place
            on:keydown=escape
            on:focusout=leave
        >
            <summary aria-label=move || {
                full_label.get().or_else(|| picture.is_some().then(|| label.get()))
            }>
                {match picture {
                    Some(picture) => view! { <Icon picture /> }.into_any(),
                    None => view! { <span>{move || label.get()}</span> }.into_any(),
                }}
            </summary>
            <div class="menu-panel" on:click=move |event| {
                if leads_away(&event) {
                    close();
                }
            }>
                {children()}
            </div>
        </details>
    }
}

/// True where a link was pressed: the page it leads to may be drawn into the one that is there.
pub fn leads_away(event: &leptos::ev::MouseEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let pressed = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    pressed.is_some_and(|pressed| pressed.closest("a[href]").ok().flatten().is_some())
}

/// True when the focus moves to something inside, or to nothing (a press on the panel itself).
fn contains(place: &leptos::web_sys::HtmlDetailsElement, event: &leptos::ev::FocusEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    match event.related_target() {
        Some(target) => target.dyn_ref::<leptos::web_sys::Node>().is_some_and(|node| place.contains(Some(node))),
        None => true,
    }
}

fn focus(element: &leptos::web_sys::Element) {
    use leptos::wasm_bindgen::JsCast;
    if let Some(element) = element.dyn_ref::<leptos::web_sys::HtmlElement>() {
        let _ = element.focus();
    }
}

/// One workspace in the switcher; `href` leads to the same page in that workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceLink {
    pub name: String,
    pub href: String,
    pub current: bool,
}

/// More workspaces than a menu lists: they are searched. The form leads to a page that searches too, for whoever has
/// no JavaScript; with it, `on_search` hears what is typed.
#[derive(Clone, Debug)]
pub struct MoreWorkspaces {
    /// Where the form is sent to, with `q`.
    pub action: &'static str,
    /// What can be searched.
    pub label: String,
    pub submit: String,
    /// What is searched at present.
    pub wanted: Signal<String>,
    pub on_search: Callback<String>,
    /// Said where nothing is found; `None` as long as something is, or nobody has searched.
    pub nothing: Signal<Option<String>>,
}

/// Changes the workspace and keeps the page one is on.
///
/// `label` says what it is (*Workspace*), `current` which one the page is about. Children stand below the list: a
/// `menu-list` of links, such as the one to the page where workspaces are managed.
#[component]
pub fn WorkspaceSwitcher(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] current: Signal<Option<String>>,
    #[prop(into)] workspaces: Signal<Vec<WorkspaceLink>>,
    #[prop(optional_no_strip)] more: Option<MoreWorkspaces>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    // On pages that belong to no workspace the word itself stands in.
    let shown = Signal::derive(move || current.get().unwrap_or_else(|| label.get()));
    let full = Signal::derive(move || current.get().map(|name| format!("{}: {name}", label.get())));
    view! {
        <Menu label=shown full_label=full wide=true>
            {more.clone().map(|more| view! {
                <form class="menu-search" role="search" method="get" action=more.action>
                    <input
                        class="input" type="search" name="q" autocomplete="off"
                        aria-label=more.label.clone() placeholder=more.label prop:value=more.wanted
                        on:input=move |event| more.on_search.run(event_target_value(&event))
                    />
                    <button class="button" data-kind="secondary" type="submit">{more.submit}</button>
                </form>
            })}
            <ul class="menu-list">
                <For each=move || workspaces.get() key=|one| (one.href.clone(), one.current) let:one>
                    <li>
                        <a href=one.href aria-current=one.current.then_some("true")>
                            {one.name}
                        </a>
                    </li>
                </For>
            </ul>
            {more.map(|more| view! {
                <p class="menu-label" role="status">{move || more.nothing.get()}</p>
            })}
            {children
                .map(|children| {
                    view! {
                        <hr />
                        {children()}
                    }
                })}
        </Menu>
    }
}
