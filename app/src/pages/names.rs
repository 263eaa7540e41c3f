//! Workspaces, groups and companies: three lists of names with the same habits. Those of workspaces and of companies
//! have pages of their own.

use leptos::{
    either::Either,
    prelude::*,
    server_fn::{
        Http, ServerFn,
        client::Client,
        codec::{Json, PostUrl},
        request::ClientReq,
    },
    web_sys::FormData,
};
use leptos_meta::Title;
use postroom_server::model::Field as FormField;
use serde::de::DeserializeOwned;

use super::{
    frame::{Trail, in_managed_place},
    loaded::loaded,
    words::{action_error, api_error, error_beside, typed},
};
use crate::{
    api::{
        ApiError,
        workspaces::{ArchiveGroup, CreateGroup, RenameGroup, list_groups},
    },
    components::{
        Button, ButtonKind, ButtonSize, Card, Chip, EmptyState, Field, Fold, Notice, Page, PageHead, PageWidth,
        Picture, Tone,
    },
    i18n::words,
    say,
};

/// One line of a list.
#[derive(Clone, Default)]
pub(super) struct Named {
    pub id: i64,
    pub name: String,
    pub archived: bool,
    pub href: Option<String>,
    /// What else there is to say of it.
    pub note: Option<String>,
    /// Where it is asked before it is archived; without it, archiving is one press.
    pub ask: Option<String>,
}

/// The server function behind a plain form.
pub(super) trait FormFn:
    ServerFn<
        Error = ApiError,
        Output = (),
        Protocol = Http<PostUrl, Json>,
        Client: Client<ApiError, Request: ClientReq<ApiError, FormData: From<FormData>>>,
    > + DeserializeOwned
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<F> FormFn for F where
    F: ServerFn<
            Error = ApiError,
            Output = (),
            Protocol = Http<PostUrl, Json>,
            Client: Client<ApiError, Request: ClientReq<ApiError, FormData: From<FormData>>>,
        > + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// The groups of one workspace.
#[component]
pub fn GroupsPage() -> impl IntoView {
    let words = words();
    let (create, rename, archive) =
        (ServerAction::<CreateGroup>::new(), ServerAction::<RenameGroup>::new(), ServerAction::<ArchiveGroup>::new());
    in_managed_place(move |place| {
        let slug = place.slug.clone();
        let changes = {
            let slug = slug.clone();
            move || (slug.clone(), create.version().get(), rename.version().get(), archive.version().get())
        };
        let title = say!(words, admin.groups_title, workspace = place.name.clone());
        let steps = vec![(say!(words, admin.groups).to_owned(), None)];
        let workspace = slug.clone();
        view! {
            <Title text=say!(words, admin.groups) />
            <Page width=PageWidth::Narrow>
                <Trail place steps />
                <PageHead title text=say!(words, admin.groups_text).to_owned() />
                <Refused rename archive />
                {loaded(changes, |(slug, ..)| list_groups(slug), move |all| {
                    let lines: Vec<_> = all
                        .into_iter()
                        .map(|one| Named { id: one.id.0, name: one.name, archived: one.archived, ..Named::default() })
                        .collect();
                    if lines.is_empty() {
                        view! { <Card bare=true><EmptyState title=say!(words, admin.no_groups) text=say!(words, admin.no_groups_text) picture=Picture::Person /></Card> }.into_any()
                    } else {
                        view! { <Names lines rename archive workspace=workspace.clone() /> }.into_any()
                    }
                })}
                <Create action=create title=say!(words, admin.new_group) workspace=slug />
            </Page>
        }
    })
}

