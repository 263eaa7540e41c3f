//! What a remedy must know to name hosts, people and applications.

use postroom_server::{
    Context, Error, applications,
    model::{GrantStatus, OAuthProvider, Protocol, Security, ServerSettings},
    remedy::{OAuthSituation, Situation},
    users::Admin,
};

use crate::web::sign_in::here;

/// What a remedy must know to name hosts, ports, addresses, and who signed in where.
pub(super) async fn of_server(
    ctx: &Context,
    admin: &Admin,
    protocol: Protocol,
    settings: &ServerSettings,
    address: &str,
    grant: Option<&GrantStatus>,
) -> Result<Situation, Error> {
    let oauth = match grant {
        Some(grant) => of_sign_in(ctx, admin, grant.provider, Some(grant), address).await?.oauth,
        None => None,
    };
    Ok(Situation {
        protocol,
        host: settings.endpoint.host.clone(),
        port: settings.endpoint.port,
        security: settings.endpoint.security,
        username: settings.username.clone(),
        address: address.to_owned(),
        oauth,
    })
}

/// What a remedy must know of a sign-in to name people, applications and addresses.
pub(super) async fn of_sign_in(
    ctx: &Context,
    admin: &Admin,
    provider: OAuthProvider,
    grant: Option<&GrantStatus>,
    address: &str,
) -> Result<Situation, Error> {
    let application = applications::get(ctx, admin, provider, here().as_ref()).await?;
    let general = for_owner(provider, grant, address);
    let oauth = OAuthSituation {
        provider,
        person: grant.map(|grant| grant.person.clone()).unwrap_or_default(),
        client_id: application.form.client_id,
        tenant: application.form.tenant,
        redirect_uri: application.redirect_uri,
        by_link: false,
    };
    Ok(Situation { oauth: Some(oauth), ..general })
}

/// [`of_sign_in`] without what only administrators see.
pub(super) fn for_owner(provider: OAuthProvider, grant: Option<&GrantStatus>, address: &str) -> Situation {
    let person = grant.map(|grant| grant.person.clone()).unwrap_or_default();
    Situation {
        protocol: Protocol::Imap,
        host: String::new(),
        port: 0,
        security: Security::Tls,
        username: address.to_owned(),
        address: address.to_owned(),
        oauth: Some(OAuthSituation {
            provider,
            person,
            client_id: String::new(),
            tenant: String::new(),
            redirect_uri: String::new(),
            by_link: true,
        }),
    }
}
