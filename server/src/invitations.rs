//! People are asked in by a link that works once, within seven days.
//!
//! ```text
//! invite ─► outbox ─► relay ─► somebody opens the link ─► name and password ─► a user with these roles
//!    └─ no relay: the link is shown once, to be handed over
//! ```
//!
//! Where passwords are switched off, whoever was invited comes in through a provider that has verified the address.
//! Only the hash of a link is stored. Looking at a link changes nothing, for machines open links too. A new link, or
//! one that is taken back, makes the one before worth nothing, and takes its mail out of the outbox. So does the
//! deactivation of whoever sent it.

mod words;

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};

use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db::invitations::{self as stored, NewLink, Open};
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::{
    AcceptForm, AuditAct, DeliveryId, DeliveryState, EmailAddress, Field, Invitation, InvitationForm, InvitationId,
    Purpose, Reason, Roles, Rule, User, UserId,
};
use crate::outbox::letter::Letter;
use crate::outbox::{self, Route};
use crate::random::{self, hash};
use crate::relay;
use crate::roles;
use crate::single_sign_on;
use crate::users::{self, Admin};

/// How long a link can be used.
const LIFE_MILLIS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// An invitation whose link is on its way.
#[derive(Debug)]
pub struct Invited {
    pub id: InvitationId,
    /// The token of the link, where no mail could be sent: the only time it can be read.
    pub token: Option<SecretString>,
}

/// What is behind a link, for whoever has it.
#[derive(Debug)]
pub struct Opened {
    pub email: EmailAddress,
    pub name: String,
    pub invited_by: Option<String>,
}

/// Asks somebody in, by mail where there is a relay.
///
/// # Errors
/// [`Error::Invalid`] for the form, also where the address is somebody's or is invited already; [`Error::NotFound`]
/// for a workspace.
pub async fn invite(ctx: &Context, admin: &Admin, form: &InvitationForm) -> Result<Invited> {
    accept(form.validate())?;
    let unfit = || Error::invalid(Field::Address, Reason::NotAnAddress);
    let email = EmailAddress::parse(&form.email).map_err(|_| unfit())?;
    let token = random::secret();
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    if db::users::by_email(&mut tx, &email).await?.is_some() {
        return Err(Error::invalid(Field::Address, Reason::Duplicate));
    }
    roles::existing(&mut tx, &form.roles).await?;
    let token_hash = hash(token.expose_secret());
    let link = NewLink { token_hash: &token_hash, by: admin.user.id, expires: now.plus_millis(LIFE_MILLIS) };
    let id = stored::insert(&mut tx, &email, form.name.trim(), &form.roles, &link, now).await?;
    let mailed = send(&mut tx, ctx, admin, id, &email, &form.roles, &token).await?;
    let entry = Entry::of(AuditAct::PersonInvited, email.as_str()).numbered(id.0);
    let entry = entry.with(Changes::none().and_between("roles", None, Some(&form.roles)));
    audit::record(&mut tx, ctx, &admin.by(), entry).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    tracing::info!(invitation = id.0, by = admin.user.id.0, "Somebody was invited.");
    Ok(Invited { id, token: (!mailed).then_some(token) })
}

/// Everybody who was asked in and has not come, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, _: &Admin) -> Result<Vec<Invitation>> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.read().await?;
    let mut all = Vec::new();
    for open in stored::open(&mut tx).await? {
        let mail = match open.delivery {
            Some(delivery) => db::outbox::standing(&mut tx, delivery).await?.map(|standing| standing.state),
            None => None,
        };
        all.push(Invitation {
            id: open.id,
            email: open.email,
            name: open.name,
            roles: open.roles,
            invited_by: open.invited_by,
            invited_at: open.invited_at,
            expires_at: open.expires_at,
            expired: open.expires_at <= now,
            mail,
        });
    }
    Ok(all)
}

/// Makes a new link, good for seven days again, and sends it.
///
/// # Errors
/// [`Error::NotFound`], also for an invitation that was accepted or taken back.
pub async fn send_again(ctx: &Context, admin: &Admin, id: InvitationId) -> Result<Invited> {
    let token = random::secret();
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let open = held(&mut tx, id).await?;
    cancel_mail(&mut tx, ctx, open.delivery).await?;
    let token_hash = hash(token.expose_secret());
    let link = NewLink { token_hash: &token_hash, by: admin.user.id, expires: now.plus_millis(LIFE_MILLIS) };
    if !stored::renew(&mut tx, id, &link, now).await? {
        return Err(Error::NotFound("invitation"));
    }
    let mailed = send(&mut tx, ctx, admin, id, &open.email, &open.roles, &token).await?;
    let entry = Entry::of(AuditAct::PersonInvited, open.email.as_str()).numbered(id.0);
    audit::record(&mut tx, ctx, &admin.by(), entry).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(Invited { id, token: (!mailed).then_some(token) })
}

/// Takes an invitation back, so that nobody can use it.
///
/// # Errors
/// As [`send_again`].
pub async fn revoke(ctx: &Context, admin: &Admin, id: InvitationId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let open = held(&mut tx, id).await?;
    revoke_in(&mut tx, ctx, admin, &open).await?;
    tx.commit().await
}

