//! The domains that default mailboxes send from, with their keys and what the DNS said of them.

use crate::db::{Json, Tx, from_json, on, to_json};
use crate::error::Result;
use crate::model::{DomainReport, Timestamp};

/// A domain as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub domain: String,
    pub selector: String,
    pub public_key: String,
    pub signing: bool,
    pub report: Option<DomainReport>,
    pub looked_at: Option<Timestamp>,
}

/// A new domain.
pub(crate) struct NewDomain<'a> {
    pub domain: &'a str,
    pub selector: &'a str,
    pub public_key: &'a str,
    /// Sealed.
    pub private_key: &'a [u8],
}

/// What a message is signed with.
pub(crate) struct SigningKey {
    pub selector: String,
    /// Sealed.
    pub private_key: Vec<u8>,
}

/// The address, in its folded form, of every default mailbox.
pub(crate) async fn addresses(tx: &mut Tx) -> Result<Vec<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT m.address_folded FROM mailboxes m JOIN workspaces w ON w.id = m.workspace_id
         WHERE m.kind = 'default' AND NOT w.archived ORDER BY m.address_folded"
    )
    .fetch_all(conn))?)
}

/// Keeps a new domain with its key; answers false where another process was faster, whose key stays.
pub(crate) async fn insert(tx: &mut Tx, new: &NewDomain<'_>, now: Timestamp) -> Result<bool> {
    let inserted = on!(
        tx,
        "INSERT INTO sender_domains (domain, selector, public_key, private_key, due_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (domain) DO NOTHING",
        new.domain,
        new.selector,
        new.public_key,
        new.private_key,
        now,
    )?;
    Ok(inserted == 1)
}

/// All of them, by name.
pub(crate) async fn list(tx: &mut Tx) -> Result<Vec<Row>> {
    let rows: Vec<Columns> =
        on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} ORDER BY domain"))).fetch_all(conn))?;
    rows.into_iter().map(Columns::read).collect()
}

/// One of them.
pub(crate) async fn find(tx: &mut Tx, domain: &str) -> Result<Option<Row>> {
    let row: Option<Columns> =
        on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE domain = $1")))
            .bind(domain)
            .fetch_optional(conn))?;
    row.map(Columns::read).transpose()
}

/// The key of a domain whose mail is signed.
pub(crate) async fn signing_key(tx: &mut Tx, domain: &str) -> Result<Option<SigningKey>> {
    let found: Option<(String, Vec<u8>)> = on!(tx, |conn| sqlx::query_as(
        "SELECT selector, private_key FROM sender_domains WHERE domain = $1 AND signing"
    )
    .bind(domain)
    .fetch_optional(conn))?;
    Ok(found.map(|(selector, private_key)| SigningKey { selector, private_key }))
}

/// Keeps what was seen, and when to look again.
pub(crate) async fn set_report(
    tx: &mut Tx,
    domain: &str,
    report: &DomainReport,
    signing: bool,
    now: Timestamp,
    due_at: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "UPDATE sender_domains SET report = $2, signing = $3, looked_at = $4, due_at = $5 WHERE domain = $1",
        domain,
        to_json("sender_domains.report", report)?,
        signing,
        now,
        due_at,
    )?;
    Ok(())
}

/// Takes the right to look a domain up until `until`, when it is due and nobody else has taken it.
pub(crate) async fn claim(tx: &mut Tx, domain: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
    let claimed =
        on!(tx, "UPDATE sender_domains SET due_at = $3 WHERE domain = $1 AND due_at <= $2", domain, now, until,)?;
    Ok(claimed == 1)
}

const SELECT: &str = "SELECT domain, selector, public_key, signing, report, looked_at FROM sender_domains";

#[derive(sqlx::FromRow)]
struct Columns {
    domain: String,
    selector: String,
    public_key: String,
    signing: bool,
    report: Option<Json>,
    looked_at: Option<Timestamp>,
}

impl Columns {
    fn read(self) -> Result<Row> {
        Ok(Row {
            domain: self.domain,
            selector: self.selector,
            public_key: self.public_key,
            signing: self.signing,
            report: self.report.map(|json| from_json("sender_domains.report", &json)).transpose()?,
            looked_at: self.looked_at,
        })
    }
}
