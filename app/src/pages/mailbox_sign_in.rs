//! The sign-in that a mailbox rests on: who, since when, what is wrong with it, and signing in again.

use leptos::prelude::*;
use postroom_server::model::{GrantStatus, MailboxId, OAuthProvider, Problem};

use super::{
    begin_form::{Begin, BeginForm},
    frame::Place,
    hindrance::Hindrance,
    repair::Repair,
};
use crate::{
    api::oauth::{Readiness, SignInShown},
    components::{ButtonKind, Card, LinkButton, Moment, StatusBadge, Tone},
    i18n::{Locale, words},
    say,
};

/// The card on a mailbox's page.
#[component]
pub fn MailboxSignIn(
    place: Place,
    mailbox: MailboxId,
    grant: GrantStatus,
    shown: Option<SignInShown>,
) -> impl IntoView {
    let words = words();
    let provider = grant.provider;
    let here = format!("{}/{mailbox}", place.mailboxes());
    let link = format!("{here}/link");
    let broken = grant.problem.is_some();
    // A broken application is repaired in one place; signing in again would not help.
    let waits = shown.as_ref().is_some_and(|shown| matches!(shown.readiness, Readiness::Broken(_)));
    let badge = move || match (broken, waits) {
        (true, _) => view! { <StatusBadge tone=Tone::Bad text=say!(words, signin.again) /> },
        (false, true) => view! { <StatusBadge tone=Tone::Warning text=say!(words, signin.waits) /> },
        (false, false) => view! { <StatusBadge tone=Tone::Good text=say!(words, mailboxes.working) /> },
    };
    let kind = if broken && !waits { ButtonKind::Primary } else { ButtonKind::Quiet };
    let troubles = shown.map(|shown| {
        let refused = shown.state.refused.map(|problem| {
            view! {
                <p><strong>{say!(words, signin.refused_title)}</strong></p>
                <Repair remedy=shown.refused problem=Some(problem) heading=3 />
            }
        });
        view! {
            <Repair remedy=shown.broken problem=grant.problem.clone() heading=3 />
            {refused}
            <Hindrance readiness=shown.readiness provider back=here.clone() heading=3 />
        }
    });
    view! {
        <Card title=say!(words, signin.card_title).to_owned() aside=badge>
            {troubles}
            <dl class="facts">
                <dt>{say!(words, signin.provider)}</dt>
                <dd>{provider.name()}</dd>
                <dt>{say!(words, signin.signed_in_as)}</dt>
                <dd>{grant.person}</dd>
                <dt>{say!(words, signin.refreshed)}</dt>
                <dd><Moment at=grant.refreshed_at /></dd>
                <dt>{say!(words, signin.since)}</dt>
                <dd><Moment at=grant.authorised_at /></dd>
            </dl>
            <div class="actions">
                <BeginForm
                    of=Begin::Mailbox { workspace: place.slug, mailbox }
                    label=say!(words, signin.again) kind
                />
                <LinkButton href=link kind=ButtonKind::Quiet>{say!(words, signin.send_link)}</LinkButton>
            </div>
        </Card>
    }
}

/// Why a grant gives no more tokens, in a line.
#[must_use]
pub fn grant_reason(words: Locale, provider: OAuthProvider, problem: &Problem) -> String {
    let name = provider.name();
    match problem {
        problem if problem.is_about_application() => say!(words, signin.waits_reason, provider = name),
        Problem::GrantRevoked { .. } | Problem::TokenRejected { .. } | Problem::PasswordExpired { .. } => {
            say!(words, signin.reason_revoked).to_owned()
        }
        Problem::InteractionNeeded { .. } | Problem::BrowserSignInNeeded { .. } => {
            say!(words, signin.reason_interaction, provider = name)
        }
        Problem::MailScopeMissing { .. } | Problem::RefreshTokenMissing => say!(words, signin.reason_scope).to_owned(),
        Problem::BlockedByPolicy { .. } | Problem::AppBlocked { .. } | Problem::AdminConsentNeeded { .. } => {
            say!(words, signin.reason_policy).to_owned()
        }
        Problem::AccountDisabled { .. } => say!(words, signin.reason_account).to_owned(),
        Problem::NotSignedIn => say!(words, signin.reason_none).to_owned(),
        _ => say!(words, signin.reason_other, provider = name),
    }
}
