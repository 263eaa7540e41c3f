//! The browser is back: what the provider says becomes a grant, or a problem that is told where it was begun.

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};

use super::{Kept, record};
use crate::applications;
use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db::grants::Owner;
use crate::db::sign_ins::Attempt;
use crate::db::{self, Tx, folded_address};
use crate::drafts;
use crate::error::{Error, Result};
use crate::model::{AuditAct, DraftId, EmailAddress, MailboxId, OAuthProvider, Problem, Provider, UserId, WorkspaceId};
use crate::oauth::{Answer, Application, Exchanged, Identity};
use crate::random::{self, hash};
use crate::remedy::is_personal;
use crate::tokens;
use crate::users::still_manages;
use crate::watch;

/// Where a browser goes when it is back.
#[derive(Debug)]
pub enum Landing {
    /// The wizard's page of a draft.
    Draft { workspace: String, draft: DraftId },
    /// The page of a mailbox.
    Mailbox { workspace: String, mailbox: MailboxId, signed_in: bool },
    /// The page of an owner's link.
    Link { mailbox: MailboxId, token: SecretString, signed_in: bool },
    /// Nobody here knows this attempt: too old, of another browser, or made up.
    Unknown,
}

/// Ends an attempt with what the provider's redirect said.
///
/// A second visit with the same `state` changes nothing and lands where the first one did.
///
/// # Errors
/// When the database or the vault fails.
pub async fn finish(
    ctx: &Context,
    state: &str,
    browser: Option<&SecretString>,
    user: Option<UserId>,
    answer: &Answer,
    remote: Option<IpAddr>,
) -> Result<Landing> {
    let state_hash = hash(state);
    let browser_hash = browser.map(|browser| hash(browser.expose_secret()));
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let Some(attempt) = db::sign_ins::take(&mut tx, &state_hash, now).await? else { return Ok(Landing::Unknown) };
    // Dropping the transaction leaves the attempt to the browser it belongs to.
    if browser_hash.as_ref() != Some(&attempt.browser_hash) || (attempt.user.is_some() && attempt.user != user) {
        return Ok(Landing::Unknown);
    }
    // Whoever began it may have lost the right to it meanwhile.
    if let Some(user) = attempt.user {
        let workspace = workspace_of(&mut tx, attempt.owner).await?;
        if !still_manages(&mut tx, user, workspace).await? {
            return Ok(Landing::Unknown);
        }
    }
    let kept = ctx.vault.open(&record(&state_hash), &attempt.kept)?;
    let kept: Kept = db::from_json("sign_in_attempts.kept", kept.expose_secret())?;
    if attempt.used {
        return landing(&mut tx, &attempt, &kept, false).await;
    }
    tx.commit().await?;

    let ended = if attempt.expires_at <= now {
        Err(Problem::SignInExpired)
    } else {
        exchange(ctx, &attempt, &kept, answer).await?
    };
    let mut tx = ctx.db.write().await?;
    let granted = match ended {
        Ok(exchanged) => accept(&mut tx, ctx, &attempt, &exchanged).await?,
        Err(problem) => Err(problem),
    };
    let signed_in = granted.is_ok();
    write_down(&mut tx, ctx, &attempt, &granted, remote).await?;
    match granted {
        Ok(()) => db::sign_ins::settle(&mut tx, attempt.owner).await?,
        Err(problem) => {
            tracing::info!(
                problem = problem.kind(),
                provider = attempt.provider.as_str(),
                "A sign-in did not succeed."
            );
            // Whoever has perhaps met the wall is behind it where something else goes wrong.
            let perhaps = matches!(
                db::sign_ins::state(&mut tx, attempt.owner).await?.refused,
                Some(Problem::ConsentDeclined { .. })
            );
            if perhaps && !matches!(problem, Problem::AdminConsentNeeded { .. } | Problem::ConsentDeclined { .. }) {
                db::sign_ins::forget_consent(&mut tx, attempt.owner).await?;
            }
            db::sign_ins::refuse(&mut tx, attempt.owner, &problem).await?;
        }
    }
    let landing = landing(&mut tx, &attempt, &kept, signed_in).await?;
    tx.commit().await?;
    Ok(landing)
}

