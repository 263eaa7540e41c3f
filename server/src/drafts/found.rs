//! What was found for an address that a draft has no more.

use crate::context::Context;
use crate::db;
use crate::error::Result;
use crate::model::{Direction, Discovery, DraftId, ServerForm};
use crate::users::Manager;

use super::{Work, finish};

/// Empties the servers that stand in the form just as they were `found`, before the address becomes another one, so
/// that what is found for the next can be filled in. What somebody typed or edited stays, and so does a server that
/// has a password already: nothing takes a password elsewhere by itself.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn drop_found(ctx: &Context, manager: &Manager, id: DraftId, found: &Discovery) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let row = db::drafts::hold(&mut tx, workspace, manager.user.id, id, ctx.clock.now()).await?;
    let work = Work::read(&mut tx, row.clone()).await?;
    let mut form = row.form.clone();
    for direction in Direction::BOTH {
        let (protocol, server) = (direction.protocol(), form.server_mut(direction));
        let blank = ServerForm { folder: server.folder.clone(), ..ServerForm::default_for(protocol, &server.email) };
        if !work.has_password(direction) && found.fill(protocol, &blank).as_ref() == Some(&*server) {
            *server = blank;
            db::drafts::bump_revision(&mut tx, id, direction).await?;
        }
    }
    finish(tx, row, form).await?;
    Ok(())
}
