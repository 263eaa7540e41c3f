//! The client companies of an MSP: their domains, their mailboxes, and what answers each.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{
    Companies, CompanyDetails, CompanyId, CompanyMailbox, CompanySummary, Field as FormField, MailboxState, PrimaryOf,
};

use super::{
    loaded::loaded,
    names::{Create, Named, Names, Refused},
    words::{action_error, api_error, error_beside, typed},
};
use crate::{
    api::{
        account::load_overview,
        companies::{
            AddDomain, ArchiveCompany, CreateCompany, RemoveDomain, RenameCompany, SetMsp, list_companies, one_company,
        },
    },
    components::{
        Breadcrumb, Button, ButtonKind, Card, Checkbox, Chip, EmptyState, Field, Notice, Page, PageHead, PageWidth,
        Picture, Tone,
    },
    i18n::{Locale, words},
    say,
};

/// The address of the list.
const LIST: &str = "/account/companies";

/// All of them, and the switch that makes the account one that serves some.
#[component]
pub fn CompaniesPage() -> impl IntoView {
    let words = words();
    let (create, rename, archive) = (
        ServerAction::<CreateCompany>::new(),
        ServerAction::<RenameCompany>::new(),
        ServerAction::<ArchiveCompany>::new(),
    );
    let switch = ServerAction::<SetMsp>::new();
    let changes = move || (rename.version().get(), archive.version().get());
    view! {
        <Title text=say!(words, admin.companies) />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items=vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (say!(words, admin.companies).to_owned(), None)] />
            <PageHead title=say!(words, admin.companies) text=say!(words, admin.companies_text).to_owned() />
            <Refused rename archive />
            {loaded(move || switch.version().get(), |_| load_overview(None), move |overview| view! {
                <Card>
                    <ActionForm action=switch attr:class="form">
                        <Checkbox label=say!(words, admin.msp) name="msp" checked=overview.msp hint=say!(words, admin.msp_hint).to_owned() />
                        <div class="actions"><Button busy=switch.pending()>{say!(words, common.save)}</Button></div>
                    </ActionForm>
                </Card>
            })}
            {loaded(changes, |_| list_companies(), move |companies| {
                let Companies { all, account_primary, chosen } = companies;
                let account = account_primary.clone();
                let lines: Vec<Named> = all.into_iter().map(|one| line(words, one, account.as_ref())).collect();
                if lines.is_empty() {
                    Either::Left(view! { <Card bare=true><EmptyState title=say!(words, admin.no_companies) text=say!(words, admin.no_companies_text) picture=Picture::Person /></Card> })
                } else {
                    Either::Right(view! {
                        <Names lines rename archive />
                        <AccountPrimary mailbox=account_primary chosen />
                    })
                }
            })}
            <Create action=create title=say!(words, admin.new_company) />
        </Page>
    }
}

fn line(words: Locale, one: CompanySummary, account: Option<&CompanyMailbox>) -> Named {
    let domains = if one.domains.is_empty() { say!(words, companies.none).to_owned() } else { one.domains.join(", ") };
    let note = [domains, count(words, one.mailboxes), served(words, &one, account)].join(" · ");
    Named {
        id: one.company.id.0,
        href: Some(format!("{LIST}/{}", one.company.id)),
        name: one.company.name,
        archived: one.company.archived,
        note: Some(note),
        ask: None,
    }
}

fn count(words: Locale, mailboxes: u32) -> String {
    match mailboxes {
        0 => say!(words, companies.mailboxes_none).to_owned(),
        1 => say!(words, companies.mailboxes_one).to_owned(),
        many => say!(words, companies.mailboxes_many, count = many),
    }
}

/// Who answers a company.
fn served(words: Locale, one: &CompanySummary, account: Option<&CompanyMailbox>) -> String {
    match (&one.primary, account) {
        (Some(own), _) => say!(words, companies.served_by, address = own.address.to_string()),
        (None, Some(account)) => say!(words, companies.served_by_account, address = account.address.to_string()),
        (None, None) => say!(words, companies.served_by_nobody).to_owned(),
    }
}

fn page_of(mailbox: &CompanyMailbox) -> String {
    format!("/admin/{}/channels/email/mailboxes/{}", mailbox.workspace.slug, mailbox.id)
}

/// What answers the companies without a mailbox.
#[component]
fn AccountPrimary(mailbox: Option<CompanyMailbox>, chosen: bool) -> impl IntoView {
    let words = words();
    let shown = match mailbox {
        Some(mailbox) => {
            let (name, address) = (mailbox.name.clone(), mailbox.address.to_string());
            let workspace = mailbox.workspace.name.clone();
            let text = say!(words, companies.account_chosen, name = name, address = address, workspace = workspace);
            Either::Left(view! {
                <p><a href=page_of(&mailbox)>{text}</a></p>
                {(!chosen).then(|| view! { <p class="soft small">{say!(words, companies.account_default)}</p> })}
                <p class="soft small">{say!(words, companies.account_change)}</p>
            })
        }
        None => Either::Right(view! { <p>{say!(words, companies.account_none)}</p> }),
    };
    view! {
        <Card
            title=say!(words, companies.account_primary).to_owned()
            text=say!(words, companies.account_primary_text).to_owned()
        >
            <div class="stack">{shown}</div>
        </Card>
    }
}

