//! A second factor for people with a password here: six digits from an app (TOTP, RFC 6238: SHA-1, 30 seconds).
//!
//! ```text
//! begin ─► being set up ─► confirm with a code ─► on, with ten recovery codes ─► turn off: password and code
//!   ▲          │                                   └─► reset: by an administrator, or from the command line
//!   └──────────┘ begun anew: another secret
//! ```
//!
//! The code of the step before and of the step after is taken too, for clocks that go wrong. No code is taken twice,
//! and none that is older than one that was. The secret is sealed; recovery codes are stored hashed and shown once.

mod codes;
mod picture;

use rand::RngCore as _;
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Builder, Secret, Totp};

use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::{
    AuditAct, EmailAddress, Field, Invalid, Language, Reason, Rule, SecondFactor, SecretToShow, SignedInBy, User,
    UserId,
};
use crate::own_account::post::{self, News};
use crate::own_account::{about, has_password, wrong_password};
use crate::users::{Admin, Person};

/// The setting that is there while everybody with a password here has to have a second factor.
const REQUIRED: &str = "second_factor_required";
/// Who the codes are for, as apps show it.
const ISSUER: &str = "Postroom";
/// As RFC 4226 4 wishes: 160 bits.
const SECRET_BYTES: usize = 20;

/// How somebody's own second factor stands.
///
/// # Errors
/// When the database fails.
pub async fn state(ctx: &Context, person: &Person) -> Result<SecondFactor> {
    let mut tx = ctx.db.read().await?;
    let Some(factor) = db::second_factors::of(&mut tx, person.user.id).await? else { return Ok(SecondFactor::Off) };
    let Some(since) = factor.confirmed_at else { return Ok(SecondFactor::BeingSetUp) };
    let codes_left = db::second_factors::recovery_codes_left(&mut tx, person.user.id).await?;
    Ok(SecondFactor::On { since, codes_left })
}

/// Whether signing in with the password asks this user for a code too.
///
/// # Errors
/// When the database fails.
pub async fn is_on(ctx: &Context, user: UserId) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    Ok(db::second_factors::of(&mut tx, user).await?.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// Whether this user has to set one up before anything else.
///
/// # Errors
/// When the database fails.
pub async fn owed(ctx: &Context, user: UserId) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    db::second_factors::owed(&mut tx, user, REQUIRED).await
}

