//! Workspaces and their groups: list, create, rename, archive.

use leptos::prelude::*;
use postroom_server::model::{Group, GroupId, Workspace, WorkspaceId, WorkspacePage, WorkspaceRest};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, manager, person};
#[cfg(feature = "ssr")]
use postroom_server::{groups, model::NameForm, workspaces};

/// A page of the workspaces whose name has these letters in it, by name; archived ones too for administrators.
#[server(endpoint = "list_workspaces")]
pub async fn list_workspaces(wanted: String, page: usize) -> Result<WorkspacePage, ApiError> {
    let (ctx, person) = person().await?;
    Ok(workspaces::page(&ctx, &person, &wanted, page).await?)
}

/// A few workspaces in use whose name has these letters in it.
#[server(endpoint = "find_workspaces")]
pub async fn find_workspaces(wanted: String) -> Result<Vec<Workspace>, ApiError> {
    let (ctx, person) = person().await?;
    Ok(workspaces::find(&ctx, &person, &wanted).await?)
}

/// What will rest when a workspace is archived.
#[server(endpoint = "workspace_at_rest")]
pub async fn workspace_at_rest(workspace: String) -> Result<WorkspaceRest, ApiError> {
    let (ctx, admin) = admin().await?;
    Ok(workspaces::would_rest(&ctx, &admin, &workspace).await?)
}

/// Makes a workspace with its first group and its default mailbox, and goes there.
#[server(endpoint = "create_workspace")]
pub async fn create_workspace(name: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let form = NameForm { name };
    let made = workspaces::create(&ctx, &admin, &form, first_group()).await;
    let made = made.map_err(|error| ApiError::from(error).with_typed([("name", form.name.as_str())]))?;
    leptos_axum::redirect(&format!("/admin/{}?done=workspace_created", made.slug));
    Ok(())
}

/// Renames a workspace; its address stays.
#[server(endpoint = "rename_workspace")]
pub async fn rename_workspace(id: WorkspaceId, name: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    workspaces::rename(&ctx, &admin, id, &NameForm { name }).await?;
    done("/account/workspaces", "renamed")
}

/// Archives a workspace or brings it back.
#[server(endpoint = "archive_workspace")]
pub async fn archive_workspace(id: WorkspaceId, archived: bool) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    workspaces::set_archived(&ctx, &admin, id, archived).await?;
    done("/account/workspaces", if archived { "archived" } else { "restored" })
}

/// The groups of a workspace, archived ones too, by name.
#[server(endpoint = "list_groups")]
pub async fn list_groups(workspace: String) -> Result<Vec<Group>, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    Ok(groups::list(&ctx, &manager).await?)
}

/// Makes a group.
#[server(endpoint = "create_group")]
pub async fn create_group(workspace: String, name: String) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let form = NameForm { name };
    let made = groups::create(&ctx, &manager, &form).await;
    made.map_err(|error| ApiError::from(error).with_typed([("name", form.name.as_str())]))?;
    done(&format!("/admin/{}/groups", manager.slug()), "created")
}

/// Renames a group.
#[server(endpoint = "rename_group")]
pub async fn rename_group(workspace: String, id: GroupId, name: String) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    groups::rename(&ctx, &manager, id, &NameForm { name }).await?;
    done(&format!("/admin/{}/groups", manager.slug()), "renamed")
}

/// Archives a group or brings it back.
#[server(endpoint = "archive_group")]
pub async fn archive_group(workspace: String, id: GroupId, archived: bool) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    groups::set_archived(&ctx, &manager, id, archived).await?;
    done(&format!("/admin/{}/groups", manager.slug()), if archived { "archived" } else { "restored" })
}

/// Goes to a page that says what was done.
#[cfg(feature = "ssr")]
pub(super) fn done(page: &str, what: &str) -> Result<(), ApiError> {
    leptos_axum::redirect(&format!("{page}?done={what}"));
    Ok(())
}

/// What the first group of a workspace is called, in the language of whoever makes it.
#[cfg(feature = "ssr")]
pub(super) fn first_group() -> &'static str {
    crate::say!(crate::i18n::words(), admin.first_group)
}
