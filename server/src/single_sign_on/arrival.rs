//! Somebody has come back from a provider, proven: which user they are, and whether they may come in.

use std::net::IpAddr;

use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx, folded_address};
use crate::error::{Error, Result};
use crate::model::{
    AuditAct, EmailAddress, IdentityProviderForm, IdentityProviderId, Mapped, NameForm, Rule, SignOnRefusal, Timestamp,
    User, UserId,
};
use crate::openid::Person;
use crate::roles;

/// The user, who is remembered to be this person at the provider; or why nobody is let in.
///
/// `changed_at` says how the provider was set when the person was proven: what was changed since proves nothing.
pub(super) async fn let_in(
    ctx: &Context,
    provider: IdentityProviderId,
    changed_at: Timestamp,
    person: &Person,
    remote: Option<IpAddr>,
) -> Result<Result<UserId, SignOnRefusal>> {
    match arrive(ctx, provider, changed_at, person, remote).await {
        // Somebody with the same address was added at the same moment: now there is an account to link.
        Err(Error::Invalid(_)) => arrive(ctx, provider, changed_at, person, remote).await,
        ended => ended,
    }
}

async fn arrive(
    ctx: &Context,
    provider: IdentityProviderId,
    changed_at: Timestamp,
    person: &Person,
    remote: Option<IpAddr>,
) -> Result<Result<UserId, SignOnRefusal>> {
    let mut tx = ctx.db.write().await?;
    let stored = db::identity_providers::by_id(&mut tx, provider).await?;
    let Some(stored) = stored.filter(|stored| stored.changed_at == changed_at) else {
        return Ok(Err(SignOnRefusal::Expired));
    };
    let user = match find(&mut tx, ctx, provider, &stored.form, person).await? {
        Ok(user) => user,
        Err(why) => return Ok(Err(why)),
    };
    let now = ctx.clock.now();
    db::identities::signed_in(&mut tx, provider, &person.subject, user.id, now).await?;
    db::identity_providers::note(&mut tx, provider, None, now).await?;
    let by = By::person(&user, remote);
    audit::record(&mut tx, ctx, &by, Entry::of(AuditAct::SignedIn, &stored.form.name)).await?;
    tx.commit().await?;
    Ok(Ok(user.id))
}

/// The user who is this person: linked before, linked now by a verified address, or new.
async fn find(
    tx: &mut Tx,
    ctx: &Context,
    provider: IdentityProviderId,
    form: &IdentityProviderForm,
    person: &Person,
) -> Result<Result<User, SignOnRefusal>> {
    let email = address(form, person);
    let limited = form.domains().next().is_some();
    match &email {
        Some(email) if limited && !is_in(form, email) => return Ok(Err(SignOnRefusal::Domain)),
        None if limited => return Ok(Err(SignOnRefusal::NoEmail)),
        _ => {}
    }
    let mapped = form.mapped(&person.values(&form.role_claim));
    if mapped == Mapped::Nobody {
        return Ok(Err(SignOnRefusal::NoRole));
    }
    if let Some(user) = db::identities::user(tx, provider, &person.subject).await? {
        return known(tx, ctx, user, &mapped).await;
    }
    let Some(email) = email else { return Ok(Err(SignOnRefusal::NoEmail)) };
    let is_believed = person.email_verified || (form.trusted && is_in(form, &email));
    if !is_believed {
        return Ok(Err(SignOnRefusal::EmailUnverified));
    }
    if let Some(user) = db::users::by_email(tx, &email).await? {
        // An address that was given to somebody else must not open the account of whoever had it before.
        let taken = db::identities::is_linked(tx, provider, user.id).await?;
        return if taken { Ok(Err(SignOnRefusal::OtherPerson)) } else { known(tx, ctx, user, &mapped).await };
    }
    let now = ctx.clock.now();
    // Who was invited has an account to come, whatever the provider may make of strangers.
    let invited = db::invitations::by_email(tx, &email, now).await?;
    if invited.is_none() && !form.create_accounts {
        return Ok(Err(SignOnRefusal::NoAccount));
    }
    let roles = match (mapped, &invited, form.default_role) {
        (Mapped::As(roles), ..) => roles,
        (Mapped::AsTheyAre | Mapped::Nobody, Some(invited), _) => invited.roles.clone(),
        (Mapped::AsTheyAre | Mapped::Nobody, None, Some(role)) => role.into(),
        (Mapped::AsTheyAre | Mapped::Nobody, None, None) => return Ok(Err(SignOnRefusal::NoRole)),
    };
    if let Some(invited) = invited {
        db::invitations::accept_proven(tx, invited.id, now).await?;
    }
    let name = name(person, &email);
    let user = db::users::insert(tx, &email, &name, "", roles.is_admin(), now).await?;
    roles::give(tx, user.id, &roles).await?;
    let given = roles::in_words(tx, user.id).await?;
    let changes = Changes::none().and_between("roles", None, Some(&given));
    told(tx, ctx, AuditAct::PersonJoined, &user, changes).await?;
    Ok(Ok(user))
}

