//! What is around every page of the administration: the top bar, where one is, and what was just done.

use leptos::{either::Either, prelude::*};
use leptos_router::{
    components::{Outlet, Redirect},
    hooks::{use_location, use_params_map, use_query_map},
};
use postroom_server::model::{Around, Workspace};

use super::{
    alarm::AlarmBanner,
    loaded::redrawn,
    nowhere::{Failed, Forbidden, NoWorkspace, NotFound},
};
use crate::{
    api::{
        ApiError,
        account::{Overview, load_overview},
        workspaces::find_workspaces,
    },
    components::{
        Breadcrumb, LanguageSwitch, Menu, MoreWorkspaces, Page, Picture, Skeleton, Toasts, TopBar, WorkspaceLink,
        WorkspaceSwitcher, toast,
    },
    i18n::{Locale, words},
    say,
};

/// The answer every page of the administration shares.
type OverviewAnswer = Resource<Result<Overview, ApiError>>;

/// The workspace a page's address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub slug: String,
    pub name: String,
    /// There are several workspaces, so that the way to a page names this one.
    pub several: bool,
    pub msp: bool,
    /// Whoever reads the page may change this workspace.
    pub manages: bool,
    /// Whoever reads the page is an administrator of the account.
    pub admin: bool,
}

impl Place {
    /// The address of a page of this workspace; `rest` begins with `/`.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/admin/{}{rest}", self.slug)
    }

    /// The address of the mailbox list.
    #[must_use]
    pub fn mailboxes(&self) -> String {
        self.path("/channels/email/mailboxes")
    }

    /// The address of the outbox.
    #[must_use]
    pub fn outbox(&self) -> String {
        self.path("/channels/email/outbox")
    }
}

/// Top bar, page, toasts, footer.
#[component]
pub fn AdminFrame() -> impl IntoView {
    let words = words();
    let path = use_location().pathname;
    // Asked anew in every workspace, which may have been made or renamed on the way there. Not on every page of
    // it: an answer draws the page anew, and the page one is leaving would look for what was just deleted.
    let scope = Memo::new(move |_| path.with(|path| path.split('/').take(3).collect::<Vec<_>>().join("/")));
    let answer: OverviewAnswer = Resource::new(move || scope.get(), |scope| load_overview(slug_in(&scope)));
    provide_context(answer);
    view! {
        <Transition fallback=|| ()>
            {redrawn(move || Suspend::new(async move { answer.await.ok().map(|overview| view! { <Bar overview /> }) }))}
        </Transition>
        <AlarmBanner />
        <Outlet />
        <JustDone />
        <Toasts />
        <footer class="page-foot">
            <span>{say!(words, common.version, version = env!("CARGO_PKG_VERSION"))}</span>
            <a href="/help/problems">{say!(words, common.help)}</a>
        </footer>
    }
}

