//! What is wrong now, by cause: an expired client secret that stops forty mailboxes is one thing to repair.

use std::collections::BTreeMap;

use crate::context::Context;
use crate::db::watch::FailingRow;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{Cause, Direction, Incident, Stopped};
use crate::relay;
use crate::users::{Person, Sight};

/// Everything that has been confirmed to be wrong with mailboxes in use that this person may look at, and with the relay:
/// what stops most mailboxes first, then what has lasted longest.
///
/// # Errors
/// When the database fails.
pub async fn incidents(ctx: &Context, person: &Person) -> Result<Vec<Incident>> {
    let mut tx = ctx.db.read().await?;
    let sight = Sight::of(&mut tx, person).await?;
    let mut failing = db::watch::failing(&mut tx).await?;
    failing.retain(|row| sight.sees(&row.workspace));
    let mut incidents = by_cause(failing);
    if let Some(mut relay) = relay::incident(&mut tx).await? {
        relay.mailboxes.retain(|mailbox| sight.sees(&mailbox.workspace));
        // One that stops nothing of theirs is none of theirs.
        if sight.sees_account() || !relay.mailboxes.is_empty() {
            incidents.push(relay);
        }
    }
    incidents.sort_by_key(|incident| (usize::MAX - incident.mailboxes.len(), incident.since));
    Ok(incidents)
}

/// What is wrong with mailboxes of every workspace in use.
pub(crate) async fn of_mailboxes(tx: &mut Tx) -> Result<Vec<Incident>> {
    Ok(by_cause(db::watch::failing(tx).await?))
}

fn by_cause(failing: Vec<FailingRow>) -> Vec<Incident> {
    let mut found: BTreeMap<Cause, Incident> = BTreeMap::new();
    for row in failing {
        let cause = cause(&row);
        let incident = found.entry(cause.clone()).or_insert_with(|| Incident {
            cause,
            problem: row.problem.clone(),
            direction: row.direction,
            since: row.since,
            mailboxes: Vec::new(),
        });
        if (row.since, row.direction) < (incident.since, incident.direction) {
            (incident.since, incident.problem, incident.direction) = (row.since, row.problem.clone(), row.direction);
        }
        add(&mut incident.mailboxes, row);
    }
    let mut incidents: Vec<Incident> = found.into_values().collect();
    for incident in &mut incidents {
        incident.mailboxes.sort_by_cached_key(|mailbox| (mailbox.name.to_lowercase(), mailbox.id));
    }
    incidents
}

/// A mailbox that fails both ways is one mailbox.
fn add(mailboxes: &mut Vec<Stopped>, row: FailingRow) {
    let (incoming, outgoing) = (row.direction == Direction::Incoming, row.direction == Direction::Outgoing);
    match mailboxes.iter_mut().find(|mailbox| mailbox.id == row.id) {
        Some(mailbox) => {
            mailbox.incoming |= incoming;
            mailbox.outgoing |= outgoing;
            mailbox.since = mailbox.since.min(row.since);
        }
        None => mailboxes.push(Stopped {
            workspace: row.workspace,
            id: row.id,
            name: row.name,
            address: row.address,
            incoming,
            outgoing,
            since: row.since,
        }),
    }
}

fn cause(row: &FailingRow) -> Cause {
    match row.provider {
        Some(provider) if row.problem.is_about_application() => Cause::Application { provider },
        // What passes by itself is the server's or the network's; whatever else is wrong is told with the mailbox.
        _ if !row.problem.needs_person() => {
            let endpoint = &row.settings.endpoint;
            Cause::Server { host: endpoint.host.to_lowercase(), port: endpoint.port }
        }
        _ => Cause::Mailbox { id: row.id },
    }
}
