//! What people at Microsoft and Google have allowed us, with the tokens it gave.

use crate::db::{Json, Tx, from_json, from_text, on, to_json};
use crate::error::Result;
use crate::model::{DraftId, GrantId, GrantStatus, MailboxId, OAuthProvider, Problem, Timestamp, WorkspaceId};
use crate::oauth::Identity;

/// Whose grant it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Mailbox(MailboxId),
    Draft(DraftId),
}

/// A grant with its sealed tokens.
pub(crate) struct Grant {
    pub id: GrantId,
    pub provider: OAuthProvider,
    pub identity: Identity,
    pub access_token: Vec<u8>,
    pub refresh_token: Vec<u8>,
    pub seal: String,
    pub expires_at: Timestamp,
    pub refresh_after: Timestamp,
    pub authorised_at: Timestamp,
    pub refreshed_at: Timestamp,
    pub problem: Option<Problem>,
    pub version: i64,
}

/// Sealed tokens, and how long they are good.
pub(crate) struct NewTokens {
    pub access_token: Vec<u8>,
    pub refresh_token: Vec<u8>,
    pub expires_at: Timestamp,
    pub refresh_after: Timestamp,
    /// When the refresh token ends, where the provider has said so.
    pub refresh_ends_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: GrantId,
    provider: String,
    identity: Json,
    access_token: Vec<u8>,
    refresh_token: Vec<u8>,
    seal: String,
    expires_at: Timestamp,
    refresh_after: Timestamp,
    authorised_at: Timestamp,
    refreshed_at: Timestamp,
    problem: Option<Json>,
    version: i64,
}

const SELECT: &str = "SELECT id, provider, identity, access_token, refresh_token, seal, expires_at, refresh_after,
                             authorised_at, refreshed_at, problem, version
                      FROM grants";

impl Row {
    fn read(self) -> Result<Grant> {
        Ok(Grant {
            id: self.id,
            provider: from_text("grants.provider", self.provider)?,
            identity: from_json("grants.identity", &self.identity)?,
            access_token: self.access_token,
            refresh_token: self.refresh_token,
            seal: self.seal,
            expires_at: self.expires_at,
            refresh_after: self.refresh_after,
            authorised_at: self.authorised_at,
            refreshed_at: self.refreshed_at,
            problem: self.problem.map(|problem| from_json("grants.problem", &problem)).transpose()?,
            version: self.version,
        })
    }
}

impl Grant {
    /// What of it may be shown.
    pub fn status(&self) -> GrantStatus {
        GrantStatus {
            provider: self.provider,
            person: self.identity.email.clone(),
            authorised_at: self.authorised_at,
            refreshed_at: self.refreshed_at,
            problem: self.problem.clone(),
        }
    }
}

impl Owner {
    /// The two columns that say so.
    pub const fn ids(self) -> (Option<MailboxId>, Option<DraftId>) {
        match self {
            Self::Mailbox(id) => (Some(id), None),
            Self::Draft(id) => (None, Some(id)),
        }
    }
}

/// The grant of a mailbox or a draft.
pub(crate) async fn of(tx: &mut Tx, owner: Owner) -> Result<Option<Grant>> {
    let (mailbox, draft) = owner.ids();
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} WHERE mailbox_id = $1 OR draft_id = $2"
    )))
    .bind(mailbox)
    .bind(draft)
    .fetch_optional(conn))?;
    found.map(Row::read).transpose()
}

/// The grant with this id.
pub(crate) async fn by_id(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>> {
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE id = $1")))
        .bind(id)
        .fetch_optional(conn))?;
    found.map(Row::read).transpose()
}

/// The grants of a workspace's mailboxes, as far as they may be shown.
pub(crate) async fn of_workspace(
    tx: &mut Tx,
    workspace: WorkspaceId,
    only: Option<MailboxId>,
) -> Result<Vec<(MailboxId, GrantStatus)>> {
    type Shown = (MailboxId, String, Json, Timestamp, Timestamp, Option<Json>);
    let found: Vec<Shown> = on!(tx, |conn| sqlx::query_as(
        "SELECT g.mailbox_id, g.provider, g.identity, g.authorised_at, g.refreshed_at, g.problem
         FROM grants g JOIN mailboxes m ON m.id = g.mailbox_id
         WHERE m.workspace_id = $1 AND ($2 IS NULL OR m.id = $2)"
    )
    .bind(workspace)
    .bind(only)
    .fetch_all(conn))?;
    found
        .into_iter()
        .map(|(mailbox, provider, identity, authorised_at, refreshed_at, problem)| {
            let identity: Identity = from_json("grants.identity", &identity)?;
            let problem = problem.map(|problem| from_json("grants.problem", &problem)).transpose()?;
            let provider = from_text("grants.provider", provider)?;
            let status = GrantStatus { provider, person: identity.email, authorised_at, refreshed_at, problem };
            Ok((mailbox, status))
        })
        .collect()
}

/// Stores what somebody allowed, in place of what this mailbox or draft had before.
pub(crate) async fn replace(
    tx: &mut Tx,
    owner: Owner,
    provider: OAuthProvider,
    identity: &Identity,
    seal: &str,
    tokens: &NewTokens,
    now: Timestamp,
) -> Result<GrantId> {
    remove(tx, owner).await?;
    if let Owner::Mailbox(mailbox) = owner {
        // Somebody has signed in again: mail that waited for it may try.
        super::outbox::unpark(tx, mailbox).await?;
    }
    let (mailbox, draft) = owner.ids();
    let identity_json = to_json("grants.identity", identity)?;
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO grants (mailbox_id, draft_id, provider, identity, person_key, access_token, refresh_token, seal,
                             expires_at, refresh_after, authorised_at, refreshed_at, refresh_ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
         RETURNING id"
    )
    .bind(mailbox)
    .bind(draft)
    .bind(provider.as_str())
    .bind(&identity_json)
    .bind(identity.person_key())
    .bind(&tokens.access_token)
    .bind(&tokens.refresh_token)
    .bind(seal)
    .bind(tokens.expires_at)
    .bind(tokens.refresh_after)
    .bind(now)
    .bind(tokens.refresh_ends_at)
    .fetch_one(conn))?)
}

