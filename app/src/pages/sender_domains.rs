//! Sender domains: whether receivers believe mail of default mailboxes, and the records that make them.

pub mod words;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{DomainReport, Keeper, Part, Publish, SenderDomain, Standing, Verdict};

use self::words::{DomainWords, domain_state, part_state, tone};
use super::{
    loaded::loaded,
    words::{action_error, api_error},
};
use crate::{
    api::sender_domains::{LookUpSenderDomain, sender_domain, sender_domains},
    components::{
        Breadcrumb, Button, ButtonKind, Card, CopyLine, EmptyState, Fold, LinkButton, Moment, Notice, Page, PageHead,
        PageWidth, Picture, StatusBadge, Tone,
    },
    i18n::{GAP, Locale, around, words},
    say,
};

/// The address of a domain's page.
fn href(domain: &SenderDomain) -> String {
    format!("/account/sender-domains/{}", domain.domain)
}

/// `/account/sender-domains`
#[component]
pub fn SenderDomainsPage() -> impl IntoView {
    let words = words();
    let title = say!(words, domains.title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, domains.list_text).to_owned() />
            {loaded(|| (), |()| sender_domains(), |domains| view! { <Domains domains /> })}
        </Page>
    }
}

/// The list, or the words that there is nothing to look after.
#[component]
pub fn Domains(domains: Vec<SenderDomain>) -> impl IntoView {
    let words = words();
    if domains.is_empty() {
        return Either::Left(view! {
            <Card bare=true>
                <EmptyState
                    title=say!(words, domains.empty_title) text=say!(words, domains.empty) picture=Picture::Check
                />
            </Card>
        });
    }
    let lines = domains.into_iter().map(move |domain| {
        let mailboxes = match domain.mailboxes {
            1 => say!(words, domains.mailboxes_one).to_owned(),
            many => say!(words, domains.mailboxes_many, count = many),
        };
        view! {
            <li>
                <State domain=domain.clone() />
                <div>
                    <a href=href(&domain)>{domain.shown.clone()}</a>
                    <span class="soft small">{mailboxes}</span>
                </div>
            </li>
        }
    });
    Either::Right(view! {
        <Card>
            <ul class="history" role="list">{lines.collect_view()}</ul>
        </Card>
    })
}

/// How a domain is doing, in a word.
#[component]
fn State(domain: SenderDomain) -> impl IntoView {
    let words = words();
    match domain.report.as_ref().map(DomainReport::standing) {
        Some(standing) => view! { <StatusBadge tone=tone(standing) text=domain_state(words, standing) /> },
        None => view! { <StatusBadge tone=Tone::Off text=say!(words, domains.state_new) /> },
    }
}

/// The card on the page of a default mailbox.
#[component]
pub fn SenderDomainCard(domain: SenderDomain) -> impl IntoView {
    let words = words();
    let text = say!(words, domains.card_text, domain = domain.shown.clone());
    let signing = if domain.signing { say!(words, domains.signing_on) } else { say!(words, domains.signing_off) };
    view! {
        <Card title=say!(words, domains.card_title).to_owned() text=text>
            <div class="stack">
                <p><State domain=domain.clone() /></p>
                <p>{signing}</p>
                <div class="actions">
                    <LinkButton href=href(&domain)>{say!(words, domains.open)}</LinkButton>
                </div>
            </div>
        </Card>
    }
}

/// `/account/sender-domains/{domain}`
#[component]
pub fn SenderDomainPage() -> impl IntoView {
    let params = use_params_map();
    let domain = Memo::new(move |_| params.with(|params| params.get("domain")).unwrap_or_default());
    let look = ServerAction::<LookUpSenderDomain>::new();
    loaded(
        // Looking again leads back to the same address, which by itself would load nothing anew.
        move || (domain.get(), look.version().get()),
        |(domain, _)| sender_domain(domain),
        move |domain| {
            view! {
                <Page width=PageWidth::Narrow>
                    <Shown domain look />
                </Page>
            }
        },
    )
}

