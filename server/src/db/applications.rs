//! The organisation's applications at Microsoft and Google, and what is wrong with them.

use crate::db::{Json, Tx, from_json, on, to_json};
use crate::error::Result;
use crate::model::{ApplicationForm, OAuthProvider, Problem, Timestamp};

/// An application as it is stored, and its sealed client secret.
pub(crate) async fn get(tx: &mut Tx, provider: OAuthProvider) -> Result<Option<(ApplicationForm, Vec<u8>)>> {
    let found: Option<(Json, Vec<u8>)> =
        on!(tx, |conn| sqlx::query_as("SELECT form, secret FROM oauth_applications WHERE provider = $1")
            .bind(provider.as_str())
            .fetch_optional(conn))?;
    found.map(|(form, secret)| Ok((from_json("oauth_applications.form", &form)?, secret))).transpose()
}

/// Stores an application.
pub(crate) async fn set(
    tx: &mut Tx,
    provider: OAuthProvider,
    form: &ApplicationForm,
    secret: &[u8],
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO oauth_applications (provider, form, secret, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (provider) DO UPDATE SET form = excluded.form, secret = excluded.secret,
                                              updated_at = excluded.updated_at",
        provider.as_str(),
        to_json("oauth_applications.form", form)?,
        secret,
        now,
    )?;
    Ok(())
}

/// Removes an application with its secret.
pub(crate) async fn remove(tx: &mut Tx, provider: OAuthProvider) -> Result<()> {
    on!(tx, "DELETE FROM oauth_applications WHERE provider = $1", provider.as_str())?;
    Ok(())
}

/// What is wrong with the application, and since when.
pub(crate) async fn problem(tx: &mut Tx, provider: OAuthProvider) -> Result<Option<(Problem, Timestamp)>> {
    let found: Option<(Json, Timestamp)> =
        on!(tx, |conn| sqlx::query_as("SELECT problem, since FROM oauth_application_problems WHERE provider = $1")
            .bind(provider.as_str())
            .fetch_optional(conn))?;
    found.map(|(problem, since)| Ok((from_json("oauth_application_problems.problem", &problem)?, since))).transpose()
}

/// Remembers what is wrong; the moment of the first time stays.
pub(crate) async fn set_problem(tx: &mut Tx, provider: OAuthProvider, problem: &Problem, now: Timestamp) -> Result<()> {
    on!(
        tx,
        "INSERT INTO oauth_application_problems (provider, problem, since) VALUES ($1, $2, $3)
         ON CONFLICT (provider) DO UPDATE SET problem = excluded.problem",
        provider.as_str(),
        to_json("oauth_application_problems.problem", problem)?,
        now,
    )?;
    Ok(())
}

/// Nothing is wrong any more.
pub(crate) async fn clear_problem(tx: &mut Tx, provider: OAuthProvider) -> Result<()> {
    on!(tx, "DELETE FROM oauth_application_problems WHERE provider = $1", provider.as_str())?;
    Ok(())
}