/// Takes every invitation back that somebody has sent and nobody has used.
pub(crate) async fn revoke_all_of(tx: &mut Tx, ctx: &Context, admin: &Admin, inviter: UserId) -> Result<()> {
    for open in stored::open_of(tx, inviter).await? {
        revoke_in(tx, ctx, admin, &open).await?;
    }
    Ok(())
}

async fn revoke_in(tx: &mut Tx, ctx: &Context, admin: &Admin, open: &Open) -> Result<()> {
    cancel_mail(tx, ctx, open.delivery).await?;
    if !stored::revoke(tx, open.id, ctx.clock.now()).await? {
        return Err(Error::NotFound("invitation"));
    }
    let entry = Entry::of(AuditAct::InvitationRevoked, open.email.as_str()).numbered(open.id.0);
    audit::record(tx, ctx, &admin.by(), entry).await
}

/// What a link is for. Whoever has it needs no account here; looking changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for one that never was, is too old, was used or was taken back: nothing tells which.
pub async fn open(ctx: &Context, token: &SecretString) -> Result<Opened> {
    let mut tx = ctx.db.read().await?;
    let open = by_token(&mut tx, ctx, token).await?;
    Ok(Opened { email: open.email, name: open.name, invited_by: open.invited_by })
}

/// Comes in: makes the user with the roles that were offered, and uses the link up.
///
/// # Errors
/// As [`open`]; [`Error::Invalid`] for the form, also where the address is somebody's meanwhile.
pub async fn accept_with(
    ctx: &Context,
    token: &SecretString,
    form: AcceptForm,
    remote: Option<IpAddr>,
) -> Result<User> {
    let mut tx = ctx.db.read().await?;
    by_token(&mut tx, ctx, token).await?;
    if !single_sign_on::is_local_on(&mut tx).await? {
        return Err(Rule::PasswordsOff.into());
    }
    drop(tx);
    accept(form.validate())?;
    let password_hash = users::hash_password(form.password.into()).await?;
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let open = by_token(&mut tx, ctx, token).await?;
    if !stored::accept(&mut tx, open.id, &hash(token.expose_secret()), now).await? {
        return Err(Error::NotFound("invitation"));
    }
    let user = db::users::insert(&mut tx, &open.email, form.name.trim(), &password_hash, false, now).await?;
    roles::give(&mut tx, user.id, &open.roles).await?;
    let roles = roles::in_words(&mut tx, user.id).await?;
    let entry = Entry::of(AuditAct::PersonJoined, user.email.as_str()).numbered(user.id.0);
    let entry = entry.with(Changes::none().and_between("roles", None, Some(&roles)));
    audit::record(&mut tx, ctx, &By::person(&user, remote), entry).await?;
    tx.commit().await?;
    tracing::info!(invitation = open.id.0, user = user.id.0, "An invitation was accepted.");
    Ok(user)
}

async fn by_token(tx: &mut Tx, ctx: &Context, token: &SecretString) -> Result<Open> {
    let found = stored::by_token(tx, &hash(token.expose_secret()), ctx.clock.now()).await?;
    found.ok_or(Error::NotFound("invitation"))
}

async fn held(tx: &mut Tx, id: InvitationId) -> Result<Open> {
    stored::by_id(tx, id).await?.ok_or(Error::NotFound("invitation"))
}

/// Queues the mail with a link. False where there is no relay to send it through.
async fn send(
    tx: &mut Tx,
    ctx: &Context,
    admin: &Admin,
    id: InvitationId,
    email: &EmailAddress,
    roles: &Roles,
    token: &SecretString,
) -> Result<bool> {
    let Some(from) = relay::sender(tx).await? else { return Ok(false) };
    let mut names = Vec::new();
    for membership in roles.memberships() {
        names.extend(db::workspaces::by_id(tx, membership.workspace).await?.map(|workspace| workspace.name));
    }
    let link = format!("{}/invitation/{}", ctx.config.base_url(), token.expose_secret());
    let about = words::About { by: &admin.user.name, workspaces: &names, link: &link };
    let (subject, text) = words::of(admin.language, &about);
    let letter =
        Letter { name: relay::NAME, from: &from, to: email, subject: &subject, text: &text, in_reply_to: None };
    let queued = outbox::queue(tx, ctx, Route::Relay, Purpose::Invitation, &letter).await?;
    stored::set_delivery(tx, id, queued.id).await?;
    Ok(true)
}

/// Takes a mail out of the outbox whose link is dead. One that is being sent at this moment goes out all the same.
async fn cancel_mail(tx: &mut Tx, ctx: &Context, delivery: Option<DeliveryId>) -> Result<()> {
    let Some(delivery) = delivery else { return Ok(()) };
    let standing = db::outbox::standing(tx, delivery).await?;
    if standing.is_some_and(|standing| standing.state != DeliveryState::Sent) {
        db::outbox::delete(tx, None, delivery, ctx.clock.now()).await?;
    }
    Ok(())
}
