//! One mailbox: how it is doing, what it is set to, and what can be done with it.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{
    CheckReport, Direction, DirectionStatus, MailboxDetails, MailboxId, MailboxState, MailboxSummary, PrimaryOf,
    Security, ServerKind, ServerSettings, Trust,
};

use serde::{Deserialize, Serialize};

use super::{
    activation::{ActivationCard, Proven},
    checklist::{Checklist, Facts},
    forwarding::Forwarding,
    frame::{Place, Trail, in_place, mail_steps},
    live_check::LiveCheck,
    loaded::loaded,
    mailbox_sign_in::MailboxSignIn,
    mailboxes::DirectionState,
    test_mail::{ParkedMail, TestMailCard},
    wizard::trust_fields::Authorities,
    words::{action_error, api_error},
};
use crate::{
    api::{
        ApiError,
        activation::{ActivationShown, activation},
        checks::CheckMailbox,
        drafts::EditMailbox,
        forwarding::{ForwardingShown, forwarding_of},
        live::Whose,
        mailboxes::{PauseMailbox, mailbox},
        oauth::{SignInShown, sign_in_state},
        test_mail::{TestMailShown, last_test_mail},
    },
    components::{
        Button, ButtonKind, Card, Chip, FingerprintLine, LinkButton, Moment, Notice, Page, PageHead, Picture,
        StatusBadge, StepList, SupportFile, Tone, TrustedByEditing,
    },
    i18n::{GAP, Locale, around, words},
    say,
};

/// The number in the address; 0, which no mailbox has, where it is no number.
pub fn mailbox_in_address() -> Memo<MailboxId> {
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|params| params.get("mailbox")).and_then(|id| id.parse().ok()).unwrap_or(MailboxId(0))
    })
}

/// What a page needs to be drawn.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Drawn {
    details: MailboxDetails,
    sign_in: Option<SignInShown>,
    test: TestMailShown,
    activation: ActivationShown,
    /// Where the mailbox is on Postroom's own server, for whoever may change it.
    forwarding: Option<ForwardingShown>,
}

/// How both servers are doing, incoming first; follows the checks.
type Statuses = RwSignal<(DirectionStatus, DirectionStatus)>;

/// The page.
#[component]
pub fn MailboxPage() -> impl IntoView {
    let pause = ServerAction::<PauseMailbox>::new();
    in_place(move |place| {
        let id = mailbox_in_address();
        let (slug, manages) = (place.slug.clone(), place.manages);
        loaded(
            // Pausing leads back to the same address, which by itself would load nothing anew.
            move || (slug.clone(), id.get(), pause.version().get()),
            move |(slug, id, _)| async move {
                let details = mailbox(slug.clone(), id).await?;
                let sign_in = match details.summary.grant {
                    Some(_) if manages => Some(sign_in_state(slug.clone(), Whose::Mailbox(id)).await?),
                    _ => None,
                };
                let test = last_test_mail(slug.clone(), id).await?;
                let activation = activation(slug.clone(), id).await?;
                let forwarding = match details.summary.kind {
                    ServerKind::Default if manages => Some(forwarding_of(slug, id).await?),
                    _ => None,
                };
                Ok::<Drawn, ApiError>(Drawn { details, sign_in, test, activation, forwarding })
            },
            move |drawn| {
                view! { <Shown place=place.clone() drawn pause /> }
            },
        )
    })
}

