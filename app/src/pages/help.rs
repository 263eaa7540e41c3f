//! The catalogue of everything that can go wrong, each problem with an address of its own.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{loaded::loaded, nowhere::no_such_thing};
use crate::{
    api::{
        ApiError,
        help::{Chapter, Listed, catalogue, problem},
    },
    components::{Brand, Card, EmptyState, Fold, LanguageSwitch, Page, PageHead, PageWidth, Picture, RemedyCard},
    i18n::{Locale, words},
    say,
};

/// The parts of the way, in the order one walks it.
const STAGES: [&str; 6] = ["way", "tls", "first_words", "sign_in", "provider", "mail"];

/// How many mail services stand beside each other before the rest is folded.
const FIRST_SERVICES: usize = 6;

/// `/help/problems`: all of them, by where they happen.
#[component]
pub fn ProblemsPage() -> impl IntoView {
    let words = words();
    view! {
        <Title text=say!(words, help.title) />
        <Page width=PageWidth::Narrow>
            <Head />
            <PageHead title=say!(words, help.title) text=say!(words, help.lead).to_owned() />
            {loaded(|| (), |()| catalogue(), move |all| view! { <Catalogue all /> })}
            <p class="soft"><a href="/help/troubleshooting">{say!(words, help.to_troubleshooting)}</a></p>
        </Page>
    }
}

/// `/help/problems/{kind}`: one of them; `?provider=` shows how it is repaired at a mail service.
#[component]
pub fn ProblemPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = move || {
        let kind = params.with(|params| params.get("kind")).unwrap_or_default();
        (kind, query.with(|query| query.get("provider")).filter(|provider| !provider.is_empty()))
    };
    view! {
        <Page width=PageWidth::Narrow>
            <Head />
            {loaded(
                asked,
                |(kind, provider)| async move {
                    match problem(kind.clone(), provider.clone()).await {
                        Ok(chapter) => Ok((kind, provider, Some(chapter))),
                        // The page has better words for it, and the search.
                        Err(ApiError::NotFound) => Ok((kind, provider, None)),
                        Err(error) => Err(error),
                    }
                },
                |(kind, provider, chapter): (String, Option<String>, Option<Chapter>)| match chapter {
                    Some(chapter) => Either::Left(view! { <One kind provider chapter /> }),
                    None => Either::Right(view! { <Unknown kind /> }),
                },
            )}
        </Page>
    }
}

/// The brand and the languages above every page of the help.
#[component]
pub fn Head() -> impl IntoView {
    view! {
        <div class="outside-head">
            <Brand href="/" />
            <LanguageSwitch />
        </div>
    }
}

#[component]
fn One(kind: String, provider: Option<String>, chapter: Chapter) -> impl IntoView {
    let words = words();
    let Chapter { mut remedy, reply, services } = chapter;
    // This is the page that the link would lead to.
    remedy.kind.clear();
    let title = remedy.title.clone();
    let address = format!("/help/problems/{kind}");
    let chosen = provider.filter(|provider| services.iter().any(|(slug, _)| slug == provider));
    let choices = (!services.is_empty()).then(|| view! { <Services address services chosen /> });
    let card = match reply {
        Some(reply) => Either::Left(view! { <RemedyCard remedy reply heading=2 /> }),
        None => Either::Right(view! { <RemedyCard remedy heading=2 /> }),
    };
    view! {
        <Title text=title />
        <h1 class="visually-hidden">{say!(words, help.title)}</h1>
        {choices}
        {card}
        <p class="soft small">{say!(words, help.example)}</p>
        <p>
            <a href="/help/problems">{say!(words, help.all)}</a> " · "
            <a href="/help/troubleshooting">{say!(words, help.to_troubleshooting)}</a>
        </p>
    }
}