/// Tells the audit log who signed in for what, or why nobody did.
async fn write_down(
    tx: &mut Tx,
    ctx: &Context,
    attempt: &Attempt,
    granted: &Result<(), Problem>,
    remote: Option<IpAddr>,
) -> Result<()> {
    let user = match attempt.user {
        Some(user) => db::users::by_id(tx, user).await?,
        None => None,
    };
    let workspace = workspace_of(tx, attempt.owner).await?;
    let (subject, number) = match attempt.owner {
        Owner::Draft(draft) => (db::drafts::by_id(tx, draft).await?.form.address, None),
        Owner::Mailbox(mailbox) => (db::mailboxes::address(tx, mailbox).await?.unwrap_or_default(), Some(mailbox.0)),
    };
    let by = user.map_or_else(|| By::link_holder(&subject, remote), |user| By::person(&user, remote));
    let (act, changes) = match granted {
        Ok(()) => (AuditAct::MailboxSignedIn, Changes::none().and_secret("tokens", true)),
        Err(problem) => (AuditAct::MailboxSignInRefused, Changes::none().and("problem", None, Some(problem.kind()))),
    };
    let mut entry = Entry::of(act, &subject).within(workspace).with(changes);
    if let Some(number) = number {
        entry = entry.numbered(number);
    }
    audit::record(tx, ctx, &by, entry).await
}

/// An administrator of the provider has come from the consent link. True where somebody waits for it.
///
/// The provider's word alone is no proof of anything: whoever waits signs in again, which shows.
///
/// # Errors
/// When the database fails.
pub async fn consent(ctx: &Context, state: &str, given: bool) -> Result<bool> {
    let mut tx = ctx.db.write().await?;
    let known = db::sign_ins::consented(&mut tx, state, given.then(|| ctx.clock.now())).await?;
    tx.commit().await?;
    Ok(known)
}

/// Asks the provider for tokens; a wall of consent is remembered with the link through it.
async fn exchange(
    ctx: &Context,
    attempt: &Attempt,
    kept: &Kept,
    answer: &Answer,
) -> Result<Result<Exchanged, Problem>> {
    let mut tx = ctx.db.read().await?;
    let application = applications::ready(&mut tx, ctx, attempt.provider, None).await?;
    drop(tx);
    let Some(mut application) = application else {
        return Ok(Err(Problem::ClientUnknown { reply: String::new() }));
    };
    application.redirect_uri = kept.redirect_uri.clone();
    let (verifier, nonce) = (SecretString::from(kept.verifier.as_str()), SecretString::from(kept.nonce.as_str()));
    let exchanged = ctx.oauth.exchange(&application, answer, &verifier, &nonce, ctx.clock.now()).await;
    match &exchanged {
        Ok(_) => applications::note(ctx, attempt.provider, None).await?,
        Err(problem) if problem.is_about_application() => {
            applications::note(ctx, attempt.provider, Some(problem)).await?;
        }
        Err(Problem::AdminConsentNeeded { .. }) => ask_consent(ctx, attempt, &application).await?,
        Err(problem) if may_be_a_wall(ctx, attempt, problem).await? => ask_consent(ctx, attempt, &application).await?,
        Err(_) => {}
    }
    Ok(exchanged)
}

