//! Whole tables as rows of plain values, out of one database and into another, of the same kind or not.
//!
//! This speaks of whatever tables there are, so it asks each database about itself, in its own words.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Postgres, Row as _, Sqlite, TypeInfo as _, ValueRef as _};

use crate::db::{Db, Tx, Version, on};
use crate::error::{Error, Result};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    /// In SQLite an integer.
    Boolean,
    Text,
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

/// What a row holds, in the order of the columns. Bytes are an object with their base64; everything else is itself.
pub(crate) type Values = Vec<Value>;

const BYTES: &str = "base64";

/// How far a database has come; `None` for one without our tables, an error for a version we do not know.
pub(crate) async fn version(db: &Db) -> Result<Option<Result<Version, i64>>> {
    const NAME: &str = "_sqlx_migrations";
    let mut tx = db.read().await?;
    let there: bool = match &mut tx {
        Tx::Sqlite(tx) => {
            let known = sqlx::query_scalar("SELECT COUNT(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = $1");
            known.bind(NAME).fetch_one(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let known = "SELECT COUNT(*) > 0 FROM information_schema.tables
                         WHERE table_schema = current_schema() AND table_name = $1";
            sqlx::query_scalar(known).bind(NAME).fetch_one(&mut **tx).await?
        }
    };
    if !there {
        return Ok(None);
    }
    let last: Option<i64> =
        on!(&mut tx, |conn| sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(conn))?;
    Ok(last.map(|last| Version::numbered(last).ok_or(last)))
}

/// All tables but the list of migrations, each behind those that it refers to.
///
/// # Errors
/// When the database fails, and for a column of a kind that is not known here.
pub(crate) async fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let columns: Vec<(String, String, String)> = match tx {
        Tx::Sqlite(tx) => {
            let sql = "SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
                       WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND m.name <> '_sqlx_migrations'
                       ORDER BY m.name, c.cid";
            sqlx::query_as(sql).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let sql = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
                       WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'
                       ORDER BY table_name, ordinal_position";
            sqlx::query_as(sql).fetch_all(&mut **tx).await?
        }
    };
    let references: Vec<(String, String)> = match tx {
        Tx::Sqlite(tx) => {
            let sql = r#"SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
                         WHERE m.type = 'table'"#;
            sqlx::query_as(sql).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let sql = "SELECT c.relname::text, r.relname::text FROM pg_constraint k
                       JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
                       WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace";
            sqlx::query_as(sql).fetch_all(&mut **tx).await?
        }
    };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for (table, name, kind) in columns {
        let kind = kind_of(&table, &name, &kind)?;
        let known = tables.entry(table.clone()).or_insert_with(|| Table { name: table, columns: Vec::new() });
        known.columns.push(Column { name, kind });
    }
    in_order(tables, &references)
}

fn kind_of(table: &str, column: &str, kind: &str) -> Result<Kind> {
    match kind {
        "INTEGER" | "bigint" => Ok(Kind::Integer),
        "boolean" => Ok(Kind::Boolean),
        "TEXT" | "text" => Ok(Kind::Text),
        "BLOB" | "bytea" => Ok(Kind::Bytes),
        other => Err(unreadable(format!("{table}.{column} is of the kind {other}, which is not known"))),
    }
}

/// Takes out, again and again, what refers to nothing that is still in.
fn in_order(mut tables: BTreeMap<String, Table>, references: &[(String, String)]) -> Result<Vec<Table>> {
    let mut ordered = Vec::new();
    while !tables.is_empty() {
        let waits =
            |name: &String| references.iter().any(|(from, to)| from == name && to != name && tables.contains_key(to));
        let free: BTreeSet<String> = tables.keys().filter(|name| !waits(name)).cloned().collect();
        if free.is_empty() {
            return Err(unreadable("tables refer to each other in a circle".to_owned()));
        }
        ordered.extend(free.iter().filter_map(|name| tables.remove(name)));
    }
    Ok(ordered)
}

