//! The catalogue of everything that can go wrong, each problem with an address of its own.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::loaded::loaded;
use crate::{
    api::help::{Entry, catalogue},
    components::{Brand, Card, EmptyState, LanguageSwitch, Page, PageHead, PageWidth, Picture, RemedyCard},
    i18n::words,
    say,
};

/// `/help/problems` shows all, `/help/problems/{kind}` one of them.
#[component]
pub fn ProblemsPage() -> impl IntoView {
    let words = words();
    let params = use_params_map();
    let kind = Memo::new(move |_| params.with(|params| params.get("kind")));
    view! {
        <Title text=say!(words, help.title) />
        <Page width=PageWidth::Narrow>
            <div class="outside-head">
                <Brand href="/" />
                <LanguageSwitch />
            </div>
            <PageHead title=say!(words, help.title) text=say!(words, help.lead).to_owned() />
            {loaded(|| (), |()| catalogue(), move |all| view! { <Catalogue all kind=kind /> })}
        </Page>
    }
}

#[component]
fn Catalogue(all: Vec<Entry>, kind: Memo<Option<String>>) -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let (wanted, set_wanted) = signal(query.with_untracked(|query| query.get("q")).unwrap_or_default());
    let all = StoredValue::new(all);
    let shown = Memo::new(move |_| {
        let text = wanted.get().trim().to_lowercase();
        all.with_value(|all| {
            all.iter()
                .filter(|entry| match kind.get() {
                    Some(kind) => entry.kind == kind,
                    None => speaks_of(entry, &text),
                })
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let one = move || kind.get().is_some();
    view! {
        <Show when=move || !one()>
            <form class="list-tools" role="search" action="/help/problems" method="get">
                <label class="search">
                    <span class="visually-hidden">{say!(words, help.search)}</span>
                    <input
                        class="input" type="search" name="q" placeholder=say!(words, help.search) value=wanted.get_untracked()
                        on:input=move |event| set_wanted.set(event_target_value(&event))
                    />
                </label>
            </form>
        </Show>
        <div class="stack">
            <For each=move || shown.get() key=|entry| entry.kind.clone() let:entry>
                <section id=entry.kind.clone()>
                    <RemedyCard remedy=entry.remedy.clone() heading=2 />
                    <p class="soft small">
                        <a href=format!("/help/problems/{}", entry.kind)>{say!(words, help.permanent)}</a>
                    </p>
                </section>
            </For>
        </div>
        <Show when=move || shown.with(Vec::is_empty)>
            <Card bare=true>
                <EmptyState title=Signal::derive(move || say!(words, help.nothing, query = wanted.get())) text="" picture=Picture::Search />
            </Card>
        </Show>
        <Show when=one>
            <p><a href="/help/problems">{say!(words, help.all)}</a></p>
        </Show>
    }
}

fn speaks_of(entry: &Entry, text: &str) -> bool {
    let remedy = &entry.remedy;
    text.is_empty()
        || [&entry.kind, &remedy.title, &remedy.why]
            .into_iter()
            .chain(&remedy.steps)
            .any(|part| part.to_lowercase().contains(text))
}
