//! The identity providers of the organisation: where people sign in to Postroom itself.
//!
//! Administrators keep them on a page; [`single_sign_on`](crate::single_sign_on) sends people there.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::audit::{self, Changes, Entry};
use crate::config::Config;
use crate::context::Context;
use crate::db::identity_providers::Stored;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::single_sign_on::SIGN_ON_CALLBACK;
use crate::model::{
    AuditAct, Field, IdentityId, IdentityProvider, IdentityProviderForm, IdentityProviderId, Invalid, ProviderTrial,
    Reason, Roles, Rule,
};
use crate::openid::Registration;
use crate::random;
use crate::roles;
use crate::single_sign_on;
use crate::users::Admin;

/// How many letters the name of a seal has.
const SEAL_LETTERS: usize = 26;

/// All of them, by name. `here` is where the browser sees this Postroom, when that is not its public address.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, _: &Admin, here: Option<&Url>) -> Result<Vec<IdentityProvider>> {
    let mut tx = ctx.db.read().await?;
    let mut found = Vec::new();
    for stored in db::identity_providers::all(&mut tx).await? {
        found.push(shown(&mut tx, ctx, stored, here).await?);
    }
    Ok(found)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(ctx: &Context, _: &Admin, id: IdentityProviderId, here: Option<&Url>) -> Result<IdentityProvider> {
    let mut tx = ctx.db.read().await?;
    let stored = stored(&mut tx, id).await?;
    shown(&mut tx, ctx, stored, here).await
}

/// Adds a provider.
///
/// # Errors
/// [`Error::Invalid`].
pub async fn add(
    ctx: &Context,
    admin: &Admin,
    form: &IdentityProviderForm,
    secret: Option<SecretString>,
) -> Result<IdentityProviderId> {
    let (form, secret) = (form.tidied(), typed(secret));
    accept(judge(ctx, &form, secret.as_ref(), false))?;
    let Some(secret) = secret else { return Err(Error::invalid(Field::ClientSecret, Reason::Empty)) };
    let seal = random::letters(SEAL_LETTERS);
    let sealed = ctx.vault.seal(&record(&seal), &secret)?;
    let mut tx = ctx.db.write().await?;
    roles::existing(&mut tx, &Roles::Workspaces(form.workspaces())).await?;
    let id = db::identity_providers::insert(&mut tx, &form, &sealed, &seal, ctx.clock.now()).await?;
    let changes = Changes::between(None, Some(&form)).and_secret("client_secret", true);
    told(&mut tx, ctx, admin, AuditAct::IdentityProviderChanged, (id, &form.name), changes).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a provider; without a `secret` the one that is sealed already stays, for the same issuer.
///
/// Another issuer means other people: who users are there is forgotten, and their addresses link them anew.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`]; [`Rule::LastWayIn`] for an issuer or client that nobody has come in through
/// yet, while passwords are off and no other provider has let an administrator in.
pub async fn save(
    ctx: &Context,
    admin: &Admin,
    id: IdentityProviderId,
    form: &IdentityProviderForm,
    secret: Option<SecretString>,
) -> Result<()> {
    let (form, secret) = (form.tidied(), typed(secret));
    let mut tx = ctx.db.write().await?;
    let mut stored = stored(&mut tx, id).await?;
    let same_issuer = stored.form.issuer.trim_end_matches('/') == form.issuer.trim_end_matches('/');
    let same_client = same_issuer && stored.form.client_id == form.client_id;
    // A secret is never sent to anybody but the issuer it was given for.
    accept(judge(ctx, &form, secret.as_ref(), same_issuer))?;
    roles::existing(&mut tx, &Roles::Workspaces(form.workspaces())).await?;
    if !same_client && !single_sign_on::is_way_in_without(&mut tx, id).await? {
        return Err(Rule::LastWayIn.into());
    }
    if !same_issuer {
        db::identities::forget_all(&mut tx, id).await?;
    }
    if let Some(secret) = &secret {
        stored.seal = random::letters(SEAL_LETTERS);
        stored.secret = ctx.vault.seal(&record(&stored.seal), secret)?;
    }
    if secret.is_some() || !same_client {
        stored.changed_at = ctx.clock.now();
    }
    let changes = Changes::between(Some(&stored.form), Some(&form)).and_secret("client_secret", secret.is_some());
    stored.form = form;
    db::identity_providers::update(&mut tx, &stored).await?;
    if !changes.is_empty() {
        told(&mut tx, ctx, admin, AuditAct::IdentityProviderChanged, (id, &stored.form.name), changes).await?;
    }
    tx.commit().await
}

/// Removes a provider. Accounts stay; whoever has no password needs one from the command line to come in again.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::LastWayIn`] while passwords are off and no other provider has let an administrator in.
pub async fn remove(ctx: &Context, admin: &Admin, id: IdentityProviderId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let stored = stored(&mut tx, id).await?;
    if !single_sign_on::is_way_in_without(&mut tx, id).await? {
        return Err(Rule::LastWayIn.into());
    }
    db::identity_providers::remove(&mut tx, id).await?;
    let changes = Changes::between(Some(&stored.form), None);
    told(&mut tx, ctx, admin, AuditAct::IdentityProviderRemoved, (id, &stored.form.name), changes).await?;
    tx.commit().await
}

/// Forgets who somebody is at a provider: the next one with their e-mail address is linked anew. Who is not known is
/// as good as forgotten.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn unlink(ctx: &Context, admin: &Admin, id: IdentityProviderId, identity: IdentityId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let stored = stored(&mut tx, id).await?;
    let people = db::identities::of(&mut tx, id).await?;
    if let Some(person) = people.into_iter().find(|person| person.identity == identity) {
        db::identities::forget(&mut tx, id, identity).await?;
        let changes = Changes::none().and("linked", Some(person.user.email.as_str()), None);
        told(&mut tx, ctx, admin, AuditAct::IdentityProviderChanged, (id, &stored.form.name), changes).await?;
    }
    tx.commit().await
}

