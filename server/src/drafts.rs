//! Mailboxes that are being typed: kept between pages, checked, and saved.
//!
//! ```text
//! begin ──► save_details ──► save_kind ──► save_server ⇄ check (target, store_report) ──► publish
//!                              incoming, outgoing          └──► publish_direction (one of them, then go on)
//! ```
//!
//! What was typed is stored even when it is wrong, so that nothing is lost without JavaScript. A report
//! counts only for the settings and the password it was made with. A draft belongs to whoever began it.
//!
//! While a mailbox is edited its password stays sealed with the mailbox and counts as present, but only
//! for the host it was given for: nobody can have it sent elsewhere by changing the server's name.

use secrecy::{ExposeSecret as _, SecretString};

use crate::applications;
use crate::context::Context;
use crate::db::grants::{Grant, Owner};
use crate::db::mailboxes::StoredServer;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::login::Key;
use crate::mailboxes;
use crate::model::{
    AuthMethod, CheckReport, Direction, Draft, DraftId, Invalid, MailboxForm, MailboxId, OAuthProvider, ServerForm,
    ServerKind, ServerSettings,
};
use crate::oauth;
use crate::tokens;
use crate::trust;
use crate::users::Manager;
use crate::workspaces;

mod found;
mod publish;

pub use found::drop_found;
pub use publish::{errors, publish, publish_direction};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// How long a draft rests before it is thrown away.
const KEPT_DAYS: i64 = 30;
/// How long one is kept that nothing was saved into.
const KEPT_UNTOUCHED_DAYS: i64 = 1;

/// Begins a draft of a new mailbox, or of changes to one.
///
/// # Errors
/// [`Error::NotFound`] for workspace or mailbox; `Rule::WorkspaceArchived`.
pub async fn begin(ctx: &Context, manager: &Manager, edit: Option<MailboxId>) -> Result<Draft> {
    let workspace = manager.workspace().id;
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    workspaces::in_use(&mut tx, workspace).await?;
    prune_in(&mut tx, ctx).await?;
    let mut form = MailboxForm::default();
    if let Some(id) = edit {
        let mailbox = mailboxes::details_in(&mut tx, workspace, id).await?;
        let address = mailbox.summary.address.to_string();
        let server = |direction: Direction, settings: Option<&ServerSettings>| {
            settings.map_or_else(|| ServerForm::default_for(direction.protocol(), &address), ServerSettings::to_form)
        };
        form = MailboxForm {
            incoming: server(Direction::Incoming, mailbox.incoming_settings.as_ref()),
            outgoing: server(Direction::Outgoing, mailbox.outgoing_settings.as_ref()),
            name: mailbox.summary.name,
            group: mailbox.summary.group.map(|group| group.id),
            company: mailbox.summary.company.map(|company| company.id),
            kind: Some(mailbox.summary.kind),
            sign_in: mailbox.summary.grant.as_ref().map(|grant| grant.provider),
            other_account: mailbox.summary.grant.is_some_and(|grant| !grant.person.eq_ignore_ascii_case(&address)),
            address,
        };
    }
    let id = db::drafts::insert(&mut tx, workspace, manager.user.id, edit, &form, now).await?;
    if let Some(mailbox) = edit {
        for direction in Direction::BOTH {
            let server = db::mailboxes::server(&mut tx, workspace, mailbox, direction).await?;
            if let Some(StoredServer { report: Some(report), checked_at: Some(checked_at), .. }) = server {
                db::drafts::adopt_report(&mut tx, id, direction, &report, checked_at).await?;
            }
        }
    }
    let row = db::drafts::load(&mut tx, workspace, manager.user.id, id).await?;
    let draft = Work::read(&mut tx, row).await?.into_draft();
    tx.commit().await?;
    Ok(draft)
}

/// A draft as it stands.
///
/// # Errors
/// [`Error::NotFound`], also for a draft of somebody else or of another workspace.
pub async fn load(ctx: &Context, manager: &Manager, id: DraftId) -> Result<Draft> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    let row = db::drafts::load(&mut tx, workspace, manager.user.id, id).await?;
    Ok(Work::read(&mut tx, row).await?.into_draft())
}

