//! Where people sign in to Postroom itself.

use crate::db::{Json, Tx, folded_name, from_json, on, to_json};
use crate::error::{Error, Result};
use crate::model::{Field, IdentityProviderForm, IdentityProviderId, ProviderTrouble, Timestamp};

/// A provider as it is stored.
pub(crate) struct Stored {
    pub id: IdentityProviderId,
    pub form: IdentityProviderForm,
    /// Sealed for `identity_provider/{seal}`.
    pub secret: Vec<u8>,
    pub seal: String,
    /// When issuer, client id or secret were last changed.
    pub changed_at: Timestamp,
    pub trouble: Option<(ProviderTrouble, Timestamp)>,
}

type Row = (IdentityProviderId, Json, Vec<u8>, String, Timestamp, Option<Json>, Option<Timestamp>);

fn stored((id, form, secret, seal, changed_at, trouble, since): Row) -> Result<Stored> {
    let trouble = trouble.map(|trouble| from_json("identity_providers.trouble", &trouble)).transpose()?;
    let form = from_json("identity_providers.form", &form)?;
    Ok(Stored { id, form, secret, seal, changed_at, trouble: trouble.zip(since) })
}

/// All of them, by name.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT id, form, secret, seal, changed_at, trouble, trouble_since FROM identity_providers
         ORDER BY name_folded"
    )
    .fetch_all(conn))?;
    rows.into_iter().map(stored).collect()
}

/// The provider with this id.
pub(crate) async fn by_id(tx: &mut Tx, id: IdentityProviderId) -> Result<Option<Stored>> {
    let row: Option<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT id, form, secret, seal, changed_at, trouble, trouble_since FROM identity_providers WHERE id = $1"
    )
    .bind(id)
    .fetch_optional(conn))?;
    row.map(stored).transpose()
}

/// Adds a provider.
///
/// # Errors
/// [`Error::Invalid`] when another one has its name.
pub(crate) async fn insert(
    tx: &mut Tx,
    form: &IdentityProviderForm,
    secret: &[u8],
    seal: &str,
    now: Timestamp,
) -> Result<IdentityProviderId> {
    let json = to_json("identity_providers.form", form)?;
    on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO identity_providers (name, name_folded, form, secret, seal, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"
    )
    .bind(&form.name)
    .bind(folded_name(&form.name))
    .bind(json)
    .bind(secret)
    .bind(seal)
    .bind(now)
    .fetch_one(conn))
    .map_err(Error::taken(Field::Name))
}

/// Changes a provider. What was wrong with it is forgotten: whether it helped, the next sign-in tells.
///
/// # Errors
/// [`Error::Invalid`] when another one has its name.
pub(crate) async fn update(tx: &mut Tx, changed: &Stored) -> Result<()> {
    let json = to_json("identity_providers.form", &changed.form)?;
    on!(
        tx,
        "UPDATE identity_providers
         SET name = $2, name_folded = $3, form = $4, secret = $5, seal = $6, changed_at = $7,
             trouble = NULL, trouble_since = NULL
         WHERE id = $1",
        changed.id,
        &changed.form.name,
        folded_name(&changed.form.name),
        json,
        &changed.secret,
        &changed.seal,
        changed.changed_at,
    )
    .map_err(Error::taken(Field::Name))?;
    Ok(())
}

/// Removes a provider with what is known of people there.
pub(crate) async fn remove(tx: &mut Tx, id: IdentityProviderId) -> Result<()> {
    on!(tx, "DELETE FROM identity_providers WHERE id = $1", id)?;
    Ok(())
}

/// Remembers why a provider lets nobody in; the moment of the first time stays. `None`: it does again.
pub(crate) async fn note(
    tx: &mut Tx,
    id: IdentityProviderId,
    trouble: Option<&ProviderTrouble>,
    now: Timestamp,
) -> Result<()> {
    let json = trouble.map(|trouble| to_json("identity_providers.trouble", trouble)).transpose()?;
    let since = trouble.map(|_| now);
    on!(
        tx,
        "UPDATE identity_providers
         SET trouble = $2,
             trouble_since = CASE WHEN $2 IS NULL THEN NULL ELSE COALESCE(trouble_since, $3) END
         WHERE id = $1 AND (trouble IS NOT NULL OR $2 IS NOT NULL)",
        id,
        json,
        since,
    )?;
    Ok(())
}