/// Hands over every row of a table, one after the other; how many there were.
///
/// # Errors
/// When the database fails, and what `each` answers.
pub(crate) async fn read(tx: &mut Tx, table: &Table, mut each: impl FnMut(Values) -> Result<()>) -> Result<u64> {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    // Always the same order: by id, or by the first two columns, which tell the rows of the other tables apart.
    let order =
        if names.len() < 2 || table.columns.first().is_some_and(|column| column.name == "id") { "1" } else { "1, 2" };
    let sql = format!("SELECT {} FROM {} ORDER BY {order}", names.join(", "), quoted(&table.name));
    let sql = AssertSqlSafe(sql);
    let mut count = 0;
    match tx {
        Tx::Sqlite(tx) => {
            let mut rows = sqlx::query(sql).fetch(&mut **tx);
            while let Some(row) = rows.try_next().await? {
                let values = table.columns.iter().enumerate().map(|(place, column)| of_sqlite(&row, place, column));
                each(values.collect::<Result<_>>()?)?;
                count += 1;
            }
        }
        Tx::Postgres(tx) => {
            let mut rows = sqlx::query(sql).fetch(&mut **tx);
            while let Some(row) = rows.try_next().await? {
                let values = table.columns.iter().enumerate().map(|(place, column)| of_postgres(&row, place, column));
                each(values.collect::<Result<_>>()?)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

fn of_sqlite(row: &SqliteRow, place: usize, column: &Column) -> Result<Value> {
    let value = row.try_get_raw(place)?;
    if value.is_null() {
        return Ok(Value::Null);
    }
    match value.type_info().name() {
        "INTEGER" | "BOOLEAN" => Ok(json!(row.try_get::<i64, _>(place)?)),
        "TEXT" => Ok(json!(row.try_get::<String, _>(place)?)),
        "BLOB" => Ok(bytes(&row.try_get::<Vec<u8>, _>(place)?)),
        other => Err(unreadable(format!("{} holds a value of the kind {other}", column.name))),
    }
}

fn of_postgres(row: &PgRow, place: usize, column: &Column) -> Result<Value> {
    Ok(match column.kind {
        Kind::Integer => json!(row.try_get::<Option<i64>, _>(place)?),
        // As SQLite has it, so that a table reads the same from both.
        Kind::Boolean => json!(row.try_get::<Option<bool>, _>(place)?.map(i64::from)),
        Kind::Text => json!(row.try_get::<Option<String>, _>(place)?),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(place)?.map_or(Value::Null, |found| bytes(&found)),
    })
}

fn bytes(found: &[u8]) -> Value {
    json!({ BYTES: BASE64.encode(found) })
}

/// Removes every row of a table.
///
/// # Errors
/// When the database fails.
pub(crate) async fn clear(tx: &mut Tx, table: &Table) -> Result<()> {
    let sql = format!("DELETE FROM {}", quoted(&table.name));
    on!(tx, AssertSqlSafe(sql.clone()))?;
    Ok(())
}

/// How many rows a table has.
///
/// # Errors
/// When the database fails.
pub(crate) async fn count(tx: &mut Tx, table: &str) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) FROM {}", quoted(table));
    Ok(on!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(conn))?)
}

/// Adds a row as [`read`] gave it; numbers that the database would count itself stay as they are.
///
/// # Errors
/// When a value does not fit its column, or the database fails.
pub(crate) async fn insert(tx: &mut Tx, table: &Table, values: Values) -> Result<()> {
    if values.len() != table.columns.len() {
        return Err(unreadable(format!("a row of {} has {} values", table.name, values.len())));
    }
    let names: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let (into, names, places) = (quoted(&table.name), names.join(", "), places.join(", "));
    let mut pairs = table.columns.iter().zip(values);
    match tx {
        Tx::Sqlite(tx) => {
            let sql = AssertSqlSafe(format!("INSERT INTO {into} ({names}) VALUES ({places})"));
            let query =
                pairs.try_fold(sqlx::query(sql), |query, (column, value)| to_sqlite(query, table, column, value))?;
            query.execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            let sql = format!("INSERT INTO {into} ({names}) OVERRIDING SYSTEM VALUE VALUES ({places})");
            let query = sqlx::query(AssertSqlSafe(sql));
            let query = pairs.try_fold(query, |query, (column, value)| to_postgres(query, table, column, value))?;
            query.execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// A value that fits a column of this kind.
enum Fitting {
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

fn fit(table: &Table, column: &Column, value: Value) -> Result<Fitting> {
    let wrong = || unreadable(format!("a value of {}.{} is of another kind", table.name, column.name));
    let whole = value.as_i64().or_else(|| value.as_bool().map(i64::from));
    Ok(match (column.kind, value) {
        (Kind::Integer, Value::Null) => Fitting::Integer(None),
        (Kind::Boolean, Value::Null) => Fitting::Boolean(None),
        (Kind::Text, Value::Null) => Fitting::Text(None),
        (Kind::Bytes, Value::Null) => Fitting::Bytes(None),
        (Kind::Integer, _) => Fitting::Integer(Some(whole.ok_or_else(wrong)?)),
        (Kind::Boolean, _) => Fitting::Boolean(Some(whole.ok_or_else(wrong)? != 0)),
        (Kind::Text, Value::String(text)) => Fitting::Text(Some(text)),
        (Kind::Bytes, value) => {
            let text = value.get(BYTES).and_then(Value::as_str).ok_or_else(wrong)?;
            Fitting::Bytes(Some(BASE64.decode(text).map_err(|_| wrong())?))
        }
        (Kind::Text, _) => return Err(wrong()),
    })
}

type OfSqlite<'q> = Query<'q, Sqlite, SqliteArguments>;
type OfPostgres<'q> = Query<'q, Postgres, PgArguments>;

fn to_sqlite<'q>(query: OfSqlite<'q>, table: &Table, column: &Column, value: Value) -> Result<OfSqlite<'q>> {
    Ok(match fit(table, column, value)? {
        Fitting::Integer(value) => query.bind(value),
        Fitting::Boolean(value) => query.bind(value),
        Fitting::Text(value) => query.bind(value),
        Fitting::Bytes(value) => query.bind(value),
    })
}

fn to_postgres<'q>(query: OfPostgres<'q>, table: &Table, column: &Column, value: Value) -> Result<OfPostgres<'q>> {
    Ok(match fit(table, column, value)? {
        Fitting::Integer(value) => query.bind(value),
        Fitting::Boolean(value) => query.bind(value),
        Fitting::Text(value) => query.bind(value),
        Fitting::Bytes(value) => query.bind(value),
    })
}

/// The last number that each table has given to a row, whether or not the row is still there: none is given twice.
///
/// # Errors
/// When the database fails.
pub(crate) async fn last_numbers(tx: &mut Tx) -> Result<BTreeMap<String, i64>> {
    let found: Vec<(String, i64)> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as("SELECT name, seq FROM sqlite_sequence").fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => {
            let sql = "SELECT c.table_name::text, s.last_value FROM information_schema.columns c
                       JOIN pg_sequences s ON s.schemaname = c.table_schema
                           AND pg_get_serial_sequence(quote_ident(c.table_schema) || '.' || quote_ident(c.table_name),
                               c.column_name) = quote_ident(s.schemaname) || '.' || quote_ident(s.sequencename)
                       WHERE c.is_identity = 'YES' AND c.table_schema = current_schema() AND s.last_value IS NOT NULL";
            sqlx::query_as(sql).fetch_all(&mut **tx).await?
        }
    };
    Ok(found.into_iter().collect())
}

/// Has a table go on counting after this number.
///
/// # Errors
/// When the database fails; also for a table that counts nothing.
pub(crate) async fn set_last_number(tx: &mut Tx, table: &str, last: i64) -> Result<()> {
    match tx {
        Tx::Sqlite(tx) => {
            let set = "UPDATE sqlite_sequence SET seq = $2 WHERE name = $1";
            if sqlx::query(set).bind(table).bind(last).execute(&mut **tx).await?.rows_affected() == 0 {
                let add = "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)";
                sqlx::query(add).bind(table).bind(last).execute(&mut **tx).await?;
            }
        }
        Tx::Postgres(tx) => {
            let set =
                "SELECT setval(pg_get_serial_sequence(quote_ident(current_schema()) || '.' || quote_ident($1), 'id'),
                              $2)";
            sqlx::query(set).bind(table).bind(last).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// A name of ours, which holds nothing odd, as SQL takes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn unreadable(why: String) -> Error {
    Error::stored("a table")(why.into())
}