/// Stores name, address, group, company and server type as typed, valid or not, and answers what is wrong
/// with them; a server type that is still to be chosen is not. The servers in `form` are ignored.
///
/// The servers' e-mail addresses follow the mailbox's, as long as they were the same.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn save_details(ctx: &Context, manager: &Manager, id: DraftId, form: &MailboxForm) -> Result<Vec<Invalid>> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let row = db::drafts::hold(&mut tx, workspace, manager.user.id, id, ctx.clock.now()).await?;
    let mut new = MailboxForm {
        name: form.name.clone(),
        address: form.address.clone(),
        group: form.group,
        company: form.company,
        kind: form.kind,
        ..row.form.clone()
    };
    for direction in Direction::BOTH {
        let server = new.server_mut(direction);
        if server.email.trim() == row.form.address.trim() && server.email.trim() != form.address.trim() {
            form.address.trim().clone_into(&mut server.email);
            db::drafts::bump_revision(&mut tx, id, direction).await?;
        }
    }
    let wrong = publish::wrong_details(&mut tx, workspace, row.mailbox_id, &new).await?;
    finish(tx, row, new).await?;
    Ok(wrong)
}

/// Stores whose mail server it is, and with which provider it is signed in to where that is not a password.
///
/// What was set for another way of signing in is dropped; nothing is sent to a server it was not meant for.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn save_kind(
    ctx: &Context,
    manager: &Manager,
    id: DraftId,
    kind: ServerKind,
    sign_in: Option<OAuthProvider>,
) -> Result<Draft> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let row = db::drafts::hold(&mut tx, workspace, manager.user.id, id, ctx.clock.now()).await?;
    let mut form = MailboxForm { kind: Some(kind), sign_in, ..row.form.clone() };
    if row.form.sign_in != sign_in {
        let kept = match row.mailbox_id {
            Some(mailbox) => db::grants::of(&mut tx, Owner::Mailbox(mailbox)).await?,
            None => None,
        };
        let kept = kept.filter(|kept| Some(kept.provider) == sign_in);
        for direction in Direction::BOTH {
            let stored = match (&kept, row.mailbox_id) {
                (Some(_), Some(mailbox)) => db::mailboxes::server(&mut tx, workspace, mailbox, direction).await?,
                _ => None,
            };
            *form.server_mut(direction) = stored.map_or_else(
                || ServerForm::default_for(direction.protocol(), &form.address),
                |stored| stored.settings.to_form(),
            );
            db::drafts::bump_revision(&mut tx, id, direction).await?;
        }
        form.other_account = false;
        db::grants::remove(&mut tx, Owner::Draft(id)).await?;
        db::sign_ins::settle(&mut tx, Owner::Draft(id)).await?;
    }
    finish(tx, row, form).await
}

/// Stores the settings of one server as typed, valid or not, and a new password where one was typed.
///
/// A report of other settings or of another password is dropped. The same password typed once more changes
/// nothing: a page sends what stands in its field with everything it asks for.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] when the password cannot be one (then the rest is stored all the same).
pub async fn save_server(
    ctx: &Context,
    manager: &Manager,
    id: DraftId,
    direction: Direction,
    form: &ServerForm,
    password: Option<SecretString>,
) -> Result<Draft> {
    let workspace = manager.workspace().id;
    let password = password.filter(|password| !password.expose_secret().is_empty());
    let wrong: Option<Invalid> = password
        .as_ref()
        .and_then(|password| ServerForm::validate_password(direction.protocol(), password.expose_secret()));
    let mut tx = ctx.db.write().await?;
    let row = db::drafts::hold(&mut tx, workspace, manager.user.id, id, ctx.clock.now()).await?;
    // A token goes to the provider's own servers, whatever a page says.
    let signed_in = ServerForm {
        email: form.email.clone(),
        username: form.username.clone(),
        folder: form.folder.clone(),
        ..row.form.server(direction).clone()
    };
    let settled = form.settled(row.form.server(direction));
    let (form, password, wrong) =
        if row.form.sign_in.is_some() { (&signed_in, None, None) } else { (&settled, password, wrong) };
    let mut changed = !row.form.server(direction).means_the_same(form);
    let mut new = row.form.clone();
    form.clone_into(new.server_mut(direction));
    let work = Work::read(&mut tx, db::drafts::DraftRow { form: new.clone(), ..row.clone() }).await?;
    if let (Some(password), None) = (&password, wrong)
        && !work.has_this_password(ctx, direction, password)
    {
        let sealed = ctx.vault.seal(&record(id, direction), password)?;
        db::drafts::set_secret(&mut tx, id, direction, &sealed).await?;
        changed = true;
    }
    if changed {
        db::drafts::bump_revision(&mut tx, id, direction).await?;
    }
    let draft = finish(tx, row, new).await?;
    wrong.map_or(Ok(draft), |wrong| Err(Error::Invalid(vec![wrong])))
}

