//! *People and roles*: who may sign in, what each of them may do, and asking others in.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use postroom_server::model::{
    DeliveryState, Field as FormField, Invitation, PersonListed, Reason, Role, Roles, UserId, Workspace,
};

use super::{
    loaded::loaded,
    nowhere::NotFound,
    second_factor::ResetSecondFactorCard,
    words::{action_error, api_error, field_error, typed},
};
use crate::{
    api::{
        ApiError,
        people::{
            DeactivatePerson, InvitePerson, NewInvitation, PeopleShown, ReactivatePerson, RevokeInvitation, Scope,
            SendInvitationAgain, SetRoles, load_people, new_invitation,
        },
    },
    components::{
        Breadcrumb, Button, ButtonKind, Card, Chip, Choices, CopyLine, EmptyState, Field, Fold, LinkButton, Moment,
        Notice, Page, PageHead, PageWidth, Picture, RadioCard, Select, StatusBadge, Tone,
    },
    i18n::{GAP, Locale, around, words},
    say,
};

/// The page's address.
const PAGE: &str = "/account/people";

/// The list, and the form that asks somebody in.
///
/// What makes a link is a plain form: a link is shown by exactly the answer that made it.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let made = Memo::new(move |_| query.with(|query| query.get("made")).is_some());
    // Asked for out here, where it is asked for once: a link that was read is gone.
    let new =
        Resource::new(move || made.get(), |made| async move { if made { new_invitation().await } else { Ok(None) } });
    let inviting = action_error(ServerAction::<InvitePerson>::new());
    let sending = action_error(ServerAction::<SendInvitationAgain>::new());
    let revoke = ServerAction::<RevokeInvitation>::new();
    let revoking = action_error(revoke);
    let refused = move || sending.get().or_else(|| revoking.get());
    let title = say!(words, people.title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, people.lead).to_owned() />
            {move || refused().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {loaded(
                move || (revoke.version().get(), made.get()),
                move |_| async move {
                    let new = new.await?;
                    load_people().await.map(|shown| (shown, new))
                },
                move |(shown, new)| {
                    let late = made.get_untracked() && new.is_none();
                    view! {
                        {new.map(|new| view! { <NewLink new /> })}
                        {late.then(|| view! { <Notice tone=Tone::Info>{say!(words, people.new_link_gone)}</Notice> })}
                        <People shown=shown.clone() />
                        <Invited shown=shown.clone() revoke />
                        <Invite shown error=inviting />
                    }
                },
            )}
        </Page>
    }
}

/// The link that was just made: to be copied, now or never.
#[component]
pub fn NewLink(new: NewInvitation) -> impl IntoView {
    let words = words();
    view! {
        <Notice tone=Tone::Good title=say!(words, people.new_link_title, address = new.email.to_string())>
            <div class="stack">
                <p>{say!(words, people.new_link_text)}</p>
                <CopyLine text=new.url />
            </div>
        </Notice>
    }
}

