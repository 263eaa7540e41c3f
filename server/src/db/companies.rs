//! The companies of a managed service provider.

use crate::db::{Tx, folded_name, from_text, on};
use crate::error::{Error, Result};
use crate::model::{Company, CompanyId, CompanyMailbox, Field, MailboxId, Reason, Workspace, WorkspaceId};

/// The setting whose row is held by whoever changes which mailboxes are primary.
const PRIMARIES: &str = "primaries";

/// All of them, the oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Company>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, name, archived FROM companies ORDER BY id").fetch_all(conn))?)
}

/// The company with this id.
pub(crate) async fn by_id(tx: &mut Tx, id: CompanyId) -> Result<Option<Company>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, name, archived FROM companies WHERE id = $1")
        .bind(id)
        .fetch_optional(conn))?)
}

/// Adds a company.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken.
pub(crate) async fn insert(tx: &mut Tx, name: &str) -> Result<Company> {
    on!(tx, |conn| sqlx::query_as(
        "INSERT INTO companies (name, name_folded) VALUES ($1, $2) RETURNING id, name, archived"
    )
    .bind(name)
    .bind(folded_name(name))
    .fetch_one(conn))
    .map_err(Error::taken(Field::Name))
}

/// Gives a company another name.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken.
pub(crate) async fn rename(tx: &mut Tx, id: CompanyId, name: &str) -> Result<Option<Company>> {
    on!(tx, |conn| sqlx::query_as(
        "UPDATE companies SET name = $2, name_folded = $3 WHERE id = $1 RETURNING id, name, archived"
    )
    .bind(id)
    .bind(name)
    .bind(folded_name(name))
    .fetch_optional(conn))
    .map_err(Error::taken(Field::Name))
}

/// Archives a company or takes it back.
pub(crate) async fn set_archived(tx: &mut Tx, id: CompanyId, archived: bool) -> Result<Option<Company>> {
    Ok(on!(tx, |conn| sqlx::query_as("UPDATE companies SET archived = $2 WHERE id = $1 RETURNING id, name, archived")
        .bind(id)
        .bind(archived)
        .fetch_optional(conn))?)
}

#[derive(sqlx::FromRow)]
struct MailboxRow {
    id: MailboxId,
    name: String,
    address: String,
    state: String,
    is_company_primary: bool,
    company_id: Option<CompanyId>,
    workspace_id: WorkspaceId,
    slug: String,
    workspace_name: String,
    archived: bool,
}

/// Mailboxes with their workspace.
macro_rules! mailboxes {
    ($which:literal) => {
        concat!(
            "SELECT m.id, m.name, m.address, m.state, m.is_company_primary, m.company_id,
                    w.id AS workspace_id, w.slug, w.name AS workspace_name, w.archived
             FROM mailboxes m JOIN workspaces w ON w.id = m.workspace_id ",
            $which
        )
    };
}

impl MailboxRow {
    fn read(self) -> Result<CompanyMailbox> {
        Ok(CompanyMailbox {
            id: self.id,
            name: self.name,
            address: from_text("mailboxes.address", self.address)?,
            state: from_text("mailboxes.state", self.state)?,
            primary: self.is_company_primary,
            workspace: Workspace {
                id: self.workspace_id,
                slug: self.slug,
                name: self.workspace_name,
                archived: self.archived,
            },
        })
    }
}

/// The mailboxes of one company or of all, each with its company.
pub(crate) async fn mailboxes(tx: &mut Tx, only: Option<CompanyId>) -> Result<Vec<(CompanyId, CompanyMailbox)>> {
    let rows: Vec<MailboxRow> = on!(tx, |conn| sqlx::query_as(mailboxes!(
        "WHERE m.company_id IS NOT NULL AND ($1 IS NULL OR m.company_id = $1)"
    ))
    .bind(only)
    .fetch_all(conn))?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(company) = row.company_id {
            found.push((company, row.read()?));
        }
    }
    found.sort_by_cached_key(|(_, mailbox)| (!mailbox.primary, folded_name(&mailbox.name), mailbox.id));
    Ok(found)
}

/// The mailbox that serves a company; none that is a draft, or whose workspace is archived.
pub(crate) async fn serving(tx: &mut Tx, company: CompanyId) -> Result<Option<CompanyMailbox>> {
    let row: Option<MailboxRow> = on!(tx, |conn| sqlx::query_as(mailboxes!(
        "WHERE m.company_id = $1 AND m.is_company_primary AND m.state <> 'draft' AND NOT w.archived"
    ))
    .bind(company)
    .fetch_optional(conn))?;
    row.map(MailboxRow::read).transpose()
}