/// Where one direction of a draft goes, and the key for it. A check that is made with it may be
/// [stored](store_report) as long as nothing is changed meanwhile.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] when the settings are not valid; [`Error::Vault`].
pub async fn target(
    ctx: &Context,
    manager: &Manager,
    id: DraftId,
    direction: Direction,
) -> Result<(ServerSettings, Key)> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let row = db::drafts::hold(&mut tx, workspace, manager.user.id, id, ctx.clock.now()).await?;
    let work = Work::read(&mut tx, row).await?;
    let settings = work.settings(direction).map_err(Error::Invalid)?;
    let key = match (work.row.form.sign_in, &work.grant) {
        (Some(_), Some(grant)) => Key::Grant(grant.id),
        _ => Key::Password(work.secret(ctx, direction)?),
    };
    db::drafts::begin_check(&mut tx, id, direction).await?;
    tx.commit().await?;
    Ok((settings, key))
}

/// Stores how a check ended, unless it was stopped halfway, or settings or password have changed since
/// [`target`] was asked.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn store_report(
    ctx: &Context,
    manager: &Manager,
    id: DraftId,
    direction: Direction,
    report: &CheckReport,
) -> Result<()> {
    let workspace = manager.workspace().id;
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    db::drafts::hold(&mut tx, workspace, manager.user.id, id, now).await?;
    if report.outcome.is_some() {
        db::drafts::set_report(&mut tx, id, direction, report, now).await?;
    }
    tx.commit().await
}

/// Throws a draft away, with what was allowed for it; what was saved to its mailbox stays.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn discard(ctx: &Context, manager: &Manager, id: DraftId) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    db::drafts::hold(&mut tx, workspace, manager.user.id, id, ctx.clock.now()).await?;
    let given = tokens::to_give_back(&mut tx, ctx, Owner::Draft(id)).await?;
    db::drafts::delete(&mut tx, id).await?;
    tx.commit().await?;
    tokens::give_back(ctx, given).await;
    Ok(())
}

/// Throws away drafts that nobody has come back to, and answers how many; [`begin`] does the same.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let pruned = prune_in(&mut tx, ctx).await?;
    tx.commit().await?;
    Ok(pruned)
}

async fn prune_in(tx: &mut Tx, ctx: &Context) -> Result<u64> {
    let now = ctx.clock.now();
    let days_ago = |days: i64| now.plus_millis(-days * DAY_MILLIS);
    db::drafts::prune(tx, days_ago(KEPT_DAYS), days_ago(KEPT_UNTOUCHED_DAYS)).await
}

/// Stores the new form, reads the draft back and commits.
async fn finish(mut tx: Tx, row: db::drafts::DraftRow, form: MailboxForm) -> Result<Draft> {
    db::drafts::set_form(&mut tx, row.id, &form).await?;
    let row = db::drafts::DraftRow { form, touched: true, ..row };
    let draft = Work::read(&mut tx, row).await?.into_draft();
    tx.commit().await?;
    Ok(draft)
}

/// Fills in the servers of the provider that somebody has just signed in with. The reports of others are gone.
pub(crate) async fn settle_sign_in(
    tx: &mut Tx,
    ctx: &Context,
    row: db::drafts::DraftRow,
    provider: OAuthProvider,
    personal: bool,
) -> Result<()> {
    let cloud = applications::form(tx, ctx, provider).await?.unwrap_or_default().cloud;
    let (imap, smtp) = oauth::mail_servers(&ctx.config.oauth, provider, cloud, personal);
    let mut form = row.form;
    for (direction, server) in [(Direction::Incoming, imap), (Direction::Outgoing, smtp)] {
        *form.server_mut(direction) = ServerForm {
            host: server.host,
            port: server.port.to_string(),
            tls: true,
            method: match provider {
                OAuthProvider::Microsoft => AuthMethod::XOAuth2,
                OAuthProvider::Google => AuthMethod::OAuthBearer,
            },
            email: form.address.trim().to_owned(),
            folder: form.server(direction).folder.clone(),
            ..ServerForm::default()
        };
        db::drafts::bump_revision(tx, row.id, direction).await?;
    }
    db::drafts::set_form(tx, row.id, &form).await
}

/// The identity that a draft's secrets are sealed for.
pub(crate) fn record(id: DraftId, direction: Direction) -> String {
    format!("draft/{id}/{}", direction.as_str())
}

