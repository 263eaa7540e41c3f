//! *Mail from Postroom itself*: the server that sends what belongs to no mailbox's own server.
//!
//! What is wrong comes before anything else; then the form with its check, the test mail, what was sent, and at the
//! end the way to take the relay away.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_meta::Title;
use postroom_server::model::{
    AuthMethod, CheckReport, Direction, Field as FormField, Health, Invalid, Protocol, Reason, Relay, ServerForm,
    TlsMode, TrustChoice,
};

use super::{
    live_check::LiveCheck,
    loaded::loaded,
    outbox::{Everything, Home},
    wizard::server_fields::{LastCheck, ServerFields, ServerFieldset, field_id, field_label},
    words::{action_error, api_error, error_beside, summary, typed},
};
use crate::{
    api::{
        ApiError,
        live::Whose,
        outbox::{RetryDelivery, Shown, outbox},
        relay::{RemoveRelay, SaveRelay, SendRelayTest, load_relay, save_relay},
    },
    components::{
        Breadcrumb, Button, ButtonKind, Card, ErrorSummary, Field, Fold, Moment, Notice, Page, PageHead, PageWidth,
        SupportFile, Tone,
    },
    i18n::{GAP, Locale, around, words},
    say,
};

/// How long after a wish the list looks what came of it.
const LOOK_AFTER: Duration = Duration::from_secs(3);

/// `/account/relay`.
#[component]
pub fn RelayPage() -> impl IntoView {
    let words = words();
    let (test, remove) = (ServerAction::<SendRelayTest>::new(), ServerAction::<RemoveRelay>::new());
    let retry = ServerAction::<RetryDelivery>::new();
    let title = say!(words, relay.title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    let (removing, retrying) = (action_error(remove), action_error(retry));
    let refused = move || removing.get().or_else(|| retrying.get());
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, relay.lead).to_owned() />
            {move || refused().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {loaded(move || remove.version().get(), |_| load_relay(), move |relay| {
                let set = relay.settings.is_some();
                view! {
                    <State relay=relay.clone() />
                    <ServerCard relay=relay.clone() />
                    {set.then(|| view! { <TestCard test /> })}
                    <Sent test retry />
                    {set.then(|| view! { <Remove relay remove /> })}
                }
            })}
        </Page>
    }
}

/// What is wrong with the relay, and how much waits for it; nothing where all is well.
#[component]
pub fn State(relay: Relay) -> impl IntoView {
    let words = words();
    let waiting = waiting_words(words, relay.backlog.parked.saturating_add(relay.backlog.waiting));
    if relay.settings.is_none() {
        return waiting.map(|waiting| {
            view! { <Notice tone=Tone::Warning title=waiting>{say!(words, relay.waiting_unset)}</Notice> }.into_any()
        });
    }
    match relay.health {
        Some(Health::Failing { since, .. }) => {
            let told = say!(words, relay.failing_since, when = GAP);
            let text = view! { {around(&told, view! { <Moment at=since /> })} " " {waiting} };
            Some(view! { <Notice tone=Tone::Bad title=say!(words, relay.failing)>{text}</Notice> }.into_any())
        }
        _ => waiting.filter(|_| relay.backlog.parked > 0).map(|waiting| {
            view! { <Notice tone=Tone::Warning title=waiting>{say!(words, relay.waiting_set)}</Notice> }.into_any()
        }),
    }
}

