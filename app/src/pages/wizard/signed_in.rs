//! Step three, once somebody has signed in: who, both servers with their checks live, and saving.

use leptos::{ev::SubmitEvent, form::FromFormData, prelude::*};
use leptos_router::hooks::use_query_map;
use postroom_server::model::{
    AuthMethod, CheckReport, Direction, Draft, GrantStatus, OAuthProvider, Security, ServerForm, TlsMode,
};

use super::{
    WizardPage, WizardStep, consent::OtherAccount, discard::Discard, draft_path, offer_support_file,
    server_fields::FolderField,
};
use crate::{
    api::{
        ApiError,
        drafts::{Intent, SubmitServers, submit_servers},
        live::Whose,
        oauth::SignInShown,
    },
    components::{Button, ButtonKind, Card, LinkButton, Moment, Notice, StepList, Tone},
    i18n::words,
    pages::{
        begin_form::{Begin, BeginForm},
        frame::Place,
        live_check::LiveCheck,
        mailbox::Settings,
        repair::Repair,
        words::api_error,
    },
    say,
};

/// The page. Checks that have not run yet are started at once, and a report that is there is left alone.
#[component]
pub fn SignedIn(
    place: Place,
    draft: Draft,
    shown: SignInShown,
    provider: OAuthProvider,
    grant: GrantStatus,
) -> impl IntoView {
    let words = words();
    let asked_too_early =
        use_query_map().with_untracked(|query| query.get("refused")).is_some_and(|why| why == "check_first");
    let both = Direction::BOTH.map(|direction| LiveCheck::new(direction, draft.report(direction).cloned()));
    let trouble = RwSignal::new(None::<ApiError>);
    let pending = RwSignal::new(None::<Intent>);
    let unready = RwSignal::new(asked_too_early);
    let checking = Signal::derive(move || both.iter().any(|check| check.running().get()));
    let tried = Signal::derive(move || both.iter().any(|check| check.report().with(Option::is_some)));
    let ready = Signal::derive(move || both.iter().all(|check| check.passed()));
    let (slug, id) = (place.slug.clone(), draft.id);
    offer_support_file(&place, id);
    let known = Direction::BOTH
        .into_iter()
        .all(|direction| draft.form.server(direction).settings(direction.protocol()).is_ok());
    let start = {
        let slug = slug.clone();
        let securities = Direction::BOTH.map(|direction| draft.form.server(direction).security(direction.protocol()));
        move || {
            for (check, security) in both.into_iter().zip(securities) {
                check.start(slug.clone(), Whose::Draft(id), security);
            }
        }
    };
    let untried = draft.incoming_report.is_none() && draft.outgoing_report.is_none();
    if known && untried && grant.problem.is_none() {
        let start = start.clone();
        Effect::new(move |_| start());
    }
    let submit = {
        let slug = slug.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let Ok(typed) = SubmitServers::from_event(&event) else { return };
            if pending.get_untracked().is_some() {
                return;
            }
            trouble.set(None);
            if typed.intent.checks() {
                unready.set(false);
                // The folder may have been changed.
                let (slug, start) = (slug.clone(), start.clone());
                leptos::task::spawn_local(async move {
                    match submit_servers(slug, id, Intent::Keep, typed.incoming, typed.outgoing).await {
                        Ok(()) => start(),
                        Err(error) => trouble.set(Some(error)),
                    }
                });
                return;
            }
            if typed.intent == Intent::Save && !ready.get_untracked() {
                unready.set(true);
                return;
            }
            pending.set(Some(typed.intent));
            let slug = slug.clone();
            leptos::task::spawn_local(async move {
                if let Err(error) = submit_servers(slug, id, typed.intent, typed.incoming, typed.outgoing).await {
                    trouble.set(Some(error));
                }
                pending.set(None);
            });
        }
    };
    let stop = Callback::new(move |_| both.iter().for_each(|check| check.stop()));
    let busy = move |intent: Intent| Signal::derive(move || pending.get() == Some(intent));
    let cards = both.map(|check| {
        let form = draft.form.server(check.direction()).clone();
        view! { <Server check form /> }
    });
    let back = draft_path(&place, draft.id, WizardStep::Server);
    let begin = Begin::Draft { workspace: slug.clone(), draft: id };
    let other_account = draft.form.other_account;
    let (again, kind) = if grant.problem.is_some() {
        (say!(words, signin.again), ButtonKind::Primary)
    } else {
        (say!(words, signin.another_account), ButtonKind::Quiet)
    };
    let address = draft.form.address.trim();
    let shared = (!address.eq_ignore_ascii_case(&grant.person)).then(|| address.to_owned());
    let of = place.clone();
    view! {
        <WizardPage place draft=Some(draft) step=WizardStep::Connect>
            <Repair remedy=shown.refused problem=shown.state.refused />
            <Repair remedy=shown.broken problem=grant.problem.clone() />
            <Card title=say!(words, signin.card_title).to_owned()>
                <dl class="facts">
                    <dt>{say!(words, signin.signed_in_as)}</dt>
                    <dd>{grant.person}</dd>
                    <dt>{say!(words, signin.provider)}</dt>
                    <dd>{provider.name()}</dd>
                    {shared.map(|address| view! {
                        <dt>{say!(words, signin.mailbox)}</dt>
                        <dd>{address}</dd>
                    })}
                    <dt>{say!(words, signin.since)}</dt>
                    <dd><Moment at=grant.authorised_at /></dd>
                </dl>
                <BeginForm of=begin label=again kind><OtherAccount other_account /></BeginForm>
            </Card>
            {move || trouble.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <Show when=move || unready.get() && !ready.get()>
                <Notice tone=Tone::Warning>{say!(words, signin.check_first)}</Notice>
            </Show>
            <form class="stack" method="post" action="/api/submit_servers" on:submit=submit>
                <input type="hidden" name="workspace" value=slug />
                <input type="hidden" name="draft" value=id.0 />
                <div class="pair">{cards.collect_view()}</div>
                <Show when=move || ready.get()>
                    <Notice tone=Tone::Good>{say!(words, wizard.ready)}</Notice>
                </Show>
                <div class="wizard-foot">
                    <LinkButton href=back kind=ButtonKind::Quiet>{say!(words, common.back)}</LinkButton>
                    <Button kind=ButtonKind::Quiet name="intent" value="save_as_draft" busy=busy(Intent::SaveAsDraft)>
                        {say!(words, wizard.save_as_draft)}
                    </Button>
                    <Show
                        when=move || checking.get()
                        fallback=move || view! { <MainButtons ready tried save_busy=busy(Intent::Save) /> }
                    >
                        <Button button_type="button" on_click=stop>{say!(words, wizard.stop)}</Button>
                    </Show>
                </div>
            </form>
            <Discard place=of draft=id />
        </WizardPage>
    }
}