#[component]
fn Bar(overview: Overview) -> impl IntoView {
    let words = words();
    let params = use_params_map();
    let path = use_location().pathname;
    let Around { current, few, count, .. } = overview.around.clone();
    let several = count > few.len();
    let (wanted, set_wanted) = signal(String::new());
    // What was found, and what for: an answer that comes late is not shown.
    let search = Action::new(|wanted: &String| {
        let wanted = wanted.clone();
        async move { (wanted.clone(), find_workspaces(wanted).await.unwrap_or_default()) }
    });
    let found = Memo::new(move |_| {
        let wanted = wanted.get();
        search.value().get().filter(|(asked, _)| !wanted.trim().is_empty() && *asked == wanted).map(|(_, found)| found)
    });
    let links = Signal::derive(move || {
        let (path, slug) = (path.get(), params.with(|params| params.get("workspace")));
        let shown = found.get().unwrap_or_else(|| few.clone());
        shown
            .into_iter()
            .map(|workspace| WorkspaceLink {
                href: same_page(&path, &workspace.slug),
                current: Some(&workspace.slug) == slug.as_ref(),
                name: workspace.name,
            })
            .collect::<Vec<_>>()
    });
    let more = several.then(|| MoreWorkspaces {
        action: "/account/workspaces",
        label: say!(words, common.find_workspace).to_owned(),
        submit: say!(words, common.search).to_owned(),
        wanted: wanted.into(),
        on_search: Callback::new(move |text: String| {
            set_wanted.set(text.clone());
            if !text.trim().is_empty() {
                search.dispatch(text);
            }
        }),
        nothing: Signal::derive(move || {
            let nothing = found.with(|found| found.as_ref().is_some_and(Vec::is_empty));
            nothing.then(|| say!(words, common.no_workspace_found).to_owned())
        }),
    });
    let all = several.then(|| say!(words, common.all_workspaces, count = count));
    let here = current.map(|workspace| workspace.name);
    view! {
        <TopBar home="/">
            <WorkspaceSwitcher label=say!(words, common.workspace) current=here workspaces=links more=more>
                {(overview.admin || several).then(|| view! {
                    <ul class="menu-list">
                        {all.map(|all| view! { <li><a href="/account/workspaces">{all}</a></li> })}
                        {(overview.admin && !several).then(|| view! {
                            <li><a href="/account/workspaces">{say!(words, common.manage_workspaces)}</a></li>
                        })}
                    </ul>
                })}
            </WorkspaceSwitcher>
            <LanguageSwitch push=true />
            <Menu label=say!(words, common.account) picture=Picture::Person at_end=true>
                <p class="menu-label">
                    {say!(words, common.signed_in_as)} <br /> {overview.user.name.clone()} <br />
                    {overview.user.email.to_string()}
                </p>
                <ul class="menu-list">
                    <li><a href="/account/me">{say!(words, own.title)}</a></li>
                    {overview.admin.then(|| view! { <AccountLinks /> })}
                    <li><a href="/account/forecast">{say!(words, watch.forecast)}</a></li>
                    <li>
                        // A plain form: the next document knows nothing of this one.
                        <form method="post" action="/api/sign_out">
                            <button type="submit">{say!(words, common.sign_out)}</button>
                        </form>
                    </li>
                </ul>
            </Menu>
        </TopBar>
    }
}

/// The pages of the account that only its administrators use.
#[component]
fn AccountLinks() -> impl IntoView {
    let words = words();
    view! {
        <li><a href="/account/people">{say!(words, people.title)}</a></li>
        <li><a href="/account/workspaces">{say!(words, common.manage_workspaces)}</a></li>
        <li><a href="/account/companies">{say!(words, common.manage_companies)}</a></li>
        <li><a href="/account/sender-domains">{say!(words, domains.title)}</a></li>
        <li><a href="/account/alerts">{say!(words, alerts.title)}</a></li>
        <li><a href="/account/audit">{say!(words, audit.title)}</a></li>
        <li><a href="/account/relay">{say!(words, relay.title)}</a></li>
        <li><a href="/account/security">{say!(words, own.security_title)}</a></li>
        <li><a href="/account/single-sign-on">{say!(words, signon.title)}</a></li>
        <li>
            <a href="/account/sign-in/microsoft">{say!(words, common.sign_in_with, provider = "Microsoft")}</a>
        </li>
        <li>
            <a href="/account/sign-in/google">{say!(words, common.sign_in_with, provider = "Google")}</a>
        </li>
    }
}

/// The workspace that the first parts of an address name.
fn slug_in(scope: &str) -> Option<String> {
    scope.strip_prefix("/admin/").map(|rest| rest.split('/').next().unwrap_or(rest).to_owned())
}

