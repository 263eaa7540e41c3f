//! Who signs in and what they may do: the list, roles, invitations, and coming in by one.

use std::collections::BTreeMap;

use leptos::prelude::*;
use postroom_server::model::{EmailAddress, Invitation, InvitationId, PersonListed, Roles, UserId, WaysIn, Workspace};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, context, remote_address, session, workspaces::done};
#[cfg(feature = "ssr")]
use crate::web::{Throttles, sessions, sign_in::here};
#[cfg(feature = "ssr")]
use postroom_server::{
    Context, invitations,
    invitations::Invited,
    model::{AcceptForm, InvitationForm, Membership, Role, WorkspaceId},
    people, relay, second_factor, single_sign_on, workspaces,
};

/// The page.
#[cfg(feature = "ssr")]
const PAGE: &str = "/account/people";
/// Where the session keeps a link that was just made.
#[cfg(feature = "ssr")]
const NEW_LINK: &str = "new_invitation";

/// Everything the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleShown {
    pub people: Vec<PersonListed>,
    pub invitations: Vec<Invitation>,
    /// All of them, by name; archived ones too.
    pub workspaces: Vec<Workspace>,
    /// Whoever looks.
    pub own: UserId,
    /// Who has a second factor.
    pub second_factors: Vec<UserId>,
    /// Invitations can go out by mail.
    pub relay: bool,
}

/// A link that no mail could carry, right after it was made: the only time its address is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    pub email: EmailAddress,
    pub url: String,
}

/// What whoever was invited finds behind the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedInvitation {
    pub email: EmailAddress,
    pub name: String,
    pub invited_by: Option<String>,
    /// Where one signs in with a password of one's own, or has to go instead.
    pub ways: WaysIn,
}

/// Which of the two ways a form chooses roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of the account.
    Account,
    /// What is chosen for each workspace.
    #[default]
    Workspaces,
}

impl Scope {
    /// The word that forms post.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Workspaces => "workspaces",
        }
    }

    /// The way that roles were chosen.
    #[must_use]
    pub const fn of(roles: &Roles) -> Self {
        match roles {
            Roles::Account => Self::Account,
            Roles::Workspaces(_) => Self::Workspaces,
        }
    }
}

/// What is chosen for each workspace, by its number: the word of a role, or blank for none.
pub type Chosen = BTreeMap<String, String>;

/// Everybody, and what the page needs besides.
#[server(name = LoadPeople, endpoint = "people")]
pub async fn load_people() -> Result<PeopleShown, ApiError> {
    let (ctx, admin) = admin().await?;
    let mut workspaces = workspaces::list(&ctx, &admin).await?;
    workspaces.sort_by_key(|workspace| (workspace.archived, workspace.name.to_lowercase()));
    Ok(PeopleShown {
        people: people::list(&ctx, &admin).await?,
        invitations: invitations::list(&ctx, &admin).await?,
        workspaces,
        own: admin.user.id,
        second_factors: second_factor::holders(&ctx, &admin).await?,
        relay: relay::is_set(&ctx, &admin).await?,
    })
}

/// Asks somebody in: by mail, or with a link that the next page shows once.
#[server(endpoint = "invite_person")]
pub async fn invite_person(
    email: String,
    #[server(default)] name: String,
    #[server(default)] scope: Scope,
    #[server(default)] roles: Chosen,
) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let form = InvitationForm { email, name, roles: chosen(scope, &roles)? };
    let invited = invitations::invite(&ctx, &admin, &form).await.map_err(|error| {
        let mut typed: Vec<(String, &str)> = vec![
            ("email".to_owned(), form.email.as_str()),
            ("name".to_owned(), form.name.as_str()),
            ("scope".to_owned(), scope.as_str()),
        ];
        typed.extend(roles.iter().map(|(workspace, role)| (format!("roles[{workspace}]"), role.as_str())));
        ApiError::from(error).with_typed(typed.iter().map(|(name, value)| (name.as_str(), *value)))
    })?;
    show_or_done(&ctx, invited, &form.email).await
}

/// Makes a new link for an invitation, and sends it; the one before is worth nothing from now on.
#[server(endpoint = "send_invitation_again")]
pub async fn send_invitation_again(id: InvitationId) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let all = invitations::list(&ctx, &admin).await?;
    let email = all.into_iter().find(|one| one.id == id).ok_or(ApiError::NotFound)?.email;
    let invited = invitations::send_again(&ctx, &admin, id).await?;
    show_or_done(&ctx, invited, email.as_str()).await
}