/// Gives a draft's grant to the mailbox it became.
pub(crate) async fn hand_over(tx: &mut Tx, draft: DraftId, mailbox: MailboxId) -> Result<bool> {
    if of(tx, Owner::Draft(draft)).await?.is_none() {
        return Ok(false);
    }
    remove(tx, Owner::Mailbox(mailbox)).await?;
    on!(tx, "UPDATE grants SET draft_id = NULL, mailbox_id = $2 WHERE draft_id = $1", draft, mailbox)?;
    super::outbox::unpark(tx, mailbox).await?;
    Ok(true)
}

/// Forgets the grant of a mailbox or a draft.
pub(crate) async fn remove(tx: &mut Tx, owner: Owner) -> Result<()> {
    let (mailbox, draft) = owner.ids();
    on!(tx, "DELETE FROM grants WHERE mailbox_id = $1 OR draft_id = $2", mailbox, draft)?;
    Ok(())
}

/// Takes the right to fetch new tokens until `until`, when nobody has it and the tokens are still those of `version`.
pub(crate) async fn claim(tx: &mut Tx, id: GrantId, version: i64, now: Timestamp, until: Timestamp) -> Result<bool> {
    let claimed = on!(
        tx,
        "UPDATE grants SET claimed_until = $4 WHERE id = $1 AND version = $2 AND claimed_until <= $3",
        id,
        version,
        now,
        until,
    )?;
    Ok(claimed == 1)
}

/// Gives a claim back without new tokens, which nobody fetches by the clock before `next`.
pub(crate) async fn release(tx: &mut Tx, id: GrantId, version: i64, next: Timestamp) -> Result<()> {
    on!(
        tx,
        "UPDATE grants SET claimed_until = 0, refresh_after = $3 WHERE id = $1 AND version = $2",
        id,
        version,
        next,
    )?;
    Ok(())
}

/// Stores new tokens in place of those of `version`; false when somebody signed in again meanwhile.
pub(crate) async fn renew(tx: &mut Tx, id: GrantId, version: i64, tokens: &NewTokens, now: Timestamp) -> Result<bool> {
    let stored = on!(
        tx,
        "UPDATE grants
         SET access_token = $3, refresh_token = $4, expires_at = $5, refresh_after = $6, refreshed_at = $7,
             refresh_ends_at = COALESCE($8, refresh_ends_at), problem = NULL, version = version + 1, claimed_until = 0
         WHERE id = $1 AND version = $2",
        id,
        version,
        &tokens.access_token,
        &tokens.refresh_token,
        tokens.expires_at,
        tokens.refresh_after,
        now,
        tokens.refresh_ends_at,
    )?;
    let mailbox: Option<Option<MailboxId>> =
        on!(tx, |conn| sqlx::query_scalar("SELECT mailbox_id FROM grants WHERE id = $1")
            .bind(id)
            .fetch_optional(conn))?;
    if let Some(mailbox) = mailbox.flatten() {
        // The provider gives tokens again, after its application was repaired, say: mail that waited may try.
        super::outbox::unpark(tx, mailbox).await?;
    }
    Ok(stored == 1)
}

/// Remembers that the provider gives no more tokens for those of `version`.
pub(crate) async fn set_problem(tx: &mut Tx, id: GrantId, version: i64, problem: &Problem) -> Result<()> {
    on!(
        tx,
        "UPDATE grants SET problem = $3, claimed_until = 0 WHERE id = $1 AND version = $2",
        id,
        version,
        to_json("grants.problem", problem)?,
    )?;
    Ok(())
}

/// The mailboxes' grants that are due for new tokens, the most urgent first.
///
/// Of a mailbox that rests too: its refresh token would otherwise die of inactivity. In an archived workspace it may.
pub(crate) async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<GrantId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT id FROM grants
         WHERE refresh_after <= $1 AND claimed_until <= $1 AND problem IS NULL
               AND mailbox_id IN (SELECT m.id FROM mailboxes m JOIN workspaces w ON w.id = m.workspace_id
                                  WHERE NOT w.archived)
         ORDER BY refresh_after LIMIT $2"
    )
    .bind(now)
    .bind(limit)
    .fetch_all(conn))?)
}

/// How many mailboxes rest on a provider's application.
pub(crate) async fn mailboxes_of(tx: &mut Tx, provider: OAuthProvider) -> Result<u32> {
    let count: i64 = on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM grants WHERE provider = $1 AND mailbox_id IS NOT NULL"
    )
    .bind(provider.as_str())
    .fetch_one(conn))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// True where the same person has allowed us something besides this grant: giving one back would end them all.
pub(crate) async fn has_siblings(tx: &mut Tx, grant: &Grant) -> Result<bool> {
    let count: i64 = on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM grants WHERE provider = $1 AND person_key = $2 AND id <> $3"
    )
    .bind(grant.provider.as_str())
    .bind(grant.identity.person_key())
    .bind(grant.id)
    .fetch_one(conn))?;
    Ok(count > 0)
}