/// Makes a secret for an app; one that no code has confirmed yet is forgotten.
///
/// # Errors
/// [`Rule::NoPassword`] for people who sign in elsewhere; [`Rule::SecondFactorOn`].
pub async fn begin(ctx: &Context, person: &Person) -> Result<()> {
    if !has_password(ctx, person).await? {
        return Err(Rule::NoPassword.into());
    }
    let user = person.user.id;
    let mut bytes = [0_u8; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    let secret = SecretString::from(Secret::new_stack(bytes).to_base32());
    let sealed = ctx.vault.seal(&record(user), &secret)?;
    let mut tx = ctx.db.write().await?;
    if !db::second_factors::begin(&mut tx, user, &sealed).await? {
        return Err(Rule::SecondFactorOn.into());
    }
    tx.commit().await
}

/// The secret that an app is to be given, as long as it has not shown that it has it.
///
/// # Errors
/// When the database or the vault fails.
pub async fn to_show(ctx: &Context, person: &Person) -> Result<Option<SecretToShow>> {
    let mut tx = ctx.db.read().await?;
    let Some(factor) = db::second_factors::of(&mut tx, person.user.id).await? else { return Ok(None) };
    if factor.confirmed_at.is_some() {
        return Ok(None);
    }
    let totp = open(ctx, person.user.id, &factor.secret, &person.user.email)?;
    let url = totp.to_url().map_err(|error| Error::stored("second_factors.secret")(error.into()))?;
    let text = in_fours(&totp.secret().to_base32());
    Ok(Some(SecretToShow { text, picture: picture::of(&url)? }))
}

/// Turns the second factor on with the first code of the app, and answers ten recovery codes: the only time they can
/// be read.
///
/// # Errors
/// [`Error::Invalid`] for a wrong code; [`Rule::SecondFactorOff`] where none is being set up.
pub async fn confirm(ctx: &Context, person: &Person, code: &str) -> Result<Vec<String>> {
    let user = person.user.id;
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let factor = db::second_factors::of(&mut tx, user).await?.ok_or(Rule::SecondFactorOff)?;
    if factor.confirmed_at.is_some() {
        return Err(Rule::SecondFactorOn.into());
    }
    let totp = open(ctx, user, &factor.secret, &person.user.email)?;
    let step = step_of(&totp, ctx, code).ok_or_else(|| not_a_code(code))?;
    if !db::second_factors::confirm(&mut tx, user, &factor.secret, step, now).await? {
        return Err(Rule::SecondFactorOff.into());
    }
    audit::record(&mut tx, ctx, &person.by(), about(&person.user, AuditAct::SecondFactorSwitchedOn)).await?;
    let codes = codes::generate();
    db::second_factors::set_recovery_codes(
        &mut tx,
        user,
        &codes.iter().map(|code| codes::hash(code)).collect::<Vec<_>>(),
    )
    .await?;
    tx.commit().await?;
    Ok(codes)
}

/// Uses up a code of the app, or a recovery code; `None` when it is none, or was used before.
///
/// # Errors
/// When the database or the vault fails.
pub async fn enter(ctx: &Context, user: UserId, code: &str) -> Result<Option<SignedInBy>> {
    let mut tx = ctx.db.write().await?;
    let way = spend(&mut tx, ctx, user, code).await?;
    tx.commit().await?;
    Ok(way)
}

/// Makes ten new recovery codes; the ones before are worth nothing.
///
/// # Errors
/// [`Error::Invalid`] for a wrong password; [`Rule::SecondFactorOff`].
pub async fn new_recovery_codes(ctx: &Context, person: &Person, password: SecretString) -> Result<Vec<String>> {
    let user = person.user.id;
    accept(wrong_password(ctx, user, password).await?.into_iter().collect())?;
    let mut tx = ctx.db.write().await?;
    let factor = db::second_factors::of(&mut tx, user).await?;
    if factor.is_none_or(|factor| factor.confirmed_at.is_none()) {
        return Err(Rule::SecondFactorOff.into());
    }
    let codes = codes::generate();
    db::second_factors::set_recovery_codes(
        &mut tx,
        user,
        &codes.iter().map(|code| codes::hash(code)).collect::<Vec<_>>(),
    )
    .await?;
    tx.commit().await?;
    Ok(codes)
}

/// Turns one's own second factor off; it takes the password and a code.
///
/// # Errors
/// [`Error::Invalid`] for a wrong password or code; [`Rule::SecondFactorOff`].
pub async fn turn_off(ctx: &Context, person: &Person, password: SecretString, code: &str) -> Result<()> {
    let user = person.user.id;
    // With a wrong password the code is not used up.
    accept(wrong_password(ctx, user, password).await?.into_iter().collect())?;
    let mut tx = ctx.db.write().await?;
    spend(&mut tx, ctx, user, code).await?.ok_or_else(|| not_a_code(code))?;
    db::second_factors::delete(&mut tx, user).await?;
    audit::record(&mut tx, ctx, &person.by(), about(&person.user, AuditAct::SecondFactorSwitchedOff)).await?;
    post::send(&mut tx, ctx, user, &News::SecondFactorOff, person.language).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(())
}

/// Takes another person's second factor away, who has lost phone and recovery codes. Their sessions end.
///
/// # Errors
/// [`Rule::SecondFactorOff`].
pub async fn reset(ctx: &Context, admin: &Admin, user: UserId) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    let Some(user) = db::users::all(&mut tx).await?.into_iter().find(|one| one.user.id == user) else {
        return Err(Error::NotFound("user"));
    };
    drop(tx);
    take_away(ctx, &admin.by(), &user.user, admin.language).await
}

/// [`reset`] from the command line, where the operator is trusted.
///
/// # Errors
/// [`Error::NotFound`] for somebody unknown; [`Rule::SecondFactorOff`].
pub async fn reset_by_operator(ctx: &Context, email: &str) -> Result<User> {
    let email = EmailAddress::parse(email).map_err(|_| Error::NotFound("user"))?;
    let mut tx = ctx.db.read().await?;
    let user = db::users::by_email(&mut tx, &email).await?.ok_or(Error::NotFound("user"))?;
    drop(tx);
    take_away(ctx, &By::shell(), &user, Language::default()).await?;
    Ok(user)
}