/// The account's primary mailbox, and whether somebody has chosen it: else it is that of the oldest workspace in use.
pub(crate) async fn account_primary(tx: &mut Tx) -> Result<Option<(CompanyMailbox, bool)>> {
    let chosen: Option<MailboxRow> = on!(tx, |conn| sqlx::query_as(mailboxes!(
        "WHERE m.is_account_primary AND m.state <> 'draft' AND NOT w.archived"
    ))
    .fetch_optional(conn))?;
    if let Some(row) = chosen {
        return Ok(Some((row.read()?, true)));
    }
    let oldest: Option<MailboxRow> = on!(tx, |conn| sqlx::query_as(mailboxes!(
        "WHERE m.is_primary AND m.state <> 'draft' AND NOT w.archived ORDER BY w.id LIMIT 1"
    ))
    .fetch_optional(conn))?;
    oldest.map(|row| Ok((row.read()?, false))).transpose()
}

/// Holds which mailboxes are primary until the transaction ends: whoever changes two mailboxes or more at once does so
/// one after the other in the whole account, or two of them could wait for each other. Held before anything else.
pub(crate) async fn hold_primaries(tx: &mut Tx) -> Result<()> {
    super::settings::set(tx, PRIMARIES, "held").await
}

/// Makes a mailbox the account's primary one; the choice is held.
pub(crate) async fn set_account_primary(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    on!(tx, "UPDATE mailboxes SET is_account_primary = FALSE WHERE is_account_primary AND id <> $1", mailbox)?;
    on!(tx, "UPDATE mailboxes SET is_account_primary = TRUE WHERE id = $1", mailbox)?;
    Ok(())
}

/// Holds a company until the transaction ends: its mailboxes are changed by one at a time. Held before any of them.
pub(crate) async fn hold(tx: &mut Tx, id: CompanyId) -> Result<()> {
    on!(tx, "UPDATE companies SET archived = archived WHERE id = $1", id)?;
    Ok(())
}

/// The company that a mailbox belongs to.
pub(crate) async fn of_mailbox(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<CompanyId>> {
    let found: Option<Option<CompanyId>> =
        on!(tx, |conn| sqlx::query_scalar("SELECT company_id FROM mailboxes WHERE id = $1")
            .bind(mailbox)
            .fetch_optional(conn))?;
    Ok(found.flatten())
}

/// Makes a mailbox the one that serves its company.
pub(crate) async fn set_primary(tx: &mut Tx, company: CompanyId, mailbox: MailboxId) -> Result<bool> {
    on!(
        tx,
        "UPDATE mailboxes SET is_company_primary = FALSE WHERE company_id = $1 AND is_company_primary AND id <> $2",
        company,
        mailbox,
    )?;
    let set = "UPDATE mailboxes SET is_company_primary = TRUE WHERE company_id = $1 AND id = $2 AND state <> 'draft'";
    Ok(on!(tx, set, company, mailbox)? == 1)
}

/// Gives a company that is held a primary mailbox, where it has mailboxes and none of them is: the first it got.
pub(crate) async fn settle_primary(tx: &mut Tx, company: CompanyId) -> Result<()> {
    on!(
        tx,
        "UPDATE mailboxes SET is_company_primary = TRUE
         WHERE id = (SELECT MIN(id) FROM mailboxes WHERE company_id = $1 AND state <> 'draft')
               AND NOT EXISTS (SELECT 1 FROM mailboxes WHERE company_id = $1 AND is_company_primary)",
        company,
    )?;
    Ok(())
}

/// How many mailboxes a company has besides this one, drafts not counted.
pub(crate) async fn count_others(tx: &mut Tx, company: CompanyId, mailbox: MailboxId) -> Result<i64> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM mailboxes WHERE company_id = $1 AND id <> $2 AND state <> 'draft'"
    )
    .bind(company)
    .bind(mailbox)
    .fetch_one(conn))?)
}

/// The domains of one company or of all, in A-labels.
pub(crate) async fn domains(tx: &mut Tx, only: Option<CompanyId>) -> Result<Vec<(CompanyId, String)>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT company_id, domain FROM company_domains WHERE $1 IS NULL OR company_id = $1 ORDER BY domain"
    )
    .bind(only)
    .fetch_all(conn))?)
}

/// Gives a company a domain in A-labels.
///
/// # Errors
/// [`Error::Invalid`] when a company has it.
pub(crate) async fn add_domain(tx: &mut Tx, company: CompanyId, domain: &str) -> Result<()> {
    let added = on!(
        tx,
        "INSERT INTO company_domains (domain, company_id) VALUES ($1, $2) ON CONFLICT (domain) DO NOTHING",
        domain,
        company,
    )?;
    if added == 0 { Err(Error::invalid(Field::Domain, Reason::DomainTaken)) } else { Ok(()) }
}

/// Takes a domain away from a company; false where it has no such domain.
pub(crate) async fn remove_domain(tx: &mut Tx, company: CompanyId, domain: &str) -> Result<bool> {
    Ok(on!(tx, "DELETE FROM company_domains WHERE company_id = $1 AND domain = $2", company, domain)? == 1)
}

/// The company with this very domain.
pub(crate) async fn by_domain(tx: &mut Tx, domain: &str) -> Result<Option<Company>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT c.id, c.name, c.archived FROM companies c JOIN company_domains d ON d.company_id = c.id
         WHERE d.domain = $1"
    )
    .bind(domain)
    .fetch_optional(conn))?)
}
