//! Whether this program can do its work, for whoever decides to send it requests or to start it anew.

use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use crate::context::Context;

/// A database that takes longer answers nobody in time.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the program is not ready. The words tell a stranger nothing about what is behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReady {
    /// The database does not answer.
    Database,
    /// Nobody looks after mailboxes.
    Watch,
}

/// Everything that keeps the program from its work; nothing when it is ready.
pub async fn not_ready(ctx: &Context) -> Vec<NotReady> {
    let mut found = Vec::new();
    let asked = async {
        let mut tx = ctx.db.read().await?;
        crate::db::settings::get(&mut tx, "").await
    };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "The database does not answer.");
            found.push(NotReady::Database);
        }
        Err(_) => {
            tracing::warn!("The database does not answer in time.");
            found.push(NotReady::Database);
        }
    }
    if !ctx.pulse.is_alive(&ctx.clock) {
        found.push(NotReady::Watch);
    }
    found
}
