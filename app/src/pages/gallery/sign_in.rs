//! Signing in with Microsoft or Google in every state, made of the same types as the real thing.

use leptos::prelude::*;
use postroom_server::model::{
    ConsentState, Draft, DraftId, GrantStatus, MailboxForm, MailboxId, Need, NeedKind, OAuthProvider, OwnerLink,
    OwnerLinkId, OwnerLinkState, Problem, PublicUrl, Remedy, SignInState, StepState, Timestamp, TrialStep, Who,
    WorkspaceId,
};

use crate::{
    api::{
        application_troubles::ApplicationTrouble,
        oauth::{NewOwnerLink, OpenedLink, Readiness, SignInShown, TriedStep},
    },
    components::Card,
    pages::{
        application::{Broken, trial::Found},
        begin_form::Begin,
        delete_mailbox::Permission,
        frame::Place,
        hindrance::Hindrance,
        mailbox_sign_in::MailboxSignIn,
        mailboxes::{GrantLine, Trouble},
        owner_links::{Made, NewLink},
        renew::RenewCard,
        wizard::{
            consent::{Given, Waiting},
            sign_in::Ask,
        },
    },
};

const NOW: Timestamp = Timestamp(1_795_440_245_000);
const ADDRESS: &str = "support@example.com";
const PERSON: &str = "kim@example.com";

/// Everything.
#[component]
pub fn SignIns() -> impl IntoView {
    view! {
        <h2 id="sign-ins">"Signing in with a provider"</h2>
        <div class="pair">
            <div class="stack">
                <Ask place=place() draft=draft() shown=shown(None) provider=OAuthProvider::Microsoft />
                <Ask place=place() draft=draft() shown=shown(Some(declined())) provider=OAuthProvider::Google />
                <Hindrance readiness=Readiness::NotRegistered provider=OAuthProvider::Microsoft back="/admin/it" />
                <Hindrance
                    readiness=Readiness::PublicUrl(PublicUrl::NeedsHttps) provider=OAuthProvider::Microsoft
                    back="/admin/it"
                />
                <Hindrance
                    readiness=Readiness::PublicUrl(PublicUrl::NeedsPublicName) provider=OAuthProvider::Google
                    back="/admin/it"
                />
            </div>
            <div class="stack">
                <Waiting
                    state=consent(None) begin=begin() provider=OAuthProvider::Microsoft address=ADDRESS.to_owned()
                    other_account=false
                />
                <Given
                    state=consent(Some(NOW)) begin=begin() provider=OAuthProvider::Microsoft other_account=true
                />
            </div>
        </div>
        <div class="pair">
            <MailboxSignIn place=place() mailbox=MailboxId(7) grant=grant(None) shown=Some(shown(None)) />
            <MailboxSignIn
                place=place() mailbox=MailboxId(7) grant=grant(Some(revoked())) shown=Some(broken())
            />
        </div>
        <Lists />
        <Links />
        <Applications />
    }
}

#[component]
fn Lists() -> impl IntoView {
    let expired = Problem::ClientSecretExpired { reply: "invalid_client: AADSTS7000222".to_owned() };
    let lines = [grant(None), grant(Some(revoked())), grant(Some(expired))]
        .map(|grant| view! { <p><GrantLine grant href="#main" name="Support" /></p> });
    view! {
        <Trouble trouble=trouble() />
        <Card title="In the list".to_owned()>{lines.collect_view()}</Card>
        <Card dangerous=true title="Before it is deleted".to_owned()>
            <Permission grant=grant(None) />
            <Permission grant=GrantStatus { provider: OAuthProvider::Google, ..grant(None) } />
        </Card>
    }
}

#[component]
fn Links() -> impl IntoView {
    let new = NewOwnerLink { url: "https://desk.example.com/renew/b3duZXItbGluay10b2tlbg".to_owned(), expires_at: NOW };
    let link = |id, state| OwnerLink {
        id: OwnerLinkId(id),
        created_by: "Jiwon Park".to_owned(),
        created_at: NOW,
        expires_at: NOW.plus_millis(86_400_000),
        state,
    };
    let links = vec![
        link(4, OwnerLinkState::Open),
        link(3, OwnerLinkState::Used { at: NOW }),
        link(2, OwnerLinkState::Revoked),
        link(1, OwnerLinkState::Expired),
    ];
    let opened = |refused: Option<Remedy>| OpenedLink {
        provider: OAuthProvider::Microsoft,
        address: ADDRESS.to_owned(),
        expected: PERSON.to_owned(),
        organisation: "IT support".to_owned(),
        expires_at: NOW,
        refused: refused.map(Box::new),
        done: false,
    };
    view! {
        <NewLink new address=ADDRESS.to_owned() person=PERSON.to_owned() />
        <Made links slug="it".to_owned() mailbox=MailboxId(7) />
        <Made links=Vec::new() slug="it".to_owned() mailbox=MailboxId(7) />
        <div class="pair">
            <div class="stack"><RenewCard link=opened(None) token="t".to_owned() /></div>
            <div class="stack"><RenewCard link=opened(Some(declined().1)) token="t".to_owned() /></div>
        </div>
    }
}

