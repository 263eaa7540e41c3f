//! Every component in every state on one page, for development builds: what is not here is not designed.

use leptos::{either::Either, prelude::*};

use super::NotFoundPage;
use crate::components::{
    Breadcrumb, Button, ButtonKind, ButtonSize, Card, Checkbox, Chip, Choices, CopyButton, EmptyState, ErrorSummary,
    Field, Fold, LinkButton, Menu, Notice, Page, PageHead, PasswordField, Picture, Progress, RadioCard, Select,
    Skeleton, StatusBadge, StepList, Toasts, Tone, TopBar, WorkspaceSwitcher, provide_toasts, toast, toast_with,
};

mod outbox;
mod samples;
mod search;
mod sign_in;
mod watch;

/// The gallery; in release builds there is no such page.
#[component]
pub fn GalleryPage() -> impl IntoView {
    if cfg!(debug_assertions) {
        Either::Left(view! { <Everything /> })
    } else {
        Either::Right(view! { <NotFoundPage /> })
    }
}

#[component]
fn Everything() -> impl IntoView {
    provide_toasts();
    view! {
        <TopBar home="/">
            <WorkspaceSwitcher
                label="Workspace"
                current=Some("IT support".to_owned())
                workspaces=samples::workspaces()
                more=Some(samples::more_workspaces())
            >
                <ul class="menu-list">
                    <li>
                        <a href="#main">"Manage workspaces"</a>
                    </li>
                </ul>
            </WorkspaceSwitcher>
            <Menu label="English" at_end=true push=true>
                <ul class="menu-list">
                    <li>
                        <button aria-pressed="true">"English"</button>
                    </li>
                    <li>
                        <button lang="ko">"한국어"</button>
                    </li>
                </ul>
            </Menu>
            <Menu label="Account" picture=Picture::Person at_end=true>
                <p class="menu-label">"Signed in as admin@example.com"</p>
                <ul class="menu-list">
                    <li>
                        <button>"Sign out"</button>
                    </li>
                </ul>
            </Menu>
        </TopBar>
        <Page>
            <Breadcrumb items=vec![
                ("Admin".to_owned(), Some("#admin".to_owned())),
                ("IT support".to_owned(), Some("#workspace".to_owned())),
                ("Channels".to_owned(), None),
                ("Gallery".to_owned(), None),
            ] />
            <PageHead title="Gallery" text=Some("Every component in every state.".to_owned())>
                <LinkButton href="#checks" kind=ButtonKind::Primary>
                    "To the checks"
                </LinkButton>
            </PageHead>
            <Progress steps=samples::progress() />
            <Buttons />
            <Statuses />
            <Fields />
            <List />
            <Checks />
            <search::Searches />
            <sign_in::SignIns />
            <watch::Watched />
            <outbox::Outbox />
            <Places />
        </Page>
        <Toasts />
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let (busy, set_busy) = signal(true);
    view! {
        <Card title=Some("Buttons".to_owned()) text=Some("One primary button on a page.".to_owned())>
            <div class="actions">
                <Button kind=ButtonKind::Primary button_type="button">
                    "Save"
                </Button>
                <Button button_type="button">"Check now"</Button>
                <Button kind=ButtonKind::Danger button_type="button">
                    "Delete Laptops"
                </Button>
                <Button kind=ButtonKind::Quiet button_type="button">
                    "Cancel"
                </Button>
                <LinkButton href="#main" kind=ButtonKind::Quiet dangerous=true>
                    "Delete…"
                </LinkButton>
            </div>
            <div class="actions">
                <Button kind=ButtonKind::Primary busy=busy button_type="button">
                    "Checking"
                </Button>
                <Button busy=busy button_type="button">
                    "Saving"
                </Button>
                <Button disabled=true button_type="button">
                    "Not now"
                </Button>
                <Button
                    size=ButtonSize::Small
                    button_type="button"
                    on_click=move |_| set_busy.update(|busy| *busy = !*busy)
                >
                    "Busy or not"
                </Button>
                <CopyButton text="postroom --help" label="Copy" done_label="Copied" />
            </div>
            <div class="actions">
                <Button button_type="button" on_click=move |_| toast("Mailbox “Laptops” was saved.")>
                    "Good news"
                </Button>
                <Button button_type="button" on_click=move |_| toast_with(Tone::Bad, "The mailbox was not saved.")>
                    "Bad news"
                </Button>
            </div>
        </Card>
    }
}

#[component]
fn Statuses() -> impl IntoView {
    view! {
        <Card title=Some("Status".to_owned())>
            <div class="actions">
                <StatusBadge tone=Tone::Good text="Receiving" />
                <StatusBadge tone=Tone::Warning text="Certificate ends soon" />
                <StatusBadge tone=Tone::Bad text="Stopped" />
                <StatusBadge tone=Tone::Waiting text="Connecting" />
                <StatusBadge tone=Tone::Off text="Paused" />
                <StatusBadge tone=Tone::Info text="New" />
                <Chip text="Primary" picture=Picture::Star />
                <Chip text="Mail administrator" />
            </div>
            <Notice tone=Tone::Info title="Settings were found">
                "The server names come from example.com itself."
            </Notice>
            <Notice tone=Tone::Good>"The address is confirmed."</Notice>
            <Notice tone=Tone::Warning title="Nothing would be encrypted">
                "Anybody on the way could read the password. Use this only inside a network you trust."
            </Notice>
            <Notice tone=Tone::Bad title="The mailbox was not saved">
                "Postroom could not write to its database. What you typed is still here."
            </Notice>
        </Card>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let (host, set_host) = signal("imap.example.com".to_owned());
    let (tls, set_tls) = signal(true);
    let (server, set_server) = signal("custom".to_owned());
    let words_of_tls = Signal::derive(move || {
        Some(if tls.get() { "Encrypted from the first byte." } else { "Nothing is encrypted." }.to_owned())
    });
    view! {
        <Card title=Some("Forms".to_owned())>
            <ErrorSummary
                title="Two things need another look"
                errors=vec![
                    ("address".to_owned(), "Support address: this is not an e-mail address".to_owned()),
                    ("imap.port".to_owned(), "Port: a whole number from 1 to 65535".to_owned()),
                ]
            />
            <form class="form">
                <Field
                    label="Name"
                    name="name"
                    value="Laptops"
                    hint=Some("People who write to you see it as the sender.".to_owned())
                    required=true
                />
                <Field
                    label="Support address"
                    name="address"
                    kind="email"
                    value="laptops@"
                    error=Some("This is not an e-mail address.".to_owned())
                />
                <Field label="Company" name="company" optional_mark=true />
                <Field label="Fixed" name="fixed" value="Cannot be changed here" disabled=true />
                <Choices legend="Mail server" id="server">
                    <RadioCard
                        name="server"
                        value="default"
                        title="Postroom’s own server"
                        text="Forward your address to Postroom; nothing else to set up."
                        checked=Signal::derive(move || server.get() == "default")
                        on_select=move |value| set_server.set(value)
                    />
                    <RadioCard
                        name="server"
                        value="custom"
                        title="Your mail server"
                        text="Postroom reads your mailbox by IMAP and sends by SMTP."
                        checked=Signal::derive(move || server.get() == "custom")
                        on_select=move |value| set_server.set(value)
                    />
                </Choices>
                <div class="field-row">
                    <Field
                        label="Server name"
                        name="imap.host"
                        value=host
                        inputmode="url"
                        on_input=move |text| set_host.set(text)
                    />
                    <Field
                        label="Port"
                        name="imap.port"
                        value="99300"
                        inputmode="numeric"
                        error=Some("1 to 65535".to_owned())
                    />
                </div>
                <Checkbox
                    label="SSL/TLS"
                    name="imap.tls"
                    checked=tls
                    hint=words_of_tls
                    on_change=move |on| set_tls.set(on)
                />
                <Select
                    label="Authentication"
                    name="imap.method"
                    options=vec![
                        ("plain".to_owned(), "Plain".to_owned()),
                        ("login".to_owned(), "Login".to_owned()),
                    ]
                    value="login"
                />
                <Fold summary="Different user name">
                    <Field label="User name" name="imap.username" />
                </Fold>
                <PasswordField label="Password" name="imap.password" unchanged=true />
                <PasswordField
                    label="Password"
                    name="smtp.password"
                    error=Some("The server refused it.".to_owned())
                />
                <div class="wizard-foot">
                    <LinkButton href="#main" kind=ButtonKind::Quiet>
                        "Back"
                    </LinkButton>
                    <Button name="act" value="draft" formnovalidate=true>
                        "Save as draft"
                    </Button>
                    <Button kind=ButtonKind::Primary>"Check and save"</Button>
                </div>
            </form>
        </Card>
    }
}

#[component]
fn List() -> impl IntoView {
    let rows = samples::mailboxes()
        .into_iter()
        .map(|row| {
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        <a href="#main">{row.name}</a>
                        " "
                        {row.primary.then(|| view! { <Chip text="Primary" picture=Picture::Star /> })}
                        <span class="address">{row.address}</span>
                    </th>
                    <td role="cell" data-label="Group">
                        {row.group}
                    </td>
                    <td role="cell" data-label="Incoming">
                        <StatusBadge tone=row.incoming.0 text=row.incoming.1 />
                        <span class="reason">{row.incoming.2}</span>
                    </td>
                    <td role="cell" data-label="Outgoing">
                        <StatusBadge tone=row.outgoing.0 text=row.outgoing.1 />
                        <span class="reason">{row.outgoing.2}</span>
                    </td>
                    <td role="cell" class="row-actions">
                        <LinkButton href="#main" kind=ButtonKind::Quiet size=ButtonSize::Small>
                            "Edit"
                            <span class="visually-hidden">" " {row.name}</span>
                        </LinkButton>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card bare=true>
            <div class="list-tools">
                <search class="search">
                    <crate::components::Icon picture=Picture::Search />
                    <input
                        class="input"
                        type="search"
                        aria-label="Search mailboxes"
                        placeholder="Name, address or group"
                    />
                </search>
                <span class="soft small">"4 mailboxes"</span>
            </div>
            <table class="table" role="table" aria-label="Mailboxes">
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader" aria-sort="ascending">
                            <a href="#main">"Name"</a>
                        </th>
                        <th scope="col" role="columnheader">
                            <a href="#main">"Group"</a>
                        </th>
                        <th scope="col" role="columnheader">
                            "Incoming"
                        </th>
                        <th scope="col" role="columnheader">
                            "Outgoing"
                        </th>
                        <th scope="col" role="columnheader">
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </Card>
    }
}

#[component]
fn Checks() -> impl IntoView {
    let checks = [
        samples::refused(),
        samples::under_way(),
        samples::passed_imap(),
        samples::passed_smtp(),
        samples::planned(),
        samples::without_remedy(),
    ];
    let checks = checks
        .into_iter()
        .map(|report| {
            view! {
                <Card>
                    <StepList report=report />
                </Card>
            }
        })
        .collect_view();
    view! {
        <h2 id="checks">"Checks"</h2>
        <div class="pair">{checks}</div>
    }
}

#[component]
fn Places() -> impl IntoView {
    view! {
        <Card bare=true>
            <Skeleton lines=4 />
        </Card>
        <Card bare=true>
            <EmptyState
                title="No mailbox of your own yet"
                text="Connect the address people already write to. Postroom finds most settings from the address."
            >
                <LinkButton href="#main">"New email settings"</LinkButton>
            </EmptyState>
        </Card>
        <Card
            dangerous=true
            title=Some("Delete this mailbox".to_owned())
            text=Some("Its tickets stay; no new mail is fetched.".to_owned())
            aside=|| {
                view! {
                    <LinkButton href="#main" kind=ButtonKind::Quiet dangerous=true>
                        "Delete…"
                    </LinkButton>
                }
            }
            bare=true
        >
            ""
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    #[test]
    fn the_gallery_is_free_of_inline_styles_and_scripts() {
        let html = html_of(Language::En, || view! { <GalleryPage /> });
        assert!(html.contains("Every component in every state."));
        for forbidden in [" style=", "<script", "<style", " onclick="] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn every_id_in_the_gallery_that_is_referred_to_is_there_once() {
        let html = html_of(Language::En, || view! { <GalleryPage /> });
        let referred = ["for=\"", "aria-describedby=\"", "aria-labelledby=\"", "aria-controls=\""];
        let mut seen = 0;
        for attribute in referred {
            for ids in html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                for id in ids.split(' ') {
                    assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 20, "{seen}");
    }
}
