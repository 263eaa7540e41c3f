//! What is wrong, why, and what to do about it: the reason people run a check at all.

use leptos::prelude::*;
use postroom_server::model::{Remedy, Who};

use super::{CopyLine, Icon, Picture, check_words::who_word};
use crate::{i18n::words, say};

/// The repair for one problem, with the server's own words in between.
#[component]
pub fn RemedyCard(
    remedy: Remedy,
    #[prop(optional, into)] reply: Option<String>,
    /// The title's rank among the headings of the page, 2 to 4.
    #[prop(default = 4)]
    heading: u8,
) -> impl IntoView {
    let words = words();
    let Remedy { kind, title, why, steps, who, link, command } = remedy;
    let steps = (!steps.is_empty()).then(|| {
        let steps = steps.into_iter().map(|step| view! { <li><span>{step}</span></li> }).collect_view();
        view! { <ol role="list" aria-label=say!(words, components.steps_label)>{steps}</ol> }
    });
    let title = match heading {
        2 => view! { <h2>{title}</h2> }.into_any(),
        3 => view! { <h3>{title}</h3> }.into_any(),
        _ => view! { <h4>{title}</h4> }.into_any(),
    };
    view! {
        <article class="remedy">
            <header>
                {title}
                <span class="chip">
                    {(who == Who::You).then(|| view! { <Icon picture=Picture::Person /> })}
                    <span class="visually-hidden">{say!(words, components.who_label)} " "</span>
                    {who_word(words, who)}
                </span>
            </header>
            <p>{why}</p>
            {reply.map(|reply| view! { <Reply reply /> })}
            {steps}
            {command.map(|command| view! { <CopyLine text=command /> })}
            {link.map(|link| view! { <OutwardLink link /> })}
            {(!kind.is_empty()).then(|| view! { <MoreAbout kind /> })}
        </article>
    }
}

/// The server's own words, which no translation replaces.
#[component]
pub fn Reply(reply: String) -> impl IntoView {
    view! {
        <figure class="reply">
            <figcaption>{say!(words(), components.server_said)}</figcaption>
            <blockquote translate="no">{reply}</blockquote>
        </figure>
    }
}

/// Leads to the help's page about the problem. It opens beside the form, which may hold what is not saved yet.
#[component]
fn MoreAbout(kind: String) -> impl IntoView {
    let words = words();
    view! {
        <p class="soft small">
            <a href=format!("/help/problems/{kind}") target="_blank">
                {say!(words, components.more_about)}
                <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
            </a>
        </p>
    }
}

/// Leads to the place where it is repaired; only `https://` becomes a link.
#[component]
fn OutwardLink(link: String) -> impl IntoView {
    let words = words();
    let host = link.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next()).map(str::to_owned);
    host.map(|host| {
        view! {
            <p>
                <a href=link target="_blank" rel="noopener noreferrer">
                    {say!(words, components.open_link, host = host)}
                    <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
                </a>
            </p>
        }
    })
}
