//! What was found for an address: one sentence, what has to be done first, and who said so, folded away.
//!
//! While a search runs the sentence says how far it is, and the fold shows each source. Nothing here is in the way of
//! typing, and nothing here is a decision.

use leptos::{ev::SubmitEvent, prelude::*};
use postroom_server::model::{Discovery, DraftId, Need, OAuthProvider, Problem, Source, SourceOutcome, Trouble};

use super::{
    search::{Asked, Search},
    search_words,
};
use crate::{
    components::{Button, ButtonKind, ButtonSize, Fold, Icon, Notice, Picture, Tone, check_words::duration},
    i18n::words,
    pages::words::api_error,
    say,
};

/// The form that searches anew, which works without JavaScript.
#[derive(Clone, Debug)]
pub struct Again {
    pub workspace: String,
    pub draft: DraftId,
    /// The page that it leads back to.
    pub page: &'static str,
    /// Whose servers, where nobody has searched yet.
    pub address: String,
}

/// The sentence and the fold. Without `again` it may stand inside of another form, and begins with nothing.
#[component]
pub fn SearchNote(search: Search, #[prop(optional)] again: Option<Again>) -> impl IntoView {
    let words = words();
    let (found, running, trouble) = (search.found(), search.running(), search.trouble());
    let begun = Memo::new(move |_| search.domain().is_some());
    let all = Source::ASKED.len();
    let headline = move || {
        let domain = search.domain().unwrap_or_default();
        if running.get() {
            say!(words, discovery.asking, domain = domain)
        } else if trouble.with(Option::is_some) {
            say!(words, discovery.failed).to_owned()
        } else {
            found.with(|found| found.as_ref().map(|found| search_words::headline(words, found)).unwrap_or_default())
        }
    };
    let picture = move || match (running.get(), found.with(|found| found.as_ref().is_none_or(Discovery::is_empty))) {
        (true, _) => Picture::Turning,
        (false, true) => Picture::Info,
        (false, false) => Picture::Check,
    };
    let beside = move || {
        if running.get() {
            return vec![say!(words, discovery.asked_count, answered = search.answered(), all = all)];
        }
        if let Some(error) = trouble.get() {
            return vec![api_error(words, &error)];
        }
        found.with(|found| found.as_ref().map(asides).unwrap_or_default())
    };
    let again = again.map(|again| view! { <AgainForm search again /> });
    view! {
        <section class="search-note" aria-label=say!(words, discovery.title)>
            <Show when=move || begun.get()>
                <div class="search-head" data-running=move || running.get().then_some("true")>
                    {move || view! { <Icon picture=picture() /> }}
                    <div role="status" aria-live="polite">
                        <p>{headline}</p>
                        {move || beside().into_iter().map(|text| view! { <p class="soft small">{text}</p> }).collect_view()}
                    </div>
                </div>
                <Fold summary=say!(words, discovery.where_from)>
                    <ol class="ladder" role="list">
                        {Source::ASKED.into_iter().map(|source| view! { <SourceLine search source /> }).collect_view()}
                    </ol>
                </Fold>
            </Show>
            {again}
        </section>
    }
}

/// What belongs to the sentence.
fn asides(found: &Discovery) -> Vec<String> {
    let words = words();
    // Where nothing else is known the filter is the sentence itself.
    let gateway = found.gateway.clone().map(|gateway| say!(words, discovery.gateway_text, gateway = gateway));
    let offline = found.is_offline().then(|| say!(words, discovery.offline).to_owned());
    gateway.into_iter().chain(offline).collect()
}

/// One source: what it is, whom it asks, how it ended.
#[component]
fn SourceLine(search: Search, source: Source) -> impl IntoView {
    let words = words();
    let asked = Memo::new(move |_| search.asked(source));
    let state = move || match asked.get() {
        Asked::Waiting => "waiting",
        Asked::Asking => "running",
        Asked::Ended(report) if report.outcome == SourceOutcome::Found => "passed",
        Asked::Ended(_) => "skipped",
    };
    let word = move || match asked.get() {
        Asked::Waiting => say!(words, discovery.state_waiting),
        Asked::Asking => say!(words, discovery.state_asking),
        Asked::Ended(report) => search_words::outcome(words, &report),
    };
    let time = move || match asked.get() {
        Asked::Ended(report) if report.millis > 0 => Some(duration(words, report.millis)),
        _ => None,
    };
    let line = move || match asked.get() {
        Asked::Ended(report) => {
            let trouble = match report.outcome {
                SourceOutcome::Failed { trouble } => Some(view! { <TroubleLine trouble /> }),
                _ => None,
            };
            Some(view! {
                <p class="ladder-finding">{report.asked}</p>
                {trouble}
            })
        }
        _ => None,
    };
    view! {
        <li data-state=state>
            <span class="ladder-mark" aria-hidden="true">
                {move || (state() == "passed").then(|| view! { <Icon picture=Picture::Check /> })}
            </span>
            <div class="ladder-body">
                <div class="ladder-head">
                    <strong>{search_words::source_title(words, source)}</strong>
                    <span>{word} {move || time().map(|time| format!(" · {time}"))}</span>
                </div>
                {line}
            </div>
        </li>
    }
}