/// The page one is on, in another workspace. What belongs to one workspace only leads to its list.
fn same_page(path: &str, slug: &str) -> String {
    let mut parts = path.trim_matches('/').split('/');
    let rest = match (parts.next(), parts.next()) {
        (Some("admin"), Some(_)) => parts.collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let rest = match rest.as_slice() {
        ["channels", "email", "outbox", ..] => "/channels/email/outbox".to_owned(),
        ["channels", "email", ..] if rest.last() != Some(&"new") => "/channels/email/mailboxes".to_owned(),
        [] => String::new(),
        kept => format!("/{}", kept.join("/")),
    };
    format!("/admin/{slug}{rest}")
}

/// Shows a page of the workspace its address names, or says that there is none.
pub fn in_place<V: IntoView + 'static>(view: impl Fn(Place) -> V + Clone + Send + Sync + 'static) -> impl IntoView {
    let params = use_params_map();
    let answer = expect_context::<OverviewAnswer>();
    let slug = Memo::new(move |_| params.with(|params| params.get("workspace")));
    let shown = move || {
        let view = view.clone();
        let slug = slug.get().unwrap_or_default();
        Suspend::new(async move {
            match answer.await {
                Ok(overview) => match place(&overview, &slug) {
                    Some(place) => Either::Left(Either::Left(view(place))),
                    None => Either::Left(Either::Right(view! { <NotFound /> })),
                },
                Err(error) => Either::Right(view! { <Failed error /> }),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Page><Skeleton lines=4 /></Page> }>{redrawn(shown)}</Transition> }
}

/// [`in_place`] for a page that changes something: whoever may only look at the workspace is told who can.
pub fn in_managed_place<V: IntoView + 'static>(
    view: impl Fn(Place) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView {
    in_place(
        move |place| {
            if place.manages { Either::Left(view(place)) } else { Either::Right(view! { <Forbidden /> }) }
        },
    )
}

/// Shows a page of the account to its administrators, and tells everybody else who they are for.
pub fn for_admins<V: IntoView + 'static>(view: impl Fn() -> V + Clone + Send + Sync + 'static) -> impl IntoView {
    let answer = expect_context::<OverviewAnswer>();
    let shown = move || {
        let view = view.clone();
        Suspend::new(async move {
            match answer.await {
                Ok(overview) if overview.admin => Either::Left(Either::Left(view())),
                Ok(_) => Either::Left(Either::Right(view! { <Forbidden /> })),
                Err(error) => Either::Right(view! { <Failed error /> }),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Page><Skeleton lines=4 /></Page> }>{redrawn(shown)}</Transition> }
}

fn place(overview: &Overview, slug: &str) -> Option<Place> {
    let found = overview.around.current.as_ref().filter(|workspace| workspace.slug == slug)?;
    Some(Place {
        slug: found.slug.clone(),
        name: found.name.clone(),
        several: overview.around.count > 1,
        msp: overview.msp,
        manages: overview.around.manages,
        admin: overview.admin,
    })
}

/// The way to a page of a workspace: Admin › {Workspace} › Channels › Email › … .
///
/// `steps` are the words behind *Admin* (and the workspace); the last one is the page itself.
#[component]
pub fn Trail(place: Place, #[prop(optional)] steps: Vec<(String, Option<String>)>) -> impl IntoView {
    let words = words();
    let home = place.path("");
    let mut items = vec![(say!(words, common.admin).to_owned(), (!steps.is_empty()).then(|| home.clone()))];
    if place.several && !steps.is_empty() {
        items.push((place.name.clone(), Some(home)));
    }
    items.extend(steps);
    view! { <Breadcrumb items /> }
}

/// The words of the way to the mailbox list, which every page about mail begins with.
#[must_use]
pub fn mail_steps(words: Locale, place: &Place, page: Option<String>) -> Vec<(String, Option<String>)> {
    let list = say!(words, mailboxes.title).to_owned();
    let mut steps = vec![
        (say!(words, common.channels).to_owned(), None),
        (say!(words, common.email).to_owned(), None),
        (list, page.is_some().then(|| place.mailboxes())),
    ];
    steps.extend(page.map(|page| (page, None)));
    steps
}

/// Says what the last page did, when the address names it in `?done=`.
#[component]
fn JustDone() -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get("done")));
    let said = move || done.get().and_then(|what| done_words(words, &what));
    Effect::new(move |_| {
        if let Some(text) = said() {
            toast(text);
        }
    });
    // Without JavaScript there are no toasts: the words stand in the page until the next one. The words are
    // ours, and as a whole they are nothing that WASM would have to find again.
    let standing = untrack(said)
        .map(|text| format!(r#"<div class="toasts"><div class="toast" data-tone="good">{text}</div></div>"#));
    view! { <noscript inner_html=standing.unwrap_or_default()></noscript> }
}

fn done_words(words: Locale, what: &str) -> Option<&'static str> {
    Some(match what {
        "created" => say!(words, common.done_created),
        "renamed" => say!(words, common.done_renamed),
        "archived" => say!(words, common.done_archived),
        "restored" => say!(words, common.done_restored),
        "saved" => say!(words, common.done_saved),
        "settings_saved" => say!(words, common.done_settings_saved),
        "saved_as_draft" => say!(words, common.done_saved_as_draft),
        "direction_saved" => say!(words, common.done_direction_saved),
        "paused" => say!(words, common.done_paused),
        "resumed" => say!(words, common.done_resumed),
        "deleted" => say!(words, common.done_deleted),
        "pin_left" => say!(words, common.done_pin_left),
        "discarded" => say!(words, common.done_discarded),
        "workspace_created" => say!(words, common.done_workspace_created),
        "application_saved" => say!(words, common.done_application_saved),
        "provider_removed" => say!(words, signon.done_removed),
        "unlinked" => say!(words, signon.done_unlinked),
        "local_login_on" => say!(words, signon.done_local_on),
        "local_login_off" => say!(words, signon.done_local_off),
        "application_removed" => say!(words, common.done_application_removed),
        "relay_removed" => say!(words, common.done_relay_removed),
        "test_queued" => say!(words, common.done_test_queued),
        "retried" => say!(words, common.done_retried),
        "thrown_away" => say!(words, common.done_thrown_away),
        "domain_added" => say!(words, companies.done_domain_added),
        "domain_removed" => say!(words, companies.done_domain_removed),
        "primary" => say!(words, companies.done_primary),
        "link_revoked" => say!(words, common.done_link_revoked),
        "password_changed" => say!(words, own.done_password_changed),
        "session_ended" => say!(words, own.done_session_ended),
        "sessions_ended" => say!(words, own.done_sessions_ended),
        "second_factor_taken" => say!(words, own.done_second_factor_taken),
        "second_factor_off" => say!(words, own.done_second_factor_off),
        "invited" => say!(words, people.done_invited),
        "roles_saved" => say!(words, people.done_roles_saved),
        "deactivated" => say!(words, people.done_deactivated),
        "reactivated" => say!(words, people.done_reactivated),
        "invitation_revoked" => say!(words, people.done_invitation_revoked),
        "signed_in_again" => say!(words, common.done_signed_in_again),
        _ => return None,
    })
}

/// `/`: the mailbox list of the first workspace.
#[component]
pub fn HomePage() -> impl IntoView {
    let answer = Resource::new(|| (), |()| load_overview(None));
    let shown = move || {
        Suspend::new(async move {
            match answer.await {
                Ok(overview) => match overview.around.few.first().map(home_of) {
                    Some(path) => view! { <Redirect path /> }.into_any(),
                    None if overview.admin => view! { <Redirect path="/account/workspaces" /> }.into_any(),
                    // The workspaces this person belonged to are archived.
                    None => view! { <NoWorkspace /> }.into_any(),
                },
                Err(error) => view! { <Failed error /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| ()>{redrawn(shown)}</Transition> }
}

fn home_of(workspace: &Workspace) -> String {
    format!("/admin/{}/channels/email/mailboxes", workspace.slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switching_the_workspace_keeps_the_page_where_there_is_one() {
        for (path, there) in [
            ("/admin/it", "/admin/hr"),
            ("/admin/it/groups", "/admin/hr/groups"),
            ("/admin/it/channels/email/mailboxes", "/admin/hr/channels/email/mailboxes"),
            ("/admin/it/channels/email/mailboxes/new", "/admin/hr/channels/email/mailboxes/new"),
            ("/admin/it/channels/email/mailboxes/7", "/admin/hr/channels/email/mailboxes"),
            ("/admin/it/channels/email/drafts/3/connect", "/admin/hr/channels/email/mailboxes"),
            ("/admin/it/channels/email/outbox/3/delete", "/admin/hr/channels/email/outbox"),
            ("/account/workspaces", "/admin/hr"),
        ] {
            assert_eq!(same_page(path, "hr"), there, "{path}");
        }
    }
}