/// Writes down what a provider's word has made of somebody.
async fn told(tx: &mut Tx, ctx: &Context, act: AuditAct, user: &User, changes: Changes) -> Result<()> {
    let entry = Entry::of(act, user.email.as_str()).numbered(user.id.0).with(changes);
    audit::record(tx, ctx, &By::postroom(), entry).await
}

/// A user who has an account, with the roles that the provider gives them where it has a say.
async fn known(tx: &mut Tx, ctx: &Context, user: User, mapped: &Mapped) -> Result<Result<User, SignOnRefusal>> {
    if db::users::active(tx, user.id).await?.is_none() {
        return Ok(Err(SignOnRefusal::Deactivated));
    }
    let Mapped::As(roles) = mapped else { return Ok(Ok(user)) };
    if !roles.is_admin() {
        match roles::not_the_last(tx, user.id).await {
            Ok(()) => {}
            Err(Error::Rule(Rule::LastAdministrator)) => {
                // A rule that was typed wrongly must not leave the account without anybody who could repair it.
                tracing::warn!(user = user.id.0, "A provider would make the last administrator something else.");
                return Ok(Ok(user));
            }
            Err(error) => return Err(error),
        }
    }
    let before = roles::in_words(tx, user.id).await?;
    roles::give(tx, user.id, roles).await?;
    let after = roles::in_words(tx, user.id).await?;
    let changes = Changes::none().and_between("roles", Some(&before), Some(&after));
    if !changes.is_empty() {
        told(tx, ctx, AuditAct::PersonChanged, &user, changes).await?;
    }
    Ok(Ok(user))
}

/// The e-mail address, if it is one. What somebody signs in with there stands in for it only where the provider is
/// trusted for the domain: Microsoft leaves the address out for people without a mailbox.
fn address(form: &IdentityProviderForm, person: &Person) -> Option<EmailAddress> {
    if let Ok(email) = EmailAddress::parse(&person.email) {
        return Some(email);
    }
    let username = EmailAddress::parse(&person.username).ok().filter(|_| person.email.is_empty())?;
    (form.trusted && is_in(form, &username)).then_some(username)
}

/// True for an address in one of the domains that may come in.
fn is_in(form: &IdentityProviderForm, email: &EmailAddress) -> bool {
    let domain = |address: &EmailAddress| {
        folded_address(address).and_then(|folded| folded.rsplit_once('@').map(|(_, domain)| domain.to_owned()))
    };
    let Some(of_email) = domain(email) else { return false };
    form.domains()
        .filter_map(|name| EmailAddress::parse(&format!("x@{name}")).ok())
        .any(|named| domain(&named).is_some_and(|named| named == of_email))
}

/// What the person is called, as others will see it.
fn name(person: &Person, email: &EmailAddress) -> String {
    let name: String = person.name.trim().chars().take(NameForm::MAX_CHARACTERS).collect();
    if name.is_empty() { email.local_part().to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(domains: &str, trusted: bool) -> IdentityProviderForm {
        IdentityProviderForm { domains: domains.to_owned(), trusted, ..IdentityProviderForm::default() }
    }

    fn email(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn a_domain_is_itself_alone_however_it_is_written() {
        let form = form("Example.com, 예시.한국", false);
        for inside in ["ada@example.com", "ada@EXAMPLE.COM", "ada@xn--vv4b11d.xn--3e0b707e", "ada@예시.한국"] {
            assert!(is_in(&form, &email(inside)), "{inside}");
        }
        for outside in ["ada@sub.example.com", "ada@notexample.com", "ada@example.com.evil.example"] {
            assert!(!is_in(&form, &email(outside)), "{outside}");
        }
    }

    #[test]
    fn what_somebody_signs_in_with_is_an_address_only_where_the_provider_is_trusted_for_it() {
        let mut person = Person::default();
        "ada@example.com".clone_into(&mut person.username);
        assert_eq!(address(&form("example.com", true), &person), Some(email("ada@example.com")));
        assert_eq!(address(&form("example.org", true), &person), None);
        assert_eq!(address(&form("example.com", false), &person), None);
        "no address".clone_into(&mut person.email);
        assert_eq!(address(&form("example.com", true), &person), None);
    }
}