/// Why there was no answer; what the help explains is linked.
#[component]
fn TroubleLine(trouble: Trouble) -> impl IntoView {
    let words = words();
    let kind = match &trouble {
        Trouble::Unreachable { problem } => Some(Problem::kind(problem)),
        _ => None,
    };
    view! {
        <p class="ladder-finding">
            {search_words::trouble(words, &trouble)}
            {kind.map(|kind| view! {
                " "
                <a href=format!("/help/problems/{kind}") target="_blank">
                    {say!(words, discovery.trouble_what)}
                    <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
                </a>
            })}
        </p>
    }
}

/// With WASM the search runs while the page stays; without it the page comes back with the result.
#[component]
fn AgainForm(search: Search, again: Again) -> impl IntoView {
    let words = words();
    let address = StoredValue::new(again.address);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if untrack(|| search.domain()).is_some() {
            search.again();
        } else if let Ok(address) = postroom_server::model::EmailAddress::parse(&address.get_value()) {
            search.start(address, false);
        }
    };
    let label = move || {
        if search.domain().is_some() { say!(words, discovery.again) } else { say!(words, discovery.search) }
    };
    view! {
        <form method="post" action="/api/search_servers" on:submit=submit>
            <input type="hidden" name="workspace" value=again.workspace />
            <input type="hidden" name="draft" value=again.draft.0 />
            <input type="hidden" name="page" value=again.page />
            <Button kind=ButtonKind::Quiet size=ButtonSize::Small busy=search.running()>{label}</Button>
        </form>
    }
}

/// What has to be done at the provider before its servers let anybody in, each with the page where that is.
#[component]
pub fn Needs(found: Discovery) -> impl IntoView {
    let words = words();
    let title = match &found.provider {
        Some(provider) => say!(words, discovery.needs_title, provider = provider.name.clone()),
        None => say!(words, discovery.needs_title_plain).to_owned(),
    };
    let sign_in = found.provider.and_then(|provider| provider.sign_in);
    (!found.needs.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Info title>
                {lines(found.needs, sign_in)}
            </Notice>
        }
    })
}

/// The same before somebody signs in there: without a word here, only the check that follows would tell.
#[component]
pub fn NeedsOfSignIn(needs: Vec<Need>, provider: OAuthProvider) -> impl IntoView {
    let words = words();
    (!needs.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Info title=say!(words, discovery.needs_title, provider = provider.name())>
                {lines(needs, Some(provider))}
                <p class="soft small">{say!(words, discovery.needs_of_sign_in)}</p>
            </Notice>
        }
    })
}

fn lines(needs: Vec<Need>, sign_in: Option<OAuthProvider>) -> impl IntoView {
    let lines = needs.into_iter().map(|need| view! { <NeedLine need sign_in /> }).collect_view();
    view! { <ul class="needs">{lines}</ul> }
}

#[component]
fn NeedLine(need: Need, sign_in: Option<OAuthProvider>) -> impl IntoView {
    let words = words();
    let link = need.link.and_then(|link| {
        let host = link.strip_prefix("https://")?.split(['/', '?', '#']).next()?.to_owned();
        Some(view! {
            " "
            <a href=link target="_blank" rel="noopener noreferrer">
                {say!(words, discovery.open_host, host = host)}
                <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
            </a>
        })
    });
    view! { <li>{search_words::need(words, need.kind, sign_in)} {link}</li> }
}

/// Where nothing was found: what to ask for, with the names that servers usually have.
#[component]
pub fn AskFor(found: Discovery) -> impl IntoView {
    let words = words();
    let domain = found.address.domain().to_owned();
    let wanted = found.incoming.is_empty() && !found.has_no_imap();
    wanted.then(|| {
        view! {
            <Notice tone=Tone::Info title=say!(words, discovery.nothing_title)>
                <ul class="needs">
                    <li>{say!(words, discovery.nothing_imap, domain = domain.clone())}</li>
                    <li>{say!(words, discovery.nothing_smtp, domain = domain.clone())}</li>
                    <li>{say!(words, discovery.nothing_username)}</li>
                    <li>{say!(words, discovery.nothing_password)}</li>
                </ul>
            </Notice>
        }
    })
}

/// Where the provider takes no ordinary password, the way back to the choice of signing in there.
#[component]
pub fn SignInInstead(found: Discovery, back: String) -> impl IntoView {
    let words = words();
    let way = found.provider.and_then(|provider| provider.sign_in);
    way.map(|way: OAuthProvider| {
        view! {
            <Notice tone=Tone::Warning>
                <p>
                    {say!(words, discovery.sign_in_instead, provider = way.name())} " "
                    <a href=back>{say!(words, discovery.sign_in_choose)}</a>
                </p>
            </Notice>
        }
    })
}
