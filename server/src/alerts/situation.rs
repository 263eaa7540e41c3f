//! What a remedy must know of an incident, to name hosts, people and applications in a mail.

use crate::applications;
use crate::context::Context;
use crate::db::grants::Owner;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{Cause, Direction, Incident, OAuthProvider, Protocol, Security, Stopped};
use crate::remedy::{OAuthSituation, Situation};

/// The situation of an incident, which is that of the mailbox that has been failing longest; `None` where that is
/// just being taken away.
pub(super) async fn of(tx: &mut Tx, ctx: &Context, incident: &Incident) -> Result<Option<Situation>> {
    of_cause(tx, ctx, &incident.cause, incident.direction, &incident.mailboxes).await
}

/// [`of`], for a cause and what it stops or has stopped.
pub(super) async fn of_cause(
    tx: &mut Tx,
    ctx: &Context,
    cause: &Cause,
    direction: Direction,
    mailboxes: &[Stopped],
) -> Result<Option<Situation>> {
    match cause {
        Cause::Application { provider } => {
            let oauth = Some(of_sign_in(tx, ctx, *provider, String::new()).await?);
            Ok(Some(Situation {
                protocol: Protocol::Imap,
                host: String::new(),
                port: 0,
                security: Security::Tls,
                username: String::new(),
                address: String::new(),
                oauth,
            }))
        }
        // Nobody is told of the relay by the relay.
        Cause::Relay => Ok(None),
        Cause::Server { .. } | Cause::Mailbox { .. } => {
            let way = |mailbox: &&Stopped| match direction {
                Direction::Incoming => mailbox.incoming,
                Direction::Outgoing => mailbox.outgoing,
            };
            let Some(mailbox) = mailboxes.iter().filter(way).min_by_key(|mailbox| mailbox.since) else {
                return Ok(None);
            };
            of_mailbox(tx, ctx, mailbox, direction).await
        }
    }
}

async fn of_mailbox(tx: &mut Tx, ctx: &Context, mailbox: &Stopped, direction: Direction) -> Result<Option<Situation>> {
    let Some(workspace) = db::workspaces::by_slug(tx, &mailbox.workspace).await? else { return Ok(None) };
    let Some(server) = db::mailboxes::server(tx, workspace.id, mailbox.id, direction).await? else { return Ok(None) };
    let oauth = match db::grants::of(tx, Owner::Mailbox(mailbox.id)).await? {
        Some(grant) => Some(of_sign_in(tx, ctx, grant.provider, grant.identity.email).await?),
        None => None,
    };
    Ok(Some(Situation {
        protocol: direction.protocol(),
        host: server.settings.endpoint.host,
        port: server.settings.endpoint.port,
        security: server.settings.endpoint.security,
        username: server.settings.username,
        address: mailbox.address.as_str().to_owned(),
        oauth,
    }))
}

async fn of_sign_in(tx: &mut Tx, ctx: &Context, provider: OAuthProvider, person: String) -> Result<OAuthSituation> {
    let form = applications::form(tx, ctx, provider).await?.unwrap_or_default();
    Ok(OAuthSituation {
        provider,
        person,
        client_id: form.client_id,
        tenant: form.tenant,
        redirect_uri: applications::redirect_uri(&ctx.config, None)?.into(),
        by_link: false,
    })
}
