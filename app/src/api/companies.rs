//! The companies of an MSP: list, create, rename, archive, their domains, and what serves them.

use leptos::prelude::*;
use postroom_server::model::{Companies, Company, CompanyDetails, CompanyId, MailboxId};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, manager, workspaces::done};
#[cfg(feature = "ssr")]
use postroom_server::{
    companies, mailboxes,
    model::{NameForm, PrimaryOf},
};

/// Every company, archived ones too, by name, and what serves those without a mailbox.
#[server(endpoint = "list_companies")]
pub async fn list_companies() -> Result<Companies, ApiError> {
    let (ctx, admin) = admin().await?;
    Ok(companies::overview(&ctx, &admin).await?)
}

/// One company with its mailboxes.
#[server(endpoint = "one_company")]
pub async fn one_company(id: CompanyId) -> Result<CompanyDetails, ApiError> {
    let (ctx, admin) = admin().await?;
    Ok(companies::details(&ctx, &admin, id).await?)
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
    let made = made.map_err(|error| ApiError::from(error).with_typed([("name", form.name.as_str())]))?;
    done(&page_of(made.id), "created")
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

/// Gives a company a domain.
#[server(endpoint = "add_domain")]
pub async fn add_domain(id: CompanyId, domain: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let added = companies::add_domain(&ctx, &admin, id, &domain).await;
    added.map_err(|error| ApiError::from(error).with_typed([("domain", domain.as_str())]))?;
    done(&page_of(id), "domain_added")
}

/// Takes a domain away from a company.
#[server(endpoint = "remove_domain")]
pub async fn remove_domain(id: CompanyId, domain: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    companies::remove_domain(&ctx, &admin, id, &domain).await?;
    done(&page_of(id), "domain_removed")
}

/// Says whether the account serves client companies.
#[server(endpoint = "set_msp")]
pub async fn set_msp(#[server(default)] msp: bool) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    companies::set_msp(&ctx, &admin, msp).await?;
    done("/account/companies", "settings_saved")
}

/// Makes a mailbox the primary one of its workspace, of its company, or of the account.
#[server(endpoint = "make_primary")]
pub async fn make_primary(workspace: String, mailbox: MailboxId, of: String) -> Result<(), ApiError> {
    let of = PrimaryOf::named(&of).ok_or(ApiError::NotFound)?;
    // Companies, and so who answers them, are the account's.
    let whole = if of == PrimaryOf::Workspace { None } else { Some(admin().await?.1) };
    let (ctx, manager) = manager(&workspace).await?;
    match (of, whole) {
        (PrimaryOf::Company, Some(admin)) => {
            let found = mailboxes::details(&ctx, &manager, mailbox).await?.summary.id;
            companies::make_primary(&ctx, &admin, found).await?;
        }
        (PrimaryOf::Account, Some(admin)) => {
            let found = mailboxes::details(&ctx, &manager, mailbox).await?.summary.id;
            companies::make_account_primary(&ctx, &admin, found).await?;
        }
        _ => mailboxes::make_primary(&ctx, &manager, mailbox).await?,
    }
    done(&format!("/admin/{}/channels/email/mailboxes/{mailbox}", manager.slug()), "primary")
}

#[cfg(feature = "ssr")]
fn page_of(company: CompanyId) -> String {
    format!("/account/companies/{company}")
}