/// Everybody who signs in, or did.
#[component]
pub fn People(shown: PeopleShown) -> impl IntoView {
    let words = words();
    let alone = shown.people.len() == 1 && shown.invitations.is_empty();
    let (workspaces, own) = (shown.workspaces, shown.own);
    let lines = shown
        .people
        .into_iter()
        .map(|one| {
            let (tone, state) = match one.deactivated_at {
                None => (Tone::Good, say!(words, people.active)),
                Some(_) => (Tone::Off, say!(words, people.deactivated)),
            };
            let is_own = one.user.id == own;
            let href = format!("{PAGE}/{}", one.user.id);
            let named = say!(words, people.edit_of, name = one.user.name.clone());
            view! {
                <li class="name-line" data-archived=one.deactivated_at.is_some().then_some("true")>
                    <div class="name-head">
                        <strong>{one.user.name.clone()}</strong>
                        {is_own.then(|| view! { <Chip text=say!(words, people.you) /> })}
                        <StatusBadge tone text=state />
                    </div>
                    <p class="soft small">{one.user.email.to_string()}</p>
                    <p class="small">{roles_in_words(words, &one.roles, &workspaces)}</p>
                    <div class="actions">
                        <a class="button" data-kind="quiet" data-size="small" href=href aria-label=named>
                            {say!(words, people.edit)}
                        </a>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <Card title=say!(words, people.signed_in_people).to_owned()>
            <ul class="names">{lines}</ul>
            {alone.then(|| view! {
                <EmptyState
                    title=say!(words, people.nobody_else_title) text=say!(words, people.nobody_else)
                    picture=Picture::Person
                />
            })}
        </Card>
    }
}

/// Whoever was asked in and has not come; nothing where nobody was.
#[component]
pub fn Invited(shown: PeopleShown, revoke: ServerAction<RevokeInvitation>) -> impl IntoView {
    let words = words();
    let workspaces = shown.workspaces;
    (!shown.invitations.is_empty()).then(|| {
        let lines = shown
            .invitations
            .into_iter()
            .map(|one| view! { <InvitedLine one workspaces=workspaces.clone() revoke /> })
            .collect_view();
        view! {
            <Card title=say!(words, people.invited_people).to_owned()>
                <ul class="names">{lines}</ul>
            </Card>
        }
    })
}

#[component]
fn InvitedLine(one: Invitation, workspaces: Vec<Workspace>, revoke: ServerAction<RevokeInvitation>) -> impl IntoView {
    let words = words();
    let address = one.email.to_string();
    let (tone, state) = if one.expired {
        (Tone::Warning, say!(words, people.expired))
    } else {
        (Tone::Info, say!(words, people.invited))
    };
    let by = match &one.invited_by {
        Some(name) => say!(words, people.invited_by, name = name.clone(), when = GAP),
        None => say!(words, people.invited_when, when = GAP),
    };
    let until = (!one.expired).then(|| {
        let until = say!(words, people.until, when = GAP);
        view! { <p class="soft small">{around(&until, view! { <Moment at=one.expires_at /> })}</p> }
    });
    let name = Some(one.name.clone()).filter(|name| !name.is_empty());
    view! {
        <li class="name-line">
            <div class="name-head">
                <strong>{address.clone()}</strong>
                <StatusBadge tone text=state />
            </div>
            {name.map(|name| view! { <p class="small">{name}</p> })}
            <p class="small">{roles_in_words(words, &one.roles, &workspaces)}</p>
            <p class="soft small">
                {around(&by, view! { <Moment at=one.invited_at /> })} " · " {mail_in_words(words, one.mail)}
            </p>
            {until}
            <div class="actions">
                <form method="post" action="/api/send_invitation_again" data-push="">
                    <input type="hidden" name="id" value=one.id.0 />
                    <button
                        class="button" data-kind="secondary" data-size="small" type="submit"
                        aria-label=say!(words, people.send_again_of, address = address.clone())
                    >
                        {say!(words, people.send_again)}
                    </button>
                </form>
            </div>
            <Fold summary=say!(words, people.revoke_ask)>
                <p>{say!(words, people.revoke_text, address = address.clone())}</p>
                <ActionForm action=revoke>
                    <input type="hidden" name="id" value=one.id.0 />
                    <Button kind=ButtonKind::Danger busy=revoke.pending()>
                        {say!(words, people.revoke_of, address = address.clone())}
                    </Button>
                </ActionForm>
            </Fold>
        </li>
    }
}

/// The form that asks somebody in.
#[component]
pub fn Invite(shown: PeopleShown, error: Signal<Option<ApiError>>) -> impl IntoView {
    let words = words();
    let beside = move |field: FormField, taken: bool| {
        Signal::derive(move || {
            error.with(|error| {
                let errors = error.as_ref()?.invalid();
                let duplicate = errors.iter().any(|one| one.field == field && one.reason == Reason::Duplicate);
                if taken && duplicate {
                    return Some(say!(words, people.address_taken).to_owned());
                }
                field_error(words, errors, field)
            })
        })
    };
    let whole = move || error.get().filter(|error| error.invalid().is_empty());
    let before = error.get_untracked();
    let scope = match before.as_ref().and_then(|error| error.typed("scope")) {
        Some("account") => Scope::Account,
        _ => Scope::Workspaces,
    };
    let chosen = move |workspace: &Workspace| {
        let name = format!("roles[{}]", workspace.id);
        before.as_ref().and_then(|error| error.typed(&name)).unwrap_or_default().to_owned()
    };
    let workspaces: Vec<_> = shown.workspaces.into_iter().filter(|workspace| !workspace.archived).collect();
    let chosen: Vec<_> = workspaces.into_iter().map(|workspace| (chosen(&workspace), workspace)).collect();
    let submit = if shown.relay { say!(words, people.send_invitation) } else { say!(words, people.make_link) };
    view! {
        <Card title=say!(words, people.invite).to_owned() text=say!(words, people.invite_text).to_owned()>
            {(!shown.relay).then(|| view! {
                <Notice tone=Tone::Info title=say!(words, people.no_relay_title).to_owned()>
                    <p>{say!(words, people.no_relay)}</p>
                    <p><a href="/account/relay">{say!(words, people.to_relay)}</a></p>
                </Notice>
            })}
            <form class="form" id="invite" method="post" action="/api/invite_person" data-push="" novalidate>
                {move || whole().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <Field
                    label=say!(words, people.email) name="email" kind="email" value=typed(error, "email")
                    error=beside(FormField::Address, true) autocomplete="off" required=true
                />
                <Field
                    label=say!(words, people.name) name="name" value=typed(error, "name")
                    hint=say!(words, people.name_hint).to_owned() error=beside(FormField::Name, false)
                    autocomplete="off" maxlength=100
                />
                <RoleFields scope chosen error=error />
                <div class="actions"><Button kind=ButtonKind::Primary>{submit}</Button></div>
            </form>
        </Card>
    }
}

/// Which of the two ways, and a list for each workspace.
#[component]
fn RoleFields(
    scope: Scope,
    /// The word of a role, or blank, for each workspace.
    chosen: Vec<(String, Workspace)>,
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    let words = words();
    let scope = RwSignal::new(scope.as_str().to_owned());
    let nothing = Signal::derive(move || {
        let unchosen = error.with(|error| {
            error.as_ref().is_some_and(|error| error.invalid().iter().any(|one| one.field == FormField::Workspace))
        });
        unchosen.then(|| say!(words, people.choose_something).to_owned())
    });
    let is = move |one: Scope| Signal::derive(move || scope.with(|scope| scope == one.as_str()));
    let select = Callback::new(move |chosen: String| scope.set(chosen));
    // Without JavaScript nothing could bring hidden lists back.
    let live = RwSignal::new(false);
    Effect::new(move |_| live.set(true));
    let is_account = is(Scope::Account);
    let options = vec![
        (String::new(), say!(words, people.role_none).to_owned()),
        (Role::Viewer.as_str().to_owned(), say!(words, people.role_viewer).to_owned()),
        (Role::Administrator.as_str().to_owned(), say!(words, people.role_administrator).to_owned()),
    ];
    let lists = chosen
        .into_iter()
        .map(|(role, workspace)| {
            let shown = workspace_in_words(words, &workspace);
            view! {
                <Select
                    label=say!(words, people.role_in, workspace = shown) name=format!("roles[{}]", workspace.id)
                    id=format!("role-{}", workspace.slug) options=options.clone() value=role
                />
            }
        })
        .collect_view();
    view! {
        <Choices legend=say!(words, people.what) id="scope" error=nothing>
            <RadioCard
                name="scope" value=Scope::Workspaces.as_str() title=say!(words, people.single)
                text=say!(words, people.single_text) checked=is(Scope::Workspaces) on_select=select
            />
            <RadioCard
                name="scope" value=Scope::Account.as_str() title=say!(words, people.account_admin)
                text=say!(words, people.account_admin_text) checked=is(Scope::Account) on_select=select
            />
        </Choices>
        <div class="form" hidden=move || live.get() && is_account.get()>{lists}</div>
    }
}

/// One person: roles, and whether they may come in.
#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        let id = params.with(|params| params.get("person")).and_then(|id| id.parse().ok());
        id.unwrap_or(UserId(0))
    });
    let (save, deactivate, reactivate) = (
        ServerAction::<SetRoles>::new(),
        ServerAction::<DeactivatePerson>::new(),
        ServerAction::<ReactivatePerson>::new(),
    );
    loaded(
        move || id.get(),
        |_| load_people(),
        move |shown| match shown.people.iter().find(|one| one.user.id == id.get_untracked()).cloned() {
            Some(one) => Either::Left(view! { <Edit one shown save deactivate reactivate /> }),
            None => Either::Right(view! { <NotFound /> }),
        },
    )
}

