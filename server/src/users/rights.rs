//! Proofs of right. Whoever acts shows one, and only looking somebody up in the database makes one.
//!
//! ```text
//! Admin   ─┐  of the account
//!          ├─► Person   signed in, and active
//! Manager ─► Viewer ─┘  of one workspace, which they carry
//! ```
//!
//! Where a `&Viewer` is asked for, a `&Manager` will do, and where a `&Person` is asked for, each of them: a larger
//! right is used as the smaller ones in it. Use cases about things of a workspace take no other workspace than the
//! one that their proof carries, so that none can be mistaken for another.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Deref;

use crate::audit::By;
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::model::{AuditActor, Language, Role, User, UserId, Workspace, WorkspaceId};

/// Proof that somebody is signed in and active: the right to what is one's own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Person {
    pub user: User,
    /// The language this person reads at present: what is written on their behalf is written in it.
    pub language: Language,
    /// Where the request comes from, for the audit log.
    remote: Option<IpAddr>,
}

/// Proof that somebody is an administrator of the account, and so of every workspace in it.
#[derive(Clone, Debug)]
pub struct Admin {
    person: Person,
}

/// Proof that somebody may look at one workspace.
#[derive(Clone, Debug)]
pub struct Viewer {
    person: Person,
    workspace: Workspace,
    role: Role,
}

/// Proof that somebody may change one workspace, have it dial servers, and use its secrets.
#[derive(Clone, Debug)]
pub struct Manager {
    viewer: Viewer,
}

impl Deref for Admin {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}

impl Deref for Viewer {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}

impl Deref for Manager {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.viewer
    }
}

impl Person {
    const fn new(user: User) -> Self {
        Self { user, language: Language::En, remote: None }
    }

    /// The same person, reading this language.
    #[must_use]
    pub fn reading(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The same person, coming from this address.
    #[must_use]
    pub fn coming_from(self, remote: IpAddr) -> Self {
        Self { remote: Some(remote), ..self }
    }

    /// How the audit log names this person.
    #[must_use]
    pub fn by(&self) -> By {
        By { actor: AuditActor::of(&self.user), remote: self.remote }
    }
}

impl Admin {
    /// The same person, reading this language.
    #[must_use]
    pub fn reading(self, language: Language) -> Self {
        Self { person: self.person.reading(language) }
    }

    /// The same person, coming from this address.
    #[must_use]
    pub fn coming_from(self, remote: IpAddr) -> Self {
        Self { person: self.person.coming_from(remote) }
    }
}

impl Viewer {
    /// The same person, reading this language.
    #[must_use]
    pub fn reading(self, language: Language) -> Self {
        Self { person: self.person.reading(language), ..self }
    }

    /// The workspace this proof is about.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The name of the workspace in addresses of pages.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.workspace.slug
    }

    /// The same proof as that of an administrator of the workspace, where it is one.
    #[must_use]
    pub fn as_manager(&self) -> Option<Manager> {
        (self.role == Role::Administrator).then(|| Manager { viewer: self.clone() })
    }
}

impl Manager {
    /// The same person, reading this language.
    #[must_use]
    pub fn reading(self, language: Language) -> Self {
        Self { viewer: self.viewer.reading(language) }
    }
}

/// Proof that this user exists and is active.
///
/// # Errors
/// [`Error::NotFound`] when the user is no more, or deactivated.
pub async fn person(ctx: &Context, id: UserId) -> Result<Person> {
    let mut tx = ctx.db.read().await?;
    let found = active(&mut tx, id).await?;
    Ok(Person::new(found.user))
}

/// Proof that this user is an administrator of the account.
///
/// # Errors
/// [`Error::NotFound`] as for [`person`]; [`Error::Forbidden`] for anybody else.
pub async fn admin(ctx: &Context, id: UserId) -> Result<Admin> {
    let mut tx = ctx.db.read().await?;
    let found = active(&mut tx, id).await?;
    if !found.is_admin {
        return Err(Error::Forbidden);
    }
    Ok(Admin { person: Person::new(found.user) })
}

/// Proof that this person may look at the workspace that an address of a page names.
///
/// # Errors
/// [`Error::NotFound`] where there is no such workspace, or the person does not belong to it: nothing tells which.
pub async fn viewer(ctx: &Context, person: &Person, slug: &str) -> Result<Viewer> {
    let mut tx = ctx.db.read().await?;
    let found = active(&mut tx, person.user.id).await?;
    let workspace = if Workspace::is_slug(slug) { db::workspaces::by_slug(&mut tx, slug).await? } else { None };
    let workspace = workspace.ok_or(Error::NotFound("workspace"))?;
    let role = role_in(&mut tx, &found, workspace.id).await?.ok_or(Error::NotFound("workspace"))?;
    Ok(Viewer { person: Person { user: found.user, ..person.clone() }, workspace, role })
}

/// Proof that this person may change the workspace that an address of a page names.
///
/// # Errors
/// As [`viewer`]; [`Error::Forbidden`] for whoever may only look at it.
pub async fn manager(ctx: &Context, person: &Person, slug: &str) -> Result<Manager> {
    viewer(ctx, person, slug).await?.as_manager().ok_or(Error::Forbidden)
}

/// True where this user may change this workspace now: for what was begun with a proof and ends much later.
pub(crate) async fn still_manages(tx: &mut Tx, id: UserId, workspace: WorkspaceId) -> Result<bool> {
    let Some(found) = db::users::active(tx, id).await? else { return Ok(false) };
    Ok(role_in(tx, &found, workspace).await? == Some(Role::Administrator))
}

/// The part of the account that is looked at across workspaces.
#[derive(Clone, Debug)]
pub(crate) enum Sight {
    /// Everything, and what belongs to no workspace too.
    Account,
    /// The workspaces with these slugs.
    Workspaces(BTreeSet<String>),
}

impl Sight {
    /// What this person sees.
    pub(crate) async fn of(tx: &mut Tx, person: &Person) -> Result<Self> {
        if active(tx, person.user.id).await?.is_admin {
            return Ok(Self::Account);
        }
        let all = db::memberships::of(tx, person.user.id).await?;
        Ok(Self::Workspaces(all.into_iter().map(|(workspace, _)| workspace.slug).collect()))
    }

    /// True for a workspace that is seen.
    pub(crate) fn sees(&self, slug: &str) -> bool {
        match self {
            Self::Account => true,
            Self::Workspaces(slugs) => slugs.contains(slug),
        }
    }

    /// True where what belongs to the whole account is seen.
    pub(crate) const fn sees_account(&self) -> bool {
        matches!(self, Self::Account)
    }
}

async fn active(tx: &mut Tx, id: UserId) -> Result<db::users::Active> {
    db::users::active(tx, id).await?.ok_or(Error::NotFound("user"))
}

async fn role_in(tx: &mut Tx, found: &db::users::Active, workspace: WorkspaceId) -> Result<Option<Role>> {
    if found.is_admin {
        return Ok(Some(Role::Administrator));
    }
    db::memberships::role(tx, found.user.id, workspace).await
}
