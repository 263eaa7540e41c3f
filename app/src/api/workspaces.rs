//! Workspaces, their groups, and the companies of an MSP: list, create, rename, archive.

use leptos::prelude::*;
use postroom_server::model::{Company, CompanyId, Group, GroupId, Workspace, WorkspaceId};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, manager};
#[cfg(feature = "ssr")]
use postroom_server::{companies, groups, model::NameForm, workspaces};

/// Every workspace, archived ones too, by name.
#[server(endpoint = "list_workspaces")]
pub async fn list_workspaces() -> Result<Vec<Workspace>, ApiError> {
    let (ctx, admin) = admin().await?;
    Ok(workspaces::list(&ctx, &admin).await?)
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

/// Every company, archived ones too, by name.
#[server(endpoint = "list_companies")]
pub async fn list_companies() -> Result<Vec<Company>, ApiError> {
    let (ctx, admin) = admin().await?;
    Ok(companies::list(&ctx, &admin).await?)
}

/// The companies that a mailbox can be given to, by name.
#[server(endpoint = "companies_in_use")]
pub async fn companies_in_use(workspace: String) -> Result<Vec<Company>, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    Ok(companies::in_use(&ctx, &manager).await?)
}

/// Makes a company.
#[server(endpoint = "create_company")]
pub async fn create_company(name: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let form = NameForm { name };
    let made = companies::create(&ctx, &admin, &form).await;
    made.map_err(|error| ApiError::from(error).with_typed([("name", form.name.as_str())]))?;
    done("/account/companies", "created")
}

/// Renames a company.
#[server(endpoint = "rename_company")]
pub async fn rename_company(id: CompanyId, name: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    companies::rename(&ctx, &admin, id, &NameForm { name }).await?;
    done("/account/companies", "renamed")
}

/// Archives a company or brings it back.
#[server(endpoint = "archive_company")]
pub async fn archive_company(id: CompanyId, archived: bool) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    companies::set_archived(&ctx, &admin, id, archived).await?;
    done("/account/companies", if archived { "archived" } else { "restored" })
}

/// Says whether the account serves client companies.
#[server(endpoint = "set_msp")]
pub async fn set_msp(#[server(default)] msp: bool) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    companies::set_msp(&ctx, &admin, msp).await?;
    done("/account/companies", "saved")
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
