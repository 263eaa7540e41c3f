//! What a remedy must know to name hosts, people and applications.

use postroom_server::{
    Context, Error, applications,
    model::{Direction, GrantStatus, MailboxDetails, OAuthProvider, Problem, Protocol, Security, ServerSettings},
    remedy::{OAuthSituation, Situation, remedy},
    users::Person,
};

use crate::{i18n::language, web::sign_in::here};

/// What a remedy must know to name hosts, ports, addresses, and who signed in where.
pub(super) async fn of_server(
    ctx: &Context,
    person: &Person,
    protocol: Protocol,
    settings: &ServerSettings,
    address: &str,
    grant: Option<&GrantStatus>,
) -> Result<Situation, Error> {
    let oauth = match grant {
        Some(grant) => of_sign_in(ctx, person, grant.provider, Some(grant), address).await?.oauth,
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

/// A problem of a mailbox in the reader's words; `None` where no server is set in this direction any more.
pub(super) async fn title(
    ctx: &Context,
    person: &Person,
    mailbox: &MailboxDetails,
    direction: Direction,
    problem: &Problem,
) -> Result<Option<String>, Error> {
    let settings = match direction {
        Direction::Incoming => &mailbox.incoming_settings,
        Direction::Outgoing => &mailbox.outgoing_settings,
    };
    let Some(settings) = settings else { return Ok(None) };
    let (address, grant) = (mailbox.summary.address.as_str(), mailbox.summary.grant.as_ref());
    let situation = of_server(ctx, person, direction.protocol(), settings, address, grant).await?;
    Ok(Some(remedy(problem, &situation, language()).title))
}

/// What a remedy must know of a sign-in to name people, applications and addresses.
pub(super) async fn of_sign_in(
    ctx: &Context,
    person: &Person,
    provider: OAuthProvider,
    grant: Option<&GrantStatus>,
    address: &str,
) -> Result<Situation, Error> {
    let application = applications::get(ctx, person, provider, here().as_ref()).await?;
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