#[component]
fn Shown(domain: SenderDomain, look: ServerAction<LookUpSenderDomain>) -> impl IntoView {
    let words = words();
    let list = say!(words, domains.title).to_owned();
    let way = vec![
        (say!(words, common.admin).to_owned(), Some("/".to_owned())),
        (list, Some("/account/sender-domains".to_owned())),
        (domain.shown.clone(), None),
    ];
    let refused = action_error(look);
    let (title, name) = (domain.shown.clone(), domain.domain.clone());
    let lead = say!(words, domains.lead, domain = domain.shown.clone());
    let looked =
        domain.looked_at.map(|at| around(&say!(words, domains.looked_at, when = GAP), view! { <Moment at /> }));
    view! {
        <Title text=title.clone() />
        <Breadcrumb items=way />
        <PageHead title text=lead>
            <ActionForm action=look>
                <input type="hidden" name="domain" value=name />
                <Button kind=ButtonKind::Primary busy=look.pending()>
                    {move || if look.pending().get() { say!(words, domains.looking) } else { say!(words, domains.look_again) }}
                </Button>
            </ActionForm>
        </PageHead>
        {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
        <Records domain />
        <p class="soft small">{looked}</p>
    }
}

/// Everything about a domain: what holds for all of it, and its records.
#[component]
pub fn Records(domain: SenderDomain) -> impl IntoView {
    let words = words();
    let zone = domain.publish_dkim.as_ref().map_or_else(|| domain.shown.clone(), |record| record.zone.clone());
    let keeper = match domain.keeper {
        Keeper::Operator => say!(words, domains.keeper_operator).to_owned(),
        Keeper::Organisation => say!(words, domains.keeper_organisation, zone = zone),
    };
    let relay = match &domain.relay {
        Some(host) => say!(words, domains.relay, host = host.clone()),
        None => say!(words, domains.relay_none).to_owned(),
    };
    let signing = if domain.signing { say!(words, domains.signing_on) } else { say!(words, domains.signing_off) };
    let hidden = (!domain.public).then(|| {
        view! {
            <Notice tone=Tone::Warning title=say!(words, domains.not_public_title)>
                {say!(words, domains.not_public, domain = domain.shown.clone())}
            </Notice>
        }
    });
    let parts = domain.report.clone().map(|report| {
        let dkim = domain.publish_dkim.clone().filter(|_| report.dkim.standing() != Standing::Good);
        view! {
            <Record
                part=report.spf title=say!(words, domains.spf) text=say!(words, domains.spf_text)
                note=relay publish=domain.publish_spf.clone() advice=say!(words, domains.spf_provider)
            />
            <Record
                part=report.dkim title=say!(words, domains.dkim) text=say!(words, domains.dkim_text)
                note=signing.to_owned() publish=dkim
            />
            <Record
                part=report.dmarc title=say!(words, domains.dmarc) text=say!(words, domains.dmarc_text)
                publish=domain.publish_dmarc.clone()
            />
            <Record part=report.mx title=say!(words, domains.mx) text=say!(words, domains.mx_text) publish=None />
        }
    });
    view! {
        {hidden}
        <p>{keeper}</p>
        {parts}
    }
}

/// One kind of record: what it is for, what was found, and what to publish.
#[component]
fn Record<V: DomainWords + Verdict + 'static>(
    part: Part<V>,
    title: &'static str,
    text: &'static str,
    /// What else to know.
    #[prop(optional)]
    note: Option<String>,
    publish: Option<Publish>,
    /// What to do where the record to publish does not fit.
    #[prop(optional)]
    advice: Option<&'static str>,
) -> impl IntoView {
    let words = words();
    let standing = part.standing();
    let unanswered = part.unanswered.clone().map(|why| {
        let text = match part.seen_at {
            Some(at) => around(&say!(words, domains.unanswered_before, when = GAP, why = why), view! { <Moment at /> })
                .into_any(),
            None => say!(words, domains.unanswered_never, why = why).into_any(),
        };
        view! { <Notice tone=Tone::Warning title=say!(words, domains.unanswered_title)>{text}</Notice> }
    });
    let verdict = part.verdict.as_ref().map(|verdict| view! { <p>{verdict.say(words)}</p> });
    let found = part.verdict.is_some().then(|| view! { <Found found=part.found.clone() /> });
    let replaces = !part.found.is_empty();
    let publish = publish.map(|record| view! { <ToPublish record replaces advice /> });
    view! {
        <Card
            title=title.to_owned() text=text.to_owned()
            aside=move || view! { <StatusBadge tone=tone(standing) text=part_state(words, standing) /> }
        >
            <div class="stack">
                {unanswered} {verdict} {note.map(|note| view! { <p class="soft">{note}</p> })} {found} {publish}
            </div>
        </Card>
    }
}

/// The records as they stand.
#[component]
fn Found(found: Vec<String>) -> impl IntoView {
    let words = words();
    if found.is_empty() {
        return Either::Left(view! { <p class="soft small">{say!(words, domains.found_none)}</p> });
    }
    let lines = found.into_iter().map(|one| view! { <blockquote translate="no">{one}</blockquote> }).collect_view();
    Either::Right(view! {
        <figure class="reply">
            <figcaption>{say!(words, domains.found)}</figcaption>
            {lines}
        </figure>
    })
}

/// A record to copy, field by field and as a line of a zone file.
#[component]
fn ToPublish(record: Publish, replaces: bool, advice: Option<&'static str>) -> impl IntoView {
    let words: Locale = words();
    let title = if replaces { say!(words, domains.publish_change) } else { say!(words, domains.publish) };
    let help = say!(words, domains.host_help, zone = record.zone.clone(), name = record.name.clone());
    view! {
        <div class="stack">
            <h3>{title}</h3>
            <dl class="facts">
                <dt>{say!(words, domains.kind)}</dt>
                <dd>"TXT"</dd>
                <dt>{say!(words, domains.host)}</dt>
                <dd><CopyLine text=record.host.clone() /><p class="hint">{help}</p></dd>
                <dt>{say!(words, domains.value)}</dt>
                <dd><CopyLine text=record.value.clone() /></dd>
            </dl>
            <Fold summary=say!(words, domains.zone_file)>
                <CopyLine text=record.zone_line() />
            </Fold>
            {advice.map(|advice| view! { <p class="hint">{advice}</p> })}
            <p class="hint">{say!(words, domains.after)}</p>
        </div>
    }
}
