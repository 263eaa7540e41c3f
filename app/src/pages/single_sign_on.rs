//! *Single sign-on*: the organisation's identity providers, and whether passwords are a way in beside them.

pub mod provider;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use postroom_server::model::{IdentityProvider, LocalLogin};

use super::{
    loaded::loaded,
    words::{action_error, api_error},
};
use crate::{
    api::single_sign_on::{SetSignOnAtOnce, SingleSignOn, SwitchLocalLogin, load_single_sign_on},
    components::{
        Breadcrumb, Button, ButtonKind, Card, Checkbox, EmptyState, Fold, LinkButton, Notice, Page, PageHead,
        PageWidth, Picture, StatusBadge, Tone,
    },
    i18n::words,
    say,
};

/// The page.
#[component]
pub fn SingleSignOnPage() -> impl IntoView {
    let words = words();
    let (at_once, switch) = (ServerAction::<SetSignOnAtOnce>::new(), ServerAction::<SwitchLocalLogin>::new());
    let (setting, switching) = (action_error(at_once), action_error(switch));
    let refused = move || setting.get().or_else(|| switching.get());
    let title = say!(words, signon.title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, signon.lead).to_owned()>
                <LinkButton href="/account/single-sign-on/new" kind=ButtonKind::Primary>{say!(words, signon.add)}</LinkButton>
            </PageHead>
            {move || refused().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {loaded(
                move || (at_once.version().get(), switch.version().get()),
                |_| load_single_sign_on(),
                move |shown| {
                    let SingleSignOn { providers, at_once: now, local } = shown;
                    let none = providers.is_empty();
                    view! {
                        <Providers providers />
                        {(!none).then(|| view! {
                            <Card title=say!(words, signon.at_once_title).to_owned()>
                                <ActionForm action=at_once attr:class="form">
                                    <Checkbox
                                        label=say!(words, signon.at_once) name="at_once" checked=now
                                        hint=say!(words, signon.at_once_hint).to_owned()
                                    />
                                    <div class="actions">
                                        <Button busy=at_once.pending()>{say!(words, common.save)}</Button>
                                    </div>
                                </ActionForm>
                            </Card>
                            <Local local switch />
                        })}
                    }
                },
            )}
        </Page>
    }
}

#[component]
fn Providers(providers: Vec<IdentityProvider>) -> impl IntoView {
    let words = words();
    if providers.is_empty() {
        return Either::Left(view! {
            <Card bare=true>
                <EmptyState
                    title=say!(words, signon.empty_title) text=say!(words, signon.empty) picture=Picture::Person
                />
            </Card>
        });
    }
    let lines = providers
        .into_iter()
        .map(|provider| {
            let (tone, state) = match (&provider.trouble, provider.people.len()) {
                (Some(_), _) => (Tone::Bad, say!(words, signon.state_trouble).to_owned()),
                (None, 0) => (Tone::Off, say!(words, signon.state_unused).to_owned()),
                (None, 1) => (Tone::Good, say!(words, signon.state_one).to_owned()),
                (None, many) => (Tone::Good, say!(words, signon.state_many, count = many)),
            };
            view! {
                <li class="name-line">
                    <div class="name-head">
                        <strong><a href=format!("/account/single-sign-on/{}", provider.id)>{provider.form.name}</a></strong>
                        <StatusBadge tone text=state />
                    </div>
                    <span class="soft small">{provider.form.issuer}</span>
                </li>
            }
        })
        .collect_view();
    Either::Right(view! { <Card><ul class="names">{lines}</ul></Card> })
}

/// Whether passwords are a way in, and the switch for whoever may turn it.
#[component]
fn Local(local: LocalLogin, switch: ServerAction<SwitchLocalLogin>) -> impl IntoView {
    let words = words();
    let (tone, state) = match local {
        LocalLogin::Off => (Tone::Off, say!(words, signon.local_is_off)),
        _ => (Tone::Good, say!(words, signon.local_is_on)),
    };
    let form = move |on: bool, kind, label: &'static str| {
        view! {
            <ActionForm action=switch>
                <input type="hidden" name="on" value=on.to_string() />
                <div class="actions"><Button kind busy=switch.pending()>{label}</Button></div>
            </ActionForm>
        }
    };
    let inside = match local {
        LocalLogin::Off => view! {
            <p>{say!(words, signon.local_off_text)}</p>
            {form(true, ButtonKind::Secondary, say!(words, signon.local_switch_on))}
        }
        .into_any(),
        LocalLogin::CanEnd => view! {
            <p>{say!(words, signon.local_on_text)}</p>
            <Fold summary=say!(words, signon.local_switch_off)>
                <div class="stack">
                    <p>{say!(words, signon.local_off_question)}</p>
                    <p><code translate="no">"postroom admin local-login on"</code></p>
                    {form(false, ButtonKind::Danger, say!(words, signon.local_off_yes))}
                </div>
            </Fold>
        }
        .into_any(),
        LocalLogin::SignOnFirst => view! {
            <p>{say!(words, signon.local_on_text)}</p>
            <p>{say!(words, signon.local_sign_on_first)}</p>
        }
        .into_any(),
        LocalLogin::SignOnAgain => view! {
            <p>{say!(words, signon.local_on_text)}</p>
            <p>{say!(words, signon.local_sign_on_again)}</p>
        }
        .into_any(),
    };
    view! {
        <Card
            title=say!(words, signon.with_password).to_owned()
            aside=move || view! { <StatusBadge tone text=state /> }
        >
            <div class="stack">{inside}</div>
        </Card>
    }
}
