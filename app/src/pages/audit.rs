//! *Audit log*: who changed what, when, and from where.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use postroom_server::model::{AuditAct, AuditActor, AuditChange, AuditChapter, AuditEntry};

use super::{
    audit_words::{act_words, chapter_words, switch_words},
    loaded::loaded,
};
use crate::{
    api::audit::{AuditPage, AuditQuery, audit_log},
    components::{
        Breadcrumb, Button, ButtonKind, Card, EmptyState, Field, Fold, LinkButton, Moment, Page, PageHead, Picture,
        Select,
    },
    i18n::{Locale, words},
    say,
};

const HERE: &str = "/account/audit";

/// The page.
#[component]
pub fn AuditLogPage() -> impl IntoView {
    let words = words();
    let title = say!(words, audit.title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    let query_map = use_query_map();
    let asked = Memo::new(move |_| {
        let of = |key| query_map.with(|query| query.get(key)).unwrap_or_default();
        AuditQuery { q: of("q"), about: of("about"), from: of("from"), until: of("until"), before: of("before") }
    });
    view! {
        <Title text=title />
        <Page>
            <Breadcrumb items />
            <PageHead title text=say!(words, audit.lead).to_owned() />
            <Filters asked=asked.get_untracked() />
            {loaded(move || asked.get(), audit_log, move |page| view! { <Shown page asked=asked.get_untracked() /> })}
        </Page>
    }
}

/// A plain form: what is asked for stands in the address, and can be shared.
#[component]
fn Filters(asked: AuditQuery) -> impl IntoView {
    let words = words();
    let mut chapters = vec![(String::new(), say!(words, audit.everything).to_owned())];
    chapters.extend(
        AuditChapter::ALL.map(|chapter| (chapter.as_str().to_owned(), chapter_words(words, chapter).to_owned())),
    );
    let narrows = asked.narrows();
    view! {
        <form class="audit-filters" role="search" method="get" action=HERE>
            <Field label=say!(words, audit.search) name="q" value=asked.q hint=say!(words, audit.search_hint).to_owned() />
            <Select label=say!(words, audit.about) name="about" options=chapters value=asked.about />
            <Field label=say!(words, audit.from) name="from" kind="date" value=asked.from />
            <Field label=say!(words, audit.until) name="until" kind="date" value=asked.until />
            <div class="actions">
                <Button kind=ButtonKind::Primary>{say!(words, audit.show)}</Button>
                {narrows.then(|| view! {
                    <LinkButton kind=ButtonKind::Quiet href=HERE>{say!(words, audit.show_all)}</LinkButton>
                })}
            </div>
        </form>
    }
}

#[component]
fn Shown(page: AuditPage, asked: AuditQuery) -> impl IntoView {
    let words = words();
    if page.entries.is_empty() {
        let (title, text) = if asked.narrows() || !asked.before.is_empty() {
            (say!(words, audit.nothing_found), say!(words, audit.nothing_found_text))
        } else {
            (say!(words, audit.empty), say!(words, audit.empty_text))
        };
        return Either::Left(view! {
            <Card bare=true><EmptyState title text picture=Picture::Search /></Card>
        });
    }
    let kept = match page.keep_days {
        0 => say!(words, audit.kept_for_ever).to_owned(),
        days => say!(words, audit.kept, days = days),
    };
    let export = |format: &str| address(&format!("{HERE}/export/{format}"), &asked, None);
    let older = page.older.map(|before| address(HERE, &asked, Some(before.0)));
    let newest = (!asked.before.is_empty()).then(|| address(HERE, &asked, None));
    Either::Right(view! {
        <Card>
            <ol class="history">{page.entries.into_iter().map(|entry| view! { <Line entry /> }).collect_view()}</ol>
        </Card>
        <nav class="actions" aria-label=say!(words, audit.pages)>
            {newest.map(|href| view! {
                <LinkButton kind=ButtonKind::Secondary href=href>{say!(words, audit.newest)}</LinkButton>
            })}
            {older.map(|href| view! {
                <LinkButton kind=ButtonKind::Secondary href=href>{say!(words, audit.older)}</LinkButton>
            })}
        </nav>
        <p class="soft small">
            {kept} " " {say!(words, audit.export)} " "
            // Files are no pages: the router must let them be.
            <a href=export("csv") rel="external" download="">"CSV"</a> " · "
            <a href=export("json") rel="external" download="">"JSON"</a>
        </p>
    })
}

/// The address of these lines, or of those that are older than one.
fn address(path: &str, asked: &AuditQuery, before: Option<i64>) -> String {
    let pairs = [("q", &asked.q), ("about", &asked.about), ("from", &asked.from), ("until", &asked.until)];
    let mut query: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", leptos_router::location::Url::escape(value)))
        .collect();
    query.extend(before.map(|before| format!("before={before}")));
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[component]
fn Line(entry: AuditEntry) -> impl IntoView {
    let words = words();
    let AuditEntry { at, actor, remote_address, act, workspace, subject, changes, .. } = entry;
    let subject = if act == AuditAct::SwitchChanged { switch_words(words, subject) } else { subject };
    // What was done to a workspace happened in it.
    let workspace = workspace.filter(|workspace| *workspace != subject);
    let place = [workspace, (!subject.is_empty()).then_some(subject)].into_iter().flatten().collect::<Vec<_>>();
    view! {
        <li>
            <span class="soft small"><Moment at=at /></span>
            <div>
                <span><strong>{act_words(words, act)}</strong> {place.into_iter().map(|part| format!(" · {part}")).collect_view()}</span>
                <span class="soft small">
                    {actor_words(words, actor)}
                    {remote_address.map(|remote| say!(words, audit.from_address, address = remote))}
                </span>
                {(!changes.is_empty()).then(|| view! { <Changes changes /> })}
            </div>
        </li>
    }
}

fn actor_words(words: Locale, actor: AuditActor) -> String {
    match actor {
        AuditActor::Person { name, address, .. } => format!("{name} ({address})"),
        AuditActor::LinkHolder { name } => say!(words, audit.link_holder, name = name),
        AuditActor::Shell => say!(words, audit.shell).to_owned(),
        AuditActor::Postroom => say!(words, audit.postroom).to_owned(),
        AuditActor::Stranger { address } if address.is_empty() => say!(words, audit.somebody).to_owned(),
        AuditActor::Stranger { address } => say!(words, audit.stranger, address = address),
    }
}

/// What became different, behind a summary: most readers only want to know that something did.
#[component]
fn Changes(changes: Vec<AuditChange>) -> impl IntoView {
    let words = words();
    let count = match changes.len() {
        1 => say!(words, audit.one_change).to_owned(),
        many => say!(words, audit.changes, count = many),
    };
    let rows = changes.into_iter().map(move |change| {
        let value = |value: Option<String>| match value {
            Some(value) if !value.is_empty() => Either::Left(view! { <span>{value}</span> }),
            _ => Either::Right(view! { <span class="soft">{say!(words, audit.nothing)}</span> }),
        };
        let sides = if change.secret {
            Either::Left(view! { <dd>{say!(words, audit.secret_changed)}</dd> })
        } else {
            Either::Right(view! {
                <dd>
                    <del>{value(change.before)}</del> <span aria-hidden="true">" → "</span> <ins>{value(change.after)}</ins>
                </dd>
            })
        };
        view! { <dt><code>{change.field}</code></dt> {sides} }
    });
    view! {
        <Fold summary=count>
            <dl class="audit-changes">{rows.collect_view()}</dl>
        </Fold>
    }
}