/// `/account/companies/{company}`
#[component]
pub fn CompanyPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("company")).and_then(|id| id.parse().ok()).map_or(CompanyId(0), CompanyId)
    });
    let (add, remove) = (ServerAction::<AddDomain>::new(), ServerAction::<RemoveDomain>::new());
    loaded(
        // Both lead back to the same address, which by itself would load nothing anew.
        move || (id.get(), add.version().get(), remove.version().get()),
        |(id, ..)| one_company(id),
        move |details| view! { <Shown details add remove /> },
    )
}

#[component]
fn Shown(details: CompanyDetails, add: ServerAction<AddDomain>, remove: ServerAction<RemoveDomain>) -> impl IntoView {
    let words = words();
    let CompanyDetails { summary, mailboxes, account_primary } = details;
    let served = served(words, &summary, account_primary.as_ref());
    let one = summary.company;
    let refused = action_error(remove);
    let items = vec![
        (say!(words, common.admin).to_owned(), Some("/".to_owned())),
        (say!(words, admin.companies).to_owned(), Some(LIST.to_owned())),
        (one.name.clone(), None),
    ];
    view! {
        <Title text=one.name.clone() />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title=one.name.clone() text=served />
            {one.archived.then(|| view! { <p><Chip text=say!(words, common.archived) /></p> })}
            {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <Domains company=one.id domains=summary.domains add remove />
            <Mailboxes mailboxes />
        </Page>
    }
}

#[component]
fn Domains(
    company: CompanyId,
    domains: Vec<String>,
    add: ServerAction<AddDomain>,
    remove: ServerAction<RemoveDomain>,
) -> impl IntoView {
    let words = words();
    let error = action_error(add);
    let whole = move || error.get().filter(|error| error.invalid().is_empty());
    let lines = domains.into_iter().map(move |domain| {
        let label = say!(words, companies.remove_domain, domain = domain.clone());
        view! {
            <li class="name-line">
                <div class="name-head">
                    <strong>{domain.clone()}</strong>
                    <ActionForm action=remove>
                        <input type="hidden" name="id" value=company.0 />
                        <input type="hidden" name="domain" value=domain />
                        <button class="button" data-kind="quiet" type="submit" aria-label=label>
                            {say!(words, companies.remove)}
                        </button>
                    </ActionForm>
                </div>
            </li>
        }
    });
    let lines: Vec<_> = lines.collect();
    let list = if lines.is_empty() {
        Either::Left(view! { <p class="soft">{say!(words, companies.none)}</p> })
    } else {
        Either::Right(view! { <ul class="names">{lines}</ul> })
    };
    view! {
        <Card title=say!(words, companies.domains).to_owned() text=say!(words, companies.domains_text).to_owned()>
            <div class="stack">
                {list}
                {move || whole().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <ActionForm action=add attr:class="form" attr:novalidate="">
                    <input type="hidden" name="id" value=company.0 />
                    <Field
                        label=say!(words, companies.domain) name="domain" hint=say!(words, companies.domain_hint).to_owned()
                        value=typed(error, "domain") error=error_beside(error, FormField::Domain) required=true maxlength=253
                    />
                    <div class="actions">
                        <Button kind=ButtonKind::Primary busy=add.pending()>{say!(words, companies.add_domain)}</Button>
                    </div>
                </ActionForm>
            </div>
        </Card>
    }
}

#[component]
fn Mailboxes(mailboxes: Vec<CompanyMailbox>) -> impl IntoView {
    let words = words();
    let line = move |one: CompanyMailbox| {
        let href = page_of(&one);
        let ask = format!("{href}/primary/{}", PrimaryOf::Company.as_str());
        let label = say!(words, companies.make_primary_of, address = one.address.to_string());
        let may = !one.primary && one.state != MailboxState::Draft && !one.workspace.archived;
        view! {
            <li class="name-line">
                <div class="name-head">
                    <strong><a href=href>{one.address.to_string()}</a></strong>
                    {one.primary.then(|| view! { <Chip text=say!(words, companies.primary) picture=Picture::Star /> })}
                    {(one.state == MailboxState::Draft).then(|| view! { <Chip text=say!(words, mailboxes.draft) /> })}
                    {one.workspace.archived.then(|| view! { <Chip text=say!(words, common.archived) /> })}
                </div>
                <p class="soft small">
                    {one.name} " " {say!(words, companies.in_workspace, workspace = one.workspace.name)}
                </p>
                {may.then(|| view! {
                    <p><a class="button" data-kind="quiet" href=ask aria-label=label>{say!(words, mailboxes.make_primary)}</a></p>
                })}
            </li>
        }
    };
    let empty = mailboxes.is_empty();
    let list = if empty {
        Either::Left(view! { <p class="soft">{say!(words, companies.mailboxes_empty)}</p> })
    } else {
        Either::Right(view! { <ul class="names">{mailboxes.into_iter().map(line).collect_view()}</ul> })
    };
    view! {
        <Card title=say!(words, companies.mailboxes).to_owned() text=say!(words, companies.mailboxes_text).to_owned()>
            {list}
        </Card>
    }
}
