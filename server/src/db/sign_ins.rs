//! Browsers that were sent to a provider, and how signing in stands for a draft or a mailbox.

use crate::db::grants::Owner;
use crate::db::{Json, Tx, from_json, from_text, on, to_json};
use crate::error::Result;
use crate::model::{DraftId, MailboxId, OAuthProvider, OwnerLinkId, Problem, Timestamp, UserId};

/// What an attempt was begun with.
pub(crate) struct NewAttempt<'a> {
    pub state_hash: &'a [u8],
    pub browser_hash: &'a [u8],
    pub user: Option<UserId>,
    pub owner: Owner,
    pub link: Option<OwnerLinkId>,
    pub provider: OAuthProvider,
    pub kept: &'a [u8],
    pub expires_at: Timestamp,
}

/// An attempt whose browser has come back.
pub(crate) struct Attempt {
    pub browser_hash: Vec<u8>,
    pub user: Option<UserId>,
    pub owner: Owner,
    pub link: Option<OwnerLinkId>,
    pub provider: OAuthProvider,
    pub kept: Vec<u8>,
    pub expires_at: Timestamp,
    pub used: bool,
}

/// How signing in stands, besides what was granted.
#[derive(Default)]
pub(crate) struct SignIn {
    pub refused: Option<Problem>,
    pub consent_url: Option<String>,
    pub consent_asked_at: Option<Timestamp>,
    pub consent_given_at: Option<Timestamp>,
}

/// Remembers a browser that goes to a provider.
pub(crate) async fn begin(tx: &mut Tx, attempt: &NewAttempt<'_>) -> Result<()> {
    let (mailbox, draft) = attempt.owner.ids();
    on!(
        tx,
        "INSERT INTO sign_in_attempts (state_hash, browser_hash, user_id, draft_id, mailbox_id, link_id, provider,
                                       kept, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        attempt.state_hash,
        attempt.browser_hash,
        attempt.user,
        draft,
        mailbox,
        attempt.link,
        attempt.provider.as_str(),
        attempt.kept,
        attempt.expires_at,
    )?;
    Ok(())
}

/// Uses an attempt up, and answers what it was and whether it had been used before. Of two who come at once,
/// one is the first.
pub(crate) async fn take(tx: &mut Tx, state_hash: &[u8], now: Timestamp) -> Result<Option<Attempt>> {
    type Row =
        (Vec<u8>, Option<UserId>, Option<DraftId>, Option<MailboxId>, Option<OwnerLinkId>, String, Vec<u8>, Timestamp);
    let first = on!(
        tx,
        "UPDATE sign_in_attempts SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL",
        state_hash,
        now,
    )? == 1;
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT browser_hash, user_id, draft_id, mailbox_id, link_id, provider, kept, expires_at
         FROM sign_in_attempts WHERE state_hash = $1"
    )
    .bind(state_hash)
    .fetch_optional(conn))?;
    let Some((browser_hash, user, draft, mailbox, link, provider, kept, expires_at)) = found else { return Ok(None) };
    let Some(owner) = draft.map(Owner::Draft).or_else(|| mailbox.map(Owner::Mailbox)) else { return Ok(None) };
    let provider = from_text("sign_in_attempts.provider", provider)?;
    Ok(Some(Attempt { browser_hash, user, owner, link, provider, kept, expires_at, used: !first }))
}

/// Forgets attempts that nobody can come back to any more. Those that were used stay as long as the others, so
/// that a page that is loaded again is understood.
pub(crate) async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    Ok(on!(tx, "DELETE FROM sign_in_attempts WHERE expires_at < $1", before)?)
}

/// How signing in stands.
pub(crate) async fn state(tx: &mut Tx, owner: Owner) -> Result<SignIn> {
    type Row = (Option<Json>, Option<String>, Option<Timestamp>, Option<Timestamp>);
    let (mailbox, draft) = owner.ids();
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT refused, consent_url, consent_asked_at, consent_given_at FROM sign_ins
         WHERE mailbox_id = $1 OR draft_id = $2"
    )
    .bind(mailbox)
    .bind(draft)
    .fetch_optional(conn))?;
    let Some((refused, consent_url, consent_asked_at, consent_given_at)) = found else {
        return Ok(SignIn::default());
    };
    let refused = refused.map(|refused| from_json("sign_ins.refused", &refused)).transpose()?;
    Ok(SignIn { refused, consent_url, consent_asked_at, consent_given_at })
}

/// Remembers why an attempt did not end in a grant.
pub(crate) async fn refuse(tx: &mut Tx, owner: Owner, problem: &Problem) -> Result<()> {
    let problem = to_json("sign_ins.refused", problem)?;
    ensure(tx, owner).await?;
    let (mailbox, draft) = owner.ids();
    on!(tx, "UPDATE sign_ins SET refused = $3 WHERE mailbox_id = $1 OR draft_id = $2", mailbox, draft, problem)?;
    Ok(())
}

/// Remembers that an administrator has to consent, and with which link. Asking again keeps the first link.
pub(crate) async fn ask_consent(tx: &mut Tx, owner: Owner, state: &str, url: &str, now: Timestamp) -> Result<()> {
    ensure(tx, owner).await?;
    let (mailbox, draft) = owner.ids();
    on!(
        tx,
        "UPDATE sign_ins
         SET consent_state = $3, consent_url = $4, consent_asked_at = $5, consent_given_at = NULL
         WHERE (mailbox_id = $1 OR draft_id = $2) AND (consent_url IS NULL OR consent_given_at IS NOT NULL)",
        mailbox,
        draft,
        state,
        url,
        now,
    )?;
    Ok(())
}

/// Forgets the link: nobody waits for an administrator any more.
pub(crate) async fn forget_consent(tx: &mut Tx, owner: Owner) -> Result<()> {
    let (mailbox, draft) = owner.ids();
    on!(
        tx,
        "UPDATE sign_ins SET consent_state = NULL, consent_url = NULL, consent_asked_at = NULL, consent_given_at = NULL
         WHERE mailbox_id = $1 OR draft_id = $2",
        mailbox,
        draft,
    )?;
    Ok(())
}

/// An administrator came from the consent link. False when nobody waits with this state.
pub(crate) async fn consented(tx: &mut Tx, state: &str, given_at: Option<Timestamp>) -> Result<bool> {
    let known = on!(
        tx,
        "UPDATE sign_ins SET consent_given_at = COALESCE($2, consent_given_at) WHERE consent_state = $1",
        state,
        given_at,
    )?;
    Ok(known == 1)
}

/// Signing in succeeded: whatever stood in its way is gone.
pub(crate) async fn settle(tx: &mut Tx, owner: Owner) -> Result<()> {
    let (mailbox, draft) = owner.ids();
    on!(tx, "DELETE FROM sign_ins WHERE mailbox_id = $1 OR draft_id = $2", mailbox, draft)?;
    Ok(())
}

async fn ensure(tx: &mut Tx, owner: Owner) -> Result<()> {
    let (mailbox, draft) = owner.ids();
    on!(tx, "INSERT INTO sign_ins (mailbox_id, draft_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", mailbox, draft)?;
    Ok(())
}