/// The form, and the check of what it says.
#[component]
fn ServerCard(relay: Relay) -> impl IntoView {
    let words = words();
    provide_context(SupportFile("/account/relay/support.txt".to_owned()));
    let direction = Direction::Outgoing;
    let save = ServerAction::<SaveRelay>::new();
    let posted = action_error(save).get_untracked();
    let form = posted.as_ref().and_then(typed_form).unwrap_or_else(|| relay.form());
    let fields = ServerFields::new(direction, &form, relay.has_password);
    if let Some(error) = &posted {
        fields.errors.set(error.invalid().to_vec());
    }
    let check = LiveCheck::new(direction, relay.report.clone());
    let blame = move || {
        check.report().with(|report| {
            let line = report.as_ref()?.steps.iter().find(|line| line.problem.is_some())?;
            let (problem, remedy) = (line.problem.as_ref()?, line.remedy.as_ref()?);
            Some((problem.field(), remedy.title.clone())).filter(|(field, _)| *field != FormField::None)
        })
    };
    fields.blamed.set(untrack(blame));
    Effect::new(move |_| fields.blamed.set(blame()));
    let trouble = RwSignal::new(posted.filter(|error| error.invalid().is_empty()));
    let pending = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Ok(SaveRelay { mut outgoing, heal, trust, .. }) = SaveRelay::from_event(&event) else { return };
        if pending.get_untracked() {
            return;
        }
        trouble.set(None);
        let best = check.report().with_untracked(|report| report.as_ref()?.offers.first().cloned());
        if let Some(offer) = best.filter(|_| heal.is_some()) {
            fields.take(&offer);
            outgoing.take(&offer);
        }
        if trust.is_some() {
            outgoing.trust_offered();
            fields.take_trust(&outgoing.form());
        }
        let has_password = fields.has_password.get_untracked() || !outgoing.password.is_empty();
        let wrong = outgoing.form().validate_relay(has_password);
        let right = wrong.is_empty();
        fields.errors.set(wrong);
        if !right {
            return;
        }
        pending.set(true);
        leptos::task::spawn_local(async move {
            match save_relay(outgoing, None, None, None).await {
                Ok(()) => {
                    let signs_in = fields.method.get_untracked() != AuthMethod::None;
                    let typed = !fields.password.with_untracked(String::is_empty);
                    fields.has_password.update(|has| *has = signs_in && (*has || typed));
                    fields.settle();
                    fields.changed.set(false);
                    check.start_planned(String::new(), Whose::Relay, untrack(|| planned(fields)));
                }
                Err(ApiError::Invalid { errors, .. }) => {
                    // Only the server knows that a sealed password belongs to another host.
                    if errors.contains(&Invalid::of(Protocol::Smtp, FormField::Password, Reason::Empty)) {
                        fields.has_password.set(false);
                    }
                    fields.errors.set(errors);
                }
                Err(error) => trouble.set(Some(error)),
            }
            pending.set(false);
        });
    };
    let summed = Signal::derive(move || {
        fields.errors.with(|errors| {
            summary(words, errors, |invalid: &Invalid| {
                (field_id(direction, invalid.field), field_label(words, invalid.field))
            })
        })
    });
    let (report, running) = (check.report(), check.running());
    let told = move || trouble.get().or_else(|| check.trouble().get());
    let shown = Signal::derive(move || report.get().unwrap_or_else(|| planned(fields)));
    let busy = Signal::derive(move || pending.get() || running.get());
    let stop = Callback::new(move |_| check.stop());
    view! {
        <ErrorSummary title=say!(words, wizard.fix_errors) errors=summed />
        <Card title=say!(words, relay.server).to_owned() text=say!(words, relay.server_text).to_owned()>
            <form class="stack" method="post" action="/api/save_relay" novalidate on:submit=submit>
                <input type="hidden" name="check" value="1" />
                <ServerFieldset fields for_relay=true />
                <div class="actions">
                    <Button kind=ButtonKind::Primary busy>{say!(words, relay.save_and_check)}</Button>
                    <Show when=move || running.get()>
                        <Button button_type="button" on_click=stop>{say!(words, wizard.stop)}</Button>
                    </Show>
                </div>
                {move || told().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <LastCheck fields report shown unchecked=say!(words, relay.not_checked) posts=("heal", "1") trusts=("trust", "1") />
            </form>
        </Card>
    }
}

/// The ladder for what is typed; tracks every field.
fn planned(fields: ServerFields) -> CheckReport {
    let planned = CheckReport::planned(Protocol::Smtp, fields.security());
    if fields.method.get() == AuthMethod::None { planned.without_sign_in() } else { planned }
}

/// What had been typed before the page came back without JavaScript.
fn typed_form(error: &ApiError) -> Option<ServerForm> {
    let text = |field: &str| error.typed(field).unwrap_or_default().to_owned();
    error.typed("host").map(|host| ServerForm {
        host: host.to_owned(),
        port: text("port"),
        tls: error.typed("tls") == Some("on"),
        tls_mode: match error.typed("tls_mode") {
            Some("implicit") => TlsMode::Implicit,
            Some("starttls") => TlsMode::StartTls,
            _ => TlsMode::Auto,
        },
        method: match error.typed("method") {
            Some("login") => AuthMethod::Login,
            Some("none") => AuthMethod::None,
            _ => AuthMethod::Plain,
        },
        email: text("email"),
        username: text("username"),
        folder: String::new(),
        trust: TrustChoice::of(&text("trust")),
        pin: text("pin"),
        pin_for: text("pin_for"),
        authority: text("authority"),
    })
}