/// The mail services that repair it differently: the first ones at once, the rest on demand.
#[component]
fn Services(address: String, services: Vec<(String, String)>, chosen: Option<String>) -> impl IntoView {
    let words = words();
    let one = move |href: String, name: String, current: bool| {
        view! { <li><a href=href aria-current=current.then_some("page")>{name}</a></li> }
    };
    let of_service = |(slug, name): (String, String)| {
        let current = chosen.as_ref() == Some(&slug);
        (current, one(format!("{address}?provider={slug}"), name, current))
    };
    let elsewhere = one(address.clone(), say!(words, help.elsewhere).to_owned(), chosen.is_none());
    let mut shown: Vec<_> = services.into_iter().map(of_service).collect();
    // Two or three more are shown rather than hidden behind a word.
    let folded = if shown.len() > FIRST_SERVICES + 3 { shown.split_off(FIRST_SERVICES) } else { Vec::new() };
    let chosen_is_folded = folded.iter().any(|(current, _)| *current);
    let links = |all: Vec<(bool, _)>| all.into_iter().map(|(_, link)| link).collect_view();
    let more = (!folded.is_empty()).then(|| {
        view! {
            <Fold summary=say!(words, help.more_services) open=chosen_is_folded>
                <ul role="list">{links(folded)}</ul>
            </Fold>
        }
    });
    view! {
        <nav class="help-services" aria-label=say!(words, help.services)>
            <p class="soft small">{say!(words, help.services)}</p>
            <ul role="list">{elsewhere}{links(shown)}</ul>
            {more}
        </nav>
    }
}

/// No problem has this name; makes the answer's status 404.
#[component]
fn Unknown(kind: String) -> impl IntoView {
    let words = words();
    no_such_thing();
    let wanted = kind.replace('_', " ");
    view! {
        <Title text=say!(words, help.unknown_title) />
        <PageHead title=say!(words, help.unknown_title) text=say!(words, help.unknown_text).to_owned() />
        <Search value=wanted />
        <p><a href="/help/problems">{say!(words, help.all)}</a></p>
    }
}

/// The search as a form; what is typed is told to `typed` at once where there is somebody to listen.
#[component]
fn Search(#[prop(into)] value: String, #[prop(optional)] typed: Option<WriteSignal<String>>) -> impl IntoView {
    let words = words();
    view! {
        <form class="list-tools" role="search" action="/help/problems" method="get">
            <label class="search">
                <span class="visually-hidden">{say!(words, help.search)}</span>
                <input
                    class="input" type="search" name="q" placeholder=say!(words, help.search_hint) value=value
                    on:input=move |event| if let Some(typed) = typed { typed.set(event_target_value(&event)) }
                />
            </label>
            <button class="button" type="submit">{say!(words, help.search)}</button>
        </form>
    }
}

#[component]
fn Catalogue(all: Vec<Listed>) -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let (wanted, set_wanted) = signal(query.with_untracked(|query| query.get("q")).unwrap_or_default());
    let all = StoredValue::new(all);
    let shown = Memo::new(move |_| {
        let text = wanted.get().to_lowercase();
        all.with_value(|all| all.iter().filter(|one| is_found(one, &text)).cloned().collect::<Vec<_>>())
    });
    let stages = STAGES.map(|stage| {
        let of_stage = Memo::new(move |_| {
            shown.with(|shown| shown.iter().filter(|one| one.stage == stage).cloned().collect::<Vec<_>>())
        });
        view! {
            <Show when=move || !of_stage.with(Vec::is_empty)>
                <section class="help-stage" aria-labelledby=format!("stage-{stage}")>
                    <h2 id=format!("stage-{stage}")>{stage_title(words, stage)}</h2>
                    <ul role="list">
                        <For each=move || of_stage.get() key=|one| one.kind.clone() let:one>
                            <li>
                                <a href=format!("/help/problems/{}", one.kind)>{one.title}</a>
                                <p class="soft small">{one.why}</p>
                            </li>
                        </For>
                    </ul>
                </section>
            </Show>
        }
    });
    view! {
        <Search value=wanted.get_untracked() typed=set_wanted />
        <p class="visually-hidden" role="status">
            {move || say!(words, help.found, count = shown.with(Vec::len))}
        </p>
        {stages.collect_view()}
        <Show when=move || shown.with(Vec::is_empty)>
            <Card bare=true>
                <EmptyState
                    title=Signal::derive(move || say!(words, help.nothing, query = wanted.get()))
                    text=say!(words, help.nothing_text)
                    picture=Picture::Search
                />
            </Card>
        </Show>
    }
}

fn stage_title(words: Locale, stage: &str) -> &'static str {
    match stage {
        "way" => say!(words, help.stage_way),
        "tls" => say!(words, help.stage_tls),
        "first_words" => say!(words, help.stage_first_words),
        "sign_in" => say!(words, help.stage_sign_in),
        "provider" => say!(words, help.stage_provider),
        _ => say!(words, help.stage_mail),
    }
}

/// True where every word that was typed stands somewhere; `text` is in lower case.
fn is_found(one: &Listed, text: &str) -> bool {
    text.split_whitespace().all(|word| one.found_by.contains(word))
}