/// The list: a name, what can be done with it, folded until somebody wants to.
#[component]
pub(super) fn Names<R: FormFn, A: FormFn>(
    lines: Vec<Named>,
    rename: ServerAction<R>,
    archive: ServerAction<A>,
    #[prop(optional, into)] workspace: Option<String>,
) -> impl IntoView {
    let words = words();
    let workspace = StoredValue::new(workspace);
    let scope = move || workspace.get_value().map(|slug| view! { <input type="hidden" name="workspace" value=slug /> });
    let line = move |one: Named| {
        let name = one.name.clone();
        let shown = match one.href.clone() {
            Some(href) => view! { <a href=href>{name.clone()}</a> }.into_any(),
            None => view! { <span>{name.clone()}</span> }.into_any(),
        };
        let act = if one.archived {
            (say!(words, common.restore), say!(words, admin.restore_of, name = name.clone()))
        } else {
            (say!(words, common.archive), say!(words, admin.archive_of, name = name.clone()))
        };
        view! {
            <li class="name-line" data-archived=one.archived.then_some("true")>
                <div class="name-head">
                    <strong>{shown}</strong>
                    {one.archived.then(|| view! { <Chip text=say!(words, common.archived) /> })}
                </div>
                {one.note.clone().map(|note| view! { <p class="soft small">{note}</p> })}
                <Fold summary=say!(words, common.edit)>
                    <ActionForm action=rename attr:class="form inline-form">
                        {scope()}
                        <input type="hidden" name="id" value=one.id />
                        <Field label=say!(words, admin.rename_of, name = name.clone()) name="name" id=format!("rename-{}", one.id) value=name.clone() required=true maxlength=100 />
                        <Button busy=rename.pending()>{say!(words, common.rename)}</Button>
                    </ActionForm>
                    {match one.ask.clone().filter(|_| !one.archived) {
                        Some(href) => Either::Left(view! {
                            <p><a class="button" data-kind="quiet" href=href aria-label=act.1>{act.0}</a></p>
                        }),
                        None => Either::Right(view! {
                            <ActionForm action=archive>
                                {scope()}
                                <input type="hidden" name="id" value=one.id />
                                <input type="hidden" name="archived" value=(!one.archived).to_string() />
                                <button class="button" data-kind="quiet" type="submit" aria-label=act.1>{act.0}</button>
                            </ActionForm>
                        }),
                    }}
                </Fold>
            </li>
        }
    };
    view! {
        <Card>
            <ul class="names">{lines.into_iter().map(line).collect_view()}</ul>
        </Card>
    }
}

/// The form that adds one.
#[component]
pub(super) fn Create<C: FormFn>(
    action: ServerAction<C>,
    title: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional, into)] workspace: Option<String>,
) -> impl IntoView {
    let words = words();
    let error = action_error(action);
    view! {
        <Card title=title.to_owned() text=hint.map(str::to_owned)>
            <ActionForm action attr:class="form" attr:novalidate="">
                {workspace.map(|slug| view! { <input type="hidden" name="workspace" value=slug /> })}
                <WholeError error />
                <Field label=say!(words, common.name) name="name" id="new-name" value=typed(error, "name") error=error_beside(error, FormField::Name) required=true maxlength=100 />
                <div class="actions">
                    <Button kind=ButtonKind::Primary size=ButtonSize::Normal busy=action.pending()>{say!(words, common.create)}</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn WholeError(error: Signal<Option<ApiError>>) -> impl IntoView {
    move || {
        error
            .get()
            .filter(|error| error.invalid().is_empty())
            .map(|error| view! { <Notice tone=Tone::Bad>{api_error(words(), &error)}</Notice> })
    }
}

/// Why renaming or archiving did not work.
#[component]
pub(super) fn Refused<R: FormFn, A: FormFn>(rename: ServerAction<R>, archive: ServerAction<A>) -> impl IntoView {
    let words = words();
    let (renaming, archiving) = (action_error(rename), action_error(archive));
    move || {
        let error = renaming.get().or_else(|| archiving.get())?;
        let said = match error.invalid().first() {
            Some(invalid) => super::words::reason(words, invalid.reason),
            None => api_error(words, &error),
        };
        Some(view! { <Notice tone=Tone::Bad>{said}</Notice> })
    }
}
