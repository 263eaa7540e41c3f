//! The organisation's own applications at Microsoft and Google: registered once, used by every mailbox.
//!
//! Either the operator of this machine sets one in the configuration, which wins, or an administrator does on
//! a page. What is wrong with an application is remembered once, not with each of its mailboxes.

use secrecy::SecretString;
use url::Url;

use crate::audit::{self, Changes, Entry};
use crate::config::Config;
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::{ApplicationForm, ApplicationStatus, AuditAct, OAuthProvider, Problem, Rule};
use crate::oauth::{self, Application, Trial};
use crate::users::{Admin, Person};

/// Where providers send browsers back to, below the address of this Postroom.
pub const CALLBACK: &str = "/oauth/callback";

/// What is known of both applications. `here` is where the browser sees this Postroom, when that is not its
/// public address.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, _: &Admin, here: Option<&Url>) -> Result<Vec<ApplicationStatus>> {
    let mut tx = ctx.db.read().await?;
    let mut found = Vec::with_capacity(OAuthProvider::BOTH.len());
    for provider in OAuthProvider::BOTH {
        found.push(status(&mut tx, ctx, provider, here).await?);
    }
    Ok(found)
}

/// What is known of one application: remedies and the sign-in of a mailbox name it. Its secret is not in it.
///
/// # Errors
/// When the database fails.
pub async fn get(ctx: &Context, _: &Person, provider: OAuthProvider, here: Option<&Url>) -> Result<ApplicationStatus> {
    let mut tx = ctx.db.read().await?;
    status(&mut tx, ctx, provider, here).await
}

/// Stores an application; without a `secret` the one that is sealed already stays, for the same client id.
///
/// # Errors
/// [`Error::Invalid`]; [`Rule::ApplicationConfigured`].
pub async fn save(
    ctx: &Context,
    admin: &Admin,
    provider: OAuthProvider,
    form: &ApplicationForm,
    secret: Option<SecretString>,
) -> Result<()> {
    use secrecy::ExposeSecret as _;
    if configured(&ctx.config, provider).is_some() {
        return Err(Rule::ApplicationConfigured.into());
    }
    let form = ApplicationForm {
        client_id: form.client_id.trim().to_owned(),
        tenant: form.tenant.trim().to_owned(),
        secret_expires_on: form.secret_expires_on.trim().to_owned(),
        cloud: form.cloud,
    };
    let secret = secret
        .map(|secret| SecretString::from(secret.expose_secret().trim()))
        .filter(|secret| !secret.expose_secret().is_empty());
    let mut tx = ctx.db.write().await?;
    let stored = db::applications::get(&mut tx, provider).await?;
    let before = stored.as_ref().map(|(form, _)| form.clone());
    let kept = stored.filter(|(old, _)| old.client_id == form.client_id).map(|(_, sealed)| sealed);
    let mut found = form.validate(provider, kept.is_some() || secret.is_some());
    found.extend(secret.as_ref().and_then(|secret| ApplicationForm::validate_secret(provider, secret.expose_secret())));
    accept(found)?;
    let sealed = match (&secret, kept) {
        (Some(secret), _) => ctx.vault.seal(&record(provider), secret)?,
        (None, Some(kept)) => kept,
        (None, None) => return Ok(()),
    };
    db::applications::set(&mut tx, provider, &form, &sealed, ctx.clock.now()).await?;
    // Whoever saved has done what they could: whether it helped, the next token tells.
    db::applications::clear_problem(&mut tx, provider).await?;
    let changes = Changes::between(before.as_ref(), Some(&form)).and_secret("client_secret", secret.is_some());
    let entry = Entry::of(AuditAct::ApplicationChanged, provider.name()).with(changes);
    audit::record(&mut tx, ctx, &admin.by(), entry).await?;
    tx.commit().await
}

/// Removes an application with its secret.
///
/// # Errors
/// [`Rule::ApplicationInUse`] while mailboxes rest on it; [`Rule::ApplicationConfigured`].
pub async fn remove(ctx: &Context, admin: &Admin, provider: OAuthProvider) -> Result<()> {
    if configured(&ctx.config, provider).is_some() {
        return Err(Rule::ApplicationConfigured.into());
    }
    let mut tx = ctx.db.write().await?;
    if db::grants::mailboxes_of(&mut tx, provider).await? > 0 {
        return Err(Rule::ApplicationInUse.into());
    }
    db::applications::remove(&mut tx, provider).await?;
    audit::record(&mut tx, ctx, &admin.by(), Entry::of(AuditAct::ApplicationRemoved, provider.name())).await?;
    db::applications::clear_problem(&mut tx, provider).await?;
    tx.commit().await
}