#[component]
fn Shown(place: Place, drawn: Drawn, pause: ServerAction<PauseMailbox>) -> impl IntoView {
    let Drawn { details, sign_in, test, activation, forwarding } = drawn;
    let words = words();
    let one = details.summary.clone();
    let steps = mail_steps(words, &place, Some(one.name.clone()));
    let edit = ServerAction::<EditMailbox>::new();
    let refused = action_error(pause);
    let paused = one.state == MailboxState::Paused;
    let hidden = || hidden_ids(&place, one.id);
    let (edit_ids, pause_ids) = (hidden(), hidden());
    let told = match one.state {
        MailboxState::Draft => {
            Some((Tone::Warning, say!(words, mailboxes.draft_title), say!(words, mailboxes.draft_text)))
        }
        MailboxState::Paused => {
            Some((Tone::Info, say!(words, mailboxes.paused_title), say!(words, mailboxes.paused_text)))
        }
        MailboxState::Active => None,
    };
    let custom = one.kind == ServerKind::Custom;
    // Whoever may only look is offered nothing that would be refused.
    let (manages, admin) = (place.manages, place.admin);
    let pausable = manages && custom && one.state != MailboxState::Draft;
    let group =
        one.group.as_ref().map_or_else(|| say!(words, mailboxes.no_group).to_owned(), |group| group.name.clone());
    let kind = match (one.kind, &one.grant) {
        (ServerKind::Default, _) => say!(words, mailboxes.default_server).to_owned(),
        (ServerKind::Custom, None) => say!(words, mailboxes.own_server).to_owned(),
        (ServerKind::Custom, Some(grant)) => say!(words, signin.own_server, provider = grant.provider.name()),
    };
    // Where signing in again is what the page is for, editing is not.
    let broken = one.grant.as_ref().is_some_and(|grant| grant.problem.is_some());
    let edit_kind = if broken { ButtonKind::Secondary } else { ButtonKind::Primary };
    let sign_in = one.grant.clone().filter(|_| manages).map(|grant| {
        view! { <div id="sign-in"><MailboxSignIn place=place.clone() mailbox=one.id grant shown=sign_in /></div> }
    });
    let company = one.company.as_ref().map(|company| {
        view! { <dt>{say!(words, mailboxes.company)}</dt><dd>{company.name.clone()}</dd> }
    });
    let outside_only = !custom;
    let can_test = outside_only || (details.incoming_settings.is_some() && details.outgoing_settings.is_some());
    let outbox = place.outbox();
    let parked = test.clone();
    let (test, activation) = (RwSignal::new(test), RwSignal::new(activation));
    let statuses = RwSignal::new((one.incoming.clone(), one.outgoing.clone()));
    let awaiting = Memo::new(move |_| activation.with(|shown| shown.awaiting));
    // On our own server the check of forwarding is what proves the address.
    let activation_card = (manages && custom).then(|| {
        view! {
            <ActivationCard place=place.clone() mailbox=one.id address=one.address.to_string() state=activation />
        }
    });
    let checklist = (manages && custom).then(|| {
        let (workspace, details, kind) = (place.slug.clone(), details.clone(), kind.clone());
        let items = Signal::derive(move || {
            let (incoming, outgoing) = statuses.get();
            let (activation, test) = (activation.get(), test.get());
            let (incoming, outgoing, activation, test) = (&incoming, &outgoing, &activation, &test);
            let (workspace, details, kind) = (workspace.as_str(), &details, kind.as_str());
            Facts { workspace, details, incoming, outgoing, activation, test, kind }.items(words)
        });
        view! { <Checklist items /> }
    });
    let proven = move || {
        let proven = activation.with(|shown| shown.activation.clone()).filter(|one| one.proof.is_some());
        proven.map(|activation| {
            view! {
                <dt>{say!(words, activation.card_title)}</dt>
                <dd><Proven activation /></dd>
            }
        })
    };
    let test_mail = (manages && can_test).then(|| {
        view! {
            <TestMailCard place=place.clone() mailbox=one.id address=one.address.to_string() state=test outside_only />
        }
    });
    let servers = match forwarding {
        Some(shown) => Either::Right(Either::Left(view! {
            <Forwarding place=place.clone() mailbox=one.id address=one.address.to_string() shown />
        })),
        None if !custom => Either::Right(Either::Right(())),
        None => Either::Left(view! { <Servers place=place.clone() details statuses awaiting /> }),
    };
    let primary =
        one.primary.then(|| view! { <p><Chip text=say!(words, mailboxes.primary) picture=Picture::Star /></p> });
    let serves = place.msp.then(|| {
        let company = one.company.as_ref().filter(|_| one.company_primary).map(|company| company.name.clone());
        view! {
            {company.map(|company| view! {
                <p><Chip text=say!(words, mailboxes.company_primary, company = company) picture=Picture::Star /></p>
            })}
            {one.account_primary.then(|| view! {
                <p><Chip text=say!(words, mailboxes.account_primary) picture=Picture::Star /></p>
            })}
        }
    });
    let choices = view! { <PrimaryChoices place=place.clone() one=one.clone() /> };
    let history = format!("{}/{}/history", place.mailboxes(), one.id);
    let delete = format!("{}/{}/delete", place.mailboxes(), one.id);
    view! {
        <Title text=one.name.clone() />
        <Page>
            <Trail place steps />
            <PageHead title=one.name.clone() text=one.address.to_string()>
                {manages.then(|| view! {
                    <ActionForm action=edit>
                        {edit_ids}
                        <Button kind=edit_kind busy=edit.pending()>{say!(words, common.edit)}</Button>
                    </ActionForm>
                })}
                {pausable.then(|| view! {
                    <ActionForm action=pause>
                        {pause_ids}
                        <input type="hidden" name="paused" value=(!paused).to_string() />
                        <Button busy=pause.pending()>
                            {if paused { say!(words, mailboxes.resume) } else { say!(words, mailboxes.pause) }}
                        </Button>
                    </ActionForm>
                })}
            </PageHead>
            {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {told.map(|(tone, title, text)| view! { <Notice tone title=title>{text}</Notice> })}
            <ParkedMail shown=parked outbox by_relay=outside_only admin />
            {activation_card}
            {checklist}
            <Card>
                {primary}
                {serves}
                {move || awaiting.get().then(|| view! {
                    <p><StatusBadge tone=Tone::Waiting text=say!(words, activation.awaiting) /></p>
                })}
                <dl class="facts">
                    <dt>{say!(words, mailboxes.group)}</dt>
                    <dd>{group}</dd>
                    {company}
                    <dt>{say!(words, mailboxes.server_type)}</dt>
                    <dd>{kind}</dd>
                    {proven}
                </dl>
            </Card>
            {sign_in}
            {servers}
            {test_mail}
            <div class="page-end">
                {choices}
                {custom.then(|| view! {
                    <LinkButton href=history kind=ButtonKind::Quiet>{say!(words, watch.history)}</LinkButton>
                })}
                {manages.then(|| if one.primary {
                    Either::Left(view! { <p class="soft">{say!(words, mailboxes.primary_kept)}</p> })
                } else {
                    Either::Right(view! {
                        <LinkButton href=delete kind=ButtonKind::Quiet dangerous=true>{say!(words, mailboxes.delete)}</LinkButton>
                    })
                })}
            </div>
        </Page>
    }
}

/// Whose primary mailbox this one can be made, by whoever reads the page.
#[component]
fn PrimaryChoices(place: Place, one: MailboxSummary) -> impl IntoView {
    let words = words();
    let page = format!("{}/{}/primary", place.mailboxes(), one.id);
    let to = move |of: PrimaryOf| format!("{page}/{}", of.as_str());
    let may = one.state != MailboxState::Draft && place.manages;
    let serves = may && place.msp && place.admin;
    let company = one.company.as_ref().filter(|_| serves && !one.company_primary).map(|company| company.name.clone());
    view! {
        {(may && !one.primary).then(|| view! {
            <LinkButton href=to(PrimaryOf::Workspace) kind=ButtonKind::Quiet>
                {say!(words, mailboxes.make_primary)}
            </LinkButton>
        })}
        {company.map(|company| view! {
            <LinkButton href=to(PrimaryOf::Company) kind=ButtonKind::Quiet>
                {say!(words, mailboxes.make_company_primary, company = company)}
            </LinkButton>
        })}
        {(serves && !one.account_primary).then(|| view! {
            <LinkButton href=to(PrimaryOf::Account) kind=ButtonKind::Quiet>
                {say!(words, mailboxes.make_account_primary)}
            </LinkButton>
        })}
    }
}

/// Which mailbox a form is about.
fn hidden_ids(place: &Place, mailbox: MailboxId) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="workspace" value=place.slug.clone() />
        <input type="hidden" name="mailbox" value=mailbox.0 />
    }
}

