//! Step three: both servers side by side, their checks live, and saving.

use leptos::{ev::SubmitEvent, form::FromFormData, prelude::*};
use leptos_router::hooks::use_query_map;
use postroom_server::model::{CheckReport, Direction, Discovery, Draft, Field as FormField, Invalid, Reason};

use super::{
    WizardPage, WizardStep,
    discard::Discard,
    draft_in_address, draft_path, offer_support_file,
    search::Search,
    search_note::{Again, AskFor, Needs, SearchNote, SignInInstead},
    search_words::{Origins, from},
    server::search_once,
    server_fields::{LastCheck, ServerFields, ServerFieldset, field_id, field_label},
    sign_in::SignIn,
    signed_in::SignedIn,
};
use crate::{
    api::{
        ApiError,
        discovery::found_servers,
        drafts::{Intent, SubmitServers, load_draft, submit_servers},
        live::Whose,
        oauth::{SignInShown, sign_in_state},
    },
    components::{Button, ButtonKind, Card, ErrorSummary, LinkButton, Notice, Tone},
    i18n::{Locale, words},
    pages::{
        frame::{Place, in_managed_place},
        live_check::LiveCheck,
        loaded::loaded,
        words::{api_error, summary},
    },
    say,
};

/// The page.
#[component]
pub fn ConnectPage() -> impl IntoView {
    in_managed_place(|place| {
        let id = draft_in_address();
        let slug = place.slug.clone();
        let again = RwSignal::new(0);
        loaded(
            move || (slug.clone(), id.get(), again.get()),
            |(slug, id, _)| async move {
                let draft = load_draft(slug.clone(), id).await?;
                let (shown, found) = match draft.form.sign_in {
                    Some(_) => (Some(sign_in_state(slug, Whose::Draft(id)).await?), None),
                    None => (None, found_servers(slug, id).await?),
                };
                Ok::<(Draft, Option<SignInShown>, Option<Discovery>), ApiError>((draft, shown, found))
            },
            move |(draft, shown, found)| {
                let place = place.clone();
                let Some((provider, shown)) = draft.form.sign_in.zip(shown) else {
                    return view! { <Connect place draft found /> }.into_any();
                };
                match shown.state.grant.clone().or_else(|| draft.grant.clone()) {
                    Some(grant) => view! { <SignedIn place draft shown provider grant /> }.into_any(),
                    None => view! { <SignIn place draft shown provider again /> }.into_any(),
                }
            },
        )
    })
}

/// One direction: its fields and its check.
#[derive(Clone, Copy)]
struct Half {
    fields: ServerFields,
    check: LiveCheck,
}

impl Half {
    /// Where no server was typed yet the best one of those that were found stands in the fields.
    fn new(draft: &Draft, direction: Direction, tried: bool, search: Search) -> Self {
        let protocol = direction.protocol();
        let mut form = draft.form.server(direction).clone();
        if form.email.is_empty() && form.host.is_empty() {
            draft.form.address.trim().clone_into(&mut form.email);
        }
        if form.is_blank(protocol) && !draft.has_password(direction) {
            let found = search.found().with_untracked(|found| found.as_ref()?.fill(protocol, &form));
            form = found.unwrap_or(form);
        }
        let fields = ServerFields::new(direction, &form, draft.has_password(direction));
        // What is found later is filled in as long as nothing was typed meanwhile.
        Effect::new(move |_| {
            let found = search.found().with(|found| found.as_ref()?.fill(protocol, &untrack(|| fields.form())));
            if let Some(form) = found.filter(|_| fields.is_blank()) {
                fields.fill(&form);
            }
        });
        if tried {
            fields.errors.set(draft.validate_server(direction));
        }
        let check = LiveCheck::new(direction, draft.report(direction).cloned());
        // The field a failed check is about is marked beside its remedy.
        let blame = move || {
            check.report().with(|report| {
                let line = report.as_ref()?.steps.iter().find(|line| line.problem.is_some())?;
                let (problem, remedy) = (line.problem.as_ref()?, line.remedy.as_ref()?);
                Some((problem.field(), remedy.title.clone())).filter(|(field, _)| *field != FormField::None)
            })
        };
        fields.blamed.set(untrack(blame));
        Effect::new(move |_| fields.blamed.set(blame()));
        // Only the server knows that a sealed password belongs to another host: what it finds wrong is marked too.
        Effect::new(move |_| {
            if let Some(ApiError::Invalid { errors, .. }) = check.trouble().get() {
                if errors.contains(&Invalid::of(direction.protocol(), FormField::Password, Reason::Empty)) {
                    fields.has_password.set(false);
                }
                fields.errors.set(errors);
            }
        });
        Self { fields, check }
    }

