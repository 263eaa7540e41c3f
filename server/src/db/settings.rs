//! Single values of the account.

use crate::db::{Tx, on};
use crate::error::Result;

/// The value of a setting, if it was ever set.
pub(crate) async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
        .bind(name)
        .fetch_optional(conn))?)
}

/// Sets a setting.
pub(crate) async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    on!(
        tx,
        "INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )?;
    Ok(())
}

/// Removes a setting and answers what it was. Of two who take at once, one gets it.
pub(crate) async fn take(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("DELETE FROM settings WHERE name = $1 RETURNING value")
        .bind(name)
        .fetch_optional(conn))?)
}
