//! Pages for people without an account here: a mailbox's owner who was sent a link, and an administrator of the
//! provider who comes back from giving consent.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    begin_form::{Begin, BeginForm},
    loaded::{if_there, loaded},
    nowhere::{DeadLink, NotFound},
    outside::Outside,
    repair::Repair,
    wizard::sign_in::May,
};
use crate::{
    api::oauth::{OpenedLink, open_owner_link},
    components::{Card, Moment, Notice, PageHead, Tone},
    i18n::words,
    say,
};

/// `/renew/{token}`: who asks, for which mailbox, which account to choose, and the button.
#[component]
pub fn RenewPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token")).unwrap_or_default());
    view! {
        <Outside>
            {loaded(
                move || token.get(),
                |token| async move { if_there(open_owner_link(token).await) },
                move |link| match link {
                    Some(link) => view! { <Renew link token=token.get_untracked() /> }.into_any(),
                    None => view! { <Gone /> }.into_any(),
                },
            )}
        </Outside>
    }
}

/// A link that can be used, or just was.
#[component]
pub fn Renew(link: OpenedLink, token: String) -> impl IntoView {
    let words = words();
    let (address, organisation) = (link.address.clone(), link.organisation.clone());
    if link.done {
        return view! {
            <Title text=say!(words, signin.renew_done_title) />
            <PageHead title=say!(words, signin.renew_done_title) />
            <Notice tone=Tone::Good>
                {say!(words, signin.renew_done_text, organisation = organisation, address = address)}
            </Notice>
        }
        .into_any();
    }
    let title = say!(words, signin.renew_title, address = address);
    let lead = say!(words, signin.renew_lead, organisation = organisation);
    view! {
        <Title text=title.clone() />
        <PageHead title text=lead />
        <RenewCard link token />
        <p class="soft small">{say!(words, signin.renew_not_you)}</p>
    }
    .into_any()
}

/// Who asks, for what, until when, and the button.
#[component]
pub fn RenewCard(link: OpenedLink, token: String) -> impl IntoView {
    let words = words();
    let provider = link.provider;
    let label = if link.refused.is_some() {
        say!(words, signin.begin_again).to_owned()
    } else {
        say!(words, signin.begin, provider = provider.name())
    };
    view! {
        <Repair remedy=link.refused />
        <Card>
            <dl class="facts">
                <dt>{say!(words, signin.renew_who)}</dt>
                <dd>{link.organisation}</dd>
                <dt>{say!(words, signin.mailbox)}</dt>
                <dd>{link.address}</dd>
                <dt>{say!(words, signin.choose)}</dt>
                <dd><strong>{link.expected}</strong></dd>
                <dt>{say!(words, signin.renew_until)}</dt>
                <dd><Moment at=link.expires_at /></dd>
            </dl>
            <May provider />
            <BeginForm of=Begin::Link { token } label />
        </Card>
    }
}

/// A link that was used, taken back, or is too old.
#[component]
pub fn Gone() -> impl IntoView {
    let words = words();
    view! { <DeadLink title=say!(words, signin.renew_gone_title) text=say!(words, signin.renew_gone_text) /> }
}

/// `/consent/given` and `/consent/refused`: the administrator may go.
#[component]
pub fn ConsentPage() -> impl IntoView {
    let params = use_params_map();
    let outcome = Memo::new(move |_| params.with(|params| params.get("outcome")).unwrap_or_default());
    move || match outcome.get().as_str() {
        "given" => view! { <Outside><Thanks given=true /></Outside> }.into_any(),
        "refused" => view! { <Outside><Thanks given=false /></Outside> }.into_any(),
        _ => view! { <NotFound /> }.into_any(),
    }
}

/// What came of the consent link.
#[component]
pub fn Thanks(given: bool) -> impl IntoView {
    let words = words();
    let (title, text) = if given {
        (say!(words, signin.consent_outcome_given_title), say!(words, signin.consent_outcome_given_text))
    } else {
        (say!(words, signin.consent_outcome_refused_title), say!(words, signin.consent_outcome_refused_text))
    };
    view! {
        <Title text=title />
        <PageHead title text=text.to_owned() />
    }
}
