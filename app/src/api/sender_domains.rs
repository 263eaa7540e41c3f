//! The domains that default mailboxes send from: what the DNS says of them, and what it should say.

use leptos::prelude::*;
use postroom_server::model::SenderDomain;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::admin;
#[cfg(feature = "ssr")]
use crate::web::Throttles;
#[cfg(feature = "ssr")]
use postroom_server::sender_domains as stored;

/// All of them, by name.
#[server(name = ListSenderDomains, endpoint = "sender_domains")]
pub async fn sender_domains() -> Result<Vec<SenderDomain>, ApiError> {
    let (ctx, admin) = admin().await?;
    Ok(stored::list(&ctx, &admin).await?)
}

/// One of them. It is looked up where that has not been done yet: nobody opens the page to press a button first.
#[server(name = LoadSenderDomain, endpoint = "sender_domain")]
pub async fn sender_domain(domain: String) -> Result<SenderDomain, ApiError> {
    let (ctx, admin) = admin().await?;
    let known = stored::details(&ctx, &admin, &domain).await?;
    if known.report.is_some() {
        return Ok(known);
    }
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(admin.user.id.0)?;
    Ok(stored::look(&ctx, &admin, &domain).await?)
}

/// Looks a domain up again.
#[server(name = LookUpSenderDomain, endpoint = "look_up_sender_domain")]
pub async fn look_up_sender_domain(domain: String) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(admin.user.id.0)?;
    let looked = stored::look(&ctx, &admin, &domain).await?;
    leptos_axum::redirect(&format!("/account/sender-domains/{}", looked.domain));
    Ok(())
}