/// Both servers side by side: settings, state, the last check, and the button to check again.
#[component]
fn Servers(place: Place, details: MailboxDetails, statuses: Statuses, awaiting: Memo<bool>) -> impl IntoView {
    let words = words();
    let id = details.summary.id;
    let action = ServerAction::<CheckMailbox>::new();
    let incoming = LiveCheck::new(Direction::Incoming, details.incoming_report.clone());
    let outgoing = LiveCheck::new(Direction::Outgoing, details.outgoing_report.clone());
    let configured = [(incoming, details.incoming_settings.clone()), (outgoing, details.outgoing_settings.clone())];
    let busy = Signal::derive(move || incoming.running().get() || outgoing.running().get() || action.pending().get());
    let slug = place.slug.clone();
    provide_context(SupportFile(format!("{}/{id}/support.txt", place.mailboxes())));
    if details.summary.grant.is_none() {
        provide_context(TrustedByEditing);
    }
    // The states follow the checks: they are asked for again when the last one has ended.
    Effect::new({
        let slug = slug.clone();
        move |was_running: Option<bool>| {
            let running = incoming.running().get() || outgoing.running().get();
            if was_running == Some(true) && !running {
                let slug = slug.clone();
                leptos::task::spawn_local(async move {
                    if let Ok(MailboxDetails { summary, .. }) = mailbox(slug, id).await {
                        statuses.try_set((summary.incoming, summary.outgoing));
                    }
                });
            }
            running
        }
    });
    let check = {
        let (slug, configured) = (slug.clone(), configured.clone());
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            for (check, settings) in &configured {
                if let Some(settings) = settings {
                    check.start(slug.clone(), Whose::Mailbox(id), settings.endpoint.security);
                }
            }
        }
    };
    let any = configured.iter().any(|(_, settings)| settings.is_some());
    let cards = configured.into_iter().map(|(check, settings)| {
        let status = Signal::derive(move || {
            statuses.with(|(incoming, outgoing)| match check.direction() {
                Direction::Incoming => incoming.clone(),
                Direction::Outgoing => outgoing.clone(),
            })
        });
        let title = match check.direction() {
            Direction::Incoming => say!(words, mailboxes.incoming_server),
            Direction::Outgoing => say!(words, mailboxes.outgoing_server),
        };
        // The badge says when it last worked; the check is worth a line where it is another moment.
        let checked_at =
            move || status.with(|status| status.checked_at.filter(|at| status.last_ok_at != Some(*at)));
        let state = details.summary.state;
        view! {
            <Card title=title.to_owned()>
                <div class="stack">
                    <div class="direction-state">
                        {move || view! { <DirectionState kind=ServerKind::Custom state awaiting=awaiting.get() status=status.get() /> }}
                    </div>
                    {settings.map(|settings| view! { <Settings settings /> })}
                    {move || checked_at().map(|at| view! {
                        <p class="soft small">{around(&say!(words, mailboxes.checked, when = GAP), view! { <Moment at /> })}</p>
                    })}
                    <Watched check />
                    {move || status.with(|status| status.problem.is_some()).then(|| view! {
                        <p class="small"><a href="/help/troubleshooting">{say!(words, mailboxes.what_to_check)}</a></p>
                    })}
                </div>
            </Card>
        }
    });
    view! {
        <form id="servers" method="post" action="/api/check_mailbox" on:submit=check class="page-tools">
            <input type="hidden" name="workspace" value=slug />
            <input type="hidden" name="mailbox" value=id.0 />
            {(any && place.manages).then(|| view! {
                <Button busy>{move || if busy.get() { say!(words, mailboxes.checking) } else { say!(words, mailboxes.check_again) }}</Button>
            })}
        </form>
        <div class="pair">{cards.collect_view()}</div>
    }
}

