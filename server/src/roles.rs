//! What people may do, as it is stored: given, put into words, and looked after.
//!
//! Of the active administrators of the account one always stays, whoever asks and however many ask at once.

use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::model::{Roles, Rule, UserId};
use crate::workspaces;

/// What somebody may do, by the names of workspaces.
pub(crate) async fn in_words(tx: &mut Tx, user: UserId) -> Result<Vec<String>> {
    if db::users::active(tx, user).await?.is_some_and(|active| active.is_admin) {
        return Ok(vec!["account administrator".to_owned()]);
    }
    let all = db::memberships::of(tx, user).await?;
    Ok(all.into_iter().map(|(workspace, role)| format!("{} of {}", role.as_str(), workspace.name)).collect())
}

/// Stores what somebody may do, which has been looked at.
///
/// # Errors
/// [`Error::NotFound`] for the user or a workspace.
pub(crate) async fn give(tx: &mut Tx, user: UserId, roles: &Roles) -> Result<()> {
    existing(tx, roles).await?;
    if !db::users::set_admin(tx, user, roles.is_admin()).await? {
        return Err(Error::NotFound("user"));
    }
    db::memberships::replace(tx, user, roles.memberships()).await
}

/// That every workspace of these roles exists.
///
/// # Errors
/// [`Error::NotFound`] where one does not.
pub(crate) async fn existing(tx: &mut Tx, roles: &Roles) -> Result<()> {
    for membership in roles.memberships() {
        workspaces::existing(tx, membership.workspace).await?;
    }
    Ok(())
}

/// Holds the administrators of the account: of two who go at once, the second sees that the first has gone.
pub(crate) async fn not_the_last(tx: &mut Tx, user: UserId) -> Result<()> {
    if db::users::hold_admins(tx).await? == [user] { Err(Rule::LastAdministrator.into()) } else { Ok(()) }
}