async fn take_away(ctx: &Context, by: &By, user: &User, language: Language) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    if !db::second_factors::delete(&mut tx, user.id).await? {
        return Err(Rule::SecondFactorOff.into());
    }
    db::sessions::delete_of(&mut tx, user.id, None).await?;
    audit::record(&mut tx, ctx, by, about(user, AuditAct::SecondFactorSwitchedOff)).await?;
    post::send(&mut tx, ctx, user.id, &News::SecondFactorOff, language).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(())
}

/// Whether everybody with a password here has to have a second factor, and how many have none.
///
/// # Errors
/// When the database fails.
pub async fn requirement(ctx: &Context, _: &Admin) -> Result<(bool, u32)> {
    let mut tx = ctx.db.read().await?;
    let required = db::settings::get(&mut tx, REQUIRED).await?.is_some();
    Ok((required, db::second_factors::without(&mut tx).await?))
}

/// Who has a second factor.
///
/// # Errors
/// When the database fails.
pub async fn holders(ctx: &Context, _: &Admin) -> Result<Vec<UserId>> {
    let mut tx = ctx.db.read().await?;
    db::second_factors::holders(&mut tx).await
}

/// Requires a second factor of everybody with a password here, or does not. Who has none is led to set one up and
/// gets nowhere else, those who are signed in already too.
///
/// # Errors
/// When the database fails.
pub async fn require(ctx: &Context, admin: &Admin, required: bool) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let before = db::settings::get(&mut tx, REQUIRED).await?.is_some();
    if before == required {
        return Ok(());
    }
    let changes = Changes::none().and_between(REQUIRED, Some(&before), Some(&required));
    audit::record(&mut tx, ctx, &admin.by(), Entry::of(AuditAct::SwitchChanged, REQUIRED).with(changes)).await?;
    if required {
        db::settings::set(&mut tx, REQUIRED, "true").await?;
    } else {
        db::settings::take(&mut tx, REQUIRED).await?;
    }
    tx.commit().await
}

async fn spend(tx: &mut Tx, ctx: &Context, user: UserId, code: &str) -> Result<Option<SignedInBy>> {
    let factor = db::second_factors::of(tx, user).await?.filter(|factor| factor.confirmed_at.is_some());
    let factor = factor.ok_or(Rule::SecondFactorOff)?;
    let email = db::users::active(tx, user).await?.ok_or(Error::NotFound("user"))?.user.email;
    let totp = open(ctx, user, &factor.secret, &email)?;
    if let Some(step) = step_of(&totp, ctx, code) {
        return Ok(db::second_factors::spend_step(tx, user, step).await?.then_some(SignedInBy::Code));
    }
    let spent = db::second_factors::spend_recovery_code(tx, user, &codes::hash(code), ctx.clock.now()).await?;
    Ok(spent.then_some(SignedInBy::RecoveryCode))
}

/// The step whose code this is: the present one, the one before or the one after.
fn step_of(totp: &Totp, ctx: &Context, code: &str) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != usize::from(totp.digits()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = u64::try_from(ctx.clock.now().0.div_euclid(1_000)).ok()?;
    i64::try_from(totp.check(&digits, seconds)?).ok()
}

fn open(ctx: &Context, user: UserId, sealed: &[u8], email: &EmailAddress) -> Result<Totp> {
    let unreadable = Error::stored("second_factors.secret");
    let opened = ctx.vault.open(&record(user), sealed)?;
    let secret = match Secret::try_from_base32(opened.expose_secret()) {
        Ok(secret) => secret,
        Err(error) => return Err(unreadable(error.into())),
    };
    // A colon would end the issuer's name.
    let account = email.as_str().replace(':', " ");
    let built = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(ISSUER)).build();
    built.map_err(|error| unreadable(error.into()))
}

/// The identity that a secret is sealed for.
pub(crate) fn record(user: UserId) -> String {
    format!("user/{user}/totp")
}

fn not_a_code(code: &str) -> Error {
    let reason = if code.trim().is_empty() { Reason::Empty } else { Reason::NotACode };
    Error::Invalid(vec![Invalid::new(Field::Code, reason)])
}

fn in_fours(text: &str) -> String {
    let mut grouped = String::new();
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            grouped.push(' ');
        }
        grouped.push(letter);
    }
    grouped
}