/// Checking again is what is left to do until both have passed; then it is *Save*.
#[component]
fn MainButtons(ready: Signal<bool>, tried: Signal<bool>, save_busy: Signal<bool>) -> impl IntoView {
    let words = words();
    let check = move || if tried.get() { say!(words, signin.check_again) } else { say!(words, signin.check_now) };
    move || {
        let (check_kind, save_kind) = if ready.get() {
            (ButtonKind::Secondary, ButtonKind::Primary)
        } else {
            (ButtonKind::Primary, ButtonKind::Secondary)
        };
        view! {
            <Button kind=check_kind name="intent" value="check_both">{check}</Button>
            <Button kind=save_kind name="intent" value="save" busy=save_busy>{say!(words, wizard.save)}</Button>
        }
    }
}

/// One server: what the provider's settings are, and its ladder. The form sends them as they are.
#[component]
fn Server(check: LiveCheck, form: ServerForm) -> impl IntoView {
    let words = words();
    let direction = check.direction();
    let protocol = direction.protocol();
    let title = match direction {
        Direction::Incoming => say!(words, wizard.incoming),
        Direction::Outgoing => say!(words, wizard.outgoing),
    };
    let (report, trouble) = (check.report(), check.trouble());
    let security: Security = form.security(protocol);
    let shown = Signal::derive(move || report.get().unwrap_or_else(|| CheckReport::planned(protocol, security)));
    let facts = match form.settings(protocol) {
        Ok(settings) => view! { <Settings settings /> }.into_any(),
        Err(_) => view! { <Notice tone=Tone::Warning>{say!(words, signin.incomplete)}</Notice> }.into_any(),
    };
    view! {
        <Card title=title.to_owned()>
            <div class="stack">
                {hidden(direction, &form)}
                {facts}
                {(direction == Direction::Incoming).then(|| view! {
                    <FolderField name="incoming[folder]" value=form.folder.clone() report />
                })}
                {move || trouble.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <Show
                    when=move || report.with(Option::is_some)
                    fallback=move || view! { <p class="soft small">{say!(words, wizard.not_checked)}</p> }
                >
                    <StepList report=shown />
                </Show>
            </div>
        </Card>
    }
}

/// The fields that the other way of connecting lets people type.
fn hidden(direction: Direction, form: &ServerForm) -> impl IntoView + use<> {
    let fields = [
        ("host", form.host.clone()),
        ("port", form.port.clone()),
        ("tls_mode", tls_mode_value(form.tls_mode).to_owned()),
        ("method", method_value(form.method).to_owned()),
        ("email", form.email.clone()),
        ("username", form.username.clone()),
        ("password", String::new()),
    ];
    let tls = form.tls.then(|| ("tls", "true".to_owned()));
    let name = move |part: &str| format!("{}[{part}]", direction.as_str());
    fields
        .into_iter()
        .chain(tls)
        .map(|(part, value)| view! { <input type="hidden" name=name(part) value=value /> })
        .collect_view()
}

/// As serde writes it.
const fn method_value(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::Plain => "plain",
        AuthMethod::Login => "login",
        AuthMethod::XOAuth2 => "xoauth2",
        AuthMethod::OAuthBearer => "oauthbearer",
        AuthMethod::None => "none",
    }
}

/// As serde writes it.
const fn tls_mode_value(mode: TlsMode) -> &'static str {
    match mode {
        TlsMode::Auto => "auto",
        TlsMode::Implicit => "implicit",
        TlsMode::StartTls => "starttls",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_fields_are_written_as_the_server_reads_them() {
        for method in
            [AuthMethod::Plain, AuthMethod::Login, AuthMethod::XOAuth2, AuthMethod::OAuthBearer, AuthMethod::None]
        {
            assert_eq!(serde_json::to_value(method).unwrap(), method_value(method));
        }
        for mode in [TlsMode::Auto, TlsMode::Implicit, TlsMode::StartTls] {
            assert_eq!(serde_json::to_value(mode).unwrap(), tls_mode_value(mode));
        }
    }
}