/// Remembers a link for an administrator.
async fn ask_consent(ctx: &Context, attempt: &Attempt, application: &Application) -> Result<()> {
    let state = random::secret();
    if let Ok(Some(url)) = ctx.oauth.admin_consent_url(application, state.expose_secret()).await {
        let mut tx = ctx.db.write().await?;
        let now = ctx.clock.now();
        db::sign_ins::ask_consent(&mut tx, attempt.owner, state.expose_secret(), url.as_str(), now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// True where somebody has left Microsoft's pages and has perhaps been told that an administrator must approve:
/// Microsoft says the same of both, and a number only of those who have declined.
async fn may_be_a_wall(ctx: &Context, attempt: &Attempt, problem: &Problem) -> Result<bool> {
    let (Problem::ConsentDeclined { reply }, Owner::Draft(draft)) = (problem, attempt.owner) else { return Ok(false) };
    if attempt.provider != OAuthProvider::Microsoft || reply.contains("AADSTS") {
        return Ok(false);
    }
    let mut tx = ctx.db.read().await?;
    let address = db::drafts::by_id(&mut tx, draft).await?.form.address;
    let domain = address.trim().rsplit_once('@').map_or("", |(_, domain)| domain);
    Ok(!is_personal(Provider::Microsoft, domain))
}

/// Makes a grant of what came, when it came from the right person.
async fn accept(tx: &mut Tx, ctx: &Context, attempt: &Attempt, exchanged: &Exchanged) -> Result<Result<(), Problem>> {
    let identity = &exchanged.identity;
    match attempt.owner {
        Owner::Draft(draft) => {
            let row = db::drafts::by_id(tx, draft).await?;
            if row.form.sign_in != Some(attempt.provider) {
                return Ok(Err(Problem::SignInExpired));
            }
            // At Google nobody signs in for another mailbox; at Microsoft whoever means to says so beforehand.
            let may_differ = row.form.other_account && attempt.provider == OAuthProvider::Microsoft;
            if !may_differ && !same_address(&row.form.address, &identity.email) {
                return Ok(Err(wrong_account(&row.form.address, identity)));
            }
            let personal = identity.is_personal();
            drafts::settle_sign_in(tx, ctx, row, attempt.provider, personal).await?;
        }
        Owner::Mailbox(mailbox) => {
            let Some(before) = db::grants::of(tx, Owner::Mailbox(mailbox)).await? else {
                return Ok(Err(Problem::SignInExpired));
            };
            if before.identity.person_key() != identity.person_key() {
                return Ok(Err(wrong_account(&before.identity.email, identity)));
            }
            if let Some(link) = attempt.link
                && !db::owner_links::spend(tx, link, ctx.clock.now()).await?
            {
                return Ok(Err(Problem::SignInExpired));
            }
        }
    }
    let seal = tokens::new_seal();
    let sealed = tokens::seal(ctx, &seal, &exchanged.tokens, None)?;
    let now = ctx.clock.now();
    db::grants::replace(tx, attempt.owner, attempt.provider, identity, &seal, &sealed, now).await?;
    if let Owner::Mailbox(mailbox) = attempt.owner {
        watch::signed_in_again(tx, ctx, mailbox).await?;
    }
    Ok(Ok(()))
}

fn wrong_account(expected: &str, got: &Identity) -> Problem {
    Problem::WrongAccount { expected: expected.trim().to_owned(), got: got.email.clone() }
}

/// True where both are the same address, however they are written.
fn same_address(one: &str, other: &str) -> bool {
    let folded = |text: &str| EmailAddress::parse(text).ok().and_then(|address| folded_address(&address));
    folded(one).is_some_and(|one| folded(other) == Some(one))
}

async fn workspace_of(tx: &mut Tx, owner: Owner) -> Result<WorkspaceId> {
    match owner {
        Owner::Draft(draft) => Ok(db::drafts::by_id(tx, draft).await?.workspace_id),
        Owner::Mailbox(mailbox) => db::mailboxes::workspace_of(tx, mailbox).await,
    }
}

async fn landing(tx: &mut Tx, attempt: &Attempt, kept: &Kept, signed_in: bool) -> Result<Landing> {
    let slug = async |tx: &mut Tx, workspace| -> Result<String> {
        Ok(db::workspaces::by_id(tx, workspace).await?.ok_or(Error::NotFound("workspace"))?.slug)
    };
    Ok(match (attempt.owner, &kept.link) {
        (Owner::Draft(draft), _) => {
            let row = db::drafts::by_id(tx, draft).await?;
            Landing::Draft { workspace: slug(tx, row.workspace_id).await?, draft }
        }
        (Owner::Mailbox(mailbox), Some(token)) => {
            Landing::Link { mailbox, token: SecretString::from(token.as_str()), signed_in }
        }
        (Owner::Mailbox(mailbox), None) => {
            let workspace = db::mailboxes::workspace_of(tx, mailbox).await?;
            Landing::Mailbox { workspace: slug(tx, workspace).await?, mailbox, signed_in }
        }
    })
}