    /// The last check is of exactly what the form shows, and passed.
    fn ready(self) -> bool {
        self.check.passed() && !self.fields.changed.get()
    }
}

#[component]
fn Connect(place: Place, draft: Draft, found: Option<Discovery>) -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let tried = query.with_untracked(|query| query.get("tried")).unwrap_or_default();
    let refused = query.with_untracked(|query| query.get("refused")).is_some_and(|why| why == "check_first");
    let search = Search::new(place.slug.clone(), found);
    let incoming = Half::new(&draft, Direction::Incoming, tried.contains("incoming"), search);
    let outgoing = Half::new(&draft, Direction::Outgoing, tried.contains("outgoing"), search);
    search_once(search, &draft);
    let both = [incoming, outgoing];
    let trouble = RwSignal::new(None::<ApiError>);
    let pending = RwSignal::new(None::<Intent>);
    let unready = RwSignal::new(refused);
    let checking = Signal::derive(move || both.iter().any(|half| half.check.running().get()));
    let ready = Signal::derive(move || both.iter().all(|half| half.ready()));
    let summed =
        Signal::derive(move || both.iter().flat_map(|half| summed_errors(words, half.fields)).collect::<Vec<_>>());
    let (slug, id) = (place.slug.clone(), draft.id);
    offer_support_file(&place, id);

    let submit = {
        let slug = slug.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let Ok(mut typed) = SubmitServers::from_event(&event) else { return };
            if pending.get_untracked().is_some() {
                return;
            }
            let intent = typed.intent;
            trouble.set(None);
            if let Some(half) = both.into_iter().find(|half| intent.uses() == Some(half.fields.direction)) {
                let protocol = half.fields.direction.protocol();
                let typed = untrack(|| half.fields.form());
                if let Some(form) = search.found().with_untracked(|found| found.as_ref()?.fill(protocol, &typed)) {
                    half.fields.fill(&form);
                }
                return;
            }
            for half in both.into_iter().filter(|half| intent.heals() == Some(half.fields.direction)) {
                let report = half.check.report();
                let best = report.with_untracked(|report| report.as_ref()?.offers.first().cloned());
                if let Some(offer) = best {
                    half.fields.take(&offer);
                    match half.fields.direction {
                        Direction::Incoming => typed.incoming.take(&offer),
                        Direction::Outgoing => typed.outgoing.take(&offer),
                    }
                }
            }
            for half in both.into_iter().filter(|half| intent.trusts() == Some(half.fields.direction)) {
                let server = match half.fields.direction {
                    Direction::Incoming => &mut typed.incoming,
                    Direction::Outgoing => &mut typed.outgoing,
                };
                server.trust_offered();
                half.fields.take_trust(&server.form());
            }
            let chosen = both.into_iter().filter(|half| intent.directions().contains(&half.fields.direction));
            let mut right = true;
            for half in chosen.clone() {
                let direction = half.fields.direction;
                let wrong = match direction {
                    Direction::Incoming => &typed.incoming,
                    Direction::Outgoing => &typed.outgoing,
                }
                .validate(direction, half.fields.has_password.get_untracked());
                right &= wrong.is_empty();
                half.fields.errors.set(wrong);
            }
            if !right {
                return;
            }
            if intent == Intent::Save && !ready.get_untracked() {
                unready.set(true);
                return;
            }
            unready.set(false);
            pending.set(Some(intent));
            let sent = if intent.checks() { Intent::Keep } else { intent };
            let slug = slug.clone();
            let chosen: Vec<Half> = chosen.collect();
            leptos::task::spawn_local(async move {
                match submit_servers(slug.clone(), id, sent, typed.incoming, typed.outgoing).await {
                    Ok(()) if intent.checks() => {
                        for half in both {
                            let fields = half.fields;
                            if !fields.password.with_untracked(String::is_empty) {
                                fields.has_password.set(true);
                            }
                            fields.settle();
                        }
                        for half in chosen {
                            half.fields.changed.set(false);
                            half.check.start(slug.clone(), Whose::Draft(id), half.fields.security_now());
                        }
                    }
                    Ok(()) => {}
                    Err(error) => trouble.set(Some(error)),
                }
                pending.set(None);
            });
        }
    };
    let stop = Callback::new(move |_| both.iter().for_each(|half| half.check.stop()));
    let busy = move |intent: Intent| Signal::derive(move || pending.get() == Some(intent));
    let back = draft_path(&place, draft.id, WizardStep::Server);
    let of = place.clone();
    let again = Again { workspace: slug.clone(), draft: id, page: "connect", address: draft.form.address.clone() };
    let choice = back.clone();
    let new = draft.mailbox_id.is_none();
    let advice = move || {
        let back = choice.clone();
        search.found().get().map(|found| {
            view! {
                <SignInInstead found=found.clone() back />
                <Needs found=found.clone() />
                {new.then(|| view! { <AskFor found /> })}
            }
        })
    };
    view! {
        <WizardPage place draft=Some(draft) step=WizardStep::Connect>
            <SearchNote search again />
            {advice}
            <ErrorSummary title=say!(words, wizard.fix_errors) errors=summed />
            {move || trouble.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <Show when=move || unready.get() && !ready.get()>
                <Notice tone=Tone::Warning>{say!(words, wizard.check_first)}</Notice>
            </Show>
            <form class="stack" method="post" action="/api/submit_servers" novalidate on:submit=submit>
                <input type="hidden" name="workspace" value=slug />
                <input type="hidden" name="draft" value=id.0 />
                // Enter in a field presses the first button of a form: it must be the one that checks.
                <button class="visually-hidden" type="submit" name="intent" value="check_both" tabindex="-1" aria-hidden="true"></button>
                <div class="pair">
                    <HalfCard half=incoming search check_intent=Intent::CheckIncoming save_intent=Intent::SaveIncoming busy=busy(Intent::CheckIncoming) />
                    <HalfCard half=outgoing search check_intent=Intent::CheckOutgoing save_intent=Intent::SaveOutgoing busy=busy(Intent::CheckOutgoing) />
                </div>
                <Show when=move || ready.get()>
                    <Notice tone=Tone::Good>{say!(words, wizard.ready)}</Notice>
                </Show>
                <div class="wizard-foot">
                    <LinkButton href=back.clone() kind=ButtonKind::Quiet>{say!(words, common.back)}</LinkButton>
                    <Button kind=ButtonKind::Quiet name="intent" value="save_as_draft" busy=busy(Intent::SaveAsDraft)>
                        {say!(words, wizard.save_as_draft)}
                    </Button>
                    <Show
                        when=move || checking.get()
                        fallback=move || view! {
                            <MainButtons ready check_busy=busy(Intent::CheckBoth) save_busy=busy(Intent::Save) />
                        }
                    >
                        <Button button_type="button" on_click=stop>{say!(words, wizard.stop)}</Button>
                    </Show>
                </div>
            </form>
            <Discard place=of draft=id />
        </WizardPage>
    }
}