/// The ladder of a check, or the words that there has been none.
#[component]
pub fn Watched(check: LiveCheck) -> impl IntoView {
    let words = words();
    let report = check.report();
    let trouble = check.trouble();
    let empty = CheckReport::planned(check.direction().protocol(), Security::Tls);
    let shown = Signal::derive(move || report.get().unwrap_or_else(|| empty.clone()));
    view! {
        {move || trouble.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
        <Show
            when=move || report.with(Option::is_some)
            fallback=move || view! { <p class="soft">{say!(words, mailboxes.no_report)}</p> }
        >
            <StepList report=shown />
        </Show>
    }
}

/// Host, encryption and user name, as they are set.
#[component]
pub fn Settings(settings: ServerSettings) -> impl IntoView {
    let words = words();
    let endpoint = settings.endpoint;
    view! {
        <dl class="facts">
            <dt>{say!(words, mailboxes.server)}</dt>
            <dd>{format!("{}:{}", endpoint.host, endpoint.port)}</dd>
            <dt>{say!(words, mailboxes.security)}</dt>
            <dd>{security_words(words, endpoint.security)}</dd>
            <Trusted trust=endpoint.trust />
            <dt>{say!(words, mailboxes.sign_in_as)}</dt>
            <dd>{settings.username}</dd>
            {(settings.folder != "INBOX").then(|| view! {
                <dt>{say!(words, wizard.folder)}</dt>
                <dd>{settings.folder}</dd>
            })}
        </dl>
    }
}

/// Who vouches for the server, where that is not for the usual authorities alone.
#[component]
fn Trusted(trust: Trust) -> impl IntoView {
    let words = words();
    let told = match trust {
        Trust::Usual => return None,
        Trust::Certificate { sha256 } => view! {
            <dd>
                {say!(words, mailboxes.trusts_one)}
                <FingerprintLine fingerprint=sha256 />
            </dd>
        }
        .into_any(),
        Trust::Authority { pem } => view! {
            <dd>
                {say!(words, mailboxes.trusts_authority)}
                <Authorities pem=Signal::stored(pem) />
            </dd>
        }
        .into_any(),
    };
    Some(view! {
        <dt>{say!(words, mailboxes.trust)}</dt>
        {told}
    })
}

fn security_words(words: Locale, security: Security) -> &'static str {
    match security {
        Security::Tls => say!(words, mailboxes.tls),
        Security::StartTls => say!(words, mailboxes.starttls),
        Security::None => say!(words, mailboxes.no_tls),
    }
}