#[component]
fn Applications() -> impl IntoView {
    let step = |step, state, remedy: Option<Remedy>| TriedStep {
        step,
        state,
        reply: remedy.as_ref().map(|_| "invalid_client: AADSTS7000215: Invalid client secret provided.".to_owned()),
        remedy: remedy.map(Box::new),
    };
    let wrong = vec![
        step(TrialStep::Provider, StepState::Passed, None),
        step(TrialStep::Redirect, StepState::Failed, Some(remedy("The client secret is wrong"))),
        step(TrialStep::Secret, StepState::Skipped, None),
    ];
    let good = [TrialStep::Provider, TrialStep::Redirect, TrialStep::Secret]
        .map(|one| step(one, StepState::Passed, None))
        .to_vec();
    view! {
        <div class="pair">
            <Card title="Test".to_owned()><Found provider=OAuthProvider::Microsoft steps=wrong /></Card>
            <Card title="Test".to_owned()><Found provider=OAuthProvider::Google steps=good /></Card>
        </div>
        <Broken trouble=trouble() />
    }
}

fn place() -> Place {
    Place {
        slug: "it".to_owned(),
        name: "IT support".to_owned(),
        several: false,
        msp: false,
        manages: true,
        admin: true,
    }
}

fn begin() -> Begin {
    Begin::Draft { workspace: "it".to_owned(), draft: DraftId(3) }
}

fn draft() -> Draft {
    Draft {
        id: DraftId(3),
        workspace_id: WorkspaceId(1),
        mailbox_id: None,
        form: MailboxForm { address: ADDRESS.to_owned(), ..MailboxForm::default() },
        incoming_has_password: false,
        outgoing_has_password: false,
        incoming_report: None,
        outgoing_report: None,
        grant: None,
        touched: true,
    }
}

fn grant(problem: Option<Problem>) -> GrantStatus {
    GrantStatus {
        provider: OAuthProvider::Microsoft,
        person: PERSON.to_owned(),
        authorised_at: NOW,
        refreshed_at: NOW,
        problem,
    }
}

fn consent(given_at: Option<Timestamp>) -> ConsentState {
    let url = "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa&state=k3";
    ConsentState { url: url.to_owned(), asked_at: NOW, given_at }
}

fn shown(refused: Option<(Problem, Remedy)>) -> SignInShown {
    let (problem, remedy) = refused.unzip();
    SignInShown {
        state: SignInState { grant: None, refused: problem, consent: None },
        refused: remedy.map(Box::new),
        broken: None,
        readiness: Readiness::Ready,
        person_hint: ADDRESS.to_owned(),
        first: vec![Need { kind: NeedKind::AdminSwitch, link: Some("https://admin.microsoft.com/".to_owned()) }],
    }
}

fn broken() -> SignInShown {
    SignInShown { broken: Some(Box::new(remedy("The permission no longer holds"))), ..shown(None) }
}

fn revoked() -> Problem {
    Problem::GrantRevoked { reply: "invalid_grant: AADSTS50173: The provided grant has expired.".to_owned() }
}

fn declined() -> (Problem, Remedy) {
    (Problem::ConsentDeclined { reply: "access_denied".to_owned() }, remedy("The sign-in was declined"))
}

fn trouble() -> ApplicationTrouble {
    ApplicationTrouble {
        provider: OAuthProvider::Microsoft,
        remedy: Box::new(remedy("The client secret has expired")),
        reply: Some("invalid_client: AADSTS7000222: The provided client secret keys are expired.".to_owned()),
        since: Some(NOW),
        mailboxes: 40,
    }
}

fn remedy(title: &str) -> Remedy {
    Remedy {
        kind: "client_secret_expired".to_owned(),
        title: title.to_owned(),
        why: "The provider says so, and only somebody there can change it.".to_owned(),
        steps: vec!["Do the first thing.".to_owned(), "Then come back and try again.".to_owned()],
        who: Who::MailAdmin,
        link: Some("https://entra.microsoft.com".to_owned()),
        command: None,
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    #[test]
    fn what_an_administrator_has_to_allow_is_said_before_signing_in() {
        let page = |first: Vec<Need>| {
            let shown = SignInShown { first, ..shown(None) };
            html_of(Language::En, || {
                view! { <Ask place=place() draft=draft() shown provider=OAuthProvider::Microsoft /> }
            })
        };
        let html = page(shown(None).first);
        assert!(html.contains("Authenticated SMTP") && html.contains("https://admin.microsoft.com/"), "{html}");
        let html = page(Vec::new());
        assert!(!html.contains("administrator"), "a personal account has none: {html}");
    }
}
