//! The organisation's application at Microsoft or Google: registering it, keeping it, trying it out.
//!
//! What stands in the way comes before anything else; then the steps at the provider with the redirect URI to
//! copy, the form, the test, and at the end the way to remove it.

mod fields;
mod guide;
pub mod trial;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use postroom_server::model::{ApplicationStatus, OAuthProvider, Timestamp};
use serde::{Deserialize, Serialize};

use self::{fields::Fields, guide::Guide, trial::Trial};
use super::{
    hindrance::PublicUrlNotice,
    loaded::{loaded, redrawn},
    nowhere::NotFound,
    words::{action_error, api_error},
};
use crate::{
    api::{
        ApiError,
        application_troubles::{ApplicationTrouble, application_troubles, secret_days_left},
        oauth::{RemoveApplication, SaveApplication, TriedStep, applications, try_application},
    },
    components::{
        Breadcrumb, Button, ButtonKind, Card, Fold, Moment, Notice, Page, PageHead, PageWidth, RemedyCard, Tone,
        date::day_in_words,
    },
    i18n::{GAP, around, words},
    say,
};

/// How many days before its end a client secret is worth a warning.
const WARN_DAYS: i64 = 30;

/// The application, what is wrong with it, how long its secret lasts, and the test where one was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Drawn {
    status: ApplicationStatus,
    trouble: Option<ApplicationTrouble>,
    days_left: Option<i64>,
    tried: Option<Result<Vec<TriedStep>, ApiError>>,
}

/// `/account/sign-in/{provider}`; `?try=1` tests, `?back=` is the page one came from.
#[component]
pub fn ApplicationPage() -> impl IntoView {
    let params = use_params_map();
    let provider = Memo::new(move |_| params.with(|params| params.get("provider"))?.parse::<OAuthProvider>().ok());
    redrawn(move || match provider.get() {
        Some(provider) => Either::Left(view! { <OfProvider provider /> }),
        None => Either::Right(view! { <NotFound /> }),
    })
}

#[component]
fn OfProvider(provider: OAuthProvider) -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let (save, remove) = (ServerAction::<SaveApplication>::new(), ServerAction::<RemoveApplication>::new());
    let asked = move |key: &'static str| query.with(|query| query.get(key));
    let trying = Memo::new(move |_| asked("try").is_some());
    // Saving leads to another address of this page; where its reader came from is remembered meanwhile.
    let back = Memo::new(move |before: Option<&Option<String>>| {
        asked("back").filter(|path| is_our_page(path)).or_else(|| before.cloned().flatten())
    });
    let name = provider.name();
    let title = say!(words, signin.app_title, provider = name);
    let way = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.clone(), None)];
    view! {
        <Title text=title.clone() />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items=way />
            <PageHead title text=say!(words, signin.app_lead, provider = name) />
            <Providers chosen=provider />
            {move || back.get().map(|path| view! {
                <p><a href=path>{say!(words, signin.app_back)}</a></p>
            })}
            {loaded(
                move || (trying.get(), save.version().get(), remove.version().get()),
                move |(trying, ..)| async move {
                    let status = applications().await?.into_iter().find(|one| one.provider == provider);
                    let status = status.ok_or(ApiError::NotFound)?;
                    let trouble = match status.problem {
                        Some(_) => application_troubles().await?.into_iter().find(|one| one.provider == provider),
                        None => None,
                    };
                    let days_left = secret_days_left(provider).await?;
                    let tried = if trying && status.has_secret { Some(try_application(provider).await) } else { None };
                    Ok::<Drawn, ApiError>(Drawn { status, trouble, days_left, tried })
                },
                move |drawn| view! { <Application drawn save remove /> },
            )}
        </Page>
    }
}

/// Both providers' pages, side by side.
#[component]
fn Providers(chosen: OAuthProvider) -> impl IntoView {
    let links = OAuthProvider::BOTH.map(|provider| {
        let here = (provider == chosen).then_some("page");
        view! {
            <li>
                <a href=format!("/account/sign-in/{}", provider.as_str()) aria-current=here>{provider.name()}</a>
            </li>
        }
    });
    view! {
        <nav class="tabs" aria-label=say!(words(), signin.app_providers)>
            <ul role="list">{links.collect_view()}</ul>
        </nav>
    }
}

/// A page of the administration: nothing else is led back to.
fn is_our_page(path: &str) -> bool {
    path.starts_with("/admin/")
        && !path.contains(['\\', ':'])
        && !path.contains("//")
        && !path.contains(char::is_control)
}