/// The link that was just made and not sent, once.
#[server(name = TakeNewInvitation, endpoint = "new_invitation")]
pub async fn new_invitation() -> Result<Option<NewInvitation>, ApiError> {
    let (ctx, _) = admin().await?;
    Ok(sessions::take_once(&ctx, &session().await?, NEW_LINK).await?)
}

/// Takes an invitation back.
#[server(endpoint = "revoke_invitation")]
pub async fn revoke_invitation(id: InvitationId) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    invitations::revoke(&ctx, &admin, id).await?;
    done(PAGE, "invitation_revoked")
}

/// Says what somebody may do.
#[server(endpoint = "set_roles")]
pub async fn set_roles(
    person: UserId,
    #[server(default)] scope: Scope,
    #[server(default)] roles: Chosen,
) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    people::set_roles(&ctx, &admin, person, &chosen(scope, &roles)?).await?;
    done(PAGE, "roles_saved")
}

/// Keeps somebody out.
#[server(endpoint = "deactivate_person")]
pub async fn deactivate_person(person: UserId) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    people::deactivate(&ctx, &admin, person).await?;
    done(PAGE, "deactivated")
}

/// Lets somebody in again.
#[server(endpoint = "reactivate_person")]
pub async fn reactivate_person(person: UserId) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    people::reactivate(&ctx, &admin, person).await?;
    done(PAGE, "reactivated")
}

/// What is behind a link, for whoever has it; nothing changes.
#[server(endpoint = "open_invitation")]
pub async fn open_invitation(token: String) -> Result<OpenedInvitation, ApiError> {
    // Whoever has the link has the right; nobody may guess for long.
    let ctx = context()?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.stranger(remote_address())?;
    let opened = invitations::open(&ctx, &token.into()).await?;
    let ways = single_sign_on::ways_in(&ctx).await?;
    Ok(OpenedInvitation { email: opened.email, name: opened.name, invited_by: opened.invited_by, ways })
}

/// Comes in by a link: makes the user, and signs them in.
#[server(endpoint = "accept_invitation")]
pub async fn accept_invitation(
    token: String,
    name: String,
    password: String,
    password_again: String,
) -> Result<(), ApiError> {
    // Whoever has the link has the right; nobody may guess for long.
    let ctx = context()?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.stranger(remote_address())?;
    let typed = name.clone();
    let form = AcceptForm { name, password, password_again };
    let user = invitations::accept_with(&ctx, &token.into(), form, Some(remote_address())).await;
    let user = user.map_err(|error| ApiError::from(error).with_typed([("name", typed.as_str())]))?;
    super::account::enter(user.id, "/").await
}

/// The roles that a form has chosen.
#[cfg(feature = "ssr")]
fn chosen(scope: Scope, roles: &Chosen) -> Result<Roles, ApiError> {
    if scope == Scope::Account {
        return Ok(Roles::Account);
    }
    let mut memberships = Vec::new();
    for (workspace, role) in roles.iter().filter(|(_, role)| !role.is_empty()) {
        let role = Role::ALL.into_iter().find(|one| one.as_str() == role).ok_or(ApiError::NotFound)?;
        let workspace = workspace.parse::<WorkspaceId>().map_err(|_| ApiError::NotFound)?;
        memberships.push(Membership { workspace, role });
    }
    memberships.sort_by_key(|membership| membership.workspace);
    Ok(Roles::Workspaces(memberships))
}

/// Goes to the list, which shows the link where no mail could carry it.
#[cfg(feature = "ssr")]
async fn show_or_done(ctx: &Context, invited: Invited, email: &str) -> Result<(), ApiError> {
    let Some(token) = invited.token else { return done(PAGE, "invited") };
    let base = here().map_or_else(|| ctx.config.base_url(), |here| here.origin().ascii_serialization());
    let url = format!("{base}/invitation/{}", secrecy::ExposeSecret::expose_secret(&token));
    let email = EmailAddress::parse(email).map_err(|_| ApiError::Internal)?;
    sessions::keep_once(ctx, &session().await?, NEW_LINK, &NewInvitation { email, url }).await?;
    leptos_axum::redirect(&format!("{PAGE}?made=1"));
    Ok(())
}
