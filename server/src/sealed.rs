//! Everything that is sealed, in one list, and how it comes under a new key.
//!
//! ```text
//! rotate    a new key at the end of the key file ─► everything is sealed anew, a few rows at a time
//! drop_old  nothing is sealed with the old keys any more? ─► they are removed ─► a last look
//! ```
//!
//! Both may be cut off at any moment and begun again: every key stays in the file until nothing needs it, and what is
//! sealed with the new key opens wherever the file is the same. A running process seals with the new key as soon as it
//! is in the file ([`vault`](crate::vault)). What it had sealed a moment before and stores a moment later is found by
//! the next round.

use std::collections::BTreeSet;

use crate::applications;
use crate::context::Context;
use crate::db::sealed::{Column, Row, column, count, old, replace};
use crate::db::{Tx, from_text};
use crate::drafts;
use crate::error::Result;
use crate::identity_providers;
use crate::lock::{Lock, LockName};
use crate::mailboxes;
use crate::model::{Direction, DraftId, MailboxId, OAuthProvider, UserId};
use crate::outbox;
use crate::relay;
use crate::second_factor;
use crate::sender_domains;
use crate::tokens::{self, ACCESS, REFRESH};
use crate::vault::Vault;

/// A sealed column, and the identity that each of its rows is sealed for.
struct Place {
    column: Column,
    record: fn(&Row) -> Result<String>,
}

/// Every column that holds something sealed for as long as it is needed. Whoever seals into another one adds it here.
const PLACES: &[Place] = &[
    Place {
        column: column!("mailbox_servers", "secret", "mailbox_id", "direction"),
        record: |row| Ok(mailboxes::record(MailboxId(row.number), direction(row)?)),
    },
    Place {
        column: column!("draft_servers", "secret", "draft_id", "direction"),
        record: |row| Ok(drafts::record(DraftId(row.number), direction(row)?)),
    },
    Place {
        column: column!("grants", "access_token", "id", "seal"),
        record: |row| Ok(tokens::record(&row.word, ACCESS)),
    },
    Place {
        column: column!("grants", "refresh_token", "id", "seal"),
        record: |row| Ok(tokens::record(&row.word, REFRESH)),
    },
    Place {
        column: column!("oauth_applications", "secret", "CAST(0 AS BIGINT)", "provider"),
        record: |row| Ok(applications::record(from_text::<OAuthProvider>("oauth_applications", row.word.clone())?)),
    },
    Place {
        column: column!("identity_providers", "secret", "id", "seal"),
        record: |row| Ok(identity_providers::record(&row.word)),
    },
    Place { column: column!("relay", "secret", "id", "CAST('' AS TEXT)"), record: |_| Ok(relay::RECORD.to_owned()) },
    Place {
        column: column!("sender_domains", "private_key", "CAST(0 AS BIGINT)", "domain"),
        record: |row| Ok(sender_domains::record(&row.word)),
    },
    Place {
        column: column!("second_factors", "secret", "user_id", "CAST('' AS TEXT)"),
        record: |row| Ok(second_factor::record(UserId(row.number))),
    },
    Place {
        column: column!("deliveries", "sealed_message", "id", "message_id"),
        record: |row| Ok(outbox::record(&row.word)),
    },
];

/// What is sealed for minutes only and never sealed anew: a sign-in that has begun. It keeps its key until it is over.
/// (What a session keeps for one reading is gone with its key, and whoever waited for it asks again.)
const PASSING: &[Column] = &[
    column!("sign_in_attempts", "kept", "CAST(0 AS BIGINT)", "provider"),
    column!("sign_on_attempts", "kept", "provider_id", "CAST('' AS TEXT)"),
];

/// How many rows are sealed anew in one transaction.
const AT_ONCE: i64 = 100;

/// What became of everything that was sealed with older keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// The key that seals now.
    pub key: u32,
    pub count: u64,
    /// What does not open, and stays as it is: `column (record)`.
    pub unopened: Vec<String>,
}

/// Secrets of one column under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub column: &'static str,
    pub key: u32,
    pub count: i64,
}

/// What removing the old keys came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// These are gone from the key file.
    Keys(Vec<u32>),
    /// There was only one.
    NoneToDrop,
    /// Nothing was removed: this is sealed with old keys.
    StillUsed(Vec<Use>),
}

/// Adds a key and seals everything with it.
///
/// # Errors
/// [`Locked`](crate::Error::Locked) while a backup is made or somebody else changes the keys; when the database or the key file
/// fails. What was sealed anew until then stays so.
pub async fn rotate(ctx: &Context) -> Result<Resealed> {
    let _lock = Lock::exclusive(&ctx.config, LockName::Keys)?;
    ctx.vault.add_key()?;
    seal_anew(ctx).await
}

/// Seals everything with the newest key there is: what a rotation that was cut off has left.
///
/// # Errors
/// As [`rotate`].
pub async fn reseal(ctx: &Context) -> Result<Resealed> {
    let _lock = Lock::exclusive(&ctx.config, LockName::Keys)?;
    seal_anew(ctx).await
}