/// A draft with everything that is known of its servers, in the draft and in the mailbox it edits.
struct Work {
    row: db::drafts::DraftRow,
    incoming: Side,
    outgoing: Side,
    /// What its form's provider has allowed: for the draft, else for the mailbox.
    grant: Option<Grant>,
}

/// One server of a draft.
struct Side {
    typed: db::drafts::DraftServer,
    stored: Option<StoredServer>,
}

impl Work {
    async fn read(tx: &mut Tx, row: db::drafts::DraftRow) -> Result<Self> {
        let incoming = Side::read(tx, &row, Direction::Incoming).await?;
        let outgoing = Side::read(tx, &row, Direction::Outgoing).await?;
        let mut grant = db::grants::of(tx, Owner::Draft(row.id)).await?;
        if let (None, Some(mailbox)) = (&grant, row.mailbox_id) {
            grant = db::grants::of(tx, Owner::Mailbox(mailbox)).await?;
        }
        let grant = grant.filter(|grant| Some(grant.provider) == row.form.sign_in);
        Ok(Self { row, incoming, outgoing, grant })
    }

    const fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Incoming => &self.incoming,
            Direction::Outgoing => &self.outgoing,
        }
    }

    fn has_password(&self, direction: Direction) -> bool {
        if self.row.form.sign_in.is_some() {
            return self.grant.is_some();
        }
        let side = self.side(direction);
        let stored = side.stored_for(&self.row.form.server(direction).host);
        side.typed.secret.is_some() || stored.is_some_and(|stored| stored.secret.is_some())
    }

    fn settings(&self, direction: Direction) -> Result<ServerSettings, Vec<Invalid>> {
        let (form, protocol) = (self.row.form.server(direction), direction.protocol());
        let mut found = form.validate(protocol, self.has_password(direction));
        if found.is_empty() {
            let settings = form.settings(protocol)?;
            found.extend(trust::unusable(&settings, protocol));
            if found.is_empty() {
                return Ok(settings);
            }
        }
        Err(found)
    }

    /// The password as typed into the draft, else the mailbox's.
    fn secret(&self, ctx: &Context, direction: Direction) -> Result<SecretString> {
        let side = self.side(direction);
        if let Some(sealed) = &side.typed.secret {
            return Ok(ctx.vault.open(&record(self.row.id, direction), sealed)?);
        }
        let stored = side.stored_for(&self.row.form.server(direction).host);
        match (stored.and_then(|stored| stored.secret.as_ref()), self.row.mailbox_id) {
            (Some(sealed), Some(mailbox)) => Ok(ctx.vault.open(&mailboxes::record(mailbox, direction), sealed)?),
            _ => Err(Error::Invalid(vec![Invalid::of(
                direction.protocol(),
                crate::model::Field::Password,
                crate::model::Reason::Empty,
            )])),
        }
    }

    /// True where this very password is sealed already. One that cannot be opened any more is another.
    fn has_this_password(&self, ctx: &Context, direction: Direction, password: &SecretString) -> bool {
        self.secret(ctx, direction).is_ok_and(|sealed| sealed.expose_secret() == password.expose_secret())
    }

    fn into_draft(self) -> Draft {
        Draft {
            incoming_has_password: self.has_password(Direction::Incoming),
            outgoing_has_password: self.has_password(Direction::Outgoing),
            incoming_report: self.incoming.typed.report,
            outgoing_report: self.outgoing.typed.report,
            grant: self.grant.as_ref().map(Grant::status),
            id: self.row.id,
            workspace_id: self.row.workspace_id,
            mailbox_id: self.row.mailbox_id,
            form: self.row.form,
            touched: self.row.touched,
        }
    }
}

impl Side {
    async fn read(tx: &mut Tx, row: &db::drafts::DraftRow, direction: Direction) -> Result<Self> {
        let typed = db::drafts::server(tx, row.id, direction).await?;
        let stored = match row.mailbox_id {
            Some(mailbox) => db::mailboxes::server(tx, row.workspace_id, mailbox, direction).await?,
            None => None,
        };
        Ok(Self { typed, stored })
    }

    /// The mailbox's server, when it is on the host that is typed now.
    fn stored_for(&self, host: &str) -> Option<&StoredServer> {
        let folded = |host: &str| host.trim().trim_end_matches('.').to_lowercase();
        self.stored.as_ref().filter(|stored| folded(&stored.settings.endpoint.host) == folded(host))
    }

    /// The mailbox's server, where the draft has left it as it is.
    fn unchanged(&self) -> Option<&StoredServer> {
        self.stored.as_ref().filter(|_| self.typed.revision == 0)
    }
}