/// Asks the provider whether issuer, keys, redirect URI, client ID and client secret are right.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Vault`].
pub async fn try_out(
    ctx: &Context,
    _: &Admin,
    id: IdentityProviderId,
    here: Option<&Url>,
) -> Result<Vec<ProviderTrial>> {
    let mut tx = ctx.db.read().await?;
    let stored = stored(&mut tx, id).await?;
    drop(tx);
    let registration = registration(ctx, &stored, redirect_uri(&ctx.config, here)?)?;
    let trials = ctx.openid.try_out(&registration).await;
    if trials.iter().all(|trial| trial.result == Some(Ok(()))) {
        let mut tx = ctx.db.write().await?;
        db::identity_providers::note(&mut tx, id, None, ctx.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(trials)
}

/// Postroom as this provider knows it.
///
/// # Errors
/// [`Error::Vault`].
pub(crate) fn registration(ctx: &Context, stored: &Stored, redirect_uri: Url) -> Result<Registration> {
    let unreadable = |error: url::ParseError| Error::stored("identity_providers.form")(error.into());
    Ok(Registration {
        issuer: Url::parse(&stored.form.issuer).map_err(unreadable)?,
        client_id: stored.form.client_id.clone(),
        client_secret: ctx.vault.open(&record(&stored.seal), &stored.secret)?,
        scopes: stored.form.scopes().map(str::to_owned).collect(),
        redirect_uri,
        claim: Some(stored.form.role_claim.clone()).filter(|claim| !claim.is_empty()),
    })
}

/// What providers must be told, exactly.
///
/// # Errors
/// When the public address is none that a browser could open.
pub(crate) fn redirect_uri(config: &Config, here: Option<&Url>) -> Result<Url> {
    let base = here.map_or_else(|| config.base_url(), |here| here.as_str().trim_end_matches('/').to_owned());
    Url::parse(&format!("{base}{SIGN_ON_CALLBACK}")).map_err(|error| Error::stored("public_url")(error.into()))
}

/// The redirect URI to show before there is a provider.
///
/// # Errors
/// As the address itself.
pub fn callback(ctx: &Context, _: &Admin, here: Option<&Url>) -> Result<String> {
    Ok(redirect_uri(&ctx.config, here)?.into())
}

async fn stored(tx: &mut Tx, id: IdentityProviderId) -> Result<Stored> {
    db::identity_providers::by_id(tx, id).await?.ok_or(Error::NotFound("identity provider"))
}

async fn shown(tx: &mut Tx, ctx: &Context, stored: Stored, here: Option<&Url>) -> Result<IdentityProvider> {
    Ok(IdentityProvider {
        id: stored.id,
        people: db::identities::of(tx, stored.id).await?,
        form: stored.form,
        redirect_uri: redirect_uri(&ctx.config, here)?.into(),
        trouble: stored.trouble,
    })
}

async fn told(
    tx: &mut Tx,
    ctx: &Context,
    admin: &Admin,
    act: AuditAct,
    (id, name): (IdentityProviderId, &str),
    changes: Changes,
) -> Result<()> {
    audit::record(tx, ctx, &admin.by(), Entry::of(act, name).numbered(id.0).with(changes)).await
}

/// Everything that is wrong with what was typed.
fn judge(ctx: &Context, form: &IdentityProviderForm, secret: Option<&SecretString>, has_secret: bool) -> Vec<Invalid> {
    let mut found = form.validate(has_secret || secret.is_some());
    found.extend(secret.and_then(|secret| IdentityProviderForm::validate_secret(secret.expose_secret())));
    if !found.iter().any(|invalid| invalid.field == Field::Issuer) {
        match Url::parse(&form.issuer) {
            Ok(issuer) if ctx.openid.takes(&issuer) => {}
            Ok(issuer) if issuer.scheme() == "http" => {
                found.push(Invalid::new(Field::Issuer, Reason::IssuerWithoutTls));
            }
            _ => found.push(Invalid::new(Field::Issuer, Reason::NotAnIssuer)),
        }
    }
    found
}

/// What was typed as client secret; nothing where the field was left empty.
fn typed(secret: Option<SecretString>) -> Option<SecretString> {
    let trimmed = secret.map(|secret| SecretString::from(secret.expose_secret().trim()));
    trimmed.filter(|secret| !secret.expose_secret().is_empty())
}

/// The identity that a provider's secret is sealed for.
pub(crate) fn record(seal: &str) -> String {
    format!("identity_provider/{seal}")
}
