//! Sealed columns, whichever they are: what is sealed with which key, and its replacement.

use sqlx::FromRow;

use crate::db::{Tx, on};
use crate::error::Result;

/// A column that holds something sealed, and the statements that speak of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// `table.column`, for people.
    pub name: &'static str,
    pub old: &'static str,
    pub replace: &'static str,
    pub count: &'static str,
}

/// Declares a sealed column: table, column, and the number and the word that name a row. One that has no number or no
/// word says `CAST(0 AS BIGINT)` or `CAST('' AS TEXT)`.
macro_rules! column {
    ($table:literal, $column:literal, $number:literal, $word:literal $(,)?) => {
        $crate::db::sealed::Column {
            name: concat!($table, ".", $column),
            old: concat!(
                "SELECT ",
                $number,
                " AS number, ",
                $word,
                " AS word, ",
                $column,
                " AS sealed FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL AND substr(",
                $column,
                ", 2, 4) <> $1",
                " ORDER BY 1, 2 LIMIT $2 OFFSET $3"
            ),
            // What is no longer as it was read has been sealed anew by somebody else.
            replace: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $column,
                " = $1",
                " WHERE ",
                $number,
                " = $2 AND ",
                $word,
                " = $3 AND ",
                $column,
                " = $4"
            ),
            count: concat!(
                "SELECT substr(",
                $column,
                ", 2, 4), COUNT(*) FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL GROUP BY 1 ORDER BY 1"
            ),
        }
    };
}
pub(crate) use column;

/// Something that is sealed, and the row it is in.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Row {
    pub number: i64,
    pub word: String,
    pub sealed: Vec<u8>,
}

/// Up to so many rows that are sealed with another key than this one, without the first `skipped`.
pub(crate) async fn old(tx: &mut Tx, column: &Column, key: u32, most: i64, skipped: i64) -> Result<Vec<Row>> {
    Ok(on!(tx, |conn| sqlx::query_as(column.old)
        .bind(key.to_be_bytes().to_vec())
        .bind(most)
        .bind(skipped)
        .fetch_all(conn))?)
}

/// Puts something sealed in the place of what was read there; false where that was no longer there.
pub(crate) async fn replace(tx: &mut Tx, column: &Column, row: &Row, sealed: &[u8]) -> Result<bool> {
    let changed = on!(tx, column.replace, sealed, row.number, row.word.as_str(), row.sealed.as_slice())?;
    Ok(changed > 0)
}

/// How many secrets are sealed with each key.
pub(crate) async fn count(tx: &mut Tx, column: &Column) -> Result<Vec<(u32, i64)>> {
    let found: Vec<(Vec<u8>, i64)> = on!(tx, |conn| sqlx::query_as(column.count).fetch_all(conn))?;
    let key = |bytes: &[u8]| bytes.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
    Ok(found.into_iter().filter_map(|(bytes, count)| Some((key(&bytes)?, count))).collect())
}