#[component]
fn Edit(
    one: PersonListed,
    shown: PeopleShown,
    save: ServerAction<SetRoles>,
    deactivate: ServerAction<DeactivatePerson>,
    reactivate: ServerAction<ReactivatePerson>,
) -> impl IntoView {
    let words = words();
    let (saving, deactivating, reactivating) = (action_error(save), action_error(deactivate), action_error(reactivate));
    let whole = move || {
        let refused = saving.get().or_else(|| deactivating.get()).or_else(|| reactivating.get());
        refused.filter(|error| error.invalid().is_empty())
    };
    let name = one.user.name.clone();
    let active_admin = |one: &PersonListed| one.roles.is_admin() && one.deactivated_at.is_none();
    let is_last = active_admin(&one) && shown.people.iter().filter(|other| active_admin(other)).count() == 1;
    let items = vec![
        (say!(words, common.admin).to_owned(), Some("/".to_owned())),
        (say!(words, people.title).to_owned(), Some(PAGE.to_owned())),
        (name.clone(), None),
    ];
    let memberships = one.roles.memberships().to_vec();
    let role_of = |workspace: &Workspace| {
        let role = memberships.iter().find(|membership| membership.workspace == workspace.id);
        role.map(|membership| membership.role.as_str()).unwrap_or_default().to_owned()
    };
    // An archived workspace is shown where somebody belongs to it, so that saving takes nothing away unseen.
    let chosen: Vec<_> = shown
        .workspaces
        .into_iter()
        .map(|workspace| (role_of(&workspace), workspace))
        .filter(|(role, workspace)| !workspace.archived || !role.is_empty())
        .collect();
    let id = one.user.id.0;
    // One's own is turned off on one's own page, with password and code.
    let factor = one.user.id != shown.own && shown.second_factors.contains(&one.user.id);
    let body = if is_last {
        Either::Left(view! { <Notice tone=Tone::Info>{say!(words, people.last_admin)}</Notice> })
    } else {
        let roles = view! {
            <Card>
                <ActionForm action=save attr:class="form" attr:id="roles">
                    <input type="hidden" name="person" value=id />
                    <RoleFields scope=Scope::of(&one.roles) chosen error=saving />
                    <div class="actions">
                        <Button kind=ButtonKind::Primary busy=save.pending()>{say!(words, people.save_roles)}</Button>
                        <LinkButton href=PAGE kind=ButtonKind::Quiet>{say!(words, common.back)}</LinkButton>
                    </div>
                </ActionForm>
            </Card>
        };
        let access = match one.deactivated_at {
            None => Either::Left(view! { <Deactivate id name=name.clone() own=one.user.id == shown.own deactivate /> }),
            Some(at) => {
                let since = say!(words, people.reactivate_text, name = name.clone(), when = GAP);
                let again = say!(words, people.reactivate, name = name.clone());
                Either::Right(view! {
                    <Card>
                        <p>{around(&since, view! { <Moment at /> })}</p>
                        <ActionForm action=reactivate>
                            <input type="hidden" name="person" value=id />
                            <Button busy=reactivate.pending()>
                                {again}
                            </Button>
                        </ActionForm>
                    </Card>
                })
            }
        };
        Either::Right(view! { {roles} {access} })
    };
    let lead = say!(words, people.person_lead, name = name.clone());
    let factor_name = name.clone();
    view! {
        <Title text=name.clone() />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title=name text=one.user.email.to_string() />
            {move || whole().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <p>{lead}</p>
            {body}
            {factor.then(|| view! { <ResetSecondFactorCard id name=factor_name /> })}
        </Page>
    }
}

/// Asks before somebody is kept out.
#[component]
fn Deactivate(id: i64, name: String, own: bool, deactivate: ServerAction<DeactivatePerson>) -> impl IntoView {
    let words = words();
    view! {
        <Fold summary=say!(words, people.deactivate_fold)>
            <Card dangerous=true title=say!(words, people.deactivate_title, name = name.clone())>
                <p>{say!(words, people.deactivate_text)}</p>
                {own.then(|| view! { <p><strong>{say!(words, people.deactivate_self)}</strong></p> })}
                <ActionForm action=deactivate>
                    <input type="hidden" name="person" value=id />
                    <Button kind=ButtonKind::Danger busy=deactivate.pending()>
                        {say!(words, people.deactivate, name = name.clone())}
                    </Button>
                </ActionForm>
            </Card>
        </Fold>
    }
}

/// What somebody may do, in a line.
fn roles_in_words(words: Locale, roles: &Roles, workspaces: &[Workspace]) -> String {
    if roles.is_admin() {
        return say!(words, people.account_admin).to_owned();
    }
    let named: Vec<String> = workspaces
        .iter()
        .filter_map(|workspace| {
            let shown = workspace_in_words(words, workspace);
            roles.in_workspace(workspace.id).map(|role| match role {
                Role::Viewer => say!(words, people.short_viewer, workspace = shown),
                Role::Administrator => say!(words, people.short_administrator, workspace = shown),
            })
        })
        .collect();
    if named.is_empty() { say!(words, people.no_role).to_owned() } else { named.join(" · ") }
}

fn workspace_in_words(words: Locale, workspace: &Workspace) -> String {
    let name = workspace.name.clone();
    if workspace.archived { say!(words, people.archived_workspace, workspace = name) } else { name }
}

/// How far the mail of an invitation is.
fn mail_in_words(words: Locale, mail: Option<DeliveryState>) -> &'static str {
    match mail {
        Some(DeliveryState::Waiting) => say!(words, people.mail_waiting),
        Some(DeliveryState::Parked) => say!(words, people.mail_parked),
        Some(DeliveryState::Sent) => say!(words, people.mail_sent),
        Some(DeliveryState::Failed) => say!(words, people.mail_failed),
        None => say!(words, people.mail_none),
    }
}