/// How many secrets are sealed with each key.
///
/// # Errors
/// When the database fails.
pub async fn uses(ctx: &Context) -> Result<Vec<Use>> {
    let mut tx = ctx.db.read().await?;
    let mut found = Vec::new();
    for column in PLACES.iter().map(|place| &place.column).chain(PASSING) {
        let counts = count(&mut tx, column).await?;
        found.extend(counts.into_iter().map(|(key, count)| Use { column: column.name, key, count }));
    }
    Ok(found)
}

/// Removes every key but the newest from the key file, unless something is sealed with one of them.
///
/// # Errors
/// As [`rotate`].
pub async fn drop_old(ctx: &Context) -> Result<Dropped> {
    let _lock = Lock::exclusive(&ctx.config, LockName::Keys)?;
    let newest = ctx.vault.current_key();
    let old: Vec<u32> = ctx.vault.key_ids().into_iter().filter(|key| *key != newest).collect();
    if old.is_empty() {
        return Ok(Dropped::NoneToDrop);
    }
    let left = still_used(ctx, &old).await?;
    if !left.is_empty() {
        return Ok(Dropped::StillUsed(left));
    }
    let removed = ctx.vault.remove_old_keys()?;
    // Something that was sealed before the new key was there may have been stored between the two looks.
    match still_used(ctx, &old).await {
        Ok(left) if left.is_empty() => Ok(Dropped::Keys(old)),
        Ok(left) => {
            removed.put_back()?;
            Ok(Dropped::StillUsed(left))
        }
        Err(error) => {
            removed.put_back()?;
            Err(error)
        }
    }
}

async fn still_used(ctx: &Context, old: &[u32]) -> Result<Vec<Use>> {
    Ok(uses(ctx).await?.into_iter().filter(|found| old.contains(&found.key)).collect())
}

/// Goes through every column until a whole round finds nothing that opens with an old key.
async fn seal_anew(ctx: &Context) -> Result<Resealed> {
    let key = ctx.vault.current_key();
    let mut count = 0;
    loop {
        let mut unopened = BTreeSet::new();
        let mut sealed = 0;
        for place in PLACES {
            sealed += seal_column(ctx, place, key, &mut unopened).await?;
        }
        count += sealed;
        if sealed == 0 {
            return Ok(Resealed { key, count, unopened: unopened.into_iter().collect() });
        }
    }
}

/// Seals one column anew; how many secrets. What does not open is told once and passed over.
async fn seal_column(ctx: &Context, place: &Place, key: u32, unopened: &mut BTreeSet<String>) -> Result<u64> {
    let mut count = 0;
    let mut passed_over = 0;
    loop {
        let mut tx = ctx.db.write().await?;
        let rows = old(&mut tx, &place.column, key, AT_ONCE, passed_over).await?;
        if rows.is_empty() {
            return Ok(count);
        }
        for row in rows {
            let record = (place.record)(&row)?;
            if seal_row(&mut tx, &ctx.vault, place, &row, &record).await? {
                count += 1;
            } else {
                passed_over += 1;
                unopened.insert(format!("{} ({record})", place.column.name));
            }
        }
        tx.commit().await?;
    }
}

/// Seals one secret anew; false where it does not open. One that somebody else has replaced meanwhile counts as done.
async fn seal_row(tx: &mut Tx, vault: &Vault, place: &Place, row: &Row, record: &str) -> Result<bool> {
    let Ok(secret) = vault.open_bytes(record, &row.sealed) else { return Ok(false) };
    let sealed = vault.seal_bytes(record, &secret)?;
    replace(tx, &place.column, row, &sealed).await?;
    Ok(true)
}

fn direction(row: &Row) -> Result<Direction> {
    from_text("direction", row.word.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::db::Db;
    use crate::db::copy;

    /// Columns of bytes that hold a hash, a message, or what belongs to the session library.
    const IN_CLEAR: &[&str] = &[
        "activations.token_hash",
        "deliveries.message",
        "invitations.token_hash",
        "password_resets.token_hash",
        "recovery_codes.code_hash",
        "owner_links.token_hash",
        "sessions.data",
        "sessions.key_hash",
        "sign_in_attempts.browser_hash",
        "sign_in_attempts.state_hash",
        "sign_on_attempts.browser_hash",
        "sign_on_attempts.state_hash",
    ];

    #[tokio::test]
    async fn every_column_of_bytes_is_known_to_be_sealed_or_in_clear() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("db").display())).await.unwrap();
        let tables = copy::tables(&mut db.read().await.unwrap()).await.unwrap();
        let found: BTreeSet<String> = tables
            .iter()
            .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
            .filter(|(_, column)| column.kind == copy::Kind::Bytes)
            .map(|(table, column)| format!("{}.{}", table.name, column.name))
            .collect();
        let sealed = PLACES.iter().map(|place| place.column.name).chain(PASSING.iter().map(|column| column.name));
        let known: BTreeSet<String> = sealed.chain(IN_CLEAR.iter().copied()).map(str::to_owned).collect();
        assert_eq!(found, known, "add a new column to PLACES, or to this list if nothing in it is sealed");
    }
}
