//! The start page of a workspace's administration: what can be set, in groups.

use leptos::prelude::*;
use leptos_meta::Title;

use super::frame::{Place, Trail, in_place};
use crate::{
    components::{Card, Page, PageHead},
    i18n::words,
    say,
};

/// Cards that lead to every setting.
#[component]
pub fn AdminPage() -> impl IntoView {
    in_place(|place| view! { <Entries place /> })
}

#[component]
fn Entries(place: Place) -> impl IntoView {
    let words = words();
    let lead = say!(words, admin.lead, workspace = place.name.clone());
    let entry = |href: String, title: &'static str, text: &'static str| {
        view! {
            <li>
                <a class="entry" href=href>
                    <strong>{title}</strong>
                    <span>{text}</span>
                </a>
            </li>
        }
    };
    let mailboxes = entry(place.mailboxes(), say!(words, admin.mailboxes), say!(words, admin.mailboxes_text));
    let groups = entry(place.path("/groups"), say!(words, admin.groups), say!(words, admin.groups_text));
    let workspaces =
        entry("/account/workspaces".to_owned(), say!(words, admin.workspaces), say!(words, admin.workspaces_text));
    let companies =
        entry("/account/companies".to_owned(), say!(words, admin.companies), say!(words, admin.companies_text));
    let microsoft = entry(
        "/account/sign-in/microsoft".to_owned(),
        say!(words, admin.sign_in_microsoft),
        say!(words, admin.sign_in_microsoft_text),
    );
    let google = entry(
        "/account/sign-in/google".to_owned(),
        say!(words, admin.sign_in_google),
        say!(words, admin.sign_in_google_text),
    );
    let forecast = entry("/account/forecast".to_owned(), say!(words, watch.forecast), say!(words, watch.forecast_text));
    let alerts = entry("/account/alerts".to_owned(), say!(words, alerts.title), say!(words, alerts.entry));
    let security =
        entry("/account/security".to_owned(), say!(words, own.security_title), say!(words, own.security_entry));
    let channels = format!("{} › {}", say!(words, admin.channels), say!(words, common.email));
    let (manages, admin) = (place.manages, place.admin);
    let people = entry("/account/people".to_owned(), say!(words, people.title), say!(words, people.entry));
    view! {
        <Title text=say!(words, admin.title) />
        <Page>
            <Trail place />
            <PageHead title=say!(words, admin.title) text=lead />
            <Card title=channels><ul class="entries">{mailboxes}</ul></Card>
            {manages.then(|| view! {
                <Card title=say!(words, admin.team).to_owned()><ul class="entries">{groups}</ul></Card>
            })}
            <Card title=say!(words, admin.whole_account).to_owned()>
                <ul class="entries">
                    {admin.then_some((people, workspaces, companies, microsoft, google))}
                    {forecast}
                    {admin.then_some((alerts, security))}
                </ul>
            </Card>
        </Page>
    }
}