/// Sends a test mail to an address that is typed.
#[component]
fn TestCard(test: ServerAction<SendRelayTest>) -> impl IntoView {
    let words = words();
    let error = action_error(test);
    let told = move || error.get().filter(|error| error.invalid().is_empty());
    view! {
        <Card title=say!(words, outbox.test_title).to_owned() text=say!(words, relay.test_text).to_owned()>
            {move || told().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <ActionForm action=test attr:class="stack" attr:novalidate="">
                <Field
                    label=say!(words, relay.test_to) name="to" id="relay-test-to" inputmode="email"
                    error=error_beside(error, FormField::Address) value=typed(error, "to") autocomplete="email" required=true
                />
                <div class="actions">
                    <Button busy=test.pending()>{say!(words, outbox.test_send)}</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

/// What Postroom itself sends; nothing where there is nothing yet.
#[component]
fn Sent(test: ServerAction<SendRelayTest>, retry: ServerAction<RetryDelivery>) -> impl IntoView {
    let looks = RwSignal::new(0_u32);
    Effect::new(move |before: Option<usize>| {
        let wishes = test.version().get() + retry.version().get();
        if before.is_some_and(|before| before != wishes) {
            set_timeout(
                move || {
                    looks.try_update(|looks| *looks += 1);
                },
                LOOK_AFTER,
            );
        }
        wishes
    });
    loaded(
        move || (test.version().get(), retry.version().get(), looks.get()),
        |_| outbox(String::new()),
        move |all: Vec<Shown>| (!all.is_empty()).then(|| view! { <Everything all home=Home::Postroom retry /> }),
    )
}

/// Asks before the relay is forgotten, and says what waits for it.
#[component]
fn Remove(relay: Relay, remove: ServerAction<RemoveRelay>) -> impl IntoView {
    let words = words();
    let waiting = waiting_words(words, relay.backlog.parked.saturating_add(relay.backlog.waiting));
    view! {
        <div class="page-end">
            <Fold summary=say!(words, relay.remove)>
                <ActionForm action=remove attr:class="stack">
                    <p>{say!(words, relay.remove_question)} " " {waiting}</p>
                    <div class="actions">
                        <Button kind=ButtonKind::Danger busy=remove.pending()>{say!(words, relay.remove_yes)}</Button>
                    </div>
                </ActionForm>
            </Fold>
        </div>
    }
}

/// How many messages wait; `None` where there are none.
fn waiting_words(words: Locale, waiting: u32) -> Option<String> {
    match waiting {
        0 => None,
        1 => Some(say!(words, relay.waiting_one).to_owned()),
        many => Some(say!(words, relay.waiting_many, count = many)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use postroom_server::model::{Backlog, Language, Problem, Timestamp};

    use super::*;
    use crate::{api::drafts::TypedServer, components::html_of};

    #[test]
    fn what_was_typed_comes_back_as_it_was() {
        for (tls, mode, method) in [
            (true, TlsMode::Auto, AuthMethod::Plain),
            (true, TlsMode::StartTls, AuthMethod::None),
            (false, TlsMode::Implicit, AuthMethod::Login),
        ] {
            let server = TypedServer {
                host: "mail example".to_owned(),
                port: "25x".to_owned(),
                tls: tls.then(|| "1".to_owned()),
                tls_mode: mode,
                method,
                email: "postroom@example.com".to_owned(),
                username: "ada".to_owned(),
                trust: TrustChoice::Certificate,
                pin: "AB:CD".to_owned(),
                pin_for: "mail.example.com:25".to_owned(),
                authority: "MIIB".to_owned(),
                password: "secret".to_owned(),
                ..TypedServer::default()
            };
            let error = ApiError::Invalid { errors: Vec::new(), typed: BTreeMap::new() }.with_typed(server.pairs());
            assert_eq!(typed_form(&error), Some(server.form()));
            assert!(!format!("{error:?}").contains("secret"));
        }
        assert_eq!(typed_form(&ApiError::Internal), None);
    }

    #[test]
    fn what_waits_is_told_whether_the_relay_is_unset_or_broken() {
        let backlog = Backlog { parked: 2, waiting: 1, failed: 0 };
        let html = |relay: Relay| html_of(Language::En, move || view! { <State relay /> });
        let unset = html(Relay { backlog, ..Relay::default() });
        assert!(unset.contains("3 messages wait"), "{unset}");
        assert!(!html(Relay::default()).contains("notice"));
        let settings = ServerForm {
            host: "mail.example.com".to_owned(),
            ..ServerForm::default_for(Protocol::Smtp, "a@example.com")
        }
        .relay_settings()
        .unwrap();
        let problem = Problem::BadCredentials { reply: "no".to_owned() };
        let health = Some(Health::Failing { since: Timestamp(1_700_000_000_000), problem });
        let broken = html(Relay { settings: Some(settings), health, backlog, ..Relay::default() });
        assert!(broken.contains("3 messages wait") && broken.contains("data-tone=\"bad\""), "{broken}");
    }
}
