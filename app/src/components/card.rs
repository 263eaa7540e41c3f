//! Surfaces: the page and its head, cards, empty places, places still loading, folds.

use leptos::prelude::*;

use super::{Icon, Picture};
use crate::{i18n::words, say};

/// How wide a page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageWidth {
    /// Lists and forms side by side.
    #[default]
    Wide,
    /// One column of text or one form.
    Narrow,
    /// One card in the middle: sign-in, set-up, not found.
    Card,
}

/// The main part of a page; the skip link leads here.
#[component]
pub fn Page(#[prop(optional)] width: PageWidth, children: Children) -> impl IntoView {
    let width = match width {
        PageWidth::Wide => None,
        PageWidth::Narrow => Some("narrow"),
        PageWidth::Card => Some("card"),
    };
    view! {
        <main id="main" class="page" data-width=width tabindex="-1">
            {children()}
        </main>
    }
}

/// The page's one `<h1>`, a sentence below it, and what can be done here.
#[component]
pub fn PageHead(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] text: Signal<Option<String>>,
    /// Buttons of the page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div>
                <h1>{move || title.get()}</h1>
                {move || text.get().map(|text| view! { <p>{text}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}

/// A surface with a title, perhaps a status or a button beside it, and a body.
#[component]
pub fn Card(
    #[prop(optional, into)] title: Signal<Option<String>>,
    #[prop(optional, into)] text: Signal<Option<String>>,
    /// What stands at the end of the title's line.
    #[prop(optional, into)]
    aside: ViewFn,
    /// The edge in red: what is inside destroys something.
    #[prop(optional)]
    dangerous: bool,
    /// Without padding: for tables and skeletons, which bring their own.
    #[prop(optional)]
    bare: bool,
    children: Children,
) -> impl IntoView {
    let head = move || {
        title.get().map(|title| {
            view! {
                <div class="card-head">
                    <div>
                        <h2>{title}</h2>
                        {move || text.get().map(|text| view! { <p>{text}</p> })}
                    </div>
                    {aside.run()}
                </div>
            }
        })
    };
    view! {
        <section class="card" data-tone=dangerous.then_some("bad")>
            {head}
            <div class=(!bare).then_some("card-body")>{children()}</div>
        </section>
    }
}

/// A place where nothing is yet: what belongs here, why it is good to have, and the way to get it.
#[component]
pub fn EmptyState(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] text: Signal<String>,
    #[prop(default = Picture::Mail)] picture: Picture,
    /// The button or link that ends the emptiness.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon picture />
            <h2>{move || title.get()}</h2>
            <p>{move || text.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// Grey lines where text will be. Screen readers hear that something is loading.
#[component]
pub fn Skeleton(#[prop(default = 3)] lines: usize) -> impl IntoView {
    let lines = (0..lines).map(|_| view! { <span></span> }).collect_view();
    view! {
        <div role="status">
            <span class="visually-hidden">{say!(words(), components.loading)}</span>
            <div class="skeleton" aria-hidden="true">
                {lines}
            </div>
        </div>
    }
}

/// What few people need, folded until they ask.
#[component]
pub fn Fold(
    #[prop(into)] summary: Signal<String>,
    #[prop(optional, into)] open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="fold" open=open>
            <summary>{move || summary.get()}</summary>
            <div>{children()}</div>
        </details>
    }
}