/// *Check both* is what the page is for until both have passed; then it is *Save*.
#[component]
fn MainButtons(ready: Signal<bool>, check_busy: Signal<bool>, save_busy: Signal<bool>) -> impl IntoView {
    let words = words();
    move || {
        let (check, save) = if ready.get() {
            (ButtonKind::Secondary, ButtonKind::Primary)
        } else {
            (ButtonKind::Primary, ButtonKind::Secondary)
        };
        view! {
            <Button kind=check name="intent" value="check_both" busy=check_busy>{say!(words, wizard.check_both)}</Button>
            <Button kind=save name="intent" value="save" busy=save_busy>{say!(words, wizard.save)}</Button>
        }
    }
}

/// The card of one direction.
#[component]
fn HalfCard(
    half: Half,
    search: Search,
    check_intent: Intent,
    save_intent: Intent,
    busy: Signal<bool>,
) -> impl IntoView {
    let words = words();
    let (fields, check) = (half.fields, half.check);
    let (title, text, check_words, save_words) = match fields.direction {
        Direction::Incoming => (
            say!(words, wizard.incoming),
            say!(words, wizard.incoming_text),
            say!(words, wizard.check_incoming),
            say!(words, wizard.save_incoming),
        ),
        Direction::Outgoing => (
            say!(words, wizard.outgoing),
            say!(words, wizard.outgoing_text),
            say!(words, wizard.check_outgoing),
            say!(words, wizard.save_outgoing),
        ),
    };
    let heal_intent = match fields.direction {
        Direction::Incoming => Intent::HealIncoming,
        Direction::Outgoing => Intent::HealOutgoing,
    };
    let trust_intent = match fields.direction {
        Direction::Incoming => Intent::TrustIncoming,
        Direction::Outgoing => Intent::TrustOutgoing,
    };
    let running = check.running();
    let busy = Signal::derive(move || busy.get() || running.get());
    let saveable = move || half.ready();
    let report = check.report();
    let trouble = check.trouble();
    let protocol = fields.direction.protocol();
    let origins = Signal::derive(move || {
        let form = fields.form();
        search.found().with(|found| {
            let found = found.as_ref()?;
            found.standing_in(protocol, &form).map(|candidate| Origins::of(found, candidate))
        })
    });
    let shown =
        Signal::derive(move || report.get().unwrap_or_else(|| CheckReport::planned(protocol, fields.security())));
    view! {
        <Card title=title.to_owned() text=text.to_owned()>
            <div class="stack">
                <ServerFieldset fields report origins />
                <OtherFound fields search />
                <div class="actions">
                    <Button name="intent" value=intent_value(check_intent) busy>{check_words}</Button>
                    <Show when=saveable>
                        <Button kind=ButtonKind::Quiet name="intent" value=intent_value(save_intent)>{save_words}</Button>
                    </Show>
                </div>
                {move || trouble.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <LastCheck
                    fields report shown unchecked=say!(words, wizard.not_checked) posts=("intent", intent_value(heal_intent))
                    trusts=("intent", intent_value(trust_intent))
                />
            </div>
        </Card>
    }
}

/// What was found for the address, where something else is typed: typed values stay until somebody says otherwise.
#[component]
fn OtherFound(fields: ServerFields, search: Search) -> impl IntoView {
    let words = words();
    let protocol = fields.direction.protocol();
    let intent = match fields.direction {
        Direction::Incoming => Intent::UseIncoming,
        Direction::Outgoing => Intent::UseOutgoing,
    };
    let other = Memo::new(move |_| {
        let form = fields.form();
        search.found().with(|found| {
            let found = found.as_ref().filter(|found| found.standing_in(protocol, &form).is_none())?;
            let best = found.candidates(protocol).first()?;
            let endpoint = best.endpoint.value.clone();
            Some((endpoint.host, endpoint.port, from(words, found, best.endpoint.source, best)))
        })
    });
    move || {
        other.get().map(|(host, port, from)| {
            view! {
                <div class="offer">
                    <p>{say!(words, discovery.other_found, host = host.clone(), port = port, from = from)}</p>
                    <Button name="intent" value=intent_value(intent)>{say!(words, discovery.other_use, host = host)}</Button>
                </div>
            }
        })
    }
}

const fn intent_value(intent: Intent) -> &'static str {
    match intent {
        Intent::Keep => "keep",
        Intent::CheckBoth => "check_both",
        Intent::CheckIncoming => "check_incoming",
        Intent::CheckOutgoing => "check_outgoing",
        Intent::HealIncoming => "heal_incoming",
        Intent::HealOutgoing => "heal_outgoing",
        Intent::TrustIncoming => "trust_incoming",
        Intent::TrustOutgoing => "trust_outgoing",
        Intent::UseIncoming => "use_incoming",
        Intent::UseOutgoing => "use_outgoing",
        Intent::SaveIncoming => "save_incoming",
        Intent::SaveOutgoing => "save_outgoing",
        Intent::Save => "save",
        Intent::SaveAsDraft => "save_as_draft",
    }
}

fn summed_errors(words: Locale, fields: ServerFields) -> Vec<(String, String)> {
    let direction = fields.direction;
    let name = direction.protocol().name();
    fields.errors.with(|errors| {
        summary(words, errors, |invalid: &Invalid| {
            (field_id(direction, invalid.field), field_label(words, invalid.field))
        })
        .into_iter()
        .map(|(id, text)| (id, format!("{name} – {text}")))
        .collect()
    })
}