/// Asks the provider whether tenant, client id, redirect URI and client secret are right.
///
/// # Errors
/// [`Error::NotFound`] where no application is set; [`Error::Vault`].
pub async fn try_out(ctx: &Context, _: &Admin, provider: OAuthProvider, here: Option<&Url>) -> Result<Vec<Trial>> {
    let mut tx = ctx.db.read().await?;
    let application = ready(&mut tx, ctx, provider, here).await?.ok_or(Error::NotFound("application"))?;
    drop(tx);
    let trials = ctx.oauth.try_out(&application).await;
    if trials.iter().all(|trial| matches!(trial.result, Some(Ok(())))) {
        note(ctx, provider, None).await?;
    }
    Ok(trials)
}

/// The application, ready to be used; `None` where nobody has set one.
///
/// `here` is where the browser sees this Postroom, when that is not its public address.
pub(crate) async fn ready(
    tx: &mut Tx,
    ctx: &Context,
    provider: OAuthProvider,
    here: Option<&Url>,
) -> Result<Option<Application>> {
    let (form, client_secret) = match configured(&ctx.config, provider) {
        Some(found) => found,
        None => match db::applications::get(tx, provider).await? {
            Some((form, sealed)) => (form, ctx.vault.open(&record(provider), &sealed)?),
            None => return Ok(None),
        },
    };
    Ok(Some(Application {
        provider,
        client_secret,
        tenant: match provider {
            OAuthProvider::Microsoft => form.tenant_or_common().to_owned(),
            OAuthProvider::Google => String::new(),
        },
        endpoints: oauth::endpoints(&ctx.config.oauth, provider, form.cloud),
        client_id: form.client_id,
        redirect_uri: redirect_uri(&ctx.config, here)?,
    }))
}

/// What is set, without its secret.
pub(crate) async fn form(tx: &mut Tx, ctx: &Context, provider: OAuthProvider) -> Result<Option<ApplicationForm>> {
    match configured(&ctx.config, provider) {
        Some((form, _)) => Ok(Some(form)),
        None => Ok(db::applications::get(tx, provider).await?.map(|(form, _)| form)),
    }
}

/// Remembers what is wrong with an application, or that nothing is any more.
pub(crate) async fn note(ctx: &Context, provider: OAuthProvider, problem: Option<&Problem>) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    let known = db::applications::problem(&mut tx, provider).await?;
    drop(tx);
    // Most of the time nothing was wrong and nothing is: that needs no writer.
    if known.is_none() && problem.is_none() {
        return Ok(());
    }
    let mut tx = ctx.db.write().await?;
    match problem {
        Some(problem) => db::applications::set_problem(&mut tx, provider, problem, ctx.clock.now()).await?,
        None => db::applications::clear_problem(&mut tx, provider).await?,
    }
    tx.commit().await
}

/// What the provider must be told, exactly.
///
/// # Errors
/// When the public address is none that a browser could open.
pub(crate) fn redirect_uri(config: &Config, here: Option<&Url>) -> Result<Url> {
    let base = here.map_or_else(|| config.base_url(), |here| here.as_str().trim_end_matches('/').to_owned());
    Url::parse(&format!("{base}{CALLBACK}")).map_err(|error| Error::stored("public_url")(error.into()))
}

async fn status(tx: &mut Tx, ctx: &Context, provider: OAuthProvider, here: Option<&Url>) -> Result<ApplicationStatus> {
    let configured = configured(&ctx.config, provider).is_some();
    let form = form(tx, ctx, provider).await?;
    let (problem, problem_since) = db::applications::problem(tx, provider).await?.unzip();
    let redirect_uri = redirect_uri(&ctx.config, here)?;
    Ok(ApplicationStatus {
        provider,
        has_secret: form.is_some(),
        form: form.unwrap_or_default(),
        configured,
        public_url: oauth::public_url(provider, &redirect_uri),
        redirect_uri: redirect_uri.into(),
        problem,
        problem_since,
        mailboxes: db::grants::mailboxes_of(tx, provider).await?,
    })
}

/// The application that the configuration sets.
fn configured(config: &Config, provider: OAuthProvider) -> Option<(ApplicationForm, SecretString)> {
    let (microsoft, google) = (&config.oauth.microsoft, &config.oauth.google);
    let (client_id, client_secret) = match provider {
        OAuthProvider::Microsoft => (&microsoft.client_id, &microsoft.client_secret),
        OAuthProvider::Google => (&google.client_id, &google.client_secret),
    };
    let (client_id, client_secret) = (client_id.clone()?, client_secret.as_ref()?);
    let form = match provider {
        OAuthProvider::Microsoft => ApplicationForm {
            client_id,
            tenant: microsoft.tenant.clone().unwrap_or_default(),
            cloud: microsoft.cloud.unwrap_or_default(),
            secret_expires_on: microsoft.client_secret_expires_on.clone().unwrap_or_default(),
        },
        OAuthProvider::Google => ApplicationForm { client_id, ..ApplicationForm::default() },
    };
    Some((form, SecretString::from(client_secret.0.clone())))
}

/// The identity that an application's secret is sealed for.
pub(crate) fn record(provider: OAuthProvider) -> String {
    format!("application/{}", provider.as_str())
}