#[component]
fn Application(
    drawn: Drawn,
    save: ServerAction<SaveApplication>,
    remove: ServerAction<RemoveApplication>,
) -> impl IntoView {
    let words = words();
    let Drawn { status, trouble, days_left, tried } = drawn;
    let provider = status.provider;
    let (saving, removing) = (action_error(save), action_error(remove));
    let refused = move || saving.get().filter(|error| error.invalid().is_empty()).or_else(|| removing.get());
    let expiry = status.form.secret_expires_at().zip(days_left);
    let kept = status.has_secret;
    let guide = view! { <Guide provider redirect_uri=status.redirect_uri.clone() /> };
    // Registering is what a newcomer is here for; afterwards the steps are only looked up.
    let guide = if kept {
        Either::Left(view! { <Fold summary=say!(words, signin.app_steps, provider = provider.name())>{guide}</Fold> })
    } else {
        Either::Right(view! {
            <Card
                title=say!(words, signin.app_steps, provider = provider.name())
                text=say!(words, signin.app_steps_text).to_owned()
            >
                {guide}
            </Card>
        })
    };
    let configured = status.configured;
    view! {
        <PublicUrlNotice fits=status.public_url provider />
        {trouble.map(|trouble| view! { <Broken trouble /> })}
        {expiry.map(|(ends, days)| view! { <Expiry provider ends days /> })}
        {move || refused().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
        {configured.then(|| view! {
            <Notice tone=Tone::Info>{say!(words, signin.app_configured, provider = provider.as_str())}</Notice>
        })}
        {guide}
        <Fields status=status.clone() days_left save />
        {kept.then(|| view! { <Trial provider tried /> })}
        {(kept && !configured).then(|| view! { <Remove provider mailboxes=status.mailboxes remove /> })}
    }
}

/// What is wrong with the application, since when, and how much waits for it.
#[component]
pub fn Broken(trouble: ApplicationTrouble) -> impl IntoView {
    let words = words();
    let waiting = match trouble.mailboxes {
        0 => None,
        1 => Some(say!(words, signin.waiting_one).to_owned()),
        many => Some(say!(words, signin.waiting_many, count = many)),
    };
    let since = trouble.since.map(|at| {
        view! { <span>{around(&say!(words, signin.app_since, when = GAP), view! { <Moment at /> })} " "</span> }
    });
    let card = match trouble.reply {
        Some(reply) => view! { <RemedyCard remedy=*trouble.remedy reply heading=2 /> }.into_any(),
        None => view! { <RemedyCard remedy=*trouble.remedy heading=2 /> }.into_any(),
    };
    view! {
        <div class="stack">
            {card}
            <p class="soft">{since} {waiting}</p>
        </div>
    }
}

/// Warns before the client secret ends, and says so when it has.
#[component]
fn Expiry(provider: OAuthProvider, ends: Timestamp, days: i64) -> impl IntoView {
    let words = words();
    let (name, day) = (provider.name(), day_in_words(words, ends));
    (days < WARN_DAYS).then(|| {
        let (tone, title, text) = if days < 0 {
            let text = say!(words, signin.app_expired_text, day = day, provider = name);
            (Tone::Bad, say!(words, signin.app_expired_title), text)
        } else {
            let text = say!(words, signin.app_expires_text, day = day, provider = name);
            (Tone::Warning, say!(words, signin.app_expires_title), text)
        };
        view! { <Notice tone title=title>{text}</Notice> }
    })
}

/// Asks before the application is forgotten; not while mailboxes rest on it.
#[component]
fn Remove(provider: OAuthProvider, mailboxes: u32, remove: ServerAction<RemoveApplication>) -> impl IntoView {
    let words = words();
    let inside = if mailboxes > 0 {
        Either::Left(view! { <p>{say!(words, signin.app_remove_in_use, count = mailboxes)}</p> })
    } else {
        Either::Right(view! {
            <ActionForm action=remove attr:class="stack">
                <input type="hidden" name="provider" value=provider.as_str() />
                <p>{say!(words, signin.app_remove_question, provider = provider.name())}</p>
                <div class="actions">
                    <Button kind=ButtonKind::Danger busy=remove.pending()>{say!(words, signin.app_remove_yes)}</Button>
                </div>
            </ActionForm>
        })
    };
    view! {
        <div class="page-end">
            <Fold summary=say!(words, signin.app_remove)>{inside}</Fold>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leaves_the_administration() {
        assert!(is_our_page("/admin/it/channels/email/drafts/3/connect"));
        for elsewhere in ["https://evil.example", "//evil.example", "/admin//evil.example", "/admin/\\evil", "/sign-in"]
        {
            assert!(!is_our_page(elsewhere), "{elsewhere}");
        }
    }
}
